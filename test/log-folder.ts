// A real data folder for the trust tests, made by the log alone (no other room): entries in many commits, captures with bytes, some
// released, some erased. The same seed gives the same entries; the key is fresh each time.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededRandom, steppedClock, type Effects } from "../src/effects.ts";
import { openBlobStore, type BlobStore } from "../src/evidence/blob-store.ts";
import { createLogKey, serializeLogKey, verifierKey, type LogKey } from "../src/evidence/checkpoint.ts";
import { evidenceView } from "../src/evidence/evidence-view.ts";
import { diskFileSystem } from "../src/evidence/file-system.ts";
import { openLogWriter, type LogWriter } from "../src/evidence/log.ts";

export type LogFolder = {
  folder: string;
  key: LogKey;
  verifier_key: string;
  log: LogWriter;
  blobs: BlobStore;
  effects: Effects;
  captures: { seq: number; sha256: string; bytes: Uint8Array }[];
  /** Log indexes of erased entries; the first was a capture whose bytes went too. */
  erased: number[];
  /** Their contents, as they were before. */
  forgotten: { seq: number; salt: Uint8Array; bytes: Uint8Array }[];
  /** Checkpoint notes, oldest first, and the size each speaks of. */
  notes: { size: number; note: string }[];
  remove(): void;
};

export function makeLogFolder({ commits = 40, per_commit = 15, blob_count = 20, random_seed = 1, key = createLogKey() } = {}): LogFolder {
  const folder = mkdtempSync(join(tmpdir(), "tracewire-newsroom-"));
  const effects = { clock: steppedClock("2026-02-01T00:00:00.000Z"), random: seededRandom(random_seed) };
  const verifier_key = verifierKey(key);
  writeFileSync(join(folder, "newsroom.key"), serializeLogKey(key), { mode: 0o600 });
  writeFileSync(join(folder, "newsroom.pub"), `${verifier_key}\n`);
  const log = openLogWriter(folder, key, [evidenceView], effects, diskFileSystem);
  const blobs = openBlobStore(folder, diskFileSystem);
  const captures: LogFolder["captures"] = [];
  const notes: LogFolder["notes"] = [];
  log.transact("test", (transaction) => transaction.append({ kind: "newsroom", format: 1, verifier_key, by: "tracewire" }));

  for (let commit = 0; commit < commits; commit++) {
    const bytes = effects.random(20 + commit * 37);
    const { sha256 } = blobs.put(bytes);
    log.transact("test", (transaction) => {
      for (let at = 0; at < per_commit; at++)
        if (at === 3 && captures.length < blob_count) captures.push({ seq: transaction.append(captureBody(sha256, bytes)), sha256, bytes });
        else transaction.append({ kind: "note", text: `${commit}/${at} “é” \u2028 ${"x".repeat(at * 11)}`, n: at, none: null, by: "test" });
    });
    if (captures.at(-1)?.sha256 !== sha256) blobs.erase(sha256);
    notes.push({ size: log.size(), note: readFileSync(join(folder, "log", "checkpoint"), "utf8") });
  }
  const seqs = captures.map(({ seq }) => seq);
  log.transact("test", (transaction) =>
    transaction.append({
      kind: "release",
      entries: [...seqs.slice(0, 12), seqs[0]! + 1, seqs[1]! + 1],
      bytes: seqs.slice(0, 6),
      by: "test",
    }),
  );
  const gone = captures[1]!;
  const erased = [gone.seq, gone.seq + 2];
  const forgotten = erased.map((seq) => ({ seq, salt: log.read(seq)!.salt!, bytes: log.read(seq)!.bytes! }));
  log.transact("test", (transaction) => {
    const named = erased.map((seq) => ({ seq, kind: log.read(seq)!.body!.kind, at: log.read(seq)!.body!.at }));
    transaction.append({ kind: "erasure", entries: named, blobs: [gone.sha256], reason: "a court order", by: "test" });
    transaction.forget(erased);
  });
  blobs.erase(gone.sha256);
  for (let at = 0; at < 3; at++)
    log.transact("test", (transaction) => transaction.append({ kind: "note", text: `last ${at}`, by: "test" }));
  notes.push({ size: log.size(), note: log.checkpoint() });

  const remove = () => {
    log.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { folder, key, verifier_key, log, blobs, effects, captures, erased, forgotten, notes, remove };
}

function captureBody(sha256: string, bytes: Uint8Array) {
  return {
    kind: "capture",
    sha256,
    byte_count: bytes.length,
    origin: { from: "file", name: `${sha256.slice(0, 8)}.bin` },
    media_type: { sniffed: "application/octet-stream" },
    title: "A file",
    by: "test",
  };
}
