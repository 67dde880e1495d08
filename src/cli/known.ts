import { TracewireError } from "../errors.ts";
import { sizeKnownAt, type LogReader } from "../evidence/evidence.ts";

/** "--known": a log size, or a time (UTC) as of which the log is read. */
export function knownSize(log: LogReader, known: string | undefined): number {
  const size = log.size();
  if (known === undefined) return size;
  if (/^\d{4}-\d{2}-\d{2}$/.test(known)) return sizeKnownAt(log, `${known}T23:59:59.999Z`);
  if (/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(known)) return sizeKnownAt(log, known);
  if (/^\d{1,12}$/.test(known) && Number(known) <= size) return Number(known);
  throw new TracewireError("BAD_ARGUMENT", {
    what: `--known: "${known}" is neither a size of this log (0 to ${size}) nor a time such as 2026-11-24`,
  });
}
