// Backward, from account to account, against the order of the rows: what is wanted of an account is taken from its
// credits, and is then wanted of those who sent them. It ends where the data ends: at money that no row explains, that was
// made, or that comes from a stop.
import type { AccountLedger } from "./account-ledger.ts";
import { NONE } from "./account-events.ts";
import type { AccountWant, BackwardMethod } from "./methods/backward.ts";
import { ITSELF, type Step, type TraceRequest } from "./request.ts";
import { createRowQueue } from "./row-queue.ts";
import { addStop, addTo, assertBalances, emptyTotals, type AssetTotals } from "./totals.ts";
import type { AccountSeeds, AccountTrace } from "./trace-accounts.ts";
import { transferName } from "./transfer.ts";
import { NOBODY, type TransferTable } from "./transfer-table.ts";

type Asked<Carried> = { ledger: AccountLedger; want: AccountWant<Carried>; depth: number; next: number; at: number };

/** `split_count` credits were cut to whole units: under haircut each origin is off by less than that many units. */
export type BackwardAccountTrace = AccountTrace & { split_count: number };

export function traceAccountsBack<Carried>(
  table: TransferTable,
  method: BackwardMethod<Carried>,
  seeds: AccountSeeds,
  request: Omit<TraceRequest, "seeds" | "methods">,
): BackwardAccountTrace {
  const { floor = 0n, floors, depth: depthMax = Infinity, stopAt = () => undefined, onStep } = request;
  const asked = new Map<number, Asked<Carried>>();
  const assets = new Map<string, AssetTotals>();
  const queue = createRowQueue();
  const sources = new Set(seeds.sources);
  let step_count = 0;
  let split_count = 0;

  const totalsOf = (account: number): AssetTotals => {
    const { asset } = table.account(account);
    const totals = assets.get(asset) ?? emptyTotals();
    assets.set(asset, totals);
    return totals;
  };
  const placeOf = (account: number) => table.account(account).address;

  const step = (rule: Step["rule"], account: number, row: number, amount: bigint, reason?: string): void => {
    step_count++;
    const transfer = table.transfer(row);
    onStep?.({
      method: method.name,
      asset: table.account(account).asset,
      rule,
      place: placeOf(account),
      before: 0n,
      in: amount,
      out: 0n,
      after: amount,
      amount: transfer.amount,
      balance: 0n,
      rounding: 0n,
      transfer: transferName(transfer),
      ...(transfer.to === null ? {} : { from: transfer.to }),
      ...(reason === undefined ? {} : { reason }),
    });
  };

  const open = (account: number, depth: number): Asked<Carried> => {
    let found = asked.get(account);
    if (!found) {
      const ledger = table.ledger(account);
      asked.set(account, (found = { ledger, want: method.open(ledger), depth, next: -1, at: ledger.end }));
    }
    return found;
  };

  /** The next event to go back over, from place `at` down: credits, and what showed an unknown lot. */
  const schedule = (state: Asked<Carried>, at: number): void => {
    const { ledger, want } = state;
    let place = want.isDone() ? NONE : at - 1;
    while (place >= ledger.first && !ledger.isCredit(place) && ledger.unknown(place) === 0n) place--;
    state.at = place < ledger.first ? NONE : place;
    state.next = state.at === NONE ? -1 : ledger.row(place);
    if (state.at !== NONE) queue.push(-state.next);
  };

  /** Wanted of a transfer: it ends at its sender, or goes on behind it. */
  const comeFrom = (row: number, carried: Carried, taker: number, depth: number): void => {
    const amount = method.total(carried);
    if (amount === 0n) return;
    const giver = table.from[row]!;
    if (giver === NOBODY) {
      addStop(totalsOf(taker), placeOf(taker), amount, { reason: "mint", name: table.transfer(row).kind });
      return step("stop", taker, row, amount, "mint");
    }
    const totals = totalsOf(giver);
    const stop = stopAt(placeOf(giver), table.account(giver).chain) ?? (sources.has(giver) ? ITSELF : undefined);
    if (stop || (depth >= depthMax && !asked.has(giver))) {
      addStop(totals, placeOf(giver), amount, stop ?? { reason: "depth" });
      return step("stop", giver, row, amount, stop?.reason ?? "depth");
    }
    if (amount < (floors?.get(table.account(giver).asset) ?? floor)) {
      addTo(totals.floor, placeOf(giver), amount);
      return step("floor", giver, row, amount);
    }
    const state = open(giver, depth);
    const debit = state.ledger.debitOf(row);
    state.want.want(debit, carried);
    step("debit", giver, row, amount);
    schedule(state, debit + 1);
  };

  // What is asked for at the start: whole transfers, or amounts lying in an account.
  const rows = new Set(seeds.rows);
  for (const account of sources) {
    const ledger = table.ledger(account);
    for (let at = ledger.first; at < ledger.end; at++) if (ledger.isCredit(at)) rows.add(ledger.row(at));
  }
  const starts = [...rows].map((row) => ({ row, lot: undefined as AccountSeeds["lots"][number] | undefined }));
  starts.push(...seeds.lots.map((lot) => ({ row: lot.row, lot })));
  // What lies in an account after a row is behind the row itself.
  starts.sort((a, b) => b.row - a.row || Number(b.lot !== undefined) - Number(a.lot !== undefined));

  let start = 0;
  for (;;) {
    const row = queue.peek() === undefined ? -1 : -queue.peek()!;
    if (start < starts.length && starts[start]!.row >= row) {
      const { row: at, lot } = starts[start++]!;
      if (lot) {
        const state = open(lot.account, 0);
        const placed = state.want.wantHeld(at, lot.amount);
        const totals = totalsOf(lot.account);
        totals.seed += placed + lot.unbacked;
        totals.seed_unbacked += lot.unbacked;
        if (lot.unbacked > 0n) addStop(totals, placeOf(lot.account), lot.unbacked, { reason: "unknown" });
        schedule(state, state.ledger.after(at));
      } else {
        const taker = table.to[at]!;
        const carried = method.whole(table.amount(at));
        totalsOf(taker).seed += method.total(carried);
        comeFrom(at, carried, taker, 1);
      }
      continue;
    }
    if (row < 0) break;
    queue.pop();
    // Both sides of a row can be due: the receiver goes first, then the sender's own unknown lot.
    for (const account of [table.to[row]!, table.from[row]!]) {
      const state = account === NOBODY ? undefined : asked.get(account);
      if (!state || state.next !== row) continue;
      const place = state.at;
      if (state.ledger.isCredit(place)) {
        const carried = state.want.credit(place);
        if (method.name === "haircut" && state.ledger.before(place) > 0n) split_count++;
        schedule(state, place);
        if (!rows.has(row)) comeFrom(row, carried, account, state.depth + 1);
        else if (method.total(carried) > 0n) {
          // Seeds may lie behind each other. What this row brought is asked for already, and is not followed twice.
          addStop(totalsOf(account), placeOf(account), method.total(carried), ITSELF);
          step("stop", account, row, method.total(carried), ITSELF.reason);
        }
      } else {
        const unknown = state.want.unknown(place);
        if (unknown > 0n) {
          addStop(totalsOf(account), placeOf(account), unknown, { reason: "unknown" });
          step("stop", account, row, unknown, "unknown");
        }
        if (method.name === "haircut") split_count++;
        schedule(state, place);
      }
    }
  }
  assertBalances(`${method.name} backward`, assets, step_count);
  return { assets, step_count, split_count };
}
