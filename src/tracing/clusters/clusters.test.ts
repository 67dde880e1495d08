// Clusters against a plain search over the same transactions, the path that says why, and the gates.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { announce, corpus, scaled, seed } from "../../../test/scale.ts";
import { changeContext, changeOf, both, either, isPeel, unique, without, CHANGE_RULES } from "./change.ts";
import { clusterBySpending, shapeGate } from "./co-spend.ts";
import { HEURISTICS } from "./heuristics.ts";
import { shapeIn, shapeOf } from "./shapes.ts";
import { createUnionFind } from "./union-find.ts";
import { answer } from "../ask.ts";
import { buildUtxoGraph } from "../utxo-graph.ts";
import type { UtxoInput, UtxoTransaction } from "../transfer.ts";

type Paid = readonly (readonly [value: number, address: string | null])[];
/** Inputs from outside, with value and address, or "txid:vout". */
const transaction = (txid: string, inputs: readonly (string | readonly [number, ...string[]])[], outputs: Paid, more: Partial<UtxoTransaction> = {}): UtxoTransaction => ({
  chain: "",
  txid,
  time: null,
  block: null,
  tx_index: null,
  row: `test:${txid}`,
  inputs: inputs.map((input): UtxoInput => {
    if (typeof input !== "string") return { external: true, value: BigInt(input[0]), addresses: input.slice(1) as string[] };
    const [maker, vout] = input.split(":");
    return { txid: maker!, vout: Number(vout), value: null, addresses: [] };
  }),
  outputs: outputs.map(([value, address]) => ({ value: BigInt(value), address })),
  ...more,
});
const many = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));

/** The slow way: everything reached from each address, over and over. */
function reachedFrom(groups: readonly (readonly string[])[], start: string): Set<string> {
  const reached = new Set([start]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const group of groups)
      if (group.some((address) => reached.has(address)))
        for (const address of group) if (!reached.has(address)) grown = Boolean(reached.add(address));
  }
  return reached;
}

const addressName = fc.integer({ min: 0, max: 25 }).map((at) => `a${at}`);

test("clusters are what a plain search finds; why and joins are paths through real transactions", (t) => {
  const runs = scaled(3_000);
  announce(t, "random sets of transactions", runs);
  fc.assert(
    fc.property(fc.array(fc.array(fc.array(addressName, { minLength: 0, maxLength: 2 }), { minLength: 1, maxLength: 4 }), { maxLength: 14 }), (spends) => {
      const graph = buildUtxoGraph(spends.map((inputs, at) => transaction(`t${at}`, inputs.map((owners) => [5, ...owners] as const), [[1, `a${at}`]])));
      const clusters = clusterBySpending(graph, { gate: () => undefined });
      const { addresses } = clusters.numbers;
      // Inputs with two different owners join nobody.
      const groups = spends.map((inputs) => inputs.flatMap((owners) => (owners.length === 1 ? owners : [])));
      const joined = (transaction: number) => new Set(groups[Number(graph.transactions[transaction]!.txid.slice(1))]);
      for (const [number, address] of addresses.entries()) {
        const expected = [...reachedFrom(groups, address)].map((name) => clusters.numbers.numberOf(name)!).sort((a, b) => a - b);
        const id = clusters.ids[number]!;
        assert.equal(id, expected[0]);
        assert.deepEqual([...clusters.members(id)], expected);
        const joins = clusters.joins(id);
        assert.equal(joins.length, expected.length - 1);
        assert.deepEqual([...joins.map(({ to }) => to), id].sort((a, b) => a - b), expected);
        for (const other of addresses.keys()) {
          const path = clusters.why(number, other);
          if (!expected.includes(other)) {
            assert.equal(path, undefined);
            continue;
          }
          let at = number;
          for (const { from, to, transaction } of path!) {
            assert.equal(from, at);
            assert.ok(joined(transaction).has(addresses[from]!) && joined(transaction).has(addresses[to]!));
            at = to;
          }
          assert.equal(at, other);
        }
      }
    }),
    { numRuns: runs, seed },
  );
});

test("a cluster does not depend on the order of the pairs", (t) => {
  const runs = scaled(2_000);
  announce(t, "orders of pairs", runs);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { maxLength: 30 }), (pairs) => {
      const roots = (order: readonly (readonly [number, number])[]) => {
        const sets = createUnionFind(21);
        for (const [a, b] of order) assert.equal(sets.union(a, b) || sets.find(a) === sets.find(b), true);
        return many(21, sets.find);
      };
      assert.deepEqual(roots(pairs), roots(pairs.toReversed()));
    }),
    { numRuns: runs, seed },
  );
});

test("the same text on two chains is two addresses", () => {
  const spend = (chain: string) => transaction(`t-${chain}`, [[5, "x"], [5, `y-${chain}`]], [[9, "z"]], { chain });
  const clusters = clusterBySpending(buildUtxoGraph([spend("bip122:one"), spend("bip122:two")]));
  assert.throws(() => clusters.numbers.numberOf("x"), { code: "BAD_ARGUMENT" });
  const [one, two] = ["bip122:one", "bip122:two"].map((chain) => clusters.numbers.numberOf("x", chain)!);
  assert.equal(clusters.why(one!, two!), undefined);
});

test("a real PayJoin joins nobody once it is known; without that word its payer and its payee would be one", corpus(join("vectors", "graphsense-misc")), () => {
  const { addresses, txs } = JSON.parse(readFileSync(join(corpus(join("vectors", "graphsense-misc")).path!, "payjoin_real_ids.json"), "utf8")) as {
    addresses: { id: string; side: string; label: string }[];
    txs: { id: string; label: string }[];
  };
  const payjoin = txs.find(({ label }) => label === "PayJoin tx")!.id;
  const paying = addresses.filter(({ side }) => side === "input");
  assert.equal(paying.length, 5);
  // The file gives ids and sides and no values: a shape cannot be read from it.
  const shown = transaction(
    payjoin,
    txs.filter(({ id }) => id !== payjoin).map(({ id }) => `${id}:0`),
    addresses.filter(({ side }) => side === "output").map(({ id }) => [0, id] as const),
  );
  const known: UtxoTransaction = { ...shown, inputs: shown.inputs.map((input, at) => ({ ...input, addresses: [paying[at]!.id] })) };
  const graph = buildUtxoGraph([known]);
  assert.equal(shapeOf(known), undefined);
  assert.equal(shapeOf(known, { payjoins: new Set([payjoin]) })?.shape, "payjoin");
  const careless = clusterBySpending(graph);
  assert.equal(careless.members(careless.ids[0]!).length, 5, "three of the payee’s and two of the payer’s: a wrong cluster");
  const careful = clusterBySpending(graph, { gate: shapeGate({ payjoins: new Set([payjoin]) }) });
  assert.deepEqual([...careful.ids], [...careful.ids.keys()]);
  assert.equal(careful.skipped.get(0)?.gate, "payjoin");
});

const payers = (count: number, value: (at: number) => number) => many(count, (at) => [value(at), `in${at}`] as const);
const equal = (count: number, value: number, from = 0): Paid => many(count, (at) => [value, `out${from + at}`] as const);
const named = (inputs: readonly (readonly [number, string])[], outputs: Paid) => shapeOf(transaction("t", inputs, outputs))?.shape;

test("shapes: each rule at its bounds, and one step beyond them", () => {
  // Whirlpool: 5 to 8 of one pool, 1 to 4 newcomers with 100 to 110,000 for the miners.
  const pool = (count: number, fresh: number, more = 5_000, size = 1_000_000) => named(payers(count, (at) => size + (at < fresh ? more : 0)), equal(count, size));
  assert.equal(pool(5, 1), "whirlpool");
  assert.equal(pool(8, 4), "whirlpool");
  assert.equal(pool(5, 2, 110_000), "whirlpool");
  for (const other of [pool(4, 1), pool(9, 2), pool(5, 5), pool(5, 0), pool(5, 2, 110_001), pool(5, 2, 99), pool(5, 2, 5_000, 2_000_000)]) assert.notEqual(other, "whirlpool");

  // Wasabi 2: 20 inputs, nobody with more than a tenth, three repeated sizes, nothing below 5,000.
  const sizes = (count: number, smallest = 5_000): Paid => [...equal(4, 8_192), ...equal(4, 16_384, 4), ...equal(count - 9, 32_768, 8), [smallest, "rest"]];
  assert.equal(named(payers(20, () => 100_000), sizes(13)), "wasabi_2");
  assert.notEqual(named(payers(19, () => 100_000), sizes(13)), "wasabi_2");
  assert.notEqual(named(payers(20, () => 100_000), sizes(13, 4_999)), "wasabi_2");
  assert.notEqual(named(many(20, (at) => [100_000, `in${Math.max(at, 2)}`] as const), sizes(13)), "wasabi_2", "one address with 3 of 20");

  // Wasabi 1: 10 inputs, equal outputs within 5 % of 0.1 BTC.
  const round = (count: number, value: number) => named(payers(count, (at) => 12_000_000 + at), [...equal(10, value), ...many(9, (at) => [1_234_567 + at, `change${at}`] as const), [77_777, "fee"]]);
  assert.equal(round(10, 9_500_000), "wasabi_1");
  assert.equal(round(10, 10_500_000), "wasabi_1");
  assert.notEqual(round(10, 9_499_999), "wasabi_1");
  assert.notEqual(round(9, 10_000_000), "wasabi_1");

  // JoinMarket: three equal ones of half of all at least, and change.
  const maker = (equals: number, others: number) => named(payers(equals, (at) => 300_000 + at), [...equal(equals, 200_000), ...many(others, (at) => [90_001 + at, `c${at}`] as const)]);
  assert.equal(maker(3, 3), "joinmarket");
  assert.equal(maker(3, 1), "joinmarket");
  assert.notEqual(maker(3, 4), "joinmarket");
  assert.notEqual(maker(3, 0), "joinmarket");

  // BlockSci: as many equal outputs as participants; two of them in three or four outputs are a Stonewall.
  assert.equal(maker(2, 2), "stonewall");
  assert.equal(named(payers(3, () => 5_000), [[546, "a"], [546, "b"], [4_000, "c"], [4_100, "d"]]), undefined, "dust");
  assert.equal(named(many(2, () => [5_000, "in"] as const), [[2_000, "a"], [2_000, "b"], [4_000, "c"], [1_100, "d"]]), undefined, "one payer");
  assert.equal(named(payers(3, () => 90_000), [[70_000, "a"], [70_000, "a"], [50_000, "c"], [51_000, "d"]]), "coinjoin", "one payee twice is no Stonewall");

  // Tx0: one output without payee, the coordinator's fee, and the rest of one size.
  const tx0 = (fee: number, nobody = 1): Paid => [...many(nobody, () => [0, null] as const), [fee, "fee"], ...equal(6, 1_005_000), [7_654_321, "change"]];
  assert.equal(named([[20_000_000, "in0"]], tx0(50_000)), "whirlpool_tx0");
  assert.equal(named([[20_000_000, "in0"]], tx0(24_999)), undefined);
  assert.equal(named([[20_000_000, "in0"]], tx0(50_000, 0)), undefined);

  // Perhaps a PayJoin: the smallest input was needed for neither output.
  assert.equal(named([[100, "a"], [30, "b"]], [[90, "x"], [35, "y"]]), "possible_payjoin");
  assert.equal(named([[100, "a"], [30, "b"]], [[96, "x"], [29, "y"]]), undefined, "with the fee it was needed");
  assert.equal(named([[100, "a"], [30, "a"]], [[90, "x"], [35, "y"]]), undefined, "one payer");
});

test("a value or an address that the data lacks leaves the shape undecided, and the graph may know it", () => {
  const funding = transaction("fund", [[900, "f"]], many(3, (at) => [300, `in${at}`] as const));
  const mixed = transaction("mix", many(3, (at) => `fund:${at}`), [[200, "a"], [200, "b"], [200, "c"], [90, "d"], [91, "e"]]);
  assert.equal(shapeOf(mixed), undefined);
  const graph = buildUtxoGraph([funding, mixed]);
  assert.equal(shapeIn(graph, graph.numberOf("mix")!)?.shape, "coinjoin");
  const clusters = clusterBySpending(graph);
  assert.equal(clusters.skipped.get(graph.numberOf("mix")!)?.gate, "coinjoin");
  assert.equal(clusters.why(clusters.numbers.numberOf("in0")!, clusters.numbers.numberOf("in1")!), undefined);
  assert.deepEqual(changeOf(changeContext(clusters), graph.numberOf("mix")!), []);
});

test("a trace through a CoinJoin says so, with the rule that fits", () => {
  const graph = buildUtxoGraph([
    transaction("fund", [[900, "f"]], many(3, (at) => [300, `in${at}`] as const)),
    transaction("mix", many(3, (at) => `fund:${at}`), [[200, "a"], [200, "b"], [200, "c"], [90, "d"], [91, "e"]]),
    transaction("plain", ["mix:0"], [[190, "z"]]),
  ]);
  const ask = { from: "fund", methods: ["fifo" as const], direction: "forward" as const };
  const { result } = answer(ask, { data: { kind: "utxo", graph, asset: "native" }, sets: [], log_size: 0 });
  assert.deepEqual(result.notes, ["It goes through mix, which has the shape of CoinJoin: 3 equal outputs of 200 for 3 participants, paid from 3 addresses (confidence not measured)."]);
});

const P2PKH = ["1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "1dice8EMZmqKvrGE4Qc9bUFf9PX3xaYDp", "1FfmbHfnpaZjKFvyi1okTjJJusN455paPH"];
const P2SH = "3LU8wRu4ZnXP4UM8Yo6kkTiGHM9BubgyiG";

test("change: GraphSense’s three with their confidence, and each condition of the first breaks it", () => {
  const context = (outputs: Paid, before: UtxoTransaction[] = [], inputs: readonly (readonly [number, string])[] = [[50_000, P2PKH[0]!]], after: UtxoTransaction[] = []) => {
    const graph = buildUtxoGraph([...before, transaction("t", inputs, outputs), ...after]);
    const made = changeContext(clusterBySpending(graph));
    return changeOf(made, graph.numberOf("t")!).map(({ vout, heuristics, confidence }) => ({ vout, heuristics, confidence }));
  };
  const oneTime = [{ vout: 1, heuristics: ["one_time_change"], confidence: 50 }];
  assert.deepEqual(context([[30_000, P2SH], [19_001, P2PKH[1]!]]), oneTime);
  assert.deepEqual(context([[30_000, P2SH], [19_000, P2PKH[1]!]]), [], "a round amount");
  assert.deepEqual(context([[30_000, P2SH], [19_001, P2SH]]), [], "another script type");
  assert.deepEqual(context([[30_001, P2PKH[2]!], [19_001, P2PKH[1]!]]), [], "two that fit");
  assert.deepEqual(context([[19_001, P2PKH[1]!]]), [], "one output");
  assert.deepEqual(context([[9, P2SH], [50_001, P2PKH[1]!]], [], [[50_000, P2PKH[0]!], [70_000, P2PKH[0]!]]), [], "not below every input");
  assert.deepEqual(context([[30_000, P2SH], [19_001, P2PKH[1]!]], [transaction("old", [[5, P2SH]], [[4, P2PKH[1]!]])]), [], "seen before");
  assert.deepEqual(context([[30_000, P2SH], [19_001, P2PKH[1]!]], [], undefined, [transaction("new", [[5, P2SH]], [[4, P2PKH[1]!]])]), [], "paid again");

  assert.deepEqual(context([[30_000, P2SH], [19_000, P2PKH[0]!]]), [{ vout: 1, heuristics: ["direct_change", "multi_input_change"], confidence: 100 }]);
  const together = transaction("join", [[7, P2PKH[0]!], [7, P2PKH[1]!]], [[13, P2SH]]);
  assert.deepEqual(context([[30_000, P2SH], [19_001, P2PKH[1]!]], [together]), [{ vout: 1, heuristics: ["multi_input_change"], confidence: 50 }]);
});

test("change is an edge and joins no cluster", () => {
  const graph = buildUtxoGraph([transaction("t", [[50_000, P2PKH[0]!]], [[30_000, P2SH], [19_001, P2PKH[1]!]])]);
  const clusters = clusterBySpending(graph);
  const [edge] = changeOf(changeContext(clusters), 0);
  assert.equal(clusters.numbers.addresses[edge!.to], P2PKH[1]);
  assert.notEqual(clusters.ids[edge!.to], edge!.from[0]);
  assert.equal(clusters.members(edge!.from[0]!).length, 1);
});

test("BlockSci’s sets: what each leaves, and their combinations", () => {
  const chain = [
    transaction("p1", [[9_000_000, P2PKH[0]!]], [[1_000_000, P2SH], [7_990_000, P2PKH[1]!]]),
    transaction("p2", ["p1:1"], [[2_000_000, P2SH], [5_980_000, P2PKH[2]!]]),
    transaction("p3", ["p2:1", "p1:0"], [[6_970_000, P2PKH[0]!]]),
  ];
  const graph = buildUtxoGraph(chain);
  const context = changeContext(clusterBySpending(graph));
  const at = (name: keyof typeof CHANGE_RULES, txid: string) => CHANGE_RULES[name](context, graph.numberOf(txid)!);
  assert.deepEqual(at("power_of_ten", "p1"), [1]);
  assert.deepEqual(at("optimal_change", "p1"), [0, 1]);
  assert.deepEqual(at("optimal_change", "p3"), []);
  assert.deepEqual(at("address_type", "p1"), [1]);
  assert.deepEqual(at("address_reuse", "p1"), []);
  assert.deepEqual(at("client_change_behavior", "p2"), [1], "the other payee was paid before");
  assert.equal(isPeel(context, graph.numberOf("p1")!), true);
  assert.equal(isPeel(context, graph.numberOf("p3")!), false);
  assert.deepEqual(at("peeling_chain", "p1"), [1]);
  assert.deepEqual(at("peeling_chain", "p2"), [0], "one goes to another shape; what nobody spent yet cannot be ruled out");
  assert.deepEqual(at("legacy", "p2"), [1]);
  const [type, fresh] = [at("address_type", "p2"), at("optimal_change", "p2")];
  assert.deepEqual(both(type, fresh), [1]);
  assert.deepEqual(either([1], [0]), [0, 1]);
  assert.deepEqual(without(fresh, type), [0]);
  assert.deepEqual([unique([0, 1]), unique([1])], [[], [1]]);
});

test("every heuristic says how often it is wrong, or that nobody measured", () => {
  for (const [name, { error_rate, source, version }] of Object.entries(HEURISTICS)) {
    assert.match(error_rate, /not measured|%/, name);
    assert.ok(source && version, name);
  }
});
