// The entries that somebody needs to compute a figure again.
import { readClaim, readClaims, readJudgements, type Kind } from "../casefile/casefile.ts";
import { findDataset } from "../datasets/datasets.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { datasetsOf } from "./compute-rows.ts";
import type { Figure } from "./figure.ts";
import { requireFigureSpec } from "./figure-specs.ts";

/**
 * Every entry that a figure's rules look at, so that its receiver computes the same bytes: its rules, all claims of its
 * kind, the judgements, the releases that made them public, erasures, and the captures that chosen and rival claims cite.
 * Of a figure over rows: its rules, its datasets and the captures that they were read from.
 */
export function entriesOfFigures(log: LogReader, figures: readonly Figure[], log_size = log.size()): number[] {
  const seqs = new Set<number>([0]);
  const kinds = new Set<string>();
  for (const figure of figures) {
    const { seq, spec } = requireFigureSpec(log, figure.id, Number(figure.log_size));
    seqs.add(seq);
    for (const part of [spec, ...(spec.parts ?? [])]) kinds.add(part.of);
    for (const name of datasetsOf(spec)) {
      const dataset = findDataset(log, name, log_size);
      for (const seq of dataset ? [dataset.seq, ...dataset.captures] : []) seqs.add(seq);
    }
    for (const { claim: chosen, rivals } of figure.rows)
      for (const claim of [chosen, ...rivals]) {
        const capture = claim === null ? undefined : readClaim(log, claim)?.source.capture;
        if (capture !== undefined) seqs.add(capture);
      }
  }
  const known = { log_size, evidence: "released" as const };
  for (const kind of kinds) if (kind !== "row") for (const claim of readClaims(log, known, { kind: kind as Kind })) seqs.add(claim.seq);
  for (const { seq } of readJudgements(log, known)) seqs.add(seq);
  for (const row of log.db.prepare("SELECT seq FROM entry_index WHERE kind IN ('release', 'erasure') AND seq < ?").all(log_size))
    seqs.add(row.seq as number);
  return [...seqs].sort((a, b) => a - b);
}
