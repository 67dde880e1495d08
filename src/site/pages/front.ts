// The front page: the newest story with its picture, Top News, the case in one line, a card for each topic, press
// releases apart from reporting, the newsletter. It shows only what is there; an empty newsroom is told its first commands.
import { readSubjects } from "../../casefile/casefile.ts";
import { arrangeFront, listCards, listTopics, readFront, readPublication, type Card, type Publication } from "../../press/press.ts";
import { earliest, type Age } from "../ages.ts";
import { cardItem, railItem, releaseItem } from "../cards.ts";
import { readSeries, sparkline } from "../charts.ts";
import { liveFigure, openNoteSheet, printedForm, type NoteSheet } from "../figure-note.ts";
import { thumbnail } from "../pictures.ts";
import { html, nothing, type Html } from "../html.ts";
import { siteData } from "../json-ld.ts";
import { inlineHtml } from "../inline.ts";
import { FEEDS, TAGLINE, frame } from "../layout.ts";
import { newsletterBox } from "../newsletter-box.ts";
import { knownOf } from "../route.ts";
import type { Route, SiteContext } from "../route.ts";
import { dayOf, formatDay, storyHref } from "../words.ts";
import { leadPicture, publishedFigures } from "./story.ts";

const RELEASES_MAX = 3;

/** The case in one line, where the newsroom has these figures: which, and the words behind each. */
const CASE_LINE = [
  { id: "panel-2024-published-count", words: "claimed by UN monitors" },
  { id: "panel-2024-table-count", words: "in their table, as transcribed" },
  { id: "thefts-2017-2023-official-companies-count", words: "thefts held, victim named" },
];
const CASE_SERIES = "panel-2024-table-by-year";
const PRICE = { series: "btc-closes-2025", day: "btc-last-day-held", close: "btc-last-close" };

export const frontRoutes: Route[] = [
  {
    path: "/",
    about: "The front page.",
    render(context) {
      const ages: Age[] = [];
      const at = momentOf(context);
      const pinned = context.memo("front pinned", () => readFront(context.log, knownOf(context.at)) ?? null);
      const ends = pinned?.until !== undefined && at < pinned.until ? pinned.until : undefined;
      // What was pinned until a moment is another page from then on, without an entry more.
      const parts = context.memo(ends === undefined ? "front" : `front until ${ends}`, () => lastingParts(context, at));
      const body = parts.empty
        ? emptyNewsroom()
        : html`<div class="top${!parts.lead && " solo"}">
${parts.lead}${topNews(context, parts.rail, ages)}</div>
${parts.caseLine}${byTopic(context, parts.shelf, ages)}<div class="halves">
${pressReleases(context, parts.releases, ages)}<div>${newsletterBox()}${parts.follow}</div></div>
${parts.priceLine}${parts.notes}`;
      const description = `${TAGLINE}: every figure opens to who says it, how it was counted and the rows behind it, each with its source.`;
      return {
        content_type: "text/html; charset=utf-8",
        body: frame({ title: "Tracewire", description, path: "/", context, body, alternates: FEEDS, data: parts.data }),
        depends: ["log"],
        expires: [earliest(ages), ends].filter((moment) => moment !== undefined).sort()[0],
      };
    },
  },
];

/** A page of the past is of the moment at which the log had its size. */
function momentOf({ at, log, now }: SiteContext): string {
  if (at.is_newest) return now;
  return (log.db.prepare("SELECT at FROM entry_index WHERE seq = ?").get(at.log_size - 1)?.at as string | undefined) ?? now;
}

/** All that follows from the log and from whether what was pinned is over. What is left to do for each page is its ages. */
function lastingParts(context: SiteContext, now: string) {
  const { log, at } = context;
  const sheet = openNoteSheet(context.base_url);
  const front = arrangeFront(log, { now, known: knownOf(at) });
  const lead = front.lead && leadStory(context, front.lead, sheet);
  const empty = !lead && readSubjects(log, at, "theft").length === 0 && readSubjects(log, at, "published-total").length === 0;
  return {
    lead,
    empty,
    rail: front.top,
    shelf: front.cards,
    releases: listCards(log, { type: "release", known: knownOf(at), limit: RELEASES_MAX }),
    caseLine: caseLine(context, sheet),
    follow: follow(context),
    priceLine: priceLine(context),
    notes: sheet.print(),
    data: siteData(context),
  };
}

function leadStory(context: SiteContext, card: Card, sheet: NoteSheet): Html {
  const publication: Publication = readPublication(context.log, card.slug, card.revision)!;
  const { story, slug } = publication;
  const figures = publishedFigures(context, publication);
  return html`<article class="lead">
<p class="label"><a href="/topics/${card.topic_slug}">${story.topic}</a></p>
<h2><a href="${storyHref(slug)}">${inlineHtml(story.headline, figures, "plain")}</a></h2>
<p class="standfirst">${inlineHtml(story.standfirst, figures, sheet)}</p>
<p class="byline"><a href="/authors/${card.author_slug}">${story.byline}</a> · <time datetime="${dayOf(card.first_at)}">${formatDay(card.first_at)}</time></p>
${leadPicture(context, publication, figures)}<p class="after"><a href="${storyHref(slug)}">Read the whole story</a></p>
</article>
`;
}

function topNews(context: SiteContext, cards: readonly Card[], ages: Age[]): Html {
  if (cards.length === 0) return nothing;
  return html`<section class="latest" aria-labelledby="latest">
<h2 class="label" id="latest">Top news</h2>
<ol class="plain rail">
${cards.map((card) => railItem(context, card, ages))}</ol>
<p class="after"><a href="/latest">Read more latest news</a></p>
</section>
`;
}

function byTopic(context: SiteContext, cards: readonly Card[], ages: Age[]): Html {
  if (cards.length === 0) return nothing;
  return html`<section class="more" aria-label="Stories by topic">
<ul class="cards">
${cards.map((card) => cardItem(context, card, ages, "h2"))}</ul>
</section>
`;
}

function pressReleases(context: SiteContext, cards: readonly Card[], ages: Age[]): Html {
  if (cards.length === 0) return nothing;
  return html`<section aria-labelledby="releases">
<h2 class="label" id="releases"><a href="/press-releases">Press releases</a></h2>
<p class="note">Supplied by others, word for word theirs. Not our reporting.</p>
<ul class="plain releases">
${cards.map((card) => releaseItem(context, card, ages))}</ul>
</section>
`;
}

function follow(context: SiteContext): Html {
  const topics = listTopics(context.log).filter(({ slug }) => slug !== "tracewire");
  return html`<section aria-labelledby="follow">
<h2 class="label" id="follow">Follow</h2>
<p>Without an account, and without being followed: <a href="/feed.xml">RSS</a>, <a href="/atom.xml">Atom</a>, <a href="/feed.json">JSON</a>. Each topic has its own, and so have <a href="/corrections">our corrections</a>.</p>
${topics.length > 0 && html`<p class="note">${topics.map(({ slug, name, stories }) => html`<a href="/topics/${slug}">${name}</a> (${stories}) `)}</p>`}</section>
`;
}

function priceLine(context: SiteContext): Html {
  const series = context.figure(PRICE.series);
  const [day, close] = [liveFigure(context, PRICE.day), liveFigure(context, PRICE.close)];
  if (!series || !day || !close || series.figure.rows.length < 2) return nothing;
  return html`<p class="priceline"><span>Bitcoin, last day held: <a class="fig" href="/figures/${PRICE.day}">${printedForm(day.figure, day.spec, "short")}</a></span>
${thumbnail(readSeries(context.log, series.figure, series.named.spec), "thumb price")}<span>closed at <a class="fig" href="/figures/${PRICE.close}">${printedForm(close.figure, close.spec, "exact")}</a> on Binance</span></p>
`;
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
