// What a service's desk gets: each arrival whole, with its place in the chain and its time, what of it each convention
// follows, which bridges were crossed and at which the trace ended, and what is not known.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFile } from "../../test/api-newsroom.ts";
import { smallNewsroom, type SmallNewsroom } from "../../test/small-newsroom.ts";
import { askNewsroom, findTrace, importTransfers, readAskWords, saveTrace, TRANSFER_READERS, type AskWords, type SavedTrace } from "../tracing/tracing.ts";
import { makePacket, packetFiles, type Packet } from "./freezing.ts";

const [THIEF, MARKET, VICTIM, BRIDGE, EXIT, OTHER] = ["a1", "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "c1", "b1", "e1", "d1"].map((byte) => `0x${byte.length === 2 ? byte.repeat(20) : byte}`) as [string, string, string, string, string, string];
const TOKEN = `eip155:1/erc20:0x${"9".repeat(40)}`;
const INPUT = { contact: "desk@example.org", addresses: [], made_at: "2026-01-02T03:04:05.678Z" };
const LEDGER = `chain,txid,block,tx_index,index,time,from,to,asset,amount,message
eip155:1,0x01,10,0,4,2024-01-01T00:00:00Z,${VICTIM},${THIEF},,100000000000000000,
eip155:1,0x02,11,0,5,2024-01-01T00:01:00Z,${OTHER},${THIEF},,300000000000000000,
eip155:1,0x03,12,3,6,2024-01-01T00:02:00.250Z,${THIEF},${MARKET.toLowerCase()},,200000000000000000,
eip155:1,0x04,13,1,7,2024-01-01T00:03:00Z,${VICTIM},${THIEF},${TOKEN},50,
eip155:1,0x05,14,1,8,2024-01-01T00:04:00Z,${THIEF},${MARKET.toLowerCase()},${TOKEN},50,
eip155:1,0x06,15,0,1,2024-01-01T00:05:00Z,${THIEF},${BRIDGE},,100000000000000000,0xab
eip155:56,0x07,70,0,1,2024-01-01T00:06:00Z,${EXIT},${OTHER},,100000000000000000,0xab
eip155:1,0x08,16,0,1,2024-01-01T00:07:00Z,${THIEF},${EXIT},,50000000000000000,
eip155:56,0x09,71,0,1,2024-01-01T00:08:00Z,${EXIT},${OTHER},,50000000000000000,
`;

async function kept(newsroom: SmallNewsroom, format: string, text: string, words: AskWords, id = "kept"): Promise<SavedTrace> {
  const reader = TRANSFER_READERS.find((one) => one.format === format)!;
  await importTransfers(newsroom, reader, [bytesFile(`ledger-${id}.csv`, text)], { by: "anna", retrieved_at: "2026-01-01T00:00:00Z", name: id });
  const found = await askNewsroom(newsroom, readAskWords(words), { sets: [`${format}/${id}`], keepSteps: true });
  newsroom.transact("anna", (transaction) => saveTrace(transaction, found, { id, title: "Made up", by: "anna", captures: found.captures }));
  return findTrace(newsroom.log, id, undefined, "all")!;
}

const rowsOf = (csv: Uint8Array): Record<string, string>[] => {
  const [head, ...rows] = Buffer.from(csv).toString().trim().split("\r\n").map((line) => line.split(","));
  return rows.map((row) => Object.fromEntries(row.map((cell, at) => [head![at]!, cell])));
};

test("an arrival is whole, with its time and place, and says what of it each convention follows", async () => {
  const newsroom = await smallNewsroom();
  try {
    const trace = await kept(newsroom, "transfers", LEDGER, { from: "0x01,0x04", stops: [`${MARKET}=service:The market`, `${EXIT}=bridge:Gate`] });
    const packet = await makePacket(newsroom, trace, { ...INPUT, service: "the market", addresses: [VICTIM] });
    assert.deepEqual(packet.addresses.map(({ chain, address, why, said_by }) => [chain, address, why, said_by]), [["eip155:1", MARKET.toLowerCase(), "service: The market", "whoever asked the trace"]]);
    const [coin, token] = packet.arrivals;
    assert.deepEqual(
      [coin!.chain, coin!.txid, coin!.index, coin!.block, coin!.time, coin!.time_precision, coin!.from, coin!.to, coin!.amount],
      ["eip155:1", "0x03", 6, 12, "2024-01-01T00:02:00.250Z", "millisecond", [THIEF], MARKET.toLowerCase(), "200000000000000000"],
    );
    const half = "50000000000000000";
    assert.deepEqual([coin!.by_method, coin!.low, coin!.high, coin!.spread], [{ poison: "200000000000000000", haircut: half, fifo: "100000000000000000", lifo: "0", tiho: "100000000000000000" }, "0", "100000000000000000", "100000000000000000"]);
    assert.deepEqual([token!.asset, token!.symbol, token!.decimals, token!.amount, token!.spread], [TOKEN, null, null, "50", "0"]);
    assert.deepEqual(packet.followed.map(({ asset, low }) => [asset, low]), [[TOKEN, "50"], ["eip155:1/slip44:60", "100000000000000000"]].sort());
    assert.deepEqual(packet.nothing_at, [VICTIM]);
    assert.deepEqual(packet.gaps.filter(({ address }) => address === VICTIM).map(({ asset, missing }) => [asset, missing]), [[TOKEN, "50"], ["eip155:1/slip44:60", "100000000000000000"]]);
    assert.ok(packet.unknown.some((line) => line.includes("send more than they show") && line.includes(VICTIM)), packet.unknown.join("\n"));
    assert.deepEqual(packet.data_ends.map(({ chain, block, time }) => [chain, block, time]), [["eip155:1", 16, "2024-01-01T00:07:00Z"], ["eip155:56", 71, "2024-01-01T00:08:00Z"]]);
    assert.ok(packet.unknown.some((line) => line.includes(`reached ${VICTIM}`)), packet.unknown.join("\n"));

    const files = await packetFiles(newsroom, trace, packet);
    const [first] = rowsOf(files.get("transactions.csv")!);
    assert.deepEqual(
      ["time_utc", "block", "txid", "log_or_output", "unit", "arrived", "fifo", "haircut", "spread", "arrived_base_units"].map((name) => first![name]),
      ["2024-01-01T00:02:00.250Z", "12", "0x03", "6", "ETH", "0.2", "0.1", "0.05", "0.1", "200000000000000000"],
    );
    assert.deepEqual(rowsOf(files.get("addresses.csv")!).map(({ unit, highest }) => [unit, highest]).sort(), [["ETH", "0.1"], ["base units", "50"]]);
    assert.deepEqual(JSON.parse(Buffer.from(files.get("packet.json")!).toString()), packet);
    assert.deepEqual([...(await packetFiles(newsroom, trace, packet))], [...files], "the same packet is the same bytes");
  } finally {
    newsroom.remove();
  }
});

test("bridges: what was crossed by a message, and where it ended with what fits", async () => {
  const newsroom = await smallNewsroom();
  try {
    const trace = await kept(newsroom, "transfers", LEDGER, { from: "0x01", stops: [`${EXIT}=bridge:Gate`] });
    const { bridges } = await makePacket(newsroom, trace, { ...INPUT, service: "Other", addresses: [OTHER] });
    assert.deepEqual(bridges.crossed, [{ message: "0xab", to: OTHER, asset: "eip155:56/slip44:714", transfer: "0x07#1" }]);
    assert.deepEqual(bridges.ended.map(({ place, transfer, candidates }) => [place, transfer, candidates.map((one) => one.transfer)]), [[EXIT, "0x08#1", ["0x09#1"]]]);
    assert.match(bridges.says, /^It crossed a bridge once, each time by the protocol’s own message on both sides\. It ends at a bridge by 1 transfer; 1 arrivals/);
    const none = await makePacket(newsroom, await kept(newsroom, "transfers", LEDGER.replaceAll("0xab", ""), { from: "0x04" }, "plain"), { ...INPUT, service: "X", addresses: [MARKET] });
    assert.deepEqual([none.bridges.says, none.bridges.crossed, none.bridges.ended], ["It crossed no bridge. It ended at none.", [], []]);
    assert.equal(none.addresses[0]!.address, MARKET.toLowerCase(), "a checksum's letters name the same address");
  } finally {
    newsroom.remove();
  }
});

test("of outputs: the address is named, and the output by its number", async () => {
  const newsroom = await smallNewsroom();
  try {
    const text = `{"txid":"s1","time":"2024-01-01T00:00:00Z","block":1,"inputs":[{"external":true,"value":100,"addresses":["victim"]}],"outputs":[{"value":100,"address":"thief"}]}
{"txid":"s2","time":"2024-01-01T00:10:00Z","block":2,"inputs":[{"txid":"s1","vout":0,"value":100},{"external":true,"value":100}],"outputs":[{"value":150,"address":"market"},{"value":50,"address":"market"}]}
`;
    const trace = await kept(newsroom, "utxo", text, { from: "s1" });
    const packet = await makePacket(newsroom, trace, { ...INPUT, service: "Market", addresses: ["market"] });
    assert.deepEqual(packet.addresses.map(({ address, outputs }) => [address, outputs]), [["market", ["s2:0", "s2:1"]]]);
    assert.deepEqual(packet.arrivals.map(({ txid, index, amount, from, to, by_method }) => [txid, index, amount, from, to, by_method.fifo ?? ""]), [
      ["s2", 0, "150", ["thief"], "market", "100"],
      ["s2", 1, "50", ["thief"], "market", "0"],
    ]);
  } finally {
    newsroom.remove();
  }
});

test("refused: a trace that goes backward, a service where nothing lies", async () => {
  const newsroom = await smallNewsroom();
  try {
    const back = await kept(newsroom, "transfers", LEDGER, { from: MARKET, backward: true }, "back");
    await assert.rejects(makePacket(newsroom, back, { ...INPUT, service: "X", addresses: [VICTIM] }), /goes backward/);
    const on = await kept(newsroom, "transfers", LEDGER.replaceAll("0xab", ""), { from: "0x01", depth: 1 }, "on");
    const nothing = (service: string): Promise<Packet> => makePacket(newsroom, on, { ...INPUT, service });
    await assert.rejects(nothing("depth"), /Nothing of the trace on lies at "depth"/, "a limit of the question is nobody's service");
  } finally {
    newsroom.remove();
  }
});
