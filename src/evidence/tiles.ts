// The log as static files (C2SP tlog-tiles): tile/<L>/<N>[.p/<W>] holds up to 256 hashes of level 8·L,
// tile/entries/<N>[.p/<W>] the leaf data, each with a 16-bit length. They are a cache: the files on disk are a
// function of the leaves and the size alone, so they can be deleted and come back byte for byte.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole, type FileSystem } from "./file-system.ts";
import { HASH_BYTES, leafHash, nodeHash } from "./merkle.ts";

export const TILE_WIDTH = 256;
const LEVEL_MAX = 7; // 256^8 leaves

export type LeafData = (start: number, end: number) => Uint8Array[];

/** Path under the tile root, e.g. `0/x001/234.p/8` or `entries/000`. */
export function tilePath(level: number | "entries", index: number, width: number): string {
  const digits = String(index).padStart(Math.ceil(String(index).length / 3) * 3, "0");
  const groups = digits.match(/.{3}/g)!;
  const name = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join("/");
  return `${level}/${name}${width < TILE_WIDTH ? `.p/${width}` : ""}`;
}

export type TileName = { level: number | "entries"; index: number; width: number };

export function parseTilePath(path: string): TileName | undefined {
  const match = /^(entries|[0-7])\/((?:x\d{3}\/)*)(\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path);
  if (!match) return undefined;
  const index = Number(match[2]!.replace(/[x/]/g, "") + match[3]);
  const width = match[4] === undefined ? TILE_WIDTH : Number(match[4]);
  const name: TileName = { level: match[1] === "entries" ? "entries" : Number(match[1]), index, width };
  // One path per tile: leading groups of zeros and a partial of full width are not names.
  return width <= TILE_WIDTH && tilePath(name.level, index, width) === path ? name : undefined;
}

/** The tiles that a log of `size` leaves has on disk: full ones and, at each right edge, one partial. */
export function* tilesOf(size: number, firstNew = 0): Generator<TileName> {
  for (const level of ["entries", 0, 1, 2, 3, 4, 5, 6, 7] as const) {
    const span = level === "entries" ? 1 : TILE_WIDTH ** level;
    const hashes = Math.floor(size / span);
    const first = Math.floor(Math.floor(firstNew / span) / TILE_WIDTH);
    for (let index = first; index * TILE_WIDTH < hashes; index++)
      yield { level, index, width: Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH) };
  }
}

/** Bytes of one tile, from leaf data alone. */
export function tileBytes(name: TileName, leafData: LeafData): Uint8Array {
  if (name.level === "entries") {
    const first = name.index * TILE_WIDTH;
    return Buffer.concat(leafData(first, first + name.width).flatMap((data) => [Uint8Array.of(data.length >> 8, data.length & 255), data]));
  }
  assert(name.level <= LEVEL_MAX);
  const level = name.level;
  return Buffer.concat(Array.from({ length: name.width }, (_, at) => completeSubtree(level, name.index * TILE_WIDTH + at, leafData)));
}

/** Root of the complete subtree of 256^level leaves that starts at index·256^level. */
export function completeSubtree(level: number, index: number, leafData: LeafData): Uint8Array {
  if (level === 0) return leafHash(leafData(index, index + 1)[0]!);
  let row =
    level === 1
      ? leafData(index * TILE_WIDTH, (index + 1) * TILE_WIDTH).map(leafHash)
      : Array.from({ length: TILE_WIDTH }, (_, at) => completeSubtree(level - 1, index * TILE_WIDTH + at, leafData));
  while (row.length > 1) row = Array.from({ length: row.length / 2 }, (_, at) => nodeHash(row[2 * at]!, row[2 * at + 1]!));
  return row[0]!;
}

/**
 * Root of a complete subtree as a tile on disk has it, so that a first proof does not hash every leaf again; undefined
 * where the tile is not there. `size` is that of the whole log. Tiles are caches: `verify` compares them.
 */
export function tileHash(folder: string, level: number, index: number, size: number): Uint8Array | undefined {
  if (level === 0) return undefined;
  const tile = Math.floor(index / TILE_WIDTH);
  const width = Math.min(TILE_WIDTH, Math.floor(size / TILE_WIDTH ** level) - tile * TILE_WIDTH);
  try {
    const bytes = readFileSync(join(folder, "log", "tile", tilePath(level, tile, width)));
    const at = (index % TILE_WIDTH) * HASH_BYTES;
    return bytes.length === width * HASH_BYTES ? bytes.subarray(at, at + HASH_BYTES) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Writes the tiles that are new or wider since `oldSize`, then removes the partials they replace.
 * A cut in between leaves a stale partial or a missing tile; `repairTiles` mends both.
 */
export function writeTiles(files: FileSystem, folder: string, oldSize: number, size: number, leafData: LeafData): void {
  for (const name of tilesOf(size, oldSize)) {
    const path = join(folder, "log", "tile", tilePath(name.level, name.index, name.width));
    if (!files.exists(path)) writeTile(files, folder, path, tileBytes(name, leafData));
    const partials = join(folder, "log", "tile", `${tilePath(name.level, name.index, TILE_WIDTH)}.p`);
    const stale = files.list(partials).filter((width) => Number(width) !== name.width);
    for (const width of stale) files.unlink(join(partials, width));
    if (stale.length > 0 && name.width === TILE_WIDTH) files.removeFolder(partials);
  }
}

/**
 * Compares tiles with the leaves and writes again what differs; returns the paths it wrote. A tile is put in place whole or
 * not at all, so of the leaves below `written` (those whose tiles were written before) it is enough that it is there.
 */
export function repairTiles(files: FileSystem, folder: string, size: number, leafData: LeafData, written = 0): string[] {
  const mended: string[] = [];
  for (const name of tilesOf(size)) {
    const path = join(folder, "log", "tile", tilePath(name.level, name.index, name.width));
    const span = name.level === "entries" ? 1 : TILE_WIDTH ** name.level;
    if ((name.index * TILE_WIDTH + name.width) * span <= written && files.exists(path)) continue;
    const bytes = tileBytes(name, leafData);
    const stored = files.read(path);
    if (stored && Buffer.compare(stored, bytes) === 0) continue;
    files.unlink(path);
    writeTile(files, folder, path, bytes);
    mended.push(path);
  }
  // Partials that were replaced may come back after a cut: taking a name away is not made durable.
  writeTiles(files, folder, 0, size, leafData);
  return mended;
}

function writeTile(files: FileSystem, folder: string, path: string, bytes: Uint8Array): void {
  assert(bytes.length % HASH_BYTES === 0 || path.includes("entries"));
  files.mkdir(join(path, ".."));
  files.mkdir(join(folder, "tmp"));
  writeWhole(files, path, join(folder, "tmp", `tile.${process.pid}`), bytes);
  files.syncFolder(join(path, ".."));
}
