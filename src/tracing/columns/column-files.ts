// Columns in a folder: a manifest and raw numbers, read straight into shared memory, so that worker threads can read one
// copy. What lies there is a cache of rows that stand elsewhere: a file that is cut, foreign or of another version is
// refused whole, never repaired, and can be made again.
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readFileSync, readSync, writeFileSync, writeSync } from "node:fs";
import { endianness } from "node:os";
import { basename, join } from "node:path";
import { crc32 } from "node:zlib";
import { TracewireError } from "../../errors.ts";

/** Read and checked piece by piece, while a piece is still in the processor's cache. */
const PIECE = 1 << 20;

type Column = { bytes: number; crc32: number };
type Head = { magic: string; version: number; endian: string; columns: Record<string, Column> };
export type Kind = { magic: string; version: number; manifest: string };
export type Values = { buffer: ArrayBufferLike; byteOffset: number; byteLength: number };

/** Into a folder that is new; whoever calls moves it to its name when it is whole. Absent columns are left out. */
export function writeColumns(folder: string, { magic, version, manifest }: Kind, columns: Readonly<Record<string, Values | undefined>>, rest: object): void {
  mkdirSync(folder, { recursive: true });
  const written: Record<string, Column> = {};
  for (const [name, values] of Object.entries(columns)) if (values) written[name] = writeColumn(join(folder, name), new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  const text = JSON.stringify({ magic, version, endian: endianness(), ...rest, columns: written });
  writeFileSync(join(folder, manifest), `${crc32(text)}\n${text}`);
}

export type OpenedColumns<Rest> = {
  rest: Rest;
  /** Of a column: how many bytes were written; undefined where there is none. */
  bytesOf(name: string): number | undefined;
  /** Whole, and as it was written; `bytes` is what it should have by the counts. */
  read(name: string, bytes: number): SharedArrayBuffer;
  damaged(what: string): never;
};

/** Throws INDEX_DAMAGED. */
export function openColumns<Rest>(folder: string, { magic, version, manifest: file }: Kind): OpenedColumns<Rest> {
  const damaged = (what: string): never => {
    throw new TracewireError("INDEX_DAMAGED", { what: `${basename(folder)}: ${what}` });
  };
  const path = join(folder, file);
  if (!existsSync(path)) damaged(`${file} is missing`);
  const [sum, text = ""] = readFileSync(path, "utf8").split("\n");
  if (Number(sum) !== crc32(text)) damaged(`${file} is not what was written: its checksum differs`);
  const rest = JSON.parse(text) as Head & Rest;
  if (rest.magic !== magic || rest.version !== version) damaged(`it is of another kind or version (${rest.magic}, ${rest.version})`);
  if (rest.endian !== endianness()) damaged(`it was written on a machine of the other byte order`);
  return {
    rest,
    bytesOf: (name) => rest.columns[name]?.bytes,
    read: (name, bytes) => readColumn(join(folder, name), name, rest.columns[name], bytes, damaged),
    damaged,
  };
}

function writeColumn(path: string, bytes: Uint8Array): Column {
  const file = openSync(path, "wx");
  let sum = 0;
  try {
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + PIECE);
      sum = crc32(piece, sum);
      let written = 0;
      while (written < piece.length) written += writeSync(file, piece, written);
      at += piece.length;
    }
  } finally {
    closeSync(file);
  }
  return { bytes: bytes.length, crc32: sum };
}

function readColumn(path: string, name: string, column: Column | undefined, bytes: number, damaged: (what: string) => never): SharedArrayBuffer {
  if (!column || column.bytes !== bytes) return damaged(`${name} should have ${bytes} bytes by its counts, and has ${column?.bytes ?? "no place in the manifest"}`);
  if (!existsSync(path)) damaged(`${name} is missing`);
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    if (size !== bytes) damaged(`${name} has ${size} bytes instead of ${bytes}`);
    const buffer = new SharedArrayBuffer(bytes);
    const target = new Uint8Array(buffer);
    let sum = 0;
    for (let at = 0; at < bytes; ) {
      const got = readSync(file, target, at, Math.min(PIECE, bytes - at), at);
      if (got === 0) damaged(`${name} ends at byte ${at}`);
      sum = crc32(target.subarray(at, at + got), sum);
      at += got;
    }
    if (sum !== column.crc32) damaged(`${name} is not what was written: its checksum differs`);
    return buffer;
  } finally {
    closeSync(file);
  }
}
