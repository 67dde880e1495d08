// A post becomes a story of our schema: its words in sections and paragraphs, its dates and addresses beside them.
// Whatever the schema has no place for is counted, never dropped in silence.
import { TOPICS, oldPath, slugOf, type ArchiveNote, type Inline, type Story } from "../press/press.ts";
import { readMoment } from "./moments.ts";
import { openRunningText } from "./running-text.ts";
import { plainText } from "./read-markup.ts";
import { cleanLine, clip, openLosses, refuse, type Part, type Run, type TakenPost } from "./taken-post.ts";

const TEXT_NODE_MAX = 4_000;
const EMPHASIS_MAX = 400;
const INLINE_MAX = 200;
const BLOCKS_MAX = 200;
const SECTIONS_MAX = 40;
const HEADLINE_MAX = 300;
const STANDFIRST_MAX = 600;
const BEGINNING_MAX = 280;
const TOPIC_MAX = 40;
const BYLINE_MAX = 80;
const TAGS_MAX = 30;
const LINKS_MAX = 200;
const PATHS_MAX = 8;
/** A category that says that there is none. */
const NO_TOPIC = new Set(["uncategorized", "uncategorised", "unkategorisiert", "general"]);

export type ToStory = {
  from: string;
  /** Of posts that are filed under nothing. */
  topic: string;
  /** Where the old site stood: addresses in texts are read from there. */
  address?: string;
  /** Nothing may come from the future. */
  now: string;
};
/** Its slug is a wish, and its hash is still to be computed: both depend on what the newsroom holds. */
export type Draft = { story: Story & { archive: ArchiveNote }; place: string; picture: TakenPost["picture"]; lost: TakenPost["lost"] };

/** Throws BAD_INPUT with place and field for a post that cannot be a story. */
export function toStory(post: TakenPost, { from, topic, address, now }: ToStory): Draft {
  const { place, lost } = post;
  const words = (source: string) => cleanLine(post.has_markup ? plainText(source, openRunningText(place), openLosses()) : source);
  const key = clip(cleanLine(post.key), 500);
  if (key === "") refuse(place, "key: nothing in the file names it");
  const title = words(post.title);
  if (title === "") refuse(place, "title: it is empty");
  if (title.length > HEADLINE_MAX) lost.add(`end of a headline over ${HEADLINE_MAX} signs`);
  const published = readMoment(post.published, lost);
  if (published === undefined) refuse(place, `published: ${post.published === undefined ? "it is missing" : `“${clip(cleanLine(String(post.published)), 60)}” is no date`}`);
  if (published > now) refuse(place, `published: ${published} lies ahead`);
  const updated = readMoment(post.updated, openLosses());
  const sections = sectionsOf(post.parts, lost);
  const beginning = post.parts.find(({ type }) => type === "paragraph");
  const excerpt = words(post.standfirst ?? "");
  if (excerpt === "" && beginning === undefined) refuse(place, "content: there are no words in it");
  if (excerpt === "") lost.add("no excerpt: the standfirst is the beginning of the text");
  const standfirst = excerpt === "" ? clip(cleanLine(textOf(beginning!.runs)), BEGINNING_MAX) : clip(excerpt, STANDFIRST_MAX);

  const tags = [...new Set(post.tags.map(words).filter(Boolean))];
  const filed = tags.find((tag) => !NO_TOPIC.has(tag.toLowerCase()));
  if (filed && filed.length > TOPIC_MAX) lost.add(`end of a topic over ${TOPIC_MAX} signs`);
  if (tags.length > TAGS_MAX) lost.add("tag", tags.length - TAGS_MAX);
  const base = post.address ?? address;
  const own = webAddress(post.address ?? "", address);
  const stood = [...new Set([...post.paths, ...(own ? [own] : [])])];
  const paths = [...new Set(stood.map(oldPath).filter((path) => path !== undefined))];
  if (stood.length > 0 && paths.length === 0) lost.add("old address: its path is that of a front page");
  const archive: ArchiveNote = {
    from,
    key,
    published,
    ...(updated && updated !== published && updated <= now ? { updated } : {}),
    ...(own ? { address: own } : {}),
    paths: paths.slice(0, PATHS_MAX),
    tags: tags.slice(0, TAGS_MAX).map((tag) => clip(tag, 80)),
    links: linksOf(post.parts, base, lost),
    taken: "0".repeat(64),
  };
  const story: Draft["story"] = {
    type: "archive",
    slug: slugFor(post.slug, title),
    topic: knownTopic(clip(filed ?? topic, TOPIC_MAX)),
    byline: bylineOf(post.authors.map(words).filter(Boolean), from, lost),
    happened: published.slice(0, 10),
    archive,
    headline: [{ type: "text", text: clip(title, HEADLINE_MAX) }],
    standfirst: [{ type: "text", text: standfirst }],
    sections: sections.length > 0 ? sections : [{ title: null, blocks: [{ type: "paragraph", content: [{ type: "text", text: standfirst }] }] }],
    replies: [],
  };
  return { story, place, picture: post.picture, lost };
}

/** Names of topics are spelt as this publication spells them. */
const topicNames = new Map(Object.keys(TOPICS).map((name) => [slugOf(name), name]));
const knownTopic = (name: string): string => topicNames.get(slugOf(name)) ?? name;

function slugFor(slug: string | undefined, title: string): string {
  const made = slugOf(slug ?? title).replace(/-$/, "");
  return made.length < 3 ? `post-${made}` : made;
}

function bylineOf(authors: string[], from: string, lost: TakenPost["lost"]): string {
  const names = [...new Set(authors)];
  if (names.length === 0) lost.add("no author named: the archive stands as author");
  const joined = names.length < 2 ? (names[0] ?? from) : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
  if (joined.length <= BYLINE_MAX) return joined;
  lost.add("authors beyond the first");
  return clip(`${names[0]!.slice(0, BYLINE_MAX - 11)} and others`, BYLINE_MAX);
}

const textOf = (runs: readonly Run[]): string => runs.map(({ text }) => text).join("");

function sectionsOf(parts: readonly Part[], lost: TakenPost["lost"]): Story["sections"] {
  const sections: Story["sections"] = [];
  for (const { type, runs } of parts)
    for (const content of inlineOf(runs, lost)) {
      const last = sections.at(-1);
      if (type === "heading" && sections.length < SECTIONS_MAX) sections.push({ title: content, blocks: [] });
      else {
        if (type === "heading") lost.add(`heading beyond ${SECTIONS_MAX}, shown as a paragraph`);
        if (last && last.blocks.length < BLOCKS_MAX) last.blocks.push({ type: "paragraph", content });
        else if (sections.length < SECTIONS_MAX) sections.push({ title: null, blocks: [{ type: "paragraph", content }] });
        else lost.add("paragraph beyond what a story holds");
      }
    }
  return sections;
}

/** One part as one inline run, or as several where it has more nodes than a run may have. */
function inlineOf(runs: readonly Run[], lost: TakenPost["lost"]): Inline[] {
  const nodes: Inline = [];
  for (const { text, emphasis } of runs) {
    const clean = text.toWellFormed();
    const last = nodes.at(-1);
    if (emphasis && clean.length <= EMPHASIS_MAX) {
      nodes.push({ type: "emphasis", text: clean });
      continue;
    }
    if (emphasis) lost.add(`emphasis over ${EMPHASIS_MAX} signs`);
    if (last?.type === "text" && last.text.length + clean.length <= TEXT_NODE_MAX) last.text += clean;
    else
      for (let at = 0; at < clean.length; at += TEXT_NODE_MAX - 1)
        nodes.push({ type: "text", text: clean.slice(at, at + TEXT_NODE_MAX - 1).toWellFormed() });
  }
  return Array.from({ length: Math.ceil(nodes.length / INLINE_MAX) }, (_, at) => nodes.slice(at * INLINE_MAX, (at + 1) * INLINE_MAX));
}

function linksOf(parts: readonly Part[], base: string | undefined, lost: TakenPost["lost"]): ArchiveNote["links"] {
  const links = new Map<string, ArchiveNote["links"][number]>();
  for (const { runs } of parts)
    for (const { href, text } of runs) {
      if (href === undefined || href.startsWith("#")) continue;
      const address = webAddress(href, base);
      const words = clip(cleanLine(text), 200);
      if (address === undefined || words === "") lost.add("link that is no web address");
      else if (links.size >= LINKS_MAX) lost.add(`link beyond ${LINKS_MAX}`);
      else links.set(`${address} ${words}`, { text: words, href: address });
    }
  return [...links.values()];
}

function webAddress(href: string, base: string | undefined): string | undefined {
  if (href === "") return undefined;
  const url = URL.parse(href, base);
  return url && /^https?:$/.test(url.protocol) && url.href.length <= 500 && /^[\x21-\x7e]+$/.test(url.href) ? url.href : undefined;
}
