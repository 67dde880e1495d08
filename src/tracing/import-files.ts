// Files that somebody gives, of a public source or of their own: read as tables, as transfers, or as both, by the format that
// is named or the one that they show; and how what came of it reads.
import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { findReader, importDataset, READERS, type ImportedDataset, type ImportedTable, type SourceFile as TableFile } from "../datasets/datasets.ts";
import { TracewireError } from "../errors.ts";
import { listGaps, type Gap } from "./gaps.ts";
import { importTransfers, type ImportedTransfers, type ImportTransfersOptions } from "./import-transfers.ts";
import { guessReader, TRANSFER_READERS } from "./readers/readers.ts";
import type { TransferReader } from "./readers/reader.ts";
import { fileOnDisk } from "./readers/source-file.ts";
import { buildTransferTable } from "./transfer-table.ts";

const TABLE_BYTES_MAX = 256 * 2 ** 20;
const FIRST_LINE_BYTES_MAX = 1_024;
const FIRST_LINE_SHOWN = 200;
const GAPS_SHOWN = 5;
const NAMES_SHOWN = 5;

/** Of tables and of transfers; a format may be of both. */
export const DATA_FORMATS: readonly string[] = [...new Set([...TRANSFER_READERS, ...READERS].map(({ format }) => format))];

/** What a format is of, in words. */
export const dataFormatTitle = (format: string): string => [...READERS, ...TRANSFER_READERS].find((reader) => reader.format === format)?.title ?? "";

/** As it is called, and where it lies. */
export type GivenFile = { name: string; path: string };
export type ImportFilesOptions = Omit<ImportTransfersOptions, "onProgress"> & {
  edition?: string | undefined;
  /** Named where none is known; left out, DATA_FORMATS. */
  formats?: readonly string[];
  /** What the files were taken for, and what of them was left alone. */
  note?(words: string): void;
  onTables?(tables: ImportedDataset): void;
  /** Of tables: files captured. */
  onFile?(done: number, total: number, name: string): void;
  /** Of transfers: bytes and rows read. */
  onRows?(bytes: number, rows: number): void;
};
/** `gaps` only of sets that a table in memory holds. */
export type ImportedRows = ImportedTransfers & { gaps?: Gap[] };
export type ImportedFiles = { tables?: ImportedDataset; transfers?: ImportedRows };
type Target = Parameters<typeof importTransfers>[0] & Parameters<typeof importDataset>[0];

/** `format`: one of DATA_FORMATS, or "auto": each reader that recognises the files. Throws BAD_INPUT with file, line and field for what cannot be read; then nothing is written. */
export async function importFiles(newsroom: Target, format: string, files: readonly GivenFile[], options: ImportFilesOptions): Promise<ImportedFiles> {
  const isGuess = format === "auto";
  const transfers = isGuess ? await guessReader(files.map(({ path, name }) => fileOnDisk(path, name))) : TRANSFER_READERS.find((reader) => reader.format === format);
  const hasTables = isGuess ? READERS.some((reader) => files.every(({ name }) => reader.recognises(name))) : READERS.some((reader) => reader.format === format);
  if (isGuess && !hasTables && !transfers) throw unknownFormat(files, options.formats ?? DATA_FORMATS);
  const found: ImportedFiles = {};
  if (hasTables || !transfers) {
    found.tables = await importTables(newsroom, format, files, options);
    options.onTables?.(found.tables);
  }
  if (!transfers) return found;
  if (isGuess) options.note?.(`Read as ${transfers.format}: ${transfers.title}.`);
  const own = filesOf(transfers, files).map(({ path, name }) => fileOnDisk(path, name));
  const { by, retrieved_at, name, chain, decimals, accept_bad_checksums, supersedes, licence, release, dry_run, onRows } = options;
  const told = { by, retrieved_at, name, chain, decimals, accept_bad_checksums, supersedes, licence, release, dry_run };
  const { collected, ...result } = await importTransfers(newsroom, transfers, own, { ...told, ...(onRows ? { onProgress: onRows } : {}) });
  // Gaps need all rows at once: only what the database's table holds is looked at here.
  const gaps = transfers.kind === "accounts" && collected.held ? listGaps(buildTransferTable(collected.transfers())) : undefined;
  found.transfers = { ...result, ...(gaps ? { gaps } : {}) };
  return found;
}

async function importTables(newsroom: Target, format: string, files: readonly GivenFile[], options: ImportFilesOptions): Promise<ImportedDataset> {
  const { by, retrieved_at, edition, licence, release, note, onFile } = options;
  const given = files.map(tableFile);
  const reader = findReader(format, given.map(({ name }) => name));
  const read = reader.format === "table" || (reader.any_name && format !== "auto") ? given : given.filter((file) => reader.recognises(file.name));
  if (format === "auto") note?.(`Read as ${reader.format}: ${reader.title}.`);
  const passed = given.length - read.length;
  if (passed > 0) note?.(`${passed} file${passed === 1 ? " is" : "s are"} not of ${reader.format} and ${passed === 1 ? "is" : "are"} left alone.`);
  return importDataset(newsroom, reader, read, { by, retrieved_at, edition, licence, release: release === true, ...(onFile ? { onProgress: onFile } : {}) });
}

/** A file of a table, whole. Throws NOT_FOUND and BAD_INPUT. */
export function tableFile({ name, path }: GivenFile): TableFile {
  try {
    if (statSync(path).size > TABLE_BYTES_MAX) throw new TracewireError("BAD_INPUT", { what: `More than ${TABLE_BYTES_MAX} bytes`, where: path });
    return { name, bytes: readFileSync(path) };
  } catch (error) {
    if (error instanceof TracewireError) throw error;
    throw new TracewireError("NOT_FOUND", { what: "This cannot be read", where: path, cause: error });
  }
}

/** A reader of one source's own files leaves others alone; one of files of any name takes those that it is given. */
function filesOf(reader: TransferReader, files: readonly GivenFile[]): readonly GivenFile[] {
  const own = reader.own_names ? files.filter(({ name }) => reader.own_names!.test(name)) : files;
  return own.length > 0 ? own : files;
}

/** What is there is said, so that whoever brings a table of their own sees which columns are missing. */
function unknownFormat(files: readonly GivenFile[], formats: readonly string[]): TracewireError {
  const start = Buffer.alloc(FIRST_LINE_BYTES_MAX);
  const file = openSync(files[0]!.path, "r");
  const length = readSync(file, start);
  closeSync(file);
  const [line = ""] = start.subarray(0, length).toString("utf8").split(/\r?\n/, 1);
  const isText = line !== "" && !/[\u0000-\u0008\ufffd]/.test(line);
  return new TracewireError("BAD_ARGUMENT", {
    what: `No format is known for ${files.slice(0, 5).map(({ name }) => name).join(", ")}${isText ? `, which begins: ${line.slice(0, FIRST_LINE_SHOWN)}` : ""}`,
    where: "format",
    hint: `Transfers of your own have the columns from, to, amount and more (docs/tracing.md). Else name the format: ${formats.join(", ")}.`,
  });
}

/** How where it is printed makes a name strong, says that readers do not see it yet, and where more gaps stand. */
export type ImportManner = { strong?(name: string): string; not_public: string; more_gaps: string };

export function tablesWords({ tables, unknown_fields }: ImportedDataset, { strong = (name) => name, not_public }: ImportManner): string[] {
  return [
    ...tables.map((table) => {
      const rows = `${table.row_count.toLocaleString("en-US")} ${table.row_count === 1 ? "row" : "rows"}`;
      if (table.outcome === "unchanged") return heldAlready(table.dataset, rows, table);
      return `${strong(table.dataset)}${table.edition ? ` (edition ${table.edition})` : ""}: ${rows}, entry ${table.seq}${table.public === "now" ? ", public" : ""}.${againstWords(table)}`;
    }),
    ...(tables.some((table) => table.public === "no") ? [not_public] : []),
    ...unknownWords(unknown_fields),
  ];
}

export function transfersWords(result: ImportedRows, { strong = (name) => name, not_public, more_gaps }: ImportManner): string[] {
  const what = result.kind === "utxo" ? "transactions" : "transfers";
  const by = { block: "by block", time: "by time, for want of blocks", file: "as in the file, for want of blocks and times" }[result.order];
  const on = result.chains.filter((chain) => chain !== "").join(", ");
  const { unknown_fields, bad_checksums, borrowed_names, notes } = result.report;
  const borrowed = Object.entries(borrowed_names);
  const called = borrowed.slice(0, NAMES_SHOWN).map(([asset, { name, rows }]) => `${asset} is called “${name}” (${rows} rows)`);
  return [
    result.outcome === "unchanged"
      ? heldAlready(result.set, `${count(result.row_count)} ${what}`, result)
      : `${strong(result.set)}: ${count(result.row_count)} ${what}${on ? ` on ${on}` : ""}, entry ${result.seq}${result.public === "now" ? ", public" : ""}; in order ${by}.`,
    ...(result.public === "no" ? [not_public] : []),
    ...(result.repeated > 0 ? [`${count(result.repeated)} rows stood there already and are counted once.`] : []),
    ...(result.look_alike > 0 ? [`${count(result.look_alike)} rows look like another of the same file and are kept: nothing in the file tells them apart.`] : []),
    ...unknownWords(unknown_fields),
    ...(bad_checksums.count > 0 ? [`Taken with a wrong checksum: ${bad_checksums.count} (${bad_checksums.first.join("; ")}).`] : []),
    ...(borrowed.length > 0 ? [`Tokens with a known name that is not theirs: ${borrowed.length}. ${called.join("; ")}.`] : []),
    ...notes,
    ...gapWords(result, more_gaps),
  ];
}

function gapWords({ gaps, kind }: ImportedRows, more_gaps: string): string[] {
  if (!gaps) return kind === "accounts" ? ["Not looked for in a set of this size: accounts that send more than the rows show them to have. A trace shows them."] : [];
  if (gaps.length === 0) return [];
  const isOne = gaps.length === 1;
  return [
    `${count(gaps.length)} account${isOne ? " sends" : "s send"} more than these rows show ${isOne ? "it" : "them"} to have (what was there before, or transfers that are missing):`,
    ...gaps.slice(0, GAPS_SHOWN).map((gap) => `  ${gap.address}: ${gap.missing} of ${gap.asset}, first at ${gap.first}`),
    ...(gaps.length > GAPS_SHOWN ? [`  and ${count(gaps.length - GAPS_SHOWN)} more${more_gaps}`] : []),
  ];
}

const unknownWords = (fields: Readonly<Record<string, number>>): string[] => {
  const unknown = Object.entries(fields);
  return unknown.length > 0 ? [`Not read: ${unknown.map(([field, times]) => `${field} (${times})`).join(", ")}.`] : [];
};

/** Of an import that brought no new row: it may have made public what was held. */
const heldAlready = (name: string, rows: string, { seq, public: seen }: { seq: number; public: "now" | "before" | "no" }): string =>
  `${name}: no new row, its ${rows} were held already (entry ${seq})${seen === "now" ? "; they are public from now on" : ""}.`;

/** The edition that it was compared with, and what that one is where it is not simply the one before. */
function againstWords({ edition, difference }: ImportedTable): string {
  if (!difference || difference.from_edition === edition) return "";
  const { from_edition, from_public, added, removed, changed } = difference;
  const later = from_edition !== null && edition !== null && from_edition > edition;
  const which = from_edition === null ? "the one before" : `${later ? "the later edition " : "edition "}${from_edition}`;
  return ` Against ${which}${from_public ? "" : " (held, not public)"}: ${added} in, ${removed} out, ${changed} changed.`;
}

const count = (number: number): string => number.toLocaleString("en-GB");
