// Taint that has come to an end outside of an account that is followed: fees, what is burnt, below the floor, at the
// depth asked for. A list that is only added to; it is summed up by place when the result is read.

export const SPILL_KINDS = ["fee", "burn", "floor", "depth", "stop"] as const;
export type SpillKind = (typeof SPILL_KINDS)[number];

export class Spills {
  count = 0;
  kinds = new Uint8Array(1024);
  /** Account, or row for a fee. */
  keys = new Float64Array(1024);
  amounts = new Float64Array(2048);

  add(kind: SpillKind, key: number, first: number, second: number): void {
    const at = this.count++;
    if (at === this.kinds.length) this.#grow();
    this.kinds[at] = SPILL_KINDS.indexOf(kind);
    this.keys[at] = key;
    this.amounts[2 * at] = first;
    this.amounts[2 * at + 1] = second;
  }

  #grow(): void {
    const wider = <T extends Uint8Array | Float64Array>(old: T, made: T): T => (made.set(old), made);
    this.kinds = wider(this.kinds, new Uint8Array(2 * this.kinds.length));
    this.keys = wider(this.keys, new Float64Array(2 * this.keys.length));
    this.amounts = wider(this.amounts, new Float64Array(2 * this.amounts.length));
  }
}
