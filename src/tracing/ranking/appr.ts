// Approximate personalised PageRank (Andersen, Chung, Lang 2006, "Local graph partitioning using PageRank vectors"): how
// often a walker who begins at the seed, and at each step goes home with chance α, stands at a place. Transfers are taken
// as edges without direction, one each: this method knows neither time nor asset nor amount, and so adds up none.
import assert from "node:assert/strict";
import { createHeap } from "../heap.ts";
import type { TransferTable } from "../transfer-table.ts";
import type { Places } from "./places.ts";

export const APPR = { alpha: 0.15, epsilon: 1e-5 } as const;

/** By place: what has come to rest there, and what was not handed on. Together 1. */
export type Scores = { score: Map<number, number>; residual: Map<number, number>; pushes: number; cut: boolean };

/**
 * From the seeds in equal parts. At the end no place keeps more than ε for each of its transfers, and where transfers are
 * edges without direction a score lies at most that much below the exact one.
 */
export function rankByAppr(table: TransferTable, places: Places, seeds: readonly number[], { alpha, epsilon }: { alpha: number; epsilon: number } = APPR): Scores {
  const degrees = new Int32Array(places.names.length);
  for (let row = 0; row < table.count; row++) {
    const ends = places.between(row);
    if (!ends) continue;
    degrees[ends.from]!++;
    degrees[ends.to]!++;
  }
  const neighbours = (place: number): [number, number][] => {
    const counts = new Map<number, number>();
    for (const account of places.accountsOf(place))
      for (const row of table.rowsOf(account)) {
        const ends = places.between(row);
        if (!ends) continue;
        const other = ends.from === place ? ends.to : ends.from;
        counts.set(other, (counts.get(other) ?? 0) + 1);
      }
    // Floating-point sums hang on their order: by place, never by row.
    return [...counts].sort(([a], [b]) => a - b);
  };

  const score = new Map<number, number>();
  const residual = new Map<number, number>();
  const heap = createHeap<{ place: number; excess: number }>((a, b) => a.excess > b.excess || (a.excess === b.excess && a.place < b.place));
  const excessOf = (place: number): number => (residual.get(place) ?? 0) / degrees[place]!;
  const give = (place: number, share: number): void => {
    residual.set(place, (residual.get(place) ?? 0) + share);
    if (excessOf(place) > epsilon) heap.push({ place, excess: excessOf(place) });
  };
  for (const seed of seeds) give(seed, 1 / seeds.length);

  let pushes = 0;
  // Each push brings at least α·ε·degree to rest, and there is 1 in all: the paper's bound on the whole work, and so
  // the only limit that is needed.
  const work_max = 1 / (alpha * epsilon) + 1;
  let work = 0;
  for (let next = heap.pop(); next; next = heap.pop()) {
    const { place, excess } = next;
    if (excess !== excessOf(place)) continue;
    const held = residual.get(place)!;
    const degree = degrees[place]!;
    pushes++;
    work += degree;
    assert.ok(work <= work_max, "a push brought less to rest than it must");
    residual.set(place, 0);
    // Nobody to hand on to: all of it rests.
    score.set(place, (score.get(place) ?? 0) + (degree === 0 ? held : alpha * held));
    for (const [other, count] of neighbours(place)) give(other, ((1 - alpha) * held * count) / degree);
  }
  return { score, residual, pushes, cut: false };
}
