// What a service's desk needs to act within minutes: which of its addresses, by which transactions, how much arrived and
// how much of it each convention follows, how sure, what is not known, whom to ask, and how to check it. A notice of facts,
// not an order and not legal advice.
import { accountsOf, readAddress } from "../chains/chains.ts";
import { datasetOfEntry, readRows, type Row } from "../datasets/datasets.ts";
import { TracewireError } from "../errors.ts";
import { openTagBook, openTracedTransfers, stepsOf, stopsFromTags, type Newsroom, type SavedTrace } from "../tracing/tracing.ts";
import { amountOf, chainOf, type PacketAmount } from "./amounts.ts";
import { ARRIVALS_LISTED_MAX, arrivalsAt, type Arrival } from "./arrivals.ts";
import { bridgesOf, type PacketBridges } from "./crossed-bridges.ts";
import { howSure, unknownOf } from "./how-sure.ts";

/** 2: arrivals whole, with time, chain and place; bridges; what is unknown. */
export const PACKET_FORMAT = "tracewire-freeze/2";

export type PacketInput = {
  service: string;
  /** Addresses of the service that no stop names. */
  addresses: readonly string[];
  contact: string;
  /** The sender's own number for the matter. */
  reference?: string;
  made_at: string;
};

export type PacketAddress = {
  /** CAIP-2; null where the data names none. */
  chain: string | null;
  address: string;
  /** Of outputs: each of them. */
  outputs?: string[];
  why: string;
  said_by: string;
  amounts: PacketAmount[];
};

export type Packet = {
  format: typeof PACKET_FORMAT;
  service: string;
  reference: string | null;
  made_at: string;
  contact: string;
  trace: Pick<SavedTrace, "id" | "title" | "ask" | "sets" | "log_size" | "result_sha256" | "notes" | "tokens"> & { entry: number; kept_at: string };
  /** What was followed: the seed of the trace. */
  followed: PacketAmount[];
  addresses: PacketAddress[];
  /** Named by the sender, and nothing of the trace lies there. */
  nothing_at: string[];
  totals: PacketAmount[];
  arrivals: Arrival[];
  arrivals_left_out: number;
  bridges: PacketBridges;
  /** Accounts on the way that sent more than the data shows them to have had: base units whose origin is not known. */
  gaps: { address: string; asset: string; missing: string }[];
  /** Up to where the data goes; what happened later it does not show. */
  data_ends: { chain: string | null; block: number | null; time: string | null }[];
  /** What the other side will ask. */
  how_sure: string[];
  unknown: string[];
};

/** Reasons of stops that are somebody's word for who is behind an address. */
const NAMED = new Set(["service", "mixer", "bridge", "contract", "named"]);

/** Of a kept trace, what lies at a service. Throws NOT_FOUND where nothing of it does, BAD_ARGUMENT for a trace that went backward. */
export async function makePacket(newsroom: Newsroom, trace: SavedTrace, input: PacketInput): Promise<Packet> {
  if (trace.ask.direction === "backward")
    throw new TracewireError("BAD_ARGUMENT", { what: `The trace ${trace.id} goes backward: it says where funds came from, not where they are`, hint: "A freeze packet is made of a trace that goes forward." });
  const { log } = newsroom;
  const rows = readRows(log, datasetOfEntry(log, trace.totals));
  const transfers = await openTracedTransfers(newsroom, trace);
  const wanted = input.addresses.map((given) => ({ given, spellings: new Set([given, ...accountsOf(readAddress(given)).map(({ address }) => address)]) }));
  const isWanted = (address: string) => wanted.some(({ spellings }) => spellings.has(address));
  const named = input.service.trim().toLowerCase();
  const isNamed = ({ what, name, reason }: Row) => what === "stop" && NAMED.has(reason!) && (name!.toLowerCase() === named || reason!.toLowerCase() === named);
  const own = rows.filter((row) => (row.what === "stop" || row.what === "held") && (isNamed(row) || isWanted(transfers.addressOf(row.place!)) || isWanted(row.place!)));
  if (own.length === 0) throw nothingThere(trace, rows, input.service);
  const sumsOf = (of: readonly Row[]): PacketAmount[] =>
    [...Map.groupBy(of, ({ asset }) => asset!)]
      .map(([asset, same]) => {
        const sums = new Map<string, bigint>();
        for (const { method, amount } of same) sums.set(method!, (sums.get(method!) ?? 0n) + BigInt(amount!));
        return amountOf(trace, asset, sums);
      })
      .filter(({ by_method }) => Object.values(by_method).some((amount) => amount !== "0"));
  const saysWho = whoSays(newsroom, trace);
  const addresses = [...Map.groupBy(own, ({ place, asset }) => `${chainOf(asset!)} ${transfers.addressOf(place!)}`).values()].map((of): PacketAddress => {
    const [first] = of;
    const [chain, address] = [chainOf(first!.asset!), transfers.addressOf(first!.place!)];
    const stop = of.find(isNamed) ?? of.find(({ what }) => what === "stop");
    const outputs = [...new Set(of.map(({ place }) => place!))].filter((place) => place !== address);
    return {
      chain: chain || null,
      address,
      ...(outputs.length > 0 ? { outputs } : {}),
      why: stop ? [stop.reason === "named" ? "" : stop.reason, stop.name].filter(Boolean).join(": ") : "named by the sender of this packet",
      said_by: stop ? saysWho(address, chain) : "the sender of this packet",
      amounts: sumsOf(of),
    };
  });
  const steps = await stepsOf(newsroom, trace);
  const arrivals = arrivalsAt(new Set(own.map(({ place }) => place!)), trace, steps, transfers);
  const { id, title, ask, sets, log_size, result_sha256, notes, tokens, seq: entry, at: kept_at } = trace;
  const facts = {
    addresses,
    nothing_at: wanted.filter(({ spellings }) => !addresses.some(({ address, outputs = [] }) => spellings.has(address) || outputs.some((one) => spellings.has(one)))).map(({ given }) => given),
    arrivals: arrivals.slice(0, ARRIVALS_LISTED_MAX),
    arrivals_left_out: Math.max(0, arrivals.length - ARRIVALS_LISTED_MAX),
    bridges: bridgesOf(steps, transfers),
    gaps: transfers.gapsAt(steps.flatMap(({ from, place, rule }) => (rule === "debit" ? [place!] : from ? [from] : []))).map(({ missing, ...gap }) => ({ ...gap, missing: String(missing) })),
    data_ends: transfers.ends.map(({ chain, ...end }) => ({ chain: chain || null, ...end })),
  };
  return {
    format: PACKET_FORMAT,
    service: input.service,
    reference: input.reference ?? null,
    made_at: input.made_at,
    contact: input.contact,
    trace: { id, title, ask, sets, log_size, result_sha256, notes, tokens, entry, kept_at },
    followed: sumsOf(rows.filter(({ what }) => what === "seed")),
    totals: sumsOf(own),
    ...facts,
    how_sure: howSure(trace, steps, facts),
    unknown: unknownOf(trace, own, facts),
  };
}

/** Names under which a packet of the trace can be made: those of its stops. `totals` are the rows of its answer. */
export const servicesOf = ({ ask }: Pick<SavedTrace, "ask">, totals: readonly Row[]): string[] =>
  ask.direction === "backward" ? [] : [...new Set(totals.filter(({ what, reason }) => what === "stop" && NAMED.has(reason!)).map(({ name, reason }) => name || reason!))];

function nothingThere(trace: SavedTrace, rows: readonly Row[], service: string): TracewireError {
  const stops = servicesOf(trace, rows);
  return new TracewireError("NOT_FOUND", {
    what: `Nothing of the trace ${trace.id} lies at "${service}"`,
    hint: stops.length > 0 ? `It stops at: ${stops.slice(0, 12).join(", ")}. Or name addresses with --address.` : "Name the service's addresses with --address.",
  });
}

/** According to whom an address belongs to the service: whoever asked, else the tags that were held then. */
function whoSays({ log }: Newsroom, { ask, log_size }: SavedTrace): (address: string, chain: string) => string {
  const asked = new Set(Object.keys(ask.stops ?? {}).flatMap((text) => [text, ...accountsOf(readAddress(text)).map(({ address }) => address)]));
  let byTags: ReturnType<typeof stopsFromTags> | undefined;
  return (address, chain) => {
    if (asked.has(address)) return "whoever asked the trace";
    if (!ask.known) return "not stated";
    byTags ??= stopsFromTags(openTagBook(log, { log_size }));
    return byTags(address, chain)?.source ?? "not stated";
  };
}
