// A row of `users` as the rest of the house sees it: no password, no secret.
import type { Accounts } from "./accounts-store.ts";
import type { Role } from "./roles.ts";

export type UserState = "invited" | "active" | "closed" | "erased";
export type User = {
  id: number;
  /** Public and for good: the log names it as `by`. */
  handle: string;
  address: string | null;
  role: Role;
  /** Of a supplier, whose press releases they send. */
  organisation: string | null;
  state: UserState;
  created: string;
  has: { password: boolean; totp: boolean; passkeys: number; codes: number };
};

export const USER_COLUMNS = `u.id, u.handle, u.address, u.role, u.state, u.created, u.password IS NOT NULL AS has_password, u.totp_secret IS NOT NULL AS has_totp,
  (SELECT o.name FROM organisations o WHERE o.user = u.id) AS organisation,
  (SELECT count(*) FROM passkeys p WHERE p.user = u.id) AS passkeys, (SELECT count(*) FROM recovery_codes c WHERE c.user = u.id AND c.used IS NULL) AS codes`;

export const toUser = (row: Record<string, unknown>): User => ({
  id: row.id as number,
  handle: row.handle as string,
  address: row.address as string | null,
  role: row.role as Role,
  organisation: row.organisation as string | null,
  state: row.state as UserState,
  created: row.created as string,
  has: { password: row.has_password === 1, totp: row.has_totp === 1, passkeys: row.passkeys as number, codes: row.codes as number },
});

export function findUser(accounts: Accounts, who: number | string): User | undefined {
  const row = accounts.db.prepare(`SELECT ${USER_COLUMNS} FROM users u WHERE ${typeof who === "number" ? "u.id" : "u.handle"} = ?`).get(who);
  return row && toUser(row);
}

/** Those who are or were here; an erased account is a handle that nobody else may have. */
export function listUsers(accounts: Accounts): User[] {
  return accounts.db.prepare(`SELECT ${USER_COLUMNS} FROM users u WHERE u.state <> 'erased' ORDER BY u.handle`).all().map(toUser);
}
