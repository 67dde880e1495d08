// Notes of the newsroom beside the places of a kept trace: guesses, questions, what to ask of whom. They are private and can be
// erased, so they stand beside the log and never in it; what is to count is a claim with its place (docs/tracing.md).
import { join } from "node:path";
import { TracewireError } from "../errors.ts";
import { openPrivateDatabase } from "../private-database.ts";

export const TRACE_NOTES_FILE = "trace-notes.db";
export const NOTE_CHARS_MAX = 2_000;
const NOTES_MAX = 2_000;

const TABLES = `
  CREATE TABLE IF NOT EXISTS notes (trace TEXT NOT NULL, place TEXT NOT NULL, text TEXT NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (trace, place)) STRICT;
`;

export type TraceNote = { place: string; text: string; by: string; at: string };
export type TraceNotes = {
  /** In the order of their places. */
  list(trace: string): TraceNote[];
  /** One note a place; an empty text takes it away, and no trace of it stays. Throws BAD_ARGUMENT where there is no room. */
  put(trace: string, place: string, text: string, by: string): void;
  close(): void;
};

export function openTraceNotes(folder: string, { clock }: { clock(): string }): TraceNotes {
  const { db, change, close } = openPrivateDatabase(join(folder, TRACE_NOTES_FILE), TABLES);
  return {
    list: (trace) => db.prepare("SELECT place, text, by, at FROM notes WHERE trace = ? ORDER BY place").all(trace).map((row) => ({ ...row }) as TraceNote),
    put: (trace, place, text, by) =>
      change(() => {
        if (text.length > NOTE_CHARS_MAX) throw new TracewireError("BAD_ARGUMENT", { what: `A note has at most ${NOTE_CHARS_MAX.toLocaleString("en-US")} characters`, where: "text" });
        db.prepare("DELETE FROM notes WHERE trace = ? AND place = ?").run(trace, place);
        if (text.trim() === "") return;
        const count = db.prepare("SELECT count(*) AS n FROM notes WHERE trace = ?").get(trace)!.n as number;
        if (count >= NOTES_MAX) throw new TracewireError("BAD_ARGUMENT", { what: `A trace has at most ${NOTES_MAX.toLocaleString("en-US")} notes` });
        db.prepare("INSERT INTO notes (trace, place, text, by, at) VALUES (?, ?, ?, ?, ?)").run(trace, place, text, by, clock());
      }),
    close,
  };
}
