// Any CSV with a header line, such as the reduced tables that the demo transcribes from sources whose files may not
// be passed on. The cells stay as they are.
import { csvParse, SAVE_WITH_COMMAS, separatorInstead } from "../../csv.ts";
import { TracewireError } from "../../errors.ts";
import { textOf, type DatasetReader, type Row, type SourceFile } from "../reader.ts";

export function csvRows(file: SourceFile, options: { columns?: readonly string[] } = {}): { columns: string[]; rows: Row[] } {
  const text = textOf(file);
  const other = options.columns ? undefined : separatorInstead(text.split(/\r?\n/, 1)[0]!.split(","));
  if (other !== undefined) throw new TracewireError("BAD_INPUT", { what: `This file separates its cells by ${other}, and commas are wanted`, where: `${file.name}:1`, hint: SAVE_WITH_COMMAS });
  try {
    const records = csvParse().parse(text, { bom: true, skip_empty_lines: true, relax_column_count: false, trim: true }) as string[][];
    const columns = options.columns ? [...options.columns] : (records.shift() ?? []);
    return { columns, rows: records.map((cells) => Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? ""]))) };
  } catch (error) {
    const line = (error as { lines?: number }).lines;
    throw new TracewireError("BAD_INPUT", {
      what: (error as Error).message,
      where: line ? `${file.name}:${line}` : file.name,
      cause: error,
    });
  }
}

/** The file's name is the table's: "un-list.csv" becomes table/un-list. A first column "id" or "reference" is its key. */
export const csvTable: DatasetReader = {
  format: "table",
  version: "1",
  title: "Table as transcribed",
  publisher: "stated in the table’s source note",
  files: "one CSV file with a header line",
  grade: "transcription",
  source_grade: "B",
  item_grade: "2",
  lacks: "Whatever its transcriber left out is missing; the source note says what.",
  recognises: () => false,
  read: (files) => ({
    tables: files.map((file) => {
      const { columns, rows } = csvRows(file);
      return { name: file.name.replace(/\.csv$/, "").toLowerCase(), columns, key: columns.slice(0, 1), rows };
    }),
  }),
};
