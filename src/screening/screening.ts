// The door of the screening room: is this address, this name or this number on a list, on which day, by which edition.
import { readAddress } from "../chains/chains.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { decideByListedOn, type Decided } from "./as-of.ts";
import { readRows } from "../datasets/datasets.ts";
import { screenAddress, type AddressScreening } from "./screen-address.ts";
import { screenName, type NameScreening } from "./screen-name.ts";
import { findList, listEditions } from "./sanctions-lists.ts";

export { invalidLines, screenAddress, type AddressHit, type AddressScreening, type Tag } from "./screen-address.ts";
export { screenName, type ListOutcome, type Containing, type NameMatch, type NameScreening } from "./screen-name.ts";
export { detailWords, NO_DETAILS } from "./entry-details.ts";
export { LISTS, findList, keyOf, listEditions, otherNamesOf, type Edition, type SanctionsList } from "./sanctions-lists.ts";
export { compareEditions, type EditionChange, type EditionChanges } from "./compare-editions.ts";
export type { Decided, Outcome } from "./as-of.ts";

export type ReferenceScreening = Decided & { on: string; reference: string; kind: string; edition?: string; entry?: number };
export type Screening =
  ({ asked: "address" } & AddressScreening) | ({ asked: "name" } & NameScreening) | ({ asked: "reference" } & ReferenceScreening);

type Reads = Pick<LogReader, "db">;

/** What a text is taken for: a reference number of the UN list, an address (also one that is written wrong), else a name. */
export function askedAs(text: string): Screening["asked"] {
  const typed = text.trim();
  if (/^[A-Z]{2}[ie]\.\d{3}$/i.test(typed)) return "reference";
  if (readAddress(typed).outcome !== "not_an_address") return "address";
  // One long word with a digit in it is no name: an address that lacks a letter, or of a chain that is not known.
  return /^[A-Za-z0-9:]{20,110}$/.test(typed) && /\d/.test(typed) ? "address" : "name";
}

/** `on` is a day, YYYY-MM-DD. */
export function screen(log: Reads, text: string, on: string, log_size: number): Screening {
  const asked = askedAs(text);
  if (asked === "address") return { asked, ...screenAddress(log, text, on, log_size) };
  if (asked === "name") return { asked, ...screenName(log, text, on, log_size) };
  return { asked, ...screenReference(log, text.trim(), on, log_size) };
}

/** An entry of the UN list by its reference number, which a reduced table has where it has no names. */
function screenReference(log: Reads, text: string, on: string, log_size: number): ReferenceScreening {
  const reference = `${text.slice(0, 2).toUpperCase()}${text.slice(2).toLowerCase()}`;
  const newest = listEditions(log, findList("un")!, log_size).at(-1);
  const base = { on, reference, kind: "" };
  if (!newest) return { ...base, outcome: "unknown", words: "No edition of the UN list is held." };
  const at = { edition: newest.edition, entry: newest.dataset.seq };
  const row = readRows(log, newest.dataset).find((item) => item.reference === reference);
  if (row) return { ...base, ...at, kind: row.kind!, ...decideByListedOn(on, { edition: newest.edition, listed_on: row.listed_on! }) };
  if (on === newest.edition)
    return { ...base, ...at, outcome: "not listed", words: `The edition of ${newest.edition} as held has no ${reference}.` };
  return {
    ...base,
    ...at,
    outcome: "unknown",
    words: `The edition of ${newest.edition} as held has no ${reference}; it may have been taken off before, or stand in a part that is not held.`,
  };
}
export { openScreener, type BatchAnswer, type Screener, type Vintage } from "./screen-batch.ts";
export { appendException, endException, exceptionsView, listExceptions, stateOf, type ScreeningException } from "./exceptions.ts";
export { chainsHeld, exposureOverChains, joinExposures, type ChainData, type ChainExposures } from "./exposure-over-chains.ts";
export { exposureOf, type Exposure, type ExposureAnswer, type MethodExposure } from "./exposure.ts";
export { addressOfLine, batchLine, batchWords, BATCH_COLUMNS, count, evidenceLines, isShown, newCounts, type BatchCounts } from "./batch-table.ts";
export { EXPOSED_MAX, exposureCells, exposureInNewsroom, exposureJson, exposureTitle, type ExposureFound } from "./exposure-in-newsroom.ts";
export { NARROW_DOWN, nameWords, type EntryWords, type NameWords } from "./name-words.ts";
