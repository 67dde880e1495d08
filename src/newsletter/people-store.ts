// Subscribers live in a database of their own and never in the log: the log is public and for ever, an address is
// neither. Nobody but this room opens it; the public site is handed a narrow sign-up desk.
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { Effects } from "../effects.ts";
import { openPrivateDatabase } from "../private-database.ts";

export const PEOPLE_FILE = "people.db";
/** 2: the outbox also takes letters to people of the newsroom, who are no subscribers. */
const PEOPLE_FORMAT = 2;

export type People = {
  db: DatabaseSync;
  effects: Effects;
  /** Runs `change` in one transaction, durable when this returns. */
  change<T>(change: () => T): T;
  /** Writes the write-ahead log back and empties it, so that what was deleted is nowhere. False while another reads. */
  settle(): boolean;
  /** False after a `settle` that another's reading held up: the worker tries again. */
  isSettled(): boolean;
  close(): void;
};

/**
 * States of a person: asked (signed up, not confirmed), subscribed, left, bounced (their server says there is no such
 * mailbox), complained (reported our mail as unwanted). States of a row of the outbox: see outbox.ts.
 */
const TABLES = `
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS people (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    address TEXT NOT NULL,
    address_key TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('asked', 'subscribed', 'left', 'bounced', 'complained')),
    topics TEXT NOT NULL DEFAULT '[]',
    asked_at TEXT NOT NULL,
    soft_bounces INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE IF NOT EXISTS tokens (
    hash BLOB PRIMARY KEY,
    person INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL CHECK (purpose IN ('confirm', 'manage')),
    expires TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS tokens_by_person ON tokens (person);
  CREATE TABLE IF NOT EXISTS sign_ups (id INTEGER PRIMARY KEY AUTOINCREMENT, address TEXT NOT NULL, address_key TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS read_bounces (id INTEGER PRIMARY KEY AUTOINCREMENT, mail TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE IF NOT EXISTS limit_events (key BLOB NOT NULL, at INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS limit_events_by_key ON limit_events (key, at);
  CREATE INDEX IF NOT EXISTS limit_events_by_time ON limit_events (at);
  CREATE TABLE IF NOT EXISTS drafts (
    key TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('draft', 'sending', 'queued')),
    subject TEXT NOT NULL,
    stories TEXT NOT NULL,
    at TEXT NOT NULL,
    for_topic TEXT
  ) STRICT;
  CREATE TABLE IF NOT EXISTS mails (key TEXT PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL, html TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS mail_stories (mail TEXT NOT NULL, slug TEXT NOT NULL, revision INTEGER NOT NULL, PRIMARY KEY (mail, slug)) STRICT;
  CREATE INDEX IF NOT EXISTS mail_stories_by_slug ON mail_stories (slug, revision);
  CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    mail TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('confirm', 'known', 'issue', 'correction', 'account')),
    person INTEGER REFERENCES people (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'in_doubt')),
    message_id TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at TEXT NOT NULL,
    owner TEXT,
    claimed_at TEXT,
    last TEXT,
    UNIQUE (mail, person),
    CHECK ((person IS NULL) = (kind = 'account'))
  ) STRICT;
  CREATE TABLE IF NOT EXISTS account_letters (key TEXT PRIMARY KEY, address TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL, html TEXT NOT NULL,
    expires TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS outbox_by_state ON outbox (state, next_at);
  CREATE INDEX IF NOT EXISTS outbox_by_person ON outbox (person);
  CREATE INDEX IF NOT EXISTS outbox_by_message_id ON outbox (message_id);
  CREATE TABLE IF NOT EXISTS sink (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    address_key TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    raw BLOB NOT NULL
  ) STRICT;
`;

/** Opens or makes people.db in a data folder, readable by its owner alone. */
export function openPeople(folder: string, effects: Effects): People {
  const { db, change, settle, close } = openPrivateDatabase(join(folder, PEOPLE_FILE));
  change(() => {
    const old = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'outbox' AND sql NOT LIKE '%account%'").get();
    if (old) db.exec("ALTER TABLE outbox RENAME TO outbox_1");
    db.exec(TABLES);
    if (!db.prepare("SELECT 1 FROM pragma_table_info('drafts') WHERE name = 'for_topic'").get()) db.exec("ALTER TABLE drafts ADD COLUMN for_topic TEXT");
    if (old) {
      db.exec("INSERT INTO outbox SELECT * FROM outbox_1; DROP TABLE outbox_1");
      // Their indexes went with the old table.
      db.exec(TABLES);
      db.prepare("UPDATE meta SET value = ? WHERE key = 'format'").run(String(PEOPLE_FORMAT));
    }
    db.prepare("INSERT OR IGNORE INTO meta (key, value) VALUES ('format', ?), ('salt', ?), ('receivers', '0')").run(
      String(PEOPLE_FORMAT),
      Buffer.from(effects.random(32)).toString("hex"),
    );
  });
  let settled = true;
  return {
    db,
    effects,
    change,
    settle: () => (settled = settle()),
    isSettled: () => settled,
    close,
  };
}

const TOKEN_BYTES = 32;

/** A fresh token: only its hash is kept, so that a copy of the database opens nobody's links. */
export function issueToken(people: People, person: number, purpose: "confirm" | "manage", expires: string | null): string {
  const token = Buffer.from(people.effects.random(TOKEN_BYTES)).toString("base64url");
  people.db.prepare("INSERT INTO tokens (hash, person, purpose, expires) VALUES (?, ?, ?, ?)").run(hashToken(token), person, purpose, expires);
  return token;
}

export type Person = { id: number; address: string; state: "asked" | "subscribed" | "left" | "bounced" | "complained"; topics: string[] };

export function personOf(people: People, token: string, purpose: "confirm" | "manage"): Person | undefined {
  if (!/^[A-Za-z0-9_-]{43}$/.test(token)) return undefined;
  const row = people.db
    .prepare(
      "SELECT p.id, p.address, p.state, p.topics FROM tokens t JOIN people p ON p.id = t.person WHERE t.hash = ? AND t.purpose = ? AND (t.expires IS NULL OR t.expires > ?)",
    )
    .get(hashToken(token), purpose, people.effects.clock());
  return row && toPerson(row);
}

export function findPerson(people: People, id: number): Person | undefined {
  const row = people.db.prepare("SELECT id, address, state, topics FROM people WHERE id = ?").get(id);
  return row && toPerson(row);
}

export function setState(people: People, id: number, state: Person["state"]): void {
  people.db.prepare("UPDATE people SET state = ? WHERE id = ?").run(state, id);
}

/** Inside a change: somebody came back, or is found to have received a letter; corrections may concern them. */
export function noteReceiver(people: People): void {
  people.db.exec("UPDATE meta SET value = value + 1 WHERE key = 'receivers'");
}

/** Another number after each note, whichever process made it. */
export function receiversNoted(people: People): number {
  return Number(people.db.prepare("SELECT value FROM meta WHERE key = 'receivers'").get()!.value);
}

/** How many people are in each state. */
export function peopleStatus(people: People): Partial<Record<Person["state"], number>> {
  const rows = people.db.prepare("SELECT state, count(*) AS n FROM people GROUP BY state ORDER BY state").all();
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
}

function toPerson(row: Record<string, unknown>): Person {
  return { ...(row as unknown as Person), topics: JSON.parse(row.topics as string) as string[] };
}

const hashToken = (token: string): Uint8Array => createHash("sha256").update("newsletter token\n").update(token).digest();
