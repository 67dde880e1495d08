// One address, one transaction, one cluster: what the transfers held say of it. An address is not a person; who is behind
// it is somebody's word, and stands as a tag or a list with its source.
import Type from "typebox";
import { readClaims } from "../../casefile/casefile.ts";
import { accountsOf, readAddress } from "../../chains/chains.ts";
import { datasetOfEntry, readRows } from "../../datasets/datasets.ts";
import { TracewireError } from "../../errors.ts";
import { HEURISTICS, listTraces, LOWEST_NOTE } from "../../tracing/tracing.ts";
import { isPrivate } from "../../site/site.ts";
import { endpoint, type ApiContext } from "../endpoint.ts";
import { ledgerSets } from "../ledger.ts";
import { pageThrough } from "../paging.ts";
import { amount, closed, entryNumber, listQuery, logSize, named, nullable, oneOf, optionalText, pageOf, tagSchema, text, vantageQuery } from "../schemas.ts";
import { tagsOfAddress } from "../tags.ts";

const ADDRESS_CHARS_MAX = 200;
const params = Type.Object({ address: text("In any legal spelling", { minLength: 1, maxLength: ADDRESS_CHARS_MAX }) }, closed);
const chain = optionalText("Only on this chain (CAIP-2)", { maxLength: 60 });
const setSchema = Type.Object({ name: text("Set of transfers"), seq: entryNumber, row_count: Type.Integer({ minimum: 0 }) }, closed);
const moment = nullable(text("UTC"));
const MOMENT_CHARS_MAX = 200;
const accountMoment = named(
  "AccountMoment",
  Type.Object({ transfer: nullable(text("Its last transfer up to then; null where it has none yet")), time: moment, balance: amount("Base units, as far as the data shows") }, closed),
);

export const transferSchema = named(
  "Transfer",
  Type.Object(
    {
      chain: text("CAIP-2, or empty where the source names none"),
      txid: text("Empty where the source has none: then `row` names it"),
      block: nullable(Type.Integer()),
      time: moment,
      kind: text("transfer, internal, fee, mint, burn, reward"),
      from: nullable(Type.String()),
      to: nullable(Type.String()),
      asset: text("CAIP-19, or native"),
      amount: amount("Base units"),
      row: text("Set and row"),
    },
    closed,
  ),
);

const addressSchema = named(
  "Address",
  Type.Object(
    {
      log_size: logSize,
      asked: text("As it was asked"),
      accounts: Type.Array(Type.Object({ chain: text("CAIP-2"), caip10: text("CAIP-10"), display: text("With its checksum"), kind: text("What it is by its form") }, closed), {
        description: "What the text may name, by each chain's own rule",
      }),
      address: nullable(text("As the transfers spell it; null where they do not show it")),
      holdings: Type.Array(
        Type.Object({
          chain: Type.String(),
          asset: Type.String(),
          received: amount("Base units"),
          sent: amount("Base units"),
          balance: amount("At the end of the data, as far as it shows"),
          unexplained: amount("Sent beyond what the data shows to have come: transfers are missing"),
          transfer_count: Type.Integer(),
          first: moment,
          last: moment,
        }),
      ),
      outputs: Type.Array(
        Type.Object({
          chain: Type.String(),
          received: amount("Base units"),
          sent: amount("Base units"),
          balance: amount("Unspent"),
          output_count: Type.Integer(),
          outputs: Type.Array(Type.Record(Type.String(), Type.Unknown())),
        }),
      ),
      tags: Type.Array(tagSchema),
      thefts: Type.Array(text("Thefts whose claims name it")),
      traces: Type.Array(text("Kept traces that reach it")),
      sets: Type.Array(setSchema),
      left_out: Type.Array(text("Sets too large to be read for an answer")),
    },
    closed,
  ),
);

const notHeld = (what: string): never => {
  throw new TracewireError("NOT_FOUND", { what: `The transfers held do not show this ${what}`, hint: "GET /v1/datasets lists what is held." });
};

export const addressEndpoints = [
  endpoint({
    method: "GET",
    path: "/addresses/{address}",
    group: "addresses",
    about: "One address: what it may name, balances, tags by whom, thefts and traces that touch it.",
    params,
    query: Type.Object({ chain, ...vantageQuery }, closed),
    answer: addressSchema,
    scopes: ["traces:private", "tags:own", "claims:unreleased"],
    async run(context, { params: { address: asked }, query }) {
      const sets = ledgerSets(context);
      const found = await context.ledger.ask(sets, "address", { address: asked, ...(query.chain === undefined ? {} : { chain: query.chain }) });
      const accounts = accountsOf(readAddress(asked));
      const spellings = new Set([asked, ...(found ? [found.address] : []), ...accounts.map(({ address }) => address)]);
      const tags = tagsOfAddress(context, spellings);
      const thefts = theftsTouching(context, spellings);
      if (!found && accounts.length === 0 && tags.length === 0 && thefts.length === 0) notHeld("address");
      return {
        body: {
          log_size: context.at.log_size,
          asked,
          accounts: accounts.map(({ chain: id, caip10, display, kind }) => ({ chain: id, caip10, display, kind })),
          address: found?.address ?? null,
          holdings: found?.holdings ?? [],
          outputs: found?.outputs ?? [],
          tags,
          thefts,
          traces: tracesTouching(context, spellings),
          sets: found?.sets ?? [],
          left_out: sets.left_out,
        },
      };
    },
  }),
  endpoint({
    method: "GET",
    path: "/addresses/{address}/transfers",
    group: "addresses",
    about: "Transfers between accounts that touch it, oldest first.",
    params,
    query: listQuery({ chain }),
    answer: pageOf(transferSchema),
    scopes: ["traces:private"],
    async run(context, { params: { address }, query }) {
      const page = await pageThrough(context, `/addresses/${address}/transfers`, query, async (after, count) => {
        const place = { address, ...(query.chain === undefined ? {} : { chain: query.chain }) };
        const found = await context.ledger.ask(ledgerSets(context), "transfers", { ...place, count, ...(after === undefined ? {} : { after: after as number }) });
        return found ?? notHeld("address");
      }, ({ at }) => at);
      return { body: { ...page, items: page.items.map(({ transfer }) => transfer) } };
    },
  }),
  endpoint({
    method: "GET",
    path: "/addresses/{address}/neighbors",
    group: "addresses",
    about: "Whom it paid, or who paid it, with sums by asset. Of outputs a payer's part is an estimate: no output says which input it came from.",
    params,
    query: listQuery({ direction: oneOf(["in", "out"] as const), chain }),
    answer: pageOf(
      named(
        "Neighbor",
        Type.Object(
          { address: Type.String(), chain: Type.String(), asset: Type.String(), amount: amount("Base units"), transfer_count: Type.Integer({ minimum: 1 }), is_estimate: Type.Boolean() },
          closed,
        ),
      ),
    ),
    scopes: ["traces:private"],
    async run(context, { params: { address }, query }) {
      const page = await pageThrough(context, `/addresses/${address}/neighbors`, query, async (after, count) => {
        const place = { address, direction: query.direction, count, ...(query.chain === undefined ? {} : { chain: query.chain }) };
        const found = await context.ledger.ask(ledgerSets(context), "neighbors", { ...place, ...(after === undefined ? {} : { after: String(after) }) });
        return found ?? notHeld("address");
      }, ({ key }) => key);
      return { body: { ...page, items: page.items.map(({ key: _, ...neighbor }) => neighbor) } };
    },
  }),
  endpoint({
    method: "GET",
    path: "/addresses/{address}/lowest",
    group: "addresses",
    about: "The lowest balance of an account between two moments: of what came in, no more can still be there, whichever units left.",
    params,
    query: Type.Object(
      {
        since: text("A transaction of the account (right after it), a UTC day (before it) or time, or an order: @block, @block.place.index", { minLength: 1, maxLength: MOMENT_CHARS_MAX }),
        until: optionalText("The same, to the end of it; left out, the end of the data", { maxLength: MOMENT_CHARS_MAX }),
        amount: optionalText("Of how many base units; left out, what the transaction of `since` paid in, else all that was there", { pattern: "^\\d{1,78}$" }),
        asset: optionalText("CAIP-19, or native: of an address with several", { maxLength: 200 }),
        chain,
        ...vantageQuery,
      },
      closed,
    ),
    answer: named(
      "LowestBalance",
      Type.Object(
        {
          log_size: logSize,
          address: Type.String(),
          chain: Type.String(),
          asset: Type.String(),
          amount: amount("Base units, as are all of these"),
          since: accountMoment,
          until: accountMoment,
          lowest: amount("The least that was there from the one to the other"),
          lowest_at: accountMoment,
          traceable: amount("The least of `amount` and `lowest`: no more of it can still be there"),
          unknown: amount("What left beyond the known balance in between: more was there than the rows show"),
          sets: Type.Array(setSchema),
          left_out: Type.Array(text("Sets too large to be read for an answer")),
          note: text("What it is and is not"),
        },
        closed,
      ),
    ),
    scopes: ["traces:private"],
    async run(context, { params: { address }, query: { since, until, amount: units, asset, chain: only } }) {
      const sets = ledgerSets(context);
      const all = { until, amount: units, asset, chain: only };
      const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Partial<{ [K in keyof typeof all]: NonNullable<(typeof all)[K]> }>;
      const found = await context.ledger.ask(sets, "lowest", { address, since, ...given });
      return { body: { log_size: context.at.log_size, ...(found ?? notHeld("address")), left_out: sets.left_out, note: LOWEST_NOTE } };
    },
  }),
  endpoint({
    method: "GET",
    path: "/transactions/{txid}",
    group: "addresses",
    about: "One transaction: transfers between accounts, or inputs and outputs.",
    params: Type.Object({ txid: text("Its id", { minLength: 1, maxLength: ADDRESS_CHARS_MAX }) }, closed),
    query: Type.Object(vantageQuery, closed),
    answer: named(
      "Transaction",
      Type.Object(
        { log_size: logSize, txid: Type.String(), transfers: Type.Array(transferSchema), sides: Type.Array(Type.Record(Type.String(), Type.Unknown())), sets: Type.Array(setSchema) },
        closed,
      ),
    ),
    scopes: ["traces:private"],
    async run(context, { params: { txid } }) {
      const found = await context.ledger.ask(ledgerSets(context), "transaction", { txid });
      return { body: { log_size: context.at.log_size, ...(found ?? notHeld("transaction")) } };
    },
  }),
  endpoint({
    method: "GET",
    path: "/clusters/{address}",
    group: "addresses",
    about: "The co-spend cluster of an address, with the transactions that join it; `other` asks why two addresses are together.",
    params,
    query: listQuery({ chain, other: optionalText("Another address of it", { maxLength: ADDRESS_CHARS_MAX }) }),
    answer: Type.Object(
      {
        log_size: logSize,
        chain: Type.String(),
        first_address: text("By which the cluster is named: the first of it that the data shows"),
        address_count: Type.Integer({ minimum: 1 }),
        heuristic: Type.Object({ about: Type.String(), version: Type.String(), source: Type.String(), error_rate: Type.String() }, closed),
        left_out_transactions: Type.Integer({ minimum: 0, description: "Of several owners by their shape, and so not counted" }),
        joins: Type.Array(Type.Object({ from: Type.String(), to: Type.String(), txid: Type.String() }, closed)),
        why: nullable(Type.Array(Type.Object({ from: Type.String(), to: Type.String(), txid: Type.String() }, closed), { description: "A shortest path of co-spends; null where the two are not together or no other was named" })),
        items: Type.Array(Type.String(), { description: "Its addresses" }),
        next: nullable(Type.String()),
      },
      closed,
    ),
    scopes: ["traces:private"],
    async run(context, { params: { address }, query }) {
      const place = { address, ...(query.chain === undefined ? {} : { chain: query.chain }), ...(query.other === undefined ? {} : { other: query.other }) };
      const ask = async (after: string | number | undefined, count: number) =>
        (await context.ledger.ask(ledgerSets(context), "cluster", { ...place, count, ...(after === undefined ? {} : { after: after as number }) })) ?? notHeld("address among outputs");
      let found: Awaited<ReturnType<typeof ask>> | undefined;
      const page = await pageThrough(context, `/clusters/${address}`, query, async (after, count) => (found = await ask(after, count)).members, ({ number }) => number);
      const { cluster: _, members: __, ...rest } = found!;
      const { about, version, source, error_rate } = HEURISTICS.co_spend;
      return { body: { log_size: page.log_size, ...rest, heuristic: { about, version, source, error_rate }, items: page.items.map((member) => member.address), next: page.next } };
    },
  }),
];

function theftsTouching(context: ApiContext, spellings: ReadonlySet<string>): string[] {
  const claims = readClaims(context.log, context.at, { kind: "theft" }).filter(({ kind_of, field, value }) => {
    if (!field.startsWith("taken_") || isPrivate(kind_of, field)) return false;
    return spellings.has(value) || accountsOf(readAddress(value)).some(({ address }) => spellings.has(address));
  });
  return [...new Set(claims.map(({ subject }) => subject.replace(/^theft\//, "")))].sort();
}

function tracesTouching(context: ApiContext, spellings: ReadonlySet<string>): string[] {
  return listTraces(context.log, context.caller.scopes.has("traces:private") ? "all" : "released", context.at.log_size)
    .filter(({ totals }) => readRows(context.log, datasetOfEntry(context.log, totals)).some(({ place }) => place !== undefined && spellings.has(place)))
    .map(({ id }) => id)
    .sort();
}
