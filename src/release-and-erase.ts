// What leaves our hands: entries that become public, entries that are forgotten for good. Both are looked at first: a plan says
// what goes with what was named, and nothing else is done than what the plan says.
import { fieldSpec, isPrivateClaim, readClaim, readClaims, requireReleasable, type Claim } from "./casefile/casefile.ts";
import { TracewireError } from "./errors.ts";
import { appendErasure, appendRelease, findCapture, type LogReader, type Transaction } from "./evidence/evidence.ts";
import { restatementsMovedBy } from "./figures/figures.ts";
import type { NewsroomWriter } from "./newsroom.ts";
import { listPublications, versionsMadeFrom } from "./press/press.ts";
import { entriesOfTrace, listTransferSets, sweepSegments } from "./tracing/tracing.ts";

const REASON_CHARS_MIN = 3;

/** An entry by log index, or a capture by its SHA-256 or the start of it. Throws NOT_FOUND. */
export function findEntry(log: LogReader, id: string): number {
  const seq = /^\d{1,9}$/.test(id) ? Number(id) : findCapture(log, id)?.seq;
  if (seq === undefined || seq >= log.size())
    throw new TracewireError("NOT_FOUND", { what: `There is no entry "${id}"`, hint: "Give a log index, or the start of a capture's SHA-256." });
  return seq;
}

/** What an entry is, in a line: a private value is not in it. */
export function entryWords(log: LogReader, seq: number): string {
  const claim = readClaim(log, seq);
  if (claim) return claimWords(claim);
  const capture = findCapture(log, seq);
  if (capture) return `capture: ${capture.title ?? capture.sha256.slice(0, 16)}`;
  const { kind } = log.read(seq)?.body ?? { kind: "erased" };
  return kind;
}

const claimWords = (claim: Claim): string =>
  `claim: ${claim.subject}, ${fieldSpec(claim.kind_of, claim.field)?.label ?? claim.field} ${isPrivateClaim({ kind: "claim", claim }) ? "(private)" : `${claim.value}${claim.unit ? ` ${claim.unit}` : ""}`}, by ${claim.claimant}`;

/** The capture that an entry is, or was read from. */
export function captureOf(log: LogReader, seq: number): number | undefined {
  return readClaim(log, seq)?.source.capture ?? findCapture(log, seq)?.seq;
}

export type ReleasePlan = { /** In order, with the captures that claims among them were read from, and the tables of traces. */ seqs: number[]; /** Captures whose bytes leave, too. */ bytes: number[]; /** Which are public already. */ open: number[] };

/** Throws NOT_RELEASED or BAD_ARGUMENT for what may never be public. */
export function planRelease(log: LogReader, named: readonly number[], { bytes = false } = {}): ReleasePlan {
  const all = named.flatMap((seq) => {
    // A public claim whose source stays hidden could not be opened by its reader; a public trace shows its tables.
    const claim = readClaim(log, seq);
    if (claim) requireReleasable(claim, `entry ${seq}`);
    return claim ? [seq, claim.source.capture] : (entriesOfTrace(log, seq) ?? [seq]);
  });
  const seqs = [...new Set(all)].sort((a, b) => a - b);
  const released = log.db.prepare("SELECT 1 FROM entry_index WHERE seq = ? AND released IS NOT NULL");
  return { seqs, bytes: bytes ? seqs.filter((seq) => findCapture(log, seq)) : [], open: seqs.filter((seq) => released.get(seq)) };
}

/** Undefined where all of it was public already. */
export const releasePlanned = (transaction: Transaction, { seqs, bytes }: ReleasePlan, by: string): number | undefined => appendRelease(transaction, seqs, bytes, by);

export type ErasurePlan = {
  /** Everything that is forgotten, in order: what was named, what was made or read from it, what told of its numbers. */
  seqs: number[];
  /** Of them, those that tell of numbers that moved with an erased claim. */
  restated: number[];
  /** Bytes that no other capture holds (SHA-256). */
  blobs: string[];
  /** Captures whose bytes stay, because another capture holds the same. */
  shared: number[];
  /** A claim among them was public: figures may have counted it. */
  was_counted: boolean;
};

/** Throws BAD_ARGUMENT where claims rest on a capture and `with_claims` does not say that they go with it. */
export function planErasure(log: LogReader, named: readonly number[], { with_claims = false } = {}): ErasurePlan {
  // What was made from a picture's file goes with it.
  const seqs = new Set(named.flatMap((seq) => [seq, ...versionsMadeFrom(log, seq)]));
  const blobs = new Set<string>();
  const captures = [...seqs].flatMap((seq) => findCapture(log, seq) ?? []);
  for (const { seq } of captures) {
    const claims = readClaims(log, { log_size: log.size(), evidence: "all" }, { capture: seq });
    if (claims.length > 0 && !with_claims) throw new TracewireError("BAD_ARGUMENT", { what: `${claims.length} claims rest on capture ${seq}`, hint: "Let them go with it: --with-claims, or the box below the entries at the desk." });
    for (const claim of claims) seqs.add(claim.seq);
  }
  const shared: number[] = [];
  for (const { seq, sha256 } of captures) {
    const others = log.db.prepare("SELECT seq FROM captures WHERE sha256 = ?").all(sha256).map((row) => row.seq as number);
    if (others.every((other) => seqs.has(other))) blobs.add(sha256);
    else shared.push(seq);
  }
  // What moved with a claim tells its value: a restatement goes with the claim that it tells of.
  const restated = new Set<number>();
  let was_counted = false;
  for (const seq of seqs) {
    const claim = readClaim(log, seq);
    was_counted ||= claim?.released !== undefined;
    if (claim) for (const one of restatementsMovedBy(log, claim.subject, seq)) restated.add(one);
  }
  const order = (all: Iterable<number>) => [...all].sort((a, b) => a - b);
  return { seqs: order(new Set([...seqs, ...restated])), restated: order(restated), blobs: [...blobs], shared, was_counted };
}

/** Stories whose newest text prints a number that was counted from one of these claims: they keep it. */
export function printedFrom(log: LogReader, { seqs, was_counted }: ErasurePlan): string[] {
  if (!was_counted) return [];
  const gone = new Set(seqs);
  return listPublications(log)
    .filter(({ figures }) => figures.some(({ rows }) => rows.some((row) => [row.claim, ...row.rivals].some((claim) => claim !== null && gone.has(claim)))))
    .map(({ slug }) => slug);
}

/** The entry that says so, in public, with the reason. Throws BAD_ARGUMENT without one. */
export function erasePlanned(transaction: Transaction, { seqs, blobs }: ErasurePlan, reason: string, by: string): number {
  if (reason.trim().length < REASON_CHARS_MIN) throw new TracewireError("BAD_ARGUMENT", { what: "An erasure needs its reason", where: "reason" });
  return appendErasure(transaction, { seqs, blobs, reason }, by);
}

/** After its change is committed: bytes, and the rows of transfers that nobody names any more. */
export function sweepErased(newsroom: Pick<NewsroomWriter, "folder" | "blobs" | "log" | "transact">, { blobs }: Pick<ErasurePlan, "blobs">, by: string): void {
  // Under the writer's lock: what somebody captured anew meanwhile has its bytes.
  newsroom.transact(by, ({ db }) => {
    const isCaptured = db.prepare("SELECT 1 FROM captures WHERE sha256 = ? LIMIT 1");
    for (const sha256 of blobs) if (!isCaptured.get(sha256)) newsroom.blobs.erase(sha256);
  });
  sweepSegments(newsroom.folder, listTransferSets(newsroom.log));
}
