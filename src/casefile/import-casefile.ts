// Imports the case-file tables of one folder: captures first, then one dataset entry for each table, then claims
// with locators to file and row. All of it or nothing: any row that does not fit stops the import with its place.
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TracewireError } from "../errors.ts";
import {
  appendCapture,
  appendRelease,
  canonicalJson,
  extractTextInProcess,
  findCapture,
  prepareCapture,
  requireLocator,
  rowValues,
  type EvidenceWriter,
  type Extraction,
  type Json,
  type Transaction,
} from "../evidence/evidence.ts";
import { appendClaim, claimKey, parseClaim, type ClaimInput } from "./claims.ts";
import { findClaimByKey } from "./read-casefile.ts";
import { CASEFILE_TABLES, type CasefileTable, type Row, type RowClaim } from "./casefile-tables.ts";
import { appendJudgement } from "./judgements.ts";
import { VICTIM_JUDGEMENTS } from "./reviewed-tables.ts";
import { subjectOf } from "./subject-name.ts";

export const CASEFILE_READER = { name: "casefile-csv", version: "2" };
const ROWS_MAX = 100_000;

export type ImportOptions = {
  by: string;
  retrieved_at: string;
  /** Release every entry of this import and, where the table may be shown, its bytes. */
  release: boolean;
  onProgress?: (done: number, total: number, what: string) => void;
};

export type ImportResult = {
  tables: number;
  rows: number;
  claims_added: number;
  claims_known: number;
  captures_added: number;
  /** The entry that made all or some of it public; null where nothing had to be. */
  release: number | null;
  /** Whether readers see every table and claim of it. */
  is_public: boolean;
  log_size: number;
};

type LoadedTable = { table: CasefileTable; bytes: Uint8Array; extraction: Extraction; rows: Row[]; sha256: string };

/**
 * Imports every known table found in `folder`. Running it twice changes nothing. Throws BAD_INPUT, UNMAPPED_VALUE or
 * BAD_CLAIM with file, line, column and what was expected; then nothing of the import stays.
 */
export async function importCasefile(
  newsroom: EvidenceWriter & { transact<T>(by: string, change: (transaction: Transaction) => T): T },
  folder: string,
  options: ImportOptions,
): Promise<ImportResult> {
  const present = CASEFILE_TABLES.filter((table) => existsSync(join(folder, table.file)));
  if (present.length === 0)
    throw new TracewireError("BAD_INPUT", {
      what: `None of ${CASEFILE_TABLES.map((table) => table.file).join(", ")} is here`,
      where: folder,
    });
  const loaded: LoadedTable[] = [];
  for (const table of present) loaded.push(await loadTable(table, folder));
  // Every row is read before the first is written, so that a broken one is met while nothing has happened.
  const isHeld = (subject: string) => newsroom.log.db.prepare("SELECT 1 FROM claims WHERE subject = ? LIMIT 1").get(subject) !== undefined;
  const claims = loaded.map((table) => ({ table, claims: table.rows.flatMap((row) => readRow(table, row, isHeld)) }));

  const prepared = new Map<string, Awaited<ReturnType<typeof prepareCapture>>>();
  for (const { table, bytes } of loaded)
    prepared.set(
      table.file,
      await prepareCapture(newsroom.blobs, {
        bytes,
        origin: { from: "file", name: table.file },
        retrieved_at: options.retrieved_at,
        retrieved_by: options.by,
        grade: "transcription",
        source_grade: "C",
        item_grade: "3",
        title: table.title,
        licence: table.licence,
        declared_media_type: "text/csv",
      }),
    );

  return newsroom.transact(options.by, (transaction) => {
    const result: ImportResult = { tables: loaded.length, rows: 0, claims_added: 0, claims_known: 0, captures_added: 0, release: null, is_public: false, log_size: 0 };
    const releases: number[] = [];
    const bytesReleased: number[] = [];
    const captures = new Map<string, number>();
    for (const table of loaded) {
      const known = findCaptureOf(newsroom, table);
      const seq = known ?? appendCapture(transaction, prepared.get(table.table.file)!);
      captures.set(table.table.file, seq);
      releases.push(seq);
      bytesReleased.push(seq);
      if (known !== undefined) {
        const datasets = transaction.db.prepare("SELECT seq FROM datasets WHERE name = ? AND capture = ?").all(table.table.file, known);
        releases.push(...datasets.map((row) => row.seq as number));
        continue;
      }
      result.captures_added += 1;
      releases.push(
        transaction.append({
          kind: "dataset",
          name: table.table.file,
          capture: seq,
          reader: CASEFILE_READER,
          row_count: table.rows.length,
          rows_root: rowsRoot(table.rows),
          by: options.by,
        }),
      );
    }
    for (const { table, claims: rowClaims } of claims) {
      result.rows += table.rows.length;
      const capture = captures.get(table.table.file)!;
      for (const { claim, line } of rowClaims) {
        const where = `${table.table.file}:${line}`;
        const parsed = parseClaim({ ...claim, source: { ...claim.source, capture } }, where);
        const known = findClaimByKey(transaction.db, claimKey(parsed));
        if (known === undefined) {
          requireLocator(table.extraction, parsed.source.locator, where);
          releases.push(appendClaim(transaction, parsed, options.by));
          result.claims_added += 1;
        } else {
          releases.push(known);
          result.claims_known += 1;
        }
      }
      options.onProgress?.(result.claims_added + result.claims_known, 0, table.table.file);
    }
    for (const judgement of VICTIM_JUDGEMENTS) {
      const exists = transaction.db.prepare("SELECT 1 FROM claims WHERE subject = ?").get(judgement.subject);
      const known = transaction.db
        .prepare("SELECT seq FROM judgements WHERE subject = ? AND question = 'victim_named'")
        .get(judgement.subject);
      if (known) releases.push(known.seq as number);
      else if (exists)
        releases.push(appendJudgement(transaction, { question: "victim_named", ...judgement }, "importer's reviewed table"));
    }
    if (options.release) result.release = appendRelease(transaction, releases, bytesReleased, options.by) ?? null;
    const isHidden = transaction.db.prepare("SELECT 1 FROM entry_index WHERE seq = ? AND released IS NULL AND erased IS NULL");
    result.is_public = releases.every((seq) => !isHidden.get(seq));
    result.log_size = transaction.size();
    return result;
  });
}

async function loadTable(table: CasefileTable, folder: string): Promise<LoadedTable> {
  const file = join(folder, table.file);
  const bytes = readFileSync(file);
  const extraction = await extractTextInProcess(bytes, { declared_media_type: "text/csv", file_name: table.file });
  if (extraction.outcome === "unreadable") throw new TracewireError("BAD_INPUT", { what: extraction.reason, where: file });
  const [sheet] = extraction.tables ?? [];
  const header = sheet?.header ?? [];
  const rows: Row[] = (sheet?.rows ?? [])
    .filter((row) => row.row > 0)
    .map((row) => {
      const values = rowValues(extraction.text, row);
      return { row: row.row, line: row.line ?? row.row + 1, cells: Object.fromEntries(header.map((name, at) => [name, values[at] ?? ""])) };
    });
  if (rows.length > ROWS_MAX) throw new TracewireError("BAD_INPUT", { what: `More than ${ROWS_MAX} rows`, where: file });
  const columns = new Set(header);
  for (const column of table.columns)
    if (!columns.has(column))
      throw new TracewireError("BAD_INPUT", {
        what: `The column "${column}" is missing; found ${[...columns].join(", ")}`,
        where: `${table.file}:1`,
      });
  return { table, bytes, extraction, rows, sha256: createHash("sha256").update(bytes).digest("hex") };
}

function readRow(loaded: LoadedTable, row: Row, isHeld: (subject: string) => boolean): { claim: ClaimInput; line: number }[] {
  const context = {
    subject: (kind: string, before: string, words: string) => subjectOf(kind, before, words, isHeld),
    refuse(column: string, expected: string): never {
      throw new TracewireError("BAD_INPUT", {
        what: `${column}: "${row.cells[column] ?? ""}" is not ${expected}`,
        where: `${loaded.table.file}:${row.line}`,
      });
    },
    map<T>(table: Record<string, T>, column: string, key = row.cells[column] ?? ""): T {
      if (Object.hasOwn(table, key)) return table[key] as T;
      throw new TracewireError("UNMAPPED_VALUE", {
        what: `${column}: "${key}" has no reviewed meaning`,
        where: `${loaded.table.file}:${row.line}`,
      });
    },
  };
  return loaded.table.read(row.cells, context).map((claim: RowClaim) => {
    const { column, ...fields } = claim;
    return {
      line: row.line,
      claim: { hedge: "unstated", ...fields, source: { capture: 0, locator: { row: row.row, column } } } as ClaimInput,
    };
  });
}

function findCaptureOf(newsroom: EvidenceWriter, { sha256, table }: LoadedTable): number | undefined {
  const capture = findCapture(newsroom.log, sha256);
  return capture && capture.origin.name === table.file ? capture.seq : undefined;
}

/** RFC 6962 would do; a hash over the canonical rows in order is enough to name the row set of one dataset. */
function rowsRoot(rows: Row[]): string {
  const hash = createHash("sha256");
  for (const row of rows) hash.update(`${canonicalJson(row.cells as Json)}\n`);
  return hash.digest("hex");
}
