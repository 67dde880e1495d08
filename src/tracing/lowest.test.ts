// The lowest balance between two moments: against a walk over the rows, in every way of naming a moment, and what is refused.
import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { METHOD_NAMES } from "./methods/methods.ts";
import { ledgerArbitrary, transferOf } from "./kernel.conformance.ts";
import { lowestBetween } from "./lowest.ts";
import { trace } from "./trace.ts";
import { buildTransferTable } from "./transfer-table.ts";

const seed = Number(process.env.TRACEWIRE_SEED ?? 7);
const numRuns = process.env.TRACEWIRE_PROVE ? 20_000 : 500;
const day = (at: number) => `2024-01-0${at}T09:00:00Z`;

test("it is the least known balance that a walk over the rows meets, whatever lies before, between and behind", () => {
  let asked = 0;
  fc.assert(
    fc.property(ledgerArbitrary, fc.nat(), fc.nat(), fc.option(fc.nat(20)), (transfers, from, to, amount) => {
      const [first, last] = [from % transfers.length, to % transfers.length].sort((a, b) => a - b) as [number, number];
      const table = buildTransferTable(transfers);
      if (table.accountsOf("a").length === 0) return;
      asked++;
      let balance = 0n;
      let [lowest, unknown, since] = [0n, 0n, 0n];
      for (const [row, one] of transfers.entries()) {
        if (row > last) break;
        if (one.from === "a" && one.to === "a") {
          if (row > first && one.amount > balance) unknown += one.amount - balance;
          if (one.amount > balance) balance = one.amount;
        } else if (one.from === "a") {
          if (row > first && one.amount > balance) unknown += one.amount - balance;
          balance = one.amount > balance ? 0n : balance - one.amount;
          if (row > first && balance < lowest) lowest = balance;
        }
        else if (one.to === "a") balance += one.amount;
        if (row === first) lowest = since = balance;
      }
      const found = lowestBetween(table, { address: "a", since: `@${first}`, until: `@${last}`, ...(amount === null ? {} : { amount: BigInt(amount) }) });
      const wanted = amount === null ? since : BigInt(amount);
      assert.deepEqual(
        [found.amount, found.since.balance, found.lowest, found.until.balance, found.unknown, found.traceable],
        [wanted, since, lowest, balance, unknown, wanted < lowest ? wanted : lowest].map(String),
      );
      assert.ok(found.lowest_at.balance === found.lowest || found.lowest === "0");
    }),
    { numRuns, seed },
  );
  assert.ok(asked > numRuns / 2);
});

test("no convention that conserves leaves more of a payment in the account than the bound", () => {
  fc.assert(
    fc.property(ledgerArbitrary, fc.nat(), (transfers, pick) => {
      const credits = transfers.flatMap(({ to, from, amount }, row) => (to === "a" && from !== "a" && amount > 0n ? [row] : []));
      if (credits.length === 0) return;
      const row = credits[pick % credits.length]!;
      // What comes back to the account is money paid in later, and not what never left.
      const once = transfers.filter(({ from, to }, at) => at <= row || to === "a" || from === "a").map((one, at) => (at > row && one.to === "a" ? { ...one, from: null } : one));
      const table = buildTransferTable(once);
      const { traceable } = lowestBetween(table, { address: "a", since: `@${row}` });
      for (const method of METHOD_NAMES.filter((name) => name !== "poison")) {
        const held = trace({ kind: "accounts", table }, { seeds: [{ kind: "rows", rows: [row], name: "x" }], methods: [method] }).get(method)!.assets.get("native")!.held.get("a") ?? 0n;
        assert.ok(held <= BigInt(traceable), `${method}: ${held} of at most ${traceable}`);
      }
    }),
    { numRuns, seed },
  );
});

const table = buildTransferTable([
  transferOf(1, "savers", "market", 100n, { time: day(1) }),
  transferOf(2, "thief", "market", 100n, { time: day(3) }),
  transferOf(3, "market", "ada", 170n, { time: day(4) }),
  transferOf(4, "savers", "market", 500n, { time: day(5) }),
  transferOf(5, "market", "ben", 20n, { time: day(6) }),
  transferOf(6, "thief", "market", 7n, { time: day(7), asset: "other" }),
]);
const of = (more: { since: string; until?: string; amount?: bigint; asset?: string }) => lowestBetween(table, { address: "market", asset: "native", ...more });

test("moments by transaction, day, time and order; what was paid in later restores nothing", () => {
  const expected = { amount: "100", lowest: "30", traceable: "30", unknown: "0", lowest_at: { transfer: "t3#0", time: day(4), balance: "30" }, since: { transfer: "t2#0", time: day(3), balance: "200" } };
  const { since, amount, lowest, traceable, unknown, lowest_at, until } = of({ since: "t2" });
  assert.deepEqual({ since, amount, lowest, traceable, unknown, lowest_at }, expected);
  assert.deepEqual(until, { transfer: "t5#0", time: day(6), balance: "510" });
  assert.equal(lowestBetween(table, { address: "market", since: "t2" }).asset, "native", "the transaction says of which asset");
  for (const [moments, traceable_then] of [
    [{ since: "t2", until: "t2" }, "100"],
    [{ since: "T2" }, "30"],
    [{ since: "2024-01-04", amount: 100n }, "30"],
    [{ since: "2024-01-03", amount: 100n }, "30"],
    [{ since: "2024-01-05", amount: 100n }, "30"],
    [{ since: "2024-01-06", amount: 100n, until: "2024-01-06" }, "100"],
    [{ since: day(3), until: day(3), amount: 1_000n }, "200"],
    [{ since: "@2.0.0", until: "@3", amount: 40n }, "30"],
    [{ since: "2023-01-01", amount: 100n }, "0"],
  ] as const)
    assert.equal(of(moments).traceable, traceable_then, JSON.stringify(moments, (_, value) => (typeof value === "bigint" ? String(value) : value)));
  assert.deepEqual(of({ since: "2023-01-01" }).since, { transfer: null, time: null, balance: "0" });
});

test("what cannot be said is refused by name", () => {
  const code = (run: () => unknown): string => {
    try {
      run();
      return "answered";
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  assert.equal(code(() => lowestBetween(table, { address: "nobody", since: "t2" })), "NOT_FOUND");
  assert.equal(code(() => lowestBetween(table, { address: "market", asset: "third", since: "t2" })), "NOT_FOUND");
  assert.equal(code(() => lowestBetween(table, { address: "market", since: "2024-01-01" })), "BAD_ARGUMENT", "two assets");
  assert.equal(code(() => of({ since: "t9" })), "NOT_FOUND");
  assert.equal(code(() => of({ since: "yesterday" })), "NOT_FOUND");
  assert.equal(code(() => of({ since: "t3", until: "t2" })), "BAD_ARGUMENT");
  assert.equal(code(() => of({ since: "2024-13-01" })), "BAD_ARGUMENT");
  const untimed = buildTransferTable([transferOf(1, "b", "a", 1n)]);
  assert.equal(code(() => lowestBetween(untimed, { address: "a", since: "2024-01-01" })), "BAD_ARGUMENT");
});
