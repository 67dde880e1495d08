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
export const ACCOUNT_BITS = 0x3fff_ffff;
export const FEE = 0x3fff_ffff;
export const BURN = 0x3fff_fffe;
export const ACCOUNTS_MAX = 0x3fff_fff0;
export const ROWS_MAX = 0x7fff_fff0;

export type Records = {
  row: Int32Array;
  /** Account number with LAST and MARKED. */
  to: Int32Array;
  /** The taker's first record behind this row; -1 where it gives nothing any more. */
  next: Int32Array;
  /** amount / max(balance before, amount), a hair too large, at most 1 (decisions/0010). */
  share: Float64Array;
};

/** Exact amounts of the records, in pairs of limbs. */
export type Ledger = {
  amount: Float64Array;
  /** What the giver had given before; its place in a queue. */
  debited: Float64Array;
  /** What the giver has left; its place in a stack. */
  left: Float64Array;
  /** All that the taker had received before, unknown lots included. */
  lands: Float64Array;
  /** Of each account at the end: balance, then all that it gave. Four numbers each. */
  closing: Float64Array;
};

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
    if (segment.records.row[middle]! <= row) low = middle + 1;
    else high = middle;
  }
  return low < end ? low : -1;
}
