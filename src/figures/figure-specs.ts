// Figures by their names: the rules of each, as they stand or stood.
import { editDistance } from "../edit-distance.ts";
import { TracewireError } from "../errors.ts";
import { prepared, type LogReader } from "../evidence/evidence.ts";
import type { FigureSpec } from "./figure-spec.ts";

/** Names of figures that a refusal says at most. */
const NAMES_SAID_MAX = 8;

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
    hint: nearNames(id, listFigureSpecs(log).map((named) => named.id)),
  });
}

/** All names where they are few, else those spelled nearly so or sharing a word of it: a wall of names helps nobody. */
function nearNames(id: string, names: readonly string[]): string {
  if (names.length <= NAMES_SAID_MAX) return `Figures: ${names.join(", ") || "none yet"}`;
  const words = id.split("-").filter((word) => word.length > 2);
  const near = names
    .map((name) => ({ name, shared: words.filter((word) => name.includes(word)).length, distance: editDistance(id, name) }))
    .filter(({ shared, distance }) => shared > 0 || distance <= 3)
    .sort((a, b) => b.shared - a.shared || a.distance - b.distance)
    .slice(0, NAMES_SAID_MAX)
    .map(({ name }) => name);
  return near.length > 0 ? `Near it: ${near.join(", ")}. All ${names.length} are at /figures.` : `All ${names.length} are at /figures.`;
}

/** By name; of a long list a page at a time, those behind `after`, as they stood at `log_size`. */
export function listFigureSpecs(log: Pick<LogReader, "db">, { after = "", limit = -1, log_size = Number.MAX_SAFE_INTEGER } = {}): NamedSpec[] {
  return log.db
    .prepare("SELECT seq, id, spec FROM figure_specs WHERE id > ? AND seq < ? AND (to_seq IS NULL OR to_seq >= ?) ORDER BY id LIMIT ?")
    .all(after, log_size, log_size, limit)
    .map((row) => ({ id: row.id as string, seq: row.seq as number, spec: JSON.parse(row.spec as string) as FigureSpec }));
}
