// An address on a day: listed or not, by which edition, on which chain. What is compared is the account by its chain's own
// rule, so no spelling of it is missed; and the text as typed, so that an entry that is no valid address is not lost.
import { accountsOf, chainsOfSymbol, describeReading, readAddress, type Address, type AddressReading } from "../chains/chains.ts";
import { readRows, type Dataset, type Row } from "../datasets/datasets.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { decideAsOf, decideByReports, type Decided, type ReportedEvent } from "./as-of.ts";
import { findList, listEditions, releasedDatasets, type Edition } from "./sanctions-lists.ts";

type Reads = Pick<LogReader, "db">;

export type AddressHit = {
  list: string;
  edition: string;
  title: string;
  entry: number;
  assets: string[];
  names: string[];
  /** The chains that the list's symbol means there; empty where the line is no address of its asset. */
  chains: string[];
  /** False: listed for an account of another chain that is written alike. */
  is_asked: boolean;
};
export type Tag = { label: string; source: string; confidence: string; pack: string; entry: number };
export type AddressScreening = Decided & {
  on: string;
  /** The account asked about, where there is one; the text as typed otherwise. */
  address: string;
  reading: AddressReading;
  /** The reading in words, to stand after "This is". */
  form: string;
  hits: AddressHit[];
  /** Editions that were looked into. */
  editions: { list: string; edition: string; holds: boolean }[];
  tags: Tag[];
};

const TAGS = "tagpack/tags";
const EVENTS = "table/listing-events";

/** What an address is looked up in, as held at a log's size: read once by whoever asks about many. */
export type ListsHeld = { released: readonly Dataset[]; editions: readonly Edition[] };

export const listsHeld = (log: Reads, log_size: number): ListsHeld => ({ released: releasedDatasets(log, log_size), editions: listEditions(log, findList("ofac-crypto")!, log_size) });

/** `on` is a day, YYYY-MM-DD. */
export function screenAddress(log: Reads, text: string, on: string, log_size: number, { released, editions: held } = listsHeld(log, log_size)): AddressScreening {
  const typed = text.trim();
  const reading = readAddress(typed);
  const asked = accountsOf(reading);
  const hits: AddressHit[] = [];
  const editions: AddressScreening["editions"] = [];
  for (const { edition, dataset, table } of held) {
    const found = linesLike(addressIndex(log, dataset), typed, asked);
    const own = found.filter((line) => isAsked(line, typed, asked));
    editions.push({ list: table, edition, holds: own.length > 0 });
    for (const [lines, is_asked] of [
      [own, true],
      [found.filter((line) => !own.includes(line)), false],
    ] as const)
      if (lines.length > 0) hits.push(toHit(lines, is_asked, table, edition, dataset));
  }
  const tags = tagsOf(log, released, typed, asked);
  return {
    on,
    address: asked[0]?.address ?? typed,
    reading,
    form: describeReading(reading),
    hits,
    editions,
    tags,
    ...decide(log, { on, reading, hits, editions, tags, released, log_size, held: { released, editions: held } }),
  };
}

type Line = { row: Row; accounts: Address[] };

const isAsked = ({ row, accounts }: Line, typed: string, asked: readonly Address[]): boolean =>
  row.address === typed || accounts.some(({ caip10 }) => asked.some((account) => account.caip10 === caip10));

function toHit(lines: readonly Line[], is_asked: boolean, list: string, edition: string, dataset: Dataset): AddressHit {
  const each = (value: (line: Line) => string[]) => [...new Set(lines.flatMap(value).filter(Boolean))];
  return {
    list,
    edition,
    title: dataset.title,
    entry: dataset.seq,
    assets: each(({ row }) => [row.asset!]),
    names: each(({ row }) => [row.name ?? ""]),
    chains: each(({ accounts }) => accounts.map(({ chain_name }) => chain_name)),
    is_asked,
  };
}

function decide(
  log: Reads,
  found: Pick<AddressScreening, "on" | "reading" | "hits" | "editions" | "tags"> & { released: readonly Dataset[]; log_size: number; held: ListsHeld },
): Decided {
  const { on, reading, hits, editions, log_size, held } = found;
  const delisted = delistingOf(log, found.released, found.tags, on);
  if (delisted) return delisted;
  const isHeld = hits.some((hit) => hit.is_asked);
  if (reading.outcome === "bad_checksum" && !isHeld) {
    // One slip of a capital is no other account: whoever pays it pays the listed one.
    const digits = reading.expected === undefined ? undefined : screenAddress(log, reading.expected, on, log_size, held);
    const of_it = digits?.hits.some((hit) => hit.is_asked) ? `; of that account: ${digits.words}` : ".";
    const mended = digits ? ` With these digits it would be written ${reading.expected}${of_it}` : "";
    return {
      outcome: "unknown",
      words: `This is not a valid ${reading.chain_name} address. The checksum says that a letter is wrong: ${reading.reason}.${mended} As typed it stands in no edition that we hold.`,
    };
  }
  if (reading.outcome === "not_an_address" && !isHeld)
    return { outcome: "unknown", words: `This is not an address: ${reading.reason}. As typed it stands in no edition that we hold.` };
  const decided = decideAsOf(on, editions);
  const elsewhere = hits.filter((hit) => !hit.is_asked);
  if (isHeld || elsewhere.length === 0) return decided;
  const chains = [...new Set(elsewhere.flatMap((hit) => hit.chains))].join(", ");
  return {
    outcome: "unknown",
    words: `The same text is listed as an account of ${chains} (edition of ${elsewhere.at(-1)!.edition}), and you ask about another chain. It is another account; one key often holds both, and the list does not say.`,
  };
}

const KEPT_MAX = 8;
const kept = new Map<string, ReadonlyMap<string, Line[]>>();

/** Lines of an address list by the text of their accounts, and by the line as it stands. Made once for each edition. */
function addressIndex(log: Reads, dataset: Dataset): ReadonlyMap<string, Line[]> {
  const known = kept.get(dataset.rows_root);
  if (known) return known;
  const index = new Map<string, Line[]>();
  for (const row of readRows(log, dataset)) {
    if (row.is_whole === "no") continue;
    const chains = chainsOfSymbol(row.asset!);
    // An asset that is not known is never dropped: its line may be of any chain.
    const readings = chains.length > 0 ? chains.map(({ id }) => readAddress(row.address!, { chain: id })) : [readAddress(row.address!)];
    const line: Line = { row, accounts: readings.flatMap(accountsOf) };
    for (const key of new Set([row.address!, ...line.accounts.map(({ address }) => address)]))
      index.set(key, [...(index.get(key) ?? []), line]);
  }
  kept.set(dataset.rows_root, index);
  if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value!);
  return index;
}

/** Lines of an address list that are no valid address of the asset that they stand under: the list's own slips, kept as they are. */
export function invalidLines(log: Reads, dataset: Dataset): { row: Row; reason: string }[] {
  const lines = new Set([...addressIndex(log, dataset).values()].flat());
  return [...lines]
    .filter(({ accounts }) => accounts.length === 0)
    .map(({ row }) => {
      const chain = chainsOfSymbol(row.asset!)[0];
      const elsewhere = readAddress(row.address!);
      const other = accountsOf(elsewhere).length > 0 ? `; it is ${describeReading(elsewhere)}` : "";
      return { row, reason: `${describeReading(readAddress(row.address!, { chain: chain?.id }))}${other}` };
    });
}

function linesLike(index: ReadonlyMap<string, Line[]>, typed: string, asked: readonly Address[]): Line[] {
  return [...new Set([typed, ...asked.map(({ address }) => address)].flatMap((key) => index.get(key) ?? []))];
}

function tagsOf(log: Reads, released: readonly Dataset[], typed: string, asked: readonly Address[]): Tag[] {
  const dataset = released.find((item) => item.name === TAGS);
  if (!dataset) return [];
  const keys = new Set([typed, ...asked.map(({ address }) => address)]);
  return readRows(log, dataset)
    .filter((row) => keys.has(row.address!))
    .map((row) => ({ label: row.label!, source: row.source!, confidence: row.confidence!, pack: row.pack!, entry: dataset.seq }));
}

/** A delisting of whoever the address is tagged as, on or before the day. */
function delistingOf(log: Reads, released: readonly Dataset[], tags: readonly Tag[], on: string): Decided | undefined {
  const dataset = released.find((item) => item.name === EVENTS);
  if (!dataset || tags.length === 0) return undefined;
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  const names = tags.flatMap((tag) => [plain(tag.label), plain(tag.pack)]);
  const events = readRows(log, dataset).filter((row) => names.some((name) => name.startsWith(plain(row.listed!))));
  const decided = decideByReports(on, events as unknown as ReportedEvent[], dataset.edition ?? on);
  return decided?.outcome === "delisted" ? decided : undefined;
}
