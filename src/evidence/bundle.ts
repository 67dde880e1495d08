// A bundle: one JSON file with which somebody who has no newsroom can check entries, proofs, signature and
// bytes (verify-bundle.ts). Only what was released goes in; the rest is named, with the reason.
import { createHash } from "node:crypto";
import type { BlobStore } from "./blob-store.ts";
import { canonicalJson, type Json } from "./canonical-json.ts";
import type { LogReader } from "./log.ts";
import type { EntryBody } from "./view.ts";

export const BUNDLE_FORMAT = "tracewire-bundle/1";

export type BundleEntry = { seq: number; salt: string; body: string; proof: string[] };
export type BundleBlob = { sha256: string; media_type: string; base64: string };
export type LeftOut = { what: string; why: "no such entry" | "erased" | "not released" | "private" | "bytes withheld" | "bytes missing" };

export type Bundle = {
  format: typeof BUNDLE_FORMAT;
  made_at: string;
  subject: string;
  verifier_key: string;
  /** Signed note; the proofs lead to its root. */
  checkpoint: string;
  /** Salt and proof hashes in base64, lowest first; `body` is the canonical text itself. */
  entries: BundleEntry[];
  blobs: BundleBlob[];
  left_out: LeftOut[];
  /** Whatever the subject adds, a figure for instance. It is hashed with the rest but proven by nothing. */
  extra?: Json;
  /** SHA-256 in hex of the canonical JSON of all members but this one. */
  manifest_sha256: string;
};

export type BundleInput = {
  subject: string;
  seqs: readonly number[];
  made_at: string;
  verifier_key: string;
  extra?: Json;
  log_size?: number;
  /** Entries that never leave, released or not. */
  withhold?(body: EntryBody): boolean;
};

/** Builds the bundle for the given log indexes, all against one state of the log: its newest, or an earlier signed one. */
export function exportBundle(log: LogReader, blobs: Pick<BlobStore, "get">, input: BundleInput): Bundle {
  return log.db.isTransaction ? build(log, blobs, input) : log.snapshot(() => build(log, blobs, input));
}

export function manifestHash(bundle: Omit<Bundle, "manifest_sha256">): string {
  return createHash("sha256")
    .update(canonicalJson(bundle as unknown as Json))
    .digest("hex");
}

function build(log: LogReader, store: Pick<BlobStore, "get">, input: BundleInput): Bundle {
  const { subject, seqs, made_at, verifier_key, extra, log_size: size = log.size() } = input;
  const indexed = log.db.prepare("SELECT released, erased FROM entry_index WHERE seq = ?");
  const entries: BundleEntry[] = [];
  const blobs = new Map<string, BundleBlob>();
  const left_out: LeftOut[] = [];

  for (const seq of [...new Set(seqs)].sort((a, b) => a - b)) {
    const row = indexed.get(seq);
    const entry = row && seq < size ? log.read(seq) : undefined;
    if (!row || !entry) left_out.push({ what: `entry ${seq}`, why: "no such entry" });
    else if (row.erased !== null || !entry.salt || !entry.bytes) left_out.push({ what: `entry ${seq}`, why: "erased" });
    else if (row.released === null || (row.released as number) >= size) left_out.push({ what: `entry ${seq}`, why: "not released" });
    else if (entry.body && input.withhold?.(entry.body)) left_out.push({ what: `entry ${seq}`, why: "private" });
    else {
      entries.push({
        seq,
        salt: toBase64(entry.salt),
        body: Buffer.from(entry.bytes).toString(),
        proof: log.inclusion(seq, size).map(toBase64),
      });
      if (entry.body?.kind === "capture") addBytes(log, store, size, seq, entry.body, blobs, left_out);
    }
  }
  const bundle: Omit<Bundle, "manifest_sha256"> = {
    format: BUNDLE_FORMAT,
    made_at,
    subject,
    verifier_key,
    checkpoint: log.checkpoint(size),
    entries,
    blobs: [...blobs.values()],
    left_out,
    ...(extra === undefined ? {} : { extra }),
  };
  return { ...bundle, manifest_sha256: manifestHash(bundle) };
}

function addBytes(
  log: LogReader,
  store: Pick<BlobStore, "get">,
  size: number,
  seq: number,
  body: { [field: string]: Json | undefined },
  blobs: Map<string, BundleBlob>,
  left_out: LeftOut[],
): void {
  const sha256 = body.sha256 as string;
  const what = `bytes of capture ${seq}`;
  if (blobs.has(sha256)) return;
  if (!log.db.prepare("SELECT 1 FROM byte_releases WHERE sha256 = ? AND released < ?").get(sha256, size))
    return void left_out.push({ what, why: "bytes withheld" });
  const bytes = store.get(sha256);
  if (!bytes) return void left_out.push({ what, why: "bytes missing" });
  const { sniffed, declared } = (body.media_type ?? {}) as { sniffed?: string; declared?: string };
  blobs.set(sha256, { sha256, media_type: sniffed ?? declared ?? "application/octet-stream", base64: toBase64(bytes) });
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
