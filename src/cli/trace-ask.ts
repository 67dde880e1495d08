// A question asked of a newsroom: its sets of transfers are read, the case file says what a theft's transactions are.
import { readClaims } from "../casefile/casefile.ts";
import type { NewsroomReader } from "../newsroom.ts";
import {
  answer,
  buildTransferTable,
  buildUtxoGraph,
  listTransferSets,
  readTransferSets,
  type Answer,
  type TheftSeeds,
  type TraceAsk,
  type TraceData,
} from "../tracing/tracing.ts";
import { TracewireError } from "../errors.ts";
import { list, openReader, type CommandContext, type Options } from "./command.ts";
import { table } from "./output.ts";

const STEPS_HELD_MAX = 2_000_000;

export type NewsroomAnswer = Answer & { captures: number[] };

export function askNewsroom(
  context: Pick<CommandContext, "output">,
  newsroom: Pick<NewsroomReader, "log" | "blobs" | "folder">,
  ask: TraceAsk,
  options: Options,
  { keepSteps = false } = {},
): NewsroomAnswer {
  const log_size = newsroom.log.size();
  const wanted = list(options, "set");
  const read = readTransferSets(newsroom, { ...(wanted.length > 0 ? { sets: wanted } : {}), log_size, until: ask.until });
  const data = dataOf(read, ask);
  const found = answer(ask, {
    data,
    sets: read.sets.map(({ name, seq, rows_root, row_count }) => ({ name, seq, rows_root, row_count })),
    log_size,
    notes: read.notes,
    theft: (name) => theftSeeds(newsroom, name, log_size),
    steps_max: keepSteps ? STEPS_HELD_MAX : 0,
  });
  for (const note of read.notes) context.output.note(note);
  return { ...found, captures: read.sets.flatMap(({ captures }) => captures) };
}

/** Accounts and outputs are two worlds: what is asked for is in one of them. */
function dataOf(read: ReturnType<typeof readTransferSets>, ask: TraceAsk): TraceData {
  if (read.sets.length === 0)
    throw new TracewireError("NOT_FOUND", {
      what: "No transfers are held",
      hint: "Import some: tracewire import transfers FILE, or tracewire import utxo FILE.",
    });
  const accounts = (): TraceData => ({ kind: "accounts", table: buildTransferTable(read.transfers) });
  const utxo = (): TraceData => {
    const graph = buildUtxoGraph(read.transactions);
    return { kind: "utxo", graph, asset: read.utxo_asset };
  };
  if (read.transactions.length === 0) return accounts();
  if (read.transfers.length === 0) return utxo();
  const graph = utxo();
  const first = ask.from.split(",")[0]!.split("=")[0]!.replace(/:\d+$/, "");
  const isOutput = graph.kind === "utxo" && (graph.graph.numberOf(first) !== undefined || graph.graph.outputsOf(first).length > 0);
  return isOutput ? graph : accounts();
}

const FIELDS = ["taken_in", "taken_by", "taken_from"] as const;

function theftSeeds({ log }: Pick<NewsroomReader, "log">, name: string, log_size: number): TheftSeeds | undefined {
  const subject = name.startsWith("theft/") ? name : `theft/${name}`;
  const claims = readClaims(log, { subject }, { log_size, evidence: "all" });
  if (claims.length === 0) return undefined;
  const values = (field: (typeof FIELDS)[number]) => claims.filter((claim) => claim.field === field).map(({ value }) => String(value));
  return { taken_in: values("taken_in"), taken_by: values("taken_by"), taken_from: values("taken_from") };
}

export function listSets(context: CommandContext): void {
  const newsroom = openReader(context);
  try {
    const sets = listTransferSets(newsroom.log);
    for (const set of sets) context.output.json(set);
    if (sets.length === 0) context.output.line("No transfers are held yet. Import some: tracewire import transfers FILE");
    const rows = sets.map(({ name, row_count, kind, seq, rows_root }) => [name, String(row_count), kind === "utxo" ? "transactions" : "transfers", `entry ${seq}`, rows_root.slice(0, 12)]);
    for (const line of table(rows, context.output.width, [1])) context.output.line(line);
  } finally {
    newsroom.close();
  }
}
