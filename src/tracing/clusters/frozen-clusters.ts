// A cluster that is kept: as more transactions become known it may grow, and its number move, so what a story or a letter
// rests on is a dated set in the log: the addresses, for each the transaction that joins it to another, the sets of
// transfers by their roots, the heuristic with its version, and what was left out.
import { TracewireError } from "../../errors.ts";
import { appendRelease, canonicalJson, type Json, type LogReader, type Transaction, type View } from "../../evidence/evidence.ts";
import type { Clusters } from "./co-spend.ts";
import { HEURISTICS } from "./heuristics.ts";

/** What one entry of the log can hold; a service's cluster of millions is cited by its tags instead. */
const ADDRESSES_MAX = 15_000;
const ID = /^[a-z0-9][a-z0-9-]{1,60}$/;

export const clustersView: View = {
  name: "clusters",
  version: 1,
  tables: ["clusters", "cluster_addresses"],
  create: `
    CREATE TABLE clusters (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, at TEXT NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE INDEX clusters_by_id ON clusters (id, seq);
    CREATE TABLE cluster_addresses (address TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (address, seq)) STRICT, WITHOUT ROWID;
  `,
  apply(db, { seq, body }) {
    if (body.kind === "cluster") {
      db.prepare("INSERT INTO clusters (seq, id, at, body) VALUES (?, ?, ?, ?)").run(seq, body.id as string, body.at, JSON.stringify(body));
      const insert = db.prepare("INSERT INTO cluster_addresses (address, seq) VALUES (?, ?)");
      for (const { address } of body.addresses as unknown as FrozenAddress[]) insert.run(address, seq);
    }
    if (body.kind === "erasure")
      for (const erased of body.entries as unknown as { seq: number }[]) {
        db.prepare("DELETE FROM clusters WHERE seq = ?").run(erased.seq);
        db.prepare("DELETE FROM cluster_addresses WHERE seq = ?").run(erased.seq);
      }
  },
};

/** `with` and `by`: the address that it was spent together with, and the transaction; left out of the first. */
export type FrozenAddress = { address: string; with?: string; by?: string };

export type FrozenCluster = {
  seq: number;
  at: string;
  id: string;
  chain: string;
  asked: string;
  addresses: FrozenAddress[];
  heuristic: "co_spend";
  heuristic_version: string;
  gate: string;
  /** Transactions that spend coins of these addresses and were left out, and why. */
  left_out: { txid: string; why: string }[];
  sets: { name: string; seq: number; rows_root: string; row_count: number }[];
  log_size: number;
  by: string;
  released?: number;
};

export type FreezeOptions = Pick<FrozenCluster, "sets" | "log_size" | "gate" | "by"> & { id: string; release?: boolean };

/** A cluster as data. Throws NOT_FOUND for an address that the transactions do not show. */
export function describeCluster(clusters: Clusters, address: string, chain?: string): Pick<FrozenCluster, "chain" | "asked" | "addresses" | "left_out"> & { cluster: number } {
  const { numbers, graph } = clusters;
  const number = numbers.numberOf(address, chain);
  if (number === undefined)
    throw new TracewireError("NOT_FOUND", { what: `The transactions do not show the address ${address}`, hint: "Clusters are of chains with outputs; tracewire trace sets lists what is held." });
  const cluster = clusters.ids[number]!;
  const txidOf = (transaction: number) => graph.transactions[transaction]!.txid;
  const joins = clusters.joins(cluster);
  const members = new Set(clusters.members(cluster));
  return {
    cluster,
    chain: numbers.chains[number]!,
    asked: address,
    addresses: [
      { address: numbers.addresses[cluster]! },
      ...joins.map(({ from, to, transaction }) => ({ address: numbers.addresses[to]!, with: numbers.addresses[from]!, by: txidOf(transaction) })),
    ],
    left_out: [...clusters.skipped]
      .filter(([transaction]) => numbers.ofInputs(transaction).some((payer) => members.has(payer)))
      .map(([transaction, { why }]) => ({ txid: txidOf(transaction), why })),
  };
}

/** Keeps it. Throws BAD_ARGUMENT for a name that is none or a cluster of more than 15,000 addresses. The same set is not kept twice. */
export function freezeCluster(
  transaction: Transaction,
  { chain, asked, addresses, left_out }: ReturnType<typeof describeCluster>,
  { id, release = false, ...options }: FreezeOptions,
): { outcome: "kept" | "unchanged"; seq: number } {
  if (!ID.test(id)) throw new TracewireError("BAD_ARGUMENT", { what: `--save: "${id}" is no name`, hint: "2 to 61 small letters, digits and hyphens." });
  if (addresses.length > ADDRESSES_MAX)
    throw new TracewireError("BAD_ARGUMENT", {
      what: `The cluster has ${addresses.length} addresses; at most ${ADDRESSES_MAX} are kept in one entry`,
      hint: "A cluster of this size is a service or a mistake: look at why two of its addresses are together with --why.",
    });
  const known = findCluster(transaction, id);
  const same = (a: unknown, b: unknown) => canonicalJson(a as Json) === canonicalJson(b as Json);
  const isKnown = known && same(known.addresses, addresses) && same(known.sets, options.sets) && known.heuristic_version === HEURISTICS.co_spend.version && known.gate === options.gate;
  const seq = isKnown
    ? known.seq
    : transaction.append({
        kind: "cluster",
        id,
        chain,
        asked,
        addresses: addresses as unknown as Json,
        heuristic: "co_spend",
        heuristic_version: HEURISTICS.co_spend.version,
        left_out: left_out as unknown as Json,
        ...(options as unknown as Record<string, Json>),
        by: options.by,
      });
  if (release) appendRelease(transaction, [seq], [], options.by);
  return { outcome: isKnown ? "unchanged" : "kept", seq };
}

/** The newest of that name. */
export function findCluster(log: Pick<LogReader, "db">, id: string, log_size = Number.MAX_SAFE_INTEGER): FrozenCluster | undefined {
  const row = log.db
    .prepare("SELECT c.seq, c.body, i.released FROM clusters c JOIN entry_index i ON i.seq = c.seq WHERE c.id = ? AND c.seq < ? ORDER BY c.seq DESC LIMIT 1")
    .get(id, log_size);
  return row && toCluster(row);
}

/** Every kept set that holds an address. */
export function clustersWith(log: Pick<LogReader, "db">, address: string, log_size = Number.MAX_SAFE_INTEGER): FrozenCluster[] {
  return log.db
    .prepare(
      `SELECT c.seq, c.body, i.released FROM cluster_addresses a JOIN clusters c ON c.seq = a.seq JOIN entry_index i ON i.seq = c.seq
       WHERE a.address = ? AND c.seq < ? ORDER BY c.seq`,
    )
    .all(address, log_size)
    .map(toCluster);
}

function toCluster(row: Record<string, unknown>): FrozenCluster {
  const body = JSON.parse(row.body as string) as Omit<FrozenCluster, "seq">;
  return { ...body, seq: row.seq as number, ...(row.released === null ? {} : { released: row.released as number }) };
}
