// Monitors' reports as the case file knows them: by claims on a report, and by claims that name its symbol. Nothing here
// is typed in; a stage whose date nobody claims has none.
import { listNamed, readClaims, readSubjects, type Claim, type Vantage } from "../casefile/casefile.ts";
import type { LogReader } from "../evidence/evidence.ts";
import {
  addDecimal,
  compareDecimal,
  formatDecimal,
  listFigureSpecs,
  parseDecimal,
  roundDecimal,
  roundingPower,
  subtractDecimal,
} from "../figures/figures.ts";
import { isCouncilSymbol, listNamedSymbols, readNaming, symbolIn } from "./named-symbols.ts";

/** The way of a monitors' report: to its Committee, to the Council, to the public (e.g. S/2017/742). */
export const STAGES = [
  { field: "drafted_at", label: "Draft submitted", missing: "the date of the draft" },
  { field: "committee_at", label: "To the Committee", missing: "the date it went to the Committee" },
  { field: "considered_at", label: "Considered by the Committee", missing: "the date the Committee considered it" },
  { field: "council_at", label: "To the Council", missing: "the date it went to the Council" },
  { field: "published_at", label: "Released", missing: "the date of its release" },
] as const;

export type KnownReport = {
  id: string;
  symbol: string;
  title: string | null;
  /** Claims on the report itself. */
  about: Claim[];
  stages: { label: string; missing: string; claims: Claim[] }[];
  /** Claims made in it, or in its draft, by their document or claimant. */
  says: Claim[];
  /** Claims of its draft among them, by what their document says. */
  from_draft: Claim[];
  replies: { subject: string; claims: Claim[] }[];
};

export type TotalCheck = {
  total: Claim;
  /** The document whose rows were added. */
  document: string;
  rows: Claim[];
  sum: string;
  /** Sum less total; negative where the rows are fewer. */
  difference: string;
  verdict: "same" | "same when rounded" | "within what is said" | "different";
  /** Figures that say the two, where they are defined over this very period. */
  figures: { total?: string; rows?: string };
};

/** Reports by their names; of a long list a page: `from` counts those before it. */
export function listReports(log: LogReader, at: Vantage, { from = 0, limit = Number.MAX_SAFE_INTEGER } = {}): KnownReport[] {
  const named = listNamedSymbols(log, at);
  return knownIds(log, at, named)
    .slice(from, from + limit)
    .map((id) => gather(log, at, id, named.get(id)));
}

export const countReports = (log: LogReader, at: Vantage): number => knownIds(log, at, listNamedSymbols(log, at)).length;

export function findReport(log: LogReader, at: Vantage, id: string): KnownReport | undefined {
  const named = symbolIn(readNaming(log, at, "source", id), id);
  const report = gather(log, at, id, named);
  return report.about.length > 0 || named !== undefined ? report : undefined;
}

/** Of every report that claims are about, or that a document or claimant is named after. */
function knownIds(log: LogReader, at: Vantage, named: ReadonlyMap<string, string>): string[] {
  const about = readSubjects(log, at, "report").map((subject) => subject.slice("report/".length));
  return [...new Set([...about, ...named.keys()])].sort();
}

function gather(log: LogReader, at: Vantage, id: string, named: string | undefined): KnownReport {
  const about = readClaims(log, at, { subject: `report/${id}` });
  const symbol = about.findLast(({ field }) => field === "symbol")?.value ?? named ?? id.toUpperCase();
  const naming = isCouncilSymbol(symbol) ? readNamingOf(log, at, id) : readNamingByName(log, at, symbol);
  const says = naming.source.filter((claim) => claim.kind_of !== "report" && claim.kind_of !== "reply");
  // A request that says it is about this report comes whole: its deadline and its answer do not name the symbol.
  const whole = naming.reply.filter(({ field, value }) => field === "about" && value === symbol).map(({ subject }) => subject);
  const replies = [...[`reply/${id}`, ...whole].flatMap((subject) => readClaims(log, at, { subject })), ...naming.reply];
  const inOrder = [...new Map(replies.map((claim) => [claim.seq, claim])).values()].sort((a, b) => a.seq - b.seq);
  return {
    id,
    symbol,
    title: about.findLast(({ field }) => field === "title")?.value ?? null,
    about,
    stages: STAGES.map(({ field, label, missing }) => ({ label, missing, claims: about.filter((claim) => claim.field === field) })),
    says,
    from_draft: says.filter(({ document }) => /\bdraft\b/i.test(document ?? "")),
    replies: [...Map.groupBy(inOrder, ({ subject }) => subject)].map(([subject, list]) => ({ subject, claims: list })),
  };
}

type Naming = { source: Claim[]; reply: Claim[] };

const readNamingOf = (log: LogReader, at: Vantage, id: string): Naming => ({
  source: readNaming(log, at, "source", id),
  reply: readNaming(log, at, "reply", id),
});

/** For a symbol of another body (MSMT), which no index knows: by the names of documents and claimants, and through all replies. */
function readNamingByName(log: LogReader, at: Vantage, symbol: string): Naming {
  const isNamed = nameTest(symbol);
  const named = (what: "document" | "claimant") =>
    listNamed(log, what).flatMap((name) => (isNamed(name) ? readClaims(log, at, { [what]: name }) : []));
  const claims = new Map([...named("document"), ...named("claimant")].map((claim) => [claim.seq, claim]));
  return {
    source: [...claims.values()].sort((a, b) => a.seq - b.seq),
    reply: readClaims(log, at, { kind: "reply" }).filter((claim) => isNamed([claim.document, claim.wording, claim.value].join("\n"))),
  };
}

/** "MSMT" is not named by "MSMTX". */
function nameTest(symbol: string): (text: string) => boolean {
  const pattern = new RegExp(`(^|[^A-Za-z0-9])${RegExp.escape(symbol)}(?![A-Za-z0-9])`);
  return (text) => text.includes(symbol) && pattern.test(text);
}

/** Each total that the report states in words against the rows of its own tables for the same time. */
export function checkTotals(log: Pick<LogReader, "db">, report: KnownReport): TotalCheck[] {
  const totals = report.says.filter(
    ({ kind_of, field, period }) => kind_of === "published-total" && ["count", "amount"].includes(field) && period,
  );
  const isTable = ({ document }: Claim) => /\btable\b/i.test(document ?? "");
  const specs = listFigureSpecs(log).map(({ spec }) => spec);
  return totals
    .filter((claim) => !isTable(claim))
    .flatMap((total) => {
      const [from, to] = ends(total.period!);
      const rows = totals.filter(
        (claim) =>
          isTable(claim) &&
          claim.field === total.field &&
          (total.field === "count" || claim.unit === total.unit) &&
          /^\d{4}$/.test(claim.period!) &&
          ends(claim.period!)[0] >= from &&
          ends(claim.period!)[1] <= to,
      );
      return [...Map.groupBy(rows, ({ document }) => document!)]
        .filter(([, list]) => coversYears(list, from, to))
        .map(([document, list]): TotalCheck => {
          const sum = list.map(({ value }) => parseDecimal(value)).reduce(addDecimal);
          const said = parseDecimal(total.value);
          const overPeriod = specs.filter(
            ({ field, period }) => field === total.field && (!period || (period.from === from && period.to === to)),
          );
          const quoted = overPeriod.find(
            (spec) => spec.measure === "quote" && spec.subject === total.subject && isQuoteOf(spec.choice, total),
          );
          const added = overPeriod.find(
            (spec) => spec.measure === "column_sum" && spec.period && spec.choice?.documents?.includes(document),
          );
          return {
            total,
            document,
            rows: list,
            sum: formatDecimal(sum),
            difference: formatDecimal(subtractDecimal(sum, said)),
            verdict: verdictOf(total, sum),
            figures: { ...(quoted ? { total: quoted.id } : {}), ...(added ? { rows: added.id } : {}) },
          };
        });
    });
}

function verdictOf(total: Claim, sum: ReturnType<typeof parseDecimal>): TotalCheck["verdict"] {
  const said = parseDecimal(total.value);
  const order = compareDecimal(sum, said);
  if (order === 0) return "same";
  if (total.bound === "at_least") return order > 0 ? "within what is said" : "different";
  if (total.bound === "at_most") return order < 0 ? "within what is said" : "different";
  if (total.bound === "about" && compareDecimal(roundDecimal(sum, roundingPower(total.value)), said) === 0) return "same when rounded";
  return "different";
}

function isQuoteOf(choice: { claimants?: string[]; documents?: string[] } | undefined, total: Claim): boolean {
  return (
    (choice?.claimants ?? [total.claimant]).includes(total.claimant) && (choice?.documents ?? [total.document]).includes(total.document!)
  );
}

/** One row for each year of the time: a table that lacks a year is not set against the whole. */
function coversYears(rows: readonly Claim[], from: string, to: string): boolean {
  const years = Number(to.slice(0, 4)) - Number(from.slice(0, 4)) + 1;
  return (
    from.endsWith("-01-01") && to.endsWith("-12-31") && rows.length === years && new Set(rows.map(({ period }) => period)).size === years
  );
}

function ends(period: string): [string, string] {
  const [from, to = from] = period.split("/") as [string, string?];
  return [`${from}-01-01`.slice(0, 10), `${to}${{ 4: "-12-31", 7: "-31" }[to.length] ?? ""}`];
}

/** What is not there, told from what is: for the page and the report alike. */
export function reportLacks(report: KnownReport, gradeOf: (capture: number) => string | undefined): string[] {
  const all = [...report.about, ...report.says];
  const relays = [...new Set(all.map(({ relayed_by }) => relayed_by).filter((name) => name !== undefined))];
  const hasOriginal = all.some(({ source }) => gradeOf(source.capture) === "original");
  const thefts = new Set(report.says.filter(({ kind_of }) => kind_of === "theft").map(({ subject }) => subject)).size;
  const asked = report.replies.some(({ claims }) => claims.some(({ field }) => field === "asked" || field === "asked_at"));
  return [
    ...(hasOriginal ? [] : ["The document itself: nothing held of it was read in an original."]),
    ...(relays.length > 0 ? [`What is held came by way of ${relays.join(", ")}.`] : []),
    ...report.stages
      .filter(({ claims }) => claims.length === 0)
      .map(({ missing }) => `${missing.charAt(0).toUpperCase()}${missing.slice(1)}: not held.`),
    thefts === 0
      ? "Its single rows: no theft in the case file names it."
      : `Its single rows: ${thefts === 1 ? "one theft" : `${thefts} thefts`} in the case file ${thefts === 1 ? "names" : "name"} it, and nothing says that these are all.`,
    ...(asked ? [] : ["What its authors asked, of whom and by when: not held."]),
  ];
}
