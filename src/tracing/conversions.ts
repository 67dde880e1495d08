// An exchange inside one transaction: an account gives one asset and gets one other. Swaps, wraps, mints and burns have
// this shape, whatever contracts stand between. What was tainted of the one is then tainted of the other, in the ratio
// of the transaction itself: no price of anybody is needed. Two assets in or out are no exchange that can be told apart.
// What one batch pays to others beside the exchange is a payment, and what the exchange gives back of the same asset was
// never exchanged: both stay what they were. Else a thief could lose any amount by buying one unit in the same batch.
import { INFERRED } from "./request.ts";
import { NOBODY, type TransferTable } from "./transfer-table.ts";

export type Conversion = {
  /** Base units that were exchanged: all that was given for the other asset, less what came back. */
  given: bigint;
  /** How many given units stand before this row; those behind `given` came back, in the rows of `back`. */
  offset: bigint;
  back: readonly number[];
  got: bigint;
  /** Rows that bring the other asset, in order. */
  rows: readonly number[];
  /** What it rests on. */
  why: string;
};

/** What crosses a bridge in this row, where a message says by which row it arrives: all of it, in the ratio of both rows. */
export function crossingOf(table: TransferTable, row: number): Conversion | undefined {
  const arrival = table.arrivalOf(row);
  if (arrival === NOBODY) return undefined;
  const { amount: given, message } = table.transfer(row);
  const { amount: got } = table.transfer(arrival);
  return given === 0n || got === 0n ? undefined : { given, offset: 0n, back: [], got, rows: [arrival], why: `message ${message}` };
}

/** The exchange that row `row` is the giving side of; undefined when it is an ordinary transfer. */
export function conversionOf(table: TransferTable, row: number): Conversion | undefined {
  const giver = table.from[row]!;
  if (giver === NOBODY || table.isAlone(row)) return undefined;
  const together = table.transactionRows(row);
  if (together.length < 2) return undefined;
  const { address, chain, asset } = table.account(giver);
  const given: number[] = [];
  const got: number[] = [];
  for (const other of together) {
    const transfer = table.transfer(other);
    if (transfer.kind === "fee" || transfer.from === transfer.to) continue;
    if (transfer.from === address) given.push(other);
    if (transfer.to === address) got.push(other);
  }
  const nets = new Map<string, bigint>();
  for (const [rows, sign] of [[given, -1n], [got, 1n]] as const)
    for (const other of rows) {
      const transfer = table.transfer(other);
      nets.set(transfer.asset, (nets.get(transfer.asset) ?? 0n) + sign * transfer.amount);
    }
  const gains = [...nets].filter(([, net]) => net > 0n);
  const losses = [...nets].filter(([, net]) => net < 0n);
  if (gains.length !== 1 || losses.length !== 1 || losses[0]![0] !== asset || chain !== table.transfer(row).chain) return undefined;
  const sum = (rows: readonly number[]) => rows.reduce((total, other) => total + table.amount(other), 0n);
  const rows = got.filter((other) => table.transfer(other).asset === gains[0]![0]);
  const own = paidInto(table, together, address, given.filter((other) => table.transfer(other).asset === asset));
  if (!own.includes(row)) return undefined;
  const back = got.filter((other) => table.transfer(other).asset === asset && other > own.at(-1)!);
  const exchanged = sum(own) - sum(back);
  if (exchanged <= 0n) return undefined;
  return { given: exchanged, offset: sum(own.filter((other) => other < row)), back, got: sum(rows), rows, why: INFERRED };
}

/** Of what an address gave in a transaction, the rows whose taker leads back to it inside the transaction; all of them where none does, as in a mint. */
function paidInto(table: TransferTable, together: readonly number[], giver: string, given: readonly number[]): readonly number[] {
  if (given.length < 2) return given;
  const payers = new Map<string, string[]>();
  for (const other of together) {
    const { kind, from, to } = table.transfer(other);
    if (kind === "fee" || from === null || to === null) continue;
    const known = payers.get(to);
    if (known) known.push(from);
    else payers.set(to, [from]);
  }
  const leading = new Set([giver]);
  for (const address of leading) for (const payer of payers.get(address) ?? []) leading.add(payer);
  const own = given.filter((other) => leading.has(table.transfer(other).to ?? ""));
  return own.length > 0 ? own : given;
}
