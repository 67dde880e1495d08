// Of a trace, where it crossed a bridge and where it ended at one: a desk has to know which links of the way are a protocol's
// own message, and at which nothing but amount and time fits.
import type { Row } from "../datasets/datasets.ts";
import { bridgeNote, type BridgeEnd, type BridgeEnds, type TracedTransfers } from "../tracing/tracing.ts";

const ENDS_LISTED_MAX = 100;
const CANDIDATES_LISTED_MAX = 5;

export type PacketBridges = {
  /** In one sentence. */
  says: string;
  /** The protocol's message, and where what it carried arrived. */
  crossed: { message: string; to: string; asset: string; transfer: string }[];
  /** Transfers into a bridge at which the trace ended; candidates are listed, and not followed. */
  ended: BridgeEnd[];
  ended_left_out: number;
  rule: BridgeEnds["rule"] | null;
};

export function bridgesOf(steps: readonly Row[], transfers: TracedTransfers): PacketBridges {
  const crossed = new Map<string, PacketBridges["crossed"][number]>();
  const stops = [];
  for (const { rule, reason, place, asset, transfer } of steps) {
    const message = rule === "conversion_in" ? /^message (.+)$/.exec(reason!)?.[1] : undefined;
    if (message !== undefined) crossed.set(`${message} ${place}`, { message, to: place!, asset: asset!, transfer: transfer! });
    if (rule === "stop" && reason === "bridge") stops.push({ transfer: transfer!, place: place!, asset: asset! });
  }
  const found = transfers.bridgeEnds(stops);
  const ended = (found?.ends ?? []).slice(0, ENDS_LISTED_MAX).map((end) => ({ ...end, candidates: end.candidates.slice(0, CANDIDATES_LISTED_MAX) }));
  const over = crossed.size === 0 ? "It crossed no bridge." : `It crossed a bridge ${crossed.size === 1 ? "once" : `${crossed.size} times`}, each time by the protocol’s own message on both sides.`;
  return {
    says: `${over} ${found ? bridgeNote(found) : "It ended at none."}`,
    crossed: [...crossed.values()],
    ended,
    ended_left_out: found ? found.ends.length + found.left_out - ended.length : 0,
    rule: found?.rule ?? null,
  };
}
