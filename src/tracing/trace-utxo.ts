// Forward, from output to output: each transaction that spends taint is spread once, in an order in which all that it
// spends is known. Exact to the unit for all methods.
import assert from "node:assert/strict";
import type { MethodName } from "./methods/method.ts";
import type { Step, TraceRequest } from "./request.ts";
import { createRowQueue } from "./row-queue.ts";
import { addSegment, totalOf, type Segment } from "./segments.ts";
import { spreadTransaction, type TaintedInput } from "./spread-transaction.ts";
import { addStop, addTo, assertBalances, emptyTotals, type AssetTotals } from "./totals.ts";
import { isExternal } from "./transfer.ts";
import { outputName, type UtxoGraph } from "./utxo-graph.ts";

/** Tainted outputs at the start: the first `amount` units of each. */
export type OutputSeeds = readonly { transaction: number; vout: number; amount: bigint }[];

export type UtxoTrace = { assets: Map<string, AssetTotals>; step_count: number };

type Tainted = { taint: Segment[]; depth: number };
const NOBODY: ReadonlySet<string | null> = new Set();

export function traceUtxo(
  graph: UtxoGraph,
  method: MethodName,
  asset: string,
  seeds: OutputSeeds,
  request: Omit<TraceRequest, "seeds" | "methods">,
): UtxoTrace {
  const { depth: depthMax = Infinity, stopAt = () => undefined, onStep } = request;
  const floor = request.floors?.get(asset) ?? request.floor ?? 0n;
  const totals: AssetTotals = emptyTotals();
  const live = new Map<number, Map<number, Tainted>>();
  const queue = createRowQueue();
  const seedsOf = Map.groupBy(seeds, ({ transaction }) => transaction);
  let step_count = 0;

  const step = (rule: Step["rule"], transaction: number, vout: number, moved: Pick<Step, "before" | "in" | "out" | "after">, more: Partial<Step> = {}): void => {
    step_count++;
    const { txid, outputs } = graph.transactions[transaction]!;
    onStep?.({
      method,
      asset,
      rule,
      place: vout < 0 ? txid : outputName(txid, vout),
      ...moved,
      amount: vout < 0 ? 0n : outputs[vout]!.value,
      balance: 0n,
      rounding: 0n,
      transfer: txid,
      ...(rule === "spend" || rule === "seed" ? {} : { from: txid }),
      ...more,
    });
  };
  const arriving = (amount: bigint) => ({ before: 0n, in: amount, out: 0n, after: amount });

  /** `payers`: addresses whose taint the transaction spends. What it pays back to them has not left, and no floor cuts it off (decisions/0021). */
  const arrive = (transaction: number, vout: number, taint: Segment[], depth: number, payers: ReadonlySet<string | null>): void => {
    const amount = totalOf(taint);
    if (amount === 0n) return;
    const { txid, chain, outputs } = graph.transactions[transaction]!;
    const name = outputName(txid, vout);
    const { address } = outputs[vout]!;
    const stop = (address === null ? undefined : stopAt(address, chain)) ?? (depth >= depthMax ? { reason: "depth" as const } : undefined);
    if (stop && depth > 0) {
      addStop(totals, name, amount, stop);
      return step("stop", transaction, vout, arriving(amount), { reason: stop.reason });
    }
    if (amount < floor && depth > 0 && (address === null || !payers.has(address))) {
      addTo(totals.floor, name, amount);
      return step("floor", transaction, vout, arriving(amount));
    }
    step("pay", transaction, vout, arriving(amount));
    const spender = graph.spender(transaction, vout);
    if (spender === undefined) return addTo(totals.held, name, amount);
    const own = live.get(transaction) ?? new Map<number, Tainted>();
    live.set(transaction, own.set(vout, { taint, depth }));
    queue.push(spender);
  };

  const spend = (number: number): { spread: Segment[][]; depth: number; payers: ReadonlySet<string | null> } => {
    const transaction = graph.transactions[number]!;
    const values = graph.inputValues(number);
    const arrived: { maker: number; vout: number; tainted: Tainted; at: number }[] = [];
    for (const [at, input] of transaction.inputs.entries()) {
      if (isExternal(input)) continue;
      const maker = graph.numberOf(input.txid);
      const tainted = maker === undefined ? undefined : live.get(maker)?.get(input.vout);
      if (tainted) arrived.push({ maker: maker!, vout: input.vout, tainted, at });
    }
    const nothing = { spread: transaction.outputs.map(() => []), depth: 0, payers: NOBODY };
    if (arrived.length === 0) return nothing;
    if (values.includes(null)) {
      for (const { maker, vout, tainted } of arrived) {
        const amount = totalOf(tainted.taint);
        addStop(totals, outputName(graph.transactions[maker]!.txid, vout), amount, { reason: "inputs_unknown", name: transaction.txid });
        step("stop", maker, vout, arriving(amount), { reason: "inputs_unknown", transfer: transaction.txid });
      }
      return nothing;
    }
    const inputs: TaintedInput[] = values.map((value) => ({ value: value!, taint: [] }));
    for (const { maker, vout, tainted, at } of arrived) {
      const amount = totalOf(tainted.taint);
      step("spend", maker, vout, { before: amount, in: 0n, out: amount, after: 0n }, { transfer: transaction.txid });
      inputs[at] = { value: values[at]!, taint: tainted.taint };
    }
    const paid = transaction.outputs.reduce((sum, { value }) => sum + value, 0n);
    const taken = inputs.reduce((sum, { value }) => sum + value, 0n);
    // More paid than taken: the source lacks an input. It is unknown money, behind all that is known.
    if (paid > taken) {
      inputs.push({ value: paid - taken, taint: [] });
      step("unknown", number, -1, { before: 0n, in: 0n, out: 0n, after: 0n }, { amount: paid - taken });
    }
    const fee = taken > paid ? taken - paid : 0n;
    const spread = spreadTransaction(method, inputs, transaction.outputs.map(({ value }) => value), fee);
    const feeAmount = totalOf(spread.fee);
    if (feeAmount > 0n) {
      addTo(totals.fees, transaction.txid, feeAmount);
      step("fee", number, -1, { before: 0n, in: feeAmount, out: feeAmount, after: 0n }, { amount: fee });
    }
    const payers = new Set(arrived.map(({ maker, vout }) => graph.transactions[maker]!.outputs[vout]!.address));
    return { spread: spread.outputs, depth: Math.min(...arrived.map(({ tainted }) => tainted.depth)) + 1, payers };
  };

  for (const { transaction } of seeds) queue.push(transaction);
  for (let last = -1, number = queue.pop(); number !== undefined; number = queue.pop()) {
    if (number === last) continue;
    last = number;
    const { spread, depth, payers } = spend(number);
    for (const [vout, output] of graph.transactions[number]!.outputs.entries()) {
      const taint = spread[vout]!;
      const seeded: OutputSeeds[number] | undefined = seedsOf.get(number)?.find((seed) => seed.vout === vout);
      if (!seeded) {
        arrive(number, vout, taint, depth, payers);
        continue;
      }
      assert.ok(seeded.amount <= output.value, "a seed lies inside its output");
      const added = addSegment(taint, 0n, seeded.amount);
      totals.seed += added;
      step("seed", number, vout, arriving(added));
      arrive(number, vout, taint, 0, payers);
    }
  }
  const assets = new Map([[asset, totals]]);
  if (method !== "poison") assertBalances(method, assets, step_count);
  return { assets, step_count };
}
