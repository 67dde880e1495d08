// Rows in order become a segment: one counting sort by giver, and one pass that keeps the exact ledger of every account
// and writes each record into its place. The cursor of the taker at that moment is its next record.
import assert from "node:assert/strict";
import {
  ACCOUNTS_MAX, AMOUNT, BURN, DEBITED, ENTRY, FEE, LANDS, LAST, LEFT, MARKED, NEAR, NEXT, OUTSIDE, RECORD, ROW, ROWS_MAX, TO, WINDOW,
  recordsOver, rowOf, setShare, type Ledger, type Segment,
} from "./fast-index.ts";
import { joinLimbs, LIMB } from "./limbs.ts";

export const MARK = { plain: 0, fee: 1, exchange: 2 } as const;

export type RowColumns = {
  rows: number;
  /** Account numbers from 1; OUTSIDE where a side is missing. */
  from: ArrayLike<number>;
  to: ArrayLike<number>;
  /** Limbs of the amount. */
  high: Float64Array;
  low: Float64Array;
  /** MARK of each row; absent where all are plain. */
  mark?: Uint8Array;
};

export type BuildOptions = {
  /** Highest account number + 1. */
  accounts: number;
  /** The segment before: its closing balances are where this one starts. */
  after?: Segment;
  /** Without exact columns only haircut can run; for indexes near the size of memory. */
  exact?: boolean;
  /** Keep the giver of each row, for the pass over all rows. */
  pass?: boolean;
};

// What rounding may take off a share is put on first: then a result that is whole stays whole under ⌊ ⌋.
const HAIR = 1 + 2 ** -50;
/** A share of one says that the account is emptied, and only then. */
const BELOW_ONE = 1 - 2 ** -53;

const BATCH = 256;

const shared = {
  ints: (length: number) => new Int32Array(new SharedArrayBuffer(4 * length)),
  floats: (length: number) => new Float64Array(new SharedArrayBuffer(8 * length)),
};

export function buildSegment(columns: RowColumns, { accounts, after, exact = true, pass = true }: BuildOptions): Segment {
  const { rows, from, to, high, low, mark } = columns;
  assert.ok(rows <= ROWS_MAX && accounts <= ACCOUNTS_MAX, "one segment holds at most 2^31 rows and 2^29 accounts");
  const records = recordsOver(new SharedArrayBuffer(4 * RECORD * rows));
  const { words } = records;
  const starts = countByGiver(from, rows, accounts);
  const cursor = starts.slice(0, accounts);
  const state = openingState(accounts, after);
  const wide = new Set(after?.wide);
  const fee_takers = new Set(after?.fee_takers);
  const values = shared.floats(exact ? ENTRY * rows : 0);
  const ledger: Ledger = { values, closing: state };
  const givenBy = pass ? shared.ints(rows) : undefined;

  /** Both accounts of the next rows, in reads that hang on nothing: a processor waits for a batch about as long as for one. */
  const readAhead = (row: number): number => {
    let sum = 0;
    for (const until = Math.min(row + BATCH, rows); row < until; row++) {
      const [giver, taker] = [from[row]!, to[row]!];
      sum += state[4 * giver]! + state[4 * taker]! + cursor[giver]! + cursor[taker]! + starts[giver + 1]! + starts[taker + 1]!;
    }
    return sum;
  };
  let ahead = 0;
  for (let row = 0; row < rows; row++) {
    if (row % BATCH === 0) ahead += readAhead(row);
    const giver = from[row]!;
    const taker = to[row]!;
    let amountHigh = high[row]!;
    let amountLow = low[row]!;
    const at = cursor[giver]!++;
    if (givenBy) givenBy[row] = giver;
    if (amountHigh >= LIMB) wide.add(giver).add(taker);
    const isToItself = giver === taker && giver !== OUTSIDE;
    if (isToItself) {
      // A payment to oneself moves nothing. It shows that at least so much was there (decisions/0021).
      const own = 4 * giver;
      if (amountHigh > state[own]! || (amountHigh === state[own]! && amountLow > state[own + 1]!)) [state[own], state[own + 1]] = [amountHigh, amountLow];
      if (state[own]! + state[own + 2]! >= LIMB - 1) wide.add(giver);
      amountHigh = amountLow = 0;
    }
    words[RECORD * at + ROW] = row;
    let share = 1;
    if (giver !== OUTSIDE) {
      const own = 4 * giver;
      const beforeHigh = state[own]!;
      const beforeLow = state[own + 1]!;
      let leftHigh = 0;
      let leftLow = 0;
      if (amountHigh < beforeHigh || (amountHigh === beforeHigh && amountLow < beforeLow)) {
        share = Math.min(BELOW_ONE, ((amountHigh * LIMB + amountLow) / (beforeHigh * LIMB + beforeLow)) * HAIR);
        leftHigh = beforeHigh - amountHigh;
        leftLow = beforeLow - amountLow;
        if (leftLow < 0) {
          leftLow += LIMB;
          leftHigh--;
        }
      } else if (amountHigh === 0 && amountLow === 0) share = 0;
      state[own] = leftHigh;
      state[own + 1] = leftLow;
      let givenHigh = state[own + 2]! + amountHigh;
      let givenLow = state[own + 3]! + amountLow;
      if (exact) {
        values[ENTRY * at + DEBITED] = state[own + 2]!;
        values[ENTRY * at + DEBITED + 1] = state[own + 3]!;
        values[ENTRY * at + LEFT] = leftHigh;
        values[ENTRY * at + LEFT + 1] = leftLow;
      }
      if (givenLow >= LIMB) {
        givenLow -= LIMB;
        givenHigh++;
      }
      if (givenHigh >= LIMB) wide.add(giver);
      state[own + 2] = givenHigh;
      state[own + 3] = givenLow;
    }
    setShare(records, at, share);
    if (exact) {
      values[ENTRY * at + AMOUNT] = amountHigh;
      values[ENTRY * at + AMOUNT + 1] = amountLow;
    }
    if (taker !== OUTSIDE) {
      const other = 4 * taker;
      let heldHigh = state[other]! + amountHigh;
      let heldLow = state[other + 1]! + amountLow;
      if (heldLow >= LIMB) {
        heldLow -= LIMB;
        heldHigh++;
      }
      if (exact) {
        let landsHigh = state[other]! + state[other + 2]!;
        let landsLow = state[other + 1]! + state[other + 3]!;
        if (landsLow >= LIMB) {
          landsLow -= LIMB;
          landsHigh++;
        }
        values[ENTRY * at + LANDS] = landsHigh;
        values[ENTRY * at + LANDS + 1] = landsLow;
      }
      if (heldHigh + state[other + 2]! >= LIMB - 1) wide.add(taker);
      state[other] = heldHigh;
      state[other + 1] = heldLow;
    }
    const kind = mark && !isToItself ? mark[row]! : MARK.plain;
    if (kind === MARK.fee && taker !== OUTSIDE) fee_takers.add(taker);
    const target = kind === MARK.fee ? FEE : taker === OUTSIDE ? BURN : taker;
    const isLast = cursor[giver] === starts[giver + 1];
    words[RECORD * at + TO] = target | (isLast ? LAST : 0) | (kind !== MARK.plain || taker === OUTSIDE ? MARKED : 0);
    words[RECORD * at + NEXT] = taker !== OUTSIDE && cursor[taker]! < starts[taker + 1]! ? cursor[taker]! : -1;
  }
  assert.ok(!Number.isNaN(ahead));
  // Which rows the cursors of takers pointed at is known when all are written.
  for (let at = 0; at < rows; at++) {
    const next = words[RECORD * at + NEXT]!;
    if (next >= 0 && words[RECORD * next + ROW]! - words[RECORD * at + ROW]! < WINDOW) words[RECORD * at + TO]! |= NEAR;
  }
  return {
    rows,
    first_row: after ? after.first_row + after.rows : 0,
    accounts,
    ...(after ? sparse(starts, accounts) : { starts }),
    records,
    wide,
    fee_takers,
    openingBalance: (account) => openingBalance(account, after),
    ledger: () => (exact ? ledger : undefined),
    givenBy: () => givenBy,
    giverOf: (row) => from[row]!,
    amountOf: (record) => [high[rowOf(records, record)]!, low[rowOf(records, record)]!],
  };
}

function countByGiver(from: ArrayLike<number>, rows: number, accounts: number): Int32Array {
  const starts = shared.ints(accounts + 1);
  for (let row = 0; row < rows; row++) starts[from[row]! + 1]!++;
  for (let account = 0; account < accounts; account++) starts[account + 1]! += starts[account]!;
  return starts;
}

function openingState(accounts: number, after?: Segment): Float64Array {
  const state = shared.floats(4 * accounts);
  const closing = after?.ledger()?.closing;
  assert.ok(!after || closing, "a segment that is followed by another keeps its balances");
  if (closing) state.set(closing);
  return state;
}

export function openingBalance(account: number, after?: Segment): bigint {
  const closing = after?.ledger()?.closing;
  return closing && account < after!.accounts ? joinLimbs(closing[4 * account]!, closing[4 * account + 1]!) : 0n;
}

/** A day touches few accounts: only those are listed. */
function sparse(starts: Int32Array, accounts: number): Pick<Segment, "givers" | "starts"> {
  let count = 0;
  for (let account = 0; account < accounts; account++) if (starts[account + 1] !== starts[account]) count++;
  const givers = shared.ints(count);
  const own = shared.ints(count + 1);
  let at = 0;
  for (let account = 0; account < accounts; account++) {
    if (starts[account + 1] === starts[account]) continue;
    givers[at] = account;
    own[at++] = starts[account]!;
  }
  own[count] = starts[accounts]!;
  return { givers, starts: own };
}
