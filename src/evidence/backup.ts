// A backup is a newsroom folder that verifies by itself, and a manifest. It is made while others write: the
// database from one read transaction, then the blobs it names, then the files that follow from both, and
// backup.json last of all. Without that manifest nothing calls itself a backup; cut off, it is run again.
import { chmodSync, existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, backup } from "node:sqlite";
import { TracewireError } from "../errors.ts";
import { copyChecked, copyKey, hashFileHex, listBlobs, syncFile, writeText } from "./backup-files.ts";
import { BACKUP_PARTS, NOT_COPIED, type BackupManifest, type BackupProgress } from "./backup-manifest.ts";
import { blobPath } from "./blob-store.ts";
import { diskFault, diskFileSystem as files, makeFolders } from "./file-system.ts";
import { openLogReader } from "./log.ts";
import { rebuildLogFiles } from "./restore.ts";

export { restoreNewsroom } from "./restore.ts";

export type BackupOptions = { withKey?: boolean; onProgress?: BackupProgress };

const { MANIFEST, DATABASE, PUBLIC_KEY, PRIVATE_KEY, PARTIAL } = BACKUP_PARTS;
/** An erasure between database and blobs takes a blob away; then the database is copied again. */
const DATABASE_COPIES_MAX = 5;
/** More pages than a database has: one step, so that a writer cannot make the copy start over. */
const PAGES_PER_STEP = 1_000_000_000;

/**
 * Makes or completes a backup of `folder` in `target`. Run again it copies only blobs that are not there.
 * Throws NO_NEWSROOM, BLOB_DAMAGED, DISK_FULL, and NEWSROOM_EXISTS when `target` holds something else.
 */
export async function backupNewsroom(folder: string, target: string, options: BackupOptions = {}): Promise<BackupManifest> {
  if (!existsSync(join(folder, DATABASE))) throw new TracewireError("NO_NEWSROOM", { where: folder });
  try {
    claimTarget(target);
    let missing: string | undefined;
    for (let copies = 0; copies < DATABASE_COPIES_MAX; copies++) {
      await copyDatabase(folder, target, options.onProgress);
      missing = copyBlobs(folder, target, options.onProgress);
      if (!missing) return finish(folder, target, options);
    }
    throw new TracewireError("BACKUP_INCOMPLETE", {
      what: "Bytes that a capture names are not in the newsroom",
      where: missing,
      hint: "Run `tracewire verify` on the newsroom.",
    });
  } catch (error) {
    throw diskFault(error, target);
  }
}

/** A target is empty, or an earlier backup, complete or cut. From here until the end it is not complete. */
function claimTarget(target: string): void {
  makeFolders(target);
  chmodSync(target, 0o700);
  const present = readdirSync(target).filter((name) => name !== "tmp");
  if (present.length > 0 && !present.includes(MANIFEST) && !present.includes(PARTIAL))
    throw new TracewireError("NEWSROOM_EXISTS", { what: "The folder holds something that is not a backup", where: target });
  if (!present.includes(PARTIAL)) writeText(target, PARTIAL, "");
  files.unlink(join(target, MANIFEST));
  files.syncFolder(target);
  rmSync(join(target, "tmp"), { recursive: true, force: true });
}

async function copyDatabase(folder: string, target: string, onProgress?: BackupProgress): Promise<void> {
  const partial = join(target, "newsroom.db.partial");
  for (const suffix of ["", "-journal", "-wal", "-shm"]) rmSync(partial + suffix, { force: true });
  const source = new DatabaseSync(join(folder, DATABASE), { readOnly: true });
  try {
    // A read transaction of its own holds one state; without it every foreign commit starts the copy over.
    source.exec("PRAGMA busy_timeout = 5000; BEGIN");
    source.prepare("SELECT count(*) FROM sqlite_schema").get();
    onProgress?.(0, 1, "database");
    await backup(source, partial, { rate: PAGES_PER_STEP });
  } finally {
    source.close();
  }
  const copy = new DatabaseSync(partial);
  try {
    // Out of WAL mode the copy is one file, and can be read where nothing can be written.
    copy.exec("PRAGMA journal_mode = DELETE");
    const check = copy.prepare("PRAGMA quick_check(1)").get()?.quick_check;
    if (check !== "ok")
      throw new TracewireError("LOG_DAMAGED", { what: `The database is corrupt: ${String(check)}`, where: join(folder, DATABASE) });
  } finally {
    copy.close();
  }
  syncFile(partial);
  for (const suffix of ["-wal", "-shm"]) rmSync(join(target, DATABASE + suffix), { force: true });
  files.rename(partial, join(target, DATABASE));
  files.syncFolder(target);
  onProgress?.(1, 1, "database");
}

/** Copies what is not there, removes what is no more; returns a blob that the copied log names and nobody has. */
function copyBlobs(folder: string, target: string, onProgress?: BackupProgress): string | undefined {
  const live = namedBlobs(target);
  const wanted = [...live].sort();
  wanted.forEach((sha256, done) => {
    onProgress?.(done, wanted.length, "blobs");
    copyChecked(blobPath(folder, sha256), target, sha256);
  });
  for (const sha256 of listBlobs(target)) if (!live.has(sha256)) files.unlink(blobPath(target, sha256));
  onProgress?.(wanted.length, wanted.length, "blobs");
  const missing = wanted.find((sha256) => !existsSync(blobPath(target, sha256)));
  return missing && blobPath(folder, missing);
}

/** Bytes captured and not erased since, read from the entries themselves and not from a view. */
function namedBlobs(target: string): Set<string> {
  const log = openLogReader(target);
  const live = new Set<string>();
  try {
    for (const { body } of log.entries())
      if (body?.kind === "capture") live.add(body.sha256 as string);
      else if (body?.kind === "erasure") for (const sha256 of (body.blobs ?? []) as string[]) live.delete(sha256);
  } finally {
    log.close();
  }
  return live;
}

function finish(folder: string, target: string, options: BackupOptions): BackupManifest {
  writeText(target, PUBLIC_KEY, readFileSync(join(folder, PUBLIC_KEY), "utf8"));
  if (options.withKey) copyKey(folder, target);
  else rmSync(join(target, PRIVATE_KEY), { force: true });
  const { size, root } = rebuildLogFiles(target);
  const manifest: BackupManifest = {
    format: "tracewire-backup/1",
    size,
    root,
    verifier_key: readFileSync(join(target, PUBLIC_KEY), "utf8").trim(),
    with_key: Boolean(options.withKey),
    database_sha256: hashFileHex(join(target, DATABASE)),
    blobs: listBlobs(target),
    not_copied: NOT_COPIED.filter(({ name }) => existsSync(join(folder, name))),
  };
  writeText(target, MANIFEST, `${JSON.stringify(manifest, null, 1)}\n`);
  // Only now: one of the two always says that this folder is ours.
  rmSync(join(target, PARTIAL), { force: true });
  rmSync(join(target, "tmp"), { recursive: true, force: true });
  files.syncFolder(target);
  return manifest;
}
