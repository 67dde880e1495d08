// What a ranking ranks: addresses on their chain, whatever assets they hold. The same string on two chains is two places.
// Places are numbered by their names, so that no answer hangs on the order in which files were read.
import { NOBODY, type TransferTable } from "../transfer-table.ts";

export type Places = {
  names: readonly { chain: string; address: string }[];
  /** By account number: its place. */
  ofAccount: Int32Array;
  /** Account numbers of a place. */
  accountsOf(place: number): readonly number[];
  /** The place that a row leaves and the one it reaches, where they are two; a fee is a price and joins nobody. */
  between(row: number): { from: number; to: number } | undefined;
};

export function placesOf(table: TransferTable): Places {
  const byName = new Map<string, { chain: string; address: string; accounts: number[] }>();
  for (const [account, { chain, address }] of table.accounts.entries()) {
    const name = `${chain} ${address}`;
    const known = byName.get(name);
    if (known) known.accounts.push(account);
    else byName.set(name, { chain, address, accounts: [account] });
  }
  const sorted = [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, place]) => place);
  const ofAccount = new Int32Array(table.account_count);
  for (const [place, { accounts }] of sorted.entries()) for (const account of accounts) ofAccount[account] = place;
  return {
    names: sorted.map(({ chain, address }) => ({ chain, address })),
    ofAccount,
    accountsOf: (place) => sorted[place]!.accounts,
    between(row) {
      const [giver, taker] = [table.from[row]!, table.to[row]!];
      if (giver === NOBODY || taker === NOBODY || table.transfer(row).kind === "fee") return undefined;
      const [from, to] = [ofAccount[giver]!, ofAccount[taker]!];
      return from === to ? undefined : { from, to };
    },
  };
}
