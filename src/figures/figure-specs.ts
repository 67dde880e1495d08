// Figures by their names: the rules of each, as they stand or stood.
import { TracewireError } from "../errors.ts";
import { prepared, type LogReader } from "../evidence/evidence.ts";
import type { FigureSpec } from "./figure-spec.ts";

export type NamedSpec = { id: string; seq: number; spec: FigureSpec };

/** The spec of a named figure as it stood when the log had `log_size` entries. */
export function findFigureSpec(log: Pick<LogReader, "db">, id: string, log_size = Number.MAX_SAFE_INTEGER): NamedSpec | undefined {
  const row = prepared(log.db, "SELECT seq, id, spec FROM figure_specs WHERE id = ? AND seq < ? AND (to_seq IS NULL OR to_seq >= ?)").get(
    id,
    log_size,
    log_size,
  );
  return row && { id: row.id as string, seq: row.seq as number, spec: JSON.parse(row.spec as string) as FigureSpec };
}

export function requireFigureSpec(log: LogReader, id: string, log_size?: number): NamedSpec {
  const found = findFigureSpec(log, id, log_size);
  if (found) return found;
  throw new TracewireError("NOT_FOUND", {
    what: `There is no figure "${id}"`,
    hint: `Figures: ${
      listFigureSpecs(log)
        .map((named) => named.id)
        .join(", ") || "none yet"
    }`,
  });
}

/** By name; of a long list a page at a time, those behind `after`, as they stood at `log_size`. */
export function listFigureSpecs(log: Pick<LogReader, "db">, { after = "", limit = -1, log_size = Number.MAX_SAFE_INTEGER } = {}): NamedSpec[] {
  return log.db
    .prepare("SELECT seq, id, spec FROM figure_specs WHERE id > ? AND seq < ? AND (to_seq IS NULL OR to_seq >= ?) ORDER BY id LIMIT ?")
    .all(after, log_size, log_size, limit)
    .map((row) => ({ id: row.id as string, seq: row.seq as number, spec: JSON.parse(row.spec as string) as FigureSpec }));
}
