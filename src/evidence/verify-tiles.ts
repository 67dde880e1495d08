// Which files a log of a given size has under log/tile (c2sp.org/tlog-tiles), what is in them, and what the
// ones on disk say about single leaves: a second witness when the database and a checkpoint disagree.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { hashLeaf, hashNode } from "./verify-tree.ts";

const WIDTH = 256;
const HASH = 32;
const ENTRY_TILE_BYTES_MAX = WIDTH * (2 + 0xffff);

/** Leaf data and leaf hashes of entries 0…capacity, packed; `has` says which of them are there. */
export type LeafTable = { capacity: number; data: Buffer; hashes: Buffer; has: Uint8Array };

export function newLeafTable(capacity: number): LeafTable {
  return { capacity, data: Buffer.alloc(capacity * HASH), hashes: Buffer.alloc(capacity * HASH), has: new Uint8Array(capacity) };
}

export function setLeaf(table: LeafTable, index: number, data: Uint8Array): void {
  table.data.set(data, index * HASH);
  table.hashes.set(hashLeaf(data), index * HASH);
  table.has[index] = 1;
}

export function leafHashAt(table: LeafTable, index: number): Buffer | undefined {
  return index < table.capacity && table.has[index] ? table.hashes.subarray(index * HASH, (index + 1) * HASH) : undefined;
}

/** Every tile of a log of `size` leaves: its path below log/, and its bytes where all its leaves are known. */
export function* expectedTiles(size: number, table: LeafTable): Generator<{ path: string; bytes: Buffer | undefined }> {
  for (let first = 0; first < size; first += WIDTH) {
    const width = Math.min(WIDTH, size - first);
    yield {
      path: pathOf("entries", first / WIDTH, width),
      bytes: isKnown(table, first, width) ? entryTile(table, first, width) : undefined,
    };
  }
  let row: Buffer = table.hashes;
  let known: Uint8Array = table.has;
  // Level L+1 has one hash for each full tile of level L; it stops where there is none.
  for (let level = 0, count = size; count > 0; level++, count = Math.floor(count / WIDTH)) {
    const tiles = Math.ceil(count / WIDTH);
    const next = Buffer.alloc(tiles * HASH);
    const nextKnown = new Uint8Array(tiles);
    for (let tile = 0; tile < tiles; tile++) {
      const width = Math.min(WIDTH, count - tile * WIDTH);
      const whole = known.subarray(tile * WIDTH, tile * WIDTH + width);
      const bytes = row.subarray(tile * WIDTH * HASH, (tile * WIDTH + width) * HASH);
      const isWhole = whole.length === width && whole.every((has) => has === 1);
      if (isWhole && width === WIDTH) {
        next.set(rootOfFullTile(bytes), tile * HASH);
        nextKnown[tile] = 1;
      }
      yield { path: pathOf(String(level), tile, width), bytes: isWhole ? bytes : undefined };
    }
    row = next;
    known = nextKnown;
  }
}

/** What the tiles on disk say leaf `index` is, whatever size they were written at. */
export type LeafWitness = { data(index: number): Buffer | undefined; hash(index: number): Buffer | undefined };

export function openLeafWitness(folder: string): LeafWitness {
  const cached = new Map<string, Buffer[]>();
  const tile = (level: string, index: number): Buffer[] => {
    const known = cached.get(level);
    const name = `${level}/${index}`;
    if (known && cachedName.get(level) === name) return known;
    const parsed = parseTile(level, readAnyWidth(folder, level, index));
    cached.set(level, parsed);
    cachedName.set(level, name);
    return parsed;
  };
  const cachedName = new Map<string, string>();
  return {
    data: (index) => tile("entries", Math.floor(index / WIDTH))[index % WIDTH],
    hash: (index) => tile("0", Math.floor(index / WIDTH))[index % WIDTH],
  };
}

function parseTile(level: string, bytes: Buffer | undefined): Buffer[] {
  const leaves: Buffer[] = [];
  if (!bytes) return leaves;
  const prefix = level === "entries" ? 2 : 0;
  for (let at = 0; at + prefix + HASH <= bytes.length && leaves.length < WIDTH; at += prefix + HASH) {
    if (prefix && bytes.readUInt16BE(at) !== HASH) break;
    leaves.push(bytes.subarray(at + prefix, at + prefix + HASH));
  }
  return leaves;
}

function readAnyWidth(folder: string, level: string, index: number): Buffer | undefined {
  const full = join(folder, "log", pathOf(level, index, WIDTH));
  const whole = readSmall(full);
  if (whole) return whole;
  let widths: string[] = [];
  try {
    widths = readdirSync(`${full}.p`).filter((width) => /^[1-9][0-9]{0,2}$/.test(width));
  } catch {
    return undefined; // no such tile at any width
  }
  const widest = widths.sort((a, b) => Number(b) - Number(a))[0];
  return widest === undefined ? undefined : readSmall(join(`${full}.p`, widest));
}

function readSmall(path: string): Buffer | undefined {
  try {
    const bytes = readFileSync(path);
    return bytes.length <= ENTRY_TILE_BYTES_MAX ? bytes : undefined;
  } catch {
    return undefined;
  }
}

function entryTile(table: LeafTable, first: number, width: number): Buffer {
  const bytes = Buffer.alloc(width * (HASH + 2));
  for (let at = 0; at < width; at++) {
    bytes.writeUInt16BE(HASH, at * (HASH + 2));
    table.data.copy(bytes, at * (HASH + 2) + 2, (first + at) * HASH, (first + at + 1) * HASH);
  }
  return bytes;
}

function isKnown(table: LeafTable, first: number, width: number): boolean {
  for (let at = first; at < first + width; at++) if (!table.has[at]) return false;
  return true;
}

function rootOfFullTile(bytes: Buffer): Buffer {
  let hashes = Array.from({ length: WIDTH }, (_, at) => bytes.subarray(at * HASH, (at + 1) * HASH));
  for (; hashes.length > 1;) hashes = hashes.filter((_, at) => at % 2 === 0).map((left, at) => hashNode(left, hashes[2 * at + 1]!));
  return hashes[0]!;
}

/** Index in groups of three digits, all but the last marked with x; partial tiles end in .p/<width>. */
function pathOf(level: string, index: number, width: number): string {
  let name = String(index % 1000).padStart(3, "0");
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    name = `x${String(rest % 1000).padStart(3, "0")}/${name}`;
  return `tile/${level}/${name}${width === WIDTH ? "" : `.p/${width}`}`;
}
