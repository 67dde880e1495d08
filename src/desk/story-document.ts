// A story as the editor at the desk holds it, made from the story's tree and made into it again: head as fields, the rest as a
// ProseMirror document. What an editor saves can be half a story; it can always be read again, and what is not written yet
// stands in the text as “…”, which the lint refuses to publish.
import assert from "node:assert/strict";
import Type from "typebox";
import { Compile } from "typebox/compile";
import { TracewireError } from "../errors.ts";
import { canonicalJson, type Json } from "../evidence/evidence.ts";
import { FIGURE_FORMS, formatInline, formatStoryText, parseInline, parseStory, parseStoryText, UNWRITTEN, type Block, type FigureForm, type Inline, type InlineNode, type Story } from "../press/press.ts";

export const HEAD_FIELDS = ["slug", "topic", "byline", "happened", "picture", "supplied_by", "replies", "photo", "credit", "licence", "alt", "caption"] as const;
export type HeadField = (typeof HEAD_FIELDS)[number];
export type Head = Record<HeadField, string>;

type Mark = { type: string; attrs?: Record<string, unknown> };
export type DocNode = { type: string; attrs?: Record<string, unknown>; content?: DocNode[]; text?: string; marks?: Mark[] };
export type StoryDocument = { head: Head; doc: DocNode };

const NODES_MAX = 20_000;
const mark = Type.Object({ type: Type.String({ maxLength: 20 }), attrs: Type.Optional(Type.Record(Type.String({ maxLength: 20 }), Type.String({ maxLength: 200 }))) }, { additionalProperties: false });
const attrs = Type.Optional(Type.Record(Type.String({ maxLength: 20 }), Type.String({ maxLength: 200 })));
const inlineNode = Type.Object(
  { type: Type.String({ maxLength: 20 }), text: Type.Optional(Type.String({ maxLength: 400_000 })), attrs, marks: Type.Optional(Type.Array(mark, { maxItems: 4 })) },
  { additionalProperties: false },
);
const blockNode = Type.Object({ type: Type.String({ maxLength: 20 }), attrs, content: Type.Optional(Type.Array(inlineNode, { maxItems: NODES_MAX })) }, { additionalProperties: false });
const compiledDoc = Compile(Type.Object({ type: Type.Literal("doc"), content: Type.Array(blockNode, { minItems: 2, maxItems: NODES_MAX }) }, { additionalProperties: false }));
const compiledHead = Compile(Type.Object(Object.fromEntries(HEAD_FIELDS.map((name) => [name, Type.Optional(Type.String({ maxLength: 2_000 }))])), { additionalProperties: false }));

const isUnwritten = (content: Inline): boolean => content.length === 1 && content[0]!.type === "text" && content[0]!.text === UNWRITTEN;
const unwritten = (): Inline => [{ type: "text", text: UNWRITTEN }];

export function documentOf(story: Story): StoryDocument {
  const { photo } = story;
  return {
    head: {
      slug: story.slug,
      topic: story.topic,
      byline: story.byline,
      happened: story.happened,
      picture: story.picture ?? "",
      supplied_by: story.supplied_by ?? "",
      replies: story.replies.join(" "),
      photo: photo?.file ?? "",
      credit: photo?.credit ?? "",
      licence: photo?.licence ?? "",
      alt: photo?.alt ?? "",
      caption: photo?.caption ? formatInline(photo.caption) : "",
    },
    doc: {
      type: "doc",
      content: [
        block("headline", story.headline),
        block("standfirst", story.standfirst),
        ...story.sections.flatMap(({ title, blocks }) => [...(title ? [block("heading", title)] : []), ...blocks.map(blockOf)]),
      ],
    },
  };
}

function block(type: string, content: Inline, attributes?: Record<string, unknown>): DocNode {
  const inline = isUnwritten(content) ? [] : content.map(inlineOf);
  return { type, ...(attributes ? { attrs: attributes } : {}), ...(inline.length > 0 ? { content: inline } : {}) };
}

function blockOf(node: Block): DocNode {
  if (node.type === "paragraph") return block("paragraph", node.content);
  return block(node.type, node.content, node.type === "pull" ? { figure: node.figure, form: node.form } : { figure: node.figure });
}

function inlineOf(node: InlineNode): DocNode {
  switch (node.type) {
    case "text":
      return { type: "text", text: node.text };
    case "emphasis":
      return { type: "text", marks: [{ type: "emphasis" }], text: node.text };
    case "link":
      return { type: "text", marks: [{ type: "link", attrs: { href: node.href } }], text: node.text };
    case "figure":
      return { type: "figure", attrs: { id: node.id, form: node.form } };
    case "name":
      return { type: "name", attrs: { text: node.text } };
    case "date":
      return { type: "date", attrs: { date: node.date } };
  }
}

/** Throws BAD_STORY, naming the field or the part, for what no story can hold. */
export function storyOf(head: unknown, doc: unknown): Story {
  if (!compiledHead.Check(head)) throw new TracewireError("BAD_STORY", { what: "The head of the story cannot be read", where: "head" });
  if (!compiledDoc.Check(doc)) throw new TracewireError("BAD_STORY", { what: "The text of the story cannot be read", where: "text" });
  const field = (name: HeadField): string | undefined => (head as Partial<Head>)[name]?.replaceAll(/\s+/g, " ").trim() || undefined;
  const [headline, standfirst, ...rest] = doc.content as DocNode[];
  if (headline!.type !== "headline" || standfirst!.type !== "standfirst") throw new TracewireError("BAD_STORY", { what: "A story begins with headline and standfirst", where: "text" });
  const sections: Story["sections"] = [];
  for (const node of rest) {
    const content = contentOf(node);
    if (node.type === "heading") sections.push({ title: content ?? unwritten(), blocks: [] });
    else if (content || node.type !== "paragraph") {
      if (sections.length === 0) sections.push({ title: null, blocks: [] });
      sections.at(-1)!.blocks.push(storyBlock(node, content ?? unwritten()));
    }
  }
  const [supplied_by, picture, file, caption] = (["supplied_by", "picture", "photo", "caption"] as const).map(field);
  const rights = Object.fromEntries((["credit", "licence", "alt"] as const).flatMap((name) => (field(name) === undefined ? [] : [[name, field(name)]])));
  const refuse = (what: string): never => {
    throw new TracewireError("BAD_STORY", { what: `caption: ${what}`, where: "caption" });
  };
  const story = parseStory(
    {
      type: supplied_by === undefined ? "story" : "release",
      ...(supplied_by === undefined ? {} : { supplied_by }),
      slug: field("slug"),
      topic: field("topic"),
      byline: field("byline"),
      happened: field("happened"),
      ...(picture === undefined ? {} : { picture }),
      ...(file === undefined ? {} : { photo: { file, ...rights, ...(caption === undefined ? {} : { caption: parseInline(caption, refuse) }) } }),
      headline: contentOf(headline!) ?? unwritten(),
      standfirst: contentOf(standfirst!) ?? unwritten(),
      sections: sections.length > 0 ? sections : [{ title: null, blocks: [{ type: "paragraph", content: unwritten() }] }],
      replies: (field("replies") ?? "").split(/[\s,]+/).filter(Boolean),
    },
    "the story",
  );
  return story;
}

/** What an editor saved as the text form that is kept: it reads back as the same tree. */
export function textOfDocument(head: unknown, doc: unknown): string {
  const story = storyOf(head, doc);
  const text = formatStoryText(story);
  assert.equal(canonicalJson(parseStoryText(text) as unknown as Json), canonicalJson(story as unknown as Json), "the text form of a story is its tree");
  return text;
}

function storyBlock(node: DocNode, content: Inline): Block {
  const figure = String(node.attrs?.figure ?? "");
  if (node.type === "pull") return { type: "pull", figure, form: formOf(node), content };
  if (node.type === "chart") return { type: "chart", figure, content };
  if (node.type === "paragraph") return { type: "paragraph", content };
  throw new TracewireError("BAD_STORY", { what: `A story has no “${node.type}”`, where: "text" });
}

function formOf({ attrs: given }: DocNode): FigureForm {
  const form = String(given?.form ?? "short");
  if ((FIGURE_FORMS as readonly string[]).includes(form)) return form as FigureForm;
  throw new TracewireError("BAD_STORY", { what: `“${form}” is no form of a figure`, where: "text" });
}

/** One run of the line; undefined where nothing stands in it. Text beside text is one text, and no run begins or ends with a space. */
function contentOf({ content = [] }: DocNode): Inline | undefined {
  const run: InlineNode[] = [];
  const add = (node: InlineNode): void => {
    const last = run.at(-1);
    if (node.type === "text" && last?.type === "text") last.text += node.text;
    else run.push(node);
  };
  for (const node of content) for (const one of inlineNodes(node)) add(one);
  const cut = (at: number, trim: (text: string) => string): void => {
    for (let node = run.at(at); node && "text" in node && node.type !== "name"; node = run.at(at)) {
      node.text = trim(node.text);
      if (node.text !== "") return;
      run.splice(at, 1);
    }
  };
  cut(0, (text) => text.trimStart());
  cut(-1, (text) => text.trimEnd());
  return run.length > 0 ? run : undefined;
}

function inlineNodes({ type, text = "", attrs: given = {}, marks = [] }: DocNode): InlineNode[] {
  if (type === "figure") return [{ type, id: String(given.id), form: formOf({ type, attrs: given }) }];
  if (type === "date") return [{ type, date: String(given.date) }];
  // No line break and no sign that the text form keeps for itself stands inside a name, a link or an emphasis.
  const plain = text.replaceAll(/[\s\u0000-\u001f\u007f]/g, (sign) => (sign === "\u00a0" ? sign : " "));
  if (type === "name") {
    const name = String(given.text).replaceAll(/[{}\s]+/g, " ").trim();
    return name === "" ? [] : [{ type, text: name }];
  }
  if (type !== "text") throw new TracewireError("BAD_STORY", { what: `A line of a story has no “${type}”`, where: "text" });
  const [first] = marks;
  if (first?.type === "emphasis" && plain.replaceAll("*", "") !== "") return [{ type: "emphasis", text: plain.replaceAll("*", "") }];
  const href = String(first?.attrs?.href ?? "");
  if (first?.type === "link" && /^\/(?!\/)[\x21-\x27\x2a-\x7e]{0,199}$/.test(href) && plain.replaceAll(/[[\]]/g, "") !== "") return [{ type: "link", href, text: plain.replaceAll(/[[\]]/g, "") }];
  return plain === "" ? [] : [{ type: "text", text: plain }];
}
