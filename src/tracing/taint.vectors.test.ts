// Cases made by others' arithmetic (exact fractions), read from the test data: single transactions, and one theft on a
// graph of 43 transactions under five methods.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { METHOD_NAMES, type MethodName } from "./methods/methods.ts";
import { totalOf } from "./segments.ts";
import { spreadTransaction } from "./spread-transaction.ts";
import { sumOf } from "./totals.ts";
import { trace } from "./trace.ts";
import type { UtxoTransaction } from "./transfer.ts";
import { buildUtxoGraph } from "./utxo-graph.ts";

const folder = join(process.env.TRACEWIRE_CORPORA ?? "../shared", "vectors", "taint");
const skip = existsSync(folder) ? false : `no ${folder}`;
const nameThere = (name: MethodName) => (name === "poison" || name === "haircut" ? name : name.toUpperCase());
const load = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8"));

type Fraction = { numerator: bigint; denominator: bigint };
const fraction = (value: number | string): Fraction => {
  const [numerator, denominator = "1"] = String(value).split("/");
  return { numerator: BigInt(numerator!), denominator: BigInt(denominator) };
};
/** |whole - expected| < 1, in integers. */
const isNear = (whole: bigint, { numerator, denominator }: Fraction): boolean => {
  const distance = whole * denominator - numerator;
  return (distance < 0n ? -distance : distance) < denominator;
};

type Case = { name: string; inputs: { value: number; tainted: number }[]; outputs: number[]; fee: number; expected: Record<string, { outputs: (number | string)[]; fee: number | string }> };

test("single transactions come out as published, under five methods", { skip }, () => {
  const { cases } = load("taint_vectors_single_tx.json") as { cases: Case[] };
  assert.equal(cases.length, 9);
  for (const { name, inputs, outputs, fee, expected } of cases)
    for (const method of METHOD_NAMES) {
      const spread = spreadTransaction(
        method,
        inputs.map(({ value, tainted }) => ({ value: BigInt(value), taint: tainted > 0 ? [{ start: 0n, length: BigInt(tainted) }] : [] })),
        outputs.map(BigInt),
        BigInt(fee),
      );
      const wanted = expected[nameThere(method)]!;
      const got = [...spread.outputs, spread.fee].map(totalOf);
      for (const [at, value] of [...wanted.outputs, wanted.fee].entries())
        assert.ok(isNear(got[at]!, fraction(value)), `${name}, ${method}, place ${at}: ${got[at]} for ${value}`);
      if (method !== "poison") assert.equal(sumOf(got), BigInt(inputs.reduce((sum, { tainted }) => sum + tainted, 0)), `${name}, ${method}`);
    }
});

type Graph = { tx: number; inputs: { from: "external" | number; value: number }[]; outputs: { id: number; value: number }[] }[];
type GraphCase = {
  seed: Record<string, number>;
  methods: Record<string, { tainted_unspent: Record<string, number | string>; tainted_fee: Record<string, number | string>; total_unspent_plus_fee: number }>;
};

test("a theft on a graph of 43 transactions: 19, 19, 8, 5 and 8 outputs", { skip }, (t) => {
  const { graph, cases } = load("taint_vectors_43tx.json") as { graph: Graph; cases: GraphCase[] };
  const places = new Map(graph.flatMap(({ tx, outputs }) => outputs.map(({ id }, vout) => [id, { txid: String(tx), vout }] as const)));
  const idOf = new Map([...places].map(([id, { txid, vout }]) => [`${txid}:${vout}`, String(id)]));
  const transactions = graph.map(
    ({ tx, inputs, outputs }, at): UtxoTransaction => ({
      chain: "",
      txid: String(tx),
      time: null,
      block: null,
      tx_index: null,
      row: `graph:${at + 1}`,
      inputs: inputs.map(({ from, value }) =>
        from === "external"
          ? { external: true as const, value: BigInt(value), addresses: [] }
          : { ...places.get(from)!, value: BigInt(value), addresses: [] },
      ),
      outputs: outputs.map(({ value }) => ({ value: BigInt(value), address: null })),
    }),
  );
  const data = { kind: "utxo", graph: buildUtxoGraph(transactions), asset: "native" } as const;
  let compared = 0;
  for (const { seed, methods } of cases) {
    const seeds = Object.entries(seed).map(([id, amount]) => ({ kind: "output" as const, ...places.get(Number(id))!, amount: BigInt(amount) }));
    const result = trace(data, { seeds, methods: METHOD_NAMES });
    const seeded = BigInt(Object.values(seed).reduce((sum, amount) => sum + amount, 0));
    for (const method of METHOD_NAMES) {
      const totals = result.get(method)!.assets.get("native")!;
      const expected = methods[nameThere(method)]!;
      const held = new Map([...totals.held].map(([name, amount]) => [idOf.get(name)!, amount]));
      const where = `seed ${JSON.stringify(seed)}, ${method}`;
      assert.equal(totals.seed, seeded, where);
      if (method === "haircut") {
        // The integers lie less than one unit for each output upstream from the fractions, and add up exactly.
        for (const [id, value] of Object.entries(expected.tainted_unspent)) {
          const { numerator, denominator } = fraction(value);
          const distance = (held.get(id) ?? 0n) * denominator - numerator;
          assert.ok((distance < 0n ? -distance : distance) < 43n * denominator, `${where}, output ${id}: ${held.get(id)} for ${value}`);
        }
        assert.equal(sumOf(held.values()) + sumOf(totals.fees.values()), seeded, where);
      } else {
        assert.deepEqual(
          Object.fromEntries([...held].map(([id, amount]) => [id, Number(amount)])),
          expected.tainted_unspent,
          where,
        );
        assert.deepEqual(Object.fromEntries([...totals.fees].map(([txid, amount]) => [txid, Number(amount)])), expected.tainted_fee, where);
        assert.equal(Number(sumOf(held.values()) + sumOf(totals.fees.values())), expected.total_unspent_plus_fee, where);
      }
      compared++;
      if (seeded === 8000n) assert.equal(held.size, { poison: 19, haircut: 19, fifo: 8, lifo: 5, tiho: 8 }[method], where);
    }
  }
  t.diagnostic(`${compared} results compared over ${cases.length} thefts`);
});
