// Amounts to 2^100 as two floats, high · 2^50 + low, both whole: sums and comparisons are exact and ten to a hundred
// times cheaper than BigInt. What is wider is marked and left to the exact kernel.

export const LIMB = 2 ** 50;

export const highOf = (amount: bigint): number => Number(amount >> 50n);
export const lowOf = (amount: bigint): number => Number(amount & 0x3_ffff_ffff_ffffn);

const words = new Uint32Array(4);
const wholes = new BigUint64Array(words.buffer);

/** Through machine words, which makes one number for most amounts, and not four. */
export function joinLimbs(high: number, low: number): bigint {
  const highEnd = high % 2 ** 14;
  words[0] = low;
  words[1] = Math.floor(low / 2 ** 32) + highEnd * 2 ** 18;
  if (high < 2 ** 14) return wholes[0]!;
  const rest = (high - highEnd) / 2 ** 14;
  words[2] = rest;
  words[3] = rest / 2 ** 32;
  return (wholes[1]! << 64n) | wholes[0]!;
}

const WORD = 2n ** 64n;
const TOO_WIDE = 2n ** 100n;

/** The same two limbs through machine words, which makes no number in between; false (and nothing) from 2^100 on. */
export function splitAmount(amount: bigint, into: Float64Array): boolean {
  if (amount >= TOO_WIDE) return false;
  wholes[0] = amount;
  wholes[1] = amount < WORD ? 0n : amount >> 64n;
  into[0] = (words[1]! >>> 18) + words[2]! * 2 ** 14 + words[3]! * 2 ** 46;
  into[1] = words[0]! + (words[1]! & 0x3ffff) * 2 ** 32;
  return true;
}

/** Adds [high, low] to the pair number `at` of `pairs`. */
export function addLimbs(pairs: Float64Array, at: number, high: number, low: number): void {
  let sumLow = pairs[2 * at + 1]! + low;
  let sumHigh = pairs[2 * at]! + high;
  if (sumLow >= LIMB) {
    sumLow -= LIMB;
    sumHigh++;
  }
  pairs[2 * at] = sumHigh;
  pairs[2 * at + 1] = sumLow;
}

/** Takes [high, low], which is not more, off the pair number `at`. */
export function subtractLimbs(pairs: Float64Array, at: number, high: number, low: number): void {
  let left = pairs[2 * at + 1]! - low;
  let leftHigh = pairs[2 * at]! - high;
  if (left < 0) {
    left += LIMB;
    leftHigh--;
  }
  pairs[2 * at] = leftHigh;
  pairs[2 * at + 1] = left;
}
