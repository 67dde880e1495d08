// Exact decimals as a BigInt of units at a scale. Floats never decide here: 0.1 + 0.2 is 0.3.
import assert from "node:assert/strict";

export type Decimal = { units: bigint; scale: number };

export const ZERO: Decimal = { units: 0n, scale: 0 };

export function parseDecimal(text: string): Decimal {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  assert(match, `"${text}" is not a plain decimal`);
  const fraction = match[3] ?? "";
  return { units: BigInt(`${match[1]}${match[2]}${fraction}`), scale: fraction.length };
}

export function formatDecimal({ units, scale }: Decimal): string {
  if (scale === 0) return units.toString();
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  const fraction = digits.slice(-scale).replace(/0+$/, "");
  return `${units < 0n ? "-" : ""}${digits.slice(0, -scale)}${fraction ? `.${fraction}` : ""}`;
}

function align(a: Decimal, b: Decimal): [bigint, bigint, number] {
  const scale = Math.max(a.scale, b.scale);
  return [a.units * 10n ** BigInt(scale - a.scale), b.units * 10n ** BigInt(scale - b.scale), scale];
}

export function addDecimal(a: Decimal, b: Decimal): Decimal {
  const [x, y, scale] = align(a, b);
  return { units: x + y, scale };
}

export function subtractDecimal(a: Decimal, b: Decimal): Decimal {
  return addDecimal(a, { units: -b.units, scale: b.scale });
}

export function compareDecimal(a: Decimal, b: Decimal): number {
  const [x, y] = align(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

/** a/b in percent with `places` decimals, rounded half up; undefined when b is zero. */
export function percentDecimal(a: Decimal, b: Decimal, places: number): Decimal | undefined {
  const [x, y] = align(a, b);
  if (y === 0n) return undefined;
  return { units: divideHalfUp(x * 100n * 10n ** BigInt(places), y), scale: places };
}

/** Rounded half up to a multiple of 10^power (power may be negative for decimals). */
export function roundDecimal(value: Decimal, power: number): Decimal {
  if (power <= -value.scale) return value;
  const step = 10n ** BigInt(power + value.scale);
  const rounded = divideHalfUp(value.units, step);
  return power >= 0 ? { units: rounded * 10n ** BigInt(power), scale: 0 } : { units: rounded, scale: -power };
}

function divideHalfUp(x: bigint, y: bigint): bigint {
  const negative = x < 0n !== y < 0n;
  const [a, b] = [x < 0n ? -x : x, y < 0n ? -y : y];
  const quotient = (2n * a + b) / (2n * b);
  return negative ? -quotient : quotient;
}

/** How coarse a printed whole number is: the power of ten it is a multiple of (447600000 → 5). */
export function roundingPower(text: string): number {
  if (text.includes(".") || /^0*$/.test(text)) return 0;
  return /0*$/.exec(text)![0].length;
}
