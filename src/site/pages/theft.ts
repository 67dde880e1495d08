// One theft: rival claims side by side, who blames whom, when, checks raised, history, sources.
import { CHECKS, kindSpec, readClaims, readHistory, readJudgements, runChecksOn, type Claim } from "../../casefile/casefile.ts";
import { htmlType, jsonAnswer } from "../answers.ts";
import { CLAIM_COLUMNS, claimRow, claimValue, hedgeWords, isPrivate, placeLink, rivalTable, whoWords } from "../claim-parts.ts";
import { html, nothing, type Html } from "../html.ts";
import { frame } from "../layout.ts";
import type { Page } from "../page-store.ts";
import type { Route, SiteContext } from "../route.ts";
import { GRADE_WORDS, gradeMark } from "../sources.ts";
import { levelWords } from "../level-words.ts";
import { formatDay, plural, theftHref } from "../words.ts";
import { formatMoney, theftLineOf } from "../../figures/figures.ts";

/** Fields that have a place of their own on the page. */
const DATES = ["date", "date_theft", "date_disclosed", "date_attributed"];
const PLACED = new Set([...DATES, "victim", "attributed_to", "attribution_level", "amount"]);

export const theftRoutes: Route[] = [
  {
    path: "/thefts/:id",
    about: "One theft: rival claims, who blames whom, timeline, checks, sources; with .json behind the name.",
    render(context, { params, path }) {
      const id = params.id!.replace(/\.json$/, "");
      const subject = `theft/${id}`;
      const claims = readClaims(context.log, context.at, { subject }).filter((claim) => !isPrivate("theft", claim.field));
      if (claims.length === 0) return undefined;
      const depends = [`subject:${subject}`, "casefile"];
      if (params.id !== id)
        return jsonAnswer(
          {
            log_size: context.at.log_size,
            subject,
            claims: claims.map((claim) => Object.fromEntries(CLAIM_COLUMNS.map((column, at) => [column, claimRow(claim)[at]]))),
          },
          depends,
        );
      return theftPage(context, subject, claims, path, depends);
    },
  },
];

function theftPage(context: SiteContext, subject: string, claims: Claim[], path: string, depends: string[]): Page {
  const of = (field: string) => claims.filter((claim) => claim.field === field);
  const label = of("victim").at(-1)?.value ?? subject;
  const row = theftLineOf(subject, claims, context.at.as_of);
  const level = of("attribution_level").at(-1)?.value ?? "";
  const amounts = of("amount");
  const others = Object.entries(kindSpec("theft").fields).filter(([field]) => !PLACED.has(field) && of(field).length > 0);
  const value = row.value ? formatMoney(row.value, row.unit ?? "USD", "exact") : notCompared(amounts);
  const body = html`<p class="label"><a href="/thefts">Thefts</a></p>
<h1>${label}</h1>
<p class="standfirst">${value}${row?.low && row.low !== row.high && html`, or anything from ${formatMoney(row.low, row.unit!, "exact")} to ${formatMoney(row.high!, row.unit!, "exact")}, depending on who says`};
blamed by ${levelWords(level, row.blamed_by)}. ${plural(claims.length, "claim", "claims")} held.</p>
<section class="rivals"><h2>What was taken, according to whom</h2>
${amounts.length === 0 ? html`<p>Nobody states an amount.</p>` : rivalTable(context, "Rival amounts stand side by side; a figure says which it takes, and why.", amounts, "Rival amounts")}</section>
${whoBlames(context, of("attributed_to"))}${timeline(context, claims)}${others.map(
    ([field, spec]) => html`<section><h2>${spec.label}</h2>
${rivalTable(context, plural(of(field).length, "claim", "claims"), of(field), spec.label)}</section>
`,
  )}${checksRaised(context, subject)}${judgements(context, subject)}${history(context, subject)}${sources(context, claims)}${citeThis(context, theftHref(subject), context.at.log_size, `“${label}”`)}`;
  return {
    content_type: htmlType,
    body: frame({
      title: label,
      description: `${label}: ${plural(amounts.length, "claimed amount", "claimed amounts")}, who blames whom, when, and the sources of each claim.`,
      path,
      context,
      body,
      alternates: [{ href: `${theftHref(subject)}.json`, type: "application/json", title: "These claims as JSON" }],
    }),
    depends,
  };
}

/** Nothing stands for the theft here; what is stated stands in the table below. */
function notCompared(amounts: readonly Claim[]): string {
  if (amounts.length === 0) return "Amount not known";
  return `${plural(amounts.length, "amount is", "amounts are")} stated, ${amounts.length === 1 ? "not" : "none of them"} said to be in US dollars, as published and gross`;
}

function whoBlames(context: SiteContext, claims: readonly Claim[]): Html {
  return html`<section><h2>Who blames whom</h2>
${
  claims.length === 0
    ? html`<p>Nobody blames anybody for it in what we hold.</p>`
    : html`<ul class="plain">${claims.map((claim) => html`<li><strong>${claim.claimant}</strong> blames ${claim.value} <span class="note">(${hedgeWords(claim)}${claim.as_of !== "unstated" && html`, ${formatDay(claim.as_of)}`}${claim.document && html`, ${claim.document}`}). ${placeLink(context, claim)}</span></li>`)}</ul>`
}
<p class="note">Who is blamed is a claim by a named body. Who stole and who laundered are different claims.</p></section>
`;
}

function timeline(context: SiteContext, claims: readonly Claim[]): Html {
  const dates = claims
    .filter((claim) => DATES.includes(claim.field))
    .toSorted((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : a.seq - b.seq));
  if (dates.length === 0) return nothing;
  const labels = kindSpec("theft").fields;
  return html`<section><h2>When, according to whom</h2>
<ol class="timeline">${dates.map(
    (claim) => html`<li><p><time datetime="${claim.value}">${formatDay(claim.value)}</time> ${labels[claim.field]!.label}</p>
<p class="note">${whoWords(claim)}. ${placeLink(context, claim)}</p></li>
`,
  )}</ol></section>
`;
}

function checksRaised(context: SiteContext, subject: string): Html {
  const raised = runChecksOn(context.log, context.at, subject).filter(
    (result) => result.subject === subject || (result.check === "equal-amounts" && result.what.includes(subject)),
  );
  if (raised.length === 0) return nothing;
  return html`<section><h2>Checks raised</h2>
<ul class="plain">${raised.map((result) => html`<li>${result.what} <span class="note">${CHECKS[result.check].about} (claims ${result.claims.map((seq, at) => html`${at > 0 && ", "}<a href="/log/${seq}">${seq}</a>`)})</span></li>`)}</ul>
<p class="note">A check is a question, not a correction: nothing was changed.</p></section>
`;
}

export function judgements(context: SiteContext, subject: string): Html {
  const own = readJudgements(context.log, context.at).filter((judgement) => judgement.subject === subject || judgement.other === subject);
  if (own.length === 0) return nothing;
  return html`<section><h2>Judgements</h2>
<ul class="plain">${own.map((judgement) => html`<li>${judgement.question === "same" ? html`Is it the same as ${judgement.subject === subject ? judgement.other : judgement.subject}?` : html`Is the victim named?`} <strong>${{ positive: "Yes", negative: "No", unsure: "Unsure" }[judgement.verdict]}.</strong> ${judgement.why} <span class="note">${judgement.by}, ${formatDay(judgement.at)}, <a href="/log/${judgement.seq}">entry ${judgement.seq.toLocaleString("en-US")}</a></span></li>`)}</ul></section>
`;
}

export function history(context: SiteContext, subject: string): Html {
  const superseded = readHistory(context.log, context.at, subject).filter(
    (claim) => claim.superseded !== undefined && !isPrivate(claim.kind_of, claim.field),
  );
  if (superseded.length === 0) return nothing;
  return html`<section><h2>No longer held</h2>
<ul class="plain">${superseded.map((claim) => html`<li>${claim.field.replaceAll("_", " ")}: <s>${claimValue(claim)}</s> <span class="note">${whoWords(claim)}; ${claim.retracted ? "taken back" : "replaced"} at <a href="/log/${claim.superseded!}">entry ${claim.superseded!.toLocaleString("en-US")}</a></span></li>`)}</ul></section>
`;
}

export function sources(context: SiteContext, claims: readonly Claim[]): Html {
  const captures = [...new Set(claims.map((claim) => claim.source.capture))]
    .map((seq) => context.capture(seq))
    .filter((capture) => capture?.released !== undefined);
  const citations = [...new Set(claims.map((claim) => claim.citation).filter(Boolean))] as string[];
  return html`<section><h2>Sources</h2>
<ul class="plain">${captures.map((capture) => html`<li>${gradeMark(capture!.grade)} <a href="/evidence/${capture!.sha256}">${capture!.title}</a> <span class="note">${GRADE_WORDS[capture!.grade]} Source ${capture!.source_grade}, item ${capture!.item_grade} on the Admiralty scale.</span></li>`)}</ul>
${citations.length > 0 && html`<details><summary>${plural(citations.length, "source", "sources")} as these tables cite them</summary><ul class="plain">${citations.map((citation) => html`<li class="note">${citation}</li>`)}</ul></details>`}</section>
`;
}

/** The address fixes what was known: it shows the same for ever. */
/** The whole address: it is copied, and read on paper. */
export function citeThis({ base_url }: Pick<SiteContext, "base_url">, href: string, log_size: number, what: string): Html {
  const address = `${href}?known=${log_size}`;
  return html`<aside class="cite" aria-label="Cite this"><p class="label">Cite this</p>
<p>Tracewire, ${what}, as known at log size ${log_size.toLocaleString("en-US")}. <a href="${address}">${base_url}${address}</a></p>
<p class="note">That address goes on showing what was known then. Something wrong? <a href="/about#report-an-error">Report an error</a> with it.</p></aside>
`;
}
