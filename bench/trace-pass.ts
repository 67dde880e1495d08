// Is a pass over all rows ever better than following records? The same haircut as one bare columnar pass (giver, taker, share
// in order of rows, no bound), against the fast kernel, from few rows reached to most.
// Run: <pinned node> bench/trace-pass.ts [TRANSFERS, default 10000000]
import { AccountBook } from "../src/tracing/fast/address-book.ts";
import { buildSegment } from "../src/tracing/fast/build-segment.ts";
import { rowOf, shareOf } from "../src/tracing/fast/fast-index.ts";
import { Workspace } from "../src/tracing/fast/run.ts";
import { traceFast } from "../src/tracing/fast/trace-fast.ts";
import { EXCHANGES, generateWorld } from "./generate-transfers.ts";
import { describeMachine, repeated } from "./machine.ts";

const ROWS = Number(process.argv[2] ?? 10_000_000);
describeMachine();
const world = generateWorld(ROWS);
const accounts = new AccountBook(2 ** 23);
for (let row = 0; row < ROWS; row++) {
  world.from[row] = accounts.number(world.from[row]!, world.asset[row]!);
  world.to[row] = accounts.number(world.to[row]!, world.asset[row]!);
}
const segment = buildSegment(world, { accounts: accounts.count, exact: false });
const share = new Float64Array(ROWS);
for (let record = 0; record < ROWS; record++) share[rowOf(segment.records, record)] = shareOf(segment.records, record);
const gwei = (row: number) => Math.floor(world.high[row]! * (2 ** 50 / 1e9) + world.low[row]! / 1e9);
const workspace = new Workspace();

for (const [what, stopped, floor] of [
  ["all exchanges stop, floor 10 ETH", EXCHANGES, 10e9],
  ["all exchanges stop, no floor", EXCHANGES, 0],
  ["all but the smallest two stop", EXCHANGES - 2, 0],
  ["all but the smallest fifty stop", EXCHANGES - 50, 0],
  ["nothing stops", 0, 0],
] as const) {
  const stops = new Uint8Array((accounts.count >> 3) + 1);
  for (let exchange = 0; exchange < stopped; exchange++) for (const account of accounts.of(exchange)) stops[account >> 3]! |= 1 << (account & 7);
  const ask = (pass: "auto" | "never") => () =>
    traceFast([segment], { pass, method: "haircut", seeds: { rows: world.thefts, sources: [], lots: [] }, stops, floor: BigInt(floor) * 10n ** 9n, conversions: false, quantum: 10n ** 9n, workspace }).run.edges;
  const ours = await repeated(5, ask("auto"));
  const records = await repeated(5, ask("never"));
  const pass = await repeated(5, () => columnarPass(stops, floor));
  if (pass.result !== ours.result) console.log(`OTHER ANSWER: ${pass.result} against ${ours.result}`);
  console.log(`${what}: ${ours.result} edges (${((100 * ours.result) / ROWS).toFixed(1)} % of rows): by records alone ${records.cpu_ms.toFixed(0)} ms of the thread, as it chooses ${ours.cpu_ms.toFixed(0)} ms, the bare pass ${pass.cpu_ms.toFixed(0)} ms`);
}

function columnarPass(stops: Uint8Array, floor: number): number {
  const { from, to } = world;
  const taint = new Float64Array(accounts.count);
  const thefts = world.thefts;
  let theft = 0;
  let edges = 0;
  for (let row = 0; row < ROWS; row++) {
    const giver = from[row]!;
    const held = taint[giver]!;
    let out = 0;
    const isSeed = row === thefts[theft];
    if (held > 0 && (stops[giver >> 3]! & (1 << (giver & 7))) === 0) {
      edges++;
      const part = share[row]!;
      out = part === 1 ? held : Math.floor(held * part);
      taint[giver] = held - out;
    } else if (!isSeed) continue;
    if (isSeed) {
      theft++;
      out = gwei(row);
    }
    const taker = to[row]!;
    if (isSeed || out >= floor || (stops[taker >> 3]! & (1 << (taker & 7))) !== 0) taint[taker]! += out;
  }
  return edges;
}
