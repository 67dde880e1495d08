// Clusters over the sets of transfers that a newsroom holds.
import { TracewireError } from "../../errors.ts";
import type { EvidenceReader } from "../../evidence/evidence.ts";
import { clusterBySpending, shapeGate, type Clusters } from "./co-spend.ts";
import type { FrozenCluster } from "./frozen-clusters.ts";
import { listTransferSets, readTransferSets } from "../transfer-sets.ts";
import { buildUtxoGraph } from "../utxo-graph.ts";

export { changeContext, changeOf, CHANGE_NAMES, type ChangeEdge, type ChangeName } from "./change.ts";
export { clusterBySpending, shapeGate, type Clusters, type Gate, type Join } from "./co-spend.ts";
export { clustersView, clustersWith, describeCluster, findCluster, freezeCluster, type FrozenAddress, type FrozenCluster } from "./frozen-clusters.ts";
export { HEURISTICS, HEURISTICS_WITHOUT_DATA, type Heuristic, type HeuristicName } from "./heuristics.ts";
export { SHAPES, SHARED_SHAPES, shapeIn, shapeOf, type Shape, type ShapeName } from "./shapes.ts";

export type NewsroomClusters = { clusters: Clusters; sets: FrozenCluster["sets"]; notes: string[]; log_size: number; gate: string };

/** Throws NOT_FOUND where no transactions with outputs are held. `payjoins`: ids of transactions known to be PayJoins. */
export async function readClusters(
  newsroom: EvidenceReader & { folder: string },
  { sets, payjoins = [], strict = false, log_size = newsroom.log.size() }: { sets?: readonly string[]; payjoins?: readonly string[]; strict?: boolean; log_size?: number } = {},
): Promise<NewsroomClusters> {
  // Of accounts nothing is read: what cannot be put in one order among them is no matter here.
  const outputs = listTransferSets(newsroom.log, log_size).filter(({ kind, superseded_by }) => kind === "utxo" && superseded_by === undefined);
  const read = sets || outputs.length > 0 ? await readTransferSets(newsroom, { sets: sets ?? outputs.map(({ seq }) => String(seq)), log_size }) : { sets: [], transactions: [], notes: [] };
  if (read.transactions.length === 0)
    throw new TracewireError("NOT_FOUND", { what: "No transactions with inputs and outputs are held", hint: "Import some: tracewire import utxo FILE." });
  const used = read.sets.filter(({ kind }) => kind === "utxo");
  return {
    clusters: clusterBySpending(buildUtxoGraph(read.transactions), { gate: shapeGate({ payjoins: new Set(payjoins), strict }) }),
    sets: used.map(({ name, seq, rows_root, row_count }) => ({ name, seq, rows_root, row_count })),
    notes: read.notes,
    log_size,
    gate: `shapes of several owners${strict ? ", perhaps-PayJoins" : ""}${payjoins.length > 0 ? `, known PayJoins ${payjoins.join(", ")}` : ""}`,
  };
}
