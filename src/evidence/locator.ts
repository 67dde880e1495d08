// Where in a capture a claim was read, and whether it really stands there. A locator counts as a person does (from 1);
// a quotation is found exactly, or but for what type-setting changes (quote-search.ts), or refused with what is nearest.
import type { Locator } from "./locator-schema.ts";
import type { ExtractedText, Row, Table } from "./extraction.ts";
import { regionWords } from "./region.ts";
import { findNearest, findQuote, QUOTE_CHARS_MAX, searchPart } from "./quote-search.ts";

export type { Locator } from "./locator-schema.ts";

export type NearestPlace = { text: string; start: number; end: number; similarity: number };
export type ResolvedLocator =
  { found: true; start: number; end: number; text: string } | { found: false; why: string; nearest?: NearestPlace };

/**
 * Finds the place a locator names. `start` and `end` are offsets into the extracted text; `text` is what stands there,
 * which may differ from the quotation in white space, quotation marks, dashes and hyphens, never in a letter or digit.
 */
export function resolveLocator(extraction: ExtractedText, locator: Locator): ResolvedLocator {
  const { text } = extraction;
  const scope = resolveScope(extraction, locator);
  if (typeof scope === "string") return { found: false, why: scope };
  if (locator.quote === undefined) return found(text, scope);
  if (locator.quote.trim() === "" || locator.quote.length > QUOTE_CHARS_MAX)
    return { found: false, why: `a quotation has 1 to ${QUOTE_CHARS_MAX} characters, not all of them spaces` };

  const part = searchPart(text, scope);
  const match = findQuote(part, locator.quote);
  if (match) return found(text, match);
  const narrowed = scope.start > 0 || scope.end < text.length;
  const whole = narrowed ? searchPart(text, { start: 0, end: text.length }) : undefined;
  const elsewhere = whole && findQuote(whole, locator.quote);
  if (elsewhere) {
    const why = `the quotation is not in the place named; it stands ${placeName(extraction, elsewhere.start)}`;
    return { found: false, why, nearest: { ...elsewhere, text: text.slice(elsewhere.start, elsewhere.end), similarity: 1 } };
  }
  const nearest = findNearest(part, locator.quote) ?? (whole && findNearest(whole, locator.quote));
  return { found: false, why: "the quotation is not in the text", ...(nearest ? { nearest } : {}) };
}

/** A locator in words, for messages and pages: `page 3, paragraph 2, “58 suspected cyberattacks”`. */
export function locatorText(locator: Locator): string {
  const parts: string[] = [];
  for (const name of ["page", "paragraph", "table", "row"] as const)
    if (locator[name] !== undefined) parts.push(`${name} ${locator[name]}`);
  if (locator.column !== undefined)
    parts.push(typeof locator.column === "number" ? `column ${locator.column}` : `column “${locator.column}”`);
  if (locator.region !== undefined) parts.push(regionWords(locator.region));
  if (locator.quote !== undefined) parts.push(`“${locator.quote}”`);
  return parts.join(", ") || "no place";
}

type Span = { start: number; end: number };

/** The part of the text all of page, paragraph, table, row and column name, or why there is none. */
function resolveScope(extraction: ExtractedText, locator: Locator): Span | string {
  const { page, paragraph, table, row, column, quote, region } = locator;
  if (region !== undefined) return "it is a part of the page as it looks, not of its text";
  if ([page, paragraph, table, row, column, quote].every((part) => part === undefined)) return "the locator names no place";
  let scope: Span = { start: 0, end: extraction.text.length };
  if (page !== undefined) {
    const pages = extraction.pages ?? [];
    if (pages.length === 0) return `this text has no pages (read from ${extraction.media_type})`;
    const found = nthSpan(pages, page, scope.end);
    if (!found) return `there is no page ${page}; the document has ${pages.length}`;
    scope = found;
  }
  if (paragraph !== undefined) {
    const { start, end } = scope;
    const inside = page === undefined ? extraction.paragraphs : extraction.paragraphs.filter((offset) => offset >= start && offset < end);
    const found = nthSpan(inside, paragraph, end);
    if (!found) return `there is no paragraph ${paragraph}${page === undefined ? "" : ` on page ${page}`}; there are ${inside.length}`;
    scope = found;
  }
  if (table === undefined && row === undefined && column === undefined)
    return page === undefined && paragraph === undefined ? scope : trimmed(extraction.text, scope);
  const cells = resolveTable(extraction, locator);
  if (typeof cells === "string") return cells;
  if (page === undefined && paragraph === undefined) return cells;
  return cells.start >= scope.start && cells.end <= scope.end ? cells : "the table's place is not on the page or in the paragraph named";
}

function resolveTable({ tables = [], media_type }: ExtractedText, { table: number, row: row_number, column }: Locator): Span | string {
  if (tables.length === 0) return `this text has no tables (read from ${media_type})`;
  if (number === undefined && tables.length > 1) return `there are ${tables.length} tables; say which`;
  const table = tables[(number ?? 1) - 1];
  if (!table) return `there is no table ${number}; there are ${tables.length}`;
  const [first, last] = [table.rows[0], table.rows.at(-1)];
  if (!first || !last) return "the table has no rows";
  if (row_number === undefined) {
    if (column !== undefined) return "a column needs its row";
    return { start: first.start, end: table.rows.reduce((end, { end: next }) => Math.max(end, next), 0) };
  }
  const row = table.rows[row_number - first.row];
  if (!row || row_number < first.row) return `there is no row ${row_number}; the rows are ${first.row} to ${last.row}`;
  if (column === undefined) return { start: row.start, end: row.end };
  const index = columnIndex(table, row, column);
  if (typeof index === "string") return index;
  const [start, end] = row.cells.slice(2 * index, 2 * index + 2);
  return start === undefined || end === undefined ? `row ${row_number} has no column ${locatorText({ column })}` : { start, end };
}

/** By heading first: a heading may well be a year, which looks like a number. */
function columnIndex(table: Table, row: Row, column: string | number): number | string {
  const width = row.cells.length / 2;
  if (typeof column === "string") {
    const wanted = column.trim();
    const matches = table.header.flatMap((heading, index) => (heading.trim() === wanted ? [index] : []));
    if (matches.length > 1) return `${matches.length} columns are headed “${column}”; give the column's number`;
    if (matches[0] !== undefined) return matches[0];
    if (!/^[1-9]\d{0,6}$/.test(wanted)) return `no column is headed “${column}”; the headings are ${headings(table)}`;
  }
  const index = Number(column) - 1;
  return index < width ? index : `there is no column ${column}; the row has ${width}`;
}

const HEADINGS_SHOWN_MAX = 20;

function headings({ header }: Table): string {
  if (header.length === 0) return "none (the table has no header row)";
  const shown = header.slice(0, HEADINGS_SHOWN_MAX).map((heading) => `“${heading.slice(0, 60)}”`);
  return shown.join(", ") + (header.length > HEADINGS_SHOWN_MAX ? ", …" : "");
}

/** From the nth offset to the next one, or to `end`. */
function nthSpan(offsets: number[], n: number, end: number): Span | undefined {
  const start = offsets[n - 1];
  return start === undefined ? undefined : { start, end: offsets[n] ?? end };
}

/** White space between paragraphs belongs to neither. */
function trimmed(text: string, { start, end }: Span): Span {
  let last = end;
  while (last > start && /\s/.test(text[last - 1] ?? "")) last -= 1;
  return { start, end: last };
}

function placeName({ pages, paragraphs }: ExtractedText, offset: number): string {
  const page = pages?.findLastIndex((start) => start <= offset) ?? -1;
  if (page >= 0) return `on page ${page + 1}`;
  const paragraph = paragraphs.findLastIndex((start) => start <= offset);
  return paragraph >= 0 ? `in paragraph ${paragraph + 1}` : `at character ${offset}`;
}

const found = (text: string, { start, end }: Span): ResolvedLocator => ({ found: true, start, end, text: text.slice(start, end) });
