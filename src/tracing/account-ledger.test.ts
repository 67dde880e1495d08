import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { groupEvents, NONE, withLots } from "./account-events.ts";
import { AccountLedger, lowestIntermediateBalance } from "./account-ledger.ts";
import { highOf, lowOf, splitAmount } from "./fast/limbs.ts";
import { transferOf } from "./kernel.conformance.ts";
import { LimbSums, WideSums } from "./running-sums.ts";
import { buildTransferTable } from "./transfer-table.ts";

const seed = Number(process.env.TRACEWIRE_SEED ?? Date.now() % 2 ** 31);
const numRuns = process.env.TRACEWIRE_PROVE ? 5_000 : 500;

/** Amounts whose limbs are full, empty, or about to carry. */
const amount = fc.oneof(
  fc.bigInt({ min: 0n, max: 4n }),
  fc.tuple(fc.constantFrom(32n, 50n, 64n, 82n, 96n, 98n), fc.bigInt({ min: -2n, max: 2n })).map(([bits, off]) => 2n ** bits + off),
  fc.bigInt({ min: 0n, max: 2n ** 97n }),
);

test("an amount in two limbs through machine words is the amount, up to 2^100 and no further", () => {
  const into = new Float64Array(2);
  fc.assert(
    fc.property(amount, (one) => {
      assert.ok(splitAmount(one, into));
      assert.deepEqual([...into], [highOf(one), lowOf(one)]);
    }),
    { numRuns, seed },
  );
  assert.ok(splitAmount(2n ** 100n - 1n, into));
  for (const wide of [2n ** 100n, 2n ** 128n, 2n ** 128n + 5n, 2n ** 256n - 1n]) assert.ok(!splitAmount(wide, into), String(wide));
});

test("both bodies of a ledger say the same of every event, and find the same debits", (t) => {
  t.diagnostic(`seed ${seed}`);
  let narrow_count = 0;
  const moves = fc.array(fc.record({ isDebit: fc.boolean(), toSelf: fc.nat(9), amount }), { minLength: 1, maxLength: 700 });
  fc.assert(
    fc.property(moves, fc.array(fc.tuple(fc.nat(), amount), { maxLength: 8 }), (rows, asked) => {
      const transfers = rows.map(({ isDebit, toSelf, amount: one }, at) => (toSelf < 1 ? transferOf(at, "a", "a", one) : isDebit ? transferOf(at, "a", "b", one) : transferOf(at, "b", "a", one)));
      const table = buildTransferTable(transfers);
      const events = groupEvents(table);
      const account = table.accountsOf("a")[0]!;
      const [first, end] = [events.starts[account]!, events.starts[account + 1]!];
      const sums = new LimbSums(events.moves.length);
      if (!sums.fill(events, first, end)) return;
      narrow_count++;
      const narrow = new AccountLedger(account, events, () => sums, first, end);
      const own = withLots(events, first, end, []);
      const wide = new AccountLedger(account, own, () => new WideSums(own, 0, end - first), 0, end - first);
      const placed = (at: number) => (at === NONE ? NONE : at - first);
      for (let at = first; at < end; at++)
        assert.deepEqual(
          [narrow.row(at), narrow.isDebit(at), narrow.amount(at), narrow.before(at), narrow.debited(at), narrow.unknown(at), placed(narrow.nextDebit(at))],
          [wide.row(at - first), wide.isDebit(at - first), wide.amount(at - first), wide.before(at - first), wide.debited(at - first), wide.unknown(at - first), wide.nextDebit(at - first)],
        );
      assert.equal(narrow.final, wide.final);
      for (const row of transfers.keys())
        assert.deepEqual([narrow.debitOf(row), narrow.creditOf(row), narrow.after(row)].map(placed), [wide.debitOf(row), wide.creditOf(row), wide.after(row)]);
      for (const [where, what] of end > first ? asked : []) {
        const at = where % (end - first);
        assert.equal(placed(narrow.debitReaching(what, first + at)), wide.debitReaching(what, at));
        if (what > 0n && what <= wide.before(at)) assert.equal(placed(narrow.debitBelow(what, first + at)), wide.debitBelow(what, at));
      }
    }),
    { numRuns, seed },
  );
  assert.ok(narrow_count > numRuns / 20, `only ${narrow_count} ledgers fitted two limbs`);
});

test("lowest intermediate balance: what can still be there is the least that was there in between", () => {
  const transfers = [transferOf(0, "b", "a", 100n), transferOf(1, "a", "c", 70n), transferOf(2, "d", "a", 500n), transferOf(3, "a", "c", 20n)];
  const table = buildTransferTable(transfers);
  const ledger = table.ledger(table.accountsOf("a")[0]!);
  assert.deepEqual(lowestIntermediateBalance(ledger, 80n, 0, 3), { lowest: 30n, row: 1 });
  assert.deepEqual(lowestIntermediateBalance(ledger, 10n, 0, 3), { lowest: 10n, row: 0 });
});
