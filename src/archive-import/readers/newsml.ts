// NewsML-G2 of the IPTC: news items of text, alone or in a message, with NITF, XHTML or plain text inside. What is not for
// use (withheld, cancelled, under embargo) stays out.
import { openMarkup, type Markup } from "../read-markup.ts";
import { leadingPicture, openRunningText, type RunningText } from "../running-text.ts";
import { cleanLine, oneByOne, openLosses, refuse, type Losses, type PassedPost, type TakenPost } from "../taken-post.ts";
import { readXml, type XmlElement } from "../xml-stream.ts";
import type { ArchiveFile, ReadOptions, StoryReader } from "../readers.ts";

const FIELD_LENGTH_MAX = 4 * 2 ** 20;
const ITEMS_MAX = 100_000;
const REPEATED_MAX = 200;
const ROOTS = new Set(["newsItem", "newsMessage"]);
/** Parts of a NITF body that are the story, and those that repeat what stands in the item's own fields. */
const REPEATS = new Set(["body.head", "hedline", "byline", "dateline", "docdata", "head"]);

type Item = {
  line: number;
  guid: string;
  version: string;
  fields: Map<string, string>;
  creators: string[];
  subjects: string[];
  lost: Losses;
  text?: RunningText;
  remote: number;
};

export const newsml: StoryReader = {
  format: "newsml-g2",
  title: "NewsML-G2",
  files: "XML files of news items or news messages",
  *read(files, options) {
    for (const file of files) for (const item of readItems(file, options)) yield oneByOne(`${file.name}:${item.line}`, item.fields.get("headline") ?? item.guid, () => readPost(item, file, options));
  },
};

function* readItems(file: ArchiveFile, { about, lost, mend }: ReadOptions): Generator<Item> {
  const done: Item[] = [];
  const path: XmlElement[] = [];
  let item: Item | undefined;
  let itemDepth = 0;
  let markup: { depth: number; to: Markup } | undefined;
  let skipped = 0;
  let value = "";
  let count = 0;
  const handler = {
    open(element: XmlElement, line: number) {
      const { local, attribute } = element;
      path.push(element);
      if (path.length === 1 && !ROOTS.has(local)) refuse(`${file.name}:${line}`, `NewsML-G2 is read from <newsItem> or <newsMessage>, not <${local.slice(0, 40)}>`);
      if (local === "newsItem" && !item) {
        if (++count > ITEMS_MAX) refuse(`${file.name}:${line}`, `More than ${ITEMS_MAX} items`);
        item = { line, guid: attribute("guid") ?? "", version: attribute("version") ?? "1", fields: new Map(), creators: [], subjects: [], lost: openLosses(), remote: 0 };
        itemDepth = path.length;
        return;
      }
      if (!item) return;
      if (skipped > 0 || (markup && REPEATS.has(local))) return void (skipped += 1);
      if (markup) return markup.to.start(local.toLowerCase(), attribute);
      value = "";
      const parent = path.at(-2)?.local;
      if (local === "inlineXML") {
        item.text = openRunningText(`${file.name}:${item.line}`);
        markup = { depth: path.length, to: openMarkup(item.text, item.lost) };
      } else if (local === "remoteContent") item.remote += 1;
      for (const name of ["itemClass", "pubStatus"]) if (local === name && parent === "itemMeta") item.fields.set(name, attribute("qcode") ?? attribute("uri") ?? "");
    },
    text(words: string) {
      if (skipped > 0) return;
      if (markup) return markup.to.text(words);
      value += words;
      if (value.length > FIELD_LENGTH_MAX) refuse(`${file.name}, item ${count}`, `${path.at(-1)?.local}: more than ${FIELD_LENGTH_MAX} characters`);
    },
    close(local: string) {
      const depth = path.length;
      const parent = path.at(-2)?.local;
      const above = path.at(-3)?.local;
      path.pop();
      if (skipped > 0) return void (skipped -= 1);
      if (markup) {
        if (depth === markup.depth) markup = undefined;
        else markup.to.end(local.toLowerCase());
        return;
      }
      const words = value;
      value = "";
      if (!item) return;
      if (depth === itemDepth) {
        done.push(item);
        item = undefined;
        return;
      }
      takeField(item, local, parent, above, words, about, `${file.name}:${item.line}`);
    },
  };
  for (const _ of readXml(file.path, file.name, handler, lost, mend)) yield* done.splice(0);
}

function takeField(item: Item, local: string, parent: string | undefined, above: string | undefined, words: string, about: ReadOptions["about"], place: string): void {
  const text = words.trim();
  if (local === "name" && text !== "") {
    if (parent === "creator" && above === "contentMeta" && item.creators.length < REPEATED_MAX) item.creators.push(text);
    if (parent === "subject" && item.subjects.length < REPEATED_MAX) item.subjects.push(text);
    if (parent === "provider") about.name ??= cleanLine(text);
  }
  if (local === "inlineData") {
    item.text = openRunningText(place);
    for (const paragraph of words.split(/\n\s*\n/)) (item.text.text(paragraph), item.text.block());
  }
  if (parent === "itemMeta" || parent === "contentMeta") {
    if (["versionCreated", "firstCreated", "embargoed", "contentCreated", "contentModified", "slugline", "description", "by", "title"].includes(local) && text)
      item.fields.set(local, text);
    if (local === "headline" && text && !item.fields.has("headline")) item.fields.set("headline", text);
  }
}

function readPost({ line, guid, version, fields, creators, subjects, lost, text, remote }: Item, file: ArchiveFile, { now }: ReadOptions): TakenPost | PassedPost {
  const place = `${file.name}:${line}`;
  const title = cleanLine(fields.get("headline") ?? fields.get("title") ?? fields.get("slugline") ?? "");
  const pass = (passed: string): PassedPost => ({ place, title: title || guid, passed });
  const status = fields.get("pubStatus") ?? "";
  if (/withheld|canceled/.test(status)) return pass(`its status is “${status.slice(0, 40)}”`);
  const embargo = Date.parse(fields.get("embargoed") ?? "");
  if (embargo > Date.parse(now)) return pass("it is under embargo");
  const kind = fields.get("itemClass") ?? "";
  if (kind !== "" && !/text$/.test(kind)) return pass(`it is “${kind.slice(0, 40)}”, not text`);
  const { parts, pictures } = text?.finish() ?? { parts: [], pictures: [] };
  if (parts.length === 0) return pass("no text stands in it");
  if (remote > 0) lost.add("file that stands elsewhere", remote);
  if (/^(https?|urn|tag):/.test(guid) === false && guid === "") refuse(place, "guid: it is missing");
  return {
    place,
    key: guid,
    title,
    slug: fields.get("slugline"),
    published: fields.get("contentCreated") ?? fields.get("firstCreated") ?? fields.get("versionCreated"),
    updated: version === "1" ? undefined : (fields.get("contentModified") ?? fields.get("versionCreated")),
    paths: [],
    authors: creators.length > 0 ? creators : fields.has("by") ? [fields.get("by")!.replace(/^By\s+/i, "")] : [],
    tags: subjects,
    standfirst: fields.get("description"),
    parts,
    picture: leadingPicture(undefined, pictures, lost),
    lost,
  };
}
