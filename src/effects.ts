// Everything that is not a function of its arguments comes in here: time, chance, network.
// Real ones for the product, fixed ones for tests. Nothing below imports Date or fetch by itself.
import { randomBytes } from "node:crypto";

/** UTC now as an ISO 8601 string with milliseconds, e.g. 2026-11-24T03:06:17.000Z. */
export type Clock = () => string;

/** n random bytes fit for salts and keys. */
export type Random = (byteCount: number) => Uint8Array;

export type Effects = { clock: Clock; random: Random };

export const systemEffects: Effects = {
  clock: () => new Date().toISOString(),
  random: (byteCount) => randomBytes(byteCount),
};

/** A clock that starts at `start` and moves `step_ms` forward at every reading. */
export function steppedClock(start: string, step_ms = 1): Clock {
  let now = Date.parse(start);
  return () => {
    const at = new Date(now).toISOString();
    now += step_ms;
    return at;
  };
}

/** Deterministic bytes for tests (mulberry32); never for keys or salts in the product. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
  return (byteCount) => Uint8Array.from({ length: byteCount }, () => next() & 0xff);
}

/** Whether a process of this machine runs, ours or another user's. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
