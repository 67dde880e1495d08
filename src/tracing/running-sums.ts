// Two running sums of an account behind each of its events: what it holds as far as the data shows, and all that it has
// given. Two bodies with one face: two limbs a sum while all sums of the account stay below 2^100 (exact, no memory for
// each number), BigInt beyond (exact to any size). Which one an account has decides nothing but time.
import assert from "node:assert/strict";
import type { AccountEvents } from "./account-events.ts";
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

/** Events between two that are looked at one by one; of each block the lowest balance is kept. */
const BLOCK = 64;

/** Columns of a whole table: four numbers an event, filled account by account when a ledger is first asked for. */
export class LimbSums implements RunningSums {
  #values: Float64Array;
  #lowest: Float64Array;

  constructor(count: number) {
    this.#values = new Float64Array(4 * count);
    this.#lowest = new Float64Array(2 * (Math.floor(count / BLOCK) + 1));
  }

  /** False where a sum does not fit. */
  fill({ debits, amounts }: AccountEvents, first: number, end: number): boolean {
    const values = this.#values;
    let [high, low, givenHigh, givenLow] = [0, 0, 0, 0];
    for (let at = first; at < end; at++) {
      if (!splitAmount(amounts[at]!, split)) return false;
      const [amountHigh, amountLow] = [split[0]!, split[1]!];
      if (debits[at] === 1) {
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
      } else {
        low += amountLow;
        high += amountHigh;
        if (low >= LIMB) {
          low -= LIMB;
          high++;
        }
      }
      // What was given and what is there together are all credits, which a place in a queue is counted in.
      if (high + givenHigh >= LIMB - 1) return false;
      values[4 * at] = high;
      values[4 * at + 1] = low;
      values[4 * at + 2] = givenHigh;
      values[4 * at + 3] = givenLow;
    }
    for (let block = Math.ceil(first / BLOCK); BLOCK * (block + 1) <= end; block++) {
      let lowest = BLOCK * block;
      for (let at = lowest + 1; at < BLOCK * (block + 1); at++) if (this.#isLess(4 * at, values[4 * lowest]!, values[4 * lowest + 1]!)) lowest = at;
      this.#lowest[2 * block] = values[4 * lowest]!;
      this.#lowest[2 * block + 1] = values[4 * lowest + 1]!;
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
      const block = at / BLOCK;
      const lowest = this.#lowest[2 * block];
      if (at % BLOCK === 0 && at + BLOCK <= end && (lowest! > high || (lowest === high && this.#lowest[2 * block + 1]! >= low))) at += BLOCK;
      else if (this.#isLess(4 * at, high, low)) return at;
      else at++;
    }
    return end;
  }

  #isLess(at: number, high: number, low: number): boolean {
    const own = this.#values[at]!;
    return own < high || (own === high && this.#values[at + 1]! < low);
  }
}

const split = new Float64Array(2);

/** Of one account, whose events begin at place `first`. */
export class WideSums implements RunningSums {
  #balances: bigint[] = [];
  #given: bigint[] = [];
  #first: number;

  constructor({ debits, amounts }: AccountEvents, first: number, end: number) {
    this.#first = first;
    let [balance, given] = [0n, 0n];
    for (let at = first; at < end; at++) {
      const amount = amounts[at]!;
      if (debits[at] === 1) {
        balance = amount > balance ? 0n : balance - amount;
        given += amount;
      } else balance += amount;
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
