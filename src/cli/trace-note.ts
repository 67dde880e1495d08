// `tracewire trace note`: what the desk's picture of a trace keeps on its places.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { datasetOfEntry, readRows } from "../datasets/datasets.ts";
import { TracewireError } from "../errors.ts";
import { findTrace, openTraceNotes, TRACE_NOTES_FILE } from "../tracing/tracing.ts";
import { openReader, type CommandContext } from "./command.ts";

export function noteOnPlace(context: CommandContext, [name, place, text]: string[]): void {
  const { output, config } = context;
  const newsroom = openReader(context);
  try {
    const trace = findTrace(newsroom.log, name ?? "", undefined, "all");
    if (!trace) throw new TracewireError("NOT_FOUND", { what: `There is no trace "${name ?? ""}"`, hint: "The desk lists them; so does tracewire trace sets for what they are over." });
    if (place === undefined && !existsSync(join(config.data, TRACE_NOTES_FILE))) return output.line("No notes.");
    if (place !== undefined) {
      const rows = (entry: number) => readRows(newsroom.log, datasetOfEntry(newsroom.log, entry));
      const isThere = rows(trace.totals).some((row) => row.place === place) || rows(trace.flows).some(({ from, to }) => from === place || to === place);
      if (!isThere) throw new TracewireError("NOT_FOUND", { what: `The trace has no place “${place}”` });
      if (text === undefined) throw new TracewireError("BAD_ARGUMENT", { what: "The note's words are missing; an empty text takes it away" });
    }
    const notes = openTraceNotes(config.data, context.effects);
    try {
      if (place !== undefined && !context.dryRun) notes.put(trace.id, place, text!, context.by);
      const kept = notes.list(trace.id);
      for (const note of kept) {
        output.json(note);
        output.line(`${note.place}: ${note.text} (${note.by}, ${note.at.slice(0, 10)})`);
      }
      if (kept.length === 0) output.line("No notes.");
    } finally {
      notes.close();
    }
  } finally {
    newsroom.close();
  }
}
