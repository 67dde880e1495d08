// How each case-file table becomes claims, row by row. One entry for each file; the reviewed strings are in
// reviewed-tables.ts. A row gives one claim for each column that says something.
import type { ClaimInput } from "./claims.ts";
import { ATTRIBUTION_LEVELS } from "./kinds.ts";
import {
  CLAIMANTS,
  CLAIM_FIELDS,
  CLAIM_SOURCES,
  FOUNDING_CLAIMANTS,
  FOUNDING_FIELDS,
  FOUNDING_NOTES,
  FOUNDING_SUBJECTS,
  LEVEL_HEDGES,
  NAME_RELATIONS,
  PERIODS,
  PUBLISHED,
  PUBLISHERS,
  VALUATIONS,
} from "./reviewed-tables.ts";

export type Row = { row: number; line: number; cells: Record<string, string> };
export type RowContext = {
  refuse(column: string, expected: string): never;
  map<T>(table: Record<string, T>, column: string, key?: string): T;
  /** The subject that these words name, `before` standing before them. */
  subject(kind: string, before: string, words: string): string;
};
/** A claim without its capture, and the column it was read from. */
export type RowClaim = Partial<ClaimInput> & {
  subject: string;
  field: string;
  value: string;
  claimant: string;
  as_of: string;
  column: string;
};
export type CasefileTable = {
  file: string;
  title: string;
  licence: string;
  columns: string[];
  read(cells: Record<string, string>, context: RowContext): RowClaim[];
};

const FACTS = "Facts with their citations, compiled for this project; see NOTICE";
const LIST_DATE = "2026-06";
const LIST = { claimant: "tayvano (researcher)", document: "list of May and June 2026", as_of: LIST_DATE } as const;
const COMPILED = "as compiled in our table";

/** Parts of a row that say nothing are left out: an absent value is not a claim. */
const said = (claims: (RowClaim | undefined | false | "")[]): RowClaim[] => claims.filter((claim): claim is RowClaim => Boolean(claim));

export const CASEFILE_TABLES: CasefileTable[] = [
  {
    file: "incidents.csv",
    title: "Incidents, compiled from public sources",
    licence: FACTS,
    columns: [
      "incident_id",
      "date",
      "date_precision",
      "victim_type",
      "country",
      "amount_usd",
      "native_amount",
      "attribution_source",
      "attribution_url",
      "attribution_level",
      "publish_label",
    ],
    read(cells, context) {
      const subject = `theft/${cells.incident_id!.toLowerCase()}`;
      if (!/^theft\/[a-z0-9][a-z0-9.-]*$/.test(subject)) context.refuse("incident_id", "a short name of letters, digits and hyphens");
      const level = cells.attribution_level!;
      const hedge = context.map(LEVEL_HEDGES, "attribution_level");
      const date = dateToPrecision(cells, context);
      if (cells.amount_usd && !/^\d+$/.test(cells.amount_usd)) context.refuse("amount_usd", "a whole number of US dollars");
      const list = { subject, ...LIST, citation: cells.attribution_url || undefined };
      return said([
        cells.publish_label && { ...list, field: "victim", value: cells.publish_label, hedge: "asserted", column: "publish_label" },
        { ...list, field: "victim_type", value: cells.victim_type!, column: "victim_type", hedge: "asserted" },
        { ...list, field: "date", value: date, column: "date", hedge: "asserted" },
        cells.country && { ...list, field: "country", value: cells.country, column: "country", hedge: "asserted" },
        cells.amount_usd && {
          ...list,
          field: "amount",
          value: cells.amount_usd,
          unit: "USD",
          hedge: "estimated",
          valuation: { basis: "as_published", ...(isMinted(cells) ? { minted: true } : {}) },
          measure: "gross",
          column: "amount_usd",
        },
        cells.native_amount && { ...list, field: "native_amount", value: cells.native_amount, column: "native_amount", hedge: "estimated" },
        cells.attribution_source && {
          subject,
          field: "attributed_to",
          value: level === "withdrawn-by-source" || level === "not-attributed" ? "nobody, any more or yet" : "DPRK",
          claimant: cells.attribution_source.slice(0, 200),
          as_of: yearIn(cells.attribution_source),
          relayed_by: COMPILED,
          citation: cells.attribution_url || undefined,
          hedge,
          column: "attribution_source",
        },
        {
          subject,
          field: "attribution_level",
          value: (ATTRIBUTION_LEVELS as readonly string[]).includes(level)
            ? level
            : context.refuse("attribution_level", "a known class of body"),
          claimant: "Tracewire (classification)",
          as_of: LIST_DATE,
          hedge: level === "withdrawn-by-source" ? "withdrawn" : "asserted",
          column: "attribution_level",
        },
        dissentIn(cells.researcher_verdict_on_msmt, list),
        cells.source_table && { ...list, field: "listed_by", value: "tayvano list", column: "source_table", hedge: "asserted" },
        cells.confidence && {
          ...list,
          claimant: "Tracewire (classification)",
          field: "confidence",
          value: cells.confidence,
          column: "confidence",
          hedge: "asserted",
        },
      ]);
    },
  },
  {
    file: "incident-claims.csv",
    title: "Rival claims about single incidents, each with its claimant",
    licence: FACTS,
    columns: ["incident_id", "claimant", "field", "value", "valuation_or_kind", "hedge", "source"],
    read(cells, context) {
      const { field, unit } = context.map(CLAIM_FIELDS, "field");
      const source = context.map(CLAIM_SOURCES, "source");
      const kind = context.map(VALUATIONS, "valuation_or_kind");
      const amount = splitAmount(cells.value!, field, unit);
      return context.map(CLAIMANTS, "claimant").map((split) => ({
        subject: `theft/${cells.incident_id!.toLowerCase()}`,
        field,
        hedge: (cells.hedge as ClaimInput["hedge"]) || "unstated",
        ...(field === "amount" ? { valuation: { basis: "as_published" as const }, measure: "gross" as const } : {}),
        ...source,
        ...kind,
        ...split,
        ...amount,
        document: split.document && source.document ? `${source.document}; ${split.document}` : (split.document ?? source.document),
        as_of: amount.as_of ?? split.as_of ?? source.as_of,
        citation: cells.source!,
        column: "value",
      }));
    },
  },
  {
    file: "annual-totals.csv",
    title: "Totals by year and period, as published",
    licence: FACTS,
    columns: ["publisher", "published", "period", "amount_usd", "count", "scope_as_stated", "source"],
    read(cells, context) {
      const { name, period } = /^\d{4}$/.test(cells.period!)
        ? { name: cells.period!, period: cells.period! }
        : context.map(PERIODS, "period");
      const split = context.map(PUBLISHERS, "publisher");
      const subject = `published-total/crypto-thefts-${name}`;
      const as_of = /^\d{4}(-\d{2})?$/.test(cells.published!) ? cells.published! : context.map(PUBLISHED, "published");
      const vintage = { ...split, document: split.document ?? (cells.scope_as_stated || undefined) };
      const claim = {
        ...vintage,
        hedge: vintage.hedge ?? ("unstated" as const),
        subject,
        as_of,
        period,
        citation: cells.source || undefined,
        wording: cells.scope_as_stated || undefined,
      };
      return said([
        cells.amount_usd && {
          ...claim,
          field: "amount",
          value: wholeNumber(cells, "amount_usd", context),
          unit: "USD",
          measure: "gross",
          valuation: { basis: "as_published" },
          column: "amount_usd",
        },
        cells.count && { ...claim, field: "count", value: wholeNumber(cells, "count", context), unit: "attacks", column: "count" },
      ]);
    },
  },
  {
    file: "founding-claims.csv",
    title: "Claims of the founding news page and the press",
    licence: FACTS,
    columns: [
      "id",
      "kind",
      "subject",
      "field",
      "value",
      "unit",
      "bound",
      "period",
      "claimant",
      "cites",
      "relayed_by",
      "published",
      "hedge",
      "source",
    ],
    read(cells, context) {
      const subject = context.map(FOUNDING_SUBJECTS, "subject", `${cells.kind}|${cells.subject}`);
      const split = context.map(FOUNDING_CLAIMANTS, "claimant");
      const field = Object.hasOwn(FOUNDING_FIELDS, cells.field!) ? FOUNDING_FIELDS[cells.field!]! : cells.field!;
      const amount = ["amount", "income"].includes(field);
      const as_of = /^\d{4}(-\d{2}(-\d{2})?)?$/.test(cells.published!) ? cells.published! : context.map(PUBLISHED, "published");
      const noted = cells.kind === "report" && Object.hasOwn(FOUNDING_NOTES, cells.note ?? "") ? FOUNDING_NOTES[cells.note!]! : [];
      return [
        ...noted.map((fact) => ({
          subject,
          ...fact,
          ...split,
          relayed_by: split.relayed_by ?? (cells.relayed_by || undefined),
          as_of,
          hedge: cells.hedge as ClaimInput["hedge"],
          citation: cells.source || undefined,
          column: "note",
        })),
        {
          subject,
          field: cells.kind === "actor" && field === "attributed_to" ? "subordinate_to" : field,
          value: cells.value!,
          unit: amount && cells.unit === "USD a year" ? "USD" : cells.unit || undefined,
          bound: (cells.bound || undefined) as ClaimInput["bound"],
          period: cells.period && /^\d{4}/.test(cells.period) && !/ /.test(cells.period) ? cells.period : undefined,
          ...split,
          cites: cells.cites ? cells.cites.split(/ *; */) : undefined,
          relayed_by: split.relayed_by ?? (cells.relayed_by || undefined),
          as_of,
          hedge: cells.hedge as ClaimInput["hedge"],
          ...(amount ? { valuation: { basis: "as_published" as const }, measure: "gross" as const } : {}),
          wording: cells.note || undefined,
          citation: cells.source || undefined,
          column: "value",
        },
      ];
    },
  },
  {
    file: "actor-aliases.csv",
    title: "Names of groups, each as one organisation uses it",
    licence: FACTS,
    columns: ["cluster", "naming_org", "alias", "relation", "source"],
    read: (cells, context) => {
      const { field, hedge } = context.map(NAME_RELATIONS, "relation");
      return [
        {
          subject: context.subject("actor", "", cells.cluster!),
          field,
          value: cells.alias!,
          claimant: cells.naming_org!,
          wording: cells.relation,
          citation: cells.source || undefined,
          as_of: "unstated",
          hedge: hedge ?? "asserted",
          column: "alias",
        },
      ];
    },
  },
  {
    file: "resolutions.csv",
    title: "Resolutions; most paragraph numbers are not verified against the primary text",
    licence: FACTS,
    columns: ["resolution", "adopted", "key_measures", "source", "verification"],
    read: (cells, context) =>
      describe(
        context.subject("measure", "resolution-", cells.resolution!),
        cells,
        { instrument: "resolution", adopted: "adopted", rule: "key_measures", verification: "verification" },
        "UN Security Council",
        cells.adopted,
      ),
  },
  {
    file: "hs-measures.csv",
    title: "Measures by commodity; most codes are not verified against the primary text",
    licence: FACTS,
    columns: ["resolution", "paragraph", "goods", "hs_codes", "effective_from", "source", "verification"],
    read: (cells, context) =>
      describe(
        context.subject("measure", "", `${cells.resolution}-${cells.paragraph}-${cells.goods}`),
        cells,
        {
          instrument: "resolution",
          paragraph: "paragraph",
          direction: "direction",
          rule: "measure",
          goods: "goods",
          codes: "hs_codes",
          valid_from: "effective_from",
          valid_to: "effective_to",
          threshold: "threshold",
          verification: "verification",
        },
        "UN Security Council",
        cells.effective_from,
      ),
  },
  {
    file: "luxury-lists.csv",
    title: "Lines of national luxury lists",
    licence: FACTS,
    columns: ["list_id", "jurisdiction", "instrument", "date", "item", "source", "verification"],
    read: (cells, context) =>
      describe(
        context.subject("luxury-line", "", `${cells.list_id}-${cells.item}`),
        cells,
        {
          list: "list_id",
          jurisdiction: "jurisdiction",
          instrument: "instrument",
          item: "item",
          threshold: "threshold",
          codes: "hs_suggested_by_us",
          verification: "verification",
        },
        cells.jurisdiction || "unknown",
        cells.date,
      ),
  },
  {
    file: "petroleum.csv",
    title: "Petroleum caps and figures; not verified against the primary text",
    licence: FACTS,
    columns: ["kind", "item", "value", "unit", "period", "source"],
    read: (cells, context) => [
      {
        subject: context.subject("trade-figure", "petroleum-", `${cells.kind}-${cells.item}`),
        field: cells.kind === "cap" ? "cap" : cells.kind === "conversion" ? "factor" : "observed",
        value: cells.value!,
        unit: cells.unit || undefined,
        claimant: cells.kind === "cap" ? "UN Security Council" : "as cited",
        wording: cells.period || undefined,
        citation: cells.source || undefined,
        as_of: "unstated",
        hedge: "unstated",
        column: "value",
      },
    ],
  },
  {
    file: "trade-figures.csv",
    title: "Trade figures as the press printed them; not verified against the primary text",
    licence: FACTS,
    columns: ["measure", "period", "value", "unit", "source"],
    read: (cells, context) => [
      {
        subject: context.subject("trade-figure", "", cells.measure!),
        field: cells.unit === "USD" ? "amount" : "observed",
        value: cells.value!,
        unit: cells.unit || undefined,
        period: /^\d{4}$/.test(cells.period!) ? cells.period! : undefined,
        claimant: "press",
        wording: cells.period || undefined,
        citation: cells.source || undefined,
        as_of: "unstated",
        hedge: "unstated",
        ...(cells.unit === "USD" ? { valuation: { basis: "as_published" as const }, measure: "gross" as const } : {}),
        column: "value",
      },
    ],
  },
];

/** One text claim for each named column that is not empty. */
function describe(
  subject: string,
  cells: Record<string, string>,
  fields: Record<string, string>,
  claimant: string,
  date?: string,
): RowClaim[] {
  const as_of = date && /^\d{4}(-\d{2}(-\d{2})?)?$/.test(date) ? date : "unstated";
  return said(
    Object.entries(fields).map(
      ([field, column]) =>
        Boolean(cells[column]) && {
          subject,
          field,
          value: cells[column]!,
          claimant,
          as_of,
          citation: cells.source || undefined,
          hedge: "unstated",
          column,
        },
    ),
  );
}

/** A placeholder day or month is not a date: the value keeps only what is known. */
/** Whoever keeps the list says of some attributions by others that they do not hold, or are not shown. Agreement adds no claim. */
function dissentIn(verdict: string | undefined, list: typeof LIST & { subject: string; citation?: string }): RowClaim | undefined {
  const [, word, words] = /^(rejects|unproven): (.+)$/.exec(verdict ?? "") ?? [];
  if (!word) return undefined;
  const [value, hedge] = word === "rejects" ? ([`rejected (${words})`, "denied"] as const) : ([`unproven (${words})`, "unstated"] as const);
  return { ...list, field: "attributed_to", value, hedge, column: "researcher_verdict_on_msmt" };
}

function dateToPrecision(cells: Record<string, string>, context: RowContext): string {
  const lengths: Record<string, number> = { day: 10, month: 7, "year-placeholder": 4 };
  const length = context.map(lengths, "date_precision");
  const date = cells.date!.slice(0, length);
  return /^\d{4}(-\d{2}(-\d{2})?)?$/.test(date) && date.length === length
    ? date
    : context.refuse("date", `a date to the precision "${cells.date_precision}"`);
}

function isMinted(cells: Record<string, string>): boolean {
  return /nominal mint|minted-token|minted tokens/i.test(cells.conflict_note ?? "");
}

function yearIn(text: string): string {
  return /\b(20[12]\d-\d{2}-\d{2})\b/.exec(text)?.[1] ?? /\b(20[12]\d)\b/.exec(text)?.[1] ?? "unstated";
}

function wholeNumber(cells: Record<string, string>, column: string, context: RowContext): string {
  return /^\d+$/.test(cells[column]!) ? cells[column]! : context.refuse(column, "a whole number");
}

/** "KRW 58000000000" is not US dollars although the column says so; "3 (2025-03-04)" carries its own date. */
function splitAmount(value: string, field: string, unit: string | undefined): { value: string; unit?: string; as_of?: string } {
  const currency = /^([A-Z]{3}) (\d+)$/.exec(value);
  if (currency && field === "amount") return { value: currency[2]!, unit: currency[1]! };
  const dated = /^([\d.]+) \((\d{4}-\d{2}-\d{2})\)$/.exec(value);
  if (dated) return { value: dated[1]!, unit, as_of: dated[2]! };
  return unit ? { value, unit } : { value };
}
