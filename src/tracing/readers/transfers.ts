// Transfers in the shape of docs/tracing.md: CSV with a header line, or one JSON object a line.
import { addAccountRows, type StatedTransfer } from "./account-row.ts";
import { createNames } from "./fields.ts";
import { cellText } from "./lines.ts";
import { refuseField, type Place, type ReadRow, type TransferReader } from "./reader.ts";
import { readRecords } from "./records.ts";

const FIELDS = ["chain", "txid", "tx_index", "index", "kind", "time", "block", "from", "to", "asset", "amount", "fee", "symbol", "message"] as const;
const REQUIRED = ["from", "to", "amount"] as const;
const RECORD_CHARS_MAX = 1_000_000;
const COLUMNS_SHOWN_MAX = 30;
const COLUMNS_CHARS_MAX = 300;

type Field = (typeof FIELDS)[number];
const FIELD_NAMES = new Set<string>(FIELDS);

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
  recognises(name, head) {
    if (head.startsWith("PAR1")) return name.endsWith(".parquet");
    const first = head.replace(/^\ufeff/, "").split(/\r?\n/, 1)[0]!;
    if (first.startsWith("{")) return /"from"\s*:/.test(first) && /"to"\s*:/.test(first) && /"amount"\s*:/.test(first);
    // Of another separator too: then the reader says which.
    const columns = first.split(/[,;\t|]/).map((cell) => cell.trim().replaceAll('"', ""));
    return REQUIRED.every((field) => columns.includes(field));
  },
  async *read(files, options, report) {
    const names = createNames(options, report);
    for (const [at, file] of files.entries()) {
      let first = true;
      for await (const records of readRecords(file, RECORD_CHARS_MAX, report)) {
        const out: ReadRow[] = [];
        for (const { line, value } of records) {
          const place = { file: file.name, line };
          if (first) requireFields(value, place);
          first = false;
          const cell = (field: Field) => (Object.hasOwn(value, field) ? cellText(value[field], place, field) : "");
          addAccountRows(out, stated(cell), at, place, names, options);
          report.has_messages ||= cell("message") !== "";
          for (const key of Object.keys(value))
            if (!FIELD_NAMES.has(key) && value[key] !== null && value[key] !== "") report.unknown_fields[key] = (report.unknown_fields[key] ?? 0) + 1;
        }
        yield out;
      }
    }
  },
};

/** What has no column at all is a mistake in the header, and better said once than for each row. */
function requireFields(value: Record<string, unknown>, place: Place): void {
  const missing = REQUIRED.filter((field) => !Object.hasOwn(value, field));
  if (missing.length === 0) return;
  const has = Object.keys(value);
  const shown = has.slice(0, COLUMNS_SHOWN_MAX).join(", ");
  refuseField(
    { ...place, line: 1 },
    missing.join(", "),
    `there is no such column. The file has: ${shown.slice(0, COLUMNS_CHARS_MAX) || "none"}${has.length > COLUMNS_SHOWN_MAX || shown.length > COLUMNS_CHARS_MAX ? ", …" : ""}`,
    `It needs ${REQUIRED.join(", ")}; it may have ${FIELDS.filter((field) => !(REQUIRED as readonly string[]).includes(field)).join(", ")}. Rename its columns (docs/tracing.md).`,
  );
}

const stated = (cell: (field: Field) => string): StatedTransfer => ({
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
  symbol: cell("symbol"),
  message: cell("message"),
});
