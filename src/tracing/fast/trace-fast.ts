// A forward trace over segments of an index: seeds in, columns of amounts out, the balance asserted.
import assert from "node:assert/strict";
import type { MethodName } from "../methods/method.ts";
import { addClean } from "../segments.ts";
import type { AccountSeeds } from "../trace-accounts.ts";
import { ACCOUNT_BITS, BURN, recordAfter, toOf, type Segment } from "./fast-index.ts";
import { highOf, joinLimbs, LIMB, lowOf } from "./limbs.ts";
import { haircut } from "./methods/haircut.ts";
import { poison, tiho } from "./methods/pools.ts";
import { fifo, lifo } from "./methods/queues.ts";
import { Refusal, Run, type FastMethod, type RunOptions, type Workspace } from "./run.ts";
import { standingAt, type Standing } from "./standing.ts";
import { GIVES, KIND, SLOT } from "./slots.ts";

const FAST: Record<MethodName, FastMethod> = { poison, haircut, fifo, lifo, tiho };
/** Quanta of all seeds together: below 2^52 every sum of them is exact in a float, with room to spare. */
const QUANTA_MAX = 2n ** 52n;

export type FastRequest = Partial<Omit<RunOptions, "quantum">> & {
  method: MethodName;
  /** Account numbers and rows of the index, over all segments. */
  seeds: Pick<AccountSeeds, "sources" | "rows"> & { lots: readonly { account: number; row: number; amount: bigint }[] };
  /** Base units in a quantum; by default the least power of ten in which all seeds fit. Haircut only. */
  quantum?: bigint;
  workspace?: Workspace;
  onStop?: RunOptions["onStop"];
};

export type FastTrace = {
  run: Run;
  /** What each seed put in, by account. */
  seeded: { account: number; amount: bigint }[];
};

/** Throws Refusal where only the exact kernel can answer. */
export function traceFast(segments: readonly Segment[], request: FastRequest): FastTrace {
  const { method, seeds, floor = 0n, depth = Infinity, conversions = true, stops } = request;
  if (method === "haircut" && depth !== Infinity)
    throw new Refusal("haircut_depth", "the depth of an account hangs on the first unit to reach it, and that may be below the quantum");
  const least = method === "haircut" ? quantumFor(segments, seeds) : 1n;
  const quantum = method === "haircut" ? (request.quantum ?? least) : 1n;
  if (quantum < least) throw new Refusal("seed_too_large", `the seeds are more than 2^52 quanta of ${quantum}; they fit quanta of ${least}`);
  const run = new Run(FAST[method], { floor, depth, conversions, quantum, stops, pass: request.pass, onStop: request.onStop }, request.workspace);
  const seeded: FastTrace["seeded"] = [];
  const events = [
    // An amount lies in its account right after its row: before the next row, behind a seed that is the row itself.
    ...seeds.lots.map((lot) => ({ row: lot.row + 1, run: (segment: Segment) => seedLot(run, segment, lot, seeded) })),
    ...seeds.rows.map((row) => ({ row, run: (segment: Segment) => seedRow(run, segment, row, seeded) })),
  ].sort((a, b) => a.row - b.row);

  let event = 0;
  for (const [number, segment] of segments.entries()) {
    run.enterSegment(segment);
    if (number === 0)
      for (const account of seeds.sources) {
        const slot = run.open(account, 0, KIND.source | (run.isStop(account) ? KIND.guarded : 0));
        run.waitAfter(slot, -1);
      }
    const isLast = number === segments.length - 1;
    for (; event < events.length && (isLast || events[event]!.row < segment.first_row + segment.rows); event++) {
      run.drain(events[event]!.row - segment.first_row);
      events[event]!.run(segment);
    }
    if (event === events.length) run.finish();
    else run.drain(segment.rows);
  }
  for (let slot = 0; slot < run.slots.count; slot++)
    if ((run.slots.ints[slot * SLOT + GIVES.kind]! & KIND.source) !== 0) seeded.push(sourceSeed(run, slot));
  if (FAST[method].conserves) assertConserves(run, seeded);
  return { run, seeded };
}

/** Base units of a pair of registers. */
export const amountOf = (run: Run, first: number, second: number): bigint =>
  run.method.name === "haircut" ? BigInt(first) * run.options.quantum : joinLimbs(first, second);

function quantumFor(segments: readonly Segment[], { rows, lots, sources }: FastRequest["seeds"]): bigint {
  let sum = lots.reduce((total, { amount }) => total + amount, 0n);
  for (const row of rows) sum += joinLimbs(...segmentOf(segments, row).amountOf(recordOf(segmentOf(segments, row), row)));
  for (const account of sources)
    for (const segment of segments) {
      const [balance, given] = closingOf(segment, account);
      if (segment === segments.at(-1)) sum += balance + given;
    }
  let quantum = 1n;
  while (sum > QUANTA_MAX * quantum) quantum *= 10n;
  return quantum;
}

const segmentOf = (segments: readonly Segment[], row: number): Segment => segments.findLast(({ first_row }) => row >= first_row)!;

const recordOf = (segment: Segment, row: number): number => recordAfter(segment, segment.giverOf(row - segment.first_row), row - segment.first_row - 1);

function seedRow(run: Run, segment: Segment, row: number, seeded: FastTrace["seeded"]): void {
  const record = recordOf(segment, row);
  const giver = segment.giverOf(row - segment.first_row);
  const taker = toOf(segment.records, record) & ACCOUNT_BITS;
  assert.ok(taker !== giver, `row ${row} is a payment to oneself, which is no seed`);
  const [high] = segment.amountOf(record);
  if (high >= LIMB) throw new Refusal("amount_too_wide", `the amount of row ${row} does not fit 2^100`);
  const slot = run.slots.find(giver);
  let known = 0n;
  if (slot >= 0 && run.slots.ints[slot * SLOT + GIVES.record] === record) {
    run.due.remove(slot);
    run.slots.ints[slot * SLOT + GIVES.record] = -1;
    run.edges++;
    run.leave(slot, record);
    known = run.amountCarried();
  }
  run.method.whole(run, record);
  if (run.method.isNothing(run)) return;
  seeded.push({ account: taker < BURN ? taker : giver, amount: run.amountCarried() - (run.method.conserves ? known : 0n) });
  run.settle(record, giver, 0, true);
}

function seedLot(run: Run, segment: Segment, { account, row, amount }: FastRequest["seeds"]["lots"][number], seeded: FastTrace["seeded"]): void {
  const { slots } = run;
  const local = row - segment.first_row;
  let slot = slots.find(account);
  if (slot < 0) slot = run.open(account, 0, KIND.live | (run.isStop(account) ? KIND.guarded : 0));
  if ((slots.ints[slot * SLOT + GIVES.kind]! & KIND.source) !== 0) return;
  const standing = standingAt(segment, account, local);
  if (amount > standing.balance) throw new Refusal("seed_unbacked", `account ${account} held ${standing.balance} after row ${row}, less than the seed's ${amount}`);
  seeded.push({ account, amount: placeLot(run, slot, standing, amount) });
  run.waitAfter(slot, local);
}

/** Returns how much was not tainted before. */
function placeLot(run: Run, slot: number, { balance, debited, lot }: Standing, amount: bigint): bigint {
  const { slots, method } = run;
  if (method.name === "fifo" || method.name === "lifo") {
    const [front, top] = method.name === "fifo" ? [debited, debited + balance] : [0n, balance];
    const from = lot === undefined ? top : method.name === "fifo" ? lot : lot - debited;
    const stretches = run.stretchesOf(slot);
    const placed = addClean(stretches, amount, [from > front ? from : front, top], [front, from]);
    run.putStretches(slot, stretches);
    return placed;
  }
  if (method.name === "poison") {
    slots.amounts[2 * slot] = 1;
    return amount;
  }
  const known = amountOf(run, slots.amounts[2 * slot]!, slots.amounts[2 * slot + 1]!);
  const free = balance - known;
  const placed = amount < free ? amount : free;
  if (method.name === "tiho") {
    slots.amounts[2 * slot] = highOf(known + placed);
    slots.amounts[2 * slot + 1] = lowOf(known + placed);
    return placed;
  }
  const quanta = placed / run.options.quantum;
  slots.amounts[2 * slot]! += Number(quanta);
  // A least of two amounts moves no further than they do.
  slots.amounts[2 * slot + 1]! += run.options.quantum === 1n ? 0 : 2;
  return quanta * run.options.quantum;
}

/** All that left a source and all that is there, less what came back; poison counts that again, as it counts everything again. */
function sourceSeed(run: Run, slot: number): FastTrace["seeded"][number] {
  const account = run.slots.ints[slot * SLOT + GIVES.account]!;
  const isPoison = run.method.name === "poison";
  const returned = isPoison ? 0n : amountOf(run, run.slots.amounts[2 * slot]!, run.slots.amounts[2 * slot + 1]!);
  return { account, amount: run.sentBy(slot) + heldBySource(run, account) - returned };
}

/** What a source, or a poisoned account, has at the end of the data. */
export function heldBySource(run: Run, account: number): bigint {
  const balance = closingOf(run.segment, account)[0];
  return (balance / run.options.quantum) * run.options.quantum;
}

function closingOf(segment: Segment, account: number): [balance: bigint, given: bigint] {
  const closing = segment.ledger()?.closing;
  if (!closing) throw new Refusal("no_exact_columns", "an address as a seed needs exact amounts, and this index was built without");
  return [joinLimbs(closing[4 * account]!, closing[4 * account + 1]!), joinLimbs(closing[4 * account + 2]!, closing[4 * account + 3]!)];
}

function assertConserves(run: Run, seeded: FastTrace["seeded"]): void {
  const { slots, spills } = run;
  const isHaircut = run.method.name === "haircut";
  let sources = 0n;
  let high = 0;
  let low = 0;
  // Quanta of all seeds fit a float; so do the upper limbs of sums below 2^103.
  const take = (first: number, second: number): void => {
    high += first;
    if (isHaircut) return;
    low += second;
    if (low >= LIMB) {
      low -= LIMB;
      high++;
    }
  };
  for (let slot = 0; slot < slots.count; slot++)
    if ((slots.ints[slot * SLOT + GIVES.kind]! & KIND.source) === 0) take(slots.amounts[2 * slot]!, slots.amounts[2 * slot + 1]!);
    else sources += heldBySource(run, slots.ints[slot * SLOT + GIVES.account]!);
  for (let at = 0; at < spills.count; at++) take(spills.amounts[2 * at]!, spills.amounts[2 * at + 1]!);
  const seed = seeded.reduce((sum, { amount }) => sum + amount, 0n);
  assert.equal(sources + amountOf(run, high, low), seed, `fast ${run.method.name} does not balance: seed ≠ held + stops + fees + floor`);
}
