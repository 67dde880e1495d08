// What was dropped, pasted or named by its address, on its way to a capture. An item is durable from the moment it is taken:
// its bytes are in the blob store, the rest stands in a database beside the log. It becomes an entry of the log only when a
// person has seen its text and given the second grade: how reliable the source is, and how credible the item, are two
// questions, and who answers them in one breath answers them alike.
import { join } from "node:path";
import type { Effects } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import type { CaptureInput, CaptureOrigin, Grade } from "../evidence/evidence.ts";
import { openPrivateDatabase } from "../private-database.ts";

export const INBOX_FILE = "inbox.db";
/** Waiting at once, of one person; and kept at all. */
const WAITING_MAX = 100;
const KEPT_MAX = 5_000;
/** Of one person within a day: bytes, and items. Whoever has a session cannot fill the disk with it at once (ASVS V5.2.4). */
export const DAY_BYTES_MAX = 2 * 2 ** 30;
export const DAY_ITEMS_MAX = 1_000;
const DAY_MS = 24 * 3_600_000;
const TOMORROW = "There is room again when a day has gone by; somebody else may take it now.";
const LISTED_MAX = 200;

export const INBOX_STATES = ["waiting", "fetching", "reading", "read", "failed", "cancelled", "captured"] as const;
export type InboxState = (typeof INBOX_STATES)[number];

export type InboxItem = {
  id: number;
  by: string;
  at: string;
  state: InboxState;
  /** For a failure: what happened. For text that could not be read: why. */
  reason: string | null;
  /** Where to fetch it; bytes that were sent along have none. */
  url: string | null;
  sha256: string | null;
  byte_count: number | null;
  text_chars: number | null;
  title: string;
  licence: string | null;
  grade: Grade;
  source_grade: CaptureInput["source_grade"];
  is_protected: boolean;
  declared_media_type: string | null;
  origin: CaptureOrigin;
  retrieved_at: string;
  /** Log index, once it is a capture. */
  seq: number | null;
};

export type NewItem = Pick<InboxItem, "by" | "url" | "sha256" | "byte_count" | "title" | "licence" | "grade" | "source_grade" | "is_protected" | "declared_media_type" | "origin">;
type Progress = Partial<Pick<InboxItem, "reason" | "sha256" | "byte_count" | "text_chars" | "declared_media_type" | "origin" | "retrieved_at" | "seq">>;

const TABLES = `
  CREATE TABLE IF NOT EXISTS items (
    id INTEGER PRIMARY KEY AUTOINCREMENT, by TEXT NOT NULL, at TEXT NOT NULL, state TEXT NOT NULL, reason TEXT, url TEXT, sha256 TEXT, byte_count INTEGER,
    text_chars INTEGER, title TEXT NOT NULL, licence TEXT, grade TEXT NOT NULL, source_grade TEXT NOT NULL, is_protected INTEGER NOT NULL,
    declared_media_type TEXT, origin TEXT NOT NULL, retrieved_at TEXT NOT NULL, seq INTEGER
  ) STRICT;
  CREATE INDEX IF NOT EXISTS items_by_state ON items (state, id);
`;

export type Inbox = {
  /** Throws TOO_MANY_JOBS where a person has no room for so many bytes more. Asked before any byte is kept. */
  requireRoom(by: string, byte_count: number): void;
  /** Throws TOO_MANY_JOBS likewise. */
  add(item: NewItem): InboxItem;
  find(id: number): InboxItem | undefined;
  /** Newest first. */
  list(): InboxItem[];
  /** What is on its way or waits for a person, the oldest first. */
  open(): InboxItem[];
  /** The oldest that waits, as `state` now; each is taken once. */
  take(): InboxItem | undefined;
  /** Moves an item that is in one of these states; false where it has left them (cancelled meanwhile). */
  move(id: number, from: readonly InboxState[], to: InboxState, progress?: Progress): boolean;
  /** Whether an item that is not cancelled has these bytes. */
  holds(sha256: string): boolean;
  /** Bytes that only cancelled items name. */
  cancelledBytes(): string[];
  /** Cancelled items name these bytes no more. */
  letGo(sha256: string): void;
  /** What a process that is gone left half done waits again. */
  recover(): void;
  /** After an erasure: items that became these entries, or hold these bytes, go from the file; returns their titles. */
  forget(seqs: readonly number[], blobs: readonly string[]): string[];
  close(): void;
};

export function openInbox(folder: string, { clock }: Pick<Effects, "clock">): Inbox {
  const { db, change, settle, close } = openPrivateDatabase(join(folder, INBOX_FILE), TABLES);
  const find = (id: number) => {
    const row = db.prepare("SELECT * FROM items WHERE id = ?").get(id);
    return row && toItem(row);
  };
  const set = (id: number, state: InboxState, { origin, ...progress }: Progress = {}) => {
    const columns = Object.entries({ state, ...progress, ...(origin ? { origin: JSON.stringify(origin) } : {}) }).filter(([, value]) => value !== undefined);
    // Names of columns are this file's own: the type has no others.
    db.prepare(`UPDATE items SET ${columns.map(([name]) => `${name} = ?`).join(", ")} WHERE id = ?`).run(...columns.map(([, value]) => value as string | number | null), id);
  };
  const requireRoom = (by: string, byte_count: number): void => {
    const refuse = (what: string, hint?: string): never => {
      throw new TracewireError("TOO_MANY_JOBS", { what, hint });
    };
    const waiting = db.prepare("SELECT count(*) AS n FROM items WHERE by = ? AND state IN ('waiting', 'fetching', 'reading')").get(by)!.n as number;
    if (waiting >= WAITING_MAX) refuse(`${WAITING_MAX} of your captures wait already`);
    const since = new Date(Date.parse(clock()) - DAY_MS).toISOString();
    const day = db.prepare("SELECT count(*) AS items, total(byte_count) AS bytes FROM items WHERE by = ? AND at > ?").get(by, since) as { items: number; bytes: number };
    if (day.items >= DAY_ITEMS_MAX) refuse(`You have taken ${DAY_ITEMS_MAX} items within a day`, TOMORROW);
    if (day.bytes + byte_count > DAY_BYTES_MAX) refuse(`You have taken ${DAY_BYTES_MAX / 2 ** 30} GB within a day`, TOMORROW);
  };
  return {
    requireRoom,
    add: (item) =>
      change(() => {
        requireRoom(item.by, item.byte_count ?? 0);
        const now = clock();
        const { lastInsertRowid } = db
          .prepare(
            `INSERT INTO items (by, at, state, url, sha256, byte_count, title, licence, grade, source_grade, is_protected, declared_media_type, origin, retrieved_at)
             VALUES (?, ?, 'waiting', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          )
          .run(
            item.by,
            now,
            item.url,
            item.sha256,
            item.byte_count,
            item.title,
            item.licence,
            item.grade,
            item.source_grade,
            Number(item.is_protected),
            item.declared_media_type,
            JSON.stringify(item.origin),
            now,
          );
        // The oldest make room. Of what failed and was put away the bytes go first (cancelled-bytes.ts), then the line.
        const oldest = "id <= (SELECT max(id) FROM items) - ?";
        db.prepare(`UPDATE items SET state = 'cancelled' WHERE state = 'failed' AND ${oldest}`).run(KEPT_MAX);
        db.prepare(`DELETE FROM items WHERE (state = 'captured' OR (state = 'cancelled' AND sha256 IS NULL)) AND ${oldest}`).run(KEPT_MAX);
        return find(Number(lastInsertRowid))!;
      }),
    find,
    list: () => db.prepare(`SELECT * FROM items ORDER BY id DESC LIMIT ${LISTED_MAX}`).all().map(toItem),
    open: () => db.prepare(`SELECT * FROM items WHERE state IN ('waiting', 'fetching', 'reading', 'read', 'failed') ORDER BY id LIMIT ${KEPT_MAX}`).all().map(toItem),
    take: () =>
      change(() => {
        const row = db.prepare("SELECT * FROM items WHERE state = 'waiting' ORDER BY id LIMIT 1").get();
        if (!row) return undefined;
        set(row.id as number, row.sha256 === null ? "fetching" : "reading");
        return find(row.id as number);
      }),
    move: (id, from, to, progress) =>
      change(() => {
        const item = find(id);
        if (!item || !from.includes(item.state)) return false;
        set(id, to, progress);
        return true;
      }),
    holds: (sha256) => db.prepare("SELECT 1 FROM items WHERE sha256 = ? AND state <> 'cancelled' LIMIT 1").get(sha256) !== undefined,
    cancelledBytes: () =>
      db
        .prepare(`SELECT DISTINCT sha256 FROM items c WHERE state = 'cancelled' AND sha256 IS NOT NULL AND NOT EXISTS (SELECT 1 FROM items o WHERE o.sha256 = c.sha256 AND o.state <> 'cancelled') LIMIT ${KEPT_MAX}`)
        .all()
        .map(({ sha256 }) => sha256 as string),
    letGo: (sha256) => void change(() => db.prepare("UPDATE items SET sha256 = NULL WHERE sha256 = ? AND state = 'cancelled'").run(sha256)),
    recover: () => void change(() => db.exec("UPDATE items SET state = 'waiting' WHERE state IN ('fetching', 'reading')")),
    forget(seqs, blobs) {
      const titles = change(() =>
        db
          .prepare("DELETE FROM items WHERE seq IN (SELECT value FROM json_each(?)) OR sha256 IN (SELECT value FROM json_each(?)) RETURNING title")
          .all(JSON.stringify(seqs), JSON.stringify(blobs))
          .map(({ title }) => title as string),
      );
      settle();
      return titles;
    },
    close,
  };
}

const toItem = (row: Record<string, unknown>): InboxItem => ({
  ...(row as unknown as InboxItem),
  is_protected: row.is_protected === 1,
  origin: JSON.parse(row.origin as string) as CaptureOrigin,
});
