// Transfers in their order, accounts by number, and the ledger of one account when it is first asked for.
// An account is (chain, address, asset): amounts of two assets are never added, and the same string on two chains
// is two addresses.
import assert from "node:assert/strict";
import { groupEvents, splitAmounts, withLots, type AccountEvents, type ExtraLot } from "./account-events.ts";
import { followMessages } from "./bridge-messages.ts";
import { AccountLedger } from "./account-ledger.ts";
import { ALONE, amountAt, FEE, NOBODY, type RowAmounts } from "./columns/row-columns.ts";
import { LimbSums, WideSums } from "./running-sums.ts";
import { compareTransfers, transferName, type Transfer } from "./transfer.ts";

export { NOBODY } from "./columns/row-columns.ts";
export type Account = { chain: string; address: string; asset: string };

export type TransferTable = TableRows & {
  /** What a row moves. */
  amount(row: number): bigint;
  /** The rows in which an account gives or takes, in order. */
  rowsOf(account: number): Int32Array;
  /** Kept for accounts without extra lots, made anew otherwise. */
  ledger(account: number, lots?: readonly ExtraLot[]): AccountLedger;
  isFee(row: number): boolean;
  /** Does the row stand alone in its transaction, as far as that is known without a search? */
  isAlone(row: number): boolean;
};

/** Rows and accounts, whatever holds them: transfers as they were read, or columns (columns/column-table.ts). */
export type TableRows = {
  /** How many rows there are. A row's number is its place in their order. */
  count: number;
  account_count: number;
  transfer(row: number): Transfer;
  /** How a row is named in steps and results. */
  nameOf(row: number): string;
  account(number: number): Account;
  /** Parts of it, for whoever asks for one of very many. */
  addressOf(account: number): string;
  assetOf(account: number): string;
  chainOf(account: number): string;
  /** All of them: made when first asked for, so whoever wants a few asks for them by number. */
  readonly transfers: readonly Transfer[];
  readonly accounts: readonly Account[];
  /** Account numbers; NOBODY where a side is missing. */
  from: Int32Array;
  to: Int32Array;
  amounts: RowAmounts;
  marks: Uint8Array;
  /** All accounts of an address, one for each asset (and chain, unless it is given). */
  accountsOf(address: string, chain?: string): readonly number[];
  /** The row by which what crosses a bridge in this row arrives on another chain, or NOBODY: a message says so on both. */
  arrivalOf(row: number): number;
  /** How many such pairs there are, and what kept others from being followed. */
  messages: { count: number; notes: readonly string[] };
  /** Rows of the same transaction, in order; only the row itself where the source has no txid. */
  transactionRows(row: number): readonly number[];
  /** Rows of a transaction by its id. */
  rowsOfTransaction(txid: string): readonly number[];
};

export const buildTransferTable = (input: readonly Transfer[]): TransferTable => tableOver(rowsOfTransfers(input));

export function tableOver(rows: TableRows): TransferTable {
  const { from, to, amounts, marks, account_count } = rows;
  let ledgers: Ledgers | undefined;
  let byAccount: ReturnType<typeof rowsByAccount> | undefined;
  const openLedgers = () => (ledgers ??= ledgersOver(groupEvents(rows)));
  return Object.assign(rows, {
    amount: (row: number) => amountAt(amounts, row),
    rowsOf(account: number) {
      const { starts, rows: all } = (byAccount ??= rowsByAccount(account_count, from, to));
      return all.subarray(starts[account]!, starts[account + 1]!);
    },
    ledger: (account: number, lots?: readonly ExtraLot[]) => openLedgers()(account, lots),
    isFee: (row: number) => (marks[row]! & FEE) !== 0,
    isAlone: (row: number) => (marks[row]! & ALONE) !== 0,
  });
}

function rowsOfTransfers(input: readonly Transfer[]): TableRows {
  const { transfers, arrivals, notes } = followMessages([...input].sort(compareTransfers));
  const accounts: Account[] = [];
  // By chain and asset first: a key of all three would be a new text for each side of each row.
  const numbers = new Map<string, Map<string, Map<string, number>>>();
  let known = { chain: "", asset: "", numbers: new Map<string, number>() };
  const numberOf = (chain: string, address: string | null, asset: string): number => {
    if (address === null) return NOBODY;
    if (known.chain !== chain || known.asset !== asset || accounts.length === 0) known = { chain, asset, numbers: numbersOf(numbers, chain, asset) };
    let number = known.numbers.get(address);
    if (number === undefined) {
      number = accounts.push({ chain, address, asset }) - 1;
      known.numbers.set(address, number);
    }
    return number;
  };
  const from = new Int32Array(transfers.length);
  const to = new Int32Array(transfers.length);
  // Where every row of a chain says its place there, the rows of a transaction stand together, and no index is needed.
  // Chains that are put together by time may stand between them.
  const unplaced = new Set<string>();
  for (const { chain, block, tx_index } of transfers) if (arrivals.size > 0 || block === null || tx_index === null) unplaced.add(chain);
  const isPlaced = ({ chain }: Transfer) => unplaced.size === 0 || !unplaced.has(chain);
  const marks = new Uint8Array(transfers.length);
  for (const [row, transfer] of transfers.entries()) {
    from[row] = numberOf(transfer.chain, transfer.from, transfer.asset);
    to[row] = numberOf(transfer.chain, transfer.to, transfer.asset);
    if (transfer.kind === "fee") marks[row]! |= FEE;
    if (transfer.txid === "" || (isPlaced(transfer) && !isSameTransaction(transfer, transfers[row - 1]) && !isSameTransaction(transfer, transfers[row + 1]))) marks[row]! |= ALONE;
  }
  let byAddress: Map<string, number[]> | undefined;
  let byTransaction: Map<string, Map<string, number[]>> | undefined;
  let firstRows: Map<string, Map<string, number>> | undefined | null;
  const indexTransactions = () => (byTransaction ??= groupRows(transfers));
  const indexFirstRows = () => (firstRows === undefined ? (firstRows = unplaced.size === 0 ? firstRowsOf(transfers) : null) : firstRows);
  return {
    count: transfers.length,
    account_count: accounts.length,
    transfer: (row) => transfers[row]!,
    nameOf: (row) => transferName(transfers[row]!),
    account: (number) => accounts[number]!,
    addressOf: (account) => accounts[account]!.address,
    assetOf: (account) => accounts[account]!.asset,
    chainOf: (account) => accounts[account]!.chain,
    transfers,
    accounts,
    from,
    to,
    amounts: splitAmounts(transfers.values().map(({ amount }) => amount), transfers.length),
    marks,
    accountsOf(address, chain) {
      byAddress ??= groupAccounts(accounts);
      const all = byAddress.get(address) ?? [];
      return chain === undefined ? all : all.filter((account) => accounts[account]!.chain === chain);
    },
    arrivalOf: (row) => arrivals.get(row) ?? NOBODY,
    messages: { count: arrivals.size, notes },
    transactionRows(row) {
      if ((marks[row]! & ALONE) !== 0) return [row];
      const { txid, chain } = transfers[row]!;
      return isPlaced(transfers[row]!) ? rowsBeside(transfers, row) : indexTransactions().get(chain)!.get(txid)!;
    },
    rowsOfTransaction(txid) {
      const first = indexFirstRows();
      if (!first) return [...indexTransactions().values()].flatMap((own) => own.get(txid) ?? []);
      return [...first.values()].flatMap((own) => (own.has(txid) ? rowsBeside(transfers, own.get(txid)!) : []));
    },
  };
}

function numbersOf(numbers: Map<string, Map<string, Map<string, number>>>, chain: string, asset: string): Map<string, number> {
  const ofChain = numbers.get(chain) ?? new Map<string, Map<string, number>>();
  const ofAsset = ofChain.get(asset) ?? new Map<string, number>();
  numbers.set(chain, ofChain);
  ofChain.set(asset, ofAsset);
  return ofAsset;
}

type Ledgers = TransferTable["ledger"];

function ledgersOver(events: AccountEvents & { starts: Int32Array }): Ledgers {
  const { starts, moves } = events;
  const sums = new LimbSums(moves.length);
  const openSums = (first: number, end: number) => (sums.fill(events, first, end) ? sums : new WideSums(events, first, end));
  const ledgers = new Array<AccountLedger | undefined>(starts.length - 1);
  return (account, lots = []) => {
    const [first, end] = [starts[account]!, starts[account + 1]!];
    if (lots.length > 0) {
      const own = withLots(events, first, end, lots);
      return new AccountLedger(account, own, (own_first, own_end) => new WideSums(own, own_first, own_end), 0, own.moves.length);
    }
    return (ledgers[account] ??= new AccountLedger(account, events, openSums, first, end));
  };
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

const isSameTransaction = (a: Transfer, b: Transfer | undefined): boolean => b !== undefined && a.txid === b.txid && a.chain === b.chain;

function rowsBeside(transfers: readonly Transfer[], row: number): number[] {
  const own = transfers[row]!;
  let first = row;
  while (isSameTransaction(own, transfers[first - 1])) first--;
  const rows: number[] = [];
  for (let at = first; isSameTransaction(own, transfers[at]); at++) rows.push(at);
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

/** By chain, then by transaction. */
function groupRows(transfers: readonly Transfer[]): Map<string, Map<string, number[]>> {
  const chains = new Map<string, Map<string, number[]>>();
  for (const [row, { chain, txid }] of transfers.entries()) {
    if (txid === "") continue;
    const own = chains.get(chain) ?? chains.set(chain, new Map()).get(chain)!;
    const group = own.get(txid);
    if (group) group.push(row);
    else own.set(txid, [row]);
  }
  return chains;
}

/** The same where rows of a transaction stand together: the first of them says where. Null where one is torn apart. */
function firstRowsOf(transfers: readonly Transfer[]): Map<string, Map<string, number>> | null {
  const chains = new Map<string, Map<string, number>>();
  for (const [row, { chain, txid }] of transfers.entries()) {
    if (txid === "") continue;
    const own = chains.get(chain) ?? chains.set(chain, new Map()).get(chain)!;
    if (!own.has(txid)) own.set(txid, row);
    else if (!isSameTransaction(transfers[row]!, transfers[row - 1])) return null;
  }
  return chains;
}
