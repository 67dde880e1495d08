// Series: a point for each claim, each published period, or each year.
import { readClaims, type Vantage } from "../casefile/casefile.ts";
import { TracewireError } from "../errors.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { chooseClaim, rowOf } from "./choose-claim.ts";
import { isWithin, refuseUnequal } from "./comparable.ts";
import type { Computed } from "./computed.ts";
import { countOrSum } from "./count-or-sum.ts";
import { compareDecimal, parseDecimal } from "./decimal.ts";
import type { Figure, FigureRow } from "./figure.ts";
import { kindOfFigure, type FigureSpec } from "./figure-spec.ts";

/** One point for each claim on one and the same thing: by who makes it, lowest first, or by the period it is of. */
export function seriesOfClaims(log: LogReader, spec: FigureSpec, at: Vantage): Computed {
  const claims = readClaims(log, at, { subject: spec.subject, field: spec.field });
  const { left_out } = chooseClaim(claims, { ...spec, choice: undefined });
  const notCompared = left_out.filter(({ why }) => !why.startsWith("covers only"));
  const refused = new Set(notCompared.map(({ claim }) => claim));
  const seen = new Set<string>();
  const rows = claims
    .filter((claim) => {
      const said = `${claim.claimant}|${claim.part_of ?? ""}|${claim.period ?? ""}|${claim.value}`;
      if (refused.has(claim.seq) || seen.has(said) || !(spec.choice?.among?.includes(claim.claimant) ?? true)) return false;
      seen.add(said);
      return spec.by === "claimant" || claim.period !== undefined;
    })
    .map((claim) => {
      const label = spec.by === "period" ? claim.period! : `${claim.claimant}${claim.part_of ? `, of ${claim.part_of}` : ""}`;
      return rowOf({ subject: spec.subject!, label, when: claim.period ?? null }, claim, []);
    });
  if (spec.by === "period") {
    rows.sort((a, b) => (a.label < b.label ? -1 : 1));
    if (spec.unequal_periods !== "allow") refuseUnequal(rows.map((row) => ({ name: row.subject, period: row.label })));
  } else rows.sort((a, b) => compareDecimal(parseDecimal(a.value!), parseDecimal(b.value!)) || a.claim! - b.claim!);
  return seriesOf(spec, rows, [], notCompared);
}

/** One point for each published period, with every rival value of that period beside the chosen one. */
export function seriesOfTotals(log: LogReader, spec: FigureSpec, at: Vantage): Computed {
  const claims = readClaims(log, at, { kind: kindOfFigure(spec), field: spec.field });
  const notCompared: Figure["not_compared"] = [];
  const rows: FigureRow[] = [];
  const excluded: Figure["excluded"] = [];
  for (const [subject, own] of Map.groupBy(claims, (claim) => claim.subject)) {
    const period = own[0]!.period;
    if (!period || (spec.period && !isWithin(period, spec.period))) {
      excluded.push({ subject, label: period ?? subject, why: "outside the period" });
      continue;
    }
    if (!/^\d{4}$/.test(period)) {
      excluded.push({ subject, label: period, why: "not a single year" });
      continue;
    }
    const { chosen, rivals, left_out } = chooseClaim(own, spec);
    notCompared.push(...left_out);
    if (chosen) rows.push(rowOf({ subject, label: period, when: period }, chosen, rivals));
    else excluded.push({ subject, label: period, why: "no value by the chosen claimant" });
  }
  rows.sort((a, b) => (a.when! < b.when! ? -1 : 1));
  return seriesOf(spec, rows, excluded, notCompared);
}

/** One point for each year of the period: the same count or sum, taken year by year. */
export function seriesByYear(log: LogReader, spec: FigureSpec, at: Vantage): Computed {
  const period = spec.period;
  if (!period)
    throw new TracewireError("BAD_FIGURE_SPEC", { what: "period: a series by year needs the years it runs over", where: spec.id });
  const rows: FigureRow[] = [];
  const excluded = new Map<string, Figure["excluded"][number]>();
  for (let year = Number(period.from.slice(0, 4)); year <= Number(period.to.slice(0, 4)); year++) {
    const point = countOrSum(
      log,
      {
        ...spec,
        measure: "sum",
        period: { ...period, from: later(`${year}-01-01`, period.from), to: earlier(`${year}-12-31`, period.to) },
      },
      at,
    );
    rows.push({
      subject: `${spec.of}/${year}`,
      label: String(year),
      claim: null,
      claimant: null,
      value: point.value,
      unit: point.unit,
      when: String(year),
      low: point.low,
      high: point.high,
      rivals: point.rows.flatMap((row) => (row.claim === null ? [] : [row.claim])),
      capture: null,
    });
    for (const row of point.excluded) if (row.why !== "outside the period") excluded.set(row.subject, row);
  }
  return seriesOf(spec, rows, [...excluded.values()], []);
}

function seriesOf(spec: FigureSpec, rows: FigureRow[], excluded: Figure["excluded"], not_compared: Figure["not_compared"]): Computed {
  return {
    id: spec.id,
    measure: spec.measure,
    value: String(rows.length),
    unit: "points",
    low: null,
    high: null,
    unknown_count: String(rows.filter((row) => row.value === null).length),
    rows,
    excluded,
    not_compared,
    notes: [],
  };
}

const later = (a: string, b: string) => (a > b ? a : b);
const earlier = (a: string, b: string) => (a < b ? a : b);
