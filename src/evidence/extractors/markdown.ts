// Markdown as a reader of the rendered page would see it: no marks, no link targets. Raw HTML is not interpreted,
// so nothing can hide in it.
import MarkdownIt from "markdown-it";
import { decodeBytes } from "../decode.ts";
import type { Extractor, Row, Table } from "../extraction.ts";
import { createTextBuilder, type TextBuilder } from "../text-builder.ts";

type Token = ReturnType<InstanceType<typeof MarkdownIt>["parse"]>[number];

export const markdown: Extractor = {
  name: "markdown",
  version: "1 markdown-it 15.0.3",
  read({ bytes, charset, limits }) {
    const decoded = decodeBytes(bytes, { charset });
    const builder = createTextBuilder(limits);
    for (const warning of decoded.warnings) builder.warn(warning);
    writeTokens(builder, new MarkdownIt("default", { html: false, linkify: false, typographer: false }).parse(decoded.text, {}));
    return builder.finish();
  },
};

function writeTokens(builder: TextBuilder, tokens: Token[]) {
  let table: Table | undefined;
  let row: Row | undefined;
  let list_depth = 0;
  const startBlock = (gap: string) => {
    if (builder.length() > 0) builder.append(gap);
    builder.startParagraph();
  };
  for (const token of tokens) {
    switch (token.type) {
      case "bullet_list_open":
      case "ordered_list_open":
        list_depth += 1;
        break;
      case "bullet_list_close":
      case "ordered_list_close":
        list_depth -= 1;
        break;
      case "heading_open":
      case "paragraph_open":
        startBlock(list_depth > 0 ? "\n" : "\n\n");
        break;
      case "fence":
      case "code_block":
        startBlock("\n\n");
        builder.append(token.content.replace(/\n$/, ""));
        break;
      case "table_open":
        table = builder.startTable();
        break;
      case "tr_open":
        startBlock(table?.rows.length ? "\n" : "\n\n");
        row = { row: table?.rows.length ?? 0, line: (token.map?.[0] ?? 0) + 1, start: builder.length(), end: builder.length(), cells: [] };
        break;
      case "th_open":
      case "td_open":
        if (row?.cells.length) builder.append("\t");
        row?.cells.push(builder.length());
        break;
      case "th_close":
      case "td_close":
        row?.cells.push(builder.length());
        break;
      case "tr_close":
        if (!row || !table) break;
        row.end = builder.length();
        builder.addRow(table, row);
        row = undefined;
        break;
      case "inline":
        writeInline(builder, token.children ?? []);
        break;
    }
  }
}

function writeInline(builder: TextBuilder, tokens: Token[]) {
  for (const token of tokens) {
    if (token.type === "softbreak" || token.type === "hardbreak") builder.append("\n");
    else if (token.type === "image") writeInline(builder, token.children ?? []);
    else if (token.content) builder.append(token.content);
  }
}
