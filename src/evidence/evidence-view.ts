// What the evidence room looks up in the log: every entry's kind, time and release, captures, datasets.
import type { DatabaseSync } from "node:sqlite";
import type { Json } from "./canonical-json.ts";
import { prepared, type AppliedEntry, type View } from "./view.ts";

/** Kinds that are public from birth: they are what the newsroom says in public. */
export const PUBLIC_KINDS = new Set(["newsroom", "release", "erasure", "figure", "restatement", "publication", "report", "issue", "front", "stand"]);

export const evidenceView: View = {
  name: "evidence",
  version: 1,
  tables: ["entry_index", "captures", "datasets", "byte_releases"],
  create: `
    CREATE TABLE entry_index (seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, at TEXT NOT NULL, released INTEGER, erased INTEGER, reason TEXT) STRICT;
    CREATE TABLE captures (seq INTEGER PRIMARY KEY, sha256 TEXT NOT NULL, origin TEXT NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE INDEX captures_by_sha256 ON captures (sha256);
    CREATE TABLE datasets (seq INTEGER PRIMARY KEY, name TEXT NOT NULL, capture INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE TABLE byte_releases (sha256 TEXT PRIMARY KEY, released INTEGER NOT NULL) STRICT;
  `,
  apply(db, entry) {
    const { seq, body } = entry;
    // An erased entry's row is written by its erasure, which comes later in a rebuild; see below.
    prepared(db, "INSERT OR REPLACE INTO entry_index (seq, kind, at, released) VALUES (?, ?, ?, ?)").run(
      seq,
      body.kind,
      body.at,
      PUBLIC_KINDS.has(body.kind) ? seq : null,
    );
    if (body.kind === "capture")
      prepared(db, "INSERT INTO captures (seq, sha256, origin, body) VALUES (?, ?, ?, ?)").run(
        seq,
        body.sha256 as string,
        originName(body.origin),
        JSON.stringify(body),
      );
    else if (body.kind === "dataset")
      prepared(db, "INSERT INTO datasets (seq, name, capture, body) VALUES (?, ?, ?, ?)").run(
        seq,
        body.name as string,
        body.capture as number,
        JSON.stringify(body),
      );
    else if (body.kind === "release") applyRelease(db, entry);
    else if (body.kind === "erasure") applyErasure(db, entry);
  },
};

/** `supersedes` and `released` only where the erased claim had replaced another one in public. */
export type ErasedEntry = { seq: number; kind: string; at: string; supersedes?: number; released?: number };

function applyRelease(db: DatabaseSync, { seq, body }: AppliedEntry): void {
  const release = prepared(db, "UPDATE entry_index SET released = ? WHERE seq = ? AND released IS NULL");
  for (const target of body.entries as number[]) release.run(seq, target);
  const releaseBytes = prepared(db, "INSERT OR IGNORE INTO byte_releases (sha256, released) SELECT sha256, ? FROM captures WHERE seq = ?");
  for (const target of (body.bytes ?? []) as number[]) releaseBytes.run(seq, target);
}

function applyErasure(db: DatabaseSync, { seq, body }: AppliedEntry): void {
  const erase = prepared(db, "INSERT OR REPLACE INTO entry_index (seq, kind, at, released, erased, reason) VALUES (?, ?, ?, NULL, ?, ?)");
  for (const target of body.entries as unknown as ErasedEntry[]) erase.run(target.seq, target.kind, target.at, seq, body.reason as string);
  const forget = prepared(db, "DELETE FROM byte_releases WHERE sha256 = ?");
  for (const sha256 of (body.blobs ?? []) as string[]) forget.run(sha256);
}

/** The name under which a source is known again: its address or file name. */
function originName(origin: Json | undefined): string {
  const { from, name } = origin as { from: string; name: string };
  return `${from}:${name}`;
}
