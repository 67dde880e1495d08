// Keys for what is not public. A key is shown once; kept is its SHA-256, in a database of its own, so that a copy of that
// file opens nothing. 256 random bits need no slow hash (NIST SP 800-63B §5.1.2.2: look-up secrets of full entropy).
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Effects } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import { openPrivateDatabase } from "../private-database.ts";

export const KEYS_FILE = "keys.db";
const TOKEN_BYTES = 32;
const BUSY_WAIT_MS = 5_000;

/** What a key may add to what everybody may read; and what it may do, where it writes (writing.ts). */
export const SCOPES = {
  "claims:unreleased": "claims, figures and tables that are not released",
  "tags:own": "tables of tags that are not released",
  "traces:private": "kept traces and sets of transfers that are not released",
  "case:write": "write: capture, claim, judge, take back what it put there",
  "case:release": "write: make claims public, and take back what others put there",
  "stories:write": "write: drafts of its own, and their way to review",
  "stories:review": "write: everybody's drafts, and approval where the newsroom leaves that to anybody",
  "stories:publish": "write: publish and schedule what is approved, correct, withdraw",
} as const;
export type Scope = keyof typeof SCOPES;
export const SCOPE_NAMES = Object.keys(SCOPES) as Scope[];

/** The log names what a key writes by this, for good. No person's handle has a colon. */
export const writerName = ({ name }: Pick<Key, "name">): string => `key:${name}`;
export const isWriteScope = (scope: Scope): boolean => scope.startsWith("case:") || scope.startsWith("stories:");

export type Key = { id: number; name: string; scopes: Scope[]; created: string; revoked: string | null; /** From this moment on it opens nothing (UTC). */ expires: string | null };

/** A day (its beginning) or a moment in UTC, as a person writes it. Throws BAD_ARGUMENT. */
export function readExpiry(given: string): string {
  const time = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z)?$/.test(given) ? new Date(given) : undefined;
  if (!time || Number.isNaN(time.getTime())) throw new TracewireError("BAD_ARGUMENT", { what: `expires: “${given}” is no day and no time in UTC`, where: "expires", hint: "Write 2027-01-31 or 2027-01-31T18:00:00Z." });
  return time.toISOString();
}

/** In words, at a moment. */
export function keyState({ revoked, expires }: Key, now: string): string {
  if (revoked !== null) return `revoked ${revoked.slice(0, 10)}`;
  if (expires === null) return "in force";
  return expires > now ? `in force until ${expires.slice(0, 16).replace("T", " ")} UTC` : `expired ${expires.slice(0, 10)}`;
}

const TABLES = `CREATE TABLE IF NOT EXISTS keys (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, hash BLOB NOT NULL UNIQUE, scopes TEXT NOT NULL,
  created TEXT NOT NULL, revoked TEXT
) STRICT`;

export type KeyStore = {
  /** The token is in this answer and nowhere else. Throws BAD_ARGUMENT for a name in use or a scope that is none, a moment that is past. */
  add(name: string, scopes: readonly string[], expires?: string): { key: Key; token: string };
  list(): Key[];
  /** Throws NOT_FOUND where no key in force has the name. */
  revoke(name: string): Key;
  close(): void;
};

export function openKeyStore(folder: string, effects: Effects): KeyStore {
  const path = join(folder, KEYS_FILE);
  const { db, close } = openPrivateDatabase(path, TABLES, BUSY_WAIT_MS);
  if (!db.prepare("SELECT 1 FROM pragma_table_info('keys') WHERE name = 'expires'").get()) db.exec("ALTER TABLE keys ADD COLUMN expires TEXT");
  const inForce = (name: string) => db.prepare("SELECT * FROM keys WHERE name = ? AND revoked IS NULL AND (expires IS NULL OR expires > ?)").get(name, effects.clock());
  return {
    add(name, scopes, expires) {
      if (!/^[\w .-]{1,60}$/.test(name))
        throw new TracewireError("BAD_ARGUMENT", { what: `"${name}" is no name for a key`, hint: "Letters, digits, blanks, dots and hyphens, 60 at most." });
      const unknown = scopes.find((scope) => !Object.hasOwn(SCOPES, scope));
      if (unknown !== undefined || scopes.length === 0)
        throw new TracewireError("BAD_ARGUMENT", {
          what: unknown === undefined ? "A key without a scope opens nothing" : `"${unknown}" is no scope`,
          hint: `Scopes: ${SCOPE_NAMES.join(", ")}.`,
        });
      if (expires !== undefined && expires <= effects.clock()) throw new TracewireError("BAD_ARGUMENT", { what: `expires: ${expires} is past` });
      // Entries of the log name their author by it: a second key of that name would be another author.
      const before = db.prepare("SELECT scopes FROM keys WHERE name = ?").all(name);
      const writes = (own: readonly string[]) => own.some((scope) => isWriteScope(scope as Scope));
      if (before.length > 0 && (writes(scopes) || before.some((row) => writes(JSON.parse(row.scopes as string) as string[]))) && !inForce(name))
        throw new TracewireError("BAD_ARGUMENT", { what: `There was a key named "${name}"`, hint: "The log names what a key writes by its name, and a new key is another author: take another name, such as this one with a number." });
      if (inForce(name)) throw new TracewireError("BAD_ARGUMENT", { what: `A key named "${name}" is in force`, hint: "Revoke it first, or take another name." });
      const token = `twk_${Buffer.from(effects.random(TOKEN_BYTES)).toString("base64url")}`;
      const chosen = SCOPE_NAMES.filter((scope) => scopes.includes(scope));
      db.prepare("INSERT INTO keys (name, hash, scopes, created, expires) VALUES (?, ?, ?, ?, ?)").run(name, hashOf(token), JSON.stringify(chosen), effects.clock(), expires ?? null);
      return { key: toKey(inForce(name)!), token };
    },
    list: () => db.prepare("SELECT * FROM keys ORDER BY id").all().map(toKey),
    revoke(name) {
      const row = inForce(name);
      if (!row) throw new TracewireError("NOT_FOUND", { what: `No key named "${name}" is in force`, hint: "tracewire key list shows all." });
      db.prepare("UPDATE keys SET revoked = ? WHERE id = ?").run(effects.clock(), row.id!);
      return toKey(db.prepare("SELECT * FROM keys WHERE id = ?").get(row.id!)!);
    },
    close,
  };
}

export type KeyReader = {
  /** The key in force that this token is; undefined for every other text, found in the same way. */
  find(token: string): Key | undefined;
  close(): void;
};

/** Reads only; the file may come later, when the first key is made beside a running server. */
export function openKeyReader(folder: string, { clock }: Pick<Effects, "clock">): KeyReader {
  const path = join(folder, KEYS_FILE);
  let db: DatabaseSync | undefined;
  return {
    find(token) {
      const hash = hashOf(token);
      if (!db && existsSync(path)) {
        db = new DatabaseSync(path, { readOnly: true });
        db.exec(`PRAGMA busy_timeout = ${BUSY_WAIT_MS}`);
      }
      const row = db?.prepare("SELECT * FROM keys WHERE hash = ? AND revoked IS NULL").get(hash);
      const key = row && toKey(row);
      return key && (key.expires === null || key.expires > clock()) ? key : undefined;
    },
    close: () => db?.close(),
  };
}

const hashOf = (token: string): Uint8Array => createHash("sha256").update(token).digest();

const toKey = ({ id, name, scopes, created, revoked, expires }: Record<string, unknown>): Key => ({
  id: id as number,
  name: name as string,
  scopes: JSON.parse(scopes as string) as Scope[],
  created: created as string,
  revoked: revoked as string | null,
  // A file that a former version made has none.
  expires: (expires as string | null | undefined) ?? null,
});
