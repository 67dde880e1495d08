// Addresses by number, for lists of millions: open addressing over typed arrays, whole keys and no strings kept. A key is
// the 20 bytes of an account of Ethereum's kind, whatever the case it was typed in, and the letters of any other address,
// so two addresses that differ in one letter are never one. A fingerprint of 8 bits beside each slot spares most
// comparisons of what is not there.
import assert from "node:assert/strict";
import { foldAddress } from "./read-address.ts";

/** Not in the index. */
export const NOT_INDEXED = -1;
/** More letters than any address has. */
export const INDEXED_LENGTH_MAX = 200;

export type AddressIndex = {
  /** The number of an address, given in order of adding; the known one where it is there. NOT_INDEXED where it cannot be one. */
  add(text: string): number;
  find(text: string): number;
  /** Accounts of Ethereum's kind as 5 words each (big endian): numbers of all of them into `found`. */
  findAccounts(keys: Uint32Array, found: Int32Array): void;
  addAccounts(keys: Uint32Array): void;
  size(): number;
  /** Of its typed arrays. */
  bytes(): number;
};

/** Accounts of Ethereum's kind have the first width to themselves: their bytes may look like letters. */
const ACCOUNT_WORDS = 5;
/** Of one as it is typed: "0x" and 40 digits. */
const ACCOUNT_LENGTH = 42;
const TEXT_WORDS = [9, 11, 16, 28, INDEXED_LENGTH_MAX / 4] as const;
const LOAD_MAX = 0.8;
const SLOTS_MIN = 64;

/** `expected`: how many accounts of Ethereum's kind will come; the index grows beyond, at the price of moving all. */
export function createAddressIndex({ expected = 0 }: { expected?: number } = {}): AddressIndex {
  const accounts = createTable(ACCOUNT_WORDS, expected);
  const texts = TEXT_WORDS.map((words) => createTable(words, 0));
  const key = new Uint32Array(INDEXED_LENGTH_MAX / 4);
  let size = 0;

  /** The table that would hold it, its key written; undefined where no address is written so. */
  const locate = (text: string): Table | undefined => {
    if (text.length === ACCOUNT_LENGTH && readAccount(text, 0, key, 0)) return accounts;
    const at = readLetters(foldAddress(text), key);
    return at === undefined ? undefined : texts[at];
  };
  const number = (): number => size++;
  return {
    add: (text) => locate(text)?.add(key, 0, number) ?? NOT_INDEXED,
    find: (text) => locate(text)?.find(key, 0) ?? NOT_INDEXED,
    findAccounts(keys, found) {
      accounts.findMany(keys, found);
    },
    addAccounts(keys) {
      for (let at = 0; at < keys.length; at += ACCOUNT_WORDS) accounts.add(keys, at, number);
    },
    size: () => size,
    bytes: () => [accounts, ...texts].reduce((sum, table) => sum + table.bytes(), 0),
  };
}

const HEX = new Int8Array(128).fill(-1);
for (const [value, digit] of [..."0123456789abcdef"].entries()) {
  HEX[digit.charCodeAt(0)] = value;
  HEX[digit.toUpperCase().charCodeAt(0)] = value;
}

/** "0x" and 40 hexadecimal digits in any case, from a place in a text, into 5 words from `offset` on. */
function readAccount(text: string, from: number, key: Uint32Array, offset: number): boolean {
  if (text.charCodeAt(from) !== 48 || (text.charCodeAt(from + 1) | 32) !== 120) return false;
  for (let word = 0; word < ACCOUNT_WORDS; word++) {
    let value = 0;
    for (let at = from + 2 + word * 8, end = at + 8; at < end; at++) {
      const code = text.charCodeAt(at);
      const digit = code < 128 ? HEX[code]! : -1;
      if (digit < 0) return false;
      value = (value << 4) | digit;
    }
    key[offset + word] = value;
  }
  return true;
}

/** Those of many texts that are accounts of Ethereum's kind in hexadecimal: their keys, and their places among the texts; and the places of the others. */
export function readAccounts(texts: readonly string[]): { keys: Uint32Array; places: number[]; others: number[] } {
  const keys = new Uint32Array(ACCOUNT_WORDS * texts.length);
  const places: number[] = [];
  const others: number[] = [];
  // One text, since lines that were cut out of another are read letter by letter through it, at several times the cost.
  const all = texts.join("\n");
  let from = 0;
  for (const [place, { length }] of texts.entries()) {
    if (length === ACCOUNT_LENGTH && readAccount(all, from, keys, ACCOUNT_WORDS * places.length)) places.push(place);
    else others.push(place);
    from += length + 1;
  }
  return { keys: keys.subarray(0, ACCOUNT_WORDS * places.length), places, others };
}

/** Four letters a word, filled up with zeros; the place of the narrowest width that holds them. */
function readLetters(text: string, key: Uint32Array): number | undefined {
  const { length } = text;
  if (length === 0 || length > INDEXED_LENGTH_MAX) return undefined;
  const at = TEXT_WORDS.findIndex((words) => length <= words * 4);
  const words = TEXT_WORDS[at]!;
  for (let word = 0; word < words; word++) {
    let value = 0;
    for (let place = word * 4, end = place + 4; place < end; place++) {
      const code = place < length ? text.charCodeAt(place) : 0;
      // No address has a letter outside ASCII, nor the zero that fills up.
      if (code > 127 || (code === 0 && place < length)) return undefined;
      value = (value << 8) | code;
    }
    key[word] = value;
  }
  return at;
}

type Table = {
  find(keys: Uint32Array, offset: number): number;
  findMany(keys: Uint32Array, found: Int32Array): void;
  add(keys: Uint32Array, offset: number, number: () => number): number;
  bytes(): number;
};

/** Questions of a batch that are hashed before the first is looked up. */
const BLOCK = 256;

function createTable(words: number, expected: number): Table {
  let slots = 0;
  let count = 0;
  let fingerprints = new Uint8Array();
  // The key and, in the word behind it, its number: both come with one read of memory.
  const width = words + 1;
  let keys = new Uint32Array();
  const resize = (wanted: number): void => {
    slots = wanted;
    fingerprints = new Uint8Array(slots);
    keys = new Uint32Array(slots * width);
  };
  resize(expected === 0 ? 0 : Math.max(SLOTS_MIN, Math.ceil(expected / LOAD_MAX)));

  /** Where the key is, or the empty slot where it would be; `slot` is where to begin. */
  const probe = (from: Uint32Array, offset: number, fingerprint: number, slot: number): number => {
    for (;;) {
      const there = fingerprints[slot]!;
      if (there === 0) return slot;
      if (there === fingerprint) {
        const start = slot * width;
        let word = 0;
        while (word < words && keys[start + word] === from[offset + word]) word++;
        if (word === words) return slot;
      }
      if (++slot === slots) slot = 0;
    }
  };
  const slotOf = (from: Uint32Array, offset: number): number => {
    const hash = mix(from, offset, words);
    return probe(from, offset, fingerprintOf(hash), homeOf(hash, slots));
  };
  const numberAt = (slot: number): number => (fingerprints[slot] === 0 ? NOT_INDEXED : keys[slot * width + words]!);
  const put = (slot: number, from: Uint32Array, offset: number, number: number): void => {
    fingerprints[slot] = fingerprintOf(mix(from, offset, words));
    for (let word = 0; word < words; word++) keys[slot * width + word] = from[offset + word]!;
    keys[slot * width + words] = number;
  };
  const grow = (): void => {
    const [oldSlots, oldFingerprints, oldKeys] = [slots, fingerprints, keys];
    resize(Math.max(SLOTS_MIN, oldSlots * 2));
    for (let slot = 0; slot < oldSlots; slot++)
      if (oldFingerprints[slot] !== 0) put(slotOf(oldKeys, slot * width), oldKeys, slot * width, oldKeys[slot * width + words]!);
  };
  const homes = new Float64Array(BLOCK);
  const marks = new Uint8Array(BLOCK);
  return {
    find: (from, offset) => (slots === 0 ? NOT_INDEXED : numberAt(slotOf(from, offset))),
    findMany(from, found) {
      if (slots === 0) return void found.fill(NOT_INDEXED);
      // Block by block: hashed first, so that the reads behind each other do not wait for arithmetic.
      for (let start = 0; start < found.length; start += BLOCK) {
        const end = Math.min(start + BLOCK, found.length);
        for (let at = start; at < end; at++) {
          const hash = mix(from, at * words, words);
          homes[at - start] = homeOf(hash, slots);
          marks[at - start] = fingerprintOf(hash);
        }
        for (let at = start; at < end; at++) found[at] = numberAt(probe(from, at * words, marks[at - start]!, homes[at - start]!));
      }
    },
    add(from, offset, number) {
      if (slots > 0) {
        const slot = slotOf(from, offset);
        if (fingerprints[slot] !== 0) return numberAt(slot);
      }
      if (count + 1 > slots * LOAD_MAX) grow();
      count++;
      const slot = slotOf(from, offset);
      assert.equal(fingerprints[slot], 0);
      const given = number();
      put(slot, from, offset, given);
      return given;
    },
    bytes: () => fingerprints.byteLength + keys.byteLength,
  };
}

/** The high bits choose the slot, the low ones make the fingerprint. */
const homeOf = (hash: number, slots: number): number => Math.floor((hash * slots) / 2 ** 32);
const fingerprintOf = (hash: number): number => (hash & 0xff) || 1;

/** MurmurHash3 (Appleby): a whole finaliser, since a weak one clusters keys that share their first bytes. */
function mix(keys: Uint32Array, offset: number, words: number): number {
  let hash = words;
  for (let word = 0; word < words; word++) {
    let part = Math.imul(keys[offset + word]!, 0xcc9e2d51);
    part = Math.imul((part << 15) | (part >>> 17), 0x1b873593);
    hash ^= part;
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
