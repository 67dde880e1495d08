// Who blames whom for what, in which words, and who denies it. Attribution is somebody's claim and is never merged: two who
// blame one group under two names stand as two.
import { readClaims, type Claim, type Vantage } from "../casefile/casefile.ts";
import type { LogReader } from "../evidence/evidence.ts";

export type Blame = {
  subject: string;
  /** As the claimant names it. */
  whom: string;
  by: string;
  hedge: Claim["hedge"];
  wording?: string;
  /** Class of the attributing body, where the same claimant's claim gives it. */
  level?: string;
  as_of: string;
  entry: number;
  capture: number;
};

/** A denial, or an answer to a request: whose, to what, in which words. */
export type Denial = { subject: string; by: string; words: string; as_of: string; entry: number; capture: number };

/** All that is held, by subject, each in the order of the log. What is denied is no blame. */
export function readBlame(log: Pick<LogReader, "db">, at: Vantage): Blame[] {
  const levels = new Map(readClaims(log, at, { kind: "theft", field: "attribution_level" }).map(({ subject, claimant, value }) => [`${subject}\n${claimant}`, value]));
  return (["theft", "address"] as const)
    .flatMap((kind) => readClaims(log, at, { kind, field: "attributed_to" }))
    .filter(({ hedge }) => hedge !== "denied")
    .map(({ subject, value, claimant, hedge, wording, as_of, seq, source }): Blame => {
      const level = levels.get(`${subject}\n${claimant}`);
      return { subject, whom: value, by: claimant, hedge, as_of, entry: seq, capture: source.capture, ...(wording === undefined ? {} : { wording }), ...(level === undefined ? {} : { level }) };
    })
    .sort((a, b) => (a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : a.entry - b.entry));
}

/** Denials on thefts, addresses and groups, and those among the answers to requests. */
export function readDenials(log: Pick<LogReader, "db">, at: Vantage): Denial[] {
  return (["theft", "address", "actor", "reply"] as const)
    .flatMap((kind) => readClaims(log, at, { kind }))
    .filter(({ hedge }) => hedge === "denied")
    .map(({ subject, claimant, value, wording, as_of, seq, source }) => ({ subject, by: claimant, words: wording ?? value, as_of, entry: seq, capture: source.capture }));
}
