// What FIFO and LIFO share: a transfer carries stretches of units with their place, and nothing of them is lost in a cut.
import { scaleSegments, takeSegments, totalOf, type Segment } from "../segments.ts";
import type { Method } from "./method.ts";

export const ordered = {
  version: "2",
  conserves: true,
  nothing: [],
  total: totalOf,
  whole: (amount) => [{ start: 0n, length: amount }],
  scale: scaleSegments,
  part: (carried, _of, start, end) => takeSegments([...carried], start, end),
} as const satisfies Omit<Method<Segment[]>, "name" | "open">;
