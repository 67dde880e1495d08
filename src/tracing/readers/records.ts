// A file of records, whatever its form: CSV with a header line, one JSON object a line, one JSON list, or Parquet. The form
// follows from the first bytes.
import { TracewireError } from "../../errors.ts";
import { exactJson, parseJsonLine, readCsvRecords, readLines } from "./lines.ts";
import { refuseField, type InputFile, type Place, type ReadReport } from "./reader.ts";

export type FileRecord = { line: number; value: Record<string, unknown> };

const LIST_CHARS_MAX = 256 * 2 ** 20;
const BATCH_ROWS = 4_096;

/** Batches of records with the line (or the place in the list) at which each stands, from 1. An empty file is refused. */
export async function* readRecords(file: InputFile, chars_max: number, report?: ReadReport): AsyncGenerator<FileRecord[]> {
  const form = await formOf(file);
  if (form === "parquet") return yield* (await import("./parquet.ts")).readParquet(file);
  if (form === "list") return yield* readList(file);
  if (form === "lines") {
    for await (const lines of readLines(file, chars_max))
      yield lines.filter(({ text }) => text.trim() !== "").map(({ line, text }) => ({ line, value: parseJsonLine(text, { file: file.name, line }) }));
    return;
  }
  for await (const { columns, rows } of readCsvRecords(file, report))
    yield rows.map(({ line, cells }) => {
      const value: Record<string, unknown> = {};
      for (let at = 0; at < columns.length; at++) value[columns[at]!] = cells[at];
      return { line, value };
    });
}

/** No header of a table begins with a brace or a bracket. */
async function formOf(file: InputFile): Promise<"parquet" | "list" | "lines" | "table"> {
  let start = "";
  for await (const piece of file.pieces()) {
    start += Buffer.from(piece.subarray(0, 64)).toString("latin1");
    if (start.trimStart().length >= 4) break;
  }
  if (start.startsWith("PAR1")) return "parquet";
  const first = start.replace(/^\u00ef\u00bb\u00bf/, "").trimStart()[0];
  if (first === undefined) return refuseField({ file: file.name, line: 1 }, "file", "it is empty");
  return first === "{" ? "lines" : first === "[" ? "list" : "table";
}

async function* readList(file: InputFile): AsyncGenerator<FileRecord[]> {
  const parts: string[] = [];
  let chars = 0;
  const decoder = new TextDecoder();
  for await (const piece of file.pieces()) {
    const text = decoder.decode(piece, { stream: true });
    chars += text.length;
    if (chars > LIST_CHARS_MAX)
      throw new TracewireError("BAD_INPUT", {
        what: `A JSON list is read whole, and this one has more than ${LIST_CHARS_MAX} characters`,
        where: file.name,
        hint: "Write one JSON object a line.",
      });
    parts.push(text);
  }
  const list = exactJson(parts.join(""), { file: file.name, line: 1 });
  if (!Array.isArray(list)) throw new TracewireError("BAD_INPUT", { what: "A list of objects is wanted", where: file.name });
  for (let at = 0; at < list.length; at += BATCH_ROWS)
    yield list.slice(at, at + BATCH_ROWS).map((value: unknown, nth) => {
      const place: Place = { file: file.name, line: at + nth + 1 };
      if (typeof value !== "object" || value === null || Array.isArray(value)) refuseField(place, "item", "an object is wanted");
      return { line: place.line, value: value as Record<string, unknown> };
    });
}
