// CSV, strict (RFC 4180 with `;` and tab as other separators): a quote out of place or a row of another width is an
// error that names its line, never a guess. Values stay text: a formula, a long number, a leading zero are kept as written.
import type { CsvError } from "csv-parse/sync";
import { lazily } from "../../lazy.ts";
import { decodeBytes } from "../decode.ts";
import { Unreadable, type Extractor } from "../extraction.ts";
import { createTextBuilder } from "../text-builder.ts";

const csvParse = lazily<typeof import("csv-parse/sync")>(import.meta.url, "csv-parse/sync");

/** A quote that is never closed would otherwise swallow the rest of the file into one value. */
const RECORD_CHARS_MAX = 1_000_000;
const HEADER_SAMPLE_CHARS = 65_536;
const DELIMITERS = [",", ";", "\t"] as const;

export const csv: Extractor = {
  name: "csv",
  version: "1 csv-parse 7.0.3",
  read({ bytes, charset, limits }) {
    const decoded = decodeBytes(bytes, { charset });
    const builder = createTextBuilder(limits);
    for (const warning of decoded.warnings) builder.warn(warning);
    const table = builder.startTable();
    let next_line = 1;
    try {
      csvParse().parse(decoded.text, {
        bom: true,
        delimiter: headerDelimiter(decoded.text),
        skip_empty_lines: true,
        max_record_size: RECORD_CHARS_MAX,
        info: true,
        raw: true,
        // Written as it is read, and nothing returned: the parser keeps no second copy.
        on_record: (parsed: unknown) => {
          const { record, raw, info } = parsed as ParsedRecord;
          // `raw` begins with any blank lines skipped and holds the line breaks inside quotes.
          const leading = /^[\r\n]*/.exec(raw)?.[0] ?? "";
          const line = next_line + countLines(leading);
          next_line = Math.max(line + countLines(raw.slice(leading.length).replace(/[\r\n]+$/, "")) + 1, info.lines + 1);
          if (builder.length() > 0) builder.append("\n");
          builder.startParagraph();
          const start = builder.length();
          const cells: number[] = [];
          for (const [index, value] of record.entries()) {
            if (index > 0) builder.append("\t");
            cells.push(builder.length());
            builder.append(value);
            cells.push(builder.length());
          }
          builder.addRow(table, { row: table.rows.length, line, start, end: builder.length(), cells });
          return undefined;
        },
      });
    } catch (error) {
      if (!(error instanceof csvParse().CsvError)) throw error;
      throw new Unreadable(describe(error));
    }
    return builder.finish();
  },
};

type ParsedRecord = { record: string[]; raw: string; info: { lines: number } };

function countLines(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
}

/** The separator that splits the first line most, outside quotes; a comma where none does. */
function headerDelimiter(text: string): string {
  const header = /^\ufeff?[\r\n]*([^\r\n]*)/.exec(text.slice(0, HEADER_SAMPLE_CHARS))?.[1] ?? "";
  const counts = new Map<string, number>();
  let quoted = false;
  for (const character of header) {
    if (character === '"') quoted = !quoted;
    else if (!quoted) counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  return DELIMITERS.reduce<string>((best, next) => ((counts.get(next) ?? 0) > (counts.get(best) ?? 0) ? next : best), ",");
}

function describe(error: CsvError): string {
  const { lines, column, records } = error as CsvError & { lines?: number; column?: number | string; records?: number };
  const place = `line ${lines ?? "?"}${column === undefined ? "" : `, column ${typeof column === "number" ? column + 1 : column}`}`;
  const about: Record<string, string> = {
    CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: "this row has not as many cells as the header",
    CSV_INVALID_CLOSING_QUOTE: "text follows a closing quote",
    INVALID_OPENING_QUOTE: "a quote stands inside an unquoted value",
    CSV_QUOTE_NOT_CLOSED: "a quote is opened and never closed",
    CSV_MAX_RECORD_SIZE: `one row is longer than ${RECORD_CHARS_MAX} characters (a quote never closed?)`,
  };
  return `${place}: ${about[error.code] ?? error.message}${records === undefined ? "" : ` (after ${records} rows, header included)`}`;
}
