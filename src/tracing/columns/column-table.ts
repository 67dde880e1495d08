// A table of transfers over the columns of one set, or of several sets of one chain each: nothing is made for a row, or for
// an account, before somebody asks for it by number.
import assert from "node:assert/strict";
import type { Account, TableRows } from "../transfer-table.ts";
import { ALONE, nameAt, NOBODY, transferAt, type RowColumns } from "./row-columns.ts";
import type { Transfer } from "../transfer.ts";

/** The columns of a set, by the name that its rows bear. */
export type NamedColumns = { name: string; columns: RowColumns };

/** Several parts have one chain each, each another, and stand in the order of their chains: behind each other they are one order, as rows are. */
export function rowsOfColumns(parts: readonly NamedColumns[]): TableRows {
  assert.ok(parts.length > 0);
  const own = placeParts(parts);
  const last = own.at(-1)!;
  const [count, account_count] = [last.first_row + last.columns.count, last.first_account + last.columns.account_count];
  const { from, to, limbs, wide, marks } = own.length === 1 ? last.columns.traced : joined(own, count);
  const addresses = new Array<string | undefined>(account_count);
  let [allTransfers, allAccounts]: [Transfer[]?, Account[]?] = [];
  const partOfRow = (row: number) => own.length === 1 ? last : own.findLast(({ first_row }) => first_row <= row)!;
  const partOfAccount = (account: number) => own.length === 1 ? last : own.findLast(({ first_account }) => first_account <= account)!;

  const assetOf = (account: number) => {
    const { columns, first_account } = partOfAccount(account);
    return columns.assets[columns.accounts.asset_of[account - first_account]!]!;
  };

  const rows: TableRows = {
    count,
    account_count,
    transfer(row) {
      const { columns, name, first_row } = partOfRow(row);
      return transferAt(columns, row - first_row, nameIn(name, row - first_row));
    },
    nameOf(row) {
      const { columns, name, first_row } = partOfRow(row);
      return nameAt(columns, row - first_row, nameIn(name, row - first_row));
    },
    account: (number) => ({ ...assetOf(number), address: rows.addressOf(number) }),
    assetOf: (account) => assetOf(account).asset,
    chainOf: (account) => assetOf(account).chain,
    addressOf(account) {
      let address = addresses[account];
      if (address === undefined) {
        const { columns, first_account } = partOfAccount(account);
        const own = columns.accounts;
        addresses[account] = address = own.addresses.at(own.address_of[account - first_account]!);
      }
      return address;
    },
    get transfers() {
      return (allTransfers ??= Array.from({ length: count }, (_, row) => rows.transfer(row)));
    },
    get accounts() {
      return (allAccounts ??= Array.from({ length: account_count }, (_, number) => rows.account(number)));
    },
    from,
    to,
    amounts: { limbs, wide },
    marks,
    accountsOf(address, chain) {
      const all = own.flatMap((part) => part.accountsOf(address).map((account) => part.first_account + account));
      return chain === undefined ? all : all.filter((account) => assetOf(account).chain === chain);
    },
    arrivalOf: () => NOBODY,
    messages: { count: 0, notes: [] },
    transactionRows(row) {
      if ((marks[row]! & ALONE) !== 0) return [row];
      const part = partOfRow(row);
      const own = row - part.first_row;
      const { txid_of } = part.columns.names;
      const isSame = (other: number) => txid_of[other] === txid_of[own] && part.chainAt(other) === part.chainAt(own);
      const together = !part.columns.unplaced.includes(part.chainAt(own)) ? rowsBeside(own, part.columns.count, isSame) : part.rowsOfTransaction(txid_of[own]!).filter(isSame);
      return together.map((other) => part.first_row + other);
    },
    rowsOfTransaction(txid) {
      if (txid === "") return [];
      return own.flatMap((part) => {
        const number = part.columns.names.txids.find(txid);
        return number < 0 ? [] : part.rowsOfTransaction(number).map((row) => part.first_row + row);
      });
    },
  };
  return rows;
}

const nameIn = (set: string, row: number): string => `${set}:${row + 1}`;

function rowsBeside(row: number, count: number, isSame: (other: number) => boolean): number[] {
  let first = row;
  while (first > 0 && isSame(first - 1)) first--;
  return rowsFrom(first, count, isSame);
}

function rowsFrom(first: number, count: number, isSame: (row: number) => boolean): number[] {
  const rows: number[] = [];
  for (let at = first; at < count && isSame(at); at++) rows.push(at);
  return rows;
}

function firstNotBelow(ascending: Int32Array, number: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

type Part = NamedColumns & { first_row: number; first_account: number; chainAt(row: number): string; accountsOf(address: string): number[]; rowsOfTransaction(txid: number): number[] };

function placeParts(parts: readonly NamedColumns[]): Part[] {
  let [first_row, first_account] = [0, 0];
  return parts.map(({ name, columns }) => {
    let byAddress: Groups | undefined;
    let byTransaction: Groups | undefined;
    const part: Part = {
      name,
      columns,
      first_row,
      first_account,
      chainAt(row) {
        const { from, to } = columns.traced;
        return columns.assets[columns.accounts.asset_of[from[row] === NOBODY ? to[row]! : from[row]!]!]!.chain;
      },
      accountsOf(address) {
        const { addresses, address_of } = columns.accounts;
        const number = addresses.find(address);
        if (number < 0) return [];
        // Of one asset, accounts are numbered as addresses are: both when a row first shows them.
        return columns.assets.length === 1 ? [number] : membersOf((byAddress ??= group(address_of, addresses.count)), number);
      },
      rowsOfTransaction(txid) {
        const { txid_of, txids } = columns.names;
        if (columns.is_grouped) return rowsFrom(firstNotBelow(txid_of, txid), columns.count, (row) => txid_of[row] === txid);
        return membersOf((byTransaction ??= group(txid_of, txids.count)), txid);
      },
    };
    first_row += columns.count;
    first_account += columns.account_count;
    return part;
  });
}

type Groups = { starts: Int32Array; members: Int32Array };

/** Counting sort: who has which number, in order. */
function group(numbers: Int32Array, count: number): Groups {
  const starts = new Int32Array(count + 1);
  for (let at = 0; at < numbers.length; at++) starts[numbers[at]! + 1]!++;
  for (let number = 0; number < count; number++) starts[number + 1]! += starts[number]!;
  const members = new Int32Array(numbers.length);
  const next = starts.slice();
  for (let at = 0; at < numbers.length; at++) members[next[numbers[at]!]!++] = at;
  return { starts, members };
}

const membersOf = ({ starts, members }: Groups, number: number): number[] => [...members.subarray(starts[number]!, starts[number + 1]!)];

function joined(parts: readonly Part[], count: number): RowColumns["traced"] {
  const [from, to, limbs, marks] = [new Int32Array(count), new Int32Array(count), new Float64Array(2 * count), new Uint8Array(count)];
  const wide = new Map<number, bigint>();
  for (const { columns, first_row, first_account } of parts) {
    const own = columns.traced;
    for (const [all, numbers] of [[from, own.from], [to, own.to]] as const)
      for (let row = 0; row < columns.count; row++) all[first_row + row] = numbers[row] === NOBODY ? NOBODY : first_account + numbers[row]!;
    limbs.set(own.limbs, 2 * first_row);
    marks.set(own.marks, first_row);
    for (const [row, amount] of own.wide) wide.set(first_row + row, amount);
  }
  return { from, to, limbs, wide, marks };
}
