import test from "node:test";
import { groupEvents, withLots } from "./account-events.ts";
import { AccountLedger } from "./account-ledger.ts";
import { checkKernel } from "./kernel.conformance.ts";
import { WideSums } from "./running-sums.ts";
import { trace, type TraceData } from "./trace.ts";

const seed = Number(process.env.TRACEWIRE_SEED ?? Date.now() % 2 ** 31);
const ledgers = process.env.TRACEWIRE_PROVE ? 20_000 : 2_000;

test(`the exact kernel equals the slow twin on ${ledgers} random ledgers`, (t) => {
  t.diagnostic(`seed ${seed}`);
  checkKernel(trace, ledgers, seed);
});

test(`so it does over ledgers of BigInt, which amounts from 2^100 on need`, () => {
  checkKernel((data, request) => trace(withWideLedgers(data), request), ledgers, seed);
});

function withWideLedgers(data: TraceData): TraceData {
  if (data.kind === "utxo") return data;
  const events = groupEvents(data.table);
  const ledger = (account: number, lots = [] as Parameters<typeof withLots>[3]) => {
    const own = withLots(events, events.starts[account]!, events.starts[account + 1]!, lots);
    return new AccountLedger(account, own, (first, end) => new WideSums(own, first, end), 0, own.moves.length);
  };
  return { kind: "accounts", table: { ...data.table, ledger } };
}
