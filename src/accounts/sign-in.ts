// Signing in by password. Whether an account is there, is closed, has no password, or wants a code that was not given: the
// answer is one and the same, after the same work. Tells nothing to a guesser but that the limit is reached.
import { checkPassword, hashPassword, isOutdated, PASSWORD_CHARS_MAX } from "./passwords.ts";
import { ATTEMPT_LIMITS, forgiveAttempts, takeAttempt, typedName } from "./attempts.ts";
import type { Accounts } from "./accounts-store.ts";
import { TracewireError } from "../errors.ts";
import { spendRecoveryCode } from "./recovery-codes.ts";
import { beginSession, type Where } from "./sessions.ts";
import { matchCode } from "./totp.ts";
import { findUser, type User } from "./users-table.ts";

export type Attempt = {
  /** A mail address or a handle, as typed. */
  who: string;
  password: string;
  /** From an app, or a recovery code. */
  code: string;
};

/** Throws WRONG_CREDENTIALS, and TOO_MANY_ATTEMPTS by what was typed and where it came from. `how`: by which of the ways. */
export async function signIn(accounts: Accounts, { who, password, code }: Attempt, where: Where): Promise<{ user: User; token: string; how: string }> {
  const typed = who.trim().toLowerCase();
  const tried = { account: typedName(who), network: where.network };
  const row = accounts.db.prepare("SELECT id, password FROM users WHERE (address_key = ? OR handle = ?) AND state = 'active'").get(typed, typed);
  const user = row && findUser(accounts, row.id as number);
  const locked = { whose: user?.handle ?? "a name that nobody has", network: where.network };
  takeAttempt(accounts, tried, locked);
  // An account has two names; guesses at both count together, and beyond the limit they fail as a wrong password does.
  const both = { account: user ? `user ${user.id}` : tried.account, network: `both ${where.network}` };
  const isOpen = user === undefined || isWithin(() => takeAttempt(accounts, both, locked));
  const hash = isOpen && password.length <= PASSWORD_CHARS_MAX ? ((row?.password as string | null) ?? undefined) : undefined;
  const isRight = await checkPassword(password.slice(0, PASSWORD_CHARS_MAX), hash);
  if (!isRight || !user) throw new TracewireError("WRONG_CREDENTIALS");
  const renewed = isOutdated(hash!) ? await hashPassword(password, accounts.effects.random) : undefined;
  return accounts.change(() => {
    requireUnchanged(accounts, user, hash!);
    const second = user.has.totp ? spendCode(accounts, user, code) : "none";
    if (second === undefined) throw new TracewireError("WRONG_CREDENTIALS");
    forgiveAttempts(accounts, tried);
    forgiveAttempts(accounts, both);
    if (renewed) accounts.db.prepare("UPDATE users SET password = ? WHERE id = ?").run(renewed, user.id);
    const how = second === "none" ? "password" : `password and ${second}`;
    return { user, how, token: beginSession(accounts, user.id, how, where) };
  });
}

/** Who is signed in proves it again, before a dangerous act. Throws like `signIn`. */
export async function proveAgain(accounts: Accounts, user: User, { password, code }: Omit<Attempt, "who">, where: Where): Promise<void> {
  await proveBy(accounts, user, password, where, () => {
    if (user.has.totp && spendCode(accounts, user, code) === undefined) throw new TracewireError("WRONG_CREDENTIALS");
  });
}

/** Before a new password: the one that counts now. Whoever finds a desk unlocked does not know it. Throws like `signIn`. */
export const provePassword = (accounts: Accounts, user: User, password: string, where: Where): Promise<void> => proveBy(accounts, user, password, where, () => {});

async function proveBy(accounts: Accounts, user: User, password: string, where: Where, andThen: () => void): Promise<void> {
  const tried = { account: `user ${user.id}`, network: where.network };
  takeAttempt(accounts, tried, { whose: user.handle, network: where.network });
  const hash = accounts.db.prepare("SELECT password FROM users WHERE id = ?").get(user.id)?.password as string | null | undefined;
  const isRight = await checkPassword(password.slice(0, PASSWORD_CHARS_MAX), password.length <= PASSWORD_CHARS_MAX ? (hash ?? undefined) : undefined);
  if (!isRight) throw new TracewireError("WRONG_CREDENTIALS");
  accounts.change(() => {
    requireUnchanged(accounts, user, hash!);
    andThen();
    forgiveAttempts(accounts, tried);
  });
}

/** Inside a change: hashing takes a while, and meanwhile the person may have been reset or removed, or the password changed. */
function requireUnchanged(accounts: Accounts, user: User, hash: string): void {
  const row = accounts.db.prepare("SELECT password FROM users WHERE id = ? AND state = 'active'").get(user.id);
  if (row?.password !== hash) throw new TracewireError("WRONG_CREDENTIALS");
}

/** Inside a change: a code counts once. */
export function spendCode(accounts: Accounts, user: User, code: string): "code" | "recovery code" | undefined {
  const given = code.replaceAll(/[\s-]/g, "");
  const row = accounts.db.prepare("SELECT totp_secret, totp_step FROM users WHERE id = ?").get(user.id)!;
  const step = matchCode(row.totp_secret as Uint8Array, given, accounts.effects.clock(), row.totp_step as number);
  if (step === undefined) return spendRecoveryCode(accounts, user.id, given) ? "recovery code" : undefined;
  accounts.db.prepare("UPDATE users SET totp_step = ? WHERE id = ?").run(step, user.id);
  return "code";
}

function isWithin(take: () => void): boolean {
  try {
    take();
    return true;
  } catch (error) {
    if (error instanceof TracewireError && error.code === "TOO_MANY_ATTEMPTS") return false;
    throw error;
  }
}

/** What a page may promise of the limits. */
export const ATTEMPTS_IN_WORDS = `${ATTEMPT_LIMITS.account.count} attempts in ${ATTEMPT_LIMITS.account.window_ms / 60_000} minutes`;
