// Reading the case file from a vantage: how much of the log is known, whether only released evidence counts, and
// up to which claim date. Log time and claim date are two questions and are never mixed.
import type { LogReader } from "../evidence/evidence.ts";
import type { Claim, ClaimInput } from "./claims.ts";
import type { Judgement, Question } from "./judgements.ts";
import { kindOf, type Kind } from "./kinds.ts";

export type Vantage = {
  /** Entries known: what was in the log when it had this size. */
  log_size: number;
  /** "released" is what readers see and what a figure may rest on; "all" is the desk's own view. */
  evidence: "released" | "all";
  /** Only claims made up to this date (YYYY, YYYY-MM or YYYY-MM-DD); claims of unstated date then fall out. */
  as_of?: string;
};

export type ClaimFilter = { subject?: string; kind?: Kind; field?: string; capture?: number };

export function readClaims(log: LogReader, at: Vantage, filter: ClaimFilter = {}): Claim[] {
  const conditions = [spanCondition(at)];
  const values: (string | number)[] = [];
  if (filter.subject !== undefined) conditions.push("subject = ?") && values.push(filter.subject);
  if (filter.kind !== undefined) conditions.push("subject >= ? AND subject < ?") && values.push(`${filter.kind}/`, `${filter.kind}0`);
  if (filter.field !== undefined) conditions.push("field = ?") && values.push(filter.field);
  if (filter.capture !== undefined) conditions.push("capture = ?") && values.push(filter.capture);
  return log.db
    .prepare(`SELECT seq, at, by, body, public_from FROM claims WHERE ${conditions.join(" AND ")} ORDER BY seq`)
    .all(...values)
    .map(toClaim)
    .filter((claim) => isClaimedBy(claim.as_of, at.as_of));
}

export function readClaim(log: LogReader, seq: number): Claim | undefined {
  const row = log.db.prepare("SELECT seq, at, by, body, public_from FROM claims WHERE seq = ?").get(seq);
  return row && toClaim(row);
}

/** Every claim ever made on a subject that this vantage may see, superseded ones too, each with when it stopped holding. */
export function readHistory(log: LogReader, at: Vantage, subject: string): (Claim & { superseded?: number })[] {
  const [from, to] = at.evidence === "released" ? ["public_from", "public_to"] : ["from_seq", "to_seq"];
  return log.db
    .prepare(`SELECT seq, at, by, body, public_from, ${to} AS ended FROM claims WHERE subject = ? AND ${from} < ? ORDER BY seq`)
    .all(subject, at.log_size)
    .map((row) => {
      const ended = row.ended as number | null;
      return { ...toClaim(row), ...(ended !== null && ended < at.log_size ? { superseded: ended } : {}) };
    });
}

export function readSubjects(log: LogReader, at: Vantage, kind: Kind): string[] {
  return [...new Set(readClaims(log, at, { kind }).map((claim) => claim.subject))].sort();
}

export function readJudgements(log: LogReader, at: Vantage, question?: Question): Judgement[] {
  return log.db
    .prepare(
      `SELECT seq, question, subject, other, verdict, why, at, by FROM judgements WHERE ${spanCondition(at)} ${question ? "AND question = ?" : ""} ORDER BY seq`,
    )
    .all(...(question ? [question] : []))
    .map((row) => ({ ...row, other: row.other ?? undefined }) as unknown as Judgement);
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

/** Dates compare at the precision of the shorter: a claim of 2024-03 was made by 2024-03-20 and by 2024. */
function isClaimedBy(claimed: string, as_of: string | undefined): boolean {
  if (as_of === undefined) return true;
  if (claimed === "unstated") return false;
  const length = Math.min(claimed.length, as_of.length);
  return claimed.slice(0, length) <= as_of.slice(0, length);
}

function toClaim(row: Record<string, unknown>): Claim {
  const claim = JSON.parse(row.body as string) as ClaimInput;
  return {
    ...claim,
    seq: row.seq as number,
    at: row.at as string,
    by: row.by as string,
    kind_of: kindOf(claim.subject)!,
    released: (row.public_from as number | null) ?? undefined,
  };
}
