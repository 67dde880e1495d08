// What the lists say of a name, in the words that are printed: which entries, why they are near, what tells them apart.
import { detailWords, NO_DETAILS } from "./entry-details.ts";
import type { NameMatch, NameScreening } from "./screen-name.ts";

/** An entry: whose it is, then lines about it. */
export type EntryWords = { entry: string; lines: string[] };
export type NameWords = {
  head: [outcome: string, words: string];
  lists: string[];
  matches: EntryWords[];
  more?: string;
  containing?: { head: string; shown: EntryWords[] };
  /** Something is to be looked at. */
  is_found: boolean;
};

export const NARROW_DOWN = "To narrow it down, write the whole name, family name and given names in any order. Which of them is meant, a date or place of birth, a document or an address decides.";

export function nameWords(name: string, { on, outcome, words, lists, matches, more, containing: { count, by_list, shown } }: NameScreening): NameWords {
  const counted = by_list.map(({ title, count: own }) => `${own} ${matches.length > 0 ? "other " : ""}${own === 1 ? "entry" : "entries"} of ${title}`);
  const isPart = shown.length > 0 && shown.length < count;
  return {
    head: [`“${name}” on ${on}: ${outcome}`, words],
    lists: lists.map((list) => `${list.title}: ${list.outcome}. ${list.words}`),
    matches: matches.map(entryWords),
    ...(more > 0 ? { more: `and ${more} more that are near` } : {}),
    ...(count > 0 ? { containing: { head: `${counted.join(", ")} contain it${isPart ? `; the first ${shown.length}` : ""}:`, shown: shown.map(entryWords) } } : {}),
    is_found: matches.length > 0 || count > 0,
  };
}

function entryWords({ name, list_title, id, type, program, outcome, words, kind, why, matched, matched_as, details }: NameMatch): EntryWords {
  const also = matched_as === "name" ? "" : `, found as ${matched_as} “${matched}”`;
  return {
    entry: `${name} (${[list_title, `number ${id}`, type, program].filter(Boolean).join(", ")})${also}`,
    lines: [...(kind === "contains" ? [] : [why.join("; ")]), ...(details ? [detailWords(details).join(", ") || NO_DETAILS] : []), `${outcome}: ${words}`],
  };
}
