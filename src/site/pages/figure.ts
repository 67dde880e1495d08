// A figure opened: its value and range, who says it, how it was counted, every row with its source, what was left out,
// what moved it. The same as JSON (the figure exactly as computed) and as CSV (its rows).
import { readClaim } from "../../casefile/casefile.ts";
import { locatorText } from "../../evidence/evidence.ts";
import {
  describeFigure,
  findFigureSpec,
  formatValue,
  listFigureSpecs,
  readRestatements,
  type Figure,
  type FigureRow,
  type FigureSpec,
  type StatedValue,
} from "../../figures/figures.ts";
import { listAffectedIssues, type AffectedIssue } from "../../newsletter/newsletter.ts";
import { cardsCarrying, listAffected, readPublication } from "../../press/press.ts";
import { listAffectedReports } from "../../reports/reports.ts";
import { figureData } from "../json-ld.ts";
import { DRAWN, pictureWords } from "../picture-files.ts";
import { sentencesHtml } from "./corrections.ts";
import { csvAnswer, htmlType, jsonAnswer, jsonList, onward } from "../answers.ts";
import { barChart, readSeries } from "../charts.ts";
import { evidenceHref } from "../claim-parts.ts";
import { html, nothing, type Html } from "../html.ts";
import { frame } from "../layout.ts";
import type { Page } from "../page-store.ts";
import type { Route, SiteContext } from "../route.ts";
import { gradeMark } from "../sources.ts";
import { figureHref, formatDay, plural, revisionHref } from "../words.ts";
import { subjectHref } from "./case.ts";
import { canOpen, pointOf, pointSection } from "./figure-point.ts";
import { citeThis } from "./theft.ts";

const DEPENDS = ["figures", "casefile", "stories", "log"];
const EXCLUDED_OPEN_MAX = 20;
const FIGURES_SHOWN = 200;
const NAME_LENGTH_MAX = 80;
/** A figure over thousands of rows shows its first; its files have all of them. */
const ROWS_SHOWN = 500;
const LEFT_OUT_SHOWN = 200;
const CARRIED_SHOWN = 20;
const RESTATED_SHOWN = 50;
const COLUMNS = ["subject", "label", "value", "unit", "when", "low", "high", "claimant", "claim", "rivals", "capture", "locator"] as const;

export const figureRoutes: Route[] = [
  {
    path: "/figures",
    about: "Every named figure with its value, two hundred to a page.",
    query: ["after"],
    render: (context, { path, query }) => figuresPage(context, path, query),
  },
  {
    path: "/figures.csv",
    about: "The same list as CSV.",
    query: ["after"],
    render: (context, { path, query }) => csvAnswer("figures.csv", LIST_COLUMNS, ...fileOf(context, path, query)),
  },
  {
    path: "/figures.json",
    about: "The same list as JSON.",
    query: ["after"],
    render: (context, { path, query }) => jsonList(context.at.log_size, LIST_COLUMNS, ...fileOf(context, path, query)),
  },
  {
    path: "/figures/:id",
    about:
      "A figure: value, range, who says, how we counted, rows, what was left out, restatements; with .json (as computed) or .csv (rows) behind the name.",
    query: ["point"],
    render(context, { params, path, query }) {
      const [, id, form] = /^(.*?)(?:\.(csv|json))?$/.exec(params.id!)!;
      const found = context.figure(id!);
      if (!found) return unansweredPage(context, id!, form, path);
      const { figure, named } = found;
      if (form === "json") return jsonAnswer(figure, DEPENDS);
      if (form === "csv")
        return csvAnswer(
          `${id}.csv`,
          COLUMNS,
          figure.rows.map((row) => csvRow(context, row)),
          DEPENDS,
        );
      return figurePage(context, figure, named.spec, path, query);
    },
  },
];

const LIST_COLUMNS = ["figure", "title", "measure", "value", "unit", "low", "high", "rows", "unknown"] as const;

/** By name, behind the one that the cursor names; with the name at which the list goes on. */
function listed(context: SiteContext, query: URLSearchParams, limit: number) {
  const specs = listFigureSpecs(context.log, { after: (query.get("after") ?? "").slice(0, NAME_LENGTH_MAX), limit: limit + 1 });
  const shown = specs.slice(0, limit);
  return {
    found: shown.map(({ id }) => context.figure(id)).filter((item) => item !== undefined),
    unanswered: shown.map(({ id }) => context.unanswered(id)).filter((item) => item !== undefined),
    next: specs.length > limit ? shown.at(-1)!.id : undefined,
  };
}

function fileOf(context: SiteContext, path: string, query: URLSearchParams): [(string | null)[][], string[], string | undefined] {
  const { found, unanswered, next } = listed(context, query, FIGURES_SHOWN);
  const cells = [...cellsOf(found), ...unanswered.map(({ named: { id, spec } }) => [id, spec.title, spec.measure, null, null, null, null, null, null])];
  return [cells, DEPENDS, next === undefined ? undefined : onward(path, query, { after: next })];
}

function cellsOf(found: ReturnType<typeof listed>["found"]): (string | null)[][] {
  return found.map(({ figure, named }) => [
    named.id,
    named.spec.title,
    figure.measure,
    figure.value,
    figure.unit,
    figure.low,
    figure.high,
    figure.row_count,
    figure.unknown_count,
  ]);
}

function figuresPage(context: SiteContext, path: string, query: URLSearchParams): Page {
  const { found: rows, unanswered, next } = listed(context, query, FIGURES_SHOWN);
  const body = html`<p class="label"><a href="/case">The case file</a></p>
<h1>Figures</h1>
<p>A figure is a set of rules and what comes out of it: nobody types the number. Open one to see its rows and what was left out.
The same list as <a href="/figures.csv">CSV</a> and <a href="/figures.json">JSON</a>.</p>
${
  rows.length + unanswered.length === 0
    ? html`<p>No figure has been defined yet. The desk defines one with <code>npx tracewire figure --define FILE</code>.</p>`
    : html`<section class="scroll" tabindex="0" aria-label="Figures">
<table class="data">
<thead><tr><th scope="col">Figure</th><th scope="col" class="num">Value</th><th scope="col">Range</th><th scope="col" class="num">Rows</th></tr></thead>
<tbody>
${rows.map(({ figure, named }) => {
  const words = describeFigure(figure, named.spec);
  return html`<tr><th scope="row"><a href="/figures/${named.id}">${named.spec.title}</a></th><td class="num">${words.exact}</td><td>${words.range}</td><td class="num">${figure.row_count}</td></tr>
`;
})}${unanswered.map(
        ({ named, fault }) => html`<tr><th scope="row"><a href="/figures/${named.id}">${named.spec.title}</a></th><td class="num">not known</td><td colspan="2">${fault.message}</td></tr>
`,
      )}</tbody>
</table>
</section>`
}${(next !== undefined || query.get("after")) && html`<nav class="pages" aria-label="Pages">${query.get("after") && html`<a href="${path}">First</a> `}${next !== undefined && html`<a rel="next" href="${onward(path, query, { after: next })}">More</a>`}</nav>`}`;
  return {
    content_type: htmlType,
    body: frame({
      title: "Figures",
      description: "Every named figure of this newsroom with its value, range and rows.",
      path,
      context,
      body,
    }),
    depends: DEPENDS,
  };
}

function figurePage(context: SiteContext, figure: Figure, spec: FigureSpec, path: string, query: URLSearchParams): Page {
  const point = pointOf(figure, query);
  const first = figure.rows.find((row) => row.claim !== null)?.claim;
  const words = describeFigure(figure, spec, first === undefined || first === null ? undefined : readClaim(context.log, first));
  const body = html`<p class="label"><a href="/figures">Figures</a></p>
<h1>${words.exact}</h1>
<p class="standfirst">${spec.title}.</p>
<dl class="facts">
${
  words.range &&
  html`<div><dt>Range</dt><dd>${words.range}, by rival values on the same basis</dd></div>
`
}<div><dt>Who says</dt><dd>${words.who}</dd></div>
<div><dt>As known</dt><dd>at log size ${figure.log_size}${context.at.as_of && html`, counting only what had been claimed by ${formatDay(context.at.as_of)}`}</dd></div>
<div><dt>Rows</dt><dd>${plural(Number(figure.row_count), "row", "rows")}${figure.unknown_count !== "0" && html`, ${figure.unknown_count} of unknown amount`}</dd></div>
</dl>
${seriesChart(context, figure, spec)}<section><h2>How we counted</h2>
<ul>${words.how.map((line) => html`<li>${line}</li>`)}</ul></section>
<section><h2>The rows, each with its source</h2>
${rowTable(context, figure, spec, (label) => `${onward(path, query, { point: label })}#point`)}<p class="note">The same as <a href="/figures/${figure.id}.csv?known=${figure.log_size}">CSV</a> and <a href="/figures/${figure.id}.json?known=${figure.log_size}">JSON</a>.</p></section>
${point && pointSection(context, figure, spec, point)}${leftOut(figure)}${notCompared(figure)}${restated(context, figure.id, spec)}${carriedBy(context, figure.id)}<section><h2>Check it</h2>
<p>Anyone with this newsroom or an export of it computes the same bytes again:</p>
<pre class="commands"><code>npx tracewire reproduce ${figure.id} --known ${figure.log_size}</code><code>npx tracewire export figure ${figure.id} --out figure.json</code></pre>
<p class="note">Rows SHA-256 <code>${figure.rows_sha256}</code>; rules version ${figure.rules_version}; root of the log <code>${figure.root}</code>.</p></section>
${citeThis(context, `/figures/${figure.id}`, Number(figure.log_size), `${spec.title}: ${words.exact}`)}`;
  return {
    content_type: htmlType,
    body: frame({
      title: `${words.exact}: ${spec.title}`,
      description: `${spec.title}: ${words.exact}${words.range ? ` (${words.range})` : ""}. How it was counted, and every row with its source.`,
      path,
      unlisted: point !== undefined,
      context,
      body,
      data: figureData(context, figure, spec),
      preview: {
        type: "website",
        title: `${spec.title}: ${words.exact}`,
        description: words.how.join(" ").slice(0, 300),
        picture: { href: `/embed/${figure.id}.png?known=${figure.log_size}`, words: pictureWords(context.log, figure), ...DRAWN },
      },
      alternates: [
        { href: `/figures/${figure.id}.json`, type: "application/json", title: "This figure as computed" },
        { href: `/figures/${figure.id}.csv`, type: "text/csv", title: "Its rows as CSV" },
      ],
    }),
    depends: DEPENDS,
  };
}

/** A figure whose rules give no value with what is held: why, what it was before, and who printed it. */
function unansweredPage(context: SiteContext, id: string, form: string | undefined, path: string): Page | undefined {
  const found = context.unanswered(id);
  if (!found) return undefined;
  const { named, fault } = found;
  // For programs there is no value to give: the fault says why.
  if (form !== undefined) throw fault;
  const body = html`<p class="label"><a href="/figures">Figures</a></p>
<h1>Not known</h1>
<p class="standfirst">${named.spec.title}.</p>
<p class="known"><strong>It cannot be computed from what is held${context.at.is_newest && " now"}.</strong> ${fault.message}. <a href="/log/${named.seq}">Its rules</a> have no answer to that, and none is made up.</p>
${restated(context, id, named.spec)}${carriedBy(context, id)}`;
  return {
    content_type: htmlType,
    body: frame({
      title: `Not known: ${named.spec.title}`,
      description: `${named.spec.title}: it cannot be computed from what is held.`,
      path,
      context,
      body,
    }),
    depends: DEPENDS,
  };
}

function seriesChart(context: SiteContext, figure: Figure, spec: FigureSpec): Html {
  if (figure.measure !== "series") return nothing;
  const series = readSeries(context.log, figure, spec);
  return series.points.length === 0
    ? nothing
    : html`<figure class="chart">${barChart(series, "series")}</figure>
`;
}

/** The source stands beside its value, so that a telephone shows both at once. */
function rowTable(context: SiteContext, figure: Figure, spec: FigureSpec, hrefOf: (label: string) => string): Html {
  const labelled = (row: FigureRow) => (canOpen(figure, spec, row) ? html`<a href="${hrefOf(row.label)}">${row.label}</a>` : rowLabel(row));
  if (figure.rows.length === 0) return html`<p>No row fits these rules in what has been released.</p>`;
  const anyValue = figure.rows.some((row) => row.value !== null);
  const anyRange = figure.rows.some((row) => row.low !== row.high);
  const anyWhen = figure.rows.some((row) => row.when);
  return html`<section class="scroll" tabindex="0" aria-label="Rows">
<table class="data">
<thead><tr><th scope="col">What</th>${anyValue && html`<th scope="col" class="num">Value</th>`}<th scope="col">Source</th><th scope="col">Who says</th>${anyRange && html`<th scope="col">Rivals say</th>`}${anyWhen && html`<th scope="col">When</th>`}</tr></thead>
<tbody>
${figure.rows.slice(0, ROWS_SHOWN).map(
  (
    row,
  ) => html`<tr><th scope="row">${labelled(row)}</th>${anyValue && html`<td class="num">${valueWords(row)}</td>`}<td>${rowSource(context, row)}</td><td>${row.claimant}</td>${
    anyRange &&
    html`<td>${row.low !== row.high && row.low !== null && html`${formatValue(row.low, row.unit ?? "", "exact")} to ${formatValue(row.high, row.unit ?? "", "exact")}${row.claim !== null && `, ${plural(row.rivals.length, "other claim", "other claims")}`}`}</td>`
  }${anyWhen && html`<td>${row.when && formatDay(row.when)}</td>`}</tr>
`,
)}</tbody>
</table>
</section>
${figure.rows.length > ROWS_SHOWN && html`<p class="note">The first ${ROWS_SHOWN} of ${figure.rows.length.toLocaleString("en-US")} rows.</p>`}`;
}

const andMore = (held: number, shown: number): Html =>
  held > shown ? html` and ${(held - shown).toLocaleString("en-US")} more, in its JSON` : nothing;

function rowLabel(row: FigureRow): Html {
  const isSubject = row.subject.includes("/") && !/^\w+\/\d{4}$/.test(row.subject);
  return isSubject ? html`<a href="${subjectHref(row.subject)}">${row.label}</a>` : html`${row.label}`;
}

function valueWords(row: FigureRow): string {
  return row.value === null ? "not known" : formatValue(row.value, row.unit ?? "", "exact");
}

function rowSource(context: SiteContext, row: FigureRow): Html {
  const claim = row.claim === null ? undefined : readClaim(context.log, row.claim);
  const source = claim?.source.capture ?? row.capture;
  const capture = source === null ? undefined : context.capture(source);
  if (!claim || !capture) return html`${row.rivals.length > 0 && plural(row.rivals.length, "claim", "claims")}`;
  return html`<a href="${evidenceHref(capture.sha256, claim.source.locator)}">${locatorText(claim.source.locator)}</a> ${gradeMark(capture.grade)} <a href="/log/${claim.seq}">entry ${claim.seq.toLocaleString("en-US")}</a>`;
}

function leftOut(figure: Figure): Html {
  if (figure.excluded.length === 0) return nothing;
  const groups = [...Map.groupBy(figure.excluded, (row) => row.why)].sort(([, a], [, b]) => b.length - a.length);
  const list = html`<dl class="facts">${groups.map(
    ([
      why,
      rows,
    ]) => html`<div><dt>${why} (${rows.length})</dt><dd>${rows.slice(0, LEFT_OUT_SHOWN).map((row, at) => html`${at > 0 && ", "}<a href="${subjectHref(row.subject)}">${row.label}</a>`)}${andMore(rows.length, LEFT_OUT_SHOWN)}</dd></div>
`,
  )}</dl>`;
  return html`<section><h2>Left out, and why</h2>
${figure.excluded.length > EXCLUDED_OPEN_MAX ? html`<details><summary>${plural(figure.excluded.length, "row", "rows")} for ${plural(groups.length, "reason", "reasons")}</summary>${list}</details>` : list}</section>
`;
}

function notCompared(figure: Figure): Html {
  if (figure.not_compared.length === 0) return nothing;
  const groups = Map.groupBy(figure.not_compared, (item) => item.why);
  return html`<section><h2>Said of these rows, but not comparable</h2>
<details><summary>${plural(figure.not_compared.length, "claim", "claims")} on another basis, in another currency, or of a part</summary><dl class="facts">${[
    ...groups,
  ].map(
    ([
      why,
      items,
    ]) => html`<div><dt>${why}</dt><dd>${items.slice(0, LEFT_OUT_SHOWN).map((item, at) => html`${at > 0 && ", "}<a href="/log/${item.claim}">entry ${item.claim.toLocaleString("en-US")}</a>`)}${andMore(items.length, LEFT_OUT_SHOWN)}</dd></div>
`,
  )}</dl></details></section>
`;
}

function restated(context: SiteContext, id: string, spec: FigureSpec): Html {
  const all = readRestatements(context.log, id).filter((restatement) => restatement.seq < context.at.log_size);
  if (all.length === 0) return nothing;
  const unit = spec.currency ?? spec.noun?.many ?? "";
  const value = (stated: StatedValue) =>
    stated.rows_sha256 === "" ? "no value" : `${formatValue(stated.value, unit, "exact", spec).trim()}${stated.low && stated.high ? ` (${formatValue(stated.low, unit, "exact", spec)} to ${formatValue(stated.high, unit, "exact", spec)})` : ""}`;
  return html`<section><h2>Restated</h2>
<ul class="plain">${all.slice(-RESTATED_SHOWN).map(
    (
      restatement,
    ) => html`<li><a href="${figureHref(id, restatement.from.log_size)}">${value(restatement.from)}</a> became <a href="${figureHref(id, restatement.to.log_size)}">${value(restatement.to)}</a> on ${formatDay(restatement.at)}
<span class="note">because: ${restatement.cause.map((cause, at) => html`${at > 0 && "; "}${cause.what}${cause.subject && html` <a href="${subjectHref(cause.subject)}">${cause.subject.slice(cause.subject.indexOf("/") + 1)}</a>`}${cause.from !== undefined && cause.to !== undefined && html`, ${cause.from} → ${cause.to}`}`)}${restatement.to.why !== undefined && `: ${restatement.to.why}`}. <a href="/log/${restatement.seq}">Entry ${restatement.seq.toLocaleString("en-US")}</a></span></li>
`,
  )}</ul>
<p class="note">What was published before keeps the value of its day.</p></section>
`;
}

/** What prints it, as of its own day; where today's evidence would change a sentence, both stand here. */
function carriedBy(context: SiteContext, id: string): Html {
  const found = cardsCarrying(context.log, id, CARRIED_SHOWN + 1);
  const stories = found.slice(0, CARRIED_SHOWN).filter((card) => card.newest_seq < context.at.log_size);
  const others = context.at.is_newest ? context.memo(`others affected ${id}`, () => affectedBeside(context, id)) : [];
  if (stories.length + others.length === 0) return nothing;
  const moved = context.at.is_newest ? context.memo(`affected ${id}`, () => listAffected(context.log, id)) : [];
  return html`<section><h2>Carried by</h2>
<ul class="plain">${stories.map((card) => {
    const publication = readPublication(context.log, card.slug, card.revision)!;
    const carried = publication.figures.find((item) => item.id === id)!;
    const spec = findFigureSpec(context.log, id, Number(carried.log_size))?.spec;
    const affected = moved.find((item) => item.card.slug === card.slug);
    return html`<li><a href="${revisionHref(card.slug, card.revision)}">${card.headline}</a>, revision ${card.revision}, as ${spec ? describeFigure(carried, spec).exact : (carried.value ?? "not known")} on ${formatDay(card.newest_at)}${
      affected && affected.sentences.length > 0 && html`. ${THEN_AND_NOW}${sentencesHtml(affected)}`
    }</li>`;
  })}${found.length > CARRIED_SHOWN && html`<li>and older stories</li>`}${others}</ul></section>
`;
}

const THEN_AND_NOW = "As printed, and as it would read today:";

/** Letters that were sent and reports that were issued with a value that has moved since. */
function affectedBeside({ log }: SiteContext, id: string): Html[] {
  const line = (what: Html, moved: Pick<AffectedIssue, "sentences">) =>
    html`<li>${what}${moved.sentences.length > 0 && html`. ${THEN_AND_NOW}${sentencesHtml(moved)}`}</li>`;
  return [
    ...listAffectedIssues(log, id).map((issue) =>
      line(html`<a href="/newsletter/issues/${issue.number}">${issue.subject}</a>, letter ${issue.number}, sent`, issue),
    ),
    ...listAffectedReports(log, id).map(({ report, ...moved }) =>
      line(html`<a href="/log/${report.seq}">${report.title}</a>, report ${report.symbol}, issued on ${formatDay(report.at)}`, moved),
    ),
  ];
}

function csvRow(context: SiteContext, row: FigureRow): (string | number | null)[] {
  const claim = row.claim === null ? undefined : readClaim(context.log, row.claim);
  const source = claim?.source.capture ?? row.capture;
  const capture = source === null ? undefined : context.capture(source);
  return [
    row.subject,
    row.label,
    row.value,
    row.unit,
    row.when,
    row.low,
    row.high,
    row.claimant,
    row.claim,
    row.rivals.join(" "),
    capture?.sha256 ?? null,
    claim ? locatorText(claim.source.locator) : null,
  ];
}
