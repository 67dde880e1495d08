// The same list as a page, as CSV and as JSON: one route each way, one order of columns.
import type { Page } from "./page-store.ts";
import { formatCsv, type CsvCell } from "./csv.ts";

export function csvAnswer(
  name: string,
  columns: readonly string[],
  rows: readonly (readonly CsvCell[])[],
  depends: readonly string[],
): Page {
  return {
    content_type: "text/csv; charset=utf-8",
    body: formatCsv(columns, rows),
    depends,
    headers: { "content-disposition": `inline; filename="${name.replaceAll(/[^A-Za-z0-9._-]/g, "-")}"` },
  };
}

/** Rows as objects by column, so that a program reads them by name. */
export function jsonList(
  log_size: number,
  columns: readonly string[],
  rows: readonly (readonly CsvCell[])[],
  depends: readonly string[],
): Page {
  const objects = rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at] ?? null])));
  return jsonAnswer({ log_size, rows: objects }, depends);
}

export function jsonAnswer(value: unknown, depends: readonly string[]): Page {
  return { content_type: "application/json; charset=utf-8", body: `${JSON.stringify(value, null, 1)}\n`, depends };
}

export const htmlType = "text/html; charset=utf-8";
