// One trace: the same seed under each method asked for, over one set of data. Results are exact integers; asserting
// that they add up is part of every run (totals.ts).
import { METHODS, type MethodName } from "./methods/methods.ts";
import type { TraceRequest } from "./request.ts";
import { accountSeeds, outputSeeds } from "./seeds.ts";
import { traceAccounts } from "./trace-accounts.ts";
import { traceUtxo } from "./trace-utxo.ts";
import type { AssetTotals } from "./totals.ts";
import type { TransferTable } from "./transfer-table.ts";
import type { UtxoGraph } from "./utxo-graph.ts";

/** What is traced over: accounts, or transactions with inputs and outputs. */
export type TraceData = { kind: "accounts"; table: TransferTable } | { kind: "utxo"; graph: UtxoGraph; asset: string };

export type MethodTrace = { version: string; assets: Map<string, AssetTotals>; step_count: number };
export type Trace = Map<MethodName, MethodTrace>;

/** Throws NOT_FOUND or BAD_ARGUMENT for a seed that the data does not hold. Crashes where a method that conserves does not add up. */
export function trace(data: TraceData, { seeds, methods, ...request }: TraceRequest): Trace {
  const run: (name: MethodName) => { assets: Map<string, AssetTotals>; step_count: number } = (() => {
    if (data.kind === "utxo") {
      const outputs = outputSeeds(data.graph, seeds);
      return (name) => traceUtxo(data.graph, name, data.asset, outputs, request);
    }
    const found = accountSeeds(data.table, seeds);
    return (name) => traceAccounts(data.table, METHODS[name], found, request);
  })();
  return new Map(methods.map((name) => [name, { version: METHODS[name].version, ...run(name) }]));
}
