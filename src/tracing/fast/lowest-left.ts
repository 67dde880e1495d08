// Which debit first digs down to a height? The least of each sixteen balances, of each sixteen of these, and so on: a
// question costs sixteen looks for each level, however busy the account (range minima, Bentley 1977).
import { ENTRY, LEFT } from "./fast-index.ts";

const FAN = 16;
const FAN_BITS = 4;

const pyramids = new WeakMap<Float64Array, Float64Array[]>();

/** The first record in [from, end) whose giver has less than [high, low] left; -1 where there is none. */
export function firstBelow(entries: Float64Array, from: number, end: number, high: number, low: number): number {
  const levels = pyramidOf(entries);
  // Floats of the sums may be off by a hair: blocks are only passed over where that cannot matter.
  const height = approximate(high, low) * (1 + 2 ** -50);
  for (let at = from; at < end; ) {
    let level = 0;
    while (level < levels.length && (at & ((1 << (FAN_BITS * (level + 1))) - 1)) === 0 && levels[level]![at >> (FAN_BITS * (level + 1))]! > height) level++;
    if (level > 0) {
      at += 1 << (FAN_BITS * level);
      continue;
    }
    const ownHigh = entries[ENTRY * at + LEFT]!;
    if (ownHigh < high || (ownHigh === high && entries[ENTRY * at + LEFT + 1]! < low)) return at;
    at++;
  }
  return -1;
}

function pyramidOf(entries: Float64Array): Float64Array[] {
  let levels = pyramids.get(entries);
  if (!levels) pyramids.set(entries, (levels = build(entries)));
  return levels;
}

function build(entries: Float64Array): Float64Array[] {
  const levels: Float64Array[] = [];
  for (let count = entries.length / ENTRY, below: Float64Array | undefined; count >= FAN && FAN_BITS * (levels.length + 1) < 31; ) {
    const level = new Float64Array(count >> FAN_BITS);
    for (let block = 0; block < level.length; block++) {
      let least = Infinity;
      for (let at = block * FAN; at < (block + 1) * FAN; at++) {
        const value = below ? below[at]! : approximate(entries[ENTRY * at + LEFT]!, entries[ENTRY * at + LEFT + 1]!);
        if (value < least) least = value;
      }
      level[block] = least;
    }
    levels.push(level);
    below = level;
    count = level.length;
  }
  return levels;
}

const approximate = (high: number, low: number): number => high * 2 ** 50 + low;
