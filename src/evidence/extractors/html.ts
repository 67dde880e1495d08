// The visible text of a page: what is scripted, styled away or hidden is left out, block elements end paragraphs,
// tables become rows of cells. No script runs, nothing is fetched, no entity beyond HTML's own is expanded.
import { defaultTreeAdapter, Parser, type DefaultTreeAdapterTypes as Tree } from "parse5";
import { decodeBytes } from "../decode.ts";
import { Unreadable, type Extractor, type ExtractLimits } from "../extraction.ts";
import { createTextBuilder, type TextBuilder } from "../text-builder.ts";
import { createTableReader, type TableReader } from "./html-table.ts";

/** Every open element is looked at for each new one, so depth is what makes parsing slow. */
const DEPTH_MAX = 3000;
const NODES_MAX = 1_000_000;
/** HTML Living Standard §13.2.3.2 looks for the encoding in the first 1024 bytes. */
const META_BYTES = 1024;

export const html: Extractor = {
  name: "html",
  version: "1 parse5 8.1.1",
  read({ bytes, charset, limits }) {
    const head = new TextDecoder("latin1").decode(bytes.subarray(0, META_BYTES));
    const decoded = decodeBytes(bytes, { charset, hint: metaCharset(head) });
    const builder = createTextBuilder(limits);
    for (const warning of decoded.warnings) builder.warn(warning);
    writeHtml(builder, decoded.text, limits);
    return builder.finish();
  },
};

/** Appends the visible text of a document, as paragraphs after what is there. */
export function writeHtml(builder: TextBuilder, source: string, limits: ExtractLimits): void {
  const writer = createInlineWriter(builder);
  const tables: TableReader[] = [];
  let preformatted_depth = 0;
  writer.block("\n\n");

  walk(parseBounded(source), {
    text(value) {
      if (preformatted_depth > 0) writer.preformatted(value);
      else writer.text(value);
    },
    enter(element) {
      if (isHidden(element)) return false;
      const tag = element.tagName;
      if (tag === "br") writer.lineBreak();
      else if (tag === "table") {
        writer.block("\n\n");
        tables.push(createTableReader(builder, writer, limits.cells_max));
      } else if (TABLE_PARTS.has(tag)) tables.at(-1)?.enter(element);
      else if (LINES.has(tag)) writer.block("\n");
      else if (BLOCKS.has(tag)) writer.block("\n\n");
      if (tag === "pre" || tag === "textarea") preformatted_depth += 1;
      return true;
    },
    leave(element) {
      const tag = element.tagName;
      if (tag === "pre" || tag === "textarea") preformatted_depth -= 1;
      if (tag === "table") tables.pop()?.finish();
      if (TABLE_PARTS.has(tag)) tables.at(-1)?.leave(element);
      else if (LINES.has(tag)) writer.block("\n");
      else if (BLOCKS.has(tag) || tag === "table") writer.block("\n\n");
    },
  });
}

export type InlineWriter = {
  text(value: string): void;
  preformatted(value: string): void;
  lineBreak(): void;
  /** Asks for a paragraph break before the next text; the widest asked for counts. */
  block(gap: "\n" | "\n\n"): void;
  /** Sets the gap before the next text, whatever was asked for; `breaks` makes it begin a paragraph. */
  setGap(gap: "\t" | "\n" | "\n\n", breaks: boolean): void;
  /** The listener is called once with the offset at which the next text begins. Answers how to stop waiting. */
  onNextText(listener: (start: number) => void): () => void;
  /** True while a listener waits: an open cell has no text yet. */
  isWaiting(): boolean;
};

const GAPS = ["", " ", "\t", "\n", "\n\n"] as const;
type Gap = (typeof GAPS)[number];

/** White space is collapsed as CSS `white-space: normal` does; a gap is written only when text follows it. */
function createInlineWriter(builder: TextBuilder): InlineWriter {
  let gap: Gap = "";
  let breaks = true;
  let after_line_break = false;
  const waiting = new Set<(start: number) => void>();
  const widen = (next: Gap) => {
    if (GAPS.indexOf(next) > GAPS.indexOf(gap)) gap = next;
  };
  function write(value: string) {
    if (builder.length() > 0) builder.append(gap);
    if (breaks) builder.startParagraph();
    for (const listener of waiting) listener(builder.length());
    waiting.clear();
    gap = "";
    breaks = after_line_break = false;
    builder.append(value);
  }
  return {
    text(value) {
      const words = value.replace(/[ \t\n\f\r]+/g, " ");
      if (words.startsWith(" ")) widen(" ");
      const core = words.replace(/^ | $/g, "");
      if (core === "") return;
      write(core);
      if (words.endsWith(" ")) widen(" ");
    },
    preformatted(value) {
      if (value !== "") write(value);
    },
    lineBreak() {
      // Two in a row were how paragraphs were made before CSS.
      if (after_line_break) {
        widen("\n\n");
        breaks = true;
      } else widen("\n");
      after_line_break = true;
    },
    block(next) {
      // A block that opens a cell is the cell: it must not split it from its row.
      if (waiting.size > 0) return;
      widen(next);
      breaks = true;
    },
    setGap(next, next_breaks) {
      gap = next;
      breaks = next_breaks;
    },
    onNextText(listener) {
      waiting.add(listener);
      return () => void waiting.delete(listener);
    },
    isWaiting: () => waiting.size > 0,
  };
}

type Visitor = { text(value: string): void; enter(element: Tree.Element): boolean; leave(element: Tree.Element): void };

/** Depth first without recursion: a page may be deeper than the stack. `enter` answers whether to look inside. */
function walk(root: Tree.Document, visitor: Visitor) {
  const open: { node: Tree.ParentNode; next: number }[] = [{ node: root, next: 0 }];
  for (let top = open.at(-1); top; top = open.at(-1)) {
    const child = top.node.childNodes[top.next];
    if (!child) {
      open.pop();
      if (defaultTreeAdapter.isElementNode(top.node)) visitor.leave(top.node);
      continue;
    }
    top.next += 1;
    if (defaultTreeAdapter.isTextNode(child)) visitor.text(child.value);
    else if (defaultTreeAdapter.isElementNode(child) && visitor.enter(child)) open.push({ node: child, next: 0 });
  }
}

function parseBounded(source: string): Tree.Document {
  let node_count = 0;
  const parser: Parser<Tree.DefaultTreeAdapterMap> = new Parser({
    scriptingEnabled: false,
    treeAdapter: {
      ...defaultTreeAdapter,
      createElement(tag, namespace, attributes) {
        node_count += 1;
        if (node_count > NODES_MAX) throw new Unreadable(`the page has more than ${NODES_MAX} elements`);
        if (parser.openElements.stackTop > DEPTH_MAX) throw new Unreadable(`elements are nested deeper than ${DEPTH_MAX} levels`);
        return defaultTreeAdapter.createElement(tag, namespace, attributes);
      },
    },
  });
  parser.tokenizer.write(source, true);
  return parser.document;
}

function isHidden(element: Tree.Element): boolean {
  if (NEVER_SHOWN.has(element.tagName)) return true;
  if (element.tagName === "dialog" && !element.attrs.some(({ name }) => name === "open")) return true;
  return element.attrs.some(
    ({ name, value }) =>
      (name === "hidden" && value.toLowerCase() !== "until-found") ||
      (name === "style" && /(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))/i.test(value)),
  );
}

/** The encoding a page names for itself, in either of the two ways. */
function metaCharset(head: string): string | undefined {
  const named = /<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})/i.exec(head)?.[1];
  // A page that says UTF-16 in ASCII bytes is not UTF-16 (HTML Living Standard §13.2.3.3).
  return named && /^utf-16/i.test(named) ? "utf-8" : named;
}

const NEVER_SHOWN = new Set("script style template iframe noframes noembed object audio video canvas datalist".split(" "));
const TABLE_PARTS = new Set(["thead", "tbody", "tfoot", "tr", "td", "th"]);
const LINES = new Set(["li", "dt", "dd", "option", "optgroup", "legend", "summary"]);
const BLOCKS = new Set(
  (
    "address article aside blockquote body caption center details dialog dir div dl " +
    "fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 " +
    "header hgroup hr html main menu nav ol p pre search section select table textarea title ul"
  ).split(" "),
);
