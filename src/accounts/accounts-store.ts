// Accounts live in a database of their own and never in the log: the log is public and for ever, a person's address,
// password and sessions are neither. Nobody but this room opens it. Every secret that a person holds (session, link,
// recovery code) is kept as a hash only, so that a copy of the file signs nobody in.
import { createHash, createHmac } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Effects } from "../effects.ts";
import { openPrivateDatabase, type PrivateDatabase } from "../private-database.ts";

export const ACCOUNTS_FILE = "accounts.db";
const ACCOUNTS_FORMAT = 1;
const TOKEN_BYTES = 32;

const TABLES = `
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    handle TEXT NOT NULL UNIQUE,
    address TEXT,
    address_key TEXT UNIQUE,
    role TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('invited', 'active', 'closed', 'erased')),
    password TEXT,
    totp_secret BLOB,
    totp_pending BLOB,
    totp_step INTEGER NOT NULL DEFAULT 0,
    created TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS passkeys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    credential TEXT NOT NULL UNIQUE,
    public_key BLOB NOT NULL,
    counter INTEGER NOT NULL,
    transports TEXT NOT NULL,
    name TEXT NOT NULL,
    created TEXT NOT NULL,
    used TEXT
  ) STRICT;
  CREATE TABLE IF NOT EXISTS organisations (user INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE, name TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS recovery_codes (user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE, hash BLOB NOT NULL, used TEXT, PRIMARY KEY (user, hash)) STRICT;
  CREATE TABLE IF NOT EXISTS sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash BLOB NOT NULL UNIQUE,
    user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created TEXT NOT NULL,
    seen TEXT NOT NULL,
    confirmed TEXT NOT NULL,
    network TEXT NOT NULL,
    agent TEXT NOT NULL,
    how TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS sessions_by_user ON sessions (user);
  CREATE TABLE IF NOT EXISTS links (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash BLOB NOT NULL UNIQUE,
    purpose TEXT NOT NULL CHECK (purpose IN ('first', 'join', 'reset')),
    user INTEGER REFERENCES users (id) ON DELETE CASCADE,
    expires TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS spent_challenges (hash BLOB PRIMARY KEY, expires TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS attempts (key BLOB NOT NULL, at INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS attempts_by_key ON attempts (key, at);
  CREATE INDEX IF NOT EXISTS attempts_by_time ON attempts (at);
  CREATE TABLE IF NOT EXISTS acts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    user INTEGER NOT NULL,
    handle TEXT NOT NULL,
    session INTEGER,
    network TEXT NOT NULL,
    act TEXT NOT NULL,
    object TEXT NOT NULL,
    entries TEXT NOT NULL DEFAULT '[]'
  ) STRICT;
  CREATE INDEX IF NOT EXISTS acts_by_user ON acts (user, id);
  CREATE TABLE IF NOT EXISTS intended_acts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    user INTEGER NOT NULL,
    handle TEXT NOT NULL,
    session INTEGER,
    network TEXT NOT NULL,
    act TEXT NOT NULL,
    object TEXT NOT NULL,
    entries TEXT NOT NULL,
    leaf BLOB NOT NULL
  ) STRICT;
`;

export type Accounts = PrivateDatabase & { effects: Effects };

export function accountsExist(folder: string): boolean {
  return existsSync(join(folder, ACCOUNTS_FILE));
}

/** Opens or makes accounts.db in a data folder. */
export function openAccounts(folder: string, effects: Effects): Accounts {
  const store = openPrivateDatabase(join(folder, ACCOUNTS_FILE), TABLES);
  store.change(() =>
    store.db
      .prepare("INSERT OR IGNORE INTO meta (key, value) VALUES ('format', ?), ('salt', ?)")
      .run(String(ACCOUNTS_FORMAT), Buffer.from(effects.random(32)).toString("hex")),
  );
  return { ...store, effects };
}

/** 256 random bits as text; full entropy needs no slow hash where it is kept (NIST SP 800-63B §5.1.2.2). */
export function freshToken(accounts: Accounts): string {
  return Buffer.from(accounts.effects.random(TOKEN_BYTES)).toString("base64url");
}

const TOKEN = /^[A-Za-z0-9_-]{43}$/;
export const isToken = (text: string): boolean => TOKEN.test(text);

/** The form in which a token is kept. `use` keeps a token of one kind from being taken for another. */
export function tokenHash(use: "session" | "link" | "challenge", token: string): Uint8Array {
  return createHash("sha256").update(`tracewire ${use}\n`).update(token).digest();
}

/** What stands for a value in this database and can be told from no copy of another. `use` keeps one kind from being taken for another. */
export function keyedHash(accounts: Accounts, use: string, value: string | Uint8Array): Buffer {
  const salt = accounts.db.prepare("SELECT value FROM meta WHERE key = 'salt'").get()!.value as string;
  return createHmac("sha256", Buffer.from(salt, "hex")).update(`${use}\n`).update(value).digest();
}

/** A moment so many milliseconds from now, as the clock tells it. */
export function later(accounts: Accounts, ms: number): string {
  return new Date(Date.parse(accounts.effects.clock()) + ms).toISOString();
}
