// Captured bytes under their SHA-256, written once, on the disk before they are acknowledged, and hashed
// again on every read: what a page shows is what was captured, or an error.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { TracewireError } from "../errors.ts";
import { diskFault, writePieces, writeWhole, type FileSystem } from "./file-system.ts";

export type BlobStore = {
  /** Stores the bytes durably; returns their SHA-256 in hex and whether they were there already. */
  put(bytes: Uint8Array): { sha256: string; existed: boolean };
  /** The same for bytes that come piece by piece, whatever their number: they are hashed while they are written. */
  putPieces(pieces: Iterable<Uint8Array>): { sha256: string; existed: boolean; byte_count: number };
  /**
   * The bytes piece by piece; undefined when absent. What was handed out is checked once the last piece was taken:
   * BLOB_DAMAGED then says that none of it may be used. A piece is good until the next is asked for.
   */
  pieces(sha256: string): Iterable<Uint8Array> | undefined;
  /** The bytes, checked; undefined when absent. Throws BLOB_DAMAGED when they do not hash to their name. */
  get(sha256: string): Uint8Array | undefined;
  has(sha256: string): boolean;
  /** Removes the bytes for good: only an erasure calls this. */
  erase(sha256: string): void;
};

export function openBlobStore(folder: string, files: FileSystem): BlobStore {
  const temporaryFolder = join(folder, "tmp");
  let temporaryCount = 0;
  // A name that is there may come from a put that failed before this point: it is acknowledged only once it is durable.
  const makeDurable = (parent: string) => {
    files.syncFolder(parent);
    files.syncFolder(join(folder, "blobs"));
    files.syncFolder(folder);
  };

  const store: BlobStore = {
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
        makeDurable(parent);
      } catch (error) {
        throw diskFault(error, path);
      }
      return { sha256, existed: stored !== undefined };
    },
    putPieces(pieces) {
      const hash = createHash("sha256");
      let byte_count = 0;
      let sha256: string | undefined;
      let existed = false;
      function* hashed(): Generator<Uint8Array> {
        for (const piece of pieces) {
          hash.update(piece);
          byte_count += piece.length;
          yield piece;
        }
      }
      try {
        files.mkdir(temporaryFolder);
        const target = () => {
          sha256 = hash.digest("hex");
          const path = blobPath(folder, sha256);
          files.mkdir(join(path, ".."));
          const known = store.pieces(sha256);
          existed = known !== undefined;
          // Reading it to its end checks it: a damaged one is refused, not written over in silence.
          for (const _ of known ?? []);
          return path;
        };
        writePieces(files, target, join(temporaryFolder, `pieces.${process.pid}.${temporaryCount++}`), hashed());
        makeDurable(join(blobPath(folder, sha256!), ".."));
      } catch (error) {
        throw diskFault(error, sha256 ? blobPath(folder, sha256) : temporaryFolder);
      }
      return { sha256: sha256!, existed, byte_count };
    },
    pieces(sha256) {
      const path = blobPath(folder, sha256);
      const pieces = files.pieces(path);
      return pieces && checkedPieces(sha256, pieces, path);
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
  return store;
}

function* checkedPieces(sha256: string, pieces: Iterable<Uint8Array>, path: string): Generator<Uint8Array> {
  const hash = createHash("sha256");
  for (const piece of pieces) {
    hash.update(piece);
    yield piece;
  }
  refuseOther(sha256, hash.digest("hex"), path);
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
  refuseOther(sha256, sha256Hex(bytes), path);
}

function refuseOther(sha256: string, actual: string, path: string): void {
  if (actual !== sha256) throw new TracewireError("BLOB_DAMAGED", { what: `Stored bytes hash to ${actual}`, where: path });
}
