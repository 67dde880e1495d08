// The public export of the Ronin addresses' Ether transactions as transfers. It names no transaction, so a transfer is
// known by its row, and it lacks the theft itself, which was an internal transfer: the gap shows as money sent that
// nobody was seen to receive.
import { plainDecimal } from "../../datasets/datasets.ts";
import { addAccountRows } from "./account-row.ts";
import { createNames } from "./fields.ts";
import { cellText } from "./lines.ts";
import { quoted, refuseField, type ReadRow, type TransferReader } from "./reader.ts";
import { readRecords } from "./records.ts";

const RECORD_CHARS_MAX = 1_000_000;
const ETHER_DECIMALS = 18;

export const roninTransferSet: TransferReader = {
  format: "ronin-transfers",
  version: "1",
  kind: "accounts",
  title: "Ether transfers of the addresses listed for the Ronin theft",
  publisher: "A public Dune query, exported in September 2022",
  files: "LazarusTabularTxs….csv",
  lacks:
    "No transaction hashes; internal transfers are missing, and with them the theft of Mar 23, 2022 itself. Amounts are decimals that a query engine printed. Most inbound rows are dust sent by onlookers.",
  grade: "copy",
  source_grade: "C",
  item_grade: "2",
  set_name: "listed-addresses",
  own_names: /LazarusTabularTxs\d*\.csv$/,
  recognises: (name) => /LazarusTabularTxs\d*\.csv$/.test(name),
  async *read(files, options, report) {
    const names = createNames(options, report);
    for (const [at, file] of files.entries())
      for await (const records of readRecords(file, RECORD_CHARS_MAX, report)) {
        const out: ReadRow[] = [];
        for (const { line, value } of records) {
          const place = { file: file.name, line };
          const text = (field: string) => cellText(value[field], place, field);
          const ether = text("total_eth");
          const amount = plainDecimal(ether) ?? refuseField(place, "total_eth", `${quoted(ether)} is no amount`);
          const address = (field: string) => text(field).replace(/^\\x/, "0x");
          const stated = { chain: "eip155:1", txid: "", tx_index: "", index: "", kind: "", block: "", asset: "", fee: "" };
          addAccountRows(out, { ...stated, time: text("block_time"), from: address("from"), to: address("to"), amount }, at, place, names, { decimals: ETHER_DECIMALS });
        }
        yield out;
      }
  },
};
