// At a bridge: what fits elsewhere is counted and listed, and only a message that stands on both sides carries a trace over.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFile } from "../../test/api-newsroom.ts";
import { smallNewsroom } from "../../test/small-newsroom.ts";
import { askNewsroom, reproduceTrace } from "./ask-newsroom.ts";
import { answer, resultHash, type TraceAsk } from "./ask.ts";
import { importTransfers } from "./import-transfers.ts";
import { METHOD_NAMES } from "./methods/methods.ts";
import { TRANSFER_READERS } from "./readers/readers.ts";
import { findTrace, saveTrace } from "./saved-traces.ts";
import { buildTransferTable } from "./transfer-table.ts";
import type { Transfer } from "./transfer.ts";

const [FAR, HERE] = ["eip155:1", "eip155:56"];
const second = (at: number) => new Date(Date.UTC(2024, 0, 1, 0, 0, at)).toISOString();
let rows = 0;
const transfer = (chain: string, at: number, from: string | null, to: string, amount: bigint, more: Partial<Transfer> = {}): Transfer => ({
  chain,
  txid: `${chain} ${at}`,
  block: at,
  tx_index: 0,
  index: 0,
  kind: from === null ? "mint" : "transfer",
  time: second(at),
  from,
  to,
  asset: `${chain}/slip44:60`,
  amount,
  row: `test:${++rows}`,
  ...more,
});
const ask = (transfers: Transfer[], more: Partial<TraceAsk> = {}) =>
  answer(
    { from: `${HERE} 1`, methods: [...METHOD_NAMES], direction: "forward", stops: { bridge: { reason: "bridge", name: "A bridge" } }, ...more },
    { data: { kind: "accounts", table: buildTransferTable(transfers) }, sets: [], log_size: 1, steps_max: 1_000 },
  );

// The far chain sorts before this one, so that without one order of both its rows would be over when the taint arrives.
const crossing = (message: string): Transfer[] => [
  transfer(HERE, 1, null, "thief", 100n),
  transfer(FAR, 5, "exit", "receiver", 40n),
  transfer(FAR, 6, "receiver", "earlier", 40n),
  transfer(HERE, 10, "thief", "bridge", 100n, { message }),
  transfer(FAR, 20, "exit", "receiver", 98n, { message }),
  transfer(FAR, 30, "receiver", "end", 50n),
];

test("a message on both sides carries the trace over, both sides shown, in the order of time", () => {
  const { result, steps } = ask(crossing("0x01"));
  for (const [method, { assets, conserves }] of Object.entries(result.methods)) {
    if (!conserves) continue;
    const [from, to] = [assets[`${HERE}/slip44:60`]!, assets[`${FAR}/slip44:60`]!];
    assert.deepEqual([from.converted_out, from.stops, to.converted_in, to.held], ["100", {}, "98", { end: "50", receiver: "48" }], method);
  }
  assert.ok(steps.some(({ rule, reason }) => rule === "conversion_in" && reason === "message 0x01"));
  assert.equal(result.bridges, undefined);
  const apart = ask(crossing("0x01"), { conversions: false }).result.methods.fifo!.assets;
  assert.equal(apart[`${FAR}/slip44:60`]!.converted_in, "98", "a message is evidence, and no exchange that was inferred");
});

test("a message that was replayed, or stands on one chain, or without times, carries nothing: the trace ends at the bridge", () => {
  const replayed = [...crossing("m"), transfer(FAR, 40, "exit", "copycat", 98n, { message: "m" })];
  const oneChain = crossing("m").map((one) => (one.message && one.chain === FAR ? { ...one, message: "other" } : one));
  const untimed = crossing("m").map((one, at) => (at === 2 ? { ...one, time: null } : one));
  for (const [transfers, note] of [[replayed, /more than two transfers/], [oneChain, undefined], [untimed, /no common order/]] as const) {
    const { result } = ask(transfers);
    assert.deepEqual(result.methods.fifo!.assets[`${HERE}/slip44:60`]!.stops, { bridge: "100" });
    assert.deepEqual(Object.keys(result.methods.fifo!.assets), [`${HERE}/slip44:60`]);
    if (note) assert.ok(result.notes.some((line) => note.test(line)), result.notes.join("\n"));
  }
});

test("candidates: what arrived elsewhere in time and amount, the nearest first, with how many there are", () => {
  const token = `${FAR}/erc20:0x${"11".repeat(20)}`;
  const deposit = 10n ** 18n;
  const transfers = [
    transfer(HERE, 1, null, "thief", deposit),
    transfer(HERE, 10, "thief", "bridge", deposit),
    transfer(FAR, 9, "exit", "too-early", deposit),
    transfer(FAR, 11, "exit", "near", (deposit * 99n) / 100n),
    transfer(FAR, 12, "exit", "thief", (deposit * 995n) / 1000n),
    transfer(FAR, 13, "exit", "in-six-decimals", 1_000_000n, { asset: token }),
    transfer(FAR, 14, "exit", "too-little", (deposit * 97n) / 100n),
    transfer(FAR, 15, "exit", "more", deposit + 1n),
    transfer(HERE, 16, "bridge", "same-chain", deposit),
    transfer(FAR, 10 + 24 * 3600 + 1, "exit", "too-late", deposit),
  ];
  const data = { kind: "accounts" as const, table: buildTransferTable(transfers) };
  const question: TraceAsk = { from: `${HERE} 1`, methods: ["fifo", "lifo"], direction: "forward", stops: { bridge: { reason: "bridge" } } };
  const { result, result_sha256 } = answer(question, { data, sets: [], log_size: 1, tokens: { [token]: { symbol: "T", decimals: 6 } } });
  assert.equal(result.bridges!.ends.length, 1, "one transfer, whatever the conventions");
  const [{ place, amount, candidate_count, candidates }] = result.bridges!.ends as [NonNullable<typeof result.bridges>["ends"][number]];
  assert.deepEqual([place, amount, candidate_count], ["bridge", String(deposit), 3]);
  assert.deepEqual(candidates.map(({ to, is_same_address }) => [to, is_same_address]), [["in-six-decimals", false], ["thief", true], ["near", false]]);
  assert.ok(result.notes.some((note) => /by 1 transfer; 3 arrivals on other chains/.test(note)), result.notes.join("\n"));
  // Listed, and nothing more: no money is there.
  assert.deepEqual(Object.keys(result.methods.fifo!.assets), [`${HERE}/slip44:60`]);
  assert.notEqual(resultHash({ ...result, notes: ["another"] }), result_sha256);
  assert.notEqual(resultHash({ ...result, bridges: undefined }), result_sha256);
  assert.equal(resultHash({ ...result, notes: ["another"] }, 1), resultHash(result, 1));
});

test("a quick look at the same names the same transfers into a bridge and the same candidates, by either kernel", () => {
  const deposit = 10n ** 18n;
  const transfers = [
    transfer(HERE, 1, null, "thief", 2n * deposit),
    transfer(HERE, 10, "thief", "bridge", deposit),
    transfer(FAR, 11, "exit", "near", (deposit * 99n) / 100n),
    transfer(HERE, 12, "thief", "friend", deposit / 2n),
    transfer(HERE, 13, "friend", "bridge", deposit / 2n),
    transfer(HERE, 14, "stranger", "bridge", deposit),
  ];
  const data = { kind: "accounts" as const, table: buildTransferTable(transfers) };
  const context = { data, sets: [], log_size: 1 };
  for (const stops of [{ bridge: { reason: "bridge" as const } }, { bridge: { reason: "service" as const } }])
    for (const more of [{}, { depth: 9 }]) {
      const question: TraceAsk = { from: `${HERE} 1`, methods: [...METHOD_NAMES], direction: "forward", stops, ...more };
      const { result } = answer(question, context);
      const { result: looked } = answer(question, { ...context, exploring: true });
      assert.equal(looked.exploring!.fifo!.kernel, "fast");
      // Haircut has no depth in the fast kernel, and is left to the exact one.
      assert.equal(looked.exploring!.haircut!.kernel, "depth" in more ? "exact" : "fast");
      assert.deepEqual(looked.bridges, result.bridges);
      assert.equal(result.bridges?.ends.length, stops.bridge.reason === "bridge" ? 2 : undefined);
      assert.deepEqual(looked.notes, result.notes);
    }
});

test("messages come in with the files, and a trace over one is asked again with the same hash", async () => {
  const newsroom = await smallNewsroom();
  try {
    const reader = TRANSFER_READERS.find(({ format }) => format === "transfers")!;
    const [thief, bridge, exit, receiver] = ["a1", "b1", "e1", "c1"].map((byte) => `0x${byte.repeat(20)}`);
    const text = `chain,txid,block,time,from,to,amount,message\n${HERE},theft,1,${second(1)},,${thief},100,\n${HERE},in,2,${second(2)},${thief},${bridge},100,0xAB\n${FAR},out,7,${second(9)},${exit},${receiver},99,0xab\n`;
    await importTransfers(newsroom, reader, [bytesFile("crossed.csv", text)], { by: "test", retrieved_at: "2026-01-01T00:00:00Z", name: "crossed" });
    const found = await askNewsroom(newsroom, { from: "theft", methods: [...METHOD_NAMES], direction: "forward" }, { keepSteps: true });
    assert.deepEqual(found.result.methods.tiho!.assets[`${FAR}/slip44:60`]!.held, { [receiver!]: "99" });
    newsroom.transact("test", (transaction) => saveTrace(transaction, found, { id: "crossed", title: "T", by: "test", captures: found.captures }));
    const saved = findTrace(newsroom.log, "crossed", undefined, "all")!;
    assert.deepEqual(await reproduceTrace(newsroom, saved), { same: true, result_sha256: found.result_sha256, moved: [] });
    assert.equal((await reproduceTrace(newsroom, { ...saved, notes: [...saved.notes, "made up"] })).same, false);
  } finally {
    newsroom.remove();
  }
});
