// A number as somebody types it, brought to one spelling: "12.6 million", "$12.6m" and "$12,600,000" are one. What a figure
// prints is kept under the same spelling, so that a search for the number leads to it.
import { formatDecimal } from "../figures/figures.ts";

const POWERS: Readonly<Record<string, number>> = { thousand: 3, k: 3, million: 6, mn: 6, m: 6, billion: 9, bn: 9, b: 9, trillion: 12, tn: 12 };
const NUMBER =
  /^(?:about |around |~\s?)?(?:US)?[$€£]?\s?(\d{1,3}(?:,\d{3})+|\d{1,30})(?:\.(\d{1,20}))?\s?(thousand|million|billion|trillion|mn|bn|tn|[kmb])?\s?(?:%|percent|us dollars|dollars|usd)?$/i;

/** The number as a plain decimal; undefined for what is more or less than one number with its currency. */
export function numberKey(text: string): string | undefined {
  const match = NUMBER.exec(text.trim());
  if (!match) return undefined;
  const [, whole, fraction = "", power] = match;
  const digits = `${whole!.replaceAll(",", "")}${fraction}`;
  const zeros = power === undefined ? 0 : POWERS[power.toLowerCase()]!;
  return formatDecimal(zeros >= fraction.length ? { units: BigInt(digits) * 10n ** BigInt(zeros - fraction.length), scale: 0 } : { units: BigInt(digits), scale: fraction.length - zeros });
}
