// The one append-only log. SQLite's `entries` table is the truth; tiles, the checkpoint file and all views
// are caches of it. A leaf is SHA-256(salt || canonical body), so that an entry can be erased (salt and body
// forgotten) while its place in the tree, and every proof over it, still stands.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Effects } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import { canonicalBytes } from "./canonical-json.ts";
import { openCheckpoint, signCheckpoint, verifierKey, type LogKey } from "./checkpoint.ts";
import { diskFault, writeWhole, type FileSystem } from "./file-system.ts";
import {
  HASH_BYTES,
  consistencyProof,
  frontierRoot,
  growFrontier,
  inclusionProof,
  largestPowerBelow,
  leafHash,
  nodeHash,
} from "./merkle.ts";
import { TILE_WIDTH, completeSubtree, repairTiles, tileHash, writeTiles } from "./tiles.ts";
import { createViews, type EntryBody, type View } from "./view.ts";

/** Raised when the tables of the log itself change shape; see docs/data-folder.md. */
export const LOG_FORMAT = 1;
const SALT_BYTES = 32;
const WRITER_WAIT_MS = 10_000;
export const BODY_BYTES_MAX = 16 * 1024 * 1024;

const LOG_TABLES = `
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS entries (
    seq INTEGER PRIMARY KEY,
    leaf BLOB NOT NULL CHECK (length(leaf) = 32),
    salt BLOB CHECK (salt IS NULL OR length(salt) = 32),
    body BLOB,
    CHECK ((salt IS NULL) = (body IS NULL))
  ) STRICT;
  CREATE TABLE IF NOT EXISTS checkpoints (size INTEGER PRIMARY KEY, note TEXT NOT NULL, frontier BLOB NOT NULL) STRICT;
`;

export type StoredEntry = {
  seq: number;
  leaf: Uint8Array;
  salt: Uint8Array | undefined;
  body: EntryBody | undefined;
  bytes: Uint8Array | undefined;
};

export type LogReader = {
  db: DatabaseSync;
  /** Entries that are committed and signed for. */
  size(): number;
  /** Root over the first `size` entries, as hex. */
  root(size?: number): string;
  /** The newest signed note, or the one over the first `size` entries. Throws NOT_FOUND where none was signed. */
  checkpoint(size?: number): string;
  read(seq: number): StoredEntry | undefined;
  /** Entries from `start` (inclusive) to `end` (exclusive), erased ones too. */
  entries(start?: number, end?: number): Generator<StoredEntry>;
  inclusion(seq: number, size?: number): Uint8Array[];
  consistency(oldSize: number, size?: number): Uint8Array[];
  leaves(start: number, end: number): Uint8Array[];
  /** Runs `read` against one state of the newsroom, whatever others commit meanwhile. */
  snapshot<T>(read: () => T): T;
  /** Changes whenever another connection has committed: the cue to look again. */
  dataVersion(): number;
  close(): void;
};

export type Transaction = {
  db: DatabaseSync;
  /** Appends one entry and shows it to the views; returns its sequence number. */
  append(body: Omit<EntryBody, "at"> & { at?: string; kind: string }): number;
  /** The log's size within this transaction. */
  size(): number;
  /** Forgets salt and body of entries for good; the caller appends the `erasure` that says why. */
  forget(seqs: readonly number[]): void;
};

export type LogWriter = LogReader & {
  /** Runs `change` under the writer's lock: all of it is durable and signed when this returns, or none of it is. */
  transact<T>(by: string, change: (transaction: Transaction) => T): T;
  /**
   * Compares tiles and checkpoint file with the entries and mends them; returns what was written. Not thorough: of tiles
   * that were written before the checkpoint file only that they are there, so that a start does not read the whole log.
   */
  repair(options?: { thorough: boolean }): string[];
  rebuildViews(): void;
};

export function openLogReader(folder: string): LogReader {
  const db = new DatabaseSync(join(folder, "newsroom.db"), { readOnly: true });
  db.exec("PRAGMA busy_timeout = 5000");
  refuseOther(db, folder);
  return reader(db, folder);
}

export function openLogWriter(folder: string, key: LogKey, views: readonly View[], effects: Effects, files: FileSystem): LogWriter {
  const path = join(folder, "newsroom.db");
  const db = new DatabaseSync(path);
  // WAL lets readers go on while one writes; FULL syncs the WAL at every commit, which is what an
  // acknowledgement promises; secure_delete overwrites what an erasure forgets.
  db.exec(`PRAGMA busy_timeout = ${WRITER_WAIT_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;`);
  const read = reader(db, folder);
  const holderFile = join(folder, "writer.json");

  const begin = (by: string) => {
    try {
      db.exec("BEGIN IMMEDIATE");
    } catch (error) {
      if (/locked|busy/.test(String(error))) throw writerBusy(files, holderFile, error);
      throw diskFault(error, path);
    }
    try {
      const note = new TextEncoder().encode(JSON.stringify({ pid: process.pid, command: by, since: effects.clock() }));
      files.unlink(holderFile);
      const handle = files.create(holderFile);
      files.write(handle, note);
      files.close(handle);
    } catch {
      // Only a courtesy to whoever waits; the lock itself is SQLite's.
    }
  };
  const rollback = () => {
    try {
      db.exec("ROLLBACK");
    } catch {
      // SQLite has already rolled back (disk full, I/O error).
    }
  };
  const inTransaction = <T>(by: string, run: () => T): T => {
    begin(by);
    try {
      const result = run();
      db.exec("COMMIT");
      return result;
    } catch (error) {
      rollback();
      throw diskFault(error, path);
    } finally {
      try {
        files.unlink(holderFile);
      } catch {
        // As above.
      }
    }
  };

  /** The files beside the log. They come after the commit, so a fault here loses nothing: `repair` mends it. */
  const writeCaches = (oldSize: number) => {
    try {
      writeTiles(files, folder, oldSize, read.size(), read.leaves);
      writeCheckpointFile(files, folder, read.checkpoint());
    } catch (error) {
      if (error instanceof TracewireError || (error as NodeJS.ErrnoException).code) return;
      throw error;
    }
  };

  /** Of a checkpoint file that is one of ours; its tiles were written before it. */
  const sizeSignedIn = (note: string | undefined): number => {
    const found = note === undefined ? undefined : db.prepare("SELECT size FROM checkpoints WHERE note = ?").get(note);
    return (found?.size as number | undefined) ?? 0;
  };

  try {
    inTransaction("open", () => {
      db.exec(LOG_TABLES);
      setUp(db, views, key);
    });
    refuseOther(db, folder);
  } catch (error) {
    db.close();
    throw error;
  }

  return {
    ...read,
    transact(by, change) {
      const insert = db.prepare("INSERT INTO entries (seq, leaf, salt, body) VALUES (?, ?, ?, ?)");
      let oldSize = 0;
      let forgot = false;
      const result = inTransaction(by, () => {
        oldSize = lastCheckpoint(db).size;
        let size = oldSize;
        let frontier = splitHashes(lastCheckpoint(db).frontier);
        const outcome = change({
          db,
          size: () => size,
          append(fields) {
            const body: EntryBody = { by, ...fields, at: fields.at ?? effects.clock() };
            const bytes = canonicalBytes(body);
            if (bytes.length > BODY_BYTES_MAX) throw tooLarge(body, bytes.length);
            const salt = effects.random(SALT_BYTES);
            const leaf = leafData(salt, bytes);
            const seq = size;
            insert.run(seq, leaf, salt, bytes);
            frontier = growFrontier(frontier, size, leafHash(leaf));
            size += 1;
            // A view sees what a rebuild would see: the body as its bytes say it, keys in canonical order.
            const stored = parseBody(bytes);
            for (const view of views) view.apply(db, { seq, body: stored });
            return seq;
          },
          forget(seqs) {
            const erase = db.prepare("UPDATE entries SET salt = NULL, body = NULL WHERE seq = ?");
            for (const seq of seqs) erase.run(seq);
            forgot = true;
          },
        });
        if (size > oldSize) {
          const note = signCheckpoint({ origin: key.origin, size, root: frontierRoot(frontier) }, key);
          db.prepare("INSERT INTO checkpoints (size, note, frontier) VALUES (?, ?, ?)").run(size, note, Buffer.concat(frontier));
          // Nothing else would show that an older checkpoint was taken out of the table.
          db.exec("UPDATE meta SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE key = 'checkpoints'");
        }
        if (forgot) applyAll(db, views);
        return outcome;
      });
      writeCaches(oldSize);
      // What was forgotten must leave the write-ahead log as well.
      if (forgot) db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      return result;
    },
    repair({ thorough } = { thorough: true }) {
      const path = join(folder, "log", "checkpoint");
      const stored = files.read(path);
      const note = stored && Buffer.from(stored).toString();
      const mended = repairTiles(files, folder, read.size(), read.leaves, thorough ? 0 : sizeSignedIn(note));
      if (note !== read.checkpoint()) {
        writeCheckpointFile(files, folder, read.checkpoint());
        mended.push(path);
      }
      for (const name of files.list(join(folder, "tmp"))) files.unlink(join(folder, "tmp", name));
      return mended;
    },
    rebuildViews: () => inTransaction("rebuild views", () => applyAll(db, views)),
  };
}

function tooLarge({ kind, slug, subject }: EntryBody, bytes: number): TracewireError {
  const megabytes = (bytes / 2 ** 20).toFixed(1);
  return new TracewireError("ENTRY_TOO_LARGE", {
    what: `A ${kind} of ${megabytes} MiB does not fit an entry, which takes ${BODY_BYTES_MAX / 2 ** 20} MiB`,
    where: [slug, subject].find((name) => typeof name === "string") as string | undefined,
  });
}

/** Computes the views again from the entries, inside the caller's transaction. */
export function applyAll(db: DatabaseSync, views: readonly View[]): void {
  createViews(db, views);
  for (const row of db.prepare("SELECT seq, body FROM entries WHERE body IS NOT NULL ORDER BY seq").iterate()) {
    const body = parseBody(row.body as Uint8Array);
    for (const view of views) view.apply(db, { seq: row.seq as number, body });
  }
}

export function leafData(salt: Uint8Array, body: Uint8Array): Uint8Array {
  return createHash("sha256").update(salt).update(body).digest();
}

function reader(db: DatabaseSync, folder: string): LogReader {
  // A page asks the same few questions again and again: each is prepared once.
  const statements = new Map<string, StatementSync>();
  const select = (sql: string): StatementSync => {
    const known = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, known);
    return known;
  };
  const subtrees = new Map<string, Uint8Array>();
  const leaves = (start: number, end: number): Uint8Array[] =>
    select("SELECT leaf FROM entries WHERE seq >= ? AND seq < ? ORDER BY seq")
      .all(start, end)
      .map((row) => row.leaf as Uint8Array);

  const rangeHash = (start: number, end: number): Uint8Array => {
    const count = end - start;
    if (count === 1) return leafHash(leaves(start, end)[0]!);
    const level = Math.log(count) / Math.log(TILE_WIDTH);
    if (Number.isInteger(level) && start % count === 0) {
      const name = `${level}/${start / count}`;
      const known = subtrees.get(name) ?? tileHash(folder, level, start / count, size()) ?? completeSubtree(level, start / count, leaves);
      subtrees.set(name, known);
      return known;
    }
    const middle = start + largestPowerBelow(count);
    return nodeHash(rangeHash(start, middle), rangeHash(middle, end));
  };
  const size = () => select("SELECT max(size) AS size FROM checkpoints").get()!.size as number;
  const toEntry = (row: Record<string, unknown>): StoredEntry => {
    const bytes = (row.body as Uint8Array | null) ?? undefined;
    return {
      seq: row.seq as number,
      leaf: row.leaf as Uint8Array,
      salt: (row.salt as Uint8Array | null) ?? undefined,
      bytes,
      body: bytes && parseBody(bytes),
    };
  };

  return {
    db,
    size,
    root(at = size()) {
      const known = select("SELECT frontier FROM checkpoints WHERE size = ?").get(at);
      const root = known ? frontierRoot(splitHashes(known.frontier as Uint8Array)) : rangeHash(0, at);
      return Buffer.from(root).toString("hex");
    },
    checkpoint(at) {
      const signed = at === undefined ? lastCheckpoint(db) : select("SELECT note FROM checkpoints WHERE size = ?").get(at);
      if (signed) return signed.note as string;
      throw new TracewireError("NOT_FOUND", {
        what: `No checkpoint was signed at log size ${at}`,
        hint: `Sizes are signed at the end of a change; the one before is ${select("SELECT max(size) AS size FROM checkpoints WHERE size < ?").get(at!)?.size}.`,
      });
    },
    read(seq) {
      const row = select("SELECT seq, leaf, salt, body FROM entries WHERE seq = ?").get(seq);
      return row && toEntry(row);
    },
    *entries(start = 0, end = size()) {
      // A statement of its own: two walks over the log may be under way at once.
      for (const row of db.prepare("SELECT seq, leaf, salt, body FROM entries WHERE seq >= ? AND seq < ? ORDER BY seq").iterate(start, end))
        yield toEntry(row);
    },
    inclusion: (seq, at = size()) => inclusionProof(seq, at, rangeHash),
    consistency: (oldSize, at = size()) => consistencyProof(oldSize, at, rangeHash),
    leaves,
    snapshot(read) {
      db.exec("BEGIN");
      try {
        return read();
      } finally {
        db.exec("COMMIT");
      }
    },
    dataVersion: () => select("PRAGMA data_version").get()!.data_version as number,
    close: () => db.close(),
  };
}

function setUp(db: DatabaseSync, views: readonly View[], key: LogKey): void {
  const get = db.prepare("SELECT value FROM meta WHERE key = ?");
  const set = db.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)");
  if (!get.get("format")) {
    set.run("format", String(LOG_FORMAT));
    set.run("origin", key.origin);
    set.run("checkpoints", "1");
    const note = signCheckpoint({ origin: key.origin, size: 0, root: frontierRoot([]) }, key);
    db.prepare("INSERT INTO checkpoints (size, note, frontier) VALUES (0, ?, ?)").run(note, new Uint8Array());
  }
  if (Number(get.get("format")!.value) > LOG_FORMAT) return;
  refuseOtherKey(lastCheckpoint(db).note, key);
  if (hasViews(db, views)) return;
  applyAll(db, views);
  set.run("views", versionsOf(views));
}

/** What another key signs, no reader of this log could prove: nothing is written with one. `note`: the log's newest checkpoint. */
export function refuseOtherKey(note: string, key: LogKey): void {
  if (openCheckpoint(note, verifierKey(key)).outcome !== "valid") throw new TracewireError("KEY_MISMATCH");
}

const versionsOf = (views: readonly View[]): string => JSON.stringify(views.map((view) => [view.name, view.version]));

/** Whether the views in this database are these, in these versions. Others are never read: they are computed again. */
export function hasViews(db: DatabaseSync, views: readonly View[]): boolean {
  return db.prepare("SELECT value FROM meta WHERE key = 'views'").get()?.value === versionsOf(views);
}

/** A folder of a newer version is refused before anything of it is touched. */
function refuseOther(db: DatabaseSync, folder: string): void {
  let format: unknown;
  try {
    format = db.prepare("SELECT value FROM meta WHERE key = 'format'").get()?.value;
  } catch (error) {
    throw new TracewireError("NO_NEWSROOM", { where: folder, cause: error });
  }
  if (Number(format) > LOG_FORMAT)
    throw new TracewireError("NEWER_NEWSROOM", {
      what: `Its log has format ${String(format)}; this version reads up to ${LOG_FORMAT}`,
      where: folder,
    });
}

function lastCheckpoint(db: DatabaseSync): { size: number; note: string; frontier: Uint8Array } {
  const row = db.prepare("SELECT size, note, frontier FROM checkpoints ORDER BY size DESC LIMIT 1").get();
  assert(row, "a log has at least the checkpoint of its empty tree");
  return { size: row.size as number, note: row.note as string, frontier: row.frontier as Uint8Array };
}

function splitHashes(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: bytes.length / HASH_BYTES }, (_, at) => bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES));
}

function parseBody(bytes: Uint8Array): EntryBody {
  return JSON.parse(new TextDecoder().decode(bytes)) as EntryBody;
}

function writeCheckpointFile(files: FileSystem, folder: string, note: string): void {
  files.mkdir(join(folder, "log"));
  files.mkdir(join(folder, "tmp"));
  writeWhole(files, join(folder, "log", "checkpoint"), join(folder, "tmp", `checkpoint.${process.pid}`), new TextEncoder().encode(note));
  files.syncFolder(join(folder, "log"));
}

function writerBusy(files: FileSystem, holderFile: string, cause: unknown): TracewireError {
  const bytes = files.read(holderFile);
  let holder = "another process";
  try {
    const { pid, command, since } = JSON.parse(Buffer.from(bytes ?? []).toString()) as Record<string, unknown>;
    holder = `process ${String(pid)} (${String(command)}, since ${String(since)})`;
  } catch {
    // Its note is not there or half-written: the lock is what counts.
  }
  return new TracewireError("WRITER_BUSY", { what: `${holder} has been writing for ${WRITER_WAIT_MS / 1000} s`, cause });
}
