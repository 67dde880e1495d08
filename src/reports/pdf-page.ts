// Laying text out on tagged pages: every mark is a part of the document's structure or an artifact, so that a screen
// reader hears headings, paragraphs, notes and tables, and no rule or page number (ISO 32000-1 §14.8, PDF/UA-1 §7.1).
import { join } from "node:path";
import { glyphsOf, pdfKit, type PdfDocument, type Struct } from "./pdf-kit.ts";
import type { TableData } from "./report-words.ts";

const FONTS = join(import.meta.dirname, "..", "site", "assets");
const MARGINS = { top: 64, bottom: 64, left: 60, right: 60 };
const INK = "#1b1d21";
const LINK = "#1d4f91";
const BODY_SIZE = 10.5;
const CELL_SIZE = 7.5;
const CELL_GAP = 6;

export type PdfHead = { title: string; author: string; subject: string; language: string; created: string };
/** A piece of a line: words, or a link to a named place with what it is. */
export type Piece = { text: string; goTo?: string; alt?: string };
export type Sheet = {
  heading(level: 1 | 2 | 3, text: string, options?: { place?: string; bookmark?: boolean }): void;
  paragraph(pieces: readonly Piece[], options?: { size?: number; place?: string; indent?: number }): void;
  list(items: readonly string[]): void;
  note(label: string, pieces: readonly Piece[], place: string): void;
  table(data: TableData, caption?: readonly Piece[]): void;
  section(): void;
  finish(head: string): Promise<Uint8Array>;
};

export function openSheet({ title, author, subject, language, created }: PdfHead): Sheet {
  const Kit = pdfKit();
  // pdfkit derives the file's identifier from these alone: the same report has the same one.
  const date = new Date(created);
  const doc: PdfDocument = new Kit({
    size: "A4",
    margins: { ...MARGINS },
    pdfVersion: "1.7",
    lang: language,
    tagged: true,
    displayTitle: true,
    bufferPages: true,
    info: {
      Title: title,
      Author: author,
      Subject: subject,
      Creator: "Tracewire",
      Producer: "Tracewire",
      CreationDate: date,
      ModDate: date,
    },
  });
  const chunks: Uint8Array[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    doc.on("data", (chunk) => chunks.push(chunk));
    doc.on("end", () => resolve());
    doc.on("error", (error) => reject(error));
  });
  const [sans, serif] = ["preview-sans.ttf", "preview-serif.ttf"].map((name) => join(FONTS, name)) as [string, string];
  doc.registerFont("text", sans).registerFont("head", serif);
  const glyphs = glyphsOf(sans);
  const spell = (text: string) => spellMissing(text, glyphs);
  tagLinks(doc);

  const root = doc.struct("Document");
  doc.addStructure(root);
  let open: Struct = root;
  let outline = doc.outline;
  const width = () => doc.page.width - MARGINS.left - MARGINS.right;
  const bottom = () => doc.page.height - MARGINS.bottom;
  const need = (height: number) => {
    if (doc.y + height > bottom()) doc.addPage();
  };
  const add = (type: string, into = open): Struct => {
    const struct = doc.struct(type);
    into.add(struct);
    return struct;
  };
  const artifact = (draw: () => void) => {
    doc.markContent("Artifact", { type: "Layout" });
    draw();
    doc.endMarkedContent();
  };
  /** Words and links in one line of flow; each is marked content of its own. */
  const flow = (parent: Struct, pieces: readonly Piece[], indent: number) => {
    const shown = pieces.filter(({ text }) => text !== "");
    const last = shown.length - 1;
    shown.forEach((piece, at) => {
      const options = { continued: at < last, width: width() - indent, goTo: piece.goTo ?? null, lineGap: 2 };
      const draw = () => {
        doc.fillColor(piece.goTo ? LINK : INK);
        if (at === 0) doc.text(spell(piece.text), MARGINS.left + indent, doc.y, options);
        else doc.text(spell(piece.text), options);
      };
      if (!piece.goTo) parent.add(draw);
      else {
        const link = add("Link", parent);
        link.add(draw);
        link.end();
      }
    });
    doc.fillColor(INK);
  };

  return {
    section() {
      if (open !== root) open.end();
      open = add("Sect", root);
    },
    heading(level, text, { place, bookmark } = {}) {
      const size = [21, 15, 11.5][level - 1]!;
      doc.font("head").fontSize(size);
      need(doc.heightOfString(spell(text), { width: width() }) + 40);
      if (doc.y > MARGINS.top) doc.y += [0, 12, 8][level - 1]!;
      if (place) doc.addNamedDestination(place, "XYZ", MARGINS.left, doc.y, null);
      if (bookmark) {
        const item = (level <= 2 ? doc.outline : outline).addItem(text);
        if (level <= 2) outline = item;
      }
      const struct = add(`H${level}`);
      struct.add(() => doc.font("head").fontSize(size).fillColor(INK).text(spell(text), MARGINS.left, doc.y, { width: width() }));
      struct.end();
      doc.y += 4;
    },
    paragraph(pieces, { size = BODY_SIZE, place, indent = 0 } = {}) {
      doc.font("text").fontSize(size);
      need(doc.currentLineHeight() * 2);
      if (place) doc.addNamedDestination(place, "XYZ", MARGINS.left, doc.y, null);
      const struct = add("P");
      flow(struct, pieces, indent);
      struct.end();
      doc.y += 5;
    },
    list(items) {
      doc.font("text").fontSize(9);
      const list = add("L");
      for (const item of items) {
        need(doc.currentLineHeight() * 2);
        const entry = add("LI", list);
        const label = add("Lbl", entry);
        const top = doc.y;
        label.add(() => doc.text("–", MARGINS.left, top, { width: 12, lineBreak: false }));
        const body = add("LBody", entry);
        body.add(() => doc.text(spell(item), MARGINS.left + 12, top, { width: width() - 12 }));
        entry.end();
        doc.y += 2;
      }
      list.end();
      doc.y += 4;
    },
    note(label, pieces, place) {
      doc.font("text").fontSize(8.5);
      need(doc.currentLineHeight() * 3);
      doc.addNamedDestination(place, "XYZ", MARGINS.left, doc.y, null);
      const note = doc.struct("Note", {});
      // PDF/UA-1 §7.9: a note has an identifier that no other has.
      note.dictionary.data.ID = new String(place);
      open.add(note);
      const top = doc.y;
      const name = add("Lbl", note);
      name.add(() => doc.fillColor(INK).text(label, MARGINS.left, top, { width: 22, lineBreak: false }));
      doc.y = top;
      const body = add("P", note);
      flow(body, pieces, 24);
      note.end();
      doc.y += 4;
    },
    table(data, caption = [{ text: data.caption }]) {
      const table = add("Table");
      doc.font("head").fontSize(9);
      need(doc.currentLineHeight() * 5);
      doc.y += 4;
      const name = add("Caption", table);
      flow(name, caption, 0);
      doc.y += 3;
      const total = data.columns.reduce((sum, { share }) => sum + share, 0);
      const widths = data.columns.map(({ share }) => (width() * share) / total - CELL_GAP);
      const heightOf = (cells: readonly string[], font: string) => {
        doc.font(font).fontSize(CELL_SIZE);
        return Math.max(...cells.map((cell, at) => doc.heightOfString(spell(cell) || " ", { width: widths[at]! }))) + 5;
      };
      const drawRow = (cells: readonly string[], font: string, mark: (cell: number, draw: () => void) => void) => {
        const top = doc.y;
        const height = heightOf(cells, font);
        let left = MARGINS.left;
        cells.forEach((cell, at) => {
          const x = left;
          mark(at, () =>
            doc
              .font(font)
              .fontSize(CELL_SIZE)
              .text(spell(cell) || " ", x, top + 2, { width: widths[at]!, align: data.columns[at]!.numeric ? "right" : "left" }),
          );
          left += widths[at]! + CELL_GAP;
        });
        doc.y = top + height;
        artifact(() =>
          doc
            .lineWidth(0.4)
            .moveTo(MARGINS.left, doc.y)
            .lineTo(MARGINS.left + width(), doc.y)
            .stroke("#c9c5b8"),
        );
      };
      const names = data.columns.map((column) => column.name);
      const header = Math.max(
        0,
        names.findIndex((column) => column === "What" || column === "Source"),
      );
      const head = add("THead", table);
      const headRow = add("TR", head);
      drawRow(names, "head", (_, draw) => {
        const cell = cellOf(doc, "Column");
        headRow.add(cell);
        cell.add(draw);
      });
      head.end();
      const body = add("TBody", table);
      for (const cells of data.rows) {
        if (doc.y + heightOf(cells, "text") > bottom()) {
          doc.addPage();
          // Said again for the eye; the structure has it once. Artifacts do not lie in each other (ISO 32000-1 §14.8.2.2).
          drawRow(names, "head", (_, draw) => artifact(draw));
        }
        const row = add("TR", body);
        drawRow(cells, "text", (at, draw) => {
          const cell = at === header ? cellOf(doc, "Row") : doc.struct("TD");
          row.add(cell);
          cell.add(draw);
        });
        row.end();
      }
      table.end();
      doc.x = MARGINS.left;
      doc.y += 8;
    },
    async finish(head) {
      root.end();
      const { count } = doc.bufferedPageRange();
      for (let page = 0; page < count; page++) {
        doc.switchToPage(page);
        doc.page.margins = { ...doc.page.margins, top: 0, bottom: 0 };
        doc.markContent("Artifact", { type: "Pagination" });
        doc.font("text").fontSize(8).fillColor("#55585e");
        doc.text(spell(head), MARGINS.left, 32, { width: width(), lineBreak: false });
        doc.text(`${page + 1} of ${count}`, MARGINS.left, doc.page.height - 40, { width: width(), align: "right", lineBreak: false });
        doc.endMarkedContent();
      }
      doc.end();
      await ended;
      return Buffer.concat(chunks);
    },
  };
}

function cellOf(doc: PdfDocument, scope: "Column" | "Row"): Struct {
  const cell = doc.struct("TH");
  cell.dictionary.data.A = { O: "Table", Scope: scope };
  return cell;
}

/** A link inside the document becomes part of its Link element, as one to elsewhere does in pdfkit. */
function tagLinks(doc: PdfDocument): void {
  const goTo = doc.goTo.bind(doc);
  doc.goTo = (x, y, width, height, name, options = {}) => {
    const current = doc._currentStructureElement;
    const structParent = current?.dictionary.data.S === "Link" ? current : undefined;
    return goTo(x, y, width, height, name, { ...options, Contents: new String(`To ${name}`), ...(structParent ? { structParent } : {}) });
  };
}

/** A sign that the fonts have no glyph for is spelt, so that nothing printed is an empty box. */
function spellMissing(text: string, glyphs: ReadonlySet<number>): string {
  return Array.from(text, (sign) => {
    const point = sign.codePointAt(0)!;
    return glyphs.has(point) || sign === "\n" ? sign : /\s/.test(sign) ? " " : `[U+${point.toString(16).toUpperCase().padStart(4, "0")}]`;
  }).join("");
}
