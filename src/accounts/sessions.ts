// Sessions: an opaque token in the person's browser, its hash here. They end by themselves (left alone, or old), by the
// person, by an administrator, and whenever role or credentials change. No token says anything by itself (no JWT).
import { timingSafeEqual } from "node:crypto";
import { freshToken, isToken, keyedHash, tokenHash, type Accounts } from "./accounts-store.ts";
import { TracewireError } from "../errors.ts";
import { toUser, USER_COLUMNS, type User } from "./users-table.ts";

const MINUTE_MS = 60_000;
/** `idle`: left alone; `whole`: at most, however busy (ASVS 5.0 V7.3); `confirmed`: how long a dangerous act may follow the proof of who it is. */
export const SESSION_LIMITS = { idle_ms: 12 * 60 * MINUTE_MS, whole_ms: 7 * 24 * 60 * MINUTE_MS, confirmed_ms: 10 * MINUTE_MS } as const;
/** Of one person; the oldest ends when one more begins. */
export const SESSIONS_MAX = 40;
const SEEN_EVERY_MS = MINUTE_MS;
const AGENT_CHARS_MAX = 160;

export type Where = { /** /24 or /64 as text. */ network: string; agent: string };
export type Session = { id: number; created: string; seen: string; confirmed: string; network: string; agent: string; how: string };
export type SignedIn = { user: User; session: Session; /** Goes into every form. */ csrf: string };

const COLUMNS = "s.id AS session, s.created AS s_created, s.seen, s.confirmed, s.network, s.agent, s.how";

/** Inside a change. Returns the token, which is nowhere else. A new one at every sign-in: none can be fixed beforehand. */
export function beginSession(accounts: Accounts, user: number, how: string, { network, agent }: Where): string {
  const token = freshToken(accounts);
  const now = accounts.effects.clock();
  accounts.db
    .prepare("INSERT INTO sessions (hash, user, created, seen, confirmed, network, agent, how) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
    .run(tokenHash("session", token), user, now, now, now, network, agent.slice(0, AGENT_CHARS_MAX), how);
  accounts.db
    .prepare("DELETE FROM sessions WHERE user = ? AND id NOT IN (SELECT id FROM sessions WHERE user = ? ORDER BY id DESC LIMIT ?)")
    .run(user, user, SESSIONS_MAX);
  return token;
}

/** Who holds this token, where its session still runs and the account is open. */
export function findSession(accounts: Accounts, token: string): SignedIn | undefined {
  if (!isToken(token)) return undefined;
  const row = accounts.db
    .prepare(`SELECT ${USER_COLUMNS}, ${COLUMNS} FROM sessions s JOIN users u ON u.id = s.user WHERE s.hash = ? AND u.state = 'active'`)
    .get(tokenHash("session", token));
  if (!row) return undefined;
  const session = toSession(row);
  const now = accounts.effects.clock();
  // What has ended once does not begin again when the clock is set back, nor years later where it was ahead.
  if (!isRunning(session, now)) {
    endSession(accounts, session.id);
    return undefined;
  }
  if (Date.parse(now) - Date.parse(session.seen) >= SEEN_EVERY_MS)
    accounts.db.prepare("UPDATE sessions SET seen = ? WHERE id = ? AND seen < ?").run(now, session.id, now);
  return { user: toUser(row), session, csrf: csrfOf(accounts, session) };
}

/** A clock that was set back makes no session longer: one from the future does not run. */
function isRunning({ seen, created }: Session, now: string): boolean {
  const at = Date.parse(now);
  const [idle, whole] = [at - Date.parse(seen), at - Date.parse(created)];
  return whole >= -MINUTE_MS && idle < SESSION_LIMITS.idle_ms && whole < SESSION_LIMITS.whole_ms;
}

/** Whether it was begun, or has gone on, by more than a password: by a passkey, or by a password with a code. */
export const isByTwo = ({ how }: Session): boolean => how === "passkey" || how.includes(" and ");

/** Inside a change: who sits there has just set up a second factor and proved it. */
export function noteSecondStep(accounts: Accounts, session: number, step: "passkey" | "code"): void {
  accounts.db.prepare("UPDATE sessions SET how = how || ? WHERE id = ? AND how IN ('password', 'link')").run(` and ${step}`, session);
}

/** Whether who sits there has proved it lately. */
export function isConfirmed({ confirmed }: Session, now: string): boolean {
  const age = Date.parse(now) - Date.parse(confirmed);
  return age >= -MINUTE_MS && age < SESSION_LIMITS.confirmed_ms;
}

/**
 * Who it is was proved once more: the session goes on under a new token, which is returned, and the old one opens nothing
 * any more, whoever may have read it meanwhile. Forms that are open in other windows stay good. Throws NOT_SIGNED_IN where it has ended.
 */
export function confirmSession(accounts: Accounts, session: number): string {
  const token = freshToken(accounts);
  const { changes } = accounts.change(() =>
    accounts.db.prepare("UPDATE sessions SET confirmed = ?, hash = ? WHERE id = ?").run(accounts.effects.clock(), tokenHash("session", token), session),
  );
  if (changes !== 1) throw new TracewireError("NOT_SIGNED_IN");
  return token;
}

export function listSessions(accounts: Accounts, user: number): Session[] {
  const now = accounts.effects.clock();
  return accounts.db
    .prepare(`SELECT ${COLUMNS} FROM sessions s WHERE s.user = ? ORDER BY s.seen DESC`)
    .all(user)
    .map(toSession)
    .filter((session) => isRunning(session, now));
}

export function ownerOfSession(accounts: Accounts, id: number): number | undefined {
  return accounts.db.prepare("SELECT user FROM sessions WHERE id = ?").get(id)?.user as number | undefined;
}

export function endSession(accounts: Accounts, id: number): void {
  accounts.change(() => accounts.db.prepare("DELETE FROM sessions WHERE id = ?").run(id));
}

/** Inside a change: all of a person's sessions, but for one where it is named. */
export function endSessions(accounts: Accounts, user: number, but = -1): void {
  accounts.db.prepare("DELETE FROM sessions WHERE user = ? AND id <> ?").run(user, but);
}

/** Goes with the session and outlasts its tokens, so that proving who it is spoils no open form; a stranger's page cannot know it. */
const csrfOf = (accounts: Accounts, { id, created }: Session): string => keyedHash(accounts, "form", `${id} ${created}`).toString("base64url");

export function isOwnForm(csrf: string, given: string): boolean {
  const [a, b] = [Buffer.from(csrf), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const toSession = (row: Record<string, unknown>): Session => ({
  id: row.session as number,
  created: row.s_created as string,
  seen: row.seen as string,
  confirmed: row.confirmed as string,
  network: row.network as string,
  agent: row.agent as string,
  how: row.how as string,
});
