// Reading the case file from a vantage: how much of the log is known, whether only released evidence counts, and
// up to which claim date. Log time and claim date are two questions and are never mixed.
import { editDistance } from "../edit-distance.ts";
import { prepared, type LogReader } from "../evidence/evidence.ts";
import type { Claim } from "./claims.ts";
import type { Judgement, Question } from "./judgements.ts";
import { kindOf, type Kind } from "./kinds.ts";

export type Vantage = {
  /** Entries known: what was in the log when it had this size. */
  log_size: number;
  /** "released" is what readers see and what a figure may rest on; "all" is the desk's own view. */
  evidence: "released" | "all";
  /** Claims read in a protected capture are left out: for who may see what is not released, but no source. */
  without_protected?: true;
  /** Only claims made up to this date (YYYY, YYYY-MM or YYYY-MM-DD); claims of unstated date then fall out. */
  as_of?: string;
};

export type ClaimFilter = {
  subject?: string;
  kind?: Kind;
  field?: string;
  capture?: number;
  claimant?: string;
  document?: string;
  /** Claims of an amount of just this many, of whatever subject. */
  amount?: string;
  /** Only claims with these log indices. */
  among?: readonly number[];
  /** Subjects behind this one, up to that one: a stretch of a kind. */
  subjects?: { after: string; upTo: string };
  /** For a list that is read a page at a time: only claims behind this entry, and so many. */
  after?: number;
  limit?: number;
  /** The newest first, and only those before this entry. */
  before?: number;
};

type Reads = Pick<LogReader, "db">;

export function readClaims(log: Reads, at: Vantage, filter: ClaimFilter = {}): Claim[] {
  const conditions = [heldCondition(at)];
  const values: (string | number)[] = [];
  if (filter.subject !== undefined) conditions.push("subject = ?") && values.push(filter.subject);
  if (filter.kind !== undefined) conditions.push("subject >= ? AND subject < ?") && values.push(`${filter.kind}/`, `${filter.kind}0`);
  if (filter.field !== undefined) conditions.push("field = ?") && values.push(filter.field);
  if (filter.capture !== undefined) conditions.push("capture = ?") && values.push(filter.capture);
  if (filter.claimant !== undefined) conditions.push("body ->> '$.claimant' = ?") && values.push(filter.claimant);
  if (filter.document !== undefined) conditions.push("body ->> '$.document' = ?") && values.push(filter.document);
  if (filter.amount !== undefined) conditions.push("field = 'amount' AND body ->> '$.value' = ?") && values.push(filter.amount);
  if (filter.subjects !== undefined)
    conditions.push("subject > ? AND subject <= ?") && values.push(filter.subjects.after, filter.subjects.upTo);
  if (filter.among !== undefined) conditions.push("seq IN (SELECT value FROM json_each(?))") && values.push(JSON.stringify(filter.among));
  if (filter.after !== undefined) conditions.push("seq > ?") && values.push(filter.after);
  if (filter.before !== undefined) conditions.push("seq < ?") && values.push(filter.before);
  const statement = log.db.prepare(
    `SELECT seq, at, by, body, public_from FROM claims WHERE ${conditions.join(" AND ")}${filter.limit === undefined ? "" : ` ORDER BY seq${filter.before === undefined ? "" : " DESC"}`}`,
  );
  // Rows without names, put in order here: a third of the time where a figure reads tens of thousands.
  statement.setReturnArrays(true);
  const claims: Claim[] = [];
  const rows: Iterable<unknown> = filter.limit === undefined ? statement.all(...values) : statement.iterate(...values);
  for (const cells of rows as Iterable<ClaimCells>) {
    const claim = toClaim(cells);
    if (isClaimedBy(claim.as_of, at.as_of)) claims.push(claim);
    if (claims.length === filter.limit) break;
  }
  return filter.limit === undefined ? claims.sort((a, b) => a.seq - b.seq) : claims;
}

export type Held = { subjects: number; claims: number };

/** How much is held of a kind: counted by an index, without reading what it says. */
export function countHeld(log: Reads, at: Vantage, kind: Kind): Held {
  return log.db
    .prepare(
      `SELECT count(*) AS claims, count(DISTINCT subject) AS subjects FROM claims WHERE subject > ? AND subject < ? AND ${heldCondition(at)}${asOfCondition(at)}`,
    )
    .get(`${kind}/`, `${kind}0`, ...asOfValues(at)) as Held;
}

/** Subjects of a kind in order of their names, a page at a time. */
export function listSubjects(log: Reads, at: Vantage, kind: Kind, page: { after?: string; claimant?: string; limit: number }): string[] {
  const own = page.claimant === undefined ? "" : " AND body ->> '$.claimant' = ?";
  return log.db
    .prepare(
      `SELECT DISTINCT subject FROM claims WHERE subject > ? AND subject < ? AND ${heldCondition(at)}${asOfCondition(at)}${own} ORDER BY subject LIMIT ?`,
    )
    .all(page.after ?? `${kind}/`, `${kind}0`, ...asOfValues(at), ...(page.claimant === undefined ? [] : [page.claimant]), page.limit)
    .map(({ subject }) => subject as string);
}

const NEAR_MAX = 3;
const NEAR_LETTERS = 3;
/** Of so many subjects it is looked how near they are spelt: more are compared by nobody while somebody types. */
const COMPARED_MAX = 20_000;

/** Subjects of its kind that are spelt nearly so, or have its words in their name; the nearest first, at most three. */
export function subjectsNear(log: Reads, at: Vantage, subject: string): string[] {
  const kind = kindOf(subject) ?? "theft";
  const name = subject.replace(/^[a-z-]+\//, "").toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  if (name === "") return [];
  return listSubjects(log, at, kind, { limit: COMPARED_MAX })
    .map((held) => ({ held, own: held.slice(kind.length + 1) }))
    .map(({ held, own }) => ({ held, far: Math.abs(own.length - name.length) > NEAR_LETTERS ? Infinity : editDistance(own, name), has: own.includes(name) }))
    .filter(({ held, far, has }) => held !== subject && (far <= NEAR_LETTERS || has))
    .sort((a, b) => a.far - b.far)
    .slice(0, NEAR_MAX)
    .map(({ held }) => held);
}

/** Every document and claimant that is named by any claim, seen or not by a vantage: by the index alone, not claim by claim. */
export function listNamed(log: Reads, what: "document" | "claimant"): string[] {
  const name = `body ->> '$.${what}'`;
  const next = log.db.prepare(`SELECT min(${name}) AS name FROM claims WHERE ${name} > ?`);
  const names: string[] = [];
  for (let last = ""; ;) {
    const found = next.get(last)!.name as string | null;
    if (found === null) return names;
    names.push((last = found));
  }
}

/** Who says anything of a kind, those who say most first. */
export function listClaimants(log: Reads, at: Vantage, kind: Kind, limit: number): string[] {
  return log.db
    .prepare(
      `SELECT body ->> '$.claimant' AS claimant FROM claims WHERE subject >= ? AND subject < ? AND ${heldCondition(at)}${asOfCondition(at)} GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ?`,
    )
    .all(`${kind}/`, `${kind}0`, ...asOfValues(at), limit)
    .map(({ claimant }) => claimant as string);
}

/**
 * Claims whose text may hold these words (lower case), one after another: a first sieve in the database, for a caller who
 * looks again at the fields that count.
 */
export function* readClaimsWith(log: LogReader, at: Vantage, words: string): Generator<Claim> {
  // SQLite folds capitals of ASCII only, and the body is JSON: the longest run that neither touches is looked for.
  const plain = words.match(/[ !#-[\]-~]+/g)?.reduce((longest, run) => (run.length > longest.length ? run : longest)) ?? "";
  const rows = log.db
    .prepare(`SELECT seq, at, by, body, public_from FROM claims WHERE ${heldCondition(at)} AND instr(lower(body), ?) > 0`)
    .iterate(plain);
  for (const row of rows) {
    const claim = namedToClaim(row);
    if (isClaimedBy(claim.as_of, at.as_of)) yield claim;
  }
}

export function readClaim(log: LogReader, seq: number): Claim | undefined {
  const row = prepared(log.db, "SELECT seq, at, by, body, public_from FROM claims WHERE seq = ?").get(seq);
  return row && namedToClaim(row);
}

/** Every claim ever made on a subject that this vantage may see, superseded ones too, each with when it stopped holding. */
export function readHistory(log: LogReader, at: Vantage, subject: string): (Claim & { superseded?: number; /** It was taken back, and nothing replaced it. */ retracted?: true })[] {
  const [from, to] = at.evidence === "released" ? ["public_from", "public_to"] : ["from_seq", "to_seq"];
  return log.db
    .prepare(
      `SELECT seq, at, by, body, public_from, ${to} AS ended, EXISTS (SELECT 1 FROM retractions r WHERE r.entry = claims.seq) AS retracted FROM claims WHERE subject = ? AND ${from} < ? ORDER BY seq`,
    )
    .all(subject, at.log_size)
    .map((row) => {
      const ended = row.ended as number | null;
      const isOver = ended !== null && ended < at.log_size;
      return { ...namedToClaim(row), ...(isOver ? { superseded: ended } : {}), ...(isOver && row.retracted === 1 ? { retracted: true as const } : {}) };
    });
}

export function readSubjects(log: Reads, at: Vantage, kind: Kind): string[] {
  return listSubjects(log, at, kind, { limit: -1 });
}

export function readJudgements(log: Reads, at: Vantage, question?: Question): Judgement[] {
  return log.db
    .prepare(
      `SELECT seq, question, subject, other, verdict, why, at, by FROM judgements WHERE ${spanCondition(at)} ${question ? "AND question = ?" : ""} ORDER BY seq`,
    )
    .all(...(question ? [question] : []))
    .map((row) => ({ ...row, other: row.other ?? undefined }) as unknown as Judgement);
}

/** A judgement that holds now, by its entry. */
export function findJudgement(log: LogReader, seq: number): Judgement | undefined {
  return readJudgements(log, { log_size: log.size(), evidence: "all" }).find((judgement) => judgement.seq === seq);
}

/** The claim with this content, whatever its state, so that importing twice changes nothing. */
export function findClaimByKey(db: LogReader["db"], key: string): number | undefined {
  return db.prepare("SELECT seq FROM claims WHERE key = ? ORDER BY seq LIMIT 1").get(key)?.seq as number | undefined;
}

function spanCondition(at: Vantage): string {
  const [from, to] = at.evidence === "released" ? ["public_from", "public_to"] : ["from_seq", "to_seq"];
  const size = Math.trunc(at.log_size);
  return `${from} < ${size} AND (${to} IS NULL OR ${to} >= ${size})`;
}

/** What a vantage sees, as one word: whatever is kept for a vantage is kept under it. */
export const evidenceOf = ({ evidence, without_protected }: Vantage): string => (evidence === "all" && without_protected ? "all but protected" : evidence);

const heldCondition = (at: Vantage): string =>
  spanCondition(at) + (evidenceOf(at) === "all but protected" ? " AND capture NOT IN (SELECT seq FROM captures WHERE body ->> '$.is_protected')" : "");

/** The same as `isClaimedBy`, where rows are only counted. */
function asOfCondition({ as_of }: Vantage): string {
  if (as_of === undefined) return "";
  return " AND body ->> '$.as_of' <> 'unstated' AND substr(body ->> '$.as_of', 1, ?) <= substr(?, 1, length(body ->> '$.as_of'))";
}
const asOfValues = ({ as_of }: Vantage): (string | number)[] => (as_of === undefined ? [] : [as_of.length, as_of]);

/** Dates compare at the precision of the shorter: a claim of 2024-03 was made by 2024-03-20 and by 2024. */
function isClaimedBy(claimed: string, as_of: string | undefined): boolean {
  if (as_of === undefined) return true;
  if (claimed === "unstated") return false;
  const length = Math.min(claimed.length, as_of.length);
  return claimed.slice(0, length) <= as_of.slice(0, length);
}

/** seq, at, by, body, public_from */
type ClaimCells = [number, string, string, string, number | null];

const namedToClaim = (row: Record<string, unknown>): Claim => toClaim([row.seq, row.at, row.by, row.body, row.public_from] as ClaimCells);

function toClaim([seq, at, by, body, released]: ClaimCells): Claim {
  const claim = JSON.parse(body) as Claim;
  claim.seq = seq;
  claim.at = at;
  claim.by = by;
  claim.kind_of = kindOf(claim.subject)!;
  if (released !== null) claim.released = released;
  return claim;
}
