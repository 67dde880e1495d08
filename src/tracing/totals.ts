// What a trace says: per asset, where the seed is. The balance is asserted here for every run: a result that does not
// add up to the unit is a broken invariant, never an answer.
import assert from "node:assert/strict";
import type { Stop } from "./request.ts";

export type AssetTotals = {
  seed: bigint;
  /** Of `seed`: more than the data shows the account to have had. */
  seed_unbacked: bigint;
  converted_in: bigint;
  /** Unspent, or there at the end of the data: by address, or txid:vout. */
  held: Map<string, bigint>;
  stops: Map<string, { amount: bigint; stop: Stop }>;
  /** By txid, or by row where there is none. */
  fees: Map<string, bigint>;
  floor: Map<string, bigint>;
  converted_out: bigint;
};

export const emptyTotals = (): AssetTotals => ({
  seed: 0n,
  seed_unbacked: 0n,
  converted_in: 0n,
  held: new Map(),
  stops: new Map(),
  fees: new Map(),
  floor: new Map(),
  converted_out: 0n,
});

export const addTo = (map: Map<string, bigint>, key: string, amount: bigint): void => void map.set(key, (map.get(key) ?? 0n) + amount);

export const sumOf = (amounts: Iterable<bigint>): bigint => {
  let sum = 0n;
  for (const amount of amounts) sum += amount;
  return sum;
};

/** Returns the entry of the place: its amount may be added to further. */
export function addStop(totals: AssetTotals, place: string, amount: bigint, stop: Stop): { amount: bigint } {
  const entry = totals.stops.get(place) ?? { amount: 0n, stop };
  entry.amount += amount;
  totals.stops.set(place, entry);
  return entry;
}

/** What is accounted for beyond what was put in: 0 for every method that conserves. */
export function excessOf(totals: AssetTotals): bigint {
  const placed =
    sumOf(totals.held.values()) +
    sumOf([...totals.stops.values()].map(({ amount }) => amount)) +
    sumOf(totals.fees.values()) +
    sumOf(totals.floor.values()) +
    totals.converted_out;
  return placed - totals.seed - totals.converted_in;
}

export function assertBalances(method: string, assets: ReadonlyMap<string, AssetTotals>, step: number): void {
  for (const [asset, totals] of assets)
    assert.equal(excessOf(totals), 0n, `trace ${method} of ${asset} does not balance after step ${step}: seed + converted in ≠ held + stops + fees + floor + converted out`);
}
