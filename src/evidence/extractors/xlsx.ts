// A workbook (ECMA-376): each sheet is a table, each cell what it shows but for its format: numbers as they are stored, dates as
// dates, a formula as the value that was saved with it. Nothing is computed, no macro or link is looked at.
import { unzipSync } from "fflate";
import { SaxesParser } from "saxes";
import { Unreadable, type Extractor } from "../extraction.ts";
import { createTextBuilder, type TextBuilder } from "../text-builder.ts";

const PARTS_MAX = 2_000;
const PART_BYTES_MAX = 100 * 2 ** 20;
const WHOLE_BYTES_MAX = 200 * 2 ** 20;
const SHEETS_MAX = 200;
const STRINGS_MAX = 1_000_000;
/** XFD, the last column there is. */
const COLUMNS_MAX = 16_384;

export const xlsx: Extractor = {
  name: "xlsx",
  version: "1 fflate 0.8.3 saxes 6.0.0",
  read({ bytes, limits }) {
    const parts = unpack(bytes);
    const builder = createTextBuilder(limits);
    const { sheets, is_1904 } = readWorkbook(parts);
    const book: Book = { strings: readStrings(parts["xl/sharedStrings.xml"]), dates: readDateStyles(parts["xl/styles.xml"]), is_1904, formulas: 0 };
    for (const { name, path, is_hidden } of sheets) {
      const part = parts[path];
      if (!part) {
        builder.warn(`the sheet “${name.slice(0, 60)}” is not in the file`);
        continue;
      }
      if (is_hidden) builder.warn(`the sheet “${name.slice(0, 60)}” is hidden in the workbook; it is read all the same`);
      if (builder.length() > 0) builder.append("\n\n");
      builder.startParagraph();
      builder.append(name);
      writeSheet(builder, part, book);
    }
    if (book.formulas > 0) builder.warn(`${book.formulas} cells are formulas; the values that were saved with them are read`);
    return builder.finish();
  },
};

type Parts = Record<string, Uint8Array>;
type Book = { strings: string[]; dates: Set<number>; is_1904: boolean; formulas: number };

/** Only the parts that are read, within limits that are checked before anything is unpacked. */
function unpack(bytes: Uint8Array): Parts {
  let count = 0;
  let whole = 0;
  try {
    return unzipSync(bytes, {
      filter({ name, originalSize }) {
        count += 1;
        if (count > PARTS_MAX) throw new Unreadable(`it has more than ${PARTS_MAX} parts`);
        if (!/^xl\/(workbook\.xml|_rels\/workbook\.xml\.rels|sharedStrings\.xml|styles\.xml|worksheets\/[\w.-]+\.xml)$/.test(name)) return false;
        whole += originalSize;
        if (originalSize > PART_BYTES_MAX || whole > WHOLE_BYTES_MAX) throw new Unreadable(`it unfolds to more than ${WHOLE_BYTES_MAX / 2 ** 20} MB`);
        return true;
      },
    });
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    throw new Unreadable(`not a readable workbook: ${(error as Error).message}`);
  }
}

type Attributes = Record<string, string>;
type Handler = { open?(name: string, attributes: Attributes): void; close?(name: string): void; text?(text: string): void };

/** Names without their prefix. No entity is looked up but XML's own five. */
function parse(part: Uint8Array | undefined, handler: Handler): void {
  if (!part) return;
  const parser = new SaxesParser();
  const bare = (name: string) => name.slice(name.indexOf(":") + 1);
  parser.on("error", (error) => {
    throw new Unreadable(`a part of the workbook is no XML: ${error.message.split("\n")[0]!.slice(0, 200)}`);
  });
  parser.on("opentag", ({ name, attributes }) => handler.open?.(bare(name), attributes as Attributes));
  parser.on("closetag", ({ name }) => handler.close?.(bare(name)));
  parser.on("text", (text) => handler.text?.(text));
  parser.write(new TextDecoder().decode(part)).close();
}

function readWorkbook(parts: Parts): { sheets: { name: string; path: string; is_hidden: boolean }[]; is_1904: boolean } {
  if (!parts["xl/workbook.xml"]) throw new Unreadable("it has no workbook in it");
  const targets = new Map<string, string>();
  parse(parts["xl/_rels/workbook.xml.rels"], {
    open(name, { Id = "", Target = "" }) {
      if (name === "Relationship") targets.set(Id, Target.startsWith("/") ? Target.slice(1) : `xl/${Target}`);
    },
  });
  const sheets: { name: string; path: string; is_hidden: boolean }[] = [];
  let is_1904 = false;
  parse(parts["xl/workbook.xml"], {
    open(name, attributes) {
      if (name === "workbookPr") is_1904 = ["1", "true"].includes(attributes.date1904 ?? "");
      if (name !== "sheet") return;
      if (sheets.length >= SHEETS_MAX) throw new Unreadable(`it has more than ${SHEETS_MAX} sheets`);
      const id = Object.entries(attributes).find(([key]) => key.endsWith(":id"))?.[1] ?? "";
      sheets.push({ name: attributes.name ?? "", path: targets.get(id) ?? "", is_hidden: (attributes.state ?? "visible") !== "visible" });
    },
  });
  if (sheets.length === 0) throw new Unreadable("it has no sheets");
  return { sheets, is_1904 };
}

function readStrings(part: Uint8Array | undefined): string[] {
  const strings: string[] = [];
  let text = "";
  let is_text = false;
  let phonetic = 0;
  parse(part, {
    open(name) {
      if (name === "si") text = "";
      if (name === "rPh") phonetic += 1;
      is_text = name === "t" && phonetic === 0;
    },
    text(more) {
      if (is_text) text += more;
    },
    close(name) {
      if (name === "t") is_text = false;
      if (name === "rPh") phonetic -= 1;
      if (name !== "si") return;
      if (strings.length >= STRINGS_MAX) throw new Unreadable(`it has more than ${STRINGS_MAX} texts`);
      strings.push(text);
    },
  });
  return strings;
}

/** Styles by number that show a day: the formats that are built in (§18.8.30), and those written with y, m and d. */
function readDateStyles(part: Uint8Array | undefined): Set<number> {
  const written = new Map<number, string>();
  const dates = new Set<number>();
  let in_cells = false;
  let style = 0;
  parse(part, {
    open(name, { numFmtId = "", formatCode = "" }) {
      if (name === "numFmt") written.set(Number(numFmtId), formatCode);
      if (name === "cellXfs") in_cells = true;
      if (name !== "xf" || !in_cells) return;
      const id = Number(numFmtId);
      const code = written.get(id)?.replaceAll(/"[^"]*"|\\.|\[[^\]]*\]/g, "") ?? "";
      if ((id >= 14 && id <= 17) || id === 22 || /[yd]/i.test(code)) dates.add(style);
      style += 1;
    },
    close(name) {
      if (name === "cellXfs") in_cells = false;
    },
  });
  return dates;
}

const MS_OF_DAY = 86_400_000;

/** Days since the workbook's own beginning. 1900 was no leap year, which the format counts as one: before March 1900 a day is left as its number. */
function dateOf(value: string, is_1904: boolean): string {
  const days = Number(value);
  if (!/^\d+(\.\d+)?$/.test(value) || days > 2_958_465 || (!is_1904 && days < 61)) return value;
  const at = new Date(Math.round((is_1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, 30)) + days * MS_OF_DAY)).toISOString();
  return days % 1 === 0 ? at.slice(0, 10) : `${at.slice(0, 10)} ${at.slice(11, 19)}`;
}

function writeSheet(builder: TextBuilder, part: Uint8Array, book: Book): void {
  const table = builder.startTable();
  let cells: string[] = [];
  let column = 0;
  let type = "n";
  let style = -1;
  let value = "";
  let is_value = false;
  let line = 0;
  let width = 0;
  const shown = (): string => {
    if (type === "s") return book.strings[Number(value)] ?? "";
    if (type === "b") return value === "1" ? "TRUE" : "FALSE";
    return type === "n" && book.dates.has(style) ? dateOf(value, book.is_1904) : value;
  };
  parse(part, {
    open(name, { r = "", t = "n", s = "-1" }) {
      if (name === "row") {
        cells = [];
        column = 0;
        line = Number(r) || line + 1;
      } else if (name === "c") {
        const letters = /^[A-Z]{1,3}/.exec(r)?.[0];
        column = letters === undefined ? column : [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
        if (column >= COLUMNS_MAX) throw new Unreadable(`it has more than ${COLUMNS_MAX} columns`);
        [type, style, value] = [t, Number(s), ""];
      } else if (name === "f") book.formulas += 1;
      is_value = name === "v" || (name === "t" && type === "inlineStr");
    },
    text(more) {
      if (is_value) value += more;
    },
    close(name) {
      if (name === "v" || name === "t") is_value = false;
      else if (name === "c") {
        cells[column] = shown();
        column += 1;
      } else if (name === "row") {
        const own = Array.from({ length: Math.max(width, cells.length) }, (_, at) => (cells[at] ?? "").replaceAll(/[\t\r\n]+/g, " "));
        if (own.every((cell) => cell.trim() === "")) return;
        // As wide as its head, or wider where it is: a cell that is not written is empty.
        if (table.rows.length === 0) width = own.length;
        builder.append("\n");
        builder.startParagraph();
        const [start, places] = [builder.length(), [] as number[]];
        for (const [at, cell] of own.entries()) {
          if (at > 0) builder.append("\t");
          places.push(builder.length());
          builder.append(cell);
          places.push(builder.length());
        }
        builder.addRow(table, { row: table.rows.length, line, start, end: builder.length(), cells: places });
      }
    },
  });
}
