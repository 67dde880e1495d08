// Backward, from output to the inputs that paid it, against the order of spending. FIFO and LIFO: each unit of an output
// has one place among the inputs. Haircut: in proportion to the inputs, whole units by largest remainder.
import type { MethodName } from "./methods/method.ts";
import { ITSELF, type Step, type TraceRequest } from "./request.ts";
import { createRowQueue } from "./row-queue.ts";
import { addSegment, takeSegments, totalOf, type Segment } from "./segments.ts";
import { divide } from "./spread-transaction.ts";
import { addStop, addTo, assertBalances, emptyTotals } from "./totals.ts";
import { isExternal } from "./transfer.ts";
import type { OutputSeeds } from "./trace-utxo.ts";
import type { BackwardAccountTrace } from "./trace-accounts-back.ts";
import { outputName, type UtxoGraph } from "./utxo-graph.ts";

type Wanted = { taint: Segment[]; depth: number };

export function traceUtxoBack(
  graph: UtxoGraph,
  method: MethodName,
  asset: string,
  seeds: OutputSeeds,
  request: Omit<TraceRequest, "seeds" | "methods">,
): BackwardAccountTrace {
  const { depth: depthMax = Infinity, stopAt = () => undefined, onStep } = request;
  const floor = request.floors?.get(asset) ?? request.floor ?? 0n;
  const totals = emptyTotals();
  const wanted = new Map<number, Map<number, Wanted>>();
  const queue = createRowQueue();
  let step_count = 0;
  let split_count = 0;

  const step = (rule: Step["rule"], place: string, transfer: string, amount: bigint, reason?: string): void => {
    step_count++;
    onStep?.({ method, asset, rule, place, before: 0n, in: amount, out: 0n, after: amount, amount, balance: 0n, rounding: 0n, transfer, ...(reason ? { reason } : {}) });
  };
  const end = (place: string, transfer: string, amount: bigint, reason: "external" | "unknown" | "inputs_unknown", name?: string): void => {
    addStop(totals, place, amount, { reason, ...(name === undefined ? {} : { name }) });
    step("stop", place, transfer, amount, reason);
  };

  /** `takers`: addresses whose outputs are asked about. What they paid themselves never came from elsewhere, and no floor cuts it off (decisions/0021). */
  const want = (transaction: number, vout: number, taint: readonly Segment[], depth: number, by: string, takers?: ReadonlySet<string | null>): void => {
    const amount = totalOf(taint);
    if (amount === 0n) return;
    const { txid, chain, outputs } = graph.transactions[transaction]!;
    const place = outputName(txid, vout);
    const { address } = outputs[vout]!;
    const stop = (address === null ? undefined : stopAt(address, chain)) ?? (depth >= depthMax ? { reason: "depth" as const } : undefined);
    if (depth > 0 && stop) {
      addStop(totals, place, amount, stop);
      return step("stop", place, by, amount, stop.reason);
    }
    if (depth > 0 && amount < floor && (address === null || !takers?.has(address))) {
      addTo(totals.floor, place, amount);
      return step("floor", place, by, amount);
    }
    const own = wanted.get(transaction) ?? new Map<number, Wanted>();
    wanted.set(transaction, own);
    const known = own.get(vout) ?? { taint: [], depth };
    let fresh = 0n;
    for (const { start, length } of taint) fresh += addSegment(known.taint, start, length);
    own.set(vout, known);
    // Seeds may lie behind each other: an output is spent once, so units that are wanted already are a seed's.
    if (fresh < amount) {
      addStop(totals, place, amount - fresh, ITSELF);
      step("stop", place, by, amount - fresh, ITSELF.reason);
    }
    if (fresh > 0n) step(depth === 0 ? "seed" : "spend", place, by, fresh);
    queue.push(-transaction);
  };

  for (const { transaction, vout, amount } of seeds) {
    totals.seed += amount;
    want(transaction, vout, [{ start: 0n, length: amount }], 0, graph.transactions[transaction]!.txid);
  }
  for (let number = queue.pop(); number !== undefined; number = queue.pop()) {
    const transaction = graph.transactions[-number]!;
    const own = wanted.get(-number);
    if (!own) continue;
    wanted.delete(-number);
    const depth = Math.min(...[...own.values()].map((one) => one.depth)) + 1;
    const values = graph.inputValues(-number);
    if (values.includes(null)) {
      for (const [vout, { taint }] of own) end(outputName(transaction.txid, vout), transaction.txid, totalOf(taint), "inputs_unknown");
      continue;
    }
    const known = values as readonly bigint[];
    const paid = transaction.outputs.reduce((sum, { value }) => sum + value, 0n);
    const taken = known.reduce((sum, value) => sum + value, 0n);
    const parts = fromInputs(method, own, known, transaction.outputs.map(({ value }) => value), taken > paid ? taken : paid);
    if (method === "haircut" && known.length > 1) split_count++;
    const takers = new Set([...own.keys()].map((vout) => transaction.outputs[vout]!.address));
    for (const [at, part] of parts.entries()) {
      const amount = totalOf(part);
      if (amount === 0n) continue;
      const input = transaction.inputs[at];
      if (!input) end(transaction.txid, transaction.txid, amount, "unknown");
      else if (isExternal(input)) end(`${transaction.txid}<${at}`, transaction.txid, amount, "external");
      else {
        const maker = graph.numberOf(input.txid);
        if (maker === undefined) end(outputName(input.txid, input.vout), transaction.txid, amount, "unknown");
        else want(maker, input.vout, part, depth, transaction.txid, takers);
      }
    }
  }
  const assets = new Map([[asset, totals]]);
  assertBalances(`${method} backward`, assets, step_count);
  return { assets, step_count, split_count };
}

/** For each input, and last for money that no input explains, which of its units the wanted outputs were paid from. */
function fromInputs(
  method: MethodName,
  wanted: ReadonlyMap<number, Wanted>,
  inputs: readonly bigint[],
  outputs: readonly bigint[],
  total: bigint,
): Segment[][] {
  const sources = [...inputs, total - inputs.reduce((sum, value) => sum + value, 0n)];
  if (method === "haircut") {
    const amount = [...wanted.values()].reduce((sum, { taint }) => sum + totalOf(taint), 0n);
    const parts = divide(amount, sources, total);
    return parts.map((part) => (part > 0n ? [{ start: 0n, length: part }] : []));
  }
  const line: Segment[] = [];
  let before = 0n;
  for (const [vout, value] of outputs.entries()) {
    for (const { start, length } of wanted.get(vout)?.taint ?? [])
      addSegment(line, method === "lifo" ? total - before - value + start : before + start, length);
    before += value;
  }
  let start = 0n;
  return sources.map((value) => takeSegments(line, start, (start += value)));
}
