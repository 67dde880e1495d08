// The door of the evidence room: capture bytes, append what is known about them, read both back checked,
// release them, erase them. Other rooms import this file only.
import { sha256Hex, type BlobStore } from "./blob-store.ts";
import type { Json } from "./canonical-json.ts";
import type { ErasedEntry } from "./evidence-view.ts";
import { extractText } from "./extract.ts";
import type { Extraction } from "./extraction.ts";
import { locatorText, resolveLocator, type Locator } from "./locator.ts";
import { regionProblem } from "./region.ts";
import type { LogReader, LogWriter, Transaction } from "./log.ts";
import { PUBLIC_KINDS } from "./evidence-view.ts";
import { TracewireError } from "../errors.ts";
import { lazily } from "../lazy.ts";

export { canonicalBytes, canonicalJson, type Json } from "./canonical-json.ts";
export { sha256Hex, openBlobStore, blobPath, type BlobStore } from "./blob-store.ts";
export { hasViews, openLogReader, openLogWriter, refuseOtherKey, type LogReader, type LogWriter, type StoredEntry, type Transaction } from "./log.ts";
export { evidenceView, PUBLIC_KINDS } from "./evidence-view.ts";
export { createViews, prepared, viewsDigest, type AppliedEntry, type EntryBody, type View } from "./view.ts";
export { createLogKey, openCheckpoint, parseLogKey, serializeLogKey, verifierKey, type LogKey } from "./checkpoint.ts";
export { diskFault, diskFileSystem, makeFolders, type FileSystem } from "./file-system.ts";
export { parseTilePath, tileBytes, tilePath, TILE_WIDTH } from "./tiles.ts";
export { openEgress, type Egress, type Fetched } from "./egress.ts";
export { isPublicAddress } from "./address-rules.ts";
export { backupNewsroom, restoreNewsroom } from "./backup.ts";
export { exportBundle, type Bundle } from "./bundle.ts";
export { knownSize, sizeKnownAt } from "./known-size.ts";
export { growRoot, merkleRoot } from "./merkle.ts";
export { verifyBundle, type BundleReport } from "./verify-bundle.ts";
export { findingWords, verifyFolder, type VerifyFinding, type VerifyReport } from "./verify.ts";
export { extractText } from "./extract.ts";
export { canBeDrawn, drawPage, placeText, regionsOf, type Drawing, type Places, type Region } from "./draw.ts";
export { extractTextInProcess } from "./extract-in-process.ts";
export { rowValues, type Extraction } from "./extraction.ts";
export { resolveLocator, locatorText, type Locator } from "./locator.ts";
export { readRegion } from "./region.ts";
export const locatorSchema = lazily<typeof import("./locator-schema.ts")>(import.meta.url, "./locator-schema.ts");

export const GRADES = ["original", "copy", "transcription"] as const;
export type Grade = (typeof GRADES)[number];
/** Admiralty code: reliability of the source, A best, F cannot be judged (unknown, not worst). */
export const SOURCE_GRADES = ["A", "B", "C", "D", "E", "F"] as const;
/** Admiralty code: credibility of the item itself, 1 best, 6 cannot be judged. Asked apart from the source's. */
export const ITEM_GRADES = ["1", "2", "3", "4", "5", "6"] as const;

export type CaptureOrigin = {
  from: "file" | "stdin" | "url";
  /** File name or address as given; never a path of the capturing machine. */
  name: string;
  final_url?: string;
  status?: number;
  headers?: [string, string][];
  hops?: { url: string; address: string; status: number }[];
};

export type CaptureInput = {
  bytes: Uint8Array;
  origin: CaptureOrigin;
  retrieved_at: string;
  retrieved_by: string;
  grade: Grade;
  source_grade: (typeof SOURCE_GRADES)[number];
  item_grade: (typeof ITEM_GRADES)[number];
  title?: string;
  licence?: string;
  declared_media_type?: string;
  /** Its source is protected: who may see it at the desk is narrower, and it is never released. */
  is_protected?: true;
};

export type Capture = {
  seq: number;
  at: string;
  by: string;
  sha256: string;
  byte_count: number;
  origin: CaptureOrigin;
  retrieved_at: string;
  retrieved_by: string;
  grade: Grade;
  source_grade: string;
  item_grade: string;
  title: string;
  licence?: string;
  is_protected?: true;
  media_type: { declared?: string; sniffed: string };
  extraction: { outcome: "text" | "unreadable"; extractor: string; version: string; text_sha256?: string; reason?: string };
  /** Log index of the release that made the record (and the bytes) public. */
  released?: number;
  bytes_released?: number;
};

/** Whatever keeps bytes durably under their hash. */
export type BlobKeeper = { put(bytes: Uint8Array): { sha256: string } };

/**
 * Stores the bytes durably and reads their text, before any transaction: a capture that cannot be read is
 * kept all the same and says why. Pass the result to `appendCapture` inside one. Importers, whose own reader goes over
 * the bytes anyway, pass `extractTextInProcess`; a document from anywhere is read in a limited child.
 */
export async function prepareCapture(blobs: BlobKeeper, input: CaptureInput, extract = extractText): Promise<PreparedCapture> {
  const { sha256 } = blobs.put(input.bytes);
  const extraction = await extract(input.bytes, { declared_media_type: input.declared_media_type, file_name: input.origin.name });
  return { input, sha256, byte_count: input.bytes.length, extraction };
}

/**
 * The same for bytes too many to hold, piece by piece: no text is read from them, and the record says so. `media_type`
 * is what the importer, whose reader went over them, found them to be.
 */
export function preparePieces(
  blobs: Pick<BlobStore, "putPieces">,
  pieces: Iterable<Uint8Array>,
  { media_type, reason, ...input }: Omit<CaptureInput, "bytes"> & { media_type: string; reason: string },
): PreparedCapture {
  const { sha256, byte_count } = blobs.putPieces(pieces);
  return { input, sha256, byte_count, extraction: { outcome: "unreadable", extractor: "none", version: "1", media_type, reason } };
}

export type PreparedCapture = { input: Omit<CaptureInput, "bytes">; sha256: string; byte_count: number; extraction: Extraction };

export function appendCapture(transaction: Transaction, { input, sha256, byte_count, extraction }: PreparedCapture): number {
  const { bytes: _, declared_media_type, ...metadata } = input as CaptureInput;
  return transaction.append({
    kind: "capture",
    ...(metadata as unknown as Record<string, Json>),
    title: input.title ?? input.origin.name,
    sha256,
    byte_count,
    media_type: { declared: declared_media_type, sniffed: extraction.media_type },
    extraction: {
      outcome: extraction.outcome,
      extractor: extraction.extractor,
      version: extraction.version,
      ...(extraction.outcome === "text" ? { text_sha256: sha256Hex(extraction.text) } : { reason: extraction.reason }),
    },
    by: input.retrieved_by,
  });
}

/** A capture by log index, or by SHA-256 (its first record) or a prefix of at least 8 hex digits. */
export function findCapture(log: LogReader, id: string | number): Capture | undefined {
  const select = `SELECT c.seq, c.body, i.released, b.released AS bytes_released FROM captures c
    JOIN entry_index i ON i.seq = c.seq LEFT JOIN byte_releases b ON b.sha256 = c.sha256`;
  if (typeof id === "number" || /^\d{1,7}$/.test(id)) {
    const row = log.db.prepare(`${select} WHERE c.seq = ?`).get(Number(id));
    return row && toCapture(row);
  }
  if (!/^[0-9a-f]{8,64}$/.test(id)) return undefined;
  const rows = log.db.prepare(`${select} WHERE c.sha256 >= ? AND c.sha256 < ? ORDER BY c.seq`).all(id, `${id}g`);
  if (new Set(rows.map((row) => toCapture(row).sha256)).size > 1)
    throw new TracewireError("BAD_ARGUMENT", { what: `"${id}" is the start of more than one capture`, hint: "Give more digits." });
  return rows[0] && toCapture(rows[0]);
}

/** All records of one blob, oldest first: the same bytes may have been captured more than once. */
export function capturesOf(log: LogReader, sha256: string): Capture[] {
  return listCaptures(log).filter((capture) => capture.sha256 === sha256);
}

export function listCaptures(log: LogReader): Capture[] {
  return log.db
    .prepare(
      `SELECT c.seq, c.body, i.released, b.released AS bytes_released FROM captures c
       JOIN entry_index i ON i.seq = c.seq LEFT JOIN byte_releases b ON b.sha256 = c.sha256 ORDER BY c.seq`,
    )
    .all()
    .map(toCapture);
}

function toCapture(row: Record<string, unknown>): Capture {
  const body = JSON.parse(row.body as string) as Omit<Capture, "seq">;
  return {
    ...body,
    seq: row.seq as number,
    released: (row.released as number | null) ?? undefined,
    bytes_released: (row.bytes_released as number | null) ?? undefined,
  };
}

/** How many captures readers may see, and how many of them are the document itself. */
export function countCaptures(log: Pick<LogReader, "db">, log_size: number): { released: number; originals: number } {
  return log.db
    .prepare(
      "SELECT count(*) AS released, coalesce(sum(c.body ->> '$.grade' = 'original'), 0) AS originals FROM captures c JOIN entry_index i USING (seq) WHERE i.released < ?",
    )
    .get(log_size) as { released: number; originals: number };
}

/** Text of a capture, extracted again from its checked bytes. */
export async function readText(blobs: Pick<BlobStore, "get">, capture: Capture): Promise<Extraction> {
  const bytes = blobs.get(capture.sha256);
  if (!bytes) throw new TracewireError("NOT_FOUND", { what: `The bytes of capture ${capture.seq} are not here`, where: capture.sha256 });
  return extractText(bytes, { declared_media_type: capture.media_type.declared, file_name: capture.origin.name });
}

/** Resolves a locator or refuses with the nearest match; a capture without text has parts of what is drawn and no other places. */
export function requireLocator(extraction: Extraction, locator: Locator, where: string): string {
  if (locator.region !== undefined) {
    const why = regionProblem(extraction, locator);
    if (why === undefined) return "what is drawn there";
    throw new TracewireError("LOCATOR_NOT_FOUND", { what: `${locatorText(locator)}: ${why}`, where, hint: "Frame it at the desk, where the page is seen, or measure it: thousandths from its top left corner." });
  }
  if (extraction.outcome === "unreadable") throw new TracewireError("CAPTURE_UNREADABLE", { what: extraction.reason, where });
  const place = resolveLocator(extraction, locator);
  if (place.found) return place.text;
  throw new TracewireError("LOCATOR_NOT_FOUND", {
    what: `${locatorText(locator)}: ${place.why}`,
    where,
    hint: place.nearest ? `The nearest match is: “${place.nearest.text}”` : undefined,
  });
}

/**
 * Makes entries public: salt and body may then be shown and exported, and public pages count them.
 * `bytes` names captures whose bytes may leave as well (their licence must allow it). Throws BAD_ARGUMENT for a protected one.
 */
export function appendRelease(transaction: Transaction, entries: number[], bytes: number[], by: string): number | undefined {
  const isProtected = transaction.db.prepare("SELECT 1 FROM captures WHERE seq = ? AND body ->> '$.is_protected'");
  const kept = [...entries, ...bytes].find((seq) => isProtected.get(seq));
  if (kept !== undefined)
    throw new TracewireError("BAD_ARGUMENT", {
      what: `The source of capture ${kept} is protected: neither it nor what was read from it is released`,
      hint: "Find the same in a source that may be named, and capture that.",
    });
  const isOpen = transaction.db.prepare("SELECT 1 FROM entry_index WHERE seq = ? AND released IS NULL AND erased IS NULL");
  const withheld = transaction.db.prepare(
    "SELECT 1 FROM captures c LEFT JOIN byte_releases b ON b.sha256 = c.sha256 WHERE c.seq = ? AND b.released IS NULL",
  );
  const newEntries = [...new Set(entries)].filter((seq) => isOpen.get(seq)).sort((a, b) => a - b);
  const newBytes = [...new Set(bytes)].filter((seq) => withheld.get(seq)).sort((a, b) => a - b);
  if (newEntries.length === 0 && newBytes.length === 0) return undefined;
  return transaction.append({ kind: "release", entries: newEntries, bytes: newBytes, by });
}

export type Erasure = { seqs: number[]; blobs: string[]; reason: string };

/** Forgets entries for good and says so in the log. Blobs are unlinked by the caller after the commit. */
export function appendErasure(transaction: Transaction, { seqs, blobs, reason }: Erasure, by: string): number {
  const look = transaction.db.prepare(
    "SELECT e.body, i.at, i.kind, i.erased, i.released FROM entries e JOIN entry_index i USING (seq) WHERE seq = ?",
  );
  const entries: ErasedEntry[] = seqs.map((seq) => {
    const row = look.get(seq);
    if (!row) throw new TracewireError("NOT_FOUND", { what: `There is no entry ${seq} in the log` });
    if (row.erased !== null) throw new TracewireError("ERASED", { what: `Entry ${seq} was erased already by entry ${String(row.erased)}` });
    const kind = row.kind as string;
    if (PUBLIC_KINDS.has(kind) && kind !== "publication" && kind !== "restatement")
      throw new TracewireError("BAD_ARGUMENT", {
        what: `Entry ${seq} is a ${kind}; it holds no evidence and stays`,
        hint: "Erase the claim or capture instead.",
      });
    const body = JSON.parse(Buffer.from(row.body as Uint8Array).toString()) as { claim?: { supersedes?: number } };
    const supersedes = body.claim?.supersedes;
    const released = row.released as number | null;
    return { seq, kind, at: row.at as string, ...(supersedes === undefined || released === null ? {} : { supersedes, released }) };
  });
  const erasure = transaction.append({ kind: "erasure", entries: entries as unknown as Json, blobs, reason, by });
  transaction.forget(seqs);
  return erasure;
}

export type EvidenceWriter = { log: LogWriter; blobs: BlobStore };
export type EvidenceReader = { log: LogReader; blobs: Pick<BlobStore, "get" | "has" | "pieces"> };
