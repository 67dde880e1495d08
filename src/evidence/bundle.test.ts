import assert from "node:assert/strict";
import { after, test } from "node:test";
import fc from "fast-check";
import { makeLogFolder } from "../../test/log-folder.ts";
import { announce, scaled, seed } from "../../test/scale.ts";
import { createLogKey, signCheckpoint, verifierKey } from "./checkpoint.ts";
import { exportBundle, manifestHash, type Bundle } from "./bundle.ts";
import { leafHash } from "./merkle.ts";
import { leafData } from "./log.ts";
import { verifyBundle } from "./verify-bundle.ts";

const room = makeLogFolder();
after(() => room.remove());
const seqs = room.captures.map(({ seq }) => seq);
const made_at = "2026-03-01T00:00:00.000Z";
const input = {
  subject: "figure test",
  seqs: [0, ...seqs, seqs[0]! + 1, seqs[0]! + 2, room.erased[1]!, 99_999],
  made_at,
  verifier_key: room.verifier_key,
};
const bundle = exportBundle(room.log, room.blobs, input);

const check = (changed: unknown, key?: string) => verifyBundle(JSON.stringify(changed), { key });
/** The bundle with something changed and its manifest hash made to fit again, as a forger would. */
const forge = (change: (bundle: Bundle) => void): Bundle => {
  const { manifest_sha256: _, ...rest } = structuredClone(bundle);
  change(rest as Bundle);
  return { ...rest, manifest_sha256: manifestHash(rest) };
};
const found = (changed: unknown, key?: string) => check(changed, key).findings.map(({ what }) => what);

test("holds what was released, names what was not and why, and verifies", () => {
  const report = check(bundle, room.verifier_key);
  assert.deepEqual([report.outcome, report.findings], ["clean", []]);
  // The newsroom entry, 12 released captures of which one was erased since, one released note; bytes of six less the erased.
  assert.deepEqual([report.entries, report.blobs], [13, 5]);
  assert.deepEqual([report.size, report.root, report.key.pinned], [room.log.size(), room.log.root(), true]);
  assert.deepEqual(report.left_out, bundle.left_out);
  const reasons = bundle.left_out.reduce<Record<string, number>>((counts, { why }) => ({ ...counts, [why]: (counts[why] ?? 0) + 1 }), {});
  assert.deepEqual(reasons, { erased: 2, "bytes withheld": 6, "not released": 9, "no such entry": 1 });
  assert.equal(check(bundle).key.pinned, false);
});

test("nothing unreleased can be read in it: no body, no salt, no hash of a withheld capture", () => {
  const text = JSON.stringify(bundle);
  for (const { seq, sha256 } of room.captures) {
    const entry = room.log.read(seq);
    const isReleased = bundle.entries.some((included) => included.seq === seq);
    assert.equal(text.includes(sha256), isReleased);
    if (entry?.salt && !isReleased) assert.ok(!text.includes(Buffer.from(entry.salt).toString("base64")));
  }
});

test("the same inputs give the same bundle, inside a snapshot as well; extra members are hashed with it", () => {
  assert.deepEqual(
    room.log.snapshot(() => exportBundle(room.log, room.blobs, input)),
    bundle,
  );
  const extra = exportBundle(room.log, room.blobs, { ...input, extra: { value: "57" } });
  assert.equal(check(extra).outcome, "clean");
  assert.deepEqual(found({ ...extra, extra: { value: "58" } }), ["manifest_mismatch"]);
});

test("bytes that are gone are named as missing", () => {
  const without = exportBundle(room.log, { get: () => undefined }, input);
  assert.deepEqual([without.blobs.length, without.left_out.filter(({ why }) => why === "bytes missing").length], [0, 5]);
  assert.equal(check(without).outcome, "clean");
});

test("forgeries whose manifest fits are found by proof, signature and hash", () => {
  assert.deepEqual(found(forge((b) => (b.entries[1]!.body = b.entries[1]!.body.replace('"A file"', '"B file"')))), [
    "proof_mismatch",
    "blob_not_captured",
  ]);
  assert.deepEqual(found(forge((b) => (b.entries[1]!.seq += 1)))[0], "proof_mismatch");
  assert.deepEqual(found(forge((b) => b.entries[2]!.proof.reverse()))[0], "proof_mismatch");
  assert.deepEqual(found(forge((b) => b.entries[2]!.proof.pop()))[0], "proof_mismatch");
  assert.deepEqual(found(forge((b) => (b.entries[3]!.salt = b.entries[2]!.salt)))[0], "proof_mismatch");
  assert.deepEqual(found(forge((b) => b.entries.push(b.entries[0]!))), ["entry_duplicate"]);
  assert.deepEqual(found(forge((b) => (b.blobs[0]!.base64 = Buffer.from("x").toString("base64")))), ["blob_damaged"]);
  assert.deepEqual(found(forge((b) => b.blobs.push({ ...b.blobs[0]! }))), ["blob_duplicate"]);
  assert.deepEqual(found(forge((b) => b.entries.splice(1, 1))), ["blob_not_captured"]);
  assert.deepEqual(found(forge((b) => (b.checkpoint = b.checkpoint.replace(/\n\d+\n/, "\n9999\n"))))[0], "checkpoint_bad_signature");
  const stranger = createLogKey();
  assert.deepEqual(found(forge((b) => (b.verifier_key = verifierKey(stranger))))[0], "checkpoint_unknown_key");
  assert.deepEqual(found(forge((b) => ((b as { format: string }).format = "tracewire-bundle/2"))), ["format_unknown"]);
});

test("a whole bundle made up under another key is clean by itself and refused under the pinned one", () => {
  const stranger = createLogKey();
  const body = '{"at":"2026-01-01T00:00:00.000Z","by":"x","kind":"note"}';
  const salt = new Uint8Array(32);
  const root = leafHash(leafData(salt, Buffer.from(body)));
  const made = forge((b) => {
    b.verifier_key = verifierKey(stranger);
    b.checkpoint = signCheckpoint({ origin: stranger.origin, size: 1, root }, stranger);
    b.entries = [{ seq: 0, salt: Buffer.from(salt).toString("base64"), body, proof: [] }];
    b.blobs = [];
  });
  assert.equal(check(made).outcome, "clean");
  assert.deepEqual(found(made, room.verifier_key), ["unknown_key", "checkpoint_unknown_key"]);
});

test("any one character changed is found", (t) => {
  const text = JSON.stringify(bundle);
  const runs = scaled(3_000);
  announce(t, "changed characters", runs);
  fc.assert(
    fc.property(fc.nat({ max: text.length - 1 }), fc.constantFrom(...'0aZ+"{},:'), (at, character) => {
      fc.pre(text[at] !== character);
      const changed = text.slice(0, at) + character + text.slice(at + 1);
      assert.equal(verifyBundle(changed, { key: room.verifier_key }).outcome, "damaged", `at ${at}: ${text.slice(at - 20, at + 20)}`);
    }),
    { numRuns: runs, seed },
  );
});

test("hostile input gives findings, never a throw and never a clean report", (t) => {
  const proto = JSON.stringify(bundle).replace("{", '{"__proto__":{"format":"x"},"constructor":1,');
  const texts = [
    "",
    "null",
    "[]",
    "{}",
    "1",
    '"x"',
    "{",
    "\u0000",
    proto,
    "[".repeat(2_000_000),
    `{"a":`.repeat(500_000),
    `{"entries":${"[".repeat(100_000)}`,
    JSON.stringify({ ...bundle, entries: "x", blobs: {}, left_out: 7, checkpoint: [], verifier_key: null, subject: {} }),
    JSON.stringify({ ...bundle, entries: [null, 1, [], {}, { seq: -1 }, { seq: 1e300 }, { seq: 0, salt: 1, body: 2, proof: 3 }] }),
    JSON.stringify({ ...bundle, entries: [{ seq: 5, salt: "", body: "", proof: Array.from({ length: 1e5 }, () => "") }] }),
    JSON.stringify({
      ...bundle,
      blobs: [null, {}, { sha256: "__proto__", media_type: "x", base64: "" }, { sha256: 1, media_type: 1, base64: 1 }],
    }),
    JSON.stringify({ ...bundle, checkpoint: "x\n".repeat(1_000_000) }),
    JSON.stringify({ ...bundle, entries: Array.from({ length: 200_000 }, () => 0) }),
  ];
  for (const text of texts) {
    const report = verifyBundle(text);
    assert.equal(report.outcome, "damaged", text.slice(0, 80));
    assert.ok(report.findings.length > 0 && report.findings.length <= 1_001);
  }
  assert.equal(({} as { format?: string }).format, undefined, "no prototype was touched");
  assert.equal(verifyBundle(JSON.stringify(bundle), { key: "rubbish" }).findings[0]!.what, "pinned_key_malformed");

  const runs = scaled(3_000);
  announce(t, "random JSON and members", runs);
  const members = fc.constantFrom(...(Object.keys(bundle) as (keyof Bundle)[]));
  fc.assert(
    fc.property(members, fc.jsonValue({ maxDepth: 6 }), (member, value) => {
      fc.pre(JSON.stringify(value) !== JSON.stringify(bundle[member]));
      const report = check({ ...bundle, [member]: value });
      assert.equal(report.outcome, "damaged");
    }),
    { numRuns: runs, seed },
  );
});
