// The few calls through which blobs, tiles and checkpoints reach the disk. They are an argument so that
// tests can fail the n-th call, tear an unsynced write, or cut the power (after SQLite's test_vfs and
// TigerBeetle's storage simulator).
import fs, { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { TracewireError } from "../errors.ts";

export type FileSystem = {
  /** Creates the file; fails when it exists. */
  create(path: string): number;
  write(handle: number, bytes: Uint8Array): void;
  sync(handle: number): void;
  close(handle: number): void;
  rename(from: string, to: string): void;
  unlink(path: string): void;
  /** Removes an empty folder; no error when there is none. */
  removeFolder(path: string): void;
  /** Creates the folder and its parents; no error when there. */
  mkdir(path: string): void;
  /** Makes renames and creations in the folder durable. */
  syncFolder(path: string): void;
  /** The bytes, or undefined when there is no such file. */
  read(path: string): Uint8Array | undefined;
  /** The same bytes piece by piece, for files larger than memory should hold. A piece is good until the next is asked for. */
  pieces(path: string): Iterable<Uint8Array> | undefined;
  exists(path: string): boolean;
  /** Names in the folder, sorted; empty when there is none. */
  list(path: string): string[];
};

/**
 * Makes a folder and those above it that are missing, for this user alone; returns what it made, the innermost first. Throws
 * READ_ONLY, DISK_FULL. One after the other: Node's own way of making several never ends where none can be made (below /proc).
 */
export function makeFolders(path: string): string[] {
  const missing: string[] = [];
  for (let folder = path; !fs.existsSync(folder) && dirname(folder) !== folder; folder = dirname(folder)) missing.unshift(folder);
  const made: string[] = [];
  try {
    for (const folder of missing) {
      fs.mkdirSync(folder, { mode: 0o700 });
      made.unshift(folder);
    }
  } catch (error) {
    if (!isCode(error, "EEXIST")) {
      for (const folder of made) fs.rmdirSync(folder);
      if (!["ENOENT", "ENOTDIR"].some((code) => isCode(error, code))) throw diskFault(error, path);
      throw new TracewireError("READ_ONLY", { what: "The folder cannot be made", where: path, hint: "Name one that this user may make, on a disk that takes files.", cause: error });
    }
    // Somebody else made it meanwhile.
    return [...makeFolders(path), ...made];
  }
  return made;
}

export const diskFileSystem: FileSystem = {
  create: (path) => fs.openSync(path, "wx", 0o644),
  write: (handle, bytes) => {
    let written = 0;
    while (written < bytes.length) written += fs.writeSync(handle, bytes, written);
  },
  sync: (handle) => fs.fsyncSync(handle),
  close: (handle) => fs.closeSync(handle),
  rename: (from, to) => fs.renameSync(from, to),
  unlink: (path) => fs.rmSync(path, { force: true }),
  removeFolder: (path) => {
    try {
      fs.rmdirSync(path);
    } catch (error) {
      if (!isCode(error, "ENOENT")) throw error;
    }
  },
  mkdir: (path) => void fs.mkdirSync(path, { recursive: true }),
  syncFolder: (path) => {
    // Windows cannot open a folder for syncing; NTFS journals renames itself.
    if (process.platform === "win32") return;
    const handle = fs.openSync(path, "r");
    try {
      fs.fsyncSync(handle);
    } finally {
      fs.closeSync(handle);
    }
  },
  read: (path) => {
    try {
      return fs.readFileSync(path);
    } catch (error) {
      if (isCode(error, "ENOENT")) return undefined;
      throw error;
    }
  },
  pieces: (path) => {
    let handle: number;
    try {
      handle = fs.openSync(path, "r");
    } catch (error) {
      if (isCode(error, "ENOENT")) return undefined;
      throw error;
    }
    return readPieces(handle);
  },
  exists: (path) => fs.existsSync(path),
  list: (path) => {
    try {
      return fs.readdirSync(path).sort();
    } catch (error) {
      if (isCode(error, "ENOENT")) return [];
      throw error;
    }
  },
};

/** Less than this is no room: SQLite needs some pages for its log. */
const FREE_BYTES_LEAST = 1024 * 1024;
const PIECE_BYTES = 1024 * 1024;

function* readPieces(handle: number): Generator<Uint8Array> {
  try {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    for (let read = fs.readSync(handle, piece); read > 0; read = fs.readSync(handle, piece)) yield piece.subarray(0, read);
  } finally {
    fs.closeSync(handle);
  }
}

/**
 * Writes the whole file or nothing: temporary file, fsync, rename. The caller syncs the folder, so that
 * many files in one folder cost one sync. Faults become DISK_FULL or READ_ONLY with the path.
 */
export function writeWhole(files: FileSystem, path: string, temporaryPath: string, bytes: Uint8Array): void {
  writePieces(files, path, temporaryPath, [bytes]);
}

/** The same for bytes that come piece by piece; the name may follow from what was written, and is asked for behind it. */
export function writePieces(
  files: FileSystem,
  path: string | (() => string),
  temporaryPath: string,
  pieces: Iterable<Uint8Array>,
): void {
  try {
    // A crashed process of the same number (in a container it often is) may have left one behind.
    files.unlink(temporaryPath);
    const handle = files.create(temporaryPath);
    try {
      for (const piece of pieces) files.write(handle, piece);
      files.sync(handle);
    } finally {
      files.close(handle);
    }
    files.rename(temporaryPath, typeof path === "string" ? path : path());
  } catch (error) {
    try {
      files.unlink(temporaryPath);
    } catch {
      // The disk is failing already; the leftover is swept at the next write.
    }
    throw diskFault(error, typeof path === "string" ? path : temporaryPath);
  }
}

/** A file-system or SQLite fault as the error a person can act on; others come back as they are. */
export function diskFault(error: unknown, where: string): unknown {
  const message = error instanceof Error ? error.message : "";
  if (isCode(error, "ENOSPC") || isCode(error, "EDQUOT") || /database or disk is full/.test(message) || isFull(error, where))
    return new TracewireError("DISK_FULL", { where, cause: error });
  if (["EACCES", "EPERM", "EROFS"].some((code) => isCode(error, code)) || /readonly database|unable to open database file/.test(message))
    return new TracewireError("READ_ONLY", { where, cause: error });
  return error;
}

/** With no room for its log SQLite says only "disk I/O error": whether there is room, the file system says. */
function isFull(error: unknown, where: string): boolean {
  if (!/disk I\/O error/.test(error instanceof Error ? error.message : "")) return false;
  try {
    const { bavail, bsize } = statfsSync(dirname(where));
    return bavail * bsize < FREE_BYTES_LEAST;
  } catch {
    return false;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}
