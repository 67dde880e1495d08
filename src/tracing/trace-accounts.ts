// Forward, from account to account, in the order of the rows: one way for all methods, exact to the unit. Only accounts
// that taint has reached are looked at; each is asked for its next debit that can carry taint, and the least row of all
// is the next step. Cost: O(e log e) for e debits looked at.
import assert from "node:assert/strict";
import { NONE, type ExtraLot } from "./account-events.ts";
import { balanceAfter, type AccountLedger } from "./account-ledger.ts";
import { conversionOf, crossingOf, type Conversion } from "./conversions.ts";
import type { AccountTaint, Method } from "./methods/method.ts";
import { openSource, type SourceTaint } from "./methods/source.ts";
import type { Step, Stop, TraceRequest } from "./request.ts";
import { createRowQueue } from "./row-queue.ts";
import { addStop, addTo, assertBalances, emptyTotals, type AssetTotals } from "./totals.ts";
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
  /** The debit that is due, and its row. */
  due: number;
  next: number;
  source?: SourceTaint<Carried>;
};

/** No row: below all of them, so that it stays a small integer. */
const NEVER = -1;
const BY = { transfer: 1, exchange: 2 } as const;

export type AccountTrace = { assets: Map<string, AssetTotals>; step_count: number };

export function traceAccounts<Carried>(
  table: TransferTable,
  method: Method<Carried>,
  seeds: AccountSeeds,
  request: Omit<TraceRequest, "seeds" | "methods">,
): AccountTrace {
  const { floor = 0n, floors, depth: depthMax = Infinity, stops: stopsByAddress, stopAt, conversions = true, onStep } = request;
  /** By account number, and in the order in which taint came to them. */
  const live = new Array<Live<Carried> | undefined>(table.account_count);
  const reached: Live<Carried>[] = [];
  const assets = new Map<string, AssetTotals>();
  const queue = createRowQueue();
  /** By row: what brought taint with it. */
  const broughtBy = new Uint8Array(table.count);
  /** What exchanges bring back in later rows. */
  const pending = new Map<number, (() => void)[]>();
  /** By account number: whether it is a stop, and once something came there, its entry in the totals. */
  const stops = new Array<Stop | null | undefined>(table.account_count);
  for (const [address, stop] of stopsByAddress ?? []) for (const account of table.accountsOf(address)) stops[account] = stop;
  const stopped = new Array<{ amount: bigint } | undefined>(table.account_count);
  const unbacked = lotsByAccount(seeds.lots);
  let step_count = 0;

  const totalsOf = (account: number): AssetTotals => {
    const asset = table.assetOf(account);
    let totals = assets.get(asset);
    if (!totals) assets.set(asset, (totals = emptyTotals()));
    return totals;
  };
  const placeOf = (account: number): string => table.addressOf(account);

  /** Writes a step down; absent where nobody reads them, and then nothing is made for one. */
  const write = onStep && ((rule: Step["rule"], account: number, row: number, moved: { in?: bigint; out?: bigint; after: bigint } & Partial<Step>): void => {
    const { in: arrived = 0n, out = 0n, after, ...more } = moved;
    onStep({
      method: method.name,
      asset: table.assetOf(account),
      rule,
      place: placeOf(account),
      before: after - arrived + out,
      in: arrived,
      out,
      after,
      amount: table.amount(row),
      balance: 0n,
      rounding: 0n,
      transfer: table.nameOf(row),
      ...more,
    });
  });
  const giverOf = (row: number): string | undefined => (table.from[row] === NOBODY ? undefined : placeOf(table.from[row]!));

  const open = (account: number, depth: number): Live<Carried> => {
    let found = live[account];
    if (!found) {
      const ledger = table.ledger(account, unbacked.get(account));
      live[account] = found = { ledger, taint: method.open(ledger), depth, due: NONE, next: NEVER };
      reached.push(found);
    }
    return found;
  };

  /** Looks for the next debit from event `at` on. */
  const schedule = (state: Live<Carried>, at: number): void => {
    state.due = state.taint.nextDebit(at);
    const row = state.due === NONE ? NEVER : state.ledger.row(state.due);
    if (row === state.next) return;
    state.next = row;
    if (row !== NEVER) queue.push(row);
  };

  const stopFor = (account: number): Stop | null => {
    const known = stops[account];
    return known !== undefined ? known : (stops[account] = stopAt?.(placeOf(account), table.chainOf(account)) ?? null);
  };

  /** Taint reaches an account with a row: it stops, falls below the floor, or is there. */
  const arrive = (account: number, row: number, carried: Carried, depth: number, now: number, rule: "credit" | "conversion_in" | "seed", by: number, reason?: string): void => {
    const amount = method.total(carried);
    if (amount === 0n) return;
    step_count++;
    // A pool that was tainted itself may pay out in a row that an exchange taints too: the same units never count twice.
    if ((broughtBy[row] || by) !== by) {
      addStop(totalsOf(account), placeOf(account), amount, { reason: "conversion", name: "the same units came by a transfer and by an exchange" });
      return write?.("stop", account, row, { in: amount, after: amount, from: giverOf(row), reason: "conversion" });
    }
    broughtBy[row] = by;
    const stop = stopFor(account) ?? (depth >= depthMax && !live[account] ? { reason: "depth" as const } : undefined);
    if (stop) {
      const known = stopped[account];
      if (known) known.amount += amount;
      else stopped[account] = addStop(totalsOf(account), placeOf(account), amount, stop);
      return write?.("stop", account, row, { in: amount, after: amount, from: giverOf(row), reason: stop.reason });
    }
    if (amount < (floors?.get(table.assetOf(account)) ?? floor) && rule !== "seed") {
      addTo(totalsOf(account).floor, placeOf(account), amount);
      return write?.("floor", account, row, { in: amount, after: amount, from: giverOf(row) });
    }
    const { ledger, taint } = open(account, depth);
    const credit = ledger.creditOf(row);
    if (credit === NONE) assert.fail(`row ${row} is no credit of account ${account}`);
    taint.credit(credit, carried);
    // Poison counts the whole known balance, as it is at this row and not at the end of the data.
    write?.(rule, account, row, {
      in: amount,
      after: method.conserves ? taint.held() : ledger.before(credit + 1),
      from: giverOf(row),
      balance: ledger.before(credit),
      ...(rule === "conversion_in" ? { reason } : {}),
    });
    schedule(live[account]!, now > row ? ledger.after(now) : credit + 1);
  };

  /** What an exchange did not take lies in the rows that bring it back, in their order. */
  const comeBack = (giver: number, carried: Carried, { given, offset, back }: Conversion, depth: number): void => {
    const total = back.reduce((sum, other) => sum + table.amount(other), 0n);
    if (total === 0n || method.total(carried) === 0n) return;
    const placed = method.scale(carried, offset > given ? offset - given : 0n, total, total);
    let start = 0n;
    for (const other of back) {
      const end = start + table.amount(other);
      const part = method.part(placed, total, start, end);
      pending.set(other, [...(pending.get(other) ?? []), () => arrive(giver, other, part, depth, other, "credit", BY.exchange)]);
      queue.push(other);
      start = end;
    }
  };

  /** Carries taint through an exchange into the other asset; what cannot be placed there is a stop that says so. */
  const convert = (giver: number, row: number, all: Carried, depth: number): boolean => {
    const exchange = crossingOf(table, row) ?? (conversions ? conversionOf(table, row) : undefined);
    if (!exchange || method.total(all) === 0n) return false;
    const moved = table.amount(row);
    const given = exchange.given - exchange.offset;
    const exchanged = given < 0n ? 0n : given < moved ? given : moved;
    comeBack(giver, method.part(all, moved, exchanged, moved), exchange, depth);
    const carried = method.part(all, moved, 0n, exchanged);
    const amount = method.total(carried);
    if (amount === 0n) return true;
    step_count++;
    const account = table.to[exchange.rows[0]!]!;
    const ledger = live[account]?.ledger ?? table.ledger(account);
    // A pool may pay out before it is paid. Taint can still be put where that came in, unless it has been spent in between.
    const spent = ledger.nextDebit(ledger.after(exchange.rows[0]!));
    const isSpent = spent !== NONE && ledger.row(spent) < Math.max(row, exchange.rows.at(-1)!);
    if (isSpent) {
      addStop(totalsOf(giver), placeOf(giver), amount, { reason: "conversion", name: "what came in was spent inside the same transaction" });
      write?.("stop", giver, row, { in: amount, after: amount, reason: "conversion" });
      return true;
    }
    totalsOf(giver).converted_out += amount;
    write?.("conversion_out", giver, row, { in: amount, out: amount, after: 0n, balance: exchange.given, reason: exchange.why });
    const inOther = method.scale(carried, exchange.offset, exchange.given, exchange.got);
    totalsOf(account).converted_in += method.total(inOther);
    let start = 0n;
    for (const other of exchange.rows) {
      const length = table.amount(other);
      arrive(account, other, method.part(inOther, exchange.got, start, start + length), depth, row, "conversion_in", BY.exchange, exchange.why);
      start += length;
    }
    return true;
  };

  /** Taint that left with a row goes where the row goes. */
  const follow = (row: number, carried: Carried, depth: number, rule: "credit" | "seed" = "credit"): void => {
    const amount = method.total(carried);
    if (amount === 0n) return;
    const [giver, taker] = [table.from[row]!, table.to[row]!];
    if (table.isFee(row)) {
      const transfer = table.transfer(row);
      step_count++;
      addTo(totalsOf(giver).fees, transfer.txid || transfer.row, amount);
      return write?.("fee", giver, row, { in: amount, out: amount, after: 0n, from: placeOf(giver) });
    }
    if (rule === "credit" && giver !== NOBODY && convert(giver, row, carried, depth)) return;
    if (taker !== NOBODY) return arrive(taker, row, carried, depth, row, rule, BY.transfer);
    step_count++;
    addStop(totalsOf(giver), placeOf(giver), amount, { reason: "burn" });
    write?.("stop", giver, row, { in: amount, after: amount, reason: "burn" });
  };

  for (const account of seeds.sources) {
    const state = open(account, 0);
    state.source = openSource(method, state.ledger);
    state.taint = state.source;
    schedule(state, state.ledger.first);
  }
  const seedRows = new Set(seeds.rows);
  for (const row of seeds.rows) queue.push(row);

  const place = ({ account, row, amount, unbacked }: AccountSeeds["lots"][number]): void => {
    const state = open(account, 0);
    const placed = state.taint.seed(row, amount);
    const totals = totalsOf(account);
    totals.seed += placed;
    totals.seed_unbacked += unbacked;
    step_count++;
    write?.("seed", account, Math.max(row, 0), { in: placed, after: state.taint.held() });
    schedule(state, state.ledger.after(row));
  };

  const seedSource = (source: SourceTaint<Carried>, account: number, row: number, fresh: bigint): void => {
    totalsOf(account).seed += fresh;
    if (fresh === 0n) return;
    step_count++;
    write?.("seed", account, row, { in: fresh, after: source.held() + fresh });
  };

  /** What leaves an account with the debit that is due. */
  const leave = (state: Live<Carried>, giver: number, row: number): Carried => {
    const { ledger, taint, source, due } = state;
    const fresh = source?.fresh(due) ?? 0n;
    if (source) seedSource(source, giver, row, fresh);
    const before = !write ? 0n : method.conserves || source ? taint.held() + fresh : ledger.before(due);
    const carried = taint.debit(due);
    const out = method.total(carried);
    if (out > 0n) {
      step_count++;
      const known = write ? ledger.before(due) : 0n;
      const after = !write ? 0n : method.conserves || source ? taint.held() : known < out ? 0n : known - out;
      write?.("debit", giver, row, source ? { out, after, before, balance: before } : { out, after, before, balance: known, rounding: roundingOf(method.name, before, ledger.amount(due), known) });
    }
    state.next = NEVER;
    schedule(state, due + 1);
    return carried;
  };

  let lot = 0;
  for (let last = -1; ;) {
    const row = queue.peek() ?? Infinity;
    // A seed lies in its account before the first row after it; placing it may bring a nearer row to the front.
    if (lot < seeds.lots.length && seeds.lots[lot]!.row < row) {
      place(seeds.lots[lot++]!);
      continue;
    }
    if (row === Infinity) break;
    queue.pop();
    if (row === last) continue;
    const giver = table.from[row]!;
    const state = giver === NOBODY ? undefined : live[giver];
    const isDue = state?.next === row;
    const waiting = pending.get(row);
    if (!isDue && !seedRows.has(row) && !waiting) continue;
    last = row;
    let carried = method.nothing;
    let depth = 1;
    if (isDue) {
      carried = leave(state, giver, row);
      depth = state.depth + 1;
    }
    if (seedRows.has(row)) {
      const known = method.total(carried);
      carried = method.whole(table.amount(row));
      const taker = table.to[row]!;
      totalsOf(taker === NOBODY ? giver : taker).seed += method.total(carried) - (method.conserves ? known : 0n);
      follow(row, carried, 0, "seed");
    } else follow(row, carried, depth);
    for (const arriveNow of waiting ?? []) arriveNow();
  }

  for (const { ledger, taint, source } of reached) {
    const { account } = ledger;
    const settled = source?.settle();
    if (settled) seedSource(source!, account, ledger.end > ledger.first ? ledger.row(ledger.end - 1) : 0, settled.fresh);
    const held = settled?.held ?? taint.held();
    if (held > 0n) addTo(totalsOf(account).held, placeOf(account), held);
  }
  if (method.conserves) assertBalances(method.name, assets, step_count);
  return { assets, step_count };
}

/** Of a haircut: what ⌊t·a/B⌋ cut off, over B. */
function roundingOf(method: string, tainted: bigint, amount: bigint, before: bigint): bigint {
  return method === "haircut" && before > 0n && amount < before ? (tainted * amount) % before : 0n;
}

/** What a trace puts into accounts because the data does not show it there. */
function lotsByAccount(lots: AccountSeeds["lots"]): Map<number, ExtraLot[]> {
  const found = new Map<number, ExtraLot[]>();
  for (const { account, row, unbacked } of lots) if (unbacked > 0n) found.set(account, [...(found.get(account) ?? []), { row, amount: unbacked }]);
  return found;
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
