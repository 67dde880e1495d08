// Ranking: which addresses are worth a look, seen from some of them. A score is a share of a walker's time: it has no
// unit, it is no amount, and it says nothing of where money is. What holds as evidence is a trace (trace.ts).
import { TracewireError } from "../../errors.ts";
import type { TransferTable } from "../transfer-table.ts";
import { APPR, rankByAppr, type Scores } from "./appr.ts";
import { placesOf } from "./places.ts";
import { rankByTtr, TTR } from "./ttr.ts";

export const RANKING_METHODS = ["ttr", "appr"] as const;
export type RankingMethod = (typeof RANKING_METHODS)[number];

export const RANKING_NOTE = "Scores have no unit and are no amounts of money: they say where to look further, and are no evidence.";

export type Ranked = { rank: number; chain: string; address: string; score: number };
export type Ranking = {
  method: RankingMethod;
  parameters: Record<string, number>;
  /** Highest first; equal scores by address. Places whose score rounds to 0 are left out. */
  ranks: Ranked[];
  /** Share of 1 that was not handed on, because less than ε of it lay in one place (or by `cut`). */
  residual: number;
  pushes: number;
  /** Ended by the limit on rows looked at. */
  cut: boolean;
};

/** Ranks are decided after rounding: the last bits of a fraction are not an order. */
const DIGITS = 6;
const rounded = (share: number): number => Number(share.toFixed(DIGITS));

/** From addresses that the transfers hold, on every chain that holds them. Throws NOT_FOUND for another. */
export function rankFrom(table: TransferTable, addresses: readonly string[], method: RankingMethod): Ranking {
  const places = placesOf(table);
  const seeds = addresses.flatMap((address) => {
    const found = table.accountsOf(address).map((account) => places.ofAccount[account]!);
    if (found.length === 0) throw new TracewireError("NOT_FOUND", { what: `The transfers do not hold the address ${address}`, hint: "Check the address, or import what is missing." });
    return found;
  });
  const own = [...new Set(seeds)].sort((a, b) => a - b);
  const found: Scores = method === "ttr" ? rankByTtr(table, places, own) : rankByAppr(table, places, own);
  const ranks = [...found.score]
    .map(([place, score]) => ({ place, score: rounded(score) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.place - b.place)
    .map(({ place, score }, at): Ranked => ({ rank: at + 1, ...places.names[place]!, score }));
  const residual = rounded([...found.residual].sort(([a], [b]) => a - b).reduce((sum, [, share]) => sum + share, 0));
  return { method, parameters: method === "ttr" ? TTR : APPR, ranks, residual, pushes: found.pushes, cut: found.cut };
}
