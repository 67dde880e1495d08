// A table in the forms of other programs: CSV, XLSX, Parquet, and GraphML where its rows go from one thing to another. All
// cells are text: amounts go beyond every number type of these forms' readers. The same rows give the same bytes.
import { formatCsv } from "../csv.ts";
import { escapeHtml } from "../escape-html.ts";
import { TracewireError } from "../errors.ts";
import { lazily } from "../lazy.ts";
import { writeWorkbook } from "../spreadsheet.ts";

const parquet = lazily<typeof import("hyparquet-writer")>(import.meta.url, "hyparquet-writer");

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
      return new Uint8Array(
        parquet().parquetWriteBuffer({ columnData: columns.map((column) => ({ name: column, type: "STRING", nullable: false, data: rows.map((row) => row[column] ?? "") })) }),
      );
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
  const edges = rows.map(
    (row, at) =>
      `    <edge id="e${at}" source="${escapeHtml(row[source] ?? "")}" target="${escapeHtml(row[target] ?? "")}">${keys.map((key, number) => (row[key] ? `<data key="k${number}">${escapeHtml(row[key])}</data>` : "")).join("")}</edge>\n`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
${keys.map((key, number) => `  <key id="k${number}" for="edge" attr.name="${escapeHtml(key)}" attr.type="string"/>\n`).join("")}  <graph id="${escapeHtml(name)}" edgedefault="directed">
${nodes.map((node) => `    <node id="${escapeHtml(node)}"/>\n`).join("")}${edges.join("")}  </graph>
</graphml>
`;
}
