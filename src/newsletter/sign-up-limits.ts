// How many letters of confirmation one address, one domain and one network may cause: a form that sends mail to whoever
// is typed into it is a weapon without this. Windows slide, so that no window of the length holds more than the count.
import { createHmac } from "node:crypto";
import { networkOf, type Address } from "./address.ts";
import type { People } from "./people-store.ts";

const HOUR_MS = 3_600_000;

export const SIGN_UP_LIMITS = {
  address: { count: 3, window_ms: 24 * HOUR_MS },
  domain: { count: 200, window_ms: HOUR_MS },
  network: { count: 20, window_ms: HOUR_MS },
} as const;

type Limited = keyof typeof SIGN_UP_LIMITS;

const LONGEST_MS = Math.max(...Object.values(SIGN_UP_LIMITS).map(({ window_ms }) => window_ms));

/** Inside a change: whether all three allow one more, which is then counted; else the first that does not. */
export function takeSignUp(people: People, { key, domain }: Address, remote: string): "allowed" | Limited {
  const now = Date.parse(people.effects.clock());
  // What is counted is gone when its window is: hashes under a key of this database, for a day at most.
  people.db.prepare("DELETE FROM limit_events WHERE at <= ?").run(now - LONGEST_MS);
  // Keeps the cost the same whatever comes out below: every sign-up is one synced commit.
  people.db.prepare("UPDATE meta SET value = ? WHERE key = 'touched'").run(String(now));
  const keys = { network: limitKey(people, "network", networkOf(remote)), domain: limitKey(people, "domain", domain), address: limitKey(people, "address", key) };
  const count = people.db.prepare("SELECT count(*) AS n FROM limit_events WHERE key = ? AND at > ?");
  for (const [name, limitedKey] of Object.entries(keys) as [Limited, Uint8Array][]) {
    const limit = SIGN_UP_LIMITS[name];
    if ((count.get(limitedKey, now - limit.window_ms)!.n as number) >= limit.count) return name;
  }
  const insert = people.db.prepare("INSERT INTO limit_events (key, at) VALUES (?, ?)");
  for (const limitedKey of Object.values(keys)) insert.run(limitedKey, now);
  return "allowed";
}

/** Erasing takes the count of the address along. */
export function forgetSignUps(people: People, addressKey: string): void {
  people.db.prepare("DELETE FROM limit_events WHERE key = ?").run(limitKey(people, "address", addressKey));
}

function limitKey(people: People, name: Limited, value: string): Uint8Array {
  const salt = people.db.prepare("SELECT value FROM meta WHERE key = 'salt'").get()!.value as string;
  return createHmac("sha256", Buffer.from(salt, "hex")).update(`${name}\n${value}`).digest();
}
