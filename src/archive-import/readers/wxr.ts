// WordPress eXtended RSS, 1.0 to 1.2: what WordPress and its hosts export. Mail addresses, comments and custom fields are
// not taken; a post behind a password stays out. https://wordpress.org/export/ names its parts.
import { readHtml } from "../read-markup.ts";
import { leadingPicture, openRunningText } from "../running-text.ts";
import { cleanLine, oneByOne, openLosses, refuse, type PassedPost, type TakenPicture, type TakenPost } from "../taken-post.ts";
import { readXml, type XmlElement } from "../xml-stream.ts";
import type { ArchiveFile, ReadOptions, StoryReader } from "../readers.ts";

const FIELD_LENGTH_MAX = 4 * 2 ** 20;
const FIELDS_MAX = 20_000;
const ITEMS_MAX = 200_000;
const ATTACHMENTS_MAX = 200_000;
/** [gallery ids="1,2"], [caption]…[/caption]: names that WordPress itself and its hosts use (Shortcode API). */
const SHORTCODE = /\[\/?(?:caption|wp_caption|gallery|embed|audio|video|playlist|youtube|vimeo|twitter|tweet|gist|soundcloud|contact-form[\w-]*|vc_\w+|et_pb_\w+)\b[^\][<>]{0,500}\]/g;

type Item = { line: number; fields: Map<string, string>; categories: { domain: string; name: string }[]; meta: Map<string, string>; comments: number; metaCount: number };

export const wxr: StoryReader = {
  format: "wxr",
  title: "WordPress, WXR export",
  files: "XML files of WordPress's own export",
  *read(files, options) {
    // A post names its picture by number, and the picture may stand anywhere: with pictures wanted, all are looked up first.
    const attachments = new Map<string, TakenPicture>();
    if (options.pictures)
      for (const file of files)
        for (const item of readItems(file, { ...options, lost: openLosses(), about: {} }, new Map())) {
          if (item.fields.get("post_type") !== "attachment" || attachments.size >= ATTACHMENTS_MAX) continue;
          const source = item.fields.get("attachment_url") ?? item.fields.get("guid");
          const caption = item.fields.get("excerpt:encoded");
          if (source) attachments.set(item.fields.get("post_id") ?? "", { source, alt: item.meta.get("_wp_attachment_image_alt"), ...(caption ? { caption } : {}) });
        }
    for (const file of files) {
      const people = new Map<string, string>();
      for (const item of readItems(file, options, people)) yield oneByOne(`${file.name}:${item.line}`, item.fields.get("title") ?? "", () => readPost(item, file, people, attachments));
    }
  },
};

function* readItems(file: ArchiveFile, { about, lost, mend }: ReadOptions, people: Map<string, string>): Generator<Item> {
  const done: Item[] = [];
  const path: string[] = [];
  let isWordpress = false;
  let item: Item | undefined;
  let value = "";
  let attribute: XmlElement["attribute"] = () => undefined;
  let person: { login?: string; name?: string } = {};
  let meta: { key?: string; value?: string } = {};
  let count = 0;
  const handler = {
    open(element: XmlElement, line: number) {
      if (/wordpress\.org\/export\//.test(element.uri)) isWordpress = true;
      path.push(element.local);
      value = "";
      attribute = element.attribute;
      if (path.length === 1 && element.local !== "rss") refuse(`${file.name}:${line}`, `A WordPress export begins with <rss>, not <${element.local.slice(0, 40)}>`);
      if (path.length === 3 && element.local === "item") {
        if (++count > ITEMS_MAX) refuse(`${file.name}:${line}`, `More than ${ITEMS_MAX} items`);
        item = { line, fields: new Map(), categories: [], meta: new Map(), comments: 0, metaCount: 0 };
      }
      if (element.local === "postmeta") meta = {};
      if (element.local === "author") person = {};
    },
    text(words: string) {
      value += words;
      if (value.length > FIELD_LENGTH_MAX) refuse(`${file.name}, item ${count}`, `${path.at(-1)}: more than ${FIELD_LENGTH_MAX} characters`);
    },
    close(local: string, uri: string) {
      const depth = path.length;
      const parent = path.at(-2);
      path.pop();
      const words = value;
      value = "";
      if (!item) {
        if (depth === 3 && local === "title") about.name ??= cleanLine(words) || undefined;
        if (depth === 3 && local === "link" && /^https?:/.test(words.trim())) about.address ??= words.trim();
        if (local === "author_login") person.login = words.trim();
        if (local === "author_display_name") person.name = words.trim();
        if (local === "author" && person.login && people.size < FIELDS_MAX) people.set(person.login, person.name || person.login);
        return;
      }
      if (depth === 4) takeField(item, local, uri, words, attribute);
      else if (parent === "postmeta" && local === "meta_key") meta.key = words;
      else if (parent === "postmeta" && local === "meta_value") meta.value = words;
      if (local === "postmeta" && item.meta.size < FIELDS_MAX) {
        item.metaCount += 1;
        if (meta.key === "_wp_old_slug") item.meta.set(`_wp_old_slug ${item.meta.size}`, meta.value ?? "");
        else if (meta.key) item.meta.set(meta.key, meta.value ?? "");
      }
      if (depth === 3 && local === "item") {
        done.push(item);
        item = undefined;
      }
    },
  };
  for (const _ of readXml(file.path, file.name, handler, lost, mend)) yield* done.splice(0);
  if (!isWordpress) refuse(file.name, "This is no WordPress export: nothing in it is of wordpress.org/export", "A feed is read with the format feed.");
}

function takeField(item: Item, local: string, uri: string, words: string, attribute: XmlElement["attribute"]): void {
  if (local === "comment") item.comments += 1;
  else if (local === "category") item.categories.push({ domain: attribute("domain") ?? "category", name: words });
  else if (local === "encoded") item.fields.set(/excerpt/.test(uri) ? "excerpt:encoded" : "content:encoded", words);
  else if (item.fields.size < FIELDS_MAX && local !== "postmeta") item.fields.set(local, words.trim());
}

function readPost({ line, fields, categories, meta, comments, metaCount }: Item, file: ArchiveFile, people: ReadonlyMap<string, string>, attachments: ReadonlyMap<string, TakenPicture>): TakenPost | PassedPost {
  const place = `${file.name}:${line}`;
  const title = fields.get("title") ?? "";
  const pass = (passed: string): PassedPost => ({ place, title, passed });
  const [type, status] = [fields.get("post_type") ?? "post", fields.get("status") ?? "publish"];
  if (type !== "post") return pass(type === "attachment" ? "it is a file, not a story" : `it is of type “${type.slice(0, 40)}”, not a story`);
  if (status !== "publish") return pass(status === "private" ? "it was private" : status === "future" ? "it waits for its time" : "it is a draft");
  if (fields.get("post_password")) return pass("it was behind a password");

  const lost = openLosses();
  const text = openRunningText(place);
  const source = fields.get("content:encoded") ?? "";
  const clean = source.replace(SHORTCODE, () => {
    lost.add("WordPress shortcode");
    return " ";
  });
  readHtml(clean, text, lost, { blank_lines: true });
  const { parts, pictures } = text.finish();
  if (comments > 0) lost.add("reader's comment", comments);
  const custom = metaCount - [...meta.keys()].filter((key) => key.startsWith("_")).length;
  if (custom > 0) lost.add("custom field", custom);
  const thumbnail = attachments.get(meta.get("_thumbnail_id") ?? "");
  if (meta.has("_thumbnail_id") && !thumbnail) lost.add("picture: it was named by a number, and no such file stands in the export");
  const login = fields.get("creator") ?? "";
  const link = fields.get("link") ?? "";
  const oldSlugs = [...meta].filter(([key]) => key.startsWith("_wp_old_slug ")).map(([, slug]) => slug);
  const inText = pictures.map((picture) => ({ ...picture, alt: picture.alt ?? [...attachments.values()].find(({ source: known }) => known === picture.source)?.alt }));
  return {
    place,
    key: fields.get("guid") || fields.get("post_id") || link || title,
    title,
    has_markup: true,
    slug: fields.get("post_name") || undefined,
    published: momentOf(fields.get("post_date_gmt")) ?? (fields.get("pubDate") || undefined) ?? momentOf(fields.get("post_date")),
    updated: momentOf(fields.get("post_modified_gmt")),
    address: /^https?:/.test(link) ? link : undefined,
    paths: [...(link ? [link] : []), ...oldSlugs.map((slug) => link.replace(/[^/]+\/?$/, `${encodeURIComponent(slug)}/`))],
    authors: login ? [people.get(login) ?? login].filter((name) => !name.includes("@")) : [],
    tags: [...categories.filter(({ domain }) => domain === "category"), ...categories.filter(({ domain }) => domain === "post_tag" || domain === "tag")].map(({ name }) => name),
    standfirst: fields.get("excerpt:encoded")?.trim() || undefined,
    parts,
    picture: leadingPicture(thumbnail, inText, lost),
    lost,
  };
}

/** "0000-00-00 00:00:00" stands for no date; one in GMT says so here. */
const momentOf = (value: string | undefined): string | undefined =>
  value && !value.startsWith("0000") && /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(value) ? `${value.replace(" ", "T")}Z` : undefined;
