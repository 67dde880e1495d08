// FIFO: what came first leaves first (Clayton's Case, 1816; Anderson, Shumailov, Ahmed 2018). A lot owns an interval of
// the account's cumulative credit, a debit an interval of its cumulative debit; where they overlap is the answer. So no
// clean deposit has to be replayed, and days that are appended change nothing before them.
// A presumption between creditors of one mixed account, not a finding of fact: results say so.
import { eventAfter, eventAt, firstDebit, type AccountLedger } from "../account-ledger.ts";
import { addClean, addSegment, takeSegments, totalOf, type Segment } from "../segments.ts";
import type { Method } from "./method.ts";
import { ordered } from "./ordered.ts";

export const fifo: Method<Segment[]> = {
  ...ordered,
  name: "fifo",
  open(ledger) {
    const queue: Segment[] = [];
    return {
      credit({ before, debited }, carried) {
        for (const { start, length } of carried) addSegment(queue, debited + before + start, length);
      },
      debit: ({ debited, amount }) => takeSegments(queue, debited, debited + amount),
      nextDebit(at) {
        const first = queue[0];
        return first && debitReaching(ledger, at, first.start);
      },
      seed(row, amount) {
        const after = ledger.events[eventAfter(ledger, row)];
        const front = after ? after.debited : sumOfDebits(ledger);
        const end = after ? after.debited + after.before : front + ledger.final;
        const credit = eventAt(ledger, row, "credit");
        const lot = credit ? credit.debited + credit.before : end;
        return addClean(queue, amount, [lot > front ? lot : front, end], [front, lot]);
      },
      held: () => totalOf(queue),
    };
  },
};

/** The first debit from event `at` on whose interval ends behind `position`. */
function debitReaching(ledger: AccountLedger, at: number, position: bigint) {
  let low = firstDebit(ledger, at);
  let high = ledger.debits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const { debited, amount } = ledger.events[ledger.debits[middle]!]!;
    if (debited + amount > position) high = middle;
    else low = middle + 1;
  }
  return low < ledger.debits.length ? ledger.events[ledger.debits[low]!] : undefined;
}

function sumOfDebits(ledger: AccountLedger): bigint {
  const last = ledger.events.at(-1);
  return last ? last.debited + (last.side === "debit" ? last.amount : 0n) : 0n;
}
