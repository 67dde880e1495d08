// One published value, quoted.
import { readClaims, type Claim, type Vantage } from "../casefile/casefile.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { chooseClaim, rowOf } from "./choose-claim.ts";
import { isWithin } from "./comparable.ts";
import { nounOf, type Computed } from "./computed.ts";
import type { FigureSpec } from "./figure-spec.ts";

/** One published value, quoted, with whoever else says something of the same subject. */
export function quote(log: LogReader, spec: FigureSpec, at: Vantage): Computed {
  const claims = readClaims(log, at, { subject: spec.subject, field: spec.field })
    .map((claim) => inUnit(claim, spec.unit))
    .filter((claim) => spec.period?.basis !== "period" || (claim.period !== undefined && isWithin(claim.period, spec.period)));
  const { chosen, rivals, left_out } = chooseClaim(claims, spec);
  const rows = chosen ? [rowOf({ subject: spec.subject!, label: spec.title, when: chosen.period ?? null }, chosen, rivals)] : [];
  const range = rows[0];
  return {
    id: spec.id,
    measure: spec.measure,
    value: chosen?.value ?? null,
    unit: spec.noun ? nounOf(spec) : (chosen?.unit ?? ""),
    low: spec.dispersion === "none" ? null : (range?.low ?? null),
    high: spec.dispersion === "none" ? null : (range?.high ?? null),
    unknown_count: chosen ? "0" : "1",
    rows,
    excluded: [],
    not_compared: left_out,
    notes: chosen?.bound && chosen.bound !== "exact" ? [`The source says “${chosen.bound.replace("_", " ")}”.`] : [],
  };
}

/** "4502.9 BTC" is one text; asked for in that unit it is a number. */
function inUnit(claim: Claim, unit: string | undefined): Claim {
  return unit && claim.value.endsWith(` ${unit}`) ? { ...claim, value: claim.value.slice(0, -unit.length - 1), unit } : claim;
}
