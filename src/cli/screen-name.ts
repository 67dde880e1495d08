// One name, as /screen looks it up: which entries are written so or nearly so, how many contain it, what tells them apart.
import { detailWords, NO_DETAILS, screenName, type NameMatch } from "../screening/screening.ts";
import type { NewsroomReader } from "../newsroom.ts";
import type { CommandContext } from "./command.ts";
import { wrap } from "./output.ts";

/** Prints what was found; true where something is to be looked at. */
export function showName({ output }: CommandContext, { log }: NewsroomReader, name: string, on: string): boolean {
  const found = screenName(log, name, on, log.size());
  const { matches, more, lists, containing } = found;
  const say = (text: string, indent = "") => {
    for (const line of wrap(text, output.width, indent)) output.line(line);
  };
  output.json({ name, ...found });
  say(`${output.bold(`“${name}” on ${on}: ${found.outcome}`)}. ${found.words}`);
  for (const { title, outcome, words } of lists) say(`${title}: ${outcome}. ${words}`, "  ");
  for (const match of matches) printMatch(say, match);
  if (more > 0) output.line(`and ${more} more that are near`);
  if (containing.count > 0) {
    output.line();
    say(`${containing.by_list.map(({ title, count }) => `${count} ${matches.length > 0 ? "other " : ""}${count === 1 ? "entry" : "entries"} of ${title}`).join(", ")} contain it${containing.shown.length > 0 && containing.shown.length < containing.count ? `; the first ${containing.shown.length}` : ""}:`);
    for (const match of containing.shown) printMatch(say, match);
    say("To narrow it down, write the whole name, family name and given names in any order. Which of them is meant, a date or place of birth, a document or an address decides.");
  }
  return matches.length > 0 || containing.count > 0;
}

function printMatch(say: (text: string, indent?: string) => void, match: NameMatch): void {
  const { name, list_title, id, type, program, outcome, words, kind, why, matched, matched_as, details } = match;
  const also = matched_as === "name" ? "" : `, found as ${matched_as} “${matched}”`;
  say(`${name} (${[list_title, `number ${id}`, type, program].filter(Boolean).join(", ")})${also}`, "  ");
  if (kind !== "contains") say(`${why.join("; ")}`, "    ");
  if (details) say(detailWords(details).join(", ") || NO_DETAILS, "    ");
  say(`${outcome}: ${words}`, "    ");
}
