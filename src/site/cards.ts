// A story as lists show it: picture, topic, the whole headline (held to three lines by style only), age and date.
// An age is of the event where it says "Happened", of the writing otherwise.
import { findFigureSpec } from "../figures/figures.ts";
import { drawnFigure, readPublication, splitSentences, type Card } from "../press/press.ts";
import { ageOf, type Age } from "./ages.ts";
import { readSeries } from "./charts.ts";
import { html, nothing, splitAt, type Html } from "./html.ts";
import { cardPhoto, photoThumb } from "./photos.ts";
import { thumbnail } from "./pictures.ts";
import type { SiteContext } from "./route.ts";
import { formatDay, publishedHref, storyHref } from "./words.ts";

/** Dates whose ages are kept: an archive has more days than a page shows. */
const AGES_MAX = 2_000;
/** Three to four lines of a card: most standfirsts have a sentence of this length. */
const EXCERPT_LENGTH_MAX = 130;

export function cardItem(context: SiteContext, card: Card, ages: Age[], heading: "h2" | "h3"): Html {
  const [before, after] = aroundAge(context, `${heading} card`, card, (age) => {
    const headline = html`<a href="${storyHref(card.slug)}">${card.headline}</a>`;
    return html`<li><article>${cardPicture(context, card)}<p class="label"><a href="/topics/${card.topic_slug}">${card.topic}</a></p>
${heading === "h2" ? html`<h2 class="held">${headline}</h2>` : html`<h3 class="held">${headline}</h3>`}
<p class="byline">Happened ${age}</p>
<p class="excerpt">${excerptOf(card.standfirst)}</p>
<p class="after"><a href="${storyHref(card.slug)}" aria-label="Read more: ${card.headline}">Read more</a></p></article></li>
`;
  });
  return html`${before}${aged(context, card.happened, ages)}${after}`;
}

/** As many whole sentences as fit; where not even the first does, its first words and a sign that there are more. */
export function excerptOf(text: string): string {
  const [first = "", ...others] = splitSentences(text);
  if (first.length > EXCERPT_LENGTH_MAX) {
    const start = first.slice(0, EXCERPT_LENGTH_MAX);
    return `${start.slice(0, Math.max(1, start.lastIndexOf(" "))).replace(/[\s,;:–—-]+$/, "")} …`;
  }
  let excerpt = first;
  for (const sentence of others) {
    if (excerpt.length + 1 + sentence.length > EXCERPT_LENGTH_MAX) break;
    excerpt = `${excerpt} ${sentence}`;
  }
  return excerpt;
}

export function railItem(context: SiteContext, card: Card, ages: Age[]): Html {
  const [before, after] = aroundAge(
    context,
    "rail",
    card,
    (age) => html`<li>${cardPicture(context, card)}<div><h3><a href="${storyHref(card.slug)}">${card.headline}</a></h3>
<p class="byline">Happened ${age}</p></div></li>
`,
  );
  return html`${before}${aged(context, card.happened, ages)}${after}`;
}

/** What stands before and after a card's age. Only the age follows the clock; the rest of a revision is the same for ever. */
function aroundAge(context: SiteContext, form: string, card: Card, make: (age: Html) => Html): [Html, Html] {
  return context.memo(`${form} ${card.slug} ${card.revision}`, () => splitAt(make), []);
}

export function releaseItem(context: SiteContext, card: Card, ages: Age[]): Html {
  return html`<li><p class="label">Supplied by ${card.supplied_by ?? "its sender"}</p>
<h3><a href="/press-releases/${card.slug}">${card.headline}</a></h3>
<p class="byline">${written(context, card, ages)}</p></li>
`;
}

/** One line of a list by date of writing. */
export function listItem(context: SiteContext, card: Card, ages: Age[]): Html {
  return html`<li>${cardPicture(context, card)}<div><p class="label">${cardLabel(card)}</p>
<h2><a href="${publishedHref(card)}">${card.headline}</a></h2>
<p>${card.standfirst}</p>
<p class="byline"><a href="/authors/${card.author_slug}">${card.byline}</a> · ${card.type === "archive" ? html`Published there ${timeOf(card.happened)}, taken over ${timeOf(card.first_at)}` : written(context, card, ages)}${card.corrections > 0 && html` · <a href="/corrections">corrected</a>`}</p></div></li>
`;
}

function cardLabel({ type, supplied_by, topic, topic_slug }: Card): Html {
  if (type === "release") return html`Press release, supplied by ${supplied_by}`;
  const topicLink = html`<a href="/topics/${topic_slug}">${topic}</a>`;
  return type === "archive" ? html`${topicLink} · From the archive of ${supplied_by}, not checked here` : topicLink;
}

function written(context: SiteContext, card: Card, ages: Age[]): Html {
  return html`Written ${aged(context, card.first_at, ages)}`;
}

/** "51 months ago · Aug 1, 2022". A page of the past says the date alone: it is the same bytes for ever. */
function aged({ now, at, memo }: SiteContext, date: string, ages: Age[]): Html {
  if (!at.is_newest) return timeOf(date);
  const known = memo("ages", () => new Map<string, { age: Age; since: string; words: Html }>(), []);
  let kept = known.get(date);
  if (known.size > AGES_MAX) known.clear();
  if (!kept || now < kept.since || now >= kept.age.until) {
    const age = ageOf(date, now);
    known.set(date, (kept = { age, since: now, words: html`${age.words && `${age.words} · `}${timeOf(date)}` }));
  }
  ages.push(kept.age);
  return kept.words;
}

const timeOf = (date: string): Html => html`<time datetime="${date.slice(0, 10)}">${formatDay(date)}</time>`;

/** The one that was supplied, else one drawn from the figure as it was published. */
function cardPicture(context: SiteContext, card: Card): Html {
  if (card.picture === null && !card.photo) return nothing;
  return context.memo(`thumb ${card.slug} ${card.revision}`, () => {
    const photo = cardPhoto(context, card);
    if (photo) return photoThumb(photo);
    const publication = readPublication(context.log, card.slug, card.revision);
    const figure = publication && drawnFigure(publication);
    const spec = figure && findFigureSpec(context.log, figure.id, Number(figure.log_size))?.spec;
    return spec ? thumbnail(readSeries(context.log, figure, spec)) : nothing;
  }, []);
}
