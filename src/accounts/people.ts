// Whoever belongs to the newsroom: invited, given a role, reset, removed. At least one administrator stays.
import { TracewireError } from "../errors.ts";
import { parseAddress } from "../newsletter/newsletter.ts";
import { freshToken, isToken, later, tokenHash, type Accounts } from "./accounts-store.ts";
import { forgiveAttempts, liftLock, takeAttempt } from "./attempts.ts";
import { hashPassword, requireGoodPassword } from "./passwords.ts";
import { ROLE_NAMES, isRole, type Role } from "./roles.ts";
import { beginSession, endSessions, type Where } from "./sessions.ts";
import { spendCode } from "./sign-in.ts";
import { findUser, listUsers, type User } from "./users-table.ts";

const HOUR_MS = 3_600_000;
export const LINK_HOURS = { first: 24, join: 72, reset: 2 } as const;
/** Clocks of machines that are set by others step back a little now and then. */
const CLOCKS_APART_MS = 60_000;
export type LinkPurpose = keyof typeof LINK_HOURS;
/** Who asks for a second one while the first is on their screen should find both open: they go to the same person. */
export const FIRST_LINKS_MAX = 5;
const USERS_MAX = 5_000;
const ORGANISATION_CHARS_MAX = 120;
/** What the log calls those who are no person. */
const RESERVED = new Set(["desk", "demo", "newsroom", "tracewire", "scheduler", "system", "anonymous", "administrator"]);

export function requireHandle(handle: string): string {
  if (!/^[a-z][a-z0-9-]{1,30}$/.test(handle) || RESERVED.has(handle))
    throw new TracewireError("BAD_ARGUMENT", {
      what: `handle: “${handle.slice(0, 40)}” cannot be one`,
      hint: "2 to 31 small letters, digits and hyphens, a letter first. It is public: the log names its entries' author by it.",
    });
  return handle;
}

function requireAddress(text: string): { address: string; key: string } {
  const address = parseAddress(text);
  if (!address) throw new TracewireError("BAD_ARGUMENT", { what: "address: this is no mail address" });
  return address;
}

function requireRole(role: string): Role {
  if (isRole(role)) return role;
  throw new TracewireError("BAD_ARGUMENT", { what: `role: “${role.slice(0, 40)}” is none`, hint: `Roles: ${ROLE_NAMES.join(", ")}.` });
}

/** A supplier sends for one organisation, whose name readers see; nobody else has one. */
function requireOrganisation(role: Role, given: string | undefined): string | undefined {
  const name = (given ?? "").replaceAll(/\s+/g, " ").trim();
  if (role !== "supplier") {
    if (name === "") return undefined;
    throw new TracewireError("BAD_ARGUMENT", { what: "organisation: only a supplier sends for one", where: "organisation" });
  }
  if (name.length >= 2 && name.length <= ORGANISATION_CHARS_MAX && !/[\u0000-\u001f\u007f]/.test(name)) return name;
  throw new TracewireError("BAD_ARGUMENT", { what: `organisation: 2 to ${ORGANISATION_CHARS_MAX} characters: a supplier sends for one`, where: "organisation", hint: "Readers see it: “supplied by …”." });
}

function setOrganisation(accounts: Accounts, user: number, name: string | undefined): void {
  accounts.db.prepare("DELETE FROM organisations WHERE user = ?").run(user);
  if (name !== undefined) accounts.db.prepare("INSERT INTO organisations (user, name) VALUES (?, ?)").run(user, name);
}

/** Throws NOT_FOUND for who is not here (any more). */
export function requireUser(accounts: Accounts, who: string | number): User {
  const user = findUser(accounts, who);
  if (!user || user.state === "erased") throw new TracewireError("NOT_FOUND", { what: `There is nobody called “${String(who).slice(0, 40)}”`, hint: "tracewire user list shows all." });
  return user;
}

export type Invited = { user: User; /** The secret end of the link; only its hash is kept. */ token: string; expires: string };

/** A new person, and the link by which they come in. Throws BAD_ARGUMENT for a handle or an address that is taken. */
export function invite(accounts: Accounts, given: { handle: string; address?: string; role: string; organisation?: string }): Invited {
  const [handle, role] = [requireHandle(given.handle), requireRole(given.role)];
  const organisation = requireOrganisation(role, given.organisation);
  const address = given.address === undefined ? undefined : requireAddress(given.address);
  return accounts.change(() => {
    requireFree(accounts, handle, address?.key);
    const { lastInsertRowid } = accounts.db
      .prepare("INSERT INTO users (handle, address, address_key, role, state, created) VALUES (?, ?, ?, ?, 'invited', ?)")
      .run(handle, address?.address ?? null, address?.key ?? null, role, accounts.effects.clock());
    setOrganisation(accounts, Number(lastInsertRowid), organisation);
    return { user: findUser(accounts, Number(lastInsertRowid))!, ...issueLink(accounts, "join", Number(lastInsertRowid)) };
  });
}

function requireFree(accounts: Accounts, handle: string, address_key: string | undefined): void {
  const taken = (what: string, hint?: string) => new TracewireError("BAD_ARGUMENT", { what, hint });
  if (accounts.db.prepare("SELECT 1 FROM users WHERE handle = ?").get(handle))
    throw taken(`handle: “${handle}” is taken`, "A handle is one person's for good, after they have left too.");
  if (address_key !== undefined && accounts.db.prepare("SELECT 1 FROM users WHERE address_key = ?").get(address_key)) throw taken("address: somebody here has it");
  if ((accounts.db.prepare("SELECT count(*) AS n FROM users").get()!.n as number) >= USERS_MAX) throw taken(`There are ${USERS_MAX} accounts already`);
}

/** Inside a change. Older links of the same purpose and person are void; of the first administrator's the newest few stand. */
export function issueLink(accounts: Accounts, purpose: LinkPurpose, user: number | null): { token: string; expires: string } {
  accounts.db
    .prepare("DELETE FROM links WHERE purpose = ? AND user IS ? AND id NOT IN (SELECT id FROM links WHERE purpose = 'first' ORDER BY id DESC LIMIT ?)")
    .run(purpose, user, FIRST_LINKS_MAX - 1);
  const token = freshToken(accounts);
  const expires = later(accounts, LINK_HOURS[purpose] * HOUR_MS);
  accounts.db.prepare("INSERT INTO links (hash, purpose, user, expires) VALUES (?, ?, ?, ?)").run(tokenHash("link", token), purpose, user, expires);
  return { token, expires };
}

export type Link = { purpose: LinkPurpose; user?: User };

/** What a link is for, while it is open; looking spends nothing, for mail scanners follow every link. */
export function readLink(accounts: Accounts, token: string): Link | undefined {
  if (!isToken(token)) return undefined;
  const row = accounts.db.prepare("SELECT purpose, user, expires FROM links WHERE hash = ? AND expires > ?").get(tokenHash("link", token), accounts.effects.clock());
  // Made while the clock was ahead, it would be open until it comes there again: none is open for longer than its kind.
  if (!row || (row.expires as string) > later(accounts, LINK_HOURS[row.purpose as LinkPurpose] * HOUR_MS + CLOCKS_APART_MS)) return undefined;
  const user = row.user === null ? undefined : findUser(accounts, row.user as number);
  return { purpose: row.purpose as LinkPurpose, ...(user ? { user } : {}) };
}

export function hasAdministrator(accounts: Accounts): boolean {
  return listUsers(accounts).some(({ role, state }) => role === "administrator" && state === "active");
}

/** A link that makes the first administrator; undefined where there is one. Whoever uses one voids the others. */
export function firstLink(accounts: Accounts): { token: string; expires: string } | undefined {
  return accounts.change(() => (hasAdministrator(accounts) ? undefined : issueLink(accounts, "first", null)));
}

/**
 * Spends a link: the account is open with this password, and a session begins. The first administrator names themselves.
 * Where the account has kept its codes, one is needed: a new password is no way around the second factor (ASVS 5.0 V6.4.3).
 * Throws LINK_SPENT, BAD_PASSWORD, BAD_ARGUMENT, WRONG_CREDENTIALS, TOO_MANY_ATTEMPTS; the link stays open then.
 */
export async function enterByLink(
  accounts: Accounts,
  token: string,
  given: { password: string; handle?: string; address?: string; code?: string },
  where: Where,
): Promise<{ user: User; token: string; purpose: LinkPurpose }> {
  const link = readLink(accounts, token);
  if (!link) throw new TracewireError("LINK_SPENT");
  const handle = link.user?.handle ?? requireHandle(given.handle ?? "");
  const address = link.purpose === "first" && given.address ? requireAddress(given.address) : undefined;
  requireGoodPassword(given.password, [handle, (link.user?.address ?? address?.address ?? "").split("@")[0]!]);
  const guessed = link.user?.has.totp ? { account: `user ${link.user.id}`, network: where.network } : undefined;
  if (guessed) takeAttempt(accounts, guessed, { whose: handle, network: where.network });
  const password = await hashPassword(given.password, accounts.effects.random);
  return accounts.change(() => {
    // Spent here and once, whoever else came while the password was hashed.
    const { changes } = accounts.db.prepare("DELETE FROM links WHERE hash = ?").run(tokenHash("link", token));
    if (changes !== 1 || (link.purpose === "first" && hasAdministrator(accounts))) throw new TracewireError("LINK_SPENT");
    if (link.purpose === "first") accounts.db.prepare("DELETE FROM links WHERE purpose = 'first'").run();
    let id = link.user?.id;
    // Read again: it may have been reset or removed meanwhile, or codes set up. Throwing leaves the link open.
    const now = id === undefined ? undefined : requireUser(accounts, id);
    const second = now?.has.totp ? spendCode(accounts, now, given.code ?? "") : "none";
    if (second === undefined) throw new TracewireError("WRONG_CREDENTIALS", { what: "The code is wrong, or missing", hint: "This account asks for a code of its app, or one of its recovery codes. Lost both? An administrator can reset everything." });
    if (guessed) forgiveAttempts(accounts, guessed);
    if (id === undefined) {
      requireFree(accounts, handle, address?.key);
      id = Number(
        accounts.db
          .prepare("INSERT INTO users (handle, address, address_key, role, state, created) VALUES (?, ?, ?, 'administrator', 'invited', ?)")
          .run(handle, address?.address ?? null, address?.key ?? null, accounts.effects.clock()).lastInsertRowid,
      );
    }
    accounts.db.prepare("UPDATE users SET password = ?, state = 'active' WHERE id = ?").run(password, id);
    endSessions(accounts, id);
    return { user: findUser(accounts, id)!, token: beginSession(accounts, id, second === "none" ? "link" : `link and ${second}`, where), purpose: link.purpose };
  });
}

/** Ends the person's sessions: what they may do has changed. */
export function giveRole(accounts: Accounts, who: string | number, role: string, organisation?: string): User {
  const wanted = requireRole(role);
  const name = requireOrganisation(wanted, organisation);
  return accounts.change(() => {
    const user = requireUser(accounts, who);
    if (user.role === wanted && user.organisation === (name ?? null)) return user;
    if (wanted !== "administrator") requireAnother(accounts, user);
    accounts.db.prepare("UPDATE users SET role = ? WHERE id = ?").run(wanted, user.id);
    setOrganisation(accounts, user.id, name);
    endSessions(accounts, user.id);
    return findUser(accounts, user.id)!;
  });
}

export const RESETS = ["everything", "password"] as const;
export type Reset = (typeof RESETS)[number];

/**
 * For who is locked out: a link sets a new password, sessions end, and wrong attempts at theirs are forgotten. `everything`
 * takes the second factor along, for who lost it; `password` leaves passkeys and codes, and the link then asks for a code too.
 */
export function resetUser(accounts: Accounts, who: string | number, what: Reset = "everything"): Invited {
  return accounts.change(() => {
    const user = requireUser(accounts, who);
    if (what === "everything") dropCredentials(accounts, user.id);
    else dropPassword(accounts, user.id);
    liftLock(accounts, user);
    return { user: findUser(accounts, user.id)!, ...issueLink(accounts, user.state === "invited" ? "join" : "reset", user.id) };
  });
}

/** The account goes with its address and credentials. Its handle stays taken: the log names it. Acts keep what was done, not from where. */
export function removeUser(accounts: Accounts, who: string | number): User {
  const removed = accounts.change(() => {
    const user = requireUser(accounts, who);
    requireAnother(accounts, user);
    dropCredentials(accounts, user.id);
    accounts.db.prepare("DELETE FROM links WHERE user = ?").run(user.id);
    setOrganisation(accounts, user.id, undefined);
    accounts.db.prepare("UPDATE users SET address = NULL, address_key = NULL, state = 'erased' WHERE id = ?").run(user.id);
    for (const table of ["acts", "intended_acts"]) accounts.db.prepare(`UPDATE ${table} SET network = '', session = NULL WHERE user = ?`).run(user.id);
    return user;
  });
  accounts.settle();
  return removed;
}

function requireAnother(accounts: Accounts, user: User): void {
  const others = listUsers(accounts).filter(({ id, role, state }) => id !== user.id && role === "administrator" && state === "active");
  if (user.role === "administrator" && user.state === "active" && others.length === 0)
    throw new TracewireError("BAD_ARGUMENT", { what: `${user.handle} is the only administrator`, hint: "Make another one first." });
}

function dropPassword(accounts: Accounts, user: number): void {
  endSessions(accounts, user);
  accounts.db.prepare("UPDATE users SET password = NULL WHERE id = ?").run(user);
}

function dropCredentials(accounts: Accounts, user: number): void {
  dropPassword(accounts, user);
  accounts.db.prepare("UPDATE users SET totp_secret = NULL, totp_pending = NULL WHERE id = ?").run(user);
  for (const table of ["passkeys", "recovery_codes"]) accounts.db.prepare(`DELETE FROM ${table} WHERE user = ?`).run(user);
}

/** Other sessions end: whoever knew the old password may hold one. Throws BAD_PASSWORD. */
export async function changePassword(accounts: Accounts, user: User, password: string, session: number): Promise<void> {
  requireGoodPassword(password, [user.handle, (user.address ?? "").split("@")[0]!]);
  const hash = await hashPassword(password, accounts.effects.random);
  accounts.change(() => {
    // Only where the session that asked still stands: it may have been ended while this was hashed.
    const { changes } = accounts.db
      .prepare("UPDATE users SET password = ? WHERE id = ? AND state = 'active' AND EXISTS (SELECT 1 FROM sessions WHERE id = ? AND user = users.id)")
      .run(hash, user.id, session);
    if (changes !== 1) throw new TracewireError("NOT_SIGNED_IN");
    endSessions(accounts, user.id, session);
  });
}

/** What an invited or reset person is written. The link is what matters; nothing else of the newsroom is told. */
export function invitationLetter({ user, expires }: { user: User; expires: string }, href: string) {
  const isNew = user.state === "invited";
  return {
    to: user.address!,
    subject: isNew ? "You are invited to the Tracewire desk" : "A new way into the Tracewire desk",
    lines: [
      isNew
        ? `You are invited to the desk of a Tracewire newsroom, as ${user.role}, under the name ${user.handle}. The log of the newsroom will name what you do there by it.`
        : `Your account ${user.handle} at the desk of a Tracewire newsroom was reset: ${user.has.totp || user.has.passkeys > 0 ? "its password and sessions are gone, the second step is as it was." : "its passwords, passkeys and sessions are gone."}`,
      `Open this address and choose a password. It works once, until ${expires.slice(0, 16).replace("T", " ")} UTC.`,
      isNew ? "If you expected no invitation, do nothing." : "If you did not ask for it, tell an administrator.",
    ],
    href,
    expires,
  };
}
