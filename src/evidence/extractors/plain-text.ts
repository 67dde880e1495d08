// Text as it stands. A paragraph ends at a blank line, a page at a form feed (as `pdftotext` and RFCs print it).
import { decodeBytes } from "../decode.ts";
import type { Extractor } from "../extraction.ts";
import { createTextBuilder, type TextBuilder } from "../text-builder.ts";

export const plainText: Extractor = {
  name: "plain-text",
  version: "1",
  read({ bytes, charset, limits }) {
    const decoded = decodeBytes(bytes, { charset });
    const builder = createTextBuilder(limits);
    for (const warning of decoded.warnings) builder.warn(warning);
    const pages = decoded.text.split("\f");
    for (const [index, page] of pages.entries()) {
      if (index > 0) builder.append("\n");
      if (pages.length > 1) builder.startPage();
      appendParagraphs(builder, page);
    }
    return builder.finish();
  },
};

/** Appends text whole, blank lines included, marking where each paragraph begins. */
export function appendParagraphs(builder: TextBuilder, text: string): void {
  const lines = text.replace(/\r\n?/g, "\n");
  const blank = /\n[ \t\u00a0]*\n\s*|^\s+/g;
  let start = 0;
  for (let match = blank.exec(lines); match; match = blank.exec(lines)) {
    const end = match.index + match[0].length;
    if (match.index > start) builder.startParagraph();
    builder.append(lines.slice(start, end));
    start = end;
  }
  if (start === lines.length) return;
  builder.startParagraph();
  builder.append(lines.slice(start));
}
