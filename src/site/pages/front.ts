// The front page: the newest story with its picture, the case in one line, what the case file holds. It shows only
// what is there; an empty newsroom is told its first commands.
import { readClaims, readSubjects, type Claim } from "../../casefile/casefile.ts";
import { listCaptures } from "../../evidence/evidence.ts";
import { formatCount, formatMoney, type FigureRow } from "../../figures/figures.ts";
import { listRevisions, listPublications, type Publication } from "../../press/press.ts";
import { readSeries, sparkline } from "../charts.ts";
import { liveFigure, openNoteSheet, printedForm, type NoteSheet } from "../figure-note.ts";
import { html, nothing, type Html } from "../html.ts";
import { inlineHtml } from "../inline.ts";
import { TAGLINE, frame } from "../layout.ts";
import { newsletterBox } from "../newsletter-box.ts";
import type { Route, SiteContext } from "../route.ts";
import { dayOf, formatDay, plural, storyHref, theftHref } from "../words.ts";
import { theftRows } from "../theft-rows.ts";
import { publishedFigures, storyPicture } from "./story.ts";

const STORIES_MAX = 12;
const THEFTS_MAX = 8;

/** The case in one line, where the newsroom has these figures: which, and the words behind each. */
const CASE_LINE = [
  { id: "panel-2024-published-count", words: "claimed by UN monitors" },
  { id: "panel-2024-table-count", words: "in their table, as transcribed" },
  { id: "thefts-2017-2023-official-companies-count", words: "thefts held, victim named" },
];
const CASE_SERIES = "panel-2024-table-by-year";

export const frontRoutes: Route[] = [
  {
    path: "/",
    about: "The front page.",
    render(context) {
      const { log, at } = context;
      const sheet = openNoteSheet();
      const stories = listPublications(log)
        .map((publication) => (at.is_newest ? publication : listRevisions(log, publication.slug).findLast(({ seq }) => seq < at.log_size)))
        .filter((publication) => publication !== undefined)
        .slice(0, STORIES_MAX);
      const [lead, ...others] = stories;
      const hasClaims = readSubjects(log, at, "theft").length > 0 || readSubjects(log, at, "published-total").length > 0;
      const body =
        !lead && !hasClaims
          ? emptyNewsroom()
          : html`<div class="top${!lead && " solo"}">
${lead && leadStory(context, lead, sheet)}${latestThefts(context)}</div>
${caseLine(context, sheet)}${moreStories(context, others)}<div class="thirds">
${holdings(context)}${openANumber()}${tryIt()}</div>
${sheet.print()}${newsletterBox()}`;
      const description = `${TAGLINE}: every figure opens to who says it, how it was counted and the rows behind it, each with its source.`;
      return {
        content_type: "text/html; charset=utf-8",
        body: frame({ title: "Tracewire", description, path: "/", context, body }),
        depends: ["log"],
      };
    },
  },
];

function leadStory(context: SiteContext, publication: Publication, sheet: NoteSheet): Html {
  const { story, slug } = publication;
  const figures = publishedFigures(context, publication);
  const opening = story.sections[0]!.blocks.find((block) => block.type === "paragraph");
  return html`<article class="lead">
${storyPicture(context, story.picture, figures)}<p class="label">${story.topic}</p>
<h2><a href="${storyHref(slug)}">${inlineHtml(story.headline, figures, "plain")}</a></h2>
<p class="standfirst">${inlineHtml(story.standfirst, figures, sheet)}</p>
<p class="byline">${story.byline} · <time datetime="${dayOf(publication.at)}">${formatDay(publication.at)}</time></p>
${
  opening &&
  html`<p class="excerpt">${inlineHtml(opening.content, figures, sheet)}</p>
`
}<p class="after"><a href="${storyHref(slug)}">Read the whole story</a></p>
</article>
`;
}

function moreStories(context: SiteContext, stories: Publication[]): Html {
  if (stories.length === 0) return nothing;
  return html`<section class="more" aria-labelledby="more">
<h2 class="label" id="more">More stories</h2>
<ul class="cards">${stories.map((story) => storyCard(context, story))}</ul>
</section>
`;
}

function storyCard(context: SiteContext, publication: Publication): Html {
  const figures = publishedFigures(context, publication);
  return html`<li><article><p class="label">${publication.story.topic}</p>
<h3><a href="${storyHref(publication.slug)}">${inlineHtml(publication.story.headline, figures, "plain")}</a></h3>
<p class="byline"><time datetime="${dayOf(publication.at)}">${formatDay(publication.at)}</time></p></article></li>
`;
}

function latestThefts(context: SiteContext): Html {
  const rows = newestFirst(theftRows(context)).slice(0, THEFTS_MAX);
  if (rows.length === 0) return nothing;
  const blames = new Map<string, Claim>();
  for (const claim of readClaims(context.log, context.at, { kind: "theft", field: "attributed_to" }))
    if (!blames.has(claim.subject)) blames.set(claim.subject, claim);
  return html`<section class="latest" aria-labelledby="latest">
<h2 class="label" id="latest">Latest thefts in the case file</h2>
<ol class="plain">
${rows.map((row) => {
  const blame = blames.get(row.subject);
  return html`<li><time datetime="${row.when}">${formatDay(row.when ?? "unstated")}</time>
<a href="${theftHref(row.subject)}">${row.label}</a> <span class="amount">${row.value === null ? "amount not known" : formatMoney(row.value, row.unit ?? "USD", "short")}</span>
<span class="note">${blame && html`Blamed: ${blame.value}, by ${blame.claimant.split(/[:;(]/)[0]!.trim()}${blame.hedge === "suspected" && " (suspected)"}. `}${rangeWords(row)}</span></li>
`;
})}</ol>
<p class="after"><a href="/thefts">All the thefts we hold</a></p>
<p class="note">Amounts by one researcher’s list where it has one, else the latest value claimed.</p>
</section>
`;
}

function rangeWords({ low, high, unit }: FigureRow): string {
  if (low === null || high === null || low === high) return "";
  const money = (value: string) => formatMoney(value, unit ?? "USD", "short");
  return `Values from ${money(low)} to ${money(high)}.`;
}

function newestFirst(rows: readonly FigureRow[]): FigureRow[] {
  return rows.filter((row) => row.when !== null).sort((a, b) => (a.when! < b.when! ? 1 : a.when! > b.when! ? -1 : 0));
}

function caseLine(context: SiteContext, sheet: NoteSheet): Html {
  const parts = CASE_LINE.flatMap(({ id, words }) => {
    const noted = liveFigure(context, id);
    return noted
      ? [html`<li><span class="hero">${sheet.note(noted, printedForm(noted.figure, noted.spec, "short"))}</span> ${words}</li>`]
      : [];
  });
  if (parts.length === 0) return nothing;
  const series = context.figure(CASE_SERIES);
  const points = series && readSeries(context.log, series.figure, series.named.spec);
  const years =
    points &&
    points.points.length > 1 &&
    html`<li class="years">${sparkline(points, "spark")} <span>${points.points[0]!.label}–${points.points.at(-1)!.label}, amounts by year</span></li>`;
  return html`<section class="caseline" aria-labelledby="caseline">
<h2 class="label" id="caseline"><a href="/case">The case</a></h2>
<ul>${parts}${years}</ul>
</section>
`;
}

function holdings(context: SiteContext): Html {
  const { log, at } = context;
  const captures = listCaptures(log).filter((capture) => capture.released !== undefined && capture.released < at.log_size);
  const grades = new Map<string, number>();
  for (const { grade } of captures) grades.set(grade, (grades.get(grade) ?? 0) + 1);
  const rows: [number, string, string][] = [
    [readSubjects(log, at, "theft").length, "thefts", "each with rival amounts and who blames whom"],
    [readSubjects(log, at, "published-total").length, "published totals", "sums and numbers as somebody printed them"],
    [readSubjects(log, at, "actor").length, "names of groups", "asserted by somebody, never merged by us"],
    [readClaims(log, at).length, "claims", "who said what, in which document, as of when"],
    [
      captures.length,
      "sources",
      [...grades].map(([grade, count]) => plural(count, grade, grade === "copy" ? "copies" : `${grade}s`)).join(", "),
    ],
  ];
  return html`<section aria-labelledby="holdings">
<h2 class="label" id="holdings">What this case file holds</h2>
<dl class="holdings">${rows.map(([count, name, about]) => html`<div><dt>${name}<span class="note"> ${about}</span></dt><dd>${formatCount(String(count))}</dd></div>`)}</dl>
<p class="after"><a href="/case">The case file</a></p>
</section>
`;
}

function openANumber(): Html {
  return html`<section aria-labelledby="open">
<h2 class="label" id="open">How to open a number</h2>
<p>A number with <span class="dotted">a dotted line</span> below it can be pressed. It opens where it stands: the exact value, its range, who says
it, how it was counted, and the day on which that was known.</p>
<p>From there one step leads to its rows, and one more to each row’s source. Where nobody knows, it says so; where two say different things, both
stand there.</p>
<p class="after"><a href="/how-we-count">How we count</a></p>
</section>
`;
}

function tryIt(): Html {
  return html`<section aria-labelledby="try">
<h2 class="label" id="try">Check us on your own machine</h2>
<p>All of this is open source and runs without a network. These commands compute a number again and check the log behind it.</p>
<pre class="commands">${["figure panel-2024-table-count", "reproduce panel-2024-table-count", "verify"].map((command) => html`<code>npx tracewire ${command}</code>`)}</pre>
<p class="after"><a href="/log">The log</a></p>
</section>
`;
}

function emptyNewsroom(): Html {
  const steps: [string, string, string][] = [
    [
      "Keep a source.",
      "Its bytes are stored under their hash, with what you really read: original, copy or transcription.",
      "npx tracewire capture FILE --grade copy --source-grade C --item-grade 3",
    ],
    [
      "Say who says what.",
      "A claim names its claimant, its hedge and the place in the source.",
      'npx tracewire claim SUBJECT FIELD VALUE --capture ID --quote "…" --claimant "…"',
    ],
    ["Define a number.", "A figure states its rules; its value is computed, never typed.", "npx tracewire figure --define FILE"],
    ["Publish a story.", "Its numbers are figures. A typed number is refused.", "npx tracewire publish FILE"],
  ];
  return html`<div class="column empty">
<p class="label">An empty newsroom</p>
<h2>Nothing has been published here yet</h2>
<p class="standfirst">A story here begins with a source. Four steps lead from a document to a page whose numbers open.</p>
<ol>${steps.map(
    ([title, words, command]) => html`<li><strong>${title}</strong> ${words}
<pre class="commands"><code>${command}</code></pre></li>`,
  )}</ol>
<p>Nothing is public before it is released: <code>npx tracewire release ID</code>. To look around first, run <code>npm start -- --data
OTHER-FOLDER</code>: without <code>--empty</code> it begins with the demo case file.</p>
</div>`;
}
