// Two rooms of the case on real data: weapons events and recorded trade.
import { listSubjects, readClaims, type Claim } from "../../casefile/casefile.ts";
import { findDataset, readRows, type Dataset, type Row } from "../../datasets/datasets.ts";
import { formatValue, periodLengthName } from "../../figures/figures.ts";
import { csvAnswer, jsonList, onward } from "../answers.ts";
import { barChart, readSeries, unitWords } from "../charts.ts";
import { placeLink, whoWords } from "../claim-parts.ts";
import { html, joinHtml, nothing, type Html } from "../html.ts";
import { frame } from "../layout.ts";
import type { Route, SiteContext } from "../route.ts";
import { capital, figureHref, formatDay, plural } from "../words.ts";
import { heldOf } from "./case.ts";

const EVENTS_MAX = 100;
const VALUES_SHOWN = 100;
const EVENT_COLUMNS = ["id", "date", "type", "event"];

/** A room's chart, where the newsroom has the figure. */
function seriesFigure(context: SiteContext, id: string): Html {
  const found = context.figure(id);
  if (found?.figure.measure !== "series" || found.figure.rows.length === 0) return nothing;
  const { figure, named } = found;
  const series = readSeries(context.log, figure, named.spec);
  return html`<figure class="chart"><p class="charthead"><strong>${named.spec.title}</strong> ${unitWords(series)}</p>${barChart(series, id)}
<figcaption><a href="${figureHref(figure.id, figure.log_size)}">How this was counted, and the same as a table</a></figcaption></figure>`;
}

export const roomRoutes: Route[] = [
  {
    path: "/events",
    about: "Weapons events as one list counts them, with the unit of count named.",
    query: ["type", "year"],
    render(context, { query }) {
      const rows = events(context, query);
      const all = events(context, new URLSearchParams());
      const years = [...new Set(all.map((row) => row.date!.slice(0, 4)))];
      const types = [...new Set(all.map((row) => row.type!))].sort();
      const body = html`<h1>Weapons events</h1>
<p class="standfirst">One unit is one provocation event, as one list counts it: a salvo on one morning is one. A list of missiles has higher numbers for the same days, and neither is wrong.</p>
<form class="filters" action="/events" method="get"><label>Type<select name="type"><option value="">all</option>${types.map((type) => html`<option${query.get("type") === type && html` selected`}>${type}</option>`)}</select></label>
<label>Year<select name="year"><option value="">all</option>${years.map((year) => html`<option${query.get("year") === year && html` selected`}>${year}</option>`)}</select></label><button type="submit">Show</button></form>
<p class="note">${plural(rows.length, "event", "events")}${rows.length > EVENTS_MAX && `, the latest ${EVENTS_MAX} shown`}. All as <a href="/events.csv">CSV</a> or <a href="/events.json">JSON</a>. <a href="/figures/missile-events-by-year">Missile events by year</a>; what monitors say of the same events: <a href="/case/weapons-event">in the case file</a>.</p>
${
  rows.length === 0
    ? html`<p>No event of that kind is held.</p>`
    : html`<section class="scroll" tabindex="0" aria-label="Events"><table class="data"><thead><tr><th scope="col">Day</th><th scope="col">Type</th><th scope="col">Event</th></tr></thead><tbody>
${rows.slice(0, EVENTS_MAX).map(
  (row) => html`<tr><th scope="row">${formatDay(row.date!)}</th><td>${row.type}</td><td>${row.event}</td></tr>
`,
)}</tbody></table></section>`
}
${seriesFigure(context, "missile-events-by-year")}${lacks(context, ["table/provocations"])}<p class="note">The list files some satellite launches and the submarine’s unveiling as “other”, or not at all. It changes after the fact; this is one edition.</p>`;
      return page(context, "/events", "Weapons events", body);
    },
  },
  {
    path: "/events.csv",
    about: "Weapons events as CSV.",
    query: ["type", "year"],
    render: (context, { query }) => csvAnswer("events.csv", EVENT_COLUMNS, eventCells(context, query), ["datasets"]),
  },
  {
    path: "/events.json",
    about: "Weapons events as JSON.",
    query: ["type", "year"],
    render: (context, { query }) => jsonList(context.at.log_size, EVENT_COLUMNS, eventCells(context, query), ["datasets"]),
  },
  {
    path: "/trade",
    about: "Recorded trade as somebody printed it; two values are compared only over equally long periods.",
    query: ["a", "b", "after"],
    render(context, { query }) {
      const { claims, next } = valuesShown(context, query);
      const count = heldOf(context, "trade-figure").claims;
      const label = (claim: Claim) =>
        `${measureOf(claim)}, ${claim.period ? formatDay(claim.period) : "period not stated"}: ${formatValue(claim.value, claim.unit ?? "", "short")}`;
      const [a, b] = ["a", "b"].map((name) => claims.find((claim) => String(claim.seq) === query.get(name)));
      const select = (name: string, chosen: Claim | undefined) =>
        html`<label>${name === "a" ? "Compare" : "with"}<select name="${name}"><option value="">choose</option>${claims.map((claim) => html`<option value="${claim.seq}"${claim === chosen && html` selected`}>${label(claim)}</option>`)}</select></label>`;
      const body = html`<h1>Recorded trade</h1>
<p class="standfirst">Totals as the press and monitors printed them. Recorded trade is not all trade, and a match with a measure is not a violation.</p>
<form class="filters" action="/trade" method="get">${select("a", a)}${select("b", b)}<button type="submit">Compare</button></form>
${a && b && comparison(a, b)}
<p class="note">${plural(claims.length, "value", "values")} on this page, of ${plural(count, "claim", "claims")} held; not verified against the primary text. All as <a href="/case/trade-figure.csv">CSV</a> or <a href="/case/trade-figure.json">JSON</a>. <a href="/case/measure">Measures by date and code</a>, with what of each is verified; <a href="/case/luxury-line">luxury lists by list</a>, because “luxury” has no meaning without one. GACC is the customs office of China, KOTRA the trade agency of South Korea; Comtrade is trade as states report it to the United Nations, DOTS as they report it to the IMF.</p>
<section class="scroll" tabindex="0" aria-label="Values"><table class="data wordy"><thead><tr><th scope="col">What</th><th scope="col">Period</th><th scope="col" class="num">Value</th><th scope="col">Who says, as cited</th><th scope="col">Read at</th></tr></thead><tbody>
${claims.map(
  (claim, at) => html`<tr><th scope="row">${measureOf(claim)}</th><td>${periodWords(claim)}</td><td class="num">${formatValue(claim.value, claim.unit ?? "", "exact")}</td><td>${citedWords(claims, at)}</td><td>${placeLink(context, claim)}, <a href="/log/${claim.seq}">entry ${claim.seq.toLocaleString("en-US")}</a></td></tr>
`,
)}</tbody></table></section>
${readFrom(context, claims)}${(next !== undefined || query.get("after")) && html`<nav class="pages" aria-label="Pages">${query.get("after") && html`<a href="/trade">First</a> `}${next !== undefined && html`<a rel="next" href="${onward("/trade", query, { after: next })}">More</a>`}</nav>`}<p><a href="/trade/hs">Was this good banned on this day?</a> Look a commodity code up.</p>
${seriesFigure(context, "trade-china-by-year")}<section><h2>Two years in one resolution</h2><p>The cap on refined petroleum runs by calendar year. The cap on crude runs for twelve months from Dec 22. A tonne is not one number of barrels either: each factor names its product, and they are <a href="/case/trade-figure">in the case file</a> one by one.</p></section>`;
      return page(context, "/trade", "Recorded trade", body);
    },
  },
];

/** A page of values, and besides them the two that are compared, wherever they stand. */
function valuesShown(context: SiteContext, query: URLSearchParams): { claims: Claim[]; next: string | undefined } {
  const after = query.get("after") ? `trade-figure/${query.get("after")!.slice(0, 120)}` : undefined;
  const found = listSubjects(context.log, context.at, "trade-figure", { after, limit: VALUES_SHOWN + 1 });
  const subjects = found.slice(0, VALUES_SHOWN);
  const own = subjects.flatMap((subject) => readClaims(context.log, context.at, { subject, field: "amount" }));
  const asked = ["a", "b"].flatMap((name) => {
    const seq = Number(query.get(name) || Number.NaN);
    return Number.isSafeInteger(seq)
      ? readClaims(context.log, context.at, { kind: "trade-figure", field: "amount", after: seq - 1, limit: 1 })
      : [];
  });
  const chosen = asked.filter((claim) => ["a", "b"].some((name) => query.get(name) === String(claim.seq)));
  const claims = [...new Map([...own, ...chosen].map((claim) => [claim.seq, claim])).values()].sort((a, b) => a.seq - b.seq);
  return { claims, next: found.length > VALUES_SHOWN ? subjects.at(-1)!.slice("trade-figure/".length) : undefined };
}

const periodWords = ({ period, wording }: Claim): string =>
  period ? formatDay(period) : wording ? `not stated as dates: “${wording}”` : "not stated";

/** Who, in which publication and when, as the table that we read cites it; "as above" is what the row above it says. */
function citedWords(claims: readonly Claim[], at: number): Html {
  const claim = claims[at]!;
  const isAbove = (item: Claim) => /^as above$/i.test(item.citation ?? "");
  const above = claims.slice(0, at).findLast((item) => item.source.capture === claim.source.capture && !isAbove(item));
  const citation = isAbove(claim) ? above?.citation : claim.citation;
  return html`${capital(whoWords(claim))}${citation !== undefined && html`: ${citation}`}${claim.as_of !== "unstated" && html`, ${formatDay(claim.as_of)}`}`;
}

/** The tables themselves, with the day on which we got them. */
function readFrom(context: SiteContext, claims: readonly Claim[]): Html {
  const captures = [...new Set(claims.map(({ source }) => source.capture))]
    .map((seq) => context.capture(seq))
    .filter((capture) => capture?.released !== undefined);
  if (captures.length === 0) return nothing;
  return html`<p class="note">We read these in ${joinHtml(
    captures.map((capture) => html`<a href="/evidence/${capture!.sha256}">${capture!.title}</a> (${capture!.grade}, retrieved ${formatDay(capture!.retrieved_at)})`),
    "; ",
  )}. Publication, title and day stand as cited there; where one is missing, none was written down. The articles themselves are not held.</p>
`;
}

/** A subject's name is all in small letters; these are not written so. */
const SPELT: Record<string, string> = {
  dprk: "DPRK",
  china: "China",
  russian: "Russian",
  gacc: "GACC",
  un: "UN",
  panel: "Panel",
  rep: "Rep.",
  yoon: "Yoon",
  kotra: "KOTRA",
  comtrade: "Comtrade",
  dots: "DOTS",
  algeria: "Algeria",
};
const measureOf = ({ subject }: Claim): string => {
  const words = subject
    .slice("trade-figure/".length)
    .split("-")
    .map((word) => SPELT[word] ?? word)
    .join(" ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};

function comparison(a: Claim, b: Claim): Html {
  if (!a.period || !b.period) return html`<p class="known"><strong>Not compared.</strong> The period of one of them is not stated.</p>`;
  if (a.unit !== b.unit) return html`<p class="known"><strong>Not compared.</strong> One is in ${a.unit}, the other in ${b.unit}.</p>`;
  const [first, second] = [periodLengthName(a.period), periodLengthName(b.period)];
  if (first !== second)
    return html`<p class="known"><strong>Not compared.</strong> One is of ${first}, the other of ${second}. A difference would mostly measure the calendar. Choose values over equally long periods.</p>`;
  const difference = BigInt(a.value) - BigInt(b.value);
  const words = difference < 0n ? "less" : "more";
  return html`<p class="known"><strong>${formatValue(String(difference < 0n ? -difference : difference), a.unit ?? "", "exact")} ${words}.</strong> Both are of ${first}: ${formatDay(a.period)} against ${formatDay(b.period)}. They are said by ${a.claimant} and ${b.claimant}${a.subject !== b.subject && ", and they measure different things: read the names"}.</p>`;
}

function events(context: SiteContext, query: URLSearchParams): readonly Row[] {
  const [type, year] = [query.get("type"), query.get("year")];
  return rowsOf(context, "table/provocations").filter((row) => (!type || row.type === type) && (!year || row.date!.startsWith(year)));
}
const eventCells = (context: SiteContext, query: URLSearchParams) =>
  events(context, query).map((row) => EVENT_COLUMNS.map((column) => row[column]!));

const held = (context: SiteContext, reference: string): Dataset | undefined => findDataset(context.log, reference, context.at.log_size);
function rowsOf(context: SiteContext, reference: string): readonly Row[] {
  const dataset = held(context, reference);
  return dataset ? readRows(context.log, dataset) : [];
}

export function lacks(context: SiteContext, references: readonly string[]): Html {
  const datasets = references.map((reference) => held(context, reference)).filter((dataset) => dataset !== undefined);
  if (datasets.length === 0) return nothing;
  return html`<section><h2>What these sources lack</h2><ul>${datasets.map((dataset) => html`<li><a href="/datasets/${dataset.name}">${dataset.title}</a>: ${dataset.lacks}</li>`)}</ul></section>`;
}

export function page(context: SiteContext, path: string, title: string, body: Html) {
  return {
    content_type: "text/html; charset=utf-8",
    body: frame({ title, description: `${title}, each with its source.`, path, context, body }),
    depends: ["datasets", "casefile"],
  };
}
