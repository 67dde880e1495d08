// Transactions with outputs in GraphSense's shapes.
import { isExternal, totalsOf, type NodeFlow } from "../tracing/tracing.ts";
import { heightOf, ordered, tagCount, timestampOf, values, type NodeKind, type World } from "./graphsense-shapes.ts";
import type { ChainGraph } from "./ledger-data.ts";

export function utxoWorld(chainGraph: ChainGraph, currency: string): World {
  const { graph, chain } = chainGraph;
  const clusters = () => chainGraph.clusters();
  const numbers = () => clusters().numbers;
  const { transactions } = graph;

  const summary = (transaction: number) => {
    const { txid, block, time } = transactions[transaction]!;
    return { height: heightOf(block), timestamp: timestampOf(time), tx_hash: txid };
  };
  const totals = (node: number, by: NodeKind) => {
    const nodes = chainGraph.nodes(by);
    const own = totalsOf(nodes.flowsOf(node)).get(node);
    const none = { height: 0, timestamp: 0, tx_hash: "" };
    return {
      balance: values((own?.received ?? 0n) - (own?.spent ?? 0n)),
      first_tx: own ? summary(own.first) : none,
      last_tx: own ? summary(own.last) : none,
      in_degree: nodes.into(node).length,
      out_degree: nodes.out(node).length,
      no_incoming_txs: own?.incoming ?? 0,
      no_outgoing_txs: own?.outgoing ?? 0,
      total_received: values(own?.received ?? 0n),
      total_spent: values(own?.spent ?? 0n),
    };
  };
  /** New coins come from nowhere: every input is from outside the data and of nobody. */
  const isCoinbase = (transaction: number) => transactions[transaction]!.inputs.every((input) => isExternal(input) && input.addresses.length === 0);
  const flowTx = ({ transaction, value }: NodeFlow) => ({
    tx_type: "utxo",
    currency,
    coinbase: isCoinbase(transaction),
    ...summary(transaction),
    value: values(value),
  });
  const sides = (transaction: number, io: "inputs" | "outputs") => {
    const { inputs, outputs } = transactions[transaction]!;
    if (io === "outputs") return outputs.map(({ address, value }) => ({ address: address === null ? [] : [address], value: values(value) }));
    const known = graph.inputValues(transaction);
    const owners = numbers().ofInputs(transaction);
    return inputs.map(({ addresses }, at) => ({
      address: addresses.length > 0 ? addresses : owners[at]! < 0 ? [] : [numbers().addresses[owners[at]!]!],
      value: values(known[at] ?? 0n),
    }));
  };

  const world: World = {
    numberOf: (address) => numbers().numberOf(address, chain),
    has: (number) => number >= 0 && number < numbers().addresses.length,
    entityOf: (address) => clusters().ids[address]!,
    addressName: (number) => numbers().addresses[number]!,
    members: (entity) => [...clusters().members(entity)],
    address: (number) => ({
      currency,
      address: world.addressName(number),
      entity: world.entityOf(number) + 1,
      ...totals(number, "address"),
      status: "clean",
    }),
    entity(number, labels) {
      const members = world.members(number).map(world.addressName);
      return {
        currency,
        entity: number + 1,
        root_address: world.addressName(number),
        ...totals(number, "entity"),
        no_addresses: members.length,
        no_address_tags: tagCount(members, labels),
      };
    },
    txs: (node, by, ask) =>
      ordered(
        chainGraph
          .nodes(by)
          .flowsOf(node)
          .filter(({ value }) => ask.direction === undefined || value < 0n === (ask.direction === "out"))
          .map(flowTx),
        ask,
      ),
    neighbors: (node, by, direction) =>
      chainGraph
        .nodes(by)
        [direction === "in" ? "into" : "out"](node)
        .map(({ from, to, value, transactions: count }) => ({ node: direction === "in" ? from : to, value, tokens: new Map(), transactions: count })),
    links(from, to, by) {
      const nodes = chainGraph.nodes(by);
      const paid = new Map(nodes.flowsOf(from).flatMap(({ transaction, value }) => (value < 0n ? [[transaction, value] as const] : [])));
      return nodes
        .flowsOf(to)
        .filter(({ transaction, value }) => value > 0n && paid.has(transaction))
        .map(({ transaction, value }) => ({
          tx_type: "utxo",
          currency,
          ...summary(transaction),
          input_value: values(paid.get(transaction)!),
          output_value: values(value),
        }));
    },
    tx(hash, { include_io }) {
      const number = graph.numberOf(hash);
      if (number === undefined) return undefined;
      const { inputs, outputs } = transactions[number]!;
      const taken = graph.inputValues(number).reduce<bigint>((sum, value) => sum + (value ?? 0n), 0n);
      return {
        tx_type: "utxo",
        currency,
        coinbase: isCoinbase(number),
        ...summary(number),
        no_inputs: inputs.length,
        no_outputs: outputs.length,
        ...(include_io ? { inputs: sides(number, "inputs"), outputs: sides(number, "outputs") } : {}),
        total_input: values(taken),
        total_output: values(outputs.reduce((sum, { value }) => sum + value, 0n)),
      };
    },
    tokenTxs: (hash) => (graph.numberOf(hash) === undefined ? undefined : []),
    io(hash, io) {
      const number = graph.numberOf(hash);
      return number === undefined ? undefined : sides(number, io);
    },
    references(hash, which, io_index) {
      const number = graph.numberOf(hash);
      if (number === undefined) return undefined;
      const { inputs, outputs } = transactions[number]!;
      if (which === "spending")
        return inputs.flatMap((input, at) =>
          isExternal(input) || (io_index !== undefined && io_index !== at) ? [] : [{ input_index: at, output_index: input.vout, tx_hash: input.txid }],
        );
      return outputs.flatMap((_, vout) => {
        const spender = graph.spender(number, vout);
        if (spender === undefined || (io_index !== undefined && io_index !== vout)) return [];
        const input_index = transactions[spender]!.inputs.findIndex((input) => !isExternal(input) && input.txid === hash && input.vout === vout);
        return [{ input_index, output_index: vout, tx_hash: transactions[spender]!.txid }];
      });
    },
    search: (q, limit) => ({
      addresses: numbers().addresses.filter((address) => address.startsWith(q)).slice(0, limit),
      txs: transactions.flatMap(({ txid }) => (txid.startsWith(q) ? [txid] : [])).slice(0, limit),
    }),
    stats(labels) {
      const last = transactions.at(-1);
      return {
        name: currency,
        no_blocks: new Set(transactions.map(({ block }) => block)).size,
        no_address_relations: chainGraph.nodes("address").relation_count,
        no_addresses: numbers().addresses.length,
        no_entities: new Set(clusters().ids).size,
        no_txs: transactions.length,
        no_labels: new Set(Object.values(labels).flat()).size,
        no_tagged_addresses: numbers().addresses.filter((address) => Object.hasOwn(labels, address)).length,
        timestamp: timestampOf(last?.time ?? null),
      };
    },
  };
  return world;
}
