// The packet's letter: two pages that a compliance desk reads first.
import { openSheet } from "../reports/reports.ts";
import { amountWords, type Packet, type PacketAmount } from "./packet.ts";

export async function writeLetter(packet: Packet): Promise<Uint8Array> {
  const { service, trace, addresses, totals, arrivals, arrivals_left_out, contact, reference, made_at } = packet;
  const day = made_at.slice(0, 10);
  const sheet = openSheet({
    title: `Stolen funds at ${service}`,
    author: contact,
    subject: `Trace ${trace.id}`,
    language: "en",
    created: made_at,
  });
  const say = (text: string) => sheet.paragraph([{ text }]);
  sheet.section();
  sheet.heading(1, `Stolen funds at ${service}`);
  say(`To the compliance desk of ${service}. ${day}.${reference ? ` Our reference: ${reference}.` : ""}`);
  say(`Funds followed from ${trace.ask.from} (“${trace.title}”) arrived at ${addresses.length === 1 ? "an address" : `${addresses.length} addresses`} that we take to be yours: ${totals.map(rangeWords).join("; ")}.`);
  say("Please look at these addresses and transactions now, keep the funds in place as far as your rules and the law allow, and tell us what you find. This letter states facts and how they were found; it is not an order and not legal advice.");
  say(`Answer to: ${contact}.`);
  sheet.table({
    caption: "Addresses and amounts",
    columns: [
      { name: "What", share: 6 },
      { name: "Why we take it to be yours", share: 4 },
      { name: "Lowest", numeric: true, share: 4 },
      { name: "Highest", numeric: true, share: 4 },
    ],
    rows: addresses.flatMap(({ address, why, amounts }) => amounts.map(({ asset, low, high }) => [address, why, amountWords(low, asset), amountWords(high, asset)])),
  });
  sheet.heading(2, "By convention");
  sheet.table({
    caption: "All addresses together",
    columns: [{ name: "What", share: 3 }, { name: "Amount", numeric: true, share: 5 }],
    rows: totals.flatMap(({ asset, by_method }) => Object.entries(by_method).map(([method, amount]) => [method, amountWords(amount, asset)])),
  });
  sheet.heading(2, "Transactions");
  sheet.table({
    caption: arrivals_left_out > 0 ? `The first ${arrivals.length}; ${arrivals_left_out} more are in packet.json` : "Every arrival",
    columns: [
      { name: "What", share: 7 },
      { name: "To", share: 5 },
      { name: "Most that it carried", numeric: true, share: 4 },
    ],
    rows: arrivals.slice(0, 60).map(({ transfer, address, asset, by_method }) => [transfer, address, amountWords(mostOf(by_method), asset)]),
  });
  if (arrivals.length > 60) say(`All ${arrivals.length} arrivals stand in transactions.csv.`);
  sheet.heading(2, "How sure this is");
  sheet.list(packet.how_sure);
  sheet.heading(2, "How to check it");
  say(`The files beside this letter have their sums in SHA256SUMS. The trace has the SHA-256 ${trace.result_sha256}; it is entry ${trace.entry} of an append-only signed log, and proof.json leads from it to the log’s signed root: tracewire verify --bundle proof.json.`);
  say(`Data: ${trace.sets.map(({ name, row_count, rows_root }) => `${name}, ${row_count} rows, root ${rows_root}`).join("; ")}.`);
  return sheet.finish(`Stolen funds at ${service}`);
}

const mostOf = (amounts: Record<string, string>): string => Object.values(amounts).reduce((a, b) => (BigInt(a) > BigInt(b) ? a : b), "0");

const rangeWords = ({ asset, low, high }: PacketAmount): string =>
  low === high ? amountWords(low, asset) : `between ${amountWords(low, asset)} and ${amountWords(high, asset)}`;
