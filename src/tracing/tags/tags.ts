// Who is behind an address, according to whom, since when, with which confidence. A tag is somebody's word: two that
// disagree stand side by side and are never made one. What decides a stop is the category, in whoever's word it is given.
import { accountsOf, chainsOfSymbol, createAddressIndex, findChain, isChainId, readAddress } from "../../chains/chains.ts";
import { findDataset, listDatasets, readRow, rowTexts, type Dataset, type Row } from "../../datasets/datasets.ts";
import type { LogReader } from "../../evidence/evidence.ts";
import type { Stop } from "../request.ts";

export type Tag = {
  address: string;
  /** CAIP-2 ids that the tag's symbol may mean; empty where it names none, and then any. */
  chains: readonly string[];
  label: string;
  category: string;
  abuse: string;
  actor: string;
  /** Who says so: the pack, the list, or this newsroom. */
  said_by: string;
  /** The source that the tag names. */
  source: string;
  /** A date as the source has it, or "": when the tag was last changed, or the list's edition. */
  since: string;
  /** The source's own word, or "". */
  confidence: string;
  dataset: string;
  /** The log's entry of the dataset, and the place of the row in it. */
  entry: number;
  row: number;
};

export type TagBook = {
  /** In order of their entries. `chain` is a CAIP-2 id; without one, of whatever chain. */
  tagsOf(address: string, chain?: string): Tag[];
  /** Is there any tag of it, on whatever chain? */
  has(address: string): boolean;
  /** The same of accounts of Ethereum's kind, 5 words each: below 0 where there is none. */
  findAccounts(keys: Uint32Array, found: Int32Array): void;
  /** Rows read. */
  count: number;
  /** What was read, for whoever shows a tag. */
  sources: readonly { dataset: string; entry: number; edition: string | null; rows: number }[];
};

type Reads = Pick<LogReader, "db">;

type Source = { table: (name: string) => boolean; symbol: string; tag(row: Row, dataset: Dataset): Partial<Tag> };

const LISTED = "sanctioned";
const listed = (row: Row, { title, edition, publisher }: Dataset): Partial<Tag> => ({
  label: row.name ? `${row.name} (sanctions list)` : "On a sanctions list",
  category: LISTED,
  abuse: "sanction",
  said_by: publisher,
  source: [title, row.program].filter(Boolean).join(", "),
  since: edition ?? "",
  confidence: "authority_data",
});

/** Tables that hold tags, and how a row of each says it. */
const SOURCES: readonly Source[] = [
  {
    table: (name) => name === "tagpack/tags",
    symbol: "currency",
    tag: (row) => ({
      label: row.label,
      category: row.category,
      abuse: row.abuse,
      actor: row.actor,
      said_by: row.pack,
      source: row.source,
      since: row.lastmod,
      confidence: row.confidence,
    }),
  },
  {
    table: (name) => name.startsWith("tags/"),
    symbol: "chain",
    tag: (row, { publisher }) => ({ label: row.label, category: row.category, said_by: publisher, source: row.source, since: row.since, confidence: row.confidence }),
  },
  { table: (name) => name === "ofac-crypto/addresses" || name === "ofac-sdn/crypto-addresses", symbol: "asset", tag: listed },
];

const NONE = -1;

/**
 * Every tag held at `log_size`: the newest edition of each table. Only numbers are kept for a row, about 80 bytes with its
 * address, and a tag is read from the log when it is asked for.
 */
export function openTagBook(log: Reads, { log_size = Number.MAX_SAFE_INTEGER, evidence = "all" }: { log_size?: number; evidence?: "released" | "all" } = {}): TagBook {
  const names = new Set(listDatasets(log, log_size).map(({ name }) => name));
  const read = [...names]
    .flatMap((name) => {
      const source = SOURCES.find(({ table }) => table(name));
      const dataset = source && findDataset(log, name, log_size, evidence);
      return dataset ? [{ source: source!, dataset }] : [];
    })
    .sort((a, b) => a.dataset.seq - b.dataset.seq);
  const index = createAddressIndex();
  const count = read.reduce((sum, { dataset }) => sum + dataset.row_count, 0);
  /** By the address's number: its last row; by row: the one before it of the same address. */
  let last = new Int32Array(1024).fill(NONE);
  const before = new Int32Array(count).fill(NONE);
  const starts = new Int32Array(read.length + 1);
  let at = 0;
  for (const [place, { source, dataset }] of read.entries()) {
    for (const text of rowTexts(log, dataset.seq)) {
      const row = JSON.parse(text) as Row;
      const number = row.is_whole === "no" ? NONE : index.add(indexed(row.address!, row[source.symbol] ?? ""));
      if (number >= last.length) {
        const more = new Int32Array(last.length * 2).fill(NONE);
        more.set(last);
        last = more;
      }
      if (number !== NONE) {
        before[at] = last[number]!;
        last[number] = at;
      }
      at++;
    }
    starts[place + 1] = at;
  }
  const tagAt = (row: number): Tag => {
    const place = starts.findLastIndex((start) => start <= row);
    const { source, dataset } = read[place]!;
    const own = row - starts[place]!;
    const cells = readRow(log, dataset.seq, own)!;
    const said = source.tag(cells, dataset);
    const empty = { label: "", category: "", abuse: "", actor: "", said_by: "", source: "", since: "", confidence: "" };
    const stated = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
    return { ...empty, ...stated, address: cells.address!, chains: chainsOf(cells[source.symbol] ?? ""), dataset: dataset.name, entry: dataset.seq, row: own };
  };
  return {
    tagsOf(address, chain) {
      const number = index.find(address);
      const rows: number[] = [];
      for (let row = number === NONE ? NONE : last[number]!; row !== NONE; row = before[row]!) rows.unshift(row);
      const tags = rows.map(tagAt);
      return chain === undefined || chain === "" ? tags : tags.filter(({ chains }) => chains.length === 0 || chains.includes(chain));
    },
    has: (address) => index.find(address) !== NONE,
    findAccounts: index.findAccounts,
    count,
    sources: read.map(({ dataset: { name, seq, edition, row_count } }) => ({ dataset: name, entry: seq, edition, rows: row_count })),
  };
}

const chainsOf = (symbol: string): string[] => (isChainId(symbol) ? [findChain(symbol)!.id] : chainsOfSymbol(symbol).map(({ id }) => id));

/** Chains on which one account has two spellings: there the tag's is read into the one that is compared. */
const RESPELLED = new Set(["LTC", "BCH"]);

function indexed(address: string, symbol: string): string {
  if (!RESPELLED.has(symbol.toUpperCase())) return address;
  return chainsOfSymbol(symbol).flatMap(({ id }) => accountsOf(readAddress(address, { chain: id })))[0]?.address ?? address;
}

/**
 * What ends a trace, by category (GraphSense's taxonomy and plain words). A user, a miner, an address that took part in a
 * CoinJoin, and a sanctioned one are people whose funds go on: they end nothing.
 */
export const STOPS_BY_CATEGORY: Record<string, "service" | "mixer" | "bridge" | "contract"> = {
  exchange: "service",
  service: "service",
  wallet_service: "service",
  hosted_wallet: "service",
  payment_processor: "service",
  market: "service",
  gambling: "service",
  mixing_service: "mixer",
  mixer: "mixer",
  bridge: "bridge",
  defi_bridge: "bridge",
  contract: "contract",
  smart_contract: "contract",
  defi_dex: "contract",
  defi_lending: "contract",
};

/** Of an address with several such tags the first decides the reason, and all are named with their sources. */
export function stopsFromTags({ tagsOf }: Pick<TagBook, "tagsOf">): (address: string, chain: string) => Stop | undefined {
  const known = new Map<string, Stop | undefined>();
  return (address, chain) => {
    const key = `${chain} ${address}`;
    if (known.has(key)) return known.get(key);
    const ending = tagsOf(address, chain).filter(({ category }) => Object.hasOwn(STOPS_BY_CATEGORY, category));
    const words = (each: (tag: Tag) => string) => [...new Set(ending.map(each).filter(Boolean))].join("; ");
    const stop: Stop | undefined =
      ending.length === 0
        ? undefined
        : {
            reason: STOPS_BY_CATEGORY[ending[0]!.category]!,
            name: words(({ label, category }) => (new Set(ending.map((tag) => tag.category)).size > 1 ? `${label} (${category})` : label)),
            source: words(({ said_by, source, since }) => `${said_by}${since ? `, ${since}` : ""}: ${source}`),
          };
    known.set(key, stop);
    return stop;
  };
}
