// A segment as a folder: a manifest and raw columns, read straight into shared memory, so that worker threads can trace
// over one copy. The index is a cache of transfers that stand elsewhere: a file that is cut, foreign or of another
// version is refused whole, never repaired, and can be built again.
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readFileSync, readSync, renameSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { endianness } from "node:os";
import { basename, join } from "node:path";
import { crc32 } from "node:zlib";
import { TracewireError } from "../../errors.ts";
import { AMOUNT, ENTRY, RECORD, recordsOver, type Ledger, type Segment } from "./fast-index.ts";
import { openingBalance } from "./build-segment.ts";

const MAGIC = "tracewire transfer index";
const VERSION = 1;
const MANIFEST = "segment.json";
/** Read and checked piece by piece, while a piece is still in the processor's cache. */
const PIECE = 1 << 20;

type Column = { bytes: number; crc32: number };
type Manifest = {
  magic: typeof MAGIC;
  version: number;
  endian: string;
  rows: number;
  first_row: number;
  accounts: number;
  columns: Record<string, Column>;
  wide: number[];
  fee_takers: number[];
};

/** Writes a new folder; it is there whole or not at all. Refuses a folder that exists. */
export function saveSegment(folder: string, segment: Segment): void {
  if (existsSync(folder)) throw new TracewireError("BAD_ARGUMENT", { what: `${folder} exists; a segment is never written again` });
  const making = `${folder}.part`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true });
  const ledger = segment.ledger();
  const givenBy = segment.givenBy();
  const columns: Record<string, Column> = {};
  for (const [name, values] of Object.entries({
    records: segment.records.words,
    starts: segment.starts,
    givers: segment.givers,
    ledger: ledger?.values,
    closing: ledger?.closing,
    given_by: givenBy,
  }))
    if (values) columns[name] = writeColumn(join(making, name), new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  const { rows, first_row, accounts, wide, fee_takers } = segment;
  const manifest: Manifest = { magic: MAGIC, version: VERSION, endian: endianness(), rows, first_row, accounts, columns, wide: [...wide], fee_takers: [...fee_takers] };
  const text = JSON.stringify(manifest);
  writeFileSync(join(making, MANIFEST), `${crc32(text)}\n${text}`);
  renameSync(making, folder);
}

/** Opens a segment, and those before it, in order. Exact columns are read when a trace first asks for them. Throws INDEX_DAMAGED. */
export function openSegments(folders: readonly string[]): Segment[] {
  const opened: Segment[] = [];
  for (const folder of folders) {
    const before = opened.at(-1);
    const segment = openSegment(folder, before);
    const expected = before ? before.first_row + before.rows : 0;
    if (segment.first_row !== expected) damaged(folder, `starts at row ${segment.first_row}, but the segment before it ends at ${expected}`);
    opened.push(segment);
  }
  return opened;
}

function openSegment(folder: string, before?: Segment): Segment {
  const manifest = readManifest(folder);
  const { rows, first_row, accounts, columns } = manifest;
  const read = (name: string, bytes: number): SharedArrayBuffer => readColumn(folder, name, columns[name], bytes);
  const givers = columns.givers ? new Int32Array(read("givers", columns.givers.bytes)) : undefined;
  const count = givers ? givers.length : accounts;
  let ledger: Ledger | undefined;
  let givenBy: Int32Array | undefined;
  const one = new DataView(new ArrayBuffer(16));
  const readAt = (name: string, at: number, bytes: number): DataView => {
    const file = openSync(join(folder, name), "r");
    const got = readSync(file, one, 0, bytes, at);
    closeSync(file);
    if (got !== bytes) damaged(folder, `${name} ends before byte ${at + bytes}`);
    return one;
  };
  return {
    rows,
    first_row,
    accounts,
    givers,
    starts: new Int32Array(read("starts", 4 * (count + 1))),
    records: recordsOver(read("records", 4 * RECORD * rows)),
    wide: new Set(manifest.wide),
    fee_takers: new Set(manifest.fee_takers),
    ledger() {
      if (!columns.ledger) return undefined;
      return (ledger ??= {
        values: new Float64Array(read("ledger", 8 * ENTRY * rows)),
        closing: new Float64Array(read("closing", 32 * accounts)),
      });
    },
    givenBy: () => (columns.given_by ? (givenBy ??= new Int32Array(read("given_by", 4 * rows))) : undefined),
    giverOf: (row) => readAt("given_by", 4 * row, 4).getInt32(0, true),
    openingBalance: (account) => openingBalance(account, before),
    amountOf(record) {
      const pair = readAt("ledger", 8 * (ENTRY * record + AMOUNT), 16);
      return [pair.getFloat64(0, true), pair.getFloat64(8, true)];
    },
  };
}

function writeColumn(path: string, bytes: Uint8Array): Column {
  const file = openSync(path, "wx");
  let sum = 0;
  for (let at = 0; at < bytes.length; ) {
    const piece = bytes.subarray(at, at + PIECE);
    sum = crc32(piece, sum);
    let written = 0;
    while (written < piece.length) written += writeSync(file, piece, written);
    at += piece.length;
  }
  closeSync(file);
  return { bytes: bytes.length, crc32: sum };
}

function readColumn(folder: string, name: string, column: Column | undefined, bytes: number): SharedArrayBuffer {
  if (!column || column.bytes !== bytes) damaged(folder, `${name} should have ${bytes} bytes by its counts, and has ${column?.bytes ?? "no place in the manifest"}`);
  if (!existsSync(join(folder, name))) damaged(folder, `${name} is missing`);
  const file = openSync(join(folder, name), "r");
  try {
    const { size } = fstatSync(file);
    if (size !== bytes) damaged(folder, `${name} has ${size} bytes instead of ${bytes}`);
    const buffer = new SharedArrayBuffer(bytes);
    const target = new Uint8Array(buffer);
    let sum = 0;
    for (let at = 0; at < bytes; ) {
      const got = readSync(file, target, at, Math.min(PIECE, bytes - at), at);
      if (got === 0) damaged(folder, `${name} ends at byte ${at}`);
      sum = crc32(target.subarray(at, at + got), sum);
      at += got;
    }
    if (sum !== column.crc32) damaged(folder, `${name} is not what was written: its checksum differs`);
    return buffer;
  } finally {
    closeSync(file);
  }
}

function readManifest(folder: string): Manifest {
  const path = join(folder, MANIFEST);
  if (!existsSync(path)) damaged(folder, `${MANIFEST} is missing`);
  const [sum, text = ""] = readFileSync(path, "utf8").split("\n");
  if (Number(sum) !== crc32(text)) damaged(folder, `${MANIFEST} is not what was written: its checksum differs`);
  const manifest = JSON.parse(text) as Manifest;
  if (manifest.magic !== MAGIC || manifest.version !== VERSION) damaged(folder, `it is of another kind or version (${manifest.magic}, ${manifest.version})`);
  if (manifest.endian !== endianness()) damaged(folder, `it was written on a machine of the other byte order`);
  return manifest;
}

function damaged(folder: string, what: string): never {
  throw new TracewireError("INDEX_DAMAGED", { what: `${basename(folder)}: ${what}` });
}
