// The Nomad bridge's own events as transfers: what left the bridge for each recipient, and what came back. The same files
// are read as tables by the reader of datasets (src/datasets/readers/nomad-events.ts). A taking states the message by which
// it left the bridge: 26 in 960 transactions, because a message that had been proven once was accepted with any recipient.
import { addAccountRows, type StatedTransfer } from "./account-row.ts";
import { createNames } from "./fields.ts";
import { cellText } from "./lines.ts";
import type { ReadRow, TransferReader } from "./reader.ts";
import { readRecords } from "./records.ts";

/** The bridge's contract, which paid out every taking: published by the victim. */
const BRIDGE = "0x88a69b4e698a4b090df6cf5bd7b2d47325ad30a3";
const RECORD_CHARS_MAX = 1_000_000;

export const nomadTransfers: TransferReader = {
  format: "nomad-events",
  version: "2",
  kind: "accounts",
  title: "Nomad bridge: what was taken and what came back, as transfers",
  publisher: "Nomad (the victim)",
  files: "receive_events.json and transfer_events.json of the published folder",
  lacks:
    "What the takers did with the money, apart from what they returned until August 2022; spam tokens stand among what came back. Events have no index in their transaction and takings no time.",
  grade: "original",
  source_grade: "B",
  item_grade: "1",
  set_name: "taken-and-returned",
  own_names: /(?:receive|transfer)_events\.json$/,
  recognises: (name) => /(?:receive|transfer)_events\.json$|white_hats.*\.json$|recovery_percentages\.csv$/.test(name),
  async *read(files, options, report) {
    const names = createNames(options, report);
    for (const [at, file] of files.entries())
      for await (const records of readRecords(file, RECORD_CHARS_MAX, report)) {
        const out: ReadRow[] = [];
        for (const { line, value } of records) {
          const place = { file: file.name, line };
          const text = (field: string) => cellText(value[field], place, field);
          const base = {
            chain: "eip155:1",
            txid: text("transactionHash"),
            tx_index: text("transactionIndex"),
            index: "",
            kind: "transfer",
            block: text("blockNumber"),
            fee: "",
          };
          // Mixed case in their events is a checksum on some lines and none on others.
          const stated: StatedTransfer = file.name.endsWith("receive_events.json")
            ? { ...base, time: "", from: BRIDGE, to: text("tokenRecipient"), asset: text("tokenAddress"), amount: text("amount"), message: `nomad:${text("originAndNonce")}` }
            : { ...base, time: text("timeStamp"), from: text("from"), to: text("to"), asset: text("contractAddress"), amount: text("value"), symbol: text("tokenSymbol"), decimals: text("tokenDecimal") };
          addAccountRows(out, stated, at, place, names, {});
        }
        report.has_messages ||= file.name.endsWith("receive_events.json");
        yield out;
      }
  },
};
