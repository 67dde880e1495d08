// One import: every file captured, every row read before the first is written, then one transaction with an entry
// for each table. A second run is a no-op; a new edition is told as a difference to the one before.
import { createHash } from "node:crypto";
import { TracewireError } from "../errors.ts";
import {
  appendCapture,
  appendRelease,
  extractTextInProcess,
  findCapture,
  prepareCapture,
  type EvidenceWriter,
  type Json,
  type Transaction,
} from "../evidence/evidence.ts";
import { findDataset, readRows, rowLine, rowsRoot, storeRows, type Dataset } from "./dataset-rows.ts";
import type { DatasetReader, DatasetTable, Row, SourceFile } from "./reader.ts";

const ROWS_MAX = 500_000;
const FILES_MAX = 400;

export type ImportDatasetOptions = {
  by: string;
  retrieved_at: string;
  edition?: string;
  licence?: string;
  release?: boolean;
  onProgress?: (done: number, total: number, what: string) => void;
};

export type ImportedTable = {
  dataset: string;
  edition: string | null;
  seq: number;
  row_count: number;
  outcome: "added" | "unchanged";
  /** Whether readers see it: since this import, since before, or not. */
  public: "now" | "before" | "no";
  /** Against the edition before, else the nearest held, by the table's key. */
  difference?: { from_edition: string | null; from_public: boolean; added: number; removed: number; changed: number };
};
export type ImportedDataset = { tables: ImportedTable[]; captures_added: number; unknown_fields: Record<string, number>; log_size: number };

type Target = EvidenceWriter & { transact<T>(by: string, change: (transaction: Transaction) => T): T };

export async function importDataset(
  newsroom: Target,
  reader: DatasetReader,
  files: readonly SourceFile[],
  options: ImportDatasetOptions,
): Promise<ImportedDataset> {
  if (files.length === 0) throw new TracewireError("BAD_INPUT", { what: `No file was given; ${reader.format} wants ${reader.files}` });
  if (files.length > FILES_MAX) throw new TracewireError("BAD_INPUT", { what: `More than ${FILES_MAX} files` });
  const source = reader.read(files);
  const edition = options.edition ?? source.edition ?? null;
  if (edition !== null && !/^\d{4}(-\d{2}(-\d{2})?)?$/.test(edition))
    throw new TracewireError("BAD_INPUT", { what: `edition: "${edition}" is not a date`, hint: "Write YYYY, YYYY-MM or YYYY-MM-DD." });
  for (const table of source.tables)
    if (table.rows.length > ROWS_MAX)
      throw new TracewireError("BAD_INPUT", { what: `${table.name}: ${table.rows.length} rows; the most is ${ROWS_MAX}` });

  const prepared = new Map<string, Awaited<ReturnType<typeof prepareCapture>>>();
  for (const [at, file] of files.entries()) {
    options.onProgress?.(at, files.length, file.name);
    if (findKnown(newsroom, file) !== undefined) continue;
    prepared.set(
      file.name,
      await prepareCapture(
        newsroom.blobs,
        {
          bytes: file.bytes,
          origin: { from: "file", name: file.name },
          retrieved_at: options.retrieved_at,
          retrieved_by: options.by,
          grade: reader.grade,
          source_grade: reader.source_grade,
          item_grade: reader.item_grade,
          title: `${reader.title}: ${file.name}`,
          licence: options.licence,
        },
        extractTextInProcess,
      ),
    );
  }

  return newsroom.transact(options.by, (transaction) => {
    const captures = files.map((file) => findKnown(newsroom, file) ?? appendCapture(transaction, prepared.get(file.name)!));
    const released = [...captures];
    const isPublic = (seq: number) => transaction.db.prepare("SELECT released FROM entry_index WHERE seq = ?").get(seq)!.released !== null;
    const tables = source.tables.map((table): Omit<ImportedTable, "public"> & { was_public: boolean } => {
      const name = `${reader.format}/${table.name}`;
      const rows_root = rowsRoot(table.rows);
      const known = findDataset(transaction, edition === null ? name : `${name}@${edition}`, undefined, "all");
      const base = { dataset: name, edition, row_count: table.rows.length };
      if (known?.rows_root === rows_root && known.reader_version === reader.version && known.edition === edition) {
        released.push(known.seq);
        return { ...base, seq: known.seq, outcome: "unchanged", was_public: isPublic(known.seq) };
      }
      const before = findDataset(transaction, name, undefined, "all", edition ?? undefined) ?? findDataset(transaction, name, undefined, "all");
      const seq = appendDataset(transaction, {
        name,
        edition,
        title: reader.title,
        publisher: reader.publisher,
        captures,
        reader: reader.format,
        reader_version: reader.version,
        table,
        rows_root,
        lacks: reader.lacks,
        unknown_fields: source.unknown_fields,
        licence: options.licence,
        by: options.by,
      });
      released.push(seq);
      return { ...base, seq, outcome: "added", was_public: false, ...(before ? { difference: differenceTo(transaction, before, table) } : {}) };
    });
    if (options.release) appendRelease(transaction, released, captures, options.by);
    const told = tables.map(({ was_public, ...table }): ImportedTable => ({
      ...table,
      public: was_public ? "before" : isPublic(table.seq) ? "now" : "no",
    }));
    return { tables: told, captures_added: prepared.size, unknown_fields: source.unknown_fields ?? {}, log_size: transaction.size() };
  });
}

export type NewDataset = Pick<Dataset, "name" | "edition" | "title" | "publisher" | "captures" | "reader" | "reader_version" | "lacks"> & {
  table: DatasetTable;
  rows_root?: string;
  unknown_fields?: Record<string, number>;
  licence?: string;
  by: string;
};

/** The entry of a dataset and its rows beside it; returns the entry's number. */
export function appendDataset(transaction: Transaction, { table, rows_root = rowsRoot(table.rows), ...dataset }: NewDataset): number {
  const seq = transaction.append({
    kind: "dataset",
    name: dataset.name,
    edition: dataset.edition,
    title: dataset.title,
    publisher: dataset.publisher,
    capture: dataset.captures[0]!,
    captures: dataset.captures,
    reader: dataset.reader,
    reader_version: dataset.reader_version,
    columns: [...table.columns],
    key: [...table.key],
    row_count: table.rows.length,
    rows_root,
    lacks: dataset.lacks,
    unknown_fields: (dataset.unknown_fields ?? {}) as Json,
    licence: dataset.licence,
    by: dataset.by,
  });
  storeRows(transaction, seq, table.rows, table.files);
  return seq;
}

/** Rows by key: in one edition only, or in both with other contents. */
export function diffRows(
  before: readonly Row[],
  after: readonly Row[],
  key: readonly string[],
): { added: Row[]; removed: Row[]; changed: { before: Row; after: Row }[] } {
  const keyOf = (row: Row) => JSON.stringify(key.map((column) => row[column] ?? ""));
  const old = new Map(before.map((row) => [keyOf(row), row]));
  const now = new Map(after.map((row) => [keyOf(row), row]));
  const changed = [...now].flatMap(([name, row]) => {
    const was = old.get(name);
    return was && rowLine(was) !== rowLine(row) ? [{ before: was, after: row }] : [];
  });
  return {
    added: [...now].filter(([name]) => !old.has(name)).map(([, row]) => row),
    removed: [...old].filter(([name]) => !now.has(name)).map(([, row]) => row),
    changed,
  };
}

function differenceTo(transaction: Transaction, before: Dataset, table: DatasetTable): ImportedTable["difference"] {
  const { added, removed, changed } = diffRows(readRows(transaction, before), table.rows, table.key);
  return { from_edition: before.edition, from_public: before.released !== undefined, added: added.length, removed: removed.length, changed: changed.length };
}

function findKnown(newsroom: EvidenceWriter, file: SourceFile): number | undefined {
  const capture = findCapture(newsroom.log, createHash("sha256").update(file.bytes).digest("hex"));
  return capture && capture.origin.name === file.name ? capture.seq : undefined;
}
