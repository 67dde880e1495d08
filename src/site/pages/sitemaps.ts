// Sitemaps (sitemaps.org 0.9): one file while everything fits, else an index over parts whose names and members stay. And
// the news sitemap with Google's rules. Compressed on the way like every page, so there is no second set of .gz files.
import { listAuthors, listCards, listRanked, listShelfParts, listTopics, type RankedCard } from "../../press/press.ts";
import { xml } from "../feeds.ts";
import type { Page } from "../page-store.ts";
import type { Route, SiteContext } from "../route.ts";

/**
 * Stories of one part. The protocol's limit is 50,000 addresses and 50 MB; a part is made while a crawler waits and other
 * readers too, so a fifth of it: some 2 MB, because a slug has at most 100 characters.
 */
export const PART_STORIES = 10_000;
const PARTS_MAX = 50_000;
/** The news sitemap holds what was first published in the last two days, a thousand at most. */
const NEWS_AGE_MS = 2 * 24 * 60 * 60 * 1000;
const NEWS_MAX = 1_000;
const NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9";
const NEWS_NAMESPACE = "http://www.google.com/schemas/sitemap-news/0.9";

const FIXED = [
  "/",
  "/latest",
  "/press-releases",
  "/topics",
  "/corrections",
  "/archive",
  "/case",
  "/thefts",
  "/figures",
  "/lists",
  "/screen",
  "/traces",
  "/datasets",
  "/how-we-count",
  "/about",
  "/log",
  "/feeds",
];

export const sitemapRoutes: Route[] = [
  {
    path: "/sitemap.xml",
    about: "Stories and lasting pages, for search engines; an index over parts once there are more than one holds.",
    render(context) {
      const size = context.sitemap_part ?? PART_STORIES;
      const parts = listShelfParts(context.log, size);
      return parts.length > 1 || (parts[0]?.number ?? 1) > 1
        ? index(context, parts)
        : urlset([...fixedPages(context), ...listRanked(context.log, size, 1).map((card) => storyLine(context, card))]);
    },
  },
  {
    path: "/sitemaps/:part",
    about: "A part of the sitemap: pages.xml, stories-1.xml, stories-2.xml … ; a story stays in its part.",
    render(context, { params }) {
      if (params.part === "pages.xml") return urlset(fixedPages(context));
      const number = Number(/^stories-([1-9]\d{0,4})\.xml$/.exec(params.part!)?.[1] ?? 0);
      const cards = number > 0 ? listRanked(context.log, context.sitemap_part ?? PART_STORIES, number) : [];
      return cards.length > 0 ? urlset(cards.map((card) => storyLine(context, card))) : undefined;
    },
  },
  {
    path: "/news-sitemap.xml",
    about: "Stories written in the last two days, for news search.",
    render(context) {
      const from = new Date(Date.parse(context.now) - NEWS_AGE_MS).toISOString();
      const cards = listCards(context.log, { type: "story", limit: NEWS_MAX }).filter((card) => card.first_at > from);
      const urls = cards.map(
        (card) => `<url><loc>${xml(`${context.base_url}/stories/${card.slug}`)}</loc>
<news:news><news:publication><news:name>Tracewire</news:name><news:language>en</news:language></news:publication>
<news:publication_date>${card.first_at}</news:publication_date><news:title>${xml(card.headline)}</news:title></news:news></url>`,
      );
      // The cards come latest first.
      const oldest = cards.at(-1)?.first_at;
      return {
        ...xmlPage("urlset", urls, ` xmlns:news="${NEWS_NAMESPACE}"`),
        ...(oldest ? { expires: new Date(Date.parse(oldest) + NEWS_AGE_MS).toISOString() } : {}),
      };
    },
  },
];

function index({ base_url }: SiteContext, parts: { number: number; newest_at: string }[]): Page {
  const line = (file: string, lastmod?: string) =>
    `<sitemap><loc>${xml(`${base_url}/sitemaps/${file}`)}</loc>${lastmod ? `<lastmod>${lastmod}</lastmod>` : ""}</sitemap>`;
  const stories = parts.slice(0, PARTS_MAX - 1).map(({ number, newest_at }) => line(`stories-${number}.xml`, newest_at));
  return xmlPage("sitemapindex", [line("pages.xml"), ...stories]);
}

function fixedPages({ base_url, log }: SiteContext): string[] {
  const shelves = [
    ...listTopics(log).map(({ slug, newest_at }) => [`/topics/${slug}`, newest_at] as const),
    ...listAuthors(log).map(({ slug, newest_at }) => [`/authors/${slug}`, newest_at] as const),
  ].slice(0, PART_STORIES);
  return [...FIXED.map((path) => urlLine(base_url + path)), ...shelves.map(([path, at]) => urlLine(base_url + path, at))];
}

const storyLine = ({ base_url }: SiteContext, { type, slug, newest_at }: RankedCard): string =>
  urlLine(`${base_url}${type === "release" ? "/press-releases" : "/stories"}/${slug}`, newest_at);

const urlLine = (loc: string, lastmod?: string): string =>
  `<url><loc>${xml(loc)}</loc>${lastmod ? `<lastmod>${lastmod}</lastmod>` : ""}</url>`;

const urlset = (lines: string[]): Page => xmlPage("urlset", lines);

function xmlPage(root: "urlset" | "sitemapindex", lines: string[], more = ""): Page {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${NAMESPACE}"${more}>\n${lines.map((line) => `${line}\n`).join("")}</${root}>\n`;
  return { content_type: "application/xml; charset=utf-8", body, depends: ["stories"] };
}
