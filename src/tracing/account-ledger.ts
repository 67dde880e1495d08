// The ledger of one account: what it held before each event, as far as the data shows. When a debit exceeds the known
// balance, the rest is an `unknown` lot that comes into being at that row: an appended day can therefore never change
// what an earlier row meant, and what the data lacks stays visible.
import type { TransferTable } from "./transfer-table.ts";

export type LedgerEvent = {
  row: number;
  side: "credit" | "debit";
  amount: bigint;
  /** Known balance before the event. */
  before: bigint;
  /** Sum of all debits before the event. `before + debited` is the sum of all credits, unknown lots included. */
  debited: bigint;
  /** Of a debit: how much of it no earlier event explains. */
  unknown: bigint;
};

export type AccountLedger = {
  account: number;
  events: readonly LedgerEvent[];
  /** Row of each event, apart: every step of a trace searches them. */
  rows: Int32Array | Float64Array;
  /** Places of the debits among the events. */
  debits: readonly number[];
  /** Known balance at the end of the data. */
  final: bigint;
};

/** A lot that a trace puts in itself, right after a row: a seed that the known balance does not cover. */
export type ExtraLot = { row: number; amount: bigint };

export function buildLedger(
  table: Pick<TransferTable, "rowsOf" | "from" | "to" | "transfers">,
  account: number,
  lots: readonly ExtraLot[] = [],
): AccountLedger {
  const events: LedgerEvent[] = [];
  const debits: number[] = [];
  let balance = 0n;
  let debited = 0n;
  let lot = 0;
  const credit = (row: number, amount: bigint) => {
    events.push({ row, side: "credit", amount, before: balance, debited, unknown: 0n });
    balance += amount;
  };
  const lotsBefore = (row: number) => {
    for (; lot < lots.length && lots[lot]!.row < row; lot++) credit(lots[lot]!.row, lots[lot]!.amount);
  };
  for (const row of table.rowsOf(account)) {
    lotsBefore(row);
    const { amount } = table.transfers[row]!;
    if (amount === 0n) continue;
    // A transfer to oneself leaves first and then arrives: its order in a queue changes, its balance does not.
    if (table.from[row] === account) {
      const unknown = amount > balance ? amount - balance : 0n;
      debits.push(events.push({ row, side: "debit", amount, before: balance, debited, unknown }) - 1);
      balance = amount > balance ? 0n : balance - amount;
      debited += amount;
    }
    if (table.to[row] === account) credit(row, amount);
  }
  lotsBefore(Number.MAX_SAFE_INTEGER);
  // A lot of a seed may stand behind the last row there is.
  const rows = new (lots.length > 0 ? Float64Array : Int32Array)(events.length);
  for (let at = 0; at < rows.length; at++) rows[at] = events[at]!.row;
  return { account, events, rows, debits, final: balance };
}

/** Place of the first event after `row` (an event of that row itself is not after it). */
export function eventAfter({ rows }: AccountLedger, row: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]! > row) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The event of a row on one side, before any lot that a trace put in there; undefined when the account has none. */
export function eventAt(ledger: AccountLedger, row: number, side: LedgerEvent["side"]): LedgerEvent | undefined {
  let found: LedgerEvent | undefined;
  for (let at = eventAfter(ledger, row) - 1; at >= 0 && ledger.rows[at] === row; at--)
    if (ledger.events[at]!.side === side) found = ledger.events[at];
  return found;
}

/** Place among `debits` of the first debit at or after event `at`. */
export function firstDebit(ledger: AccountLedger, at: number): number {
  let low = 0;
  let high = ledger.debits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ledger.debits[middle]! >= at) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Known balance right after all events of rows up to and including `row`. */
export function balanceAfter(ledger: AccountLedger, row: number): bigint {
  const at = eventAfter(ledger, row);
  return at < ledger.events.length ? ledger.events[at]!.before : ledger.final;
}

/**
 * Lowest intermediate balance (the rule of trust law for a mixed account): of `amount` in the account after `from_row`,
 * what can still be there after `to_row` is at most the lowest balance in between.
 */
export function lowestIntermediateBalance(ledger: AccountLedger, amount: bigint, from_row: number, to_row: number): { lowest: bigint; row: number } {
  let lowest = balanceAfter(ledger, from_row);
  if (amount < lowest) lowest = amount;
  let at = from_row;
  for (let event = eventAfter(ledger, from_row); event < ledger.events.length && ledger.events[event]!.row <= to_row; event++) {
    const { side, before, amount: moved, row } = ledger.events[event]!;
    if (side === "credit") continue;
    const after = moved > before ? 0n : before - moved;
    if (after < lowest) [lowest, at] = [after, row];
  }
  return { lowest, row: at };
}
