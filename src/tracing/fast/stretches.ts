// Stretches of tainted units for FIFO and LIFO: [start, start + length) in limbs, in lists that hang on slots. One pool
// for a trace; what is given back is used again.
import { LIMB } from "./limbs.ts";

/** Numbers kept for each stretch: start, then end, each as high and low. */
const WIDTH = 4;

export class Stretches {
  values = new Float64Array(WIDTH * 1024);
  links = new Int32Array(1024);
  #count = 0;
  #free = -1;

  clear(): void {
    this.#count = 0;
    this.#free = -1;
  }

  make(startHigh: number, startLow: number, endHigh: number, endLow: number, link: number): number {
    let made = this.#free;
    if (made >= 0) this.#free = this.links[made]!;
    else {
      made = this.#count++;
      if (made === this.links.length) this.#grow();
    }
    const at = WIDTH * made;
    this.values[at] = startHigh;
    this.values[at + 1] = startLow;
    this.values[at + 2] = endHigh;
    this.values[at + 3] = endLow;
    this.links[made] = link;
    return made;
  }

  /** Gives one back; returns what came behind it. */
  drop(stretch: number): number {
    const behind = this.links[stretch]!;
    this.links[stretch] = this.#free;
    this.#free = stretch;
    return behind;
  }

  #grow(): void {
    const values = new Float64Array(2 * this.values.length);
    values.set(this.values);
    this.values = values;
    const links = new Int32Array(2 * this.links.length);
    links.set(this.links);
    this.links = links;
  }
}

/** What a row carries: stretches counted from the front of its amount, ascending, and their sum. */
export class Carried {
  values = new Float64Array(WIDTH * 64);
  count = 0;
  high = 0;
  low = 0;

  clear(): void {
    this.count = 0;
    this.high = 0;
    this.low = 0;
  }

  add(startHigh: number, startLow: number, endHigh: number, endLow: number): void {
    if (WIDTH * this.count === this.values.length) {
      const values = new Float64Array(2 * this.values.length);
      values.set(this.values);
      this.values = values;
    }
    const at = WIDTH * this.count++;
    this.values[at] = startHigh;
    this.values[at + 1] = startLow;
    this.values[at + 2] = endHigh;
    this.values[at + 3] = endLow;
    this.low += endLow - startLow;
    this.high += endHigh - startHigh;
    if (this.low < 0) {
      this.low += LIMB;
      this.high--;
    } else if (this.low >= LIMB) {
      this.low -= LIMB;
      this.high++;
    }
  }

  /** The other way round: what was gathered from the top of a stack is carried from the front of the amount. */
  turn(): void {
    const { values } = this;
    for (let a = 0, b = this.count - 1; a < b; a++, b--)
      for (let at = 0; at < WIDTH; at++) {
        const kept = values[WIDTH * a + at]!;
        values[WIDTH * a + at] = values[WIDTH * b + at]!;
        values[WIDTH * b + at] = kept;
      }
  }
}
