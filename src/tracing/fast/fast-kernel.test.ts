import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import fc from "fast-check";
import { checkKernel, ledgerArbitrary, transferOf } from "../kernel.conformance.ts";
import { METHOD_NAMES, type MethodName } from "../methods/methods.ts";
import type { AssetTotals } from "../totals.ts";
import { trace } from "../trace.ts";
import { buildTransferTable } from "../transfer-table.ts";
import type { Transfer } from "../transfer.ts";
import { AccountBook, AddressBook } from "./address-book.ts";
import { BATCH_ROWS, Numbering } from "./numbering.ts";
import { buildSegment, type RowColumns } from "./build-segment.ts";
import { segmentOf, traceFastKernel } from "./fast-kernel.ts";
import { openSegments, saveSegment } from "./index-files.ts";
import { highOf, joinLimbs, lowOf } from "./limbs.ts";
import { Refusal } from "./run.ts";
import { GIVES, KIND, SLOT } from "./slots.ts";
import { amountOf, traceFast, type FastTrace } from "./trace-fast.ts";

const seed = Number(process.env.TRACEWIRE_SEED ?? Date.now() % 2 ** 31);
const ledgers = process.env.TRACEWIRE_PROVE ? 20_000 : 2_000;

test(`the fast kernel equals the slow twin on ${ledgers} random ledgers`, (t) => {
  t.diagnostic(`seed ${seed}`);
  let refused = 0;
  let answered = 0;
  checkKernel(
    (data, request) => {
      try {
        const result = traceFastKernel(data, request);
        answered++;
        return result;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        assert.equal(error.reason, "seed_unbacked");
        refused++;
        return trace(data, request);
      }
    },
    ledgers,
    seed,
    METHOD_NAMES,
  );
  t.diagnostic(`${answered} answered, ${refused} refused (a seed above the known balance)`);
  assert.ok(answered > ledgers / 4);
});

/** Amounts as on Ethereum: up to a hundred thousand ether in wei, no two alike. */
const largeLedgers = fc.array(
  fc.record({ from: fc.nat(7), to: fc.nat(7), amount: fc.bigInt({ min: 1n, max: 10n ** 23n }), part: fc.integer({ min: 1, max: 4 }) }),
  { minLength: 8, maxLength: 60 },
);

const places = (totals: AssetTotals | undefined): Map<string, bigint> => {
  const all = new Map<string, bigint>();
  const put = (key: string, amount: bigint) => all.set(key, (all.get(key) ?? 0n) + amount);
  for (const [at, amount] of totals?.held ?? []) put(`held ${at}`, amount);
  for (const [at, { amount }] of totals?.stops ?? []) put(`stop ${at}`, amount);
  for (const [at, amount] of totals?.floor ?? []) put(`floor ${at}`, amount);
  for (const [at, amount] of totals?.fees ?? []) put(`fee ${at}`, amount);
  return all;
};

test("with large amounts, stops and a floor: haircut stays within its printed bound, the others are equal", () => {
  let off = 0n;
  let bounds = 0n;
  let isTight = 0;
  fc.assert(
    fc.property(largeLedgers, fc.constantFrom(0n, 10n ** 20n), (rows, floor) => {
      const transfers = rows.map(({ from, to, amount, part }, at) => transferOf(at, `a${from}`, to === 7 ? null : `a${to}`, amount / 10n ** BigInt(part) + 1n));
      const table = buildTransferTable(transfers);
      const row = transfers.findIndex(({ from, to }) => to !== null && to !== from);
      if (row < 0) return;
      const stopAt = (address: string) => (address === "a3" ? { reason: "service" as const } : undefined);
      const request = { seeds: [{ kind: "rows" as const, rows: [row], name: "theft" }], methods: METHOD_NAMES, stopAt, floor };
      const exact = trace({ kind: "accounts", table }, request);
      const fast = traceFastKernel({ kind: "accounts", table }, request);
      for (const method of METHOD_NAMES) {
        const expected = places(exact.get(method)!.assets.get("native"));
        const found = places(fast.get(method)!.assets.get("native"));
        if (method !== "haircut") {
          assert.deepEqual(found, new Map([...found.keys()].map((place) => [place, expected.get(place)])), method);
          assert.equal(found.size, expected.size, method);
          continue;
        }
        const { bound } = fast.get(method)!;
        for (const place of new Set([...expected.keys(), ...found.keys()])) {
          const difference = (expected.get(place) ?? 0n) - (found.get(place) ?? 0n);
          const distance = difference < 0n ? -difference : difference;
          assert.ok(distance <= bound, `${place} is off by ${distance}, more than ${bound}`);
          if (distance > off) off = distance;
        }
        if (bound > bounds) bounds = bound;
        if (bound < 10n ** 12n) isTight++;
      }
    }),
    { numRuns: ledgers / 4, seed },
  );
  // The run is rounded somewhere, else the bound is not tried; and it says something, else it is not worth printing.
  assert.ok(off > 0n && off <= bounds);
  assert.ok(isTight > ledgers / 8, `only ${isTight} bounds are below a millionth of an ether`);
});

const columnsOf = (transfers: readonly Transfer[], numberOf: (address: string) => number): RowColumns => ({
  rows: transfers.length,
  from: transfers.map(({ from }) => (from === null ? 0 : numberOf(from))),
  to: transfers.map(({ to }) => (to === null ? 0 : numberOf(to))),
  high: Float64Array.from(transfers, ({ amount }) => highOf(amount)),
  low: Float64Array.from(transfers, ({ amount }) => lowOf(amount)),
});

const heldOf = ({ run }: FastTrace): [number, string][] =>
  Array.from({ length: run.slots.count }, (_, slot): [number, string] => [
    run.slots.ints[slot * SLOT + GIVES.account]!,
    run.slots.ints[slot * SLOT + GIVES.kind] === KIND.live ? String(amountOf(run, run.slots.amounts[2 * slot]!, run.slots.amounts[2 * slot + 1]!)) : "stop",
  ])
    .filter(([, amount]) => amount !== "0")
    .sort((a, b) => a[0] - b[0]);

test("days that are appended give what one index gives, from files as well, and so does a pass over all rows", () => {
  const folder = mkdtempSync(join(tmpdir(), "tracewire-segments-"));
  let run = 0;
  fc.assert(
    fc.property(ledgerArbitrary, fc.nat(1000), fc.nat(1000), (transfers, cut, theft) => {
      const numbers = new Map<string, number>();
      const numberOf = (address: string) => numbers.get(address) ?? numbers.set(address, numbers.size + 1).get(address)!;
      const all = columnsOf(transfers, numberOf);
      const at = cut % (transfers.length + 1);
      const accounts = numbers.size + 1;
      const whole = buildSegment(all, { accounts });
      const base = buildSegment(columnsOf(transfers.slice(0, at), numberOf), { accounts });
      const day = buildSegment(columnsOf(transfers.slice(at), numberOf), { accounts, after: base });
      const rows = [theft % transfers.length].filter((row) => transfers[row]!.to !== null && transfers[row]!.to !== transfers[row]!.from);
      let read: [typeof base, typeof base] = [base, day];
      if (run++ % 20 === 0) {
        const folders = [join(folder, `base-${run}`), join(folder, `day-${run}`)];
        saveSegment(folders[0]!, base);
        saveSegment(folders[1]!, day);
        read = openSegments(folders) as typeof read;
      }
      for (const method of ["haircut", "fifo", "lifo", "tiho"] as MethodName[]) {
        const ask = { method, seeds: { rows, sources: [], lots: [] } };
        const expected = traceFast([whole], ask);
        assert.deepEqual(heldOf(traceFast(read, ask)), heldOf(expected), method);
        if (method !== "haircut") continue;
        const passed = traceFast(read, { ...ask, pass: "always" });
        assert.deepEqual([heldOf(passed), passed.run.edges, passed.run.astray], [heldOf(expected), expected.run.edges, expected.run.astray], "row by row");
      }
    }),
    { numRuns: ledgers / 4, seed },
  );
  rmSync(folder, { recursive: true });
});

test("an index that is cut, changed, foreign or out of order is refused", () => {
  const folder = mkdtempSync(join(tmpdir(), "tracewire-index-"));
  const table = buildTransferTable([transferOf(0, null, "a", 5n), transferOf(1, "a", "b", 3n), transferOf(2, "b", "c", 2n)]);
  const whole = join(folder, "whole");
  saveSegment(whole, segmentOf(table));
  assert.equal(openSegments([whole])[0]!.rows, 3);
  assert.throws(() => saveSegment(whole, segmentOf(table)), { code: "BAD_ARGUMENT" });
  assert.throws(() => openSegments([whole, whole]), { code: "INDEX_DAMAGED" });
  const open = (path: string) => {
    const [segment] = openSegments([path]);
    segment!.ledger();
    segment!.givenBy();
  };
  for (const name of readdirSync(whole))
    for (const harm of ["cut", "flip", "gone"] as const) {
      const copy = join(folder, `${name}-${harm}`);
      cpSync(whole, copy, { recursive: true });
      const file = join(copy, name);
      if (harm === "cut") truncateSync(file, statSync(file).size - 1);
      else if (harm === "gone") rmSync(file);
      else {
        const bytes = readFileSync(file);
        bytes[bytes.length >> 1]! ^= 1;
        writeFileSync(file, bytes);
      }
      assert.throws(() => open(copy), { code: "INDEX_DAMAGED" }, `${name} ${harm}`);
    }
  rmSync(folder, { recursive: true });
});

test("what does not fit is refused by name, and nothing else", () => {
  const refusal = (transfers: Transfer[], request: object) => {
    try {
      traceFastKernel({ kind: "accounts", table: buildTransferTable(transfers) }, { methods: ["haircut", "fifo"], seeds: [{ kind: "rows", rows: [0], name: "x" }], ...request });
    } catch (error) {
      assert.ok(error instanceof Refusal, String(error));
      return error.reason;
    }
    return undefined;
  };
  const wide = [transferOf(0, null, "a", 2n ** 256n - 1n), transferOf(1, "a", "b", 3n)];
  const plain = [transferOf(0, null, "a", 5n), transferOf(1, "a", "b", 3n)];
  const swap = [transferOf(0, null, "a", 5n), transferOf(1, "a", "b", 3n, { txid: "s" }), transferOf(2, "b", "a", 9n, { txid: "s", block: 1, index: 1, asset: "other" })];
  assert.equal(refusal(plain, {}), undefined);
  assert.equal(refusal(wide, {}), "amount_too_wide");
  assert.equal(refusal(wide, { stopAt: () => ({ reason: "service" }) }), "amount_too_wide");
  assert.equal(refusal(plain, { depth: 3 }), "haircut_depth");
  assert.equal(refusal(plain, { depth: 3, methods: ["fifo"] }), undefined);
  assert.equal(refusal(plain, { seeds: [{ kind: "account", address: "a", row: 0, amount: 6n }] }), "seed_unbacked");
  assert.equal(refusal(swap, {}), "conversion");
  assert.equal(refusal(swap, { conversions: false }), undefined);
  assert.equal(refusal(plain, { floors: new Map([["native", 2n]]) }), "floor_by_asset");
  const [time, message] = ["2024-01-01T00:00:00Z", "m"];
  const crossed = [transferOf(0, null, "a", 5n, { time }), transferOf(1, "a", "b", 3n, { time, message }), transferOf(2, "b", "a", 3n, { time, message, chain: "z", asset: "other" })];
  assert.equal(refusal(crossed, { conversions: false }), "conversion");
});

test("accounts numbered in another thread have the numbers that this one would give", async () => {
  const numbering = new Numbering(16);
  const book = new AddressBook(16);
  for (const rows of [3 * BATCH_ROWS + 5, 70]) {
    const columns = { from: new Int32Array(new SharedArrayBuffer(4 * rows)), to: new Int32Array(new SharedArrayBuffer(4 * rows)) };
    numbering.begin(columns);
    const key = (row: number, side: number) => [row % 3, 0, 0, 0, side, (row * row) % 997] as const;
    for (let first = 0; first < rows; first += BATCH_ROWS) {
      const batch = await numbering.take();
      const count = Math.min(BATCH_ROWS, rows - first);
      for (let at = 0; at < count; at++) batch.words.set([...key(first + at, 0), ...key(first + at, 1)], 12 * at);
      numbering.put(batch, count, first);
    }
    const accounts = await numbering.end();
    for (let row = 0; row < rows; row++) assert.deepEqual([columns.from[row], columns.to[row]], [book.number(...key(row, 0)) + 1, book.number(...key(row, 1)) + 1]);
    assert.equal(accounts, book.count + 1);
  }
  await numbering.close();
});

test("addresses and accounts are numbered as a map would number them", () => {
  const words = fc.tuple(fc.nat(2), fc.nat(3), fc.constantFrom(0, 1, -1, 0x7fffffff), fc.nat(1), fc.nat(1), fc.nat(50));
  fc.assert(
    fc.property(fc.array(fc.tuple(words, fc.nat(2)), { maxLength: 400 }), (keys) => {
      const book = new AddressBook(4);
      const accounts = new AccountBook(4);
      const many = new AddressBook(4);
      const numbers = new Int32Array(keys.length);
      many.numbersOf(Int32Array.from(keys.flatMap(([words]) => words)), keys.length, numbers);
      const seen = new Map<string, number>();
      for (const [at, [words]] of keys.entries())
        assert.equal(numbers[at], seen.get(words.join()) ?? seen.set(words.join(), seen.size).get(words.join())!);
      const known = new Map<string, number>();
      const knownAccounts = new Map<string, number>();
      for (const [key, asset] of keys) {
        const text = key.join();
        const number = known.get(text) ?? known.set(text, known.size).get(text)!;
        assert.equal(book.number(...key), number);
        const account = `${number} ${asset}`;
        assert.equal(accounts.number(number, asset), knownAccounts.get(account) ?? knownAccounts.set(account, knownAccounts.size + 1).get(account)!);
      }
    }),
    { seed },
  );
  assert.equal(joinLimbs(highOf(2n ** 100n - 1n), lowOf(2n ** 100n - 1n)), 2n ** 100n - 1n);
});
