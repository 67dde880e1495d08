// The list of North Korean provocations of CSIS Beyond Parallel, as a public mirror scrapes it: one CSV a state. A row has
// no name of its own, so it goes by day, type and event, and by its place among those that share them.
import { refuseRow, requireFile, type DatasetReader, type Row } from "../reader.ts";
import { csvRows } from "./csv-table.ts";

const COLUMNS = ["date", "type", "event", "description", "resources"];
/** What the mirror works out from the others in its processed form: nothing that is not there already. */
const DERIVED = new Set(["year", "week_number", "month_year", "weekday", "mentions_kim"]);

export const provocations: DatasetReader = {
  format: "provocations",
  version: "1",
  title: "North Korean provocations since 1958",
  publisher: "CSIS Beyond Parallel, as mirrored by a public project",
  files: "raw or processed …provocations….csv, or raw_DATE_….csv for an earlier state",
  grade: "copy",
  source_grade: "B",
  item_grade: "2",
  lacks:
    "Events and not missiles: one row may be ten launches. Types are the list’s own, three of them. Sources are as typed, some glued to a second one; rows are edited later without a mark.",
  recognises: (name) => /provocations.*\.csv$|^raw_\d{4}-\d{2}-\d{2}_\w+\.csv$/.test(name),
  read(files) {
    const file = requireFile(files, /\.csv$/, "the list (.csv)");
    const { columns, rows } = csvRows(file);
    for (const column of COLUMNS.slice(0, 3)) if (!columns.includes(column)) refuseRow(file, 1, `the column ${column} is missing`);
    const places = new Map<string, number>();
    const events = rows.map((row, at): Row => {
      if (!/^\d{4}-\d{2}-\d{2}$/.test(row.date!)) refuseRow(file, at + 2, `date: "${row.date}" is no day`);
      const key = [row.date, row.type, row.event].join("\n");
      places.set(key, (places.get(key) ?? 0) + 1);
      const own = Object.fromEntries(COLUMNS.map((column) => [column, row[column] ?? ""]));
      return { ...own, place: String(places.get(key)), links: linksIn(row.resources ?? "").join(" ") };
    });
    const unknown = columns.filter((column) => !COLUMNS.includes(column) && !DERIVED.has(column));
    return {
      edition: /(\d{4}-\d{2}-\d{2})/.exec(file.name)?.[1],
      unknown_fields: Object.fromEntries(unknown.map((column) => [column, rows.filter((row) => row[column] !== "").length])),
      tables: [
        {
          name: "events",
          columns: ["date", "type", "event", "place", "description", "resources", "links"],
          key: ["date", "type", "event", "place"],
          rows: events,
        },
      ],
    };
  },
};

/** Addresses in a cell, taken apart where they stand without a blank between ("….htmlVideo:https://…"). */
function linksIn(cell: string): string[] {
  return [...cell.matchAll(/https?:\/\/\S+?(?=https?:\/\/|[A-Z][a-z]+:https?:\/\/|[;,]?\s|[;,]?$)/g)].map(([link]) => link);
}
