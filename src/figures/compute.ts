// FigureSpec + log size → Figure, by the rules of version 1. Pure over the claims that the vantage sees.
// A rule that changes gets a new version in compute-figure.ts; this one stays runnable.
import type { Vantage } from "../casefile/casefile.ts";
import { canonicalJson, sha256Hex, type Json, type LogReader } from "../evidence/evidence.ts";
import { computeRows } from "./compute-rows.ts";
import type { Computed } from "./computed.ts";
import { columnSum, countOrSum, countValues } from "./count-or-sum.ts";
import type { Figure } from "./figure.ts";
import type { FigureSpec } from "./figure-spec.ts";
import { quote } from "./quote.ts";
import { seriesByYear, seriesOfClaims, seriesOfTotals } from "./series.ts";
import { shareOrCompare } from "./share-or-compare.ts";

export function computeVersion1(log: LogReader, spec: FigureSpec, log_size: number): Figure {
  const computed = computeAt(log, spec, { log_size, evidence: spec.evidence ?? "released", as_of: spec.as_of });
  return {
    ...computed,
    row_count: computed.row_count ?? String(computed.rows.length),
    rows_sha256: computed.rows_sha256 ?? sha256Hex(canonicalJson(computed.rows as unknown as Json)),
    log_size: String(log_size),
    root: log_size === 0 ? "" : log.root(log_size),
    rules_version: "1",
  };
}

/** From any vantage; what is published is `computeVersion1`. */
export function computeAt(log: LogReader, spec: FigureSpec, at: Vantage): Computed {
  if (spec.of === "row" && !spec.parts) return overRows(log, spec, at);
  switch (spec.measure) {
    case "rows":
      return overRows(log, spec, at);
    case "count":
    case "sum":
      if (spec.unit_of_count === "value") return countValues(log, spec, at);
      return countOrSum(log, spec, at);
    case "series":
      if (spec.by === "claimant" || spec.by === "period") return seriesOfClaims(log, spec, at);
      return spec.of === "published-total" ? seriesOfTotals(log, spec, at) : seriesByYear(log, spec, at);
    case "column_sum":
      return columnSum(log, spec, at);
    case "quote":
      return quote(log, spec, at);
    case "share":
    case "compare":
    case "product":
      return shareOrCompare(log, spec, at, computeAt);
  }
}

function overRows(log: LogReader, spec: FigureSpec, at: Vantage): Computed {
  const computed = computeRows(log, spec, at);
  return { id: spec.id, measure: spec.measure, low: null, high: null, unknown_count: "0", excluded: [], not_compared: [], ...computed };
}
