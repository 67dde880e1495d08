// RSS 0.9 to 2.0 and Atom: what a site shows of itself, usually the newest posts, sometimes whole texts.
import { openMarkup, readHtml, type Markup } from "../read-markup.ts";
import { leadingPicture, openRunningText, type RunningText } from "../running-text.ts";
import { cleanLine, oneByOne, openLosses, refuse, type Losses, type PassedPost, type TakenPost } from "../taken-post.ts";
import { readXml, type XmlElement } from "../xml-stream.ts";
import type { ArchiveFile, ReadOptions, StoryReader } from "../readers.ts";

const FIELD_LENGTH_MAX = 4 * 2 ** 20;
const ITEMS_MAX = 100_000;
const REPEATED_MAX = 200;
const XHTML = "http://www.w3.org/1999/xhtml";
const ROOTS = new Set(["rss", "RDF", "feed"]);

type Entry = {
  line: number;
  fields: Map<string, string>;
  categories: string[];
  authors: string[];
  links: { rel: string; href: string }[];
  enclosures: number;
  lost: Losses;
  /** Text of an entry whose content is XHTML, read as it comes. */
  xhtml?: { text: RunningText; markup: Markup };
};

export const feed: StoryReader = {
  format: "feed",
  title: "RSS or Atom",
  files: "feeds saved as files",
  *read(files, options) {
    for (const file of files) for (const entry of readEntries(file, options)) yield oneByOne(`${file.name}:${entry.line}`, entry.fields.get("title") ?? "", () => readPost(entry, file));
  },
};

function* readEntries(file: ArchiveFile, { about, lost, mend }: ReadOptions): Generator<Entry> {
  const done: Entry[] = [];
  const path: string[] = [];
  let entry: Entry | undefined;
  let entryDepth = 0;
  let value = "";
  let count = 0;
  let xhtmlDepth = 0;
  let attributes: XmlElement["attribute"] = () => undefined;
  const handler = {
    open(element: XmlElement, line: number) {
      const { local, uri, attribute } = element;
      path.push(local);
      if (path.length === 1 && !ROOTS.has(local)) refuse(`${file.name}:${line}`, `A feed begins with <rss>, <rdf:RDF> or <feed>, not <${local.slice(0, 40)}>`);
      if (entry?.xhtml && xhtmlDepth > 0) {
        entry.xhtml.markup.start(local.toLowerCase(), attribute);
        return;
      }
      value = "";
      attributes = attribute;
      if (!entry && (local === "item" || local === "entry") && path.length <= 3) {
        if (++count > ITEMS_MAX) refuse(`${file.name}:${line}`, `More than ${ITEMS_MAX} entries`);
        entry = { line, fields: new Map(), categories: [], authors: [], links: [], enclosures: 0, lost: openLosses() };
        entryDepth = path.length;
      } else if (entry && uri === XHTML && local === "div" && path.at(-2) === "content") {
        const text = openRunningText(`${file.name}:${entry.line}`);
        entry.xhtml = { text, markup: openMarkup(text, entry.lost) };
        xhtmlDepth = path.length;
      }
    },
    text(words: string) {
      if (entry?.xhtml && xhtmlDepth > 0) return entry.xhtml.markup.text(words);
      value += words;
      if (value.length > FIELD_LENGTH_MAX) refuse(`${file.name}, entry ${count}`, `${path.at(-1)}: more than ${FIELD_LENGTH_MAX} characters`);
    },
    close(local: string, uri: string) {
      const depth = path.length;
      const parent = path.at(-2);
      path.pop();
      if (xhtmlDepth > 0) {
        if (depth === xhtmlDepth) xhtmlDepth = 0;
        else entry!.xhtml!.markup.end(local.toLowerCase());
        return;
      }
      const words = value;
      value = "";
      if (!entry) {
        if (local === "title" && (parent === "channel" || parent === "feed")) about.name ??= cleanLine(words) || undefined;
        if (local === "link" && parent === "channel" && /^https?:/.test(words.trim())) about.address ??= words.trim();
        return;
      }
      if (depth === entryDepth) {
        done.push(entry);
        entry = undefined;
      } else if (depth === entryDepth + 1) takeField(entry, local, uri, words, attributes);
      else if (local === "name" && parent === "author" && entry.authors.length < REPEATED_MAX) entry.authors.push(words);
    },
  };
  for (const _ of readXml(file.path, file.name, handler, lost, mend)) yield* done.splice(0);
}

function takeField(entry: Entry, local: string, uri: string, words: string, attribute: XmlElement["attribute"]): void {
  const { fields, categories, authors, links } = entry;
  if (local === "category") {
    const name = words.trim() || attribute("label") || attribute("term");
    if (name && categories.length < REPEATED_MAX) categories.push(name);
  } else if (local === "creator" || (local === "author" && words.trim() !== "")) {
    if (authors.length < REPEATED_MAX) authors.push(words);
  } else if (local === "link") {
    const href = attribute("href") ?? words.trim();
    if (href && links.length < REPEATED_MAX) links.push({ rel: attribute("rel") ?? "alternate", href });
  } else if (local === "enclosure" || (local === "content" && /search\.yahoo\.com\/mrss/.test(uri)) || local === "thumbnail") entry.enclosures += 1;
  else if (local === "encoded") fields.set("content", words);
  else if (local === "content" && attribute("src")) entry.lost.add("text that stands elsewhere");
  else {
    // Atom says of each text whether it is HTML; in RSS a description always may be.
    const isPlain = attribute("type") === "text" || (uri.includes("2005/Atom") && attribute("type") === undefined);
    fields.set(local, isPlain ? words.replaceAll("&", "&amp;").replaceAll("<", "&lt;") : words);
  }
}

function readPost({ line, fields, categories, authors, links, enclosures, lost, xhtml }: Entry, file: ArchiveFile): TakenPost | PassedPost {
  const place = `${file.name}:${line}`;
  const summary = fields.get("description") ?? fields.get("summary");
  const text = xhtml?.text ?? openRunningText(place);
  const content = fields.get("content");
  if (!xhtml) {
    readHtml(content ?? summary ?? "", text, lost);
    if (content === undefined && summary !== undefined) lost.add("whole text: the feed has a summary only");
  }
  const { parts, pictures } = text.finish();
  if (enclosures > 0) lost.add("enclosed file", enclosures);
  const link = links.find(({ rel }) => rel === "alternate")?.href ?? links[0]?.href ?? "";
  const slug = /([^/?#]+)\/?(?:[?#].*)?$/.exec(URL.parse(link)?.pathname ?? "")?.[1]?.replace(/\.\w{2,5}$/, "");
  return {
    place,
    key: fields.get("guid") ?? fields.get("id") ?? (link || fields.get("title") || place),
    title: fields.get("title") ?? "",
    has_markup: true,
    slug,
    published: fields.get("pubDate") ?? fields.get("published") ?? fields.get("date") ?? fields.get("issued") ?? fields.get("updated"),
    updated: fields.get("updated") ?? fields.get("modified"),
    address: /^https?:/.test(link) ? link : undefined,
    paths: [],
    // "someone@example.org (A Name)" is RSS's way; the mail address is not taken.
    authors: authors.map((name) => /\(([^)]+)\)/.exec(name)?.[1] ?? name).filter((name) => !name.includes("@")),
    tags: categories,
    standfirst: content !== undefined || xhtml ? summary : undefined,
    parts,
    picture: leadingPicture(undefined, pictures, lost),
    lost,
  };
}
