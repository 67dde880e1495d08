// Ways by which taint went from one place to another: transfers in the order of time, no place twice, ranked by the least
// amount carried on the way (widest first). After an exchange the amount is of the other asset and is counted anew: amounts
// of two assets are never compared. A way is a reading aid: amounts on two ways may be the same units.
import { createHeap } from "./heap.ts";
import type { Step } from "./request.ts";

export type PathHop = { from: string; to: string; amount: bigint; asset: string; transfer: string };
export type Path = { hops: PathHop[]; carried: bigint };
export type PathsFound = { paths: Path[]; cut: boolean };

const LOOKED_AT_MAX = 200_000;

/** `from` and `to` are places; of outputs also transactions, which stand between an output and what it paid. */
export function rankPaths(steps: readonly Step[], from: ReadonlySet<string>, to: ReadonlySet<string>, paths_max: number, hops_max: number): PathsFound {
  // Steps stand in the order of time, so an edge's place is its time.
  const edges = steps.flatMap(({ rule, from: source, place, in: arrived, out, asset, transfer }, at) => {
    if (rule === "spend") return out > 0n ? [{ at, from: place, to: transfer, amount: out, asset, transfer }] : [];
    const isArrival = rule === "credit" || rule === "stop" || rule === "seed" || rule === "conversion_in" || rule === "pay";
    return source !== undefined && arrived > 0n && isArrival ? [{ at, from: source, to: place, amount: arrived, asset, transfer }] : [];
  });
  const leaving = Map.groupBy(edges, (edge) => edge.from);
  type Way = { edges: typeof edges; carried: bigint };
  const open: Way[] = [...from].flatMap((start) => leaving.get(start) ?? []).map((edge) => ({ edges: [edge], carried: edge.amount }));
  const isWider = (a: Way, b: Way) => a.carried > b.carried || (a.carried === b.carried && a.edges.length < b.edges.length);
  const heap = createHeap(isWider, open);
  const paths: Path[] = [];
  let looked_at = 0;
  for (let way = heap.pop(); way; way = heap.pop()) {
    if (++looked_at > LOOKED_AT_MAX) return { paths, cut: true };
    const last = way.edges.at(-1)!;
    if (to.has(last.to)) {
      paths.push({ carried: way.carried, hops: way.edges.map(({ at: _, ...hop }) => hop) });
      if (paths.length >= paths_max) return { paths, cut: true };
      continue;
    }
    if (way.edges.length >= hops_max) continue;
    for (const edge of leaving.get(last.to) ?? []) {
      if (edge.at <= last.at || from.has(edge.to) || way.edges.some((other) => other.to === edge.to)) continue;
      heap.push({ edges: [...way.edges, edge], carried: edge.asset !== last.asset || edge.amount < way.carried ? edge.amount : way.carried });
    }
  }
  return { paths, cut: false };
}
