// How much one network may ask in a minute. Keyed on /24 and /64: whoever holds a whole /64 would otherwise have 2^64
// fresh starts (better-auth's CVE-2026-45364). Counted in memory; nothing about a reader is kept beyond its window.
import { TracewireError } from "../errors.ts";

export const RATE_WINDOW_S = 60;
export const REQUESTS_A_MINUTE = 600;
const NETWORKS_MAX = 20_000;

export type RateLimit = {
  /** Takes `cost` from what is left; throws TOO_MANY_REQUESTS where less is left. */
  take(network: string, cost: number): RateState;
  /** Fields of draft-ietf-httpapi-ratelimit-headers. */
  headers(state: RateState): Record<string, string>;
};
export type RateState = { left: number; reset_s: number };

export class TooManyRequests extends TracewireError {
  readonly state: RateState;
  constructor(state: RateState) {
    super("TOO_MANY_REQUESTS", { hint: `Wait ${state.reset_s} s.` });
    this.state = state;
  }
}

export function openRateLimit(quota: number, now_ms: () => number): RateLimit {
  const windows = new Map<string, { from: number; used: number }>();
  return {
    take(network, cost) {
      const now = now_ms();
      let window = windows.get(network);
      if (!window || now - window.from >= RATE_WINDOW_S * 1_000) {
        windows.delete(network);
        if (windows.size >= NETWORKS_MAX) windows.delete(windows.keys().next().value!);
        windows.set(network, (window = { from: now, used: 0 }));
      }
      const reset_s = Math.max(1, Math.ceil((window.from + RATE_WINDOW_S * 1_000 - now) / 1_000));
      if (window.used + cost > quota) throw new TooManyRequests({ left: Math.max(0, quota - window.used), reset_s });
      window.used += cost;
      return { left: quota - window.used, reset_s };
    },
    headers: ({ left, reset_s }) => ({
      "ratelimit-policy": `"network";q=${quota};w=${RATE_WINDOW_S}`,
      ratelimit: `"network";r=${left};t=${reset_s}`,
    }),
  };
}
