// Thefts, claims, figures: the case file as programs read it.
import Type from "typebox";
import { KINDS, readClaim, readClaims, type Claim, type ClaimFilter, type Kind } from "../../casefile/casefile.ts";
import { findCapture } from "../../evidence/evidence.ts";
import { TracewireError } from "../../errors.ts";
import { computeFigure, findFigureSpec, listFigureSpecs, readTheftLine, readTheftPage, type FigureSpec, type TheftLine } from "../../figures/figures.ts";
import { isPrivate } from "../../site/site.ts";
import { endpoint, type ApiContext } from "../endpoint.ts";
import { behind, pageThrough } from "../paging.ts";
import { amount, closed, entryNumber, listQuery, logSize, named, nullable, oneOf, optionalText, pageOf, text, vantageQuery } from "../schemas.ts";

const money = nullable(amount("Exact, as text"));

const theftSchema = named(
  "Theft",
  Type.Object(
    {
      id: text("Name of the theft: /v1/thefts/{id}"),
      victim: text("Who was robbed, as the chosen claim names them"),
      date: nullable(text("Its date, to the precision claimed")),
      value: money,
      unit: nullable(text("ISO 4217 or an asset")),
      low: money,
      high: money,
      claim: nullable(Type.Integer({ description: "The chosen claim" })),
      claimant: nullable(text("Who says so")),
      country: text("ISO 3166"),
      blamed: text("Who is blamed"),
      blamed_by: text("By whom"),
      level: text("How firmly the blame is laid"),
      claims: Type.Integer({ minimum: 0, description: "Claims held" }),
    },
    closed,
  ),
);

const claimSchema = named(
  "Claim",
  Type.Object(
    {
      claim: entryNumber,
      subject: text("kind/name"),
      field: text("What is claimed of it (docs/kinds.md)"),
      value: text("Numbers as plain decimals"),
      unit: Type.Optional(text("Of the value")),
      claimant: text("Who says it"),
      hedge: text("How sure they sound"),
      as_of: text("When it was claimed"),
      at: text("When it entered the log (UTC)"),
      is_released: Type.Boolean(),
      source: Type.Object({ capture: entryNumber, locator: Type.Record(Type.String(), Type.Unknown()) }, closed),
    },
    { description: "All fields of docs/claims.md; those every claim has are listed" },
  ),
);

const figureSpecSchema = named(
  "FigureRules",
  Type.Object({ id: text("Name"), title: text("Title"), measure: text("How it counts"), of: text("What it counts"), entry: entryNumber }, closed),
);

const figureSchema = named(
  "Figure",
  Type.Object(
    {
      id: text("Name"),
      measure: text("How it counts"),
      value: nullable(text("Exact, as text")),
      unit: text("Of the value"),
      low: nullable(text("Lowest that claims of the same kind allow")),
      high: nullable(text("Highest")),
      row_count: text("Rows counted"),
      unknown_count: text("Rows without a value"),
      rows: Type.Array(Type.Record(Type.String(), Type.Unknown())),
      excluded: Type.Array(Type.Record(Type.String(), Type.Unknown())),
      not_compared: Type.Array(Type.Record(Type.String(), Type.Unknown())),
      notes: Type.Array(Type.String()),
      rows_sha256: text("Hash of the RFC 8785 form of what stands above"),
      log_size: text("Size of the log"),
      root: text("Its root"),
      rules_version: text("Version of the counting rules"),
    },
    { additionalProperties: true },
  ),
);

export const casefileEndpoints = [
  endpoint({
    method: "GET",
    path: "/thefts",
    group: "case file",
    about: "Thefts, one line each, with the chosen value and the range of its rivals.",
    query: listQuery({ q: optionalText("Only where the victim's name has this", { maxLength: 100 }) }),
    answer: pageOf(theftSchema),
    scopes: ["claims:unreleased"],
    async run(context, { query }) {
      const { log, at } = context;
      // Of what everybody sees now a table is kept.
      const is_newest = at.evidence === "released" && at.as_of === undefined && at.log_size === log.size();
      const read = (after: string | number | undefined, limit: number) => readTheftPage(log, { ...at, is_newest }, { after: after as string | undefined, victim: query.q, limit });
      const page = await pageThrough(context, "/thefts", query, read, (row) => row.subject);
      return { body: { ...page, items: page.items.map(toTheft) } };
    },
  }),
  endpoint({
    method: "GET",
    path: "/thefts/{id}",
    group: "case file",
    about: "One theft with every claim that is held on it.",
    params: Type.Object({ id: text("Name of the theft", { maxLength: 200 }) }, closed),
    query: Type.Object(vantageQuery, closed),
    answer: Type.Object({ log_size: logSize, theft: nullable(theftSchema), claims: Type.Array(claimSchema) }, closed),
    scopes: ["claims:unreleased"],
    run(context, { params }) {
      const subject = `theft/${params.id}`;
      const claims = visibleClaims(context, { subject });
      if (claims.length === 0) throw new TracewireError("NOT_FOUND", { what: "No such theft is held", hint: "GET /v1/thefts lists them." });
      const row = readTheftLine(context.log, context.at, subject);
      return { body: { log_size: context.at.log_size, theft: row ? toTheft(row) : null, claims: claims.map(toClaim) } };
    },
  }),
  endpoint({
    method: "GET",
    path: "/claims",
    group: "case file",
    about: "Claims in the order in which they entered the log.",
    query: listQuery({
      subject: optionalText("Of this subject, as kind/name"),
      kind: Type.Optional(oneOf(Object.keys(KINDS) as Kind[])),
      field: optionalText("Of this field", { maxLength: 60 }),
    }),
    answer: pageOf(claimSchema),
    scopes: ["claims:unreleased"],
    async run(context, { query }) {
      const { subject, kind, field } = query;
      const page = await pageThrough(context, "/claims", query, (after, count) => {
        const filter = { ...(subject === undefined ? {} : { subject }), ...(kind === undefined ? {} : { kind }), ...(field === undefined ? {} : { field }) };
        return claimsBehind(context, filter, after as number | undefined, count);
      }, ({ seq }) => seq);
      return { body: { ...page, items: page.items.map(toClaim) } };
    },
  }),
  endpoint({
    method: "GET",
    path: "/claims/{claim}",
    group: "case file",
    about: "One claim.",
    params: Type.Object({ claim: entryNumber }, closed),
    answer: claimSchema,
    scopes: ["claims:unreleased"],
    run(context, { params }) {
      const claim = readClaim(context.log, params.claim);
      const isVisible = claim && claim.seq < context.at.log_size && !isPrivate(claim.kind_of, claim.field) && (context.at.evidence === "all" || (claim.released ?? Infinity) < context.at.log_size);
      if (!isVisible || findCapture(context.log, claim.source.capture)?.is_protected) throw new TracewireError("NOT_FOUND", { what: "No such claim is held" });
      return { body: toClaim(claim) };
    },
  }),
  endpoint({
    method: "GET",
    path: "/figures",
    group: "figures",
    about: "Named figures and by which rules each is counted.",
    query: listQuery({}),
    answer: pageOf(figureSpecSchema),
    scopes: ["claims:unreleased"],
    async run(context, { query }) {
      const all = listFigureSpecs(context.log, { log_size: context.at.log_size }).filter(({ spec }) => isOpen(context, spec));
      const page = await pageThrough(context, "/figures", query, (after, count) => behind(all, ({ id }) => id, after, count), ({ id }) => id);
      return { body: { ...page, items: page.items.map(({ id, seq, spec }) => ({ id, title: spec.title, measure: spec.measure, of: spec.of, entry: seq })) } };
    },
  }),
  endpoint({
    method: "GET",
    path: "/figures/{id}",
    group: "figures",
    about: "One figure, computed: value, range, rows, what was left out and why, and the hash of it all.",
    params: Type.Object({ id: text("Name of the figure", { maxLength: 100 }) }, closed),
    query: Type.Object(vantageQuery, closed),
    answer: figureSchema,
    scopes: ["claims:unreleased"],
    run(context, { params }) {
      const named = findFigureSpec(context.log, params.id, context.at.log_size);
      if (!named || !isOpen(context, named.spec)) throw new TracewireError("NOT_FOUND", { what: "No such figure is held", hint: "GET /v1/figures lists them." });
      const { as_of, log_size } = context.at;
      return {
        body: context.memo(`figure ${params.id}`, () => computeFigure(context.log, as_of === undefined ? named.spec : { ...named.spec, as_of }, log_size)),
      };
    },
  }),
];

/** Rules that count what is not released are themselves for those who may see it. */
const isOpen = (context: ApiContext, spec: FigureSpec): boolean => spec.evidence !== "all" || context.at.evidence === "all";

const toTheft = (row: TheftLine) => ({
  id: row.subject.replace(/^theft\//, ""),
  victim: row.label,
  date: row.when,
  value: row.value,
  unit: row.unit,
  low: row.low,
  high: row.high,
  claim: row.claim,
  claimant: row.claimant,
  country: row.country,
  blamed: row.blamed,
  blamed_by: row.blamed_by,
  level: row.level,
  claims: row.claims,
});

/** Fields that are marked private are never served, whatever the key. */
const visibleClaims = (context: ApiContext, filter: ClaimFilter): Claim[] => readClaims(context.log, context.at, filter).filter(({ kind_of, field }) => !isPrivate(kind_of, field));

/** A page's claims and no others are read: more are fetched only for those that are private. */
function claimsBehind(context: ApiContext, filter: ClaimFilter, after: number | undefined, count: number): Claim[] {
  const found: Claim[] = [];
  for (let from = after; found.length < count; ) {
    const read = readClaims(context.log, context.at, { ...filter, after: from, limit: count });
    found.push(...read.filter(({ kind_of, field }) => !isPrivate(kind_of, field)));
    if (read.length < count) break;
    from = read.at(-1)!.seq;
  }
  return found.slice(0, count);
}

const toClaim = ({ seq, kind_of: _, released, by: __, ...claim }: Claim) => ({ claim: seq, ...claim, is_released: released !== undefined });
