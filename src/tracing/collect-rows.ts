// From files to the canonical rows of a set and their Merkle root, in bounded memory: few rows are held, many go to a
// segment file. Reading the same files again gives the same rows and the same root, which is how a lost segment returns.
import { createHash } from "node:crypto";
import { TracewireError } from "../errors.ts";
import { growRoot } from "../evidence/evidence.ts";
import { newReport, type ReadOptions, type ReadReport, type TransferReader } from "./readers/reader.ts";
import { unpacked, type SourceFile } from "./readers/source-file.ts";
import { createRowSorter, refuseSuspects, type SortedRow, type SortSummary } from "./row-sorter.ts";
import { toTransfer, type SetRow } from "./set-row.ts";
import type { Transfer } from "./transfer.ts";
import { createSegmentWriter, type SegmentWriter } from "./segment-file.ts";
import { sweepTemporaryFiles, temporaryPath } from "./temporary-files.ts";

/** Up to so many rows (and characters) lie in the database's table of rows, more in a segment file. */
export const TABLE_ROWS_MAX = 200_000;
export const TABLE_CHARS_MAX = 200_000_000;

export type CollectedRows = SortSummary & {
  rows_root: string;
  report: ReadReport;
  /** SHA-256 and length of each file as it was read, packed as it came. */
  files: { sha256: string; byte_count: number }[];
  /** Held in memory; undefined where they went to a segment file. */
  held: SortedRow[] | undefined;
  rows(): Iterable<SortedRow>;
  /** The same as transfers, named by file and line. */
  transfers(): Transfer[];
  /** Puts the segment file under its name; nothing to do where the rows are held. */
  keep(): void;
  close(): void;
};

export type CollectOptions = ReadOptions & {
  /** The data folder. */
  folder: string;
  /** Bytes of the files read so far (as they came), and rows. */
  onProgress?: (bytes: number, rows: number) => void;
  /** For tests: rows that go into one sorted run, and rows that are held. */
  run_rows_max?: number;
  table_rows_max?: number;
};

/** Throws BAD_INPUT with file, line and field for what cannot be read; then nothing is left on the disk. */
export async function collectRows(reader: TransferReader, sources: readonly SourceFile[], options: CollectOptions): Promise<CollectedRows> {
  const report = newReport();
  const seen = sources.map(() => ({ sha256: "", byte_count: 0 }));
  const names = sources.map(({ name }) => name);
  let bytes = 0;
  let read_rows = 0;
  const inputs = sources.map((source, at) => ({
    temporary: () => temporaryPath(options.folder, "parquet"),
    ...unpacked({
      name: source.name,
      *raw() {
        const hash = createHash("sha256");
        const before = bytes;
        let byte_count = 0;
        for (const piece of source.raw()) {
          hash.update(piece);
          byte_count += piece.length;
          // A look at the first bytes is no progress.
          bytes = Math.max(bytes, before + byte_count);
          yield piece;
        }
        seen[at] = { sha256: hash.digest("hex"), byte_count };
      },
    }),
  }));
  sweepTemporaryFiles(options.folder);
  const sorter = createRowSorter(reader.kind, names, options.folder, options.run_rows_max);
  let writer: SegmentWriter | undefined;
  try {
    for await (const batch of reader.read(inputs, options, report)) {
      sorter.add(batch);
      read_rows += batch.length;
      options.onProgress?.(bytes, read_rows);
    }
    let held: SortedRow[] | undefined = [];
    let chars = 0;
    const root = growRoot();
    const summary = sorter.finish((row) => {
      root.add(Buffer.from(row.text));
      if (held) {
        held.push(row);
        chars += row.text.length;
        if (held.length <= (options.table_rows_max ?? TABLE_ROWS_MAX) && chars <= TABLE_CHARS_MAX) return;
        writer = createSegmentWriter(options.folder);
        for (const item of held) writer.add(item);
        held = undefined;
      } else writer!.add(row);
    });
    sorter.close();
    if (summary.row_count === 0) throw refuseNothing(names);
    const rows = () => held ?? writer!.rows();
    refuseSuspects(reader.kind, summary.suspects, rows(), names);
    const { suspects: _, ...counts } = summary;
    const rows_root = root.hex();
    return {
      ...counts,
      rows_root,
      report,
      files: seen,
      held,
      rows,
      transfers: () => Array.from(rows(), ({ text, file, line }) => toTransfer(JSON.parse(text) as SetRow, `${names[file]}:${line}`)),
      keep() {
        if (!held) writer!.keep(rows_root);
      },
      close: () => writer?.close(),
    };
  } catch (error) {
    sorter.close();
    writer?.close();
    throw error;
  }
}

const refuseNothing = (names: readonly string[]) =>
  new TracewireError("BAD_INPUT", { what: "There is no row in it", where: names.join(", ") });
