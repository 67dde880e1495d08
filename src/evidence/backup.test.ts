import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { makeLogFolder, type LogFolder } from "../../test/log-folder.ts";
import { announce, scaled, seed } from "../../test/scale.ts";
import { seededRandom } from "../effects.ts";
import { backupNewsroom, restoreNewsroom } from "./backup.ts";
import { blobPath } from "./blob-store.ts";
import { evidenceView } from "./evidence-view.ts";
import { openLogReader } from "./log.ts";
import { verifyFolder } from "./verify.ts";
import { viewsDigest } from "./view.ts";

const folders: string[] = [];
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), "tracewire-backup-"));
  folders.push(folder);
  return folder;
};
const room = makeLogFolder();
after(() => {
  room.remove();
  folders.forEach((folder) => rmSync(folder, { recursive: true, force: true }));
});

test("a backup verifies by itself, and restored it is the same newsroom", async () => {
  const [target, restored] = [newFolder(), join(newFolder(), "new")];
  const seen: string[] = [];
  const manifest = await backupNewsroom(room.folder, target, { onProgress: (_done, _total, what) => seen.push(what) });
  assert.deepEqual([manifest.size, manifest.root, manifest.blobs.length], [room.log.size(), room.log.root(), 19]);
  assert.deepEqual([...new Set(seen)], ["database", "blobs"]);
  assert.deepEqual(readdirSync(target).sort(), ["backup.json", "blobs", "log", "newsroom.db", "newsroom.pub"]);
  await checkClean(target);

  assert.deepEqual(await restoreNewsroom(target, restored), manifest);
  await checkClean(restored);
  assert.deepEqual(contentOf(restored), contentOf(room.folder));
  assert.equal(existsSync(join(restored, "newsroom.key")), false);
  await assert.rejects(restoreNewsroom(target, restored), { code: "NEWSROOM_EXISTS" });
  await assert.rejects(restoreNewsroom(target, room.folder), { code: "NEWSROOM_EXISTS" });
});

test("the private key comes along only when asked for, for its owner's eyes", { skip: process.platform === "win32" }, async () => {
  const [target, restored] = [newFolder(), newFolder()];
  await backupNewsroom(room.folder, target, { withKey: true });
  await restoreNewsroom(target, restored);
  for (const folder of [target, restored]) {
    assert.equal(statSync(join(folder, "newsroom.key")).mode & 0o777, 0o600);
    assert.equal(readFileSync(join(folder, "newsroom.key"), "utf8"), readFileSync(join(room.folder, "newsroom.key"), "utf8"));
  }
  await backupNewsroom(room.folder, target);
  assert.equal(existsSync(join(target, "newsroom.key")), false, "a later backup without the key takes it away");
});

test("cut off at every step and run again, it ends equal; until then it is no backup", async () => {
  const whole = newFolder();
  await backupNewsroom(room.folder, whole, { withKey: true });
  let steps = 0;
  for (let cut = 1; ; cut++) {
    const target = newFolder();
    if (await runUntil(cut, (onProgress) => backupNewsroom(room.folder, target, { withKey: true, onProgress }))) break;
    steps += 1;
    await assert.rejects(restoreNewsroom(target, newFolder()), { code: "BACKUP_INCOMPLETE" });
    await backupNewsroom(room.folder, target, { withKey: true });
    assert.deepEqual(contentOf(target), contentOf(whole));
    assert.equal(existsSync(join(target, "backup.partial")), false);
    rmSync(target, { recursive: true });
  }
  assert.ok(steps >= 21, `${steps} steps`);
});

test("a restore cut off at every step is no newsroom that could be started anew, and ends equal when run again", async () => {
  const backup = newFolder();
  await backupNewsroom(room.folder, backup, { withKey: true });
  const other = newFolder();
  await backupNewsroom(room.folder, other);
  for (let cut = 1; ; cut++) {
    const folder = newFolder();
    if (await runUntil(cut, (onProgress) => restoreNewsroom(backup, folder, { onProgress }))) break;
    assert.ok(existsSync(join(folder, "newsroom.db")) || !existsSync(join(folder, "newsroom.key")), "never a key without its log");
    await assert.rejects(
      restoreNewsroom(other, folder),
      { code: "NEWSROOM_EXISTS" },
      "another backup does not go on where this one stopped",
    );
    await restoreNewsroom(backup, folder);
    assert.deepEqual(contentOf(folder), contentOf(room.folder));
    assert.equal(existsSync(join(folder, "restoring.json")), false);
    rmSync(folder, { recursive: true });
  }
});

test("a killed process leaves what the next run completes", async (t) => {
  const count = scaled(50);
  const random = seededRandom(seed);
  announce(t, "kills", count);
  let killed = 0;
  for (let at = 0; at < count; at++) {
    const target = newFolder();
    const child = runBackupInChild(room.folder, target);
    await once(child.stdout, "data");
    setTimeout(() => child.kill("SIGKILL"), random(1)[0]! / 8);
    const [, signal] = (await once(child, "exit")) as [number | null, string | null];
    if (signal) killed += 1;
    if (!existsSync(join(target, "backup.json"))) await assert.rejects(restoreNewsroom(target, newFolder()), { code: "BACKUP_INCOMPLETE" });
    await backupNewsroom(room.folder, target);
    await checkClean(target);
    assert.deepEqual(contentOf(target), contentOf(room.folder));
    rmSync(target, { recursive: true });
  }
  t.diagnostic(`${killed} of ${count} were killed before they were done`);
});

test("while another process writes, each backup is one whole state of the newsroom", async (t) => {
  const busy = makeLogFolder({ commits: 5 });
  const count = scaled(30);
  announce(t, "backups under writes", count);
  busy.log.close();
  const writer = runWriterInChild(busy.folder);
  try {
    await once(writer.stdout, "data");
    const sizes: number[] = [];
    for (let at = 0; at < count; at++) {
      const target = newFolder();
      const { size } = await backupNewsroom(busy.folder, target);
      const report = await checkClean(target);
      assert.equal(report.size, size);
      sizes.push(size);
      rmSync(target, { recursive: true });
    }
    assert.ok(sizes.at(-1)! > sizes[0]!, `the log grew meanwhile: ${sizes.join(", ")}`);
  } finally {
    writer.kill("SIGKILL");
    await once(writer, "exit");
    rmSync(busy.folder, { recursive: true, force: true });
  }
});

test("what was erased since the last run leaves the backup too", async () => {
  const mine = makeLogFolder({ commits: 8 });
  const target = newFolder();
  try {
    await backupNewsroom(mine.folder, target);
    const gone = mine.captures[4]!;
    mine.log.transact("test", (transaction) => {
      transaction.append({
        kind: "erasure",
        entries: [{ seq: gone.seq, kind: "capture", at: "2026-02-01T00:00:00.000Z" }],
        blobs: [gone.sha256],
        reason: "asked for",
        by: "test",
      });
      transaction.forget([gone.seq]);
    });
    mine.blobs.erase(gone.sha256);
    await backupNewsroom(mine.folder, target);
    assert.equal(existsSync(blobPath(target, gone.sha256)), false);
    assert.deepEqual(
      (await checkClean(target)).erased,
      [...mine.erased, gone.seq].sort((a, b) => a - b),
    );
  } finally {
    mine.remove();
  }
});

test("damage is refused, on the way out and on the way in", async () => {
  const mine = makeLogFolder({ commits: 4 });
  try {
    const target = newFolder();
    await backupNewsroom(mine.folder, target, { withKey: true });
    const damage: [string, string, (content: Buffer) => Buffer][] = [
      [blobPath("", mine.captures[2]!.sha256), "BLOB_DAMAGED", flipLast],
      ["newsroom.db", "LOG_DAMAGED", flipLast],
      ["newsroom.key", "LOG_DAMAGED", () => readFileSync(join(room.folder, "newsroom.key"))],
      ["backup.json", "BACKUP_INCOMPLETE", (content) => content.subarray(0, content.length / 2)],
    ];
    for (const [file, code, bend] of damage) {
      const copy = newFolder();
      cpSync(target, copy, { recursive: true });
      writeFileSync(join(copy, file), bend(readFileSync(join(copy, file))));
      await assert.rejects(restoreNewsroom(copy, newFolder()), { code }, file);
    }
    const lost = blobPath(mine.folder, mine.captures[2]!.sha256);
    writeFileSync(lost, flipLast(readFileSync(lost)));
    await assert.rejects(backupNewsroom(mine.folder, newFolder()), { code: "BLOB_DAMAGED" });
    rmSync(lost);
    await assert.rejects(backupNewsroom(mine.folder, newFolder()), { code: "BACKUP_INCOMPLETE" });
    const taken = newFolder();
    mkdirSync(join(taken, "photographs"));
    await assert.rejects(backupNewsroom(room.folder, taken), { code: "NEWSROOM_EXISTS" });
    await assert.rejects(backupNewsroom(taken, newFolder()), { code: "NO_NEWSROOM" });
    await assert.rejects(restoreNewsroom(room.folder, newFolder()), { code: "BACKUP_INCOMPLETE" });
  } finally {
    mine.remove();
  }
});

async function checkClean(folder: string) {
  const report = await verifyFolder(folder);
  assert.deepEqual([report.findings, report.warnings], [[], []]);
  return report;
}

/** All that a newsroom is: root, checkpoints, digests of views, bytes of every file but the database's own. */
function contentOf(folder: string) {
  const log = openLogReader(folder);
  try {
    const files = ["blobs", "log"].flatMap((name) =>
      readdirSync(join(folder, name), { recursive: true, withFileTypes: true })
        .filter((item) => item.isFile())
        .map((item) => join(item.parentPath, item.name)),
    );
    return {
      size: log.size(),
      root: log.root(),
      checkpoints: log.db.prepare("SELECT size, note FROM checkpoints ORDER BY size").all(),
      views: viewsDigest(log.db, [evidenceView]),
      files: files
        .map((file) => [file.slice(folder.length), readFileSync(file).toString("base64")])
        .sort((a, b) => (a[0]! < b[0]! ? -1 : 1)),
      public_key: readFileSync(join(folder, "newsroom.pub"), "utf8"),
    };
  } finally {
    log.close();
  }
}

/** Stops the work at its n-th report of progress; true when it finished before. */
async function runUntil(step: number, run: (onProgress: () => void) => Promise<unknown>): Promise<boolean> {
  let left = step;
  try {
    await run(() => {
      left -= 1;
      if (left === 0) throw new Error("cut off");
    });
    return true;
  } catch (error) {
    assert.match(String(error), /cut off/);
    return false;
  }
}

function flipLast(content: Buffer): Buffer {
  const bent = Buffer.from(content);
  bent[bent.length - 1]! ^= 1;
  return bent;
}

const moduleAt = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);

function runBackupInChild(folder: string, target: string) {
  const script = `import { backupNewsroom } from ${moduleAt("./backup.ts")};
    console.log("ready");
    await backupNewsroom(${JSON.stringify(folder)}, ${JSON.stringify(target)});`;
  return spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "ignore"] });
}

/** Commits captures and notes as fast as it can until it is killed. */
function runWriterInChild(folder: LogFolder["folder"]) {
  const script = `import { readFileSync } from "node:fs";
    import { parseLogKey } from ${moduleAt("./checkpoint.ts")};
    import { openLogWriter } from ${moduleAt("./log.ts")};
    import { openBlobStore } from ${moduleAt("./blob-store.ts")};
    import { evidenceView } from ${moduleAt("./evidence-view.ts")};
    import { diskFileSystem } from ${moduleAt("./file-system.ts")};
    import { systemEffects } from ${moduleAt("../effects.ts")};
    const folder = ${JSON.stringify(folder)};
    const log = openLogWriter(folder, parseLogKey(readFileSync(folder + "/newsroom.key", "utf8")), [evidenceView], systemEffects, diskFileSystem);
    const blobs = openBlobStore(folder, diskFileSystem);
    console.log("ready");
    for (;;) {
      const bytes = systemEffects.random(2000);
      const { sha256 } = blobs.put(bytes);
      log.transact("child", (transaction) => {
        transaction.append({ kind: "capture", sha256, byte_count: bytes.length, origin: { from: "file", name: sha256 }, by: "child" });
        for (let at = 0; at < 20; at++) transaction.append({ kind: "note", text: "n".repeat(500), by: "child" });
      });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }`;
  return spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "ignore"] });
}
