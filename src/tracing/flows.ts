// The steps of a trace added up between two places: what a picture of it is drawn from. Forward, `from` sent to `to`;
// of outputs, one of the two is the transaction.
import type { Step } from "./request.ts";

export type Flow = {
  method: string;
  asset: string;
  from: string;
  to: string;
  /** How it arrived: "credit" (there, or sent on), "stop", "floor", "fee", "conversion_in", "pay", "spend". */
  kind: string;
  amount: bigint;
  transfer_count: number;
};

export type FlowCollector = { onStep(step: Step): void; flows(): Flow[] };

export function collectFlows(): FlowCollector {
  /** By convention, asset and kind, then by both places, one after the other: a text of all five would be made for each step. */
  const all: Flow[] = [];
  const kinds = new Map<string, Map<string, Map<string, Flow>>>();
  return {
    onStep({ method, asset, rule, place, from, in: arrived, out, transfer }) {
      const [source, target, amount] = rule === "spend" ? [place, transfer, out] : [from, place, arrived];
      if (source === undefined || amount === 0n) return;
      const kind = `${method} ${asset} ${rule}`;
      const sources = kinds.get(kind) ?? kinds.set(kind, new Map()).get(kind)!;
      const flows = sources.get(source) ?? sources.set(source, new Map()).get(source)!;
      const known = flows.get(target);
      if (known) {
        known.amount += amount;
        known.transfer_count++;
        return;
      }
      const flow = { method, asset, from: source, to: target, kind: rule, amount, transfer_count: 1 };
      flows.set(target, flow);
      all.push(flow);
    },
    flows: () => all,
  };
}
