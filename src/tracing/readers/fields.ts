// Values as files write them, into the one spelling that a set keeps. Every refusal names its place, its field, and what
// to write instead.
import { findChain, foldAddress, nativeAsset, parseAssetId, readAddress } from "../../chains/chains.ts";
import { isAmount } from "../set-row.ts";
import { placeText, quoted, refuseField, type Place, type ReadOptions, type ReadReport } from "./reader.ts";
import { flagName } from "./token-names.ts";

const KEPT_MAX = 500_000;
const BAD_CHECKSUMS_LISTED = 10;
const TEXT_CHARS_MAX = 200;

/** Base units: digits alone, at most 2^256 - 1; with `decimals`, a decimal of at most so many places. */
export function readAmount(text: string, place: Place, field: string, decimals?: number): string {
  const match = decimals === undefined ? /^()(\d+)$/.exec(text) : /^()(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) {
    const hint =
      /^\d*\.\d+$/.test(text) && decimals === undefined
        ? "Amounts are whole base units (wei, satoshi); say --decimals N where the file has decimals of the asset."
        : /^\d[\d_' ]*(,\d{3})+$/.test(text) || /^[\d.]+[eE]/.test(text)
          ? "Write every digit, without separators and without an exponent."
          : /^\d[\d.' ]*,\d+$/.test(text)
            ? "That looks like a comma as decimal mark. Write a decimal point and no separators (1234.56), and say --decimals N: how many places the asset has."
            : undefined;
    return refuseField(place, field, text === "" ? "it is empty" : `${quoted(text)} is no amount`, hint);
  }
  const fraction = match[3] ?? "";
  if (fraction.length > (decimals ?? 0) && /[1-9]/.test(fraction.slice(decimals)))
    refuseField(place, field, `${quoted(text)} has more than ${decimals} decimals`);
  const all = `${match[2]}${fraction.slice(0, decimals ?? 0).padEnd(decimals ?? 0, "0")}`;
  const digits = all.charCodeAt(0) === 48 ? all.replace(/^0+(?=\d)/, "") : all;
  if (!isAmount(digits)) refuseField(place, field, `${quoted(text)} is above 2^256 - 1`);
  return digits;
}

/** A place in a chain: a whole number, or "" where it is not stated. */
export function readNumber(text: string, place: Place, field: string): string {
  if (text === "" || (text.length < 16 && /^(0|[1-9]\d*)$/.test(text))) return text;
  return refuseField(place, field, `${quoted(text)} is no whole number from 0 to 999,999,999,999,999`);
}

const SECONDS_MAX = 253_402_300_799; // The end of the year 9999.

/** Seconds since 1970, or a UTC time: "2022-08-01T21:32:00Z", also with a blank and " UTC" as BigQuery writes it. */
export function readTime(text: string, place: Place, field: string): string {
  if (text === "") return "";
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) && !Number.isNaN(Date.parse(text))) return text;
  if (/^\d{1,12}$/.test(text) && Number(text) <= SECONDS_MAX) return isoTime(Number(text) * 1000);
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?) ?(Z|UTC|[+-]\d\d:\d\d)?$/.exec(text);
  if (match && match[3] === undefined)
    return refuseField(place, field, `${quoted(text)} does not say its zone`, "Write UTC with a Z at the end: 2022-08-01T21:32:00Z.");
  const at = match ? Date.parse(`${match[1]}T${match[2]}${match[3] === "UTC" ? "Z" : match[3]}`) : Number.NaN;
  return Number.isNaN(at) ? refuseField(place, field, `${quoted(text)} is no time`, "Write 2022-08-01T21:32:00Z, or seconds since 1970.") : isoTime(at);
}

const isoTime = (at: number): string => new Date(at).toISOString().replace(".000Z", "Z");

/** A transaction's id: hexadecimal ones in small letters, others as they stand (Solana's are base58). */
export function readTxid(text: string, place: Place, field = "txid"): string {
  const id = text.trim();
  if (id.length > TEXT_CHARS_MAX || /\s/.test(id) || !id.isWellFormed()) return refuseField(place, field, `${quoted(id)} is no transaction id`);
  return /^(0x)?[0-9a-fA-F]{64}$/.test(id) ? id.toLowerCase() : id;
}

export type Names = {
  chain(text: string, place: Place): string;
  /** "" where there is none. */
  address(text: string, chain: string, place: Place, field: string): string;
  asset(text: string, chain: string, place: Place): { asset: string; chain: string };
  /** Counts a name that is not the asset's own. */
  flag(chain: string, asset: string, name: string, decimals?: string): void;
};

/** Chains, addresses and assets through the rules of their chains; what was read once is remembered, up to a limit. */
export function createNames(options: ReadOptions, report: ReadReport): Names {
  const chains = new Map<string, string>();
  const addresses = new Map<string, string>();
  const assets = new Map<string, { asset: string; chain: string }>();
  const keep = <T>(map: Map<string, T>, key: string, value: T): T => {
    if (map.size >= KEPT_MAX) map.clear();
    map.set(key, value);
    return value;
  };
  const givenChain = options.chain ?? "";

  return {
    flag: (chain, asset, name, decimals) => flagName(report, chain, asset, name, decimals),
    chain(text, place) {
      const wanted = text === "" ? givenChain : text;
      if (wanted === "") return "";
      const known = chains.get(wanted);
      if (known !== undefined) return known;
      const chain = findChain(wanted);
      if (!chain) refuseField(place, "chain", `${quoted(wanted)} is no chain id`, "Chains are named by CAIP-2: eip155:1 is Ethereum.");
      return keep(chains, wanted, chain.id);
    },
    address(text, chain, place, field) {
      if (text === "") return "";
      if (/^0x[0-9a-f]{40}$/.test(text) && (chain === "" || chain.startsWith("eip155:"))) return text;
      const key = `${chain} ${text}`;
      const known = addresses.get(key);
      if (known !== undefined) return known;
      const typed = text.trim();
      if (typed.length > TEXT_CHARS_MAX || /\s/.test(typed) || !typed.isWellFormed()) return refuseField(place, field, `${quoted(text)} is no address`);
      // Without a chain only the form is known: what looks like Ethereum's is checked and folded like Ethereum's.
      const asEvm = chain === "" && /^0x[0-9a-fA-F]{40}$/.test(typed);
      if (chain === "" && !asEvm) return keep(addresses, key, foldAddress(typed));
      const reading = readAddress(typed, { chain: asEvm ? "eip155:1" : chain });
      if (reading.outcome === "address") return keep(addresses, key, reading.address);
      const reason = reading.reason;
      if (reading.outcome !== "bad_checksum") return refuseField(place, field, `${quoted(text)} is no address of ${chain}: ${reason}`);
      report.bad_checksums.count += 1;
      const { first } = report.bad_checksums;
      if (first.length < BAD_CHECKSUMS_LISTED) first.push(`${placeText(place)} ${field} ${typed}`);
      // Not remembered, so that every row with it is counted.
      return /^0[xX]/.test(typed) ? typed.toLowerCase() : typed;
    },
    asset(text, chain, place) {
      const key = `${chain} ${text}`;
      const known = assets.get(key);
      if (known) return known;
      if (text === "" || text === "native") return keep(assets, key, { asset: (chain && nativeAsset(chain)) || "native", chain });
      const isContract = /^0x[0-9a-fA-F]{40}$/.test(text) && chain.startsWith("eip155:");
      const reading = parseAssetId(isContract ? `${chain}/erc20:${text}` : text);
      if (reading.outcome !== "asset")
        return refuseField(
          place,
          "asset",
          chain === "" && /^(0x[0-9a-fA-F]{40}|T[1-9A-HJ-NP-Za-km-z]{33})$/.test(text) ? `${quoted(text)} is a contract, and on which chain it lies is not said: name it in the column chain, or with --chain` : `${quoted(text)}: ${reading.reason}`,
          "Name an asset by its contract, such as eip155:1/erc20:0xdac17f958d2ee523a2206206994597c13d831ec7, and leave it empty for the chain's own coin. A ticker is not enough: anybody can give a token any name.",
        );
      if (chain !== "" && reading.chain !== chain) refuseField(place, "asset", `${quoted(text)} is not on ${chain}, where the row is`);
      return keep(assets, key, { asset: reading.id, chain: reading.chain });
    },
  };
}
