// One line for each theft, by the rules that any figure has: the value chosen, the range of its rivals, who blames.
// The newest state is kept as a table, written again for a theft when a claim on it is released or taken back, so that a list of
// thousands is read a page at a time; a state of the past is made from its claims.
import type { DatabaseSync } from "node:sqlite";
import { listSubjects, readClaims, subjectsReleased, type Claim, type Vantage } from "../casefile/casefile.ts";
import { prepared, type AppliedEntry, type LogReader, type View } from "../evidence/evidence.ts";
import { chooseClaim, rowOf } from "./choose-claim.ts";
import type { FigureRow } from "./figure.ts";
import type { FigureSpec } from "./figure-spec.ts";

/** Not a figure of its own, since nobody quotes a list; but a line is chosen as a figure's row is. */
export const THEFT_VALUES: FigureSpec = {
  id: "list-of-thefts",
  title: "Thefts",
  measure: "sum",
  of: "theft",
  field: "amount",
  currency: "USD",
  merge: "judged",
  valuation: { basis: "as_published", minted: "include" },
  gross_or_net: "gross",
  choice: { claimants: ["tayvano (researcher)"], otherwise: "latest" },
};

export type TheftLine = FigureRow & { country: string; level: string; blamed: string; blamed_by: string; hedge: string; claims: number };

export type TheftFilter = {
  /** Part of the victim's name, the subject, or who blames. */
  text?: string;
  year?: string;
  level?: string;
  country?: string;
  /** Whole US dollars. */
  min?: string;
  sort: "date" | "victim" | "amount";
  order: "asc" | "desc";
  from: number;
  limit: number;
};

export type TheftLines = {
  lines: TheftLine[];
  /** How many fit, and how many of them are of unknown amount. */
  fit: number;
  unknown: number;
};

export type TheftChoices = { held: number; years: string[]; levels: string[]; countries: string[] };

export const theftLinesView: View = {
  name: "theft-lines",
  version: 2,
  tables: ["theft_lines"],
  create: `
    CREATE TABLE theft_lines (subject TEXT PRIMARY KEY, day TEXT NOT NULL, year TEXT NOT NULL, victim TEXT NOT NULL, amount REAL NOT NULL, level TEXT NOT NULL,
      country TEXT NOT NULL, words TEXT NOT NULL, line TEXT NOT NULL) STRICT;
    CREATE INDEX theft_lines_by_day ON theft_lines (day, subject);
    CREATE INDEX theft_lines_by_victim ON theft_lines (victim, subject);
    CREATE INDEX theft_lines_by_amount ON theft_lines (amount, subject);
    CREATE INDEX theft_lines_by_choice ON theft_lines (year, level, country);
  `,
  apply(db, entry) {
    if (entry.body.kind === "release") applyRelease(db, entry);
  },
};

const UNKNOWN_AMOUNT = -1;

function applyRelease(db: DatabaseSync, { seq, body }: AppliedEntry): void {
  const touched = [...subjectsReleased(db, body.entries as number[]).keys()].filter((subject) => subject.startsWith("theft/"));
  if (touched.length === 0) return;
  const at: Vantage = { log_size: seq + 1, evidence: "released" };
  const remove = prepared(db, "DELETE FROM theft_lines WHERE subject = ?");
  const insert = prepared(
    db,
    "INSERT INTO theft_lines (subject, day, year, victim, amount, level, country, words, line) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  for (const subject of touched) {
    remove.run(subject);
    const claims = readClaims({ db }, at, { subject });
    if (claims.length === 0) continue;
    const line = lineOf(subject, claims);
    const day = line.when ?? "";
    insert.run(
      subject,
      day,
      day.slice(0, 4),
      line.label.toLowerCase(),
      amountOf(line),
      line.level,
      line.country,
      wordsOf(line),
      JSON.stringify(line),
    );
  }
}

const amountOf = (line: TheftLine): number => (line.value === null ? UNKNOWN_AMOUNT : Number(line.value));
const wordsOf = (line: TheftLine): string => `${line.label} ${line.subject} ${line.blamed_by}`.toLowerCase();

/** The line of one theft from its claims. */
export function lineOf(subject: string, claims: readonly Claim[], as_of?: string): TheftLine {
  const last = (field: string) => claims.findLast((claim) => claim.field === field)?.value;
  const blame = claims.find((claim) => claim.field === "attributed_to");
  const own = [...claims];
  const { chosen, rivals } = chooseClaim(own, as_of ? { ...THEFT_VALUES, as_of } : THEFT_VALUES);
  return {
    ...rowOf({ subject, label: last("victim") ?? subject, when: last("date") ?? null }, chosen, rivals),
    country: last("country") ?? "",
    level: last("attribution_level") ?? "",
    blamed: blame?.value ?? "",
    blamed_by: blame?.claimant ?? "",
    hedge: blame?.hedge ?? "",
    claims: claims.length,
  };
}

const SORTED_BY = { date: "day", victim: "victim", amount: "amount" } as const;

/** `isNewest`: the vantage is that of today's readers, for whom the table is kept. */
export function readTheftLines(log: Pick<LogReader, "db">, at: Vantage & { is_newest: boolean }, filter: TheftFilter): TheftLines {
  if (!at.is_newest) return linesOfPast(log, at, filter);
  const tests: [string, string | number][] = [];
  if (filter.text) tests.push(["instr(words, ?) > 0", filter.text.toLowerCase()]);
  if (filter.year) tests.push(["year = ?", filter.year]);
  if (filter.level) tests.push(["level = ?", filter.level]);
  if (filter.country) tests.push(["country = ?", filter.country]);
  if (filter.min) tests.push(["amount >= ?", Number(filter.min)]);
  const where = tests.length > 0 ? `WHERE ${tests.map(([test]) => test).join(" AND ")}` : "";
  const values = tests.map(([, value]) => value);
  const { fit, unknown } = log.db
    .prepare(`SELECT count(*) AS fit, coalesce(sum(amount < 0), 0) AS unknown FROM theft_lines ${where}`)
    .get(...values) as { fit: number; unknown: number };
  const order = filter.order === "asc" ? "ASC" : "DESC";
  const lines = log.db
    .prepare(`SELECT line FROM theft_lines ${where} ORDER BY ${SORTED_BY[filter.sort]} ${order}, subject ${order} LIMIT ? OFFSET ?`)
    .all(...values, filter.limit, filter.from)
    .map(({ line }) => JSON.parse(line as string) as TheftLine);
  return { lines, fit, unknown };
}

function linesOfPast(log: Pick<LogReader, "db">, at: Vantage, filter: TheftFilter): TheftLines {
  const fitting = pastLines(log, at).filter(
    (line) =>
      (!filter.text || wordsOf(line).includes(filter.text.toLowerCase())) &&
      (!filter.year || line.when?.startsWith(filter.year)) &&
      (!filter.level || line.level === filter.level) &&
      (!filter.country || line.country === filter.country) &&
      (!filter.min || amountOf(line) >= Number(filter.min)),
  );
  const key = { date: (line: TheftLine) => line.when ?? "", victim: (line: TheftLine) => line.label.toLowerCase(), amount: amountOf }[
    filter.sort
  ];
  const sign = filter.order === "asc" ? 1 : -1;
  fitting.sort((a, b) => sign * (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.subject < b.subject ? -1 : 1));
  return {
    lines: fitting.slice(filter.from, filter.from + filter.limit),
    fit: fitting.length,
    unknown: fitting.filter((line) => line.value === null).length,
  };
}

function pastLines(log: Pick<LogReader, "db">, at: Vantage): TheftLine[] {
  const claims = Map.groupBy(readClaims(log, at, { kind: "theft" }), (claim) => claim.subject);
  return [...claims].map(([subject, own]) => lineOf(subject, own, at.as_of));
}

/** Subjects that are read at a time where no table is kept. */
const STRETCH = 200;

/** Thefts by name behind `after`: a page reads what it shows, whatever else there is. `victim` is a part of the victim's name. */
export function readTheftPage(log: Pick<LogReader, "db">, at: Vantage & { is_newest: boolean }, { after = "", victim = "", limit }: { after?: string; victim?: string; limit: number }): TheftLine[] {
  const wanted = victim.toLowerCase();
  if (at.is_newest)
    return log.db
      .prepare("SELECT line FROM theft_lines WHERE subject > ? AND instr(victim, ?) > 0 ORDER BY subject LIMIT ?")
      .all(after, wanted, limit)
      .map(({ line }) => JSON.parse(line as string) as TheftLine);
  const lines: TheftLine[] = [];
  for (let from = after || undefined; lines.length < limit; ) {
    const subjects = listSubjects(log, at, "theft", { after: from, limit: STRETCH });
    if (subjects.length === 0) break;
    // Names are compared as bytes by the database, so the claims between two of them are those of the stretch.
    const claims = Map.groupBy(readClaims(log, at, { subjects: { after: from ?? "theft/", upTo: subjects.at(-1)! } }), ({ subject }) => subject);
    for (const subject of subjects) {
      const own = claims.get(subject);
      if (!own || lines.length === limit) continue;
      const line = lineOf(subject, own, at.as_of);
      if (line.label.toLowerCase().includes(wanted)) lines.push(line);
    }
    from = subjects.at(-1)!;
  }
  return lines;
}

/** Undefined where nothing is held on it. */
export function readTheftLine(log: Pick<LogReader, "db">, at: Vantage, subject: string): TheftLine | undefined {
  const claims = readClaims(log, at, { subject });
  return claims.length === 0 ? undefined : lineOf(subject, claims, at.as_of);
}

/** What a list of thefts can be narrowed by. */
export function readTheftChoices(log: Pick<LogReader, "db">, at: Vantage & { is_newest: boolean }): TheftChoices {
  if (at.is_newest) {
    const column = (name: string) =>
      log.db
        .prepare(`SELECT DISTINCT ${name} AS value FROM theft_lines WHERE ${name} <> '' ORDER BY 1`)
        .all()
        .map(({ value }) => value as string);
    const held = log.db.prepare("SELECT count(*) AS held FROM theft_lines").get()!.held as number;
    return { held, years: column("year").reverse(), levels: column("level"), countries: column("country") };
  }
  const lines = pastLines(log, at);
  const distinct = (of: (line: TheftLine) => string) => [...new Set(lines.map(of).filter(Boolean))].sort();
  return {
    held: lines.length,
    years: distinct((line) => (line.when ?? "").slice(0, 4)).reverse(),
    levels: distinct((line) => line.level),
    countries: distinct((line) => line.country),
  };
}
