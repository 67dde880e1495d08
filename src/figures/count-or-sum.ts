// Counts and sums: of subjects, of the values printed for one thing, of a published table's column.
import { readClaims, readJudgements, type Claim, type Followed, type Vantage } from "../casefile/casefile.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { rowOf } from "./choose-claim.ts";
import { isWithin, refuseMixed, refuseOverlap, refuseUnequal } from "./comparable.ts";
import { nounOf, unitOf, type Computed } from "./computed.ts";
import { kindOfFigure, type FigureSpec } from "./figure-spec.ts";
import { basisOf, outcomesOf, type Outcome } from "./outcomes.ts";
import { formatSum, roundingNotes, sumRows } from "./sums.ts";

/** A count of subjects (thefts, or the victims they hit), or the sum of their chosen amounts. */
export function countOrSum(log: LogReader, spec: FigureSpec, at: Vantage): Computed {
  const outcomes = outcomesOf(log, spec, at);
  const selected = outcomes.filter(({ made }) => made.why === undefined);
  const rows = selected.flatMap(({ made }) => made.rows);
  const base = {
    id: spec.id,
    measure: spec.measure,
    rows,
    excluded: outcomes.flatMap(({ subject, made: { label, why } }) => (why === undefined ? [] : [{ subject, label, why }])),
    not_compared: selected.flatMap(({ made }) => made.not_compared),
  };
  if (spec.measure === "count") {
    const unknown = spec.field ? rows.filter((row) => row.value === null).length : 0;
    const value = spec.unit_of_count === "victim" ? countVictims(log, selected, spec, at) : rows.length;
    return { ...base, value: String(value), unit: nounOf(spec), low: null, high: null, unknown_count: String(unknown), notes: [] };
  }
  refuseMixed(
    spec,
    selected.flatMap(({ made }) => made.bases),
  );
  const sum = sumRows(rows);
  return {
    ...base,
    ...formatSum(sum, spec),
    unit: spec.currency ?? unitOf(rows),
    unknown_count: String(sum.unknown),
    notes: roundingNotes(rows),
  };
}

/** Rule 1: distinct victims as labelled, after the judgements that two of them are the same. */
function countVictims(log: LogReader, selected: readonly Followed<Outcome>[], spec: FigureSpec, at: Vantage): number {
  const merged = new Map<string, string>();
  const find = (name: string): string => (merged.has(name) ? find(merged.get(name)!) : name);
  const labels = new Map(selected.map(({ subject, made }) => [subject, made.label.toLowerCase()]));
  if (spec.merge !== "none")
    for (const judgement of readJudgements(log, at, "same")) {
      const [a, b] = [labels.get(judgement.subject), labels.get(judgement.other!)];
      if (judgement.verdict === "positive" && a && b && find(a) !== find(b)) merged.set(find(a), find(b));
    }
  return new Set([...labels.values()].map(find)).size;
}

/** How many different values the named claimants printed for one and the same thing. */
export function countValues(log: LogReader, spec: FigureSpec, at: Vantage): Computed {
  const printed = readClaims(log, at, { subject: spec.subject, field: spec.field }).filter(
    (claim) => spec.choice?.among?.includes(claim.claimant) ?? true,
  );
  const distinct = [...Map.groupBy(printed, (claim) => `${claim.value} ${claim.unit ?? ""}`).values()];
  const rows = distinct.map((same) =>
    rowOf({ subject: spec.subject!, label: same[0]!.document ?? same[0]!.claimant, when: same[0]!.as_of }, same[0], []),
  );
  return {
    id: spec.id,
    measure: spec.measure,
    value: String(rows.length),
    unit: spec.noun?.many ?? "values",
    low: null,
    high: null,
    unknown_count: "0",
    rows,
    excluded: [],
    not_compared: [],
    notes: [],
  };
}

/** The sum of a published table's column: 57 is the sum of seven yearly counts, not a count of seven rows. */
export function columnSum(log: LogReader, spec: FigureSpec, at: Vantage): Computed {
  const inTable = (claim: Claim) =>
    (spec.choice?.claimants?.includes(claim.claimant) ?? true) && (spec.choice?.documents?.includes(claim.document ?? "") ?? true);
  const all = readClaims(log, at, { kind: kindOfFigure(spec), field: spec.field }).filter(inTable);
  const [inside, outside] = partition(all, (claim) => claim.period !== undefined && (!spec.period || isWithin(claim.period, spec.period)));
  const rows = inside
    .sort((a, b) => (a.period! < b.period! ? -1 : 1))
    .map((claim) => rowOf({ subject: claim.subject, label: claim.period!, when: claim.period! }, claim, []));
  refuseOverlap(inside);
  if (spec.unequal_periods !== "allow") refuseUnequal(inside.map((claim) => ({ name: claim.subject, period: claim.period! })));
  refuseMixed(spec, inside.map(basisOf));
  const sum = sumRows(rows);
  return {
    id: spec.id,
    measure: spec.measure,
    ...formatSum(sum, { ...spec, dispersion: "none" }),
    unit: spec.currency ?? (spec.noun ? nounOf(spec) : unitOf(rows)),
    unknown_count: "0",
    rows,
    excluded: outside.map((claim) => ({ subject: claim.subject, label: claim.period ?? claim.subject, why: "outside the period" })),
    not_compared: [],
    notes: roundingNotes(rows),
  };
}

function partition<T>(items: T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
