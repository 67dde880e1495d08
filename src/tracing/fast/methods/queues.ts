// FIFO and LIFO, exact in limbs, over lists of stretches. FIFO: a lot lies where it stands in all that the account ever
// received, a debit takes what stands where its own place is in all that was ever given. LIFO: a lot lies on the balance
// before it, a debit takes what lies above the balance behind it. Neither replays a clean deposit.
import { AMOUNT, DEBITED, ENTRY, LANDS, LEFT, nextOf } from "../fast-index.ts";
import { firstBelow } from "../lowest-left.ts";
import { addLimbs, LIMB, subtractLimbs } from "../limbs.ts";
import type { FastMethod, Run } from "../run.ts";
import { GIVES, KIND, SLOT } from "../slots.ts";
import { exact } from "./pools.ts";

const ordered = {
  ...exact,
  conserves: true,
  whole(run: Run, record: number): void {
    const { values } = run.ledger!;
    const high = values[ENTRY * record + AMOUNT]!;
    const low = values[ENTRY * record + AMOUNT + 1]!;
    run.carried.clear();
    if (high > 0 || low > 0) run.carried.add(0, 0, high, low);
  },
};

export const fifo: FastMethod = {
  ...ordered,
  name: "fifo",
  leave(run, slot, record) {
    const { carried, slots, stretches } = run;
    const entries = run.ledger!.values;
    const entry = ENTRY * record;
    carried.clear();
    const placeHigh = entries[entry + DEBITED]!;
    const placeLow = entries[entry + DEBITED + 1]!;
    let endLow = placeLow + entries[entry + AMOUNT + 1]!;
    let endHigh = placeHigh + entries[entry + AMOUNT]!;
    if (endLow >= LIMB) {
      endLow -= LIMB;
      endHigh++;
    }
    const own = slot * SLOT + GIVES.first;
    for (let at = slots.ints[own]!; at >= 0; at = slots.ints[own]!) {
      const { values } = stretches;
      const startHigh = values[4 * at]!;
      const startLow = values[4 * at + 1]!;
      if (startHigh > endHigh || (startHigh === endHigh && startLow >= endLow)) break;
      const stopHigh = values[4 * at + 2]!;
      const stopLow = values[4 * at + 3]!;
      const isWhole = stopHigh < endHigh || (stopHigh === endHigh && stopLow <= endLow);
      addApart(run, startHigh, startLow, isWhole ? stopHigh : endHigh, isWhole ? stopLow : endLow, placeHigh, placeLow);
      if (!isWhole) {
        values[4 * at] = endHigh;
        values[4 * at + 1] = endLow;
        break;
      }
      slots.ints[own] = stretches.drop(at);
      if (slots.ints[own]! < 0) slots.tails[slot] = -1;
    }
    subtractLimbs(slots.amounts, slot, carried.high, carried.low);
  },
  enter(run, slot, record) {
    const { carried, slots, stretches } = run;
    addLimbs(slots.amounts, slot, carried.high, carried.low);
    if ((slots.ints[slot * SLOT + GIVES.kind]! & ~KIND.guarded) !== KIND.live) return;
    const entries = run.ledger!.values;
    const landsHigh = entries[ENTRY * record + LANDS]!;
    const landsLow = entries[ENTRY * record + LANDS + 1]!;
    for (let at = 0; at < carried.count; at++) {
      const [startHigh, startLow, endHigh, endLow] = moved(carried.values, at, landsHigh, landsLow);
      const tail = slots.tails[slot]!;
      const { values } = stretches;
      if (tail >= 0 && values[4 * tail + 2] === startHigh && values[4 * tail + 3] === startLow) {
        values[4 * tail + 2] = endHigh;
        values[4 * tail + 3] = endLow;
        continue;
      }
      const made = stretches.make(startHigh, startLow, endHigh, endLow, -1);
      if (tail >= 0) stretches.links[tail] = made;
      else slots.ints[slot * SLOT + GIVES.first] = made;
      slots.tails[slot] = made;
    }
  },
  /** The first record whose place in the queue ends behind the first stretch: it gallops, then halves (Bentley & Yao 1976). */
  due(run, slot, from) {
    const first = run.slots.ints[slot * SLOT + GIVES.first]!;
    if (first < 0) return -1;
    const high = run.stretches.values[4 * first]!;
    const low = run.stretches.values[4 * first + 1]!;
    if (reaches(run, from, high, low)) return from;
    const end = run.endOf(slot);
    let known = from;
    let step = 1;
    while (known + step < end && !reaches(run, known + step, high, low)) {
      known += step;
      step *= 2;
    }
    let above = Math.min(end, known + step);
    while (known + 1 < above) {
      const middle = (known + above) >> 1;
      if (reaches(run, middle, high, low)) above = middle;
      else known = middle;
    }
    return above < end ? above : -1;
  },
};

export const lifo: FastMethod = {
  ...ordered,
  name: "lifo",
  keepsFirst: false,
  leave(run, slot, record) {
    const { carried, slots, stretches } = run;
    const entries = run.ledger!.values;
    const entry = ENTRY * record;
    carried.clear();
    const lowHigh = entries[entry + LEFT]!;
    const lowLow = entries[entry + LEFT + 1]!;
    const own = slot * SLOT + GIVES.first;
    for (let at = slots.ints[own]!; at >= 0; at = slots.ints[own]!) {
      const { values } = stretches;
      const endHigh = values[4 * at + 2]!;
      const endLow = values[4 * at + 3]!;
      if (endHigh < lowHigh || (endHigh === lowHigh && endLow <= lowLow)) break;
      const startHigh = values[4 * at]!;
      const startLow = values[4 * at + 1]!;
      const isWhole = startHigh > lowHigh || (startHigh === lowHigh && startLow >= lowLow);
      addApart(run, isWhole ? startHigh : lowHigh, isWhole ? startLow : lowLow, endHigh, endLow, lowHigh, lowLow);
      if (!isWhole) {
        values[4 * at + 2] = lowHigh;
        values[4 * at + 3] = lowLow;
        break;
      }
      slots.ints[own] = stretches.drop(at);
    }
    carried.turn();
    subtractLimbs(slots.amounts, slot, carried.high, carried.low);
  },
  enter(run, slot, record) {
    const { carried, slots, stretches } = run;
    addLimbs(slots.amounts, slot, carried.high, carried.low);
    if ((slots.ints[slot * SLOT + GIVES.kind]! & ~KIND.guarded) !== KIND.live) return;
    const { values: entries, closing } = run.ledger!;
    // Received less given is the balance before; what was given stands with the taker's next record.
    const next = nextOf(run.segment.records, record);
    const account = slots.ints[slot * SLOT + GIVES.account]!;
    let baseHigh = entries[ENTRY * record + LANDS]! - (next >= 0 ? entries[ENTRY * next + DEBITED]! : closing[4 * account + 2]!);
    let baseLow = entries[ENTRY * record + LANDS + 1]! - (next >= 0 ? entries[ENTRY * next + DEBITED + 1]! : closing[4 * account + 3]!);
    if (baseLow < 0) {
      baseLow += LIMB;
      baseHigh--;
    }
    for (let at = 0; at < carried.count; at++) {
      const [startHigh, startLow, endHigh, endLow] = moved(carried.values, at, baseHigh, baseLow);
      const top = slots.ints[slot * SLOT + GIVES.first]!;
      const { values } = stretches;
      if (top >= 0 && values[4 * top + 2] === startHigh && values[4 * top + 3] === startLow) {
        values[4 * top + 2] = endHigh;
        values[4 * top + 3] = endLow;
      } else slots.ints[slot * SLOT + GIVES.first] = stretches.make(startHigh, startLow, endHigh, endLow, top);
    }
  },
  due(run, slot, from) {
    const top = run.slots.ints[slot * SLOT + GIVES.first]!;
    if (top < 0) return -1;
    return firstBelow(run.ledger!.values, from, run.endOf(slot), run.stretches.values[4 * top + 2]!, run.stretches.values[4 * top + 3]!);
  },
};

function reaches(run: Run, record: number, high: number, low: number): boolean {
  const entries = run.ledger!.values;
  const entry = ENTRY * record;
  let endLow = entries[entry + DEBITED + 1]! + entries[entry + AMOUNT + 1]!;
  let endHigh = entries[entry + DEBITED]! + entries[entry + AMOUNT]!;
  if (endLow >= LIMB) {
    endLow -= LIMB;
    endHigh++;
  }
  return endHigh > high || (endHigh === high && endLow > low);
}

/** A stretch, less the place that it is counted from, into what is carried. */
function addApart(run: Run, startHigh: number, startLow: number, endHigh: number, endLow: number, placeHigh: number, placeLow: number): void {
  let fromLow = startLow - placeLow;
  let fromHigh = startHigh - placeHigh;
  if (fromLow < 0) {
    fromLow += LIMB;
    fromHigh--;
  }
  let toLow = endLow - placeLow;
  let toHigh = endHigh - placeHigh;
  if (toLow < 0) {
    toLow += LIMB;
    toHigh--;
  }
  run.carried.add(fromHigh, fromLow, toHigh, toLow);
}

const place: [number, number, number, number] = [0, 0, 0, 0];

/** Stretch number `at`, counted from [high, low]. */
function moved(values: Float64Array, at: number, high: number, low: number): typeof place {
  let startLow = values[4 * at + 1]! + low;
  let startHigh = values[4 * at]! + high;
  if (startLow >= LIMB) {
    startLow -= LIMB;
    startHigh++;
  }
  let endLow = values[4 * at + 3]! + low;
  let endHigh = values[4 * at + 2]! + high;
  if (endLow >= LIMB) {
    endLow -= LIMB;
    endHigh++;
  }
  place[0] = startHigh;
  place[1] = startLow;
  place[2] = endHigh;
  place[3] = endLow;
  return place;
}
