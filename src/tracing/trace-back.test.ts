import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { ledgerArbitrary, transferOf } from "./kernel.conformance.ts";
import type { MethodName } from "./methods/methods.ts";
import type { Step } from "./request.ts";
import { sumOf } from "./totals.ts";
import { trace, type TraceData } from "./trace.ts";
import { buildTransferTable } from "./transfer-table.ts";
import { buildUtxoGraph } from "./utxo-graph.ts";
import type { UtxoTransaction } from "./transfer.ts";

const seed = Number(process.env.TRACEWIRE_SEED ?? Date.now() % 2 ** 31);
const runs = process.env.TRACEWIRE_PROVE ? 20_000 : 1_000;

for (const method of ["fifo", "lifo"] as const)
  test(`${method}: what a transfer brought somewhere is what comes from it, asked backward (${runs} ledgers)`, (t) => {
    t.diagnostic(`seed ${seed}`);
    fc.assert(
      fc.property(ledgerArbitrary, fc.nat(1000), (transfers, pick) => {
        const table = buildTransferTable(transfers);
        const data: TraceData = { kind: "accounts", table };
        // A seed out of nothing: a backward trace ends there and says by which row.
        const minted = transfers.flatMap(({ from, to }, row) => (from === null && to !== null ? [row] : []));
        if (minted.length === 0) return;
        const row = minted[pick % minted.length]!;
        const last = transfers.length - 1;
        const forward = trace(data, { seeds: [{ kind: "rows", rows: [row], name: "" }], methods: [method] });
        for (const [number, { address }] of table.accounts.entries()) {
          const balance = table.ledger(number).final;
          if (balance === 0n) continue;
          const steps: Step[] = [];
          trace(data, {
            seeds: [{ kind: "account", address, row: last, amount: balance }],
            methods: [method],
            direction: "backward",
            onStep: (step) => steps.push(step),
          });
          const name = `t${row}#0`;
          const back = sumOf(steps.flatMap((step) => (step.rule === "stop" && step.reason === "mint" && step.transfer === name ? [step.in] : [])));
          assert.equal(back, forward.get(method)!.assets.get("native")?.held.get(address) ?? 0n, `${address} from row ${row}`);
        }
      }),
      { numRuns: runs, seed },
    );
  });

test("seeds that lie behind each other: what a seed brought is not followed twice, and it balances", () => {
  const table = buildTransferTable([transferOf(0, null, "x", 100n), transferOf(1, "x", "first", 100n), transferOf(2, "first", "second", 60n)]);
  for (const method of ["fifo", "lifo", "haircut"] as const) {
    const { seed: asked, stops } = trace({ kind: "accounts", table }, { seeds: [{ kind: "rows", rows: [1, 2], name: "" }], methods: [method], direction: "backward" }).get(method)!.assets.get("native")!;
    assert.deepEqual([asked, [...stops].map(([place, { amount, stop }]) => [place, amount, stop.name])], [160n, [["first", 60n, "the seed itself"], ["x", 100n, "transfer"]]], method);
  }
  // The run itself asserts that it balances.
  fc.assert(
    fc.property(ledgerArbitrary, fc.array(fc.nat(1000), { minLength: 2, maxLength: 8 }), (transfers, picks) => {
      const receiving = transfers.flatMap(({ from, to }, row) => (to === null || to === from ? [] : [row]));
      if (receiving.length === 0) return;
      const rows = picks.map((pick) => receiving[pick % receiving.length]!);
      const inAccount = { kind: "account" as const, address: transfers[receiving[0]!]!.to!, row: picks[0]! % transfers.length, amount: BigInt(picks[1]!) };
      const seeds = [{ kind: "rows" as const, rows, name: "" }, inAccount];
      const data: TraceData = { kind: "accounts", table: buildTransferTable(transfers) };
      for (const some of [seeds.slice(0, 1), seeds]) trace(data, { seeds: some, methods: ["fifo", "lifo", "haircut"], direction: "backward" });
    }),
    { numRuns: runs, seed },
  );
});

test("the same of outputs: a seed that spends a seed", () => {
  fc.assert(
    fc.property(graphArbitrary, fc.array(fc.tuple(fc.nat(100), fc.nat(100), fc.nat(20)), { minLength: 2, maxLength: 8 }), (transactions, picks) => {
      const graph = buildUtxoGraph(transactions);
      const seeds = picks.flatMap(([pick, which, amount]) => {
        const { txid, outputs } = graph.transactions[pick % graph.transactions.length]!;
        const vout = which % outputs.length;
        const { value } = outputs[vout]!;
        return value === 0n ? [] : [{ kind: "output" as const, txid, vout, ...(amount % 3 === 0 ? {} : { amount: 1n + (BigInt(amount) % value) }) }];
      });
      if (seeds.length > 0) trace({ kind: "utxo", graph, asset: "native" }, { seeds, methods: ["fifo", "lifo", "haircut"], direction: "backward" });
    }),
    { numRuns: runs, seed },
  );
});

test("haircut backward stays within its printed bound of the exact share", () => {
  // b gets 1 of a, 2 of c, and sends a third on; shares of 1 in 3.
  const table = buildTransferTable([
    transferOf(0, null, "a", 100n),
    transferOf(1, null, "c", 200n),
    transferOf(2, "a", "b", 100n),
    transferOf(3, "c", "b", 200n),
    transferOf(4, "b", "d", 100n),
  ]);
  const found = trace({ kind: "accounts", table }, { seeds: [{ kind: "rows", rows: [4], name: "" }], methods: ["haircut"], direction: "backward" });
  const { assets, bound } = found.get("haircut")!;
  assert.ok(bound! >= 1 && bound! < 5);
  const stops = Object.fromEntries([...assets.get("native")!.stops].map(([place, { amount }]) => [place, amount]));
  assert.ok(stops.a! >= 33n && stops.a! <= 34n && stops.c! >= 66n && stops.c! <= 67n);
});

test("poison and TIHO refuse to go backward and say why", () => {
  const data: TraceData = { kind: "accounts", table: buildTransferTable([transferOf(0, null, "a", 1n)]) };
  for (const method of ["poison", "tiho"] as const)
    assert.throws(() => trace(data, { seeds: [{ kind: "address", address: "a" }], methods: [method], direction: "backward" }), /no answer backward/);
});

const utxo = (txid: string, inputs: UtxoTransaction["inputs"], outputs: bigint[]): UtxoTransaction => ({
  chain: "", txid, time: null, block: null, tx_index: null, row: txid, inputs, outputs: outputs.map((value) => ({ value, address: null })),
});

/** Random graphs: each transaction spends some unspent outputs, or external money, and pays some of it on. */
const weightsArbitrary = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 });
const planArbitrary = fc.tuple(fc.nat(5), fc.nat(5), fc.integer({ min: 1, max: 20 }), weightsArbitrary);
const graphArbitrary = fc.array(planArbitrary, { minLength: 2, maxLength: 14 }).map((plan) => {
  const unspent: { txid: string; vout: number; value: bigint }[] = [];
  return plan.map(([take, skip, external, weights], at) => {
    const spent = unspent.splice(skip % (unspent.length || 1), take % (unspent.length + 1));
    const inputs: UtxoTransaction["inputs"] = spent.length > 0 ? spent.map((one) => ({ ...one, addresses: [] })) : [{ external: true, value: BigInt(external), addresses: [] }];
    const total = spent.length > 0 ? sumOf(spent.map(({ value }) => value)) : BigInt(external);
    const outputs = weights.map((weight) => (total * BigInt(weight)) / BigInt(weights.reduce((sum, one) => sum + one, 1)));
    const transaction = utxo(`x${at}`, inputs, outputs);
    for (const [vout, value] of outputs.entries()) unspent.push({ txid: `x${at}`, vout, value });
    return transaction;
  });
});

for (const method of ["fifo", "lifo"] as MethodName[])
  test(`${method} on outputs: forward and backward agree`, () => {
    fc.assert(
      fc.property(graphArbitrary, fc.nat(100), (transactions, pick) => {
        const graph = buildUtxoGraph(transactions);
        const data: TraceData = { kind: "utxo", graph, asset: "native" };
        const external = transactions.filter(({ inputs }) => "external" in inputs[0]!);
        const { txid, outputs } = external[pick % external.length]!;
        const forward = trace(data, { seeds: [{ kind: "transaction", txid }], methods: [method] }).get(method)!.assets.get("native")!;
        assert.equal(forward.seed, sumOf(outputs.map(({ value }) => value)));
        for (const [at, { txid: other, outputs: paid }] of graph.transactions.entries())
          for (const [vout, { value }] of paid.entries()) {
            if (graph.spender(at, vout) !== undefined || value === 0n) continue;
            const back = trace(data, { seeds: [{ kind: "output", txid: other, vout }], methods: [method], direction: "backward" });
            const from = back.get(method)!.assets.get("native")!.stops.get(`${txid}<0`)?.amount ?? 0n;
            assert.equal(from, forward.held.get(`${other}:${vout}`) ?? 0n, `${other}:${vout}`);
          }
      }),
      { numRuns: runs, seed },
    );
  });
