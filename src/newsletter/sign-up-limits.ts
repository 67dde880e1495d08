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

/** Inside a change: whether the asker's network may sign up once more. Nothing of the address is looked at. */
export function takeNetwork(people: People, remote: string): boolean {
  return take(people, { network: networkOf(remote) });
}

/** Inside a change: whether one more letter may go to this address and this domain. */
export function takeLetter(people: People, { key, domain }: Address): boolean {
  return take(people, { domain, address: key });
}

/** Where all limits allow one more, it is counted in each. */
function take(people: People, values: Partial<Record<Limited, string>>): boolean {
  const now = Date.parse(people.effects.clock());
  // What is counted is gone when its window is: hashes under a key of this database, for a day at most.
  people.db.prepare("DELETE FROM limit_events WHERE at <= ?").run(now - LONGEST_MS);
  const keys = (Object.entries(values) as [Limited, string][]).map(([name, value]) => ({ ...SIGN_UP_LIMITS[name], key: limitKey(people, name, value) }));
  const count = people.db.prepare("SELECT count(*) AS n FROM limit_events WHERE key = ? AND at > ?");
  if (keys.some(({ key, count: most, window_ms }) => (count.get(key, now - window_ms)!.n as number) >= most)) return false;
  const insert = people.db.prepare("INSERT INTO limit_events (key, at) VALUES (?, ?)");
  for (const { key } of keys) insert.run(key, now);
  return true;
}

/** Erasing takes the count of the address along. */
export function forgetSignUps(people: People, addressKey: string): void {
  people.db.prepare("DELETE FROM limit_events WHERE key = ?").run(limitKey(people, "address", addressKey));
}

function limitKey(people: People, name: Limited, value: string): Uint8Array {
  const salt = people.db.prepare("SELECT value FROM meta WHERE key = 'salt'").get()!.value as string;
  return createHmac("sha256", Buffer.from(salt, "hex")).update(`${name}\n${value}`).digest();
}
