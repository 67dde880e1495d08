// Transfers in: exact values, one spelling for each, the same digest however the files came, and errors that name their
// place and leave nothing behind.
import assert from "node:assert/strict";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { scaled, seed } from "../../test/scale.ts";
import { smallNewsroom, type SmallNewsroom } from "../../test/small-newsroom.ts";
import { seededRandom } from "../effects.ts";
import { canonicalJson, merkleRoot } from "../evidence/evidence.ts";
import { recomputeFolder } from "../recompute.ts";
import { importTransfers, type ImportTransfersOptions } from "./import-transfers.ts";
import { transfersReader } from "./readers/transfers.ts";
import { utxoReader } from "./readers/utxo.ts";
import type { SourceFile } from "./readers/source-file.ts";
import { segmentPath } from "./segment-file.ts";
import { listTransferSets, readTransferSets, supersededSets } from "./transfer-sets.ts";
import { transferName } from "./transfer.ts";

export const bytesFile = (name: string, bytes: string | Uint8Array, piece_bytes = 1_000_003): SourceFile => ({
  name,
  *raw() {
    const all = Buffer.from(bytes as string);
    for (let at = 0; at < all.length; at += piece_bytes) yield all.subarray(at, at + piece_bytes);
  },
});
const OPTIONS = { by: "test", retrieved_at: "2026-01-01T00:00:00Z" };
const put = (newsroom: SmallNewsroom, files: SourceFile[] | string, options: Partial<ImportTransfersOptions> = {}) =>
  importTransfers(newsroom, transfersReader, typeof files === "string" ? [bytesFile("t.csv", files)] : files, { ...OPTIONS, ...options });
const withNewsroom = async (run: (newsroom: SmallNewsroom) => Promise<void>) => {
  const newsroom = await smallNewsroom();
  try {
    await run(newsroom);
  } finally {
    newsroom.remove();
  }
};

const A = `0x${"a".repeat(40)}`;
const B = `0x${"b".repeat(40)}`;
const HEAD = "chain,txid,block,tx_index,index,kind,time,from,to,asset,amount,fee\n";
const tx = (n: number) => `0x${n.toString(16).padStart(64, "0")}`;

/** Placed rows of a chain: several a block, fees, look-alikes of other transactions, every amount up to the largest. */
function placedRows(count: number, random = seededRandom(seed)): string[] {
  const below = (limit: number) => (random(4).reduce((sum, byte) => sum * 256 + byte, 0) >>> 0) % limit;
  return Array.from({ length: count }, (_, at) => {
    const amount = at % 97 === 0 ? (2n ** 256n - 1n).toString() : String(below(1_000_000));
    const party = () => `0x${below(40).toString(16).padStart(40, "0")}`;
    return `eip155:1,${tx(at >> 1)},${at >> 4},${(at >> 1) % 8},${at % 2},,${new Date(1.6e12 + (at >> 4) * 12_000).toISOString()},${party()},${party()},,${amount},${at % 2 === 0 ? 21 : ""}\n`;
  });
}
function shuffled<T>(items: readonly T[], random = seededRandom(seed + 1)): T[] {
  const out = [...items];
  for (let at = out.length - 1; at > 0; at--) {
    const other = (random(4).reduce((sum, byte) => sum * 256 + byte, 0) >>> 0) % (at + 1);
    [out[at], out[other]] = [out[other]!, out[at]!];
  }
  return out;
}

test("a table of transfers becomes rows in one spelling, exact to 2^256 - 1, with the fee as a row of its own", () =>
  withNewsroom(async (newsroom) => {
    const max = 2n ** 256n - 1n;
    const text = `\ufeff${HEAD}eip155:1,${tx(7).toUpperCase().replace("0X", "0x")},5,1,0,,1650000000,0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed,${B},,${max},21\r
eip155:1,${tx(8)},4,0,,,2022-04-15 05:20:00 UTC,${A},"${B}",0xdAC17F958D2ee523a2206206994597C13D831ec7,0007,\r\n`;
    const result = await put(newsroom, text);
    assert.deepEqual([result.row_count, result.order, result.set], [3, "block", "transfers/t"]);
    const { transfers, sets } = await readTransferSets(newsroom);
    assert.deepEqual(
      transfers.map(({ block, kind, time, from, to, asset, amount, row }) => [block, kind, time, from, to, asset, amount, row]),
      [
        [4, "transfer", "2022-04-15T05:20:00Z", A, B, "eip155:1/erc20:0xdac17f958d2ee523a2206206994597c13d831ec7", 7n, "transfers/t:1"],
        [5, "transfer", "2022-04-15T05:20:00Z", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", B, "eip155:1/slip44:60", max, "transfers/t:2"],
        [5, "fee", "2022-04-15T05:20:00Z", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", null, "eip155:1/slip44:60", 21n, "transfers/t:3"],
      ],
    );
    assert.equal(transfers[1]!.txid, tx(7));
    assert.equal(sets[0]!.rows_root, result.rows_root);
    // The root is what anybody would compute from the rows as canonical JSON.
    for (const { text: row } of result.collected.rows()) assert.equal(row, canonicalJson(JSON.parse(row)));
    assert.equal(merkleRoot(Array.from(result.collected.rows(), (row) => Buffer.from(row.text))), result.rows_root);
    assert.deepEqual(await recomputeFolder(newsroom.folder), []);
  }));

test("the same rows as one JSON object a line give the same root; numbers beyond 2^53 keep every digit", () =>
  withNewsroom(async (newsroom) => {
    const big = 2n ** 200n + 1n;
    const csv = await put(newsroom, `${HEAD}eip155:1,${tx(1)},5,1,0,,,${A},${B},,${big},\n`);
    const json = `{"chain":"eip155:1","txid":"${tx(1)}","block":5,"tx_index":1,"index":0,"from":"${A}","to":"${B}","asset":null,"amount":${big}}\n`;
    const again = await put(newsroom, [bytesFile("t.ndjson", json)]);
    assert.deepEqual([again.outcome, again.rows_root, again.seq], ["unchanged", csv.rows_root, csv.seq]);
  }));

test("imported twice, shuffled, split, packed, in sorted runs, or in a segment file: one digest", async (t) => {
  const rows = placedRows(2_000);
  const plain = HEAD + rows.join("");
  let root = "";
  await withNewsroom(async (newsroom) => {
    root = (await put(newsroom, plain)).rows_root;
    const size = newsroom.log.size();
    assert.equal((await put(newsroom, plain)).outcome, "unchanged");
    assert.equal((await put(newsroom, HEAD + shuffled(rows).join(""))).rows_root, root);
    assert.equal((await put(newsroom, [bytesFile("a.csv.gz", gzipSync(plain))])).rows_root, root);
    assert.equal((await put(newsroom, [bytesFile("a.csv.zst", zstdCompressSync(Buffer.from(plain)), 11)])).rows_root, root);
    assert.equal((await put(newsroom, [bytesFile("t.csv", plain, 7)])).rows_root, root, "in pieces of seven bytes");
    for (const run_rows_max of [50, 333]) assert.equal((await put(newsroom, HEAD + shuffled(rows).join(""), { run_rows_max })).rows_root, root);
    const halves = [rows.slice(0, 1_200), rows.slice(800)].map((part, at) => bytesFile(`${at}.csv`, HEAD + part.join("")));
    const overlapping = await put(newsroom, halves, { run_rows_max: 170 });
    assert.deepEqual([overlapping.rows_root, overlapping.repeated > 400], [root, true]);
    assert.equal(newsroom.log.size(), size, "nothing was written again");
    assert.deepEqual(readdirSync(join(newsroom.folder, "segments", "tmp")), [], "nothing is left on the way");
  });
  const cuts = scaled(1_000);
  t.diagnostic(`${cuts} cuts, TRACEWIRE_SEED=${seed}`);
  const random = seededRandom(seed + 2);
  await withNewsroom(async (newsroom) => {
    const some = rows.slice(0, 200);
    const wanted = await put(newsroom, HEAD + some.join(""));
    for (let cut = 0; cut < cuts; cut++) {
      const at = (random(2)[0]! * 256 + random(1)[0]!) % some.length;
      const parts = [some.slice(0, at), some.slice(at)].filter((part) => part.length > 0);
      const both = await put(newsroom, parts.map((part, place) => bytesFile(`${place}.csv`, HEAD + part.join(""))));
      assert.equal(both.rows_root, wanted.rows_root);
    }
  });
  await withNewsroom(async (newsroom) => {
    const large = await put(newsroom, plain, { table_rows_max: 100, run_rows_max: 256 });
    assert.equal(large.rows_root, root);
    const [set] = listTransferSets(newsroom.log);
    assert.equal(set!.stored, "segment");
    const path = segmentPath(newsroom.folder, root);
    const { transfers } = await readTransferSets(newsroom);
    assert.equal(transfers.length, large.row_count);
    for (const damage of [() => rmSync(path), () => writeFileSync(path, "TWSEG1\nshort"), () => writeFileSync(path, "")]) {
      damage();
      assert.deepEqual((await readTransferSets(newsroom)).transfers, transfers, "made again from the captures");
      assert.ok(existsSync(path));
    }
    assert.deepEqual(await recomputeFolder(newsroom.folder), []);
  });
});

test("a transfer is one by chain, transaction, index and kind; what contradicts is refused with both rows", () =>
  withNewsroom(async (newsroom) => {
    const size = newsroom.log.size();
    const row = (amount: number, block = 5) => `eip155:1,${tx(1)},${block},0,0,,,${A},${B},,${amount},\n`;
    for (const other of [row(2), row(1, 6)])
      await assert.rejects(put(newsroom, HEAD + row(1) + other), (error: { code: string; where: string; message: string }) => {
        assert.equal(error.code, "BAD_INPUT");
        assert.match(error.where, /t\.csv:2 and t\.csv:3/);
        assert.match(error.message, /amount 1 and 2|block 5 and 6/);
        return true;
      });
    await assert.rejects(put(newsroom, HEAD + row(1) + row(1, 6) + placedRows(900).join(""), { run_rows_max: 100, table_rows_max: 50 }), { code: "BAD_INPUT" });
    assert.equal(newsroom.log.size(), size);
    assert.deepEqual(readdirSync(join(newsroom.folder, "segments", "tmp")), []);
    // Without an index, rows that look alike in one file are two; the same two in another file are the same two.
    const bare = `eip155:1,${tx(1)},5,0,,,,${A},${B},,1,\n`;
    const both = await put(newsroom, [bytesFile("a.csv", HEAD + bare + bare), bytesFile("b.csv", HEAD + bare + bare + bare)]);
    assert.deepEqual([both.row_count, both.look_alike, both.repeated], [3, 2, 2]);
    // A fee that several rows of a transaction repeat was paid once.
    const paid = await put(newsroom, `${HEAD}eip155:1,${tx(9)},5,0,0,,,${A},${B},,1,21\neip155:1,${tx(9)},5,0,1,,,${A},${B},,2,21\n`, { name: "paid" });
    assert.equal(paid.row_count, 3);
  }));

test("sets over one chain are put together: overlap once, contradiction refused, a superseded one left out", () =>
  withNewsroom(async (newsroom) => {
    const rows = placedRows(200);
    const whole = await put(newsroom, HEAD + rows.join(""), { name: "whole" });
    const { transfers } = await readTransferSets(newsroom);
    await put(newsroom, HEAD + rows.slice(0, 60).join(""), { name: "first-days" });
    const merged = await readTransferSets(newsroom);
    const known = (list: typeof transfers) => list.map(({ row: _, ...transfer }) => transfer);
    assert.deepEqual(known(merged.transfers), known(transfers));
    assert.match(merged.notes.join(), /are counted once/);
    assert.deepEqual((await readTransferSets(newsroom, { sets: ["first-days"] })).sets.map((set) => set.name), ["transfers/first-days"]);
    assert.deepEqual((await readTransferSets(newsroom, { log_size: 2 })).sets.length, 0);
    await assert.rejects(readTransferSets(newsroom, { sets: ["nothing"] }), { code: "NOT_FOUND" });
    const until = await readTransferSets(newsroom, { sets: ["whole"], until: transfers[50]!.time! });
    assert.ok(until.transfers.length > 0 && until.transfers.every(({ time }) => time! <= transfers[50]!.time!));

    // The last block was replaced.
    const moved = rows.map((row) => row.replace(/,(\d{1,6}),(\d*)\n$/, ",1$1,$2\n"));
    await assert.rejects(async () => {
      await put(newsroom, HEAD + moved.join(""), { name: "moved" });
      await readTransferSets(newsroom);
    }, { code: "BAD_INPUT" });
    const after = await put(newsroom, HEAD + moved.join(""), { name: "whole", supersedes: "first-days" });
    assert.deepEqual(supersededSets(newsroom.log), new Map([[listTransferSets(newsroom.log).find((set) => set.name === "transfers/first-days")!.seq, after.seq]]));
    assert.deepEqual((await readTransferSets(newsroom, { sets: [String(whole.seq)] })).transfers.length, transfers.length, "an older set stays readable");
  }));

test("rows without a place keep the file's order and are known by their row; times order where there are no blocks", () =>
  withNewsroom(async (newsroom) => {
    const plain = await put(newsroom, "from,to,amount\na,b,5\nb,c,3\na,b,5\n", { name: "plain" });
    assert.deepEqual([plain.order, plain.look_alike, plain.row_count], ["file", 1, 3]);
    const timed = await put(newsroom, `time,from,to,amount\n2022-01-02T00:00:00Z,b,c,3\n2022-01-01T00:00:00Z,a,b,5\n`, { name: "timed" });
    assert.equal(timed.order, "time");
    const read = await readTransferSets(newsroom, { sets: ["timed"] });
    assert.deepEqual(read.transfers.map((transfer) => [transferName(transfer), transfer.from, transfer.asset]), [
      ["transfers/timed:1", "a", "native"],
      ["transfers/timed:2", "b", "native"],
    ]);
    await assert.rejects(readTransferSets(newsroom), { code: "BAD_INPUT", message: /cannot be put in one order/ });
    await assert.rejects(readTransferSets(newsroom, { sets: ["plain"], until: "2022-01-01" }), { code: "BAD_ARGUMENT" });
  }));

test("transactions with inputs and outputs: no chain needed, any order, exact values, numbers or text", () =>
  withNewsroom(async (newsroom) => {
    const big = 2n ** 70n;
    const lines = [
      `{"txid":"b","time":"2022-01-01T00:00:00Z","inputs":[{"txid":"a","vout":0}],"outputs":[{"value":"${big}","address":"x"}]}\n`,
      `{"txid":"a","time":1640995200,"inputs":[{"external":true,"value":${big}}],"outputs":[{"value":${big}}],"more":1}\n`,
    ];
    const import_ = (parts: string[]) => importTransfers(newsroom, utxoReader, [bytesFile("u.jsonl", parts.join(""))], OPTIONS);
    const first = await import_(lines);
    assert.equal((await import_([...lines].reverse())).rows_root, first.rows_root);
    assert.deepEqual(first.report.unknown_fields, { more: 1 });
    const { transactions, sets } = await readTransferSets(newsroom);
    assert.equal(sets[0]!.kind, "utxo");
    assert.deepEqual(transactions.map(({ txid, outputs }) => [txid, outputs[0]!.value]), [
      ["a", big],
      ["b", big],
    ]);
    assert.deepEqual(transactions[0]!.inputs, [{ external: true, value: big, addresses: [] }]);
    await assert.rejects(import_([lines[0]!, lines[0]!.replace("x", "y")]), { code: "BAD_INPUT" });
  }));
