// The frame of every page: masthead, ways through, what was known when, how to report an error.
import { assetHref } from "./assets.ts";
import type { Json } from "../evidence/evidence.ts";
import { dataBlock, html, nothing, type Html } from "./html.ts";
import { newsletterBox } from "./newsletter-box.ts";
import type { SiteContext } from "./route.ts";

export type PageFrame = {
  /** For the title element and previews, without the newsroom's name. */
  title: string;
  description: string;
  path: string;
  context: Pick<SiteContext, "at" | "base_url">;
  body: Html;
  /** Said before all else, on every screen and on paper. */
  band?: Html;
  /** Other forms of the same page: .json, .csv. */
  alternates?: readonly { href: string; type: string; title: string }[];
  /** For links elsewhere: title, words and a picture with its alternative text (OpenGraph). */
  preview?: PagePreview;
  /** What the page is, for machines (schema.org as JSON-LD). Data, never a script that runs. */
  data?: Json;
  /** An address that must not be found by search: an error, an older revision. */
  unlisted?: boolean;
  /** Where the same content stands for good, when it is not `path`. */
  canonical?: string;
};

export type PagePreview = {
  type: "article" | "website";
  title: string;
  description: string;
  picture?: { href: string; words: string; media_type: string; width: number; height: number };
};

const WAYS = [
  ["/topics/sanctions", "Sanctions"],
  ["/topics/bridges", "Bridges"],
  ["/topics/exchanges", "Exchanges"],
  ["/topics/bitcoin", "Bitcoin"],
  ["/topics/payments", "Payments"],
  ["/topics/security", "Security"],
  ["/topics/weapons", "Weapons"],
  ["/topics/trade", "Trade"],
] as const;

/** The rooms of the case file: behind one word of the header that opens without script. */
const CASE_WAYS = [
  ["/case", "All that is held"],
  ["/thefts", "Thefts"],
  ["/actors", "Groups"],
  ["/events", "Weapons events"],
  ["/trade", "Recorded trade"],
  ["/traces", "Following funds"],
  ["/screen", "Is it on a list?"],
  ["/lists", "Sanctions lists"],
  ["/reports", "Monitors’ reports"],
  ["/figures", "Figures"],
  ["/datasets", "Sources as tables"],
  ["/log", "The log"],
] as const;

const FOOTER_WAYS = [
  ["/about", "About"],
  ["/how-we-count", "How we count"],
  ["/corrections", "Corrections"],
  ["/latest", "Latest"],
  ["/archive", "Archive"],
  ["/from-archives", "From archives"],
  ["/newsletter", "Newsletter"],
  ["/thefts", "Thefts"],
  ["/traces", "Traces"],
  ["/screen", "Is it on a list?"],
  ["/lists", "Lists"],
  ["/datasets", "Sources"],
  ["/reports", "Monitors’ reports"],
  ["/press-releases", "Press releases"],
  ["/feeds", "Feeds"],
  ["/docs", "Docs"],
  ["/log", "The log"],
] as const;

export const FEEDS = [
  { href: "/feed.xml", type: "application/rss+xml", title: "Tracewire, RSS" },
  { href: "/atom.xml", type: "application/atom+xml", title: "Tracewire, Atom" },
  { href: "/feed.json", type: "application/feed+json", title: "Tracewire, JSON Feed" },
];

const TITLE_LENGTH_MAX = 56;

export const TAGLINE = "Crypto news whose numbers you can open";

const blocks = new WeakMap<object, Html>();

/** Data that is kept is written out once. */
function blockOf(data: Json): Html {
  if (typeof data !== "object" || data === null) return dataBlock(data);
  const known = blocks.get(data) ?? dataBlock(data);
  blocks.set(data, known);
  return known;
}

export function frame(page: PageFrame): string {
  const isFront = page.path === "/";
  const title = isFront ? `Tracewire: ${TAGLINE.toLowerCase()}` : `${shortTitle(page.title)} · Tracewire`;
  const name = html`<a href="/">Tracewire</a>`;
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="${page.description}">
<meta name="theme-color" content="#fbfaf6" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#14161a" media="(prefers-color-scheme: dark)">
${
  page.unlisted
    ? html`<meta name="robots" content="noindex">
`
    : html`<link rel="canonical" href="${page.canonical ?? page.path}">
`
}${page.alternates?.map(
    ({ href, type, title }) => html`<link rel="alternate" type="${type}" href="${href}" title="${title}">
`,
  )}${LOOKS}${previewTags(page)}${
    page.data !== undefined &&
    html`${blockOf(page.data)}
`
  }</head>
<body${isFront && html` class="front"`}>
<a class="skip" href="#main">Skip to the page</a>
${page.band}<header class="masthead">
${isFront ? html`<h1 class="name">${name}</h1>` : html`<p class="name">${name}</p>`}
${ways(page.path)}</header>
<main id="main" tabindex="-1">
${knownBanner(page)}${page.body}
</main>
<footer class="footer">
${!page.band && !/^\/(newsletter|mail|$)/.test(page.path) && newsletterBox()}${FOOTER}</footer>
</body>
</html>`.markup;
}

// What no page changes is written once.
const LOOKS = html`<link rel="preload" as="font" type="font/woff2" href="${assetHref("serif-text.woff2")}" crossorigin>
<link rel="preload" as="font" type="font/woff2" href="${assetHref("serif-display.woff2")}" crossorigin>
<link rel="stylesheet" href="${assetHref("style.css")}">
<link rel="icon" type="image/svg+xml" href="${assetHref("icon.svg")}">
`;
const FOOTER = html`<ul class="plain">${FOOTER_WAYS.map(([href, words]) => html`<li><a href="${href}">${words}</a></li>`)}</ul>
<p><strong>Something wrong?</strong> <a href="/about#report-an-error">How to report an error</a>. Send the address of the page or figure; it says
what was known when you read it.</p>
<p>Nothing on this page calls another server, and nothing on it counts you.</p>
`;
const waysKnown = new Map<string, Html>();

/** The way through, with the section marked that the page is of: one form for each section. */
function ways(path: string): Html {
  const section = [...WAYS, ...CASE_WAYS].find(([href]) => path === href || path.startsWith(`${href}/`))?.[0] ?? "";
  const key = path === section ? path : `${section}/`;
  const known = waysKnown.get(key);
  if (known) return known;
  const made = html`<p class="tagline">${TAGLINE}</p>
<form class="find" role="search" aria-label="Search from any page" action="/search" method="get"><label><span class="offscreen">Search</span><input type="search" name="q" placeholder="Search" autocomplete="off"></label><button type="submit">Search</button></form>
<nav class="ways" aria-label="Sections"><ul>${wayItems(WAYS, path)}<li class="rooms"><details><summary${CASE_WAYS.some(([href]) => href === section) && html` class="here"`}>The case</summary>
<ul>${wayItems(CASE_WAYS, path)}</ul></details></li></ul></nav>
`;
  waysKnown.set(key, made);
  return made;
}

const wayItems = (items: readonly (readonly [string, string])[], path: string): Html[] =>
  items.map(([href, words]) => html`<li><a href="${href}"${currency(href, path)}>${words}</a></li>`);

function previewTags({ preview, path, canonical, context: { base_url } }: PageFrame): Html {
  if (!preview) return nothing;
  const { picture } = preview;
  const tags: [string, string | undefined][] = [
    ["og:site_name", "Tracewire"],
    ["og:locale", "en_US"],
    ["og:type", preview.type],
    ["og:title", preview.title],
    ["og:description", preview.description],
    ["og:url", `${base_url}${canonical ?? path}`],
    ["og:image", picture && `${base_url}${picture.href}`],
    ["og:image:type", picture?.media_type],
    ["og:image:width", picture && String(picture.width)],
    ["og:image:height", picture && String(picture.height)],
    ["og:image:alt", picture?.words],
  ];
  return html`${tags.map(
    ([property, content]) =>
      content !== undefined &&
      html`<meta property="${property}" content="${content}">
`,
  )}<meta name="twitter:card" content="${picture ? "summary_large_image" : "summary"}">
${
  picture &&
  html`<meta name="twitter:image:alt" content="${picture.words || preview.title}">
`
}<link rel="alternate" type="application/json+oembed" href="/oembed?url=${encodeURIComponent(`${base_url}${canonical ?? path}`)}" title="${preview.title}">
`;
}

/** A tab shows some fifty characters: a long headline is cut at its last mark, else at a word. */
function shortTitle(title: string): string {
  if (title.length <= TITLE_LENGTH_MAX) return title;
  const start = title.slice(0, TITLE_LENGTH_MAX);
  const clause = /^(.{24,})[;:,.]\s/.exec(start)?.[1];
  return clause ?? `${start.slice(0, Math.max(start.lastIndexOf(" "), 1))} …`;
}

function currency(href: string, path: string): Html {
  if (path === href) return html` aria-current="page"`;
  return path.startsWith(`${href}/`) ? html` aria-current="true"` : nothing;
}

/** Says nothing of what came later: such a page is the same bytes for ever. */
function knownBanner({ context: { at }, path }: PageFrame): Html {
  if (at.is_newest) return nothing;
  const claimed = at.as_of ? ` and as claimed by ${at.as_of}` : "";
  return html`<p class="known"><strong>As known at log size ${at.log_size.toLocaleString("en-US")}${claimed}.</strong>
More may be known today. <a href="${path}">Show the newest</a></p>
`;
}
