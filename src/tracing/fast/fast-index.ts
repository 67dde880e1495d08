// What the fast kernel reads: one record for each row, grouped by the account that gives and in order inside it
// (compressed sparse rows, as in every graph engine since Tinney & Walker 1967). A record also knows where its taker
// goes on: the taker's first record after this row. So a trace never searches: it walks from record to record.
// Memory of a forward haircut: 20 bytes a transfer and 4 an account.

/** Account 0 is whatever lies outside of the data: it mints and pays rewards. */
export const OUTSIDE = 0;
/** In `to`: the giver has no record behind this one. */
export const LAST = 0x4000_0000;
/** In `to`, as its sign: the row does not simply reach an account. The rest is FEE, BURN, or the taker of an exchange. */
export const MARKED = -0x8000_0000;
/** In `to`: the taker's next record is of a row less than WINDOW behind this one. */
export const NEAR = 0x2000_0000;
export const WINDOW_BITS = 12;
export const WINDOW = 1 << WINDOW_BITS;
export const ACCOUNT_BITS = 0x1fff_ffff;
export const FEE = 0x1fff_ffff;
export const BURN = 0x1fff_fffe;
export const ACCOUNTS_MAX = 0x1fff_fff0;
export const ROWS_MAX = 0x7fff_fff0;

/**
 * Five words a record, together, since they are wanted together: row; account number with LAST, NEAR and MARKED; the taker's
 * first record behind this row, or -1 where it gives nothing any more; share as a float, which is
 * amount / max(balance before, amount), a hair too large, and 1 where the account is emptied (decisions/0010).
 */
export type Records = { words: Int32Array; view: DataView };
export const RECORD = 5;
export const ROW = 0;
export const TO = 1;
export const NEXT = 2;
const RECORD_BYTES = 4 * RECORD;
const SHARE_BYTES = 12;

export const rowOf = ({ words }: Records, record: number): number => words[RECORD * record + ROW]!;
export const toOf = ({ words }: Records, record: number): number => words[RECORD * record + TO]!;
export const nextOf = ({ words }: Records, record: number): number => words[RECORD * record + NEXT]!;
export const shareOf = ({ view }: Records, record: number): number => view.getFloat64(RECORD_BYTES * record + SHARE_BYTES, true);
export const setShare = ({ view }: Records, record: number, share: number): void => view.setFloat64(RECORD_BYTES * record + SHARE_BYTES, share, true);

export const recordsOver = (buffer: SharedArrayBuffer): Records => ({ words: new Int32Array(buffer), view: new DataView(buffer) });

/** Exact amounts of the records: eight numbers each, four pairs of limbs, one line of a processor's cache. */
export type Ledger = {
  values: Float64Array;
  /** Of each account at the end: balance, then all that it gave. Four numbers each. */
  closing: Float64Array;
};
export const ENTRY = 8;
export const AMOUNT = 0;
/** What the giver had given before; its place in a queue. */
export const DEBITED = 2;
/** What the giver has left; its place in a stack. */
export const LEFT = 4;
/** All that the taker had received before, unknown lots included. */
export const LANDS = 6;

/** Rows that stand behind each other in time. A later day is a further segment; no segment is ever written again. */
export type Segment = {
  rows: number;
  /** Number of the first row among those of all segments. */
  first_row: number;
  /** Accounts known when the segment was made. */
  accounts: number;
  /** Accounts that give in this segment, ascending; absent where `starts` is by account number itself. */
  givers?: Int32Array;
  /** Records of giver n: from starts[n] until starts[n + 1]. */
  starts: Int32Array;
  records: Records;
  /** Accounts whose amounts do not fit two limbs. */
  wide: ReadonlySet<number>;
  /** Accounts that are paid fees. */
  fee_takers: ReadonlySet<number>;
  /** Loaded when first asked for. Undefined where the index was built without. */
  ledger(): Ledger | undefined;
  /** Giver of each row, in order of rows: for the pass over all of them. */
  givenBy(): Int32Array | undefined;
  /** One at a time, without loading a column: for seeds. */
  giverOf(row: number): number;
  openingBalance(account: number): bigint;
  amountOf(record: number): [high: number, low: number];
};

/** First and one past the last record of an account; equal where it has none. */
export function recordsOf({ givers, starts, accounts }: Segment, account: number): [number, number] {
  if (!givers) return account < accounts ? [starts[account]!, starts[account + 1]!] : [0, 0];
  let low = 0;
  let high = givers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (givers[middle]! < account) low = middle + 1;
    else high = middle;
  }
  return givers[low] === account ? [starts[low]!, starts[low + 1]!] : [0, 0];
}

/** The first record of an account behind `row` (a number inside the segment), or -1. */
export function recordAfter(segment: Segment, account: number, row: number): number {
  const [first, end] = recordsOf(segment, account);
  let low = first;
  let high = end;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rowOf(segment.records, middle) <= row) low = middle + 1;
    else high = middle;
  }
  return low < end ? low : -1;
}
