// A question asked of a newsroom: its sets of transfers are read, and the case file says what a theft's transactions are.
import { readClaims } from "../casefile/casefile.ts";
import { TracewireError } from "../errors.ts";
import type { EvidenceReader, LogReader } from "../evidence/evidence.ts";
import { answer, type Answer, type AskContext, type TraceAsk } from "./ask.ts";
import type { SavedTrace } from "./saved-traces.ts";
import type { TheftSeeds } from "./seed-text.ts";
import type { TraceData } from "./trace.ts";
import { readTransferSets, type ReadSets } from "./transfer-sets.ts";
import { buildTransferTable } from "./transfer-table.ts";
import { buildUtxoGraph } from "./utxo-graph.ts";

const STEPS_HELD_MAX = 2_000_000;

export type Newsroom = EvidenceReader & { folder: string };
export type NewsroomAnswer = Answer & { captures: number[] };
export type AskOptions = Pick<AskContext, "knownStop"> & { sets?: string[]; log_size?: number; keepSteps?: boolean };

/** Over the sets named, or all that are held. Throws NOT_FOUND where none is, or where the seed is not in them. */
export function askNewsroom(newsroom: Newsroom, ask: TraceAsk, options: AskOptions = {}): NewsroomAnswer {
  const { sets, log_size = newsroom.log.size(), keepSteps = false, knownStop } = options;
  const read = readTransferSets(newsroom, { sets, log_size, until: ask.until });
  const found = answer(ask, {
    data: dataOf(read, ask),
    sets: read.sets.map(({ name, seq, rows_root, row_count }) => ({ name, seq, rows_root, row_count })),
    log_size,
    notes: read.notes,
    knownStop,
    theft: (name) => theftSeeds(newsroom.log, name, log_size),
    steps_max: keepSteps ? STEPS_HELD_MAX : 0,
  });
  return { ...found, captures: read.sets.flatMap(({ captures }) => captures) };
}

/** The same question over the same sets as known then: `same` is whether the answer has the same hash. */
export function reproduceTrace(newsroom: Newsroom, saved: SavedTrace): { same: boolean; result_sha256: string } {
  const again = askNewsroom(newsroom, saved.ask, { sets: saved.sets.map(({ name }) => name), log_size: saved.log_size });
  return { same: again.result_sha256 === saved.result_sha256, result_sha256: again.result_sha256 };
}

/** Accounts and outputs are two worlds: what is asked for is in one of them. */
function dataOf(read: ReadSets, ask: TraceAsk): TraceData {
  if (read.sets.length === 0)
    throw new TracewireError("NOT_FOUND", {
      what: "No transfers are held",
      hint: "Import some: tracewire import transfers FILE, or tracewire import utxo FILE.",
    });
  const accounts = (): TraceData => ({ kind: "accounts", table: buildTransferTable(read.transfers) });
  if (read.transactions.length === 0) return accounts();
  const graph = buildUtxoGraph(read.transactions);
  const first = ask.from.split(",")[0]!.split("=")[0]!.replace(/:\d+$/, "");
  const isThere = graph.numberOf(first) !== undefined || graph.outputsOf(first).length > 0;
  return isThere || read.transfers.length === 0 ? { kind: "utxo", graph, asset: read.utxo_asset } : accounts();
}

const FIELDS = ["taken_in", "taken_by", "taken_from"] as const;

function theftSeeds(log: LogReader, name: string, log_size: number): TheftSeeds | undefined {
  const subject = name.startsWith("theft/") ? name : `theft/${name}`;
  const claims = readClaims(log, { log_size, evidence: "all" }, { subject });
  if (claims.length === 0) return undefined;
  const values = (field: (typeof FIELDS)[number]) => claims.filter((claim) => claim.field === field).map(({ value }) => String(value));
  return { taken_in: values("taken_in"), taken_by: values("taken_by"), taken_from: values("taken_from") };
}
