// What the case file holds: kinds, subjects, claims. Every kind has its list and its page, thin ones too.
import {
  CHECKS,
  KINDS,
  countHeld,
  kindSpec,
  listSubjects,
  readClaims,
  sumUpChecks,
  type CheckSummary,
  type Claim,
  type Held,
  type Kind,
} from "../../casefile/casefile.ts";
import { formatValue, listFigureSpecs } from "../../figures/figures.ts";
import { FILE_ROWS_MAX, countIn, csvAnswer, htmlType, jsonList, onward } from "../answers.ts";
import { CLAIM_COLUMNS, claimRow, claimValue, isPrivate, rivalTable } from "../claim-parts.ts";
import { html, type Html } from "../html.ts";
import { frame } from "../layout.ts";
import type { Page } from "../page-store.ts";
import type { Route, SiteContext } from "../route.ts";
import { figureHref, plural, theftHref } from "../words.ts";
import { citeThis, history, judgements, sources } from "./theft.ts";

const DEPENDS = ["casefile", "figures"];
const SUBJECTS_SHOWN = 100;
const FINDINGS_SHOWN = 60;
const FIGURES_SHOWN = 60;

export const caseRoutes: Route[] = [
  {
    path: "/case.csv",
    about: "The kinds held, as CSV.",
    render: (context) => csvAnswer("case.csv", KIND_COLUMNS, kindList(context), DEPENDS),
  },
  {
    path: "/case.json",
    about: "The kinds held, as JSON.",
    render: (context) => jsonList(context.at.log_size, KIND_COLUMNS, kindList(context), DEPENDS),
  },
  {
    path: "/case",
    about: "What the case file holds: kinds, figures, checks raised.",
    render: (context, { path }) => casePage(context, path),
  },
  {
    path: "/case/:kind",
    about: "Everything of one kind, a hundred to a page; with .csv or .json behind the name: the claims on it.",
    query: ["after", "from"],
    render(context, { params, path, query }) {
      const [, name, form] = /^(.*?)(?:\.(csv|json))?$/.exec(params.kind!)!;
      if (!Object.hasOwn(KINDS, name!)) return undefined;
      const kind = name as Kind;
      if (form === undefined) return kindPage(context, kind, query, path);
      // By the log's own order: the cursor is the entry of the last claim.
      const claims = readClaims(context.log, context.at, {
        kind,
        after: query.get("from") ? countIn(query, "from") : undefined,
        limit: FILE_ROWS_MAX,
      });
      const next = claims.length === FILE_ROWS_MAX ? onward(path, query, { from: String(claims.at(-1)!.seq) }) : undefined;
      const rows = claims.filter((claim) => !isPrivate(kind, claim.field)).map(claimRow);
      if (form === "csv") return csvAnswer(`${kind}.csv`, CLAIM_COLUMNS, rows, DEPENDS, next);
      return jsonList(context.at.log_size, CLAIM_COLUMNS, rows, DEPENDS, next);
    },
  },
  {
    path: "/case/:kind/:name",
    about: "One subject of any kind: its claims, field by field, rivals side by side.",
    render(context, { params, path }) {
      if (!Object.hasOwn(KINDS, params.kind!)) return undefined;
      const kind = params.kind as Kind;
      const subject = `${kind}/${params.name}`;
      const claims = readClaims(context.log, context.at, { subject }).filter((claim) => !isPrivate(kind, claim.field));
      return claims.length === 0 ? undefined : subjectPage(context, kind, subject, claims, path);
    },
  },
];

export function subjectHref(subject: string): string {
  if (subject.startsWith("theft/")) return theftHref(subject);
  // "row/ENTRY/PLACE": a row of a dataset has no page of its own; the dataset's entry names its columns and its rows' root.
  const row = /^row\/(\d+)\//.exec(subject);
  return row ? `/log/${row[1]}` : `/case/${subject}`;
}

const KIND_COLUMNS = ["kind", "subjects", "claims"] as const;

export const heldOf = (context: SiteContext, kind: Kind): Held =>
  context.memo(`held ${kind}`, () => countHeld(context.log, context.at, kind), ["casefile"]);

function heldByKind(context: SiteContext): (Held & { kind: Kind })[] {
  return (Object.keys(KINDS) as Kind[]).map((kind) => ({ kind, ...heldOf(context, kind) }));
}

const kindList = (context: SiteContext) => heldByKind(context).map(({ kind, subjects, claims }) => [kind, subjects, claims]);

function casePage(context: SiteContext, path: string): Page {
  const kinds = heldByKind(context);
  const raised = context.memo("checks", () => sumUpChecks(context.log, context.at, FINDINGS_SHOWN), ["casefile"]);
  const figures = listFigureSpecs(context.log, { limit: FIGURES_SHOWN })
    .map(({ id }) => context.figure(id))
    .filter((found) => found !== undefined);
  const body = html`<p class="label">The case</p>
<h1>The case file</h1>
<p class="standfirst">Who said what about whom: thefts, totals, groups, weapons, trade, workers, measures, replies. Each claim keeps who says it, how sure they were,
and where it was read. Rival claims stand side by side, and a thin record says how thin it is. The same as <a href="/case.csv">CSV</a> and <a href="/case.json">JSON</a>.</p>
<section class="scroll" tabindex="0" aria-label="What is held">
<table class="data">
<caption>What is held and released</caption>
<thead><tr><th scope="col">Kind</th><th scope="col" class="num">Subjects</th><th scope="col" class="num">Claims</th><th scope="col">What it is</th></tr></thead>
<tbody>
${kinds.map(
  ({
    kind,
    subjects,
    claims,
  }) => html`<tr><th scope="row">${subjects > 0 ? html`<a href="${kind === "theft" ? "/thefts" : `/case/${kind}`}">${kindSpec(kind).many}</a>` : kindSpec(kind).many}</th><td class="num">${subjects.toLocaleString("en-US")}</td><td class="num">${claims.toLocaleString("en-US")}</td><td>${subjects > 0 ? kindSpec(kind).about : "Nothing released yet."}</td></tr>
`,
)}</tbody>
</table>
</section>
<section><h2>Figures</h2>
${
  figures.length === 0
    ? html`<p>No figure has been defined yet.</p>`
    : html`<ul class="plain">${figures.map(({ named, figure }) => html`<li><a class="fig" href="${figureHref(named.id, figure.log_size)}">${formatValue(figure.value, figure.unit, "exact", named.spec)}</a> ${named.spec.title}</li>`)}</ul>
<p class="note"><a href="/figures">All figures, with their values</a></p>`
}</section>
<section><h2>Checks raised</h2>
${
  raised.size === 0
    ? html`<p>None.</p>`
    : html`<dl class="facts">${[...raised].map(
        ([check, { count, first }]: [
          keyof typeof CHECKS,
          CheckSummary,
        ]) => html`<div><dt>${plural(count, "finding", "findings")}</dt><dd>${CHECKS[check].about}
<details><summary>Where</summary><ul class="plain">${first.map((result) => html`<li><a href="${subjectHref(result.subject)}">${result.subject.slice(result.subject.indexOf("/") + 1)}</a> ${result.what}</li>`)}${count > first.length && html`<li>and ${(count - first.length).toLocaleString("en-US")} more, each on the page of its theft</li>`}</ul></details></dd></div>
`,
      )}</dl>`
}
<p class="note">A check is a question, not a correction: nothing is changed by it.</p></section>
`;
  return {
    content_type: htmlType,
    body: frame({
      title: "The case file",
      description:
        "What the monitors’ case file holds: thefts, totals, groups, weapons, trade, workers, measures, replies, each claim with its source.",
      path,
      context,
      body,
    }),
    depends: DEPENDS,
  };
}

function kindPage(context: SiteContext, kind: Kind, query: URLSearchParams, path: string): Page {
  const spec = kindSpec(kind);
  const held = heldOf(context, kind);
  const after = query.get("after") ? `${kind}/${query.get("after")!.slice(0, 120)}` : undefined;
  const found = listSubjects(context.log, context.at, kind, { after, limit: SUBJECTS_SHOWN + 1 });
  const more = found.length > SUBJECTS_SHOWN ? found[SUBJECTS_SHOWN - 1]!.slice(kind.length + 1) : undefined;
  const subjects = found
    .slice(0, SUBJECTS_SHOWN)
    .map((subject): [string, Claim[]] => [
      subject,
      readClaims(context.log, context.at, { subject }).filter((claim) => !isPrivate(kind, claim.field)),
    ])
    .filter(([, own]) => own.length > 0);
  const body = html`<p class="label"><a href="/case">The case file</a></p>
<h1>${spec.many.charAt(0).toUpperCase() + spec.many.slice(1)}</h1>
<p>${spec.about}</p>
${
  subjects.length === 0
    ? html`<p>Nothing of this kind ${after === undefined ? "has been released yet" : "stands behind this name"}.</p>`
    : html`<p class="note">${plural(held.subjects, spec.one, spec.many)}, ${plural(held.claims, "claim", "claims")}. The same as <a href="/case/${kind}.csv">CSV</a> and <a href="/case/${kind}.json">JSON</a>.</p>
<section class="scroll" tabindex="0" aria-label="${spec.many}">
<table class="data">
<thead><tr><th scope="col">Subject</th><th scope="col">${spec.fields[spec.title]!.label}</th><th scope="col">Who says</th><th scope="col" class="num">Claims held</th></tr></thead>
<tbody>
${subjects.map(([subject, own]) => {
  const title = own.findLast((claim) => claim.field === spec.title) ?? own[0]!;
  const claimants = [...new Set(own.map((claim) => claim.claimant))];
  return html`<tr><th scope="row"><a href="${subjectHref(subject)}">${subject.slice(kind.length + 1).replaceAll("-", " ")}</a></th><td>${claimValue(title)}</td><td>${claimants.slice(0, 3).join("; ")}${claimants.length > 3 && html` and ${claimants.length - 3} more`}</td><td class="num">${own.length}</td></tr>
`;
})}</tbody>
</table>
</section>`
}${(more !== undefined || after !== undefined) && html`<nav class="pages" aria-label="Pages">${after !== undefined && html`<a href="${path}">First</a> `}${more !== undefined && html`<a rel="next" href="${onward(path, query, { after: more })}">More</a>`}</nav>`}
`;
  return {
    content_type: htmlType,
    body: frame({
      title: spec.many,
      description: `${spec.about} ${plural(held.subjects, spec.one, spec.many)} held.`,
      unlisted: after !== undefined,
      path,
      context,
      body,
      alternates: [
        { href: `/case/${kind}.csv`, type: "text/csv", title: "These claims as CSV" },
        { href: `/case/${kind}.json`, type: "application/json", title: "These claims as JSON" },
      ],
    }),
    depends: DEPENDS,
  };
}

function subjectPage(context: SiteContext, kind: Kind, subject: string, claims: readonly Claim[], path: string): Page {
  const spec = kindSpec(kind);
  const name = subject.slice(kind.length + 1).replaceAll("-", " ");
  const groups = [...Map.groupBy(claims, (claim) => claim.field)];
  const body: Html = html`<p class="label"><a href="/case/${kind}">${spec.many}</a></p>
<h1>${name.charAt(0).toUpperCase() + name.slice(1)}</h1>
<p>${spec.about} ${plural(claims.length, "claim", "claims")} held.</p>
${groups.map(
  ([field, own]) => html`<section class="rivals"><h2>${spec.fields[field]!.label}</h2>
${rivalTable(context, plural(own.length, "claim", "claims"), own, spec.fields[field]!.label)}${own.some((claim) => claim.wording) && html`<details><summary>In the words of our table</summary><ul class="plain">${[...new Set(own.map((claim) => claim.wording).filter(Boolean))].map((wording) => html`<li class="note">${wording}</li>`)}</ul></details>`}</section>
`,
)}${judgements(context, subject)}${history(context, subject)}${sources(context, claims)}${citeThis(context, subjectHref(subject), context.at.log_size, `“${name}”`)}`;
  return {
    content_type: htmlType,
    body: frame({ title: name, description: `${spec.about} ${plural(claims.length, "claim", "claims")} held on it.`, path, context, body }),
    depends: [`subject:${subject}`, "casefile"],
  };
}
