// Two running sums of an account behind each of its events: what it holds as far as the data shows, and all that it has
// given. Two bodies with one face: two limbs a sum while all sums of the account stay below 2^100 (exact, no memory for
// each number), BigInt beyond (exact to any size). Which one an account has decides nothing but time.
import assert from "node:assert/strict";
import { isDebitAt, isDebitMove, isMoveToItself, isToItselfAt, movedAt, rowOfMove, type AccountEvents } from "./account-events.ts";
import { joinLimbs, LIMB, splitAmount } from "./fast/limbs.ts";

export interface RunningSums {
  /** Of one account: before what was given is asked for, and before the lowest balance is. */
  prepareGiven(events: AccountEvents, first: number, end: number): void;
  prepareLowest(first: number, end: number): void;
  /** Known balance behind event `at`. */
  balance(at: number): bigint;
  /** All debits up to and with event `at`. */
  given(at: number): bigint;
  /** First event from `from` on behind which more than `position` has been given; `end` where there is none. */
  firstGivenAbove(position: bigint, from: number, end: number): number;
  /** First event from `from` on behind which less than `height` is left; `end` where there is none. */
  firstBalanceBelow(height: bigint, from: number, end: number): number;
}

/** Of each block of so many events the lowest balance is kept, and of so many blocks again, up to the whole. */
const BLOCK_BITS = 4;
const BLOCK = 1 << BLOCK_BITS;
const LEVELS = 4;

/**
 * Columns of a whole table, filled account by account when a ledger is first asked for: balances, two numbers an event. What
 * was given, and the lowest balances, are asked of few accounts under few conventions, and are filled when they are.
 */
export class LimbSums implements RunningSums {
  readonly #count: number;
  readonly #balances: Float64Array;
  #given: Float64Array | undefined;
  /** By level: two numbers a block. */
  #lowest: Float64Array[] | undefined;

  constructor(count: number) {
    this.#count = count;
    this.#balances = new Float64Array(2 * count);
  }

  /** False where a sum does not fit. */
  fill({ moves, amounts: { limbs } }: AccountEvents, first: number, end: number): boolean {
    const balances = this.#balances;
    let [high, low, givenHigh, givenLow] = [0, 0, 0, 0];
    for (let at = first; at < end; at++) {
      const move = moves[at]!;
      const row = rowOfMove(move);
      const amountHigh = limbs[2 * row]!;
      const amountLow = limbs[2 * row + 1]!;
      if (isDebitMove(move)) {
        givenLow += amountLow;
        givenHigh += amountHigh;
        if (givenLow >= LIMB) {
          givenLow -= LIMB;
          givenHigh++;
        }
        low -= amountLow;
        high -= amountHigh;
        if (low < 0) {
          low += LIMB;
          high--;
        }
        if (high < 0) high = low = 0;
      } else if (isMoveToItself(move)) {
        if (!(amountHigh < high || (amountHigh === high && amountLow <= low))) [high, low] = [amountHigh, amountLow];
      } else {
        low += amountLow;
        high += amountHigh;
        if (low >= LIMB) {
          low -= LIMB;
          high++;
        }
      }
      // What was given and what is there together are all credits, which a place in a queue is counted in. An amount that is wider makes the sum no number.
      if (!(high + givenHigh < LIMB - 1)) return false;
      balances[2 * at] = high;
      balances[2 * at + 1] = low;
    }
    return true;
  }

  prepareGiven({ moves, amounts: { limbs } }: AccountEvents, first: number, end: number): void {
    const given = (this.#given ??= new Float64Array(2 * this.#count));
    let [high, low] = [0, 0];
    for (let at = first; at < end; at++) {
      const move = moves[at]!;
      if (isDebitMove(move)) {
        const row = rowOfMove(move);
        low += limbs[2 * row + 1]!;
        high += limbs[2 * row]!;
        if (low >= LIMB) {
          low -= LIMB;
          high++;
        }
      }
      given[2 * at] = high;
      given[2 * at + 1] = low;
    }
  }

  prepareLowest(first: number, end: number): void {
    const levels = (this.#lowest ??= Array.from({ length: LEVELS }, (_, level) => new Float64Array(2 * ((this.#count >> ((level + 1) * BLOCK_BITS)) + 1))));
    let below = this.#balances;
    for (let level = 1; level <= LEVELS && end - first >> (level * BLOCK_BITS) > 0; level++) {
      const lowest = levels[level - 1]!;
      const size = 1 << (level * BLOCK_BITS);
      for (let block = Math.ceil(first / size); size * (block + 1) <= end; block++) {
        let least = 2 * BLOCK * block;
        for (let at = least + 2; at < 2 * BLOCK * (block + 1); at += 2) if (isLess(below, at, below[least]!, below[least + 1]!)) least = at;
        lowest[2 * block] = below[least]!;
        lowest[2 * block + 1] = below[least + 1]!;
      }
      below = lowest;
    }
  }

  balance(at: number): bigint {
    return joinLimbs(this.#balances[2 * at]!, this.#balances[2 * at + 1]!);
  }

  given(at: number): bigint {
    return joinLimbs(this.#given![2 * at]!, this.#given![2 * at + 1]!);
  }

  firstGivenAbove(position: bigint, from: number, end: number): number {
    assert.ok(splitAmount(position, split));
    const [high, low] = [split[0]!, split[1]!];
    const given = this.#given!;
    let behind = end;
    while (from < behind) {
      const middle = (from + behind) >> 1;
      const own = given[2 * middle]!;
      if (own > high || (own === high && given[2 * middle + 1]! > low)) behind = middle;
      else from = middle + 1;
    }
    return from;
  }

  firstBalanceBelow(height: bigint, from: number, end: number): number {
    assert.ok(splitAmount(height, split));
    const [high, low] = [split[0]!, split[1]!];
    for (let at = from; at < end; ) {
      // The largest block that begins here, ends in time and has nothing so low.
      let skipped = 0;
      for (let level = 1; level <= LEVELS; level++) {
        const size = 1 << (level * BLOCK_BITS);
        if ((at & (size - 1)) !== 0 || at + size > end || isLess(this.#lowest![level - 1]!, 2 * (at >> (level * BLOCK_BITS)), high, low)) break;
        skipped = size;
      }
      if (skipped > 0) at += skipped;
      else if (isLess(this.#balances, 2 * at, high, low)) return at;
      else at++;
    }
    return end;
  }
}

function isLess(values: Float64Array, at: number, high: number, low: number): boolean {
  const own = values[at]!;
  return own < high || (own === high && values[at + 1]! < low);
}

const split = new Float64Array(2);

/** Of one account, whose events begin at place `first`. */
export class WideSums implements RunningSums {
  #balances: bigint[] = [];
  #given: bigint[] = [];
  #first: number;

  prepareGiven(): void {}
  prepareLowest(): void {}

  constructor(events: AccountEvents, first: number, end: number) {
    this.#first = first;
    let [balance, given] = [0n, 0n];
    for (let at = first; at < end; at++) {
      const amount = movedAt(events, at);
      if (isDebitAt(events, at)) {
        balance = amount > balance ? 0n : balance - amount;
        given += amount;
      } else if (isToItselfAt(events, at)) balance = amount > balance ? amount : balance;
      else balance += amount;
      this.#balances.push(balance);
      this.#given.push(given);
    }
  }

  balance(at: number): bigint {
    return this.#balances[at - this.#first]!;
  }

  given(at: number): bigint {
    return this.#given[at - this.#first]!;
  }

  firstGivenAbove(position: bigint, from: number, end: number): number {
    let behind = end;
    while (from < behind) {
      const middle = (from + behind) >> 1;
      if (this.given(middle) > position) behind = middle;
      else from = middle + 1;
    }
    return from;
  }

  firstBalanceBelow(height: bigint, from: number, end: number): number {
    let at = from;
    while (at < end && this.balance(at) >= height) at++;
    return at;
  }
}
