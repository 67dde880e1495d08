// Rows of a large set in a file of their own beside the log's database: frames of zstd, each with its checksum, rows as
// lines in canonical order. It is written once, named by the Merkle root of its rows, and can be made again from the
// captures: a cache, not evidence.
import { closeSync, existsSync, fsyncSync, openSync, readSync, readdirSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { diskFault, growRoot } from "../evidence/evidence.ts";
import type { SortedRow } from "./row-sorter.ts";
import { temporaryPath } from "./temporary-files.ts";

const MAGIC = "TWSEG1\n";
const FRAME_CHARS = 2_000_000;
const FRAME_BYTES_MAX = 2 ** 31 - 1;
const PACKING = { params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 } };

export const segmentPath = (folder: string, rows_root: string): string => join(folder, "segments", `${rows_root}.rows`);

export type SegmentWriter = {
  add(row: SortedRow): void;
  /** The rows written so far, in order. */
  rows(): Iterable<SortedRow>;
  /** Puts the file under its name; on the disk when this returns. */
  keep(rows_root: string): void;
  /** Takes away what was not kept. */
  close(): void;
};

export function createSegmentWriter(folder: string): SegmentWriter {
  const temporary = temporaryPath(folder, "segment");
  let lines: string[] = [];
  let chars = 0;
  let count = 0;
  let handle: number | undefined;
  const write = (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length; ) at += writeSync(handle!, bytes, at);
  };
  const flush = () => {
    if (lines.length === 0) return;
    const frame = zstdCompressSync(Buffer.from(lines.join("\n")), PACKING);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(frame.length);
    write(length);
    write(frame);
    lines = [];
    chars = 0;
  };
  const guard = <T>(run: () => T): T => {
    try {
      return run();
    } catch (error) {
      throw diskFault(error, temporary);
    }
  };
  const end = () =>
    guard(() => {
      flush();
      const footer = Buffer.alloc(12);
      footer.writeBigUInt64LE(BigInt(count), 4);
      write(footer);
      fsyncSync(handle!);
      closeSync(handle!);
      handle = undefined;
    });
  guard(() => {
    handle = openSync(temporary, "wx");
    write(Buffer.from(MAGIC));
  });
  return {
    add({ text, file, line }) {
      lines.push(`${file}\t${line}\t${text}`);
      chars += text.length;
      count += 1;
      if (chars >= FRAME_CHARS) guard(flush);
    },
    rows() {
      if (handle !== undefined) end();
      return readRows(temporary);
    },
    keep(rows_root) {
      if (handle !== undefined) end();
      guard(() => {
        const path = segmentPath(folder, rows_root);
        renameSync(temporary, path);
        const parent = openSync(join(path, ".."), "r");
        fsyncSync(parent);
        closeSync(parent);
      });
    },
    close() {
      if (handle !== undefined) closeSync(handle);
      rmSync(temporary, { force: true });
    },
  };
}

export class SegmentDamaged extends Error {}

/** Rows in order; undefined where there is no such file. Throws SegmentDamaged where it is cut or its bytes have changed. */
export function readSegment(folder: string, rows_root: string): Iterable<SortedRow> | undefined {
  const path = segmentPath(folder, rows_root);
  return existsSync(path) ? readRows(path) : undefined;
}

/** Root of the rows in a set's segment file; undefined where there is none, "damaged" where it cannot be read. */
export function storedSegmentRoot(folder: string, { stored, rows_root }: { stored: "rows" | "segment"; rows_root: string }): string | undefined {
  const rows = stored === "segment" ? readSegment(folder, rows_root) : undefined;
  if (!rows) return undefined;
  const root = growRoot();
  try {
    for (const { text } of rows) root.add(Buffer.from(text));
  } catch (error) {
    if (error instanceof SegmentDamaged) return "damaged";
    throw error;
  }
  return root.hex();
}

/** Takes away files that no set names any more: what an erasure forgets must not live on in a cache. */
export function sweepSegments(folder: string, sets: readonly { rows_root: string }[]): void {
  const named = new Set(sets.flatMap(({ rows_root }) => [`${rows_root}.rows`, `${rows_root}.columns`]));
  const own = join(folder, "segments");
  if (!existsSync(own)) return;
  for (const name of readdirSync(own)) if (/\.(rows|columns)$/.test(name) && !named.has(name)) rmSync(join(own, name), { recursive: true, force: true });
}

function* readRows(path: string): Generator<SortedRow> {
  const handle = openSync(path, "r");
  const read = (length: number): Buffer => {
    const bytes = Buffer.allocUnsafe(length);
    for (let at = 0; at < length; ) {
      const got = readSync(handle, bytes, at, length - at, null);
      if (got === 0) throw new SegmentDamaged(`${path} is cut off`);
      at += got;
    }
    return bytes;
  };
  try {
    if (read(MAGIC.length).toString() !== MAGIC) throw new SegmentDamaged(`${path} is no file of rows`);
    let count = 0;
    for (;;) {
      const length = read(4).readUInt32LE();
      if (length === 0) break;
      if (length > FRAME_BYTES_MAX) throw new SegmentDamaged(`${path} has a frame of ${length} bytes`);
      const packed = read(length);
      let frame: Buffer;
      try {
        frame = zstdDecompressSync(packed);
      } catch (error) {
        throw new SegmentDamaged(`${path}: ${(error as Error).message}`);
      }
      for (const line of frame.toString().split("\n")) {
        const [first, second] = [line.indexOf("\t"), line.indexOf("\t", line.indexOf("\t") + 1)];
        yield { file: Number(line.slice(0, first)), line: Number(line.slice(first + 1, second)), text: line.slice(second + 1) };
        count += 1;
      }
    }
    if (read(8).readBigUInt64LE() !== BigInt(count)) throw new SegmentDamaged(`${path} has ${count} rows, and says otherwise`);
  } finally {
    closeSync(handle);
  }
}
