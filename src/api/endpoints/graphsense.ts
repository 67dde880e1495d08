// A part of GraphSense's REST interface (1.6), below /v1/graphsense: reading addresses, transactions, neighbours, tags and
// entities. Names, parameters and shapes are theirs, so that programs written for it can be pointed here.
import Type, { type TProperties } from "typebox";
import { TracewireError } from "../../errors.ts";
import { PAGE_MAX, readCursor, writeCursor } from "../cursor.ts";
import { endpoint, type ApiContext, type Answer, type Endpoint } from "../endpoint.ts";
import { chainsOfCurrency, currencyOf } from "../graphsense-questions.ts";
import type { GraphsenseAsk } from "../graphsense-shapes.ts";
import { ledgerSets } from "../ledger.ts";
import { listOf } from "../paging.ts";
import { closed, oneOf, optionalText, text } from "../schemas.ts";
import { chainsOfTag, tagsByAddress, visibleTags, type TagRow } from "../tags.ts";

const BASE = "/graphsense";
const PLACE_CHARS_MAX = 200;
const PAGE_SIZE = 100;
const ENTITY_MAX = 2 ** 31 - 1;
const MS = 1_000;

const currency = text("btc, eth …: a chain by its coin; none for rows whose source names no chain", { minLength: 1, maxLength: 20 });
const address = text("Address", { minLength: 1, maxLength: PLACE_CHARS_MAX });
const entity = Type.Integer({ minimum: 1, maximum: ENTITY_MAX, description: "Number of an entity" });
const tx_hash = text("Transaction", { minLength: 1, maxLength: PLACE_CHARS_MAX });
const height = Type.Integer({ minimum: 0, maximum: ENTITY_MAX });
const flag = Type.Optional(Type.Boolean());
const direction = oneOf(["in", "out"] as const);
const paged = {
  page: optionalText("next_page of the page before", { maxLength: 600 }),
  pagesize: Type.Optional(Type.Integer({ minimum: 1, maximum: ENTITY_MAX, description: `Items on a page; at most ${PAGE_MAX} are given` })),
};
const heights = { min_height: Type.Optional(height), max_height: Type.Optional(height), order: Type.Optional(oneOf(["asc", "desc"] as const)) };
const txsQuery = { direction: Type.Optional(direction), ...heights, token_currency: optionalText("CAIP-19 id of a token"), ...paged };

/** In their shapes; a test holds every answer against the published description. */
const answer = Type.Unknown({ description: "As GraphSense's description 1.6 says" });

type Parameters = Record<string, string | number | boolean | (string | number)[] | undefined>;

function read(path: string, about: string, params: TProperties, query: TProperties, call: GraphsenseAsk["call"]): Endpoint {
  const isPaged = "page" in query;
  return endpoint({
    method: "GET",
    path: `${BASE}${path}`,
    group: "GraphSense",
    about,
    params: Type.Object(params, closed),
    query: Type.Object(query, closed),
    answer,
    scopes: ["traces:private", "tags:own"],
    async run(context, asked) {
      const { page, pagesize, neighbor, only_ids, ...filters } = asked.query as unknown as Parameters;
      const own = asked.params as unknown as Parameters;
      const list = listOf(`${path} ${JSON.stringify(own)}`, { ...filters, neighbor, only_ids } as object);
      const after = page === undefined ? 0 : Number(readCursor(String(page), list, context.log.size()).after);
      const count = Math.min(Number(pagesize ?? PAGE_SIZE), PAGE_MAX);
      const ask: GraphsenseAsk = {
        call,
        ...filters,
        ...own,
        ...(neighbor === undefined ? {} : { other: neighbor as string | number }),
        ...(only_ids === undefined ? {} : { only: only_ids as (string | number)[] }),
        ...(isPaged ? { after, count } : {}),
        labels: labelsOf(context, own.currency as string | undefined),
        now_s: Math.floor(Date.parse(context.clock()) / MS),
      };
      const found = await context.ledger.ask(ledgerSets(context), "graphsense", ask);
      if (!found) throw new TracewireError("NOT_FOUND", { what: "The transfers held do not show this", hint: "GET /v1/graphsense/stats says which currencies are held." });
      if (!found.more) return { json: found.json };
      const next_page = writeCursor({ list, log_size: context.at.log_size, after: after + count });
      return { json: `${found.json.slice(0, -1)},"next_page":${JSON.stringify(next_page)}}` };
    },
  });
}

export const graphsenseEndpoints: Endpoint[] = [
  read("/stats", "Currencies that are held, counted.", {}, {}, "stats"),
  read(
    "/search",
    "Addresses and transactions that begin so.",
    {},
    { q: text("Beginning", { minLength: 2, maxLength: PLACE_CHARS_MAX }), currency: Type.Optional(currency), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })) },
    "search",
  ),
  endpoint({
    method: "GET",
    path: `${BASE}/tags`,
    group: "GraphSense",
    about: "Tags with a label.",
    query: Type.Object({ label: text("Label", { minLength: 1, maxLength: PLACE_CHARS_MAX }), ...paged }, closed),
    answer,
    scopes: ["tags:own"],
    async run(context, { query }) {
      const wanted = query.label.toLowerCase();
      const rows = visibleTags(context).filter(({ label }) => label.toLowerCase() === wanted);
      return tagPage(context, `tags ${wanted}`, query, await Promise.all(rows.map((row) => toTag(context, currencyOf(chainsOfTag(row.currency)[0] ?? ""), row))));
    },
  }),
  read("/{currency}/addresses/{address}", "An address.", { currency, address }, { include_actors: flag }, "address"),
  read("/{currency}/addresses/{address}/txs", "Its transactions.", { currency, address }, txsQuery, "address_txs"),
  tags(`/{currency}/addresses/{address}/tags`, { currency, address }),
  read(
    "/{currency}/addresses/{address}/neighbors",
    "Addresses that it paid, or that paid it.",
    { currency, address },
    { direction, only_ids: Type.Optional(Type.Array(Type.String({ maxLength: PLACE_CHARS_MAX }), { maxItems: PAGE_MAX })), include_labels: flag, include_actors: flag, ...paged },
    "neighbors",
  ),
  read("/{currency}/addresses/{address}/entity", "The entity of an address.", { currency, address }, { include_actors: flag, exclude_best_address_tag: flag }, "entity"),
  read("/{currency}/addresses/{address}/links", "Transactions from it to another.", { currency, address }, { neighbor: address, ...heights, ...paged }, "links"),
  read("/{currency}/entities/{entity}", "An entity.", { currency, entity }, { exclude_best_address_tag: flag, include_actors: flag }, "entity"),
  read("/{currency}/entities/{entity}/addresses", "Its addresses.", { currency, entity }, paged, "entity_addresses"),
  read("/{currency}/entities/{entity}/txs", "Its transactions.", { currency, entity }, txsQuery, "address_txs"),
  tags(`/{currency}/entities/{entity}/tags`, { currency, entity }),
  read(
    "/{currency}/entities/{entity}/neighbors",
    "Entities that it paid, or that paid it.",
    { currency, entity },
    { direction, only_ids: Type.Optional(Type.Array(entity, { maxItems: PAGE_MAX })), include_labels: flag, exclude_best_address_tag: flag, include_actors: flag, ...paged },
    "neighbors",
  ),
  read("/{currency}/entities/{entity}/links", "Transactions from it to another.", { currency, entity }, { neighbor: entity, ...heights, ...paged }, "links"),
  read("/{currency}/txs/{tx_hash}", "A transaction.", { currency, tx_hash }, { include_io: flag, token_tx_id: Type.Optional(height) }, "tx"),
  read("/{currency}/txs/{tx_hash}/spent_in", "Where its outputs are spent.", { currency, tx_hash }, { io_index: Type.Optional(height) }, "spent_in"),
  read("/{currency}/txs/{tx_hash}/spending", "Which outputs it spends.", { currency, tx_hash }, { io_index: Type.Optional(height) }, "spending"),
  read("/{currency}/txs/{tx_hash}/{io}", "Its inputs or outputs.", { currency, tx_hash, io: oneOf(["inputs", "outputs"] as const) }, {}, "tx_io"),
  read("/{currency}/token_txs/{tx_hash}", "Transfers of tokens in a transaction.", { currency, tx_hash }, {}, "token_txs"),
];

function labelsOf(context: ApiContext, asked: string | undefined): Record<string, string[]> {
  if (asked === undefined) return {};
  return Object.fromEntries([...tagsByAddress(context, chainsOfCurrency(asked))].map(([tagged, rows]) => [tagged, rows.map(({ label }) => label)]));
}

function tags(path: string, params: TProperties): Endpoint {
  return endpoint({
    method: "GET",
    path: `${BASE}${path}`,
    group: "GraphSense",
    about: "Tags: who is behind it, according to whom.",
    params: Type.Object(params, closed),
    query: Type.Object(paged, closed),
    answer,
    scopes: ["traces:private", "tags:own"],
    async run(context, asked) {
      const own = asked.params as unknown as { currency: string; address?: string; entity?: number };
      const all = tagsByAddress(context, chainsOfCurrency(own.currency));
      const members = own.entity === undefined ? [own.address!] : await membersOf(context, own.currency, own.entity);
      const rows = members.flatMap((member) => all.get(member) ?? all.get(member.toLowerCase()) ?? []);
      return tagPage(context, `${path} ${JSON.stringify(own)}`, asked.query as { page?: string; pagesize?: number }, await Promise.all(rows.map((row) => toTag(context, own.currency, row))));
    },
  });
}

const MEMBERS_MAX = 10_000;

async function membersOf(context: ApiContext, asked: string, number: number): Promise<string[]> {
  const found = await context.ledger.ask(ledgerSets(context), "graphsense", { call: "entity_addresses", currency: asked, entity: number, count: MEMBERS_MAX });
  if (!found) throw new TracewireError("NOT_FOUND", { what: "The transfers held do not show this" });
  return (JSON.parse(found.json) as { addresses: { address: string }[] }).addresses.map((one) => one.address);
}

/** An entity is 0 where the transfers do not show the address. */
async function toTag(context: ApiContext, asked: string, row: TagRow): Promise<object> {
  const found = await context.ledger.ask(ledgerSets(context), "graphsense", { call: "address", currency: asked, address: row.address });
  const lastmod = Date.parse(row.lastmod);
  const optional = (name: keyof TagRow) => (row[name] ? { [name]: row[name] } : {});
  return {
    address: row.address,
    entity: found ? (JSON.parse(found.json) as { entity: number }).entity : 0,
    label: row.label,
    currency: asked,
    ...optional("category"),
    ...optional("abuse"),
    ...optional("actor"),
    ...optional("source"),
    ...optional("confidence"),
    ...(Number.isNaN(lastmod) ? {} : { lastmod: Math.floor(lastmod / MS) }),
    tagpack_title: row.pack,
    tagpack_is_public: true,
    tagpack_creator: "",
    is_cluster_definer: false,
  };
}

function tagPage(context: ApiContext, name: string, { page, pagesize = PAGE_SIZE }: { page?: string; pagesize?: number }, all: readonly object[]): Answer {
  const list = listOf(name, {});
  const after = page === undefined ? 0 : Number(readCursor(page, list, context.log.size()).after);
  const count = Math.min(pagesize, PAGE_MAX);
  const next = after + count < all.length ? { next_page: writeCursor({ list, log_size: context.at.log_size, after: after + count }) } : {};
  return { body: { address_tags: all.slice(after, after + count), ...next } };
}
