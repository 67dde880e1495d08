// A trace as others read it: every amount a string of base units, places and fees by name, the same bytes for the same
// data, request and versions. The names are the contract of command line, API and files (docs/tracing.md).
import { METHODS, type MethodName } from "./methods/methods.ts";
import type { Stop } from "./request.ts";
import { excessOf, sumOf, type AssetTotals } from "./totals.ts";
import type { Trace } from "./trace.ts";

export type AssetResult = {
  seed: string;
  /** Only where a seed was more than the data shows. */
  seed_unbacked?: string;
  converted_in: string;
  /** By address, or txid:vout. */
  held: Record<string, string>;
  stops: Record<string, string>;
  /** By txid, or dataset:row. */
  fees: Record<string, string>;
  floor: string;
  converted_out: string;
  /** Why each stop is one, and according to whom. */
  stop_reasons: Record<string, Stop>;
  floor_at: Record<string, string>;
  /** Of outputs: the address of each place that has one. */
  addresses?: Record<string, string>;
};

export type MethodResult = {
  version: string;
  conserves: boolean;
  assets: Record<string, AssetResult>;
  step_count: number;
  /** Of a method that does not conserve: by how much it counts more than the seed, per asset. */
  excess?: Record<string, string>;
  /** Of an estimate (haircut backward, or by the fast kernel): no amount is further than this many base units from the exact one. */
  bound?: string;
};

export type MethodResults = Partial<Record<MethodName, MethodResult>>;

const byName = <T, U>(entries: Iterable<[string, T]>, write: (value: T) => U): Record<string, U> =>
  Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([name, value]) => [name, write(value)]));

export type AddressOf = (place: string) => string | undefined;

export function writeResults(trace: Trace, addressOf?: AddressOf): MethodResults {
  const results: MethodResults = {};
  for (const [name, { version, assets, step_count, bound }] of trace) {
    const { conserves } = METHODS[name];
    results[name] = {
      version,
      conserves,
      assets: byName(assets, (totals) => writeAsset(totals, addressOf)),
      step_count,
      ...(conserves ? {} : { excess: byName(assets, (totals) => String(excessOf(totals))) }),
      ...(bound === undefined ? {} : { bound: String(bound) }),
    };
  }
  return results;
}

function writeAsset(totals: AssetTotals, addressOf: AddressOf | undefined): AssetResult {
  const places = [...totals.held.keys(), ...totals.stops.keys(), ...totals.floor.keys()];
  return {
    seed: String(totals.seed),
    ...(totals.seed_unbacked > 0n ? { seed_unbacked: String(totals.seed_unbacked) } : {}),
    converted_in: String(totals.converted_in),
    held: byName(totals.held, String),
    stops: byName(totals.stops, ({ amount }) => String(amount)),
    fees: byName(totals.fees, String),
    floor: String(sumOf(totals.floor.values())),
    converted_out: String(totals.converted_out),
    stop_reasons: byName(totals.stops, ({ stop }) => stop),
    floor_at: byName(totals.floor, String),
    ...(addressOf ? { addresses: byName(places.flatMap((place): [string, string][] => { const address = addressOf(place); return address === undefined ? [] : [[place, address]]; }), String) } : {}),
  };
}

export const sumOfAmounts = (amounts: Record<string, string>): bigint => sumOf(Object.values(amounts).map(BigInt));
