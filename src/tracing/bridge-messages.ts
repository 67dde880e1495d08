// A bridge is crossed where the protocol's own message says so: the same message on one transfer of one chain and on one of
// another. Then both chains have to be walked in one order, that of time; without times, or where a message stands on more
// than two transfers (a replay, as at Nomad in 2022), nothing is followed.
import type { Transfer } from "./transfer.ts";

export type BridgeMessages = {
  /** All transfers: each chain in its own order, chains put together by time where a message is to be followed. */
  transfers: readonly Transfer[];
  /** By row of the earlier one: the row that it arrives by. */
  arrivals: ReadonlyMap<number, number>;
  notes: string[];
};

/** `transfers` in order, chain by chain. */
export function followMessages(transfers: readonly Transfer[]): BridgeMessages {
  const stated = Map.groupBy(transfers.filter(({ message }) => message !== undefined), ({ message }) => message!);
  const followed = [...stated].filter(([, own]) => own.length === 2 && own[0]!.chain !== own[1]!.chain);
  const replayed = [...stated].filter(([, own]) => own.length > 2).length;
  const notes = replayed > 0 ? [`${replayed} messages of bridges stand on more than two transfers: which one they crossed by is not known, and none is followed.`] : [];
  if (followed.length === 0) return { transfers, arrivals: new Map(), notes };
  if (transfers.some(({ time }) => time === null))
    return { transfers, arrivals: new Map(), notes: [...notes, `${followed.length} messages of bridges are not followed: some transfers state no time, so two chains have no common order.`] };
  const merged = mergeByTime(transfers);
  const rows = new Map(merged.map((transfer, row) => [transfer, row]));
  const arrivals = new Map(
    followed.flatMap(([, [one, other]]): [number, number][] => {
      const [first, second] = [rows.get(one!)!, rows.get(other!)!].sort((a, b) => a - b) as [number, number];
      const isMoved = ({ from, to }: Transfer) => from !== to;
      return merged[second]!.to !== null && isMoved(merged[first]!) && isMoved(merged[second]!) ? [[first, second]] : [];
    }),
  );
  return { transfers: merged, arrivals, notes };
}

/** Of the chains' next transfers the earliest first: no chain's own order is touched, whatever its clocks say. */
function mergeByTime(transfers: readonly Transfer[]): Transfer[] {
  const chains = [...Map.groupBy(transfers, ({ chain }) => chain).values()].map((own) => ({ own, at: 0 }));
  const merged: Transfer[] = [];
  while (merged.length < transfers.length) {
    let first: (typeof chains)[number] | undefined;
    for (const chain of chains) if (chain.at < chain.own.length && (!first || Date.parse(chain.own[chain.at]!.time!) < Date.parse(first.own[first.at]!.time!))) first = chain;
    merged.push(first!.own[first!.at++]!);
  }
  return merged;
}
