// A view is a set of tables computed from log entries alone, in order. It is kept while entries are appended
// and can be dropped and computed again to the same rows; `tracewire verify` does just that and compares.
import { createHash } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Json } from "./canonical-json.ts";

export type EntryBody = { kind: string; at: string; by: string; [field: string]: Json | undefined };

export type AppliedEntry = { seq: number; body: EntryBody };

export type View = {
  name: string;
  /** Raised when `create` or `apply` changes: an older newsroom's view is then computed again. */
  version: number;
  tables: string[];
  create: string;
  /** Called once for each entry that is not erased, in order of `seq`. */
  apply(db: DatabaseSync, entry: AppliedEntry): void;
};

const statements = new WeakMap<DatabaseSync, Map<string, StatementSync>>();

/**
 * A statement that is asked again and again, prepared once for a database. `sql` comes from a fixed set of texts, never
 * with a value written into it; of one that is iterated the caller reads to the end or breaks before it asks again.
 */
export function prepared(db: DatabaseSync, sql: string): StatementSync {
  const own = statements.get(db) ?? new Map<string, StatementSync>();
  statements.set(db, own);
  const known = own.get(sql) ?? db.prepare(sql);
  own.set(sql, known);
  return known;
}

export function createViews(db: DatabaseSync, views: readonly View[]): void {
  for (const view of views) {
    for (const table of view.tables) db.exec(`DROP TABLE IF EXISTS ${table}`);
    db.exec(view.create);
  }
}

/** SHA-256 over all rows of the views' tables, in key order: equal digests mean equal views. */
export function viewsDigest(db: DatabaseSync, views: readonly View[]): Record<string, string> {
  const digests: Record<string, string> = {};
  for (const view of views) {
    const hash = createHash("sha256");
    for (const table of view.tables) {
      hash.update(`${table}\n`);
      for (const row of db.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).iterate())
        hash.update(
          `${JSON.stringify(row, (_, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value))}\n`,
        );
    }
    digests[view.name] = hash.digest("hex");
  }
  return digests;
}
