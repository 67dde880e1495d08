// A question asked of a newsroom: its sets of transfers are read, and the case file says what a theft's transactions are.
import { accountsOf, nativeAsset, readAddress } from "../chains/chains.ts";
import { readClaims, type Vantage } from "../casefile/casefile.ts";
import { datasetOfEntry, readRows, type Row } from "../datasets/datasets.ts";
import { TracewireError } from "../errors.ts";
import type { EvidenceReader, LogReader } from "../evidence/evidence.ts";
import { answer, resultHash, type Answer, type AskContext, type TraceAsk } from "./ask.ts";
import { stepsTable, type SavedTrace } from "./saved-traces.ts";
import { METHOD_NAMES, METHODS, VERSION_CHANGES, type MethodName } from "./methods/methods.ts";
import { theftNotHeld, type TheftSeeds } from "./seed-text.ts";
import type { TraceData } from "./trace.ts";
import { openTagBook, stopsFromTags } from "./tags/tags.ts";
import { onePart, readHolding, showsAny } from "./sets-apart.ts";
import { listTransferSets, type ReadTransferSets, type TransferSet } from "./transfer-sets.ts";
import type { UtxoTransaction } from "./transfer.ts";
import { buildUtxoGraph, type UtxoGraph } from "./utxo-graph.ts";

const STEPS_HELD_MAX = 2_000_000;

export type Newsroom = EvidenceReader & { folder: string };
export type NewsroomAnswer = Answer & { captures: number[] };
export type AskOptions = Pick<AskContext, "knownStop" | "exploring" | "keep_lots"> & {
  sets?: string[];
  /** Where no sets are named: these are all that the asker may see. */
  among?: readonly string[];
  log_size?: number;
  keepSteps?: boolean;
  /** Of the case file, for a seed that is a theft: "released" where the answer is for readers. */
  evidence?: "released" | "all";
};

/** Over the sets named, or all that are held. Throws NOT_FOUND where none is, or where the seed is not in them. */
export async function askNewsroom(newsroom: Newsroom, ask: TraceAsk, options: AskOptions = {}): Promise<NewsroomAnswer> {
  const { sets, log_size = newsroom.log.size(), keepSteps = false, knownStop, exploring, keep_lots, among, evidence = "all" } = options;
  const theft = (name: string) => theftSeeds(newsroom.log, name, { log_size, evidence });
  const read = await readWanted(newsroom, ask, { sets, among, theft }, log_size);
  const read_seqs = new Set(read.sets.map(({ seq }) => seq));
  const used = listTransferSets(newsroom.log, log_size).filter(({ seq }) => read_seqs.has(seq));
  const found = answer(ask, {
    data: dataOf(read, ask),
    sets: read.sets.map(({ name, seq, rows_root, row_count }) => ({ name, seq, rows_root, row_count })),
    log_size,
    notes: [...read.notes, ...orderNotes(used, ask)],
    tokens: Object.assign({}, ...used.map(({ tokens }) => tokens)),
    knownStop: knownStop ?? (ask.known ? stopsFromTags(openTagBook(newsroom.log, { log_size })) : undefined),
    exploring,
    keep_lots,
    theft,
    steps_max: keepSteps ? STEPS_HELD_MAX : 0,
  });
  return { ...found, captures: [...new Set(used.flatMap(({ captures }) => captures))] };
}

/** FIFO and LIFO rest on an order; where the source states no blocks, part of it is the file's. */
function orderNotes(sets: readonly TransferSet[], { methods }: TraceAsk): string[] {
  const ordered = methods.filter((name) => name === "fifo" || name === "lifo");
  if (ordered.length === 0) return [];
  const whose = ordered.map((name) => name.toUpperCase()).join(" and ");
  return sets.flatMap(({ name, kind, order }) => {
    if (kind !== "accounts" || order === "block") return [];
    return [
      order === "file"
        ? `${name} states neither blocks nor times: what ${whose} say${ordered.length === 1 ? "s" : ""} rests on the order of the rows in its file, which whoever made the file chose.`
        : `${name} states times and no blocks: among rows of the same time, what ${whose} say${ordered.length === 1 ? "s" : ""} rests on the order of the rows in its file.`,
    ];
  });
}

/** Every step of a kept trace, as rows: as they are kept, else made again. Throws NOT_REPRODUCED where they would be those of another answer. */
export async function stepsOf(newsroom: Newsroom, trace: SavedTrace): Promise<readonly Row[]> {
  if (trace.steps !== null) return readRows(newsroom.log, datasetOfEntry(newsroom.log, trace.steps));
  return stepsTable(await askKept(newsroom, trace, { keepSteps: true })).rows;
}

/** The same question over the same sets as known then. Throws NOT_REPRODUCED where the answer is not the one that was kept. */
export async function askKept(newsroom: Newsroom, saved: SavedTrace, options: Pick<AskOptions, "keepSteps" | "keep_lots"> = {}): Promise<NewsroomAnswer> {
  const { again, ...found } = await askAgain(newsroom, saved, options);
  if (!found.same) throw notReproduced(saved, found);
  return again;
}

export type Reproduced = {
  same: boolean;
  result_sha256: string;
  /** Methods that had another version when the trace was kept, and what they were and are. */
  moved: MovedVersion[];
};
export type MovedVersion = { method: MethodName; kept: string; now: string };

/** `same` is whether the answer has the same hash. A version that moved and changed nothing here leaves it the same. */
export async function reproduceTrace(newsroom: Newsroom, saved: SavedTrace): Promise<Reproduced> {
  const { same, result_sha256, moved } = await askAgain(newsroom, saved);
  return { same, result_sha256, moved };
}

export const movedVersions = ({ methods }: Pick<SavedTrace, "methods">): MovedVersion[] =>
  METHOD_NAMES.flatMap((method) => {
    const [kept, { version: now }] = [methods[method]?.version, METHODS[method]];
    return kept === undefined || kept === now ? [] : [{ method, kept, now }];
  });

export function notReproduced(saved: SavedTrace, { result_sha256, moved }: Reproduced): TracewireError {
  if (moved.length === 0) return new TracewireError("NOT_REPRODUCED", { what: `The trace came out as ${result_sha256.slice(0, 16)}…, not as ${saved.result_sha256.slice(0, 16)}…`, where: saved.id });
  return new TracewireError("NOT_REPRODUCED", {
    what: `It was kept by ${moved.map(({ method, kept }) => `${method} version ${kept}`).join(", ")}, which are not here any more, and those that are answer otherwise. Since then ${changesSince(moved)}`,
    where: saved.id,
    hint: "What was kept stands in the log as it was. Ask again, and keep the new answer under the same name.",
  });
}

/** What the versions changed that came since. */
export const changesSince = (moved: readonly MovedVersion[]): string =>
  Object.entries(VERSION_CHANGES).flatMap(([version, change]) => (moved.some(({ kept }) => Number(kept) < Number(version)) ? [change] : [])).join("; ");

async function askAgain(newsroom: Newsroom, saved: SavedTrace, options: Pick<AskOptions, "keepSteps" | "keep_lots"> = {}): Promise<Reproduced & { again: NewsroomAnswer }> {
  const again = await askNewsroom(newsroom, saved.ask, { sets: saved.sets.map(({ seq }) => String(seq)), log_size: saved.log_size, ...options });
  // How sets were chosen was said once, when they were; what the data itself says is said again and has to be there.
  const isSaid = again.result.notes.every((note) => saved.notes.includes(note));
  // The hash is over the versions too: under those that it was kept by, it says whether the answer is the same.
  const methods = Object.fromEntries(Object.entries(again.result.methods).map(([name, result]) => [name, { ...result, version: saved.methods[name]?.version ?? result.version }]));
  const result_sha256 = resultHash({ ...again.result, methods, notes: isSaid ? saved.notes : again.result.notes }, saved.result_version ?? 1);
  return { again, same: result_sha256 === saved.result_sha256, result_sha256, moved: movedVersions(saved) };
}

/** The sets named. Where none is: all of them, or, where these cannot be put in one order, those that hold the seed (sets-apart.ts). */
export async function readWanted(newsroom: Newsroom, ask: Pick<TraceAsk, "from" | "until">, { sets, among, theft }: Pick<AskOptions, "sets" | "among"> & Pick<AskContext, "theft">, log_size: number): Promise<ReadTransferSets> {
  const seeds = ask.from.split(",").map((seed) => seed.trim().replace(/[@=].*$/, "").replace(/:\d+$/, ""));
  const meant = (seed: string) => [seed, ...Object.values(theft?.(seed) ?? {}).flat()];
  const spellings = (seed: string) => meant(seed).flatMap((name) => [name, ...accountsOf(readAddress(name)).map(({ address }) => address)]);
  const read = onePart(await readHolding(newsroom, { sets, among, log_size, until: ask.until }, "the seed", showsAny(() => seeds.flatMap(spellings))));
  if (read) return read;
  const stolen = seeds.find((seed) => theft?.(seed) !== undefined);
  if (stolen !== undefined) return theftNotHeld(stolen);
  throw new TracewireError("NOT_FOUND", { what: `No set of transfers that is held has ${seeds.join(" or ")}, and the case file no such theft`, where: "from", hint: "Check its spelling, or import what is missing." });
}

/** Accounts and outputs are two worlds, and so are two chains of outputs: what is asked for is in one of them. */
export function dataOf(read: ReadTransferSets, ask: Pick<TraceAsk, "from">): TraceData {
  if (read.sets.length === 0)
    throw new TracewireError("NOT_FOUND", {
      what: "No transfers are held",
      hint: "Import some: tracewire import transfers FILE, or tracewire import utxo FILE.",
    });
  const graphs = [...Map.groupBy(read.transactions, ({ chain }) => chain)].map(([chain, own]) => ({ chain, graph: buildUtxoGraph(own as UtxoTransaction[]) }));
  const first = ask.from.split(",")[0]!.split("=")[0]!;
  const isIn = ({ graph }: { graph: UtxoGraph }) => graph.numberOf(first.replace(/:\d+$/, "")) !== undefined || graph.outputsOf(first).length > 0;
  const found = graphs.find(isIn) ?? (read.table().count === 0 ? graphs[0] : undefined);
  if (!found) return { kind: "accounts", table: read.table() };
  return { kind: "utxo", graph: found.graph, asset: found.chain === "" ? "native" : (nativeAsset(found.chain) ?? found.chain) };
}

const FIELDS = ["taken_in", "taken_by", "taken_from"] as const;

function theftSeeds(log: LogReader, name: string, at: Vantage): TheftSeeds | undefined {
  const subject = name.startsWith("theft/") ? name : `theft/${name}`;
  const claims = readClaims(log, at, { subject });
  if (claims.length === 0) return undefined;
  const values = (field: (typeof FIELDS)[number]) => claims.filter((claim) => claim.field === field).map(({ value }) => String(value));
  return { taken_in: values("taken_in"), taken_by: values("taken_by"), taken_from: values("taken_from") };
}
