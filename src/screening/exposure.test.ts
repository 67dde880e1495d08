// Exposure by five conventions on ledgers small enough to add up by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { exposureOf } from "./exposure.ts";
import { buildTransferTable, buildUtxoGraph, type Transfer, type UtxoTransaction } from "../tracing/tracing.ts";

const move = (at: number, from: string | null, to: string, amount: bigint, chain = ""): Transfer => ({
  chain,
  txid: `t${at}`,
  block: at,
  tx_index: 0,
  index: 0,
  kind: "transfer",
  time: null,
  from,
  to,
  asset: "native",
  amount,
  row: `test:${at}`,
});

test("accounts: shares, hops and path under five conventions; the listed address itself is no exposure", () => {
  // A holds 30 clean, then 10 from the listed L; B gets 20 of that, C 5 of B's.
  const table = buildTransferTable([move(1, null, "L", 10n), move(2, null, "A", 30n), move(3, "L", "A", 10n), move(4, "A", "B", 20n), move(5, "B", "C", 5n), move(6, null, "Z", 9n)]);
  const { exposures, seeds, notes } = exposureOf({ kind: "accounts", table }, { asked: ["A", "B", "C", "L", "Z"], listed: [{ address: "L", chain: "" }, { address: "absent", chain: "" }] });
  assert.deepEqual(seeds, ["L"]);
  const of = (address: string) => Object.fromEntries(exposures.find((exposure) => exposure.address === address)?.methods.map(({ method, tainted }) => [method, Number(tainted)]) ?? []);
  assert.deepEqual(of("A"), { poison: 10, haircut: 10, fifo: 10, lifo: 10, tiho: 10 });
  assert.deepEqual(of("B"), { poison: 20, haircut: 5, lifo: 10, tiho: 10 }, "FIFO pays the 30 clean first");
  // LIFO: of A's 40 the last 10 leave first and lie on top at B; TIHO pays the tainted first.
  assert.deepEqual(of("C"), { poison: 5, haircut: 1, lifo: 5, tiho: 5 });
  assert.deepEqual(exposures.map(({ address }) => address), ["A", "B", "C"]);
  const c = exposures.find(({ address }) => address === "C")!.methods.find(({ method }) => method === "tiho")!;
  assert.deepEqual(c.path.map(({ from, to, transfer }) => [from, to, transfer]), [["L", "A", "t3#0"], ["A", "B", "t4#0"], ["B", "C", "t5#0"]]);
  assert.equal(c.share_bp, 10_000);
  assert.equal(exposures.find(({ address }) => address === "B")!.methods.find(({ method }) => method === "haircut")!.share_bp, 2_500);
  assert.deepEqual(exposures.map(({ is_direct }) => is_direct), [true, false, false]);
  assert.ok(notes.some((note) => /no chain/.test(note)));
});

test("who pays himself makes no share smaller", () => {
  const base = [move(1, null, "L", 10n), move(2, null, "A", 30n), move(3, "L", "A", 10n)];
  const ask = (transfers: Transfer[]) => exposureOf({ kind: "accounts", table: buildTransferTable(transfers) }, { asked: ["A"], listed: [{ address: "L", chain: "" }] }).exposures[0]!.methods;
  assert.deepEqual(ask([...base, ...[4, 5, 6].map((at) => move(at, "A", "A", 40n))]), ask(base));
  assert.deepEqual(ask(base).map(({ received, share_bp }) => [received, share_bp]), Array.from({ length: 5 }, () => [40n, 2_500]));
});

test("a listed address of another chain seeds nothing; depth and stops end it", () => {
  const table = buildTransferTable([move(1, null, "L", 10n, "eip155:56"), move(2, "L", "A", 10n, "eip155:56"), move(3, "A", "B", 10n, "eip155:56")]);
  const ask = (chain: string, more = {}) => exposureOf({ kind: "accounts", table }, { asked: ["A", "B"], listed: [{ address: "L", chain }], methods: ["fifo"], ...more }).exposures.map(({ address }) => address);
  assert.deepEqual(ask("eip155:1"), []);
  assert.deepEqual(ask("eip155:56"), ["A", "B"]);
  assert.deepEqual(ask("eip155:56", { stopAt: (address: string) => (address === "A" ? { reason: "service" } : undefined) }), ["A"]);
});

test("outputs: the path goes from output to output, and a cycle ends", () => {
  const make = (txid: string, inputs: [string, number][], outputs: [number, string][]): UtxoTransaction => ({
    chain: "",
    txid,
    time: null,
    block: null,
    tx_index: null,
    row: txid,
    inputs: inputs.length === 0 ? [{ external: true, value: 100n, addresses: [] }] : inputs.map(([maker, vout]) => ({ txid: maker, vout, value: null, addresses: [] })),
    outputs: outputs.map(([value, address]) => ({ value: BigInt(value), address })),
  });
  const graph = buildUtxoGraph([make("a", [], [[100, "L"]]), make("b", [["a", 0]], [[60, "X"], [40, "L"]]), make("c", [["b", 0]], [[60, "Y"]]), make("d", [["c", 0]], [[50, "X"], [10, "Y"]])]);
  const { exposures } = exposureOf({ kind: "utxo", graph, asset: "native" }, { asked: ["X", "Y"], listed: [{ address: "L", chain: "" }], methods: ["fifo", "haircut"] });
  const y = exposures.find(({ address }) => address === "Y")!.methods.find(({ method }) => method === "fifo")!;
  assert.deepEqual(y.path.map(({ from, to, transfer, amount }) => [from, to, transfer, Number(amount)]), [["a:0", "b:0", "b", 60], ["b:0", "c:0", "c", 60]]);
  assert.deepEqual([y.tainted, y.received], [70n, 70n]);
  const x = exposures.find(({ address }) => address === "X")!;
  assert.equal(x.is_direct, true);
  assert.equal(x.methods[0]!.tainted, 110n);
});
