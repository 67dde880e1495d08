// CSV for a person's spreadsheet (RFC 4180): a cell that a spreadsheet would run as a formula is made text first.
// Public lists carry claims of others, and a claim may say anything (OWASP: CSV injection).

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
