// Sums of rows with the range that their rivals span.
import { ZERO, addDecimal, compareDecimal, formatDecimal, parseDecimal, roundingPower, type Decimal } from "./decimal.ts";
import type { Figure, FigureRow } from "./figure.ts";
import type { FigureSpec } from "./figure-spec.ts";

type Sum = { value: Decimal; low: Decimal; high: Decimal; unknown: number };

export function sumRows(rows: readonly FigureRow[]): Sum {
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

export function formatSum(sum: Sum, spec: FigureSpec): Pick<Figure, "value" | "low" | "high"> {
  const hasRange = spec.dispersion !== "none" && (compareDecimal(sum.low, sum.value) !== 0 || compareDecimal(sum.high, sum.value) !== 0);
  return {
    value: formatDecimal(sum.value),
    low: hasRange ? formatDecimal(sum.low) : null,
    high: hasRange ? formatDecimal(sum.high) : null,
  };
}

export function roundingNotes(rows: readonly FigureRow[]): string[] {
  const values = rows.flatMap((row) => (row.value === null || row.value === "0" ? [] : [row.value]));
  const coarsest = Math.max(0, ...values.map(roundingPower));
  if (values.length < 2 || coarsest < 3) return [];
  return [`A sum of values that their sources rounded, the coarsest to ${(10n ** BigInt(coarsest)).toLocaleString("en-US")}.`];
}
