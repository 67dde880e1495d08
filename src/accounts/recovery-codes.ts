// Ten codes on paper for who has lost the telephone: each opens once, in place of an app's code. 80 random bits each; kept
// as hashes under this database's salt.
import { keyedHash, type Accounts } from "./accounts-store.ts";
import { base32 } from "./totp.ts";

const CODES = 10;
const CODE_BYTES = 10;

/** Inside a change: new codes, shown once; the old ones are void. In groups of four, as people copy them. */
export function makeRecoveryCodes(accounts: Accounts, user: number): string[] {
  accounts.db.prepare("DELETE FROM recovery_codes WHERE user = ?").run(user);
  const insert = accounts.db.prepare("INSERT INTO recovery_codes (user, hash) VALUES (?, ?)");
  return Array.from({ length: CODES }, () => {
    const code = base32(accounts.effects.random(CODE_BYTES));
    insert.run(user, codeHash(accounts, code));
    return code.replace(/(.{4})(?=.)/g, "$1-");
  });
}

/** Inside a change. `code` without blanks and hyphens, in any case. */
export function spendRecoveryCode(accounts: Accounts, user: number, code: string): boolean {
  const { changes } = accounts.db
    .prepare("UPDATE recovery_codes SET used = ? WHERE user = ? AND hash = ? AND used IS NULL")
    .run(accounts.effects.clock(), user, codeHash(accounts, code.toUpperCase()));
  return changes === 1;
}

const codeHash = (accounts: Accounts, code: string): Uint8Array => keyedHash(accounts, "recovery code", code);
