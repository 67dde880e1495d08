// Laws that any trace must keep, on random ledgers: it adds up, the order of files does not matter, a larger seed never
// leaves less anywhere, and cutting a transfer in two changes nothing where it should not.
import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { ledgerArbitrary, transferOf } from "./kernel.conformance.ts";
import { METHOD_NAMES, type MethodName } from "./methods/methods.ts";
import type { Seed, Step, TraceRequest } from "./request.ts";
import { excessOf, sumOf } from "./totals.ts";
import { trace } from "./trace.ts";
import { buildTransferTable } from "./transfer-table.ts";
import type { Transfer } from "./transfer.ts";

const seed = Number(process.env.TRACEWIRE_SEED ?? Date.now() % 2 ** 31);
const numRuns = process.env.TRACEWIRE_PROVE ? 10_000 : 500;
const conserving = METHOD_NAMES.filter((name) => name !== "poison");

const follow = (transfers: readonly Transfer[], seeds: Seed[], methods: readonly MethodName[] = METHOD_NAMES, more: Partial<TraceRequest> = {}) =>
  trace({ kind: "accounts", table: buildTransferTable(transfers) }, { seeds, methods, ...more });
const rowSeed = (...rows: number[]): Seed => ({ kind: "rows", rows, name: "" });
const receiving = (transfers: readonly Transfer[]) => transfers.flatMap(({ from, to, kind }, row) => (to !== null && to !== from && kind !== "fee" ? [row] : []));
const heldOf = (result: ReturnType<typeof trace>, method: MethodName, asset = "native") => result.get(method)!.assets.get(asset)?.held ?? new Map<string, bigint>();

test("the order in which rows are given does not matter", (t) => {
  t.diagnostic(`seed ${seed}`);
  fc.assert(
    fc.property(ledgerArbitrary, fc.infiniteStream(fc.nat()), fc.nat(), (transfers, keys, pick) => {
      const rows = receiving(transfers);
      if (rows.length === 0) return;
      const order = keys[Symbol.iterator]();
      const shuffled = transfers.map((one) => ({ one, key: order.next().value as number })).sort((a, b) => a.key - b.key).map(({ one }) => one);
      const seeds = [rowSeed(rows[pick % rows.length]!)];
      assert.deepEqual(follow(shuffled, seeds), follow(transfers, seeds));
    }),
    { numRuns, seed },
  );
});

test("a larger seed leaves nowhere less", () => {
  fc.assert(
    fc.property(ledgerArbitrary, fc.nat(), fc.nat(), (transfers, pick, other) => {
      const rows = receiving(transfers);
      if (rows.length === 0) return;
      const [a, b] = [rows[pick % rows.length]!, rows[other % rows.length]!];
      const [less, more] = [follow(transfers, [rowSeed(a)]), follow(transfers, [rowSeed(a, b)])];
      for (const method of METHOD_NAMES)
        for (const [place, amount] of heldOf(less, method)) assert.ok((heldOf(more, method).get(place) ?? 0n) >= amount, `${method} at ${place}`);
    }),
    { numRuns, seed },
  );
});

test("a transfer cut in two changes nothing under fifo, tiho and poison", () => {
  fc.assert(
    fc.property(ledgerArbitrary, fc.nat(), fc.nat(), fc.nat(), (transfers, pick, cut, at) => {
      const rows = receiving(transfers);
      if (rows.length === 0) return;
      const cutRow = cut % transfers.length;
      const { amount } = transfers[cutRow]!;
      // Two payments to oneself show less to have been there than one.
      if (amount < 2n || transfers[cutRow]!.from === transfers[cutRow]!.to) return;
      const first = 1n + (BigInt(at) % (amount - 1n));
      const halves = transfers.flatMap((one, row) =>
        row === cutRow ? [{ ...one, amount: first }, { ...one, index: 1, amount: amount - first }] : [one],
      );
      const seeded = rows[pick % rows.length]!;
      const moved = (row: number) => (row > cutRow ? row + 1 : row);
      const whole = follow(transfers, [rowSeed(seeded)]);
      const split = follow(halves, [seeded === cutRow ? rowSeed(cutRow, cutRow + 1) : rowSeed(moved(seeded))]);
      for (const method of ["fifo", "tiho", "poison"] as const) assert.deepEqual(heldOf(split, method), heldOf(whole, method), method);
    }),
    { numRuns, seed },
  );
});

const someMore = fc.record({ floor: fc.integer({ min: 0, max: 6 }), depth: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }), stop: fc.option(fc.constantFrom("a", "b", "c"), { nil: undefined }) });

test("with floors, depths and stops it still adds up, step by step", () => {
  fc.assert(
    fc.property(ledgerArbitrary, someMore, fc.nat(), (transfers, { floor, depth, stop }, pick) => {
      const rows = receiving(transfers);
      if (rows.length === 0) return;
      const steps: Step[] = [];
      const from: Seed = pick % 3 === 0 ? { kind: "address", address: transfers[rows[0]!]!.to! } : rowSeed(rows[pick % rows.length]!);
      const result = follow(transfers, [from], conserving, {
        floor: BigInt(floor),
        depth,
        stopAt: (address) => (address === stop ? { reason: "service", name: "S" } : undefined),
        onStep: (step) => steps.push(step),
      });
      for (const method of conserving) for (const totals of result.get(method)!.assets.values()) assert.equal(excessOf(totals), 0n, method);
      for (const step of steps) assert.equal(step.after, step.before + step.in - step.out, JSON.stringify(step, (_, value) => (typeof value === "bigint" ? String(value) : value)));
      // The steps alone give the table again: what was tainted in each place at the end is what is held there.
      for (const method of conserving) {
        const last = new Map<string, bigint>();
        for (const step of steps) if (step.method === method && !["stop", "floor", "fee"].includes(step.rule)) last.set(step.place, step.after);
        const held = Object.fromEntries([...heldOf(result, method)].sort());
        assert.deepEqual(Object.fromEntries([...last].filter(([, amount]) => amount > 0n).sort()), held, method);
      }
    }),
    { numRuns, seed },
  );
});

/** Ledgers of two assets in which some transactions are exchanges: given and got in one txid. */
const exchanges = fc
  .array(
    fc.record({
      kind: fc.constantFrom("a", "b", "swap"),
      from: fc.constantFrom("p", "q", "r"),
      to: fc.constantFrom("p", "q", "r", "pool"),
      amount: fc.integer({ min: 1, max: 20 }),
      got: fc.integer({ min: 1, max: 40 }),
      first: fc.boolean(),
    }),
    { minLength: 2, maxLength: 20 },
  )
  .map((rows) =>
    rows.flatMap(({ kind, from, to, amount, got, first }, at): Transfer[] => {
      if (kind !== "swap") return [transferOf(at, from, to, BigInt(amount), { asset: kind })];
      const [give, get] = [transferOf(at, from, "pool", BigInt(amount), { asset: "a" }), transferOf(at, "pool", from, BigInt(got), { asset: "b" })];
      return first ? [give, { ...get, index: 1 }] : [get, { ...give, index: 1 }];
    }),
  );

test("exchanges inside a transaction carry taint into the other asset, and both assets add up", () => {
  let converted = 0;
  fc.assert(
    fc.property(exchanges, fc.nat(), (transfers, pick) => {
      const rows = receiving(transfers);
      if (rows.length === 0) return;
      const result = follow(transfers, [rowSeed(rows[pick % rows.length]!)]);
      for (const method of conserving)
        for (const totals of result.get(method)!.assets.values()) {
          assert.equal(excessOf(totals), 0n, method);
          if (totals.converted_out > 0n) converted++;
        }
    }),
    { numRuns, seed },
  );
  assert.ok(converted > 20, `only ${converted} conversions were met`);
});

test("an exchange: who gave 10 of one and got 30 of the other holds 30 tainted, whatever stood between", () => {
  const transfers = [
    transferOf(0, null, "thief", 10n, { asset: "a", kind: "mint" }),
    transferOf(1, "pool", "thief", 30n, { asset: "b", txid: "swap", block: 1, index: 0 }),
    transferOf(1, "thief", "router", 10n, { asset: "a", txid: "swap", block: 1, index: 1 }),
    transferOf(1, "router", "pool", 10n, { asset: "a", txid: "swap", block: 1, index: 2 }),
    transferOf(2, "thief", "next", 12n, { asset: "b" }),
  ];
  for (const [method, { assets }] of follow(transfers, [rowSeed(0)], conserving)) {
    assert.deepEqual([assets.get("a")!.converted_out, assets.get("b")!.converted_in], [10n, 30n], method);
    assert.deepEqual(Object.fromEntries(assets.get("b")!.held), { thief: 18n, next: 12n }, method);
  }
  const without = follow(transfers, [rowSeed(0)], ["fifo"], { conversions: false }).get("fifo")!.assets;
  assert.equal(without.get("a")!.held.get("pool"), 10n);
});

test("beside an exchange: what went to others, to oneself, or came back, is not lost in it", () => {
  const swap = { txid: "swap", block: 1 };
  const mint = (amount: bigint) => transferOf(0, null, "thief", amount, { asset: "a", kind: "mint" });
  const give = (to: string, amount: bigint, index: number) => transferOf(1, "thief", to, amount, { ...swap, asset: "a", index });
  const get = (asset: string, amount: bigint, index: number) => transferOf(1, "pool", "thief", amount, { ...swap, asset, index });
  const heldAfter = (...transfers: Transfer[]) =>
    conserving.map((method) => {
      const { assets } = follow(transfers, [rowSeed(0)], [method]).get(method)!;
      return [assets.get("a")!.converted_out, ...["a", "b"].map((asset) => Object.fromEntries([...assets.get(asset)!.held].sort()))];
    });
  for (const found of heldAfter(mint(1000n), give("friend", 900n, 0), give("pool", 100n, 1), get("b", 50n, 2))) assert.deepEqual(found, [100n, { friend: 900n }, { thief: 50n }]);
  for (const found of heldAfter(mint(1000n), give("thief", 1000n, 0), give("pool", 100n, 1), get("b", 50n, 2))) assert.deepEqual(found, [100n, { thief: 900n }, { thief: 50n }]);
  for (const found of heldAfter(mint(100n), give("pool", 100n, 0), get("b", 50n, 1), get("a", 20n, 2))) assert.deepEqual(found, [80n, { thief: 20n }, { thief: 50n }]);
  for (const found of heldAfter(mint(110n), give("pool", 90n, 0), give("pool", 10n, 1), give("friend", 10n, 2), get("b", 50n, 3), get("a", 20n, 4)))
    assert.deepEqual(found, [80n, { friend: 10n, thief: 20n }, { thief: 50n }]);
});

test("units that a tainted pool pays out for tainted units count once, and the rest is an end with its reason", () => {
  const swap = { txid: "swap", block: 1 };
  const transfers = (paidAt: number) => [
    transferOf(0, null, "thief", 100n, { asset: "a", kind: "mint" }),
    transferOf(0, null, "pool", 50n, { asset: "b", kind: "mint", index: 1 }),
    transferOf(1, "other", "pool", 7n, { ...swap, asset: "c", index: 1 }),
    transferOf(1, "pool", "thief", 50n, { ...swap, asset: "b", index: paidAt }),
    transferOf(1, "thief", "pool", 100n, { ...swap, asset: "a", index: 3 }),
  ];
  for (const paidAt of [2, 4])
    for (const method of conserving) {
      const b = follow(transfers(paidAt), [rowSeed(0, 1)], [method]).get(method)!.assets.get("b")!;
      assert.deepEqual([Object.fromEntries(b.held), b.stops.get("thief")?.amount], [{ thief: 50n }, 50n], method);
    }
});

test("poison's lines show the balance at their row: none is below zero", () => {
  const steps: Step[] = [];
  follow([transferOf(0, "v", "t", 5n), transferOf(1, "t", "b", 3n), transferOf(2, "x", "t", 4n)], [rowSeed(0)], ["poison"], { onStep: (step) => steps.push(step) });
  assert.deepEqual(steps.filter(({ place }) => place === "t").map(({ rule, before, after }) => [rule, before, after]), [["seed", 0n, 5n], ["debit", 5n, 2n]]);
});

test("a haircut's line holds for a seed that is an address: out = ⌊before·amount/balance⌋", () => {
  const steps: Step[] = [];
  const transfers = [transferOf(0, "v", "t", 1000n), transferOf(1, "t", "b", 300n), transferOf(2, "b", "t", 300n), transferOf(3, "t", "c", 70n)];
  follow(transfers, [{ kind: "address", address: "t" }], ["haircut"], { onStep: (step) => steps.push(step) });
  const debits = steps.filter(({ rule }) => rule === "debit");
  assert.equal(debits.length, 3);
  for (const { before, amount, balance, out, rounding } of debits) assert.deepEqual([out, rounding], [(before * amount) / balance, (before * amount) % balance]);
});

test("stops, floors, depths, fees and burns are rows with their reason", () => {
  const transfers = [
    transferOf(0, null, "thief", 100n, { kind: "mint" }),
    transferOf(1, "thief", "exchange", 60n),
    transferOf(2, "thief", null, 1n, { txid: "paid" }),
    transferOf(3, "thief", "dust", 2n),
    transferOf(4, "thief", "far", 30n),
    transferOf(5, "far", "farther", 30n),
    transferOf(6, "thief", null, 7n, { kind: "burn" }),
  ];
  const reasons: string[] = [];
  const result = follow(transfers, [rowSeed(0)], ["fifo"], {
    floor: 3n,
    depth: 2,
    stopAt: (address) => (address === "exchange" ? { reason: "service", name: "An exchange" } : undefined),
    onStep: ({ rule, place, reason }) => rule === "stop" && reasons.push(`${place} ${reason}`),
  });
  const totals = result.get("fifo")!.assets.get("native")!;
  assert.deepEqual(Object.fromEntries(totals.fees), { paid: 1n });
  assert.deepEqual(Object.fromEntries(totals.floor), { dust: 2n });
  assert.equal(sumOf([...totals.stops.values()].map(({ amount }) => amount)), 97n);
  assert.deepEqual(reasons, ["exchange service", "farther depth", "thief burn"]);
});

test("money that the data lacks is an unknown lot: a thief who sends more than came is not papered over", () => {
  const transfers = [transferOf(0, "onlooker", "thief", 5n), transferOf(1, "thief", "a", 100n), transferOf(2, "thief", "b", 50n)];
  const { ledger, accountsOf } = buildTransferTable(transfers);
  const thief = ledger(accountsOf("thief")[0]!);
  const events = Array.from({ length: thief.end - thief.first }, (_, at) => thief.first + at);
  assert.deepEqual(events.map((at) => [thief.isDebit(at), thief.before(at), thief.unknown(at)]), [[false, 0n, 0n], [true, 5n, 95n], [true, 0n, 50n]]);
  for (const method of METHOD_NAMES) {
    const totals = follow(transfers, [{ kind: "address", address: "thief" }], [method]).get(method)!.assets.get("native")!;
    assert.deepEqual([totals.seed, Object.fromEntries(totals.held)], [150n, { a: 100n, b: 50n }], method);
  }
});
