// Clusters over the sets of transfers that a newsroom holds.
import { accountsOf, readAddress } from "../../chains/chains.ts";
import { TracewireError } from "../../errors.ts";
import type { EvidenceReader } from "../../evidence/evidence.ts";
import { clusterBySpending, shapeGate, type Clusters } from "./co-spend.ts";
import type { FrozenCluster } from "./frozen-clusters.ts";
import { onePart, readApart, readHolding, showsAny } from "../sets-apart.ts";
import { listTransferSets, type TransferSet } from "../transfer-sets.ts";
import { buildUtxoGraph } from "../utxo-graph.ts";

export type NewsroomClusters = { clusters: Clusters; sets: FrozenCluster["sets"]; notes: string[]; log_size: number; gate: string };

type Newsroom = EvidenceReader & { folder: string };
export type ClustersAsk = {
  /** Whom it is about: sets that cannot be put together are read where they show one of these. */
  about: readonly string[];
  sets?: readonly string[];
  /** Where no sets are named: these are all that the asker may see. */
  among?: readonly string[];
  /** Ids of transactions known to be PayJoins. */
  payjoins?: readonly string[];
  strict?: boolean;
  log_size?: number;
};

/** Throws NOT_FOUND where no transactions with outputs are held, or none of those that are shows anybody whom it is about. */
export async function readClusters(newsroom: Newsroom, { about, sets, among, payjoins = [], strict = false, log_size = newsroom.log.size() }: ClustersAsk): Promise<NewsroomClusters> {
  const isHeld = setsHeld(newsroom, { among, log_size }).some(({ kind }) => kind === "utxo");
  // Of accounts nothing is read: what cannot be put in one order among them is no matter here.
  const read = sets || isHeld ? onePart(await readHolding(newsroom, { sets, among, kind: "utxo", log_size }, "the address", showsAny(() => about))) : undefined;
  if (!read && isHeld) throw await addressNotShown(newsroom, about[0]!, { among, log_size });
  if (!read || read.transactions.length === 0)
    throw new TracewireError("NOT_FOUND", {
      what: sets ? `${sets.join(", ")} ${sets.length === 1 ? "is" : "are"} of accounts, and only coins are spent together` : "No transactions with inputs and outputs are held",
      hint: "Import some: tracewire import utxo FILE; tracewire trace sets lists what is held.",
    });
  const used = read.sets.filter(({ kind }) => kind === "utxo");
  return {
    clusters: clusterBySpending(buildUtxoGraph(read.transactions), { gate: shapeGate({ payjoins: new Set(payjoins), strict }) }),
    sets: used.map(({ name, seq, rows_root, row_count }) => ({ name, seq, rows_root, row_count })),
    notes: read.notes,
    log_size,
    gate: `shapes of several owners${strict ? ", perhaps-PayJoins" : ""}${payjoins.length > 0 ? `, known PayJoins ${payjoins.join(", ")}` : ""}`,
  };
}

/** No set shows it, or only sets of accounts do, where nothing is spent together. */
export async function addressNotShown(newsroom: Newsroom, address: string, { sets = [], among, chain, log_size }: Pick<ClustersAsk, "sets" | "among" | "log_size"> & { chain?: string }): Promise<TracewireError> {
  const hint = "Check its spelling; tracewire trace sets lists what is held.";
  if (sets.length > 0 || chain !== undefined)
    return new TracewireError("NOT_FOUND", { what: `${sets.length === 0 ? "No set" : `None of ${sets.join(", ")}`} shows the address ${address}${chain === undefined ? "" : ` on ${chain}`} in transactions with outputs`, hint });
  const accounts = setsHeld(newsroom, { among, log_size }).flatMap(({ kind, seq }) => (kind === "accounts" ? [seq] : []));
  const spellings = [address, ...accountsOf(readAddress(address)).map((one) => one.address)];
  const showing = (await readApart(newsroom, accounts, { log_size })).filter(showsAny(() => spellings));
  if (showing.length === 0) return new TracewireError("NOT_FOUND", { what: `No set of transfers that is held shows the address ${address}`, hint });
  return new TracewireError("NOT_FOUND", {
    what: `Only sets of accounts show ${address}: nothing is spent together there`,
    hint: "Clusters are of chains with outputs. Where its money went: tracewire trace --from ADDRESS.",
  });
}

const setsHeld = ({ log }: Newsroom, { among, log_size }: Pick<ClustersAsk, "among" | "log_size">): TransferSet[] =>
  listTransferSets(log, log_size).filter(({ seq, superseded_by }) => superseded_by === undefined && (among === undefined || among.includes(String(seq))));
