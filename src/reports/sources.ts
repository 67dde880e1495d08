// Claims and captures as a report may name them at one state of the log. What was not released by then, or has been
// erased since, is named by its entry and not shown.
import { readClaim, type Claim } from "../casefile/casefile.ts";
import { findCapture, locatorText, type LogReader } from "../evidence/evidence.ts";
import { formatValue } from "../figures/figures.ts";
import type { CitedClaim, EvidenceItem, SourceName } from "./report.ts";

export type Sources = {
  name(capture: number): SourceName;
  cite(claim: Claim): CitedClaim;
  /** A claim by its entry, if readers may see it at this state. */
  claim(seq: number): Claim | undefined;
  /** Every source named so far, in the order of the log. */
  named(): SourceName[];
  evidence(entry: number): EvidenceItem;
};

export function openSources(log: LogReader, log_size: number): Sources {
  const known = new Map<number, SourceName>();
  const indexed = log.db.prepare("SELECT released, erased FROM entry_index WHERE seq = ?");
  const name = (entry: number): SourceName => {
    const before = known.get(entry);
    if (before) return before;
    const row = indexed.get(entry);
    const capture = findCapture(log, entry);
    const released = (row?.released as number | null | undefined) ?? undefined;
    const source: SourceName =
      (row?.erased ?? null) !== null
        ? { entry, state: "erased" }
        : !capture || released === undefined || released >= log_size
          ? { entry, state: "not released" }
          : {
              entry,
              state: "held",
              title: capture.title,
              sha256: capture.sha256,
              grade: capture.grade,
              date: capture.retrieved_at.slice(0, 10),
            };
    known.set(entry, source);
    return source;
  };
  return {
    name,
    claim(seq) {
      const claim = readClaim(log, seq);
      return claim?.released !== undefined && claim.released < log_size ? claim : undefined;
    },
    cite: (claim) => ({
      entry: claim.seq,
      claimant: claim.claimant,
      ...(claim.document ? { document: claim.document } : {}),
      ...(claim.relayed_by ? { relayed_by: claim.relayed_by } : {}),
      hedge: claim.hedge,
      ...(claim.bound && claim.bound !== "exact" ? { bound: claim.bound } : {}),
      as_of: claim.as_of,
      says: claim.unit && /^\d+(\.\d+)?$/.test(claim.value) ? formatValue(claim.value, claim.unit, "exact") : claim.value,
      ...(claim.wording ? { wording: claim.wording } : {}),
      ...(claim.citation ? { citation: claim.citation } : {}),
      source: name(claim.source.capture),
      locator: locatorText(claim.source.locator),
    }),
    named: () => [...known.values()].sort((a, b) => a.entry - b.entry),
    evidence(entry) {
      const capture = findCapture(log, entry)!;
      return {
        entry,
        title: capture.title,
        sha256: capture.sha256,
        retrieved: capture.retrieved_at.slice(0, 10),
        grade: capture.grade,
        licence: capture.licence ?? null,
        bytes: capture.bytes_released !== undefined && capture.bytes_released < log_size ? "in the bundle" : "withheld by its licence",
      };
    },
  };
}
