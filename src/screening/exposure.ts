// Exposure by way of others: how much of what an address received came from listed addresses, under each convention, over
// how many transfers, by which path. It is a trace from the listed addresses' outflows, run once for all that is asked.
import type { Address } from "../chains/chains.ts";
import { METHOD_NAMES, trace, type MethodName, type Seed, type Step, type Stop, type TraceData } from "../tracing/tracing.ts";

/** More seeds than any list has; each is an account that is followed. */
const LISTED_MAX = 100_000;
const PATH_MAX = 10_000;

export type ExposureHop = { from: string; to: string; transfer: string; amount: bigint };

export type MethodExposure = {
  method: MethodName;
  asset: string;
  /** Tainted units that arrived; what came twice around counts twice, as it does in `received`. */
  tainted: bigint;
  received: bigint;
  /** tainted / received, in parts of ten thousand, cut. */
  share_bp: number;
  /** Transfers of the path, the listed address's own payment first; of the first tainted arrival. */
  path: ExposureHop[];
};

export type Exposure = { address: string; is_direct: boolean; methods: MethodExposure[] };

export type ExposureAnswer = {
  exposures: Exposure[];
  /** Listed addresses that these transfers show. */
  seeds: string[];
  notes: string[];
};

export type ExposureAsk = {
  asked: readonly string[];
  listed: readonly Pick<Address, "address" | "chain">[];
  methods?: readonly MethodName[];
  depth?: number;
  stopAt?: (address: string, chain: string) => Stop | undefined;
};

const ARRIVALS: ReadonlySet<Step["rule"]> = new Set(["credit", "conversion_in", "pay", "stop", "floor"]);

/** `data` is of one chain, or of none that is named; listed addresses of another chain are left out. */
export function exposureOf(data: TraceData, { asked, listed, methods = METHOD_NAMES, depth, stopAt }: ExposureAsk): ExposureAnswer {
  const notes = [
    "Only transfers that are held are seen, and only forward from listed addresses: what is not held, and what happened on other chains, is not in it.",
    "Each method is a convention about which units moved: none of them shows possession.",
  ];
  const chains = chainsOf(data);
  const there = [...new Set(listed.filter(({ chain }) => chains.has("") || chains.has(chain)).map(({ address }) => address))].filter((address) => isShown(data, address));
  const seeds = there.slice(0, LISTED_MAX);
  if (there.length > seeds.length) notes.push(`${there.length - seeds.length} listed addresses were left out: at most ${LISTED_MAX} are followed.`);
  if (chains.has("")) notes.push("Some transfers name no chain: an address is taken for the listed one wherever it is written alike.");
  if (seeds.length === 0) return { exposures: [], seeds, notes };

  const ownerOf = ownersOf(data);
  const wanted = new Set(asked.filter((address) => !seeds.includes(address)));
  const received = receivedBy(data, wanted);
  const sums = new Map<string, bigint>();
  const arrivals = createArrivals();
  trace(data, {
    seeds: seeds.map((address): Seed => ({ kind: "address", address })),
    methods,
    depth,
    stopAt,
    onStep(step) {
      arrivals.onStep(step);
      const owner = ownerOf(step.place);
      if (!ARRIVALS.has(step.rule) || owner === undefined || !wanted.has(owner)) return;
      const key = `${owner} ${step.method} ${step.asset}`;
      sums.set(key, (sums.get(key) ?? 0n) + step.in);
      arrivals.reach(owner, step);
    },
  });
  const isSeed = new Set(seeds);
  const exposures = [...wanted].flatMap((address): Exposure[] => {
    const found = methods.flatMap((method) =>
      [...(received.get(address) ?? [])].flatMap(([asset, total]): MethodExposure[] => {
        const tainted = sums.get(`${address} ${method} ${asset}`) ?? 0n;
        if (tainted === 0n) return [];
        const path = arrivals.path(method, address, (place) => isSeed.has(ownerOf(place) ?? place));
        return [{ method, asset, tainted, received: total, share_bp: Number((tainted * 10_000n) / total), path }];
      }),
    );
    return found.length === 0 ? [] : [{ address, is_direct: found.some(({ path }) => path.length === 1), methods: found }];
  });
  return { exposures, seeds, notes };
}

const chainsOf = (data: TraceData): Set<string> =>
  new Set(data.kind === "utxo" ? data.graph.transactions.map(({ chain }) => chain) : data.table.accounts.map(({ chain }) => chain));

const isShown = (data: TraceData, address: string): boolean =>
  data.kind === "utxo" ? data.graph.outputsOf(address).length > 0 : data.table.accountsOf(address).length > 0;

/** A place of accounts is its address; a place of outputs is txid:vout, and its address is the output's. */
function ownersOf(data: TraceData): (place: string) => string | undefined {
  if (data.kind === "accounts") return (place) => place;
  return (place) => {
    const at = place.lastIndexOf(":");
    const number = at < 0 ? undefined : data.graph.numberOf(place.slice(0, at));
    return number === undefined ? undefined : (data.graph.transactions[number]!.outputs[Number(place.slice(at + 1))]?.address ?? undefined);
  };
}

/** All that each asked address received, by asset. */
function receivedBy(data: TraceData, wanted: ReadonlySet<string>): Map<string, Map<string, bigint>> {
  const sums = new Map<string, Map<string, bigint>>();
  const add = (address: string | null, asset: string, amount: bigint) => {
    if (address === null || !wanted.has(address)) return;
    const own = sums.get(address) ?? new Map<string, bigint>();
    sums.set(address, own.set(asset, (own.get(asset) ?? 0n) + amount));
  };
  if (data.kind === "utxo") for (const { outputs } of data.graph.transactions) for (const { address, value } of outputs) add(address, data.asset, value);
  // What an account pays itself it did not receive: else anybody could make the share small.
  else for (const { from, to, asset, amount } of data.table.transfers) if (from !== to) add(to, asset, amount);
  return sums;
}

type Arrival = { from: string; transfer: string; amount: bigint };

/** By method, where each place got its first taint from: a path back, since nothing arrives before it was sent. */
function createArrivals() {
  const first = new Map<string, Arrival>();
  const reached = new Map<string, string>();
  const keep = (key: string, arrival: Arrival): void => {
    if (!first.has(key)) first.set(key, arrival);
  };
  return {
    onStep({ method, rule, place, from, in: arrived, out, transfer }: Step): void {
      // Of outputs, taint goes from an output into a transaction, and from that into outputs.
      if (rule === "spend") keep(`${method} ${transfer}`, { from: place, transfer, amount: out });
      else if (from !== undefined && from !== place && arrived > 0n) keep(`${method} ${place}`, { from, transfer, amount: arrived });
    },
    reach(owner: string, { method, place }: Step): void {
      const key = `${method} ${owner}`;
      if (!reached.has(key)) reached.set(key, place);
    },
    path(method: MethodName, owner: string, isSeed: (place: string) => boolean): ExposureHop[] {
      const hops: ExposureHop[] = [];
      let place = reached.get(`${method} ${owner}`) ?? owner;
      for (let count = 0; count < PATH_MAX; count++) {
        const arrival = first.get(`${method} ${place}`);
        if (!arrival) break;
        // A transaction between two outputs is part of one hop.
        const spent = first.get(`${method} ${arrival.from}`);
        const isTransaction = spent !== undefined && arrival.from === arrival.transfer;
        const from = isTransaction ? spent.from : arrival.from;
        hops.unshift({ from, to: place, transfer: arrival.transfer, amount: arrival.amount });
        place = from;
        if (isSeed(place)) break;
      }
      return hops;
    },
  };
}
