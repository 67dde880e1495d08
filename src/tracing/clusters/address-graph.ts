// Who pays whom, as a graph of addresses or of clusters, and their totals: what GraphSense shows, by its rules. Within a
// transaction each address's payments to itself are netted first; a payer's part of an output is in proportion to what it
// put in, rounded to whole units, and so an estimate: no output says which input it came from.
import { NO_ADDRESS, type AddressNumbers } from "./address-numbers.ts";
import type { UtxoGraph } from "../utxo-graph.ts";

/** What one transaction takes from (negative) or brings to an address or cluster, after netting. */
export type Flow = { transaction: number; node: number; value: bigint };

export type Relation = { from: number; to: number; value: bigint; transactions: number };

/** `nodeOf` folds address numbers into nodes: the identity for addresses, cluster ids for clusters. */
export type NodeOf = (address: number) => number;

type Netted = { paid: Map<number, bigint>; got: Map<number, bigint>; total: bigint };

/** Sums by node; values of inputs that are not known count as nothing. `total` includes inputs of several addresses. */
function net(graph: UtxoGraph, numbers: AddressNumbers, nodeOf: NodeOf, transaction: number): Netted {
  const paid = new Map<number, bigint>();
  const got = new Map<number, bigint>();
  let total = 0n;
  const values = graph.inputValues(transaction);
  const add = (sums: Map<number, bigint>, node: number, value: bigint) => void sums.set(node, (sums.get(node) ?? 0n) + value);
  for (const [at, address] of numbers.ofInputs(transaction).entries()) {
    const value = values[at] ?? 0n;
    total += value;
    if (address !== NO_ADDRESS) add(paid, nodeOf(address), value);
  }
  for (const [vout, address] of numbers.ofOutputs(transaction).entries())
    if (address !== NO_ADDRESS) add(got, nodeOf(address), graph.transactions[transaction]!.outputs[vout]!.value);
  for (const [node, own] of [...paid]) {
    const back = got.get(node);
    if (back === undefined) continue;
    const kept = own < back ? own : back;
    total -= kept;
    if (own === kept) paid.delete(node);
    else paid.set(node, own - kept);
    if (back === kept) got.delete(node);
    else got.set(node, back - kept);
  }
  return { paid, got, total };
}

export function* flows(graph: UtxoGraph, numbers: AddressNumbers, nodeOf: NodeOf = (address) => address): Generator<Flow> {
  for (let transaction = 0; transaction < graph.transactions.length; transaction++) {
    const { paid, got } = net(graph, numbers, nodeOf, transaction);
    for (const [node, value] of paid) yield { transaction, node, value: -value };
    for (const [node, value] of got) yield { transaction, node, value };
  }
}

/** One transaction's estimated payments between addresses. */
export function payments(graph: UtxoGraph, numbers: AddressNumbers, transaction: number): { from: number; to: number; value: bigint }[] {
  const { paid, got, total } = net(graph, numbers, (address) => address, transaction);
  if (total <= 0n) return [];
  return [...paid].flatMap(([from, part]) => [...got].map(([to, value]) => ({ from, to, value: (2n * part * value + total) / (2n * total) })));
}

/** Sums over all transactions; between nodes other than themselves. */
export function relations(graph: UtxoGraph, numbers: AddressNumbers, nodeOf: NodeOf = (address) => address): Relation[] {
  const sums = new Map<string, Relation>();
  for (let transaction = 0; transaction < graph.transactions.length; transaction++) {
    const own = new Map<string, { from: number; to: number; value: bigint }>();
    for (const { from, to, value } of payments(graph, numbers, transaction)) {
      const [a, b] = [nodeOf(from), nodeOf(to)];
      if (a === b) continue;
      const key = `${a} ${b}`;
      own.set(key, { from: a, to: b, value: (own.get(key)?.value ?? 0n) + value });
    }
    for (const [key, { from, to, value }] of own) {
      const known = sums.get(key);
      if (known) {
        known.value += value;
        known.transactions++;
      } else sums.set(key, { from, to, value, transactions: 1 });
    }
  }
  return [...sums.values()];
}

export type NodeTotals = {
  node: number;
  first: number;
  last: number;
  received: bigint;
  spent: bigint;
  incoming: number;
  outgoing: number;
};

export function totalsOf(all: Iterable<Flow>): Map<number, NodeTotals> {
  const totals = new Map<number, NodeTotals>();
  for (const { transaction, node, value } of all) {
    const known = totals.get(node) ?? { node, first: transaction, last: transaction, received: 0n, spent: 0n, incoming: 0, outgoing: 0 };
    totals.set(node, known);
    known.last = transaction;
    if (value < 0n) {
      known.spent -= value;
      known.outgoing++;
    } else {
      known.received += value;
      known.incoming++;
    }
  }
  return totals;
}

/** How many others a node pays and is paid by. */
export function degrees(all: readonly Relation[]): { into: Map<number, number>; out: Map<number, number> } {
  const into = new Map<number, number>();
  const out = new Map<number, number>();
  for (const { from, to } of all) {
    into.set(to, (into.get(to) ?? 0) + 1);
    out.set(from, (out.get(from) ?? 0) + 1);
  }
  return { into, out };
}
