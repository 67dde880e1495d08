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

type KnownBack = Record<"haircut" | "fifo" | "lifo", Coverage>;

/** Backward, from the transfers into the end points; what is reached are the addresses that were robbed from. */
export const KNOWN_ERROR_BACK: Record<"HB" | "LIFI", { alone: KnownBack; hidden: KnownBack }> = {
  HB: {
    alone: { haircut: line(99.4, 100, 14, 14), fifo: line(91.3, 100, 14, 14), lifo: line(93, 100, 14, 14) },
    hidden: { haircut: line(99.4, 99.8, 14, 14), fifo: line(91, 99.9, 14, 14), lifo: line(93, 99.9, 14, 14) },
  },
  LIFI: {
    alone: { haircut: line(100, 100, 1, 1), fifo: line(97.6, 100, 1, 1), lifo: line(100, 100, 1, 1) },
    hidden: { haircut: line(100, 97.9, 1, 1), fifo: line(97.4, 98.2, 1, 1), lifo: line(100, 99.6, 1, 1) },
  },
};

const hiddenOf = (method: MethodName, direction: "forward" | "backward"): [Coverage, Coverage] | undefined => {
  const known: Record<"HB" | "LIFI", { hidden: Partial<Known> }> = direction === "forward" ? KNOWN_ERROR : KNOWN_ERROR_BACK;
  const [harmony, lifi] = [known.HB.hidden[method], known.LIFI.hidden[method]];
  return harmony && lifi && [harmony, lifi];
};

/** One sentence for a method, for statements and pages; undefined where nothing was measured. */
export function knownErrorOf(method: MethodName, direction: "forward" | "backward" = "forward"): string | undefined {
  const found = hiddenOf(method, direction);
  if (!found) return undefined;
  const [harmony, lifi] = found;
  return `${method}: ${harmony.edges_percent} % and ${lifi.edges_percent} % of the dollars of two thefts followed by hand (Harmony, LI.FI) among a million other transfers; of what it carried, ${harmony.true_percent} % and ${lifi.true_percent} % were theirs`;
}

/** All methods of an answer in one line, for a terminal. */
export function knownErrors(methods: readonly MethodName[], direction: "forward" | "backward"): string {
  const each = methods.flatMap((method) => {
    const found = hiddenOf(method, direction);
    return found ? [`${method} ${found[0].edges_percent} and ${found[1].edges_percent} % (${found[0].true_percent} and ${found[1].true_percent} % of what it carried theirs)`] : [];
  });
  return `Known of their error: of the dollars of two thefts followed by hand (Harmony, LI.FI), hidden among a million other transfers, ${each.join(", ")}. Of other thefts nothing is known.`;
}
