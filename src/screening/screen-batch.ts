// Addresses by the thousand: an index over every line of every edition tells at once what stands in none of them, and only
// the rest is looked at as one address is. Each answer names the editions that were looked into, what speaks for a hit and
// what against it, and the exception that silences it.
import { accountsOf, chainsOfSymbol, createAddressIndex, describeReading, NOT_INDEXED, readAccounts, readAddress, type Address } from "../chains/chains.ts";
import { readRows } from "../datasets/datasets.ts";
import { TracewireError } from "../errors.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { openTagBook, type Tag } from "../tracing/tracing.ts";
import { decideAsOf, type Decided } from "./as-of.ts";
import { chainNameOf, listExceptions, stateOf, type ExceptionState, type ScreeningException } from "./exceptions.ts";
import { listsHeld, screenAddress, type AddressHit } from "./screen-address.ts";
import { findList, LISTS, listEditions, releasedDatasets } from "./sanctions-lists.ts";

type Reads = Pick<LogReader, "db">;

export type BatchAnswer = Decided & {
  /** As it was given. */
  given: string;
  /** As it is compared. */
  address: string;
  form: string;
  on: string;
  /** It stands, or for all that is known may stand, on a list that day, and no exception holds; or the account of its digits does, where only capitals are wrong. */
  is_alert: boolean;
  hits: AddressHit[];
  /** Editions that were looked into: the vintage of this answer. */
  editions: { list: string; edition: string; holds: boolean }[];
  tags: Tag[];
  evidence: { for: string[]; against: string[] };
  exceptions: (Pick<ScreeningException, "seq" | "list" | "reason" | "by" | "until"> & { state: ExceptionState })[];
};

export type Vintage = { list: string; title: string; edition: string; entry: number; row_count: number; imported_at: string };

export type Screener = {
  on: string;
  vintage: Vintage[];
  /** Lines of lists and tags that are looked up. */
  indexed: { lines: number; tags: number };
  screen(text: string): BatchAnswer;
  /** Places of the texts of which `screen` may have something to name: of the others no list and no tag has any spelling. A hundred times cheaper. */
  mentioned(texts: readonly string[]): number[];
  /** Accounts that a line of any edition looked into may mean; whether one is listed that day, `screen` says. */
  accounts: readonly Address[];
};

export type ScreenerOptions = {
  /** A day, YYYY-MM-DD. */
  on: string;
  /** Today, by which exceptions expire. */
  today: string;
  log_size: number;
  /** Ids of lists; all that hold addresses, where none is named. */
  lists?: readonly string[];
};

/** Over released lists and tags, as readers see them. Throws BAD_ARGUMENT for a list that holds no addresses. */
export function openScreener(log: Reads, { on, today, log_size, lists = [] }: ScreenerOptions): Screener {
  const holding = LISTS.filter(({ address_column }) => address_column !== undefined);
  const unknown = lists.find((id) => findList(id)?.address_column === undefined);
  if (unknown !== undefined)
    throw new TracewireError("BAD_ARGUMENT", { what: `"${unknown}" is no list of addresses`, hint: `Lists: ${holding.map(({ id }) => id).join(", ")}` });
  const editions = holding.filter(({ id }) => lists.length === 0 || lists.includes(id)).flatMap((list) => listEditions(log, list, log_size));
  const held = listsHeld(log, log_size);
  const index = createAddressIndex();
  const accounts = new Map<string, Address>();
  let lines = 0;
  for (const { dataset, list } of editions)
    for (const row of readRows(log, dataset)) {
      if (row.is_whole === "no") continue;
      lines++;
      const text = row[list.address_column!]!;
      const chains = chainsOfSymbol(row.asset ?? "");
      const readings = chains.length > 0 ? chains.map(({ id }) => readAddress(text, { chain: id })) : [readAddress(text)];
      const own = readings.flatMap(accountsOf);
      for (const account of own) accounts.set(account.caip10, account);
      for (const spelling of [text, ...own.flatMap(({ address, display }) => [address, display])]) index.add(spelling);
    }
  const book = openTagBook(log, { log_size, evidence: "released" });
  const reported = reportedNames(log, log_size);
  const exceptions = Map.groupBy(listExceptions(log, log_size), ({ account }) => account);
  const looked = editions.map(({ table, edition }) => ({ list: table, edition, holds: false }));
  const missing = decideAsOf(on, looked);

  const screen = (given: string): BatchAnswer => {
    const typed = given.trim();
    const reading = readAddress(typed);
    const asked = accountsOf(reading);
    const spellings = [typed, ...asked.map(({ address }) => address)];
    const tags = tagsFor(spellings, asked);
    const isThere = spellings.some((spelling) => index.find(spelling) !== NOT_INDEXED);
    const base = { given, on, address: asked[0]?.address ?? typed, form: describeReading(reading), tags };
    // A report may end the listing of whoever the address is tagged as, also where no edition has the address.
    if (isThere || tags.some((tag) => reported(tag))) {
      const found = screenAddress(log, typed, on, log_size, held);
      const answer = settle({ ...base, outcome: found.outcome, words: found.words, hits: found.hits, editions: found.editions }, asked, asked.length === 0 && isThere);
      // A wrong capital is a slip of whoever typed it: what would be looked at if it were right is looked at.
      return reading.outcome === "bad_checksum" && reading.expected !== undefined && screen(reading.expected).is_alert ? { ...answer, is_alert: true } : answer;
    }
    const decided = reading.outcome === "address" || reading.outcome === "several_chains" ? missing : { outcome: "unknown" as const, words: `This is ${base.form}. As typed it stands in no edition that we hold.` };
    return settle({ ...base, ...decided, hits: [], editions: looked }, asked);
  };

  const tagsFor = (spellings: readonly string[], asked: readonly Address[]): Tag[] => {
    const chains = new Set(asked.map(({ chain }) => chain));
    const all = [...new Set(spellings)].flatMap((spelling) => book.tagsOf(spelling));
    const own = all.filter((tag) => tag.chains.length === 0 || chains.size === 0 || tag.chains.some((chain) => chains.has(chain)));
    return [...new Map(own.map((tag) => [`${tag.entry} ${tag.row}`, tag])).values()];
  };

  const settle = (found: Omit<BatchAnswer, "is_alert" | "evidence" | "exceptions">, asked: readonly Address[], isAlike = false): BatchAnswer => {
    const hits = found.hits.filter(({ is_asked }) => is_asked);
    const known = [...new Set(asked.map(({ caip10 }) => caip10))].flatMap((account) => exceptions.get(account) ?? []);
    const own = known.map((exception) => ({ exception, state: stateOf(exception, today) }));
    // One of Ethereum silences nothing that a list says of another chain.
    const isSilenced = own.some(
      ({ exception, state }) =>
        state === "holds" && hits.every(({ list, chains }) => findList(exception.list)?.tables.includes(list) && chains.length > 0 && chains.every((name) => name === chainNameOf(exception))),
    );
    const isSeen = found.outcome === "listed" || (found.outcome === "unknown" && hits.length > 0 && isNear(on, found.editions));
    return {
      ...found,
      is_alert: isSeen && !(hits.length > 0 && isSilenced),
      evidence: evidenceOf(found, own, isAlike),
      exceptions: own.map(({ exception: { seq, list, reason, by, until }, state }) => ({ seq, list, reason, by, until, state })),
    };
  };
  return {
    on,
    vintage: editions.map(({ list, edition, dataset }) => ({ list: list.id, title: list.title, edition, entry: dataset.seq, row_count: dataset.row_count, imported_at: dataset.at })),
    indexed: { lines, tags: book.count },
    accounts: [...accounts.values()],
    screen,
    mentioned(texts) {
      const { keys, places, others } = readAccounts(texts);
      const [onLists, inTags] = [new Int32Array(places.length), new Int32Array(places.length)];
      index.findAccounts(keys, onLists);
      book.findAccounts(keys, inTags);
      const found = places.filter((_, at) => onLists[at] !== NOT_INDEXED || inTags[at] !== NOT_INDEXED);
      const named = others.filter((place) => !hasOneSpelling(texts[place]!) || index.find(texts[place]!) !== NOT_INDEXED || book.has(texts[place]!));
      return [...found, ...named].sort((a, b) => a - b);
    },
  };
}

/**
 * Bitcoin's own bech32 has one spelling to the index, as 20 bytes in hexadecimal have, so that no reading is needed to look
 * it up. Other texts may be written in two ways (Litecoin, Bitcoin Cash), or carry blanks or a chain: these are read.
 */
const hasOneSpelling = (text: string): boolean => /^bc1[02-9ac-hj-np-z]{11,87}$/.test(text);

/** An edition next to that day has it: the last one before, or the first one after. What only an older one had has gone since. */
function isNear(on: string, editions: BatchAnswer["editions"]): boolean {
  const before = editions.findLast(({ edition }) => edition <= on);
  const after = editions.find(({ edition }) => edition > on);
  return Boolean(before?.holds || after?.holds);
}

function evidenceOf(
  found: Pick<BatchAnswer, "hits" | "editions" | "outcome" | "words" | "tags">,
  exceptions: readonly { exception: ScreeningException; state: ExceptionState }[],
  isAlike: boolean,
): BatchAnswer["evidence"] {
  const names = ({ names, assets, chains }: AddressHit) => [assets.join(", "), names.join("; "), chains.length > 0 ? `on ${chains.join(", ")}` : "of no chain that is known"].filter(Boolean).join("; ");
  const speaking = found.hits.map((hit) => ({ hit, words: `${hit.title}, edition of ${hit.edition} (entry ${hit.entry}): ${names(hit)}` }));
  const silent = found.hits.length > 0 ? found.editions.filter(({ holds }) => !holds) : [];
  return {
    for: [
      ...(isAlike && found.hits.length === 0 ? ["Its digits are those of a listed account; only the capitals, which are a checksum, are wrong"] : []),
      ...speaking.filter(({ hit }) => hit.is_asked).map(({ words }) => words),
      ...found.tags.filter(({ abuse }) => abuse === "sanction").map((tag) => `Tagged “${tag.label}” by ${tag.said_by}${tag.since ? `, ${tag.since}` : ""}`),
    ],
    against: [
      ...silent.map(({ list, edition }) => `The edition of ${edition} (${list}) does not have it`),
      ...speaking.filter(({ hit }) => !hit.is_asked).map(({ words }) => `Written alike, but of another chain: ${words}`),
      ...(found.outcome === "delisted" ? [found.words] : []),
      ...exceptions.map(({ exception: { seq, by, reason, until }, state }) => `Exception ${seq} by ${by} (${state}, until ${until}): ${reason}`),
    ],
  };
}

/** Whether a report of a listing or delisting may be of whom a tag names: such an address is looked at in full. */
function reportedNames(log: Reads, log_size: number): (tag: Tag) => boolean {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  const events = releasedDatasets(log, log_size).find(({ name }) => name === "table/listing-events");
  const names = events ? [...new Set(readRows(log, events).map((row) => plain(row.listed ?? "")))].filter(Boolean) : [];
  return ({ label, said_by }) => names.some((name) => plain(label).startsWith(name) || plain(said_by).startsWith(name));
}
