// The ledger of one account: what it held before each event, as far as the data shows. When a debit exceeds the known
// balance, the rest is an `unknown` lot that comes into being at that row: an appended day can therefore never change
// what an earlier row meant, and what the data lacks stays visible.
import { isDebitAt, isToItselfAt, movedAt, NONE, rowAt, type AccountEvents } from "./account-events.ts";
import type { RunningSums } from "./running-sums.ts";

/** So many events are looked at one by one before a search: most accounts have fewer. */
const NEAR = 16;

/** The sums of the events of an account, from `first` up to `end`. */
export type OpenSums = (first: number, end: number) => RunningSums;
const UNKNOWN = -2;

/** An event is spoken of by its place, from `first` up to `end`; `end` itself is the place behind all of them. */
export class AccountLedger {
  readonly account: number;
  readonly first: number;
  readonly end: number;
  readonly #events: AccountEvents;
  readonly #openSums: OpenSums;
  // Made when first asked for: of an account that only receives, most conventions ask for nothing.
  #sums: RunningSums | undefined;
  #lastDebit = UNKNOWN;
  #hasGiven = false;
  #hasLowest = false;

  constructor(account: number, events: AccountEvents, openSums: OpenSums, first: number, end: number) {
    this.account = account;
    this.first = first;
    this.end = end;
    this.#events = events;
    this.#openSums = openSums;
  }

  row(at: number): number {
    return rowAt(this.#events, at);
  }

  isDebit(at: number): boolean {
    return isDebitAt(this.#events, at);
  }

  /** A payment to oneself is neither debit nor credit: nothing leaves, and nothing that was not there arrives (decisions/0021). */
  isCredit(at: number): boolean {
    return !isDebitAt(this.#events, at) && !isToItselfAt(this.#events, at);
  }

  amount(at: number): bigint {
    return movedAt(this.#events, at);
  }

  /** Known balance before the event. */
  before(at: number): bigint {
    return at === this.first ? 0n : this.#balances().balance(at - 1);
  }

  /** Sum of all debits before the event. `before + debited` is the sum of all credits, unknown lots included. */
  debited(at: number): bigint {
    return at === this.first ? 0n : this.#withGiven().given(at - 1);
  }

  /** Of a debit, and of a payment to oneself: how much of it no earlier event explains. */
  unknown(at: number): bigint {
    const [amount, before] = [this.amount(at), this.before(at)];
    return !this.isCredit(at) && amount > before ? amount - before : 0n;
  }

  /** Known balance at the end of the data. */
  get final(): bigint {
    return this.before(this.end);
  }

  /** Place of the first event after `row` (an event of that row itself is not after it). */
  after(row: number): number {
    let [low, high] = [this.first, this.end];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.row(middle) > row) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** What this account gives in a row, or NONE. */
  debitOf(row: number): number {
    return this.#inLedger(this.#events.debitOf ? (this.#events.debitOf[row] ?? NONE) : this.#search(row, true));
  }

  /** What it gets in a row, before any lot that a trace put in there, or NONE. */
  creditOf(row: number): number {
    return this.#inLedger(this.#events.creditOf ? (this.#events.creditOf[row] ?? NONE) : this.#search(row, false));
  }

  #inLedger(at: number): number {
    return at >= this.first && at < this.end ? at : NONE;
  }

  #search(row: number, debit: boolean): number {
    let found = NONE;
    for (let at = this.after(row) - 1; at >= this.first && this.row(at) === row; at--) if (debit ? this.isDebit(at) : this.isCredit(at)) found = at;
    return found;
  }

  /** The first debit at or after event `at`, or NONE. */
  nextDebit(at: number): number {
    if (at > (this.#lastDebit === UNKNOWN ? this.#findLastDebit() : this.#lastDebit)) return NONE;
    for (const near = Math.min(at + NEAR, this.end); at < near; at++) if (this.isDebit(at)) return at;
    return this.#found(this.#withGiven().firstGivenAbove(this.debited(at), at, this.end));
  }

  /** The first debit at or after event `at` whose units, counted in all that was ever given, end behind `position`. */
  debitReaching(position: bigint, at: number): number {
    const from = this.debited(at) > position ? this.debited(at) : position;
    return this.#found(this.#withGiven().firstGivenAbove(from, at, this.end));
  }

  /** The first debit at or after event `at` that leaves less than `height` there. A credit leaves more than there was, so only a debit is the first. */
  debitBelow(height: bigint, at: number): number {
    const sums = this.#balances();
    if (!this.#hasLowest) sums.prepareLowest(this.first, this.end);
    this.#hasLowest = true;
    return this.#found(sums.firstBalanceBelow(height, at, this.end));
  }

  #withGiven(): RunningSums {
    const sums = this.#balances();
    if (!this.#hasGiven) sums.prepareGiven(this.#events, this.first, this.end);
    this.#hasGiven = true;
    return sums;
  }

  #balances(): RunningSums {
    return (this.#sums ??= this.#openSums(this.first, this.end));
  }

  #findLastDebit(): number {
    let at = this.end - 1;
    while (at >= this.first && !this.isDebit(at)) at--;
    return (this.#lastDebit = at);
  }

  #found(at: number): number {
    return at < this.end ? at : NONE;
  }
}

/** Known balance right after all events of rows up to and including `row`. */
export const balanceAfter = (ledger: AccountLedger, row: number): bigint => ledger.before(ledger.after(row));

/**
 * Lowest intermediate balance (the rule of trust law for a mixed account): of `amount` in the account after `from_row`,
 * what can still be there after `to_row` is at most the lowest balance in between.
 */
export function lowestIntermediateBalance(ledger: AccountLedger, amount: bigint, from_row: number, to_row: number): { lowest: bigint; row: number } {
  let lowest = balanceAfter(ledger, from_row);
  if (amount < lowest) lowest = amount;
  let row = from_row;
  for (let at = ledger.after(from_row); at < ledger.end && ledger.row(at) <= to_row; at++) {
    const after = ledger.before(at + 1);
    if (after < lowest) [lowest, row] = [after, ledger.row(at)];
  }
  return { lowest, row };
}
