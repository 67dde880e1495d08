// What ethereum-etl exported comes out as others' arithmetic has it: GraphSense's balances, and what its small graph of
// addresses received, spent and passed on.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { corpus } from "../../test/scale.ts";
import { smallNewsroom } from "../../test/small-newsroom.ts";
import { importTransfers } from "./import-transfers.ts";
import { ethereumEtl } from "./readers/ethereum-etl.ts";
import { fileOnDisk } from "./readers/source-file.ts";
import { guessReader } from "./readers/readers.ts";
import { readTransferSets } from "./transfer-sets.ts";
import type { Transfer } from "./transfer.ts";

const balances = corpus("vectors/graphsense-eth-balance");
const simple = corpus("vectors/graphsense-eth-simple");
const fixtures = corpus("data/ethereum-etl-fixtures");

async function readFolder(paths: string[]): Promise<{ transfers: readonly Transfer[]; notes: string[] }> {
  const newsroom = await smallNewsroom();
  try {
    const files = paths.map((path) => fileOnDisk(path, path.split("/").at(-1)!));
    assert.equal((await guessReader(files))?.format, "ethereum-etl");
    const { collected } = await importTransfers(newsroom, ethereumEtl, files, { by: "test", retrieved_at: "2026-01-01T00:00:00Z" });
    return { transfers: (await readTransferSets(newsroom)).transfers, notes: collected.report.notes };
  } finally {
    newsroom.remove();
  }
}

test("GraphSense's balances, gas, rewards and tokens included", { skip: balances.skip }, async () => {
  const folder = balances.path!;
  const { transfers } = await readFolder(["blocks.csv", "traces.csv", "transactions.csv", "logs.json"].map((name) => join(folder, name)));
  const tokens: Record<string, string> = {
    "eip155:1/slip44:60": "ETH",
    "eip155:1/erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48": "USDC",
    "eip155:1/erc20:0xdac17f958d2ee523a2206206994597c13d831ec7": "USDT",
    "eip155:1/erc20:0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2": "WETH",
  };
  const sums = new Map<string, bigint>();
  const add = (address: string | null, asset: string, amount: bigint) => {
    if (address === null || !tokens[asset]) return;
    const name = `${address} ${tokens[asset]}`;
    sums.set(name, (sums.get(name) ?? 0n) + amount);
  };
  for (const { from, to, asset, amount } of transfers) {
    add(from, asset, -amount);
    add(to, asset, amount);
  }
  const got = [...sums].filter(([, amount]) => amount !== 0n).map(([name, amount]) => `${amount} ${name.split(" ")[1]}`);
  const wanted = readFileSync(join(folder, "reference", "balances.csv"), "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","))
    .map(([, , balance, currency]) => `${balance} ${currency}`);
  assert.deepEqual(got.sort(), wanted.sort());
});

type Value = { value: bigint };
type Relation = { srcAddressId: bigint; dstAddressId: bigint; noTransactions: bigint; value: Value };
type Address = { addressId: bigint; address: string; totalReceived: Value; totalSpent: Value; noIncomingTxs: bigint; noOutgoingTxs: bigint; inDegree: bigint; outDegree: bigint };

test("GraphSense's small graph: what each address received and spent, and from whom to whom", { skip: simple.skip }, async () => {
  const folder = simple.path!;
  // Whole numbers beyond 2^53 keep their digits; fractions (dollars) are not looked at.
  const load = <T>(name: string): T[] =>
    readFileSync(join(folder, "reference", name), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line, ((_: string, value: unknown, { source }: { source?: string }) => (source && /^\d+$/.test(source) ? BigInt(source) : value)) as never) as T);
  const { transfers } = await readFolder(["traces.csv", "transactions.csv"].map((name) => join(folder, name)));
  const moved = transfers.filter(({ kind, from, to }) => kind === "transfer" && from !== null && to !== null);
  const named = new Map(load<Address>("addresses.json").map((item) => [item.addressId, `0x${Buffer.from(item.address, "base64").toString("hex")}`]));
  const relations = new Map<string, [bigint, bigint]>();
  for (const { from, to, amount } of moved) {
    const [count, sum] = relations.get(`${from} ${to}`) ?? [0n, 0n];
    relations.set(`${from} ${to}`, [count + 1n, sum + amount]);
  }
  const wanted = load<Relation>("address_relations.json").map((item) => [`${named.get(item.srcAddressId)} ${named.get(item.dstAddressId)}`, [item.noTransactions, item.value.value]]);
  assert.deepEqual([...relations].sort(), wanted.sort());
  for (const item of load<Address>("addresses.json")) {
    const address = named.get(item.addressId)!;
    const [received, spent] = [moved.filter(({ to }) => to === address), moved.filter(({ from }) => from === address)];
    const sum = (list: Transfer[]) => list.reduce((total, { amount }) => total + amount, 0n);
    assert.deepEqual(
      [sum(received), sum(spent), received.length, spent.length, new Set(received.map(({ from }) => from)).size, new Set(spent.map(({ to }) => to)).size].map(String),
      [item.totalReceived.value, item.totalSpent.value, item.noIncomingTxs, item.noOutgoingTxs, item.inDegree, item.outDegree].map(String),
      address,
    );
  }
});

test("exports as CSV and as JSON: failed calls, contracts made and ended, withdrawals, fees from receipts", { skip: fixtures.skip }, async () => {
  const at = (...names: string[]) => names.map((name) => join(fixtures.path!, name));
  const error = await readFolder(at("test_export_traces_job/block_with_error/expected_traces.csv"));
  assert.ok(error.notes.some((note) => /failed/.test(note)));
  assert.deepEqual(error.transfers.map(({ kind, amount }) => [kind, amount]), [
    ["transfer", 1_100_000_000_000_000_000n],
    ["reward", 5_000_000_000_000_000_000n],
  ]);
  const ended = await readFolder(at("test_export_traces_job/block_with_suicide/expected_traces.csv"));
  assert.deepEqual(ended.transfers.map(({ kind, index, amount }) => [kind, index, amount]), [
    ["transfer", 0, 0n],
    ["internal", 1, 50_000_000_000_000_000n],
    ["reward", null, 5_000_000_000_000_000_000n],
  ]);
  const stream = "test_stream/blocks_17173049_17173050";
  const whole = await readFolder(at(`${stream}/expected_blocks.json`, `${stream}/expected_transactions.json`, `${stream}/expected_token_transfers.json`));
  const logs = await readFolder(at(`${stream}/expected_blocks.json`, `${stream}/expected_transactions.json`, `${stream}/expected_logs.json`));
  const twice = await readFolder(at(...Array(2).fill([`${stream}/expected_blocks.json`, `${stream}/expected_transactions.json`, `${stream}/expected_token_transfers.json`]).flat()));
  assert.deepEqual(twice.transfers, whole.transfers, "an export that comes twice pays nobody twice");
  const tokens = (list: readonly Transfer[]) => list.filter(({ asset }) => asset.includes("erc20")).map(({ row: _, ...transfer }) => transfer);
  assert.ok(tokens(whole.transfers).length > 100);
  assert.ok(tokens(whole.transfers).every(({ tx_index, time }) => tx_index !== null && time !== null), "completed from the block's other rows");
  assert.deepEqual(tokens(logs.transfers), tokens(whole.transfers).filter(({ asset }) => tokens(logs.transfers).some((other) => other.asset === asset)));
  const blocks = readFileSync(join(fixtures.path!, stream, "expected_blocks.json"), "utf8").trim().split("\n").map((line) => JSON.parse(line) as { withdrawals: { amount: number }[]; transaction_count: number });
  const gwei = blocks.flatMap(({ withdrawals }) => withdrawals).reduce((sum, { amount }) => sum + BigInt(amount), 0n);
  const rewards = whole.transfers.filter(({ kind }) => kind === "reward");
  assert.equal(rewards.filter(({ index }) => index !== null).reduce((sum, { amount }) => sum + amount, 0n), gwei * 1_000_000_000n);
  assert.equal(whole.transfers.filter(({ kind }) => kind === "fee").length, blocks.reduce((sum, { transaction_count }) => sum + transaction_count, 0));
});
