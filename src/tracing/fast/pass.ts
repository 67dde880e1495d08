// Where much of the data is reached, following records from one to the next costs more than looking at every row: then
// a haircut goes on as one pass in the order of rows, over arrays as long as there are accounts. The same arithmetic, the
// same bound; only the way to the next row is another. Measured in bench/trace-pass.ts.
import { NEXT, RECORD, WINDOW } from "./fast-index.ts";
import { haircut } from "./methods/haircut.ts";
import type { Run } from "./run.ts";
import { GIVES, KIND, SLOT } from "./slots.ts";

/** Nanoseconds, as measured: what an edge costs more by records than in a pass, what a row costs in a pass, an account to set up. */
const EDGE = 200;
const ROW_OF_PASS = 4;
const ACCOUNT = 12;

/** Is it worth while, with so many rows due in each window, and so many rows left? */
export function isPassCheaper(due: number, rows_left: number, accounts: number): boolean {
  return (rows_left / WINDOW) * (due * EDGE - WINDOW * ROW_OF_PASS) > accounts * ACCOUNT;
}

/** Plays rows `from` to the end of the segment. Only with no seed still to come and no account that is one whole. */
export function passOver(run: Run, givenBy: Int32Array, from: number): void {
  const { segment, slots } = run;
  const { words } = segment.records;
  const cursors = new Int32Array(segment.accounts);
  // A slot is an account's number from here to the end of the pass.
  const bySlot = slots.amounts;
  const byAccount = new Float64Array(2 * segment.accounts);
  for (let slot = 0; slot < slots.count; slot++) {
    const account = slots.ints[slot * SLOT + GIVES.account]!;
    byAccount[2 * account] = bySlot[2 * slot]!;
    byAccount[2 * account + 1] = bySlot[2 * slot + 1]!;
    cursors[account] = slots.ints[slot * SLOT + GIVES.record]!;
    slots.ints[slot * SLOT + GIVES.record] = -1;
  }
  slots.amounts = byAccount;
  for (let row = from; row < segment.rows; row++) {
    const giver = givenBy[row]!;
    if (byAccount[2 * giver] === 0 || run.isStop(giver)) continue;
    const record = cursors[giver]!++;
    run.edges++;
    haircut.leave(run, giver, record);
    if (haircut.isNothing(run)) continue;
    const account = run.takerOf(record, giver, false);
    if (account < 0) continue;
    if (!run.isStop(account)) {
      if (haircut.isBelowFloor(run, account)) {
        run.spill("floor", account);
        continue;
      }
      if (byAccount[2 * account] === 0) run.assertFits(account);
    }
    haircut.enter(run, account, record);
    cursors[account] = words[RECORD * record + NEXT]!;
  }
  slots.amounts = bySlot;
  for (let account = 0; account < segment.accounts; account++) {
    if (byAccount[2 * account] === 0 && byAccount[2 * account + 1] === 0) continue;
    if (slots.find(account) < 0) slots.add(account, 0, run.isStop(account) ? KIND.stop : KIND.live);
  }
  for (let slot = 0; slot < slots.count; slot++) {
    const account = slots.ints[slot * SLOT + GIVES.account]!;
    slots.amounts[2 * slot] = byAccount[2 * account]!;
    slots.amounts[2 * slot + 1] = byAccount[2 * account + 1]!;
  }
}
