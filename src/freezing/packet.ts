// What a service's desk needs to act within minutes: which of its addresses, which transactions, how much under each
// convention, how sure, whom to ask, and how to check it. A notice of facts, not an order and not legal advice.
import { datasetOfEntry, readRows, type Row } from "../datasets/datasets.ts";
import { TracewireError } from "../errors.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { assetWords, writeAmount, type SavedTrace } from "../tracing/tracing.ts";

export const PACKET_FORMAT = "tracewire-freeze/1";
const ARRIVALS_LISTED_MAX = 2_000;

export type PacketInput = {
  service: string;
  /** Addresses of the service that no stop names. */
  addresses: readonly string[];
  contact: string;
  /** The sender's own number for the matter. */
  reference?: string;
  made_at: string;
};

export type PacketAmount = { asset: string; by_method: Record<string, string>; low: string; high: string };
export type PacketAddress = { address: string; why: string; amounts: PacketAmount[] };
export type Arrival = { address: string; asset: string; transfer: string; from: string; by_method: Record<string, string> };

export type Packet = {
  format: typeof PACKET_FORMAT;
  service: string;
  reference: string | null;
  made_at: string;
  contact: string;
  trace: Pick<SavedTrace, "id" | "title" | "ask" | "sets" | "log_size" | "result_sha256" | "notes"> & { entry: number };
  addresses: PacketAddress[];
  totals: PacketAmount[];
  arrivals: Arrival[];
  arrivals_left_out: number;
  /** What the other side will ask. */
  how_sure: string[];
};

/** Of a kept trace, what lies at a service. Throws NOT_FOUND where nothing of it does. `steps` are those of the trace. */
export function makePacket(log: LogReader, trace: SavedTrace, steps: readonly Row[], input: PacketInput): Packet {
  const totals = readRows(log, datasetOfEntry(log, trace.totals));
  const named = input.service.toLowerCase();
  const wanted = new Set(input.addresses);
  const own = totals.filter(
    ({ what, place, name, reason }) =>
      (what === "stop" || what === "held") && (wanted.has(place!) || (what === "stop" && (name!.toLowerCase() === named || reason!.toLowerCase() === named))),
  );
  if (own.length === 0) {
    const stops = [...new Set(totals.filter(({ what }) => what === "stop").map(({ name, reason }) => name || reason!))];
    throw new TracewireError("NOT_FOUND", {
      what: `Nothing of the trace ${trace.id} lies at "${input.service}"`,
      hint: stops.length > 0 ? `It stops at: ${stops.slice(0, 12).join(", ")}. Or name addresses with --address.` : "Name the service's addresses with --address.",
    });
  }
  const methods = trace.ask.methods;
  const conserving = methods.filter((method) => trace.methods[method]!.conserves);
  const amountsOf = (rows: readonly Row[]): PacketAmount[] =>
    [...Map.groupBy(rows, ({ asset }) => asset!)].map(([asset, of]) => {
      const sums = new Map(methods.map((method) => [method, of.reduce((sum, row) => (row.method === method ? sum + BigInt(row.amount!) : sum), 0n)]));
      const compared = conserving.map((method) => sums.get(method)!);
      const [low, high] = compared.length === 0 ? [0n, 0n] : compared.reduce(([a, b], one) => [one < a ? one : a, one > b ? one : b], [compared[0]!, compared[0]!]);
      return { asset, by_method: Object.fromEntries([...sums].map(([method, sum]) => [method, String(sum)])), low: String(low), high: String(high) };
    });
  const addresses = [...Map.groupBy(own, ({ place }) => place!)].map(([address, rows]): PacketAddress => {
    const stop = rows.find(({ what }) => what === "stop");
    return { address, why: stop ? `${stop.reason}${stop.name ? `: ${stop.name}` : ""}` : "named by the sender of this packet", amounts: amountsOf(rows) };
  });
  const arrivals = arrivalsAt(new Set(addresses.map(({ address }) => address)), steps);
  const { id, title, ask, sets, log_size, result_sha256, notes, seq: entry } = trace;
  return {
    format: PACKET_FORMAT,
    service: input.service,
    reference: input.reference ?? null,
    made_at: input.made_at,
    contact: input.contact,
    trace: { id, title, ask, sets, log_size, result_sha256, notes, entry },
    addresses,
    totals: amountsOf(own),
    arrivals: arrivals.slice(0, ARRIVALS_LISTED_MAX),
    arrivals_left_out: Math.max(0, arrivals.length - ARRIVALS_LISTED_MAX),
    how_sure: howSure(trace, addresses),
  };
}

function arrivalsAt(places: ReadonlySet<string>, steps: readonly Row[]): Arrival[] {
  const arrivals = new Map<string, Arrival>();
  for (const { method, asset, place, transfer, from, rule, in: arrived } of steps) {
    if (!places.has(place!) || !["credit", "stop", "seed", "conversion_in", "pay"].includes(rule!)) continue;
    const key = `${asset} ${place} ${transfer}`;
    const known = arrivals.get(key) ?? { address: place!, asset: asset!, transfer: transfer!, from: from!, by_method: {} };
    known.by_method[method!] = String(BigInt(known.by_method[method!] ?? "0") + BigInt(arrived!));
    arrivals.set(key, known);
  }
  return [...arrivals.values()];
}

function howSure({ ask, notes, sets, methods }: SavedTrace, addresses: readonly PacketAddress[]): string[] {
  const differs = addresses.some(({ amounts }) => amounts.some(({ low, high }) => low !== high));
  const conventions = ask.methods.filter((method) => methods[method]!.conserves).join(", ");
  return [
    differs
      ? `The amounts differ between the conventions (${conventions}), because the funds were mixed with others on the way. The lowest and the highest are given; which convention applies is a question of law.`
      : `The conventions ${conventions} give the same amounts.`,
    ...(ask.methods.includes("poison") ? ["Poison counts everything that ever touched the funds: an upper bound of exposure, not a claim to an amount."] : []),
    "That an address belongs to this service is the word of whoever is named beside it; the service itself knows best.",
    `The trace rests on ${sets.reduce((sum, { row_count }) => sum + row_count, 0)} rows of imported transfers; what they leave out is not known.`,
    ...notes.map((note) => `Of the data: ${note}`),
    "A transaction hash can be looked up in any explorer of the chain without trusting this packet.",
  ];
}

export const amountWords = (amount: string, asset: string): string => writeAmount(BigInt(amount), assetWords(asset));
