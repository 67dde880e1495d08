// Two figures and what they are to each other: a share, a difference, or a quantity times its price.
import type { Vantage } from "../casefile/casefile.ts";
import { TracewireError } from "../errors.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { sameLength } from "./comparable.ts";
import type { Computed } from "./computed.ts";
import { formatDecimal, parseDecimal, percentDecimal, roundDecimal, subtractDecimal, type Decimal } from "./decimal.ts";
import type { FigureSpec } from "./figure-spec.ts";
import { periodDays, periodLengthName } from "./periods.ts";

/** One figure as a share of another, or the difference between two: only over equally long periods, unless told. */
export function shareOrCompare(
  log: LogReader,
  spec: FigureSpec,
  at: Vantage,
  compute: (log: LogReader, part: FigureSpec, at: Vantage) => Computed,
): Computed {
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
