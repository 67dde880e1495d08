// One trace: the same seed under each method asked for, over one set of data. Results are exact integers; asserting
// that they add up is part of every run (totals.ts).
import { TracewireError } from "../errors.ts";
import { BACKWARD_METHODS } from "./methods/backward.ts";
import { METHODS, type MethodName } from "./methods/methods.ts";
import type { TraceRequest } from "./request.ts";
import { accountSeeds, outputSeeds } from "./seeds.ts";
import { traceAccountsBack } from "./trace-accounts-back.ts";
import { traceAccounts } from "./trace-accounts.ts";
import { traceUtxoBack } from "./trace-utxo-back.ts";
import { traceUtxo } from "./trace-utxo.ts";
import type { AssetTotals } from "./totals.ts";
import type { TransferTable } from "./transfer-table.ts";
import type { UtxoGraph } from "./utxo-graph.ts";

/** What is traced over: accounts, or transactions with inputs and outputs. */
export type TraceData = { kind: "accounts"; table: TransferTable } | { kind: "utxo"; graph: UtxoGraph; asset: string };

export type MethodTrace = {
  version: string;
  assets: Map<string, AssetTotals>;
  step_count: number;
  /** Of an estimate (haircut backward): each amount is less than this many units from the exact share. */
  bound?: bigint;
};
export type Trace = Map<MethodName, MethodTrace>;

export const BACKWARD_REFUSED =
  "what it calls tainted depends on where taint began, and that is what a backward trace asks; use fifo, lifo, or haircut as an estimate";

/**
 * Throws NOT_FOUND or BAD_ARGUMENT for a seed that the data does not hold, and for poison and TIHO backward.
 * Crashes where a method that conserves does not add up.
 */
export function trace(data: TraceData, { seeds, methods, ...request }: TraceRequest): Trace {
  const run = request.direction === "backward" ? backward(data, seeds, request) : forward(data, seeds, request);
  return new Map(methods.map((name) => [name, { version: METHODS[name].version, ...run(name) }]));
}

type Run = (name: MethodName) => Omit<MethodTrace, "version">;
type Rest = Omit<TraceRequest, "seeds" | "methods">;

function forward(data: TraceData, seeds: TraceRequest["seeds"], request: Rest): Run {
  if (data.kind === "utxo") {
    const outputs = outputSeeds(data.graph, seeds);
    return (name) => traceUtxo(data.graph, name, data.asset, outputs, withStops(request));
  }
  const found = accountSeeds(data.table, seeds);
  return (name) => traceAccounts(data.table, METHODS[name], found, request);
}

/** Both kinds of stops as one question. */
const withStops = ({ stops, stopAt, ...request }: Rest): Rest =>
  stops === undefined || stops.size === 0 ? { ...request, stopAt } : { ...request, stopAt: (address, chain) => stops.get(address) ?? stopAt?.(address, chain) };

function backward(data: TraceData, seeds: TraceRequest["seeds"], request: Rest): Run {
  const back = (name: MethodName) => {
    const method = BACKWARD_METHODS[name];
    if (!method) throw new TracewireError("BAD_ARGUMENT", { what: `${name} has no answer backward: ${BACKWARD_REFUSED}` });
    return method;
  };
  const withBound = (name: MethodName, { split_count, ...found }: ReturnType<typeof traceAccountsBack>) =>
    name === "haircut" ? { ...found, bound: BigInt(split_count) } : found;
  if (data.kind === "utxo") {
    const outputs = outputSeeds(data.graph, seeds);
    return (name) => withBound(name, traceUtxoBack(data.graph, back(name).name, data.asset, outputs, withStops(request)));
  }
  const found = accountSeeds(data.table, seeds);
  return (name) => withBound(name, traceAccountsBack(data.table, back(name), found, withStops(request)));
}
