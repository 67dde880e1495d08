// Answers in the shapes of GraphSense's REST interface 1.6, so that programs written for it can ask here. Its rules for
// totals and neighbours are those of tracing/clusters/address-graph.ts. Whole amounts stay whole: they are written as JSON
// numbers of any length, since that interface knows no strings for them.
import { chainsOfSymbol, findChain } from "../chains/chains.ts";
import { TracewireError } from "../errors.ts";
import { accountWorld } from "./graphsense-accounts.ts";
import { ordered, tokenValues, values, type GraphsenseAsk, type NodeKind, type Whole, type World } from "./graphsense-shapes.ts";
import { utxoWorld } from "./graphsense-utxo.ts";
import type { LedgerData } from "./ledger-data.ts";

/** JSON, and whether more follows it; undefined where nothing is there. */
export type GraphsenseReply = { json: string; more: boolean } | undefined;

const worlds = new WeakMap<LedgerData, Map<string, World>>();

function worldOf(data: LedgerData, currency: string): World | undefined {
  const known = worlds.get(data) ?? new Map<string, World>();
  worlds.set(data, known);
  const chain = chainOf(data, currency);
  if (chain === undefined) return undefined;
  const graph = data.graphs.get(chain);
  const world = known.get(currency) ?? (graph ? utxoWorld(graph, currency) : accountWorld(data, chain, currency));
  known.set(currency, world);
  return world;
}

/** "btc", "eth": a chain by its coin's symbol; "none" for rows whose source names no chain. */
export function chainsOfCurrency(currency: string): string[] {
  if (currency === "none") return [""];
  const symbol = currency.toUpperCase();
  return chainsOfSymbol(symbol).flatMap(({ id, symbols }) => (symbols.includes(symbol) ? [id] : []));
}

export const heldChains = (data: LedgerData): string[] => [...new Set([...data.graphs.keys(), ...data.table.accounts.map(({ chain }) => chain)])].sort();

const chainOf = (data: LedgerData, currency: string): string | undefined => {
  const held = heldChains(data);
  return chainsOfCurrency(currency).find((chain) => held.includes(chain));
};

/** Of the interface that these shapes are of. */
const VERSION = "1.6.0";
const GRAPHSENSE_NAMES = ["BTC", "BCH", "LTC", "ZEC", "ETH", "TRX"];
export function currencyOf(chain: string): string {
  const symbols = findChain(chain)?.symbols ?? [];
  return (symbols.find((symbol) => GRAPHSENSE_NAMES.includes(symbol)) ?? symbols[0] ?? "none").toLowerCase();
}

export function graphsense(data: LedgerData, ask: GraphsenseAsk): GraphsenseReply {
  const { call, labels = {} } = ask;
  if (call === "stats") {
    const currencies = heldChains(data).flatMap((chain) => worldOf(data, currencyOf(chain))?.stats(labels) ?? []);
    return whole({ currencies, version: VERSION, request_timestamp: new Date((ask.now_s ?? 0) * 1_000).toISOString() });
  }
  if (call === "search") {
    const asked = ask.currency === undefined ? heldChains(data).map(currencyOf) : [ask.currency];
    const currencies = asked.flatMap((currency) => {
      const found = worldOf(data, currency)?.search(ask.q!, ask.limit ?? 10);
      return found ? [{ currency, ...found }] : [];
    });
    return whole({ currencies, labels: [] });
  }
  const world = worldOf(data, ask.currency!);
  if (!world) return undefined;
  if (ask.tx_hash !== undefined) return ofTransaction(world, ask.tx_hash, ask);
  const by: NodeKind = ask.entity === undefined ? "address" : "entity";
  const node = nodeOf(world, ask);
  return node === undefined ? undefined : ofNode(world, node, by, ask);
}

export const isOfAll = ({ call }: GraphsenseAsk): boolean => call === "stats" || call === "search";

/** Of parts that cannot be read together: each currency once, as the first part that has it. */
export function joinCurrencies(replies: readonly NonNullable<GraphsenseReply>[], ask: GraphsenseAsk): GraphsenseReply {
  const answers = replies.map(({ json }) => JSON.parse(json) as { currencies: { name?: string; currency?: string }[] });
  const names = new Set<string>();
  const currencies = answers.flatMap((answer) =>
    answer.currencies.filter(({ name, currency = name! }) => ask.call === "search" || (!names.has(currency) && names.add(currency))),
  );
  const empty = ask.call === "stats" ? { version: VERSION, request_timestamp: new Date((ask.now_s ?? 0) * 1_000).toISOString() } : { labels: [] };
  return whole({ ...empty, ...answers[0], currencies });
}

function nodeOf(world: World, { address, entity }: GraphsenseAsk): number | undefined {
  if (entity === undefined) return world.numberOf(address!);
  const number = entity - 1;
  return world.has(number) && world.entityOf(number) === number ? number : undefined;
}

function ofNode(world: World, node: number, by: NodeKind, ask: GraphsenseAsk): GraphsenseReply {
  const { labels = {} } = ask;
  switch (ask.call) {
    case "address":
      return whole(world.address(node));
    case "entity":
      return whole(world.entity(by === "entity" ? node : world.entityOf(node), labels));
    case "entity_addresses":
      return paged("addresses", world.members(node), ask, (member) => world.address(member));
    case "address_txs":
      return paged("address_txs", world.txs(node, by, ask), ask, (tx) => tx);
    case "neighbors": {
      const name = (one: number) => (by === "address" ? world.addressName(one) : one + 1);
      const all = world.neighbors(node, by, ask.direction!).filter((one) => ask.only === undefined || ask.only.includes(name(one.node)));
      return paged("neighbors", all, ask, ({ node: other, value, tokens, transactions }) => ({
        ...(ask.include_labels ? { labels: labelsOf(world, by === "address" ? [other] : world.members(other), labels) } : {}),
        value: values(value),
        ...(tokens.size > 0 ? { token_values: tokenValues(tokens) } : {}),
        no_txs: transactions,
        [by]: by === "address" ? world.address(other) : world.entity(other, labels),
      }));
    }
    case "links": {
      const other = by === "address" ? world.numberOf(String(ask.other)) : nodeOf(world, { call: "entity", entity: Number(ask.other) });
      return other === undefined ? undefined : paged("links", ordered(world.links(node, other, by), ask), ask, (link) => link);
    }
  }
  throw new TracewireError("BAD_ARGUMENT", { what: `${ask.call} is not asked of an address` });
}

function ofTransaction(world: World, hash: string, ask: GraphsenseAsk): GraphsenseReply {
  const found =
    ask.call === "tx"
      ? world.tx(hash, ask)
      : ask.call === "token_txs"
        ? world.tokenTxs(hash)
        : ask.call === "tx_io"
          ? world.io(hash, ask.io!)
          : world.references(hash, ask.call as "spent_in" | "spending", ask.io_index);
  return found && whole(found);
}

const labelsOf = (world: World, members: readonly number[], labels: Record<string, string[]>): string[] => [
  ...new Set(members.flatMap((member) => labels[world.addressName(member)] ?? [])),
];

function paged<T>(name: string, all: readonly T[], { after = 0, count = 100 }: GraphsenseAsk, write: (item: T) => object): GraphsenseReply {
  return whole({ [name]: all.slice(after, after + count).map(write) }, after + count < all.length);
}

declare global {
  interface JSON {
    /** ES proposal-json-parse-with-source, in V8 since 11.4. */
    rawJSON(text: string): unknown;
  }
}

const isWhole = (value: unknown): value is Whole => typeof value === "object" && value !== null && typeof (value as Whole).whole === "bigint";

const whole = (value: object, more = false): GraphsenseReply => ({
  json: JSON.stringify(value, (_, item: unknown) => (isWhole(item) ? JSON.rawJSON(String(item.whole)) : item)),
  more,
});
