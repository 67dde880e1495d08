// By which transfers funds of one place came to another, the largest ways first, and how an answer of it reads.
import { accountsOf, readAddress } from "../chains/chains.ts";
import { TracewireError } from "../errors.ts";
import { assetWords, writeAmount, type AssetWords } from "./asset-words.ts";
import type { Answer } from "./ask.ts";
import type { MethodName } from "./methods/methods.ts";
import { rankPaths } from "./paths.ts";

const WAYS_MAX = 10;
const HOPS_MAX = 12;

export const WAYS_CUT = "There are more ways; these are the widest.";
export const WAYS_NOTE = "Amounts of two ways may be the same units: ways are not added.";

/** `amount` in base units; the addresses are those of outputs. */
export type WayHop = { from: string; to: string; amount: string; asset: string; transfer: string; from_address?: string; to_address?: string };
export type Way = { carried: string; hops: WayHop[] };
export type Ways = {
  from: string;
  to: string;
  method: MethodName;
  /** Between two outputs stands their transaction. */
  over: "transfers" | "transactions";
  ways: Way[];
  cut: boolean;
  tokens: Record<string, AssetWords>;
};
export type WaysAsk = { from: string; to: string; method: MethodName; /** At most so many transfers; of outputs transactions. */ depth?: number | undefined };

/** Of an answer that holds its steps. `to`: an address in any spelling; over outputs a transaction or txid:vout too. Throws BAD_ARGUMENT where there are more steps than are held. */
export function waysIn({ steps: all, steps_cut, seeds, addressOf, result }: Answer, { from, to, method, depth = HOPS_MAX }: WaysAsk): Ways {
  if (steps_cut) throw new TracewireError("BAD_ARGUMENT", { what: "There are more steps than can be held, and a way may lie among the others", hint: "Ask for a floor or a depth, or end at busy services." });
  const steps = all.filter((step) => step.method === method);
  const spellings = new Set([to, ...accountsOf(readAddress(to)).map(({ address }) => address)]);
  const isEnd = (place: string) => spellings.has(place) || (addressOf !== undefined && spellings.has(addressOf(place) ?? ""));
  const ends = new Set([...steps.map(({ place }) => place), ...(addressOf ? steps.map(({ transfer }) => transfer) : [])].filter(isEnd));
  // Where taint begins: the address, the account, or, of a transaction or a theft, where it came to lie by it.
  const named = seeds.flatMap((seed) => (!addressOf && (seed.kind === "address" || seed.kind === "account") ? [seed.address] : []));
  const starts = new Set(named.length === seeds.length ? named : [...named, ...steps.flatMap(({ rule, place }) => (rule === "seed" ? [place] : []))]);
  const { paths, cut } = rankPaths(steps, starts, ends, WAYS_MAX, depth * (addressOf ? 2 : 1));
  const owner = (side: "from" | "to", place: string) => {
    const address = addressOf?.(place);
    return address === undefined ? {} : { [`${side}_address`]: address };
  };
  const ways = paths.map(({ carried, hops }) => ({
    carried: String(carried),
    hops: hops.map((hop): WayHop => ({ ...hop, amount: String(hop.amount), ...owner("from", hop.from), ...owner("to", hop.to) })),
  }));
  return { from, to, method, over: addressOf ? "transactions" : "transfers", ways, cut, tokens: result.tokens ?? {} };
}

export const noWayWords = ({ from, to, method }: Pick<Ways, "from" | "to" | "method">): string => `Under ${method} nothing of ${from} reached ${to} in these transfers.`;

/** "at most 29 base units, 2 transactions". */
export function wayWords({ carried, hops }: Way, { over, tokens }: Pick<Ways, "over" | "tokens">): string {
  const length = over === "transactions" ? Math.ceil(hops.length / 2) : hops.length;
  return `at most ${writeAmount(BigInt(carried), assetWords(hops.at(-1)!.asset, tokens))}, ${length} ${over.slice(0, -1)}${length === 1 ? "" : "s"}`;
}

/** A hop in words: places with whose they are, the amount with its unit. */
export function hopWords({ from, to, from_address, to_address, amount, asset, transfer }: WayHop, tokens: Ways["tokens"]): { from: string; to: string; amount: string; transfer: string } {
  const named = (place: string, address: string | undefined) => (address === undefined ? place : `${place} (${address})`);
  return { from: named(from, from_address), to: named(to, to_address), amount: writeAmount(BigInt(amount), assetWords(asset, tokens)), transfer };
}
