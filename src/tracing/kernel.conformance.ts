// One suite for every kernel: random ledgers, all methods, every kind of seed, each answer compared with the slow twin
// to the unit. A kernel is a function from data and request to totals.
import assert from "node:assert/strict";
import fc from "fast-check";
import { METHOD_NAMES, type MethodName } from "./methods/methods.ts";
import type { Seed } from "./request.ts";
import { playTransfers, type OracleSeed } from "./trace-oracle.ts";
import { excessOf, type AssetTotals } from "./totals.ts";
import { buildTransferTable } from "./transfer-table.ts";
import type { Trace, TraceData } from "./trace.ts";
import type { Transfer } from "./transfer.ts";

export type Kernel = (data: TraceData, request: { seeds: readonly Seed[]; methods: readonly MethodName[] }) => Trace;

export const transferOf = (at: number, from: string | null, to: string | null, amount: bigint, more: Partial<Transfer> = {}): Transfer => ({
  chain: "",
  txid: `t${at}`,
  block: at,
  tx_index: 0,
  index: 0,
  kind: to === null ? "fee" : "transfer",
  time: null,
  from,
  to,
  asset: "native",
  amount,
  row: `test:${at + 1}`,
  ...more,
});

const address = fc.constantFrom("a", "b", "c", "d", "e", "f");
/** Few addresses and small amounts, so that cycles, self-transfers, drained accounts, zeros and unknown lots all happen. */
export const ledgerArbitrary = fc
  .array(
    fc.record({
      from: fc.option(address, { nil: null, freq: 8 }),
      to: fc.option(address, { nil: null, freq: 10 }),
      amount: fc.integer({ min: 0, max: 12 }),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((rows) =>
    rows.filter(({ from, to }) => from !== null || to !== null).map(({ from, to, amount }, at) => transferOf(at, from, to, BigInt(amount))),
  )
  .filter((transfers) => transfers.length > 0);

export const seedArbitrary = fc.oneof(
  fc.record({ kind: fc.constant("row" as const), at: fc.nat(1000) }),
  fc.record({ kind: fc.constant("account" as const), address, at: fc.nat(1000), amount: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ kind: fc.constant("address" as const), address }),
);

export function checkKernel(kernel: Kernel, runs: number, seed: number, methods: readonly MethodName[] = METHOD_NAMES): void {
  fc.assert(
    fc.property(ledgerArbitrary, fc.array(seedArbitrary, { minLength: 1, maxLength: 2 }), (transfers, wanted) => {
      const table = buildTransferTable(transfers);
      const used = new Set(transfers.flatMap(({ from, to }) => [from, to]));
      const asked: Seed[] = [];
      const played: OracleSeed[] = [];
      const sources = new Set(wanted.flatMap((one) => (one.kind === "address" ? [one.address] : [])));
      for (const one of wanted) {
        const row = "at" in one ? one.at % transfers.length : 0;
        if (one.kind === "row") {
          // A row seed is a theft's transfer: it has a receiver, who is another.
          if (transfers[row]!.to === null || transfers[row]!.kind === "fee" || transfers[row]!.from === transfers[row]!.to) continue;
          asked.push({ kind: "rows", rows: [row], name: "row" });
          played.push({ row });
        } else if (one.kind === "account") {
          if (!used.has(one.address) || sources.has(one.address)) continue;
          if (asked.some((other) => other.kind === "account" && other.address === one.address)) continue;
          asked.push({ kind: "account", address: one.address, row, amount: BigInt(one.amount) });
          played.push({ address: one.address, after: row, amount: BigInt(one.amount) });
        } else if (used.has(one.address)) {
          asked.push({ kind: "address", address: one.address });
          played.push({ address: one.address });
        }
      }
      if (asked.length === 0) return;
      const result = kernel({ kind: "accounts", table }, { seeds: asked, methods });
      for (const method of methods) {
        const expected = playTransfers(transfers, method, played);
        const totals = result.get(method)!.assets.get("native");
        assert.deepEqual(plain(totals), expected, method);
        if (method !== "poison" && totals) assert.equal(excessOf(totals), 0n, method);
      }
    }),
    { numRuns: runs, seed },
  );
}

const sorted = (map: Iterable<[string, bigint]>) => Object.fromEntries([...map].filter(([, amount]) => amount > 0n));
const plain = (totals: AssetTotals | undefined) => ({
  seed: totals?.seed ?? 0n,
  held: sorted(totals?.held ?? []),
  fees: sorted(totals?.fees ?? []),
});
