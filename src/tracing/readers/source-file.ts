// A file as its readers see it: unpacked by what its first bytes say it is, from a path or from a stored blob.
import { closeSync, openSync, readSync } from "node:fs";
import { pipeline, Readable, type Duplex } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { TracewireError } from "../../errors.ts";
import type { InputFile } from "./reader.ts";

export type SourceFile = { name: string; raw(): Iterable<Uint8Array> };

/** A transaction's input, which may be long, stands before columns that tell its table. */
const HEAD_BYTES = 65_536;
const PIECE_BYTES = 1024 * 1024;

/** What a packed file expands to at most: rows are streamed, so this bounds the day, not the memory. */
const UNPACKED_BYTES_MAX = 2 ** 40;

/** Name without the ending of its packing; bytes unpacked. A fault of unpacking is BAD_INPUT with the file's name. */
export function unpacked(file: SourceFile): InputFile {
  return {
    name: file.name,
    async *pieces() {
      const raw = file.raw();
      const unpacker = unpackerOf(firstBytes(raw));
      if (!unpacker) return yield* file.raw();
      const stream = pipeline(Readable.from(copied(file.raw())), unpacker, () => {}) as Duplex;
      let count = 0;
      try {
        for await (const piece of stream as AsyncIterable<Uint8Array>) {
          count += piece.length;
          if (count > UNPACKED_BYTES_MAX) throw new TracewireError("BAD_INPUT", { what: `It unpacks to more than ${UNPACKED_BYTES_MAX} bytes`, where: file.name });
          yield piece;
        }
      } catch (error) {
        if (error instanceof TracewireError) throw error;
        throw new TracewireError("BAD_INPUT", { what: `It cannot be unpacked: ${(error as Error).message}`, where: file.name, cause: error });
      }
    },
  };
}

export const plainName = (name: string): string => name.replace(/\.(gz|zst)$/, "");

/** The beginning of a file's text, to tell what it is. */
export async function headOf(file: InputFile): Promise<string> {
  for await (const piece of file.pieces()) return Buffer.from(piece.subarray(0, HEAD_BYTES)).toString();
  return "";
}

export function fileOnDisk(path: string, name: string): SourceFile {
  return {
    name,
    *raw() {
      let handle: number;
      try {
        handle = openSync(path, "r");
      } catch (error) {
        throw new TracewireError("NOT_FOUND", { what: "This cannot be read", where: path, cause: error });
      }
      try {
        const piece = Buffer.allocUnsafe(PIECE_BYTES);
        for (let read = readSync(handle, piece); read > 0; read = readSync(handle, piece)) yield piece.subarray(0, read);
      } finally {
        closeSync(handle);
      }
    },
  };
}

function firstBytes(pieces: Iterable<Uint8Array>): Uint8Array {
  for (const piece of pieces) return Uint8Array.from(piece.subarray(0, 4));
  return new Uint8Array();
}

function unpackerOf([a, b, c, d]: Uint8Array): Duplex | undefined {
  if (a === 0x1f && b === 0x8b) return createGunzip();
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return createZstdDecompress();
  return undefined;
}

/** A stream holds pieces for a while, and ours are good only until the next is asked for. */
function* copied(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  for (const piece of pieces) yield Buffer.from(piece);
}
