// Transfers in the shape of docs/tracing.md: CSV with a header line, or one JSON object a line.
import { addAccountRows, type StatedTransfer } from "./account-row.ts";
import { createNames } from "./fields.ts";
import { cellText, parseJsonLine, readCsvRecords, readLines } from "./lines.ts";
import { refuseField, type InputFile, type ReadOptions, type ReadReport, type ReadRow, type TransferReader } from "./reader.ts";

const FIELDS = ["chain", "txid", "tx_index", "index", "kind", "time", "block", "from", "to", "asset", "amount", "fee"] as const;
const REQUIRED = ["from", "to", "amount"] as const;
const JSON_CHARS_MAX = 1_000_000;

export const transfersReader: TransferReader = {
  format: "transfers",
  version: "1",
  kind: "accounts",
  title: "Transfers, as given",
  publisher: "not stated",
  files: "CSV with a header line, or one JSON object a line; fields: " + FIELDS.join(", "),
  lacks: "Whatever its maker left out. Internal transfers are often missing: an account that sends more than it is shown to have says so.",
  grade: "copy",
  source_grade: "F",
  item_grade: "6",
  recognises(_, head) {
    const first = head.replace(/^\ufeff/, "").split(/\r?\n/, 1)[0]!;
    if (first.startsWith("{")) return /"from"\s*:/.test(first) && /"to"\s*:/.test(first) && /"amount"\s*:/.test(first);
    const columns = first.split(",").map((cell) => cell.trim().replaceAll('"', ""));
    return REQUIRED.every((field) => columns.includes(field));
  },
  async *read(files, options, report) {
    const names = createNames(options, report);
    for (const [at, file] of files.entries())
      yield* (await isJson(file)) ? readJson(file, at, names, options, report) : readTable(file, at, names, options, report);
  },
};

/** A JSON object begins with a brace, and no header of a table does. */
async function isJson(file: InputFile): Promise<boolean> {
  for await (const piece of file.pieces()) {
    const start = Buffer.from(piece.subarray(0, 64)).toString().replace(/^\ufeff/, "").trimStart();
    if (start !== "") return start.startsWith("{");
  }
  refuseField({ file: file.name, line: 1 }, "file", "it is empty");
}

type Names = ReturnType<typeof createNames>;

async function* readTable(file: InputFile, at: number, names: Names, options: ReadOptions, report: ReadReport): AsyncGenerator<ReadRow[]> {
  let places: ReadonlyMap<string, number> | undefined;
  let unknown: { name: string; at: number }[] = [];
  for await (const { columns, rows } of readCsvRecords(file)) {
    if (!places) {
      places = new Map(columns.map((name, column) => [name, column]));
      for (const field of REQUIRED)
        if (!places.has(field)) refuseField({ file: file.name, line: 1 }, field, "the header has no such column", `Columns: ${FIELDS.join(", ")}.`);
      unknown = columns.flatMap((name, column) => ((FIELDS as readonly string[]).includes(name) ? [] : [{ name, at: column }]));
    }
    const out: ReadRow[] = [];
    for (const { line, cells } of rows) {
      const cell = (field: string) => cells[places!.get(field) ?? -1]?.trim() ?? "";
      addAccountRows(out, stated(cell), at, { file: file.name, line }, names, options);
      for (const { name, at: column } of unknown) if (cells[column] !== "") report.unknown_fields[name] = (report.unknown_fields[name] ?? 0) + 1;
    }
    yield out;
  }
}

async function* readJson(file: InputFile, at: number, names: Names, options: ReadOptions, report: ReadReport): AsyncGenerator<ReadRow[]> {
  for await (const lines of readLines(file, JSON_CHARS_MAX)) {
    const out: ReadRow[] = [];
    for (const { line, text } of lines) {
      if (text.trim() === "") continue;
      const place = { file: file.name, line };
      const value = parseJsonLine(text, place);
      addAccountRows(out, stated((field) => cellText(Object.hasOwn(value, field) ? value[field] : "", place, field)), at, place, names, options);
      for (const key of Object.keys(value))
        if (!(FIELDS as readonly string[]).includes(key) && value[key] !== null) report.unknown_fields[key] = (report.unknown_fields[key] ?? 0) + 1;
    }
    yield out;
  }
}

const stated = (cell: (field: (typeof FIELDS)[number]) => string): StatedTransfer => ({
  chain: cell("chain"),
  txid: cell("txid"),
  tx_index: cell("tx_index"),
  index: cell("index"),
  kind: cell("kind"),
  time: cell("time"),
  block: cell("block"),
  from: cell("from"),
  to: cell("to"),
  asset: cell("asset"),
  amount: cell("amount"),
  fee: cell("fee"),
});
