// Two running sums of an account behind each of its events: what it holds as far as the data shows, and all that it has
// given. Two bodies with one face: two limbs a sum while all sums of the account stay below 2^100 (exact, no memory for
// each number), BigInt beyond (exact to any size). Which one an account has decides nothing but time.
import assert from "node:assert/strict";
import { isDebitAt, isDebitMove, isMoveToItself, isToItselfAt, movedAt, rowOfMove, type AccountEvents } from "./account-events.ts";
import { joinLimbs, LIMB, splitAmount } from "./fast/limbs.ts";

export interface RunningSums {
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

/** Columns of a whole table: four numbers an event, filled account by account when a ledger is first asked for. */
export class LimbSums implements RunningSums {
  #values: Float64Array;
  /** By level: two numbers a block. */
  #lowest: Float64Array[] = [];

  constructor(count: number) {
    this.#values = new Float64Array(4 * count);
    for (let level = 1; level <= LEVELS; level++) this.#lowest.push(new Float64Array(2 * ((count >> (level * BLOCK_BITS)) + 1)));
  }

  /** False where a sum does not fit. */
  fill({ moves, amounts: { limbs } }: AccountEvents, first: number, end: number): boolean {
    const values = this.#values;
    let [high, low, givenHigh, givenLow] = [0, 0, 0, 0];
    for (let at = first; at < end; at++) {
      const row = rowOfMove(moves[at]!);
      const amountHigh = limbs[2 * row]!;
      const amountLow = limbs[2 * row + 1]!;
      if (isDebitMove(moves[at]!)) {
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
      } else if (isMoveToItself(moves[at]!)) {
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
      values[4 * at] = high;
      values[4 * at + 1] = low;
      values[4 * at + 2] = givenHigh;
      values[4 * at + 3] = givenLow;
    }
    let [below, stride] = [values, 4];
    for (let level = 1; level <= LEVELS && end - first >> (level * BLOCK_BITS) > 0; level++) {
      const lowest = this.#lowest[level - 1]!;
      const size = 1 << (level * BLOCK_BITS);
      for (let block = Math.ceil(first / size); size * (block + 1) <= end; block++) {
        let least = stride * BLOCK * block;
        for (let at = least + stride; at < stride * BLOCK * (block + 1); at += stride) if (isLess(below, at, below[least]!, below[least + 1]!)) least = at;
        lowest[2 * block] = below[least]!;
        lowest[2 * block + 1] = below[least + 1]!;
      }
      [below, stride] = [lowest, 2];
    }
    return true;
  }

  balance(at: number): bigint {
    return joinLimbs(this.#values[4 * at]!, this.#values[4 * at + 1]!);
  }

  given(at: number): bigint {
    return joinLimbs(this.#values[4 * at + 2]!, this.#values[4 * at + 3]!);
  }

  firstGivenAbove(position: bigint, from: number, end: number): number {
    assert.ok(splitAmount(position, split));
    const [high, low] = [split[0]!, split[1]!];
    let behind = end;
    while (from < behind) {
      const middle = (from + behind) >> 1;
      const given = this.#values[4 * middle + 2]!;
      if (given > high || (given === high && this.#values[4 * middle + 3]! > low)) behind = middle;
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
        if ((at & (size - 1)) !== 0 || at + size > end || isLess(this.#lowest[level - 1]!, 2 * (at >> (level * BLOCK_BITS)), high, low)) break;
        skipped = size;
      }
      if (skipped > 0) at += skipped;
      else if (isLess(this.#values, 4 * at, high, low)) return at;
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
