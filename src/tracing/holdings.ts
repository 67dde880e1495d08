// What the transfers say of one address, and of one transaction: balances as far as they are known, what came and went.
import { isExternal, type Transfer, type UtxoInput } from "./transfer.ts";
import type { TransferTable } from "./transfer-table.ts";
import type { UtxoGraph } from "./utxo-graph.ts";

export type Holding = {
  chain: string;
  asset: string;
  /** From and to others: what it pays itself is neither. */
  received: bigint;
  sent: bigint;
  /** At the end of the data, as far as it shows. */
  balance: bigint;
  /** Sent beyond what the data shows to have come: transfers are missing. */
  unexplained: bigint;
  transfer_count: number;
  first: string | null;
  last: string | null;
};

export function holdingsOf(table: TransferTable, address: string): Holding[] {
  return table.accountsOf(address).map((account) => {
    const { chain, asset } = table.account(account);
    const ledger = table.ledger(account);
    let unexplained = 0n;
    for (let at = ledger.first; at < ledger.end; at++) unexplained += ledger.unknown(at);
    const sent = ledger.debited(ledger.end);
    const rows = table.rowsOf(account);
    return {
      chain,
      asset,
      // What was not seen to come, but was sent, did not come by these rows.
      received: sent + ledger.final - unexplained,
      sent,
      balance: ledger.final,
      unexplained,
      transfer_count: rows.length,
      first: table.transfers[rows[0]!]?.time ?? null,
      last: table.transfers[rows.at(-1)!]?.time ?? null,
    };
  });
}

/** Rows of all accounts of an address, newest first. */
export function transfersOf(table: TransferTable, address: string): Transfer[] {
  const rows = new Set(table.accountsOf(address).flatMap((account) => [...table.rowsOf(account)]));
  return [...rows].sort((a, b) => b - a).map((row) => table.transfer(row));
}

export type OutputHolding = {
  chain: string;
  received: bigint;
  sent: bigint;
  balance: bigint;
  outputs: { txid: string; vout: number; value: bigint; time: string | null; block: number | null; spent_in: string | null }[];
};

export function outputsHeld(graph: UtxoGraph, address: string): OutputHolding | undefined {
  const found = graph.outputsOf(address);
  if (found.length === 0) return undefined;
  const outputs = found.map(({ transaction, vout }) => {
    const { txid, time, block, outputs: own } = graph.transactions[transaction]!;
    const spender = graph.spender(transaction, vout);
    return { txid, vout, value: own[vout]!.value, time, block, spent_in: spender === undefined ? null : graph.transactions[spender]!.txid };
  });
  const sum = (spent: boolean) => outputs.reduce((total, one) => ((one.spent_in !== null) === spent ? total + one.value : total), 0n);
  return { chain: graph.transactions[found[0]!.transaction]!.chain, received: sum(true) + sum(false), sent: sum(true), balance: sum(false), outputs };
}

/** Transfers of a transaction between accounts, in order. */
export const transfersIn = (table: TransferTable, txid: string): Transfer[] => table.rowsOfTransaction(txid).map((row) => table.transfer(row));

/** Whose an input was: as the source says, else as the transaction says that made it. */
export function payersOf(graph: UtxoGraph, input: UtxoInput): readonly string[] {
  if (input.addresses.length > 0 || isExternal(input)) return input.addresses;
  const maker = graph.numberOf(input.txid);
  const address = maker === undefined ? null : graph.transactions[maker]!.outputs[input.vout]?.address;
  return address ? [address] : [];
}

export type TransactionSides = {
  chain: string;
  time: string | null;
  block: number | null;
  /** `txid` of the transaction whose output it is; null for money from outside the data. */
  inputs: { from: string; txid: string | null; address: string | null; value: bigint | null }[];
  outputs: { address: string | null; value: bigint; spent_in: string | null }[];
  /** What the outputs leave of the inputs; null where an input's value is not known. */
  fee: bigint | null;
};

export function sidesOf(graph: UtxoGraph, txid: string): TransactionSides | undefined {
  const number = graph.numberOf(txid);
  if (number === undefined) return undefined;
  const { chain, time, block, inputs, outputs } = graph.transactions[number]!;
  const values = graph.inputValues(number);
  const paid = outputs.reduce((sum, { value }) => sum + value, 0n);
  const taken = values.includes(null) ? null : (values as bigint[]).reduce((sum, value) => sum + value, 0n);
  return {
    chain,
    time,
    block,
    inputs: inputs.map((input, at) => ({ from: isExternal(input) ? "outside the data" : `${input.txid}:${input.vout}`, txid: isExternal(input) ? null : input.txid, address: payersOf(graph, input)[0] ?? null, value: values[at]! })),
    outputs: outputs.map(({ address, value }, vout) => {
      const spender = graph.spender(number, vout);
      return { address, value, spent_in: spender === undefined ? null : graph.transactions[spender]!.txid };
    }),
    fee: taken === null ? null : taken - paid,
  };
}

