// FIFO: what came first leaves first (Clayton's Case, 1816; Anderson, Shumailov, Ahmed 2018). A lot owns an interval of
// the account's cumulative credit, a debit an interval of its cumulative debit; where they overlap is the answer. So no
// clean deposit has to be replayed, and days that are appended change nothing before them.
// A presumption between creditors of one mixed account, not a finding of fact: results say so.
import { NONE } from "../account-events.ts";
import type { AccountLedger } from "../account-ledger.ts";
import { addClean, addSegment, takeSegments, totalOf, type Segment } from "../segments.ts";
import type { AccountTaint, Method } from "./method.ts";
import { ordered } from "./ordered.ts";

class Queue implements AccountTaint<Segment[]> {
  readonly #ledger: AccountLedger;
  readonly #queue: Segment[] = [];

  constructor(ledger: AccountLedger) {
    this.#ledger = ledger;
  }

  credit(at: number, carried: readonly Segment[]): void {
    const place = this.#ledger.debited(at) + this.#ledger.before(at);
    for (const { start, length } of carried) addSegment(this.#queue, place + start, length);
  }

  debit(at: number): Segment[] {
    const debited = this.#ledger.debited(at);
    return takeSegments(this.#queue, debited, debited + this.#ledger.amount(at));
  }

  nextDebit(at: number): number {
    const first = this.#queue[0];
    return first ? this.#ledger.debitReaching(first.start, at) : NONE;
  }

  seed(row: number, amount: bigint): bigint {
    const ledger = this.#ledger;
    const after = ledger.after(row);
    const front = ledger.debited(after);
    const end = front + ledger.before(after);
    const credit = ledger.creditOf(row);
    const lot = credit === NONE ? end : ledger.debited(credit) + ledger.before(credit);
    return addClean(this.#queue, amount, [lot > front ? lot : front, end], [front, lot]);
  }

  held(): bigint {
    return totalOf(this.#queue);
  }
}

export const fifo: Method<Segment[]> = { ...ordered, name: "fifo", open: (ledger) => new Queue(ledger) };
