// Everything ever published, numbered by first publication and cut into parts of a fixed size. A withdrawn story keeps its
// number, so no part ever changes its members: only the last one grows.
import type { LogReader } from "../evidence/evidence.ts";
import type { Card } from "./read-press.ts";

export type ShelfPart = { number: number; stories: number; newest_at: string };
export type RankedCard = Pick<Card, "slug" | "type" | "newest_at" | "withdrawn">;

/** The parts that hold something which still stands, with the time of their newest revision. */
export function listShelfParts(log: Pick<LogReader, "db">, size: number): ShelfPart[] {
  return log.db
    .prepare(
      `SELECT (rank - 1) / CAST(? AS INTEGER) + 1 AS number, count(*) FILTER (WHERE withdrawn IS NULL) AS stories, max(newest_at) AS newest_at
       FROM (SELECT newest_at, withdrawn, row_number() OVER (ORDER BY first_seq) AS rank FROM stories)
       GROUP BY 1 HAVING stories > 0 ORDER BY 1`,
    )
    .all(size) as unknown as ShelfPart[];
}

/** What still stands of one part, oldest first. */
export function listRanked(log: Pick<LogReader, "db">, size: number, number: number): RankedCard[] {
  const rows = log.db
    .prepare("SELECT slug, type, newest_at, withdrawn FROM stories ORDER BY first_seq LIMIT ? OFFSET ?")
    .all(size, size * (number - 1)) as unknown as RankedCard[];
  return rows.filter(({ withdrawn }) => withdrawn === null);
}
