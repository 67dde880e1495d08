// Setting up codes by app: the secret counts only after one code from it was typed, so that nobody locks themselves out.
import { TracewireError } from "../errors.ts";
import type { Accounts } from "./accounts-store.ts";
import { makeRecoveryCodes } from "./recovery-codes.ts";
import { endSessions, noteSecondStep } from "./sessions.ts";
import { TOTP_SECRET_BYTES, base32, keyUri, matchCode } from "./totp.ts";
import type { User } from "./users-table.ts";

export type Enrolment = { secret: string; uri: string };

/** A fresh secret waits; one that counts already goes on counting until the new one is proved. */
export function beginTotp(accounts: Accounts, user: User, issuer: string): Enrolment {
  const secret = accounts.effects.random(TOTP_SECRET_BYTES);
  accounts.change(() => accounts.db.prepare("UPDATE users SET totp_pending = ? WHERE id = ?").run(secret, user.id));
  return { secret: base32(secret), uri: keyUri(secret, issuer, user.handle) };
}

/**
 * The secret that waits, for who has it already and mistyped its first code. It is told to nobody else: whoever sees a
 * secret that another session of the account has begun with could make that one's codes.
 */
export function pendingTotp(accounts: Accounts, user: User, issuer: string, secret: string): Enrolment | undefined {
  const pending = accounts.db.prepare("SELECT totp_pending FROM users WHERE id = ?").get(user.id)?.totp_pending as Uint8Array | null | undefined;
  return pending && base32(pending) === secret ? { secret, uri: keyUri(pending, issuer, user.handle) } : undefined;
}

/** Returns the recovery codes, shown once; other sessions end. Throws WRONG_CREDENTIALS. */
export function finishTotp(accounts: Accounts, user: User, code: string, session: number): string[] {
  return accounts.change(() => {
    const pending = accounts.db.prepare("SELECT totp_pending FROM users WHERE id = ?").get(user.id)?.totp_pending as Uint8Array | null | undefined;
    const step = pending ? matchCode(pending, code.replaceAll(/\s/g, ""), accounts.effects.clock(), 0) : undefined;
    if (step === undefined) throw new TracewireError("WRONG_CREDENTIALS", { what: "This code does not come from that secret", hint: "Look whether the telephone's clock is right, and type the code that is shown now." });
    accounts.db.prepare("UPDATE users SET totp_secret = totp_pending, totp_pending = NULL, totp_step = ? WHERE id = ?").run(step, user.id);
    endSessions(accounts, user.id, session);
    noteSecondStep(accounts, session, "code");
    return makeRecoveryCodes(accounts, user.id);
  });
}

export function dropTotp(accounts: Accounts, user: User): void {
  accounts.change(() => {
    accounts.db.prepare("UPDATE users SET totp_secret = NULL, totp_pending = NULL WHERE id = ?").run(user.id);
    accounts.db.prepare("DELETE FROM recovery_codes WHERE user = ?").run(user.id);
  });
}
