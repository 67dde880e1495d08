// One name, as /screen looks it up: which entries are written so or nearly so, how many contain it, what tells them apart.
import { NARROW_DOWN, nameWords, screenName, type EntryWords } from "../screening/screening.ts";
import type { NewsroomReader } from "../newsroom.ts";
import type { CommandContext } from "./command.ts";
import { wrap } from "./output.ts";

/** Prints what was found; true where something is to be looked at. */
export function showName({ output }: CommandContext, { log }: NewsroomReader, name: string, on: string): boolean {
  const found = screenName(log, name, on, log.size());
  const say = (text: string, indent = "") => {
    for (const line of wrap(text, output.width, indent)) output.line(line);
  };
  const printEntry = ({ entry, lines }: EntryWords): void => {
    say(entry, "  ");
    for (const line of lines) say(line, "    ");
  };
  output.json({ name, ...found });
  const { head: [outcome, words], lists, matches, more, containing, is_found } = nameWords(name, found);
  say(`${output.bold(outcome)}. ${words}`);
  for (const list of lists) say(list, "  ");
  for (const match of matches) printEntry(match);
  if (more !== undefined) output.line(more);
  if (containing) {
    output.line();
    say(containing.head);
    for (const match of containing.shown) printEntry(match);
    say(NARROW_DOWN);
  }
  return is_found;
}
