// Haircut in whole quanta: out = ⌊t·f⌋ with f = amount / balance as a float. Whole floats below 2^53 are added and taken
// away exactly, so the run conserves to the quantum. How far each account may be from the exact run is carried along:
//
//   Let E be the exact run, F this one, e an account's bound on |E − F|, in quanta. A debit is the same linear map in
//   both but for rounding: E cuts off less than one unit, F less than one quantum, and f is off by less than
//   2^-50 + 3·2^-53 of itself and the product by 2^-53 more, so t·f by less than t·2^-49. With r = 2 + t·2^-49:
//   what leaves is off by at most e·f + r, what stays by e·(1 − f) + r, and a credit adds its bound to the taker's.
//   A draining debit (f = 1) takes all in both and rounds nothing.
//   Where F carries nothing on, E still may: as much as the bound. E conserves too, so all that it has in accounts
//   that F does not list, and all that comes back out of them, is at most the sum of these: `astray`.
//   A decision about the floor that lies within e + astray of it may fall the other way; then the bounds grow by it.
//
// So each place is off by at most its own bound + astray + lost (under a floor at a place that F does not list).
// Intervals of this kind: Moore, Interval Analysis, 1966.
import { shareOf } from "../fast-index.ts";
import { LIMB } from "../limbs.ts";
import type { FastMethod, Run } from "../run.ts";

const RELATIVE = 2 ** -49;

export const haircut: FastMethod = {
  name: "haircut",
  conserves: true,
  keepsFirst: true,
  leave: (run, slot, record) => leaveByShare(run, slot, shareOf(run.segment.records, record)),
  whole(run, record) {
    const [high, low] = run.segment.amountOf(record);
    run.carried.high = quantaOf(run, high, low);
    run.carried.low = run.options.quantum === 1n ? 0 : 2 + run.carried.high * RELATIVE;
  },
  enter(run, slot) {
    const { amounts } = run.slots;
    amounts[2 * slot]! += run.carried.high;
    amounts[2 * slot + 1]! += run.carried.low;
  },
  due: (run, slot, from) => (run.slots.amounts[2 * slot]! > 0 ? from : -1),
  isNothing: (run) => run.carried.high === 0,
  isBelowFloor(run) {
    const { floorQuanta: floor, carried } = run;
    const margin = carried.low + run.astray;
    if (carried.high + margin < floor) return true;
    if (carried.high - margin >= floor || floor === 0) return false;
    run.undecided++;
    carried.low += carried.high;
    if (carried.high >= floor) {
      run.lost += carried.low;
      return false;
    }
    run.astray += carried.low;
    return true;
  },
};

export function leaveByShare(run: Run, slot: number, share: number): void {
  const { amounts } = run.slots;
  const tainted = amounts[2 * slot]!;
  const bound = amounts[2 * slot + 1]!;
  if (share === 1) {
    run.carried.high = tainted;
    run.carried.low = bound;
    amounts[2 * slot] = 0;
    amounts[2 * slot + 1] = 0;
    return;
  }
  const out = Math.floor(tainted * share);
  const rounding = share === 0 ? 0 : 2 + tainted * RELATIVE;
  const outBound = bound * share + rounding;
  const leftBound = bound * (1 - share) + rounding;
  amounts[2 * slot] = tainted - out;
  amounts[2 * slot + 1] = leftBound;
  run.carried.high = out;
  run.carried.low = outBound;
  if (out === 0) stray(run, outBound);
  if (out === tainted) stray(run, leftBound);
}

/** What the exact run may carry on where this one does not; below the floor it comes to rest at once. */
function stray(run: Run, bound: number): void {
  if (bound + run.astray < run.floorQuanta) run.lost += bound;
  else run.astray += bound;
}

export function quantaOf(run: Run, high: number, low: number): number {
  const quantum = Number(run.options.quantum);
  return Math.floor(high * (LIMB / quantum) + low / quantum);
}
