// Is it on a list, on that day: one address, or a batch. Every answer names the editions that were looked into.
import Type from "typebox";
import type { BatchAnswer, Screener } from "../../screening/screening.ts";
import { METHOD_NAMES } from "../../tracing/tracing.ts";
import { endpoint, type ApiContext } from "../endpoint.ts";
import { TracewireError } from "../../errors.ts";
import { ledgerSets } from "../ledger.ts";
import { listedAccounts, screenBatch, screenerFor, SCREEN_BATCH_MAX } from "../screen-addresses.ts";
import { amount, closed, DAY, entryNumber, logSize, named, nullable, oneOf, tagSchema, text, vantageQuery } from "../schemas.ts";

const ADDRESS_CHARS_MAX = 200;
const DAY_MS = 86_400_000;
const DAY_LENGTH = 10;

const screenedSchema = named(
  "Screened",
  Type.Object(
    {
      asked: text("As it was sent"),
      address: text("As it is compared"),
      form: text("What it is, in words"),
      outcome: oneOf(["listed", "delisted", "not listed", "unknown"] as const),
      words: text("One sentence for people"),
      is_alert: Type.Boolean({ description: "It stands on a list that day, or may, and no exception holds" }),
      hits: Type.Array(
        Type.Object(
          {
            list: text("Table"),
            edition: text("Edition"),
            title: text("Its title"),
            entry: entryNumber,
            assets: Type.Array(Type.String()),
            names: Type.Array(Type.String()),
            chains: Type.Array(Type.String()),
            is_asked: Type.Boolean({ description: "False: an account of another chain that is written alike" }),
          },
          closed,
        ),
      ),
      tags: Type.Array(tagSchema),
      evidence: Type.Object({ for: Type.Array(Type.String()), against: Type.Array(Type.String()) }, closed),
      exceptions: Type.Array(Type.Record(Type.String(), Type.Unknown(), { description: "A known false hit: entry, list, reason, by whom, until when, and whether it holds" })),
    },
    closed,
  ),
);

const editionsSchema = Type.Array(
  Type.Object(
    {
      list: text("List"),
      edition: text("Its date"),
      entry: entryNumber,
      row_count: Type.Integer({ minimum: 0 }),
      days_before: nullable(Type.Integer({ description: "Days from the edition to the day asked about; negative where the edition is younger; null where it names no day" })),
    },
    closed,
  ),
  { description: "Every edition that was looked into: an edition proves its own day only" },
);

const on = text("The day asked about: a list has no answer without one (YYYY-MM-DD)", { pattern: DAY });
const answered = { log_size: logSize, on, editions: editionsSchema, no_legal_advice: Type.Literal(true) };

const methodExposure = Type.Object(
  {
    method: oneOf(METHOD_NAMES),
    asset: text("CAIP-19, or native"),
    tainted: amount("Base units that arrived from listed addresses; what came around twice counts twice, as in `received`"),
    received: amount("Base units that arrived in all"),
    share_bp: Type.Integer({ description: "tainted / received, in parts of ten thousand, cut" }),
    path: Type.Array(Type.Object({ from: Type.String(), to: Type.String(), transfer: Type.String(), amount: amount("Base units") }, closed), { description: "Of the first tainted arrival, the listed address's own payment first" }),
  },
  closed,
);

const exposureSchema = named(
  "Exposure",
  Type.Object(
    {
      exposures: Type.Array(Type.Object({ chain: text("CAIP-2, or empty"), address: text("As the transfers spell it"), is_direct: Type.Boolean({ description: "Paid by a listed address itself" }), methods: Type.Array(methodExposure) }, closed)),
      listed_seeds: Type.Integer({ minimum: 0, description: "Listed addresses that the transfers show" }),
      left_out: Type.Array(Type.String(), { description: "Sets of transfers too large for an answer here: tracewire screen --exposure reads them" }),
      notes: Type.Array(Type.String()),
    },
    closed,
  ),
);

export const screeningEndpoints = [
  endpoint({
    method: "GET",
    path: "/screening/{address}",
    group: "screening",
    about: "One address on one day.",
    params: Type.Object({ address: text("In any legal spelling", { minLength: 1, maxLength: ADDRESS_CHARS_MAX }) }, closed),
    query: Type.Object({ on, known: vantageQuery.known }, closed),
    answer: Type.Object({ ...answered, result: screenedSchema }, closed),
    run(context, { params, query }) {
      const screener = screenerOn(context, query.on);
      return { body: { ...vintage(context, screener), result: toScreened(screener.screen(params.address)) } };
    },
  }),
  endpoint({
    method: "POST",
    path: "/screen",
    group: "screening",
    about: `Up to ${SCREEN_BATCH_MAX} addresses on one day, as a JSON array or as text with one a line; answers in the same order.`,
    query: Type.Object(
      {
        on,
        known: vantageQuery.known,
        only_alerts: Type.Optional(Type.Boolean({ description: "Leave out those of which nothing is said: no hit, no tag" })),
        exposure: Type.Optional(Type.Boolean({ description: "Also what came from listed addresses by way of others, over the transfers that you may see, under five conventions" })),
        depth: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description: "With exposure: over at most so many transfers" })),
        ends_known: Type.Optional(Type.Boolean({ description: "With exposure: end at services, mixers and bridges that released tags name" })),
      },
      closed,
    ),
    body: Type.Array(Type.String({ maxLength: ADDRESS_CHARS_MAX }), { minItems: 1, maxItems: SCREEN_BATCH_MAX, description: "Addresses" }),
    lines: true,
    cost: 5,
    answer: Type.Object(
      { ...answered, screened: Type.Integer({ minimum: 0 }), alerts: Type.Integer({ minimum: 0 }), results: Type.Array(screenedSchema), exposure: Type.Optional(exposureSchema) },
      closed,
    ),
    scopes: ["traces:private"],
    errors: ["BAD_ARGUMENT", "TOO_MANY_JOBS", "JOB_LIMIT"],
    async run(context, { query, body }) {
      const screener = screenerOn(context, query.on);
      const found = await screenBatch(screener, body, { only_mentioned: query.only_alerts });
      const isNamed = ({ is_alert, hits, tags }: BatchAnswer) => is_alert || hits.length > 0 || tags.length > 0;
      const results = (query.only_alerts ? found.filter(isNamed) : found).map(toScreened);
      const alerts = found.filter(({ is_alert }) => is_alert).length;
      const more = query.exposure ? { exposure: await exposure(context, screener, query, body) } : {};
      return { body: { ...vintage(context, screener), screened: body.length, alerts, results, ...more } };
    },
  }),
];

async function exposure(context: ApiContext, screener: Screener, { depth, ends_known }: { depth?: number; ends_known?: boolean }, given: readonly string[]) {
  const sets = ledgerSets(context);
  const listed = await listedAccounts(screener);
  const found = await context.ledger.ask(sets, "exposure", { given, listed, depth, ends_known, log_size: context.at.log_size });
  return { ...found, left_out: sets.left_out };
}

function screenerOn(context: ApiContext, day: string): Screener {
  const at = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, DAY_LENGTH) !== day) throw new TracewireError("BAD_ARGUMENT", { what: `on: there is no day ${day}`, where: "on" });
  return screenerFor(context, day);
}

const vintage = ({ at }: ApiContext, { on: day, vintage: editions }: Screener) => ({
  log_size: at.log_size,
  on: day,
  editions: editions.map(({ list, edition, entry, row_count }) => ({ list, edition, entry, row_count, days_before: daysBetween(edition, day) })),
  no_legal_advice: true as const,
});

/** An edition that names only its month has no day to count from. */
const daysBetween = (edition: string, day: string): number | null => (edition.length === DAY_LENGTH ? Math.round((Date.parse(day) - Date.parse(edition)) / DAY_MS) : null);

/** Which editions were looked into is said once for all of them. */
const toScreened = ({ given, on: _, editions: __, ...rest }: BatchAnswer) => ({ asked: given, ...rest });
