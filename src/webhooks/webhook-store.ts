// Who is told, and of what they are still to be told. Like the queue of a hub it is filled from the log: each webhook remembers
// up to which entry it was filled, so an event is sent whichever process made it and whatever crashed in between. It holds
// secrets and is no part of the log.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { Effects } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { openPrivateDatabase } from "../private-database.ts";
import { EVENT_TYPES, eventOf, type EventType } from "./webhook-events.ts";

export const WEBHOOKS_FILE = "webhooks.db";
const HOOKS_MAX = 50;
const WAITING_MAX = 10_000;
const SECRET_BYTES = 32;
const REASON_LENGTH_MAX = 300;
/** Of each webhook; the oldest go first. */
const ANSWERS_KEPT_MAX = 200;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** For a receiver to take up a new secret. */
export const SECRET_OVERLAP_MS = 24 * HOUR_MS;
/** Waits after the first, second … failure in a row, as Standard Webhooks proposes; after the last the event is given up. */
export const RETRY_AFTER_MS = [5 * SECOND_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS, 14 * HOUR_MS, 20 * HOUR_MS, 24 * HOUR_MS];

export type Webhook = {
  name: string;
  url: string;
  events: EventType[];
  created: string;
  /** The operator said that it may be an address of this network. */
  is_here: boolean;
  waiting: number;
  given_up: number;
  sent: number;
  failures: number;
  next_at: string | null;
  last: string | null;
};
/** One event for one webhook: it waits or was given up; or it was tried, and this was answered. */
export type Told = { entry: number; /** Queued since, or answered at. */ at: string; outcome: "waiting" | "given up" | "sent" | "failed" | "gone"; answer: string | null };
/** Of an event that is due; `former_secret` while a receiver may not know the new one yet. */
export type Delivery = { hook: string; url: string; secret: string; former_secret: string | null; is_here: boolean; entry: number };

export type WebhookStore = {
  /** The secret is handed out here and never again. Events before this moment are not sent, unless replayed. */
  add(input: { name: string; url: string; events: readonly string[]; is_here: boolean }, log: Pick<LogReader, "size">): { hook: Webhook; secret: string };
  remove(name: string): void;
  /** A new secret, handed out here and never again; the former one signs as well until `overlap_ms` are over. Identifiers stay. */
  rotate(name: string, overlap_ms: number): { secret: string; until: string };
  list(): Webhook[];
  /** What waits or was given up, and the last answers, the newest entry first. Throws NOT_FOUND. */
  deliveries(name: string, limit: number): Told[];
  /** Queues every event from this entry on again, or with `only` that of this entry. Gives how many. */
  replay(name: string, from: number, log: Pick<LogReader, "read" | "size">, now: string, how?: { only?: boolean }): number;
  fill(log: Pick<LogReader, "read" | "size">, now: string): void;
  /** The oldest event of each webhook that is not given time after a failure: they are sent in the order of the log. */
  due(now: string): Delivery[];
  settle(delivery: Pick<Delivery, "hook" | "entry">, now: string, outcome: "sent" | "gone", answer?: string): void;
  failed(delivery: Pick<Delivery, "hook" | "entry">, now: string, why: string, outcome?: "closed"): void;
  close(): void;
};

const TABLES = `
  CREATE TABLE IF NOT EXISTS hooks (name TEXT PRIMARY KEY, url TEXT NOT NULL, secret TEXT NOT NULL, events TEXT NOT NULL, created TEXT NOT NULL, is_here INTEGER NOT NULL,
    filled INTEGER NOT NULL, sent INTEGER NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0, next_at TEXT, last TEXT) STRICT;
  CREATE TABLE IF NOT EXISTS deliveries (hook TEXT NOT NULL, entry INTEGER NOT NULL, since TEXT NOT NULL, given_up INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (hook, entry)) STRICT;
  CREATE TABLE IF NOT EXISTS answers (id INTEGER PRIMARY KEY, hook TEXT NOT NULL, entry INTEGER NOT NULL, at TEXT NOT NULL, outcome TEXT NOT NULL, answer TEXT) STRICT;
  CREATE INDEX IF NOT EXISTS answers_of ON answers (hook, id);
  CREATE TABLE IF NOT EXISTS former_secrets (hook TEXT PRIMARY KEY, secret TEXT NOT NULL, until TEXT NOT NULL) STRICT;
`;

export const webhooksExist = (folder: string): boolean => existsSync(join(folder, WEBHOOKS_FILE));

export function openWebhookStore(folder: string, effects: Effects): WebhookStore {
  const { db, change, close } = openPrivateDatabase(join(folder, WEBHOOKS_FILE), TABLES);
  /** Queues from one entry on until so many wait; what lies behind stays in the log, and is queued when those are sent. */
  const queue = (name: string, events: readonly string[], from: number, log: Pick<LogReader, "read" | "size">, now: string, until = log.size()): { count: number; next: number } => {
    const wait = db.prepare("INSERT INTO deliveries (hook, entry, since) VALUES (?, ?, ?) ON CONFLICT (hook, entry) DO UPDATE SET given_up = 0");
    const { waiting } = db.prepare("SELECT count(*) AS waiting FROM deliveries WHERE hook = ? AND given_up = 0").get(name) as { waiting: number };
    let count = 0;
    let entry = from;
    for (; entry < until && waiting + count < WAITING_MAX; entry++) {
      const event = eventOf(log, entry, "");
      if (!event || !events.includes(event.type)) continue;
      wait.run(name, entry, now);
      count += 1;
    }
    return { count, next: entry };
  };
  const answered = (hook: string, entry: number, at: string, outcome: "sent" | "failed" | "gone", answer: string | null): void => {
    db.prepare("INSERT INTO answers (hook, entry, at, outcome, answer) VALUES (?, ?, ?, ?, ?)").run(hook, entry, at, outcome, answer);
    db.prepare("DELETE FROM answers WHERE hook = ? AND id <= (SELECT id FROM answers WHERE hook = ? ORDER BY id DESC LIMIT 1 OFFSET ?)").run(hook, hook, ANSWERS_KEPT_MAX);
  };
  const find = (name: string) => {
    const row = db.prepare("SELECT name, events FROM hooks WHERE name = ?").get(name) as { name: string; events: string } | undefined;
    if (!row) throw new TracewireError("NOT_FOUND", { what: `There is no webhook “${name}”`, hint: "tracewire webhook list" });
    return { name: row.name, events: JSON.parse(row.events) as EventType[] };
  };
  return {
    add({ name, url, events, is_here }, log) {
      checkHook(name, url, events, is_here);
      const secret = freshSecret(effects);
      change(() => {
        const { count } = db.prepare("SELECT count(*) AS count FROM hooks").get() as { count: number };
        if (count >= HOOKS_MAX) throw new TracewireError("BAD_ARGUMENT", { what: `There are ${HOOKS_MAX} webhooks already`, hint: "Remove one first." });
        if (db.prepare("SELECT 1 FROM hooks WHERE name = ?").get(name)) throw new TracewireError("BAD_ARGUMENT", { what: `There is a webhook “${name}” already` });
        db.prepare("INSERT INTO hooks (name, url, secret, events, created, is_here, filled) VALUES (?, ?, ?, ?, ?, ?, ?)").run(
          name,
          url,
          secret,
          JSON.stringify(events.length > 0 ? events : Object.keys(EVENT_TYPES)),
          effects.clock(),
          is_here ? 1 : 0,
          log.size(),
        );
      });
      return { hook: listHooks(db).find((hook) => hook.name === name)!, secret };
    },
    remove(name) {
      find(name);
      change(() => {
        for (const table of ["deliveries", "answers", "former_secrets"]) db.prepare(`DELETE FROM ${table} WHERE hook = ?`).run(name);
        db.prepare("DELETE FROM hooks WHERE name = ?").run(name);
      });
    },
    rotate(name, overlap_ms) {
      find(name);
      const secret = freshSecret(effects);
      const until = new Date(Date.parse(effects.clock()) + overlap_ms).toISOString();
      change(() => {
        db.prepare("INSERT OR REPLACE INTO former_secrets (hook, secret, until) SELECT name, secret, ? FROM hooks WHERE name = ?").run(until, name);
        db.prepare("UPDATE hooks SET secret = ? WHERE name = ?").run(secret, name);
      });
      return { secret, until };
    },
    list: () => listHooks(db),
    deliveries(name, limit) {
      find(name);
      const open = "SELECT entry, since AS at, iif(given_up = 1, 'given up', 'waiting') AS outcome, NULL AS answer, 0 AS id FROM deliveries WHERE hook = ?";
      const told = "SELECT entry, at, outcome, answer, id FROM answers WHERE hook = ?";
      const rows = db.prepare(`SELECT entry, at, outcome, answer FROM (${open} UNION ALL ${told}) ORDER BY entry DESC, id DESC LIMIT ?`).all(name, name, limit);
      return rows.map((row) => ({ ...row }) as unknown as Told);
    },
    replay(name, from, log, now, { only = false } = {}) {
      const hook = find(name);
      return change(() => {
        db.prepare("UPDATE hooks SET failures = 0, next_at = NULL WHERE name = ?").run(name);
        if (only) return queue(name, hook.events, from, log, now, Math.min(from + 1, log.size())).count;
        const { count, next } = queue(name, hook.events, from, log, now);
        if (next < log.size()) db.prepare("UPDATE hooks SET filled = ? WHERE name = ?").run(next, name);
        return count;
      });
    },
    fill(log, now) {
      const size = log.size();
      const behind = db.prepare("SELECT name, events, filled FROM hooks WHERE filled != ?").all(size) as { name: string; events: string; filled: number }[];
      if (behind.length === 0) return;
      change(() => {
        for (const { name, events, filled } of behind) {
          // A log that is shorter than before was restored: what happens from here on is told.
          const next = filled < size ? queue(name, JSON.parse(events) as EventType[], filled, log, now).next : size;
          if (next !== filled) db.prepare("UPDATE hooks SET filled = ? WHERE name = ?").run(next, name);
        }
      });
    },
    due(now) {
      db.prepare("DELETE FROM former_secrets WHERE until <= ?").run(now);
      return db
        .prepare(
          `SELECT h.name AS hook, h.url, h.secret, (SELECT f.secret FROM former_secrets f WHERE f.hook = h.name) AS former_secret, h.is_here, min(d.entry) AS entry FROM hooks h JOIN deliveries d ON d.hook = h.name
           WHERE d.given_up = 0 AND (h.next_at IS NULL OR h.next_at <= ? OR h.next_at > ?) GROUP BY h.name ORDER BY h.name`,
        )
        // What is to wait for longer than any waits was put off while the clock was ahead: it is due.
        .all(now, new Date(Date.parse(now) + Math.max(...RETRY_AFTER_MS) + HOUR_MS).toISOString())
        .map((row) => ({ ...row, is_here: row.is_here === 1 }) as unknown as Delivery);
    },
    settle({ hook, entry }, now, outcome, answer) {
      change(() => {
        answered(hook, entry, now, outcome, answer ?? null);
        db.prepare("DELETE FROM deliveries WHERE hook = ? AND entry = ?").run(hook, entry);
        db.prepare("UPDATE hooks SET sent = sent + ?, failures = 0, next_at = NULL, last = NULL WHERE name = ?").run(outcome === "sent" ? 1 : 0, hook);
      });
    },
    failed({ hook, entry }, now, why, outcome) {
      change(() => {
        const { failures = 0 } = (db.prepare("SELECT failures FROM hooks WHERE name = ?").get(hook) ?? {}) as { failures?: number };
        const wait_ms = RETRY_AFTER_MS[failures];
        const last = why.replace(/\s+/g, " ").slice(0, REASON_LENGTH_MAX);
        answered(hook, entry, now, "failed", last);
        if (outcome === "closed") {
          // 410: the receiver is gone for good. Whatever waits for it is given up, and a replay opens it again.
          db.prepare("UPDATE deliveries SET given_up = 1 WHERE hook = ?").run(hook);
          db.prepare("UPDATE hooks SET failures = 0, next_at = NULL, last = ? WHERE name = ?").run(last, hook);
        } else if (wait_ms === undefined) {
          db.prepare("UPDATE deliveries SET given_up = 1 WHERE hook = ? AND entry = ?").run(hook, entry);
          db.prepare("UPDATE hooks SET failures = 0, next_at = NULL, last = ? WHERE name = ?").run(last, hook);
        } else
          db.prepare("UPDATE hooks SET failures = ?, next_at = ?, last = ? WHERE name = ?").run(failures + 1, new Date(Date.parse(now) + wait_ms).toISOString(), last, hook);
      });
    },
    close,
  };
}

const freshSecret = ({ random }: Effects): string => `whsec_${Buffer.from(random(SECRET_BYTES)).toString("base64")}`;

function checkHook(name: string, url: string, events: readonly string[], is_here: boolean): void {
  const refuse = (what: string, hint?: string): never => {
    throw new TracewireError("BAD_ARGUMENT", { what, ...(hint ? { hint } : {}) });
  };
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name)) refuse(`“${name}” is no name of a webhook`, "Small letters, digits and hyphens.");
  const target = URL.parse(url);
  if (!target || !/^https?:$/.test(target.protocol)) return refuse(`“${url}” is no web address`);
  if (target.username || target.password) refuse("The address carries a user name or password", "The signature says who sends; the receiver checks it.");
  if (target.protocol === "http:" && !is_here) refuse("An address outside is told by https alone", "For a program on this machine or network add --here.");
  const unknown = events.filter((event) => !Object.hasOwn(EVENT_TYPES, event));
  if (unknown.length > 0) refuse(`There is no event ${unknown.join(", ")}`, `Events: ${Object.keys(EVENT_TYPES).join(", ")}.`);
}

function listHooks(db: DatabaseSync): Webhook[] {
  return db
    .prepare(
      `SELECT name, url, events, created, is_here, sent, failures, next_at, last,
         (SELECT count(*) FROM deliveries d WHERE d.hook = h.name AND given_up = 0) AS waiting, (SELECT count(*) FROM deliveries d WHERE d.hook = h.name AND given_up = 1) AS given_up
       FROM hooks h ORDER BY name`,
    )
    .all()
    .map((row) => ({ ...row, events: JSON.parse(row.events as string) as EventType[], is_here: row.is_here === 1 }) as unknown as Webhook);
}
