// Ghost: the export of its admin (db[0].data, or data), its API (posts with their authors in them), and the JSON that its
// migration tools write (posts and users as url and data). Members, mail addresses, passwords and settings are not looked at.
import { readHtml } from "../read-markup.ts";
import { readLexical } from "../read-lexical.ts";
import { readMobiledoc } from "../read-mobiledoc.ts";
import { leadingPicture, openRunningText } from "../running-text.ts";
import { oneByOne, openLosses, refuse, type PassedPost, type TakenPost } from "../taken-post.ts";
import { isObject, listOf, readJsonFile, textOf, type JsonObject } from "./json-file.ts";
import { markdownToHtml } from "./markdown-html.ts";
import type { ReadOptions, StoryReader } from "../readers.ts";

const POSTS_MAX = 100_000;
const FIELD_LENGTH_MAX = 4 * 2 ** 20;
const LOST_FIELDS = { codeinjection_head: "code in the head", codeinjection_foot: "code in the foot", custom_template: "template of its own" };

export const ghost: StoryReader = {
  format: "ghost",
  title: "Ghost, JSON export",
  files: "one JSON file of Ghost's admin, its API or its migration tools",
  *read(files, options) {
    for (const file of files) {
      const data = dataOf(readJsonFile(file), file.name);
      const settings = listOf(data.settings);
      options.about.name ??= textOf(settings.find(({ key }) => key === "title"), "value");
      const people = byId(data.users);
      const tags = byId(data.tags);
      const relations = {
        authors: grouped(data.posts_authors, "author_id", people),
        tags: grouped(data.posts_tags, "tag_id", tags),
        meta: new Map(listOf(data.posts_meta).map((meta) => [String(meta.post_id), meta])),
        people,
      };
      const posts = listOf(data.posts);
      if (posts.length > POSTS_MAX) refuse(file.name, `More than ${POSTS_MAX} posts`);
      for (const [at, raw] of posts.entries()) {
        // Migration tools put the post's own fields under "data", its address beside them.
        const post: JsonObject = isObject(raw.data) ? { url: raw.url, ...raw.data } : raw;
        const place = `${file.name}, post ${at + 1}${textOf(post, "slug") ? ` (${textOf(post, "slug")!.slice(0, 80)})` : ""}`;
        yield oneByOne(place, textOf(post, "title") ?? "", () => readPost(post, place, relations, options));
      }
    }
  },
};

function dataOf(value: unknown, name: string): JsonObject {
  const root = isObject(value) ? value : {};
  const inDb = Array.isArray(root.db) ? (root.db[0] as JsonObject | undefined)?.data : undefined;
  for (const data of [inDb, root.data, root.result, root]) if (isObject(data) && Array.isArray(data.posts)) return data;
  return refuse(name, "posts: there is no list of posts", "An export of Ghost has them under db[0].data.posts.");
}

const fields = (item: JsonObject): JsonObject => (isObject(item.data) ? { ...item, ...item.data } : item);
const byId = (list: unknown): Map<string, JsonObject> => new Map(listOf(list).map((item) => [String(item.id), fields(item)]));

type Relations = {
  authors: Map<string, JsonObject[]>;
  tags: Map<string, JsonObject[]>;
  meta: Map<string, JsonObject>;
  people: Map<string, JsonObject>;
};

function grouped(list: unknown, id: string, of: Map<string, JsonObject>): Map<string, JsonObject[]> {
  const sorted = listOf(list).toSorted((a, b) => Number(a.sort_order ?? 0) - Number(b.sort_order ?? 0));
  const groups = Map.groupBy(sorted, (relation) => String(relation.post_id));
  return new Map([...groups].map(([post, own]) => [post, own.map((relation) => of.get(String(relation[id]))).filter((item) => item !== undefined)]));
}

function readPost(post: JsonObject, place: string, relations: Relations, { address }: ReadOptions): TakenPost | PassedPost {
  const lost = openLosses();
  const id = String(post.id ?? "");
  const title = textOf(post, "title") ?? "";
  const status = textOf(post, "status") ?? "published";
  const pass = (passed: string): PassedPost => ({ place, title, passed });
  if (status !== "published") return pass(status === "sent" ? "it was only sent by mail" : status === "scheduled" ? "it waits for its time" : "it is a draft");
  if (textOf(post, "type") === "page" || post.page === true || post.page === 1) return pass("it is a page, not a story");
  const visibility = textOf(post, "visibility") ?? "public";
  if (visibility !== "public") return pass(`it was for ${visibility === "paid" ? "paying members" : visibility} only`);

  const text = openRunningText(place);
  const content = (["lexical", "mobiledoc", "html", "plaintext"] as const).find((field) => textOf(post, field));
  const source = content ? textOf(post, content)! : "";
  if (source.length > FIELD_LENGTH_MAX) refuse(place, `${content}: more than ${FIELD_LENGTH_MAX} characters`);
  if (content === "lexical") readLexical(source, text, lost, place, markdownToHtml);
  else if (content === "mobiledoc") readMobiledoc(source, text, lost, place, markdownToHtml);
  else if (content === "html") readHtml(source, text, lost);
  else for (const paragraph of source.split(/\n\s*\n/)) (text.text(paragraph), text.block());
  const { parts, pictures } = text.finish();

  const meta = { ...post, ...relations.meta.get(id) };
  for (const [field, what] of Object.entries(LOST_FIELDS)) if (textOf(post, field)) lost.add(what);
  const [authors, tags] = [relations.authors.get(id) ?? peopleOf(post, relations.people), relations.tags.get(id) ?? listOf(post.tags).map(fields)];
  const internal = tags.filter((tag) => textOf(tag, "visibility") === "internal" || textOf(tag, "name")?.startsWith("#"));
  if (internal.length > 0) lost.add("tag for the editors only", internal.length);
  const source_picture = textOf(post, "feature_image") ?? textOf(post, "image");
  const slug = textOf(post, "slug");
  const url = textOf(post, "url");
  const base = url ?? (slug && address ? URL.parse(`${slug}/`, address.endsWith("/") ? address : `${address}/`)?.href : undefined);
  return {
    place,
    key: textOf(post, "uuid") ?? (id || (slug ?? title)),
    title,
    slug,
    published: momentField(post.published_at ?? post.created_at),
    updated: momentField(post.updated_at),
    address: base && /^https?:/.test(base) ? base : undefined,
    paths: slug && !url ? [`/${slug}/`] : [],
    authors: authors.map((author) => textOf(author, "name") ?? ""),
    tags: tags.filter((tag) => !internal.includes(tag)).map((tag) => textOf(tag, "name") ?? ""),
    standfirst: textOf(post, "custom_excerpt"),
    parts,
    picture: leadingPicture(
      source_picture ? { source: source_picture, alt: textOf(meta, "feature_image_alt"), caption: textOf(meta, "feature_image_caption") } : undefined,
      pictures,
      lost,
    ),
    lost,
  };
}

const momentField = (value: unknown): string | number | undefined => (typeof value === "string" || typeof value === "number" ? value : undefined);

function peopleOf(post: JsonObject, people: Relations["people"]): JsonObject[] {
  const own = Array.isArray(post.authors) ? listOf(post.authors) : listOf([post.author]);
  if (own.length > 0) return own.map(fields);
  const one = people.get(String(post.author_id));
  return one ? [one] : [];
}
