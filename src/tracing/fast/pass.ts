// Where much of the data is reached, following records from one to the next costs more than looking at every row: then
// a haircut goes on as one pass in the order of rows, over columns in that order and arrays as long as there are
// accounts. The same arithmetic, the same bound; only the way to the next row is another. The columns (12 bytes a
// transfer) are made when a trace first wants them. Measured in bench/trace-pass.ts.
import { rowOf, shareOf, toOf, WINDOW, type Records, type Segment } from "./fast-index.ts";
import { haircut, leaveByShare } from "./methods/haircut.ts";
import type { Run } from "./run.ts";
import { GIVES, KIND, SLOT } from "./slots.ts";

/** Nanoseconds, as measured: what an edge costs more by records than in a pass; a row, in a pass and to put in order once; an account. */
const EDGE = 250;
const ROW_OF_PASS = 4;
const ROW_IN_ORDER = 40;
const ACCOUNT = 40;

type InOrder = { to: Int32Array; share: Float64Array };
const inOrder = new WeakMap<Records, InOrder>();

/** Is it worth while, with so many rows due in each window, and so many rows left? */
export function isPassCheaper({ records, rows, accounts }: Segment, due: number, rows_left: number): boolean {
  const gain = (rows_left / WINDOW) * (due * EDGE - WINDOW * ROW_OF_PASS);
  return gain > accounts * ACCOUNT + (inOrder.has(records) ? 0 : rows * ROW_IN_ORDER);
}

/** Plays rows `from` to the end of the segment. Only with no seed still to come and no account that is one whole. */
export function passOver(run: Run, givenBy: Int32Array, from: number): void {
  const { segment, slots } = run;
  const { to, share } = columnsOf(segment);
  // A slot is an account's number from here to the end of the pass.
  const bySlot = slots.amounts;
  const byAccount = new Float64Array(2 * segment.accounts);
  for (let slot = 0; slot < slots.count; slot++) {
    const account = slots.ints[slot * SLOT + GIVES.account]!;
    byAccount[2 * account] = bySlot[2 * slot]!;
    byAccount[2 * account + 1] = bySlot[2 * slot + 1]!;
    slots.ints[slot * SLOT + GIVES.record] = -1;
  }
  slots.amounts = byAccount;
  for (let row = from; row < segment.rows; row++) {
    const giver = givenBy[row]!;
    if (byAccount[2 * giver] === 0 || run.isStop(giver)) continue;
    run.edges++;
    leaveByShare(run, giver, share[row]!);
    if (haircut.isNothing(run)) continue;
    const account = run.takerOf(to[row]!, row, giver, false);
    if (account < 0) continue;
    if (!run.isStop(account)) {
      if (haircut.isBelowFloor(run, account)) {
        run.spill("floor", account);
        continue;
      }
      if (byAccount[2 * account] === 0) run.assertFits(account);
    } else run.options.onStop?.(segment.first_row + row, account);
    haircut.enter(run, account, -1);
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

function columnsOf({ records, rows }: Segment): InOrder {
  const known = inOrder.get(records);
  if (known) return known;
  const made: InOrder = { to: new Int32Array(rows), share: new Float64Array(rows) };
  for (let record = 0; record < rows; record++) {
    const row = rowOf(records, record);
    made.to[row] = toOf(records, record);
    made.share[row] = shareOf(records, record);
  }
  inOrder.set(records, made);
  return made;
}
