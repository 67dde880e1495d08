// Texts by number, all behind each other as bytes: a million transaction ids are three columns and not a million objects.
// A text of hexadecimal digits behind 0x, as most addresses and ids are, lies as the bytes that it writes.
// Numbers go up from 0 in the order in which texts first come. Found by open addressing with linear probing (Knuth,
// TAOCP 3, §6.4) over FNV-1a of their bytes; the whole text is compared, never the hash alone.
import assert from "node:assert/strict";

export type TextColumns = {
  bytes: Uint8Array;
  /** Text n lies from starts[n] until starts[n + 1]. */
  starts: Uint32Array;
  /** Number + 1 by place; 0 where none is. A power of two long, at most half full. */
  table: Int32Array;
};

const BYTES_MAX = 2 ** 32 - 1;

/** Read only. */
export class Texts {
  readonly count: number;
  readonly #bytes: Buffer;
  readonly #columns: TextColumns;

  constructor(columns: TextColumns) {
    this.#columns = columns;
    this.#bytes = bufferOver(columns.bytes);
    this.count = columns.starts.length - 1;
  }

  at(number: number): string {
    const { starts } = this.#columns;
    return readPacked(this.#bytes, starts[number]!, starts[number + 1]!);
  }

  /** Its number, or -1. */
  find(text: string): number {
    const { starts, table } = this.#columns;
    const wanted = Buffer.allocUnsafe(packedMax(text));
    const length = writePacked(wanted, text, 0);
    const mask = table.length - 1;
    for (let at = hashOf(wanted, 0, length) & mask; ; at = (at + 1) & mask) {
      const known = table[at]! - 1;
      if (known < 0) return -1;
      if (this.#bytes.compare(wanted, 0, length, starts[known]!, starts[known + 1]!) === 0) return known;
    }
  }
}

/** Grows. */
export class TextBook {
  count = 0;
  #bytes = Buffer.allocUnsafeSlow(1 << 16);
  #starts = new Uint32Array(1 << 10);
  #hashes = new Int32Array(1 << 10);
  #table = new Int32Array(1 << 11);

  /** Number of a text, a new one if it has none; undefined where it cannot be kept: half of a surrogate pair, or no room. */
  number(text: string): number | undefined {
    const start = this.#starts[this.count]!;
    const most = start + packedMax(text);
    if (most > BYTES_MAX) return undefined;
    if (most > this.#bytes.length) {
      const wider = Buffer.allocUnsafeSlow(Math.min(BYTES_MAX, Math.max(2 * this.#bytes.length, most)));
      this.#bytes.copy(wider, 0, 0, start);
      this.#bytes = wider;
    }
    const end = start + writePacked(this.#bytes, text, start);
    if (this.#bytes[start] === PLAIN && end - start - 1 !== text.length && readPacked(this.#bytes, start, end) !== text) return undefined;
    const hash = hashOf(this.#bytes, start, end);
    const mask = this.#table.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const known = this.#table[at]! - 1;
      if (known < 0) {
        this.#add(at, hash, end);
        return this.count - 1;
      }
      const [first, last] = [this.#starts[known]!, this.#starts[known + 1]!];
      if (this.#hashes[known] === hash && this.#bytes.compare(this.#bytes, start, end, first, last) === 0) return known;
    }
  }

  #add(at: number, hash: number, end: number): void {
    const number = this.count++;
    this.#table[at] = number + 1;
    this.#hashes[number] = hash;
    this.#starts[number + 1] = end;
    if (number + 2 === this.#starts.length) {
      this.#starts = wider(this.#starts, new Uint32Array(2 * this.#starts.length));
      this.#hashes = wider(this.#hashes, new Int32Array(2 * this.#hashes.length));
    }
    if (2 * this.count <= this.#table.length) return;
    this.#table = new Int32Array(2 * this.#table.length);
    const mask = this.#table.length - 1;
    for (let known = 0; known < this.count; known++) {
      let free = this.#hashes[known]! & mask;
      while (this.#table[free] !== 0) free = (free + 1) & mask;
      this.#table[free] = known + 1;
    }
  }

  columns(): TextColumns {
    return { bytes: this.#bytes.subarray(0, this.#starts[this.count]!), starts: this.#starts.subarray(0, this.count + 1), table: this.#table };
  }
}

/** The first byte says how the rest is to be read. */
const [PLAIN, HEX] = [0, 1];
const packedMax = (text: string): number => 1 + 3 * text.length;

/** Returns how many bytes were written. */
function writePacked(bytes: Buffer, text: string, at: number): number {
  const isHex = /^0x(?:[0-9a-f]{2})+$/.test(text);
  bytes[at] = isHex ? HEX : PLAIN;
  return 1 + (isHex ? bytes.write(text.slice(2), at + 1, "hex") : bytes.write(text, at + 1));
}

const readPacked = (bytes: Buffer, start: number, end: number): string =>
  bytes[start] === HEX ? `0x${bytes.toString("hex", start + 1, end)}` : bytes.toString("utf8", start + 1, end);

function wider<T extends Uint32Array | Int32Array>(old: T, made: T): T {
  made.set(old);
  return made;
}

function bufferOver({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  const bytes = Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
  assert.equal(bytes.length, byteLength);
  return bytes;
}

/** FNV-1a, 32 bits (Fowler, Noll, Vo), with a finaliser, since its low bits alone are looked at. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
