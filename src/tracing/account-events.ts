// What happened to each account, in order: one place for each credit and each debit, all accounts behind each other in
// columns. Nothing is made for a single event, so a ledger that is looked at once costs what its rows cost.
import type { TransferTable } from "./transfer-table.ts";

/** No event. */
export const NONE = -1;

/** A lot that a trace puts in itself, right after a row: a seed that the known balance does not cover. */
export type ExtraLot = { row: number; amount: bigint };

export type AccountEvents = {
  /** Row of each event. */
  rows: Int32Array | Float64Array;
  /** 1 where it is a debit. */
  debits: Uint8Array;
  amounts: readonly bigint[];
  /** By row: place of its debit and of its credit, NONE where it is neither. Absent where there are few events: they are searched. */
  debitOf?: Int32Array;
  creditOf?: Int32Array;
};

type Rows = Pick<TransferTable, "transfers" | "from" | "to" | "accounts">;

/**
 * Counting sort of both sides of all rows: `starts[n]` to `starts[n + 1]` are the events of account n. Rows that move
 * nothing are no events. A transfer to oneself leaves first and then arrives: its order in a queue changes, its balance
 * does not.
 */
export function groupEvents({ transfers, from, to, accounts }: Rows): AccountEvents & { starts: Int32Array } {
  const starts = new Int32Array(accounts.length + 1);
  const moves = new Uint8Array(transfers.length);
  for (let row = 0; row < transfers.length; row++) {
    if (transfers[row]!.amount === 0n) continue;
    moves[row] = 1;
    if (from[row]! >= 0) starts[from[row]! + 1]!++;
    if (to[row]! >= 0) starts[to[row]! + 1]!++;
  }
  for (let account = 0; account < accounts.length; account++) starts[account + 1]! += starts[account]!;
  const count = starts[accounts.length]!;
  const rows = new Int32Array(count);
  const debits = new Uint8Array(count);
  const amounts = new Array<bigint>(count);
  const [debitOf, creditOf] = [new Int32Array(transfers.length).fill(NONE), new Int32Array(transfers.length).fill(NONE)];
  const next = starts.slice();
  for (let row = 0; row < transfers.length; row++) {
    if (moves[row] === 0) continue;
    if (from[row]! >= 0) {
      const at = (debitOf[row] = next[from[row]!]!++);
      rows[at] = row;
      amounts[at] = transfers[row]!.amount;
      debits[at] = 1;
    }
    if (to[row]! >= 0) {
      const at = (creditOf[row] = next[to[row]!]!++);
      rows[at] = row;
      amounts[at] = transfers[row]!.amount;
    }
  }
  return { starts, rows, debits, amounts, debitOf, creditOf };
}

/** The events of one account alone, with lots that a trace puts in; a lot may stand behind the last row there is. */
export function withLots(events: AccountEvents, first: number, end: number, lots: readonly ExtraLot[]): AccountEvents {
  const all: { row: number; debit: number; amount: bigint }[] = [];
  let lot = 0;
  for (let at = first; at <= end; at++) {
    for (; lot < lots.length && (at === end || lots[lot]!.row < events.rows[at]!); lot++) all.push({ ...lots[lot]!, debit: 0 });
    if (at < end) all.push({ row: events.rows[at]!, debit: events.debits[at]!, amount: events.amounts[at]! });
  }
  return {
    rows: Float64Array.from(all, ({ row }) => row),
    debits: Uint8Array.from(all, ({ debit }) => debit),
    amounts: all.map(({ amount }) => amount),
  };
}
