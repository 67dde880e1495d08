// Figures over the rows of a dataset: a count, a sum, an extreme, a series. The rows that were counted are named by
// dataset and place; all of them enter the hash, the first are listed. A dataset never changes, so what was computed
// over one is kept.
import { captureOfRow, findDataset, readRows, type Dataset, type Row } from "../datasets/datasets.ts";
import { TracewireError } from "../errors.ts";
import { canonicalJson, sha256Hex, type Json, type LogReader } from "../evidence/evidence.ts";
import type { Vantage } from "../casefile/casefile.ts";
import { ZERO, addDecimal, compareDecimal, formatDecimal, parseDecimal, type Decimal } from "./decimal.ts";
import type { FigureRow } from "./figure.ts";
import type { FigureSpec } from "./figure-spec.ts";

export type RowsComputed = {
  value: string | null;
  unit: string;
  rows: FigureRow[];
  notes: string[];
  row_count: string;
  rows_sha256: string;
};

export const ROWS_LISTED_MAX = 40;
const LABEL_LENGTH_MAX = 120;
const KEPT_MAX = 1_000;
const kept = new Map<string, RowsComputed>();

export function computeRows(log: LogReader, spec: FigureSpec, at: Vantage): RowsComputed {
  const dataset = findFor(log, spec.dataset!, at);
  const others = [spec.in, spec.not_in].map((other) => other && findFor(log, other.dataset, at));
  if (!dataset || (spec.in && !others[0]) || (spec.not_in && !others[1]))
    return {
      value: null,
      unit: unitOf(spec),
      rows: [],
      notes: ["The dataset is not held, or not released."],
      row_count: "0",
      rows_sha256: emptyHash,
    };
  const key = canonicalJson([spec, dataset.rows_root, dataset.seq, ...others.map((other) => other?.rows_root ?? null)] as unknown as Json);
  const known = kept.get(key);
  if (known) return known;
  const computed = compute(log, spec, dataset, others);
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(key, computed);
  return computed;
}

/** The datasets a figure reads, its parts included: what moves it. */
export function datasetsOf(spec: FigureSpec): string[] {
  return [
    ...new Set(
      [spec.dataset, spec.in?.dataset, spec.not_in?.dataset, ...(spec.parts ?? []).flatMap(datasetsOf)].filter(
        (name) => name !== undefined,
      ),
    ),
  ];
}

/** Whether claims have no say in it. */
export function isOverRowsOnly(spec: FigureSpec): boolean {
  return spec.parts ? spec.parts.every(isOverRowsOnly) : spec.of === "row";
}

function compute(log: LogReader, spec: FigureSpec, dataset: Dataset, [inside, outside]: (Dataset | undefined)[]): RowsComputed {
  const refuse = (what: string): never => {
    throw new TracewireError("BAD_FIGURE_SPEC", { what, where: spec.id });
  };
  for (const column of [
    spec.column,
    spec.by_column?.column,
    spec.shared_by?.column,
    spec.in?.match,
    spec.not_in?.match,
    ...(spec.where ?? []).map((test) => test.column),
  ])
    if (column !== undefined && !dataset.columns.includes(column))
      refuse(`column: ${dataset.name} has no "${column}"; it has ${dataset.columns.join(", ")}`);
  let chosen = [...readRows(log, dataset).entries()].filter(([, row]) => passes(row, spec.where)).map(([at, row]) => ({ at, row }));
  if (spec.in) {
    const values = valuesOf(log, spec.in, inside!);
    chosen = chosen.filter(({ row }) => values.has(row[spec.in!.match ?? spec.column!]!));
  }
  if (spec.not_in) {
    const values = valuesOf(log, spec.not_in, outside!);
    chosen = chosen.filter(({ row }) => !values.has(row[spec.not_in!.match ?? spec.column!]!));
  }
  if (spec.shared_by) {
    const users = Map.groupBy(chosen, ({ row }) => row[spec.column!]!);
    chosen = chosen.filter(
      ({ row }) => new Set(users.get(row[spec.column!]!)!.map((item) => item.row[spec.shared_by!.column])).size >= spec.shared_by!.at_least,
    );
  }
  const toRow = ({ at, row }: { at: number; row: Row }, value: string | null = spec.column ? row[spec.column]! : null): FigureRow => ({
    subject: `row/${dataset.seq}/${at}`,
    label: labelOf(row, dataset),
    claim: null,
    claimant: dataset.publisher,
    value,
    unit: null,
    when: null,
    low: null,
    high: null,
    rivals: [],
    capture: null,
  });
  if (spec.by_column) {
    const groups = Map.groupBy(chosen, ({ row }) => row[spec.by_column!.column]!.slice(0, spec.by_column!.first));
    const points = [...groups].map(([label, own]) => ({
      label,
      value: valueOf(
        spec,
        own.map(({ row }) => row),
      ).value,
      size: own.length,
    }));
    if (spec.by_column.order === "largest")
      points.sort((a, b) => compareDecimal(parseDecimal(b.value ?? "0"), parseDecimal(a.value ?? "0")) || (a.label < b.label ? -1 : 1));
    else points.sort((a, b) => (a.label < b.label ? -1 : 1));
    const shown = spec.by_column.most ? points.slice(0, spec.by_column.most) : points;
    const rows = shown.map((point): FigureRow => ({
      ...toRow({ at: 0, row: {} }),
      subject: `row/${dataset.seq}/${point.label}`,
      label: point.label,
      value: point.value,
      unit: unitOf(spec),
      when: /^\d{4}(-\d{2}){0,2}$/.test(point.label) ? point.label : null,
    }));
    const rest = points.length - shown.length;
    const notes = rest > 0 ? [`The ${shown.length} largest of ${points.length}; the others are in the dataset.`] : [];
    const sourced = rows.map((row, index) => ({ ...row, capture: index === 0 ? (dataset.captures[0] ?? null) : null }));
    return {
      value: String(points.length),
      unit: "points",
      rows: sourced,
      notes: [...notes, held(dataset)],
      row_count: String(rows.length),
      rows_sha256: hashOf(rows),
    };
  }
  const { value, at } = valueOf(
    spec,
    chosen.map(({ row }) => row),
  );
  const counted = at === undefined ? chosen : at.map((index) => chosen[index]!);
  const rows = counted.map((item) => toRow(item));
  const notes =
    rows.length > ROWS_LISTED_MAX
      ? [`The first ${ROWS_LISTED_MAX} of ${rows.length.toLocaleString("en-US")} rows are listed here; the hash is over all of them.`]
      : [];
  return {
    value,
    unit: unitOf(spec),
    // The hash is over rows without their capture: the same rows from other files are the same rows.
    rows: rows.slice(0, ROWS_LISTED_MAX).map((row, index) => ({ ...row, capture: captureOfRow(log, dataset, counted[index]!.at) })),
    notes: [...notes, held(dataset)],
    row_count: String(rows.length),
    rows_sha256: hashOf(rows),
  };
}

/** The value, and for an extreme or a single row which rows gave it. */
function valueOf(spec: FigureSpec, rows: readonly Row[]): { value: string | null; at?: number[] } {
  const cells = spec.column ? rows.map((row) => row[spec.column!]!) : [];
  switch (spec.take) {
    case "count":
      return { value: String(rows.length) };
    case "distinct":
      return { value: String(new Set(cells).size) };
    case "sum":
      return {
        value: formatDecimal(
          scaled(
            cells.reduce((sum, cell) => (cell === "" ? sum : addDecimal(sum, number(cell, spec))), ZERO),
            spec,
          ),
        ),
      };
    case "minimum":
    case "maximum": {
      const known = cells.filter((cell) => cell !== "");
      if (known.length === 0) return { value: null, at: [] };
      const isNumeric = known.every((cell) => /^-?\d+(\.\d+)?$/.test(cell));
      const compare = (a: string, b: string) => (isNumeric ? compareDecimal(parseDecimal(a), parseDecimal(b)) : a < b ? -1 : a > b ? 1 : 0);
      const best = known.reduce((found, cell) =>
        (spec.take === "maximum" ? compare(cell, found) > 0 : compare(cell, found) < 0) ? cell : found,
      );
      const value = isNumeric ? formatDecimal(scaled(parseDecimal(best), spec)) : best;
      return { value, at: [...cells.keys()].filter((index) => cells[index] === best) };
    }
    case "most":
    case "most_count": {
      const groups = [...Map.groupBy([...cells.keys()], (index) => cells[index]!.slice(0, spec.first))].sort(
        (a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1),
      );
      const [top] = groups;
      return top ? { value: spec.take === "most" ? top[0] : String(top[1].length), at: top[1] } : { value: null, at: [] };
    }
    default: {
      // "only": the one row that is meant; two would be a choice nobody has made.
      if (rows.length === 0) return { value: null, at: [] };
      if (rows.length > 1)
        throw new TracewireError("BAD_FIGURE_SPEC", { what: `only: ${rows.length} rows are left, not one`, where: spec.id });
      const cell = cells[0]!;
      return {
        value:
          cell === ""
            ? null
            : /^-?\d+(\.\d+)?$/.test(cell) && spec.unit !== "text"
              ? formatDecimal(scaled(parseDecimal(cell), spec))
              : cell,
        at: [0],
      };
    }
  }
}

function passes(row: Row, tests: FigureSpec["where"]): boolean {
  return (tests ?? []).every((test) => {
    const cell = row[test.column] ?? "";
    return (
      (test.is === undefined || test.is.includes(cell)) &&
      (test.not === undefined || !test.not.includes(cell)) &&
      (test.starts === undefined || test.starts.some((start) => cell.startsWith(start))) &&
      (test.contains === undefined || test.contains.some((part) => cell.includes(part))) &&
      // Cells are compared as text: dates of one form, and codes, are in order so.
      (test.from === undefined || cell >= test.from) &&
      (test.to === undefined || cell.slice(0, test.to.length) <= test.to)
    );
  });
}

function valuesOf(log: LogReader, other: NonNullable<FigureSpec["in"]>, dataset: Dataset): Set<string> {
  return new Set(
    readRows(log, dataset)
      .filter((row) => passes(row, other.where))
      .map((row) => row[other.column] ?? ""),
  );
}

function findFor(log: LogReader, reference: string, at: Vantage): Dataset | undefined {
  return findDataset(log, reference, at.log_size, at.evidence, at.as_of);
}

function number(cell: string, spec: FigureSpec): Decimal {
  if (/^-?\d+(\.\d+)?$/.test(cell)) return parseDecimal(cell);
  throw new TracewireError("BAD_FIGURE_SPEC", { what: `column: "${cell.slice(0, 60)}" is no number`, where: spec.id });
}

/** Base units to the unit that is printed: 6 for a token of six decimals. */
const scaled = (value: Decimal, spec: FigureSpec): Decimal => ({ units: value.units, scale: value.scale + (spec.base_decimals ?? 0) });
const unitOf = (spec: FigureSpec): string => spec.currency ?? spec.unit ?? spec.noun?.many ?? "rows";
const hashOf = (rows: FigureRow[]): string => sha256Hex(canonicalJson(rows as unknown as Json));
const emptyHash = hashOf([]);
const held = (dataset: Dataset): string =>
  `Read from ${dataset.title}${dataset.edition ? `, edition ${dataset.edition}` : ""} (entry ${dataset.seq} of the log).`;

function labelOf(row: Row, dataset: Dataset): string {
  const label = (dataset.key.length > 0 ? dataset.key : dataset.columns)
    .map((column) => row[column])
    .filter(Boolean)
    .join(" · ");
  return label.length > LABEL_LENGTH_MAX ? `${label.slice(0, LABEL_LENGTH_MAX)}…` : label;
}
