// HTML, XHTML and NITF as running text. The tokenizer alone is used and no tree is built: nesting costs nothing, nothing is
// run or fetched, and what is stored is words.
import { Tokenizer, TokenizerMode, type Token } from "parse5";
import type { RunningText } from "./running-text.ts";
import type { Losses } from "./taken-post.ts";

/** Left out with all that is in them, and the name under which that is listed. */
const LEFT_OUT: Record<string, string> = {
  script: "script",
  style: "style sheet",
  noscript: "text for readers without script",
  iframe: "embedded frame",
  object: "embedded object",
  audio: "sound",
  video: "film",
  svg: "drawing (SVG)",
  math: "formula (MathML)",
  canvas: "canvas",
  template: "template",
  select: "form field",
  textarea: "form field",
  button: "button",
  del: "struck-out text",
  s: "struck-out text",
  strike: "struck-out text",
  title: "title inside the text",
  noembed: "text for readers without embeds",
  noframes: "text for readers without frames",
};
/** Their content is no markup: the tokenizer is told so (HTML Living Standard §13.2.6.2). */
const RAW: Record<string, (typeof TokenizerMode)[keyof typeof TokenizerMode]> = {
  script: TokenizerMode.SCRIPT_DATA,
  style: TokenizerMode.RAWTEXT,
  iframe: TokenizerMode.RAWTEXT,
  noembed: TokenizerMode.RAWTEXT,
  noframes: TokenizerMode.RAWTEXT,
  xmp: TokenizerMode.RAWTEXT,
  textarea: TokenizerMode.RCDATA,
  title: TokenizerMode.RCDATA,
};
const EMPTY_LOST: Record<string, string> = { embed: "embedded object", hr: "rule between paragraphs", input: "form field" };
const HEADINGS = new Set(["h1", "h2", "h3", "h4", "h5", "h6", "hl2", "hl1"]);
const EMPHASIS = new Set(["em", "i", "b", "strong", "cite", "dfn", "mark"]);
const BLOCKS = new Set(
  "p div section article header footer figure main aside nav address center fieldset form dl dt dd ul ol li blockquote table caption tr pre xmp details summary body block".split(" "),
);
const CHANGED: Record<string, string> = {
  ul: "list shown as paragraphs",
  ol: "list shown as paragraphs",
  blockquote: "quotation shown as paragraphs",
  table: "table shown as a paragraph for each row",
  pre: "preformatted text shown as a paragraph",
};
const LISTS_OPEN_MAX = 100;

export type Markup = {
  start(name: string, attribute: (name: string) => string | undefined): void;
  end(name: string): void;
  text(words: string): void;
};

/** Takes elements and words in their order. Names in lower case, without prefix. */
export function openMarkup(text: RunningText, lost: Losses): Markup {
  let left_out: { name: string; depth: number } | undefined;
  let emphasis = 0;
  const links: (string | undefined)[] = [];
  const lists: { ordered: boolean; count: number }[] = [];
  let isCell = false;
  let caption: string | undefined;

  return {
    start(name, attribute) {
      if (left_out) {
        if (name === left_out.name) left_out.depth += 1;
        return;
      }
      if (Object.hasOwn(LEFT_OUT, name)) {
        lost.add(LEFT_OUT[name]!);
        left_out = { name, depth: 1 };
        return;
      }
      if (Object.hasOwn(EMPTY_LOST, name)) lost.add(EMPTY_LOST[name]!);
      if (Object.hasOwn(CHANGED, name)) lost.add(CHANGED[name]!);
      if (name === "img") {
        const source = attribute("src") ?? "";
        if (source === "" || source.startsWith("data:")) lost.add("picture inside the text");
        else text.picture({ source, alt: attribute("alt") });
      } else if (name === "figcaption") caption = "";
      else if (name === "br") text.text(" ");
      else if (EMPHASIS.has(name)) emphasis += 1;
      else if (name === "a") links.push(attribute("href"));
      else if (HEADINGS.has(name)) text.block("heading");
      else if (name === "td" || name === "th") {
        if (isCell) text.text(" | ");
        isCell = true;
      } else if (name === "sup") text.text("^");
      else if (name === "sub") text.text("_");
      else if (BLOCKS.has(name)) {
        text.block();
        isCell = false;
        if ((name === "ul" || name === "ol") && lists.length < LISTS_OPEN_MAX) lists.push({ ordered: name === "ol", count: 0 });
        if (name === "li") {
          const list = lists.at(-1) ?? { ordered: false, count: 0 };
          list.count += 1;
          text.text(list.ordered ? `${list.count}. ` : "• ");
        }
      }
      if (name === "sup" || name === "sub") lost.add("raised or lowered signs, shown as ^ and _");
    },
    end(name) {
      if (left_out) {
        if (name === left_out.name && --left_out.depth === 0) left_out = undefined;
        return;
      }
      if (EMPHASIS.has(name)) emphasis = Math.max(0, emphasis - 1);
      else if (name === "a") links.pop();
      else if (name === "figcaption") {
        if (caption !== undefined) text.caption(caption);
        caption = undefined;
      } else if (HEADINGS.has(name) || BLOCKS.has(name)) {
        text.block();
        if (name === "ul" || name === "ol") lists.pop();
      }
    },
    text(words) {
      if (left_out) return;
      if (caption !== undefined) {
        if (caption.length < 2_000) caption += words;
        return;
      }
      const href = links.at(-1);
      text.text(words, { ...(emphasis > 0 ? { emphasis: true } : {}), ...(href === undefined ? {} : { href }) });
    },
  };
}

export type HtmlOptions = { /** As WordPress has it: an empty line ends a paragraph. */ blank_lines?: boolean };

/** Reads a piece of HTML, whatever state it is in: the standard says how every text is read. */
export function readHtml(source: string, text: RunningText, lost: Losses, { blank_lines }: HtmlOptions = {}): void {
  const markup = openMarkup(text, lost);
  let pending = "";
  const flush = () => {
    if (pending === "") return;
    const words = pending;
    pending = "";
    if (!blank_lines) return markup.text(words);
    for (const [at, paragraph] of words.split(/\n[ \t\r]*\n/).entries()) {
      if (at > 0) text.block();
      markup.text(paragraph);
    }
  };
  const take = ({ chars }: Token.CharacterToken) => void (pending += chars);
  const tokenizer: Tokenizer = new Tokenizer(
    {},
    {
      onStartTag(token) {
        flush();
        const name = token.tagName;
        if (Object.hasOwn(RAW, name)) tokenizer.state = RAW[name]!;
        const attribute = (wanted: string) => token.attrs.find((item) => item.name === wanted)?.value;
        markup.start(name, attribute);
        if (token.selfClosing && Object.hasOwn(LEFT_OUT, name) && (name === "svg" || name === "math")) markup.end(name);
      },
      onEndTag({ tagName }) {
        flush();
        markup.end(tagName);
      },
      onCharacter: take,
      onWhitespaceCharacter: take,
      onNullCharacter() {},
      onComment() {},
      onDoctype() {},
      onEof: flush,
    },
  );
  tokenizer.write(source, true);
  text.block();
}

/** The words of a title or an excerpt that may have markup in it. */
export function plainText(source: string, text: RunningText, lost: Losses): string {
  if (!/[<&]/.test(source)) return source;
  readHtml(source, text, lost);
  return text
    .finish()
    .parts.map(({ runs }) => runs.map((run) => run.text).join(""))
    .join(" ");
}
