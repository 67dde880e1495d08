// What claims would raise if they were saved now. Nothing is written and nothing is waited for: they are put beside what is held,
// in memory, and looked at as the checks look at the rest.
import type { LogReader } from "../evidence/evidence.ts";
import { runOverClaims, runChecksOn, type CheckResult } from "./checks.ts";
import { claimKey, type Claim, type ClaimInput } from "./claims.ts";
import { kindOf } from "./kinds.ts";
import { findClaimByKey, readClaims, type Vantage } from "./read-casefile.ts";

type Reads = Pick<LogReader, "db">;

export type Foreseen = {
  /** What the checks would raise that they do not raise now. */
  findings: CheckResult[];
  /** Who says anything of the same field of the same subject. */
  rivals: Claim[];
  /** The entry that says the very same already. */
  held: number | undefined;
};

/** An entry's number that no entry has yet. */
const toClaim = (claim: ClaimInput, at: Vantage, place: number): Claim => ({ ...claim, seq: at.log_size + place, at: "", by: "", kind_of: kindOf(claim.subject)! });
const nameOf = ({ check, what }: CheckResult): string => `${check} ${what}`;

/** Costs what is held on its subject and on the published totals. */
export function foreseeClaim(log: Reads, at: Vantage, claim: ClaimInput): Foreseen {
  const held = findClaimByKey(log.db, claimKey(claim));
  const rivals = readClaims(log, at, { subject: claim.subject, field: claim.field }).filter(({ seq }) => seq !== held);
  if (held !== undefined) return { findings: [], rivals, held };
  const before = new Set(runChecksOn(log, at, claim.subject).map(nameOf));
  // Of a claim that was read along because it is of the same amount, other things may be raised: they are not this one's doing.
  const findings = runChecksOn(log, at, claim.subject, [toClaim(claim, at, 0)]).filter((result) => result.claims.includes(at.log_size) && !before.has(nameOf(result)));
  return { findings, rivals, held };
}

export type ForeseenMany = { findings: CheckResult[]; /** By the place in the list: the entry that says the same already. */ held: Map<number, number> };

/** The same for many that belong together, which see each other. Costs what is held on thefts and published totals. */
export function foreseeClaims(log: Reads, at: Vantage, claims: readonly ClaimInput[]): ForeseenMany {
  const held = new Map(claims.flatMap((claim, place) => {
    const entry = findClaimByKey(log.db, claimKey(claim));
    return entry === undefined ? [] : [[place, entry] as const];
  }));
  const fresh = claims.flatMap((claim, place) => (held.has(place) ? [] : [toClaim(claim, at, place)]));
  const now = [...readClaims(log, at, { kind: "theft" }), ...readClaims(log, at, { kind: "published-total" })].sort((a, b) => a.seq - b.seq);
  const before = new Set(runOverClaims(now).map(nameOf));
  const among = fresh.filter(({ kind_of }) => kind_of === "theft" || kind_of === "published-total");
  return { findings: among.length === 0 ? [] : runOverClaims([...now, ...among]).filter((result) => !before.has(nameOf(result))), held };
}
