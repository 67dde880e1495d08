// A token's name proves nothing: anybody can deploy a contract called USDT, or one whose name only looks like it because a
// letter is Cyrillic. Thieves' addresses are flooded with such tokens, and sums over them are nonsense. A token is known by
// its contract; one that carries a known name on another contract is flagged, and never taken for the real one.
import { findChain } from "../../chains/chains.ts";
import type { ReadReport } from "./reader.ts";

/** Contracts whose names are imitated, by chain and name in capitals. */
const KNOWN: Record<string, Record<string, string>> = {
  "eip155:1": {
    USDT: "0xdac17f958d2ee523a2206206994597c13d831ec7",
    USDC: "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48",
    DAI: "0x6b175474e89094c44da98b954eedeac495271d0f",
    FRAX: "0x853d955acef822db058eb8505911ed77f175b99e",
    WETH: "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2",
    WBTC: "0x2260fac5e5542a773aa44fbcfedf7c193bc2c599",
    STETH: "0xae7ab96520de3a18e5e111b5eaab095312d7fe84",
    WSTETH: "0x7f39c581f595b53c5cb19bd0b3f8da6c935e2ca0",
    METH: "0xd5f7838f5c461feff7fe49ea5ebaf7728bb0adfa",
    CMETH: "0xe6829d9a7ee3040e1276fa75293bde931859e8fa",
  },
};

/** Cyrillic and Greek letters that print like Latin ones (a part of Unicode's confusables, UTS 39). */
const LOOK_ALIKES: Record<string, string> = Object.fromEntries(
  ["АA", "ВB", "ЕE", "КK", "МM", "НH", "ОO", "РP", "СC", "ТT", "ХX", "УY", "ЅS", "ІI", "ЈJ", "ԌG", "ԁd", "аa", "еe", "оo", "рp", "сc", "хx", "уy", "ѕs", "іi", "јj", "тt", "нh", "мm", "кk", "вb", "ΑA", "ΒB", "ΕE", "ΖZ", "ΗH", "ΙI", "ΚK", "ΜM", "ΝN", "ΟO", "ΡP", "ΤT", "ΥY", "ΧX", "οo", "υu"].map((pair) => [pair[0]!, pair[1]!]),
);
const NAMES_MAX = 1_000;

/** As a reader would see it: letters of other scripts by their looks, no signs around, capitals. */
export function seenAs(name: string): string {
  return [...name.normalize("NFKC")]
    .map((letter) => LOOK_ALIKES[letter] ?? letter)
    .join("")
    .replace(/[^\p{L}\p{N}]/gu, "")
    .toUpperCase();
}

/** Whether `name` is one that this token should not have. `asset` is CAIP-19; a chain's own coin is never meant. */
export function isBorrowedName(chain: string, asset: string, name: string): boolean {
  if (asset === "native" || asset.includes("/slip44:")) return false;
  const seen = seenAs(name);
  const isDisguised = /^[A-Z0-9]+$/.test(seen) && !/^[\x20-\x7e]*$/.test(name);
  const known = KNOWN[chain]?.[seen];
  const isCoin = findChain(chain)?.symbols.includes(seen) ?? false;
  return isDisguised || isCoin || (known !== undefined && !asset.endsWith(`:${known}`));
}

export function flagName(report: ReadReport, chain: string, asset: string, name: string): void {
  if (name === "" || !isBorrowedName(chain, asset, name)) return;
  const known = report.borrowed_names[asset];
  if (known) known.rows += 1;
  else if (Object.keys(report.borrowed_names).length < NAMES_MAX) report.borrowed_names[asset] = { name: name.slice(0, 60).toWellFormed(), rows: 1 };
}
