// A backup becomes a newsroom again: every file checked on the way, and no moment at which a half-restored
// folder passes for a newsroom that can be written.
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { TracewireError } from "../errors.ts";
import { copyChecked, copyKey, hashFileHex, readText, syncFile, writeText } from "./backup-files.ts";
import { BACKUP_PARTS, readManifest, type BackupManifest, type BackupProgress } from "./backup-manifest.ts";
import { blobPath } from "./blob-store.ts";
import { diskFault, diskFileSystem as files, makeFolders } from "./file-system.ts";
import { openLogReader } from "./log.ts";
import { repairTiles } from "./tiles.ts";

const { DATABASE, PUBLIC_KEY, RESTORING } = BACKUP_PARTS;

/**
 * Makes a newsroom in `folder` from a complete backup, each file checked. Cut off, it is run again with the
 * same backup. Throws BACKUP_INCOMPLETE, NEWSROOM_EXISTS, BLOB_DAMAGED, LOG_DAMAGED.
 */
export async function restoreNewsroom(
  source: string,
  folder: string,
  options: { onProgress?: BackupProgress } = {},
): Promise<BackupManifest> {
  const { manifest, text } = readManifest(source);
  try {
    claimFolder(folder, text);
    if (hashFileHex(join(source, DATABASE)) !== manifest.database_sha256)
      throw new TracewireError("LOG_DAMAGED", { what: "The database is not the one that was backed up", where: join(source, DATABASE) });
    manifest.blobs.forEach((sha256, done) => {
      options.onProgress?.(done, manifest.blobs.length, "blobs");
      copyChecked(blobPath(source, sha256), folder, sha256);
    });
    copyFileSync(join(source, PUBLIC_KEY), join(folder, PUBLIC_KEY));
    // The database makes the folder a newsroom, so it comes after its blobs. The key comes after the database:
    // a key without its log would let the next start begin a second log under the same name.
    if (!existsSync(join(folder, DATABASE))) placeDatabase(join(source, DATABASE), folder, manifest.database_sha256);
    rebuildLogFiles(folder);
    if (manifest.with_key) copyKey(source, folder);
    options.onProgress?.(manifest.blobs.length, manifest.blobs.length, "blobs");
    files.unlink(join(folder, RESTORING));
    files.syncFolder(folder);
    return manifest;
  } catch (error) {
    throw diskFault(error, folder);
  }
}

/** Tiles and checkpoint file are functions of the database: made again rather than copied from a moving folder. */
export function rebuildLogFiles(folder: string): { size: number; root: string } {
  const log = openLogReader(folder);
  try {
    rmSync(join(folder, "log"), { recursive: true, force: true });
    repairTiles(files, folder, log.size(), log.leaves);
    mkdirSync(join(folder, "log"), { recursive: true });
    writeText(folder, "log/checkpoint", log.checkpoint());
    files.syncFolder(join(folder, "log"));
    return { size: log.size(), root: log.root() };
  } finally {
    log.close();
  }
}

/** An empty folder, or one that a restore of this very backup was making when it was cut off. */
function claimFolder(folder: string, manifestText: string): void {
  makeFolders(folder);
  chmodSync(folder, 0o700);
  const present = readdirSync(folder);
  const isResumed = present.includes(RESTORING) && readText(join(folder, RESTORING)) === manifestText;
  if (present.some((name) => name !== "tmp") && !isResumed) throw new TracewireError("NEWSROOM_EXISTS", { where: folder });
  writeText(folder, RESTORING, manifestText);
}

function placeDatabase(from: string, folder: string, expected: string): void {
  const temporary = join(folder, "tmp", DATABASE);
  copyFileSync(from, temporary);
  syncFile(temporary);
  if (hashFileHex(temporary) !== expected)
    throw new TracewireError("LOG_DAMAGED", { what: "The database changed while it was copied", where: from });
  files.rename(temporary, join(folder, DATABASE));
  files.syncFolder(folder);
}
