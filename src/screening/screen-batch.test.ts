// Addresses in batch: every listed line in every legal spelling, no neighbour, no stranger; and exceptions with their end.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { bech32, bech32m } from "@scure/base";
import { corpus, scaled } from "../../test/scale.ts";
import { smallNewsroom, type SmallNewsroom } from "../../test/small-newsroom.ts";
import { accountsOf, chainsOfSymbol, readAddress } from "../chains/chains.ts";
import { findReader, importDataset } from "../datasets/datasets.ts";
import { appendException, endException, listExceptions, openScreener, screenAddress, type Screener } from "./screening.ts";

const ofac = corpus(join("data", "ofac-crypto-addresses"));
const bitmex = corpus(join("data", "graphsense-tagpacks", "bitmex-addresses.txt.gz"));
const DAY = "2024-09-27";
let newsroom: SmallNewsroom;
let screener: Screener;
let lines: { asset: string; address: string }[] = [];

const open = (on = DAY, today = "2026-01-01") => openScreener(newsroom.log, { on, today, log_size: newsroom.log.size() });

before(async () => {
  if (ofac.skip) return;
  newsroom = await smallNewsroom();
  const files = readdirSync(ofac.path!)
    .filter((name) => /^sanctioned_addresses_[A-Z]+\.txt$/.test(name))
    .map((name) => ({ name: basename(name), bytes: readFileSync(join(ofac.path!, name)) }));
  lines = files.flatMap(({ name, bytes }) =>
    bytes
      .toString()
      .trim()
      .split("\n")
      .map((address) => ({ asset: /_([A-Z]+)\.txt/.exec(name)![1]!, address })),
  );
  await importDataset(newsroom, findReader("ofac-crypto", []), files, { by: "test", retrieved_at: "2026-01-01T00:00:00Z", edition: DAY, release: true });
  screener = open();
});
after(() => newsroom?.remove());

/** Every way in which the chains of a line's asset write it. */
function spellings({ asset, address }: { asset: string; address: string }): string[] {
  const found = chainsOfSymbol(asset).flatMap(({ id }) => accountsOf(readAddress(address, { chain: id })));
  const own = found.flatMap((account) => [account.address, account.display, account.caip10, ...(account.display.includes(":") ? [] : [`${account.chain}:${account.display}`])]);
  if (/^0x/i.test(address)) own.push(address.toLowerCase(), `0x${address.slice(2).toUpperCase()}`, `0X${address.slice(2).toLowerCase()}`);
  if (/^(bc1|ltc1)/.test(address)) own.push(address.toUpperCase());
  if (asset === "BCH") own.push(...found.map((account) => account.address.replace(/^bitcoincash:/, "")), ...found.map((account) => account.display.toUpperCase()));
  return [...new Set([address, ` ${address} `, ...own])];
}

test("654 of 654 lines are listed on their day, in every legal spelling", { skip: ofac.skip }, (t) => {
  assert.equal(lines.length, 654);
  let asked = 0;
  for (const line of lines)
    for (const text of spellings(line)) {
      asked++;
      const answer = screener.screen(text);
      assert.equal(answer.outcome, "listed", `${text} (${line.asset})`);
      assert.ok(answer.is_alert && answer.evidence.for.length > 0 && answer.hits.some(({ assets }) => assets.includes(line.asset)), text);
      assert.deepEqual(answer.editions.map(({ edition }) => edition), [DAY]);
    }
  t.diagnostic(`${asked} spellings of ${lines.length} lines`);
});

test("a batch answers as one address is answered", { skip: ofac.skip }, () => {
  for (const text of [lines[0]!.address, "0x0000000000000000000000000000000000000001", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "1BoatSLRHtKNngkdXEeobR76b53LETtpyU", "no-address", "0X098b716b8aaf21512996dc57eb0615e2383e2f96"])
    for (const on of [DAY, "2020-01-01", "2026-01-01"]) {
      const { outcome, words, hits } = open(on).screen(text);
      const alone = screenAddress(newsroom.log, text, on, newsroom.log.size());
      assert.deepEqual({ outcome, hits }, { outcome: alone.outcome, hits: alone.hits }, `${text} on ${on}`);
      if (hits.length > 0) assert.equal(words, alone.words);
    }
});

test("what a batch leaves out unread is what nothing is said of; every spelling of every line is read", { skip: ofac.skip }, () => {
  const listed = lines.flatMap(spellings);
  const near = lines.flatMap(({ address }) => [0, 5, address.length - 1].map((at) => `${address.slice(0, at)}${address.charAt(at) === "a" ? "b" : "a"}${address.slice(at + 1)}`));
  const strangers = ["0x0000000000000000000000000000000000000001", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "no\naddress", "", "0x098b716b8aaf21512996dc57eb0615e2383e2f9", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"];
  const texts = [...listed, ...near, ...strangers];
  const mentioned = new Set(screener.mentioned(texts));
  for (const at of listed.keys()) assert.ok(mentioned.has(at), texts[at]!);
  let left_out = 0;
  for (const [at, text] of texts.entries()) {
    if (mentioned.has(at)) continue;
    left_out++;
    const { is_alert, hits, tags } = screener.screen(text);
    assert.deepEqual([is_alert, hits, tags], [false, [], []], text);
  }
  assert.ok(left_out > 200, `only ${left_out} were left out`);
  assert.ok(!mentioned.has(texts.indexOf(strangers[0]!)));
});

test("none of BitMEX’s addresses is on the list, and none is lost in reading", { skip: ofac.skip || bitmex.skip }, (t) => {
  // A tenth in an ordinary run, all in `npm run prove`.
  const all = gunzipSync(readFileSync(bitmex.path!)).toString().trim().split("\n").slice(-scaled(336_208));
  const start = performance.now();
  for (const address of all) {
    const { outcome, is_alert, form } = screener.screen(address);
    if (outcome !== "not listed" || is_alert || form.startsWith("no ")) assert.fail(`${address}: ${outcome}, ${form}`);
  }
  t.diagnostic(`${all.length} addresses, ${Math.round(all.length / ((performance.now() - start) / 1_000))} a second from text, checksums checked`);
});

/** Neighbours that are valid addresses: one letter of the payload changed, the checksum made anew where the form allows it. */
function validNeighbour(address: string): string | undefined {
  if (/^0x/.test(address)) {
    const at = address.length - 1;
    return `${address.slice(0, at).toLowerCase()}${address[at] === "0" ? "1" : "0"}`;
  }
  if (/^bc1/.test(address)) {
    const code = /^bc1p/.test(address) ? bech32m : bech32;
    const { words } = code.decode(address as `bc1${string}`);
    words[5] = words[5]! ^ 1;
    return code.encode("bc", words);
  }
  return undefined;
}

test("one letter off is never listed: neither as typed nor with its checksum made right", { skip: ofac.skip }, (t) => {
  let asked = 0;
  const listed = new Set(lines.flatMap(spellings));
  for (const { address } of lines) {
    const near = validNeighbour(address);
    if (near && !listed.has(near)) {
      asked++;
      const answer = screener.screen(near);
      assert.equal(answer.outcome, "not listed", `${near} for ${address}`);
    }
    for (let at = 0; at < address.length; at += 3) {
      const other = `${address.slice(0, at)}${address[at] === "9" ? "8" : "9"}${address.slice(at + 1)}`;
      if (listed.has(other)) continue;
      asked++;
      const answer = screener.screen(other);
      assert.ok(answer.outcome !== "listed" && !answer.is_alert && answer.hits.length === 0, `${other} for ${address}`);
    }
  }
  t.diagnostic(`${asked} neighbours`);
});

test("what only an older edition had is shown and is no alarm", { skip: ofac.skip }, async () => {
  const other = await smallNewsroom();
  const put = (edition: string, addresses: string[]) =>
    importDataset(other, findReader("ofac-crypto", []), [{ name: "sanctioned_addresses_XBT.txt", bytes: Buffer.from(`${addresses.join("\n")}\n`) }], { by: "test", retrieved_at: "2026-01-01T00:00:00Z", edition, release: true });
  const [gone, kept] = ["1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "1dice8EMZmqKvrGE4Qc9bUFf9PX3xaYDp"] as const;
  await put("2020-01-01", [gone, kept]);
  await put("2022-01-01", [kept]);
  const at = (on: string, address: string) => {
    const { outcome, is_alert, hits } = openScreener(other.log, { on, today: on, log_size: other.log.size() }).screen(address);
    return [outcome, is_alert, hits.length];
  };
  assert.deepEqual(at("2020-01-01", gone), ["listed", true, 1]);
  assert.deepEqual(at("2021-01-01", gone), ["unknown", true, 1], "it went some day in between");
  assert.deepEqual(at("2022-01-01", gone), ["not listed", false, 1]);
  assert.deepEqual(at("2025-01-01", gone), ["unknown", false, 1]);
  assert.deepEqual(at("2025-01-01", kept), ["unknown", true, 2]);
  assert.deepEqual(at("2019-01-01", kept), ["unknown", true, 2]);
  other.remove();
});

test("wrong capitals are told from a stranger: the digits are listed, the text is not valid", { skip: ofac.skip }, () => {
  const answer = screener.screen("0x098B716b8aaf21512996dc57eb0615e2383e2f96");
  assert.equal(answer.outcome, "unknown");
  assert.match(answer.evidence.for[0]!, /only the capitals/);
  assert.equal(answer.is_alert, true, "one wrong capital does not let a listed account through");
  assert.match(answer.words, /of that account: The edition of 2024-09-27 has it/);
  const ethereum = lines.filter(({ address }) => /^0x[0-9a-fA-F]{40}$/.test(address)).map(({ address }) => address);
  for (const address of ethereum) {
    const slip = address.replace(/[a-fA-F]/, (letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()));
    assert.equal(screener.screen(slip).is_alert, screener.screen(address).is_alert, slip);
  }
  const stranger = screener.screen("0x098B716b8aaf21512996dc57eb0615e2383e2f97");
  assert.deepEqual([stranger.outcome, stranger.is_alert], ["unknown", false]);
});

test("an exception silences the alarm and not the listing, for one chain, until its day, and its end is kept", { skip: ofac.skip }, () => {
  const address = lines.find(({ asset }) => asset === "ETH")!.address;
  const except = (input: Partial<Parameters<typeof appendException>[1]>, today = "2026-01-01") =>
    newsroom.transact("test", (transaction) =>
      appendException(transaction, { address: `eip155:1:${address}`, reason: "Reviewed in case 17: ours", until: "2026-03-01", ...input }, { by: "analyst", today }),
    );
  for (const wrong of [{ address }, { address: "nothing" }, { until: "2025-12-31" }, { until: "2027-06-01" }, { until: "soon" }, { reason: "ok" }, { list: "un" }, { address: "eip155:1:0x00000000000000000000000000000000000000aa" }])
    assert.throws(() => except(wrong), { code: "BAD_ARGUMENT" }, JSON.stringify(wrong));
  const seq = except({});
  const named = open().screen(`eip155:1:${address}`);
  assert.deepEqual([named.outcome, named.is_alert], ["listed", false]);
  assert.match(named.evidence.against.join(), /Exception \d+ by analyst \(holds, until 2026-03-01\): Reviewed in case 17/);
  assert.equal(named.evidence.for.length > 0, true, "what speaks for the hit is still shown");
  assert.equal(open().screen(address).is_alert, !named.hits.every(({ chains }) => chains.every((name) => name === "Ethereum")), "a text of several chains is that account as well");
  assert.equal(open(DAY, "2026-03-02").screen(`eip155:1:${address}`).is_alert, true, "expired");
  assert.throws(() => newsroom.transact("test", (transaction) => endException(transaction, 0, "not an exception at all", "x")), { code: "NOT_FOUND" });
  newsroom.transact("test", (transaction) => endException(transaction, seq, "The review was wrong", "second analyst"));
  assert.equal(open().screen(`eip155:1:${address}`).is_alert, true, "ended");
  assert.throws(() => newsroom.transact("test", (transaction) => endException(transaction, seq, "The review was wrong", "x")), { code: "BAD_ARGUMENT" });
  const [kept] = listExceptions(newsroom.log);
  assert.deepEqual([kept!.by, kept!.ended?.by, kept!.ended?.reason], ["analyst", "second analyst", "The review was wrong"]);
  newsroom.log.rebuildViews();
  assert.deepEqual(listExceptions(newsroom.log), [kept]);
});

test("a list that is not released, or not a list of addresses, is not looked into", { skip: ofac.skip }, () => {
  assert.throws(() => openScreener(newsroom.log, { on: DAY, today: DAY, log_size: 1, lists: ["un"] }), { code: "BAD_ARGUMENT" });
  const early = openScreener(newsroom.log, { on: DAY, today: DAY, log_size: 1 });
  assert.deepEqual(early.vintage, []);
  assert.equal(early.screen(lines[0]!.address).outcome, "unknown");
});
