// The recorded checkpoints against the entries. Each signed root proves the entries up to its size, so a bad
// one lies between the last size that agrees and the first that does not; the tiles then tell which it is.
import type { DatabaseSync } from "node:sqlite";
import type { CheckedEntries } from "./verify-entries.ts";
import type { Findings } from "./verify-findings.ts";
import { DATABASE_FILE, metaValue } from "./verify-database.ts";
import { readNote, type PublicKey } from "./verify-note.ts";
import { leafHashAt, setLeaf, type LeafTable, type LeafWitness } from "./verify-tiles.ts";
import { addLeaf, hashLeaf, noPeaks, peakCount, rootOfPeaks, type Peaks } from "./verify-tree.ts";

export type StoredCheckpoint = { size: number; note: string; frontier: Buffer; root: Buffer | undefined };

/** Reads every recorded checkpoint and checks its signature; `root` only where it holds. */
export function readCheckpoints(db: DatabaseSync, key: PublicKey | undefined, findings: Findings): StoredCheckpoint[] {
  const stored: StoredCheckpoint[] = [];
  for (const row of db.prepare("SELECT size, note, frontier FROM checkpoints ORDER BY size").iterate()) {
    const [column, note] = [Number(row.size), String(row.note)];
    const frontier = row.frontier instanceof Uint8Array ? Buffer.from(row.frontier) : Buffer.alloc(0);
    const read = key && readNote(note, key);
    const valid = read?.outcome === "valid" ? read : undefined;
    if (read && !valid) findings.add({ what: `checkpoint_${read.outcome}`, file: `${DATABASE_FILE}#checkpoints/${column}` });
    if (valid && valid.size !== column)
      findings.add({
        what: "checkpoint_size_mismatch",
        file: `${DATABASE_FILE}#checkpoints/${column}`,
        expected: String(valid.size),
        actual: String(column),
      });
    stored.push({ size: valid?.size ?? column, note, frontier, root: valid?.root });
  }
  const recorded = metaValue(db, "checkpoints");
  if (stored[0]?.size !== 0 || (recorded !== undefined && recorded !== String(stored.length)))
    findings.add({ what: "checkpoint_missing", file: `${DATABASE_FILE}#checkpoints`, expected: recorded, actual: String(stored.length) });
  return stored.sort((a, b) => a.size - b.size);
}

/** Compares entries, frontiers and roots. Leaves that a signed root and the tiles restore are set in `entries.leaves`. */
export function checkRoots(stored: readonly StoredCheckpoint[], entries: CheckedEntries, witness: LeafWitness, findings: Findings): void {
  const { leaves } = entries;
  const sources = leafSources(entries, witness);
  let peaks: Peaks | undefined = noPeaks();
  let from = 0;
  for (const checkpoint of stored) {
    if (!checkpoint.root || checkpoint.size < from) continue;
    const grown: Grown | undefined = peaks && growToRoot(peaks, checkpoint, sources);
    if (grown) {
      if (grown.source !== sources[0]) restoreLeaves(from, checkpoint.size, grown.source, leaves, findings);
      checkFrontier(checkpoint, grown.peaks, findings);
      peaks = grown.peaks;
    } else {
      // Entries named inside the stretch stand before it in the report.
      findings.add(
        peaks ? rootMismatch(peaks, from, checkpoint, sources[0]!) : { what: "stretch_unproven", index: from, until: checkpoint.size },
      );
      peaks = recordedPeaks(checkpoint);
    }
    from = checkpoint.size;
  }
}

/** Root over the entries as stored, at `size`; undefined when one of them is missing. */
export function storedRoot(leaves: LeafTable, size: number): Buffer | undefined {
  const peaks = grow(noPeaks(), size, { hash: (index) => leafHashAt(leaves, index) });
  return peaks && rootOfPeaks(peaks);
}

type LeafSource = { hash(index: number): Buffer | undefined; data?(index: number): Buffer | undefined };

/** The database first; then what the tiles, or the contents, would have it be. */
function leafSources({ leaves, content }: CheckedEntries, witness: LeafWitness): LeafSource[] {
  const stored = (index: number) => leafHashAt(leaves, index);
  const orStored = (data: (index: number) => Buffer | undefined): LeafSource => ({
    data,
    hash: (index) => {
      const found = data(index);
      return found ? hashLeaf(found) : stored(index);
    },
  });
  return [
    { hash: stored },
    orStored((index) => content.get(index)),
    orStored((index) => witness.data(index)),
    orStored((index) => content.get(index) ?? witness.data(index)),
    { hash: (index) => witness.hash(index) ?? stored(index) },
  ];
}

type Grown = { peaks: Peaks; source: LeafSource };

function growToRoot(peaks: Peaks, checkpoint: StoredCheckpoint, sources: LeafSource[]): Grown | undefined {
  for (const source of sources) {
    const grown = grow(peaks, checkpoint.size, source);
    if (grown && rootOfPeaks(grown).equals(checkpoint.root!)) return { peaks: grown, source };
  }
  return undefined;
}

function grow(peaks: Peaks, size: number, source: LeafSource): Peaks | undefined {
  const grown = { size: peaks.size, hashes: [...peaks.hashes] };
  while (grown.size < size) {
    const hash = source.hash(grown.size);
    if (!hash) return undefined;
    addLeaf(grown, hash);
  }
  return grown;
}

function restoreLeaves(from: number, to: number, source: LeafSource, leaves: LeafTable, findings: Findings): void {
  for (let index = from; index < to; index++) {
    const right = source.hash(index)!;
    const stored = leafHashAt(leaves, index);
    if (stored?.equals(right)) continue;
    if (stored && !findings.isBad(index))
      findings.add({ what: "entry_rewritten", index, expected: right.toString("hex"), actual: stored.toString("hex") });
    const data = source.data?.(index);
    if (data && index < leaves.capacity) setLeaf(leaves, index, data);
  }
}

function checkFrontier({ size, frontier }: StoredCheckpoint, peaks: Peaks, findings: Findings): void {
  const expected = Buffer.concat(peaks.hashes);
  if (!expected.equals(frontier))
    findings.add({
      what: "frontier_mismatch",
      file: `${DATABASE_FILE}#checkpoints/${size}`,
      expected: expected.toString("hex"),
      actual: frontier.toString("hex"),
    });
}

function rootMismatch(peaks: Peaks, from: number, checkpoint: StoredCheckpoint, source: LeafSource) {
  const computed = grow(peaks, checkpoint.size, source);
  return {
    what: "root_mismatch",
    index: from,
    until: checkpoint.size,
    expected: checkpoint.root!.toString("hex"),
    actual: computed ? rootOfPeaks(computed).toString("hex") : "an entry is missing",
  };
}

/** The frontier beside a checkpoint, where it gives the signed root: from there on entries can be proven again. */
function recordedPeaks({ size, frontier, root }: StoredCheckpoint): Peaks | undefined {
  if (frontier.length !== peakCount(size) * 32) return undefined;
  const hashes = Array.from({ length: frontier.length / 32 }, (_, at) => frontier.subarray(at * 32, (at + 1) * 32));
  return rootOfPeaks({ size, hashes }).equals(root!) ? { size, hashes } : undefined;
}
