// An amount under each convention of a trace, with how far they are apart. Amounts of two assets are never added.
import { assetWords, shortAmount, writeAmount, type SavedTrace } from "../tracing/tracing.ts";

export type PacketAmount = {
  /** CAIP-19, or "native" where the data names no chain. */
  asset: string;
  /** What the source calls it and how many decimals it has; null where nobody says. */
  symbol: string | null;
  decimals: number | null;
  /** Base units. */
  by_method: Record<string, string>;
  /** Of the conventions that conserve: poison is a bound of exposure, and no amount. */
  low: string;
  high: string;
  spread: string;
};

export type Tokens = SavedTrace["tokens"];

export function amountOf(trace: Pick<SavedTrace, "ask" | "methods" | "tokens">, asset: string, sums: ReadonlyMap<string, bigint>): PacketAmount {
  const { ask, methods, tokens } = trace;
  const amounts = ask.methods.map((method) => [method, sums.get(method) ?? 0n] as const);
  const compared = amounts.filter(([method]) => methods[method]!.conserves).map(([, amount]) => amount);
  const [low, high] = compared.reduce(([a, b], one) => [one < a ? one : a, one > b ? one : b], [compared[0] ?? 0n, compared[0] ?? 0n]);
  const words = assetWords(asset, tokens);
  return {
    asset,
    symbol: words?.symbol ?? null,
    decimals: words?.decimals ?? null,
    by_method: Object.fromEntries(amounts.map(([method, amount]) => [method, String(amount)])),
    low: String(low),
    high: String(high),
    spread: String(high - low),
  };
}

/** "12.5 ETH"; where nobody states decimals, the base units of what: "40 base units of eip155:1/erc20:0x…". */
export function amountWords(amount: string, asset: string, tokens: Tokens, withUnit = true): string {
  const words = assetWords(asset, tokens);
  return `${writeAmount(BigInt(amount), words, withUnit)}${withUnit && !words ? ` of ${assetName(asset)}` : ""}`;
}

export const assetName = (asset: string): string => (asset === "native" ? "the chain’s own coin" : asset);

const CELL_DECIMALS = 6;

/** For a cell beside one that names the asset: decimals beyond the sixth are cut, and marked. */
export function shortWords(amount: string, asset: string, tokens: Tokens): string {
  const words = assetWords(asset, tokens);
  return `${shortAmount(BigInt(amount), words, CELL_DECIMALS)} ${words?.symbol ?? "base units"}`;
}

/** The same without thousands and unit, for a cell of a table. */
export const amountCell = (amount: string, asset: string, tokens: Tokens): string => writeAmount(BigInt(amount), assetWords(asset, tokens), false).replaceAll(",", "");

export const chainOf = (asset: string): string => (asset.includes("/") ? asset.slice(0, asset.indexOf("/")) : "");
