// Bytes into lines, and lines into cells or values, in bounded memory.
import { csvParse, SAVE_WITH_COMMAS, separatorInstead } from "../../csv.ts";
import { TracewireError } from "../../errors.ts";
import { placeText, refuseField, type InputFile, type Place, type ReadReport } from "./reader.ts";

const CSV_RECORD_CHARS_MAX = 1_000_000;
const BATCH_ROWS = 4_096;

export type Line = { line: number; text: string };

/** Batches of lines without their ends; LF and CRLF alike, a mark of byte order at the front taken off. Throws on longer ones. */
export async function* readLines(file: InputFile, chars_max: number, report?: ReadReport): AsyncGenerator<Line[]> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest: string[] = [];
  let rest_chars = 0;
  let line = 1;
  const decode = (piece?: Uint8Array): string => {
    try {
      return piece ? decoder.decode(piece, { stream: true }) : decoder.decode();
    } catch (error) {
      throw new TracewireError("BAD_INPUT", { what: "The bytes are no UTF-8 text", where: placeText({ file: file.name, line }), cause: error });
    }
  };
  for await (const piece of file.pieces()) {
    const text = decode(piece);
    const end = text.lastIndexOf("\n");
    if (end < 0) {
      rest.push(text);
      rest_chars += text.length;
      if (rest_chars > chars_max) refuseLong({ file: file.name, line }, chars_max);
      continue;
    }
    const whole = (rest.length > 0 ? rest.join("") : "") + text.slice(0, end);
    const batch: Line[] = [];
    for (const part of whole.split("\n")) {
      const own = part.endsWith("\r") ? part.slice(0, -1) : part;
      if (own.length > chars_max) refuseLong({ file: file.name, line }, chars_max);
      batch.push({ line: line++, text: own });
    }
    yield batch;
    const tail = text.slice(end + 1);
    rest = tail === "" ? [] : [tail];
    rest_chars = tail.length;
  }
  const last = rest.join("") + decode();
  if (last.length > chars_max) refuseLong({ file: file.name, line }, chars_max);
  if (last === "") return;
  // A row that was cut in its last cell is a row all the same: only the missing end of its line gives it away.
  report?.notes.push(`The last line of ${file.name} has no end. Was the file cut off? Then its last row may be wrong.`);
  yield [{ line, text: last.endsWith("\r") ? last.slice(0, -1) : last }];
}

function refuseLong(place: Place, chars_max: number): never {
  throw new TracewireError("BAD_INPUT", { what: `The line is longer than ${chars_max} characters`, where: placeText(place) });
}

export type Cells = { line: number; cells: string[] };

/**
 * Batches of a CSV file's rows, the header first. A line without quotation mark is split at its commas; where there are
 * some, the record (which may go over lines) is read by csv-parse. Every row has to have as many cells as the first.
 */
export async function* readCsv(file: InputFile, report?: ReadReport): AsyncGenerator<Cells[]> {
  let width = 0;
  let open: Line | undefined;
  const check = (line: number, cells: string[]): Cells => {
    if (width === 0) refuseOtherSeparator({ file: file.name, line }, cells);
    width ||= cells.length;
    if (cells.length !== width)
      throw new TracewireError("BAD_INPUT", {
        what: `The row has ${cells.length} cells, and the header ${width}`,
        where: placeText({ file: file.name, line }),
        hint: "The file may be cut off, or a comma stand in a cell without quotation marks.",
      });
    return { line, cells };
  };
  for await (const lines of readLines(file, CSV_RECORD_CHARS_MAX, report)) {
    const batch: Cells[] = [];
    for (const { line, text } of lines) {
      if (open) {
        open.text += `\n${text}`;
        if (open.text.length > CSV_RECORD_CHARS_MAX) refuseLong({ file: file.name, line: open.line }, CSV_RECORD_CHARS_MAX);
        if (!text.includes('"') || !isClosed(open.text)) continue;
        batch.push(check(open.line, quotedCells(file, open)));
        open = undefined;
      } else if (text.includes('"')) {
        if (isClosed(text)) batch.push(check(line, quotedCells(file, { line, text })));
        else open = { line, text };
      } else if (text.trim() !== "") batch.push(check(line, text.split(",")));
    }
    if (batch.length > 0) yield batch;
  }
  if (open)
    throw new TracewireError("BAD_INPUT", {
      what: "A quotation mark is not closed before the file ends",
      where: placeText({ file: file.name, line: open.line }),
    });
}

function refuseOtherSeparator(place: Place, cells: readonly string[]): void {
  const other = separatorInstead(cells);
  if (other !== undefined) throw new TracewireError("BAD_INPUT", { what: `This file separates its cells by ${other}, and commas are wanted`, where: placeText(place), hint: SAVE_WITH_COMMAS });
}

/** A quotation mark inside quotation marks is doubled, so a whole record has an even number of them (RFC 4180). */
function isClosed(text: string): boolean {
  let count = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) count += 1;
  return count % 2 === 0;
}

function quotedCells(file: InputFile, { line, text }: Line): string[] {
  try {
    return (csvParse().parse(text, { relax_column_count: true }) as string[][])[0] ?? [];
  } catch (error) {
    throw new TracewireError("BAD_INPUT", { what: (error as Error).message, where: placeText({ file: file.name, line }), cause: error });
  }
}

/** Rows of a CSV file by the names of its header. A name that stands twice is refused. */
export async function* readCsvRecords(file: InputFile, report?: ReadReport): AsyncGenerator<{ columns: string[]; rows: Cells[] }> {
  let columns: string[] | undefined;
  for await (const batch of readCsv(file, report)) {
    if (!columns) {
      const header = batch.shift()!;
      columns = header.cells.map((cell) => cell.trim());
      for (const [at, name] of columns.entries())
        if (columns.indexOf(name) !== at) refuseField({ file: file.name, line: header.line }, name, "the column stands twice in the header");
    }
    for (let at = 0; at < batch.length; at += BATCH_ROWS) yield { columns, rows: batch.slice(at, at + BATCH_ROWS) };
  }
}

/** A JSON object of one line. Whole numbers too large for a double come as text, with every digit; so do fractions. */
export function parseJsonLine(text: string, place: Place): Record<string, unknown> {
  const value = exactJson(text, place);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new TracewireError("BAD_INPUT", { what: "The line is no JSON object", where: placeText(place) });
  return value as Record<string, unknown>;
}

export function exactJson(text: string, place: Place): unknown {
  try {
    // Only numbers of many digits, with a point or an exponent need their source (ECMAScript's JSON.parse source text access).
    return /[:[,]\s*-?\d*(?:\d{16}|\d[.eE])/.test(text) ? (JSON.parse(text, exactNumber as never) as unknown) : (JSON.parse(text) as unknown);
  } catch (error) {
    throw new TracewireError("BAD_INPUT", {
      what: `This is no JSON: ${(error as Error).message.slice(0, 100).toWellFormed()}`,
      where: placeText(place),
      hint: "The file may be cut off; of JSON, one object a line is wanted, or one list of objects.",
      cause: error,
    });
  }
}

const exactNumber = (_: string, value: unknown, context: { source?: string }): unknown =>
  typeof value === "number" && !Number.isSafeInteger(value) ? (context.source ?? value) : value;

/** A cell of a JSON row as text; "" for null and what is not there. */
export function cellText(value: unknown, place: Place, field: string): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value.trim();
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return refuseField(place, field, "text or a number is wanted");
}
