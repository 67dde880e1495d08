// The slow, obvious twin, for tests only: every row is played, every account holds real lots of units in a real queue or
// stack, whether taint is near or not. It shares no code with the kernel but the shapes. No conversions, stops, floors.
import type { MethodName } from "./methods/methods.ts";
import type { Transfer } from "./transfer.ts";

type Lot = { amount: bigint; tainted: boolean };
export type OracleSeed = { row: number } | { address: string; after: number; amount: bigint } | { address: string };
export type OracleResult = { seed: bigint; held: Record<string, bigint>; fees: Record<string, bigint> };

/** `transfers` in order and of one asset. */
export function playTransfers(transfers: readonly Transfer[], method: MethodName, seeds: readonly OracleSeed[]): OracleResult {
  const accounts = new Map<string, Lot[]>();
  const pools = new Map<string, { balance: bigint; tainted: bigint; poisoned: boolean }>();
  const result: OracleResult = { seed: 0n, held: {}, fees: {} };
  const isOrdered = method === "fifo" || method === "lifo";
  const lotsOf = (address: string) => accounts.get(address) ?? accounts.set(address, []).get(address)!;
  const poolOf = (address: string) => pools.get(address) ?? pools.set(address, { balance: 0n, tainted: 0n, poisoned: false }).get(address)!;
  const sourceOf = (address: string | null) => seeds.some((seed) => "address" in seed && !("after" in seed) && seed.address === address);
  const wholeRow = (row: number) => seeds.some((seed) => "row" in seed && seed.row === row);
  const taintIn = (lots: readonly Lot[]) => lots.reduce((sum, lot) => sum + (lot.tainted ? lot.amount : 0n), 0n);
  const returned = new Map<string, bigint>();
  const sent = new Map<string, bigint>();

  const take = (address: string, amount: bigint): Lot[] => {
    const lots = lotsOf(address);
    const balance = lots.reduce((sum, lot) => sum + lot.amount, 0n);
    if (amount > balance) lots.push({ amount: amount - balance, tainted: false });
    const taken: Lot[] = [];
    for (let left = amount; left > 0n; ) {
      const at = method === "lifo" ? lots.length - 1 : 0;
      const lot = lots[at]!;
      const part = lot.amount < left ? lot.amount : left;
      if (method === "lifo") taken.unshift({ ...lot, amount: part });
      else taken.push({ ...lot, amount: part });
      lot.amount -= part;
      left -= part;
      if (lot.amount === 0n) lots.splice(at, 1);
    }
    return taken;
  };

  const takeFromPool = (address: string, amount: bigint): bigint => {
    const pool = poolOf(address);
    if (amount > pool.balance) pool.balance = amount;
    const out =
      method === "poison"
        ? pool.poisoned ? amount : 0n
        : method === "haircut"
          ? (pool.tainted * amount) / pool.balance
          : pool.tainted < amount ? pool.tainted : amount;
    pool.balance -= amount;
    if (method !== "poison") pool.tainted -= out;
    return out;
  };

  for (const [row, { from, to, amount, kind, txid, row: name }] of transfers.entries()) {
    if (from !== null && from === to) showOwn(from, amount);
    else if (amount > 0n) {
      let lots: Lot[] = [{ amount, tainted: false }];
      if (from !== null) lots = isOrdered ? take(from, amount) : poolLots(takeFromPool(from, amount), amount);
      if (sourceOf(from)) {
        sent.set(from!, (sent.get(from!) ?? 0n) + amount);
        lots = [{ amount, tainted: true }];
      }
      if (wholeRow(row)) {
        result.seed += method === "poison" ? amount : amount - taintIn(lots);
        lots = [{ amount, tainted: true }];
      }
      const tainted = taintIn(lots);
      if (kind === "fee") {
        if (tainted > 0n) result.fees[txid || name] = (result.fees[txid || name] ?? 0n) + tainted;
      } else if (to !== null) {
        if (sourceOf(to) && method !== "poison") returned.set(to, (returned.get(to) ?? 0n) + tainted);
        if (isOrdered) lotsOf(to).push(...lots);
        const pool = poolOf(to);
        pool.balance += amount;
        pool.tainted += tainted;
        pool.poisoned ||= tainted > 0n;
      }
    }
    for (const seed of seeds) if ("after" in seed && seed.after === row) seedAccount(seed.address, seed.amount, to === seed.address && from !== to ? amount : 0n);
  }

  /** A payment to oneself: what was not known to be there was, and is clean. */
  function showOwn(address: string, amount: bigint): void {
    const lots = lotsOf(address);
    const known = lots.reduce((sum, lot) => sum + lot.amount, 0n);
    if (isOrdered && amount > known) lots.push({ amount: amount - known, tainted: false });
    const pool = poolOf(address);
    if (amount > pool.balance) pool.balance = amount;
  }

  /** Clean units of the lot that just came first, then of the balance from its oldest unit; then out of nothing. */
  function seedAccount(address: string, amount: bigint, justCame: bigint): void {
    const lots = lotsOf(address);
    const pool = poolOf(address);
    const balance = isOrdered ? lots.reduce((sum, lot) => sum + lot.amount, 0n) : pool.balance;
    const unbacked = amount > balance ? amount - balance : 0n;
    if (unbacked > 0n && isOrdered) lots.push({ amount: unbacked, tainted: false });
    if (unbacked > 0n) pool.balance += unbacked;
    const units = lots.flatMap((lot) => Array.from({ length: Number(lot.amount) }, () => lot.tainted));
    const lotStart = units.length - Number(unbacked) - Number(justCame > balance ? balance : justCame);
    let left = Number(amount);
    let placed = 0n;
    for (const at of [...range(lotStart, units.length), ...range(0, lotStart)]) {
      if (left === 0) break;
      if (units[at]) continue;
      units[at] = true;
      left--;
      placed++;
    }
    if (isOrdered) accounts.set(address, units.map((tainted) => ({ amount: 1n, tainted })));
    else if (method === "poison") [pool.poisoned, placed] = [true, amount];
    else {
      placed = amount < pool.balance - pool.tainted ? amount : pool.balance - pool.tainted;
      pool.tainted += placed;
    }
    result.seed += placed;
  }

  const holds = (address: string): bigint => {
    const lots = lotsOf(address);
    const pool = poolOf(address);
    if (sourceOf(address)) return isOrdered ? lots.reduce((sum, lot) => sum + lot.amount, 0n) : pool.balance;
    return isOrdered ? taintIn(lots) : method === "poison" ? (pool.poisoned ? pool.balance : 0n) : pool.tainted;
  };
  for (const address of new Set([...accounts.keys(), ...pools.keys()])) {
    const held = holds(address);
    if (held > 0n) result.held[address] = held;
    if (sourceOf(address)) result.seed += (sent.get(address) ?? 0n) + held - (returned.get(address) ?? 0n);
  }
  return result;
}

const poolLots = (tainted: bigint, amount: bigint): Lot[] => [
  { amount: tainted, tainted: true },
  { amount: amount - tainted, tainted: false },
];
const range = (from: number, to: number): number[] => Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);
