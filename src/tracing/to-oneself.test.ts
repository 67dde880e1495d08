// A payment to oneself moves nothing from one person to another (decisions/0021): put anywhere, it changes no total of any
// convention, forward or backward, in either kernel.
import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { traceFastKernel } from "./fast/fast-kernel.ts";
import { Refusal } from "./fast/run.ts";
import { ledgerArbitrary, seedArbitrary, transferOf } from "./kernel.conformance.ts";
import { lotsTable } from "./lots-table.ts";
import { lowestBetween } from "./lowest.ts";
import { METHOD_NAMES, type MethodName } from "./methods/methods.ts";
import type { Seed, Step, TraceRequest } from "./request.ts";
import { excessOf, type AssetTotals } from "./totals.ts";
import { trace, type TraceData } from "./trace.ts";
import { buildTransferTable } from "./transfer-table.ts";
import type { Transfer, UtxoTransaction } from "./transfer.ts";
import { buildUtxoGraph } from "./utxo-graph.ts";

const seed = Number(process.env.TRACEWIRE_SEED ?? Date.now() % 2 ** 31);
const numRuns = process.env.TRACEWIRE_PROVE ? 20_000 : 1_000;

const tableOf = (transfers: readonly Transfer[]): TraceData & { kind: "accounts" } => ({ kind: "accounts", table: buildTransferTable(transfers) });
const follow = (transfers: readonly Transfer[], seeds: Seed[], methods: readonly MethodName[] = METHOD_NAMES, more: Partial<TraceRequest> = {}) =>
  trace(tableOf(transfers), { seeds, methods, ...more });
const rowSeed = (...rows: number[]): Seed => ({ kind: "rows", rows, name: "theft" });
const totalsOf = (transfers: readonly Transfer[], seeds: Seed[], method: MethodName, more: Partial<TraceRequest> = {}): AssetTotals =>
  follow(transfers, seeds, [method], more).get(method)!.assets.get("native")!;
const plain = (totals: AssetTotals | undefined) => {
  if (!totals) return undefined;
  const { held, fees, floor, stops, ...sums } = totals;
  const [places, ends] = [[held, fees, floor].map((amounts) => Object.fromEntries(amounts)), Object.fromEntries([...stops].map(([place, { amount }]) => [place, amount]))];
  return { ...sums, places, ends };
};

test("poison counts what is there once, whether the theft's transaction or the address is asked for", () => {
  const theft = { txid: "theft", block: 0 };
  const transfers = [transferOf(0, "victim", "thief", 5_000n, theft), transferOf(0, "thief", "thief", 10n, { ...theft, index: 1 }), transferOf(1, "thief", "shop", 40n)];
  for (const asked of [{ kind: "transaction", txid: "theft" }, { kind: "address", address: "thief" }] as Seed[])
    for (const method of METHOD_NAMES) {
      const totals = totalsOf(transfers, [asked], method);
      assert.deepEqual([totals.seed, Object.fromEntries(totals.held), excessOf(totals)], [5_000n, { thief: 4_960n, shop: 40n }, 0n], `${method} ${asked.kind}`);
    }
});

test("no floor, no stop and no depth cuts off what never left", () => {
  const transfers = [transferOf(0, "victim", "thief", 5_000n), ...[3n, 1n, 9n].map((amount, at) => transferOf(1, "thief", "thief", amount, { index: at })), transferOf(2, "thief", "shop", 50n), transferOf(3, "thief", "dust", 2n)];
  for (const method of METHOD_NAMES) {
    const totals = totalsOf(transfers, [rowSeed(0)], method, { floor: 10n, depth: 9 });
    assert.deepEqual([Object.fromEntries(totals.held), Object.fromEntries(totals.floor)], [{ thief: 4_948n, shop: 50n }, { dust: 2n }], method);
    const stopAt = (address: string) => (address === "thief" ? { reason: "service" as const } : undefined);
    const asked: Seed = { kind: "account", address: "thief", row: 0, amount: 5_000n };
    assert.equal(totalsOf(transfers.slice(0, 4), [asked], method, { stopAt }).held.get("thief"), 5_000n, `${method}, in a service`);
  }
});

test("FIFO: nobody changes which units he spends by paying himself", () => {
  const transfers = [transferOf(0, "victim", "x", 100n), transferOf(1, "employer", "x", 100n), transferOf(2, "x", "x", 100n), transferOf(3, "x", "shop", 100n)];
  assert.deepEqual(Object.fromEntries(totalsOf(transfers, [rowSeed(0)], "fifo").held), { shop: 100n });
  assert.deepEqual(Object.fromEntries(totalsOf(transfers, [rowSeed(0)], "lifo").held), { x: 100n });
  assert.equal(lowestBetween(buildTransferTable(transfers.toSpliced(2, 1, transferOf(2, "x", "x", 200n)).slice(0, 3)), { address: "x", since: "t0" }).traceable, "100");
});

test("more than the known balance: the account had more than the data shows, and the rest is unknown and clean", () => {
  const transfers = [transferOf(0, "victim", "x", 10n), transferOf(1, "x", "x", 100n), transferOf(2, "x", "shop", 50n)];
  const held = Object.fromEntries(METHOD_NAMES.map((method) => [method, totalsOf(transfers, [rowSeed(0)], method).held.get("shop") ?? 0n]));
  assert.deepEqual(held, { poison: 50n, haircut: 5n, fifo: 10n, lifo: 0n, tiho: 10n });
  const back = (method: MethodName) => Object.fromEntries([...totalsOf(transfers, [rowSeed(2)], method, { direction: "backward" }).stops].map(([place, { amount, stop }]) => [`${place} ${stop.reason}`, amount]));
  const steps: Step[] = [];
  follow(transfers, [rowSeed(2)], ["fifo"], { direction: "backward", onStep: (step) => steps.push(step) });
  assert.deepEqual(back("fifo"), { "x unknown": 40n, "victim unknown": 10n });
  assert.deepEqual(back("lifo"), { "x unknown": 50n });
  assert.deepEqual(steps.map(({ rule, place, in: wanted, transfer }) => [rule, place, wanted, transfer]).slice(1, 3), [["stop", "x", 40n, "t1#0"], ["debit", "victim", 10n, "t0#0"]]);
  const lots = lotsTable(tableOf(transfers), [{ ...steps[0]!, rule: "credit", place: "x", asset: "native" }]).rows;
  assert.deepEqual(lots.map((lot) => [lot.before, lot.in, lot.unknown, lot.out, lot.after]), [["0", "10", "0", "0", "10"], ["10", "100", "90", "100", "100"], ["100", "0", "0", "50", "50"]]);
});

test("it is no seed, and a question that has no other is refused", () => {
  const transfers = [transferOf(0, "victim", "x", 10n), transferOf(1, "x", "x", 5n)];
  for (const asked of [rowSeed(1), { kind: "transaction", txid: "t1" }] as Seed[])
    for (const direction of ["forward", "backward"] as const)
      assert.throws(() => follow(transfers, [asked], ["fifo"], { direction }), (error: { code?: string; hint?: string }) => error.code === "BAD_ARGUMENT" && /x@order/.test(error.hint ?? ""));
});

test("it gives nothing for anything, and crosses no bridge", () => {
  const swap = { txid: "swap", block: 1 };
  const transfers = [
    transferOf(0, null, "x", 100n, { asset: "a", kind: "mint" }),
    transferOf(1, "x", "x", 100n, { ...swap, asset: "a", index: 0 }),
    transferOf(1, "pool", "x", 7n, { ...swap, asset: "b", index: 1 }),
  ];
  for (const method of METHOD_NAMES) assert.deepEqual([...follow(transfers, [rowSeed(0)], [method]).get(method)!.assets.keys()], ["a"], method);
  const time = (at: number) => `2024-01-01T00:00:0${at}Z`;
  const bridged = [
    transferOf(0, "victim", "x", 100n, { chain: "eip155:1", time: time(0) }),
    transferOf(1, "x", "x", 100n, { chain: "eip155:1", time: time(1), message: "m" }),
    transferOf(1, null, "y", 100n, { chain: "eip155:2", time: time(2), message: "m", txid: "other" }),
  ];
  assert.deepEqual(Object.fromEntries(totalsOf(bridged, [rowSeed(0)], "fifo").held), { x: 100n });
});

test("of outputs: what goes back to an address whose taint is spent is followed below the floor, what goes to others is not", () => {
  const utxo = (txid: string, inputs: [string, number, bigint][], outputs: [string, bigint][]): UtxoTransaction => ({
    chain: "", txid, time: null, block: null, tx_index: null, row: txid,
    inputs: inputs.length === 0 ? [{ external: true, value: 1_000n, addresses: [] }] : inputs.map(([of, vout, value]) => ({ txid: of, vout, value, addresses: [] })),
    outputs: outputs.map(([address, value]) => ({ address, value })),
  });
  const graph = buildUtxoGraph([
    utxo("coin", [], [["x", 1_000n]]),
    utxo("pay", [["coin", 0, 1_000n]], [["shop", 900n], ["x", 50n], ["y", 50n]]),
    utxo("again", [["pay", 1, 50n]], [["x", 50n]]),
  ]);
  const data: TraceData = { kind: "utxo", graph, asset: "native" };
  for (const method of METHOD_NAMES) {
    const { held, floor }: AssetTotals = trace(data, { seeds: [{ kind: "transaction", txid: "coin" }], methods: [method], floor: 100n }).get(method)!.assets.get("native")!;
    assert.deepEqual([Object.fromEntries(held), Object.fromEntries(floor)], [{ "pay:0": 900n, "again:0": 50n }, { "pay:2": 50n }], method);
  }
  for (const [from, place] of [["again", "stops"], ["y", "floor"]] as const) {
    const asked: Seed = from === "again" ? { kind: "transaction", txid: from } : { kind: "output", txid: "pay", vout: 2 };
    const totals: AssetTotals = trace(data, { seeds: [asked], methods: ["fifo"], direction: "backward", floor: 100n }).get("fifo")!.assets.get("native")!;
    assert.equal(totals[place].size, 1, from);
  }
});

/** A payment to oneself of at most what is known to be there, before row `at` of the ledger. */
function withOwn(transfers: readonly Transfer[], owner: string, at: number, share: number, sameTransaction: boolean): Transfer[] {
  const balance = transfers.slice(0, at).reduce((held, { from, to, amount }) => {
    if (from === owner && to === owner) return amount > held ? amount : held;
    const left = from === owner ? (amount > held ? 0n : held - amount) : held;
    return to === owner ? left + amount : left;
  }, 0n);
  const before = transfers[at - 1];
  // A fee stands last in its transaction, so nothing can stand behind it there.
  const place = sameTransaction && before && before.kind !== "fee" ? { txid: before.txid, block: before.block, index: 1 } : { txid: "own", block: at - 1, tx_index: 1 };
  return transfers.toSpliced(at, 0, transferOf(at, owner, owner, (balance * BigInt(share)) / 10n, place));
}

const insertion = fc.record({ owner: fc.constantFrom("a", "b", "c"), at: fc.nat(1000), share: fc.integer({ min: 0, max: 10 }), sameTransaction: fc.boolean() });
const limits = fc.record({ floor: fc.integer({ min: 0, max: 5 }), depth: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }), stop: fc.option(fc.constantFrom("a", "b", "c"), { nil: undefined }) });

test(`put anywhere into ${numRuns} random ledgers it changes no total, under any convention, forward or backward`, (t) => {
  t.diagnostic(`seed ${seed}`);
  let moved = 0;
  fc.assert(
    fc.property(ledgerArbitrary, insertion, seedArbitrary, limits, (transfers, { owner, at, share, sameTransaction }, wanted, { floor, depth, stop }) => {
      const place = at % (transfers.length + 1);
      const others = withOwn(transfers, owner, place, share, sameTransaction);
      if (others[place]!.amount > 0n) moved++;
      const asked = (shift: boolean): Seed | undefined => {
        if (wanted.kind === "address") return transfers.some(({ from, to }) => from === wanted.address || to === wanted.address) ? wanted : undefined;
        const row = wanted.at % transfers.length;
        const own = shift && row >= place ? row + 1 : row;
        const { from, to, kind } = transfers[row]!;
        if (wanted.kind === "row") return to === null || to === from || kind === "fee" ? undefined : rowSeed(own);
        return transfers.some((one) => one.from === wanted.address || one.to === wanted.address) ? { kind: "account", address: wanted.address, row: own, amount: BigInt(wanted.amount) } : undefined;
      };
      const [one, other] = [asked(false), asked(true)];
      if (!one || !other) return;
      const more = { floor: BigInt(floor), depth, stopAt: (address: string) => (address === stop ? { reason: "service" as const } : undefined) };
      for (const direction of ["forward", "backward"] as const)
        for (const method of direction === "forward" ? METHOD_NAMES : (["fifo", "lifo", "haircut"] as const)) {
          const [without, found]: AssetTotals[] = [totalsOf(transfers, [one], method, { ...more, direction }), totalsOf(others, [other], method, { ...more, direction })];
          assert.deepEqual(plain(found), plain(without), `${method} ${direction}`);
          if (method !== "poison" && found) assert.equal(excessOf(found), 0n);
        }
      for (const method of METHOD_NAMES)
        try {
          const fast = (rows: readonly Transfer[], seeds: Seed[]) => plain(traceFastKernel(tableOf(rows), { seeds, methods: [method], ...more }).get(method)!.assets.get("native"));
          assert.deepEqual(fast(others, [other]), fast(transfers, [one]), `${method}, the fast kernel`);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
        }
    }),
    { numRuns, seed },
  );
  assert.ok(moved > numRuns / 10, `only ${moved} moved something`);
});
