// Which debit first digs down to a height? The least of each sixteen balances, of each sixteen of these, and so on: a
// question costs sixteen looks for each level, however busy the account (range minima, Bentley 1977).
const FAN = 16;
const FAN_BITS = 4;

const pyramids = new WeakMap<Float64Array, Float64Array[]>();

/** Place of the first pair in [from, end) that is below [high, low]; -1 where there is none. */
export function firstBelow(pairs: Float64Array, from: number, end: number, high: number, low: number): number {
  const levels = pyramidOf(pairs);
  // Floats of the sums may be off by a hair: blocks are only passed over where that cannot matter.
  const height = approximate(high, low) * (1 + 2 ** -50);
  for (let at = from; at < end; ) {
    let level = 0;
    while (level < levels.length && (at & ((1 << (FAN_BITS * (level + 1))) - 1)) === 0 && levels[level]![at >> (FAN_BITS * (level + 1))]! > height) level++;
    if (level > 0) {
      at += 1 << (FAN_BITS * level);
      continue;
    }
    const ownHigh = pairs[2 * at]!;
    if (ownHigh < high || (ownHigh === high && pairs[2 * at + 1]! < low)) return at;
    at++;
  }
  return -1;
}

function pyramidOf(pairs: Float64Array): Float64Array[] {
  let levels = pyramids.get(pairs);
  if (!levels) pyramids.set(pairs, (levels = build(pairs)));
  return levels;
}

function build(pairs: Float64Array): Float64Array[] {
  const levels: Float64Array[] = [];
  for (let count = pairs.length / 2, below: Float64Array | undefined; count >= FAN && FAN_BITS * (levels.length + 1) < 31; ) {
    const level = new Float64Array(count >> FAN_BITS);
    for (let block = 0; block < level.length; block++) {
      let least = Infinity;
      for (let at = block * FAN; at < (block + 1) * FAN; at++) {
        const value = below ? below[at]! : approximate(pairs[2 * at]!, pairs[2 * at + 1]!);
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
