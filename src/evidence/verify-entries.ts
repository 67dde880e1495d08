// One pass over the entries: in order, without gaps, each body canonical and hashing to its leaf, content
// absent only where a later erasure says so. Gathers what the other checks need on the way.
import type { DatabaseSync } from "node:sqlite";
import type { Findings } from "./verify-findings.ts";
import { readCanonicalObject, type JsonObject } from "./verify-json.ts";
import { messageOf } from "./verify-database.ts";
import { newLeafTable, setLeaf, type LeafTable } from "./verify-tiles.ts";
import { sha256 } from "./verify-tree.ts";

const BODY_BYTES_MAX = 16 * 1024 * 1024;
/** Missing rows that are still walked one by one; a wider gap ends the pass. */
const MISSING_MAX = 1_000_000;
const PROGRESS_EVERY = 1_000;

export type Capture = { seq: number; sha256: string; byte_count: number };

export type CheckedEntries = {
  count: number;
  /** One past the last index read. */
  end: number;
  leaves: LeafTable;
  /** What salt and body hash to, where the stored leaf says something else. */
  content: Map<number, Buffer>;
  /** Entries without salt and body, and what the erasures name: `checkErasures` compares the two. */
  absent: number[];
  erasures: { seq: number; targets: number[] }[];
  captures: Capture[];
  /** SHA-256 of erased bytes → log index of the newest erasure that names them. */
  erasedBlobs: Map<string, number>;
  first: JsonObject | undefined;
};

export function checkEntries(db: DatabaseSync, findings: Findings, onProgress: (done: number, total: number) => void): CheckedEntries {
  const { count, top } = db.prepare("SELECT count(*) AS count, coalesce(max(seq), -1) AS top FROM entries").get() as {
    count: number;
    top: number;
  };
  const result: CheckedEntries = {
    count,
    end: 0,
    leaves: newLeafTable(Math.max(0, Math.min(top + 1, count + MISSING_MAX))),
    content: new Map(),
    absent: [],
    erasures: [],
    captures: [],
    erasedBlobs: new Map(),
    first: undefined,
  };
  let done = 0;
  try {
    for (const row of db.prepare("SELECT seq, leaf, salt, body FROM entries ORDER BY seq").iterate()) {
      const seq = row.seq as number;
      if (++done % PROGRESS_EVERY === 0) onProgress(done, count);
      if (seq < 0 || seq >= result.leaves.capacity) {
        findings.add({ what: "entry_out_of_place", index: seq });
        continue;
      }
      if (seq > result.end) findings.add({ what: "entry_missing", index: result.end, actual: `${seq - result.end} missing` });
      result.end = seq + 1;
      const { leaf, salt, body } = row;
      if (leaf instanceof Uint8Array && leaf.length === 32) setLeaf(result.leaves, seq, leaf);
      else findings.add({ what: "leaf_malformed", index: seq });
      if (salt === null && body === null) result.absent.push(seq);
      else if (!(salt instanceof Uint8Array) || !(body instanceof Uint8Array) || salt.length !== 32 || body.length > BODY_BYTES_MAX)
        findings.add({ what: "entry_malformed", index: seq });
      else {
        const content = sha256(salt, body);
        if (!(leaf instanceof Uint8Array) || !content.equals(leaf)) {
          result.content.set(seq, content);
          findings.add({ what: "leaf_mismatch", index: seq, expected: hex(leaf), actual: content.toString("hex") });
        }
        const fields = checkBody(seq, body, findings);
        if (fields) gather(result, seq, fields);
      }
    }
  } catch (error) {
    findings.add({ what: "entries_unreadable", index: result.end, actual: messageOf(error) });
  }
  onProgress(count, count);
  return result;
}

/**
 * Compares absent contents with what erasures name; returns the entries that were rightly erased. Runs after
 * the roots: a bad erasure entry leaves its targets unexplained, and it is the erasure that is bad then.
 */
export function checkErasures(db: DatabaseSync, { absent, erasures, leaves }: CheckedEntries, findings: Findings): number[] {
  const named = new Map<number, number>();
  for (const { seq, targets } of erasures)
    for (const target of targets) {
      // An erasure speaks of entries before itself; anything else is not an erasure we know.
      if (target >= 0 && target < seq) named.set(target, seq);
      else findings.add({ what: "erasure_names_no_entry", index: seq, actual: String(target) });
    }
  const blame = (what: string, index: number, by: number | undefined): void =>
    findings.add(
      by !== undefined && findings.isBad(by) ? { what, index, until: by + 1, expected: `erased by entry ${by}` } : { what, index },
    );
  const gone = new Set(absent);
  const erased = absent.filter((index) => named.has(index));
  const recorded = absent.length > erased.length ? erasedInView(db) : new Map<number, number>();
  for (const index of absent) if (!named.has(index)) blame("content_missing", index, recorded.get(index));
  for (const [index, by] of named) if (!gone.has(index) && index < leaves.capacity) blame("erased_entry_present", index, by);
  return erased;
}

/** Which erasure a view says took an entry away. A view proves nothing; it only orders the findings. */
function erasedInView(db: DatabaseSync): Map<number, number> {
  try {
    const rows = db.prepare("SELECT seq, erased FROM entry_index WHERE erased IS NOT NULL").all();
    return new Map(rows.map((row) => [Number(row.seq), Number(row.erased)]));
  } catch {
    return new Map();
  }
}

function checkBody(seq: number, body: Uint8Array, findings: Findings): JsonObject | undefined {
  const read = readCanonicalObject(body);
  if ("why" in read) {
    findings.add({ what: "body_not_canonical", index: seq, actual: read.why });
    return undefined;
  }
  for (const field of ["kind", "at", "by"])
    if (typeof read.value[field] !== "string" || read.value[field] === "")
      findings.add({ what: "body_incomplete", index: seq, expected: field });
  return read.value;
}

function gather(result: CheckedEntries, seq: number, fields: JsonObject): void {
  if (seq === 0) result.first = fields;
  if (fields.kind === "capture" && typeof fields.sha256 === "string")
    result.captures.push({ seq, sha256: fields.sha256, byte_count: Number(fields.byte_count) });
  if (fields.kind !== "erasure") return;
  const named = Array.isArray(fields.entries) ? (fields.entries as (JsonObject | null)[]) : [];
  result.erasures.push({ seq, targets: named.map((entry) => Number(entry?.seq)) });
  for (const blob of Array.isArray(fields.blobs) ? (fields.blobs as unknown[]) : []) result.erasedBlobs.set(String(blob), seq);
}

function hex(value: unknown): string | undefined {
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : undefined;
}
