// Transaction tracing rank with redirection (TRacer, Wu and others, arXiv 2201.05757): a walk that respects time and asset.
// What a place has been given waits there as chips: so much, of this asset, since this transfer. When a place hands on, α
// of a chip rests; β of the remainder goes along later outgoing transfers of the asset, in proportion to amounts, and
// 1 − β back along earlier incoming ones. What finds no way rests where it is. An exchange inside one transaction
// (conversions.ts) is no way to the other side of the trade: the chip stays with its holder and changes its asset.
// A place is taken up again whenever enough has come to it. Amounts are only divided by amounts of the same asset.
import { conversionOf, type Conversion } from "../conversions.ts";
import { createHeap } from "../heap.ts";
import { NOBODY, type TransferTable } from "../transfer-table.ts";
import type { Scores } from "./appr.ts";
import type { Places } from "./places.ts";

export const TTR = { alpha: 0.15, beta: 0.8, epsilon: 1e-3, rows_max: 100_000_000 } as const;

/** Of an account on one side: rows in order, and their amounts, of one asset all of them. */
type Ways = { rows: number[]; weights: number[] };
/** Where on the time line, as a row number, and how much. */
type Chip = { row: number; share: number };

/**
 * From the seeds in equal parts, along all their transfers whenever they were; of several assets each counts by its number
 * of transfers. At the end no place keeps more than ε, unless `rows_max` rows were looked at: then `cut`.
 */
export function rankByTtr(
  table: TransferTable,
  places: Places,
  seeds: readonly number[],
  { alpha, beta, epsilon, rows_max }: { alpha: number; beta: number; epsilon: number; rows_max: number } = TTR,
): Scores {
  const score = new Map<number, number>();
  const residual = new Map<number, number>();
  /** By account, then by row: what came by that row and waits. */
  const waiting = new Map<number, Map<number, number>>();
  const ways = { out: new Map<number, Ways>(), in: new Map<number, Ways>() };
  let looked_at = 0;

  const add = (sums: Map<number, number>, key: number, share: number): void => void sums.set(key, (sums.get(key) ?? 0) + share);
  const placeOf = (account: number): number => places.ofAccount[account]!;
  const waysOf = (account: number, side: "out" | "in"): Ways => {
    let found = ways[side].get(account);
    if (!found) {
      const [own, other] = side === "out" ? [table.from, table.to] : [table.to, table.from];
      const rows = [...table.rowsOf(account)].filter((row) => {
        const { kind, amount } = table.transfer(row);
        if (own[row] !== account || other[row] === account || kind === "fee" || amount === 0n) return false;
        return other[row] !== NOBODY || exchangeAt(table, row, side) !== undefined;
      });
      found = { rows, weights: rows.map((row) => Number(table.amount(row))) };
      ways[side].set(account, found);
    }
    return found;
  };

  const touched = new Set<number>();
  const give = (account: number, row: number, share: number): void => {
    let chips = waiting.get(account);
    if (!chips) waiting.set(account, (chips = new Map()));
    add(chips, row, share);
    add(residual, placeOf(account), share);
    touched.add(placeOf(account));
  };
  const takeChips = (account: number): Chip[] => {
    const chips = [...(waiting.get(account) ?? [])].map(([row, share]): Chip => ({ row, share }));
    waiting.delete(account);
    return chips.sort((a, b) => a.row - b.row);
  };
  const handOn = (row: number, side: "out" | "in", share: number): void => {
    const exchange = exchangeAt(table, row, side);
    if (!exchange) return give(side === "out" ? table.to[row]! : table.from[row]!, row, share);
    const others = side === "out" ? exchange.rows : exchange.given_rows;
    // What the rows add up to, not what was exchanged: what came back inside the transaction is in the rows too.
    const sum = others.reduce((total, other) => total + Number(table.amount(other)), 0);
    for (const other of others) give((side === "out" ? table.to : table.from)[other]!, other, (share * Number(table.amount(other))) / sum);
  };

  /** Each chip goes along the ways behind it in the order of `side`: forward the later ones, back the earlier ones. */
  const spread = (account: number, side: "out" | "in", chips: readonly Chip[]): void => {
    if (chips.length === 0) return;
    const { rows, weights } = waysOf(account, side);
    const direction = side === "out" ? 1 : -1;
    const isBehind = (row: number, chip: Chip) => (side === "out" ? row > chip.row : row < chip.row);
    const end = side === "out" ? rows.length : -1;
    const sums = new Float64Array(rows.length + 2);
    // sums[at + 1]: all weights from `at` on, in the direction of the walk.
    for (let at = end - direction; at >= 0 && at < rows.length; at -= direction) sums[at + 1] = sums[at + 1 + direction]! + weights[at]!;
    let rate = 0;
    let next = 0;
    for (let at = side === "out" ? 0 : rows.length - 1; at !== end; at += direction) {
      looked_at++;
      for (; next < chips.length && isBehind(rows[at]!, chips[next]!); next++) rate += chips[next]!.share / sums[at + 1]!;
      if (rate > 0) handOn(rows[at]!, side, rate * weights[at]!);
    }
    for (; next < chips.length; next++) add(score, placeOf(account), chips[next]!.share);
  };

  const start = (place: number, share: number): void => {
    add(score, place, alpha * share);
    for (const [side, weight, row] of [["out", beta, -1], ["in", 1 - beta, table.count]] as const) {
      const counts = inOrder(table, places.accountsOf(place)).map((account) => ({ account, count: waysOf(account, side).rows.length }));
      const all = counts.reduce((sum, { count }) => sum + count, 0);
      const part = (1 - alpha) * weight * share;
      if (all === 0) add(score, place, part);
      else for (const { account, count } of counts) if (count > 0) spread(account, side, [{ row, share: (part * count) / all }]);
    }
  };

  const heap = createHeap<{ place: number; held: number }>((a, b) => a.held > b.held || (a.held === b.held && a.place < b.place));
  const queueTouched = (): void => {
    for (const place of touched) {
      const held = residual.get(place)!;
      if (held > epsilon) heap.push({ place, held });
    }
    touched.clear();
  };
  for (const seed of seeds) start(seed, 1 / seeds.length);
  queueTouched();

  let pushes = 0;
  // A push brings at least α·ε to rest, so there are 1/(α·ε) at most; a hub makes each of them dear, hence the limit.
  for (let next = heap.pop(); next; next = heap.pop()) {
    const { place, held } = next;
    if (held !== residual.get(place)) continue;
    if (looked_at > rows_max) return { score, residual, pushes, cut: true };
    pushes++;
    residual.set(place, 0);
    // All chips are taken up first: an exchange gives some back to the same place, for the next time.
    const taken = inOrder(table, places.accountsOf(place)).map((account) => ({ account, chips: takeChips(account) }));
    for (const { account, chips } of taken) {
      const part = (weight: number) => chips.map(({ row, share }): Chip => ({ row, share: share * weight }));
      for (const { share } of chips) add(score, place, alpha * share);
      spread(account, "out", part((1 - alpha) * beta));
      spread(account, "in", part((1 - alpha) * (1 - beta)).reverse());
    }
    queueTouched();
  }
  return { score, residual, pushes, cut: false };
}

/** By asset: sums of fractions hang on their order. */
const inOrder = (table: TransferTable, accounts: readonly number[]): number[] =>
  [...accounts].sort((a, b) => (table.account(a).asset < table.account(b).asset ? -1 : 1));

type Exchange = Conversion & { given_rows: readonly number[] };

/** The exchange of which `row` is what its holder gave ("out") or got ("in"). */
function exchangeAt(table: TransferTable, row: number, side: "out" | "in"): Exchange | undefined {
  const together = table.transactionRows(row);
  if (together.length < 2) return undefined;
  const { address, chain } = table.accounts[(side === "out" ? table.from : table.to)[row]!]!;
  const isHolders = (account: number) => account !== NOBODY && table.account(account).address === address && table.account(account).chain === chain;
  const givers = side === "out" ? [row] : together.filter((other) => isHolders(table.from[other]!));
  for (const giver of givers) {
    const found = conversionOf(table, giver);
    if (!found || (side === "in" && !found.rows.includes(row))) continue;
    return { ...found, given_rows: together.filter((other) => isHolders(table.from[other]!) && isGivenIn(table, other)) };
  }
  return undefined;
}

const isGivenIn = (table: TransferTable, row: number): boolean => {
  const { kind, from, to } = table.transfer(row);
  return kind !== "fee" && from !== to && conversionOf(table, row) !== undefined;
};
