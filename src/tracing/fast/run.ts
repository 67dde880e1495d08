// One trace under way: the slots that taint has reached, the rows that are due, and the registers through which a
// method hands over what a row carries. The way from account to account is here and the same for all five conventions,
// as in the exact kernel (trace-accounts.ts); how taint lies in one account is the method's.
import type { MethodName } from "../methods/method.ts";
import { DueRows } from "./due-rows.ts";
import { ACCOUNT_BITS, BURN, FEE, LAST, NEAR, RECORD, ROW, TO, WINDOW, nextOf, recordAfter, recordsOf, rowOf, toOf, type Ledger, type Segment } from "./fast-index.ts";
import type { Segment as Stretch } from "../segments.ts";
import { highOf, joinLimbs, lowOf } from "./limbs.ts";
import { isPassCheaper, passOver } from "./pass.ts";
import { GIVES, KIND, SLOT, Slots } from "./slots.ts";
import { Spills, type SpillKind } from "./spills.ts";
import { Carried, Stretches } from "./stretches.ts";

/** The fast kernel does not answer this; the exact kernel does. */
export type RefusalReason = "amount_too_wide" | "seed_unbacked" | "conversion" | "seed_too_large" | "haircut_depth" | "fees_received" | "no_exact_columns" | "outputs" | "backward" | "floor_by_asset";
export class Refusal extends Error {
  readonly reason: RefusalReason;
  constructor(reason: RefusalReason, what: string) {
    super(`${reason}: ${what}`);
    this.reason = reason;
  }
}

export type FastMethod = {
  name: MethodName;
  conserves: boolean;
  /** Does a further credit leave the first row that can carry taint where it was? */
  keepsFirst: boolean;
  /** Taint that leaves a slot with a record, into the registers. */
  leave(run: Run, slot: number, record: number): void;
  /** The whole amount of a record, into the registers. */
  whole(run: Run, record: number): void;
  /** The registers come to rest in a slot. */
  enter(run: Run, slot: number, record: number): void;
  /** The first record from `from` on that can carry taint of the slot as things stand, or -1. */
  due(run: Run, slot: number, from: number): number;
  /** Is nothing carried? */
  isNothing(run: Run): boolean;
  /** Is what is carried below the floor? May widen what is not known. */
  isBelowFloor(run: Run, account: number): boolean;
};

export type RunOptions = {
  /** Bit n: account n is not followed. */
  stops?: Uint8Array;
  floor: bigint;
  depth: number;
  conversions: boolean;
  /** Base units in a quantum (haircut). */
  quantum: bigint;
  /** A haircut over much of the data goes row by row (pass.ts). */
  pass?: "auto" | "always" | "never";
  /** Taint came to a stop with a row: a number among those of all segments. */
  onStop?(row: number, account: number): void;
};

/** Memory that one trace after another may use; a result lies in it until the next one starts. */
export class Workspace {
  readonly slots = new Slots();
  readonly spills = new Spills();
  readonly stretches = new Stretches();

  clear(): this {
    this.slots.clear();
    this.spills.count = 0;
    this.stretches.clear();
    return this;
  }
}

export class Run {
  readonly method: FastMethod;
  readonly options: RunOptions;
  readonly slots: Slots;
  readonly spills: Spills;
  /** Registers: what is carried, as limbs (with its stretches), or as quanta and how far off they may be. */
  readonly carried = new Carried();
  readonly stretches: Stretches;
  readonly floorQuanta: number;
  readonly floorHigh: number;
  readonly floorLow: number;
  segment!: Segment;
  due!: DueRows;
  ledger: Ledger | undefined;
  /** Rows that carried taint. */
  edges = 0;
  /** Quanta that may be in accounts which this run does not list, and go on from there; and that may lie under a floor unlisted. */
  astray = 0;
  lost = 0;
  /** Decisions about the floor that the exact run may take the other way. */
  undecided = 0;
  /** Kept so that reads ahead are not optimised away. */
  ahead = 0;
  #far = new Int32Array(2048);
  #farCount = 0;
  /** How many rows were due in a window, of late. */
  #dueInWindow = 0;
  #takers = new Int32Array(WINDOW);
  #sent = new Map<number, bigint>();

  constructor(method: FastMethod, options: RunOptions, workspace = new Workspace()) {
    ({ slots: this.slots, spills: this.spills, stretches: this.stretches } = workspace.clear());
    this.method = method;
    this.options = options;
    this.floorQuanta = Number(options.floor) / Number(options.quantum);
    this.floorHigh = highOf(options.floor);
    this.floorLow = lowOf(options.floor);
  }

  /** Goes on into the next segment in time: accounts keep what they have, and wait for rows of this one. */
  enterSegment(segment: Segment): void {
    this.segment = segment;
    this.ledger = this.method.name === "haircut" ? undefined : segment.ledger();
    if (this.method.name !== "haircut" && !this.ledger) throw new Refusal("no_exact_columns", `${this.method.name} needs exact amounts, and this index was built without`);
    const { ints } = this.slots;
    this.due = new DueRows(this.slots, segment.rows, () => this.#scheduleFar(), (slots, count) => this.#readAhead(slots, count));
    for (let slot = 0; slot < this.slots.count; slot++) {
      ints[slot * SLOT + GIVES.record] = -1;
      if (ints[slot * SLOT + GIVES.kind] === KIND.stop) continue;
      const [first, end] = recordsOf(segment, ints[slot * SLOT + GIVES.account]!);
      if (first < end) this.schedule(slot, first);
    }
  }

  /** All due rows below `until` (in this segment). */
  drain(until: number): void {
    for (let slot = this.due.pop(until); slot >= 0; slot = this.due.pop(until)) this.step(slot);
  }

  /** All rows to the end of the segment, no seed being left: by records, or in a pass where that is cheaper. */
  finish(): void {
    const givenBy = this.options.pass === "never" || this.method.name !== "haircut" || this.#hasSources() ? undefined : this.segment.givenBy;
    if (!givenBy) return this.drain(this.segment.rows);
    const { rows } = this.segment;
    for (let slot = this.due.pop(rows); slot >= 0; slot = this.due.pop(rows)) {
      const row = this.slots.ints[slot * SLOT + GIVES.row]!;
      this.step(slot);
      if (this.options.pass !== "always" && !isPassCheaper(this.segment, this.#dueInWindow, rows - row)) continue;
      const givers = givenBy();
      if (!givers) return this.drain(rows);
      return passOver(this, givers, row + 1);
    }
  }

  step(slot: number): void {
    const { ints } = this.slots;
    const record = ints[slot * SLOT + GIVES.record]!;
    ints[slot * SLOT + GIVES.record] = -1;
    this.edges++;
    this.leave(slot, record);
    if (!this.method.isNothing(this)) this.settle(record, ints[slot * SLOT + GIVES.account]!, ints[slot * SLOT + GIVES.depth]! + 1, false);
  }

  /** What a slot gives with a record, into the registers; then it waits for its next. */
  leave(slot: number, record: number): void {
    const { ints } = this.slots;
    if ((ints[slot * SLOT + GIVES.kind]! & KIND.source) !== 0) {
      if ((toOf(this.segment.records, record) & ACCOUNT_BITS) === ints[slot * SLOT + GIVES.account]) this.carried.clear();
      else this.method.whole(this, record);
      this.#sent.set(slot, this.sentBy(slot) + this.amountCarried());
    } else this.method.leave(this, slot, record);
    if ((toOf(this.segment.records, record) & LAST) === 0) this.schedule(slot, record + 1);
  }

  /** What is carried goes where the record goes. */
  settle(record: number, giver: number, depth: number, isSeed: boolean): void {
    const { records } = this.segment;
    const to = toOf(records, record);
    const account = to < 0 ? this.takerOf(to, rowOf(records, record), giver, isSeed) : to & ACCOUNT_BITS;
    if (account < 0) return;
    let slot = this.slots.find(account);
    if (slot >= 0) {
      const kind = this.slots.ints[slot * SLOT + GIVES.kind]!;
      if ((kind & KIND.guarded) !== 0) {
        this.options.onStop?.(this.segment.first_row + rowOf(records, record), account);
        return this.spill("stop", account);
      }
      if (kind !== KIND.stop && !isSeed && this.method.isBelowFloor(this, account)) return this.spill("floor", account);
    } else {
      if (!this.isStop(account)) {
        if (depth >= this.options.depth) return this.spill("depth", account);
        if (!isSeed && this.method.isBelowFloor(this, account)) return this.spill("floor", account);
      }
      slot = this.open(account, depth, this.isStop(account) ? KIND.stop : KIND.live);
    }
    this.method.enter(this, slot, record);
    if (this.slots.ints[slot * SLOT + GIVES.kind] === KIND.stop) return this.options.onStop?.(this.segment.first_row + rowOf(records, record), account);
    const isDue = this.slots.ints[slot * SLOT + GIVES.record]! >= 0;
    if (isDue && this.method.keepsFirst) return;
    // Where the next row lies behind the window at hand, looking it up can wait until many are looked up at once.
    const next = nextOf(this.segment.records, record);
    if (next >= 0 && (to & NEAR) === 0) this.#putOff(slot, next);
    else this.schedule(slot, next);
  }

  /** The account that a row of the segment reaches, by its word `to`; -1 where what is carried has come to its end instead. */
  takerOf(to: number, row: number, giver: number, isSeed: boolean): number {
    const account = to & ACCOUNT_BITS;
    if (to >= 0) return account;
    if (account < BURN) {
      if (this.options.conversions && !isSeed) throw new Refusal("conversion", `row ${this.segment.first_row + row} is one side of an exchange`);
      return account;
    }
    if (account === FEE) this.spill("fee", this.segment.first_row + row);
    else this.spill("burn", giver);
    return -1;
  }

  schedule(slot: number, from: number): void {
    const { ints } = this.slots;
    const isSource = (ints[slot * SLOT + GIVES.kind]! & KIND.source) !== 0;
    const record = from < 0 || isSource ? from : this.method.due(this, slot, from);
    const known = ints[slot * SLOT + GIVES.record]!;
    if (record === known || (known >= 0 && (record < 0 || known < record))) return;
    if (known >= 0) this.due.remove(slot);
    ints[slot * SLOT + GIVES.record] = record;
    if (record >= 0) this.due.push(slot, rowOf(this.segment.records, record));
  }

  open(account: number, depth: number, kind: number): number {
    if (kind !== KIND.stop) this.assertFits(account);
    return this.slots.add(account, depth, kind);
  }

  assertFits(account: number): void {
    if (this.segment.wide.size > 0 && this.segment.wide.has(account)) throw new Refusal("amount_too_wide", `amounts of account ${account} do not fit 2^100`);
  }

  isStop(account: number): boolean {
    const { stops } = this.options;
    return stops !== undefined && account >> 3 < stops.length && (stops[account >> 3]! & (1 << (account & 7))) !== 0;
  }

  spill(kind: SpillKind, key: number): void {
    this.spills.add(kind, key, this.carried.high, this.carried.low);
  }

  /** The record that a slot waits for behind `row` of this segment, or -1. */
  waitAfter(slot: number, row: number): void {
    const account = this.slots.ints[slot * SLOT + GIVES.account]!;
    this.schedule(slot, recordAfter(this.segment, account, row));
  }

  /** Base units of what is carried. */
  amountCarried(): bigint {
    return this.method.name === "haircut" ? BigInt(this.carried.high) * this.options.quantum : joinLimbs(this.carried.high, this.carried.low);
  }

  sentBy(source: number): bigint {
    return this.#sent.get(source) ?? 0n;
  }

  /** The stretches of a slot as the exact kernel writes them; for seeds, which may lie anywhere. */
  stretchesOf(slot: number): Stretch[] {
    const { values, links } = this.stretches;
    const found: Stretch[] = [];
    for (let at = this.slots.ints[slot * SLOT + GIVES.first]!; at >= 0; at = links[at]!) {
      const start = joinLimbs(values[4 * at]!, values[4 * at + 1]!);
      found.push({ start, length: joinLimbs(values[4 * at + 2]!, values[4 * at + 3]!) - start });
    }
    return found.sort((a, b) => (a.start < b.start ? -1 : 1));
  }

  putStretches(slot: number, stretches: readonly Stretch[]): void {
    const isStack = this.method.name === "lifo";
    let behind = -1;
    let total = 0n;
    this.slots.tails[slot] = -1;
    for (const { start, length } of isStack ? stretches : stretches.toReversed()) {
      const end = start + length;
      total += length;
      behind = this.stretches.make(highOf(start), lowOf(start), highOf(end), lowOf(end), behind);
      if (this.slots.tails[slot]! < 0) this.slots.tails[slot] = behind;
    }
    this.slots.ints[slot * SLOT + GIVES.first] = behind;
    this.slots.amounts[2 * slot] = highOf(total);
    this.slots.amounts[2 * slot + 1] = lowOf(total);
  }

  /** One past the last record of a slot's account. */
  endOf(slot: number): number {
    return recordsOf(this.segment, this.slots.ints[slot * SLOT + GIVES.account]!)[1];
  }

  #hasSources(): boolean {
    for (let slot = 0; slot < this.slots.count; slot++) if ((this.slots.ints[slot * SLOT + GIVES.kind]! & (KIND.source | KIND.guarded)) !== 0) return true;
    return false;
  }

  #putOff(slot: number, next: number): void {
    if (2 * this.#farCount === this.#far.length) {
      const far = new Int32Array(2 * this.#far.length);
      far.set(this.#far);
      this.#far = far;
    }
    this.#far[2 * this.#farCount] = slot;
    this.#far[2 * this.#farCount++ + 1] = next;
  }

  #scheduleFar(): void {
    const { words } = this.segment.records;
    let ahead = 0;
    for (let at = 0; at < this.#farCount; at++) ahead ^= words[RECORD * this.#far[2 * at + 1]! + ROW]!;
    this.ahead ^= ahead;
    for (let at = 0; at < this.#farCount; at++) {
      const slot = this.#far[2 * at]!;
      const isDue = this.slots.ints[slot * SLOT + GIVES.record]! >= 0;
      if (!isDue || !this.method.keepsFirst) this.schedule(slot, this.#far[2 * at + 1]!);
    }
    this.#farCount = 0;
  }

  // A processor waits some 100 ns for a record that is in none of its caches, but it can wait for many at once. These
  // reads hang on nothing that is computed, so those of a whole window are under way together.
  #readAhead(slots: Int32Array, count: number): void {
    const { ints } = this.slots;
    const { words } = this.segment.records;
    const takers = this.#takers;
    this.#dueInWindow += (count - this.#dueInWindow) / 16;
    for (let at = 0; at < count; at++) takers[at] = words[RECORD * ints[slots[at]! * SLOT + GIVES.record]! + TO]! & ACCOUNT_BITS;
    let ahead = 0;
    for (let at = 0; at < count; at++) ahead ^= this.slots.touch(takers[at]!);
    this.ahead ^= ahead;
  }
}
