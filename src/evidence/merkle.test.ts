import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { announce, corpus, scaled, seed } from "../../test/scale.ts";
import { consistencyProof, frontierRoot, growFrontier, inclusionProof, leafHash, rootOf } from "./merkle.ts";
import { TILE_WIDTH, parseTilePath, tilePath, tilesOf, tileBytes } from "./tiles.ts";
import { expectedTiles, newLeafTable, setLeaf } from "./verify-tiles.ts";
import {
  addLeaf,
  checkConsistency,
  checkInclusion,
  checkSubtreeConsistency,
  checkSubtreeInclusion,
  hashLeaf,
  noPeaks,
  rootOfPeaks,
} from "./verify-tree.ts";

const vectors = corpus("vectors/merkle/testdata");

type Vector = { desc: string; wantErr: boolean; proof: string[] | null; [field: string]: unknown };

function readVectors(kind: string): { path: string; vector: Vector }[] {
  const root = join(vectors.path!, kind);
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .map((name) => ({ path: `${kind}/${name}`, vector: JSON.parse(readFileSync(join(root, name), "utf8")) as Vector }));
}

const bytes = (value: unknown) => Buffer.from((value as string | null) ?? "", "base64");
const steps = (vector: Vector) => (vector.proof ?? []).map(bytes);

const CHECKS: Record<string, { count: number; check: (vector: Vector) => boolean }> = {
  inclusion: {
    count: 98,
    check: (v) => checkInclusion(v.leafIdx as number, v.treeSize as number, bytes(v.leafHash), steps(v), bytes(v.root)),
  },
  consistency: {
    count: 98,
    check: (v) => checkConsistency(v.size1 as number, v.size2 as number, bytes(v.root1), bytes(v.root2), steps(v)),
  },
  subtreeinclusion: {
    count: 204,
    check: (v) =>
      checkSubtreeInclusion(v.leafIdx as number, [v.start as number, v.end as number], bytes(v.leafHash), steps(v), bytes(v.root)),
  },
  subtreeconsistency: {
    count: 118,
    check: (v) => checkSubtreeConsistency(v.start as number, v.end as number, v.size as number, bytes(v.root1), bytes(v.root2), steps(v)),
  },
};

for (const [kind, { count, check }] of Object.entries(CHECKS))
  test(`${count} published ${kind} vectors`, { skip: vectors.skip }, () => {
    const read = readVectors(kind);
    assert.equal(read.length, count);
    const wrong = read
      .filter(({ vector }) => check(vector) === vector.wantErr)
      .map(({ path, vector }) => `${path} wantErr=${vector.wantErr}`);
    assert.deepEqual(wrong, []);
  });

const leavesOf = (count: number, salt = 0) => Array.from({ length: count }, (_, at) => leafHash(Buffer.from(`leaf ${salt} ${at}`)));

test("the writer's proofs hold for the verifier: every pair of sizes up to 64, every leaf", () => {
  const leaves = leavesOf(64);
  const range = (start: number, end: number) => rootOf(leaves, start, end);
  for (let size = 1; size <= 64; size++) {
    const root = range(0, size);
    for (let index = 0; index < size; index++) {
      const proof = inclusionProof(index, size, range);
      assert.ok(checkInclusion(index, size, leaves[index]!, proof, root));
      assert.ok(!checkInclusion(index, size, leaves[(index + 1) % 64]!, proof, root));
    }
    for (let old = 1; old <= size; old++) {
      const proof = consistencyProof(old, size, range);
      assert.ok(checkConsistency(old, size, range(0, old), root, proof));
      if (old < size) assert.ok(!checkConsistency(old, size, root, root, proof));
      for (let at = 0; at < proof.length; at++) assert.ok(!checkConsistency(old, size, range(0, old), root, proof.toSpliced(at, 1)));
    }
  }
});

test("random trees: frontier, peaks and the definition agree; a proof with any bit changed does not hold", (t) => {
  const runs = scaled(2_000);
  announce(t, "random trees", runs);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 700 }), fc.nat(), fc.nat(), fc.nat(), (size, pick, salt, noise) => {
      const leaves = leavesOf(size, salt);
      const range = (start: number, end: number) => rootOf(leaves, start, end);
      const index = pick % size;
      const peaks = noPeaks();
      let frontier: Uint8Array[] = [];
      leaves.forEach((leaf, at) => {
        frontier = growFrontier(frontier, at, leaf);
        addLeaf(peaks, Buffer.from(leaf));
      });
      const root = range(0, size);
      assert.deepEqual(Buffer.from(frontierRoot(frontier)), Buffer.from(root));
      assert.deepEqual(rootOfPeaks(peaks), Buffer.from(root));
      const proof = inclusionProof(index, size, range).map((hash) => Buffer.from(hash));
      assert.ok(checkInclusion(index, size, leaves[index]!, proof, root));
      if (proof.length > 0) {
        const step = proof[noise % proof.length]!;
        step[noise % 32]! ^= 1 << (noise % 8);
        assert.ok(!checkInclusion(index, size, leaves[index]!, proof, root));
      }
    }),
    { numRuns: runs, seed },
  );
});

test("tile paths: one path per tile, and back", (t) => {
  const runs = scaled(10_000);
  announce(t, "tile names", runs);
  const level = fc.oneof(fc.constant("entries" as const), fc.integer({ min: 0, max: 7 }));
  fc.assert(
    fc.property(level, fc.nat({ max: 2 ** 40 }), fc.integer({ min: 1, max: TILE_WIDTH }), (level, index, width) => {
      const path = tilePath(level, index, width);
      assert.deepEqual(parseTilePath(path), { level, index, width });
      assert.equal(parseTilePath(`${path}x`), undefined);
      assert.equal(parseTilePath(path.replace("/", "/x000/")), undefined);
    }),
    { numRuns: runs, seed },
  );
  for (const bad of ["0/000.p/256", "0/000.p/0", "0/00", "8/000", "0/x000/001", "0/../000", "entries/000.p/1e1", ""])
    assert.equal(parseTilePath(bad), undefined);
});

test("the writer's tiles and the verifier's are the same files with the same bytes", () => {
  const data = Array.from({ length: 65_537 }, (_, at) => leafHash(Buffer.from(`data ${at}`)));
  for (const size of [0, 1, 255, 256, 257, 511, 512, 65_535, 65_537]) {
    const table = newLeafTable(size);
    data.slice(0, size).forEach((leaf, at) => setLeaf(table, at, leaf));
    const mine = new Map([...expectedTiles(size, table)].map(({ path, bytes }) => [path, bytes!.toString("base64")]));
    const theirs = new Map(
      [...tilesOf(size)].map((name) => [
        `tile/${tilePath(name.level, name.index, name.width)}`,
        Buffer.from(tileBytes(name, (a, b) => data.slice(a, b))).toString("base64"),
      ]),
    );
    assert.deepEqual([...mine.keys()].sort(), [...theirs.keys()].sort());
    for (const [path, bytes] of mine) assert.equal(bytes, theirs.get(path), path);
  }
  assert.deepEqual(hashLeaf(Buffer.from("x")), Buffer.from(leafHash(Buffer.from("x"))));
});
