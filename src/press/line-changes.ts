// Two texts beside each other as runs of lines that differ: for a program by their places, and to be read.
import { diffSentences } from "./story-diff.ts";

export type LineChange = { at_before: number; at_after: number; before: string[]; after: string[] };

/** Places are counted from 0. */
export function lineChanges(before: string, after: string): LineChange[] {
  const changes: LineChange[] = [];
  let [at_before, at_after] = [0, 0];
  let open: LineChange | undefined;
  for (const { kind, text } of diffSentences(before.split("\n"), after.split("\n"))) {
    if (kind === "same") open = undefined;
    else {
      if (!open) changes.push((open = { at_before, at_after, before: [], after: [] }));
      (kind === "gone" ? open.before : open.after).push(text);
    }
    if (kind !== "new") at_before += 1;
    if (kind !== "gone") at_after += 1;
  }
  return changes;
}

export const readableChanges = (changes: readonly LineChange[]): string =>
  changes.map(({ at_before, before, after }) => [`line ${at_before + 1}`, ...before.map((line) => `- ${line}`), ...after.map((line) => `+ ${line}`)].join("\n")).join("\n");
