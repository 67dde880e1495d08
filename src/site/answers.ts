// The same list as a page, as CSV and as JSON: one route each way, one order of columns.
import { TracewireError } from "../errors.ts";
import type { Page } from "./page-store.ts";
import { formatCsv, type CsvCell } from "../csv.ts";

/** Lines of one file. A longer list goes on at the address that its Link header (RFC 8288) and, as JSON, its `next` names. */
export const FILE_ROWS_MAX = 2_000;

export function csvAnswer(
  name: string,
  columns: readonly string[],
  rows: readonly (readonly CsvCell[])[],
  depends: readonly string[],
  next?: string,
): Page {
  return {
    content_type: "text/csv; charset=utf-8",
    body: formatCsv(columns, rows),
    depends,
    headers: {
      "content-disposition": `inline; filename="${name.replaceAll(/[^A-Za-z0-9._-]/g, "-")}"`,
      ...(next === undefined ? {} : linkTo(next)),
    },
  };
}

/** Rows as objects by column, so that a program reads them by name. */
export function jsonList(
  log_size: number,
  columns: readonly string[],
  rows: readonly (readonly CsvCell[])[],
  depends: readonly string[],
  next?: string,
): Page {
  const objects = rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at] ?? null])));
  const page = jsonAnswer({ log_size, rows: objects, ...(next === undefined ? {} : { next }) }, depends);
  return next === undefined ? page : { ...page, headers: linkTo(next) };
}

const linkTo = (next: string) => ({ link: `<${next}>; rel="next"` });

/** Where a list goes on: the same address with another cursor. */
export function onward(path: string, query: URLSearchParams, cursor: Record<string, string>): string {
  const next = new URLSearchParams([...query].filter(([name, value]) => value !== "" && !Object.hasOwn(cursor, name)));
  for (const [name, value] of Object.entries(cursor)) next.set(name, value);
  return `${path}?${next.toString()}`;
}

/** A cursor that counts: 0 where it is left out. Throws BAD_ARGUMENT for what is no number. */
export function countIn(query: URLSearchParams, name: string): number {
  const value = query.get(name) || "0";
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new TracewireError("BAD_ARGUMENT", { what: `${name}: “${value.slice(0, 40)}” is not a number` });
}

export function jsonAnswer(value: unknown, depends: readonly string[]): Page {
  return { content_type: "application/json; charset=utf-8", body: `${JSON.stringify(value, null, 1)}\n`, depends };
}

export const htmlType = "text/html; charset=utf-8";
