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

/**
 * A stretch of a page's text and where it stands: offsets from the start of the page's text; the line that its letters stand
 * on begins at (x, y), runs along (dx, dy), and its height is (ux, uy); all in shares of the page from its top left.
 */
export type PlacedText = [start: number, end: number, x: number, y: number, dx: number, dy: number, ux: number, uy: number];

/** The page is read as `read` reads it, so that the same offsets name the same words. Throws `Unreadable`. */
export async function placePdfText(bytes: Uint8Array, number: number): Promise<PlacedText[]> {
  const document = await open(bytes);
  try {
    if (number > document.numPages) throw new Unreadable(`it has ${document.numPages} pages`);
    const page = await document.getPage(number);
    const { width, height, transform: view } = page.getViewport({ scale: 1 });
    const { items } = await page.getTextContent();
    const turn = (x: number, y: number) => [(view[0]! * x + view[2]! * y) / width, (view[1]! * x + view[3]! * y) / height] as const;
    const [left, top] = [view[4]! / width, view[5]! / height];
    const places: PlacedText[] = [];
    writePage(createTextBuilder(), items.filter((item) => "str" in item), (item, start, end) => {
      const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = item.transform;
      const [along, up] = [Math.hypot(a, b) || 1, Math.hypot(c, d) || 1];
      const tall = (item.height || up) / up;
      const [x, y] = turn(e, f);
      const place: PlacedText = [start, end, x + left, y + top, ...turn((a / along) * item.width, (b / along) * item.width), ...turn(c * tall, d * tall)];
      if (end > start && place.every(Number.isFinite)) places.push(place);
    });
    return places;
  } finally {
    await document.loadingTask.destroy();
  }
}

type TextItem = { str: string; transform: number[]; width: number; height: number; hasEOL: boolean };

function writePage(builder: TextBuilder, items: TextItem[], onItem?: (item: TextItem, start: number, end: number) => void) {
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
      const start = builder.length();
      builder.append(item.str);
      onItem?.(item, start, builder.length());
      last_y = y;
      line_ended = false;
    }
    if (item.hasEOL) line_ended = true;
  }
}
