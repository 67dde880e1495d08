// Each source by its own reader, on the demo's files and on others' fixtures, and tokens that borrow a name.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "csv-parse/sync";
import { parquetWriteBuffer } from "hyparquet-writer";
import { corpus, repositoryRoot } from "../../../test/scale.ts";
import { smallNewsroom } from "../../../test/small-newsroom.ts";
import { readBitcoinBlock } from "../../chains/chains.ts";
import { listGaps } from "../gaps.ts";
import { importTransfers, type ImportTransfersOptions } from "../import-transfers.ts";
import { buildTransferTable, NOBODY } from "../transfer-table.ts";
import { readTransferSets } from "../transfer-sets.ts";
import { buildUtxoGraph } from "../utxo-graph.ts";
import { readParquet } from "./parquet.ts";
import type { FileRecord } from "./records.ts";
import { guessReader, TRANSFER_READERS } from "./readers.ts";
import { fileOnDisk, type SourceFile } from "./source-file.ts";
import { isBorrowedName, seenAs } from "./token-names.ts";

const sources = join(repositoryRoot, "demo", "sources");
const filesIn = (folder: string, own: RegExp) => readdirSync(folder).filter((name) => own.test(name)).map((name) => fileOnDisk(join(folder, name), name));
const readerOf = (format: string) => TRANSFER_READERS.find((reader) => reader.format === format)!;

async function read(format: string, files: SourceFile[], options: Partial<ImportTransfersOptions> = {}) {
  const newsroom = await smallNewsroom();
  try {
    const result = await importTransfers(newsroom, readerOf(format), files, { by: "test", retrieved_at: "2026-01-01T00:00:00Z", ...options });
    return { ...(await readTransferSets(newsroom)), result };
  } finally {
    newsroom.remove();
  }
}

test("Nomad: what was taken and returned, by token as the victim's own sums have it", async () => {
  const { transfers, result } = await read("nomad-events", filesIn(join(sources, "nomad-bridge-hack"), readerOf("nomad-events").own_names!));
  const bridge = "0x88a69b4e698a4b090df6cf5bd7b2d47325ad30a3";
  const taken = transfers.filter(({ from }) => from === bridge);
  assert.deepEqual([taken.length, new Set(taken.map(({ txid }) => txid)).size, new Set(taken.map(({ to }) => to)).size, transfers.length], [1_175, 960, 561, 1_331]);
  assert.deepEqual([result.set, result.order], ["nomad-events/taken-and-returned", "block"]);
  const messages = Map.groupBy(transfers.filter(({ message }) => message !== undefined), ({ message }) => message);
  assert.equal(messages.size, 26);
  const { messages: followed, arrivalOf } = buildTransferTable(transfers);
  assert.deepEqual([followed.count, transfers.every((_, row) => arrivalOf(row) === NOBODY)], [0, true], "a replayed message is followed nowhere");
  assert.match(followed.notes.join(), /messages of bridges stand on more than two transfers/);
  const usdc = taken.filter(({ asset }) => asset.endsWith("erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48"));
  assert.equal(usdc.reduce((sum, { amount }) => sum + amount, 0n), 87_247_033_140_665n, "docs of the demo: 87,247,033.140665");
});

test("Ronin: exact wei from decimals, known by row, and the missing theft is the largest gap", async () => {
  const { transfers } = await read("ronin-transfers", filesIn(join(sources, "lazarus-ronin-eth-txs"), readerOf("ronin-transfers").own_names!));
  assert.equal(transfers.length, 436);
  const main = "0x098b716b8aaf21512996dc57eb0615e2383e2f96";
  const sent = transfers.filter(({ from }) => from === main).reduce((sum, { amount }) => sum + amount, 0n);
  assert.equal((sent + 5n * 10n ** 17n) / 10n ** 18n, 182_164n);
  const [worst] = listGaps(buildTransferTable(transfers));
  assert.deepEqual([worst!.address, worst!.missing / 10n ** 18n], [main, 173_598n]);
  assert.match(worst!.first, /^ronin-transfers\/listed-addresses:\d+$/);
});

test("Bitcoin's first blocks: ids from the bytes, addresses from the scripts, money that adds up", async () => {
  const files = filesIn(join(sources, "bitcoin-real-blocks"), /\.dat$/);
  assert.equal((await guessReader(files))?.format, "bitcoin-block");
  const { transactions } = await read("bitcoin-block", files);
  assert.equal(transactions.length, 262);
  const graph = buildUtxoGraph(transactions);
  // The first payment between people: block 170, 10 bitcoin from Satoshi Nakamoto to Hal Finney.
  const payment = transactions.find(({ txid }) => txid === "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16")!;
  assert.deepEqual([payment.block, payment.outputs], [
    170,
    [
      { value: 1_000_000_000n, address: "1Q2TWHE3GMdB6BZKafqwxXtWAWgFt5Jvm3" },
      { value: 4_000_000_000n, address: "12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S" },
    ],
  ]);
  assert.deepEqual(graph.inputValues(graph.numberOf(payment.txid)!), [5_000_000_000n]);
  assert.throws(() => readBitcoinBlock(Buffer.alloc(100), "x"), { code: "BAD_INPUT" });
});

const etl = corpus("data/bitcoin-etl-fixtures");
test("bitcoin-etl: every chain of its fixtures, values exact, shielded money from outside", { skip: etl.skip }, async () => {
  const chains: Record<string, string | undefined> = {
    bitcoin: undefined,
    bitcoin_cash: "bip122:000000000000000000651ef99cb9fcbe",
    dogecoin: "bip122:1a91e3dace36e2be3bf030a65679fe82",
    zcash: "bip122:00040fe8ec8471911baa1db1266ea15d",
  };
  let count = 0;
  for (const [folder, chain] of Object.entries(chains)) {
    const jobs = join(etl.path!, "test_export_blocks_job", folder);
    for (const job of readdirSync(jobs)) {
      const path = join(jobs, job, "expected_transactions.json");
      const text = readFileSync(path, "utf8").trim();
      if (text === "") continue;
      const { transactions } = await read("bitcoin-etl", [fileOnDisk(path, "transactions.json")], { chain });
      const stated = new Map(text.split("\n").map((line) => JSON.parse(line) as { hash: string; outputs: { value: number }[] }).map((item) => [item.hash, item]));
      assert.equal(transactions.length, stated.size, path);
      for (const { txid, outputs } of transactions)
        assert.deepEqual(
          outputs.map(({ value }) => value),
          stated.get(txid)!.outputs.map(({ value }) => BigInt(value)),
          txid,
        );
      count += transactions.length;
    }
  }
  assert.ok(count > 10, String(count));
});

const bybit = corpus("data/bybit-hop1-phvaz/hop1_first73.csv");
test("tokens that borrow a name are flagged, every one of a real list and no genuine one", { skip: bybit.skip }, async () => {
  const rows = parse(readFileSync(bybit.path!), { columns: true }) as Record<string, string>[];
  const lines = rows.map(
    (row) => `${row.hash},${row.block},${row.timestamp_utc} UTC,${row.from},${row.to},${row.contract},"${row.asset}",${row.amount}`,
  );
  const text = `txid,block,time,from,to,asset,symbol,amount\n${lines.join("\n")}\n`;
  const { result, transfers } = await read("transfers", [{ name: "hop1.csv", raw: () => [Buffer.from(text)] }], { chain: "eip155:1", decimals: 18 });
  const fake = new Set(rows.filter((row) => row.genuine_asset === "no").map((row) => `eip155:1/erc20:${row.contract}`));
  assert.deepEqual(new Set(Object.keys(result.report.borrowed_names)), fake);
  const ether = transfers.filter(({ asset }) => asset === "eip155:1/slip44:60").reduce((sum, { amount }) => sum + amount, 0n);
  assert.equal(ether, 400_001n * 10n ** 18n, "and none of them is in the sum of Ether");
});

const flood = corpus("data/bybit-incident-tna/decimals_processed.csv");
test("of the tokens that flooded one thief's address, those with a borrowed name are flagged and no other", { skip: flood.skip }, () => {
  const tokens = parse(readFileSync(flood.path!), { columns: true }) as { contractAddress: string; tokenSymbol: string }[];
  const flagged = tokens.filter(({ contractAddress, tokenSymbol }) => isBorrowedName("eip155:1", `eip155:1/erc20:${contractAddress}`, tokenSymbol));
  const seen = Map.groupBy(flagged, ({ tokenSymbol }) => seenAs(tokenSymbol));
  assert.deepEqual([tokens.length, [...seen].map(([name, own]) => [name, own.length]).sort()], [69, [["DAI", 3], ["ERC20", 1], ["ETH", 17], ["STETH", 5]]]);
  // The graph beside this list is not read: its edges add up raw units of different tokens, without time or transaction.
  const left = new Set(tokens.filter((token) => !flagged.includes(token)).map(({ tokenSymbol }) => tokenSymbol));
  for (const genuine of ["USDT", "stETH", "mETH", "cmETH", "USDC", "DAI", "LINK", "ETHO"]) assert.ok(left.has(genuine), genuine);
});

test("names by their looks", () => {
  assert.deepEqual(["ЕТН...", "stEТH", "ѕтETН", "USDТ", "U S D C"].map(seenAs), ["ETH", "STETH", "STETH", "USDT", "USDC"]);
  assert.equal(isBorrowedName("eip155:1", "eip155:1/erc20:0xdac17f958d2ee523a2206206994597c13d831ec7", "USDT"), false);
  assert.equal(isBorrowedName("eip155:1", `eip155:1/erc20:0x${"1".repeat(40)}`, "usdt"), true);
  assert.equal(isBorrowedName("eip155:1", "eip155:1/slip44:60", "ETH"), false);
  assert.equal(isBorrowedName("eip155:1", `eip155:1/erc20:0x${"1".repeat(40)}`, "金"), false, "a name of another script that looks like no known one");
});

test("Parquet gives the same set as CSV: numbers of every width, bytes, times, nothing rounded", async () => {
  const big = 2n ** 200n + 7n;
  const [a, b] = ["aa", "bb"].map((byte) => Buffer.from(byte.repeat(20), "hex"));
  const file = parquetWriteBuffer({
    columnData: [
      { name: "txid", data: ["0x" + "1".repeat(64), "0x" + "2".repeat(64)], type: "STRING" },
      { name: "block", data: [5n, 6n], type: "INT64" },
      { name: "time", data: [new Date("2022-01-01T00:00:00Z"), new Date("2022-01-02T00:00:00Z")], type: "TIMESTAMP" },
      { name: "from", data: [a, b], type: "BYTE_ARRAY" },
      { name: "to", data: [b, null], type: "BYTE_ARRAY", nullable: true },
      { name: "amount", data: [String(big), "3"], type: "STRING" },
    ],
  });
  const bytes = (name: string, body: Uint8Array): SourceFile => ({ name, raw: () => [body] });
  const parquet = await read("transfers", [bytes("t.parquet", new Uint8Array(file))], { chain: "eip155:1" });
  const csv = `txid,block,time,from,to,amount\n0x${"1".repeat(64)},5,2022-01-01T00:00:00Z,0x${"aa".repeat(20)},0x${"bb".repeat(20)},${big}\n0x${"2".repeat(64)},6,2022-01-02T00:00:00Z,0x${"bb".repeat(20)},,3\n`;
  assert.equal(parquet.result.rows_root, (await read("transfers", [bytes("t.csv", Buffer.from(csv))], { chain: "eip155:1" })).result.rows_root);
  await assert.rejects(read("transfers", [bytes("t.parquet", new Uint8Array(file).subarray(0, 300))]), { code: "BAD_INPUT", message: /Parquet/ });
});

test("row groups of any size, read one by one from a file put aside, or held whole, give the same records; nothing is left behind", async () => {
  const count = 1_000;
  const cells = Array.from({ length: count }, (_, at) => ({ txid: `t${at}`, amount: BigInt(at) * 2n ** 40n, to: at % 7 === 0 ? null : `a${at % 13}` }));
  const folder = mkdtempSync(join(tmpdir(), "tracewire-parquet-"));
  for (const rowGroupSize of [1, 7, 100, 999, 1_000]) {
    const columnData = (["txid", "amount", "to"] as const).map((name) => ({ name, data: cells.map((cell) => cell[name]), type: name === "amount" ? ("INT64" as const) : ("STRING" as const), nullable: name === "to" }));
    const body = new Uint8Array(parquetWriteBuffer({ rowGroupSize: [rowGroupSize], columnData }));
    const path = join(folder, "aside");
    for (const temporary of [undefined, () => path]) {
      const found: FileRecord[] = [];
      for await (const batch of readParquet({ name: "t.parquet", pieces: () => [body.subarray(0, 9), body.subarray(9)], ...(temporary ? { temporary } : {}) })) {
        assert.equal(existsSync(path), temporary !== undefined);
        found.push(...batch);
      }
      assert.deepEqual(found, cells.map(({ txid, amount, to }, at) => ({ line: at + 1, value: { txid, amount: String(amount), to } })), `groups of ${rowGroupSize}`);
      assert.equal(existsSync(path), false);
    }
  }
  const cut = readParquet({ name: "t.parquet", pieces: () => [Buffer.from("PAR1PAR1")], temporary: () => join(folder, "cut") });
  await assert.rejects(cut.next(), { code: "BAD_INPUT" });
  const failing = { name: "t.parquet", *pieces() { yield Buffer.from("PAR1"); throw new Error("gone"); }, temporary: () => join(folder, "failing") };
  await assert.rejects(readParquet(failing).next(), /gone/);
  assert.deepEqual(readdirSync(folder), []);
  rmSync(folder, { recursive: true });
});
