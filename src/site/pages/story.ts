// A story as it was published: its tree, its numbers as of publication, its sources, its replies, its revisions.
import { readClaims, readReply, subjectsAbout, type Claim, type Reply } from "../../casefile/casefile.ts";
import { numberWord } from "../../figures/figures.ts";
import {
  LINT_RULES,
  changedSentences,
  diffSentences,
  drawnFigure,
  findCard,
  listCards,
  listRevisions,
  neighbour,
  printerOf,
  sentencesOf,
  slugOf,
  type Block,
  type Publication,
  printedAs,
  readStands,
  standFor,
} from "../../press/press.ts";
import { findDataset } from "../../datasets/datasets.ts";
import { barChart, readSeries, seriesTable, unitWords, type Series } from "../charts.ts";
import { seriesPicture, thumbnail } from "../pictures.ts";
import { figureLink, newerWords, openNoteSheet, printedForm, publishedFigure, standNote, type NotedFigure, type NoteSheet } from "../figure-note.ts";
import { html, nothing, type Html } from "../html.ts";
import { inlineHtml, inlineText, type FigureLookup } from "../inline.ts";
import { articleData } from "../json-ld.ts";
import { FEEDS, frame, type PagePreview } from "../layout.ts";
import { jpegOf, photoFigure, photoHref, shownPhoto } from "../photos.ts";
import { DRAWN, pictureWords } from "../picture-files.ts";
import type { Page } from "../page-store.ts";
import { knownOf, type Route, type SiteContext } from "../route.ts";
import { capital, dayOf, figureHref, formatDay, plural, publishedHref, revisionHref, storyHref } from "../words.ts";
import { sourcesBox } from "../sources.ts";
import { archiveBox, archiveDates, archiveNotice } from "../archive-note.ts";

export const storyRoutes: Route[] = [
  {
    path: "/stories/:slug",
    about: "A story, in its newest revision; with .json behind the name: its tree and its figures as of publication.",
    render(context, { params, path }) {
      const slug = params.slug!.replace(/\.json$/, "");
      const revisions = knownRevisions(context, slug);
      const newest = revisions.at(-1);
      if (newest?.story.type !== "story" && newest?.story.type !== "archive") return undefined;
      return params.slug === slug ? storyPage(context, newest, revisions, path) : storyJson(newest, revisions);
    },
  },
  {
    path: "/stories/:slug/revisions/:revision",
    about: "One revision of a story, readable for ever.",
    render(context, { params, path }) {
      const revisions = knownRevisions(context, params.slug!);
      const publication = revisions.find(({ revision }) => String(revision) === params.revision);
      return publication && storyPage(context, publication, revisions, path);
    },
  },
  {
    path: "/stories/:slug/revisions/:revision/changes",
    about: "What one revision changed, sentence by sentence, against the one before.",
    render(context, { params, path }) {
      const revisions = knownRevisions(context, params.slug!);
      const at = revisions.findIndex(({ revision }) => String(revision) === params.revision);
      return at > 0 ? changesPage(context, revisions[at - 1]!, revisions[at]!, path) : undefined;
    },
  },
  {
    path: "/press-releases/:slug",
    about: "A press release, marked with who supplied it.",
    render(context, { params, path }) {
      const slug = params.slug!.replace(/\.json$/, "");
      const revisions = knownRevisions(context, slug);
      const newest = revisions.at(-1);
      if (newest?.story.type !== "release") return undefined;
      return params.slug === slug ? storyPage(context, newest, revisions, path) : storyJson(newest, revisions);
    },
  },
];

function changesPage(context: SiteContext, before: Publication, after: Publication, path: string): Page {
  const [was, now] = [before, after].map((publication) => sentencesOf(publication.story, printerOf(context.log, publication.figures)));
  const lines = diffSentences(was!, now!);
  const headline = inlineText(after.story.headline, publishedFigures(context, after));
  const body = html`<div class="column"><p class="label"><a href="${publicationHref(after)}">${headline}</a></p>
<h1>What revision ${after.revision} changed</h1>
<p class="note">Against revision ${before.revision} of ${formatDay(before.at)}. ${plural(changedSentences(was!, now!).length, "sentence differs", "sentences differ")}.</p>
${after.withdrawn && html`<p class="known"><strong>Withdrawn.</strong> ${after.withdrawn.why}</p>`}
${lines.map((line) => (line.kind === "same" ? html`<p>${line.text}</p>` : line.kind === "gone" ? html`<p><del>${line.text}</del></p>` : html`<p><ins>${line.text}</ins></p>`))}</div>`;
  return {
    content_type: "text/html; charset=utf-8",
    body: frame({ title: `What revision ${after.revision} changed`, description: headline, path, context, body, unlisted: true }),
    depends: [`story:${after.slug}`],
  };
}

export const publicationHref = ({ slug, story }: Pick<Publication, "slug" | "story">): string =>
  publishedHref({ slug, type: story.type });

function knownRevisions({ log, at, memo }: SiteContext, slug: string): Publication[] {
  return memo(`revisions ${slug}`, () => listRevisions(log, slug).filter(({ seq }) => seq < at.log_size), [`story:${slug}`]);
}

const dependsOf = (slug: string) => [`story:${slug}`, "figures", "casefile"];

function storyJson(publication: Publication, revisions: Publication[]): Page {
  const { seq, at, by, slug, revision, story, figures, waivers, why, photo } = publication;
  const all = revisions.map((item) => ({ revision: item.revision, published_at: item.at, entry: item.seq, why: item.why }));
  const body = { slug, revision, published_at: at, by, why, entry: seq, story, figures, waivers, photo, revisions: all };
  return { content_type: "application/json; charset=utf-8", body: `${JSON.stringify(body, null, 1)}\n`, depends: dependsOf(slug) };
}

/** What is not published: which version it is of, and until when its link shows it. */
export type DraftShown = { version: number; expires: string };

/** `draft`: a page for who is asked before it is published. It says so first, and nothing of it can be cited. */
export function storyPage(context: SiteContext, publication: Publication, revisions: Publication[], path: string, draft?: DraftShown): Page {
  const { slug, revision } = publication;
  // The article follows from the log alone; only its frame knows the address that was asked for.
  const { title, description, body, preview, data } = context.memo(`story ${slug} ${revision}`, () => {
    const article = storyArticle(context, publication, revisions, draft !== undefined);
    if (draft) return { ...article, preview: undefined, data: undefined };
    return {
      ...article,
      preview: previewOf(context, publication, article.title, article.description),
      data: articleData(context, publication, revisions, article.title, article.description),
    };
  });
  return {
    content_type: "text/html; charset=utf-8",
    body: frame({
      title: draft ? `Draft, not published: ${title}` : title,
      description,
      path,
      canonical: publicationHref(publication),
      context,
      ...(draft ? { band: draftBand(draft) } : {}),
      body,
      unlisted: draft !== undefined || publication !== revisions.at(-1) || publication.withdrawn !== undefined,
      alternates: draft ? [] : [{ href: `${publicationHref(publication)}.json`, type: "application/json", title: "This story with its figures" }, ...FEEDS],
      preview,
      data,
    }),
    // Next, previous and related stories stand below it.
    depends: [...dependsOf(slug), "stories"],
  };
}

const draftBand = ({ version, expires }: DraftShown): Html =>
  html`<aside class="band" aria-label="What this is"><strong>Draft, not published.</strong> Version ${version}, shown to whoever has this link until ${expires.slice(0, 16).replace("T", " ")} UTC. Its words and numbers may still change: not to be cited or passed on as ours.</aside>
`;

function previewOf(context: SiteContext, publication: Publication, title: string, description: string): PagePreview {
  const photo = shownPhoto(context, publication);
  const figure = drawnFigure(publication) ?? publication.figures.find(({ id }) => id === publication.story.picture);
  const picture = photo
    ? { href: photoHref(jpegOf(photo)), words: photo.alt, ...jpegOf(photo) }
    : figure && { href: `${publicationHref(publication)}/picture.png`, words: pictureWords(context.log, figure), ...DRAWN };
  return { type: "article", title, description, ...(picture ? { picture } : {}) };
}

function storyArticle(
  context: SiteContext,
  publication: Publication,
  revisions: Publication[],
  isDraft: boolean,
): { title: string; description: string; body: Html } {
  const { story, slug } = publication;
  const figures = publishedFigures(context, publication);
  const sheet = openNoteSheet(context.base_url);
  const headline = inlineText(story.headline, figures);
  const newest = revisions.at(-1)!;
  const body = html`<article class="story">
<header class="opening">
<p class="label"><a href="/topics/${slugOf(story.topic)}">${story.topic}</a></p>
${story.type === "release" && html`<p class="supplied">Press release, supplied by ${story.supplied_by}. Not our reporting.</p>`}${archiveNotice(story)}<h1>${inlineHtml(story.headline, figures, "links")}</h1>
<p class="standfirst">${inlineHtml(story.standfirst, figures, sheet)}</p>
<p class="byline"><a href="/authors/${slugOf(story.byline)}">${story.byline}</a>${
    story.archive
      ? archiveDates(story.archive, revisions[0]!.at)
      : html`<span>Happened <time datetime="${story.happened}">${formatDay(story.happened)}</time></span><span>Written
<time datetime="${dayOf(revisions[0]!.at)}">${formatDay(revisions[0]!.at)}</time></span>`
  }${
    publication.revision > 1 && html`<span>Revised <time datetime="${dayOf(publication.at)}">${formatDay(publication.at)}</time></span>`
  }</p>
${publication !== newest && olderNotice(publication, newest)}${publication.withdrawn && html`<p class="known"><strong>This story is withdrawn.</strong> ${publication.withdrawn.why} <a href="${revisionHref(slug, publication.revision - 1)}">What it said</a></p>`}${correctionNotices(revisions, publication)}${movedNotice(context, publication, figures)}</header>
${!publication.withdrawn && leadPicture(context, publication, figures, sameChart(context, publication, figures))}<div class="text">
${
  !publication.withdrawn &&
  story.sections.map(
    (section) => html`<section>
${
  section.title &&
  html`<h2>${inlineHtml(section.title, figures, "links")}</h2>
`
}${section.blocks.map((block, at) => blockHtml(context, block, figures, sheet, chartId(story.sections.indexOf(section), at)))}</section>
`,
  )
}${!story.archive && replyBox(context, [...new Set([...story.replies, ...subjectsAbout(context.log, context.at, slug)])])}${waiverBox(publication)}</div>
<aside class="beside" aria-label="About this story">
${story.archive ? archiveBox(context, publication) : sourcesBox(context, publication.figures)}${
    !isDraft &&
    html`
<section class="box">
<h2 class="label">Revisions</h2>
<p class="note">${plural(revisions.length, "revision", "revisions")}, each readable for ever.${!story.archive && " The numbers are those of the day of publication."}</p>
<ol class="plain">${revisions.map((item) => revisionLine(item, item === publication))}</ol>
</section>
<section class="box cite">
<h2 class="label">Cite this</h2>
<p>“${headline}”, ${story.archive && `${story.archive.from}, ${formatDay(story.archive.published)}, as taken over by `}Tracewire, ${formatDay(publication.at)}, revision ${publication.revision}.
<a href="${revisionHref(slug, publication.revision)}">${context.base_url}${revisionHref(slug, publication.revision)}</a></p>
<p class="note">That address will always show these words and these numbers. <a href="${publicationHref(publication)}.json">The same as JSON</a></p>
</section>
<section class="box">
<h2 class="label">Share</h2>
<p>A plain link, with nothing in it that follows you: <a href="${publicationHref(publication)}">${context.base_url}${publicationHref(publication)}</a></p>
</section>`
  }
</aside>
${sheet.print()}
${onward(context, slug, story.topic)}</article>`;
  return { title: headline, description: inlineText(story.standfirst, figures), body };
}

/** What was written for a moment and missed it says so: nothing of ours ran then. */
const LATE_MS = 60_000;
const lateWords = ({ at, scheduled_for }: Publication): Html =>
  scheduled_for !== undefined && Date.parse(at) - Date.parse(scheduled_for) > LATE_MS ? html`. It was to come out at ${scheduled_for.slice(0, 16).replace("T", " ")} UTC and came out late, at ${at.slice(0, 16).replace("T", " ")}` : nothing;

function revisionLine(late: Publication, isThis: boolean): Html {
  const { slug, revision, at, seq, why } = late;
  const name = isThis
    ? html`<strong>Revision ${revision}</strong>`
    : html`<a href="${revisionHref(slug, revision)}">Revision ${revision}</a>`;
  return html`<li>${name}, <time datetime="${dayOf(at)}">${formatDay(at)}</time>, entry ${seq.toLocaleString("en-US")} of the log${why && html`: ${why}`}${lateWords(late)}</li>`;
}

/** What was corrected, in words for readers, above the text: the newest first. */
function correctionNotices(revisions: Publication[], shown: Publication): Html {
  const corrected = revisions.filter(({ correction, revision }) => correction && revision <= shown.revision).toReversed();
  return html`${corrected.map(
    ({
      slug,
      revision,
      at,
      correction,
    }) => html`<p class="known" id="c${revision}"><strong>Corrected ${formatDay(at)}.</strong> ${correction!.what}
<a href="${revisionHref(slug, revision)}/changes">What changed</a> · <a href="/corrections">All corrections</a></p>
`,
  )}`;
}

/** A finding that an editor let stand, with the reason given: readers see it too. */
function waiverBox({ waivers }: Publication): Html {
  if (waivers.length === 0) return nothing;
  return html`<section class="box" aria-labelledby="waived"><h2 class="label" id="waived">Let stand by the editor</h2>
<ul class="plain">${waivers.map(({ rule, why }) => html`<li>${LINT_RULES[rule as keyof typeof LINT_RULES] ?? rule} <span class="note">Reason given: ${why}</span></li>`)}</ul></section>`;
}

const RELATED_MAX = 3;

function onward(context: SiteContext, slug: string, topic: string): Html {
  const card = findCard(context.log, slug);
  // A page of the past says nothing of what came later.
  if (!card || card.type !== "story" || !context.at.is_newest) return nothing;
  const [previous, next] = [neighbour(context.log, card, "before"), neighbour(context.log, card, "after")];
  const same = listCards(context.log, { type: "story", topic: slugOf(topic), known: knownOf(context.at), limit: RELATED_MAX + 1 });
  const latest = listCards(context.log, { type: "story", known: knownOf(context.at), limit: RELATED_MAX * 2 + 1 });
  const related = [...new Map([...same, ...latest].map((item) => [item.slug, item])).values()]
    .filter((item) => item.slug !== slug)
    .slice(0, RELATED_MAX);
  if (related.length === 0) return nothing;
  return html`<section class="related" aria-labelledby="related"><h2 class="label" id="related">Related</h2>
<ul class="cards">${related.map((item) => html`<li><p class="label">${item.topic}</p><h3><a href="${storyHref(item.slug)}">${item.headline}</a></h3></li>`)}</ul>
<nav class="turn" aria-label="Next and previous">${previous && html`<a rel="prev" href="${storyHref(previous.slug)}">Previous: ${previous.headline}</a>`}${next && html`<a rel="next" href="${storyHref(next.slug)}">Next: ${next.headline}</a>`}</nav></section>
`;
}

function olderNotice({ revision }: Publication, newest: Publication): Html {
  return html`<p class="known"><strong>This is revision ${revision}.</strong> <a href="${publicationHref(newest)}">Read the newest, revision ${newest.revision}</a></p>
`;
}

/** The figures of a publication by id, each beside today's value. Made once for a page. */
export function publishedFigures(context: SiteContext, publication: Publication): FigureLookup {
  const made = new Map<string, NotedFigure | undefined>();
  return (id) => {
    if (!made.has(id)) {
      const figure = publication.figures.find((item) => item.id === id);
      made.set(id, figure && publishedFigure(context, figure));
    }
    return made.get(id);
  };
}

const chartId = (section: number, block: number): string => `c${section}-${block}`;

/** The chart in the text that would be drawn just as the picture over it, by its id. Disputed values are drawn otherwise in each. */
function sameChart(context: SiteContext, publication: Publication, figures: FigureLookup): string | undefined {
  const { story } = publication;
  const id = drawnFigure(publication)?.id;
  const noted = id === undefined ? undefined : figures(id);
  if (!noted || isDisputed(readSeries(context.log, noted.figure, noted.spec))) return undefined;
  for (const [section, { blocks }] of story.sections.entries())
    for (const [at, block] of blocks.entries()) if (block.type === "chart" && block.figure === id) return chartId(section, at);
  return undefined;
}

const isDisputed = (series: Series): boolean => series.points.some((point) => point.rivals.length > 0);

/**
 * The picture over a story: the one that was supplied, else the one drawn from its figure. Where the text has the very
 * same as a chart (`below`), the picture is its shape alone and leads there.
 */
export function leadPicture(context: SiteContext, publication: Publication, figures: FigureLookup, below?: string): Html {
  const photo = shownPhoto(context, publication);
  if (photo) return photoFigure(photo, publication, figures);
  const drawn = drawnFigure(publication);
  const named = publication.story.picture === undefined ? undefined : figures(publication.story.picture);
  const noted = drawn && figures(drawn.id);
  if (!noted) return named && named.figure.value !== null ? numeral(named) : nothing;
  return below === undefined ? storyPicture(context, noted) : shapeOf(context, noted, below);
}

function shapeOf(context: SiteContext, noted: NotedFigure, below: string): Html {
  return html`<figure class="picture">
<div>${thumbnail(readSeries(context.log, noted.figure, noted.spec), "shape")}</div>
<figcaption>${noted.spec.title}: its shape. ${lacksOf(context, noted)}
<a href="#${below}">With its numbers, its source and a table, below</a></figcaption>
</figure>
`;
}

/** Where no figure of the story can be drawn, the number itself is the picture. */
function numeral(noted: NotedFigure): Html {
  const { figure, spec, words } = noted;
  return html`<figure class="picture numeral">
<p>${figureLink(noted, printedForm(figure, spec, "short"))}</p>
<figcaption>${spec.title}. ${capital(words.who)}. As known on ${formatDay(noted.known_on)}.</figcaption>
</figure>
`;
}

/** A drawn picture: what it shows and what it lacks stand below it. */
function storyPicture(context: SiteContext, noted: NotedFigure): Html {
  const series = readSeries(context.log, noted.figure, noted.spec);
  const disputed = series.points.filter((point) => point.rivals.length > 0 && point.low !== point.high).map((point) => point.label);
  const { picture, caption } = seriesPicture(series, "p");
  return html`<figure class="picture">
<div>${picture}</div>
<figcaption>${noted.spec.title}. ${caption} ${disputed.length > 0 && html`Hollow squares and lines: other values printed for ${listWords(disputed)}. `}${lacksOf(context, noted)}
<a href="${figureHref(noted.figure.id, noted.figure.log_size)}">The figures behind it</a></figcaption>
</figure>
`;
}

/** What a picture lacks: of a dataset its own note says it, of the case file this. */
function lacksOf(context: SiteContext, { spec }: NotedFigure): string {
  const dataset = spec.dataset ? findDataset(context.log, spec.dataset, context.at.log_size) : undefined;
  return dataset ? dataset.lacks : "It does not show single thefts, or what nobody reported.";
}

function blockHtml(context: SiteContext, block: Block, figures: FigureLookup, sheet: NoteSheet, id: string): Html {
  if (block.type === "paragraph")
    return html`<p>${inlineHtml(block.content, figures, sheet)}</p>
`;
  const noted = figures(block.figure);
  if (!noted) return nothing;
  if (block.type === "pull")
    return html`<p class="pull">${inlineHtml([{ type: "figure", id: block.figure, form: block.form }], figures, sheet)} <span>${inlineHtml(block.content, figures, sheet)}</span></p>
`;
  const series = readSeries(context.log, noted.figure, noted.spec);
  return html`<figure class="chart" id="${id}">
<p class="charthead"><strong>${noted.spec.title}</strong> ${unitWords(series)}</p>
${isDisputed(series) ? barChart(series, id) : seriesPicture(series, id).picture}
<figcaption>${inlineHtml(block.content, figures, sheet)} <span class="source">Source: ${sourceWords(noted)}. As known on ${formatDay(noted.known_on)}.
<a href="${figureHref(noted.figure.id, noted.figure.log_size)}">Open this figure</a></span>
<details><summary>The same as a table</summary>
${seriesTable(series, capital(noted.spec.title))}
</details>
</figcaption>
</figure>
`;
}

function sourceWords({ figure, spec }: NotedFigure): string {
  const claimants = [...new Set(figure.rows.map((row) => row.claimant).filter(Boolean))].join(", ");
  // A computed point has no claimant of its own: whom the figure takes its values from says it.
  return `${claimants || spec.choice?.claimants?.join(", ") || "our count of what the case file holds"}${spec.choice?.documents?.length ? `, ${spec.choice.documents.join("; ")}` : ""}`;
}

/** What was printed stays; that today's value is another is said once above the text and again in each note. */
function movedNotice(context: SiteContext, publication: Publication, figures: FigureLookup): Html {
  const moved = publication.figures.map(({ id }) => figures(id)).filter((noted) => noted?.newer !== undefined) as NotedFigure[];
  if (moved.length === 0) return nothing;
  const stands = readStands(context.log, printedAs.story(publication.slug, publication.revision), context.at.log_size);
  const howMany = `${capital(numberWord(String(moved.length)))} ${moved.length === 1 ? "number here has" : "numbers here have"}`;
  return html`<div class="known"><p><strong>${howMany} a newer value.</strong> The text shows the values of ${formatDay(publication.at)}.</p>
<ul>${moved.map(({ spec, words, figure, newer }) => {
    const href = figureHref(figure.id, newer!.figure.log_size);
    return html`<li>${spec.title}: was ${words.exact}, now <a href="${href}">${newerWords(figure, newer!)}</a></li>`;
  })}</ul>${standNote(standFor(stands, moved.map(({ figure, newer }) => ({ id: figure.id, was: figure.value, now: newer!.why === undefined ? newer!.figure.value : null }))))}</div>
`;
}

function replyBox(context: SiteContext, subjects: readonly string[]): Html {
  const claims = subjects.flatMap((subject) => readClaims(context.log, context.at, { subject }));
  const requests = subjects
    .flatMap((subject) => readReply(context.log, context.at, subject.slice("reply/".length)) ?? [])
    .filter(({ claims: own }) => own.some(({ field, claimant }) => field === "deadline" && isOurs(claimant)));
  const ofRequest = new Set(requests.flatMap((reply) => reply.claims.filter(({ field }) => field !== "answer").map(({ seq }) => seq)));
  const ours = claims.some((claim) => isOurs(claim.claimant));
  return html`<section class="box reply" aria-labelledby="reply">
<h2 class="label" id="reply">Replies</h2>
${
  claims.length === 0
    ? html`<p>No reply is held, and none was asked for yet. Whoever is named here can <a href="/about#report-an-error">answer</a>; an answer is printed in this box.</p>`
    : html`<ul class="plain">${requests.map(requestLine)}${claims.filter(({ seq }) => !ofRequest.has(seq)).map(replyLine)}</ul>
${!ours && html`<p class="note">These are answers given to others. We hold no request of our own for this story yet.</p>`}`
}
</section>
`;
}

const isOurs = (claimant: string): boolean => /^Tracewire\b/.test(claimant);

/** One request of ours, and that nothing came, where that was found; what came stands below it. */
function requestLine({ asked, asked_of, asked_at, channel, deadline, silence, state, claims }: Reply): Html {
  const came = state === "answered" ? nothing : silence === null ? html` An answer was asked for by ${formatDay(deadline!)}; none is held.` : html` <strong>No reply by ${formatDay(silence)}.</strong>`;
  return html`<li><strong>Asked of ${asked_of ?? "somebody not named"}</strong>${asked_at !== null && html`, ${formatDay(asked_at)}`}${channel !== null && html`, ${channel}`}: “${asked ?? ""}”${came}
<span class="note"><a href="/log/${claims[0]!.seq}">Entry ${claims[0]!.seq}</a></span></li>`;
}

function replyLine(claim: Claim): Html {
  const who = claim.field === "answer" ? capital(claim.claimant) : claim.field === "asked" ? `Asked by ${claim.claimant}` : "Asked on";
  const kind = claim.hedge === "denied" ? "A denial" : "Reported";
  return html`<li><strong>${who}</strong>, ${formatDay(claim.as_of)}: ${claim.value}${claim.wording && html` (${claim.wording})`}.
<span class="note">${kind}${claim.relayed_by && `, as relayed by ${claim.relayed_by}`}. <a href="/log/${claim.seq}">Entry ${claim.seq}</a></span></li>`;
}

const listWords = (items: string[]): string =>
  items.length < 2 ? (items[0] ?? "") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
