// Who has a story open now, and which window writes in it. The lock is soft: it asks, and whoever must can take it over; what
// is never lost hangs on If-Match at the save, not on this. In memory: a desk that starts anew asks its windows again.
import type { Effects } from "../effects.ts";

/** A window says every five seconds that it is there (client/editor-presence.ts). */
const GONE_AFTER_MS = 15_000;
const WINDOWS_MAX = 2_000;

export type Wish = "read" | "write" | "take over" | "leave";
export type Here = { handle: string; writes: boolean; since: string; /** Another window of the one who asks. */ is_you: boolean };
export type Presence = {
  /** Says that a window is there and what it wants; answers whether it is the one that writes, and who else is here. */
  touch(window: { draft: number; handle: string; name: string }, wish: Wish): { writes: boolean; others: Here[] };
};

type Window = { draft: number; handle: string; name: string; writes: boolean; since: string; seen: number };

export function openPresence({ clock }: Pick<Effects, "clock">): Presence {
  const windows = new Map<string, Window>();
  return {
    touch({ draft, handle, name }, wish) {
      const now = Date.parse(clock());
      for (const [key, { seen }] of windows) if (now - seen > GONE_AFTER_MS) windows.delete(key);
      // A window is known by person and name: nobody speaks for another's.
      const key = JSON.stringify([draft, handle, name]);
      const others = [...windows].flatMap(([other, window]) => (window.draft === draft && other !== key ? [window] : []));
      if (wish === "leave") {
        windows.delete(key);
        return { writes: false, others: [] };
      }
      if (wish === "take over") for (const window of others) window.writes = false;
      const own = windows.get(key) ?? { draft, handle, name, writes: false, since: clock(), seen: now };
      own.writes = wish !== "read" && others.every(({ writes }) => !writes);
      own.seen = now;
      windows.delete(key);
      windows.set(key, own);
      if (windows.size > WINDOWS_MAX) windows.delete(windows.keys().next().value!);
      return { writes: own.writes, others: others.map((one) => ({ handle: one.handle, writes: one.writes, since: one.since, is_you: one.handle === handle })) };
    },
  };
}
