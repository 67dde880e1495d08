// Files that are wrong, strange or hostile: a named place and a hint, nothing half-written, memory bounded; and what is
// only strange is read as it stands.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { scaled, seed } from "../../../test/scale.ts";
import { smallNewsroom, type SmallNewsroom } from "../../../test/small-newsroom.ts";
import type { TracewireError } from "../../errors.ts";
import { listGaps } from "../gaps.ts";
import { importTransfers, type ImportTransfersOptions } from "../import-transfers.ts";
import { readTransferSets } from "../transfer-sets.ts";
import { buildTransferTable } from "../transfer-table.ts";
import { guessReader, TRANSFER_READERS } from "./readers.ts";
import type { SourceFile } from "./source-file.ts";

const A = `0x${"a".repeat(40)}`;
const B = `0x${"b".repeat(40)}`;
const HEAD = "chain,txid,block,tx_index,index,from,to,asset,amount\n";
const file = (name: string, bytes: string | Uint8Array): SourceFile => ({ name, raw: () => [Buffer.from(bytes as string)] });
const put = (newsroom: SmallNewsroom, format: string, files: SourceFile[], options: Partial<ImportTransfersOptions> = {}) =>
  importTransfers(newsroom, TRANSFER_READERS.find((reader) => reader.format === format)!, files, { by: "test", retrieved_at: "2026-01-01T00:00:00Z", ...options });

test("a comma as decimal mark is named as one; a table of another dialect is guessed, and then refused for what it is", async () => {
  const newsroom = await smallNewsroom();
  try {
    for (const amount of ["12,5", "1.234,56", "1'234,5"])
      await assert.rejects(put(newsroom, "transfers", [file("t.csv", `from,to,amount\na,b,"${amount}"\n`)], { decimals: 2 }), (error: TracewireError) => /comma as decimal mark.*--decimals/.test(error.hint));
    assert.equal((await guessReader([file("t.csv", "txid;from;to;amount\na;b;c;1\n")]))?.format, "transfers");
  } finally {
    newsroom.remove();
  }
});

test("each wrong file is refused with file, line and field, and leaves nothing behind", async () => {
  const newsroom = await smallNewsroom();
  const size = newsroom.log.size();
  const row = (over: Record<string, string>) => {
    const cells: Record<string, string> = { chain: "eip155:1", txid: "0x1", block: "1", tx_index: "0", index: "0", from: A, to: B, asset: "", amount: "1", ...over };
    return HEAD + HEAD.trim().split(",").map((name) => cells[name]).join(",") + "\n";
  };
  const utxo = (text: string) => file("u.jsonl", text);
  const bad: [what: string, format: string, file: SourceFile, where: RegExp, message: RegExp][] = [
    ["an empty file", "transfers", file("t.csv", ""), /^t\.csv:1$/, /it is empty/],
    ["a header alone", "transfers", file("t.csv", HEAD), /t\.csv/, /no row/],
    ["a header without amount", "transfers", file("t.csv", "from,to\na,b\n"), /^t\.csv:1$/, /amount/],
    ["a header of other names", "transfers", file("t.csv", "hash,sender,amount\na,b,1\n"), /^t\.csv:1$/, /^from, to: there is no such column\. The file has: hash, sender, amount$/],
    ["semicolons", "transfers", file("t.csv", "from;to;amount\na;b;1,5\n"), /^t\.csv:1$/, /separates its cells by semicolons \(;\), and commas are wanted/],
    ["tabs", "transfers", file("t.csv", "from\tto\tamount\na\tb\t1\n"), /^t\.csv:1$/, /separates its cells by tabs/],
    ["a bare contract without a chain", "transfers", file("t.csv", row({ chain: "", asset: A })), /^t\.csv:2$/, /^asset: .*is a contract, and on which chain it lies is not said/],
    ["a column twice", "transfers", file("t.csv", "from,to,amount,amount\na,b,1,2\n"), /^t\.csv:1$/, /twice/],
    ["a decimal point", "transfers", file("t.csv", row({ amount: "1.5" })), /^t\.csv:2$/, /^amount/],
    ["a decimal comma", "transfers", file("t.csv", row({ amount: '"1,000"' })), /^t\.csv:2$/, /^amount/],
    ["an exponent", "transfers", file("t.csv", row({ amount: "1e18" })), /^t\.csv:2$/, /^amount/],
    ["less than nothing", "transfers", file("t.csv", row({ amount: "-1" })), /^t\.csv:2$/, /^amount/],
    ["no amount", "transfers", file("t.csv", row({ amount: "" })), /^t\.csv:2$/, /^amount: it is empty/],
    ["2^256", "transfers", file("t.csv", row({ amount: String(2n ** 256n) })), /^t\.csv:2$/, /above 2\^256/],
    ["a very long amount", "transfers", file("t.csv", row({ amount: "9".repeat(100_000) })), /^t\.csv:2$/, /above 2\^256/],
    ["a block that is no number", "transfers", file("t.csv", row({ block: "0x10" })), /^t\.csv:2$/, /^block/],
    ["a block beyond doubles", "transfers", file("t.csv", row({ block: "9".repeat(20) })), /^t\.csv:2$/, /^block/],
    ["an unknown chain", "transfers", file("t.csv", row({ chain: "Ethereum" })), /^t\.csv:2$/, /^chain/],
    ["an address that is none", "transfers", file("t.csv", row({ from: "0x12" })), /^t\.csv:2$/, /^from/],
    ["nobody on either side", "transfers", file("t.csv", row({ from: "", to: "" })), /^t\.csv:2$/, /^from, to/],
    ["a ticker", "transfers", file("t.csv", row({ asset: "USDT" })), /^t\.csv:2$/, /^asset/],
    ["an asset of another chain", "transfers", file("t.csv", row({ asset: `eip155:56/bep20:${A}` })), /^t\.csv:2$/, /^asset/],
    ["a wrong checksum", "transfers", file("t.csv", row({ to: "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD" })), /^t\.csv:2$/, /checksum.*t\.csv:2 to/],
    ["a cut file", "transfers", file("t.csv", row({}) + "eip155:1,0x2,1,0,0,0xaaaa"), /^t\.csv:3$/, /6 cells/],
    ["a quotation mark that stays open", "transfers", file("t.csv", row({}) + 'eip155:1,"0x2,1,0,0,a,b,,1\n'), /^t\.csv:3$/, /not closed/],
    ["bytes that are no text", "transfers", file("t.csv", Buffer.concat([Buffer.from(HEAD), Buffer.from([0xff, 0xfe, 0x00])])), /^t\.csv/, /UTF-8/],
    ["a cut gzip", "transfers", file("t.csv.gz", gzipSync(row({}).repeat(50)).subarray(0, 60)), /^t\.csv\.gz$/, /unpacked/],
    ["a broken gzip", "transfers", file("t.csv.gz", Buffer.from([0x1f, 0x8b, 1, 2, 3, 4, 5])), /^t\.csv\.gz$/, /unpacked/],
    ["JSON that is cut", "transfers", file("t.ndjson", '{"from":"a","to":"b","amount":1}\n{"from":"a","to'), /^t\.ndjson:2$/, /no JSON/],
    ["JSON with a fraction", "transfers", file("t.ndjson", '{"from":"a","to":"b","amount":1.5}\n'), /^t\.ndjson:1$/, /^amount/],
    ["JSON with a list in a cell", "transfers", file("t.ndjson", '{"from":["a"],"to":"b","amount":1}\n'), /^t\.ndjson:1$/, /^from/],
    ["a lone surrogate", "transfers", file("t.ndjson", '{"from":"\\ud800","to":"b","amount":1}\n'), /^t\.ndjson:1$/, /^from/],
    ["a place that comes and goes", "transfers", file("t.csv", "block,from,to,amount\n1,a,b,1\n,a,b,1\n"), /^t\.csv:3$/, /^block/],
    ["no txid", "utxo", utxo('{"inputs":[],"outputs":[]}\n'), /^u\.jsonl:1$/, /^txid/],
    ["an input that says nothing", "utxo", utxo('{"txid":"a","inputs":[{}],"outputs":[]}\n'), /^u\.jsonl:1$/, /^inputs\[0\]/],
    ["money from outside without value", "utxo", utxo('{"txid":"a","inputs":[{"external":true}],"outputs":[]}\n'), /^u\.jsonl:1$/, /inputs\[0\]\.value/],
    ["an output of 2^256", "utxo", utxo(`{"txid":"a","inputs":[],"outputs":[{"value":${2n ** 256n}}]}\n`), /^u\.jsonl:1$/, /outputs\[0\]\.value/],
    ["no block at all", "bitcoin-block", file("blk0.dat", "not a block at all"), /^blk0\.dat/, /magic/],
    ["columns of nothing known", "ethereum-etl", file("x.csv", "a,b\n1,2\n"), /^x\.csv$/, /none of blocks/],
  ];
  for (const [what, format, source, where, message] of bad)
    await assert.rejects(put(newsroom, format, [source]), (error: { code?: string; where?: string; message: string }) => {
      assert.equal(error.code, "BAD_INPUT", `${what}: ${String(error)}`);
      assert.match(error.where ?? "", where, what);
      assert.match(error.message, message, what);
      return true;
    }, what);
  assert.equal(newsroom.log.size(), size);
  assert.deepEqual(existsSync(join(newsroom.folder, "segments")), false);
  newsroom.remove();
});

test("what is only strange is read: CRLF, a byte order mark, quoted line ends, self-transfers, zeros, equal times", async () => {
  const newsroom = await smallNewsroom();
  const text = `\ufeff"time","from","to","amount","note"\r\n2022-01-01T00:00:00Z,a,a,5,"two\r\nlines, and ""marks"""\r\n\r\n2022-01-01T00:00:00Z,a,b,0,\r\n2022-01-01T00:00:00Z,b,c,3,\r\n`;
  const { report } = await put(newsroom, "transfers", [file("t.csv", text)]);
  assert.deepEqual(report.unknown_fields, { note: 1 });
  const { transfers } = await readTransferSets(newsroom);
  assert.deepEqual(transfers.map(({ from, to, amount }) => [from, to, amount]), [
    ["a", "a", 5n],
    ["a", "b", 0n],
    ["b", "c", 3n],
  ]);
  assert.deepEqual(listGaps(buildTransferTable(transfers)).map(({ address, missing, row_count }) => [address, missing, row_count]), [
    ["a", 5n, 1],
    ["b", 3n, 1],
  ]);
  const cut = await put(newsroom, "transfers", [file("t2.csv", "from,to,amount\na,b,12")]);
  assert.match(cut.report.notes.join(), /no end/);
  const bad = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD";
  const taken = await put(newsroom, "transfers", [file("t3.csv", `chain,from,to,amount\neip155:1,${A},${bad},1\n`)], { accept_bad_checksums: true });
  assert.equal(taken.report.bad_checksums.count, 1);
  newsroom.remove();
});

test("the same string on two chains is two addresses, and a row finds its asset by its contract", async () => {
  const newsroom = await smallNewsroom();
  await put(newsroom, "transfers", [file("t.csv", `${HEAD}eip155:1,0x1,1,0,0,${A},${B},,5\neip155:56,0x1,1,0,0,${A},${B},,5\n`)]);
  const table = buildTransferTable((await readTransferSets(newsroom)).transfers);
  assert.deepEqual(table.accountsOf(A).map((account) => `${table.accounts[account]!.chain} ${table.accounts[account]!.asset}`), [
    "eip155:1 eip155:1/slip44:60",
    "eip155:56 eip155:56/slip44:714",
  ]);
  newsroom.remove();
});

test("a hundred megabytes of one line are refused at their first megabytes, in bounded memory", async () => {
  const newsroom = await smallNewsroom();
  let taken = 0;
  const endless = (start: string): SourceFile => ({
    name: "long.csv",
    *raw() {
      yield Buffer.from(start);
      const piece = Buffer.alloc(1_000_000, "x");
      for (let at = 0; at < 100; at++) {
        taken += 1;
        yield piece;
      }
    },
  });
  for (const start of ["", HEAD, '{"from":"', `${HEAD}"`]) {
    taken = 0;
    await assert.rejects(put(newsroom, "transfers", [endless(start)]), { code: "BAD_INPUT", message: /longer than/ });
    assert.ok(taken < 10, `${taken} MB were read`);
  }
  newsroom.remove();
});

test("any text at all is read or refused by name", async (t) => {
  const newsroom = await smallNewsroom();
  const runs = scaled(2_000);
  t.diagnostic(`${runs} files, TRACEWIRE_SEED=${seed}`);
  const cell = fc.oneof(fc.constantFrom("", "1", "0", "-1", '"', "\n", "\r\n", A, "eip155:1", "1e5", "9".repeat(90), "native", "fee", "2022-01-01T00:00:00Z"), fc.string({ unit: "binary", maxLength: 12 }));
  const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 9 }), { maxLength: 6 }).map((rows) => rows.map((row) => row.join(",")).join("\n"));
  const texts = fc.oneof(table, table.map((text) => HEAD + text), fc.json(), fc.string({ unit: "binary", maxLength: 200 }));
  await fc.assert(
    fc.asyncProperty(texts, fc.constantFrom(...TRANSFER_READERS.map(({ format }) => format)), async (text, format) => {
      try {
        await put(newsroom, format, [file("f.csv", text)], { dry_run: true, name: "f" });
      } catch (error) {
        assert.ok(["BAD_INPUT", "BAD_ARGUMENT"].includes((error as { code: string }).code), String((error as Error).stack));
      }
    }),
    { numRuns: runs, seed },
  );
  newsroom.remove();
});
