// What an amount was worth: a step of its own with its source, venue, day and basis, over prices that are held as a
// dataset. No price, no money: nothing is taken from another day, another venue or another currency. USDT is not USD.
import { parseAssetId } from "../chains/chains.ts";
import { findDataset, readRows, type Row } from "../datasets/datasets.ts";
import { TracewireError } from "../errors.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { assetWords } from "./asset-words.ts";

/** What the moment is to the event: the time of the theft, of its disclosure, of publication, or of a sale. */
export const VALUATION_BASES = ["at_theft", "at_disclosure", "at_publication", "realised"] as const;
export type ValuationBasis = (typeof VALUATION_BASES)[number];

export type ValuationAsk = {
  /** A dataset with the columns date, venue, asset, quote, close: "table/btc-closes", or with "@edition". */
  source: string;
  venue: string;
  basis: ValuationBasis;
  /** "USD" unless told. */
  quote?: string;
  /** For a token by its contract: what the prices call it, and its decimals; a ticker alone is never believed. */
  token?: { symbol: string; decimals: number };
  log_size?: number;
  evidence?: "released" | "all";
};

export type PriceRow = { dataset: string; entry: number; row: number; date: string; venue: string; asset: string; quote: string; close: string };

export type Valuation =
  | {
      outcome: "valued";
      /** Exact: amount × close, no digit dropped. */
      value: string;
      currency: string;
      basis: ValuationBasis;
      price: PriceRow;
    }
  | { outcome: "no_price"; why: string };

const COLUMNS = ["date", "venue", "asset", "quote", "close"] as const;

/** `amount` in base units, `asset` as CAIP-19, `time` a UTC day or time. Throws NOT_FOUND without the dataset, BAD_INPUT where it holds no prices. */
export function valueAt(log: Pick<LogReader, "db">, amount: bigint, asset: string, time: string, ask: ValuationAsk): Valuation {
  const { source, venue, basis, quote = "USD" } = ask;
  const none = (why: string): Valuation => ({ outcome: "no_price", why });
  const dataset = findDataset(log, source, ask.log_size, ask.evidence ?? "released");
  if (!dataset) throw new TracewireError("NOT_FOUND", { what: `No dataset of prices "${source}" is held`, hint: "Import one: tracewire import table PRICES.csv" });
  const missing = COLUMNS.find((column) => !dataset.columns.includes(column));
  if (missing) throw new TracewireError("BAD_INPUT", { what: `It has no column "${missing}", so it holds no prices`, where: dataset.name });
  if (!/^\d{4}-\d{2}-\d{2}(T|$)/.test(time)) return none(`“${time}” is no day: the source of the transfer states no time`);
  const id = parseAssetId(asset);
  const words = ask.token ?? (id.outcome === "asset" && id.namespace === "slip44" ? assetWords(asset) : undefined);
  if (!words) return none(`${asset} is no chain’s own coin, and a name alone does not say which token a price is of`);
  const day = time.slice(0, 10);
  const own = readRows(log, dataset).flatMap((row, at) => (row.asset === words.symbol && row.venue === venue && row.quote === quote ? [{ row, at }] : []));
  if (own.length === 0) return none(`${dataset.name} has no price of ${words.symbol} in ${quote} from ${venue}`);
  const found = own.filter(({ row }) => row.date === day);
  if (found.length > 1) return none(`${dataset.name} has ${found.length} prices of ${words.symbol} from ${venue} for ${day}`);
  if (found.length === 0) return none(`${venue} has no close of ${words.symbol} in ${quote} for ${day}; its days go from ${own[0]!.row.date} to ${own.at(-1)!.row.date}`);
  const [{ row, at }] = found as [{ row: Row; at: number }];
  if (!/^\d+(\.\d+)?$/.test(row.close!)) throw new TracewireError("BAD_INPUT", { what: `close: "${row.close}" is no price`, where: `${dataset.name}:${at + 1}` });
  return {
    outcome: "valued",
    value: times(amount, words.decimals, row.close!),
    currency: quote,
    basis,
    price: { dataset: dataset.name, entry: dataset.seq, row: at, date: day, venue, asset: words.symbol, quote, close: row.close! },
  };
}

/** amount / 10^decimals × price, as a decimal without trailing zeros. */
function times(amount: bigint, decimals: number, price: string): string {
  const [whole, fraction = ""] = price.split(".") as [string, string?];
  const places = decimals + fraction.length;
  const digits = (amount * BigInt(whole + fraction)).toString().padStart(places + 1, "0");
  const [integer, rest] = [digits.slice(0, digits.length - places), digits.slice(digits.length - places).replace(/0+$/, "")];
  return rest === "" ? integer : `${integer}.${rest}`;
}
