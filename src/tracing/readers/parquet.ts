// Parquet files as records. Numbers keep every digit: decimals and wide integers come as text, bytes of an address or an
// id as hexadecimal. Row groups are read one by one, each unpacked once.
import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import type { AsyncBuffer, FileMetaData, SchemaElement } from "hyparquet";
import { TracewireError } from "../../errors.ts";
import type { InputFile } from "./reader.ts";
import type { FileRecord } from "./records.ts";
import { lazily } from "../../lazy.ts";

const hyparquet = lazily<typeof import("hyparquet")>(import.meta.url, "hyparquet");

/** Where there is no place to put a file aside. */
const HELD_BYTES_MAX = 2 ** 30;
const BATCH_ROWS = 20_000;

const COMPRESSORS = {
  GZIP: (bytes: Uint8Array) => gunzipSync(bytes),
  ZSTD: (bytes: Uint8Array) => zstdDecompressSync(bytes),
  BROTLI: (bytes: Uint8Array) => brotliDecompressSync(bytes),
};

/** Rows of a row group that are held at once; a group is unpacked anew for each so many. */
const SLICE_ROWS = 2 ** 19;

export async function* readParquet(file: InputFile): AsyncGenerator<FileRecord[]> {
  const bytes = await openAnywhere(file);
  try {
    const metadata = await hyparquet().parquetMetadataAsync(bytes);
    // The library makes doubles of decimals: taken as plain numbers and bytes, they are put together here.
    const scales = new Map(metadata.schema.filter((element) => element.converted_type === "DECIMAL").map(asPlain));
    const names = hyparquet().parquetSchema(metadata).children.map(({ element }) => element.name);
    let start = 0;
    for (const { num_rows } of metadata.row_groups) {
      const end = start + Number(num_rows);
      for (; start < end; start += Math.min(SLICE_ROWS, end - start)) yield* recordsOf(await readSlice(bytes, metadata, names, scales, start, Math.min(end, start + SLICE_ROWS)), start);
    }
  } catch (error) {
    if (error instanceof TracewireError) throw error;
    throw new TracewireError("BAD_INPUT", { what: `It cannot be read as Parquet: ${(error as Error).message}`, where: file.name, cause: error });
  } finally {
    bytes.close();
  }
}

type Columns = ReadonlyMap<string, readonly unknown[]>;

/** Rows [start, end) of one group, column by column: what a column was unpacked from is given back before the next. */
async function readSlice(file: AsyncBuffer, metadata: FileMetaData, names: readonly string[], scales: ReadonlyMap<string, number>, start: number, end: number): Promise<Columns> {
  const columns = new Map<string, unknown[]>();
  for (const name of names) {
    const values = new Array<unknown>(end - start);
    await hyparquet().parquetRead({
      file,
      metadata,
      columns: [name],
      rowStart: start,
      rowEnd: end,
      compressors: COMPRESSORS,
      utf8: false,
      onChunk({ columnData, rowStart }) {
        // Pages may begin before the first row that is wanted, and end behind the last.
        for (let at = Math.max(0, start - rowStart); at < columnData.length && rowStart + at < end; at++) values[rowStart + at - start] = plainValue(columnData[at], scales.get(name));
      },
    });
    columns.set(name, values);
  }
  return columns;
}

function* recordsOf(columns: Columns, start: number): Generator<FileRecord[]> {
  const count = [...columns.values()][0]?.length ?? 0;
  for (let from = 0; from < count; from += BATCH_ROWS) {
    const batch: FileRecord[] = [];
    for (let at = from; at < Math.min(from + BATCH_ROWS, count); at++) {
      const value: Record<string, unknown> = {};
      for (const [name, values] of columns) value[name] = values[at];
      batch.push({ line: start + at + 1, value });
    }
    yield batch;
  }
}

function asPlain(element: SchemaElement): [string, number] {
  delete element.converted_type;
  delete element.logical_type;
  return [element.name, element.scale ?? 0];
}

function plainValue(value: unknown, scale: number | undefined): unknown {
  if (value instanceof Uint8Array) return scale === undefined ? `0x${Buffer.from(value).toString("hex")}` : decimalText(signed(value), scale);
  if (typeof value === "bigint" || (typeof value === "number" && scale !== undefined)) return decimalText(BigInt(value), scale ?? 0);
  if (value instanceof Date) return value.toISOString();
  return value;
}

/** Two's complement, the largest byte first. */
const signed = (bytes: Uint8Array): bigint => (bytes.length === 0 ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString("hex")}`)));

function decimalText(value: bigint, scale: number): string {
  if (scale === 0) return String(value);
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, "0");
  const fraction = digits.slice(-scale).replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -scale)}${fraction === "" ? "" : `.${fraction}`}`;
}

/** What a Parquet file says of itself stands at its end: it is put aside while it comes in, and read there in any order. */
async function openAnywhere(file: InputFile): Promise<AsyncBuffer & { close(): void }> {
  const path = file.temporary?.();
  const handle = path === undefined ? undefined : openSync(path, "wx+", 0o600);
  const close = (): void => {
    if (handle === undefined) return;
    closeSync(handle);
    rmSync(path!, { force: true });
  };
  const pieces: Buffer[] = [];
  let byteLength = 0;
  try {
    for await (const piece of file.pieces()) {
      byteLength += piece.length;
      if (handle !== undefined) writeWhole(handle, piece);
      else if (byteLength <= HELD_BYTES_MAX) pieces.push(Buffer.from(piece));
      else throw new TracewireError("BAD_INPUT", { what: `A Parquet file is held whole here, and this one has more than ${HELD_BYTES_MAX} bytes`, where: file.name, hint: "Split it." });
    }
  } catch (error) {
    close();
    throw error;
  }
  const whole = Buffer.concat(pieces);
  return {
    byteLength,
    async slice(from, to = byteLength) {
      const length = Math.max(0, Math.min(to, byteLength) - from);
      const bytes = new Uint8Array(length);
      if (handle === undefined) bytes.set(whole.subarray(from, from + length));
      else for (let at = 0, read = -1; at < length && read !== 0; at += read) read = readSync(handle, bytes, at, length - at, from + at);
      return bytes.buffer;
    },
    close,
  };
}

function writeWhole(handle: number, piece: Uint8Array): void {
  for (let at = 0; at < piece.length; ) at += writeSync(handle, piece, at);
}
