// What a stretch of the log touches of the case file: most entries (a publication, a letter, a claim about something else)
// touch nothing that a given question reads.
import type { DatabaseSync } from "node:sqlite";
import { prepared } from "../evidence/evidence.ts";

/** What a stretch of the log touches. "everything" where that cannot be told entry by entry. */
export type Moved = "everything" | { subjects: Set<string>; kinds: Set<string>; judged: boolean; rows: boolean };

const SUBJECTS_MAX = 50_000;

/** What the entries [from, to) touch: their own subjects, and those of the entries that they release. */
export function movedBetween(db: DatabaseSync, from: number, to: number): Moved {
  const moved = { subjects: new Set<string>(), kinds: new Set<string>(), judged: false, rows: false };
  // Looked up by place alone, so that it costs what was changed and not what is held.
  const touched = db
    .prepare(
      `WITH own AS (SELECT seq, kind FROM entry_index WHERE seq >= ? AND seq < ?),
         named AS (SELECT t.value AS seq FROM own JOIN entries e ON e.seq = own.seq, json_each(CAST(e.body AS TEXT), '$.entries') t WHERE own.kind = 'release')
       SELECT i.kind, c.subject, s.subject AS superseded, rc.subject AS retracted FROM (SELECT seq FROM own UNION SELECT seq FROM named) t
         JOIN entry_index i ON i.seq = t.seq LEFT JOIN claims c ON c.seq = t.seq LEFT JOIN claims s ON s.seq = c.supersedes
         LEFT JOIN retractions r ON r.seq = t.seq LEFT JOIN claims rc ON rc.seq = r.entry`,
    )
    .iterate(from, to) as Iterable<{ kind: string; subject: string | null; superseded: string | null; retracted: string | null }>;
  for (const { kind, subject, superseded, retracted } of touched) {
    if (kind === "erasure" || kind === "figure") return "everything";
    if (kind === "dataset") moved.rows = true;
    if (kind === "judgement" || (kind === "retraction" && retracted === null)) moved.judged = true;
    for (const name of [subject, superseded, retracted]) {
      if (name === null) continue;
      moved.subjects.add(name);
      moved.kinds.add(name.slice(0, name.indexOf("/")));
    }
    if (moved.subjects.size > SUBJECTS_MAX) return "everything";
  }
  return moved;
}

/**
 * Subjects of which readers see other claims once these entries are released, in order of first mention, each with the entry
 * that touches it: the subject of a claim, of the claim that it replaces, and of the claim that a retraction takes back.
 */
export function subjectsReleased(db: DatabaseSync, entries: readonly number[]): Map<string, number> {
  const look = prepared(
    db,
    `SELECT subject FROM claims WHERE seq = ?1 UNION ALL SELECT s.subject FROM claims c JOIN claims s ON s.seq = c.supersedes WHERE c.seq = ?1
       UNION ALL SELECT c.subject FROM retractions r JOIN claims c ON c.seq = r.entry WHERE r.seq = ?1`,
  );
  const touched = new Map<string, number>();
  for (const entry of entries)
    for (const { subject } of look.all(entry) as { subject: string }[]) if (!touched.has(subject)) touched.set(subject, entry);
  return touched;
}
