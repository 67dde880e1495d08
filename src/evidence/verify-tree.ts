// The Merkle tree once more, for checking: written from RFC 6962 §2.1 and RFC 9162 §2.1.3.2 and §2.1.4.2 and
// sharing nothing with the code that writes the log, so that one mistake cannot hide in both.
import { createHash } from "node:crypto";

export function sha256(...parts: (Uint8Array | string)[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

const LEAF = Uint8Array.of(0x00);
const NODE = Uint8Array.of(0x01);

export const hashLeaf = (data: Uint8Array): Buffer => sha256(LEAF, data);
export const hashNode = (left: Uint8Array, right: Uint8Array): Buffer => sha256(NODE, left, right);

/** Complete subtrees of a growing tree, smallest last; `size` says how many leaves they cover. */
export type Peaks = { size: number; hashes: Buffer[] };

export const noPeaks = (): Peaks => ({ size: 0, hashes: [] });

export function addLeaf(peaks: Peaks, leaf: Buffer): void {
  peaks.hashes.push(leaf);
  peaks.size += 1;
  // Two subtrees of equal height merge: as often as the new size has trailing zero bits.
  for (let rest = peaks.size; rest % 2 === 0; rest /= 2) {
    const right = peaks.hashes.pop()!;
    peaks.hashes.push(hashNode(peaks.hashes.pop()!, right));
  }
}

export function rootOfPeaks(peaks: Peaks): Buffer {
  let root: Buffer | undefined;
  for (let at = peaks.hashes.length - 1; at >= 0; at--) root = root ? hashNode(peaks.hashes[at]!, root) : peaks.hashes[at]!;
  return root ?? sha256();
}

/** How many complete subtrees a tree of `size` leaves is made of: the one bits of the size. */
export function peakCount(size: number): number {
  return size.toString(2).replaceAll("0", "").length;
}

/** RFC 9162 §2.1.3.2. Never throws: a proof that does not fit is `false`. */
export function checkInclusion(index: number, size: number, leaf: Uint8Array, proof: readonly Uint8Array[], root: Uint8Array): boolean {
  if (!isCount(index) || !isCount(size) || index >= size || !allHashes([leaf, ...proof])) return false;
  let fn = index;
  let sn = size - 1;
  let hash: Buffer = Buffer.from(leaf);
  for (const step of proof) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      hash = hashNode(step, hash);
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else hash = hashNode(hash, step);
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && hash.equals(root);
}

/** RFC 9162 §2.1.4.2: the tree of `oldSize` leaves is the start of the tree of `size` leaves. */
export function checkConsistency(
  oldSize: number,
  size: number,
  oldRoot: Uint8Array,
  root: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  if (!isCount(oldSize) || oldSize < 1) return false; // every tree starts with the empty one; such a proof says nothing
  return checkSubtreeConsistency(0, oldSize, size, oldRoot, root, proof);
}

/** A leaf of the subtree [start, end); `index` counts from the start of the log. */
export function checkSubtreeInclusion(
  index: number,
  [start, end]: readonly [number, number],
  leaf: Uint8Array,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  return isSubtree(start, end) && start < end && index >= start && checkInclusion(index - start, end - start, leaf, proof, root);
}

/** The subtree [start, end) is part of the tree of `size` leaves (draft-ietf-plants-merkle-tree-certs §4.4). */
export function checkSubtreeConsistency(
  start: number,
  end: number,
  size: number,
  subtreeRoot: Uint8Array,
  root: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  if (!isSubtree(start, end) || !isCount(size) || end > size || !allHashes(proof)) return false;
  // The empty subtree is part of every tree, whatever its root.
  if (start === end) return proof.length === 0 && sha256().equals(subtreeRoot);
  let fn = start;
  let sn = end - 1;
  let tn = size - 1;
  const shift = () => ([fn, sn, tn] = [half(fn), half(sn), half(tn)]);
  // Climb to the largest complete subtree at the right edge of [start, end): the proof starts there.
  const atEdge = sn === tn;
  while (fn !== sn && (atEdge || isOdd(sn))) shift();

  const steps = [...proof];
  const first = fn === sn ? subtreeRoot : steps.shift();
  if (!first) return false;
  let inner: Buffer = Buffer.from(first);
  let outer: Buffer = Buffer.from(first);
  for (const step of steps) {
    if (tn === 0) return false;
    if (isOdd(sn) || sn === tn) {
      if (fn < sn) inner = hashNode(step, inner);
      outer = hashNode(step, outer);
      while (!isOdd(sn) && sn !== 0) shift();
    } else outer = hashNode(outer, step);
    shift();
  }
  return tn === 0 && inner.equals(subtreeRoot) && outer.equals(root);
}

/** A subtree starts at a multiple of the power of two that it fits in; otherwise the log has no node for it. */
function isSubtree(start: number, end: number): boolean {
  if (!isCount(start) || !isCount(end) || start > end) return false;
  let span = 1;
  while (span < end - start) span *= 2;
  return start % span === 0;
}

// Sizes go up to 2^53, so no bit operators, which stop at 2^32.
const half = (n: number) => Math.floor(n / 2);
const isOdd = (n: number) => n % 2 === 1;
const isCount = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0;
const allHashes = (hashes: readonly Uint8Array[]) => hashes.every((hash) => hash.length === 32);
