// Named figures, what has been stated of each in public, and the restatements that link old to new.
import type { DatabaseSync } from "node:sqlite";
import { prepared, type AppliedEntry, type View } from "../evidence/evidence.ts";
import type { Figure } from "./figure.ts";

export const figuresView: View = {
  name: "figures",
  version: 2,
  tables: ["figure_specs", "statements", "stated_figures", "restatements"],
  create: `
    CREATE TABLE figure_specs (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, spec TEXT NOT NULL, to_seq INTEGER) STRICT;
    CREATE INDEX figure_specs_by_id ON figure_specs (id);
    CREATE TABLE statements (
      id TEXT NOT NULL, seq INTEGER NOT NULL, log_size INTEGER NOT NULL, spec_seq INTEGER NOT NULL, value TEXT, low TEXT, high TEXT, rows_sha256 TEXT NOT NULL, PRIMARY KEY (id, seq)) STRICT;
    CREATE INDEX statements_by_entry ON statements (seq);
    CREATE TABLE stated_figures (id TEXT PRIMARY KEY, log_size INTEGER NOT NULL, spec_seq INTEGER NOT NULL, value TEXT, low TEXT, high TEXT, rows_sha256 TEXT NOT NULL, seq INTEGER NOT NULL) STRICT;
    CREATE TABLE restatements (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, body TEXT NOT NULL) STRICT;
  `,
  apply(db, entry) {
    const { seq, body } = entry;
    if (body.kind === "figure") {
      const spec = body.spec as { id: string };
      prepared(db, "UPDATE figure_specs SET to_seq = ? WHERE id = ? AND to_seq IS NULL").run(seq, spec.id);
      prepared(db, "INSERT INTO figure_specs (seq, id, spec) VALUES (?, ?, ?)").run(seq, spec.id, JSON.stringify(spec));
    } else if (body.kind === "publication") {
      for (const figure of body.figures as unknown as (Figure & { spec_seq?: number })[])
        state(db, entry, figure, currentSpecSeq(db, figure.id));
    } else if (body.kind === "restatement") {
      prepared(db, "INSERT INTO restatements (seq, id, body) VALUES (?, ?, ?)").run(seq, body.figure as string, JSON.stringify(body));
      state(db, entry, { id: body.figure as string, ...(body.to as object) } as Figure, body.spec_seq as number);
    } else if (body.kind === "erasure") {
      for (const { seq, kind } of body.entries as unknown as { seq: number; kind: string }[])
        if (kind === "publication" || kind === "restatement") forgetStatements(db, seq);
    }
  },
};

/** What an erased entry stated is stated no more: what was stated of the figure before it stands again. */
function forgetStatements(db: DatabaseSync, seq: number): void {
  prepared(db, "DELETE FROM restatements WHERE seq = ?").run(seq);
  for (const { id } of prepared(db, "DELETE FROM statements WHERE seq = ? RETURNING id").all(seq)) {
    prepared(db, "DELETE FROM stated_figures WHERE id = ?").run(id!);
    prepared(
      db,
      `INSERT INTO stated_figures (id, log_size, spec_seq, value, low, high, rows_sha256, seq)
       SELECT id, log_size, spec_seq, value, low, high, rows_sha256, seq FROM statements WHERE id = ? ORDER BY seq DESC LIMIT 1`,
    ).run(id!);
  }
}

function state(db: DatabaseSync, { seq }: AppliedEntry, figure: Figure, specSeq: number): void {
  prepared(
    db,
    "INSERT OR REPLACE INTO statements (id, log_size, spec_seq, value, low, high, rows_sha256, seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  ).run(figure.id, Number(figure.log_size), specSeq, figure.value, figure.low, figure.high, figure.rows_sha256, seq);
  prepared(
    db,
    "INSERT OR REPLACE INTO stated_figures (id, log_size, spec_seq, value, low, high, rows_sha256, seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  ).run(figure.id, Number(figure.log_size), specSeq, figure.value, figure.low, figure.high, figure.rows_sha256, seq);
}

function currentSpecSeq(db: DatabaseSync, id: string): number {
  return (prepared(db, "SELECT seq FROM figure_specs WHERE id = ? AND to_seq IS NULL").get(id)?.seq as number | undefined) ?? 0;
}
