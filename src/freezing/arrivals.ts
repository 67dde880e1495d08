// By which transfers a trace came to a service: each as its desk finds it in its own books, with what of it is traced.
import type { Row } from "../datasets/datasets.ts";
import { precisionOf, type SavedTrace, type TracedTransfers } from "../tracing/tracing.ts";
import { amountOf, type PacketAmount } from "./amounts.ts";

/** In the files; the letter shows the largest. */
export const ARRIVALS_LISTED_MAX = 10_000;

export type Arrival = PacketAmount & {
  /** CAIP-2; null where the data names none. */
  chain: string | null;
  /** Null where the source names no transaction: then `row` is where it stands. */
  txid: string | null;
  /** Log or trace of an account's transfer, number of an output; null where the source does not say. */
  index: number | null;
  block: number | null;
  /** UTC, as the source states it. */
  time: string | null;
  time_precision: "second" | "millisecond" | null;
  from: string[];
  to: string;
  /** All that arrived, base units: `by_method`, `low` and `high` are what of it is traced. */
  amount: string;
  /** How many transfers of the transaction these are, where the source does not tell them apart. */
  transfers: number;
  /** Set and row in which it stands, and its name in the steps of the trace. */
  row: string;
  name: string;
};

const ARRIVING = new Set(["credit", "stop", "seed", "conversion_in", "pay"]);

/** In the order of the data. `places` are those of the service. */
export function arrivalsAt(places: ReadonlySet<string>, trace: SavedTrace, steps: readonly Row[], transfers: TracedTransfers): Arrival[] {
  const found = new Map<string, { place: string; asset: string; name: string; sums: Map<string, bigint> }>();
  for (const { method, asset, place, transfer, rule, in: arrived } of steps) {
    if (!places.has(place!) || !ARRIVING.has(rule!)) continue;
    // An output that is the seed is paid in the same step of the ledger, and arrived once.
    if (rule === "seed" && isOutput(place!, transfer!)) continue;
    const key = `${asset} ${place} ${transfer}`;
    const known = found.get(key) ?? { place: place!, asset: asset!, name: transfer!, sums: new Map<string, bigint>() };
    known.sums.set(method!, (known.sums.get(method!) ?? 0n) + BigInt(arrived!));
    found.set(key, known);
  }
  return [...found.values()]
    .flatMap(({ place, asset, name, sums }) => {
      const whole = transfers.arrivalOf({ transfer: name, place, asset });
      // What an account had from the start, or lost to a fee, came by no transfer.
      return whole ? [{ at: whole.at, arrival: arrivalOf(trace, asset, place, name, sums, whole) }] : [];
    })
    .sort((a, b) => a.at - b.at)
    .map(({ arrival }) => arrival);
}

const isOutput = (place: string, transfer: string): boolean => place.startsWith(`${transfer}:`);

function arrivalOf(trace: SavedTrace, asset: string, place: string, name: string, sums: ReadonlyMap<string, bigint>, whole: NonNullable<ReturnType<TracedTransfers["arrivalOf"]>>): Arrival {
  const { chain, txid, index, block, time, from, to, amount, count, row } = whole;
  return {
    chain: chain || null,
    txid: txid || null,
    index,
    block,
    time,
    time_precision: time === null ? null : precisionOf(time),
    from,
    to: to ?? place,
    ...amountOf(trace, asset, sums),
    amount: String(amount),
    transfers: count,
    row,
    name,
  };
}
