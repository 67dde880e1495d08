// LIFO: what came last leaves first. The account is a stack of units: a credit lies on top of the balance before it, a
// debit takes everything above the balance after it. Units keep their order inside a transfer.
import { eventAfter, eventAt, firstDebit, type AccountLedger } from "../account-ledger.ts";
import { addClean, addSegment, takeSegments, totalOf, type Segment } from "../segments.ts";
import type { Method } from "./method.ts";
import { ordered } from "./ordered.ts";

export const lifo: Method<Segment[]> = {
  ...ordered,
  name: "lifo",
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
        const debit = firstDebitBelow(ledger, firstDebit(ledger, at), top.start + top.length);
        return debit === undefined ? undefined : ledger.events[ledger.debits[debit]!];
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

const BLOCK = 64;
const lowestOfBlocks = new WeakMap<AccountLedger, bigint[]>();

/** Place of the first debit from `first` on that leaves less than `height` behind it. The lowest of each block of debits is kept, so that a busy account is not walked anew for each credit. */
function firstDebitBelow(ledger: AccountLedger, first: number, height: bigint): number | undefined {
  const count = ledger.debits.length;
  const behind = (debit: number): bigint => {
    const { before, amount } = ledger.events[ledger.debits[debit]!]!;
    return before - amount;
  };
  for (let debit = first; debit < count; ) {
    if (debit % BLOCK === 0 && count - debit >= BLOCK && lowest(debit / BLOCK) >= height) debit += BLOCK;
    else if (behind(debit) < height) return debit;
    else debit++;
  }
  return undefined;

  function lowest(block: number): bigint {
    const blocks = lowestOfBlocks.get(ledger) ?? [];
    lowestOfBlocks.set(ledger, blocks);
    for (let at = blocks.length; at <= block; at++) {
      let least = behind(at * BLOCK);
      for (let debit = at * BLOCK + 1; debit < (at + 1) * BLOCK; debit++) if (behind(debit) < least) least = behind(debit);
      blocks.push(least);
    }
    return blocks[block]!;
  }
}
