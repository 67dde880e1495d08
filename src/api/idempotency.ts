// What was asked under an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header), kept beside the log: asked again, it is
// answered as before and not done again. An answer that changed something is kept; a refusal changed nothing, and the same
// key may ask again. A request that was begun and never answered, because the process ended, is in doubt and says so.
import { join } from "node:path";
import type { Clock } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import { openPrivateDatabase } from "../private-database.ts";

export const WRITES_FILE = "writes.db";
export const KEPT_HOURS = 48;
/** Of one key within that time. */
const KEPT_MAX = 20_000;
const HOUR_MS = 3_600_000;

export type Kept = { status: number; headers: Record<string, string>; body: string };
export type Idempotency = {
  /**
   * Begins a request, or says how it was answered. Throws IDEMPOTENCY_KEY_REUSED for another request under the key,
   * CONFLICT for one that is being worked on or is in doubt, TOO_MANY_REQUESTS beyond what is kept.
   */
  begin(writer: string, key: string, fingerprint: string): Kept | undefined;
  keep(writer: string, key: string, answer: Kept): void;
  /** Nothing was changed: the key is free again. */
  forget(writer: string, key: string): void;
  close(): void;
};

const TABLES = `CREATE TABLE IF NOT EXISTS requests (
  writer TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, at TEXT NOT NULL, status INTEGER, headers TEXT, body TEXT, PRIMARY KEY (writer, key)
) STRICT; CREATE INDEX IF NOT EXISTS requests_by_time ON requests (at);`;

export function openIdempotency(folder: string, clock: Clock): Idempotency {
  const { db, change, close } = openPrivateDatabase(join(folder, WRITES_FILE), TABLES);
  const running = new Set<string>();
  const name = (writer: string, key: string) => `${writer}\n${key}`;
  return {
    begin: (writer, key, fingerprint) =>
      change(() => {
        const now = clock();
        db.prepare("DELETE FROM requests WHERE at < ?").run(new Date(Date.parse(now) - KEPT_HOURS * HOUR_MS).toISOString());
        const row = db.prepare("SELECT fingerprint, status, headers, body FROM requests WHERE writer = ? AND key = ?").get(writer, key);
        if (row) {
          if (row.fingerprint !== fingerprint) throw new TracewireError("IDEMPOTENCY_KEY_REUSED");
          if (row.status !== null) return { status: row.status as number, headers: JSON.parse(row.headers as string) as Record<string, string>, body: row.body as string };
          throw running.has(name(writer, key))
            ? new TracewireError("CONFLICT", { what: "This request is being worked on", hint: "Wait a moment, then send it again with the same key." })
            : new TracewireError("CONFLICT", { what: "This request was begun, and the process ended before it was answered", hint: "Look whether it was done; then ask for what is missing under a new key." });
        }
        if ((db.prepare("SELECT count(*) AS n FROM requests WHERE writer = ?").get(writer)!.n as number) >= KEPT_MAX)
          throw new TracewireError("TOO_MANY_REQUESTS", { what: `${KEPT_MAX} requests of this key are kept from the last ${KEPT_HOURS} hours` });
        db.prepare("INSERT INTO requests (writer, key, fingerprint, at) VALUES (?, ?, ?, ?)").run(writer, key, fingerprint, now);
        running.add(name(writer, key));
        return undefined;
      }),
    keep(writer, key, { status, headers, body }) {
      change(() => db.prepare("UPDATE requests SET status = ?, headers = ?, body = ? WHERE writer = ? AND key = ?").run(status, JSON.stringify(headers), body, writer, key));
      running.delete(name(writer, key));
    },
    forget(writer, key) {
      change(() => db.prepare("DELETE FROM requests WHERE writer = ? AND key = ?").run(writer, key));
      running.delete(name(writer, key));
    },
    close,
  };
}
