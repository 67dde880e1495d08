// The Merkle tree of RFC 6962 §2.1: MTH({}) = SHA-256(), leaf = SHA-256(0x00 || d), node = SHA-256(0x01 || l || r).
// The writer keeps a frontier (the roots of the complete subtrees, one per bit of the size, largest first),
// so an append costs O(log n) and never reads what is old.
import assert from "node:assert/strict";
import { hash } from "node:crypto";

export const HASH_BYTES = 32;

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export function leafHash(data: Uint8Array): Uint8Array {
  return hash("sha256", Buffer.concat([LEAF, data]), "buffer");
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return hash("sha256", Buffer.concat([NODE, left, right]), "buffer");
}

export function emptyRoot(): Uint8Array {
  return hash("sha256", "", "buffer");
}

/** Adds one leaf hash to the frontier of a tree of `size` leaves; returns the new frontier. */
export function growFrontier(frontier: Uint8Array[], size: number, leaf: Uint8Array): Uint8Array[] {
  const grown = [...frontier];
  let right = leaf;
  // Every trailing one bit of the size is a complete subtree that the new leaf completes further.
  for (let bits = size; bits % 2 === 1; bits = Math.floor(bits / 2)) {
    const left = grown.pop();
    assert(left, "the frontier has one hash for each bit of the size");
    right = nodeHash(left, right);
  }
  grown.push(right);
  return grown;
}

export function frontierRoot(frontier: Uint8Array[]): Uint8Array {
  if (frontier.length === 0) return emptyRoot();
  return frontier.reduceRight((right, left) => nodeHash(left, right));
}

/** MTH(D[start:end]), as read from tiles or leaves. `start` is a multiple of the subtree's span. */
export type RangeHash = (start: number, end: number) => Uint8Array;

/** PATH(index, D[size]) of RFC 6962 §2.1.1, from the leaf's sibling upward. */
export function inclusionProof(index: number, size: number, rangeHash: RangeHash): Uint8Array[] {
  assert(index >= 0 && index < size, `index ${index} outside a tree of ${size}`);
  return path(index, 0, size, rangeHash);
}

function path(index: number, start: number, end: number, rangeHash: RangeHash): Uint8Array[] {
  const count = end - start;
  if (count === 1) return [];
  const middle = start + largestPowerBelow(count);
  return index < middle
    ? [...path(index, start, middle, rangeHash), rangeHash(middle, end)]
    : [...path(index, middle, end, rangeHash), rangeHash(start, middle)];
}

/** PROOF(oldSize, D[size]) of RFC 6962 §2.1.2. */
export function consistencyProof(oldSize: number, size: number, rangeHash: RangeHash): Uint8Array[] {
  assert(oldSize >= 0 && oldSize <= size, `old size ${oldSize} above ${size}`);
  if (oldSize === 0 || oldSize === size) return [];
  return subproof(oldSize, 0, size, true, rangeHash);
}

function subproof(oldSize: number, start: number, end: number, complete: boolean, rangeHash: RangeHash): Uint8Array[] {
  const count = end - start;
  if (oldSize === count) return complete ? [] : [rangeHash(start, end)];
  const k = largestPowerBelow(count);
  return oldSize <= k
    ? [...subproof(oldSize, start, start + k, complete, rangeHash), rangeHash(start + k, end)]
    : [...subproof(oldSize - k, start + k, end, false, rangeHash), rangeHash(start, start + k)];
}

/** MTH over leaf hashes held in memory; the obvious definition, used for small ranges and by tests. */
export function rootOf(leaves: Uint8Array[], start = 0, end = leaves.length): Uint8Array {
  const count = end - start;
  if (count === 0) return emptyRoot();
  if (count === 1) return leaves[start]!;
  const middle = start + largestPowerBelow(count);
  return nodeHash(rootOf(leaves, start, middle), rootOf(leaves, middle, end));
}

/** The largest power of two smaller than `count` (RFC 6962's k). */
export function largestPowerBelow(count: number): number {
  assert(count > 1);
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

/** Root over data kept in order, as hex: for rows of a dataset (RFC 6962 section 2.1). */
export function merkleRoot(data: Iterable<Uint8Array>): string {
  const root = growRoot();
  for (const item of data) root.add(item);
  return root.hex();
}

/** The same for data that comes one by one and is not kept. */
export function growRoot(): { add(data: Uint8Array): void; hex(): string } {
  let frontier: Uint8Array[] = [];
  let size = 0;
  return {
    add(data) {
      frontier = growFrontier(frontier, size, leafHash(data));
      size += 1;
    },
    hex: () => Buffer.from(size === 0 ? emptyRoot() : frontierRoot(frontier)).toString("hex"),
  };
}
