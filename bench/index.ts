// Building the index of the fast kernel from Parquet: decoded by DuckDB, addresses to numbers, exact balances, records,
// files on disk, opened again. And one more day appended.
// Run: <pinned node> bench/index.ts [TRANSFERS, default 10000000]   (first: cd bench && npm install --ignore-scripts)
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KEY_WORDS } from "../src/tracing/fast/address-book.ts";
import { buildSegment } from "../src/tracing/fast/build-segment.ts";
import { openSegments, saveSegment } from "../src/tracing/fast/index-files.ts";
import { BATCH_ROWS, Numbering } from "../src/tracing/fast/numbering.ts";
import { traceFast } from "../src/tracing/fast/trace-fast.ts";
import { addressWords, generateWorld, type World } from "./generate-transfers.ts";
import { describeMachine, time, type Timing } from "./machine.ts";

// As whoever asks opens it: in a process that has not just filled and freed gigabytes.
if (process.argv[2] === "open") {
  console.log(JSON.stringify(await time(() => openSegments([process.argv[3]!]).length)));
  process.exit(0);
}
const ROWS = Number(process.argv[2] ?? 10_000_000);
const DAY = Math.round(ROWS / 10);
const duckdb = await import("@duckdb/node-api" as string);
const folder = mkdtempSync(join(tmpdir(), "tracewire-bench-index-"));
const log = (what: string, { wall_ms, cpu_ms }: { wall_ms: number; cpu_ms: number }, rows?: number) =>
  console.log(`${what.padEnd(44)} ${(wall_ms / 1000).toFixed(2)} s wall, ${(cpu_ms / 1000).toFixed(2)} s of this thread${rows ? `, ${(rows / wall_ms / 1000).toFixed(2)} M transfers/s (${(rows / cpu_ms / 1000).toFixed(2)} by thread time)` : ""}`);

describeMachine();
const world = generateWorld(ROWS + DAY);
const file = join(folder, "transfers.parquet");
const dayFile = join(folder, "day.parquet");
const instance = await duckdb.DuckDBInstance.create(":memory:", { threads: "2" });
const connection = await instance.connect();
await writeParquet(world, 0, ROWS, file);
await writeParquet(world, ROWS, ROWS + DAY, dayFile);
console.log(`${ROWS} transfers, ${world.addresses} addresses, Parquet ${(statSync(file).size / ROWS).toFixed(1)} bytes a transfer`);

/** Accounts by asset and address, numbered beside the decoding. */
const numbering = new Numbering(2 ** 23);
const base = join(folder, "base");
const whole = await time(async () => {
  const read = await time(() => readParquet(file, ROWS));
  log("  Parquet, addresses and accounts to numbers", read, ROWS);
  const built = await time(() => buildSegment(read.result, { accounts: read.result.accounts }));
  log("  exact balances, shares, records", built, ROWS);
  log("  files written", await time(() => saveSegment(base, built.result)));
  const opened = await time(() => openSegments([base])[0]!);
  log("  opened", opened);
  return read.result.accounts;
});
log("from Parquet to opened index", whole, ROWS);
const accountsAtBase = whole.result;
console.log(`${accountsAtBase} accounts; in memory for a forward haircut ${(20 + (4 * accountsAtBase) / ROWS).toFixed(1)} bytes a transfer, on disk with exact amounts ${(["records", "starts", "ledger", "closing", "given_by"].reduce((sum, name) => sum + statSync(join(base, name)).size, 0) / ROWS).toFixed(1)}`);
for (let round = 0; round < 3; round++)
  log("opened warm, in a new process", JSON.parse(execFileSync(process.execPath, [import.meta.filename, "open", base], { encoding: "utf8" })) as Timing);

const segments = openSegments([base]);
const dayFolder = join(folder, "day");
const appended = await time(async () => {
  const columns = await readParquet(dayFile, DAY);
  saveSegment(dayFolder, buildSegment(columns, { accounts: columns.accounts, after: segments[0] }));
});
log("a tenth of that appended as a segment", appended, DAY);
const both = openSegments([base, dayFolder]);
const seeds = { rows: world.thefts, sources: [], lots: [] };
for (const method of ["haircut", "fifo", "lifo"] as const) {
  const two = await time(() => traceFast(both, { method, seeds, conversions: false, floor: 10n ** 19n }));
  console.log(`${method} over both segments: ${two.result.run.edges} edges, balanced, ${two.cpu_ms.toFixed(1)} ms`);
}
await numbering.close();
rmSync(folder, { recursive: true });

async function readParquet(path: string, rows: number) {
  const shared = () => new Int32Array(new SharedArrayBuffer(4 * rows));
  const columns = { rows, from: shared(), to: shared(), high: new Float64Array(rows), low: new Float64Array(rows) };
  numbering.begin(columns);
  const result = await connection.stream(`select f0, f1, f2, t0, t1, t2, asset, amount from '${path}'`);
  let batch = await numbering.take();
  let [first, filled] = [0, 0];
  for (;;) {
    const chunk = await result.fetchChunk();
    const count = chunk?.rowCount ?? 0;
    if (filled + count > BATCH_ROWS || count === 0) {
      numbering.put(batch, filled, first);
      [first, filled, batch] = [first + filled, 0, await numbering.take()];
    }
    if (count === 0) break;
    const halves = [0, 1, 3, 4].map((column) => {
      const { items } = chunk.getColumnVector(column) as { items: BigUint64Array };
      return new Int32Array(items.buffer, items.byteOffset, 2 * items.length);
    });
    const [fromEnd, toEnd] = [2, 5].map((column) => (chunk.getColumnVector(column) as { items: Uint32Array }).items);
    const { items: assets } = chunk.getColumnVector(6) as { items: Uint8Array };
    // DECIMAL(38) lies in memory as 128 bits, the low half first.
    const { dataView } = chunk.getColumnVector(7) as { dataView: DataView };
    const amounts = new Uint32Array(dataView.buffer, dataView.byteOffset, 4 * count);
    const [f0, f1, t0, t1] = halves as [Int32Array, Int32Array, Int32Array, Int32Array];
    const { words } = batch;
    for (let at = 0, row = first + filled, own = 2 * KEY_WORDS * filled; at < count; at++, row++, own += 2 * KEY_WORDS) {
      words[own] = words[own + 6] = assets[at]!;
      words[own + 1] = f0[2 * at]!;
      words[own + 2] = f0[2 * at + 1]!;
      words[own + 3] = f1[2 * at]!;
      words[own + 4] = f1[2 * at + 1]!;
      words[own + 5] = fromEnd![at]!;
      words[own + 7] = t0[2 * at]!;
      words[own + 8] = t0[2 * at + 1]!;
      words[own + 9] = t1[2 * at]!;
      words[own + 10] = t1[2 * at + 1]!;
      words[own + 11] = toEnd![at]!;
      const middle = amounts[4 * at + 1]!;
      columns.low[row] = amounts[4 * at]! + (middle & 0x3ffff) * 2 ** 32;
      columns.high[row] = (middle >>> 18) + amounts[4 * at + 2]! * 2 ** 14 + amounts[4 * at + 3]! * 2 ** 46;
    }
    filled += count;
  }
  numbering.put(batch, 0, first);
  return { ...columns, accounts: await numbering.end() };
}

/** Addresses as three integers, since DuckDB hands blobs to JavaScript one by one. */
async function writeParquet(from: World, first: number, end: number, path: string): Promise<void> {
  await connection.run("create or replace table transfers (f0 ubigint, f1 ubigint, f2 uinteger, t0 ubigint, t1 ubigint, t2 uinteger, asset utinyint, amount decimal(38, 0))");
  const appender = await connection.createAppender("transfers");
  const { DuckDBDataChunk, UBIGINT, UINTEGER, UTINYINT, DECIMAL, DuckDBDecimalValue } = duckdb;
  const types = [UBIGINT, UBIGINT, UINTEGER, UBIGINT, UBIGINT, UINTEGER, UTINYINT, DECIMAL(38, 0)];
  const words = new Uint32Array(5);
  const wide = (at: number) => BigInt(words[at]!) | (BigInt(words[at + 1]!) << 32n);
  for (let row = first; row < end; ) {
    const chunk = DuckDBDataChunk.create(types);
    const count = Math.min(2048, end - row);
    const columns: unknown[][] = types.map(() => []);
    for (let at = 0; at < count; at++, row++) {
      addressWords(from.from[row]!, words, 0);
      columns[0]!.push(wide(0));
      columns[1]!.push(wide(2));
      columns[2]!.push(words[4]);
      addressWords(from.to[row]!, words, 0);
      columns[3]!.push(wide(0));
      columns[4]!.push(wide(2));
      columns[5]!.push(words[4]);
      columns[6]!.push(from.asset[row]);
      columns[7]!.push(new DuckDBDecimalValue((BigInt(from.high[row]!) << 50n) + BigInt(from.low[row]!), 38, 0));
    }
    chunk.setColumns(columns);
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
  await connection.run(`copy transfers to '${path}' (format parquet, compression zstd)`);
  await connection.run("drop table transfers");
}
