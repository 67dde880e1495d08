// Two texts that began from one, put together block by block: what only one side changed is taken from it, what both changed
// alike is taken once, and what they changed otherwise stands side by side for whoever decides.
import { diffSentences } from "./story-diff.ts";

export type Clash = { base: string; theirs: string; mine: string };
/** `text`: with mine where both changed. */
export type Merged = { text: string; clashes: Clash[] };

/** Lines of the head, and blocks of the text (docs/stories.md): what an empty line divides. */
function blocksOf(text: string): string[] {
  const head = /^---\n[^]*?\n---\n/.exec(text)?.[0] ?? "";
  const body = text.slice(head.length).split(/\n{2,}/).map((block) => block.replace(/^\n+|\n+$/g, "")).filter((block) => block !== "");
  return [...head.split("\n").filter((line) => line !== ""), ...body.map((block) => `\n${block}`)];
}
/** Blocks of the text begin with an empty line, so that no line of the head is taken for one. */
const textOf = (blocks: readonly string[]): string => `${blocks.join("\n")}\n`;

/** For each block of `base` what stands in its place, and what was put in before it; the last entry is behind the last block. */
function changesOn(base: readonly string[], side: readonly string[]): { before: string[]; kept: boolean }[] {
  const places = Array.from({ length: base.length + 1 }, () => ({ before: [] as string[], kept: true }));
  let at = 0;
  for (const { kind, text } of diffSentences(base, side)) {
    if (kind === "new") places[at]!.before.push(text);
    else places[at++]!.kept = kind === "same";
  }
  return places;
}

export function mergeBlocks(base: string, theirs: string, mine: string): Merged {
  const blocks = blocksOf(base);
  const [a, b] = [changesOn(blocks, blocksOf(theirs)), changesOn(blocks, blocksOf(mine))];
  const out: string[] = [];
  const clashes: Clash[] = [];
  const decide = (was: string[], theirRun: string[], myRun: string[]): void => {
    // Block for block where none was put in or taken out: neighbours that were each changed by one side are no clash.
    if (was.length > 1 && theirRun.length === was.length && myRun.length === was.length) return was.forEach((block, step) => decide([block], [theirRun[step]!], [myRun[step]!]));
    const [base_words, their_words, my_words] = [was, theirRun, myRun].map((run) => run.join("\n")) as [string, string, string];
    if (their_words !== base_words && my_words === base_words) return void out.push(...theirRun);
    out.push(...myRun);
    if (their_words !== base_words && their_words !== my_words) clashes.push({ base: base_words.trim(), theirs: their_words.trim(), mine: my_words.trim() });
  };
  // A run of blocks that a side touched is one change: what replaces them stands before the first or behind the last of them.
  for (let at = 0; at <= blocks.length; ) {
    if (isQuiet(a[at]!) && isQuiet(b[at]!)) {
      if (at < blocks.length) out.push(blocks[at]!);
      at += 1;
      continue;
    }
    let end = at;
    while (end < blocks.length && !(a[end]!.kept && b[end]!.kept)) end += 1;
    const side = (places: typeof a): string[] =>
      Array.from({ length: end - at + 1 }, (_, step) => [...places[at + step]!.before, ...(step < end - at && places[at + step]!.kept ? [blocks[at + step]!] : [])]).flat();
    decide(blocks.slice(at, end), side(a), side(b));
    if (end < blocks.length) out.push(blocks[end]!);
    at = end + 1;
  }
  return { text: textOf(out), clashes };
}

const isQuiet = ({ before, kept }: { before: string[]; kept: boolean }): boolean => kept && before.length === 0;
