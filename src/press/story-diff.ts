// Two revisions of a story, sentence by sentence: which went, which came, and which came in the place of which.
export type SentenceChange = { was: string | null; now: string | null };
export type DiffLine = { kind: "same" | "gone" | "new"; text: string };

/** The table of the longest common subsequence is quadratic: stories have hundreds of sentences, not thousands. */
const SENTENCES_MAX = 2_000;

export function diffSentences(before: readonly string[], after: readonly string[]): DiffLine[] {
  if (before.length > SENTENCES_MAX || after.length > SENTENCES_MAX)
    return [...before.map((text): DiffLine => ({ kind: "gone", text })), ...after.map((text): DiffLine => ({ kind: "new", text }))];
  const width = after.length + 1;
  const length = new Uint16Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      length[i * width + j] =
        before[i] === after[j] ? length[(i + 1) * width + j + 1]! + 1 : Math.max(length[(i + 1) * width + j]!, length[i * width + j + 1]!);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push({ kind: "same", text: before[i]! });
      i += 1;
      j += 1;
    } else if (j >= after.length || (i < before.length && length[(i + 1) * width + j]! >= length[i * width + j + 1]!))
      lines.push({ kind: "gone", text: before[i++]! });
    else lines.push({ kind: "new", text: after[j++]! });
  }
  return lines;
}

/** Changed sentences in pairs: those that went and came at one place stand beside each other. */
export function changedSentences(before: readonly string[], after: readonly string[]): SentenceChange[] {
  const changes: SentenceChange[] = [];
  let [gone, come]: [string[], string[]] = [[], []];
  const flush = () => {
    for (let at = 0; at < Math.max(gone.length, come.length); at++) changes.push({ was: gone[at] ?? null, now: come[at] ?? null });
    [gone, come] = [[], []];
  };
  for (const line of diffSentences(before, after)) {
    if (line.kind === "gone") gone.push(line.text);
    else if (line.kind === "new") come.push(line.text);
    else flush();
  }
  flush();
  return changes;
}

/** For readers: a sentence that stood twice, as in the headline and in the text, and changed alike in both places is told once. */
export function toldOnce(changes: readonly SentenceChange[]): SentenceChange[] {
  const bare = (text: string | null) => text?.replace(/[.!?]+$/, "") ?? null;
  return [...Map.groupBy(changes, ({ was, now }) => JSON.stringify([bare(was), bare(now)])).values()].map(([first]) => first!);
}
