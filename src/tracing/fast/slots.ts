// The accounts that a trace has reached, numbered in the order in which it came to them: a small table, near the
// processor, instead of one as large as the data. Open addressing (Knuth, TAOCP 3, §6.4) with a full finaliser: account
// numbers are dense, and a weak hash of dense numbers makes long runs.

/** Integers kept for each slot. */
export const SLOT = 8;
/** `record` is the one that the slot waits for, -1 for none; `before` and `behind` are its neighbours in the queue. */
export const GIVES = { account: 0, row: 1, record: 2, before: 3, behind: 4, depth: 5, kind: 6, first: 7 } as const;
/** Bits. `guarded`: a seed lies in an account that is a stop for whatever else arrives. */
export const KIND = { live: 0, stop: 1, source: 2, guarded: 4 } as const;

export class Slots {
  count = 0;
  ints = new Int32Array(SLOT * 1024);
  /** Two numbers for each slot: an amount in limbs, or quanta and how far off they may be. */
  amounts = new Float64Array(2 * 1024);
  /** Further integers: the end of the list of stretches. */
  tails = new Int32Array(1024);
  #table = new Int32Array(2 * 4096).fill(-1);
  #mask = 4095;

  clear(): void {
    this.count = 0;
    this.#table.fill(-1);
  }

  /** Starts the read that find() will need. */
  touch(account: number): number {
    return this.#table[2 * (mix(account) & this.#mask)]!;
  }

  /** Slot of an account, or -1. */
  find(account: number): number {
    const table = this.#table;
    for (let at = mix(account) & this.#mask; ; at = (at + 1) & this.#mask) {
      const known = table[2 * at]!;
      if (known === account) return table[2 * at + 1]!;
      if (known < 0) return -1;
    }
  }

  /** A new slot for an account that has none. */
  add(account: number, depth: number, kind: number): number {
    const slot = this.count++;
    if (slot * SLOT === this.ints.length) this.#grow();
    if (2 * this.count > this.#mask) this.#rehash();
    const own = slot * SLOT;
    this.ints[own + GIVES.account] = account;
    this.ints[own + GIVES.record] = -1;
    this.ints[own + GIVES.depth] = depth;
    this.ints[own + GIVES.kind] = kind;
    this.ints[own + GIVES.first] = -1;
    this.amounts[2 * slot] = 0;
    this.amounts[2 * slot + 1] = 0;
    this.tails[slot] = -1;
    this.#insert(account, slot);
    return slot;
  }

  #insert(account: number, slot: number): void {
    const table = this.#table;
    let at = mix(account) & this.#mask;
    while (table[2 * at]! >= 0) at = (at + 1) & this.#mask;
    table[2 * at] = account;
    table[2 * at + 1] = slot;
  }

  #grow(): void {
    const wider = <T extends Int32Array | Float64Array>(old: T, made: T): T => (made.set(old), made);
    this.ints = wider(this.ints, new Int32Array(2 * this.ints.length));
    this.amounts = wider(this.amounts, new Float64Array(2 * this.amounts.length));
    this.tails = wider(this.tails, new Int32Array(2 * this.tails.length));
  }

  #rehash(): void {
    this.#mask = 2 * this.#mask + 1;
    this.#table = new Int32Array(2 * (this.#mask + 1)).fill(-1);
    for (let slot = 0; slot < this.count - 1; slot++) this.#insert(this.ints[slot * SLOT + GIVES.account]!, slot);
  }
}

/** The finaliser of MurmurHash3 (Appleby 2011): every bit of the key moves every bit of the hash. */
export function mix(key: number): number {
  key ^= key >>> 16;
  key = Math.imul(key, 0x85ebca6b);
  key ^= key >>> 13;
  key = Math.imul(key, 0xc2b2ae35);
  return (key ^ (key >>> 16)) & 0x7fff_ffff;
}
