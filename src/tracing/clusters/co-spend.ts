// Clusters by co-spending: addresses whose coins one transaction spends together are of one owner (Nakamoto 2008, §10).
// Left out by gates: transactions shaped like those of several owners, and inputs with several addresses. A cluster is
// named after its least address number; why two addresses are together is a path of transactions.
import { NO_ADDRESS, numberAddresses, type AddressNumbers } from "./address-numbers.ts";
import { SHAPES, SHARED_SHAPES, shapeIn, type ShapeName } from "./shapes.ts";
import { createUnionFind } from "./union-find.ts";
import type { UtxoGraph } from "../utxo-graph.ts";

export type Gate = { gate: ShapeName | "multisig"; why: string };

/** `transaction` spent coins of `from` and of `to` together. Numbers of addresses. */
export type Join = { from: number; to: number; transaction: number };

export type Clusters = {
  graph: UtxoGraph;
  numbers: AddressNumbers;
  /** For each address number the least of its cluster. */
  ids: Int32Array;
  /** Address numbers of a cluster, rising; empty where `id` is none. */
  members(id: number): Int32Array;
  /** Transactions that would have joined addresses and were left out. */
  skipped: ReadonlyMap<number, Gate>;
  /** Transactions with inputs of several addresses each (bare multisig): those inputs were left out. */
  multisig: readonly number[];
  /** A shortest path of joins; undefined where the two are not together, empty where they are the same. */
  why(a: number, b: number): Join[] | undefined;
  /** The joins by which every member is reached from the first: one fewer than there are members. */
  joins(id: number): Join[];
};

export type ClusterOptions = {
  /** Transactions to leave out; by default those of a shared shape. */
  gate?: (graph: UtxoGraph, transaction: number) => Gate | undefined;
};

/** Leaves out what is shaped like a CoinJoin and, by their ids, known PayJoins; with `strict` perhaps-PayJoins as well. */
export function shapeGate({ payjoins, strict = false }: { payjoins?: ReadonlySet<string>; strict?: boolean } = {}): NonNullable<ClusterOptions["gate"]> {
  return (graph, transaction) => {
    const found = shapeIn(graph, transaction, { payjoins });
    if (!found || !(SHARED_SHAPES.has(found.shape) || (strict && found.shape === "possible_payjoin"))) return undefined;
    return { gate: found.shape, why: `${SHAPES[found.shape]}: ${found.why}` };
  };
}

export function clusterBySpending(graph: UtxoGraph, { gate = shapeGate() }: ClusterOptions = {}): Clusters {
  const numbers = numberAddresses(graph);
  const count = numbers.addresses.length;
  const sets = createUnionFind(count);
  const skipped = new Map<number, Gate>();
  const multisig: number[] = [];
  /** Distinct payers of each transaction that joins some, behind each other. */
  const joining: { transaction: number; payers: number[] }[] = [];
  for (let transaction = 0; transaction < graph.transactions.length; transaction++) {
    const inputs = numbers.ofInputs(transaction);
    if (graph.transactions[transaction]!.inputs.some(({ addresses }) => addresses.length > 1)) multisig.push(transaction);
    const payers = [...new Set(inputs)].filter((address) => address !== NO_ADDRESS);
    if (payers.length < 2) continue;
    const left_out = gate(graph, transaction);
    if (left_out) {
      skipped.set(transaction, left_out);
      continue;
    }
    for (const other of payers.slice(1)) sets.union(payers[0]!, other);
    joining.push({ transaction, payers });
  }
  const ids = new Int32Array(count);
  for (let address = 0; address < count; address++) ids[address] = sets.find(address);

  let byId: ReturnType<typeof groupByValue> | undefined;
  const members = (id: number): Int32Array => {
    if (ids[id] !== id) return new Int32Array();
    byId ??= groupByValue(ids);
    return byId(id);
  };
  let byAddress: Map<number, number[]> | undefined;

  /** Breadth first over addresses and the transactions that join them; stops once `wanted` is reached. */
  const reach = (start: number, wanted?: number): Map<number, Join> => {
    byAddress ??= groupJoining(joining);
    const reached = new Map<number, Join>();
    const used = new Set<number>();
    const queue = [start];
    for (let head = 0; head < queue.length; head++) {
      const from = queue[head]!;
      for (const at of byAddress.get(from) ?? []) {
        if (used.has(at)) continue;
        used.add(at);
        const { transaction, payers } = joining[at]!;
        for (const to of payers) {
          if (to === start || reached.has(to)) continue;
          reached.set(to, { from, to, transaction });
          queue.push(to);
          if (to === wanted) return reached;
        }
      }
    }
    return reached;
  };

  return {
    graph,
    numbers,
    ids,
    members,
    skipped,
    multisig,
    why(a, b) {
      if (ids[a] !== ids[b]) return undefined;
      if (a === b) return [];
      const reached = reach(a, b);
      const path: Join[] = [];
      for (let join = reached.get(b); join; join = reached.get(join.from)) path.unshift(join);
      return path;
    },
    joins: (id) => [...reach(id).values()],
  };
}

function groupJoining(joining: readonly { payers: readonly number[] }[]): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (const [at, { payers }] of joining.entries())
    for (const address of payers) {
      const group = groups.get(address);
      if (group) group.push(at);
      else groups.set(address, [at]);
    }
  return groups;
}

/** Counting sort: the places of each value, rising. */
function groupByValue(values: Int32Array): (value: number) => Int32Array {
  const starts = new Int32Array(values.length + 1);
  for (const value of values) starts[value + 1]!++;
  for (let value = 0; value < values.length; value++) starts[value + 1]! += starts[value]!;
  const places = new Int32Array(values.length);
  const next = starts.slice();
  for (let place = 0; place < values.length; place++) places[next[values[place]!]!++] = place;
  return (value) => places.subarray(starts[value], starts[value + 1]);
}
