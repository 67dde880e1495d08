// GraphSense's own test data: ten transactions, fifteen addresses, and what its pipeline makes of them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { corpus } from "../../../test/scale.ts";
import { degrees, flows, payments, relations, totalsOf, type NodeTotals, type Relation } from "./address-graph.ts";
import { clusterBySpending, shapeGate, type Gate } from "./co-spend.ts";
import { buildUtxoGraph } from "../utxo-graph.ts";
import type { UtxoTransaction } from "../transfer.ts";

const { path, skip } = corpus(join("vectors", "graphsense-utxo"));

type There = {
  txId: number;
  txHash: string;
  coinbase: boolean;
  coinjoin: boolean;
  blockId: number;
  timestamp: number;
  inputs: { address: string[]; value: number }[];
  outputs: { address: string[]; value: number }[];
};
/** Rows of another project's files, each with fields of its own. */
type Row = Record<string, any>;

const lines = (...name: string[]): Row[] =>
  readFileSync(join(path!, ...name), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);
const reference = (name: string) => lines("reference", `${name}.json`);

function load() {
  const there = lines("test_txs.json") as unknown as There[];
  // New coins come from an address “coinbase” there, with the number 0. Outputs here are known by who spends them only
  // through their transaction, which that file leaves out: every input states its address and value instead.
  const transactions = there.map(
    ({ txHash, blockId, txId, timestamp, coinbase, inputs, outputs }): UtxoTransaction => ({
      chain: "",
      txid: txHash,
      time: new Date(timestamp * 1_000).toISOString(),
      block: blockId,
      tx_index: txId,
      row: `test_txs:${txId}`,
      inputs: coinbase
        ? [{ external: true, value: BigInt(outputs[0]!.value), addresses: ["coinbase"] }]
        : inputs.map(({ address, value }) => ({ external: true, value: BigInt(value), addresses: address })),
      outputs: outputs.map(({ address, value }) => ({ value: BigInt(value), address: address.length === 1 ? address[0]! : null })),
    }),
  );
  const graph = buildUtxoGraph(transactions);
  const named = new Set(there.filter(({ coinjoin }) => coinjoin).map(({ txHash }) => txHash));
  const gate = (_: unknown, transaction: number): Gate | undefined =>
    named.has(graph.transactions[transaction]!.txid) ? { gate: "coinjoin", why: "the file says so" } : undefined;
  return {
    there,
    graph,
    named,
    apart: clusterBySpending(graph, { gate }),
    together: clusterBySpending(graph, { gate: () => undefined }),
    /** Their transaction numbers begin at 1. */
    id: (transaction: number) => there.findIndex(({ txHash }) => txHash === graph.transactions[transaction]!.txid) + 1,
  };
}

/** In euro and dollars at the day's rate, in cents, halves up. */
function rates() {
  const days = new Map(lines("test_exchange_rates.json").map(({ date, fiatValues }) => [date as string, fiatValues as Row]));
  return (value: bigint, time: string): number[] =>
    ["EUR", "USD"].map((currency) => Math.round((Number(value) * Number(days.get(time.slice(0, 10))![currency])) / 1e6 + 1e-9));
}
const cents = (values: readonly number[]) => values.map((value) => Math.round(value * 100));

/** Units exactly; money within a cent, since it is rounded from binary fractions there. */
function sameRows(got: readonly Row[], expected: readonly Row[], name: string): void {
  const split = (rows: readonly Row[]) =>
    rows
      .map((row) => {
        const money: number[] = [];
        const text = JSON.stringify(Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))), (key, value) => {
          if (key !== "money") return value;
          money.push(...(value as number[]));
          return undefined;
        });
        return { text, money };
      })
      .sort((a, b) => (a.text < b.text ? -1 : 1));
  const [ours, theirs] = [split(got), split(expected)];
  assert.deepEqual(ours.map(({ text }) => text), theirs.map(({ text }) => text), name);
  for (const [at, { money, text }] of ours.entries())
    for (const [place, cents] of money.entries()) assert.ok(Math.abs(cents - theirs[at]!.money[place]!) <= 1, `${name}: ${text}, ${cents} for ${theirs[at]!.money[place]}`);
}

const sortRows = (rows: Row[]) => rows.map((row) => JSON.stringify(Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))))).sort();
/** Fields that only say in which partition of a database a row lies. */
const bare = (row: Row): Row => Object.fromEntries(Object.entries(row).filter(([name]) => !/Group$|^timestamp/.test(name)));

test("clusters: 15 of 15 addresses, with CoinJoins left out and with them taken in", { skip }, () => {
  const { apart, together } = load();
  for (const [clusters, name] of [[apart, "address_cluster"], [together, "address_cluster_with_coinjoin"]] as const) {
    const rows = reference(name);
    assert.equal(rows.length, 15);
    assert.equal(clusters.ids.length, 15);
    for (const { addressId, clusterId } of rows) assert.equal(clusters.ids[addressId], clusterId, `${name} of address ${addressId}`);
  }
  const ids = new Map(reference("address_ids").map(({ address, addressId }) => [address, addressId]));
  assert.deepEqual(Object.fromEntries(apart.numbers.addresses.map((address, number) => [address, number])), Object.fromEntries(ids));
  assert.deepEqual(
    sortRows(reference("address_by_address_prefix").map(({ address, addressId }) => ({ address, addressId }))),
    sortRows([...ids].map(([address, addressId]) => ({ address, addressId }))),
  );
  // The one that its file calls a CoinJoin has no equal outputs: by shape alone it is none, and the file's word is needed.
  const shaped = clusterBySpending(load().graph, { gate: shapeGate() });
  assert.deepEqual([...shaped.ids], [...together.ids]);
});

test("relations between addresses and between clusters: 20 of 20 and 15 of 15, values and money of the day", { skip }, () => {
  const { graph, apart, id } = load();
  const fiat = rates();
  const sums = (all: readonly Relation[], nodeOf: (address: number) => number) =>
    all.map(({ from, to, value, transactions }) => {
      const parts = graph.transactions.flatMap(({ time }, transaction) =>
        payments(graph, apart.numbers, transaction)
          .filter((payment) => nodeOf(payment.from) === from && nodeOf(payment.to) === to)
          .map((payment) => fiat(payment.value, time!)),
      );
      return { from, to, value: Number(value), transactions, money: [0, 1].map((at) => parts.reduce((sum, part) => sum + part[at]!, 0)) };
    });
  const addresses = sums(relations(graph, apart.numbers), (address) => address);
  const expected = reference("address_relations");
  assert.equal(expected.length, 20);
  sameRows(
    addresses,
    expected.map(({ srcAddressId, dstAddressId, noTransactions, estimatedValue }) => ({
      from: srcAddressId,
      to: dstAddressId,
      value: estimatedValue.value,
      transactions: noTransactions,
      money: cents(estimatedValue.fiatValues),
    })),
    "address_relations",
  );
  const clusters = sums(relations(graph, apart.numbers, (address) => apart.ids[address]!), (address) => apart.ids[address]!);
  const wanted = reference("cluster_relations");
  assert.equal(wanted.length, 15);
  sameRows(
    clusters,
    wanted.map(({ srcClusterId, dstClusterId, noTransactions, estimatedValue }) => ({
      from: srcClusterId,
      to: dstClusterId,
      value: estimatedValue.value,
      transactions: noTransactions,
      money: cents(estimatedValue.fiatValues),
    })),
    "cluster_relations",
  );
  const plain = graph.transactions.flatMap((_, transaction) => {
    const own = new Map<string, Row>();
    for (const { from, to, value } of payments(graph, apart.numbers, transaction)) {
      const [srcClusterId, dstClusterId] = [apart.ids[from]!, apart.ids[to]!];
      const key = `${srcClusterId} ${dstClusterId}`;
      const before = own.get(key)?.estimatedValue ?? 0;
      own.set(key, { txId: id(transaction), srcClusterId, dstClusterId, estimatedValue: before + Number(value), blockId: graph.transactions[transaction]!.block });
    }
    return [...own.values()];
  });
  assert.deepEqual(sortRows(plain), sortRows(reference("plain_cluster_relations")));
});

test("statistics: flows, totals and degrees of addresses and clusters", { skip }, (t) => {
  const { graph, there, apart, together, named, id } = load();
  const fiat = rates();
  const { numbers } = apart;
  const compared: string[] = [];
  const same = (name: string, got: Row[], expected = reference(name).map(bare)) => {
    sameRows(got, expected, name);
    compared.push(name);
  };

  const addressFlows = [...flows(graph, numbers)];
  const flowRow = ({ transaction, node, value }: (typeof addressFlows)[number], name: string, sign = 1): Row => ({
    value: Number(value) * sign,
    blockId: graph.transactions[transaction]!.block,
    txId: id(transaction),
    [name]: node,
    isOutgoing: value < 0n,
  });
  same("address_txs", addressFlows.map((flow) => flowRow(flow, "addressId")));
  same("inputs", addressFlows.filter(({ value }) => value < 0n).map((flow) => flowRow(flow, "addressId", -1)));
  same("outputs", addressFlows.filter(({ value }) => value >= 0n).map((flow) => flowRow(flow, "addressId")));
  const clusterFlows = [...flows(graph, numbers, (address) => together.ids[address]!)];
  same("cluster_txs", clusterFlows.map((flow) => flowRow(flow, "clusterId")));
  same("cluster_inputs", clusterFlows.filter(({ value }) => value < 0n).map((flow) => flowRow(flow, "clusterId", -1)));
  same("cluster_outputs", clusterFlows.filter(({ value }) => value >= 0n).map((flow) => flowRow(flow, "clusterId")));

  const regular = (side: "inputs" | "outputs") =>
    graph.transactions.flatMap(({ txid, block }, transaction) =>
      [...(side === "inputs" ? numbers.ofInputs(transaction) : numbers.ofOutputs(transaction))].flatMap((address, at) => {
        if (address < 0) return [];
        const value = side === "inputs" ? graph.inputValues(transaction)[at]! : graph.transactions[transaction]!.outputs[at]!.value;
        const name = numbers.addresses[address]!;
        return [{ address: name, value: Number(value), blockId: block, txId: id(transaction), coinJoin: named.has(txid), addressPrefix: name.slice(0, 5), ...(side === "outputs" ? { n: at } : {}) }];
      }),
    );
  same("regular_inputs", regular("inputs"));
  same("regular_outputs", regular("outputs"));

  /** Money is the sum of each flow's, rounded to cents. */
  const money = (all: readonly { transaction: number; node: number; value: bigint }[], node: number, sign: bigint) =>
    [0, 1].map((at) =>
      all
        .filter((flow) => flow.node === node && flow.value * sign > 0n)
        .reduce((sum, flow) => sum + fiat(flow.value * sign, graph.transactions[flow.transaction]!.time!)[at]!, 0),
    );
  const totalsRow = (all: typeof addressFlows, { node, first, last, received, spent, incoming, outgoing }: NodeTotals): Row => ({
    firstTxId: id(first),
    lastTxId: id(last),
    noIncomingTxs: incoming,
    totalReceived: { value: Number(received), money: money(all, node, 1n) },
    noOutgoingTxs: outgoing,
    totalSpent: { value: Number(spent), money: money(all, node, -1n) },
  });
  const inCents = (row: Row): Row =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, value?.fiatValues ? { value: value.value, money: cents(value.fiatValues) } : value]),
    );
  const basic = [...totalsOf(addressFlows).values()].map((totals) => ({ addressId: totals.node, ...totalsRow(addressFlows, totals) }));
  same("basic_addresses", basic, reference("basic_addresses").map(inCents));
  const addressDegrees = degrees(relations(graph, numbers));
  same(
    "addresses",
    basic.map((row) => ({
      ...row,
      address: numbers.addresses[row.addressId],
      clusterId: apart.ids[row.addressId],
      inDegree: addressDegrees.into.get(row.addressId) ?? 0,
      outDegree: addressDegrees.out.get(row.addressId) ?? 0,
    })),
    reference("addresses").map(bare).map(inCents),
  );
  const sizes = Map.groupBy(together.ids, (clusterId) => clusterId);
  const basicClusters = [...totalsOf(clusterFlows).values()].map((totals) => ({
    clusterId: totals.node,
    ...totalsRow(clusterFlows, totals),
    noAddresses: sizes.get(totals.node)!.length,
  }));
  same("basic_cluster", basicClusters, reference("basic_cluster").map(inCents));
  // Their file joins totals of clusters with CoinJoins to relations of clusters without: so does this comparison.
  const clusterRelations = relations(graph, numbers, (address) => apart.ids[address]!);
  const clusterDegrees = degrees(clusterRelations);
  const adjusted = (clusterId: number, side: "from" | "to") =>
    Number(clusterRelations.filter((relation) => relation[side] === clusterId).reduce((sum, { value }) => sum + value, 0n));
  same(
    "cluster",
    basicClusters.map((row) => ({
      ...row,
      totalReceivedAdj: adjusted(row.clusterId, "to"),
      totalSpentAdj: adjusted(row.clusterId, "from"),
      inDegree: clusterDegrees.into.get(row.clusterId) ?? 0,
      outDegree: clusterDegrees.out.get(row.clusterId) ?? 0,
    })),
    reference("cluster")
      .map(bare)
      .map(inCents)
      .map((row) => ({ ...row, totalReceivedAdj: row.totalReceivedAdj.value, totalSpentAdj: row.totalSpentAdj.value })),
  );

  const [summary] = reference("summary_statistics");
  assert.deepEqual(
    [summary!.noBlocks, summary!.noTransactions, summary!.noAddresses, summary!.noAddressRelations, summary!.noClusters, summary!.noClusterRelations],
    [
      new Set(graph.transactions.map(({ block }) => block)).size,
      there.length,
      numbers.addresses.length,
      relations(graph, numbers).length,
      new Set(together.ids).size,
      clusterRelations.length,
    ],
  );
  t.diagnostic(`equal: ${compared.join(", ")}, and the counts of summary_statistics (its two times are of the test's own making)`);
});
