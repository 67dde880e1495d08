// What text extraction hands back, and what every extractor is: bytes in, text with places in it out.
// Offsets are UTF-16 code units into `text`, so `text.slice(start, end)` is always the thing itself.

/** One row of a table. `row` counts as a person does: 1 is the first below the header, 0 the header itself. */
export type Row = {
  row: number;
  /** Physical line of the source (from 1) where the row begins; formats without lines leave it out. */
  line?: number;
  start: number;
  end: number;
  /** Start and end of each cell, flat: [start₁, end₁, start₂, end₂, …]. A spanning cell is named once per column. */
  cells: number[];
};

/** `rows` is consecutive by `row` and begins with row 0 where there is a header. */
export type Table = { header: string[]; rows: Row[] };

export type ExtractedText = {
  outcome: "text";
  extractor: string;
  /** Changes whenever the same bytes would give other text or other places: the extractor's own number and its parser's. */
  version: string;
  /** What the bytes are found to be, whatever was declared. */
  media_type: string;
  text: string;
  /** Start of each page. */
  pages?: number[];
  /** Start of each paragraph, ascending. */
  paragraphs: number[];
  /** In the order they begin; table 1 is the first. */
  tables?: Table[];
  warnings: string[];
};

export type UnreadableCapture = { outcome: "unreadable"; extractor: string; version: string; media_type: string; reason: string };

export type Extraction = ExtractedText | UnreadableCapture;

export type ExtractLimits = {
  input_bytes_max: number;
  /** UTF-16 code units. A longer text is refused, never cut: a cut text would deny quotations that are there. */
  text_chars_max: number;
  cells_max: number;
  time_ms_max: number;
  /** The child's JavaScript heap. */
  heap_mb_max: number;
  /** The child's whole memory, buffers outside the heap included; watched on Linux only. */
  rss_mb_max: number;
};

export const DEFAULT_LIMITS: ExtractLimits = {
  input_bytes_max: 50 * 2 ** 20,
  text_chars_max: 20_000_000,
  cells_max: 2_000_000,
  time_ms_max: 10_000,
  heap_mb_max: 256,
  rss_mb_max: 768,
};

export type ExtractorInput = {
  bytes: Uint8Array;
  media_type: string;
  /** From the declared media type's parameter. */
  charset?: string;
  limits: ExtractLimits;
};

export type Extractor = {
  name: string;
  version: string;
  /** Throws `Unreadable` with a reason for people; the one door (extract-in-process.ts) turns it into the outcome. */
  read(input: ExtractorInput): Promise<TextWithPlaces> | TextWithPlaces;
};

export type TextWithPlaces = Pick<ExtractedText, "text" | "pages" | "paragraphs" | "tables" | "warnings">;

/** Ends an extractor from any depth. Never leaves the evidence room. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
}

/** The values of a row, in column order. */
export function rowValues(text: string, row: Row): string[] {
  const values: string[] = [];
  for (let i = 0; i + 1 < row.cells.length; i += 2) values.push(text.slice(row.cells[i], row.cells[i + 1]));
  return values;
}
