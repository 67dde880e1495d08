// The rows of datasets, beside the log: an entry names them by count and Merkle root, so that what is kept here can
// be checked against it at any time and made again from the captures. A row becomes a claim only when it is cited.
import assert from "node:assert/strict";
import { TracewireError } from "../errors.ts";
import { canonicalJson, growRoot, merkleRoot, type Json, type LogReader, type Transaction, type View } from "../evidence/evidence.ts";
import type { Row } from "./reader.ts";

export type Dataset = {
  seq: number;
  at: string;
  /** "ofac-sdn/entries" */
  name: string;
  edition: string | null;
  title: string;
  publisher: string;
  captures: number[];
  reader: string;
  reader_version: string;
  columns: string[];
  key: string[];
  row_count: number;
  rows_root: string;
  lacks: string;
  unknown_fields: Record<string, number>;
  licence?: string;
  released?: number;
  /** "segment": too many rows for the table here; whoever imported them keeps them in a file (src/tracing/). */
  stored?: "rows" | "segment";
};

type ReadsDatabase = Pick<LogReader, "db">;

/** What may be an address or a transaction: one long word as a whole cell. */
const IS_IDENTIFIER = "length(c.value) BETWEEN 20 AND 128 AND c.value NOT GLOB '*[^0-9A-Za-z:]*'";

/**
 * Rows are no view: they come from captured bytes, not from entries alone. An erased dataset's rows go with it. The index of
 * identifiers follows the rows by triggers, whoever writes them; a newsroom that is older than it gets it filled.
 */
export const datasetsView: View = {
  name: "datasets",
  version: 2,
  tables: [],
  create: `
    CREATE TABLE IF NOT EXISTS dataset_rows (dataset INTEGER NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL, file INTEGER NOT NULL, PRIMARY KEY (dataset, at)) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS row_identifiers (dataset INTEGER NOT NULL, at INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (dataset, at, text)) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS row_identifiers_by_text ON row_identifiers (text);
    CREATE TRIGGER IF NOT EXISTS row_identifiers_added AFTER INSERT ON dataset_rows BEGIN
      INSERT OR IGNORE INTO row_identifiers SELECT new.dataset, new.at, c.value FROM json_each(new.body) c WHERE ${IS_IDENTIFIER};
    END;
    CREATE TRIGGER IF NOT EXISTS row_identifiers_removed AFTER DELETE ON dataset_rows BEGIN
      DELETE FROM row_identifiers WHERE dataset = old.dataset AND at = old.at;
    END;
    INSERT OR IGNORE INTO row_identifiers SELECT r.dataset, r.at, c.value FROM dataset_rows r, json_each(r.body) c
      WHERE NOT EXISTS (SELECT 1 FROM row_identifiers) AND ${IS_IDENTIFIER};
  `,
  apply(db, { body }) {
    if (body.kind !== "erasure") return;
    for (const { seq, kind } of body.entries as unknown as { seq: number; kind: string }[])
      if (kind === "dataset") db.prepare("DELETE FROM dataset_rows WHERE dataset = ?").run(seq);
  },
};

export const rowLine = (row: Row): string => canonicalJson(row as Json);

export function rowsRoot(rows: readonly Row[]): string {
  return merkleRoot(rows.map((row) => Buffer.from(rowLine(row))));
}

export function storeRows(transaction: Pick<Transaction, "db">, seq: number, rows: readonly Row[], files?: readonly number[]): void {
  storeRowTexts(
    transaction,
    seq,
    rows.map((row, at) => ({ text: rowLine(row), file: files?.[at] ?? 0 })),
  );
}

/** Rows that are canonical JSON already. */
export function storeRowTexts(transaction: Pick<Transaction, "db">, seq: number, rows: readonly { text: string; file: number }[]): void {
  const insert = transaction.db.prepare("INSERT INTO dataset_rows (dataset, at, body, file) VALUES (?, ?, ?, ?)");
  for (const [at, { text, file }] of rows.entries()) insert.run(seq, at, text, file);
}

/** The rows of a dataset as their canonical JSON, one by one. */
export function* rowTexts(log: ReadsDatabase, seq: number): Generator<string> {
  for (const row of log.db.prepare("SELECT body FROM dataset_rows WHERE dataset = ? ORDER BY at").iterate(seq)) yield row.body as string;
}

// The tables of the case file are read as claims, and rows in a segment file by their owner: neither stands here.
const isTable = (dataset: Dataset): boolean => dataset.columns !== undefined && dataset.stored !== "segment";

const SELECT = "SELECT d.seq, d.body, i.released FROM datasets d JOIN entry_index i ON i.seq = d.seq";

/** Datasets with rows, newest first; those of the case file's tables are read as claims and are not among them. */
export function listDatasets(log: ReadsDatabase, log_size = Number.MAX_SAFE_INTEGER): Dataset[] {
  return log.db
    .prepare(`${SELECT} WHERE d.seq < ? AND i.erased IS NULL ORDER BY d.seq DESC`)
    .all(log_size)
    .map(toDataset)
    .filter(isTable);
}

/** "name" (its newest edition known at `log_size`, and of `as_of` or before) or "name@edition". Of what was released then, unless told. */
export function findDataset(
  log: ReadsDatabase,
  reference: string,
  log_size = Number.MAX_SAFE_INTEGER,
  evidence: "released" | "all" = "released",
  as_of?: string,
): Dataset | undefined {
  const [name, edition] = reference.split("@") as [string, string?];
  const found = log.db
    .prepare(`${SELECT} WHERE d.name = ? AND d.seq < ? AND i.erased IS NULL ORDER BY d.seq DESC`)
    .all(name, log_size)
    .map(toDataset)
    .filter(isTable)
    .filter((dataset) => evidence === "all" || (dataset.released !== undefined && dataset.released < log_size))
    .filter((dataset) => edition === undefined || dataset.edition === edition)
    .filter((dataset) => as_of === undefined || dataset.edition === null || dataset.edition.slice(0, as_of.length) <= as_of);
  // The newest edition by its own date; a correction of the same edition replaces it by coming later.
  return found.sort((a, b) => ((a.edition ?? "") < (b.edition ?? "") ? 1 : (a.edition ?? "") > (b.edition ?? "") ? -1 : b.seq - a.seq))[0];
}

export function requireDataset(log: ReadsDatabase, reference: string, log_size?: number, evidence?: "released" | "all"): Dataset {
  const found = findDataset(log, reference, log_size, evidence);
  if (found) return found;
  const names = [...new Set(listDatasets(log, log_size).map((dataset) => dataset.name))];
  throw new TracewireError("NOT_FOUND", {
    what: `No released dataset "${reference}" is held`,
    hint: names.length > 0 ? `Held: ${names.join(", ")}` : "Import one: tracewire import FORMAT FILE… --release",
  });
}

/** The dataset of an entry that names it; broken invariant where the entry is none. */
export function datasetOfEntry(log: ReadsDatabase, seq: number): Dataset {
  const row = log.db.prepare(`${SELECT} WHERE d.seq = ?`).get(seq);
  assert.ok(row, `entry ${seq} is a dataset`);
  return toDataset(row);
}

const KEPT_MAX = 4;
const kept = new Map<string, readonly Row[]>();

/** All rows in their order. The last few sets read are kept: a dataset never changes. */
export function readRows(log: ReadsDatabase, dataset: Pick<Dataset, "seq" | "row_count" | "rows_root" | "name">): readonly Row[] {
  const key = dataset.rows_root;
  const known = kept.get(key);
  if (known) {
    kept.delete(key);
    kept.set(key, known);
    return known;
  }
  const rows = log.db
    .prepare("SELECT body FROM dataset_rows WHERE dataset = ? ORDER BY at")
    .all(dataset.seq)
    .map((row) => JSON.parse(row.body as string) as Row);
  assert.equal(
    rows.length,
    dataset.row_count,
    `rows of dataset ${dataset.name} (entry ${dataset.seq}) are missing: tracewire verify names what is damaged`,
  );
  kept.set(key, rows);
  if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value!);
  return rows;
}

/** The root of the rows as they lie in the table, whatever is kept in memory: to be compared with the entry's. */
export function storedRowsRoot(log: ReadsDatabase, seq: number): string {
  const root = growRoot();
  for (const text of rowTexts(log, seq)) root.add(Buffer.from(text));
  return root.hex();
}

export type RowPlace = { dataset: number; name: string; at: number };

/** Rows of released datasets with a cell that is just one of these texts, an address or a transaction as it was written. */
export function findRowsNaming(log: ReadsDatabase, texts: readonly string[], log_size: number, limit: number): RowPlace[] {
  return log.db
    .prepare(
      `SELECT r.dataset, r.at, d.name FROM row_identifiers r JOIN datasets d ON d.seq = r.dataset JOIN entry_index i ON i.seq = d.seq
       WHERE i.released < ? AND r.text IN (SELECT value FROM json_each(?)) ORDER BY r.dataset, r.at LIMIT ?`,
    )
    .all(log_size, JSON.stringify(texts), limit) as RowPlace[];
}

/** Which capture a row was read from. */
export function captureOfRow(log: ReadsDatabase, dataset: Pick<Dataset, "seq" | "captures">, at: number): number | null {
  if (dataset.captures.length < 2) return dataset.captures[0] ?? null;
  const row = log.db.prepare("SELECT file FROM dataset_rows WHERE dataset = ? AND at = ?").get(dataset.seq, at);
  return dataset.captures[(row?.file as number | undefined) ?? 0] ?? null;
}

export function readRow(log: ReadsDatabase, seq: number, at: number): Row | undefined {
  const row = log.db.prepare("SELECT body FROM dataset_rows WHERE dataset = ? AND at = ?").get(seq, at);
  return row && (JSON.parse(row.body as string) as Row);
}

function toDataset(row: Record<string, unknown>): Dataset {
  const body = JSON.parse(row.body as string) as Omit<Dataset, "seq">;
  return {
    ...body,
    seq: row.seq as number,
    edition: body.edition ?? null,
    ...(row.released === null ? {} : { released: row.released as number }),
  };
}
