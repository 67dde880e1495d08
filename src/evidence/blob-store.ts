// Captured bytes under their SHA-256, written once, on the disk before they are acknowledged, and hashed
// again on every read: what a page shows is what was captured, or an error.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { TracewireError } from "../errors.ts";
import { diskFault, writeWhole, type FileSystem } from "./file-system.ts";

export type BlobStore = {
  /** Stores the bytes durably; returns their SHA-256 in hex and whether they were there already. */
  put(bytes: Uint8Array): { sha256: string; existed: boolean };
  /** The bytes, checked; undefined when absent. Throws BLOB_DAMAGED when they do not hash to their name. */
  get(sha256: string): Uint8Array | undefined;
  has(sha256: string): boolean;
  /** Removes the bytes for good: only an erasure calls this. */
  erase(sha256: string): void;
};

export function openBlobStore(folder: string, files: FileSystem): BlobStore {
  const temporaryFolder = join(folder, "tmp");
  let temporaryCount = 0;

  return {
    put(bytes) {
      const sha256 = sha256Hex(bytes);
      const path = blobPath(folder, sha256);
      const stored = files.read(path);
      if (stored) checkBlob(sha256, stored, path);
      const parent = join(path, "..");
      try {
        if (!stored) {
          files.mkdir(temporaryFolder);
          files.mkdir(parent);
          writeWhole(files, path, join(temporaryFolder, `${sha256}.${process.pid}.${temporaryCount++}`), bytes);
        }
        // One that is there may have been renamed by a put that failed before this point: its name is
        // acknowledged only once it is durable.
        files.syncFolder(parent);
        files.syncFolder(join(folder, "blobs"));
        files.syncFolder(folder);
      } catch (error) {
        throw diskFault(error, path);
      }
      return { sha256, existed: stored !== undefined };
    },
    get(sha256) {
      const path = blobPath(folder, sha256);
      const bytes = files.read(path);
      if (bytes) checkBlob(sha256, bytes, path);
      return bytes;
    },
    has: (sha256) => files.exists(blobPath(folder, sha256)),
    erase(sha256) {
      const path = blobPath(folder, sha256);
      files.unlink(path);
      files.syncFolder(join(path, ".."));
    },
  };
}

/** blobs/ab/abcdef…: 256 folders keep any one of them listable. */
export function blobPath(folder: string, sha256: string): string {
  assert.match(sha256, /^[0-9a-f]{64}$/);
  return join(folder, "blobs", sha256.slice(0, 2), sha256);
}

export function sha256Hex(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function checkBlob(sha256: string, bytes: Uint8Array, path: string): void {
  const actual = sha256Hex(bytes);
  if (actual !== sha256) throw new TracewireError("BLOB_DAMAGED", { what: `Stored bytes hash to ${actual}`, where: path });
}
