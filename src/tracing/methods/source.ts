// An account that is itself the seed: all that it sends, and what it still has, counts, under every method. What comes
// back to it is not counted a second time.
import type { AccountLedger } from "../account-ledger.ts";
import { firstDebit } from "../account-ledger.ts";
import type { AccountTaint, Method } from "./method.ts";

export type SourceTaint<Carried> = AccountTaint<Carried> & {
  /** All that left, and all that is there, less what came back: the amount of this seed. */
  seeded(): bigint;
};

export function openSource<Carried>(method: Method<Carried>, ledger: AccountLedger): SourceTaint<Carried> {
  let sent = 0n;
  let returned = 0n;
  return {
    credit(_, carried) {
      returned += method.total(carried);
    },
    debit({ amount }) {
      sent += amount;
      return method.whole(amount);
    },
    nextDebit(at) {
      const debit = firstDebit(ledger, at);
      return debit < ledger.debits.length ? ledger.events[ledger.debits[debit]!] : undefined;
    },
    seed: () => 0n,
    held: () => ledger.final,
    seeded: () => sent + ledger.final - returned,
  };
}
