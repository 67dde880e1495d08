// Is it on a list, on that day: one address, or a batch. Every answer names the editions that were looked into.
import Type from "typebox";
import { endpoint, type ApiContext } from "../endpoint.ts";
import { TracewireError } from "../../errors.ts";
import { addressLists, screenBatch, screenOne, SCREEN_BATCH_MAX, type ScreenedAddress } from "../screen-addresses.ts";
import { closed, DAY, entryNumber, logSize, named, nullable, oneOf, text, vantageQuery } from "../schemas.ts";

const ADDRESS_CHARS_MAX = 200;
const DAY_MS = 86_400_000;

const screenedSchema = named(
  "Screened",
  Type.Object(
    {
      asked: text("As it was sent"),
      address: nullable(text("As it is compared; null where it is no address")),
      outcome: oneOf(["listed", "delisted", "not listed", "unknown", "not an address"] as const),
      words: text("One sentence for people"),
      hits: Type.Array(
        Type.Object({ list: text("Table"), edition: text("Edition"), entry: entryNumber, assets: Type.Array(Type.String()), names: Type.Array(Type.String()) }, closed),
      ),
      tags: Type.Array(Type.Object({ label: text("What it says"), source: text("Whose word it is"), confidence: text("As its author states it"), pack: text("Pack"), entry: entryNumber }, closed)),
    },
    closed,
  ),
);

const editionsSchema = Type.Array(
  Type.Object(
    { list: text("Table"), edition: text("Its date"), entry: entryNumber, days_before: nullable(Type.Integer({ description: "Days from the edition to the day asked about; negative where the edition is younger; null where it names no day" })) },
    closed,
  ),
  { description: "Every edition that was looked into: an edition proves its own day only" },
);

const on = text("The day asked about: a list has no answer without one (YYYY-MM-DD)", { pattern: DAY });
const answered = { log_size: logSize, on, editions: editionsSchema, no_legal_advice: Type.Literal(true) };

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
      return { body: { ...vintage(context, query.on), result: screenOne(context.log, params.address, query.on, context.at.log_size) } };
    },
  }),
  endpoint({
    method: "POST",
    path: "/screen",
    group: "screening",
    about: `Up to ${SCREEN_BATCH_MAX} addresses on one day, as a JSON array or as text with one a line; answers in the same order.`,
    query: Type.Object({ on, known: vantageQuery.known, only_listed: Type.Optional(Type.Boolean({ description: "Leave out those that are not listed and have no tag" })) }, closed),
    body: Type.Array(Type.String({ maxLength: ADDRESS_CHARS_MAX }), { minItems: 1, maxItems: SCREEN_BATCH_MAX, description: "Addresses" }),
    lines: true,
    cost: 5,
    answer: Type.Object({ ...answered, screened: Type.Integer({ minimum: 0 }), listed: Type.Integer({ minimum: 0 }), results: Type.Array(screenedSchema) }, closed),
    async run(context, { query, body }) {
      const all = await screenBatch(context.log, body, query.on, context.at.log_size);
      const isNamed = ({ outcome, hits, tags }: ScreenedAddress) => outcome === "listed" || hits.length > 0 || tags.length > 0;
      const results = query.only_listed ? all.filter(isNamed) : all;
      return { body: { ...vintage(context, query.on), screened: all.length, listed: all.filter(({ outcome }) => outcome === "listed").length, results } };
    },
  }),
];

function vintage({ log, at }: ApiContext, day: string) {
  if (Number.isNaN(Date.parse(`${day}T00:00:00Z`))) throw new TracewireError("BAD_ARGUMENT", { what: `on: there is no day ${day}`, where: "on" });
  const editions = addressLists(log, at.log_size).map(({ name, edition, seq }) => ({ list: name, edition: edition!, entry: seq, days_before: daysBetween(edition!, day) }));
  return { log_size: at.log_size, on: day, editions, no_legal_advice: true as const };
}

/** An edition that names only its month has no day to count from. */
const daysBetween = (edition: string, day: string): number | null => (edition.length === 10 ? Math.round((Date.parse(day) - Date.parse(edition)) / DAY_MS) : null);
