// Where a trace ends at a bridge: what arrived on other chains that fits it, with its count. A fit is not a link: many
// deposits of one size cross a bridge in a day, so candidates are listed and never followed (FIELD §4.3: match by the
// protocol's message first; else amount less fee within a tolerance, recipient, window; print the rule and how many others
// fitted). Only a message that stands on both sides carries a trace over (transfer-table.ts).
import { assetWords, type AssetWords } from "./asset-words.ts";
import type { Step } from "./request.ts";
import { transferName, type Transfer } from "./transfer.ts";
import type { TransferTable } from "./transfer-table.ts";

/** How long after the deposit an arrival may stand, how much a bridge may keep, and how many candidates are listed. */
export const BRIDGE_RULE = { window_hours: 24, kept_percent_max: 2, listed_max: 20 } as const;
const DEPOSITS_MAX = 1_000;
const HOUR_MS = 3_600_000;

export type BridgeCandidate = {
  chain: string;
  transfer: string;
  time: string;
  to: string;
  asset: string;
  amount: string;
  /** It went to the address that paid the bridge. */
  is_same_address: boolean;
};

/** A transfer into a bridge at which the trace ended. */
export type BridgeEnd = {
  place: string;
  chain: string;
  transfer: string;
  time: string | null;
  asset: string;
  /** Of the whole transfer, tainted or not: what a candidate is held against. */
  amount: string;
  /** Null where it cannot be looked for: the transfer states no time. */
  candidate_count: number | null;
  /** The nearest in amount first. */
  candidates: BridgeCandidate[];
};

export type BridgeEnds = { rule: typeof BRIDGE_RULE; ends: BridgeEnd[]; left_out: number };

/** Transfers that end at a bridge, each once, whatever the convention; by their names, with the bridge. */
export function collectBridgeSteps(): { add(transfer: string, place: string): void; onStep(step: Step): void; names(): Map<string, string> } {
  const found = new Map<string, string>();
  return {
    add: (transfer, place) => void found.set(transfer, place),
    onStep({ rule, reason, transfer, place }) {
      if (rule === "stop" && reason === "bridge") found.set(transfer, place);
    },
    names: () => found,
  };
}

/** Undefined where it ended at no bridge. */
export function bridgeEnds(table: TransferTable, names: ReadonlyMap<string, string>, tokens: Readonly<Record<string, AssetWords>>): BridgeEnds | undefined {
  if (names.size === 0) return undefined;
  const deposits = table.transfers.filter((transfer) => names.get(transferName(transfer)) === transfer.to);
  const timed = table.transfers.filter(({ time, to, kind }) => time !== null && to !== null && kind !== "fee").map((transfer) => ({ at: Date.parse(transfer.time!), transfer }));
  timed.sort((a, b) => a.at - b.at);
  const ends = deposits.slice(0, DEPOSITS_MAX).map((deposit): BridgeEnd => {
    const { chain, time, asset, amount } = deposit;
    const fitting = time === null ? undefined : candidatesFor(deposit, timed, tokens);
    return {
      place: deposit.to!,
      chain,
      transfer: transferName(deposit),
      time,
      asset,
      amount: String(amount),
      candidate_count: fitting?.length ?? null,
      candidates: (fitting ?? []).slice(0, BRIDGE_RULE.listed_max),
    };
  });
  return { rule: BRIDGE_RULE, ends, left_out: deposits.length - ends.length };
}

/** For whoever reads the answer without its list. */
export function bridgeNote({ ends, left_out, rule }: BridgeEnds): string {
  const count = ends.length + left_out;
  const fitting = ends.reduce((sum, { candidate_count }) => sum + (candidate_count ?? 0), 0);
  return `It ends at a bridge by ${count} transfer${count === 1 ? "" : "s"}; ${fitting} arrivals on other chains within ${rule.window_hours} hours and ${rule.kept_percent_max} % fit, and none is followed (the answer as JSON lists them).`;
}

function candidatesFor(deposit: Transfer, timed: readonly { at: number; transfer: Transfer }[], tokens: Readonly<Record<string, AssetWords>>): BridgeCandidate[] {
  const from = Date.parse(deposit.time!);
  const own = scaled(deposit, tokens);
  const found: { missing: bigint; at: number; candidate: BridgeCandidate }[] = [];
  for (let place = firstFrom(timed, from); place < timed.length && timed[place]!.at <= from + BRIDGE_RULE.window_hours * HOUR_MS; place++) {
    const { at, transfer } = timed[place]!;
    if (transfer.chain === deposit.chain) continue;
    const other = scaled(transfer, tokens);
    // Amounts of tokens whose decimals nobody states are compared as they stand, with each other only.
    if (own.isKnown !== other.isKnown) continue;
    const missing = own.amount - other.amount;
    if (missing < 0n || missing * 100n > own.amount * BigInt(BRIDGE_RULE.kept_percent_max)) continue;
    const { chain, time, to, asset, amount } = transfer;
    found.push({ missing, at, candidate: { chain, transfer: transferName(transfer), time: time!, to: to!, asset, amount: String(amount), is_same_address: to === deposit.from } });
  }
  return found.sort((a, b) => (a.missing === b.missing ? a.at - b.at : a.missing < b.missing ? -1 : 1)).map(({ candidate }) => candidate);
}

const DECIMALS_MAX = 36;

/** Amounts with as many decimals as any token has, so that wei and the six decimals of a dollar token can be compared. */
function scaled({ asset, amount }: Transfer, tokens: Readonly<Record<string, AssetWords>>): { amount: bigint; isKnown: boolean } {
  const words = assetWords(asset, tokens);
  return words && words.decimals <= DECIMALS_MAX ? { amount: amount * 10n ** BigInt(DECIMALS_MAX - words.decimals), isKnown: true } : { amount, isKnown: false };
}

function firstFrom(timed: readonly { at: number }[], from: number): number {
  let [low, high] = [0, timed.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timed[middle]!.at < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
