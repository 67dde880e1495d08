import assert from "node:assert/strict";
import { chmodSync, cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { makeLogFolder } from "../../test/log-folder.ts";
import { announce, scaled } from "../../test/scale.ts";
import { createLogKey, openCheckpoint, signCheckpoint, verifierKey } from "./checkpoint.ts";
import { canonicalJson, type Json } from "./canonical-json.ts";
import { isTooDeep, readCanonicalObject, spell } from "./verify-json.ts";
import { readNote, readPublicKey } from "./verify-note.ts";
import { verifyFolder } from "./verify.ts";

const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const room = makeLogFolder();
after(() => room.remove());
const copyOf = (folder: string) => {
  const copy = mkdtempSync(join(tmpdir(), "tracewire-verify-"));
  folders.push(copy);
  cpSync(folder, copy, { recursive: true });
  return copy;
};
const once = { settle_ms: 0 };

test("shares nothing with what it checks: only built-ins, errors.ts and its own files", () => {
  const seen = new Set<string>();
  const follow = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, name] of readFileSync(join(import.meta.dirname, file), "utf8").matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)) {
      assert.ok(name!.startsWith("node:") || name === "../errors.ts" || /^\.\/verify-[a-z]+\.ts$/.test(name!), `${file} imports ${name}`);
      if (name!.startsWith("./")) follow(name!.slice(2));
    }
  };
  follow("verify.ts");
  follow("verify-bundle.ts");
  assert.deepEqual(
    [...seen].sort(),
    readdirSync(import.meta.dirname)
      .filter((name) => /^verify.*(?<!\.test)\.ts$/.test(name))
      .sort(),
  );
});

test("a live folder verifies, with its writer open; a copy without the -wal file's company too", async () => {
  const live = await verifyFolder(room.folder);
  assert.deepEqual([live.outcome, live.findings], ["clean", []]);
  assert.equal(live.root, room.log.root());
  assert.equal(live.size, room.log.size());
  assert.deepEqual(live.key, { verifier_key: room.verifier_key, pinned: false });
  const pinned = await verifyFolder(copyOf(room.folder), { key: room.verifier_key });
  assert.deepEqual([pinned.findings, pinned.key.pinned, pinned.root], [[], true, live.root]);
});

test("every older checkpoint is still contained; another log's is refused", async () => {
  for (const { note } of room.notes) assert.deepEqual((await verifyFolder(room.folder, { against: note })).findings, []);
  const stranger = createLogKey();
  const note = signCheckpoint({ origin: stranger.origin, size: 1, root: new Uint8Array(32) }, stranger);
  assert.equal((await verifyFolder(room.folder, { against: note, ...once })).findings[0]?.what, "against_unknown_key");
  assert.equal((await verifyFolder(room.folder, { against: "x", ...once })).findings[0]?.what, "against_malformed");
  const bent = room.notes[0]!.note.replace(/\n\d+\n/, "\n17\n");
  assert.equal((await verifyFolder(room.folder, { against: bent, ...once })).findings[0]?.what, "against_bad_signature");
});

test("a rollback, and a rewrite with the same key, are whole in themselves and found by --against alone", async () => {
  const older = makeLogFolder({ commits: 10, key: room.key });
  const forked = makeLogFolder({ random_seed: 9, key: room.key });
  try {
    for (const { folder } of [older, forked]) assert.deepEqual((await verifyFolder(folder, { key: room.verifier_key })).findings, []);
    const rolled = await verifyFolder(older.folder, { against: room.log.checkpoint(), ...once });
    assert.deepEqual([rolled.outcome, rolled.findings[0]?.what, rolled.findings[0]?.index], ["damaged", "rollback", older.log.size()]);
    const fork = await verifyFolder(forked.folder, { against: room.notes[5]!.note, ...once });
    assert.deepEqual(
      fork.findings.map(({ what }) => what),
      ["fork"],
    );
  } finally {
    older.remove();
    forked.remove();
  }
});

test("everything rewritten and signed with another key: clean by itself, refused under the pinned key", async () => {
  const rewritten = makeLogFolder();
  try {
    const believed = await verifyFolder(rewritten.folder);
    assert.deepEqual([believed.outcome, believed.key.pinned], ["clean", false]);
    const report = await verifyFolder(rewritten.folder, { key: room.verifier_key, ...once });
    assert.equal(report.outcome, "damaged");
    assert.deepEqual([report.findings[0]?.what, report.findings[0]?.index], ["unknown_key", 0]);
    assert.ok(report.findings.some(({ what }) => what === "checkpoint_unknown_key"));
  } finally {
    rewritten.remove();
  }
});

test("a database that is garbage, cut, empty or gone is a finding, and the blobs are still checked", async () => {
  const copy = copyOf(room.folder);
  for (const suffix of ["-wal", "-shm"]) rmSync(join(copy, `newsroom.db${suffix}`), { force: true });
  const path = join(copy, "newsroom.db");
  const whole = readFileSync(path);
  const middle = Buffer.from(whole).fill(0xa5, 5000, whole.length - 100);
  for (const content of [
    Buffer.from("not a database at all".repeat(300)),
    whole.subarray(0, 4096 * 3),
    Buffer.alloc(0),
    middle,
    undefined,
  ]) {
    if (content) writeFileSync(path, content);
    else rmSync(path);
    const report = await verifyFolder(copy, once);
    assert.equal(report.outcome, "damaged");
    assert.equal(report.blobs, 19);
  }
  await assert.rejects(verifyFolder(join(copy, "nowhere")), { code: "NO_NEWSROOM" });
  await assert.rejects(verifyFolder(room.folder, { key: "not a key" }), { code: "BAD_ARGUMENT" });
});

test("a blob that no capture names is a warning: a crash between blob and commit leaves one", async () => {
  const { sha256 } = room.blobs.put(Buffer.from("never committed"));
  const report = await verifyFolder(room.folder);
  assert.deepEqual(
    [report.outcome, report.warnings],
    ["clean", [{ what: "unreferenced_blob", file: `blobs/${sha256.slice(0, 2)}/${sha256}` }]],
  );
  room.blobs.erase(sha256);
});

test("what is computed from the entries is checked by the caller, once the entries are whole", async () => {
  const finding = { what: "figure_differs", index: 4 };
  const report = await verifyFolder(room.folder, { recompute: () => [finding] });
  assert.deepEqual([report.outcome, report.findings], ["damaged", [finding]]);
  const failed = await verifyFolder(room.folder, { recompute: () => Promise.reject(new Error("no")) });
  assert.equal(failed.findings[0]?.what, "recompute_failed");
  const copy = copyOf(room.folder);
  writeFileSync(join(copy, "newsroom.db"), "");
  let called = false;
  await verifyFolder(copy, { ...once, recompute: () => ((called = true), []) });
  assert.equal(called, false);
});

test("reads a folder that cannot be written, and leaves no file in it", { skip: process.platform === "win32" }, async () => {
  const copy = copyOf(room.folder);
  chmodSync(copy, 0o500);
  try {
    const files = readdirSync(copy);
    assert.deepEqual((await verifyFolder(copy)).findings, []);
    if (process.getuid?.() !== 0) assert.deepEqual(readdirSync(copy), files);
  } finally {
    chmodSync(copy, 0o700);
  }
});

test("canonical JSON: the writer's spelling is accepted, any other refused", (t) => {
  const spellings = [
    '{"a":1}',
    '{"a":"\\u0001\\t\\"\\\\é\u2028"}',
    '{"":[{},[],null,true,false,-5]}',
    '{"__proto__":1,"a":2}',
    '{"\u{1f600}":1,"\ufb33":2}',
  ];
  for (const text of spellings) {
    const read = readCanonicalObject(Buffer.from(text));
    assert.ok("value" in read, text);
    assert.equal(canonicalJson(read.value as Json), text);
    assert.equal(spell(read.value), text);
  }
  const bad = [
    '{"a":1.0}',
    '{"a":1e2}',
    '{"a":-0}',
    '{"a":0.5}',
    '{"b":1,"a":2}',
    '{"a":1,"a":1}',
    '{ "a":1}',
    '{"a":"\\u0041"}',
    '{"a":"\\/"}',
    '{"a":"\\ud800"}',
    "[]",
    "null",
    "",
    '{"a":9007199254740993}',
    "\ufeff{}",
    '{"\ufb33":2,"\u{1f600}":1}',
  ];
  for (const text of bad) assert.ok("why" in readCanonicalObject(Buffer.from(text)), text);
  assert.ok("why" in readCanonicalObject(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)));
  const depth = scaled(10_000_000);
  announce(t, "levels of nesting", depth);
  assert.ok(isTooDeep("[".repeat(depth)));
  assert.ok("why" in readCanonicalObject(Buffer.from(`{"a":${"[".repeat(depth)}`)));
});

test("two note readers agree on valid and broken notes; the verifier's is the stricter", () => {
  const key = createLogKey();
  const note = signCheckpoint({ origin: key.origin, size: 7, root: new Uint8Array(32).fill(3) }, key);
  const publicKey = readPublicKey(verifierKey(key))!;
  assert.equal(readNote(note, publicKey).outcome, "valid");
  for (let at = 0; at < note.length; at++)
    for (const bent of [note.slice(0, at) + note.slice(at + 1), `${note.slice(0, at)}A${note.slice(at)}`, note.slice(0, at)]) {
      if (bent === note) continue;
      assert.notEqual(readNote(bent, publicKey).outcome, "valid", JSON.stringify(bent));
      // The writer's own reader may take an unusual spelling, never another content.
      const opened = openCheckpoint(bent, verifierKey(key));
      if (opened.outcome === "valid") assert.equal(opened.checkpoint.size, 7);
    }
  const witness = `— witness.example/w ${Buffer.alloc(76).toString("base64")}\n`;
  assert.equal(readNote(note + witness, publicKey).outcome, "valid");
  assert.equal(readNote(note.replace("\n\n", "\nextension\n\n"), publicKey).outcome, "malformed");
  for (const text of ["", "a+b", "a+00000000+AA==", verifierKey(key).slice(1), `${verifierKey(key)} `])
    assert.equal(readPublicKey(text), undefined);
});
