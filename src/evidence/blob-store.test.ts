import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { announce, scaled, seed } from "../../test/scale.ts";
import { PowerCut, simulatedDisk, type SimulatedDisk } from "../../test/simulated-file-system.ts";
import { TracewireError } from "../errors.ts";
import { seededRandom, steppedClock } from "../effects.ts";
import { blobPath, openBlobStore, sha256Hex } from "./blob-store.ts";
import { createLogKey } from "./checkpoint.ts";
import { diskFileSystem } from "./file-system.ts";
import { openLogWriter } from "./log.ts";
import { leafHash } from "./merkle.ts";
import { repairTiles, tileBytes, tilePath, tilesOf, writeTiles } from "./tiles.ts";
import { verifyFolder } from "./verify.ts";

const FOLDER = "/data";
const random = seededRandom(seed);

const SAMPLES = [3, 511, 512, 513, 2_000, 5_000].map((length, at) => seededRandom(at + 1)(length));
/** Some bytes come twice: a put that finds them must promise as much as the one that wrote them. */
const PUTS = [0, 1, 0, 2, 3, 3, 4, 5, 2].map((at) => SAMPLES[at]!);

test("bytes come back whole, are written once, and damage is refused rather than served", () => {
  const folder = mkdtempSync(join(tmpdir(), "tracewire-blobs-"));
  try {
    const store = openBlobStore(folder, diskFileSystem);
    const { sha256, existed } = store.put(SAMPLES[4]!);
    assert.deepEqual([sha256, existed, store.has(sha256)], [sha256Hex(SAMPLES[4]!), false, true]);
    assert.equal(store.put(SAMPLES[4]!).existed, true);
    assert.deepEqual(store.putPieces(piecesOf(SAMPLES[4]!)), { sha256, existed: true, byte_count: 2_000 });
    assert.deepEqual(Buffer.concat([...store.pieces(sha256)!].map((piece) => Buffer.from(piece))), Buffer.from(SAMPLES[4]!));
    assert.equal(store.pieces("0".repeat(64)), undefined);
    assert.equal(store.putPieces([]).sha256, sha256Hex(""));
    assert.deepEqual(store.get(sha256), Buffer.from(SAMPLES[4]!));
    assert.equal(store.get("0".repeat(64)), undefined);
    const bent = Buffer.from(readFileSync(blobPath(folder, sha256)));
    bent[7]! ^= 4;
    writeFileSync(blobPath(folder, sha256), bent);
    assert.throws(() => store.get(sha256), { code: "BLOB_DAMAGED" });
    assert.throws(() => store.put(SAMPLES[4]!), { code: "BLOB_DAMAGED" });
    assert.throws(() => store.putPieces(piecesOf(SAMPLES[4]!)), { code: "BLOB_DAMAGED" });
    assert.throws(() => [...store.pieces(sha256)!], { code: "BLOB_DAMAGED" });
    store.erase(sha256);
    assert.deepEqual([store.get(sha256), store.has(sha256)], [undefined, false]);
    assert.throws(() => blobPath(folder, "../../etc/passwd"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("every single call failing in turn: nothing acknowledged is lost, even when the power goes next", () => {
  for (const code of ["EIO", "ENOSPC"] as const)
    for (let call = 1; ; call++) {
      const disk = newDisk();
      disk.failAt(call, code);
      // A failed put is tried again, as an import that is run again would.
      const acknowledged = putAll(disk, 2);
      if (!disk.struck()) break;
      assert.equal(acknowledged.size, SAMPLES.length);
      disk.reboot();
      checkBlobs(disk, acknowledged);
    }
});

test("the power cut at every call, many times over: acknowledged blobs are whole, none is served in half", (t) => {
  const count = scaled(4_000);
  let cuts = 0;
  let kept = 0;
  for (let call = 1; cuts < count; call++) {
    const disk = newDisk();
    disk.cutAt(call);
    const acknowledged = putAll(disk, 1);
    if (!disk.struck()) {
      call = 0;
      continue;
    }
    cuts += 1;
    kept += acknowledged.size;
    disk.reboot();
    checkBlobs(disk, acknowledged);
    // The same process number again, its leftovers still there: everything can be put, and survives a second cut.
    const again = putAll(disk, 1);
    assert.equal(again.size, SAMPLES.length);
    disk.reboot();
    checkBlobs(disk, again);
  }
  announce(t, `power cuts in the blob store (${kept} acknowledged blobs checked)`, count);
  assert.ok(kept > 0);
});

const LEAVES = Array.from({ length: 1_100 }, (_, at) => leafHash(Buffer.from(`entry ${at}`)));
const leavesBetween = (start: number, end: number) => LEAVES.slice(start, end);
const STEPS = [0, 1, 200, 256, 300, 512, 700, 1_025, 1_100];

test("the power cut while tiles are written: repair brings back the same files with the same bytes", (t) => {
  const count = scaled(2_000);
  let cuts = 0;
  for (let call = 1; cuts < count; call++) {
    const disk = newDisk();
    disk.cutAt(call);
    let written = 0;
    const size = withoutPower(() => writeInSteps(disk, (step) => (written = step)));
    if (size !== undefined) {
      call = 0;
      continue;
    }
    cuts += 1;
    disk.reboot();
    // Every second time only what was not yet written for certain is compared.
    repairTiles(disk.files, FOLDER, 1_100, leavesBetween, cuts % 2 === 0 ? written : 0);
    checkTiles(disk, 1_100);
    if (cuts % 10 === 0) assert.deepEqual(repairTiles(disk.files, FOLDER, 1_100, leavesBetween), []);
  }
  announce(t, "power cuts in tiles", count);
});

test("a disk that is really full: DISK_FULL, what was acknowledged stays readable, and writing goes on later", async (t) => {
  const mounted = mountSmallDisk();
  if (!mounted) return t.skip("no right to mount a small tmpfs here");
  const { folder, unmount } = mounted;
  try {
    const key = createLogKey();
    mkdirSync(join(folder, "room"));
    const room = join(folder, "room");
    const effects = { clock: steppedClock("2026-01-01T00:00:00.000Z"), random: seededRandom(5) };
    writeFileSync(join(room, "newsroom.pub"), "");
    const log = openLogWriter(room, key, [], effects, diskFileSystem);
    const store = openBlobStore(room, diskFileSystem);
    const blobs = new Map<string, Uint8Array>();
    let entries = 0;
    let full = 0;
    const append = (bytes: Uint8Array) => {
      const { sha256 } = store.put(bytes);
      blobs.set(sha256, bytes);
      log.transact("test", (transaction) =>
        transaction.append({ kind: "note", text: Buffer.from(bytes.subarray(0, 3_000)).toString("hex"), by: "test" }),
      );
      entries += 1;
    };
    const ballast = join(folder, "ballast");
    // Free space swept downwards page by page: every step of a write meets the end of the disk once.
    for (let pages = 0; pages < scaled(200); pages++) {
      fill(ballast, pages);
      try {
        append(effects.random(6_000));
      } catch (error) {
        full += 1;
        assert.ok(error instanceof TracewireError && error.code === "DISK_FULL", String(error));
      }
      assert.equal(log.size(), entries);
      for (const [sha256, bytes] of blobs) assert.deepEqual(store.get(sha256), Buffer.from(bytes));
      rmSync(ballast, { force: true });
      if (pages % 10 === 9) append(effects.random(100));
    }
    assert.ok(full > 0, "the disk was full at least once");
    append(effects.random(6_000));
    log.repair();
    const report = await verifyFolder(room, { key: undefined, settle_ms: 0 });
    const damage = report.findings
      .map(({ what }) => what)
      .filter((what) => !["public_key_malformed", "first_entry_not_newsroom", "no_key"].includes(what));
    assert.deepEqual(damage, []);
    assert.equal(report.entries, entries);
    log.close();
    announce(t, `writes on a full disk, ${full} refused`, scaled(200));
  } finally {
    unmount();
  }
});

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 300) yield bytes.subarray(at, at + 300);
}

function newDisk(): SimulatedDisk {
  const disk = simulatedDisk(random);
  disk.files.mkdir(FOLDER);
  disk.files.syncFolder("/");
  return disk;
}

/** Puts all samples; returns the ones whose put returned. */
function putAll(disk: SimulatedDisk, tries: number): Map<string, Uint8Array> {
  const acknowledged = new Map<string, Uint8Array>();
  const store = openBlobStore(FOLDER, disk.files);
  for (const [at, bytes] of PUTS.entries())
    for (let left = tries; left > 0; left--)
      try {
        acknowledged.set((at % 2 === 0 ? store.put(bytes) : store.putPieces(piecesOf(bytes))).sha256, bytes);
        break;
      } catch (error) {
        if (error instanceof PowerCut) return acknowledged;
        if (left === 1) throw error;
      }
  return acknowledged;
}

function checkBlobs(disk: SimulatedDisk, acknowledged: Map<string, Uint8Array>): void {
  const store = openBlobStore(FOLDER, disk.files);
  for (const bytes of SAMPLES) {
    const sha256 = sha256Hex(bytes);
    const served = store.get(sha256);
    if (served || acknowledged.has(sha256)) assert.deepEqual(served, Buffer.from(bytes));
  }
}

function writeInSteps(disk: SimulatedDisk, done: (size: number) => void = () => {}): number {
  for (let at = 1; at < STEPS.length; at++) {
    writeTiles(disk.files, FOLDER, STEPS[at - 1]!, STEPS[at]!, leavesBetween);
    done(STEPS[at]!);
  }
  return STEPS.at(-1)!;
}

function withoutPower<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof PowerCut) return undefined;
    throw error;
  }
}

function checkTiles(disk: SimulatedDisk, size: number): void {
  const expected = new Map(
    [...tilesOf(size)].map((name) => [
      `${FOLDER}/log/tile/${tilePath(name.level, name.index, name.width)}`,
      Buffer.from(tileBytes(name, leavesBetween)),
    ]),
  );
  const found = new Map(
    [...disk.all()].filter(([path]) => path.startsWith(`${FOLDER}/log/`)).map(([path, bytes]) => [path, Buffer.from(bytes)]),
  );
  assert.deepEqual([...found.keys()].sort(), [...expected.keys()].sort());
  for (const [path, bytes] of expected) assert.deepEqual(found.get(path), bytes, path);
}

function mountSmallDisk(): { folder: string; unmount(): void } | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "tracewire-full-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", folder], { stdio: "ignore" });
    chmodSync(folder, 0o700);
  } catch {
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  }
  return {
    folder,
    unmount: () => {
      execFileSync("umount", ["-l", folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Takes all space but the given number of pages. */
function fill(path: string, free_pages: number): void {
  const handle = diskFileSystem.create(path);
  const page = Buffer.alloc(4_096, 1);
  try {
    for (;;) diskFileSystem.write(handle, page);
  } catch {
    // full
  } finally {
    diskFileSystem.close(handle);
  }
  const size = readFileSync(path).length;
  rmSync(path);
  writeFileSync(path, Buffer.alloc(Math.max(0, size - free_pages * 4_096), 1));
}
