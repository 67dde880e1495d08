// A name on a day: which entries are written so or nearly so, and whether each was listed then. Nothing here says that a
// person is the one on the list: dates of birth, places and documents decide that, and a human reads them.
import { readRows, type Row } from "../datasets/datasets.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { decideAsOf, decideByListedOn, decideByReports, type Decided, type Outcome, type ReportedEvent } from "./as-of.ts";
import { detailsOf, type EntryDetails } from "./entry-details.ts";
import { foldName, indexNames, matchNames, namesContaining, type Likeness, type ListedName, type NameIndex } from "./name-match.ts";
import { LISTS, findList, keyOf, listEditions, otherNamesOf, type Edition, type SanctionsList } from "./sanctions-lists.ts";

type Reads = Pick<LogReader, "db">;

export type NameMatch = Decided &
  Likeness & {
    list: string;
    list_title: string;
    /** The list's own number of the entry. */
    id: string;
    /** The name under which the list keeps the entry. */
    name: string;
    /** The name that was matched, and what the list calls it: "name", "aka", "low" … */
    matched: string;
    matched_as: string;
    type: string;
    program: string;
    editions: { edition: string; holds: boolean; entry: number }[];
    /** What tells it from others of the name, where the list has it. */
    details?: EntryDetails;
  };

/** Entries that have what was typed as a part of a name: counted, and the first of them shown. */
export type Containing = { count: number; by_list: { list: string; title: string; count: number }[]; shown: NameMatch[] };

export type ListOutcome = Decided & { list: string; title: string };

export type NameScreening = {
  /**
   * "near names only": no name is written so, and some are near. "part of names only": what was typed is a word of names
   * on a list. Neither is a clean record.
   */
  outcome: Outcome | "near names only" | "part of names only";
  words: string;
  on: string;
  /** Best first. */
  matches: NameMatch[];
  /** More that are near, beyond those given. */
  more: number;
  /** What each list says of the name as typed. */
  lists: ListOutcome[];
  /** Those that are among the matches are not counted again. */
  containing: Containing;
};

/** The list of reports in the press: events and no editions. */
const REPORTED = "reported";
const MATCHES_MAX = 20;
/** Of entries that only contain what was typed: so many, less the matches before them. */
const CONTAINING_SHOWN = 12;
const KEPT_MAX = 6;
const RANK = { exact: 0, "same words": 1, near: 2, contains: 3 } as const;

type Held = { edition: Edition; rows: ReadonlyMap<string, Row>; index: NameIndex; namesOf: ReadonlyMap<string, string[]> };

/** `on` is a day, YYYY-MM-DD. */
export function screenName(log: Reads, text: string, on: string, log_size: number): NameScreening {
  const found = [
    ...LISTS.filter((list) => list.id !== REPORTED && !list.address_column).map((list) => screenList(log, list, text, on, log_size)),
    screenReports(log, text, on, log_size),
  ];
  const matches = found.flatMap((item) => item.matches).sort(byLikeness);
  const lists = found.flatMap((item) => item.outcome ?? []);
  const counted = found.flatMap(({ containing }) => (containing && containing.entries.length > 0 ? [containing] : []));
  const room = Math.max(0, CONTAINING_SHOWN - matches.length);
  const containing: Containing = {
    count: counted.reduce((sum, { entries }) => sum + entries.length, 0),
    by_list: counted.map(({ list: { id, title }, entries }) => ({ list: id, title, count: entries.length })),
    shown: counted.flatMap(({ entries, toMatch }) => entries.slice(0, room).map(toMatch)).slice(0, room),
  };
  return {
    on,
    matches: matches.slice(0, MATCHES_MAX).map((match) => match.withDetails()),
    more: Math.max(0, matches.length - MATCHES_MAX),
    lists,
    containing,
    ...overall(text, lists, matches, containing),
  };
}

/** Details are read for what is shown only. */
type FoundMatch = NameMatch & { withDetails(): NameMatch };
type Found = {
  matches: FoundMatch[];
  outcome?: ListOutcome;
  containing?: { list: SanctionsList; entries: ListedName[]; toMatch(name: ListedName): NameMatch };
};

function screenList(log: Reads, list: SanctionsList, text: string, on: string, log_size: number): Found {
  const held = listEditions(log, list, log_size)
    .filter(({ dataset }) => dataset.columns.includes("name"))
    .map((edition) => holdNames(log, edition, log_size));
  if (held.length === 0) return { matches: [] };
  const best = new Map<string, Best>();
  for (const { index, rows } of held)
    for (const { name, likeness } of matchNames(index, text)) {
      const before = best.get(name.id);
      if (!before || isBetter(likeness, before.likeness))
        best.set(name.id, { likeness, matched: name.text, is: name.is, row: rows.get(name.id)! });
    }
  const toMatch = (id: string, { likeness, matched, is, row }: Best): FoundMatch => {
    const match: NameMatch = {
      list: list.id,
      list_title: list.title,
      id,
      name: row.name!,
      matched,
      matched_as: is,
      type: row.type || row.kind || "",
      program: row.program ?? row.list ?? "",
      ...likeness,
      editions: held.map(({ edition, rows }) => ({ edition: edition.edition, holds: rows.has(id), entry: edition.dataset.seq })),
      ...decideEntry(id, on, held),
    };
    const has = held.findLast(({ rows }) => rows.has(id))!;
    const names = { name: match.name, matched, others: has.namesOf.get(id) ?? [] };
    return { ...match, withDetails: () => ({ ...match, details: detailsOf(log, has.edition, log_size, id, row, names) }) };
  };
  const matches = [...best].map(([id, found]) => toMatch(id, found));
  const same = matches.filter(({ kind }) => kind !== "near");
  // That no name is written so says as much as the editions around the day can say.
  const nobody = () =>
    decideAsOf(
      on,
      held.map(({ edition }) => ({ edition: edition.edition, holds: false })),
      "a name written so",
    );
  const folded = foldName(text);
  const entries = [...held].reverse().flatMap(({ index }) => namesContaining(index, text));
  const rank = (name: ListedName) => [name.is === "name" ? 0 : 1, name.folded.startsWith(folded) ? 0 : 1, name.words.length] as const;
  const nearest = entries.filter(({ id }) => !best.has(id)).sort((a, b) => compareRanks(rank(a), rank(b)) || (a.folded < b.folded ? -1 : 1));
  return {
    matches,
    outcome: outcomeOf(list, same.length > 0 ? strongest(same) : nobody()),
    containing: {
      list,
      entries: [...new Map(nearest.toReversed().map((name) => [name.id, name])).values()].reverse(),
      toMatch({ id, text: matched, is }) {
        const row = held.findLast(({ rows }) => rows.has(id))!.rows.get(id)!;
        return toMatch(id, { likeness: { kind: "contains", score: 0, why: [`“${text.trim()}” is a part of it`] }, matched, is, row }).withDetails();
      },
    },
  };
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((rank, index) => rank !== b[index]);
  return at === -1 ? 0 : a[at]! - b[at]!;
}

type Best = { likeness: Likeness; matched: string; is: string; row: Row };

const isBetter = (a: Likeness, b: Likeness) => RANK[a.kind] < RANK[b.kind] || (a.kind === b.kind && a.score > b.score);

function byLikeness(a: NameMatch, b: NameMatch): number {
  const isAlias = (match: NameMatch) => (match.matched_as === "name" ? 0 : 1);
  return RANK[a.kind] - RANK[b.kind] || b.score - a.score || isAlias(a) - isAlias(b) || (a.name < b.name ? -1 : 1);
}

function decideEntry(id: string, on: string, held: readonly Held[]): Decided {
  const newest = held.at(-1)!;
  const listed_on = newest.rows.get(id)?.listed_on;
  // Only the newest edition speaks for the time before it: an entry that is gone from it may have gone on any day.
  if (listed_on) return decideByListedOn(on, { edition: newest.edition.edition, listed_on });
  return decideAsOf(
    on,
    held.map(({ edition, rows }) => ({ edition: edition.edition, holds: rows.has(id) })),
    "this entry",
  );
}

/** Reports are of a few events: that a name is not among them says nothing, so there is an outcome only where there is a report. */
function screenReports(log: Reads, text: string, on: string, log_size: number): Found {
  const list = findList(REPORTED)!;
  const edition = listEditions(log, list, log_size).at(-1);
  if (!edition) return { matches: [] };
  const events = Map.groupBy(readRows(log, edition.dataset), (row) => row.listed!);
  const index = indexNames([...events.keys()].map((name) => ({ id: name, text: name, is: "name" })));
  const matches = matchNames(index, text).map(({ name, likeness }): FoundMatch => {
    const nothing: Decided = { outcome: "unknown", words: `Nothing was reported of ${name.text} by that day.` };
    const match: NameMatch = {
      list: list.id,
      list_title: list.title,
      id: name.text,
      name: name.text,
      matched: name.text,
      matched_as: "name",
      type: "",
      program: "",
      ...likeness,
      editions: [{ edition: edition.edition, holds: true, entry: edition.dataset.seq }],
      ...(decideByReports(on, events.get(name.text) as unknown as ReportedEvent[], edition.edition) ?? nothing),
    };
    return { ...match, withDetails: () => match };
  });
  const same = matches.filter(({ kind }) => kind !== "near");
  return { matches, ...(same.length > 0 ? { outcome: outcomeOf(list, strongest(same)) } : {}) };
}

const outcomeOf = (list: SanctionsList, { outcome, words }: Decided): ListOutcome => ({ list: list.id, title: list.title, outcome, words });

const ORDER = ["listed", "delisted", "unknown", "not listed"] as const;
const strongest = <T extends Decided>(items: readonly T[]): T =>
  items.toSorted((a, b) => ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome))[0]!;

function overall(text: string, lists: readonly ListOutcome[], matches: readonly NameMatch[], { count }: Containing): Pick<NameScreening, "outcome" | "words"> {
  if (lists.length === 0 && matches.length === 0) return { outcome: "unknown", words: "No list that is held has names." };
  const same = matches.filter(({ kind }) => kind !== "near");
  const near = matches.length - same.length;
  if (same.length > 0) {
    const { outcome, words } = strongest(same);
    const besides = near === 0 ? "" : ` ${near === 1 ? "One name is" : `${near} names are`} near it besides.`;
    return { outcome, words: `${words} That an entry is written so does not say that it is who you mean.${besides}` };
  }
  const said = lists.map(({ title, words }) => `${title}: ${words}`).join(" ");
  if (near > 0)
    return {
      outcome: "near names only",
      words: `No name is written so, and ${near === 1 ? "one is" : `${near} are`} near it: look at each. ${said}`.trim(),
    };
  if (count > 0)
    return {
      outcome: "part of names only",
      words: `No name is written just “${text.trim()}”, and ${count === 1 ? "one entry contains" : `${count.toLocaleString("en-US")} entries contain`} it: with so little of a name nothing is decided. ${said}`.trim(),
    };
  return { outcome: lists.find(({ outcome }) => outcome === "unknown")?.outcome ?? lists[0]!.outcome, words: said };
}

const kept = new Map<string, Held>();

/** Names of an edition, indexed once: an edition never changes. The last few are kept. */
function holdNames(log: Reads, edition: Edition, log_size: number): Held {
  const others = otherNamesOf(log, edition, log_size);
  const key = `${edition.dataset.rows_root} ${others?.rows_root ?? ""}`;
  const known = kept.get(key);
  if (known) return { ...known, edition };
  const { list } = edition;
  const entries = readRows(log, edition.dataset);
  const idOf = (row: Row) => keyOf(list, row);
  const listed = [
    ...entries.map((row) => ({ id: idOf(row), text: row.name!, is: "name" })),
    ...entries.flatMap((row) => namesInRemarks(row.remarks ?? "").map((text) => ({ id: idOf(row), text, is: "weak alias" }))),
    ...(others ? readRows(log, others) : []).map((row) => ({
      id: idOf(row),
      text: row.alt_name ?? row.name ?? "",
      is: row.alt_type || (row.quality ? `alias, ${row.quality.toLowerCase()}` : "alias"),
    })),
  ];
  const index = indexNames(listed);
  const namesOf = new Map([...Map.groupBy(listed, ({ id }) => id)].map(([id, own]) => [id, own.map(({ text }) => text)]));
  const held = { edition, rows: new Map(entries.map((row) => [idOf(row), row])), index, namesOf };
  kept.set(key, held);
  if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value!);
  return held;
}

/** OFAC writes weak aliases, common words or code names, into the remarks: “a.k.a. 'HIDDEN COBRA';”. */
const namesInRemarks = (remarks: string): string[] => [...remarks.matchAll(/\b[afn]\.k\.a\. '([^']{2,100})'/g)].map(([, name]) => name!);
