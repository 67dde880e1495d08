// Addresses become numbers, and (address, asset) accounts. A key is six words: the number of the chain (or
// of the asset, where accounts are numbered), then the twenty bytes
// of an address, or of the SHA-256 of one that is longer (cut to 160 bits: nobody can make two that meet). Open
// addressing with linear probing (Knuth, TAOCP 3, §6.4); the whole key is compared, never the hash alone.
import assert from "node:assert/strict";

export const KEY_WORDS = 6;
const ADDRESSES_MAX = 2 ** 28;

export class AddressBook {
  count = 0;
  /** KEY_WORDS for each address, by number. */
  keys: Int32Array;
  /** Hash and number + 1. */
  #table: Int32Array;
  #mask: number;
  #hashes = new Int32Array(0);
  /** Kept so that reads ahead are not optimised away. */
  ahead = 0;

  constructor(expected = 1024) {
    const slots = 2 ** Math.ceil(Math.log2(2 * expected));
    this.#mask = slots - 1;
    this.#table = new Int32Array(2 * slots);
    this.keys = new Int32Array(KEY_WORDS * expected);
  }

  /** Number of an address, a new one if it has none. Numbers go up from 0 in the order in which addresses first come. */
  number(chain: number, a: number, b: number, c: number, d: number, e: number): number {
    return this.#numberOf(hashWords(chain, a, b, c, d, e), chain, a, b, c, d, e);
  }

  /**
   * Numbers of many keys, KEY_WORDS each, in order, into `numbers`. The places of all are read before any is settled: a
   * processor waits for a batch about as long as for one. With an asset's number as first word the numbers are those of
   * accounts, and no address is looked up twice.
   */
  numbersOf(words: Int32Array, count: number, numbers: Int32Array): void {
    if (this.#hashes.length < count) this.#hashes = new Int32Array(count);
    const hashes = this.#hashes;
    let ahead = 0;
    for (let at = 0, own = 0; at < count; at++, own += KEY_WORDS) {
      const hash = hashWords(words[own]!, words[own + 1]!, words[own + 2]!, words[own + 3]!, words[own + 4]!, words[own + 5]!);
      hashes[at] = hash;
      ahead ^= this.#table[2 * (hash & this.#mask) + 1]!;
    }
    for (let at = 0; at < count; at++) ahead ^= this.keys[KEY_WORDS * (this.#table[2 * (hashes[at]! & this.#mask) + 1]! - 1)] ?? 0;
    this.ahead = ahead;
    for (let at = 0, own = 0; at < count; at++, own += KEY_WORDS)
      numbers[at] = this.#numberOf(hashes[at]!, words[own]!, words[own + 1]!, words[own + 2]!, words[own + 3]!, words[own + 4]!, words[own + 5]!);
  }

  #numberOf(hash: number, chain: number, a: number, b: number, c: number, d: number, e: number): number {
    for (let at = hash & this.#mask; ; at = (at + 1) & this.#mask) {
      const known = this.#table[2 * at + 1]!;
      if (known === 0) return this.#add(at, hash, chain, a, b, c, d, e);
      if (this.#table[2 * at] === hash && this.#isKey(KEY_WORDS * (known - 1), chain, a, b, c, d, e)) return known - 1;
    }
  }

  #isKey(at: number, chain: number, a: number, b: number, c: number, d: number, e: number): boolean {
    const { keys } = this;
    return (
      keys[at + 1] === (a | 0) && keys[at + 2] === (b | 0) && keys[at + 3] === (c | 0) && keys[at + 4] === (d | 0) && keys[at + 5] === (e | 0) && keys[at] === (chain | 0)
    );
  }

  #add(at: number, hash: number, chain: number, a: number, b: number, c: number, d: number, e: number): number {
    const number = this.count++;
    assert.ok(number < ADDRESSES_MAX, "an index holds at most 2^28 addresses");
    this.#table[2 * at] = hash;
    this.#table[2 * at + 1] = number + 1;
    const own = KEY_WORDS * number;
    if (own === this.keys.length) {
      const keys = new Int32Array(2 * this.keys.length);
      keys.set(this.keys);
      this.keys = keys;
    }
    this.keys[own] = chain;
    this.keys[own + 1] = a;
    this.keys[own + 2] = b;
    this.keys[own + 3] = c;
    this.keys[own + 4] = d;
    this.keys[own + 5] = e;
    if (2 * this.count > this.#mask) this.#grow();
    return number;
  }

  #grow(): void {
    const old = this.#table;
    this.#mask = 2 * this.#mask + 1;
    this.#table = new Int32Array(2 * (this.#mask + 1));
    for (let from = 0; from < old.length; from += 2) {
      if (old[from + 1] === 0) continue;
      let at = old[from]! & this.#mask;
      while (this.#table[2 * at + 1] !== 0) at = (at + 1) & this.#mask;
      this.#table[2 * at] = old[from]!;
      this.#table[2 * at + 1] = old[from + 1]!;
    }
  }
}

/** Accounts of an address hang on it in a list: most have one to three. Numbers go up from 1; 0 is what lies outside. */
export class AccountBook {
  count = 1;
  /** Address and asset of each account. */
  addresses: Int32Array;
  assets: Int32Array;
  #links: Int32Array;
  #firsts: Int32Array;

  constructor(expected = 1024) {
    this.addresses = new Int32Array(expected);
    this.assets = new Int32Array(expected);
    this.#links = new Int32Array(expected);
    this.#firsts = new Int32Array(expected);
  }

  number(address: number, asset: number): number {
    if (address >= this.#firsts.length) this.#firsts = wider(this.#firsts, address + 1);
    const first = this.#firsts[address]!;
    for (let account = first; account !== 0; account = this.#links[account]!) if (this.assets[account] === asset) return account;
    const account = this.count++;
    if (account === this.assets.length) {
      this.assets = wider(this.assets, account + 1);
      this.addresses = wider(this.addresses, account + 1);
      this.#links = wider(this.#links, account + 1);
    }
    this.assets[account] = asset;
    this.addresses[account] = address;
    this.#links[account] = first;
    this.#firsts[address] = account;
    return account;
  }

  /** All accounts of an address. */
  of(address: number): number[] {
    const found: number[] = [];
    for (let account = this.#firsts[address] ?? 0; account !== 0; account = this.#links[account]!) found.push(account);
    return found.reverse();
  }
}

function wider(old: Int32Array, least: number): Int32Array {
  const made = new Int32Array(Math.max(least, 2 * old.length));
  made.set(old);
  return made;
}

/** MurmurHash3, 32 bits, over six words with its full finaliser (Appleby 2011): low bits of keys alone make long runs. */
function hashWords(chain: number, a: number, b: number, c: number, d: number, e: number): number {
  let hash = round(chain, a);
  hash = round(hash, b);
  hash = round(hash, c);
  hash = round(hash, d);
  hash = round(hash, e) ^ 24;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function round(hash: number, word: number): number {
  word = Math.imul(word, 0xcc9e2d51);
  word = (word << 15) | (word >>> 17);
  hash ^= Math.imul(word, 0x1b873593);
  hash = (hash << 13) | (hash >>> 19);
  return (Math.imul(hash, 5) + 0xe6546b64) | 0;
}
