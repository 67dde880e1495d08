// Ghost's editor state before 2023 (MobileDoc 0.3): sections of markers, each opening and closing markups by number.
import { readHtml } from "./read-markup.ts";
import type { Manner, RunningText } from "./running-text.ts";
import { refuse, type Losses } from "./taken-post.ts";

const EMPHASIS = new Set(["em", "strong", "i", "b"]);
const STRUCK = new Set(["s", "del", "strike"]);
const HEADINGS = new Set(["h1", "h2", "h3", "h4", "h5", "h6"]);

export function readMobiledoc(source: string, text: RunningText, lost: Losses, place: string, markdown: (source: string) => string): void {
  let document: Record<string, unknown> | undefined;
  try {
    document = JSON.parse(source) as typeof document;
  } catch (error) {
    refuse(place, `mobiledoc: it is no JSON: ${(error as Error).message}`, undefined, error);
  }
  const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
  const [markups, cards, atoms] = ["markups", "cards", "atoms"].map((key) => list(document?.[key]));
  if (!Array.isArray(document?.sections)) refuse(place, "mobiledoc: it has no sections");

  for (const section of document!.sections as unknown[]) {
    const [type, first, second] = list(section);
    text.block();
    if (type === 1) {
      const tag = String(first).toLowerCase();
      if (tag === "blockquote" || tag === "aside" || tag === "pull-quote") lost.add("quotation shown as paragraphs");
      text.block(HEADINGS.has(tag) ? "heading" : "paragraph");
      markers(list(second));
    } else if (type === 2 && typeof first === "string") text.picture({ source: first });
    else if (type === 3) {
      lost.add("list shown as paragraphs");
      for (const [at, item] of list(second).entries()) {
        text.block();
        text.text(first === "ol" ? `${at + 1}. ` : "• ");
        markers(list(item));
      }
    } else if (type === 10) card(list(cards![Number(first)]));
    else lost.add("part of an unknown kind");
    text.block();
  }

  function markers(items: unknown[]): void {
    const open: { tag: string; href?: string }[] = [];
    for (const marker of items) {
      const [type, opened, closed, value] = list(marker);
      for (const index of list(opened)) open.push(markup(list(markups![Number(index)])));
      const manner: Manner = {};
      const href = open.findLast((item) => item.href !== undefined)?.href;
      if (open.some(({ tag }) => EMPHASIS.has(tag))) manner.emphasis = true;
      if (href !== undefined) manner.href = href;
      if (open.some(({ tag }) => STRUCK.has(tag))) lost.add("struck-out text");
      else if (type === 0) text.text(`${raised(open)}${String(value ?? "")}`, manner);
      else {
        const [name, words] = list(atoms![Number(value)]);
        if (name !== "soft-return") lost.add(`part “${String(name)}” inside a line`);
        text.text(name === "soft-return" ? " " : String(words ?? ""), manner);
      }
      open.length = Math.max(0, open.length - Math.max(0, Number(closed) || 0));
    }
  }
  function raised(open: readonly { tag: string }[]): string {
    const sign = open.some(({ tag }) => tag === "sup") ? "^" : open.some(({ tag }) => tag === "sub") ? "_" : "";
    if (sign) lost.add("raised or lowered signs, shown as ^ and _");
    return sign;
  }
  function card([name, payload]: unknown[]): void {
    const fields = (typeof payload === "object" && payload !== null ? payload : {}) as Record<string, unknown>;
    const field = (key: string) => (typeof fields[key] === "string" ? fields[key] : undefined);
    switch (name) {
      case "image":
        if (!field("src")) return lost.add("picture inside the text");
        text.picture({ source: field("src")!, alt: field("alt") });
        return text.caption(field("caption") ?? "");
      case "html":
        return readHtml(field("html") ?? "", text, lost);
      case "markdown":
      case "card-markdown":
        return readHtml(markdown(field("markdown") ?? ""), text, lost);
      case "hr":
        return lost.add("rule between paragraphs");
      case "code":
        lost.add("preformatted text shown as a paragraph");
        return text.text(field("code") ?? "");
      case "bookmark": {
        lost.add("bookmark card shown as a line");
        const { title } = (fields.metadata ?? {}) as { title?: unknown };
        return field("url") ? text.text(typeof title === "string" && title ? title : field("url")!, { href: field("url")! }) : undefined;
      }
      case "callout":
        lost.add("card “callout”, its words kept");
        return readHtml(field("calloutText") ?? "", text, lost);
      case "toggle":
        lost.add("card “toggle”, its words kept");
        readHtml(field("heading") ?? "", text, lost);
        return readHtml(field("content") ?? "", text, lost);
      default:
        return lost.add(`card “${String(name).slice(0, 40)}”`);
    }
  }
}

function markup([tag, attributes]: unknown[]): { tag: string; href?: string } {
  const flat = Array.isArray(attributes) ? attributes : [];
  const at = flat.indexOf("href");
  return { tag: String(tag).toLowerCase(), ...(at >= 0 && typeof flat[at + 1] === "string" ? { href: flat[at + 1] as string } : {}) };
}
