// Taking back: the log only grows, so what was put there by mistake is undone by an entry more. Where an earlier claim or
// verdict had been replaced, that one is said again; where none was, a retraction ends it. Views before it stay as they were.
import { TracewireError } from "../errors.ts";
import { appendRelease, type LogReader, type Transaction } from "../evidence/evidence.ts";
import { appendClaim, type ClaimInput } from "./claims.ts";
import { appendJudgement, type JudgementInput } from "./judgements.ts";

const WHY_CHARS_MIN = 3;
const WHY_CHARS_MAX = 2_000;

export type Inverse = { seq: number; how: "said again" | "retracted" };

/**
 * Appends the inverse of a claim or judgement. What readers saw of it, they see taken back in the same change.
 * Throws BAD_ARGUMENT for an entry that is neither, or no longer holds, or without a reason.
 */
export function appendInverse(transaction: Transaction, log: Pick<LogReader, "read">, entry: number, why: string, by: string): Inverse {
  const refuse = (what: string): never => {
    throw new TracewireError("BAD_ARGUMENT", { what });
  };
  if (why.trim().length < WHY_CHARS_MIN || why.length > WHY_CHARS_MAX) refuse("why: a reason in words, at most 2,000 characters");
  const { db } = transaction;
  const held =
    db.prepare("SELECT 'claim' AS kind, to_seq, public_from, supersedes AS earlier FROM claims WHERE seq = ?").get(entry) ??
    db.prepare("SELECT 'judgement' AS kind, to_seq, public_from, NULL AS earlier FROM judgements WHERE seq = ?").get(entry) ??
    refuse(`Entry ${entry} is neither a claim nor a judgement`);
  if (held.to_seq !== null) refuse(`Entry ${entry} does not hold any more: entry ${String(held.to_seq)} ended it`);
  const earlier =
    held.kind === "claim"
      ? held.earlier
      : db
          .prepare("SELECT o.seq FROM judgements o JOIN judgements n ON n.seq = ? WHERE o.to_seq = n.seq AND o.question = n.question AND o.subject = n.subject AND o.other IS n.other")
          .get(entry)?.seq;
  const former = typeof earlier === "number" ? log.read(earlier)?.body : undefined;
  const sayAgain = (): number => {
    if (held.kind === "claim") return appendClaim(transaction, { ...(former!.claim as unknown as ClaimInput), supersedes: entry }, by);
    const { question, subject, other, verdict } = former as unknown as JudgementInput;
    return appendJudgement(transaction, { question, subject, ...(other ? { other } : {}), verdict, why: `Entry ${entry} was taken back: ${why}` }, by);
  };
  const seq = former ? sayAgain() : transaction.append({ kind: "retraction", entry, why, by });
  if (held.public_from !== null) appendRelease(transaction, [seq], [], by);
  return { seq, how: former ? "said again" : "retracted" };
}

export const INVERSES_MAX = 2_000;

/** Takes back all claims of one capture between two entries, both included, that hold and that `isTheirs` lets them: one change, an inverse for each. */
export function appendInversesOf(
  transaction: Transaction,
  log: Pick<LogReader, "read">,
  { capture, first, last }: { capture: number; first: number; last: number },
  why: string,
  by: string,
  isTheirs: (author: string) => boolean = () => true,
): Inverse[] {
  const held = transaction.db
    .prepare("SELECT seq, by FROM claims WHERE capture = ? AND seq BETWEEN ? AND ? AND to_seq IS NULL ORDER BY seq DESC LIMIT ?")
    .all(capture, first, last, INVERSES_MAX) as { seq: number; by: string }[];
  const own = held.filter((claim) => isTheirs(claim.by));
  if (own.length === 0) throw new TracewireError("BAD_ARGUMENT", { what: `No claim of entries ${first} to ${last} holds that you can take back` });
  return own.map(({ seq }) => appendInverse(transaction, log, seq, why, by));
}

export type Retraction = { seq: number; entry: number; why: string; by: string; at: string };

export function findRetraction(log: Pick<LogReader, "db">, entry: number): Retraction | undefined {
  return log.db.prepare("SELECT seq, entry, why, by, at FROM retractions WHERE entry = ?").get(entry) as Retraction | undefined;
}
