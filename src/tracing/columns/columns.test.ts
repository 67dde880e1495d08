// A set as columns is the same table as its rows, whoever made it and whenever; damaged columns are made again, and columns
// that say something else than the rows are found by verify.
import assert from "node:assert/strict";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import fc from "fast-check";
import { bytesFile } from "../../../test/api-newsroom.ts";
import { smallNewsroom, type SmallNewsroom } from "../../../test/small-newsroom.ts";
import { recomputeFolder } from "../../recompute.ts";
import { answer } from "../ask.ts";
import { importTransfers } from "../import-transfers.ts";
import { METHOD_NAMES } from "../methods/methods.ts";
import { transfersReader } from "../readers/transfers.ts";
import { sweepSegments } from "../segment-file.ts";
import { rowText, toTransfer, type SetRow } from "../set-row.ts";
import { readTransferSets } from "../transfer-sets.ts";
import { buildTransferTable, tableOver, type TransferTable } from "../transfer-table.ts";
import { compareTransfers } from "../transfer.ts";
import { openColumns, writeColumns } from "./column-files.ts";
import { rowsOfColumns } from "./column-table.ts";
import { collectColumns, textsOfColumns } from "./row-columns.ts";
import { columnsPath } from "./set-columns.ts";
import { TextBook, Texts } from "./texts.ts";

const seed = Number(process.env.TRACEWIRE_SEED ?? 5);
const numRuns = process.env.TRACEWIRE_PROVE ? 5_000 : 300;
const [ONE, OTHER] = ["eip155:1", "eip155:56"];

const place = fc.oneof(fc.constant(""), fc.nat(3).map(String));
const rowArbitrary = fc
  .record({
    amount: fc.oneof(fc.bigInt({ min: 0n, max: 9n }), fc.bigInt({ min: 2n ** 49n, max: 2n ** 101n }), fc.constant(2n ** 256n - 1n)).map(String),
    asset: fc.constantFrom("native", "eip155:1/slip44:60"),
    block: place,
    chain: fc.constantFrom(ONE, OTHER, ""),
    from: fc.constantFrom("", "a", "0xab", "0xAB", "0xabc", "ß€"),
    index: place,
    kind: fc.constantFrom("transfer", "fee", "internal"),
    time: fc.constantFrom("", "2022-01-01T00:00:00Z", "2022-01-01T00:00:00.250Z"),
    to: fc.constantFrom("", "a", "b", "0xab"),
    tx_index: place,
    txid: fc.constantFrom("", "t", `0x${"ab".repeat(32)}`, "0xab", "u"),
  })
  .filter(({ from, to }) => from !== "" || to !== "");

const isInOrder = (rows: readonly SetRow[]) => {
  const all = rows.map((row) => toTransfer(row, ""));
  return all.every((one, at) => all.slice(at).every((other) => compareTransfers(one, other) <= 0));
};
const columnsOf = (rows: readonly SetRow[]) => {
  const collector = collectColumns(rows.length);
  return rows.every((row) => collector.add(row)) ? collector.columns() : undefined;
};

function sameTable(found: TransferTable, expected: TransferTable): void {
  assert.deepEqual([found.count, found.account_count], [expected.count, expected.account_count]);
  assert.deepEqual(found.transfers, expected.transfers);
  assert.deepEqual(found.accounts, expected.accounts);
  assert.deepEqual([[...found.from], [...found.to], [...found.marks]], [[...expected.from], [...expected.to], [...expected.marks]]);
  for (let row = 0; row < found.count; row++) {
    assert.deepEqual([found.amount(row), found.nameOf(row)], [expected.amount(row), expected.nameOf(row)]);
    assert.deepEqual(found.transactionRows(row), expected.transactionRows(row));
    assert.deepEqual(found.rowsOfTransaction(found.transfer(row).txid), expected.rowsOfTransaction(found.transfer(row).txid));
  }
  for (let account = 0; account < found.account_count; account++) {
    const { address, chain } = found.account(account);
    assert.deepEqual([found.accountsOf(address), found.accountsOf(address, chain)], [expected.accountsOf(address), expected.accountsOf(address, chain)]);
    assert.equal(found.ledger(account).final, expected.ledger(account).final);
  }
  for (const nobody of ["nobody", "0xff", ""]) assert.deepEqual([found.accountsOf(nobody), found.rowsOfTransaction(`${nobody}x`)], [[], []]);
}

test("columns of rows are the table of the rows, of one set and of two chains; or they are refused", () => {
  let [held, mixed] = [0, 0];
  const sorted = fc.array(rowArbitrary, { minLength: 1, maxLength: 25 }).map((rows) => rows.sort((a, b) => compareTransfers(toTransfer(a, ""), toTransfer(b, ""))));
  fc.assert(
    fc.property(sorted, (rows: SetRow[]) => {
      const columns = columnsOf(rows);
      assert.equal(columns !== undefined, isInOrder(rows), "what a table would put in another order is refused, and nothing else");
      if (!columns) return;
      held++;
      sameTable(tableOver(rowsOfColumns([{ name: "s", columns }])), buildTransferTable(rows.map((row, at) => toTransfer(row, `s:${at + 1}`))));
      assert.deepEqual([...textsOfColumns(columns)], rows.map(rowText));
      const parts = [ONE, OTHER].map((chain) => ({ name: chain, rows: rows.filter((row) => row.chain === chain) })).filter((part) => part.rows.length > 0);
      const each = parts.map(({ name, rows: own }) => ({ name, columns: columnsOf(own)! }));
      if (parts.length === 0) return;
      if (new Set(each.map((one) => one.columns.unplaced.length)).size > 1) mixed++;
      sameTable(tableOver(rowsOfColumns(each)), buildTransferTable(parts.flatMap(({ name, rows: own }) => own.map((row, at) => toTransfer(row, `${name}:${at + 1}`)))));
    }),
    { numRuns, seed },
  );
  assert.ok(mixed > numRuns / 40, `only ${mixed} had one chain that states places and one that does not`);
  assert.ok(held > numRuns / 4, `only ${held} were held as columns`);
  const row = { amount: "1", asset: "native", block: "", chain: "", from: "a", index: "", kind: "transfer", time: "", to: "b", tx_index: "", txid: "" };
  const refusals: SetRow[] = [{ from: "", to: "" }, { message: "0x01" }, { block: "999999999999999" }, { index: "01" }, { time: "2022-01-01" }, { from: "\ud800" }];
  for (const refused of refusals) assert.equal(columnsOf([{ ...row, ...refused }]), undefined, JSON.stringify(refused));
});

test("texts are found by their number and their number by the text, through every growth", () => {
  const book = new TextBook();
  const texts = Array.from({ length: 5_000 }, (_, at) => (at % 3 === 0 ? `0x${at.toString(16).padStart(40, "0")}` : at % 3 === 1 ? `0x${at.toString(16).padStart(39, "0")}` : `bc1q${at}€`));
  assert.deepEqual(texts.map((text) => book.number(text)), texts.map((_, at) => at));
  assert.deepEqual(texts.map((text) => book.number(text)), texts.map((_, at) => at), "asked again, nothing is added");
  const read = new Texts(book.columns());
  assert.deepEqual([read.count, texts.map((_, at) => read.at(at))], [texts.length, texts]);
  assert.deepEqual(texts.map((text) => read.find(text)), texts.map((_, at) => at));
  for (const other of ["", "0x", "0x00", texts[3]!.toUpperCase()]) assert.equal(read.find(other), -1);
});

const HEAD = "chain,txid,block,tx_index,index,time,from,to,amount\n";
const account = (at: number) => `0x${(at + 1).toString(16).padStart(40, "0")}`;
/** A theft that runs on through a hundred accounts, some of them paid in one transaction. */
const lines = (chain: string, count = 200) =>
  Array.from({ length: count }, (_, at) => `${chain},0x${Math.floor(at / 2).toString(16).padStart(64, "0")},${Math.floor(at / 4) + 1},${Math.floor(at / 2) % 2},${at % 2},2022-01-01T00:00:00Z,${at === 0 ? "" : account((at * 7) % 11)},${account((at * 5 + 1) % 13)},${1_000_000 - at}\n`).join("");

const put = (newsroom: SmallNewsroom, name: string, text: string) =>
  importTransfers(newsroom, transfersReader, [bytesFile(`${name}.csv`, HEAD + text)], { by: "test", retrieved_at: "2026-01-01T00:00:00Z", name, accept_bad_checksums: true });

async function askAll(newsroom: SmallNewsroom, columns_rows_min: number) {
  const read = await readTransferSets(newsroom, { columns_rows_min });
  const found = answer({ from: `0x${"0".repeat(64)}`, methods: [...METHOD_NAMES], direction: "forward" }, { data: { kind: "accounts", table: read.table() }, sets: [], log_size: 1, steps_max: 10_000 });
  return { result: found.result, hash: found.result_sha256, steps: found.steps, flows: found.flows, transfers: [...read.transfers] };
}

test("a trace over columns is the trace over rows: when they are made, opened, damaged and made again", async () => {
  const newsroom = await smallNewsroom();
  try {
    const [first, second] = [await put(newsroom, "one", lines(ONE)), await put(newsroom, "two", lines(OTHER, 120))];
    const expected = await askAll(newsroom, Infinity);
    assert.ok(expected.steps.length > 100);
    assert.equal(existsSync(columnsPath(newsroom.folder, first.rows_root)), false, "few rows are read as rows");
    assert.deepEqual(await askAll(newsroom, 1), expected, "as they are made");
    const folders = [first, second].map(({ rows_root }) => columnsPath(newsroom.folder, rows_root));
    assert.ok(folders.every((folder) => existsSync(folder)));
    assert.deepEqual(await askAll(newsroom, 1), expected, "opened");
    assert.deepEqual(readdirSync(join(newsroom.folder, "segments", "tmp")), []);
    const whole = readdirSync(folders[0]!).map((name) => [name, readFileSync(join(folders[0]!, name))] as const);
    for (const [name, bytes] of whole)
      for (const damage of ["missing", "changed", "cut"]) {
        const path = join(folders[0]!, name);
        if (damage === "missing") rmSync(path);
        else if (damage === "changed") writeFileSync(path, Buffer.from(bytes).fill(bytes[0]! ^ 1, 0, 1));
        else truncateSync(path, Math.floor(bytes.length / 2));
        if (name !== "columns-2.json") assert.ok(["damaged", undefined].includes((await recomputeFolder(newsroom.folder)).find(({ file }) => file?.endsWith(".columns"))?.actual));
        assert.deepEqual(await askAll(newsroom, 1), expected, `${name} ${damage}`);
      }
  } finally {
    newsroom.remove();
  }
});

test("columns that say something else than the rows are found by verify, whatever their checksums say", async () => {
  const newsroom = await smallNewsroom();
  try {
    const { rows_root, row_count } = await put(newsroom, "one", lines(ONE));
    await askAll(newsroom, 1);
    assert.deepEqual(await recomputeFolder(newsroom.folder), []);
    const path = columnsPath(newsroom.folder, rows_root);
    const kind = { magic: "tracewire rows in columns", version: 2, manifest: "columns-2.json" };
    const opened = openColumns<{ columns: Record<string, { bytes: number }> }>(path, kind);
    const { columns: written, ...rest } = opened.rest;
    const columns = Object.fromEntries(Object.entries(written).map(([name, { bytes }]) => [name, new Uint8Array(opened.read(name, bytes))]));
    const limbs = new Float64Array(columns.limbs!.buffer);
    limbs[2 * row_count - 1]! += 1;
    rmSync(path, { recursive: true });
    writeColumns(path, kind, columns, rest);
    const findings = await recomputeFolder(newsroom.folder);
    assert.deepEqual(findings.map(({ what, file }) => [what, file?.endsWith(".columns")]), [["rows_differ", true]]);
  } finally {
    newsroom.remove();
  }
});

test("what was erased leaves no columns; a folder that cannot be written is not needed", async () => {
  const newsroom = await smallNewsroom();
  try {
    const { rows_root } = await put(newsroom, "one", lines(ONE));
    const expected = await askAll(newsroom, 1);
    sweepSegments(newsroom.folder, [{ rows_root }]);
    assert.ok(existsSync(columnsPath(newsroom.folder, rows_root)));
    sweepSegments(newsroom.folder, []);
    assert.equal(existsSync(columnsPath(newsroom.folder, rows_root)), false);
    cpSync(join(newsroom.folder, "segments"), join(newsroom.folder, "aside"), { recursive: true });
    rmSync(join(newsroom.folder, "segments"), { recursive: true });
    writeFileSync(join(newsroom.folder, "segments"), "in the way");
    assert.deepEqual(await askAll(newsroom, 1), expected);
  } finally {
    newsroom.remove();
  }
});
