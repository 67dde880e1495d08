import { TracewireError } from "../errors.ts";
import type { LogReader } from "./log.ts";

/** The log's size at a moment: how many entries had been appended by then, in the log's own order. */
export function sizeKnownAt(log: LogReader, at: string): number {
  const row = log.db.prepare("SELECT max(seq) + 1 AS size FROM entry_index WHERE at <= ?").get(at);
  return (row?.size as number | null) ?? 0;
}

/** As somebody writes it: a log size, or a time (UTC) as of which the log is read; the newest where nothing is written. Throws BAD_ARGUMENT. */
export function knownSize(log: LogReader, known: string | undefined): number {
  const size = log.size();
  if (known === undefined) return size;
  if (/^\d{4}-\d{2}-\d{2}$/.test(known)) return sizeKnownAt(log, `${known}T23:59:59.999Z`);
  if (/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(known)) return sizeKnownAt(log, known);
  if (/^\d{1,12}$/.test(known) && Number(known) <= size) return Number(known);
  throw new TracewireError("BAD_ARGUMENT", {
    where: "known",
    what: `known: “${known}” is neither a size of this log (0 to ${size}) nor a time such as 2026-11-24`,
  });
}
