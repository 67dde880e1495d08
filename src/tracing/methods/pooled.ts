// The conventions that see an account as one pool. Haircut (Möser, Böhme, Breuker 2014): each debit carries the tainted
// share of the balance, in whole units: out = ⌊t·a/B⌋, what does not come out whole stays, a draining debit takes all.
// TIHO (taint in, highest out; Tironsakkul et al.), on accounts: taint leaves first, min(t, a).
// Poison (Möser et al.): after the first tainted credit every debit and the final balance count whole. It does not
// conserve; it is an upper bound of exposure and nothing else.
import { NONE } from "../account-events.ts";
import { balanceAfter, type AccountLedger } from "../account-ledger.ts";
import type { AccountTaint, Method } from "./method.ts";

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

const pooled = {
  version: "2",
  nothing: 0n,
  total: (amount: bigint) => amount,
  whole: (amount: bigint) => amount,
  scale: (carried: bigint, _offset: bigint, of: bigint, into: bigint) => (carried * into) / of,
  part: (carried: bigint, of: bigint, start: bigint, end: bigint) => (carried * end) / of - (carried * start) / of,
} as const;

class Pool implements AccountTaint<bigint> {
  readonly #ledger: AccountLedger;
  readonly #share: (tainted: bigint, amount: bigint, pool: bigint) => bigint;
  #tainted = 0n;

  constructor(ledger: AccountLedger, share: (tainted: bigint, amount: bigint, pool: bigint) => bigint) {
    this.#ledger = ledger;
    this.#share = share;
  }

  credit(_: number, carried: bigint): void {
    this.#tainted += carried;
  }

  debit(at: number): bigint {
    const [amount, before] = [this.#ledger.amount(at), this.#ledger.before(at)];
    const out = this.#share(this.#tainted, amount, amount > before ? amount : before);
    this.#tainted -= out;
    return out;
  }

  nextDebit(at: number): number {
    return this.#tainted > 0n ? this.#ledger.nextDebit(at) : NONE;
  }

  seed(row: number, amount: bigint): bigint {
    const placed = least(amount, balanceAfter(this.#ledger, row) - this.#tainted);
    this.#tainted += placed;
    return placed;
  }

  held(): bigint {
    return this.#tainted;
  }
}

const haircutShare = (tainted: bigint, amount: bigint, pool: bigint) => (amount >= pool ? tainted : (tainted * amount) / pool);

export const haircut: Method<bigint> = { ...pooled, name: "haircut", conserves: true, open: (ledger) => new Pool(ledger, haircutShare) };

export const tiho: Method<bigint> = { ...pooled, name: "tiho", conserves: true, open: (ledger) => new Pool(ledger, least) };

class Poisoned implements AccountTaint<bigint> {
  readonly #ledger: AccountLedger;
  #poisoned = false;

  constructor(ledger: AccountLedger) {
    this.#ledger = ledger;
  }

  credit(_: number, carried: bigint): void {
    this.#poisoned ||= carried > 0n;
  }

  debit(at: number): bigint {
    return this.#poisoned ? this.#ledger.amount(at) : 0n;
  }

  nextDebit(at: number): number {
    return this.#poisoned ? this.#ledger.nextDebit(at) : NONE;
  }

  seed(_: number, amount: bigint): bigint {
    this.#poisoned ||= amount > 0n;
    return amount;
  }

  held(): bigint {
    return this.#poisoned ? this.#ledger.final : 0n;
  }
}

export const poison: Method<bigint> = { ...pooled, name: "poison", conserves: false, open: (ledger) => new Poisoned(ledger) };
