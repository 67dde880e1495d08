// What the rows do not show: an account that sends more than it was seen to have. Either it had something before the
// data begins, or transfers are missing (the theft of the Ronin file was an internal one and stands in no row). It is
// never papered over: a trace makes an `unknown` lot at that row, and this says beforehand where.
import { NOBODY, type Account, type TransferTable } from "./transfer-table.ts";
import { transferName } from "./transfer.ts";

export type Gap = Account & {
  /** Base units sent beyond what the rows show. */
  missing: bigint;
  /** How many of its rows went beyond, and the first of them. */
  row_count: number;
  first: string;
};

/** Largest first, asset by asset: amounts of two assets are not compared. */
export function listGaps(table: Pick<TransferTable, "count" | "account_count" | "transfer" | "account" | "amount" | "from" | "to">): Gap[] {
  const balances = new Array<bigint>(table.account_count).fill(0n);
  const gaps = new Map<number, Gap>();
  for (let row = 0; row < table.count; row++) {
    const amount = table.amount(row);
    if (amount === 0n) continue;
    const [from, to] = [table.from[row]!, table.to[row]!];
    if (from !== NOBODY) {
      const balance = balances[from]!;
      if (amount > balance) {
        const gap = gaps.get(from) ?? { ...table.account(from), missing: 0n, row_count: 0, first: transferName(table.transfer(row)) };
        gap.missing += amount - balance;
        gap.row_count += 1;
        gaps.set(from, gap);
      }
      balances[from] = amount > balance ? 0n : balance - amount;
    }
    if (to !== NOBODY) balances[to]! += amount;
  }
  return [...gaps.values()].sort((a, b) => (a.asset === b.asset ? (b.missing > a.missing ? 1 : b.missing < a.missing ? -1 : 0) : a.asset < b.asset ? -1 : 1));
}
