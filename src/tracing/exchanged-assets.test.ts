// What an opposing expert asks of an exchange: what it rests on, whether the asset got is worth anything, and on which order.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFile } from "../../test/api-newsroom.ts";
import { smallNewsroom } from "../../test/small-newsroom.ts";
import { askNewsroom } from "./ask-newsroom.ts";
import { answer, type TraceAsk } from "./ask.ts";
import { methodStatement } from "./audit.ts";
import { importTransfers } from "./import-transfers.ts";
import { transferOf } from "./kernel.conformance.ts";
import { METHOD_NAMES } from "./methods/methods.ts";
import { TRANSFER_READERS } from "./readers/readers.ts";
import { buildTransferTable } from "./transfer-table.ts";
import type { Transfer } from "./transfer.ts";

const swap = { txid: "swap", block: 1 };
const taken = [
  transferOf(0, null, "thief", 1_000n, { asset: "coin", kind: "mint" }),
  transferOf(1, "thief", "pool", 1_000n, { ...swap, asset: "coin" }),
  transferOf(1, "pool", "thief", 1n, { ...swap, asset: "junk", index: 1 }),
];
const ask = (transfers: Transfer[], more: Partial<TraceAsk> = {}) =>
  answer({ from: "t0", methods: [...METHOD_NAMES], direction: "forward", ...more }, { data: { kind: "accounts", table: buildTransferTable(transfers) }, sets: [], log_size: 1, steps_max: 100 });

test("an asset that took the taint and that nobody else moves is named; one that others move is not; without exchanges none", () => {
  const { result, steps } = ask(taken);
  assert.equal(result.methods.fifo!.assets.junk!.converted_in, "1");
  assert.ok(result.notes.some((note) => /^junk took taint in an exchange \(swap\), and no other transaction here moves it/.test(note)), result.notes.join("\n"));
  const marked = steps.filter(({ rule }) => rule.startsWith("conversion"));
  assert.ok(marked.length >= 8 && marked.every(({ reason }) => reason === "inferred from shape"));
  assert.deepEqual(ask([...taken, transferOf(2, "others", "more", 5n, { asset: "junk" })]).result.notes, []);
  const without = ask(taken, { conversions: false });
  assert.deepEqual([without.result.notes, without.result.methods.fifo!.assets.coin!.held], [[], { pool: "1000" }]);
});

test("the method statement says what exchanges rest on, and that they were left out where they were", () => {
  const base = { sets: [], log_size: 1, result_sha256: "00", columns: [], steps: [] };
  const lines = (more: Partial<TraceAsk>) => methodStatement({ ...base, ...ask(taken, more).result, result_sha256: "00" }).join("\n");
  assert.match(lines({}), /inferred from the shape of the transaction[^]*Of the data: junk took taint/);
  assert.match(lines({ conversions: false }), /Exchanges\. None is followed/);
});

test("where no block is stated, FIFO and LIFO say on whose order they rest; with blocks, or asked for neither, nothing is said", async () => {
  const newsroom = await smallNewsroom();
  try {
    const reader = TRANSFER_READERS.find(({ format }) => format === "transfers")!;
    const [a, b] = ["a1", "b1"].map((byte) => `0x${byte.repeat(20)}`);
    const put = (name: string, text: string) => importTransfers(newsroom, reader, [bytesFile(`${name}.csv`, text)], { by: "test", retrieved_at: "2026-01-01T00:00:00Z", name });
    await put("as-filed", `from,to,amount\n${a},${b},5\n`);
    await put("timed", `time,from,to,amount\n2024-01-01T00:00:00Z,${a},${b},5\n`);
    await put("placed", `block,from,to,amount\n7,${a},${b},5\n`);
    const notes = async (set: string, methods: TraceAsk["methods"]) => (await askNewsroom(newsroom, { from: a!, methods, direction: "forward" }, { sets: [set] })).result.notes.join("\n");
    assert.match(await notes("as-filed", ["fifo", "lifo"]), /as-filed states neither blocks nor times: what FIFO and LIFO say rests on the order of the rows in its file/);
    assert.match(await notes("timed", ["lifo"]), /timed states times and no blocks: among rows of the same time, what LIFO says/);
    assert.doesNotMatch(await notes("placed", ["fifo"]), /rests on/);
    assert.doesNotMatch(await notes("as-filed", ["haircut"]), /rests on/);
  } finally {
    newsroom.remove();
  }
});
