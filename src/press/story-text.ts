// The text form of a story, for files and editors of one's own choice (docs/stories.md). Parsing and printing are
// inverse: a story printed and read again is the same tree.
import { isDeepStrictEqual } from "node:util";
import { TracewireError } from "../errors.ts";
import { FIGURE_FORMS, parseStory, type ArchiveNote, type Block, type FigureForm, type Inline, type InlineNode, type Story } from "./story.ts";

const LINES_MAX = 5_000;
const PHOTO_KEYS = ["photo", "credit", "licence", "alt", "caption"];
const ARCHIVE_KEYS = ["archive", "key", "published", "updated", "address", "path", "tag", "link", "taken"];
const HEAD_KEYS = ["type", "supplied", "slug", "topic", "byline", "happened", "picture", ...PHOTO_KEYS, "reply", ...ARCHIVE_KEYS];

const HEAD_NEEDED = ["slug", "topic", "byline", "happened"];

/** Reads the text form. Throws BAD_STORY with file and line. */
export function parseStoryText(text: string, file = "story"): Story {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  if (lines.length > LINES_MAX) throw new TracewireError("BAD_STORY", { what: `More than ${LINES_MAX} lines`, where: file });
  const refuse = (line: number, what: string): never => {
    throw new TracewireError("BAD_STORY", { what, where: `${file}:${line + 1}` });
  };
  const head: Record<string, string[]> = {};
  let at = 0;
  if (lines[at++]?.trim() !== "---") refuse(0, 'The first line is "---", then the head (slug, topic, byline, happened), then "---"');
  for (; at < lines.length && lines[at]!.trim() !== "---"; at++) {
    const match = /^([a-z]+): (.+)$/.exec(lines[at]!.trim());
    if (!match || !HEAD_KEYS.includes(match[1]!)) refuse(at, `Expected one of ${HEAD_KEYS.join(", ")}, a colon and a value`);
    (head[match![1]!] ??= []).push(match![2]!);
  }
  if (at++ >= lines.length) refuse(lines.length - 1, 'The head has no closing "---"');
  const missing = HEAD_NEEDED.filter((key) => !head[key]);
  if (missing.length > 0) refuse(at - 1, `The head lacks ${missing.map((key) => `"${key}: …"`).join(", ")}`);

  const stray = PHOTO_KEYS.slice(1).find((key) => head[key] && !head.photo);
  if (stray) refuse(at - 1, `“${stray}” speaks of a picture, and there is no “photo: FILE”`);
  const [caption] = head.caption ?? [];
  const photo = head.photo && {
    file: head.photo[0],
    ...Object.fromEntries(["credit", "licence", "alt"].flatMap((key) => (head[key] ? [[key, head[key][0]]] : []))),
    ...(caption ? { caption: parseInline(caption, (what) => refuse(at - 1, `caption: ${what}`)) } : {}),
  };

  let headline: Inline | undefined;
  let standfirst: Inline | undefined;
  const sections: Story["sections"] = [];
  for (const { line, text: block } of paragraphs(lines, at)) {
    const inline = (source: string): Inline => parseInline(source, (what) => refuse(line, what));
    const special = /^!(pull|chart) ([a-z0-9-]+)(?:\|([a-z_]+))?(?: (.*))?$/s.exec(block);
    if (block.startsWith("# ")) headline = inline(block.slice(2));
    else if (block.startsWith("> ")) standfirst = inline(block.slice(2));
    else if (block.startsWith("## ")) sections.push({ title: inline(block.slice(3)), blocks: [] });
    else {
      if (sections.length === 0) sections.push({ title: null, blocks: [] });
      let node: Block;
      if (special) {
        const [, kind, figure, form = "short", caption] = special;
        if (!(FIGURE_FORMS as readonly string[]).includes(form))
          refuse(line, `"${form}" is no form of a figure; forms: ${FIGURE_FORMS.join(", ")}`);
        if (!caption) refuse(line, `A ${kind} needs a caption behind the figure's name`);
        node =
          kind === "pull"
            ? { type: "pull", figure: figure!, form: form as FigureForm, content: inline(caption!) }
            : { type: "chart", figure: figure!, content: inline(caption!) };
      } else if (block.startsWith("!")) return refuse(line, `Unknown block ${block.split(" ")[0]}; known: !pull, !chart`);
      else node = { type: "paragraph", content: inline(block) };
      sections.at(-1)!.blocks.push(node);
    }
  }
  return parseStory(
    {
      type: head.type?.[0] ?? "story",
      ...(head.supplied ? { supplied_by: head.supplied[0] } : {}),
      ...(head.archive ? { archive: archiveOf(head) } : {}),
      slug: head.slug?.[0],
      topic: head.topic?.[0],
      byline: head.byline?.[0],
      happened: head.happened?.[0],
      ...(head.picture ? { picture: head.picture[0] } : {}),
      ...(photo ? { photo } : {}),
      headline: headline ?? refuse(at, 'There is no headline ("# …")'),
      standfirst: standfirst ?? refuse(at, 'There is no standfirst ("> …")'),
      sections,
      replies: head.reply ?? [],
    },
    file,
  );
}

function archiveOf(head: Record<string, string[]>): Record<string, unknown> {
  const one = (key: string) => (head[key] ? { [key]: head[key][0] } : {});
  return {
    from: head.archive![0],
    ...Object.assign({}, ...["key", "published", "updated", "address", "taken"].map(one)),
    paths: head.path ?? [],
    tags: head.tag ?? [],
    links: (head.link ?? []).map((link) => ({ href: link.split(" ", 1)[0], text: link.slice(link.indexOf(" ") + 1) })),
  };
}

function archiveLines({ from, paths, tags, links, ...texts }: ArchiveNote): string[] {
  return [
    `archive: ${from}`,
    ...(["key", "published", "updated", "address", "taken"] as const).flatMap((key) => (texts[key] ? [`${key}: ${texts[key]}`] : [])),
    ...paths.map((path) => `path: ${path}`),
    ...tags.map((tag) => `tag: ${tag}`),
    ...links.map(({ href, text }) => `link: ${href} ${text}`),
  ];
}

export function formatStoryText(story: Story): string {
  const head = [
    ...(story.type === "release" ? ["type: release", `supplied: ${story.supplied_by}`] : []),
    ...(story.type === "archive" ? ["type: archive", ...archiveLines(story.archive!)] : []),
    `slug: ${story.slug}`,
    `topic: ${story.topic}`,
    `byline: ${story.byline}`,
    `happened: ${story.happened}`,
    ...(story.picture ? [`picture: ${story.picture}`] : []),
    ...photoLines(story.photo),
    ...story.replies.map((reply) => `reply: ${reply}`),
  ];
  const blocks = [`# ${formatInline(story.headline)}`, `> ${formatInline(story.standfirst)}`];
  for (const section of story.sections) {
    if (section.title) blocks.push(`## ${formatInline(section.title)}`);
    for (const block of section.blocks)
      blocks.push(
        block.type === "paragraph"
          ? formatInline(block.content).replace(BLOCK_MARK, "\\$&")
          : `!${block.type} ${block.figure}${block.type === "pull" && block.form !== "short" ? `|${block.form}` : ""} ${formatInline(block.content)}`,
      );
  }
  return `---\n${head.join("\n")}\n---\n\n${blocks.join("\n\n")}\n`;
}

function photoLines(photo: Story["photo"]): string[] {
  if (!photo) return [];
  const { file, caption, ...texts } = photo;
  return [
    `photo: ${file}`,
    ...(["credit", "licence", "alt"] as const).flatMap((key) => (texts[key] ? [`${key}: ${texts[key]}`] : [])),
    ...(caption ? [`caption: ${formatInline(caption)}`] : []),
  ];
}

function* paragraphs(lines: string[], start: number): Generator<{ line: number; text: string }> {
  let open: string[] = [];
  let line = start;
  for (let at = start; at <= lines.length; at++) {
    const text = lines[at]?.trim();
    if (text) {
      if (open.length === 0) line = at;
      open.push(text);
    } else if (open.length > 0) {
      yield { line, text: open.join(" ") };
      open = [];
    }
  }
}

// {{figure-id}} {{figure-id|words}} {{name:S/2024/215}} {{date:2024-02-09}} [text](/path) *emphasis* \* (a star as such)
const TOKEN = /\{\{([^{}]*)\}\}|\[([^\][]+)\]\(([^()\s]+)\)|\*([^*]+)\*|\\([\\*[\]{}#>!])/g;
const SIGNS = /[\\*[\]{}]/g;
/** How a block begins that is no paragraph. */
const BLOCK_MARK = /^(#{1,2} |> |!)/;

export function parseInline(source: string, refuse: (what: string) => never): Inline {
  const nodes: InlineNode[] = [];
  let end = 0;
  const addText = (text: string): void => {
    const last = nodes.at(-1);
    if (last?.type === "text") last.text += text;
    else if (text !== "") nodes.push({ type: "text", text });
  };
  const addPlain = (text: string): void => {
    if (/\{\{|\}\}/.test(text)) refuse("There is a “{{” or “}}” without its other half");
    addText(text);
  };
  for (const match of source.matchAll(TOKEN)) {
    addPlain(source.slice(end, match.index));
    end = match.index + match[0].length;
    if (match[1] !== undefined) nodes.push(parseBraces(match[1], refuse));
    else if (match[2] !== undefined) nodes.push({ type: "link", text: match[2], href: match[3]! });
    else if (match[4] !== undefined) nodes.push({ type: "emphasis", text: match[4] });
    else addText(match[5]!);
  }
  addPlain(source.slice(end));
  return nodes.length > 0 ? nodes : refuse("There is nothing here");
}

function parseBraces(source: string, refuse: (what: string) => never): InlineNode {
  if (source.startsWith("name:")) return { type: "name", text: source.slice(5) };
  if (source.startsWith("date:")) return { type: "date", date: source.slice(5) };
  const match = /^([a-z0-9][a-z0-9-]{2,79})(?:\|([a-z_]+))?$/.exec(source);
  const form = match?.[2] ?? "short";
  if (!match || !(FIGURE_FORMS as readonly string[]).includes(form))
    return refuse(`{{${source}}} is no figure, name or date; forms of a figure: ${FIGURE_FORMS.join(", ")}`);
  return { type: "figure", id: match[1]!, form: form as FigureForm };
}

/** Signs are written as such with a backslash, and only in a run that would read otherwise without. */
export function formatInline(content: Inline): string {
  const plain = printInline(content, (text) => text);
  try {
    if (isDeepStrictEqual(parseInline(plain, refuseInline), content)) return plain;
  } catch (error) {
    if (!(error instanceof TracewireError)) throw error;
  }
  return printInline(content, (text) => text.replaceAll(SIGNS, "\\$&"));
}

const refuseInline = (what: string): never => {
  throw new TracewireError("BAD_STORY", { what });
};

function printInline(content: Inline, words: (text: string) => string): string {
  return content
    .map((node) => {
      switch (node.type) {
        case "text":
          return words(node.text);
        case "emphasis":
          return `*${node.text}*`;
        case "figure":
          return `{{${node.id}${node.form === "short" ? "" : `|${node.form}`}}}`;
        case "name":
          return `{{name:${node.text}}}`;
        case "date":
          return `{{date:${node.date}}}`;
        case "link":
          return `[${node.text}](${node.href})`;
      }
    })
    .join("");
}
