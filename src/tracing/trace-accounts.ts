// Forward, from account to account, in the order of the rows: one way for all methods, exact to the unit. Only accounts
// that taint has reached are looked at; each is asked for its next debit that can carry taint, and the least row of all
// is the next step. Cost: O(e log e) for e debits looked at.
import assert from "node:assert/strict";
import { balanceAfter, eventAfter, eventAt, type AccountLedger, type ExtraLot, type LedgerEvent } from "./account-ledger.ts";
import { conversionOf, type Conversion } from "./conversions.ts";
import type { AccountTaint, Method } from "./methods/method.ts";
import { openSource, type SourceTaint } from "./methods/source.ts";
import type { Step, Stop, TraceRequest } from "./request.ts";
import { createRowQueue } from "./row-queue.ts";
import { addStop, addTo, assertBalances, emptyTotals, type AssetTotals } from "./totals.ts";
import { transferName } from "./transfer.ts";
import { NOBODY, type TransferTable } from "./transfer-table.ts";

/** Seeds as account numbers and rows: the same for every method (seeds.ts). */
export type AccountSeeds = {
  /** Accounts that are a seed whole. */
  sources: readonly number[];
  /** Amounts in an account after a row, by row. */
  lots: readonly { account: number; row: number; amount: bigint; unbacked: bigint }[];
  /** Rows whose whole amount is a seed, ascending. */
  rows: readonly number[];
};

type Live<Carried> = {
  ledger: AccountLedger;
  taint: AccountTaint<Carried>;
  depth: number;
  next: number;
  source?: SourceTaint<Carried>;
};

const NEVER = Number.MAX_SAFE_INTEGER;

export type AccountTrace = { assets: Map<string, AssetTotals>; step_count: number };

export function traceAccounts<Carried>(
  table: TransferTable,
  method: Method<Carried>,
  seeds: AccountSeeds,
  request: Omit<TraceRequest, "seeds" | "methods">,
): AccountTrace {
  const { floor = 0n, depth: depthMax = Infinity, stopAt = () => undefined, conversions = true, onStep } = request;
  const live = new Map<number, Live<Carried>>();
  const assets = new Map<string, AssetTotals>();
  const queue = createRowQueue();
  const broughtBy = new Map<number, "transfer" | "exchange">();
  /** What exchanges bring back in later rows. */
  const pending = new Map<number, (() => void)[]>();
  let step_count = 0;

  const totalsOf = (account: number): AssetTotals => {
    const { asset } = table.accounts[account]!;
    let totals = assets.get(asset);
    if (!totals) assets.set(asset, (totals = emptyTotals()));
    return totals;
  };
  const placeOf = (account: number): string => table.accounts[account]!.address;

  const step = (rule: Step["rule"], account: number, row: number, moved: { in?: bigint; out?: bigint; after: bigint }, more: Partial<Step> = {}) => {
    step_count++;
    if (!onStep) return;
    const { in: arrived = 0n, out = 0n, after } = moved;
    const transfer = table.transfers[row]!;
    onStep({
      method: method.name,
      asset: table.accounts[account]!.asset,
      rule,
      place: placeOf(account),
      before: after - arrived + out,
      in: arrived,
      out,
      after,
      amount: transfer.amount,
      balance: 0n,
      rounding: 0n,
      transfer: transferName(transfer),
      ...more,
    });
  };

  const open = (account: number, depth: number): Live<Carried> => {
    let found = live.get(account);
    if (!found) {
      const lots: ExtraLot[] = seeds.lots
        .filter((lot) => lot.account === account && lot.unbacked > 0n)
        .map(({ row, unbacked }) => ({ row, amount: unbacked }));
      const ledger = table.ledger(account, lots);
      live.set(account, (found = { ledger, taint: method.open(ledger), depth, next: NEVER }));
    }
    return found;
  };

  const schedule = (state: Live<Carried>, after: number): void => {
    const row = state.taint.nextDebit(after)?.row ?? NEVER;
    if (row === state.next) return;
    state.next = row;
    if (row !== NEVER) queue.push(row);
  };

  const stopFor = (account: number, depth: number): Stop | undefined =>
    stopAt(placeOf(account), table.accounts[account]!.chain) ?? (depth >= depthMax && !live.has(account) ? { reason: "depth" } : undefined);

  /** Taint reaches an account with a row: it stops, falls below the floor, or is there. */
  const arrive = (account: number, row: number, carried: Carried, depth: number, now: number, rule: "credit" | "conversion_in" | "seed", by: "transfer" | "exchange"): void => {
    const amount = method.total(carried);
    if (amount === 0n) return;
    const from = table.transfers[row]!.from ?? undefined;
    // A pool that was tainted itself may pay out in a row that an exchange taints too: the same units never count twice.
    if ((broughtBy.get(row) ?? by) !== by) {
      addStop(totalsOf(account), placeOf(account), amount, { reason: "conversion", name: "the same units came by a transfer and by an exchange" });
      return step("stop", account, row, { in: amount, after: amount }, { from, reason: "conversion" });
    }
    broughtBy.set(row, by);
    const stop = stopFor(account, depth);
    if (stop) {
      addStop(totalsOf(account), placeOf(account), amount, stop);
      return step("stop", account, row, { in: amount, after: amount }, { from, reason: stop.reason });
    }
    if (amount < floor && rule !== "seed") {
      addTo(totalsOf(account).floor, placeOf(account), amount);
      return step("floor", account, row, { in: amount, after: amount }, { from });
    }
    const state = open(account, depth);
    const event = eventAt(state.ledger, row, "credit");
    assert.ok(event, `row ${row} is a credit of account ${account}`);
    state.taint.credit(event, carried);
    // Poison counts the whole known balance, as it is at this row and not at the end of the data.
    const after = method.conserves ? state.taint.held() : event.before + event.amount;
    step(rule, account, row, { in: amount, after }, { from, balance: event.before });
    schedule(state, eventAfter(state.ledger, Math.max(row, now)));
  };

  /** What an exchange did not take lies in the rows that bring it back, in their order. */
  const comeBack = (giver: number, carried: Carried, { given, offset, back }: Conversion, depth: number): void => {
    const total = back.reduce((sum, other) => sum + table.transfers[other]!.amount, 0n);
    if (total === 0n || method.total(carried) === 0n) return;
    const placed = method.scale(carried, offset > given ? offset - given : 0n, total, total);
    let start = 0n;
    for (const other of back) {
      const end = start + table.transfers[other]!.amount;
      const part = method.part(placed, total, start, end);
      pending.set(other, [...(pending.get(other) ?? []), () => arrive(giver, other, part, depth, other, "credit", "exchange")]);
      queue.push(other);
      start = end;
    }
  };

  /** Carries taint through an exchange into the other asset; what cannot be placed there is a stop that says so. */
  const convert = (giver: number, row: number, all: Carried, depth: number): boolean => {
    const exchange = conversions ? conversionOf(table, row) : undefined;
    if (!exchange || method.total(all) === 0n) return false;
    const { amount: moved } = table.transfers[row]!;
    const given = exchange.given - exchange.offset;
    const exchanged = given < 0n ? 0n : given < moved ? given : moved;
    comeBack(giver, method.part(all, moved, exchanged, moved), exchange, depth);
    const carried = method.part(all, moved, 0n, exchanged);
    const amount = method.total(carried);
    if (amount === 0n) return true;
    const account = table.to[exchange.rows[0]!]!;
    const ledger = live.get(account)?.ledger ?? table.ledger(account);
    // A pool may pay out before it is paid. Taint can still be put where that came in, unless it has been spent in between.
    const isSpent = ledger.events.some(({ side, row: at }) => side === "debit" && at > exchange.rows[0]! && at < Math.max(row, exchange.rows.at(-1)!));
    if (isSpent) {
      addStop(totalsOf(giver), placeOf(giver), amount, { reason: "conversion", name: "what came in was spent inside the same transaction" });
      step("stop", giver, row, { in: amount, after: amount }, { reason: "conversion" });
      return true;
    }
    totalsOf(giver).converted_out += amount;
    step("conversion_out", giver, row, { in: amount, out: amount, after: 0n }, { balance: exchange.given });
    const inOther = method.scale(carried, exchange.offset, exchange.given, exchange.got);
    totalsOf(account).converted_in += method.total(inOther);
    let start = 0n;
    for (const other of exchange.rows) {
      const { amount: length } = table.transfers[other]!;
      arrive(account, other, method.part(inOther, exchange.got, start, start + length), depth, row, "conversion_in", "exchange");
      start += length;
    }
    return true;
  };

  /** Taint that left with a row goes where the row goes. */
  const follow = (row: number, carried: Carried, depth: number, rule: "credit" | "seed" = "credit"): void => {
    const amount = method.total(carried);
    if (amount === 0n) return;
    const [giver, taker] = [table.from[row]!, table.to[row]!];
    const transfer = table.transfers[row]!;
    if (transfer.kind === "fee") {
      addTo(totalsOf(giver).fees, transfer.txid || transfer.row, amount);
      return step("fee", giver, row, { in: amount, out: amount, after: 0n }, { from: placeOf(giver) });
    }
    if (rule === "credit" && giver !== NOBODY && convert(giver, row, carried, depth)) return;
    if (taker !== NOBODY) return arrive(taker, row, carried, depth, row, rule, "transfer");
    addStop(totalsOf(giver), placeOf(giver), amount, { reason: "burn" });
    step("stop", giver, row, { in: amount, after: amount }, { reason: "burn" });
  };

  for (const account of seeds.sources) {
    const state = open(account, 0);
    state.source = openSource(method, state.ledger);
    state.taint = state.source;
    schedule(state, 0);
  }
  const seedRows = new Set(seeds.rows);
  for (const row of seeds.rows) queue.push(row);

  const place = ({ account, row, amount, unbacked }: AccountSeeds["lots"][number]): void => {
    const state = open(account, 0);
    const placed = state.taint.seed(row, amount);
    const totals = totalsOf(account);
    totals.seed += placed;
    totals.seed_unbacked += unbacked;
    step("seed", account, Math.max(row, 0), { in: placed, after: state.taint.held() });
    schedule(state, eventAfter(state.ledger, row));
  };

  const seedSource = (source: SourceTaint<Carried>, account: number, row: number, fresh: bigint): void => {
    totalsOf(account).seed += fresh;
    if (fresh > 0n) step("seed", account, row, { in: fresh, after: source.held() + fresh });
  };

  let lot = 0;
  for (let last = -1; ;) {
    const row = queue.peek() ?? NEVER;
    // A seed lies in its account before the first row after it; placing it may bring a nearer row to the front.
    if (lot < seeds.lots.length && seeds.lots[lot]!.row < row) {
      place(seeds.lots[lot++]!);
      continue;
    }
    if (row === NEVER) break;
    queue.pop();
    if (row === last) continue;
    const giver = table.from[row]!;
    const state = giver === NOBODY ? undefined : live.get(giver);
    const isDue = state?.next === row;
    const waiting = pending.get(row);
    if (!isDue && !seedRows.has(row) && !waiting) continue;
    last = row;
    let carried = method.nothing;
    let depth = 1;
    if (isDue) {
      const event = eventAt(state.ledger, row, "debit") as LedgerEvent;
      if (state.source) seedSource(state.source, giver, row, state.source.fresh(event));
      const before = method.conserves || state.source ? state.taint.held() + (state.source?.fresh(event) ?? 0n) : event.before;
      carried = state.taint.debit(event);
      depth = state.depth + 1;
      const out = method.total(carried);
      const after = method.conserves || state.source ? state.taint.held() : event.before < out ? 0n : event.before - out;
      if (out > 0n) step("debit", giver, row, { out, after }, state.source ? { before, balance: before } : { before, balance: event.before, rounding: roundingOf(method.name, before, event) });
      state.next = NEVER;
      schedule(state, eventAfter(state.ledger, row));
    }
    if (seedRows.has(row)) {
      const known = method.total(carried);
      carried = method.whole(table.transfers[row]!.amount);
      const taker = table.to[row]!;
      totalsOf(taker === NOBODY ? giver : taker).seed += method.total(carried) - (method.conserves ? known : 0n);
      follow(row, carried, 0, "seed");
    } else follow(row, carried, depth);
    for (const arriveNow of waiting ?? []) arriveNow();
  }

  for (const [account, state] of live) {
    const totals = totalsOf(account);
    const settled = state.source?.settle();
    if (settled) seedSource(state.source!, account, state.ledger.events.at(-1)?.row ?? 0, settled.fresh);
    const held = settled?.held ?? state.taint.held();
    if (held > 0n) addTo(totals.held, placeOf(account), held);
  }
  if (method.conserves) assertBalances(method.name, assets, step_count);
  return { assets, step_count };
}

/** Of a haircut: what ⌊t·a/B⌋ cut off, over B. */
function roundingOf(method: string, tainted: bigint, { amount, before }: LedgerEvent): bigint {
  return method === "haircut" && before > 0n && amount < before ? (tainted * amount) % before : 0n;
}

/** Of each seed lot, what the known balance does not cover, in the order of rows. */
export function unbackedLots(
  table: TransferTable,
  lots: readonly { account: number; row: number; amount: bigint }[],
): AccountSeeds["lots"] {
  const known = new Map<number, ExtraLot[]>();
  return [...lots]
    .sort((a, b) => a.row - b.row)
    .map((lot) => {
      const before = known.get(lot.account) ?? [];
      const balance = balanceAfter(table.ledger(lot.account, before), lot.row);
      const unbacked = lot.amount > balance ? lot.amount - balance : 0n;
      if (unbacked > 0n) known.set(lot.account, [...before, { row: lot.row, amount: unbacked }]);
      return { ...lot, unbacked };
    });
}
