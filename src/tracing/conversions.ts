// An exchange inside one transaction: an account gives one asset and gets one other. Swaps, wraps, mints and burns have
// this shape, whatever contracts stand between. What was tainted of the one is then tainted of the other, in the ratio
// of the transaction itself: no price of anybody is needed. Two assets in or out are no exchange that can be told apart.
import { NOBODY, type TransferTable } from "./transfer-table.ts";

export type Conversion = {
  /** Base units given in all rows of the transaction, and how many of them stand before this row. */
  given: bigint;
  offset: bigint;
  got: bigint;
  /** Rows that bring the other asset, in order. */
  rows: readonly number[];
};

/** The exchange that row `row` is the giving side of; undefined when it is an ordinary transfer. */
export function conversionOf(table: TransferTable, row: number): Conversion | undefined {
  const giver = table.from[row]!;
  if (giver === NOBODY) return undefined;
  const together = table.transactionRows(row);
  if (together.length < 2) return undefined;
  const { address, chain, asset } = table.accounts[giver]!;
  const given: number[] = [];
  const got: number[] = [];
  for (const other of together) {
    const transfer = table.transfers[other]!;
    if (transfer.kind === "fee" || transfer.from === transfer.to) continue;
    if (transfer.from === address) given.push(other);
    if (transfer.to === address) got.push(other);
  }
  const nets = new Map<string, bigint>();
  for (const [rows, sign] of [[given, -1n], [got, 1n]] as const)
    for (const other of rows) {
      const transfer = table.transfers[other]!;
      nets.set(transfer.asset, (nets.get(transfer.asset) ?? 0n) + sign * transfer.amount);
    }
  const gains = [...nets].filter(([, net]) => net > 0n);
  const losses = [...nets].filter(([, net]) => net < 0n);
  if (gains.length !== 1 || losses.length !== 1 || losses[0]![0] !== asset || chain !== table.transfers[row]!.chain) return undefined;
  const sum = (rows: readonly number[]) => rows.reduce((total, other) => total + table.transfers[other]!.amount, 0n);
  const rows = got.filter((other) => table.transfers[other]!.asset === gains[0]![0]);
  const own = given.filter((other) => table.transfers[other]!.asset === asset);
  return { given: sum(own), offset: sum(own.filter((other) => other < row)), got: sum(rows), rows };
}
