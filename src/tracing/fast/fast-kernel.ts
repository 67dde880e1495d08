// The fast kernel in the exact kernel's place: the same question, the same totals. Haircut comes with the bound of this
// very run; the other methods are equal to the unit. What it cannot answer it refuses by name (Refusal).
import assert from "node:assert/strict";
import { conversionOf } from "../conversions.ts";
import { METHODS, type MethodName } from "../methods/methods.ts";
import type { Stop, TraceRequest } from "../request.ts";
import { accountSeeds } from "../seeds.ts";
import { addStop, addTo, emptyTotals, type AssetTotals } from "../totals.ts";
import type { TraceData } from "../trace.ts";
import { NOBODY, type TransferTable } from "../transfer-table.ts";
import { buildSegment, MARK } from "./build-segment.ts";
import type { Segment } from "./fast-index.ts";
import { highOf, lowOf } from "./limbs.ts";
import { Refusal } from "./run.ts";
import { GIVES, KIND, SLOT } from "./slots.ts";
import { SPILL_KINDS } from "./spills.ts";
import { amountOf, heldBySource, traceFast, type FastTrace } from "./trace-fast.ts";

export type FastMethodTrace = {
  version: string;
  assets: Map<string, AssetTotals>;
  step_count: number;
  /** Haircut: no place of this result, and none that it does not list, is off by more than this many base units. */
  bound: bigint;
};

const segments = new WeakMap<TransferTable, Segment>();

/** Accounts stand one higher than in the table: 0 is what lies outside. */
export function segmentOf(table: TransferTable): Segment {
  let segment = segments.get(table);
  if (segment) return segment;
  const { transfers, from, to } = table;
  const rows = transfers.length;
  const columns = { rows, from: new Int32Array(rows), to: new Int32Array(rows), high: new Float64Array(rows), low: new Float64Array(rows), mark: new Uint8Array(rows) };
  for (const [row, { amount, kind }] of transfers.entries()) {
    columns.from[row] = from[row]! + 1;
    columns.to[row] = to[row]! + 1;
    columns.high[row] = highOf(amount);
    columns.low[row] = lowOf(amount);
    columns.mark[row] = kind === "fee" ? MARK.fee : conversionOf(table, row) ? MARK.exchange : MARK.plain;
  }
  assert.equal(NOBODY + 1, 0);
  segments.set(table, (segment = buildSegment(columns, { accounts: table.accounts.length + 1 })));
  return segment;
}

export function traceFastKernel(data: TraceData, { seeds, methods, ...request }: TraceRequest): Map<MethodName, FastMethodTrace> {
  if (data.kind === "utxo") throw new Refusal("outputs", "outputs are spread transaction by transaction, by the exact kernel");
  const { table } = data;
  if (request.floors && request.floors.size > 0) throw new Refusal("floor_by_asset", "one floor counts for all assets here");
  if (table.messages.count > 0) throw new Refusal("conversion", "messages of a bridge are followed by the exact kernel");
  const segment = segmentOf(table);
  const { sources, rows, lots } = accountSeeds(table, seeds);
  const found = { rows, sources: sources.map((account) => account + 1), lots: lots.map((lot) => ({ ...lot, account: lot.account + 1 })) };
  const { stops, reasons } = stopsOf(table, request.stopAt);
  return new Map(
    methods.map((method) => {
      const { floor, depth, conversions } = request;
      const trace = traceFast([segment], { method, seeds: found, stops, floor, depth, conversions });
      return [method, { version: METHODS[method].version, ...totalsOf(trace, table, reasons), step_count: trace.run.edges }];
    }),
  );
}

function stopsOf(table: TransferTable, stopAt: TraceRequest["stopAt"]): { stops?: Uint8Array; reasons: Map<number, Stop> } {
  const reasons = new Map<number, Stop>();
  if (!stopAt) return { reasons };
  const stops = new Uint8Array((table.accounts.length >> 3) + 1);
  for (const [number, { address, chain }] of table.accounts.entries()) {
    const stop = stopAt(address, chain);
    if (!stop) continue;
    reasons.set(number + 1, stop);
    stops[(number + 1) >> 3]! |= 1 << ((number + 1) & 7);
  }
  return { stops, reasons };
}

function totalsOf({ run, seeded }: FastTrace, table: TransferTable, reasons: Map<number, Stop>): Pick<FastMethodTrace, "assets" | "bound"> {
  const assets = new Map<string, AssetTotals>();
  const isHaircut = run.method.name === "haircut";
  const totals = (asset: string): AssetTotals => assets.get(asset) ?? assets.set(asset, emptyTotals()).get(asset)!;
  const accountAt = (account: number) => table.accounts[account - 1]!;
  for (const { account, amount } of seeded) totals(accountAt(account).asset).seed += amount;
  let worst = 0;
  for (let slot = 0; slot < run.slots.count; slot++) {
    const account = run.slots.ints[slot * SLOT + GIVES.account]!;
    const kind = run.slots.ints[slot * SLOT + GIVES.kind]!;
    const { address, asset } = accountAt(account);
    const isWhole = (kind & KIND.source) !== 0 || (run.method.name === "poison" && (kind & KIND.stop) === 0 && run.slots.amounts[2 * slot]! > 0);
    const amount = isWhole ? heldBySource(run, account) : amountOf(run, run.slots.amounts[2 * slot]!, run.slots.amounts[2 * slot + 1]!);
    if (isHaircut) worst = Math.max(worst, run.slots.amounts[2 * slot + 1]!);
    if (amount === 0n) continue;
    if (kind === KIND.stop) addStop(totals(asset), address, amount, reasons.get(account)!);
    else addTo(totals(asset).held, address, amount);
  }
  const atPlaces = new Map<string, number>();
  for (let at = 0; at < run.spills.count; at++) {
    const kind = SPILL_KINDS[run.spills.kinds[at]!]!;
    const key = run.spills.keys[at]!;
    const amount = amountOf(run, run.spills.amounts[2 * at]!, run.spills.amounts[2 * at + 1]!);
    if (isHaircut) {
      const off = (atPlaces.get(`${kind} ${key}`) ?? 0) + run.spills.amounts[2 * at + 1]!;
      atPlaces.set(`${kind} ${key}`, off);
      worst = Math.max(worst, off);
    }
    if (kind === "fee") {
      const { txid, row, asset } = table.transfers[key]!;
      addTo(totals(asset).fees, txid || row, amount);
      continue;
    }
    const { address, asset } = accountAt(key);
    if (kind === "floor") addTo(totals(asset).floor, address, amount);
    else addStop(totals(asset), address, amount, kind === "stop" ? reasons.get(key)! : { reason: kind });
  }
  return { assets, bound: isHaircut ? BigInt(Math.ceil((worst + run.astray + run.lost) * (1 + 2 ** -40))) * run.options.quantum : 0n };
}
