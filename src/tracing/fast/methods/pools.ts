// TIHO and poison, exact in limbs. TIHO: tainted units leave first. Poison: after the first tainted credit every debit
// and the final balance count whole; how much came is only kept for stops and for accounts that are a seed themselves.
import { AMOUNT, ENTRY } from "../fast-index.ts";
import { addLimbs, subtractLimbs } from "../limbs.ts";
import type { FastMethod, Run } from "../run.ts";
import { GIVES, KIND, SLOT } from "../slots.ts";

const wholeAmount = (run: Run, record: number): void => {
  const { values } = run.ledger!;
  run.carried.clear();
  run.carried.high = values[ENTRY * record + AMOUNT]!;
  run.carried.low = values[ENTRY * record + AMOUNT + 1]!;
};

export const exact = {
  keepsFirst: true,
  whole: wholeAmount,
  enter: (run: Run, slot: number) => addLimbs(run.slots.amounts, slot, run.carried.high, run.carried.low),
  due: (run: Run, slot: number, from: number) => (run.slots.amounts[2 * slot]! > 0 || run.slots.amounts[2 * slot + 1]! > 0 ? from : -1),
  isNothing: ({ carried }: Run) => carried.high === 0 && carried.low === 0,
  isBelowFloor: ({ carried, floorHigh, floorLow }: Run) => carried.high < floorHigh || (carried.high === floorHigh && carried.low < floorLow),
};

export const tiho: FastMethod = {
  ...exact,
  name: "tiho",
  conserves: true,
  leave(run, slot, record) {
    const { carried, slots } = run;
    wholeAmount(run, record);
    const high = slots.amounts[2 * slot]!;
    const low = slots.amounts[2 * slot + 1]!;
    if (high < carried.high || (high === carried.high && low < carried.low)) {
      carried.high = high;
      carried.low = low;
    }
    subtractLimbs(slots.amounts, slot, carried.high, carried.low);
  },
};

export const poison: FastMethod = {
  ...exact,
  name: "poison",
  conserves: false,
  leave: (run, _, record) => wholeAmount(run, record),
  // A mark is enough where nothing is counted: sums of what only passes through would grow without end.
  enter(run, slot) {
    if (run.slots.ints[slot * SLOT + GIVES.kind] === KIND.live) run.slots.amounts[2 * slot] = 1;
    else exact.enter(run, slot);
  },
};
