// Transactions shaped like those of several owners that a trace went through, for its reader to know: behind each of them
// every convention still adds up, and says less about whose funds these are.
import type { Flow } from "../flows.ts";
import type { UtxoGraph } from "../utxo-graph.ts";
import { SHAPES, SHARED_SHAPES, shapeIn } from "./shapes.ts";

const NAMED_MAX = 20;

/** One sentence for each, in the order of the data; beyond twenty their count. */
export function shapesCrossed(graph: UtxoGraph, flows: readonly Flow[]): string[] {
  const crossed = new Set(flows.flatMap(({ kind, to }) => (kind === "spend" ? (graph.numberOf(to) ?? []) : [])));
  const named = [...crossed]
    .sort((a, b) => a - b)
    .flatMap((number) => {
      const found = shapeIn(graph, number);
      if (!found || !(SHARED_SHAPES.has(found.shape) || found.shape === "possible_payjoin")) return [];
      const confidence = found.confidence === null ? "not measured" : `${found.confidence} of 100`;
      return [`It goes through ${graph.transactions[number]!.txid}, which has the shape of ${SHAPES[found.shape]}: ${found.why} (confidence ${confidence}).`];
    });
  return named.length <= NAMED_MAX ? named : [...named.slice(0, NAMED_MAX), `It goes through ${named.length - NAMED_MAX} more transactions of such shapes.`];
}
