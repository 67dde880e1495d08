// Transfers in their order, accounts by number, and the ledger of one account when it is first asked for.
// An account is (chain, address, asset): amounts of two assets are never added, and the same string on two chains
// is two addresses.
import assert from "node:assert/strict";
import { buildLedger, type AccountLedger, type ExtraLot } from "./account-ledger.ts";
import { compareTransfers, type Transfer } from "./transfer.ts";

export type Account = { chain: string; address: string; asset: string };

export const NOBODY = -1;

export type TransferTable = {
  /** In order: the place here is the row number that everything below speaks of. */
  transfers: readonly Transfer[];
  accounts: readonly Account[];
  /** Account numbers; NOBODY where a side is missing. */
  from: Int32Array;
  to: Int32Array;
  /** The rows in which an account gives or takes, in order. */
  rowsOf(account: number): Int32Array;
  /** Kept for accounts without extra lots, made anew otherwise. */
  ledger(account: number, lots?: readonly ExtraLot[]): AccountLedger;
  /** All accounts of an address, one for each asset (and chain, unless it is given). */
  accountsOf(address: string, chain?: string): readonly number[];
  /** Rows of the same transaction, in order; only the row itself where the source has no txid. */
  transactionRows(row: number): readonly number[];
  /** Rows of a transaction by its id. */
  rowsOfTransaction(txid: string): readonly number[];
};

export function buildTransferTable(input: readonly Transfer[]): TransferTable {
  const transfers = [...input].sort(compareTransfers);
  const numbers = new Map<string, number>();
  const accounts: Account[] = [];
  const numberOf = (chain: string, address: string | null, asset: string): number => {
    if (address === null) return NOBODY;
    const key = `${chain} ${address} ${asset}`;
    let number = numbers.get(key);
    if (number === undefined) {
      number = accounts.push({ chain, address, asset }) - 1;
      numbers.set(key, number);
    }
    return number;
  };
  const from = new Int32Array(transfers.length);
  const to = new Int32Array(transfers.length);
  for (const [row, transfer] of transfers.entries()) {
    from[row] = numberOf(transfer.chain, transfer.from, transfer.asset);
    to[row] = numberOf(transfer.chain, transfer.to, transfer.asset);
  }
  const { starts, rows } = rowsByAccount(accounts.length, from, to);
  const ledgers = new Map<number, AccountLedger>();
  let byAddress: Map<string, number[]> | undefined;
  let byTransaction: Map<string, number[]> | undefined;
  const indexTransactions = () => (byTransaction ??= groupRows(transfers));
  // Where every row says its place in the chain, the rows of a transaction stand together, and no index is needed.
  const isPlaced = transfers.every(({ block, tx_index }) => block !== null && tx_index !== null);

  const table: TransferTable = {
    transfers,
    accounts,
    from,
    to,
    rowsOf: (account) => rows.subarray(starts[account]!, starts[account + 1]!),
    ledger(account, lots) {
      if (lots && lots.length > 0) return buildLedger(table, account, lots);
      const known = ledgers.get(account) ?? buildLedger(table, account);
      ledgers.set(account, known);
      return known;
    },
    accountsOf(address, chain) {
      byAddress ??= groupAccounts(accounts);
      const all = byAddress.get(address) ?? [];
      return chain === undefined ? all : all.filter((account) => accounts[account]!.chain === chain);
    },
    transactionRows(row) {
      const { txid, chain } = transfers[row]!;
      if (txid === "") return [row];
      return isPlaced ? rowsBeside(transfers, row) : indexTransactions().get(`${chain} ${txid}`)!;
    },
    rowsOfTransaction(txid) {
      const chains = new Set(accounts.map((account) => account.chain));
      return [...chains].flatMap((chain) => indexTransactions().get(`${chain} ${txid}`) ?? []);
    },
  };
  return table;
}

/** Counting sort: the rows of all accounts behind each other, `starts[n]` to `starts[n + 1]` those of account n. */
function rowsByAccount(count: number, from: Int32Array, to: Int32Array): { starts: Int32Array; rows: Int32Array } {
  const starts = new Int32Array(count + 1);
  const isOwn = (row: number) => from[row] === to[row];
  for (let row = 0; row < from.length; row++) {
    if (from[row] !== NOBODY) starts[from[row]! + 1]!++;
    if (to[row] !== NOBODY && !isOwn(row)) starts[to[row]! + 1]!++;
  }
  for (let account = 0; account < count; account++) starts[account + 1]! += starts[account]!;
  const rows = new Int32Array(starts[count]!);
  const next = starts.slice();
  for (let row = 0; row < from.length; row++) {
    if (from[row] !== NOBODY) rows[next[from[row]!]!++] = row;
    if (to[row] !== NOBODY && !isOwn(row)) rows[next[to[row]!]!++] = row;
  }
  assert.ok(count === 0 || next[count - 1] === starts[count]);
  return { starts, rows };
}

function rowsBeside(transfers: readonly Transfer[], row: number): number[] {
  const { txid, chain } = transfers[row]!;
  const isSame = (other: Transfer | undefined) => other !== undefined && other.txid === txid && other.chain === chain;
  let first = row;
  while (isSame(transfers[first - 1])) first--;
  const rows: number[] = [];
  for (let at = first; isSame(transfers[at]); at++) rows.push(at);
  return rows;
}

function groupAccounts(accounts: readonly Account[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const [number, { address }] of accounts.entries()) {
    const group = groups.get(address);
    if (group) group.push(number);
    else groups.set(address, [number]);
  }
  return groups;
}

function groupRows(transfers: readonly Transfer[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const [row, { chain, txid }] of transfers.entries()) {
    if (txid === "") continue;
    const key = `${chain} ${txid}`;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}
