// Full-text search over what has a page (SQLite FTS5): words as typed, else words spelled nearly so. What a search costs
// follows from what it finds, and that is capped: no list here is as long as the archive.
import type { LogReader } from "../evidence/evidence.ts";
import { editDistance } from "../edit-distance.ts";
import { TracewireError } from "../errors.ts";
import { computeOrFault, findFigureSpec } from "../figures/figures.ts";
import { numberKey } from "./number-key.ts";
import { numbersOf } from "./search-view.ts";

export const FINDABLE_KINDS = ["story", "release", "archive", "theft", "actor", "figure"] as const;
export type FindableKind = (typeof FINDABLE_KINDS)[number];

export type Hit = {
  kind: FindableKind;
  /** Slug, or subject without its kind, or name of a figure. */
  name: string;
  title: string;
  /** With \u0001 before and \u0002 behind each word that was found. */
  snippet: string;
};
export type Facet = { value: string; count: number };
export type SearchFilter = {
  kind?: FindableKind;
  topic?: string;
  year?: string;
  /** Only what was public when the log had this size. */
  before: number;
  skip?: number;
};
export type Found = {
  hits: Hit[];
  /** How many there are in all; at most COUNTED_MAX are counted. */
  count: number;
  isMore: boolean;
  /** What was searched for instead, when the words as typed were not there. */
  instead?: string;
  kinds: Facet[];
  topics: Facet[];
  years: Facet[];
};

export const HITS_SHOWN = 20;
/** Ranking looks at this many at most, the newest first: a word that stands everywhere finds no more than it can show. */
export const COUNTED_MAX = 1_000;
const WORDS_MAX = 12;
const SNIPPET_WORDS = 24;
/** Words of the vocabulary that are looked at for a nearer spelling. */
const NEAR_MAX = 20_000;

/** Figures in no story that a search by number computes, the newest first. */
const UNPRINTED_MAX = 200;

const NOTHING: Found = { hits: [], count: 0, isMore: false, kinds: [], topics: [], years: [] };

export function search(log: LogReader, text: string, filter: SearchFilter): Found {
  const number = numberKey(text);
  // A number is one phrase, with what says its size: its parts alone stand everywhere.
  const words = number === undefined ? wordsOf(text) : [wordsOf(text).join(" ")];
  if (words.length === 0) return NOTHING;
  const found = look(log, words, filter, number);
  if (found.count > 0 || filter.kind || filter.topic || filter.year) return found;
  const nearer = words.map((word) => nearestWord(log, word));
  if (nearer.every((word, at) => word === words[at])) return found;
  const again = look(log, nearer, filter);
  return again.count > 0 ? { ...again, instead: nearer.join(" ") } : found;
}

/** Letters and digits, and the signs inside of a number: nothing that a reader types is an operator of the query language. */
function wordsOf(text: string): string[] {
  return (
    text
      .normalize("NFC")
      .toLowerCase()
      .match(/\p{N}+(?:[.,]\p{N}+)+|[\p{L}\p{N}]+/gu) ?? []
  ).slice(0, WORDS_MAX);
}

function look(log: LogReader, words: string[], { kind, topic, year, before, skip = 0 }: SearchFilter, number?: string): Found {
  const { db } = log;
  // The last word may still be half typed.
  const query = words.map((word, at) => `"${word}"${at === words.length - 1 ? "*" : ""}`).join(" ");
  const chosen =
    (kind === undefined ? "" : " AND f.kind = :kind") +
    (topic === undefined ? "" : " AND f.topic = :topic") +
    (year === undefined ? "" : " AND f.year = :year");
  const values = { query, before, limit: COUNTED_MAX, ...(kind ? { kind } : {}), ...(topic ? { topic } : {}), ...(year ? { year } : {}) };
  // Newest first and cut there; only these are ranked.
  const matched = `SELECT f.id, f.kind, f.topic, f.year, bm25(findable_text, 8.0, 4.0, 1.0) AS score FROM findable_text JOIN findable f ON f.id = findable_text.rowid
    WHERE findable_text MATCH :query AND findable_text.rowid < :before AND f.since < :before${chosen} ORDER BY findable_text.rowid DESC LIMIT :limit`;
  const all = db.prepare(matched).all(values) as unknown as {
    id: number;
    kind: string;
    topic: string | null;
    year: string | null;
    score: number;
  }[];
  const printed = number !== undefined && (kind ?? "figure") === "figure" && !topic && !year ? printedAs(log, number, before) : new Map<number, string>();
  const others = all.filter(({ id }) => !printed.has(id));
  all.splice(0, all.length, ...[...printed.keys()].map((id) => ({ id, kind: "figure", topic: null, year: null, score: 0 })), ...others);
  // What is about the words comes before what has them somewhere: a story by its headline or standfirst first, then what
  // bears them as its name. A figure's short title outweighs any story by letters alone, so it waits for both.
  const about = new Set(
    db
      .prepare("SELECT rowid AS id FROM findable_text WHERE findable_text MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?")
      .all(`{title standfirst} : (${query})`, before, COUNTED_MAX)
      .map((row) => row.id as number),
  );
  const tier = ({ id, kind }: { id: number; kind: string }) => (printed.has(id) ? -1 : !about.has(id) || kind === "figure" ? 2 : kind === "story" ? 0 : 1);
  const ranked = all.toSorted((a, b) => tier(a) - tier(b) || a.score - b.score || b.id - a.id).slice(skip, skip + HITS_SHOWN);
  // SQLite 3.53.4 answers "MATCH … AND rowid = …" with the text of the first row that matches; a range of one is read rightly.
  const show = db.prepare(
    `SELECT f.kind, f.name, t.title, snippet(findable_text, -1, char(1), char(2), ' … ', ${SNIPPET_WORDS}) AS snippet
       FROM findable_text t JOIN findable f ON f.id = t.rowid WHERE t.findable_text MATCH ?1 AND t.rowid BETWEEN ?2 AND ?2`,
  );
  const showPrinted = db.prepare("SELECT f.kind, f.name, t.title FROM findable_text t JOIN findable f ON f.id = t.rowid WHERE t.rowid = ?");
  return {
    hits: ranked.map(({ id }) => (printed.has(id) ? ({ ...showPrinted.get(id), snippet: `\u0001${printed.get(id)!}\u0002` } as Hit) : (show.get(query, id) as unknown as Hit))),
    count: all.length,
    isMore: skip + HITS_SHOWN < all.length,
    kinds: facet(all, "kind"),
    topics: facet(all, "topic"),
    years: facet(all, "year").toSorted((a, b) => (a.value < b.value ? 1 : -1)),
  };
}

/** The figures that were printed as this number, by the number of their line, with how; what was printed as it latest comes first. */
function printedAs(log: LogReader, number: string, before: number): Map<number, string> {
  const { db } = log;
  const rows = db
    .prepare("SELECT f.id, p.printed FROM printed_numbers p JOIN findable f ON f.kind = 'figure' AND f.name = p.figure WHERE p.number = ? AND p.seq < ? ORDER BY p.seq DESC, p.figure LIMIT ?")
    .all(number, before, HITS_SHOWN) as { id: number; printed: string }[];
  const inNoStory = unprinted(log, before).get(number) ?? [];
  const lineOf = db.prepare("SELECT id FROM findable WHERE kind = 'figure' AND name = ? AND since < ?");
  const others = inNoStory.flatMap(({ figure, printed }) => lineOf.all(figure, before).map(({ id }) => [id as number, printed] as const));
  return new Map([...rows.map(({ id, printed }) => [id, printed] as const), ...others].slice(0, HITS_SHOWN));
}

type Unprinted = Map<string, { figure: string; printed: string }[]>;
const unprintedBy = new WeakMap<LogReader["db"], { before: number; numbers: Unprinted }>();

/** Figures that no story prints have a page with their value too; it stands in no entry, so it is computed, once for a state of the log. */
function unprinted(log: LogReader, before: number): Unprinted {
  const kept = unprintedBy.get(log.db);
  if (kept?.before === before) return kept.numbers;
  const numbers: Unprinted = new Map();
  const names = log.db
    .prepare("SELECT id FROM figure_specs f WHERE to_seq IS NULL AND seq < ? AND NOT EXISTS (SELECT 1 FROM printed_numbers p WHERE p.figure = f.id) ORDER BY seq DESC LIMIT ?")
    .all(before, UNPRINTED_MAX);
  for (const { id } of names) {
    const spec = findFigureSpec(log, id as string, before)?.spec;
    const figure = spec && spec.evidence !== "all" ? computeOrFault(log, spec, before) : undefined;
    if (!figure || figure instanceof TracewireError) continue;
    for (const { number, printed } of numbersOf(figure.value, spec!)) numbers.set(number, [...(numbers.get(number) ?? []), { figure: figure.id, printed }]);
  }
  unprintedBy.set(log.db, { before, numbers });
  return numbers;
}

function facet(rows: readonly { kind: string; topic: string | null; year: string | null }[], by: "kind" | "topic" | "year"): Facet[] {
  return [...Map.groupBy(rows, (row) => row[by])]
    .flatMap(([value, own]) => (value === null ? [] : [{ value, count: own.length }]))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}

/** The word itself where it is known, else the nearest: first among those with its first letter, then among all. */
function nearestWord({ db }: Pick<LogReader, "db">, word: string): string {
  if (word.length < 4 || /\d/.test(word) || db.prepare("SELECT 1 FROM findable_words WHERE term = ?").get(word)) return word;
  const [first] = word;
  const near = (from: string, to: string) =>
    db
      .prepare("SELECT term, doc FROM findable_words WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ? LIMIT ?")
      .all(from, to, word.length - 2, word.length + 2, NEAR_MAX)
      .map(({ term, doc }) => ({ term: term as string, doc: doc as number, distance: editDistance(word, term as string) }))
      .filter(({ distance }) => distance <= (word.length < 6 ? 1 : 2))
      .sort((a, b) => a.distance - b.distance || b.doc - a.doc || (a.term < b.term ? -1 : 1))[0]?.term;
  return near(first!, `${first}\u{10ffff}`) ?? near("a", "{") ?? word;
}
