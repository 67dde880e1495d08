// An account that is itself the seed: all that it sends, and what it still has, counts, under every method. What comes
// back to it is not counted a second time.
import type { AccountLedger } from "../account-ledger.ts";
import type { AccountTaint, Method } from "./method.ts";

export type SourceTaint<Carried> = AccountTaint<Carried> & {
  /** What a debit adds to the seed: all of it that did not come back before. */
  fresh(at: number): bigint;
  /** At the end: all that is there, and how much of it is seed that was not counted yet. */
  settle(): { held: bigint; fresh: bigint };
};

export function openSource<Carried>(method: Method<Carried>, ledger: AccountLedger): SourceTaint<Carried> {
  let returned = 0n;
  const fromReturned = (amount: bigint) => (returned < amount ? returned : amount);
  return {
    // Poison counts again what comes back, as it counts everything again.
    credit(_, carried) {
      if (method.conserves) returned += method.total(carried);
    },
    fresh: (at) => ledger.amount(at) - fromReturned(ledger.amount(at)),
    debit(at) {
      const amount = ledger.amount(at);
      returned -= fromReturned(amount);
      return method.whole(amount);
    },
    nextDebit: (at) => ledger.nextDebit(at),
    seed: () => 0n,
    held: () => returned,
    settle: () => ({ held: ledger.final, fresh: ledger.final - returned }),
  };
}
