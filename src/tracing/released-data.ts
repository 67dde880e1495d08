// All released transfers, put together once for a state of the log: what pages about an address or a transaction read.
// Kept in memory while the sets stay the same; beyond a size a page says so, and the command line is the way.
import type { AssetWords } from "./asset-words.ts";
import { readApart } from "./sets-apart.ts";
import { listTransferSets } from "./transfer-sets.ts";
import type { Newsroom } from "./ask-newsroom.ts";
import type { TransferTable } from "./transfer-table.ts";
import { buildUtxoGraph, type UtxoGraph } from "./utxo-graph.ts";

export const ROWS_ON_PAGES_MAX = 300_000;

export type ReleasedPart = { sets: string[]; table: TransferTable; graphs: UtxoGraph[] };

export type ReleasedData = {
  /** One where all sets can be put in one order, else as many as there are orders: sums over two of them could count twice. */
  parts: ReleasedPart[];
  sets: { name: string; seq: number; row_count: number; chains: readonly string[] }[];
  /** Sets too large to be read for a page. */
  left_out: string[];
  /** Names and decimals of tokens, as the sets' sources state them. */
  tokens: Record<string, AssetWords>;
};

/** The set that a transfer was read from: of one that stands in several, the first. */
export const setOf = ({ row }: { row: string }): string => row.slice(0, row.lastIndexOf(":"));

let kept: { key: string; data: Promise<ReleasedData> } | undefined;

export function readReleased(newsroom: Newsroom, log_size: number): Promise<ReleasedData> {
  const released = listTransferSets(newsroom.log, log_size).filter((set) => set.released !== undefined && set.released < log_size && set.superseded_by === undefined);
  const chosen: typeof released = [];
  let rows = 0;
  for (const set of released.toSorted((a, b) => a.row_count - b.row_count)) {
    rows += set.row_count;
    if (rows <= ROWS_ON_PAGES_MAX) chosen.push(set);
  }
  const key = chosen.map(({ seq, rows_root }) => `${seq} ${rows_root}`).sort().join("\n");
  if (kept?.key === key) return kept.data;
  const left_out = released.filter((set) => !chosen.includes(set)).map(({ name }) => name);
  const data = read(newsroom, chosen, left_out);
  kept = { key, data };
  // A failed read is not kept.
  data.catch(() => {
    if (kept?.key === key) kept = undefined;
  });
  return data;
}

async function read(newsroom: Newsroom, chosen: ReturnType<typeof listTransferSets>, left_out: string[]): Promise<ReleasedData> {
  const parts = await readApart(newsroom, chosen.map(({ seq }) => seq).sort((a, b) => a - b));
  return {
    parts: parts.map((part): ReleasedPart => {
      const graphs = [...Map.groupBy(part.transactions, ({ chain }) => chain).values()].map((transactions) => buildUtxoGraph(transactions));
      return { sets: part.sets.map(({ name }) => name), table: part.table(), graphs };
    }),
    sets: chosen.map(({ name, seq, row_count, chains }) => ({ name, seq, row_count, chains })),
    left_out,
    tokens: Object.assign({}, ...chosen.map((set) => set.tokens)) as ReleasedData["tokens"],
  };
}
