// Exposure over all the transfers that are held: each chain by itself, since the same text on two of them is two addresses.
import { accountsOf, nativeAsset, readAddress, type Address } from "../chains/chains.ts";
import { buildTransferTable, buildUtxoGraph, type Stop, type TraceData, type Transfer, type UtxoTransaction } from "../tracing/tracing.ts";
import { exposureOf, type Exposure } from "./exposure.ts";

/** The transfers of one chain; `shows` says whether they have an address. */
export type ChainData = { chain: string; data: TraceData; shows(address: string): boolean };

export type ChainExposures = { exposures: (Exposure & { chain: string })[]; listed_seeds: number; notes: string[] };

const APART = "Not all sets that are held can be put in one order: each part of them was looked into by itself, and what went through several parts is not seen.";

export function chainsHeld(transfers: readonly Transfer[], transactions: readonly UtxoTransaction[]): ChainData[] {
  const accounts = [...Map.groupBy(transfers, ({ chain }) => chain)].map(([chain, own]): ChainData => {
    const table = buildTransferTable(own);
    return { chain, data: { kind: "accounts", table }, shows: (address) => table.accountsOf(address).length > 0 };
  });
  const outputs = [...Map.groupBy(transactions, ({ chain }) => chain)].map(([chain, own]): ChainData => {
    const graph = buildUtxoGraph(own);
    return { chain, data: { kind: "utxo", graph, asset: chain === "" ? "native" : (nativeAsset(chain) ?? chain) }, shows: (address) => graph.outputsOf(address).length > 0 };
  });
  return [...accounts, ...outputs];
}

/** Sets that contradict each other, or have no common order, are parts that are looked into by themselves: the same address may stand in each. */
export const joinExposures = (found: readonly ChainExposures[]): ChainExposures => ({
  exposures: found.flatMap(({ exposures }) => exposures),
  listed_seeds: found.reduce((sum, { listed_seeds }) => sum + listed_seeds, 0),
  notes: [...new Set([...(found.length > 1 ? [APART] : []), ...found.flatMap(({ notes }) => notes)])],
});

/** `given` as typed; `isListed` is asked of those `accounts` only that the transfers show. */
export function exposureOverChains(
  chains: readonly ChainData[],
  asked: { given: readonly string[]; accounts: readonly Address[]; isListed(account: Address): boolean; depth?: number; stopAt?: (address: string, chain: string) => Stop | undefined },
): ChainExposures {
  const { given, accounts, isListed, depth, stopAt } = asked;
  const found: ChainExposures = { exposures: [], listed_seeds: 0, notes: [] };
  for (const { chain, data, shows } of chains) {
    const isHere = (account: Address) => chain === "" || account.chain === chain;
    const listed = accounts.filter((account) => isHere(account) && shows(account.address) && isListed(account));
    const spellings = (text: string) => [text.trim(), ...accountsOf(readAddress(text)).filter(isHere).map(({ address }) => address)];
    const wanted = [...new Set(given.flatMap(spellings))].filter(shows);
    const { exposures, seeds, notes } = exposureOf(data, { asked: wanted, listed, depth, stopAt });
    found.exposures.push(...exposures.map((exposure) => ({ chain, ...exposure })));
    found.listed_seeds += seeds.length;
    found.notes = [...new Set([...found.notes, ...notes])];
  }
  return found;
}
