// Sets of transfers, read and indexed for answers: accounts in one table, transactions with outputs in one graph a chain.
// What is dear to make (clusters, who pays whom) is made when first asked for.
import { nativeAsset } from "../chains/chains.ts";
import type { NewsroomReader } from "../newsroom.ts";
import {
  buildUtxoGraph,
  clusterBySpending,
  flows,
  readApart,
  relations,
  type Clusters,
  type NodeFlow,
  type ReadTransferSets,
  type Relation,
  type TransferTable,
  type UtxoGraph,
  type UtxoTransaction,
} from "../tracing/tracing.ts";

export type LedgerData = {
  sets: { name: string; seq: number; row_count: number }[];
  table: TransferTable;
  /** By chain (CAIP-2, or "" where the source names none). */
  graphs: ReadonlyMap<string, ChainGraph>;
  /** Addresses of accounts of a chain, in the order in which its transfers first show them. */
  accounts(chain: string): AccountNumbers;
};

export type AccountNumbers = { addresses: readonly string[]; numberOf(address: string): number | undefined; rowsOf(number: number): readonly number[] };

export type ChainGraph = {
  chain: string;
  graph: UtxoGraph;
  clusters(): Clusters;
  /** Payments by address, or by cluster. */
  nodes(by: "address" | "entity"): NodeGraph;
};

export type NodeGraph = {
  flowsOf(node: number): readonly NodeFlow[];
  /** Relations into, and out of, a node. */
  into(node: number): readonly Relation[];
  out(node: number): readonly Relation[];
  relation_count: number;
  node_count: number;
};

export const isNative = (asset: string, chain: string): boolean => asset === "native" || asset === nativeAsset(chain);

/**
 * Sets that contradict each other, or that cannot be put in one order, are apart: each part is read by itself, and what two
 * of them say of an address is never added up. Usually there is one part; none where there are no sets.
 */
export async function readLedger(newsroom: NewsroomReader, seqs: readonly number[]): Promise<LedgerData[]> {
  return (await readApart(newsroom, seqs)).map(index);
}

function index(read: ReadTransferSets): LedgerData {
  const table = read.table();
  const byChain = Map.groupBy<string, UtxoTransaction>(read.transactions, ({ chain }) => chain);
  const numbered = new Map<string, AccountNumbers>();
  return {
    sets: read.sets.map(({ name, seq, row_count }) => ({ name, seq, row_count })),
    table,
    graphs: new Map([...byChain].map(([chain, own]) => [chain, chainGraph(chain, buildUtxoGraph(own))])),
    accounts(chain) {
      const known = numbered.get(chain) ?? numberAccounts(table, chain);
      numbered.set(chain, known);
      return known;
    },
  };
}

function chainGraph(chain: string, graph: UtxoGraph): ChainGraph {
  let clusters: Clusters | undefined;
  const nodes = new Map<string, NodeGraph>();
  const own: ChainGraph = {
    chain,
    graph,
    clusters: () => (clusters ??= clusterBySpending(graph)),
    nodes(by) {
      const known = nodes.get(by) ?? nodeGraph(own, by);
      nodes.set(by, known);
      return known;
    },
  };
  return own;
}

function nodeGraph({ graph, clusters }: ChainGraph, by: "address" | "entity"): NodeGraph {
  const { numbers, ids } = clusters();
  const nodeOf = by === "address" ? (address: number) => address : (address: number) => ids[address]!;
  const all = relations(graph, numbers, nodeOf);
  const into = Map.groupBy(all, ({ to }) => to);
  const out = Map.groupBy(all, ({ from }) => from);
  const own = Map.groupBy(flows(graph, numbers, nodeOf), ({ node }) => node);
  return {
    flowsOf: (node) => own.get(node) ?? [],
    into: (node) => into.get(node) ?? [],
    out: (node) => out.get(node) ?? [],
    relation_count: all.length,
    node_count: by === "address" ? numbers.addresses.length : new Set(ids).size,
  };
}

function numberAccounts(table: TransferTable, chain: string): AccountNumbers {
  const numbers = new Map<string, number>();
  const addresses: string[] = [];
  const rows: number[][] = [];
  const add = (address: string | null, row: number) => {
    if (address === null) return;
    let number = numbers.get(address);
    if (number === undefined) {
      number = addresses.push(address) - 1;
      numbers.set(address, number);
      rows.push([]);
    }
    if (rows[number]!.at(-1) !== row) rows[number]!.push(row);
  };
  for (const [row, transfer] of table.transfers.entries()) {
    if (transfer.chain !== chain) continue;
    add(transfer.from, row);
    add(transfer.to, row);
  }
  return { addresses, numberOf: (address) => numbers.get(address), rowsOf: (number) => rows[number] ?? [] };
}
