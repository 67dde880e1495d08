// Backward: of what left an account, or lies in it, which credits did it come from? FIFO and LIFO are exact, because a
// stretch of units has one place before and one after. Haircut is linear, so its share can be asked backward too, cut to
// whole units at each credit: an estimate, off by less than one unit for each credit that was split. Poison and TIHO have
// no answer: what they call tainted depends on where taint began, which is what is asked here.
import { NONE } from "../account-events.ts";
import { balanceAfter, type AccountLedger } from "../account-ledger.ts";
import { addClean, addSegment, takeSegments, totalOf, type Segment } from "../segments.ts";
import type { MethodName } from "./method.ts";

export type AccountWant<Carried> = {
  /** Wanted of a debit. */
  want(at: number, carried: Carried): void;
  /** Wanted of what is there after `row`; returns how much was not wanted before. */
  wantHeld(row: number, amount: bigint): bigint;
  /** Going back over a credit: what of the wanted it brought. */
  credit(at: number): Carried;
  /** Going back over a debit: what of the wanted came out of its unknown lot. */
  unknown(at: number): bigint;
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
    /** Where the units of a credit begin, and those of a debit that nothing explains. */
    const placeOf = (at: number) => ledger.debited(at) + ledger.before(at);
    return {
      want(at, carried) {
        for (const { start, length } of carried) addSegment(wanted, ledger.debited(at) + start, length);
      },
      wantHeld(row, amount) {
        const front = ledger.debited(ledger.after(row));
        const end = front + balanceAfter(ledger, row);
        const credit = ledger.creditOf(row);
        const lot = credit === NONE ? end : placeOf(credit);
        return addClean(wanted, amount, [lot > front ? lot : front, end], [front, lot]);
      },
      credit: (at) => takeSegments(wanted, placeOf(at), placeOf(at) + ledger.amount(at)),
      unknown: (at) => (ledger.unknown(at) === 0n ? 0n : totalOf(takeSegments(wanted, placeOf(at), ledger.debited(at) + ledger.amount(at)))),
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
      want(at, carried) {
        const bottom = ledger.before(at + 1);
        for (const { start, length } of carried) addSegment(wanted, bottom + start, length);
      },
      wantHeld(row, amount) {
        const end = balanceAfter(ledger, row);
        const credit = ledger.creditOf(row);
        const lot = credit === NONE ? end : ledger.before(credit);
        return addClean(wanted, amount, [lot, end], [0n, lot]);
      },
      credit: (at) => takeSegments(wanted, ledger.before(at), ledger.before(at) + ledger.amount(at)),
      unknown: (at) => (ledger.unknown(at) === 0n ? 0n : totalOf(takeSegments(wanted, ledger.before(at), ledger.amount(at)))),
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
      credit: (at) => take((wanted * ledger.amount(at)) / (ledger.before(at) + ledger.amount(at))),
      unknown: (at) => take((wanted * ledger.unknown(at)) / ledger.amount(at)),
      isDone: () => wanted === 0n,
    };
  },
};

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export const BACKWARD_METHODS: Partial<Record<MethodName, BackwardMethod<any>>> = { fifo: fifoBack, lifo: lifoBack, haircut: haircutBack };
