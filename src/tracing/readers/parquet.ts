// Parquet files as records. Numbers keep every digit: decimals and wide integers come as text, bytes of an address or an
// id as hexadecimal. The file is held whole, packed as it is; rows are unpacked group by group.
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import type { SchemaElement } from "hyparquet";
import { TracewireError } from "../../errors.ts";
import type { InputFile } from "./reader.ts";
import type { FileRecord } from "./records.ts";
import { lazily } from "../../lazy.ts";

const hyparquet = lazily<typeof import("hyparquet")>(import.meta.url, "hyparquet");

const FILE_BYTES_MAX = 2 ** 30;
const BATCH_ROWS = 20_000;

const COMPRESSORS = {
  GZIP: (bytes: Uint8Array) => gunzipSync(bytes),
  ZSTD: (bytes: Uint8Array) => zstdDecompressSync(bytes),
  BROTLI: (bytes: Uint8Array) => brotliDecompressSync(bytes),
};

export async function* readParquet(file: InputFile): AsyncGenerator<FileRecord[]> {
  const bytes = await wholeFile(file);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  try {
    const metadata = hyparquet().parquetMetadata(buffer);
    // The library makes doubles of decimals: taken as plain numbers and bytes, they are put together here.
    const scales = new Map(metadata.schema.filter((element) => element.converted_type === "DECIMAL").map(asPlain));
    const total = Number(metadata.num_rows);
    for (let start = 0; start < total; start += BATCH_ROWS) {
      const rows = await hyparquet().parquetReadObjects({
        file: buffer,
        metadata,
        rowStart: start,
        rowEnd: Math.min(start + BATCH_ROWS, total),
        compressors: COMPRESSORS,
        utf8: false,
      });
      yield rows.map((row, at) => ({
        line: start + at + 1,
        value: Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plainValue(value, scales.get(name))])),
      }));
    }
  } catch (error) {
    if (error instanceof TracewireError) throw error;
    throw new TracewireError("BAD_INPUT", { what: `It cannot be read as Parquet: ${(error as Error).message}`, where: file.name, cause: error });
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

async function wholeFile(file: InputFile): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let count = 0;
  for await (const piece of file.pieces()) {
    count += piece.length;
    if (count > FILE_BYTES_MAX)
      throw new TracewireError("BAD_INPUT", { what: `A Parquet file is held whole, and this one has more than ${FILE_BYTES_MAX} bytes`, where: file.name, hint: "Split it." });
    pieces.push(Buffer.from(piece));
  }
  return Buffer.concat(pieces);
}
