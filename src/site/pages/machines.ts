// What machines read: feeds, robots.txt, security.txt, oEmbed, and pictures and figures to embed.
import { TracewireError } from "../../errors.ts";
import { describeFigure, findFigureSpec, type Figure } from "../../figures/figures.ts";
import { drawnFigure, findCard, readPublication } from "../../press/press.ts";
import { readSeries } from "../charts.ts";
import { atom, feedPicture, jsonFeed, readFeed, rss, type Feed, type FeedScope } from "../feeds.ts";
import { html } from "../html.ts";
import { frame } from "../layout.ts";
import { listTopics } from "../../press/press.ts";
import type { Page } from "../page-store.ts";
import { pictureSvg, pictureWords, toPng } from "../picture-files.ts";
import type { Route, SiteContext } from "../route.ts";
import { figureHref, formatDay } from "../words.ts";
import { jsonAnswer } from "../answers.ts";

const FORMS: Record<string, { type: string; write: (feed: Feed) => string }> = {
  "feed.xml": { type: "application/rss+xml; charset=utf-8", write: rss },
  "atom.xml": { type: "application/atom+xml; charset=utf-8", write: atom },
  "feed.json": { type: "application/feed+json; charset=utf-8", write: jsonFeed },
};
/** RFC 9116: a security.txt says until when it holds. */
const SECURITY_MONTHS = 6;

function feedRoute(path: string, about: string, scopeOf: (params: Record<string, string>) => FeedScope): Route {
  return {
    path: `${path}/:file`,
    about,
    render(context, { params, path: asked }) {
      const form = Object.hasOwn(FORMS, params.file!) ? FORMS[params.file!] : undefined;
      const feed = form && readFeed(context, scopeOf(params), asked);
      return feed && { content_type: form.type, body: form.write(feed), depends: ["stories"], headers: linksOf(feed) };
    },
  };
}

/** WebSub wants hub and self in the answer's own headers. */
const linksOf = (feed: Feed): Record<string, string> => (feed.hub ? { link: `<${feed.hub}>; rel="hub", <${feed.self}>; rel="self"` } : {});

export const machineRoutes: Route[] = [
  ...Object.entries(FORMS).map(([file, form]): Route => ({
    path: `/${file}`,
    about: "Everything published, as a feed.",
    render(context) {
      const feed = readFeed(context, { of: "all" }, `/${file}`)!;
      return { content_type: form.type, body: form.write(feed), depends: ["stories"], headers: linksOf(feed) };
    },
  })),
  feedRoute("/topics/:slug", "One topic as a feed: feed.xml, atom.xml, feed.json.", ({ slug }) => ({ of: "topic", slug: slug! })),
  feedRoute("/authors/:slug", "One author as a feed: feed.xml, atom.xml, feed.json.", ({ slug }) => ({ of: "author", slug: slug! })),
  feedRoute("/corrections", "Corrections as a feed: feed.xml, atom.xml, feed.json.", () => ({ of: "corrections" })),
  {
    path: "/feeds",
    about: "Every feed there is.",
    render(context) {
      const shelves = [
        ["Everything", ""],
        ...listTopics(context.log).map(({ name, slug }) => [name, `/topics/${slug}`]),
        ["Corrections", "/corrections"],
      ] as [string, string][];
      const body = html`<div class="column"><h1>Feeds</h1>
<p class="standfirst">Follow without an account. Headlines are whole, a correction updates its item, and an item’s id never changes.</p>
<dl class="facts">${shelves.map(([name, base]) => html`<div><dt>${name}</dt><dd><a href="${base}/feed.xml">RSS</a> · <a href="${base}/atom.xml">Atom</a> · <a href="${base}/feed.json">JSON Feed</a></dd></div>`)}</dl></div>`;
      return {
        content_type: "text/html; charset=utf-8",
        body: frame({ title: "Feeds", description: "RSS, Atom and JSON feeds.", path: "/feeds", context, body }),
        depends: ["stories"],
      };
    },
  },
  {
    path: "/robots.txt",
    about: "What crawlers may read: everything but searches.",
    render: ({ base_url }) => ({
      content_type: "text/plain; charset=utf-8",
      body: `User-agent: *\nDisallow: /search\nAllow: /\n\nSitemap: ${base_url}/sitemap.xml\nSitemap: ${base_url}/news-sitemap.xml\n`,
      depends: [],
    }),
  },
  {
    path: "/.well-known/security.txt",
    about: "Where to report a fault in security (RFC 9116); it exists when a contact is set.",
    render({ base_url, contact, now }) {
      if (!contact) return undefined;
      const at = new Date(now);
      // From the first of a month, so that the bytes change with the month and not with each reader.
      const expires = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + SECURITY_MONTHS, 1)).toISOString();
      const next = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1)).toISOString();
      const address = /^[^\s@]+@[^\s@]+$/.test(contact) ? `mailto:${contact}` : contact;
      return {
        content_type: "text/plain; charset=utf-8",
        body: `Contact: ${address}\nExpires: ${expires}\nPreferred-Languages: en\nCanonical: ${base_url}/.well-known/security.txt\n`,
        depends: [],
        expires: next,
      };
    },
  },
  {
    path: "/oembed",
    about: "oEmbed: how to show a story or a figure of ours on another page.",
    query: ["url", "format", "maxwidth", "maxheight"],
    render(context, { query }) {
      const format = query.get("format") ?? "json";
      if (format !== "json")
        throw new TracewireError("BAD_ARGUMENT", { what: `format: "${format}" is not answered`, hint: "Ask for json." });
      const path = pathOf(context, query.get("url") ?? "");
      const figure = /^\/figures\/([a-z0-9-]+)(?:\?known=(\d+))?$/.exec(path ?? "");
      if (figure) return figureEmbed(context, figure[1]!, figure[2]);
      const slug = /^\/(?:stories|press-releases)\/([a-z0-9-]+)$/.exec(path ?? "")?.[1];
      const card = slug ? findCard(context.log, slug) : undefined;
      if (!card || card.withdrawn !== null) return undefined;
      const href = `${context.base_url}${path}`;
      const picture = feedPicture(context, card, href);
      const thumbnail = picture && { thumbnail_url: picture.href, thumbnail_width: picture.width, thumbnail_height: picture.height };
      return jsonAnswer(
        {
          version: "1.0",
          type: "link",
          title: card.headline,
          author_name: card.byline,
          provider_name: "Tracewire",
          provider_url: `${context.base_url}/`,
          url: href,
          ...thumbnail,
        },
        ["stories"],
      );
    },
  },
  ...["/stories/:slug/:picture", "/press-releases/:slug/:picture"].map((path): Route => ({
    path,
    about: "The picture of a story, drawn from its own figure: picture.svg, picture.png.",
    async render(context, { params }) {
      const form = /^picture\.(svg|png)$/.exec(params.picture!)?.[1];
      const card = form ? findCard(context.log, params.slug!) : undefined;
      if (!card?.picture || card.newest_seq >= context.at.log_size) return undefined;
      const publication = readPublication(context.log, card.slug, card.revision);
      const figure = publication && (drawnFigure(publication) ?? publication.figures.find(({ id }) => id === card.picture));
      if (!figure) return undefined;
      return pictureOf(context, figure, card.headline, `${card.topic} · ${formatDay(card.happened)}`, form!, [`story:${card.slug}`]);
    },
  })),
  {
    path: "/embed/:figure",
    about: "A figure to embed elsewhere: a page, or with .svg a picture; ?known= fixes its state for ever.",
    async render(context, { params, path }) {
      const [, id, form] = /^([a-z0-9-]+?)(?:\.(svg|png))?$/.exec(params.figure!) ?? [];
      const found = id ? context.figure(id) : undefined;
      if (!found) return undefined;
      const { figure, named } = found;
      const words = describeFigure(figure, named.spec);
      const foot = `${words.who}. As known at log size ${figure.log_size}. ${context.base_url}${figureHref(figure.id, figure.log_size)}`;
      if (form)
        return pictureOf(
          context,
          figure,
          `${named.spec.title}: ${figure.measure === "series" ? "by its points" : words.exact}`,
          foot,
          form,
          ["figures", "casefile", "datasets"],
        );
      const body = `<!DOCTYPE html>
${
  html`<html lang="en"><head><meta charset="utf-8"><title>${named.spec.title}</title><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<link rel="canonical" href="${context.base_url}${figureHref(figure.id, figure.log_size)}"></head>
<body><main><h1>${named.spec.title}</h1>
<p><img src="${context.base_url}/embed/${figure.id}.svg?known=${figure.log_size}" alt="${pictureWords(context.log, figure)}" width="600" height="315"></p>
<p>${words.exact}. ${words.who}. As known at log size ${figure.log_size}.</p>
<p><a href="${context.base_url}${figureHref(figure.id, figure.log_size)}">Open this figure at Tracewire</a></p></main></body></html>`.markup
}`;
      void path;
      return {
        content_type: "text/html; charset=utf-8",
        body,
        depends: ["figures", "casefile", "datasets"],
        // The one kind of page that others may put into theirs; it holds no form and runs nothing.
        headers: {
          "content-security-policy": "default-src 'none'; img-src 'self'; frame-ancestors *",
          "cross-origin-resource-policy": "cross-origin",
        },
      };
    },
  },
];

async function pictureOf(
  context: SiteContext,
  figure: Figure,
  headline: string,
  foot: string,
  form: string,
  depends: string[],
): Promise<Page> {
  const spec = findFigureSpec(context.log, figure.id, Number(figure.log_size))!.spec;
  const series = figure.measure === "series" ? readSeries(context.log, figure, spec) : undefined;
  const svg = pictureSvg(series, headline, foot);
  const headers = { "cross-origin-resource-policy": "cross-origin" };
  return form === "svg"
    ? { content_type: "image/svg+xml; charset=utf-8", body: svg, depends, headers }
    : { content_type: "image/png", body: await toPng(svg), depends, headers };
}

function figureEmbed(context: SiteContext, id: string, known: string | undefined): Page | undefined {
  const named = findFigureSpec(context.log, id, known === undefined ? undefined : Number(known));
  if (!named) return undefined;
  const size = known ?? String(context.log_size);
  const src = `${context.base_url}/embed/${id}?known=${size}`;
  const markup = html`<iframe src="${src}" title="${named.spec.title}" width="640" height="420" loading="lazy"></iframe>`.markup;
  return jsonAnswer(
    {
      version: "1.0",
      type: "rich",
      title: named.spec.title,
      provider_name: "Tracewire",
      provider_url: `${context.base_url}/`,
      html: markup,
      width: 640,
      height: 420,
    },
    ["figures"],
  );
}

/** The path and query of one of our own addresses. */
function pathOf({ base_url }: SiteContext, url: string): string | undefined {
  return url.startsWith(`${base_url}/`) ? url.slice(base_url.length) : undefined;
}
