// The packet's letter: what a compliance desk reads first. Above all what to look for and what is asked, then how sure it is.
import { findChain } from "../chains/chains.ts";
import { openSheet } from "../reports/reports.ts";
import { amountWords, assetName, shortWords, type PacketAmount } from "./amounts.ts";
import type { Arrival } from "./arrivals.ts";
import type { Packet } from "./packet.ts";

const ARRIVALS_SHOWN = 60;

export async function writeLetter(packet: Packet, verifier_key: string, { is_public }: { is_public: boolean }): Promise<Uint8Array> {
  const { service, trace, addresses, totals, followed, arrivals, arrivals_left_out, contact, reference, made_at } = packet;
  const { tokens } = trace;
  const title = `Stolen funds at ${service}`;
  const sheet = openSheet({ title, author: contact, subject: `Trace ${trace.id}`, language: "en", created: made_at });
  const say = (text: string) => sheet.paragraph([{ text }]);
  sheet.section();
  sheet.heading(1, title);
  say(`To the compliance desk of ${service}. Made ${utc(made_at)}.${reference ? ` Our reference: ${reference}.` : ""} Answer to: ${contact}.`);
  say(`At ${count(addresses.length, "address", "addresses")} that we take to be yours lie, at the end of our data, funds that were followed from ${trace.ask.from} (“${trace.title}”): ${totals.map((one) => rangeWords(one, tokens)).join("; ")}. They came by ${count(arrivals.length + arrivals_left_out, "arrival", "arrivals")}.`);
  sheet.heading(2, "What we ask");
  sheet.list([
    "Look at the addresses and transactions below now. Keep what is still there in place, as far as your rules and the law allow.",
    "Keep the records of the accounts that were credited: who they are, their logins, and where the funds went on.",
    `Tell ${contact} whether the addresses are yours, what you could keep in place, and which authority has to ask for the rest.`,
    "This letter states facts and how they were found. It is not an order and not legal advice; an order may follow from an authority.",
  ]);
  sheet.heading(2, "Addresses");
  sheet.table({
    caption: "What was followed there: the least and the most that a convention gives; “…” marks decimals cut, the files have all",
    columns: [
      { name: "Address", share: 6 },
      { name: "Chain, asset", share: 5 },
      { name: "Least", numeric: true, share: 4 },
      { name: "Most", numeric: true, share: 4 },
      { name: "Why yours; who says so", share: 4 },
    ],
    rows: addresses.flatMap(({ address, outputs = [], chain, why, said_by, amounts }) =>
      amounts.map((one) => [[address, ...outputs.map((output) => `output ${output}`)].join("\n"), `${chainWords(chain)}\n${assetWordsOf(one)}`, shortWords(one.low, one.asset, tokens), shortWords(one.high, one.asset, tokens), `${why}; ${said_by}`]),
    ),
  });
  sheet.heading(2, "Transactions");
  const shown = largestOf(arrivals, ARRIVALS_SHOWN);
  const all = arrivals.length + arrivals_left_out;
  sheet.table({
    caption: shown.length < all ? `${shown.length} of ${all}, the largest of each asset, in the order of the chain; transactions.csv has ${arrivals_left_out > 0 ? `the first ${arrivals.length}` : "all"}` : "Every arrival, in the order of the chain",
    columns: [
      { name: "When (UTC), block", share: 4 },
      { name: "Transaction, from", share: 7 },
      { name: "To", share: 5 },
      { name: "Arrived", numeric: true, share: 5 },
      { name: "Of it followed", numeric: true, share: 4 },
    ],
    rows: shown.map((one) => [placeInTime(one), placeInChain(one), one.to, arrivedWords(one, tokens), followedWords(one, tokens)]),
  });
  sheet.heading(2, "By convention");
  say(`Followed in all: ${followed.map((one) => rangeWords(one, tokens)).join("; ") || "nothing"}. When one account holds stolen and other money, nothing on a chain says which units left. Each convention is one answer; in all addresses together:`);
  sheet.table({
    caption: "All addresses together, by convention",
    columns: [{ name: "Asset", share: 5 }, { name: "Convention", share: 4 }, { name: "Amount", numeric: true, share: 6 }],
    rows: totals.flatMap((one) => conventionRows(one, tokens)),
  });
  sheet.heading(2, "How sure this is");
  sheet.list(packet.how_sure);
  sheet.heading(2, "What is not known");
  sheet.list(packet.unknown);
  sheet.heading(2, "How to check it");
  sheet.list([
    "The transfers: look each transaction up on the chain, by your own node or any explorer.",
    "The files: sha256sum -c SHA256SUMS.",
    `The trace “${trace.id}”: SHA-256 ${trace.result_sha256}, entry ${trace.entry} of an append-only signed log, kept ${utc(trace.kept_at)}.`,
    is_public
      ? `That it was kept so: proof.json leads from that entry to the log’s signed root: tracewire verify --bundle proof.json --key ${verifier_key}. The amounts of this packet are not in the proof: they come out of the answer of that SHA-256, whose tables are public under that name.`
      : `The trace is not public. proof.json holds the signed state of the log alone, and proves nothing of the trace until it is: ask ${contact}.`,
    `The data: ${trace.sets.map(({ name, row_count, rows_root }) => `${name}, ${row_count.toLocaleString("en-US")} rows, Merkle root ${rows_root}`).join("; ")}.`,
    `Every step, to be added up by hand: ask ${contact} for the step table of the trace.`,
  ]);
  return sheet.finish(title);
}

/** The largest of each asset in turn: amounts of two assets are not compared, and dust buries nothing. */
function largestOf(arrivals: readonly Arrival[], max: number): Arrival[] {
  const byAsset = [...Map.groupBy(arrivals, ({ asset }) => asset).values()].map((own) => own.toSorted((a, b) => (BigInt(b.high) > BigInt(a.high) ? 1 : BigInt(b.high) < BigInt(a.high) ? -1 : 0)));
  const chosen = new Set<Arrival>();
  for (let place = 0; chosen.size < Math.min(max, arrivals.length); place++) for (const own of byAsset) if (own[place] && chosen.size < max) chosen.add(own[place]!);
  return arrivals.filter((one) => chosen.has(one));
}

/** Conventions that agree stand in one row. */
function conventionRows({ asset, symbol, by_method }: PacketAmount, tokens: Packet["trace"]["tokens"]): string[][] {
  const name = assetWordsOf({ asset, symbol });
  return [...Map.groupBy(Object.entries(by_method), ([, amount]) => amount)].map(([amount, methods]) => [name, methods.map(([method]) => (method === "poison" ? "poison (a bound)" : method)).join(", "), `${amountWords(amount, asset, tokens, false)}${symbol === null ? " base units" : ` ${symbol}`}`]);
}

const count = (number: number, one: string, many: string): string => `${number.toLocaleString("en-US")} ${number === 1 ? one : many}`;
const utc = (time: string): string => `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;
const chainWords = (chain: string | null): string => (chain === null ? "chain not stated" : `${findChain(chain)?.name ?? "chain"} (${chain})`);
const assetWordsOf = ({ asset, symbol }: Pick<PacketAmount, "asset" | "symbol">): string => (symbol === null ? assetName(asset) : `${symbol}, ${asset}`);

const placeInTime = ({ time, block }: Arrival): string => [time === null ? "time not stated" : `${time.slice(0, 10)} ${time.slice(11).replace("Z", "")}`, block === null ? "block not stated" : `block ${block}`].join("\n");

function placeInChain({ txid, index, row, transfers, from }: Arrival): string {
  const where = txid === null ? `no transaction named; ${row}` : `${txid}${index === null ? "" : `, log or output ${index}`}`;
  const payers = from.length === 0 ? "" : `\nfrom ${from.slice(0, 3).join(", ")}${from.length > 3 ? ` and ${from.length - 3} more` : ""}`;
  return `${where}${transfers > 1 ? ` (${transfers} transfers)` : ""}${payers}`;
}

function rangeWords({ asset, low, high }: PacketAmount, tokens: Packet["trace"]["tokens"]): string {
  return low === high ? amountWords(low, asset, tokens) : `between ${amountWords(low, asset, tokens, false)} and ${amountWords(high, asset, tokens)}`;
}

/** Where nothing names the token, its contract does. */
const arrivedWords = ({ amount, asset, symbol }: Arrival, tokens: Packet["trace"]["tokens"]): string => `${shortWords(amount, asset, tokens)}${symbol === null ? ` of ${assetName(asset)}` : ""}`;

const followedWords = ({ asset, low, high, amount }: Arrival, tokens: Packet["trace"]["tokens"]): string =>
  low === high ? (low === amount ? "all of it" : shortWords(low, asset, tokens)) : `${shortWords(low, asset, tokens)} to ${high === amount ? "all of it" : shortWords(high, asset, tokens)}`;
