// The conventions that see an account as one pool. Haircut (Möser, Böhme, Breuker 2014): each debit carries the tainted
// share of the balance, in whole units: out = ⌊t·a/B⌋, what does not come out whole stays, a draining debit takes all.
// TIHO (taint in, highest out; Tironsakkul et al.), on accounts: taint leaves first, min(t, a).
// Poison (Möser et al.): after the first tainted credit every debit and the final balance count whole. It does not
// conserve; it is an upper bound of exposure and nothing else.
import { balanceAfter, firstDebit, type AccountLedger } from "../account-ledger.ts";
import type { Method } from "./method.ts";

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

const pooled = {
  version: "1",
  nothing: 0n,
  total: (amount: bigint) => amount,
  whole: (amount: bigint) => amount,
  scale: (carried: bigint, _offset: bigint, of: bigint, into: bigint) => (carried * into) / of,
  part: (carried: bigint, of: bigint, start: bigint, end: bigint) => (carried * end) / of - (carried * start) / of,
} as const;

const nextDebitOf = (ledger: AccountLedger, at: number) => {
  const debit = firstDebit(ledger, at);
  return debit < ledger.debits.length ? ledger.events[ledger.debits[debit]!] : undefined;
};

function conserving(name: "haircut" | "tiho", share: (tainted: bigint, amount: bigint, pool: bigint) => bigint): Method<bigint> {
  return {
    ...pooled,
    name,
    conserves: true,
    open(ledger) {
      let tainted = 0n;
      return {
        credit(_, carried) {
          tainted += carried;
        },
        debit({ amount, before }) {
          const out = share(tainted, amount, amount > before ? amount : before);
          tainted -= out;
          return out;
        },
        nextDebit: (at) => (tainted > 0n ? nextDebitOf(ledger, at) : undefined),
        seed(row, amount) {
          const placed = least(amount, balanceAfter(ledger, row) - tainted);
          tainted += placed;
          return placed;
        },
        held: () => tainted,
      };
    },
  };
}

export const haircut = conserving("haircut", (tainted, amount, pool) => (amount >= pool ? tainted : (tainted * amount) / pool));

export const tiho = conserving("tiho", least);

export const poison: Method<bigint> = {
  ...pooled,
  name: "poison",
  conserves: false,
  open(ledger) {
    let poisoned = false;
    return {
      credit(_, carried) {
        poisoned ||= carried > 0n;
      },
      debit: ({ amount }) => (poisoned ? amount : 0n),
      nextDebit: (at) => (poisoned ? nextDebitOf(ledger, at) : undefined),
      seed(_, amount) {
        poisoned ||= amount > 0n;
        return amount;
      },
      held: () => (poisoned ? ledger.final : 0n),
    };
  },
};
