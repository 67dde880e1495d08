// Ghost's editor state since 2023 (Lexical): a tree of nodes. Text nodes carry their format as bits (lexical, TextNode).
import { readHtml } from "./read-markup.ts";
import type { Manner, RunningText } from "./running-text.ts";
import { refuse, type Losses } from "./taken-post.ts";

const DEPTH_MAX = 64;
const BOLD_OR_ITALIC = 1 | 2;
const STRUCK = 4;
const LOWERED = 32;
const RAISED = 64;

type Node = Record<string, unknown>;

/** Parts of cards that are words, by type; of other cards nothing is taken. */
const WORDS_OF_CARD: Record<string, { html?: string[]; link?: { text: string; href: string } }> = {
  html: { html: ["html"] },
  callout: { html: ["calloutText"] },
  toggle: { html: ["heading", "content"] },
  header: { html: ["header", "subheader"] },
  button: { link: { text: "buttonText", href: "buttonUrl" } },
  "email-cta": {},
  email: {},
};

export function readLexical(source: string, text: RunningText, lost: Losses, place: string, markdown: (source: string) => string): void {
  const state = parse(source, place);
  const root = state.root as Node | undefined;
  if (!root || !Array.isArray(root.children)) refuse(place, "lexical: there is no root with children");
  children(root!, 0, {});

  function children(node: Node, depth: number, manner: Manner): void {
    if (depth > DEPTH_MAX) refuse(place, `lexical: nodes stand more than ${DEPTH_MAX} deep`);
    if (Array.isArray(node.children)) for (const child of node.children) if (isNode(child)) visit(child, depth, manner);
  }
  function visit(node: Node, depth: number, manner: Manner): void {
    const type = typeof node.type === "string" ? node.type.replace(/^extended-/, "") : "?";
    switch (type) {
      case "text":
      case "tk":
        return words(node, manner);
      case "linebreak":
      case "tab":
        return text.text(" ", manner);
      case "link":
      case "autolink":
        return children(node, depth + 1, { ...manner, ...(typeof node.url === "string" ? { href: node.url } : {}) });
      case "paragraph":
        return block(node, depth, "paragraph");
      case "heading":
        return block(node, depth, "heading");
      case "quote":
      case "aside":
        lost.add("quotation shown as paragraphs");
        return block(node, depth, "paragraph");
      case "list":
        lost.add("list shown as paragraphs");
        return list(node, depth);
      case "listitem":
        return block(node, depth, "paragraph");
      case "horizontalrule":
        return lost.add("rule between paragraphs");
      case "image":
        return image(node);
      case "gallery":
        return Array.isArray(node.images) ? node.images.filter(isNode).forEach(image) : undefined;
      case "markdown":
        return typeof node.markdown === "string" ? readHtml(markdown(node.markdown), text, lost) : undefined;
      case "codeblock":
        lost.add("preformatted text shown as a paragraph");
        return aside(typeof node.code === "string" ? node.code : "");
      case "bookmark":
        return bookmark(node);
      default:
        return card(type, node, depth);
    }
  }
  function words(node: Node, manner: Manner): void {
    if (typeof node.text !== "string") return;
    const format = typeof node.format === "number" ? node.format : 0;
    if (format & STRUCK) return lost.add("struck-out text");
    if (format & (RAISED | LOWERED)) lost.add("raised or lowered signs, shown as ^ and _");
    const sign = format & RAISED ? "^" : format & LOWERED ? "_" : "";
    text.text(sign + node.text, { ...manner, ...(format & BOLD_OR_ITALIC ? { emphasis: true } : {}) });
  }
  function block(node: Node, depth: number, type: "heading" | "paragraph"): void {
    text.block(type);
    children(node, depth + 1, {});
    text.block();
  }
  function list(node: Node, depth: number): void {
    if (depth > DEPTH_MAX) refuse(place, `lexical: nodes stand more than ${DEPTH_MAX} deep`);
    const items = Array.isArray(node.children) ? node.children.filter(isNode) : [];
    let count = 0;
    for (const item of items) {
      const own = Array.isArray(item.children) ? item.children.filter(isNode) : [];
      text.block();
      if (own.some((child) => child.type !== "list")) text.text(node.listType === "number" ? `${++count}. ` : "• ");
      for (const child of own) visit(child, depth + 2, {});
    }
    text.block();
  }
  function image(node: Node): void {
    const source = typeof node.src === "string" ? node.src : typeof node.fileName === "string" ? node.fileName : undefined;
    if (source === undefined) return lost.add("picture inside the text");
    text.picture({ source, ...(typeof node.alt === "string" && node.alt ? { alt: node.alt } : {}) });
    if (typeof node.caption === "string") text.caption(node.caption);
  }
  function aside(content: string): void {
    text.block();
    text.text(content);
    text.block();
  }
  function bookmark(node: Node): void {
    lost.add("bookmark card shown as a line");
    const title = (node.metadata as Node | undefined)?.title;
    text.block();
    if (typeof node.url === "string") text.text(typeof title === "string" && title ? title : node.url, { href: node.url });
    text.block();
  }
  function card(type: string, node: Node, depth: number): void {
    const known = Object.hasOwn(WORDS_OF_CARD, type) ? WORDS_OF_CARD[type] : undefined;
    if (type !== "html") lost.add(known?.html ? `card “${type}”, its words kept` : `card “${type}”`);
    for (const field of known?.html ?? []) if (typeof node[field] === "string") readHtml(node[field], text, lost);
    const { link } = known ?? {};
    if (link && typeof node[link.text] === "string" && typeof node[link.href] === "string") {
      text.block();
      text.text(node[link.text] as string, { href: node[link.href] as string });
      text.block();
    }
    if (!known) children(node, depth + 1, {});
  }
}

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && !Array.isArray(value);

function parse(source: string, place: string): Node {
  try {
    const value: unknown = JSON.parse(source);
    if (isNode(value)) return value;
  } catch (error) {
    refuse(place, `lexical: it is no JSON: ${(error as Error).message}`, undefined, error);
  }
  return refuse(place, "lexical: it is no object");
}
