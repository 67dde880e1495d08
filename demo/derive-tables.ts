// Derives the reduced tables in demo/sources/tables from sources whose files may not be passed on: single facts, in our
// own columns, named as transcriptions. Run from the project folder with the data folder in TRACEWIRE_CORPORA.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { readConfig } from "../src/config.ts";

const data = join(readConfig({}, process.env).corpora, "data");
const out = join(import.meta.dirname, "sources", "tables");
type Row = Record<string, string>;
const csv = (path: string): Row[] => parse(readFileSync(join(data, path), "utf8"), { columns: true, bom: true }) as Row[];
const write = (name: string, columns: string[], rows: Row[]) =>
  writeFileSync(
    join(out, name),
    `${[columns, ...rows.map((row) => columns.map((column) => row[column] ?? ""))].map((cells) => cells.map(quote).join(",")).join("\n")}\n`,
  );
const quote = (cell: string) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** United Nations consolidated list of Feb 27, 2026: reference, kind and day of listing of its North Korea records. */
const xml = readFileSync(join(data, "un-consolidated-list", "UN_consolidated.xml"), "utf8");
const listed = [...xml.matchAll(/<(INDIVIDUAL|ENTITY)>(.*?)<\/\1>/gs)]
  .map(([, kind, body]) => ({
    kind: kind!.toLowerCase(),
    field: (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(body!)?.[1] ?? "",
  }))
  .filter(({ field }) => field("UN_LIST_TYPE") === "DPRK")
  .map(({ kind, field }) => ({ reference: field("REFERENCE_NUMBER"), kind, listed_on: field("LISTED_ON") }));
write("un-list.csv", ["reference", "kind", "listed_on"], listed);

/** North Korea's provocations as the CSIS list counts them (state of Aug 22, 2026): day, type, and our few words. */
const TYPES: Record<string, string> = { "Missile Provocation": "missile", "Nuclear Provocation": "nuclear", "Other Provocation": "other" };
const events = csv("dprk-provocations-csis/processed__north_korea_provocations_1958_present.csv");
write(
  "provocations.csv",
  ["id", "date", "type", "event"],
  events.map((row, at) => ({
    id: `csis-${events.length - at}`,
    date: row.date!,
    type: TYPES[row.type!] ?? "other",
    event: ownWords(row.event!),
  })),
);

/** One close a day, by venue: Bitstamp and Coinbase in US dollars, Binance in Tether, which is not the dollar. */
const closes = [
  ...csv("crypto-prices/mathaszip__BTCUSD_1d_candles_full.csv").map((row) => ({
    date: row.timestamp!.slice(0, 10),
    venue: "Bitstamp/Coinbase",
    asset: "BTC",
    quote: "USD",
    close: row.close!,
  })),
  ...csv("crypto-prices/sky1241__BTC_USDT_1d.csv").map((row) => ({
    date: row.timestamp!.slice(0, 10),
    venue: "Binance",
    asset: "BTC",
    quote: "USDT",
    close: row.close!,
  })),
].filter((row) => row.date >= "2017-01-01");
write(
  "btc-closes.csv",
  ["date", "venue", "asset", "quote", "close"],
  closes.map((row) => row),
);

/** "Short-range Ballistic Missile Launch" → "short-range ballistic missile launch"; known misspellings mended. */
function ownWords(event: string): string {
  const words = event.trim().toLowerCase().replace("lanuch", "launch").replace("enroachment", "encroachment");
  return words
    .replace(/\b(dmz|nll|mlrs)\b/g, (name) => name.toUpperCase())
    .replace("uljin & samcheok", "Uljin and Samcheok")
    .replace("north korean", "North Korean");
}
