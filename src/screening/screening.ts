// The door of the screening room: is this address on a list, on which day, by which edition. An edition proves its own
// day only; between two that agree one may say so; after the last, and before the first, nobody knows (DOMAIN §9.15).
import { listDatasets, readRows, type Dataset } from "../datasets/datasets.ts";
import type { LogReader } from "../evidence/evidence.ts";

export type ListHit = { list: string; edition: string; title: string; entry: number; assets: string[]; names: string[] };
export type Tag = { label: string; source: string; confidence: string; pack: string; entry: number };
export type Screening = {
  /** The address as it is compared: folded only where its chain folds. */
  address: string;
  form: string;
  on: string;
  outcome: "listed" | "delisted" | "not listed" | "unknown";
  /** One sentence for readers. */
  words: string;
  hits: ListHit[];
  /** Editions that were looked into, with their day. */
  editions: { list: string; edition: string; holds: boolean }[];
  tags: Tag[];
};

/** Lists of addresses, by table; a table joins by one line. */
export const ADDRESS_LISTS = ["ofac-sdn/crypto-addresses", "ofac-crypto/addresses"];
const TAGS = "tagpack/tags";
const EVENTS = "table/listing-events";

/** What a text is by its form; undefined when it is no address. Checksums are not verified here, and the page says so. */
export function addressForm(text: string): { address: string; form: string } | undefined {
  if (/^0x[0-9a-fA-F]{40}$/.test(text))
    return { address: text.toLowerCase(), form: "an address of Ethereum or a like chain; the text does not say which" };
  if (/^bc1[02-9ac-hj-np-z]{11,87}$/i.test(text)) return { address: text.toLowerCase(), form: "a Bitcoin address (bech32)" };
  if (/^1[1-9A-HJ-NP-Za-km-z]{25,34}$/.test(text))
    return { address: text, form: "a Bitcoin address; Bitcoin Cash writes some the same way" };
  if (/^3[1-9A-HJ-NP-Za-km-z]{25,34}$/.test(text)) return { address: text, form: "a Bitcoin or a Litecoin address: the form is the same" };
  if (/^T[1-9A-HJ-NP-Za-km-z]{33}$/.test(text)) return { address: text, form: "a Tron address" };
  if (/^[LM][1-9A-HJ-NP-Za-km-z]{25,34}$/.test(text)) return { address: text, form: "a Litecoin address" };
  if (/^[48][1-9A-HJ-NP-Za-km-z]{94,105}$/.test(text)) return { address: text, form: "a Monero address" };
  if (/^[A-Za-z0-9:]{20,110}$/.test(text)) return { address: text, form: "perhaps an address; its chain is not recognised" };
  return undefined;
}

/** `on` is a day, YYYY-MM-DD. Undefined when the text is no address. */
export function screenAddress(log: Pick<LogReader, "db">, text: string, on: string, log_size: number): Screening | undefined {
  const known = addressForm(text.trim());
  if (!known) return undefined;
  const released = listDatasets(log, log_size).filter((dataset) => dataset.released !== undefined && dataset.released < log_size);
  const fold = (address: string) => (/^(0x|bc1)/i.test(address) ? address.toLowerCase() : address);
  const hits: ListHit[] = [];
  const editions: Screening["editions"] = [];
  for (const dataset of released.filter((item) => ADDRESS_LISTS.includes(item.name) && item.edition !== null)) {
    const rows = readRows(log, dataset).filter((row) => fold(row.address!) === known.address && row.is_whole !== "no");
    editions.push({ list: dataset.name, edition: dataset.edition!, holds: rows.length > 0 });
    if (rows.length > 0)
      hits.push({
        list: dataset.name,
        edition: dataset.edition!,
        title: dataset.title,
        entry: dataset.seq,
        assets: [...new Set(rows.map((row) => row.asset!))],
        names: [...new Set(rows.map((row) => row.name ?? "").filter(Boolean))],
      });
  }
  const tags = tagsOf(log, released, known.address, fold);
  const delisted = delistingOf(log, released, tags, on);
  editions.sort((a, b) => (a.edition < b.edition ? -1 : 1));
  return { ...known, on, hits, editions, tags, ...decide(on, editions, delisted) };
}

function decide(
  on: string,
  editions: Screening["editions"],
  delisted: { name: string; date: string } | undefined,
): Pick<Screening, "outcome" | "words"> {
  if (delisted)
    return { outcome: "delisted", words: `${delisted.name} was reported delisted on ${delisted.date}, before the day you ask about.` };
  const covers = (edition: string) => on.startsWith(edition);
  const exact = editions.filter(({ edition }) => covers(edition));
  if (exact.some(({ holds }) => holds))
    return { outcome: "listed", words: `Listed: the edition of ${exact.find(({ holds }) => holds)!.edition} has it.` };
  if (exact.length > 0) return { outcome: "not listed", words: `Not listed in the edition of ${exact[0]!.edition}.` };
  const before = editions.findLast(({ edition }) => edition < on.slice(0, edition.length));
  const after = editions.find(({ edition }) => edition > on.slice(0, edition.length));
  if (before?.holds && after?.holds)
    return {
      outcome: "listed",
      words: `Listed in the editions of ${before.edition} and ${after.edition}, on either side of that day. What happened in between was not seen.`,
    };
  if (before && after && !before.holds && !after.holds)
    return {
      outcome: "not listed",
      words: `In neither the edition of ${before.edition} nor that of ${after.edition}, on either side of that day.`,
    };
  const near = [
    before && `the edition of ${before.edition} ${before.holds ? "has" : "does not have"} it`,
    after && `that of ${after.edition} ${after.holds ? "has" : "does not have"} it`,
  ].filter(Boolean);
  return {
    outcome: "unknown",
    words: `Unknown: no edition that we hold covers that day${near.length > 0 ? `; ${near.join(", and ")}` : ""}.`,
  };
}

function tagsOf(log: Pick<LogReader, "db">, released: readonly Dataset[], address: string, fold: (text: string) => string): Tag[] {
  const dataset = released.find((item) => item.name === TAGS);
  if (!dataset) return [];
  return readRows(log, dataset)
    .filter((row) => fold(row.address!) === address)
    .map((row) => ({ label: row.label!, source: row.source!, confidence: row.confidence!, pack: row.pack!, entry: dataset.seq }));
}

/** A delisting of whoever the address is tagged as, on or before the day. */
function delistingOf(
  log: Pick<LogReader, "db">,
  released: readonly Dataset[],
  tags: readonly Tag[],
  on: string,
): { name: string; date: string } | undefined {
  const dataset = released.find((item) => item.name === EVENTS);
  if (!dataset || tags.length === 0) return undefined;
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  const names = tags.flatMap((tag) => [plain(tag.label), plain(tag.pack)]);
  const events = readRows(log, dataset)
    .filter((row) => names.some((name) => name.startsWith(plain(row.listed!))) && row.date! <= on)
    .toSorted((a, b) => (a.date! < b.date! ? -1 : 1));
  const last = events.at(-1);
  return last?.event === "delisted" ? { name: last.listed!, date: last.date! } : undefined;
}
