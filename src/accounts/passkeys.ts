// Passkeys (W3C WebAuthn Level 3), checked by SimpleWebAuthn, which is loaded when the first is used. A challenge
// counts once and for minutes. No attestation is asked: we need to know that it is the same key, not whose make.
import { timingSafeEqual } from "node:crypto";
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import { TracewireError } from "../errors.ts";
import { keyedHash, later, tokenHash, type Accounts } from "./accounts-store.ts";
import { beginSession, endSessions, noteSecondStep, type Where } from "./sessions.ts";
import { findUser, type User } from "./users-table.ts";

const CHALLENGE_MS = 5 * 60_000;
const CHALLENGE_RANDOM_BYTES = 16;
const PASSKEYS_MAX = 20;
const NAME_CHARS_MAX = 60;

/** Where the desk is: a passkey is bound to it, which is what makes phishing fail. */
export type Site = { /** https://desk.example.org */ origin: string; /** Host without port. */ id: string; name: string };

export type Passkey = { id: number; name: string; created: string; used: string | null };

const library = () => import("@simplewebauthn/server");

/**
 * A number that says by itself that we gave it, to whom and until when: nothing is written for it, so that nobody can fill
 * anything by asking. `user` is null where it is not known who will answer.
 */
function issueChallenge(accounts: Accounts, user: number | null): Uint8Array<ArrayBuffer> {
  const until = Buffer.alloc(8);
  until.writeBigUInt64BE(BigInt(Date.parse(later(accounts, CHALLENGE_MS))));
  const told = Buffer.concat([accounts.effects.random(CHALLENGE_RANDOM_BYTES), until]);
  return Uint8Array.from(Buffer.concat([told, challengeMac(accounts, told, user)]));
}

const challengeMac = (accounts: Accounts, told: Uint8Array, user: number | null): Buffer => keyedHash(accounts, `passkey challenge of ${user ?? "anybody"}`, told);

/** True once, for a challenge that was given for this purpose and is not over. */
function spendChallenge(accounts: Accounts, challenge: string, user: number | null): boolean {
  const bytes = Buffer.from(challenge, "base64url");
  const told = bytes.subarray(0, CHALLENGE_RANDOM_BYTES + 8);
  const mac = bytes.subarray(told.length);
  const expected = challengeMac(accounts, told, user);
  if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) return false;
  const expires = new Date(Number(told.readBigUInt64BE(CHALLENGE_RANDOM_BYTES))).toISOString();
  const now = accounts.effects.clock();
  // One of a clock that was ahead is none: it would be open until the clock comes there again.
  if (expires <= now || expires > later(accounts, 2 * CHALLENGE_MS)) return false;
  return accounts.change(() => {
    accounts.db.prepare("DELETE FROM spent_challenges WHERE expires <= ?").run(now);
    return accounts.db.prepare("INSERT OR IGNORE INTO spent_challenges (hash, expires) VALUES (?, ?)").run(tokenHash("challenge", challenge), expires).changes === 1;
  });
}

/** What the browser is asked when a passkey is made. */
export async function passkeyToMake(accounts: Accounts, user: User, site: Site) {
  const { generateRegistrationOptions } = await library();
  const held = accounts.db.prepare("SELECT credential FROM passkeys WHERE user = ?").all(user.id) as { credential: string }[];
  if (held.length >= PASSKEYS_MAX) throw new TracewireError("BAD_ARGUMENT", { what: `There are ${PASSKEYS_MAX} passkeys already` });
  return generateRegistrationOptions({
    rpName: site.name,
    rpID: site.id,
    userName: user.handle,
    userID: Uint8Array.from(Buffer.from(`tracewire user ${user.id}`)),
    challenge: issueChallenge(accounts, user.id),
    excludeCredentials: held.map(({ credential }) => ({ id: credential })),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
}

/** Throws WRONG_CREDENTIALS for an answer that does not hold. Other sessions end. */
export async function keepPasskey(accounts: Accounts, user: User, site: Site, response: unknown, name: string, session: number): Promise<void> {
  const { verifyRegistrationResponse } = await library();
  const info = await orRefuse(() =>
    verifyRegistrationResponse({
      response: response as RegistrationResponseJSON,
      expectedChallenge: (challenge) => spendChallenge(accounts, challenge, user.id),
      expectedOrigin: site.origin,
      expectedRPID: site.id,
      requireUserVerification: true,
    }),
  );
  const { credential } = info.registrationInfo ?? refuse();
  accounts.change(() => {
    const { changes } = accounts.db
      .prepare("INSERT OR IGNORE INTO passkeys (user, credential, public_key, counter, transports, name, created) VALUES (?, ?, ?, ?, ?, ?, ?)")
      .run(user.id, credential.id, credential.publicKey, credential.counter, JSON.stringify(credential.transports ?? []), name.slice(0, NAME_CHARS_MAX) || "Passkey", accounts.effects.clock());
    if (changes !== 1) throw new TracewireError("BAD_ARGUMENT", { what: "This passkey is kept already" });
    endSessions(accounts, user.id, session);
    noteSecondStep(accounts, session, "passkey");
  });
}

/** What the browser is asked when somebody signs in: it names nobody, the passkey does. `user` where it is known who must answer. */
export async function passkeyToUse(accounts: Accounts, site: Site, user: User | undefined) {
  const { generateAuthenticationOptions } = await library();
  return generateAuthenticationOptions({ rpID: site.id, challenge: issueChallenge(accounts, user?.id ?? null), userVerification: "required" });
}

async function checkPasskey(accounts: Accounts, site: Site, response: unknown, expected: User | undefined): Promise<User> {
  const { verifyAuthenticationResponse } = await library();
  const id = (response as { id?: unknown } | null)?.id;
  const row = typeof id === "string" ? accounts.db.prepare("SELECT * FROM passkeys WHERE credential = ?").get(id) : undefined;
  const user = row && findUser(accounts, row.user as number);
  if (!row || !user || user.state !== "active" || (expected && expected.id !== user.id)) return refuse();
  const checked = await orRefuse(() =>
    verifyAuthenticationResponse({
      response: response as AuthenticationResponseJSON,
      expectedChallenge: (challenge) => spendChallenge(accounts, challenge, expected?.id ?? null),
      expectedOrigin: site.origin,
      expectedRPID: site.id,
      requireUserVerification: true,
      credential: { id: row.credential as string, publicKey: Uint8Array.from(row.public_key as Uint8Array), counter: row.counter as number },
    }),
  );
  const { changes } = accounts.change(() =>
    accounts.db.prepare("UPDATE passkeys SET counter = ?, used = ? WHERE id = ?").run(checked.authenticationInfo.newCounter, accounts.effects.clock(), row.id as number),
  );
  // Taken away while it was checked: a reset or removal does that.
  return changes === 1 ? user : refuse();
}

/** Throws WRONG_CREDENTIALS. A passkey is two factors in one (the device, and finger, face or PIN): no code is asked besides. */
export async function signInByPasskey(accounts: Accounts, site: Site, response: unknown, where: Where): Promise<{ user: User; token: string }> {
  const user = await checkPasskey(accounts, site, response, undefined);
  return { user, token: accounts.change(() => beginSession(accounts, user.id, "passkey", where)) };
}

/** Who is signed in proves it again. Throws WRONG_CREDENTIALS. */
export async function proveByPasskey(accounts: Accounts, user: User, site: Site, response: unknown): Promise<void> {
  await checkPasskey(accounts, site, response, user);
}

export function listPasskeys(accounts: Accounts, user: number): Passkey[] {
  return accounts.db.prepare("SELECT id, name, created, used FROM passkeys WHERE user = ? ORDER BY id").all(user) as unknown as Passkey[];
}

export function ownerOfPasskey(accounts: Accounts, id: number): number | undefined {
  return accounts.db.prepare("SELECT user FROM passkeys WHERE id = ?").get(id)?.user as number | undefined;
}

/** Throws BAD_ARGUMENT where it is the only way in. */
export function dropPasskey(accounts: Accounts, user: User, id: number): void {
  if (!user.has.password && user.has.passkeys === 1) throw new TracewireError("BAD_ARGUMENT", { what: "It is the only way in", hint: "Set a password first." });
  accounts.change(() => accounts.db.prepare("DELETE FROM passkeys WHERE id = ? AND user = ?").run(id, user.id));
}

function refuse(): never {
  throw new TracewireError("WRONG_CREDENTIALS", { what: "The passkey was not accepted", hint: "Try it again, or sign in with your password." });
}

/** The library throws for whatever does not hold; none of it is for who asks. */
async function orRefuse<T extends { verified: boolean }>(check: () => Promise<T>): Promise<T & { verified: true }> {
  try {
    const result = await check();
    if (result.verified) return result as T & { verified: true };
  } catch {
    // Named to nobody: the answer to every wrong passkey is the same.
  }
  return refuse();
}
