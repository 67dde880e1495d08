// One transaction with several inputs and outputs under each convention (FIELD §4.1). Inputs in their order, outputs by
// index, the fee last. A place is stretches of tainted units from the front of an output; haircut and TIHO only use how
// many there are. Published cases: test/vectors of the conformance suite.
import type { MethodName } from "./methods/method.ts";
import { addSegment, takeSegments, totalOf, type Segment } from "./segments.ts";

export type TaintedInput = { value: bigint; taint: readonly Segment[] };
export type Spread = { outputs: Segment[][]; fee: Segment[] };

/** `fee` is what the outputs leave of the inputs. The inputs must cover outputs and fee exactly. */
export function spreadTransaction(method: MethodName, inputs: readonly TaintedInput[], outputs: readonly bigint[], fee: bigint): Spread {
  const tainted = inputs.reduce((sum, { taint }) => sum + totalOf(taint), 0n);
  if (tainted === 0n) return { outputs: outputs.map(() => []), fee: [] };
  const shares = [...outputs, fee];
  const spread = SPREAD[method](inputs, shares, tainted);
  return { outputs: spread.slice(0, -1), fee: spread.at(-1)! };
}

type SpreadShares = (inputs: readonly TaintedInput[], shares: readonly bigint[], tainted: bigint) => Segment[][];

const front = (amount: bigint): Segment[] => (amount > 0n ? [{ start: 0n, length: amount }] : []);

/** `amount` in proportion to the weights, which add up to `total`: whole units by largest remainder, so that the parts add up; ties go to the lower index. */
export function divide(amount: bigint, weights: readonly bigint[], total: bigint): bigint[] {
  const parts = weights.map((weight) => (weight * amount) / total);
  const left = Number(amount - parts.reduce((sum, part) => sum + part, 0n));
  const byRemainder = weights
    .map((weight, at) => ({ at, remainder: (weight * amount) % total }))
    .sort((a, b) => (a.remainder === b.remainder ? a.at - b.at : a.remainder > b.remainder ? -1 : 1));
  for (const { at } of byRemainder.slice(0, left)) parts[at]! += 1n;
  return parts;
}

const SPREAD: Record<MethodName, SpreadShares> = {
  poison: (_, shares) => shares.map(front),

  /** Outputs by index, the fee last. */
  haircut(inputs, shares, tainted) {
    const total = inputs.reduce((sum, { value }) => sum + value, 0n);
    return divide(tainted, shares, total).map(front);
  },

  fifo(inputs, shares) {
    const line = inLine(inputs);
    let start = 0n;
    return shares.map((share) => takeSegments(line, start, (start += share)));
  },

  /** The inputs read from their end; inside an output the order is the original one again. */
  lifo(inputs, shares) {
    const line = inLine(inputs);
    let end = inputs.reduce((sum, { value }) => sum + value, 0n);
    return shares.map((share) => takeSegments(line, end - share, (end -= share) + share));
  },

  /** Tainted units first, to the largest output first; equal outputs by index, the fee last. */
  tiho(_, shares, tainted) {
    const parts = shares.map(() => 0n);
    const outputs = shares.slice(0, -1).map((value, at) => ({ value, at }));
    outputs.sort((a, b) => (a.value === b.value ? a.at - b.at : a.value > b.value ? -1 : 1));
    let left = tainted;
    for (const { value, at } of [...outputs, { value: shares.at(-1)!, at: shares.length - 1 }]) {
      parts[at] = value < left ? value : left;
      left -= parts[at];
    }
    return parts.map(front);
  },
};

/** All inputs behind each other. */
function inLine(inputs: readonly TaintedInput[]): Segment[] {
  const line: Segment[] = [];
  let start = 0n;
  for (const { value, taint } of inputs) {
    for (const segment of taint) addSegment(line, start + segment.start, segment.length);
    start += value;
  }
  return line;
}
