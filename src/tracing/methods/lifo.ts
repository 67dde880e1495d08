// LIFO: what came last leaves first. The account is a stack of units: a credit lies on top of the balance before it, a
// debit takes everything above the balance after it. Units keep their order inside a transfer.
import { eventAfter, eventAt, firstDebit } from "../account-ledger.ts";
import { addSegment, scaleSegments, takeSegments, totalOf, type Segment } from "../segments.ts";
import { addClean } from "./fifo.ts";
import type { Method } from "./method.ts";

export const lifo: Method<Segment[]> = {
  name: "lifo",
  version: "1",
  conserves: true,
  nothing: [],
  total: totalOf,
  whole: (amount) => [{ start: 0n, length: amount }],
  scale: scaleSegments,
  part: (carried, _of, start, end) => takeSegments([...carried], start, end),
  open(ledger) {
    const stack: Segment[] = [];
    return {
      credit({ before }, carried) {
        for (const { start, length } of carried) addSegment(stack, before + start, length);
      },
      // An unknown lot lies on top of the known balance when it is spent, so all that is known leaves below it.
      debit: ({ before, amount }) => takeSegments(stack, amount > before ? 0n : before - amount, amount > before ? amount : before),
      nextDebit(at) {
        const top = stack.at(-1);
        if (!top) return undefined;
        for (let debit = firstDebit(ledger, at); debit < ledger.debits.length; debit++) {
          const event = ledger.events[ledger.debits[debit]!]!;
          if (event.before - event.amount < top.start + top.length) return event;
        }
        return undefined;
      },
      seed(row, amount) {
        const after = ledger.events[eventAfter(ledger, row)];
        const end = after ? after.before : ledger.final;
        const lot = eventAt(ledger, row, "credit")?.before ?? end;
        return addClean(stack, amount, [lot, end], [0n, lot]);
      },
      held: () => totalOf(stack),
    };
  },
};
