// Opens a newsroom's database for checking: read only, one snapshot, every fault a finding.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import type { Findings } from "./verify-findings.ts";

export const DATABASE_FILE = "newsroom.db";
const FORMATS_KNOWN = ["1"];
const QUICK_CHECK_ROWS_MAX = 20;

/** The database inside a read transaction, or undefined when nothing can be read from it. */
export function openForChecking(folder: string, findings: Findings): DatabaseSync | undefined {
  const path = join(folder, DATABASE_FILE);
  if (!existsSync(path)) {
    findings.add({ what: "database_missing", file: DATABASE_FILE });
    return undefined;
  }
  let db: DatabaseSync | undefined;
  try {
    db = openReadOnly(path);
    for (const row of db.prepare(`PRAGMA quick_check(${QUICK_CHECK_ROWS_MAX})`).all())
      if (row.quick_check !== "ok") findings.add({ what: "database_corrupt", file: DATABASE_FILE, actual: String(row.quick_check) });
    const format = metaValue(db, "format");
    if (format === undefined || !FORMATS_KNOWN.includes(format))
      findings.add({ what: "format_unknown", file: DATABASE_FILE, expected: FORMATS_KNOWN.join(", "), actual: format });
    return db;
  } catch (error) {
    findings.add({ what: "database_unreadable", file: DATABASE_FILE, actual: messageOf(error) });
    db?.close();
    return undefined;
  }
}

export function metaValue(db: DatabaseSync, key: string): string | undefined {
  const value = db.prepare("SELECT value FROM meta WHERE key = ?").get(key)?.value;
  return typeof value === "string" ? value : undefined;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function openReadOnly(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    db.exec("PRAGMA busy_timeout = 5000; BEGIN");
    db.prepare("SELECT count(*) FROM sqlite_schema").get();
    return db;
  } catch (error) {
    db.close();
    // A database in WAL mode wants to make its -shm file even to be read. On a medium that cannot be
    // written, and with no log waiting, it can be read as it lies.
    if (existsSync(`${path}-wal`) || /not a database|malformed/.test(messageOf(error))) throw error;
    const url = pathToFileURL(path);
    url.searchParams.set("immutable", "1");
    const frozen = new DatabaseSync(url, { readOnly: true });
    frozen.exec("BEGIN");
    return frozen;
  }
}
