// FigureSpec + log size → Figure, by the rules of version 1. Pure over the claims that the vantage sees.
// A rule that changes gets a new version in compute-figure.ts; this one stays runnable.
import { canonicalJson, sha256Hex, type Json, type LogReader } from "../evidence/evidence.ts";
import type { Claim, Followed, Vantage } from "../casefile/casefile.ts";
import { readClaims, readJudgements } from "../casefile/casefile.ts";
import { TracewireError } from "../errors.ts";
import {
  ZERO,
  addDecimal,
  compareDecimal,
  formatDecimal,
  parseDecimal,
  percentDecimal,
  roundDecimal,
  roundingPower,
  subtractDecimal,
  type Decimal,
} from "./decimal.ts";
import type { Figure, FigureRow } from "./figure.ts";
import { kindOfFigure, type FigureSpec } from "./figure-spec.ts";
import { computeRows } from "./compute-rows.ts";
import { chooseClaim, rowOf } from "./choose-claim.ts";
import { basisOf, outcomesOf, type Basis, type Outcome } from "./outcomes.ts";
import { periodDays, periodLengthName } from "./periods.ts";

type Computed = Omit<Figure, "rows_sha256" | "log_size" | "root" | "rules_version" | "row_count"> &
  Partial<Pick<Figure, "rows_sha256" | "row_count">>;
type Sum = { value: Decimal; low: Decimal; high: Decimal; unknown: number };

export function computeVersion1(log: LogReader, spec: FigureSpec, log_size: number): Figure {
  const at: Vantage = { log_size, evidence: spec.evidence ?? "released", as_of: spec.as_of };
  const computed = compute(log, spec, at);
  return {
    ...computed,
    row_count: computed.row_count ?? String(computed.rows.length),
    rows_sha256: computed.rows_sha256 ?? sha256Hex(canonicalJson(computed.rows as unknown as Json)),
    log_size: String(log_size),
    root: log_size === 0 ? "" : log.root(log_size),
    rules_version: "1",
  };
}

function compute(log: LogReader, spec: FigureSpec, at: Vantage): Computed {
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
      return shareOrCompare(log, spec, at);
  }
}

function overRows(log: LogReader, spec: FigureSpec, at: Vantage): Computed {
  const computed = computeRows(log, spec, at);
  return { id: spec.id, measure: spec.measure, low: null, high: null, unknown_count: "0", excluded: [], not_compared: [], ...computed };
}

/** A count of subjects (thefts, or the victims they hit), or the sum of their chosen amounts. */
function countOrSum(log: LogReader, spec: FigureSpec, at: Vantage): Computed {
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

/** How many different values the named claimants printed for one and the same thing. */
function countValues(log: LogReader, spec: FigureSpec, at: Vantage): Computed {
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

/** The sum of a published table's column: 57 is the sum of seven yearly counts, not a count of seven rows. */
function columnSum(log: LogReader, spec: FigureSpec, at: Vantage): Computed {
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

/** One published value, quoted, with whoever else says something of the same subject. */
function quote(log: LogReader, spec: FigureSpec, at: Vantage): Computed {
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

/** One point for each claim on one and the same thing: by who makes it, lowest first, or by the period it is of. */
function seriesOfClaims(log: LogReader, spec: FigureSpec, at: Vantage): Computed {
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
function seriesOfTotals(log: LogReader, spec: FigureSpec, at: Vantage): Computed {
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
function seriesByYear(log: LogReader, spec: FigureSpec, at: Vantage): Computed {
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

/** One figure as a share of another, or the difference between two: only over equally long periods, unless told. */
function shareOrCompare(log: LogReader, spec: FigureSpec, at: Vantage): Computed {
  const [first, second] = spec.parts!;
  const figures = [first, second].map((part) => compute(log, part, at));
  const notes: string[] = [];
  const lengths = [first, second].map((part) => part.period && periodDays(`${part.period.from}/${part.period.to}`));
  if (lengths[0] !== undefined && lengths[1] !== undefined && !sameLength(first.period!, second.period!)) {
    const said = `${periodLengthName(`${first.period!.from}/${first.period!.to}`)} against ${periodLengthName(`${second.period!.from}/${second.period!.to}`)}`;
    if (spec.unequal_periods !== "allow")
      throw new TracewireError("UNEQUAL_PERIODS", { what: `“${first.title}” and “${second.title}” compare ${said}`, where: spec.id });
    notes.push(`Unequal periods: ${said}.`);
  }
  const [a, b] = figures.map((figure) => (figure.value === null ? undefined : parseDecimal(figure.value)));
  const value = !a || !b ? undefined : combine(spec, a, b);
  return {
    id: spec.id,
    measure: spec.measure,
    value: value ? formatDecimal(value) : null,
    unit:
      spec.measure === "share"
        ? "percent"
        : spec.measure === "product"
          ? (spec.currency ?? spec.unit ?? figures[1]!.unit)
          : figures[0]!.unit,
    low: null,
    high: null,
    unknown_count: String(figures.reduce((sum, figure) => sum + Number(figure.unknown_count), 0)),
    rows: figures.map((figure, at) => ({
      subject: figure.id,
      label: spec.parts![at]!.title,
      claim: null,
      claimant: null,
      value: figure.value,
      unit: figure.unit,
      when: spec.parts![at]!.period ? `${spec.parts![at]!.period!.from}/${spec.parts![at]!.period!.to}` : null,
      low: figure.low,
      high: figure.high,
      rivals: figure.rows.flatMap((row) => (row.claim === null ? [] : [row.claim])),
      capture: null,
    })),
    excluded: figures.flatMap((figure) => figure.excluded),
    not_compared: figures.flatMap((figure) => figure.not_compared),
    notes,
  };
}

/** A share in percent, a difference, or a quantity times its price, to the decimals that the rules state. */
function combine(spec: FigureSpec, a: Decimal, b: Decimal): Decimal | undefined {
  if (spec.measure === "share") return percentDecimal(a, b, spec.decimals ?? 1);
  if (spec.measure === "compare") return subtractDecimal(a, b);
  const product = { units: a.units * b.units, scale: a.scale + b.scale };
  return spec.decimals === undefined ? product : roundDecimal(product, -spec.decimals);
}

function sumRows(rows: readonly FigureRow[]): Sum {
  const known = rows.filter((row) => row.value !== null);
  const total = (pick: (row: FigureRow) => string | null) =>
    known.reduce((sum, row) => addDecimal(sum, parseDecimal(pick(row) ?? row.value!)), ZERO);
  return {
    value: total((row) => row.value),
    low: total((row) => row.low),
    high: total((row) => row.high),
    unknown: rows.length - known.length,
  };
}

function formatSum(sum: Sum, spec: FigureSpec): Pick<Figure, "value" | "low" | "high"> {
  const hasRange = spec.dispersion !== "none" && (compareDecimal(sum.low, sum.value) !== 0 || compareDecimal(sum.high, sum.value) !== 0);
  return {
    value: formatDecimal(sum.value),
    low: hasRange ? formatDecimal(sum.low) : null,
    high: hasRange ? formatDecimal(sum.high) : null,
  };
}

/** Values on different bases or in different currencies have no sum: refuse, naming the rows. */
function refuseMixed(spec: FigureSpec, bases: readonly Basis[]): void {
  const facets: [string, (basis: Basis) => string][] = [
    ["valuation bases", ({ basis }) => basis],
    ["currencies", ({ unit }) => unit],
    ["measures", ({ measure }) => measure],
  ];
  for (const [name, facet] of facets) {
    const groups = Map.groupBy(bases, facet);
    if (groups.size > 1)
      throw new TracewireError("MIXED_BASES", {
        what: `Different ${name}: ${[...groups]
          .map(
            ([value, own]) =>
              `${value} (${own
                .slice(0, 5)
                .map(({ subject }) => subject)
                .join(", ")}${own.length > 5 ? ", …" : ""})`,
          )
          .join("; ")}`,
        where: spec.id,
      });
  }
}

function refuseOverlap(claims: Claim[]): void {
  const seen = new Map<string, Claim>();
  for (const claim of claims) {
    const other = seen.get(claim.period!);
    if (other && other.seq !== claim.seq)
      throw new TracewireError("MIXED_BASES", {
        what: `Two rows cover ${claim.period}: claims ${other.seq} and ${claim.seq}`,
        hint: "Name one document in choice.documents.",
      });
    seen.set(claim.period!, claim);
  }
}

function refuseUnequal(rows: { name: string; period: string }[]): void {
  const groups = Map.groupBy(rows, (row) => periodLengthName(row.period));
  if (groups.size > 1)
    throw new TracewireError("UNEQUAL_PERIODS", {
      what: [...groups].map(([length, own]) => `${length}: ${own.map((row) => row.name).join(", ")}`).join("; "),
    });
}

function roundingNotes(rows: FigureRow[]): string[] {
  const values = rows.flatMap((row) => (row.value === null || row.value === "0" ? [] : [row.value]));
  const coarsest = Math.max(0, ...values.map(roundingPower));
  if (values.length < 2 || coarsest < 3) return [];
  return [`A sum of values that their sources rounded, the coarsest to ${(10n ** BigInt(coarsest)).toLocaleString("en-US")}.`];
}

const sameLength = (a: { from: string; to: string }, b: { from: string; to: string }) =>
  periodLengthName(`${a.from}/${a.to}`) === periodLengthName(`${b.from}/${b.to}`);
const nounOf = (spec: FigureSpec) => spec.noun?.many ?? (spec.unit_of_count === "victim" ? "victims" : `${spec.of}s`);
const unitOf = (rows: FigureRow[]) => rows.find((row) => row.unit)?.unit ?? "";
const later = (a: string, b: string) => (a > b ? a : b);
const earlier = (a: string, b: string) => (a < b ? a : b);

function isWithin(period: string, limits: { from: string; to: string }): boolean {
  const [from, to = from] = period.split("/") as [string, string?];
  return (
    limits.from.slice(0, from.length) <= from &&
    to!.slice(0, to!.length) <= limits.to.slice(0, to!.length) &&
    from >= limits.from.slice(0, from.length)
  );
}

function partition<T>(items: T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
