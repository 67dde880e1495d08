// Tracing stolen funds over generated transfers: the fast kernel against PostgreSQL, DuckDB and graphology in one run,
// the answers compared by checksum. The five methods beside each other, and the exact kernel over what was reached.
// Run: <pinned node> bench/trace.ts [TRANSFERS, default 10000000] [postgres,duckdb,graphology,exact | none]
// First: cd bench && npm install --ignore-scripts; PostgreSQL from Debian.
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AccountBook } from "../src/tracing/fast/address-book.ts";
import { buildSegment } from "../src/tracing/fast/build-segment.ts";
import { rowOf, shareOf, toOf, ACCOUNT_BITS } from "../src/tracing/fast/fast-index.ts";
import { joinLimbs } from "../src/tracing/fast/limbs.ts";
import { Workspace } from "../src/tracing/fast/run.ts";
import { GIVES, SLOT } from "../src/tracing/fast/slots.ts";
import { traceFast, type FastTrace } from "../src/tracing/fast/trace-fast.ts";
import { growRoot } from "../src/evidence/evidence.ts";
import { rowsOfColumns } from "../src/tracing/columns/column-table.ts";
import { columnsOfSet } from "../src/tracing/columns/set-columns.ts";
import { rowText, toTransfer } from "../src/tracing/set-row.ts";
import { trace } from "../src/tracing/trace.ts";
import { buildTransferTable, tableOver } from "../src/tracing/transfer-table.ts";
import { EXCHANGES, generateWorld } from "./generate-transfers.ts";
import { describeMachine, repeated, time, type Timing } from "./machine.ts";
import { checksumOf, openDuckdb, openGraphology, openPostgres, traceByFetching, type Answer, type Question } from "./trace-peers.ts";

const ROWS = Number(process.argv[2] ?? 10_000_000);
const peers = (process.argv[3] ?? (ROWS <= 1_000_000 ? "postgres,duckdb,graphology,exact" : ROWS <= 10_000_000 ? "postgres,duckdb,exact" : "none")).split(",");
/** The peers settle in gwei, as floats; so does the fast kernel here, to be compared with them. */
const QUANTUM = 10n ** 9n;
const GWEI = 1e9;
const isLarge = ROWS > 20_000_000;
const floors = isLarge ? [100, 10, 1, 0.01, 1e-9] : [10, 0];

describeMachine();
const world = generateWorld(ROWS, isLarge ? { assets: 1 } : {});
const accounts = new AccountBook(isLarge ? world.addresses + 1 : 2 ** 23);
for (let row = 0; row < ROWS; row++) {
  world.from[row] = accounts.number(world.from[row]!, world.asset[row]!);
  world.to[row] = accounts.number(world.to[row]!, world.asset[row]!);
}
const stops = new Uint8Array((accounts.count >> 3) + 1);
for (let exchange = 0; exchange < EXCHANGES; exchange++) for (const account of accounts.of(exchange)) stops[account >> 3]! |= 1 << (account & 7);
const isStop = (account: number) => (stops[account >> 3]! & (1 << (account & 7))) !== 0;
const built = await time(() => buildSegment(world, { accounts: accounts.count, exact: !isLarge, pass: false }));
const segment = built.result;
const { records } = segment;
console.log(`${ROWS} transfers, ${world.addresses} addresses, ${accounts.count} accounts; ${(20 + (4 * accounts.count) / ROWS).toFixed(1)} bytes a transfer; records made in ${(built.wall_ms / 1000).toFixed(1)} s`);

const seeds = { rows: world.thefts, sources: [], lots: [] };
const workspace = new Workspace();
const eth = (amount: number) => BigInt(Math.round(amount * GWEI)) * 10n ** 9n;
const ask = (method: "haircut" | "fifo" | "lifo" | "tiho" | "poison", floor: number): FastTrace =>
  traceFast([segment], { method, seeds, stops, floor: eth(floor), conversions: false, quantum: QUANTUM, workspace });
const question = (floor: number): Question => ({
  seeds: world.thefts.map((row) => ({ row, account: world.to[row]!, giver: world.from[row]!, quanta: Math.floor(world.high[row]! * (2 ** 50 / GWEI) + world.low[row]! / GWEI) })),
  isStop,
  floor: floor * GWEI,
});
const answerOf = ({ run }: FastTrace): Answer => ({
  edges: run.edges,
  checksum: checksumOf(Array.from({ length: run.slots.count }, (_, slot): [number, number] => [run.slots.ints[slot * SLOT + GIVES.account]!, run.slots.amounts[2 * slot]!])),
});

const ours = new Map<number, Timing & Answer>();
for (const floor of floors) {
  for (const method of isLarge ? (["haircut"] as const) : (["haircut", "fifo", "lifo", "tiho", "poison"] as const)) {
    const run = await repeated(method === "poison" ? 3 : 15, () => ask(method, floor));
    const { edges, astray, lost, undecided } = run.result.run;
    if (method === "haircut") ours.set(floor, { ...run, ...answerOf(run.result) });
    const bound = method === "haircut" ? `; bound ${(worst(run.result) / GWEI).toExponential(1)} ETH (astray ${(astray / GWEI).toExponential(1)}, under floors ${(lost / GWEI).toExponential(1)}, undecided ${undecided})` : "";
    console.log(`${method}, floor ${floor} ETH: ${edges} edges, ${run.wall_ms.toFixed(1)} ms (least ${run.least_ms.toFixed(1)}, thread ${run.cpu_ms.toFixed(1)}), ${((run.cpu_ms * 1e6) / edges).toFixed(0)} ns of the thread an edge${bound}`);
  }
}

const folder = mkdtempSync(join(tmpdir(), "tracewire-bench-trace-"));
if (peers.includes("postgres") || peers.includes("duckdb")) {
  const csv = join(folder, "transfers.csv");
  writeCsv(csv);
  for (const name of ["postgres", "duckdb"] as const) {
    if (!peers.includes(name)) continue;
    const loaded = await time(() => (name === "postgres" ? openPostgres(csv, folder) : openDuckdb(csv)));
    console.log(`${name} loaded in ${(loaded.wall_ms / 1000).toFixed(1)} s`);
    for (const floor of floors) await compare(`${name}, fetch loop`, floor, () => traceByFetching(loaded.result.fetch, question(floor)));
    await loaded.result.close();
  }
}
if (peers.includes("graphology")) {
  const giverOf = new Int32Array(ROWS);
  for (let account = 0; account < accounts.count; account++) giverOf.fill(account, segment.starts[account], segment.starts[account + 1]);
  const edges = await time(() => openGraphology(ROWS, (record) => [giverOf[record]!, toOf(records, record) & ACCOUNT_BITS, shareOf(records, record), rowOf(records, record)]));
  console.log(`graphology loaded in ${(edges.wall_ms / 1000).toFixed(1)} s`);
  // It keeps debits of the accounts it has met once: its first question is slower than those that are counted.
  for (const floor of floors) await compare("graphology", floor, async () => ({ ...edges.result(question(floor)), rounds: 1, fetch_ms: 0 }));
}
if (peers.includes("exact")) await exactOverReached();
rmSync(folder, { recursive: true });

async function compare(name: string, floor: number, run: () => Promise<Answer & { rounds: number; fetch_ms: number }>): Promise<void> {
  // Ours again right beside it, so that both meet the same machine.
  const own = await repeated(5, () => ask("haircut", floor));
  const first = await time(run);
  const peer = first.wall_ms > 3000 ? first : await repeated(3, run);
  const { edges, checksum, rounds, fetch_ms } = peer.result;
  const expected = answerOf(own.result);
  const same = edges === expected.edges && checksum === expected.checksum ? "same checksum" : `OTHER ANSWER (${edges} ${checksum}, expected ${expected.edges} ${expected.checksum})`;
  console.log(`${name}, floor ${floor} ETH: ${peer.wall_ms.toFixed(0)} ms in ${rounds} rounds (${fetch_ms.toFixed(0)} ms of it in the engine, the rest settling), ${(peer.wall_ms / own.wall_ms).toFixed(0)} times ours (${own.wall_ms.toFixed(1)} ms beside it), in the engine alone ${(fetch_ms / own.wall_ms).toFixed(0)} times, ${same}`);
}

function worst({ run }: FastTrace): number {
  let bound = 0;
  for (let slot = 0; slot < run.slots.count; slot++) bound = Math.max(bound, run.slots.amounts[2 * slot + 1]!);
  return bound + run.astray + run.lost;
}

function writeCsv(path: string): void {
  const file = openSync(path, "w");
  let lines: string[] = [];
  for (let account = 0; account < accounts.count; account++)
    for (let record = segment.starts[account]!; record < segment.starts[account + 1]!; record++) {
      lines.push(`${rowOf(records, record)},${account},${toOf(records, record) & ACCOUNT_BITS},${shareOf(records, record)}\n`);
      if (lines.length === 20_000) {
        writeSync(file, lines.join(""));
        lines = [];
      }
    }
  writeSync(file, lines.join(""));
  closeSync(file);
}

/** The exact kernel over the ledgers of all accounts that a gwei or more has reached: what evidence is made from. */
async function exactOverReached(): Promise<void> {
  const { run } = ask("haircut", 1e-9);
  const reached = new Set<number>();
  for (let slot = 0; slot < run.slots.count; slot++) {
    const account = run.slots.ints[slot * SLOT + GIVES.account]!;
    if (!isStop(account)) reached.add(account);
  }
  const rows: number[] = [];
  for (let row = 0; row < ROWS; row++) if (reached.has(world.from[row]!) || reached.has(world.to[row]!)) rows.push(row);
  const cells = rows.map((row) => ({
    amount: String(joinLimbs(world.high[row]!, world.low[row]!)), asset: "native", block: String(row), chain: "", from: `a${world.from[row]}`, index: "0", kind: "transfer", time: "",
    to: `a${world.to[row]}`, tx_index: "0", txid: `t${row}`,
  }));
  const root = growRoot();
  for (const row of cells) root.add(Buffer.from(rowText(row)));
  const set = { rows_root: root.hex(), row_count: rows.length };
  const texts = async function* () {
    for (const row of cells) yield rowText(row);
  };
  log("columns made of rows and kept", await time(() => columnsOfSet(folder, set, texts)));
  const thefts = new Set(world.thefts);
  const seedRows = rows.flatMap((row, at) => (thefts.has(row) ? [at] : []));
  const stopsHere = new Set(rows.flatMap((row) => [world.from[row]!, world.to[row]!]).filter(isStop));
  const named = new Map([...stopsHere].map((account) => [`a${account}`, { reason: "service" as const }]));
  for (const method of ["haircut", "fifo", "lifo"] as const)
    for (const from of ["columns on the disk", "transfers in memory"]) {
      const opened = await time(async () => {
        if (from === "transfers in memory") return buildTransferTable(cells.map((row, at) => toTransfer(row, `bench:${at + 1}`)));
        return tableOver(rowsOfColumns([{ name: "bench", columns: (await columnsOfSet(folder, set, texts))! }]));
      });
      const data = { kind: "accounts" as const, table: opened.result };
      const request = { seeds: [{ kind: "rows" as const, rows: seedRows, name: "thefts" }], methods: [method], stops: named, floor: 10n ** 9n };
      const first = await time(() => trace(data, request));
      const again = await repeated(5, () => trace(data, request));
      console.log(`exact ${method} over ${rows.length} rows of ${reached.size} accounts, floor 1 gwei, ${from}: ${first.result.get(method)!.step_count} steps`);
      log("  table", opened);
      log("  first", first);
      log(`  again, least ${again.least_ms.toFixed(0)}`, again);
    }
}

function log(what: string, { wall_ms, cpu_ms }: { wall_ms: number; cpu_ms: number }): void {
  console.log(`${what}: ${wall_ms.toFixed(0)} ms (thread ${cpu_ms.toFixed(0)})`);
}
