// What follows from the log, and from whether somebody may see protected sources, is made once for each state of the log.
import { can } from "../accounts/accounts.ts";
import type { LogReader } from "../evidence/evidence.ts";
import type { SignedInContext } from "./route.ts";

const kept = new WeakMap<LogReader, Map<string, { size: number; value: unknown }>>();

export function madeOnce<T>({ newsroom: { log }, who }: SignedInContext, name: string, make: () => T): T {
  const own = kept.get(log) ?? new Map<string, { size: number; value: unknown }>();
  kept.set(log, own);
  const key = `${name} ${can(who.user.role, "sources.read")}`;
  const [size, known] = [log.size(), own.get(key)];
  if (known?.size === size) return known.value as T;
  const value = make();
  own.set(key, { size, value });
  return value;
}
