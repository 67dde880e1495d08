// Copying write-once files between data folders: checked by hash, whole or not at all, skipped when there.
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  rmSync,
} from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { TracewireError } from "../errors.ts";
import { blobPath } from "./blob-store.ts";
import { parseLogKey, verifierKey } from "./checkpoint.ts";
import { diskFileSystem as files, writeWhole } from "./file-system.ts";

const CHUNK_BYTES = 1024 * 1024;

/** SHA-256 of every blob in a data folder, sorted; other files under blobs/ are not blobs. */
export function listBlobs(folder: string): string[] {
  const names: string[] = [];
  for (const prefix of files.list(join(folder, "blobs")))
    if (/^[0-9a-f]{2}$/.test(prefix))
      names.push(...readdirSync(join(folder, "blobs", prefix)).filter((name) => name.startsWith(prefix) && /^[0-9a-f]{64}$/.test(name)));
  return names.sort();
}

/** Copies a blob into another data folder. A source that is gone is left to the caller; a damaged one is refused. */
export function copyChecked(from: string, folder: string, sha256: string): void {
  const to = blobPath(folder, sha256);
  if (files.exists(to) && hashFileHex(to) === sha256) return;
  const temporary = join(folder, "tmp", sha256);
  mkdirSync(join(folder, "tmp"), { recursive: true });
  mkdirSync(join(to, ".."), { recursive: true });
  try {
    copyFileSync(from, temporary, constants.COPYFILE_FICLONE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  const actual = hashFileHex(temporary);
  if (actual !== sha256) {
    files.unlink(temporary);
    throw new TracewireError("BLOB_DAMAGED", { what: `Its bytes hash to ${actual}`, where: from });
  }
  syncFile(temporary);
  files.rename(temporary, to);
  files.syncFolder(join(to, ".."));
  files.syncFolder(join(folder, "blobs"));
}

export function hashFileHex(path: string): string {
  const hash = createHash("sha256");
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  const handle = openSync(path, "r");
  try {
    for (let read = readSync(handle, chunk); read > 0; read = readSync(handle, chunk)) hash.update(chunk.subarray(0, read));
  } finally {
    closeSync(handle);
  }
  return hash.digest("hex");
}

export function syncFile(path: string): void {
  const handle = openSync(path, "r+");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Copies the private key, readable by its owner alone, if it belongs to the public key already there. */
export function copyKey(from: string, to: string): void {
  const text = readText(join(from, "newsroom.key"));
  if (text === undefined) throw new TracewireError("NOT_FOUND", { what: "The private key is not here", where: join(from, "newsroom.key") });
  if (verifierKey(parseLogKey(text)) !== readFileSync(join(to, "newsroom.pub"), "utf8").trim())
    throw new TracewireError("LOG_DAMAGED", { what: "newsroom.key and newsroom.pub are not of one pair", where: from });
  const path = join(to, "newsroom.key");
  rmSync(path, { force: true });
  copyFileSync(join(from, "newsroom.key"), path);
  chmodSync(path, 0o600);
  syncFile(path);
}

export function writeText(folder: string, name: string, text: string): void {
  files.mkdir(join(folder, "tmp"));
  writeWhole(files, join(folder, name), join(folder, "tmp", name.replace("/", ".")), new TextEncoder().encode(text));
}

export function readText(path: string): string | undefined {
  const bytes = files.read(path);
  return bytes && Buffer.from(bytes).toString();
}
