import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { seededRandom, steppedClock } from "../effects.ts";
import { createLogKey, openCheckpoint, verifierKey } from "./checkpoint.ts";
import { evidenceView } from "./evidence-view.ts";
import { diskFileSystem } from "./file-system.ts";
import { openLogReader, openLogWriter } from "./log.ts";
import { leafHash, rootOf } from "./merkle.ts";
import { viewsDigest } from "./view.ts";

const folders: string[] = [];
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), "tracewire-log-"));
  folders.push(folder);
  return folder;
};
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const effects = () => ({ clock: steppedClock("2026-01-01T00:00:00.000Z"), random: seededRandom(7) });
const note = (text: string) => ({ kind: "note", text, by: "test" });

test("an entry over the limit is refused by name, and the whole change with it", () => {
  const log = openLogWriter(newFolder(), createLogKey(), [evidenceView], effects(), diskFileSystem);
  const tooLong = () =>
    log.transact("test", (tx) => {
      tx.append(note("a small one before it"));
      tx.append({ ...note("x".repeat(16 * 2 ** 20)), slug: "long-story" });
    });
  assert.throws(tooLong, { code: "ENTRY_TOO_LARGE", where: "long-story", message: /16\.0 MiB does not fit an entry, which takes 16 MiB/ });
  assert.equal(log.size(), 0);
  log.transact("test", (tx) => tx.append(note("x".repeat(15 * 2 ** 20))));
  assert.equal([...log.entries(0, 1)][0]?.body?.text, "x".repeat(15 * 2 ** 20));
  log.close();
});

test("appends in batches; root, checkpoint and tiles are functions of the leaves", () => {
  const folder = newFolder();
  const key = createLogKey();
  const log = openLogWriter(folder, key, [evidenceView], effects(), diskFileSystem);
  for (const count of [1, 2, 255, 300, 1, 700])
    log.transact("test", (tx) => {
      for (let i = 0; i < count; i++) tx.append(note(`n${i}`));
    });
  assert.equal(log.size(), 1259);
  const leaves = log.leaves(0, 1259).map(leafHash);
  assert.equal(log.root(), Buffer.from(rootOf(leaves)).toString("hex"));
  assert.equal(log.root(300), Buffer.from(rootOf(leaves, 0, 300)).toString("hex"));
  const opened = openCheckpoint(readFileSync(join(folder, "log", "checkpoint"), "utf8"), verifierKey(key));
  assert.equal(opened.outcome === "valid" && opened.checkpoint.size, 1259);
  const copy = newFolder();
  cpSync(join(folder, "log"), copy, { recursive: true });
  rmSync(join(folder, "log"), { recursive: true });
  assert.ok(log.repair().length > 0);
  const list = (at: string) => diskFileSystem.list(join(at, "tile", "0"));
  assert.deepEqual(list(join(folder, "log")), list(copy));
  assert.deepEqual(list(copy), ["000", "001", "002", "003", "004.p"]);
  assert.deepEqual(log.repair(), []);
  const lost = join(folder, "log", "tile", "0", "001");
  rmSync(lost);
  assert.deepEqual(log.repair({ thorough: false }), [lost], "a tile that was written and is gone is written again");
  writeFileSync(lost, "");
  assert.deepEqual(log.repair({ thorough: false }), [], "one that is damaged is for verify to find,");
  assert.deepEqual(log.repair(), [lost], "and a thorough look mends it");
  const behind = log.checkpoint();
  log.transact("test", (tx) => tx.append(note("one more")));
  const newest = join(folder, "log", "tile", "entries", "004.p", "236");
  writeFileSync(join(folder, "log", "checkpoint"), behind);
  writeFileSync(newest, "cut");
  assert.deepEqual(log.repair({ thorough: false }).slice(0, 1), [newest], "what came after the checkpoint file is compared");
  log.close();
});

test("a fault inside a transaction leaves nothing; a reader sees only what is committed", () => {
  const folder = newFolder();
  const log = openLogWriter(folder, createLogKey(), [evidenceView], effects(), diskFileSystem);
  log.transact("test", (tx) => tx.append(note("kept")));
  const reader = openLogReader(folder);
  const version = reader.dataVersion();
  assert.throws(
    () =>
      log.transact("test", (tx) => {
        tx.append(note("lost"));
        assert.equal(reader.size(), 1);
        throw new Error("stop");
      }),
    /stop/,
  );
  assert.equal(log.size(), 1);
  assert.equal(reader.dataVersion(), version);
  log.transact("test", (tx) => tx.append(note("second")));
  assert.equal(reader.size(), 2);
  assert.notEqual(reader.dataVersion(), version);
  reader.close();
  log.close();
});

test("views rebuilt from the entries equal the views kept while appending, after an erasure too", () => {
  const folder = newFolder();
  const log = openLogWriter(folder, createLogKey(), [evidenceView], effects(), diskFileSystem);
  log.transact("test", (tx) => {
    tx.append(note("a"));
    tx.append(note("b"));
    tx.append({ kind: "release", entries: [0, 1], bytes: [], by: "test" });
  });
  log.transact("test", (tx) => {
    tx.append({
      kind: "erasure",
      entries: [{ seq: 1, kind: "note", at: "2026-01-01T00:00:00.001Z" }],
      blobs: [],
      reason: "court order",
      by: "test",
    });
    tx.forget([1]);
  });
  const kept = viewsDigest(log.db, [evidenceView]);
  log.rebuildViews();
  assert.deepEqual(viewsDigest(log.db, [evidenceView]), kept);
  assert.equal(log.read(1)?.body, undefined);
  assert.equal(readFileSync(join(folder, "newsroom.db")).includes(Buffer.from('"text":"b"')), false);
  log.close();
});
