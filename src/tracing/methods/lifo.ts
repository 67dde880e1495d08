// LIFO: what came last leaves first. The account is a stack of units: a credit lies on top of the balance before it, a
// debit takes everything above the balance after it. Units keep their order inside a transfer.
import { NONE } from "../account-events.ts";
import type { AccountLedger } from "../account-ledger.ts";
import { addClean, addSegment, takeSegments, totalOf, type Segment } from "../segments.ts";
import type { AccountTaint, Method } from "./method.ts";
import { ordered } from "./ordered.ts";

class Stack implements AccountTaint<Segment[]> {
  readonly #ledger: AccountLedger;
  readonly #stack: Segment[] = [];

  constructor(ledger: AccountLedger) {
    this.#ledger = ledger;
  }

  credit(at: number, carried: readonly Segment[]): void {
    const before = this.#ledger.before(at);
    for (const { start, length } of carried) addSegment(this.#stack, before + start, length);
  }

  // An unknown lot lies on top of the known balance when it is spent, so all that is known leaves below it.
  debit(at: number): Segment[] {
    const [before, amount] = [this.#ledger.before(at), this.#ledger.amount(at)];
    return takeSegments(this.#stack, amount > before ? 0n : before - amount, amount > before ? amount : before);
  }

  nextDebit(at: number): number {
    const top = this.#stack.at(-1);
    return top ? this.#ledger.debitBelow(top.start + top.length, at) : NONE;
  }

  seed(row: number, amount: bigint): bigint {
    const end = this.#ledger.before(this.#ledger.after(row));
    const credit = this.#ledger.creditOf(row);
    const lot = credit === NONE ? end : this.#ledger.before(credit);
    return addClean(this.#stack, amount, [lot, end], [0n, lot]);
  }

  held(): bigint {
    return totalOf(this.#stack);
  }
}

export const lifo: Method<Segment[]> = { ...ordered, name: "lifo", open: (ledger) => new Stack(ledger) };
