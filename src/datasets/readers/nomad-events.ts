// The Nomad bridge's own publication of the theft of Aug 1, 2022: its contract events, the transfers that came back,
// the recipients whom it lists as having returned funds, and its table of recoveries. Amounts are base units.
// Every address of an Ethereum event is folded to lower case: mixed case there is a checksum, not another address (EIP-55).
import { csvRows } from "./csv-table.ts";
import { jsonOf, requireFile, type DatasetReader, type Row } from "../reader.ts";

type Event = Record<string, string | number>;

/** The published list ends with its sum, written like one more address. */
const TOTAL_ROW = "Grand Total";

const eth = (value: unknown) => String(value ?? "").toLowerCase();

export const nomadEvents: DatasetReader = {
  format: "nomad-events",
  // 2: the sum at the end of the list of those who returned funds is no address.
  version: "2",
  title: "Nomad bridge: events of the theft and of the recovery",
  publisher: "Nomad (the victim)",
  files: "receive_events.json, transfer_events.json, white_hats….json and recovery_percentages.csv of the published folder",
  grade: "original",
  source_grade: "B",
  item_grade: "1",
  lacks:
    "No prices in dollars. Recoveries stop in August 2022 in the events and at the bridge’s relaunch in the table; spam tokens stand among the transfers. Who is behind an address is not said.",
  recognises: (name) => /receive_events\.json$|transfer_events\.json$|white_hats.*\.json$|recovery_percentages\.csv$/.test(name),
  read(files) {
    const takings = jsonOf<Event[]>(requireFile(files, /receive_events\.json$/, "receive_events.json")).map((event): Row => ({
      tx: eth(event.transactionHash),
      block: String(event.blockNumber),
      recipient: eth(event.tokenRecipient),
      token: eth(event.tokenAddress),
      amount: String(event.amount),
    }));
    const transfers = jsonOf<Event[]>(requireFile(files, /transfer_events\.json$/, "transfer_events.json")).map((event): Row => ({
      tx: eth(event.transactionHash),
      block: String(event.blockNumber),
      time: new Date(Number(event.timeStamp) * 1000).toISOString(),
      from: eth(event.from),
      to: eth(event.to),
      token: eth(event.contractAddress),
      symbol: String(event.tokenSymbol),
      decimals: String(event.tokenDecimal),
      amount: String(event.value),
    }));
    const whiteHats = jsonOf<Record<string, { Recovery_Txns?: string[] }>>(requireFile(files, /white_hats.*\.json$/, "white_hats….json"));
    const table = csvRows(requireFile(files, /recovery_percentages\.csv$/, "recovery_percentages.csv"), {
      columns: ["token", "stolen", "recovered", "recovered_percent"],
    });
    const plain = (cell: string) => cell.replaceAll(",", "").replace("%", "");
    return {
      tables: [
        { name: "takings", columns: ["tx", "block", "recipient", "token", "amount"], key: ["tx", "token", "recipient"], rows: takings },
        {
          name: "transfers-back",
          columns: ["tx", "block", "time", "from", "to", "token", "symbol", "decimals", "amount"],
          key: ["tx", "token", "from"],
          rows: transfers,
        },
        {
          name: "white-hats",
          columns: ["address", "returning_transactions"],
          key: ["address"],
          rows: Object.entries(whiteHats)
            .filter(([address]) => address !== TOTAL_ROW)
            .map(([address, item]) => ({
              address: eth(address),
              returning_transactions: String(item.Recovery_Txns?.length ?? 0),
            })),
        },
        {
          name: "recovered",
          columns: ["token", "stolen", "recovered", "recovered_percent"],
          key: ["token"],
          rows: table.rows
            .filter((row) => /%$/.test(row.recovered_percent ?? "") && !/Recovered/.test(row.recovered_percent!))
            .map((row) => ({
              token: row.token!,
              stolen: plain(row.stolen!),
              recovered: plain(row.recovered!),
              recovered_percent: plain(row.recovered_percent!),
            })),
        },
      ],
    };
  },
};
