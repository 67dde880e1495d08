// A database of its own for what is private and erasable (subscribers, accounts, what waits at the desk): beside the log and never in
// it, readable by its owner alone, durable at every commit, and overwritten where something is deleted.
import { chmodSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { diskFault } from "./evidence/evidence.ts";

const BUSY_WAIT_MS = 10_000;

export type PrivateDatabase = {
  db: DatabaseSync;
  /** Runs `change` in one transaction, durable when this returns. */
  change<T>(change: () => T): T;
  /** Writes the write-ahead log back and empties it, so that what was deleted is nowhere. False while another reads. */
  settle(): boolean;
  close(): void;
};

/** Opens or makes the file. `busy_wait_ms`: how long another writer is waited for. Throws what a disk fault is (READ_ONLY, DISK_FULL). */
export function openPrivateDatabase(path: string, tables = "", busy_wait_ms = BUSY_WAIT_MS): PrivateDatabase {
  let db: DatabaseSync;
  try {
    db = new DatabaseSync(path);
    chmodSync(path, 0o600);
    // FULL: a mark in the outbox, a counted attempt, a spent link must outlive a crash, or the act could be had again.
    // secure_delete: what is deleted is overwritten, so that "erase me" holds for the bytes on disk as well.
    db.exec(
      `PRAGMA busy_timeout = ${busy_wait_ms}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON;`,
    );
  } catch (error) {
    throw diskFault(error, path);
  }
  const change = <T>(run: () => T): T => {
    try {
      db.exec("BEGIN IMMEDIATE");
    } catch (error) {
      throw diskFault(error, path);
    }
    try {
      const result = run();
      db.exec("COMMIT");
      return result;
    } catch (error) {
      try {
        db.exec("ROLLBACK");
      } catch {
        // SQLite has already rolled back (disk full, I/O error).
      }
      throw diskFault(error, path);
    }
  };
  if (tables) change(() => db.exec(tables));
  return {
    db,
    change,
    settle: () => db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get()?.busy === 0,
    close: () => db.close(),
  };
}
