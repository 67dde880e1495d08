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
  const { count: rows, from, to, amounts: { limbs, wide } } = table;
  const columns = { rows, from: new Int32Array(rows), to: new Int32Array(rows), high: new Float64Array(rows), low: new Float64Array(rows), mark: new Uint8Array(rows) };
  for (let row = 0; row < rows; row++) {
    columns.from[row] = from[row]! + 1;
    columns.to[row] = to[row]! + 1;
    columns.high[row] = limbs[2 * row]!;
    columns.low[row] = limbs[2 * row + 1]!;
    columns.mark[row] = table.isFee(row) ? MARK.fee : table.isAlone(row) || !conversionOf(table, row) ? MARK.plain : MARK.exchange;
  }
  for (const [row, amount] of wide) [columns.high[row], columns.low[row]] = [highOf(amount), lowOf(amount)];
  assert.equal(NOBODY + 1, 0);
  segments.set(table, (segment = buildSegment(columns, { accounts: table.account_count + 1 })));
  return segment;
}

/** `onBridge` is told of each transfer by which taint came to a bridge; haircut tells of those that carried a quantum. */
export function traceFastKernel(data: TraceData, { seeds, methods, ...request }: TraceRequest, onBridge?: (transfer: string, place: string) => void): Map<MethodName, FastMethodTrace> {
  if (data.kind === "utxo") throw new Refusal("outputs", "outputs are spread transaction by transaction, by the exact kernel");
  const { table } = data;
  if (request.floors && request.floors.size > 0) throw new Refusal("floor_by_asset", "one floor counts for all assets here");
  if (table.messages.count > 0) throw new Refusal("conversion", "messages of a bridge are followed by the exact kernel");
  const segment = segmentOf(table);
  const { sources, rows, lots } = accountSeeds(table, seeds);
  const found = { rows, sources: sources.map((account) => account + 1), lots: lots.map((lot) => ({ ...lot, account: lot.account + 1 })) };
  const { stops, reasons } = stopsOf(table, request);
  const hasBridge = onBridge !== undefined && reasons.values().some(({ reason }) => reason === "bridge");
  const onStop = hasBridge ? (row: number, account: number) => reasons.get(account)!.reason === "bridge" && onBridge(table.nameOf(row), table.addressOf(account - 1)) : undefined;
  return new Map(
    methods.map((method) => {
      const { floor, depth, conversions } = request;
      const trace = traceFast([segment], { method, seeds: found, stops, floor, depth, conversions, onStop });
      return [method, { version: METHODS[method].version, ...totalsOf(trace, table, reasons), step_count: trace.run.edges }];
    }),
  );
}

function stopsOf(table: TransferTable, { stops: byAddress, stopAt }: Pick<TraceRequest, "stops" | "stopAt">): { stops?: Uint8Array; reasons: Map<number, Stop> } {
  const reasons = new Map<number, Stop>();
  if (!stopAt && !byAddress) return { reasons };
  for (const [address, stop] of byAddress ?? []) for (const account of table.accountsOf(address)) reasons.set(account + 1, stop);
  const stops = new Uint8Array((table.account_count >> 3) + 1);
  for (let number = 0; stopAt && number < table.account_count; number++) {
    const stop = reasons.get(number + 1) ?? stopAt(table.addressOf(number), table.chainOf(number));
    if (stop) reasons.set(number + 1, stop);
  }
  for (const number of reasons.keys()) stops[number >> 3]! |= 1 << (number & 7);
  return { stops, reasons };
}

function totalsOf({ run, seeded }: FastTrace, table: TransferTable, reasons: Map<number, Stop>): Pick<FastMethodTrace, "assets" | "bound"> {
  const assets = new Map<string, AssetTotals>();
  const isHaircut = run.method.name === "haircut";
  const totals = (asset: string): AssetTotals => assets.get(asset) ?? assets.set(asset, emptyTotals()).get(asset)!;
  const accountAt = (account: number) => ({ address: table.addressOf(account - 1), asset: table.assetOf(account - 1) });
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
      const { txid, row, asset } = table.transfer(key);
      addTo(totals(asset).fees, txid || row, amount);
      continue;
    }
    const { address, asset } = accountAt(key);
    if (kind === "floor") addTo(totals(asset).floor, address, amount);
    else addStop(totals(asset), address, amount, kind === "stop" ? reasons.get(key)! : { reason: kind });
  }
  return { assets, bound: isHaircut ? BigInt(Math.ceil((worst + run.astray + run.lost) * (1 + 2 ** -40))) * run.options.quantum : 0n };
}
