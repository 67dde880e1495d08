// A question as data, so that it can be kept and asked again: what was typed, the conventions, the limits, the stops, and
// over which sets. Same question, same sets, same versions: the same bytes.
import { canonicalJson, sha256Hex, type Json } from "../evidence/evidence.ts";
import type { AssetWords } from "./asset-words.ts";
import { explore, type Kernels } from "./explore.ts";
import { bridgeEnds, bridgeNote, collectBridgeSteps, type BridgeEnds } from "./bridges.ts";
import { unusualAssets } from "./exchanged-assets.ts";
import { collectFlows, type Flow } from "./flows.ts";
import { lotsTable } from "./lots-table.ts";
import type { MethodName } from "./methods/methods.ts";
import { INFERRED, type Step, type Stop, type TraceRequest } from "./request.ts";
import { shapesCrossed } from "./clusters/shapes-crossed.ts";
import { writeResults, type AddressOf, type MethodResults } from "./result.ts";
import { asHeld, readSeeds, type TheftSeeds } from "./seed-text.ts";
import { trace, type TraceData } from "./trace.ts";
import type { Seed } from "./request.ts";
import type { UtxoGraph } from "./utxo-graph.ts";

export type TraceAsk = {
  /** As typed (seed-text.ts). */
  from: string;
  asset?: string;
  methods: MethodName[];
  direction: "forward" | "backward";
  /** Base units. */
  floor?: string;
  /** Base units of single assets (CAIP-19, or native), each before `floor`. */
  floors?: Record<string, string>;
  /** A day or a time, UTC: later transfers are not looked at. */
  until?: string;
  depth?: number;
  /** Addresses at which it ends, and why. */
  stops?: Record<string, Stop>;
  conversions?: boolean;
  /** Ends where tags and lists name a service, a mixer, a bridge or a contract, as known at the log's size. */
  known?: boolean;
};

/** What was asked of what: enough to ask it again. */
export type SetRef = { name: string; seq: number; rows_root: string; row_count: number };

export type TraceResult = {
  ask: TraceAsk;
  sets: SetRef[];
  log_size: number;
  methods: MethodResults;
  /** Names and decimals of the tokens met, as the sources state them: for reading amounts, and no part of the hash. */
  tokens?: Record<string, AssetWords>;
  /** Of an answer for exploring: which kernel gave it under each convention. It has no hash, and nobody keeps it. */
  exploring?: Kernels;
  /** Where it ended at a bridge: what arrived elsewhere that fits, listed and not followed. */
  bridges?: BridgeEnds;
  /** What a reader must know of the data: gaps, look-alike rows, what was left out. */
  notes: string[];
};

export type Answer = { result: TraceResult; result_sha256: string; seeds: Seed[]; flows: Flow[]; steps: Step[]; steps_cut: boolean; lots?: ReturnType<typeof lotsTable>; /** Of outputs: whose a place is. */ addressOf?: AddressOf };

export type AskContext = {
  data: TraceData;
  sets: SetRef[];
  log_size: number;
  notes?: string[];
  tokens?: Record<string, AssetWords>;
  theft?(name: string): TheftSeeds | undefined;
  /** Stops that lists and tags decide; those of the question come first. */
  knownStop?(address: string, chain: string): Stop | undefined;
  /** By the fast kernel where it can: no steps, no flows. */
  exploring?: boolean;
  /** With the steps: all that went through the places reached, clean money too. */
  keep_lots?: boolean;
  /** How many steps are kept; more are counted and not kept. */
  steps_max?: number;
};

export function answer(ask: TraceAsk, context: AskContext): Answer {
  const { data, sets, log_size, notes = [], tokens = {}, steps_max = 0 } = context;
  const seeds = readSeeds(ask.from, { data, asset: ask.asset, theft: context.theft });
  // As the data spells them: a checksum's letters, copied from an explorer, name the same address.
  const stops = new Map(Object.entries(ask.stops ?? {}).map(([address, stop]) => [asHeld(address, data) ?? address, stop]));
  const unmet = Object.keys(ask.stops ?? {}).filter((address) => asHeld(address, data) === undefined);
  const flows = collectFlows();
  const bridged = collectBridgeSteps();
  const exchanged = new Set<string>();
  const steps: Step[] = [];
  let step_count = 0;
  const request: TraceRequest = {
    seeds,
    methods: ask.methods,
    direction: ask.direction,
    floor: ask.floor === undefined ? undefined : BigInt(ask.floor),
    ...(ask.floors ? { floors: new Map(Object.entries(ask.floors).map(([asset, units]) => [asset, BigInt(units)])) } : {}),
    depth: ask.depth,
    conversions: ask.conversions,
    stops,
    stopAt: context.knownStop,
  };
  const onStep = (step: Step): void => {
    flows.onStep(step);
    bridged.onStep(step);
    if (step.rule === "conversion_in" && step.reason === INFERRED) exchanged.add(`${step.asset} ${step.transfer}`);
    if (++step_count <= steps_max) steps.push(step);
  };
  const explored = context.exploring ? explore(data, request, bridged.add) : undefined;
  const found = explored?.trace ?? trace(data, { ...request, onStep });
  const crossed = data.kind === "utxo" ? shapesCrossed(data.graph, flows.flows()) : [];
  const placeAddress: AddressOf | undefined = data.kind === "utxo" ? (place) => addressOf(data.graph, place) : undefined;
  const methods = writeResults(found, placeAddress);
  const exploring = explored ? { exploring: explored.kernels } : {};
  const bridges = data.kind === "accounts" ? bridgeEnds(data.table, bridged.names(), tokens) : undefined;
  const unusual = data.kind === "accounts" ? unusualAssets(data.table, exchanged) : [];
  const messages = data.kind === "accounts" ? data.table.messages.notes : [];
  const missing = unmet.map((address) => `It was told to end at ${address}, which these transfers do not hold.`);
  const said = [...notes, ...missing, ...messages, ...(bridges ? [bridgeNote(bridges)] : []), ...unusual, ...crossed];
  const result: TraceResult = { ask, sets, log_size, methods, tokens: tokensOf(methods, tokens), ...exploring, ...(bridges ? { bridges } : {}), notes: said };
  return {
    result,
    // What is for exploring has nothing to be quoted by.
    result_sha256: explored ? "" : resultHash(result),
    seeds,
    flows: flows.flows(),
    steps,
    steps_cut: step_count > steps_max,
    ...(placeAddress ? { addressOf: placeAddress } : {}),
    ...(context.keep_lots ? { lots: lotsTable(data, steps) } : {}),
  };
}

/** Those that the answer speaks of. */
function tokensOf(methods: MethodResults, tokens: Record<string, AssetWords>): Record<string, AssetWords> {
  const met = new Set(Object.values(methods).flatMap(({ assets }) => Object.keys(assets)));
  return Object.fromEntries(Object.entries(tokens).filter(([asset]) => met.has(asset)));
}

function addressOf(graph: UtxoGraph, place: string): string | undefined {
  const [, txid, vout] = /^(.+):(\d+)$/.exec(place) ?? [];
  const transaction = txid === undefined ? undefined : graph.numberOf(txid);
  return transaction === undefined ? undefined : (graph.transactions[transaction]!.outputs[Number(vout)]?.address ?? undefined);
}

/** 1: question, roots, answers. 2: also the notes, and what was listed at bridges. A kept trace is asked again by its own. */
export const RESULT_VERSION = 2;

/** Over the question, the sets by their roots, the answers, and what is said with them; the log's size is where it was asked, not what was. */
export function resultHash({ ask, sets, methods, notes, bridges }: Omit<TraceResult, "log_size">, version = RESULT_VERSION): string {
  const said = version === 1 ? {} : { notes, bridges: bridges ?? null };
  return sha256Hex(canonicalJson({ ask, sets: sets.map(({ rows_root }) => rows_root), methods, ...said } as unknown as Json));
}
