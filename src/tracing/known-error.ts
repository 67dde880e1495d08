// What is known of the error of each convention: two real thefts whose laundering others followed by hand, and how much
// of that each convention reaches, alone and among a million made-up transfers that mix into the same addresses.
// Ground truth: AnonymousMFTracer/Ground-Truth, "HB" (Harmony bridge) and "LIFI" (LI.FI), WWW 2025; dollars only, no
// assets. ground-truth.test.ts makes these numbers again. They say nothing of thefts that were laundered otherwise.
import type { MethodName } from "./methods/methods.ts";

export type Coverage = {
  /** Of the dollars on the transfers found by hand: how many lie on transfers that taint reached. */
  edges_percent: number;
  /** Of the dollars that taint carried: how many on transfers found by hand. */
  true_percent: number;
  terminals: number;
  terminals_known: number;
};
type Known = Record<MethodName, Coverage>;

const line = (edges_percent: number, true_percent: number, terminals: number, terminals_known: number): Coverage => ({
  edges_percent,
  true_percent,
  terminals,
  terminals_known,
});

/** Three of Harmony's fourteen end points are in no transfer of the file. */
export const KNOWN_ERROR: Record<"HB" | "LIFI", { alone: Known; hidden: Known }> = {
  HB: {
    alone: {
      poison: line(84.8, 100, 11, 14),
      haircut: line(83.7, 100, 11, 14),
      fifo: line(80.1, 100, 11, 14),
      lifo: line(78.8, 100, 11, 14),
      tiho: line(79.1, 100, 11, 14),
    },
    hidden: {
      poison: line(98.3, 93.1, 11, 14),
      haircut: line(88.2, 99.8, 11, 14),
      fifo: line(79.7, 99.8, 11, 14),
      lifo: line(78.8, 99.9, 11, 14),
      tiho: line(79, 99.7, 11, 14),
    },
  },
  LIFI: {
    alone: {
      poison: line(100, 100, 32, 33),
      haircut: line(100, 100, 32, 33),
      fifo: line(99.5, 100, 32, 33),
      lifo: line(99.9, 100, 30, 33),
      tiho: line(99.5, 100, 32, 33),
    },
    hidden: {
      poison: line(100, 26.4, 33, 33),
      haircut: line(100, 93.4, 33, 33),
      fifo: line(99.4, 93.8, 31, 33),
      lifo: line(99.9, 98.6, 30, 33),
      tiho: line(99.4, 90.9, 32, 33),
    },
  },
};

/** One sentence for a method, for statements and terminals. */
export function knownErrorOf(method: MethodName): string {
  const [harmony, lifi] = [KNOWN_ERROR.HB.hidden[method], KNOWN_ERROR.LIFI.hidden[method]];
  return `${method}: ${harmony.edges_percent} % and ${lifi.edges_percent} % of the dollars of two thefts followed by hand (Harmony, LI.FI) among a million other transfers; of what it carried, ${harmony.true_percent} % and ${lifi.true_percent} % were theirs`;
}
