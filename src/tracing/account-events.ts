// What happened to each account, in order: one place for each credit and each debit, all accounts behind each other in
// columns. Nothing is made for a single event, so a ledger that is looked at once costs what its rows cost.
import assert from "node:assert/strict";
import { splitAmount } from "./fast/limbs.ts";
import { amountAt, type RowAmounts } from "./columns/row-columns.ts";

/** No event. */
export const NONE = -1;

/** A lot that a trace puts in itself, right after a row: a seed that the known balance does not cover. */
export type ExtraLot = { row: number; amount: bigint };

export type AccountEvents = {
  /** Row of each event, shifted by two, and what it is: nothing more is a credit. */
  moves: Int32Array;
  /** By row; of the events of one account with lots, by event. */
  amounts: RowAmounts;
  isByEvent: boolean;
  /** By row: place of its debit and of its credit, NONE where it is neither, as a payment to oneself is. Absent where there are few events: they are searched. */
  debitOf?: Int32Array;
  creditOf?: Int32Array;
};

const DEBIT = 1;
/** The account pays itself: one event, neither debit nor credit (decisions/0021). */
const TO_ITSELF = 2;

/** Rows of a table; a seed's lot may stand behind all of them. */
const ROWS_MAX = 2 ** 29;

type Rows = { count: number; account_count: number; from: Int32Array; to: Int32Array; amounts: RowAmounts };

/**
 * Counting sort of both sides of all rows: `starts[n]` to `starts[n + 1]` are the events of account n. Rows that move
 * nothing are no events. A payment to oneself is one: it only shows that at least so much was there.
 */
export function groupEvents({ count: row_count, account_count, from, to, amounts }: Rows): AccountEvents & { starts: Int32Array } {
  assert.ok(row_count < ROWS_MAX, "a table has fewer than 2^29 rows");
  const starts = new Int32Array(account_count + 1);
  for (let row = 0; row < row_count; row++) {
    if (movesNothing(amounts, row)) continue;
    if (from[row]! >= 0) starts[from[row]! + 1]!++;
    if (to[row]! >= 0 && to[row] !== from[row]) starts[to[row]! + 1]!++;
  }
  for (let account = 0; account < account_count; account++) starts[account + 1]! += starts[account]!;
  const moves = new Int32Array(starts[account_count]!);
  const [debitOf, creditOf] = [new Int32Array(row_count).fill(NONE), new Int32Array(row_count).fill(NONE)];
  const next = starts.slice();
  for (let row = 0; row < row_count; row++) {
    if (movesNothing(amounts, row)) continue;
    if (from[row]! >= 0 && from[row] === to[row]) {
      moves[next[from[row]!]!++] = 4 * row + TO_ITSELF;
      continue;
    }
    if (from[row]! >= 0) moves[(debitOf[row] = next[from[row]!]!++)] = 4 * row + DEBIT;
    if (to[row]! >= 0) moves[(creditOf[row] = next[to[row]!]!++)] = 4 * row;
  }
  return { starts, moves, amounts, isByEvent: false, debitOf, creditOf };
}

const movesNothing = ({ limbs }: RowAmounts, row: number): boolean => limbs[2 * row] === 0 && limbs[2 * row + 1] === 0;

export const rowOfMove = (move: number): number => move >> 2;
export const isDebitMove = (move: number): boolean => (move & DEBIT) !== 0;
export const isMoveToItself = (move: number): boolean => (move & TO_ITSELF) !== 0;
export const rowAt = ({ moves }: AccountEvents, at: number): number => rowOfMove(moves[at]!);
export const isDebitAt = ({ moves }: AccountEvents, at: number): boolean => isDebitMove(moves[at]!);
export const isToItselfAt = ({ moves }: AccountEvents, at: number): boolean => isMoveToItself(moves[at]!);
export const movedAt = ({ moves, amounts, isByEvent }: AccountEvents, at: number): bigint => amountAt(amounts, isByEvent ? at : rowOfMove(moves[at]!));

/** Of amounts as they are. */
export function splitAmounts(all: Iterable<bigint>, count: number): RowAmounts {
  const limbs = new Float64Array(2 * count);
  const wide = new Map<number, bigint>();
  const split = new Float64Array(2);
  let at = 0;
  for (const amount of all) {
    if (splitAmount(amount, split)) [limbs[2 * at], limbs[2 * at + 1]] = [split[0]!, split[1]!];
    else {
      limbs[2 * at] = Number.NaN;
      wide.set(at, amount);
    }
    at++;
  }
  return { limbs, wide };
}

/** The events of one account alone, with lots that a trace puts in; a lot may stand behind the last row there is. */
export function withLots(events: AccountEvents, first: number, end: number, lots: readonly ExtraLot[]): AccountEvents {
  const all: { move: number; amount: bigint }[] = [];
  let lot = 0;
  for (let at = first; at <= end; at++) {
    for (; lot < lots.length && (at === end || lots[lot]!.row < rowAt(events, at)); lot++) all.push({ move: 4 * Math.min(lots[lot]!.row, ROWS_MAX - 1), amount: lots[lot]!.amount });
    if (at < end) all.push({ move: events.moves[at]!, amount: movedAt(events, at) });
  }
  return { moves: Int32Array.from(all, ({ move }) => move), amounts: splitAmounts(all.map(({ amount }) => amount), all.length), isByEvent: true };
}
