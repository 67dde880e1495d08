// One import of transfers: every file read to its end before anything is written, then blobs, then one transaction with
// the captures and the entry of the set. Run again, whole or after a kill, it gives the same set and writes it once.
import { TracewireError } from "../errors.ts";
import {
  appendCapture,
  appendRelease,
  findCapture,
  preparePieces,
  type EvidenceWriter,
  type Json,
  type PreparedCapture,
  type Transaction,
} from "../evidence/evidence.ts";
import { storeRowTexts } from "../datasets/datasets.ts";
import { collectRows, type CollectedRows, type CollectOptions } from "./collect-rows.ts";
import type { ReadReport, TransferReader } from "./readers/reader.ts";
import type { SourceFile } from "./readers/source-file.ts";
import { ACCOUNT_COLUMNS, UTXO_COLUMNS } from "./set-row.ts";
import { listTransferSets, requireTransferSet, type TransferSet } from "./transfer-set-list.ts";

const FILES_MAX = 10_000;
const NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const NAME_CHARS_MAX = 80;

export type ImportTransfersOptions = Omit<CollectOptions, "folder"> & {
  by: string;
  retrieved_at: string;
  /** Left out, the first file's name. */
  name?: string;
  licence?: string;
  release?: boolean;
  /** An older set that this one replaces, by name or entry: a block was replaced, or rows were wrong. */
  supersedes?: string;
  /** Everything is read and checked, and a segment file is not kept. */
  dry_run?: boolean;
};

export type ImportedTransfers = {
  set: string;
  seq: number;
  outcome: "added" | "unchanged";
  /** Whether readers see it: since this import, since before, or not. */
  public: "now" | "before" | "no";
  kind: TransferSet["kind"];
  row_count: number;
  rows_root: string;
  order: TransferSet["order"];
  chains: string[];
  repeated: number;
  look_alike: number;
  captures_added: number;
  report: ReadReport;
};

type Target = EvidenceWriter & { folder: string; transact<T>(by: string, change: (transaction: Transaction) => T): T };

/** The rows that come back with the result can be gone over where they were held in memory. */
export async function importTransfers(
  newsroom: Target,
  reader: TransferReader,
  files: readonly SourceFile[],
  options: ImportTransfersOptions,
): Promise<ImportedTransfers & { collected: CollectedRows }> {
  if (files.length === 0) throw new TracewireError("BAD_INPUT", { what: `No file was given; ${reader.format} wants ${reader.files}` });
  if (files.length > FILES_MAX) throw new TracewireError("BAD_INPUT", { what: `More than ${FILES_MAX} files` });
  const name = `${reader.format}/${readName(options.name ?? reader.set_name ?? nameFrom(files[0]!.name))}`;
  const replaced = options.supersedes === undefined ? undefined : requireTransferSet(newsroom.log, options.supersedes);
  const collected = await collectRows(reader, files, { ...options, folder: newsroom.folder });
  try {
    refuseBadChecksums(collected.report, options);
    const { row_count, rows_root, order, chains, repeated, look_alike, report } = collected;
    const base = { kind: reader.kind, row_count, rows_root, order, chains, repeated, look_alike, report, collected };
    const known = listTransferSets(newsroom.log).find(
      (set) => set.rows_root === rows_root && set.kind === reader.kind && set.superseded_by === undefined && (!replaced || set.supersedes === replaced.seq),
    );
    if (known) {
      if (options.release) newsroom.transact(options.by, (transaction) => appendRelease(transaction, [known.seq, ...known.captures], known.captures, options.by));
      const seen = known.released !== undefined ? "before" : options.release ? "now" : "no";
      return { ...base, set: known.name, seq: known.seq, outcome: "unchanged", public: seen, captures_added: 0 };
    }
    const prepared = files.map((file, at) => prepare(newsroom, reader, file, collected.files[at]!, options));
    if (!options.dry_run) collected.keep();
    return newsroom.transact(options.by, (transaction) => {
      const captures = prepared.map((item) => (typeof item === "number" ? item : appendCapture(transaction, item)));
      const seq = transaction.append({
        kind: "dataset",
        name,
        edition: null,
        title: reader.title,
        publisher: reader.publisher,
        capture: captures[0]!,
        captures,
        reader: reader.format,
        reader_version: reader.version,
        columns: reader.kind === "utxo" ? [...UTXO_COLUMNS] : ACCOUNT_COLUMNS.flatMap((column) => (column === "kind" && report.has_messages ? [column, "message"] : [column])),
        key: reader.kind === "utxo" ? ["chain", "txid"] : ["chain", "txid", "index", "kind", "asset"],
        row_count,
        rows_root,
        lacks: reader.lacks,
        unknown_fields: report.unknown_fields as Json,
        licence: options.licence,
        stored: collected.held ? "rows" : "segment",
        set: {
          kind: reader.kind,
          order,
          chains,
          repeated,
          look_alike,
          bad_checksums: report.bad_checksums.count,
          borrowed_names: report.borrowed_names as unknown as Json,
          tokens: report.tokens,
          // What the reader was told: without it the rows cannot be made again from the captures.
          options: readingOptions(options),
        },
        supersedes: replaced?.seq,
        by: options.by,
      });
      if (collected.held) storeRowTexts(transaction, seq, collected.held);
      if (options.release) appendRelease(transaction, [...captures, seq], captures, options.by);
      return { ...base, set: name, seq, outcome: "added", public: options.release ? "now" : "no", captures_added: prepared.filter((item) => typeof item !== "number").length };
    });
  } finally {
    collected.close();
  }
}

export const readingOptions = ({ chain, decimals, accept_bad_checksums }: CollectOptions | ImportTransfersOptions): Record<string, Json> => ({
  ...(chain === undefined ? {} : { chain }),
  ...(decimals === undefined ? {} : { decimals }),
  ...(accept_bad_checksums ? { accept_bad_checksums } : {}),
});

function prepare(
  newsroom: Target,
  reader: TransferReader,
  file: SourceFile,
  seen: { sha256: string; byte_count: number },
  options: ImportTransfersOptions,
): PreparedCapture | number {
  const capture = findCapture(newsroom.log, seen.sha256);
  if (capture && capture.origin.name === file.name) return capture.seq;
  const blobs = options.dry_run ? { putPieces: () => ({ ...seen, existed: false }) } : newsroom.blobs;
  const prepared = preparePieces(blobs, file.raw(), {
    origin: { from: "file", name: file.name },
    retrieved_at: options.retrieved_at,
    retrieved_by: options.by,
    grade: reader.grade,
    source_grade: reader.source_grade,
    item_grade: reader.item_grade,
    title: `${reader.title}: ${file.name}`,
    licence: options.licence,
    media_type: mediaTypeOf(file.name),
    reason: `its rows are read by the reader of ${reader.format}`,
  });
  if (prepared.sha256 !== seen.sha256)
    throw new TracewireError("BAD_INPUT", { what: "The file changed while it was read", where: file.name, hint: "Run the import again when nothing writes to it." });
  return prepared;
}

function refuseBadChecksums({ bad_checksums }: ReadReport, { accept_bad_checksums }: ImportTransfersOptions): void {
  if (bad_checksums.count === 0 || accept_bad_checksums) return;
  throw new TracewireError("BAD_INPUT", {
    what: `${bad_checksums.count} address${bad_checksums.count === 1 ? " has" : "es have"} a wrong checksum: ${bad_checksums.first.join("; ")}`,
    where: bad_checksums.first[0]!.split(" ")[0]!,
    hint: "A letter was mistyped or its case changed. Mend them, or take them as they stand with --accept-bad-checksums.",
  });
}

function readName(name: string): string {
  if (NAME.test(name) && name.length <= NAME_CHARS_MAX) return name;
  throw new TracewireError("BAD_ARGUMENT", { what: `"${name}" is no name for a set`, hint: "Use small letters, digits and hyphens." });
}

function nameFrom(file_name: string): string {
  const name = file_name
    .toLowerCase()
    .replace(/\.(gz|zst)$/, "")
    .replace(/\.[a-z0-9]{1,8}$/, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, NAME_CHARS_MAX)
    .replace(/-+$/, "");
  return name === "" ? "transfers" : name;
}

const MEDIA_TYPES: Record<string, string> = {
  csv: "text/csv",
  json: "application/json",
  ndjson: "application/x-ndjson",
  jsonl: "application/x-ndjson",
  parquet: "application/vnd.apache.parquet",
  gz: "application/gzip",
  zst: "application/zstd",
};
const mediaTypeOf = (name: string): string => MEDIA_TYPES[/\.([a-z]+)$/.exec(name)?.[1] ?? ""] ?? "application/octet-stream";
