// How often something may be tried: keyed on what was typed, whether or not such an account is there, and on the network
// (/24, /64) it came from. Windows slide. Kept are keyed hashes, for a day at most.
import { recordAct } from "./acts.ts";
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
/** For the record of acts: whose account is meant, and where from. */
export type Locked = { whose: string; network: string };

const keysOf = (accounts: Accounts, { account, network }: Tried): [Limited, Uint8Array][] => [
  ["account", keyedHash(accounts, "account", account)],
  ["account_day", keyedHash(accounts, "account", account)],
  ["network", keyedHash(accounts, "network", network)],
];

/**
 * Counts an attempt before it is looked at, so that many at once cannot pass together; a success takes its own back.
 * Throws TOO_MANY_ATTEMPTS where one limit is reached; nothing is counted then, and the record of acts has one line of it.
 */
export function takeAttempt(accounts: Accounts, tried: Tried, locked: Locked): void {
  const now = Date.parse(accounts.effects.clock());
  const allowed = accounts.change(() => {
    accounts.db.prepare("DELETE FROM attempts WHERE at <= ?").run(now - LONGEST_MS);
    // Counted while the clock was ahead: they count from now on, not until it comes there again.
    accounts.db.prepare("UPDATE attempts SET at = ? WHERE at > ?").run(now, now);
    const count = accounts.db.prepare("SELECT count(*) AS n FROM attempts WHERE key = ? AND at > ?");
    const keys = keysOf(accounts, tried);
    const reached = keys.find(([name, key]) => (count.get(key, now - ATTEMPT_LIMITS[name].window_ms)!.n as number) >= ATTEMPT_LIMITS[name].count);
    if (reached) {
      noteLock(accounts, reached[0], tried, locked, now);
      return false;
    }
    const insert = accounts.db.prepare("INSERT INTO attempts (key, at) VALUES (?, ?)");
    for (const [name, key] of keys) if (name !== "account_day") insert.run(key, now);
    return true;
  });
  if (!allowed) throw new TracewireError("TOO_MANY_ATTEMPTS");
}

/** One line for each time that it closes, however often somebody knocks; the same work for a name that nobody has, which is not repeated. */
function noteLock(accounts: Accounts, limit: Limited, tried: Tried, { whose, network }: Locked, now: number): void {
  const mark = lockMark(accounts, limit === "network" ? tried.network : tried.account);
  if (accounts.db.prepare("SELECT 1 FROM attempts WHERE key = ? AND at > ?").get(mark, now - ATTEMPT_LIMITS[limit].window_ms)) return;
  accounts.db.prepare("INSERT INTO attempts (key, at) VALUES (?, ?)").run(mark, now);
  recordAct(accounts, { user: { id: 0, handle: "nobody" }, network }, "session.locked", limit === "network" ? `network ${network}` : whose);
}

const lockMark = (accounts: Accounts, of: string): Uint8Array => keyedHash(accounts, "locked", of);

/** Inside a change: what was counted against a person under each of their names; their networks' counts stay. */
export function liftLock(accounts: Accounts, { id, handle, address }: { id: number; handle: string; address: string | null }): void {
  const forget = accounts.db.prepare("DELETE FROM attempts WHERE key = ?");
  for (const account of [`user ${id}`, typedName(handle), ...(address === null ? [] : [typedName(address)])]) for (const key of [keyedHash(accounts, "account", account), lockMark(accounts, account)]) forget.run(key);
}

/** What was typed to sign in, as it is counted. */
export const typedName = (who: string): string => `typed ${who.trim().toLowerCase()}`;

/** Inside a change: a success clears what was counted for the account, and the network's count of this one attempt. */
export function forgiveAttempts(accounts: Accounts, { account, network }: Tried): void {
  accounts.db.prepare("DELETE FROM attempts WHERE key = ?").run(keyedHash(accounts, "account", account));
  accounts.db
    .prepare("DELETE FROM attempts WHERE rowid = (SELECT max(rowid) FROM attempts WHERE key = ?)")
    .run(keyedHash(accounts, "network", network));
}
