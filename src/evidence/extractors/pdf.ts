// The text layer of a PDF, page by page. Pictures of text are not read, and it is said which pages have none.
import { getDocumentProxy } from "unpdf";
import { Unreadable, type Extractor } from "../extraction.ts";
import { createTextBuilder, type TextBuilder } from "../text-builder.ts";

const PAGES_MAX = 10_000;
const PAGES_NAMED_MAX = 20;
/** Lines further apart than this many line heights do not belong together. */
const PARAGRAPH_GAP = 1.7;

export const pdf: Extractor = {
  name: "pdf",
  version: "1 unpdf 1.8.1",
  async read({ bytes, limits }) {
    const builder = createTextBuilder(limits);
    const document = await open(bytes);
    try {
      if (document.numPages > PAGES_MAX) throw new Unreadable(`it has more than ${PAGES_MAX} pages`);
      const empty: number[] = [];
      let damaged = 0;
      for (let number = 1; number <= document.numPages; number += 1) {
        if (number > 1) builder.append("\n\n");
        builder.startPage();
        const start = builder.length();
        try {
          const page = await document.getPage(number);
          const content = await page.getTextContent();
          writePage(
            builder,
            content.items.filter((item) => "str" in item),
          );
          page.cleanup();
        } catch (error) {
          if (error instanceof Unreadable) throw error;
          damaged += 1;
          builder.warn(`page ${number} is damaged and could not be read (${(error as Error)?.message})`);
        }
        if (builder.length() === start) empty.push(number);
      }
      if (empty.length === document.numPages)
        throw new Unreadable(`a PDF of ${document.numPages} pages without text, ${damaged} of them damaged; pictures of text are not read`);
      if (empty.length) {
        const named = empty.slice(0, PAGES_NAMED_MAX).join(", ");
        builder.warn(`no text on ${empty.length} pages: ${named}${empty.length > PAGES_NAMED_MAX ? ", …" : ""}`);
      }
      return builder.finish();
    } finally {
      await document.loadingTask.destroy();
    }
  },
};

async function open(bytes: Uint8Array) {
  try {
    // A copy, because the parser takes the buffer over. No fonts are loaded, no forms run.
    return await getDocumentProxy(new Uint8Array(bytes), {
      verbosity: 0,
      useSystemFonts: false,
      disableFontFace: true,
      enableXfa: false,
    });
  } catch (error) {
    const { name, message } = error as Error;
    if (name === "PasswordException") throw new Unreadable("it is protected by a password");
    throw new Unreadable(`not a readable PDF: ${message}`);
  }
}

type TextItem = { str: string; transform: number[]; height: number; hasEOL: boolean };

function writePage(builder: TextBuilder, items: TextItem[]) {
  let last_y: number | undefined;
  let line_ended = false;
  for (const item of items) {
    if (item.str !== "") {
      const y = Number(item.transform[5] ?? 0);
      const height = item.height || Math.abs(Number(item.transform[3] ?? 0)) || 1;
      if (last_y === undefined) builder.startParagraph();
      else if (line_ended) {
        // Downwards by more than a line, or back up: a new column or block.
        const apart = last_y - y > PARAGRAPH_GAP * height || y - last_y > height;
        builder.append(apart ? "\n\n" : "\n");
        if (apart) builder.startParagraph();
      }
      builder.append(item.str);
      last_y = y;
      line_ended = false;
    }
    if (item.hasEOL) line_ended = true;
  }
}
