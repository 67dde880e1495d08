// The files beside the database: blobs under their hashes, tiles and the checkpoint file, and nothing else.
import { closeSync, lstatSync, openSync, readFileSync, readSync, readdirSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { CheckedEntries } from "./verify-entries.ts";
import type { Finding, Findings } from "./verify-findings.ts";
import { messageOf } from "./verify-database.ts";
import { expectedTiles, type LeafTable } from "./verify-tiles.ts";

const CHUNK_BYTES = 1024 * 1024;
const FOLDER_DEPTH_MAX = 12;

type Progress = (done: number, total: number) => void;

/** Every file under blobs/ is named by its hash, every capture's bytes are there, erased ones are not. */
export function checkBlobs(
  folder: string,
  entries: CheckedEntries | undefined,
  findings: Findings,
  warnings: Finding[],
  onProgress: Progress,
): number {
  const files = listFiles(folder, "blobs", findings);
  const sizes = new Map<string, number>();
  files.forEach((file, done) => {
    onProgress(done, files.length);
    const match = /^blobs\/([0-9a-f]{2})\/(\1[0-9a-f]{62})$/.exec(file);
    if (!match) return findings.add({ what: "blob_misplaced", file });
    try {
      const { sha256, size } = hashFile(join(folder, file));
      sizes.set(match[2]!, size);
      if (sha256 !== match[2]) findings.add({ what: "blob_damaged", file, expected: match[2], actual: sha256 });
    } catch (error) {
      findings.add({ what: "blob_unreadable", file, actual: messageOf(error) });
    }
  });
  onProgress(files.length, files.length);
  if (entries) compareWithCaptures(entries, sizes, findings, warnings);
  return files.length;
}

function compareWithCaptures(entries: CheckedEntries, sizes: Map<string, number>, findings: Findings, warnings: Finding[]): void {
  const named = new Set<string>();
  for (const { seq, sha256, byte_count } of entries.captures) {
    named.add(sha256);
    // Bytes may be captured again after their erasure; only older records are excused.
    const isErased = (entries.erasedBlobs.get(sha256) ?? -1) > seq;
    const size = sizes.get(sha256);
    const file = blobFile(sha256);
    if (size === undefined && !isErased) findings.add({ what: "blob_missing", file, expected: `bytes of capture ${seq}` });
    else if (size !== undefined && size !== byte_count)
      findings.add({ what: "blob_size_mismatch", file, expected: String(byte_count), actual: String(size) });
  }
  const live = new Set(
    entries.captures.filter(({ seq, sha256 }) => (entries.erasedBlobs.get(sha256) ?? -1) < seq).map(({ sha256 }) => sha256),
  );
  for (const sha256 of sizes.keys())
    if (entries.erasedBlobs.has(sha256) && !live.has(sha256)) findings.add({ what: "erased_blob_present", file: blobFile(sha256) });
    else if (!named.has(sha256)) warnings.push({ what: "unreferenced_blob", file: blobFile(sha256) });
}

/** log/ holds the newest checkpoint and the tiles of its size, byte for byte, and nothing else. */
export function checkLogFiles(folder: string, newestNote: string, size: number, leaves: LeafTable, findings: Findings): number {
  const files = new Set(listFiles(folder, "log", findings));
  if (!files.delete("log/checkpoint")) findings.add({ what: "checkpoint_file_missing", file: "log/checkpoint" });
  else if (!readFileSync(join(folder, "log", "checkpoint")).equals(Buffer.from(newestNote)))
    findings.add({ what: "checkpoint_file_mismatch", file: "log/checkpoint" });
  const found = files.size;
  for (const { path, bytes } of expectedTiles(size, leaves)) {
    const file = `log/${path}`;
    if (!files.delete(file)) findings.add({ what: "tile_missing", file });
    else if (bytes && !readFileSync(join(folder, file)).equals(bytes)) findings.add({ what: "tile_mismatch", file });
  }
  for (const file of files) findings.add({ what: "tile_unexpected", file });
  return found;
}

/** Regular files below `root`, as paths with forward slashes; whatever else lies there is a finding. */
function listFiles(folder: string, root: string, findings: Findings): string[] {
  const files: string[] = [];
  const walk = (path: string, depth: number): void => {
    let names: string[];
    try {
      names = readdirSync(join(folder, path)).sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
      return findings.add({ what: "folder_unreadable", file: path, actual: messageOf(error) });
    }
    for (const name of names) {
      const child = `${path}/${name}`;
      const stat = lstatSync(join(folder, child), { throwIfNoEntry: false });
      if (stat?.isFile()) files.push(child);
      else if (stat?.isDirectory() && depth < FOLDER_DEPTH_MAX) walk(child, depth + 1);
      else if (stat) findings.add({ what: "not_a_file", file: child });
    }
  };
  walk(root, 0);
  return files;
}

function hashFile(path: string): { sha256: string; size: number } {
  const hash = createHash("sha256");
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  const handle = openSync(path, "r");
  let size = 0;
  try {
    for (let read = readSync(handle, chunk); read > 0; read = readSync(handle, chunk)) {
      hash.update(chunk.subarray(0, read));
      size += read;
    }
  } finally {
    closeSync(handle);
  }
  return { sha256: hash.digest("hex"), size };
}

function blobFile(sha256: string): string {
  return `blobs/${sha256.slice(0, 2)}/${sha256}`;
}
