// Feeds that a hub is still to be told of. The queue is filled from the log: it remembers up to which entry the hub was
// served, so a publication is announced whichever process made it and whatever crashed in between. One row a feed: ten
// publications before the hub answers are one ping. It is no part of the log, which tells nothing of what left the machine.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { LogReader } from "../evidence/evidence.ts";
import { changedFeeds } from "../press/press.ts";
import { openPrivateDatabase } from "../private-database.ts";

export const PINGS_FILE = "pings.db";
const MINUTE_MS = 60_000;
/** Waits after the first, second … failure of the hub in a row; then daily. A late ping is still right, so none is dropped. */
export const RETRY_AFTER_MS = [1, 5, 15, 60, 240, 720, 1_440].map((minutes) => minutes * MINUTE_MS);
const REASON_LENGTH_MAX = 300;
const BUSY_WAIT_MS = 5_000;

/** `cause` is the size of the log that made it wait: a feed that changes again while it is being told waits on. */
export type Ping = { feed: string; cause: number };

export type PingState = {
  hub: string;
  waiting: number;
  /** Since when the first of them waits. */
  oldest: string | null;
  /** Refused by the hub: asked again when the feed changes next. */
  given_up: number;
  sent: number;
  /** Failures of the hub in a row, and when it is tried again. */
  failures: number;
  next_at: string | null;
  last: string | null;
};

export type PingQueue = {
  /** Takes up what was published since the last look; a hub met for the first time starts at the log's present end. */
  fill(log: Pick<LogReader, "db" | "size">, now: string): void;
  /** None while the hub is given time after a failure. */
  due(now: string, limit: number): Ping[];
  sent(ping: Ping): void;
  /** The hub does not want this feed. */
  giveUp(ping: Ping, why: string): void;
  /** The hub could not be reached, or asks for time. */
  putOff(now: string, why: string): void;
  state(): PingState;
  close(): void;
};

const TABLES = `
  CREATE TABLE IF NOT EXISTS hubs (hub TEXT PRIMARY KEY, announced INTEGER NOT NULL, sent INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0, next_at TEXT, last TEXT) STRICT;
  CREATE TABLE IF NOT EXISTS pings (hub TEXT NOT NULL, feed TEXT NOT NULL, cause INTEGER NOT NULL, since TEXT NOT NULL,
    refused TEXT, PRIMARY KEY (hub, feed)) STRICT;
`;

export function openPingQueue(folder: string, hub: string): PingQueue {
  const path = join(folder, PINGS_FILE);
  const { db, change, close } = openPrivateDatabase(path, TABLES, BUSY_WAIT_MS);
  const announced = db.prepare("SELECT announced FROM hubs WHERE hub = ?");
  const moveTo = db.prepare(
    "INSERT INTO hubs (hub, announced) VALUES (?, ?) ON CONFLICT (hub) DO UPDATE SET announced = excluded.announced",
  );
  const wait = db.prepare(
    `INSERT INTO pings (hub, feed, cause, since) VALUES (?, ?, ?, ?)
     ON CONFLICT (hub, feed) DO UPDATE SET cause = excluded.cause, since = iif(refused IS NULL, since, excluded.since), refused = NULL`,
  );
  return {
    fill(log, now) {
      const size = log.size();
      const from = announced.get(hub)?.announced as number | undefined;
      if (from === size) return;
      change(() => {
        // A log that is shorter than before was restored from a backup; what is published from here on is told.
        if (from !== undefined && from < size) for (const feed of changedFeeds(log, from, size)) wait.run(hub, feed, size, now);
        moveTo.run(hub, size);
      });
    },
    due(now, limit) {
      return db
        .prepare(
          `SELECT p.feed, p.cause FROM pings p JOIN hubs h USING (hub)
           WHERE p.hub = ? AND p.refused IS NULL AND (h.next_at IS NULL OR h.next_at <= ? OR h.next_at > ?) ORDER BY p.since, p.feed LIMIT ?`,
        )
        // What is to wait for longer than any waits was put off while the clock was ahead: it is due.
        .all(hub, now, new Date(Date.parse(now) + Math.max(...RETRY_AFTER_MS) + MINUTE_MS).toISOString(), limit) as unknown as Ping[];
    },
    sent({ feed, cause }) {
      change(() => {
        db.prepare("DELETE FROM pings WHERE hub = ? AND feed = ? AND cause = ?").run(hub, feed, cause);
        db.prepare("UPDATE hubs SET sent = sent + 1, failures = 0, next_at = NULL, last = NULL WHERE hub = ?").run(hub);
      });
    },
    giveUp({ feed, cause }, why) {
      change(() => {
        db.prepare("UPDATE pings SET refused = ? WHERE hub = ? AND feed = ? AND cause = ?").run(clip(why), hub, feed, cause);
        db.prepare("UPDATE hubs SET last = ? WHERE hub = ?").run(clip(why), hub);
      });
    },
    putOff(now, why) {
      const failures = stateOf(db, hub).failures + 1;
      const wait_ms = RETRY_AFTER_MS[Math.min(failures, RETRY_AFTER_MS.length) - 1]!;
      const next_at = new Date(Date.parse(now) + wait_ms).toISOString();
      change(() =>
        db.prepare("UPDATE hubs SET failures = ?, next_at = ?, last = ? WHERE hub = ?").run(failures, next_at, clip(why), hub),
      );
    },
    state: () => stateOf(db, hub),
    close,
  };
}

/** How it stands with a hub, for who looks from outside; undefined where nothing was ever queued. */
export function readPingState(folder: string, hub: string): PingState | undefined {
  const path = join(folder, PINGS_FILE);
  if (!existsSync(path)) return undefined;
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    return stateOf(db, hub);
  } finally {
    db.close();
  }
}

function stateOf(db: DatabaseSync, hub: string): PingState {
  const rows = db
    .prepare("SELECT count(*) FILTER (WHERE refused IS NULL) AS waiting, min(since) FILTER (WHERE refused IS NULL) AS oldest, count(refused) AS given_up FROM pings WHERE hub = ?")
    .get(hub) as Pick<PingState, "waiting" | "oldest" | "given_up">;
  const own = db.prepare("SELECT sent, failures, next_at, last FROM hubs WHERE hub = ?").get(hub) as
    Pick<PingState, "sent" | "failures" | "next_at" | "last"> | undefined;
  return { hub, ...rows, ...(own ?? { sent: 0, failures: 0, next_at: null, last: null }) };
}

const clip = (text: string): string => text.replace(/\s+/g, " ").slice(0, REASON_LENGTH_MAX);
