// Backward: of what left an account, or lies in it, which credits did it come from? FIFO and LIFO are exact, because a
// stretch of units has one place before and one after. Haircut is linear, so its share can be asked backward too, cut to
// whole units at each credit: an estimate, off by less than one unit for each credit that was split. Poison and TIHO have
// no answer: what they call tainted depends on where taint began, which is what is asked here.
import { balanceAfter, eventAfter, eventAt, type AccountLedger, type LedgerEvent } from "../account-ledger.ts";
import { addClean, addSegment, takeSegments, totalOf, type Segment } from "../segments.ts";
import type { MethodName } from "./method.ts";

export type AccountWant<Carried> = {
  /** Wanted of a debit. */
  want(event: LedgerEvent, carried: Carried): void;
  /** Wanted of what is there after `row`; returns how much was not wanted before. */
  wantHeld(row: number, amount: bigint): bigint;
  /** Going back over a credit: what of the wanted it brought. */
  credit(event: LedgerEvent): Carried;
  /** Going back over a debit: what of the wanted came out of its unknown lot. */
  unknown(event: LedgerEvent): bigint;
  isDone(): boolean;
};

export type BackwardMethod<Carried> = {
  name: MethodName;
  open(ledger: AccountLedger): AccountWant<Carried>;
  total(carried: Carried): bigint;
  whole(amount: bigint): Carried;
};

/** Units by their place in cumulative credit. */
const fifoBack: BackwardMethod<Segment[]> = {
  name: "fifo",
  total: totalOf,
  whole: (amount) => [{ start: 0n, length: amount }],
  open(ledger) {
    const wanted: Segment[] = [];
    const placeAfter = (row: number) => {
      const next = ledger.events[eventAfter(ledger, row)];
      const last = ledger.events.at(-1);
      return next ? next.debited : last ? last.debited + (last.side === "debit" ? last.amount : 0n) : 0n;
    };
    return {
      want({ debited }, carried) {
        for (const { start, length } of carried) addSegment(wanted, debited + start, length);
      },
      wantHeld(row, amount) {
        const front = placeAfter(row);
        const end = front + balanceAfter(ledger, row);
        const credit = eventAt(ledger, row, "credit");
        const lot = credit ? credit.debited + credit.before : end;
        return addClean(wanted, amount, [lot > front ? lot : front, end], [front, lot]);
      },
      credit: ({ debited, before, amount }) => takeSegments(wanted, debited + before, debited + before + amount),
      unknown: ({ debited, before, amount, unknown }) =>
        unknown === 0n ? 0n : totalOf(takeSegments(wanted, debited + before, debited + amount)),
      isDone: () => wanted.length === 0,
    };
  },
};

/** Units by their height in the balance: the last credit that covers a height brought what lies there. */
const lifoBack: BackwardMethod<Segment[]> = {
  name: "lifo",
  total: totalOf,
  whole: (amount) => [{ start: 0n, length: amount }],
  open(ledger) {
    const wanted: Segment[] = [];
    return {
      want({ before, amount }, carried) {
        const bottom = amount > before ? 0n : before - amount;
        for (const { start, length } of carried) addSegment(wanted, bottom + start, length);
      },
      wantHeld(row, amount) {
        const end = balanceAfter(ledger, row);
        const lot = eventAt(ledger, row, "credit")?.before ?? end;
        return addClean(wanted, amount, [lot, end], [0n, lot]);
      },
      credit: ({ before, amount }) => takeSegments(wanted, before, before + amount),
      unknown: ({ before, amount, unknown }) => (unknown === 0n ? 0n : totalOf(takeSegments(wanted, before, amount))),
      isDone: () => wanted.length === 0,
    };
  },
};

const haircutBack: BackwardMethod<bigint> = {
  name: "haircut",
  total: (amount) => amount,
  whole: (amount) => amount,
  open(ledger) {
    let wanted = 0n;
    const take = (amount: bigint) => {
      wanted -= amount;
      return amount;
    };
    return {
      want(_, carried) {
        wanted += carried;
      },
      wantHeld(row, amount) {
        const placed = min(amount, balanceAfter(ledger, row) - wanted);
        wanted += placed;
        return placed;
      },
      credit: ({ before, amount }) => take((wanted * amount) / (before + amount)),
      unknown: ({ amount, unknown }) => (unknown === 0n ? 0n : take((wanted * unknown) / amount)),
      isDone: () => wanted === 0n,
    };
  },
};

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export const BACKWARD_METHODS: Partial<Record<MethodName, BackwardMethod<any>>> = { fifo: fifoBack, lifo: lifoBack, haircut: haircutBack };
