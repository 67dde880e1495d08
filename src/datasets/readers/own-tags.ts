// One's own tags as a CSV: who is behind an address, in one's own words and with a source. An address that no chain reads
// is refused with its row: a tag on a mistyped address would be silent for ever.
import { accountsOf, chainsOfSymbol, describeReading, isChainId, readAddress } from "../../chains/chains.ts";
import { csvRows } from "./csv-table.ts";
import { refuseRow, type DatasetReader, type Row } from "../reader.ts";

const REQUIRED = ["address", "label", "category", "source"] as const;
/** `chain`: CAIP-2, or a symbol such as BTC. */
const COLUMNS = ["address", "chain", "label", "category", "source", "since", "confidence"] as const;

export const ownTags: DatasetReader = {
  format: "tags",
  version: "1",
  title: "Tags of our own",
  publisher: "This newsroom",
  files: "CSV files with the columns address, label, category, source and, if known, chain, since, confidence",
  grade: "original",
  source_grade: "F",
  item_grade: "6",
  lacks: "A tag is the word of whoever wrote it, with the source that it names.",
  any_name: true,
  recognises: (name) => /(^|[-_.])tags\.csv$/.test(name),
  read: (files) => ({
    tables: files.map((file) => {
      const { columns, rows } = csvRows(file);
      const missing = REQUIRED.filter((column) => !columns.includes(column));
      if (missing.length > 0) refuseRow(file, 1, `the column ${missing.join(", ")} is missing; it needs ${REQUIRED.join(", ")}, and has ${columns.slice(0, 30).join(", ").slice(0, 300)}`);
      const unknown = columns.find((column) => !(COLUMNS as readonly string[]).includes(column));
      if (unknown !== undefined) refuseRow(file, 1, `"${unknown}" is no column of a tag; there are ${COLUMNS.join(", ")}`);
      return {
        name: file.name.replace(/(?:[-_.]?tags)?\.csv$/, "").toLowerCase() || "own",
        columns: COLUMNS,
        key: ["address", "chain", "label", "source"],
        rows: rows.map((row, at) => readRow(row, (what) => refuseRow(file, at + 2, what))),
      };
    }),
  }),
};

function readRow(row: Row, refuse: (what: string) => never): Row {
  for (const column of REQUIRED) if (!row[column]) refuse(`${column}: nothing is written`);
  if (row.since && !/^\d{4}(-\d{2}(-\d{2})?)?$/.test(row.since)) refuse(`since: "${row.since}" is no date`);
  const chain = row.chain ?? "";
  const chains = chain === "" ? [undefined] : isChainId(chain) ? [chain] : chainsOfSymbol(chain).map(({ id }) => id);
  if (chains.length === 0) refuse(`chain: "${chain}" is neither a chain id (CAIP-2) nor a symbol that is known`);
  const readings = chains.map((id) => readAddress(row.address!, id === undefined ? {} : { chain: id }));
  const accounts = readings.flatMap(accountsOf);
  if (accounts.length === 0) refuse(`address: this is ${describeReading(readings[0]!)}`);
  return Object.fromEntries(COLUMNS.map((column) => [column, column === "address" ? accounts[0]!.address : (row[column] ?? "")]));
}
