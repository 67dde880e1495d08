// How an amount of base units is written for people. Decimals are known of chains' own coins; of a token only where a
// source states them. Nothing is rounded: an amount is written whole.
import { parseAssetId } from "../chains/chains.ts";

export type AssetWords = { symbol: string; decimals: number };

/** By CAIP-2 namespace: base units of the chain's own coin (wei, satoshi, sun, lamport). */
const NATIVE: Record<string, AssetWords> = {
  eip155: { symbol: "native", decimals: 18 },
  bip122: { symbol: "coins", decimals: 8 },
  tron: { symbol: "TRX", decimals: 6 },
  solana: { symbol: "SOL", decimals: 9 },
};
const BY_COIN_TYPE: Record<string, string> = { "0": "BTC", "2": "LTC", "3": "DOGE", "60": "ETH", "145": "BCH", "714": "BNB", "966": "POL" };

/** Undefined where decimals are not known: the amount is then shown in base units. */
export function assetWords(asset: string, known: Readonly<Record<string, AssetWords>> = {}): AssetWords | undefined {
  if (known[asset]) return known[asset];
  const id = parseAssetId(asset);
  if (id.outcome !== "asset" || id.namespace !== "slip44") return undefined;
  const words = NATIVE[id.chain.split(":")[0]!];
  return words && { ...words, symbol: BY_COIN_TYPE[id.reference] ?? words.symbol };
}

/** "182,163.713889943206534219 ETH"; without known decimals "1,000 base units". */
export function writeAmount(amount: bigint, words: AssetWords | undefined, withUnit = true): string {
  const grouped = (whole: bigint) => whole.toString().replace(/\B(?=(\d{3})+$)/g, ",");
  if (!words) return withUnit ? `${grouped(amount)} base units` : grouped(amount);
  const scale = 10n ** BigInt(words.decimals);
  const fraction = (amount % scale).toString().padStart(words.decimals, "0").replace(/0+$/, "");
  return `${grouped(amount / scale)}${fraction ? `.${fraction}` : ""}${withUnit ? ` ${words.symbol}` : ""}`;
}

/** For a table: at most `places` decimals, the rest cut, and marked where something was cut; what would be nothing but zeros is said to be less. */
export function shortAmount(amount: bigint, words: AssetWords | undefined, places = 4): string {
  const whole = writeAmount(amount, words, false);
  const [integer, fraction] = whole.split(".") as [string, string?];
  if (!fraction || fraction.length <= places) return whole;
  if (integer === "0" && /^0*$/.test(fraction.slice(0, places))) return places === 0 ? "<1" : `<0.${"1".padStart(places, "0")}`;
  if (places === 0) return `${integer}…`;
  return `${integer}.${fraction.slice(0, places)}…`;
}

/** Addresses, hashes and contracts cut in the middle, where a table has no room for them. */
export const shortName = (place: string): string => place.replace(/[0-9A-Za-z]{20,}/g, (name) => `${name.slice(0, 10)}…${name.slice(-6)}`);
