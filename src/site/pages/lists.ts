// Lists of what was published: latest, by topic, by author, by month, press releases. Pages are cut by the log's own
// order, so that a link to one shows the same stories for ever at its end.
import { TOPICS, findShelf, listCards, listMonths, listTopics, slugOf, type Card, type CardFilter } from "../../press/press.ts";
import { earliest, type Age } from "../ages.ts";
import { listItem } from "../cards.ts";
import { html, nothing, type Html } from "../html.ts";
import { frame } from "../layout.ts";
import type { Page } from "../page-store.ts";
import { knownOf, type Request, type Route, type SiteContext } from "../route.ts";
import { formatDay, plural } from "../words.ts";

const PAGE_LENGTH = 20;

export const listRoutes: Route[] = [
  {
    path: "/latest",
    about: "Everything published, latest first, twenty to a page.",
    query: ["before"],
    render: (context, request) =>
      listPage(context, request, {
        title: "Latest news",
        about: html`Stories and press releases, latest first. Each says when it was written.`,
        filter: { own: true },
      }),
  },
  {
    path: "/from-archives",
    about: "Stories taken over from other publications' archives, marked as not checked here; by topic or author where asked.",
    query: ["before", "topic", "author"],
    render(context, request) {
      const [topic, author] = [request.query.get("topic") ?? undefined, request.query.get("author") ?? undefined];
      const shelf = topic ? findShelf(context.log, "topic", topic) : author ? findShelf(context.log, "author", author) : undefined;
      if ((topic ?? author) && !shelf) return undefined;
      return listPage(context, request, {
        title: shelf ? `From archives: ${shelf.name}` : "From archives",
        about: html`Stories that other publications printed, taken over as they stood. Their numbers are theirs: nothing here was checked or computed.`,
        filter: { type: "archive", topic, author },
        keep: topic ? { topic } : author ? { author } : {},
      });
    },
  },
  {
    path: "/press-releases",
    about: "Press releases, marked with who supplied them.",
    query: ["before"],
    render: (context, request) =>
      listPage(context, request, {
        title: "Press releases",
        about: html`Supplied by others and printed as supplied. They are not our reporting, and stand in no list of stories.`,
        filter: { type: "release" },
      }),
  },
  {
    path: "/topics",
    about: "All topics.",
    render(context) {
      const topics = listTopics(context.log);
      const body = html`<div class="column"><h1>Topics</h1>
<dl class="facts">${topics.map((topic) => html`<div><dt><a href="/topics/${topic.slug}">${topic.name}</a></dt><dd>${TOPICS[topic.name] ?? "Stories on this topic."} ${plural(topic.stories, "story", "stories")}.</dd></div>`)}</dl></div>`;
      return page(context, "/topics", "Topics", "The topics of the publication.", body, []);
    },
  },
  {
    path: "/topics/:slug",
    about: "Stories of one topic, with its own feeds.",
    query: ["before"],
    render(context, request) {
      const slug = request.params.slug!;
      const topic = findShelf(context.log, "topic", slug) ?? knownTopic(slug);
      return (
        topic &&
        listPage(context, request, {
          title: topic.name,
          about: html`${TOPICS[topic.name] ?? "Stories on this topic."}`,
          filter: { topic: slug, own: true },
          feeds: `/topics/${slug}`,
          archives: { topic: slug },
        })
      );
    },
  },
  {
    path: "/authors/:slug",
    about: "Stories by one author or desk, with its own feeds.",
    query: ["before"],
    render(context, request) {
      const author = findShelf(context.log, "author", request.params.slug!);
      return (
        author &&
        listPage(context, request, {
          title: author.name,
          about: html`${plural(author.stories, "story", "stories")}.`,
          filter: { author: author.slug, own: true },
          feeds: `/authors/${author.slug}`,
          archives: { author: author.slug },
        })
      );
    },
  },
  {
    path: "/archive",
    about: "Every month in which something was published.",
    render(context) {
      const months = listMonths(context.log);
      const body = html`<div class="column"><h1>Archive</h1>
${months.length === 0 ? html`<p>Nothing has been published yet.</p>` : html`<dl class="facts">${months.map(({ month, stories }) => html`<div><dt><a href="/archive/${month.replace("-", "/")}">${formatDay(month)}</a></dt><dd>${plural(stories, "publication", "publications")}</dd></div>`)}</dl>`}${
        listCards(context.log, { type: "archive", known: knownOf(context.at), limit: 1 }).length > 0 &&
        html`<p><a href="/from-archives">Older stories, from other publications' archives</a></p>`
      }</div>`;
      return page(context, "/archive", "Archive", "Every month in which something was published.", body, []);
    },
  },
  {
    path: "/archive/:year/:month",
    about: "What was first published in one month.",
    query: ["before"],
    render(context, request) {
      const { year, month } = request.params as { year: string; month: string };
      if (!/^\d{4}$/.test(year) || !/^(0[1-9]|1[0-2])$/.test(month)) return undefined;
      return listPage(context, request, {
        title: formatDay(`${year}-${month}`),
        about: html`What was first published in this month.`,
        filter: { month: `${year}-${month}`, own: true },
      });
    },
  },
];

type ListOptions = {
  title: string;
  about: Html;
  filter: Partial<CardFilter>;
  feeds?: string;
  /** What of archives belongs to this list: named below it, where there is any. */
  archives?: Record<string, string>;
  /** Parameters that the next page needs again. */
  keep?: Record<string, string>;
};

function listPage(context: SiteContext, { path, query }: Request, { title, about, filter, feeds, archives, keep }: ListOptions): Page {
  const ages: Age[] = [];
  const asked = Number(query.get("before") ?? Number.NaN);
  const before = Number.isSafeInteger(asked) && asked >= 0 ? asked : undefined;
  const found = listCards(context.log, { ...filter, before, known: knownOf(context.at), limit: PAGE_LENGTH + 1 });
  const cards: Card[] = found.slice(0, PAGE_LENGTH);
  const more = found.length > PAGE_LENGTH ? cards.at(-1)!.first_seq : undefined;
  const address = (asked: Record<string, string>) => (Object.keys(asked).length > 0 ? `${path}?${new URLSearchParams(asked).toString()}` : path);
  const taken = archives && listCards(context.log, { ...archives, type: "archive", known: knownOf(context.at), limit: 1 }).length > 0;
  const body = html`<header class="column wide"><h1>${title}</h1>
<p class="standfirst">${about}</p>
${feeds && html`<p class="note">Follow: <a href="${feeds}/feed.xml">RSS</a> · <a href="${feeds}/atom.xml">Atom</a> · <a href="${feeds}/feed.json">JSON Feed</a></p>`}</header>
${
  cards.length === 0
    ? html`<p>Nothing is here${query.has("before") ? " before this" : " yet"}. <a href="/latest">The latest news</a></p>`
    : html`<ol class="plain list">
${cards.map((card) => listItem(context, card, ages))}</ol>`
}
${
  (more !== undefined || query.has("before")) &&
  html`<nav class="pages" aria-label="Pages">${query.has("before") && html`<a href="${address({ ...keep })}">Newest</a>`}${more !== undefined ? html`<a rel="next" href="${address({ ...keep, before: String(more) })}">Older</a>` : html`<span>That is all.</span>`}</nav>`
}${taken && html`<p class="note"><a href="/from-archives?${new URLSearchParams(archives).toString()}">Older stories, from other publications' archives</a></p>`}`;
  return page(context, path, title, `${title}: stories whose numbers open.`, body, ages, feeds);
}

function page(context: SiteContext, path: string, title: string, description: string, body: Html, ages: Age[], feeds?: string): Page {
  const alternates = feeds
    ? [
        { href: `${feeds}/feed.xml`, type: "application/rss+xml", title: `${title}, RSS` },
        { href: `${feeds}/atom.xml`, type: "application/atom+xml", title: `${title}, Atom` },
        { href: `${feeds}/feed.json`, type: "application/feed+json", title: `${title}, JSON Feed` },
      ]
    : undefined;
  return {
    content_type: "text/html; charset=utf-8",
    body: frame({ title, description, path, context, body: html`${body}${nothing}`, alternates }),
    depends: ["stories"],
    expires: earliest(ages),
  };
}

function knownTopic(slug: string): { name: string; slug: string } | undefined {
  const name = Object.keys(TOPICS).find((item) => slugOf(item) === slug);
  return name ? { name, slug } : undefined;
}
