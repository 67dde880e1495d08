// FIFO: what came first leaves first (Clayton's Case, 1816; Anderson, Shumailov, Ahmed 2018). A lot owns an interval of
// the account's cumulative credit, a debit an interval of its cumulative debit; where they overlap is the answer. So no
// clean deposit has to be replayed, and days that are appended change nothing before them.
// A presumption between creditors of one mixed account, not a finding of fact: results say so.
import { eventAfter, eventAt, firstDebit, type AccountLedger } from "../account-ledger.ts";
import { addSegment, scaleSegments, takeSegments, totalOf, type Segment } from "../segments.ts";
import type { Method } from "./method.ts";

export const fifo: Method<Segment[]> = {
  name: "fifo",
  version: "1",
  conserves: true,
  nothing: [],
  total: totalOf,
  whole: (amount) => [{ start: 0n, length: amount }],
  scale: scaleSegments,
  part: (carried, _of, start, end) => takeSegments([...carried], start, end),
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

/** Taints up to `amount` clean units of the stretches, from the front of each; returns how many were found. */
export function addClean(segments: Segment[], amount: bigint, ...stretches: [bigint, bigint][]): bigint {
  let left = amount;
  for (const [start, end] of stretches) {
    let at = start;
    while (left > 0n && at < end) {
      const next = segments.find((segment) => segment.start + segment.length > at);
      if (next && next.start <= at) {
        at = next.start + next.length;
        continue;
      }
      const until = next && next.start < end ? next.start : end;
      const length = until - at < left ? until - at : left;
      left -= addSegment(segments, at, length);
      at += length;
    }
  }
  return amount - left;
}
