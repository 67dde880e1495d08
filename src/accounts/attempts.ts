// How often something may be tried: keyed on what was typed, whether or not such an account is there, and on the network
// (/24, /64) it came from. Windows slide. Kept are keyed hashes, for a day at most.
import { TracewireError } from "../errors.ts";
import { keyedHash, type Accounts } from "./accounts-store.ts";

const MINUTE_MS = 60_000;

/** Failed attempts. `account` is what stops a guesser with many addresses, `network` one with many accounts. */
export const ATTEMPT_LIMITS = {
  account: { count: 10, window_ms: 15 * MINUTE_MS },
  account_day: { count: 40, window_ms: 24 * 60 * MINUTE_MS },
  network: { count: 60, window_ms: 15 * MINUTE_MS },
} as const;
type Limited = keyof typeof ATTEMPT_LIMITS;
const LONGEST_MS = Math.max(...Object.values(ATTEMPT_LIMITS).map(({ window_ms }) => window_ms));

export type Tried = { account: string; network: string };

const keysOf = (accounts: Accounts, { account, network }: Tried): [Limited, Uint8Array][] => [
  ["account", keyedHash(accounts, "account", account)],
  ["account_day", keyedHash(accounts, "account", account)],
  ["network", keyedHash(accounts, "network", network)],
];

/**
 * Counts an attempt before it is looked at, so that many at once cannot pass together; a success takes its own back.
 * Throws TOO_MANY_ATTEMPTS where one limit is reached; nothing is counted then.
 */
export function takeAttempt(accounts: Accounts, tried: Tried): void {
  const now = Date.parse(accounts.effects.clock());
  const allowed = accounts.change(() => {
    accounts.db.prepare("DELETE FROM attempts WHERE at <= ?").run(now - LONGEST_MS);
    // Counted while the clock was ahead: they count from now on, not until it comes there again.
    accounts.db.prepare("UPDATE attempts SET at = ? WHERE at > ?").run(now, now);
    const count = accounts.db.prepare("SELECT count(*) AS n FROM attempts WHERE key = ? AND at > ?");
    const keys = keysOf(accounts, tried);
    if (keys.some(([name, key]) => (count.get(key, now - ATTEMPT_LIMITS[name].window_ms)!.n as number) >= ATTEMPT_LIMITS[name].count)) return false;
    const insert = accounts.db.prepare("INSERT INTO attempts (key, at) VALUES (?, ?)");
    for (const [name, key] of keys) if (name !== "account_day") insert.run(key, now);
    return true;
  });
  if (!allowed) throw new TracewireError("TOO_MANY_ATTEMPTS");
}

/** Inside a change: a success clears what was counted for the account, and the network's count of this one attempt. */
export function forgiveAttempts(accounts: Accounts, { account, network }: Tried): void {
  accounts.db.prepare("DELETE FROM attempts WHERE key = ?").run(keyedHash(accounts, "account", account));
  accounts.db
    .prepare("DELETE FROM attempts WHERE rowid = (SELECT max(rowid) FROM attempts WHERE key = ?)")
    .run(keyedHash(accounts, "network", network));
}
