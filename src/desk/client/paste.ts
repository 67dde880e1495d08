// What is pasted or dropped, as blocks of a story. HTML is read by a parser that makes no page of it (parse5): nothing that
// was pasted ever is an element here, nothing of it loads or runs, and the policy of the page has no hole for it. What a story
// cannot hold is left out and counted, so that whoever pasted is told.
import { parseFragment, type DefaultTreeAdapterTypes } from "parse5";

type Node = DefaultTreeAdapterTypes.ChildNode;
type Element = DefaultTreeAdapterTypes.Element;
type Mark = { type: "emphasis" } | { type: "link"; attrs: { href: string } };
export type PastedInline = { type: string; text?: string; attrs?: Record<string, string>; marks?: Mark[] };
export type PastedBlock = { type: "paragraph" | "heading" | "pull" | "chart"; attrs?: Record<string, string>; content: PastedInline[] };
export type Pasted = { blocks: PastedBlock[]; /** In words, such as "2 pictures". */ left_out: string[] };

const CHARS_MAX = 400_000;
const DEPTH_MAX = 200;
const DROPPED = new Set(["head", "style", "script", "title", "meta", "link", "base", "template", "noscript", "object", "embed", "svg", "math", "select", "button", "input", "textarea", "o:p", "xml"]);
const PICTURES = new Set(["img", "picture", "video", "audio", "canvas", "iframe"]);
const BLOCKS = new Set(["p", "div", "li", "ul", "ol", "dl", "dt", "dd", "blockquote", "pre", "section", "article", "header", "footer", "main", "aside", "figure", "figcaption", "address", "table", "thead", "tbody", "tfoot", "tr", "hr", "center", "form", "fieldset", "details", "summary", "body", "html"]);
const HEADING = /^h[1-6]$/;

/** Left out with what stands in them, and seen by whoever copied them. */
const OTHER_THINGS = new Set(["object", "embed", "svg", "math", "select", "button", "input", "textarea"]);

const attr = (element: Element, name: string): string => element.attrs.find((one) => one.name === name)?.value ?? "";
const isElement = (node: Node): node is Element => "tagName" in node;
const styleOf = (element: Element): string => attr(element, "style").toLowerCase().replaceAll(/\s+/g, "");
/** Hidden from who copied it: trackers, preheaders, Word's bullets and notes to itself. */
const isHidden = (element: Element): boolean => /display:none|visibility:hidden|mso-hide:all|mso-list:ignore|mso-element:(comment|para-border)|font-size:0(px|pt)?(;|$)/.test(styleOf(element)) || element.attrs.some(({ name }) => name === "hidden");
/** The mark of a footnote or reference: what it refers to is not pasted with it. */
const isReference = (element: Element): boolean => /MsoFootnoteReference|MsoCommentReference|\breference\b|\bnoprint\b|mw-editsection/.test(attr(element, "class")) || /^#_?(ftn|cite|footnote|fn|cmnt)/i.test(attr(element, "href"));

/** Docs wraps everything in a b that is not bold; a heading is bold by being one. */
const isBold = (element: Element): boolean => {
  const style = /(^|;)font-weight:(bold|[6-9]00|normal|[1-5]00)/.exec(styleOf(element))?.[2];
  return style === undefined ? element.tagName === "b" || element.tagName === "strong" : /bold|[6-9]00/.test(style);
};
/** Mails are laid out by tables of one cell a row, or of tables. */
function isGrid(table: Element): boolean {
  const rows = table.childNodes.filter(isElement).flatMap((part) => (part.tagName === "tr" ? [part] : part.childNodes.filter(isElement).filter(({ tagName }) => tagName === "tr")));
  const cells = rows.map((row) => row.childNodes.filter(isElement).filter(({ tagName }) => tagName === "td" || tagName === "th"));
  return cells.length > 1 && cells.some((row) => row.length > 1) && !cells.flat().some((cell) => cell.childNodes.some((node) => isElement(node) && node.tagName === "table"));
}

/** Sites of our own: a link to a page of them stays one, as its path. */
export function pasteHtml(source: string, origins: readonly string[] = []): Pasted {
  const blocks: PastedBlock[] = [];
  const counts = nothingYet();
  counts.cut = source.length - source.slice(0, CHARS_MAX).length;
  let open: PastedBlock = { type: "paragraph", content: [] };
  let breaks = 0;
  const close = (): void => {
    breaks = 0;
    const content = tidy(open.content);
    if (content.length > 0 || open.type === "chart" || open.type === "pull") blocks.push({ ...open, content });
    open = { type: "paragraph", content: [] };
  };
  const add = (node: PastedInline): void => {
    breaks = 0;
    open.content.push(node);
  };
  const addText = (text: string, mark: Mark | undefined): void => {
    const plain = text.replaceAll(/[\u200b\u200c\u200d\u2060\ufeff\u00ad]/g, "").replaceAll(/[\s\u00a0]+/g, " ");
    if (plain === "") return;
    if (plain === " ") open.content.push({ type: "text", text: " " });
    else add({ type: "text", text: plain, ...(mark ? { marks: [mark] } : {}) });
  };
  const linkOf = (element: Element): Mark | undefined => {
    const href = attr(element, "href").trim();
    const origin = origins.find((one) => href.startsWith(`${one}/`));
    const path = origin === undefined ? href : href.slice(origin.length);
    if (/^\/(?!\/)[\x21-\x27\x2a-\x7e]{0,199}$/.test(path)) return { type: "link", attrs: { href: path } };
    if (href !== "" && !href.startsWith("#")) counts.link += 1;
    return undefined;
  };

  const walk = (nodes: readonly Node[], mark: Mark | undefined, depth: number): void => {
    for (const node of nodes) {
      if ("value" in node) addText(node.value, mark);
      if (!isElement(node)) continue;
      const { tagName, childNodes } = node;
      if (isReference(node) && !/noprint|mw-editsection/.test(attr(node, "class"))) counts.reference += 1;
      if (OTHER_THINGS.has(tagName) && !isHidden(node)) counts.other += 1;
      if (DROPPED.has(tagName) || isHidden(node) || isReference(node) || depth > DEPTH_MAX) continue;
      if (isBold(node) && mark === undefined) counts.bold += 1;
      if (tagName === "li" || /^MsoListParagraph/.test(attr(node, "class"))) counts.item += 1;
      if (tagName === "table" && attr(node, "role") !== "presentation" && isGrid(node)) counts.table += 1;
      const figure = /^[a-z0-9][a-z0-9-]{2,79}$/.exec(attr(node, "data-figure"))?.[0];
      const name = attr(node, "data-name").replaceAll(/[{}\s]+/g, " ").trim().slice(0, 120);
      const date = /^\d{4}(-\d{2}(-\d{2})?)?$/.exec(attr(node, "data-date"))?.[0];
      const form = /^(short|exact|words|words_capital|rows|rows_words|low|high)$/.exec(attr(node, "data-form"))?.[0] ?? "short";
      if (PICTURES.has(tagName)) counts.picture += 1;
      else if (tagName === "br") {
        // One is a line's end, as mail has them; two are a paragraph's.
        if (++breaks > 1) close();
        else open.content.push({ type: "text", text: " " });
      } else if (figure !== undefined && (tagName === "story-pull" || tagName === "story-chart")) {
        close();
        open = tagName === "story-pull" ? { type: "pull", attrs: { figure, form }, content: [] } : { type: "chart", attrs: { figure }, content: [] };
        walk(childNodes, mark, depth + 1);
        close();
      } else if (figure !== undefined && tagName === "span") add({ type: "figure", attrs: { id: figure, form } });
      else if (name !== "") add({ type: "name", attrs: { text: name } });
      else if (date !== undefined) add({ type: "date", attrs: { date } });
      else if (HEADING.test(tagName)) {
        close();
        open.type = "heading";
        walk(childNodes, undefined, depth + 1);
        close();
      } else if (BLOCKS.has(tagName)) {
        close();
        // Word writes its headings as paragraphs of a class.
        if (/^Mso(Title|Heading\d?)/.test(attr(node, "class")) || attr(node, "role") === "heading") open.type = "heading";
        walk(childNodes, mark, depth + 1);
        close();
      } else if (tagName === "td" || tagName === "th") {
        if (open.content.length > 0) addText(" · ", undefined);
        walk(childNodes, mark, depth + 1);
      } else if (tagName === "a") walk(childNodes, linkOf(node) ?? mark, depth + 1);
      else if (mark?.type !== "link" && (tagName === "em" || tagName === "i" || tagName === "cite" || /(^|;)font-style:italic/.test(styleOf(node))) && !/(^|;)font-style:normal/.test(styleOf(node))) walk(childNodes, { type: "emphasis" }, depth + 1);
      else walk(childNodes, mark, depth + 1);
    }
  };
  walk(parseFragment(source.slice(0, CHARS_MAX)).childNodes, undefined, 0);
  close();
  return { blocks, left_out: leftOut(counts) };
}

/** Plain text: paragraphs at empty lines, and the marks that people write in mails and Markdown files. */
export function pasteText(source: string): Pasted {
  const counts = nothingYet();
  counts.cut = source.length - source.slice(0, CHARS_MAX).length;
  const lines = source.slice(0, CHARS_MAX).replaceAll(/\r\n?/g, "\n").split("\n");
  const blocks: PastedBlock[] = [];
  let open: string[] = [];
  const close = (): void => {
    if (open.length > 0) push("paragraph", open.join(" "));
    open = [];
  };
  const push = (type: "paragraph" | "heading", text: string): void => {
    const content = tidy(markdownInline(text, counts));
    if (content.length > 0) blocks.push({ type, content });
  };
  for (const [at, raw] of lines.entries()) {
    const line = raw.replace(/^\s*(>+\s?)+/, "").replaceAll(/[\u200b\ufeff\u00ad]/g, "").trim();
    const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(line);
    if (line === "" || /^([-*_=] ?){3,}$/.test(line)) {
      // A title that is underlined (Setext).
      if (/^[=-]{3,}$/.test(line) && open.length === 1) push("heading", open.pop()!);
      close();
    } else if (heading) {
      close();
      push("heading", heading[1]!);
    } else if (/^([-*+•]|\d{1,3}[.)])\s+/.test(line)) {
      close();
      counts.item += 1;
      open.push(line.replace(/^([-*+•]|\d{1,3}[.)])\s+/, ""));
    } else open.push(line.replace(/\\$/, ""));
    if (at === lines.length - 1) close();
  }
  return { blocks, left_out: leftOut(counts) };
}

const MARKDOWN = /!\[[^\]]*\]\([^)]*\)|\[([^\]]+)\]\(([^()\s]+)(?:\s+"[^"]*")?\)|\*\*([^*]+)\*\*|__([^_]+)__|(?<![\w*])[*]([^*\s](?:[^*]*[^*\s])?)[*](?![\w*])|(?<![\w_])_([^_\s](?:[^_]*[^_\s])?)_(?![\w_])|`([^`]+)`|\\([\\`*_{}[\]()#+.!>-])/g;

function markdownInline(source: string, counts: Counts): PastedInline[] {
  const nodes: PastedInline[] = [];
  let end = 0;
  const add = (text: string, mark?: Mark): void => {
    if (text !== "") nodes.push({ type: "text", text: text.replaceAll(/[\s\u00a0]+/g, " "), ...(mark ? { marks: [mark] } : {}) });
  };
  for (const match of source.matchAll(MARKDOWN)) {
    add(source.slice(end, match.index));
    end = match.index + match[0].length;
    const [whole, words, href, strong, bold, star, low, code, sign] = match;
    if (whole.startsWith("![")) counts.picture += 1;
    else if (words !== undefined && /^\/(?!\/)[\x21-\x27\x2a-\x7e]{0,199}$/.test(href!)) add(words, { type: "link", attrs: { href: href! } });
    else if (words !== undefined) {
      counts.link += 1;
      add(words);
    } else if (star !== undefined || low !== undefined) add((star ?? low)!, { type: "emphasis" });
    else {
      if (strong !== undefined || bold !== undefined) counts.bold += 1;
      add((strong ?? bold ?? code ?? sign)!);
    }
  }
  add(source.slice(end));
  return nodes;
}

/** One space between words, none at either end; text beside text of the same mark is one. */
function tidy(content: PastedInline[]): PastedInline[] {
  const run: PastedInline[] = [];
  for (const node of content) {
    const last = run.at(-1);
    if (node.type === "text" && last?.type === "text") {
      const isSame = JSON.stringify(node.marks) === JSON.stringify(last.marks);
      const text = last.text!.endsWith(" ") ? node.text!.trimStart() : node.text!;
      if (isSame) last.text += text;
      else if (text !== "") run.push({ ...node, text });
    } else if (node.type !== "text" || run.length > 0 || node.text!.trim() !== "") run.push({ ...node });
  }
  if (run[0]?.type === "text") run[0].text = run[0].text!.trimStart();
  const end = run.at(-1);
  if (end?.type === "text") end.text = end.text!.trimEnd();
  return run.filter(({ type, text }) => type !== "text" || text !== "");
}

type Counts = Record<"picture" | "link" | "reference" | "other" | "table" | "item" | "bold" | "cut", number>;
const nothingYet = (): Counts => ({ picture: 0, link: 0, reference: 0, other: 0, table: 0, item: 0, bold: 0, cut: 0 });

/** What went, and what only lost its form: each is said, so that nobody finds it missing in print. */
function leftOut({ picture, link, reference, other, table, item, bold, cut }: Counts): string[] {
  const some = (count: number, one: string, many: string): string[] => (count === 0 ? [] : [count === 1 ? one : `${count.toLocaleString("en-US")} ${many}`]);
  return [
    ...some(picture, "a picture", "pictures"),
    ...(link > 0 ? [link === 1 ? "the address of a link to another site" : `the addresses of ${link} links to other sites`] : []),
    ...some(reference, "the mark of a footnote", "marks of footnotes"),
    ...some(other, "a drawing or a form", "drawings or parts of forms"),
    ...(table > 0 ? [table === 1 ? "the grid of a table (each row is a paragraph)" : `the grids of ${table} tables (each row is a paragraph)`] : []),
    ...(item > 0 ? [item === 1 ? "the mark of an item of a list (it is a paragraph)" : `the marks of ${item} items of lists (each is a paragraph)`] : []),
    ...(bold > 0 ? ["bold type"] : []),
    ...(cut > 0 ? [`the last ${cut.toLocaleString("en-US")} characters: at most ${CHARS_MAX.toLocaleString("en-US")} come in at once`] : []),
  ];
}
