// Monitors' reports: the life of each as claims tell it, who was asked and answered, and the totals it states against
// the rows of its own tables. What is not held is said.
import { kindSpec, type Claim } from "../../casefile/casefile.ts";
import { formatCount, formatValue, type Figure } from "../../figures/figures.ts";
import {
  answersIn,
  askedWords,
  checkTotals,
  countReports,
  findReport,
  listReports,
  reportLacks,
  requestOf,
  type KnownReport,
  type TotalCheck,
} from "../../reports/reports.ts";
import { countIn, csvAnswer, htmlType, jsonAnswer, jsonList, onward } from "../answers.ts";
import { claimValue, hedgeWords, isPrivate, placeLink, subjectTitle, whoWords } from "../claim-parts.ts";
import { html, joinHtml, nothing, type Html } from "../html.ts";
import { frame } from "../layout.ts";
import type { Page } from "../page-store.ts";
import type { Route, SiteContext } from "../route.ts";
import { capital, dayOf, figureHref, formatDay, plural } from "../words.ts";
import { subjectHref } from "./case.ts";

const DEPENDS = ["casefile", "figures"];
const REPORTS_SHOWN = 50;
const REPORTS_IN_A_FILE = 200;
const LIST_COLUMNS = [
  "report",
  "symbol",
  "title",
  "covers",
  "drafted",
  "to_committee",
  "considered",
  "to_council",
  "released",
  "claims_on_it",
  "claims_in_it",
];
const PART_COLUMNS = ["part", "what", "value", "unit", "when", "who_says", "hedge", "entry", "figure"];

export const reportRoutes: Route[] = [
  {
    path: "/reports",
    about: "Monitors' reports that the case file knows: symbol, period, stages, claims held.",
    query: ["from"],
    render: (context, { path, query }) => listPage(context, path, countIn(query, "from"), query),
  },
  {
    path: "/reports.csv",
    about: "The same list as CSV.",
    query: ["from"],
    render: (context, { path, query }) => csvAnswer("reports.csv", LIST_COLUMNS, ...fileOf(context, path, query)),
  },
  {
    path: "/reports.json",
    about: "The same list as JSON.",
    query: ["from"],
    render: (context, { path, query }) => jsonList(context.at.log_size, LIST_COLUMNS, ...fileOf(context, path, query)),
  },
  {
    path: "/reports/:id",
    about:
      "One report: its stages, who was asked and answered, its totals against its rows, what is lacking; with .csv or .json behind the name.",
    render(context, { params, path }) {
      const [, id, form] = /^(.*?)(?:\.(csv|json))?$/.exec(params.id!)!;
      const report = findReport(context.log, context.at, id!);
      if (!report) return undefined;
      if (form === "csv") return csvAnswer(`report-${id}.csv`, PART_COLUMNS, partCells(context, report), DEPENDS);
      if (form === "json") return jsonAnswer(data(context, report), DEPENDS);
      return reportPage(context, report, path);
    },
  },
];

const covers = (report: KnownReport): Claim | undefined => report.about.findLast(({ field }) => field === "covers");
const stageDate = (claims: readonly Claim[]): string | null => claims.at(-1)?.value ?? null;

type Cells = (string | number | null)[][];

function fileOf(context: SiteContext, path: string, query: URLSearchParams): [Cells, string[], string | undefined] {
  const from = countIn(query, "from");
  const cells = listCells(context, from);
  const end = from + cells.length;
  return [cells, DEPENDS, end < held(context) ? onward(path, query, { from: String(end) }) : undefined];
}

const held = (context: SiteContext): number => context.memo("reports", () => countReports(context.log, context.at), ["casefile"]);

function listCells(context: SiteContext, from: number): Cells {
  return listReports(context.log, context.at, { from, limit: REPORTS_IN_A_FILE }).map((report) => [
    report.id,
    report.symbol,
    report.title,
    covers(report)?.value ?? null,
    ...report.stages.map(({ claims }) => stageDate(claims)),
    report.about.length,
    report.says.length,
  ]);
}

function listPage(context: SiteContext, path: string, from: number, query: URLSearchParams): Page {
  const reports = context.memo(`reports from ${from}`, () => listReports(context.log, context.at, { from, limit: REPORTS_SHOWN }), ["casefile"]);
  const end = from + reports.length;
  const body = html`<p class="label"><a href="/case">The case file</a></p>
<h1>Monitors’ reports</h1>
<p class="standfirst">A report of monitors goes from a draft to a committee, to a council and to the public. Each is listed with what the case file holds of it, and with what it does not.</p>
${
  reports.length === 0
    ? html`<p>No report is held yet. A claim on <code>report/…</code>, or one that names a report’s symbol as its document, puts one here.</p>`
    : html`<p class="note">The same as <a href="/reports.csv">CSV</a> or <a href="/reports.json">JSON</a>.</p>
<section class="scroll" tabindex="0" aria-label="Monitors’ reports"><table class="data">
<thead><tr><th scope="col">Report</th><th scope="col">Covers</th><th scope="col">Draft</th><th scope="col">To the Committee</th><th scope="col">To the Council</th><th scope="col">Released</th><th scope="col" class="num">Claims in it</th></tr></thead>
<tbody>
${reports.map((report) => {
  const [draft, committee, , council, released] = report.stages.map(({ claims }) => stageDate(claims));
  return html`<tr><th scope="row"><a href="/reports/${report.id}">${report.symbol}</a>${report.title && html`<br>${report.title}`}</th><td>${dateOr(covers(report)?.value)}</td><td>${draft ? formatDay(draft) : report.from_draft.length > 0 ? "told of" : "not held"}</td><td>${dateOr(committee)}</td><td>${dateOr(council)}</td><td>${dateOr(released)}</td><td class="num">${report.says.length}</td></tr>
`;
})}</tbody></table></section>${(from > 0 || end < held(context)) && html`<nav class="pages" aria-label="Pages">${from > 0 && html`<a href="${path}">First</a> `}${end < held(context) && html`<a rel="next" href="${onward(path, query, { from: String(end) })}">More</a>`}</nav>`}`
}
<p class="note">“Told of” means that claims from the draft are held, and no date of the draft itself.</p>`;
  return page(
    context,
    path,
    "Monitors’ reports",
    "Reports of sanctions monitors: their stages, replies, and totals against their own rows.",
    body,
  );
}

const dateOr = (date: string | null | undefined): string => (date ? formatDay(date) : "not held");

function reportPage(context: SiteContext, report: KnownReport, path: string): Page {
  const lacks = lacksOf(context, report);
  const period = covers(report);
  const body = html`<p class="label"><a href="/reports">Monitors’ reports</a></p>
<h1>${report.title ?? report.symbol}</h1>
<p class="standfirst">${report.title && html`${report.symbol}. `}${period ? html`It covers ${formatDay(period.value)}, according to ${period.claimant}.` : "Which time it covers: not held."} The case file holds ${plural(report.about.length, "claim", "claims")} on it and ${plural(report.says.length, "claim", "claims")} made in it.</p>
<p class="note">The same as <a href="/reports/${report.id}.csv">CSV</a> or <a href="/reports/${report.id}.json">JSON</a>.</p>
<section><h2>The life of it</h2>
<ol class="timeline">
${report.stages.map((stage, at) => stageItem(context, report, stage, at === 0))}</ol>
${otherClaims(context, report)}</section>
${totals(context, report)}${repliesSection(context, report)}${saysSection(context, report)}<section><h2>What is lacking</h2>
<ul>${lacks.map((line) => html`<li>${line}</li>`)}</ul></section>`;
  return page(
    context,
    path,
    `${report.symbol}: the life of a report`,
    `${report.symbol}: its stages, who was asked and answered, and its totals against its own rows.`,
    body,
    [
      { href: `/reports/${report.id}.json`, type: "application/json", title: "This report as held" },
      { href: `/reports/${report.id}.csv`, type: "text/csv", title: "The same as CSV" },
    ],
  );
}

function stageItem(
  context: SiteContext,
  report: KnownReport,
  { label, missing, claims }: KnownReport["stages"][number],
  isDraft: boolean,
): Html {
  if (claims.length > 0)
    return html`<li><strong>${label}</strong>${claims.map(
      (claim) => html`<p><time datetime="${dayOf(claim.value)}">${formatDay(claim.value)}</time>, according to ${said(context, claim)}</p>`,
    )}</li>
`;
  const first = isDraft ? firstOf(report.from_draft) : undefined;
  return html`<li><strong>${label}</strong><p>${capital(missing)}: not held.${
    first &&
    html` ${plural(report.from_draft.length, "claim", "claims")} from the draft ${report.from_draft.length === 1 ? "is" : "are"} held, the first made by ${formatDay(first.as_of)} (<a href="/log/${first.seq}">entry ${first.seq.toLocaleString("en-US")}</a>).`
  }</p></li>
`;
}

const firstOf = (claims: readonly Claim[]): Claim | undefined =>
  claims
    .filter(({ as_of }) => as_of !== "unstated")
    .toSorted((a, b) => (a.as_of < b.as_of ? -1 : a.as_of > b.as_of ? 1 : a.seq - b.seq))[0];

function said(context: SiteContext, claim: Claim): Html {
  return html`${whoWords(claim)} (${hedgeWords(claim)}${claim.as_of !== "unstated" && html`; ${formatDay(claim.as_of)}`})${claim.wording && html`, in our table’s words: ${claim.wording}`}. ${placeLink(context, claim)}, <a href="/log/${claim.seq}">entry ${claim.seq.toLocaleString("en-US")}</a>`;
}

/** What else is claimed of the report itself. */
function otherClaims(context: SiteContext, report: KnownReport): Html {
  const shown = new Set(report.stages.flatMap(({ claims }) => claims.map(({ seq }) => seq)));
  const rest = report.about.filter(({ seq, field }) => !shown.has(seq) && !["title", "symbol"].includes(field));
  if (rest.length === 0) return nothing;
  return html`<dl class="facts">${rest.map(
    (
      claim,
    ) => html`<div><dt>${kindSpec("report").fields[claim.field]?.label ?? claim.field}</dt><dd>${claim.field === "covers" ? formatDay(claim.value) : claimValue(claim)}, according to ${said(context, claim)}</dd></div>
`,
  )}</dl>`;
}

function totals(context: SiteContext, report: KnownReport): Html {
  const checks = checkTotals(context.log, report);
  if (checks.length === 0) return nothing;
  return html`<section><h2>Its totals against its own rows</h2>
<section class="scroll" tabindex="0" aria-label="Totals against rows"><table class="data">
<thead><tr><th scope="col">Period</th><th scope="col">Stated in</th><th scope="col" class="num">Total stated</th><th scope="col" class="num">Sum of its rows</th><th scope="col">Difference</th></tr></thead>
<tbody>
${checks.map(
  (
    check,
  ) => html`<tr><th scope="row">${formatDay(check.total.period!)}</th><td>${check.total.document}, ${hedgeWords(check.total)}${check.total.field === "count" && check.total.unit && html`; a number of ${check.total.unit}`}</td><td class="num">${linked(context, check.figures.total, check.total)}</td><td class="num">${sumLink(context, check)}<br>${plural(check.rows.length, "row", "rows")} of ${check.document}</td><td>${verdictWords(check)}</td></tr>
`,
)}</tbody></table></section>
<p class="note">Numbers with a dotted line are figures: open one to see its rows. The others are single claims.</p></section>
`;
}

/** Without the noun: what is counted stands in a column of its own. */
const numberOf = (claim: Claim): string => (claim.field === "count" ? formatCount(claim.value) : claimValue(claim));

function linked(context: SiteContext, figure: string | undefined, claim: Claim): Html {
  const found = figure === undefined ? undefined : context.figure(figure);
  if (found) return figureAnchor(found.figure, numberOf(claim));
  return html`<a href="/log/${claim.seq}">${numberOf(claim)}</a>`;
}

function sumLink(context: SiteContext, check: TotalCheck): Html {
  const shown = numberOf({ ...check.rows[0]!, value: check.sum });
  const found = check.figures.rows === undefined ? undefined : context.figure(check.figures.rows);
  if (found && found.figure.value === check.sum) return figureAnchor(found.figure, shown);
  return html`${shown} (${joinHtml(
    check.rows.map(({ seq }) => html`<a href="/log/${seq}">entry ${seq.toLocaleString("en-US")}</a>`),
    ", ",
  )})`;
}

const figureAnchor = (figure: Figure, shown: string): Html =>
  html`<a class="fig" href="${figureHref(figure.id, figure.log_size)}">${shown}</a>`;

function verdictWords({ total, difference, verdict }: TotalCheck): string {
  if (verdict === "same") return "None.";
  const isMoney = total.field === "amount";
  const size = difference.replace("-", "");
  const less = difference.startsWith("-") ? (isMoney ? "less" : "fewer") : "more";
  const rows = `The rows have ${isMoney ? formatValue(size, total.unit ?? "", "exact") : size} ${less}`;
  if (verdict === "within what is said") return `${rows}, as “${total.bound!.replace("_", " ")}” allows.`;
  if (verdict === "same when rounded") return `${rows}; rounded as the total is, they are the same.`;
  return `${rows}. No explanation is held.`;
}

function repliesSection(context: SiteContext, report: KnownReport): Html {
  if (report.replies.length === 0)
    return html`<section><h2>Asked, and answered</h2><p>No request to anybody, and no reply, is held that names this report.</p></section>
`;
  return html`<section><h2>Asked, and answered</h2>
<section class="scroll" tabindex="0" aria-label="Requests and replies"><table class="data">
<thead><tr><th scope="col">About</th><th scope="col">The request</th><th scope="col">The answer</th></tr></thead>
<tbody>
${report.replies.map(({ subject, claims }) => {
  const request = requestOf(subject, claims);
  return html`<tr><th scope="row"><a href="${subjectHref(subject)}">${subjectTitle(context, subject)}</a></th><td>${askedWords(request)}</td><td>${
    request.silence ?? answersIn(claims).map((claim) => answer(context, claim))
  }</td></tr>
`;
})}</tbody></table></section></section>
`;
}

const answer = (context: SiteContext, claim: Claim): Html => html`<p>“${claim.value}”, according to ${said(context, claim)}.</p>`;

function saysSection(context: SiteContext, report: KnownReport): Html {
  if (report.says.length === 0) return nothing;
  const shown = report.says.filter((claim) => !isPrivate(claim.kind_of, claim.field));
  const kinds = [...Map.groupBy(shown, ({ kind_of }) => kind_of)];
  return html`<section><h2>What it says</h2>
<dl class="facts">${kinds.map(([kind, claims]) => {
    const subjects = [...new Set(claims.map(({ subject }) => subject))];
    return html`<div><dt><a href="/case/${kind}">${kindSpec(kind).many}</a></dt><dd>${plural(claims.length, "claim", "claims")} on ${joinHtml(
      subjects.map(
        (subject) => html`<a href="${subjectHref(subject)}">${subjectTitle(context, subject)}</a>`,
      ),
      ", ",
    )}</dd></div>
`;
  })}</dl></section>
`;
}

const lacksOf = (context: SiteContext, report: KnownReport): string[] => reportLacks(report, (capture) => context.capture(capture)?.grade);

function partCells(context: SiteContext, report: KnownReport): (string | number | null)[][] {
  const claimCells = (part: string, what: string, claim: Claim, figure: string | null = null) => [
    part,
    what,
    claim.value,
    claim.unit ?? null,
    claim.as_of,
    whoWords(claim),
    hedgeWords(claim),
    claim.seq,
    figure,
  ];
  return [
    ...report.about.map((claim) => claimCells("stage", kindSpec("report").fields[claim.field]?.label ?? claim.field, claim)),
    ...checkTotals(context.log, report).flatMap((check) => [
      claimCells("total", `stated for ${check.total.period}`, check.total, check.figures.total ?? null),
      [
        "total",
        `sum of ${check.rows.length} rows of ${check.document}`,
        check.sum,
        check.total.unit ?? null,
        null,
        null,
        check.verdict,
        null,
        check.figures.rows ?? null,
      ],
    ]),
    ...report.replies.flatMap(({ subject, claims }) => claims.map((claim) => claimCells("reply", `${subject} ${claim.field}`, claim))),
    ...lacksOf(context, report).map((line) => ["lacking", line, null, null, null, null, null, null, null]),
  ];
}

function data(context: SiteContext, report: KnownReport) {
  const brief = (claim: Claim) => ({
    entry: claim.seq,
    subject: claim.subject,
    field: claim.field,
    value: claim.value,
    unit: claim.unit ?? null,
    who_says: whoWords(claim),
    hedge: hedgeWords(claim),
    as_of: claim.as_of,
  });
  return {
    log_size: context.at.log_size,
    report: report.id,
    symbol: report.symbol,
    title: report.title,
    covers: covers(report)?.value ?? null,
    stages: report.stages.map(({ label, claims }) => ({ stage: label, dates: claims.map(brief) })),
    on_it: report.about.map(brief),
    in_it: report.says.filter((claim) => !isPrivate(claim.kind_of, claim.field)).map(brief),
    totals: checkTotals(context.log, report).map(({ total, rows, ...check }) => ({ ...check, total: brief(total), rows: rows.map(brief) })),
    replies: report.replies.map(({ subject, claims }) => ({ subject, claims: claims.map(brief) })),
    lacking: lacksOf(context, report),
  };
}

function page(
  context: SiteContext,
  path: string,
  title: string,
  description: string,
  body: Html,
  alternates?: Parameters<typeof frame>[0]["alternates"],
): Page {
  return {
    content_type: htmlType,
    body: frame({ title, description, path, context, body, ...(alternates ? { alternates } : {}) }),
    depends: DEPENDS,
  };
}
