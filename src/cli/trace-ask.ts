// What the actions of `tracewire trace` share: the question that the options put, asking it, and the list of sets.
import { TracewireError } from "../errors.ts";
import {
  askNewsroom,
  listTraces,
  listTransferSets,
  type Newsroom,
  type NewsroomAnswer,
  readAskWords,
  type TraceAsk,
} from "../tracing/tracing.ts";
import { list, openReader, text, whole, type CommandContext, type Options } from "./command.ts";
import { table, wrap } from "./output.ts";

export function readAsk(options: Options): TraceAsk {
  return readAskWords(
    {
      from: text(options, "from"),
      methods: text(options, "methods"),
      backward: Boolean(options.backward),
      asset: text(options, "asset"),
      floors: list(options, "floor"),
      until: text(options, "until"),
      depth: whole(options, "depth", "--depth"),
      stops: list(options, "stop"),
      known: Boolean(options.known),
      conversions: options.conversions !== false,
    },
    (field) => (field === "stops" ? "--stop" : `--${field}`),
  );
}

export async function askWith(
  context: CommandContext,
  newsroom: Newsroom,
  ask: TraceAsk,
  options: Options,
  { keepSteps = false } = {},
): Promise<NewsroomAnswer> {
  if (options.explore && keepSteps) throw new TracewireError("BAD_ARGUMENT", { what: "Steps are the exact kernel's: an answer for exploring has none", hint: "Ask without --explore." });
  const wanted = list(options, "set");
  const found = await askNewsroom(newsroom, ask, { ...(wanted.length > 0 ? { sets: wanted } : {}), keepSteps, exploring: options.explore === true, keep_lots: options.lots === true });
  for (const note of found.result.notes) for (const line of wrap(note, context.output.width)) context.output.note(line);
  return found;
}

export function listSets(context: CommandContext): void {
  const newsroom = openReader(context);
  try {
    const sets = listTransferSets(newsroom.log);
    for (const set of sets) context.output.json(set);
    if (sets.length === 0) context.output.line("No transfers are held yet. Import some: tracewire import transfers FILE");
    const rows = sets.map(({ name, row_count, kind, seq, rows_root }) => [
      name,
      String(row_count),
      kind === "utxo" ? "transactions" : "transfers",
      `entry ${seq}`,
      rows_root.slice(0, 12),
    ]);
    for (const line of table(rows, context.output.width, [1])) context.output.line(line);
  } finally {
    newsroom.close();
  }
}

/** Traces that are kept, the newest first, whether readers see them or not. */
export function listKept(context: CommandContext): void {
  const { output } = context;
  const newsroom = openReader(context);
  try {
    const traces = listTraces(newsroom.log, "all");
    for (const trace of traces) output.json(trace);
    if (traces.length === 0) output.line("No trace is kept yet. Keep one: tracewire trace --from SEED --save NAME");
    for (const { id, title, at, ask, sets, step_count, seq, released } of traces) {
      output.line(`${output.bold(id)}  ${title}`);
      const asked = [`from ${ask.from}`, ask.direction, ask.methods.join(", "), `over ${sets.map(({ name }) => name).join(", ")}`, `${step_count.toLocaleString("en-US")} steps`, `kept ${at.slice(0, 19)}Z, entry ${seq}`, released === undefined ? "not public" : "public"];
      for (const line of wrap(asked.join("; "), output.width, "  ")) output.line(output.dim(line));
    }
  } finally {
    newsroom.close();
  }
}
