// CSV for a person's spreadsheet (RFC 4180): a cell that a spreadsheet would run as a formula is made text first.
// Public lists carry claims of others, and a claim may say anything (OWASP: CSV injection).
import { lazily } from "./lazy.ts";

/** The parser, loaded where a table is read: a site that only serves carries none. */
export const csvParse = lazily<typeof import("csv-parse/sync")>(import.meta.url, "csv-parse/sync");

/** Characters that start a formula, their full-width forms, and those that hide one. */
const FORMULA_START = /^[\s\u0000-\u001f]*[=+\-@＝＋－＠\t\r\n]/;
const PLAIN_NUMBER = /^-?\d+(\.\d+)?$/;

export type CsvCell = string | number | null | undefined;

export function formatCsv(columns: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return [columns, ...rows].map((row) => `${row.map(formatCell).join(",")}\r\n`).join("");
}

export function formatCell(value: CsvCell): string {
  if (value === null || value === undefined) return "";
  const text = String(value);
  const safe = FORMULA_START.test(text) && !PLAIN_NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const SEPARATORS = [[";", "semicolons (;)"], ["\t", "tabs"], ["|", "upright strokes (|)"]] as const;
export const SAVE_WITH_COMMAS = "Save it as CSV with commas and decimal points (in a spreadsheet: “CSV UTF-8 (comma delimited)”).";

/**
 * A header of one cell that has another separator in it is a table of another dialect: its words for that separator. Read
 * as it stands, every row of it would be wrong in its own way.
 */
export const separatorInstead = ([only, ...more]: readonly string[]): string | undefined =>
  more.length > 0 ? undefined : SEPARATORS.find(([sign]) => only?.includes(sign))?.[1];
