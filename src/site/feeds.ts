// Feeds, written by hand from one list of items: RSS 2.0, Atom (RFC 4287), JSON Feed 1.1. Ids never change; a
// correction moves `updated` and says what was wrong. Headlines stand whole.
import { listCards, listCorrections, listTopics, listAuthors, type Card } from "../press/press.ts";
import type { SiteContext } from "./route.ts";
import { slugOf } from "../press/press.ts";
import { cardPhoto, jpegOf, photoHref } from "./photos.ts";
import { DRAWN } from "./picture-files.ts";
import { revisionHref } from "./words.ts";

const ITEMS_MAX = 40;

export type FeedItem = {
  id: string;
  href: string;
  title: string;
  summary: string;
  published: string;
  updated: string;
  author: string;
  topic: string;
  picture?: FeedPicture;
};
/** A drawn picture is made when it is asked for: its weight is not known before. */
export type FeedPicture = {
  href: string;
  media_type: string;
  width: number;
  height: number;
  byte_count?: number;
  credit?: string;
  licence?: string;
  alt?: string;
};
export type Feed = { title: string; about: string; home: string; self: string; items: FeedItem[]; updated: string; hub?: string };

export type FeedScope = { of: "all" } | { of: "topic" | "author"; slug: string } | { of: "corrections" };

export function readFeed(context: SiteContext, scope: FeedScope, file: string): Feed | undefined {
  const { base_url, hub } = context;
  const at = { base_url, hub };
  if (scope.of === "corrections") {
    const items = listCorrections(context.log, { before: context.at.log_size, limit: ITEMS_MAX }).map((item): FeedItem => {
      const href = `${base_url}${revisionHref(item.slug, item.to_revision)}/changes`;
      const word = item.kind === "withdrawal" ? "Withdrawn" : "Corrected";
      return {
        id: href,
        href,
        title: `${word}: ${item.headline}`,
        summary: item.what,
        published: item.at,
        updated: item.at,
        author: "Tracewire",
        topic: "Corrections",
      };
    });
    return made(at, "Tracewire: corrections", "Every correction and withdrawal.", "/corrections", file, items);
  }
  if (scope.of === "all") {
    const items = listCards(context.log, { own: true, before: context.at.log_size, limit: ITEMS_MAX }).map((card) => itemOf(context, card));
    return made(at, "Tracewire", "Crypto news whose numbers you can open.", "/", file, items);
  }
  const shelf = (scope.of === "topic" ? listTopics(context.log) : listAuthors(context.log)).find((item) => item.slug === scope.slug);
  if (!shelf) return undefined;
  const items = listCards(context.log, { [scope.of]: scope.slug, own: true, before: context.at.log_size, limit: ITEMS_MAX }).map((card) =>
    itemOf(context, card),
  );
  return made(
    at,
    `Tracewire: ${shelf.name}`,
    `Stories by ${shelf.name}.`.replace("by", scope.of === "topic" ? "on" : "by"),
    `/${scope.of}s/${scope.slug}`,
    file,
    items,
  );
}

function made(
  { base_url, hub }: { base_url: string; hub?: string },
  title: string,
  about: string,
  home: string,
  self: string,
  items: FeedItem[],
): Feed {
  const updated = items.reduce((newest, item) => (item.updated > newest ? item.updated : newest), "1970-01-01T00:00:00.000Z");
  return { title, about, home: base_url + home, self: base_url + self, items, updated, hub };
}

function itemOf(context: SiteContext, card: Card): FeedItem {
  const { base_url, log } = context;
  const href = `${base_url}${card.type === "release" ? "/press-releases" : "/stories"}/${card.slug}`;
  const corrected = card.corrections > 0 ? listCorrections(log, { slug: card.slug, limit: 1 })[0] : undefined;
  const supplied = card.supplied_by ? `Press release, supplied by ${card.supplied_by}. ` : "";
  return {
    id: href,
    href,
    title: card.headline,
    summary: `${supplied}${card.standfirst}${corrected ? ` Corrected on ${corrected.at.slice(0, 10)}: ${corrected.what}` : ""}`,
    published: card.first_at,
    updated: card.newest_at,
    author: card.supplied_by ?? card.byline,
    topic: card.topic,
    picture: feedPicture(context, card, href),
  };
}

/** The picture of a story at `href` as others are told of it: the supplied one, else the drawn one. */
export function feedPicture(context: SiteContext, card: Card, href: string): FeedPicture | undefined {
  const photo = cardPhoto(context, card);
  if (!photo) return card.picture ? { href: `${href}/picture.png`, ...DRAWN } : undefined;
  const { credit, licence, alt } = photo;
  return { ...jpegOf(photo), href: `${context.base_url}${photoHref(jpegOf(photo))}`, credit, licence, alt };
}

/** Media RSS 1.5: what an enclosure cannot say, whose picture it is and by what right. */
function mediaContent({ href, media_type, width, height, byte_count, credit, licence, alt }: FeedPicture): string {
  const size = byte_count === undefined ? "" : ` fileSize="${byte_count}"`;
  const about = [
    alt ? `<media:description type="plain">${xml(alt)}</media:description>` : "",
    credit ? `<media:credit>${xml(credit)}</media:credit>` : "",
    licence ? `<media:license>${xml(licence)}</media:license>` : "",
  ].join("");
  return `<media:content url="${xml(href)}" type="${media_type}" medium="image" width="${width}" height="${height}"${size}>${about}</media:content>\n`;
}

function enclosure({ href, media_type, byte_count }: FeedPicture): string {
  return `<link rel="enclosure" type="${media_type}" href="${xml(href)}"${byte_count === undefined ? "" : ` length="${byte_count}"`}/>\n`;
}

export function rss(feed: Feed): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
<channel>
<title>${xml(feed.title)}</title>
<link>${xml(feed.home)}</link>
<description>${xml(feed.about)}</description>
<language>en</language>
<lastBuildDate>${new Date(feed.updated).toUTCString()}</lastBuildDate>
<atom:link href="${xml(feed.self)}" rel="self" type="application/rss+xml"/>
${feed.hub ? `<atom:link href="${xml(feed.hub)}" rel="hub"/>\n` : ""}${feed.items
    .map(
      (item) => `<item>
<title>${xml(item.title)}</title>
<link>${xml(item.href)}</link>
<guid isPermaLink="true">${xml(item.id)}</guid>
<pubDate>${new Date(item.published).toUTCString()}</pubDate>
<atom:updated>${item.updated}</atom:updated>
<dc:creator>${xml(item.author)}</dc:creator>
<category>${xml(item.topic)}</category>
<description>${xml(asHtml(item.summary))}</description>
${item.picture ? mediaContent(item.picture) : ""}</item>
`,
    )
    .join("")}</channel>
</rss>
`;
}

export function atom(feed: Feed): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<id>${xml(feed.self)}</id>
<title>${xml(feed.title)}</title>
<subtitle>${xml(feed.about)}</subtitle>
<updated>${feed.updated}</updated>
<link rel="self" type="application/atom+xml" href="${xml(feed.self)}"/>
<link rel="alternate" type="text/html" href="${xml(feed.home)}"/>
${feed.hub ? `<link rel="hub" href="${xml(feed.hub)}"/>\n` : ""}${feed.items
    .map(
      (item) => `<entry>
<id>${xml(item.id)}</id>
<title>${xml(item.title)}</title>
<link rel="alternate" type="text/html" href="${xml(item.href)}"/>
<published>${item.published}</published>
<updated>${item.updated}</updated>
<author><name>${xml(item.author)}</name></author>
<category term="${xml(slugOf(item.topic))}" label="${xml(item.topic)}"/>
<summary type="html">${xml(asHtml(item.summary))}</summary>
${item.picture ? enclosure(item.picture) : ""}</entry>
`,
    )
    .join("")}</feed>
`;
}

export function jsonFeed(feed: Feed): string {
  return `${JSON.stringify(
    {
      version: "https://jsonfeed.org/version/1.1",
      title: feed.title,
      description: feed.about,
      home_page_url: feed.home,
      feed_url: feed.self,
      language: "en",
      ...(feed.hub ? { hubs: [{ type: "WebSub", url: feed.hub }] } : {}),
      items: feed.items.map((item) => ({
        id: item.id,
        url: item.href,
        title: item.title,
        summary: item.summary,
        content_text: item.summary,
        date_published: item.published,
        date_modified: item.updated,
        authors: [{ name: item.author }],
        tags: [item.topic],
        ...(item.picture ? { image: item.picture.href } : {}),
      })),
    },
    null,
    1,
  )}\n`;
}

/**
 * Readers take RSS's description for HTML, and some sniff for tags even where Atom says text: "<vague>" would be lost. So
 * both say it as HTML, whose signs are escaped once more by the XML around it.
 */
const asHtml = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** For XML 1.0: what it cannot hold at all is left out. */
export function xml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign]!).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "");
}
