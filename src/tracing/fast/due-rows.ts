// Rows that are due, least first, each with the one slot that waits for it. Rows only grow while a trace runs, so two
// levels of buckets do what a heap does in constant time (Dial 1969; Denardo & Fox 1979): far rows lie in a list for
// each window of rows, the window at hand is a bitmap. A slot waits for one row at most, so the lists need no memory of
// their own. When a window is opened, all that is due in it is known: that is where reads are started ahead.
import { WINDOW, WINDOW_BITS } from "./fast-index.ts";
import { GIVES, SLOT, type Slots } from "./slots.ts";

export class DueRows {
  readonly slots: Slots;
  /** A window is done: what must stand in the lists before the next is opened is put there now. */
  readonly onDone: () => void;
  /** Called for every slot of a window when it is opened. */
  readonly onOpen: (slot: number) => void;
  #heads: Int32Array;
  #filled: Int32Array;
  #bits = new Int32Array(WINDOW / 32);
  #slotAt = new Int32Array(WINDOW);
  #window = -1;
  #word = 0;

  constructor(slots: Slots, rows: number, onDone: () => void, onOpen: (slot: number) => void) {
    this.slots = slots;
    this.onDone = onDone;
    this.onOpen = onOpen;
    this.#heads = new Int32Array((rows >> WINDOW_BITS) + 1).fill(-1);
    this.#filled = new Int32Array(((rows >> WINDOW_BITS) >> 5) + 1);
  }

  /** `slot` now waits for `row`, and for no other. */
  push(slot: number, row: number): void {
    const { ints } = this.slots;
    const own = slot * SLOT;
    ints[own + GIVES.row] = row;
    const window = row >> WINDOW_BITS;
    if (window === this.#window) return this.#mark(row, slot);
    const head = this.#heads[window]!;
    ints[own + GIVES.before] = -1;
    ints[own + GIVES.behind] = head;
    if (head >= 0) ints[head * SLOT + GIVES.before] = slot;
    else this.#filled[window >> 5]! |= 1 << (window & 31);
    this.#heads[window] = slot;
  }

  /** `slot` does not wait any more. */
  remove(slot: number): void {
    const { ints } = this.slots;
    const own = slot * SLOT;
    const row = ints[own + GIVES.row]!;
    const window = row >> WINDOW_BITS;
    if (window === this.#window) {
      this.#bits[(row & (WINDOW - 1)) >> 5]! &= ~(1 << (row & 31));
      return;
    }
    const before = ints[own + GIVES.before]!;
    const behind = ints[own + GIVES.behind]!;
    if (behind >= 0) ints[behind * SLOT + GIVES.before] = before;
    if (before >= 0) ints[before * SLOT + GIVES.behind] = behind;
    else {
      this.#heads[window] = behind;
      if (behind < 0) this.#filled[window >> 5]! &= ~(1 << (window & 31));
    }
  }

  /** Takes the slot with the least row, if that is below `until`; else -1. */
  pop(until: number): number {
    for (;;) {
      for (let word = this.#word; word < WINDOW / 32; word++) {
        const bits = this.#bits[word]!;
        if (bits === 0) continue;
        this.#word = word;
        const place = (word << 5) + (31 - Math.clz32(bits & -bits));
        if ((this.#window << WINDOW_BITS) + place >= until) return -1;
        this.#bits[word] = bits & (bits - 1);
        return this.#slotAt[place]!;
      }
      this.#word = WINDOW / 32;
      this.onDone();
      if (!this.#openNext(until)) return -1;
    }
  }

  #mark(row: number, slot: number): void {
    const place = row & (WINDOW - 1);
    this.#bits[place >> 5]! |= 1 << (place & 31);
    this.#slotAt[place] = slot;
    if (place >> 5 < this.#word) this.#word = place >> 5;
  }

  #openNext(until: number): boolean {
    const { ints } = this.slots;
    for (let word = 0, from = Math.max(0, this.#window + 1), at = from >> 5; at < this.#filled.length; at++) {
      word = this.#filled[at]!;
      if (at === from >> 5) word &= -1 << (from & 31);
      if (word === 0) continue;
      const window = (at << 5) + (31 - Math.clz32(word & -word));
      if (window << WINDOW_BITS >= until) return false;
      this.#filled[at]! &= ~(1 << (window & 31));
      this.#window = window;
      this.#word = WINDOW / 32;
      for (let slot = this.#heads[window]!; slot >= 0; slot = ints[slot * SLOT + GIVES.behind]!) {
        this.onOpen(slot);
        this.#mark(ints[slot * SLOT + GIVES.row]!, slot);
      }
      this.#heads[window] = -1;
      return true;
    }
    return false;
  }
}
