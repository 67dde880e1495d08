// A table in the forms of other programs: CSV, XLSX, Parquet, and GraphML where its rows go from one thing to another. All
// cells are text: amounts go beyond every number type of these forms' readers. The same rows give the same bytes.
import { formatCsv } from "../csv.ts";
import { TracewireError } from "../errors.ts";
import { writeGraphml } from "../graphml.ts";
import { writeParquet } from "../parquet.ts";
import { writeWorkbook } from "../spreadsheet.ts";

export const TABLE_FORMS = ["csv", "xlsx", "parquet", "graphml"] as const;
export type TableForm = (typeof TABLE_FORMS)[number];
export type Table = { name: string; columns: readonly string[]; rows: readonly Readonly<Record<string, string | undefined>>[] };

/** Columns that make a row an edge, in the order in which they are looked for. */
const ENDS = [
  ["from", "to"],
  ["user", "used"],
  ["actor", "name"],
  ["group", "name"],
  ["subject", "claimant"],
] as const;
/** A sheet of a workbook ends there (ECMA-376). */
const SHEET_ROWS_MAX = 1_048_575;

export function writeTable(table: Table, form: TableForm): string | Uint8Array {
  const { name, columns, rows } = table;
  switch (form) {
    case "csv":
      return formatCsv(columns, rows.map((row) => columns.map((column) => row[column])));
    case "xlsx":
      if (rows.length > SHEET_ROWS_MAX) throw new TracewireError("BAD_ARGUMENT", { what: `${name} has ${rows.length} rows; a sheet holds ${SHEET_ROWS_MAX}`, hint: "Take csv or parquet." });
      return writeWorkbook([{ name: name.replaceAll(/[^A-Za-z0-9 -]/g, " ").slice(0, 31), rows: [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ""))] }]);
    case "parquet":
      return writeParquet(columns, rows);
    case "graphml":
      return graphml(table);
  }
}

function graphml({ name, columns, rows }: Table): string {
  const ends = ENDS.find(([source, target]) => columns.includes(source) && columns.includes(target));
  if (!ends)
    throw new TracewireError("BAD_ARGUMENT", { what: `${name} is no graph: its rows go from nothing to nothing`, hint: `GraphML needs one of these pairs of columns: ${ENDS.map((pair) => pair.join(" and ")).join("; ")}.` });
  const [source, target] = ends;
  const nodes = [...new Set(rows.flatMap((row) => [row[source] ?? "", row[target] ?? ""]))].sort();
  const keys = columns.filter((column) => column !== source && column !== target);
  return writeGraphml({
    id: name,
    // Names of columns may hold what an id may not.
    keys: keys.map((key, at) => ({ id: `k${at}`, name: key })),
    nodes,
    edges: rows.map((row) => ({ source: row[source] ?? "", target: row[target] ?? "", values: keys.map((key) => row[key]) })),
  });
}
