// What is held about an address and a transaction: by the set that says so, with its time; and what is said where nothing is.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { bytesFile } from "../../test/api-newsroom.ts";
import { serveNewsroom, type ServedSite } from "../../test/demo-site.ts";
import { askNewsroom, importTransfers, readAskWords, saveTrace, TRANSFER_READERS } from "../tracing/tracing.ts";

const [A, B, C] = ["a1", "b2", "c3"].map((byte) => `0x${byte.repeat(20)}`) as [string, string, string];
const TXID = `0x${"7".repeat(64)}`;

describe("held transfers", () => {
  let site: ServedSite;
  const bring = async (format: string, name: string, text: string, release = true) => {
    const reader = TRANSFER_READERS.find((one) => one.format === format)!;
    await importTransfers(site.newsroom, reader, [bytesFile(`${name}.csv`, text)], { by: "anna", retrieved_at: "2026-01-01T00:00:00Z", name, release });
  };
  before(async () => {
    site = await serveNewsroom({ demo: false });
    await bring("transfers", "by-block", `chain,txid,block,index,time,from,to,amount\neip155:1,${TXID},7,3,2024-01-01T10:11:12.125Z,${A},${B},1000000000000000000\n`);
    await bring("transfers", "by-time", `chain,txid,time,from,to,amount\neip155:1,,2024-02-03T04:05:06Z,${B},${C},5\n`);
    await bring("transfers", "no-times", `chain,txid,from,to,amount\neip155:1,x,${C},${B},5\n`);
    await bring("utxo", "outputs", '{"txid":"s1","time":"2024-01-01T00:00:00Z","block":1,"inputs":[{"external":true,"value":100}],"outputs":[{"value":100,"address":"payee"}]}\n');
    await bring("transfers", "private", `chain,txid,block,from,to,amount\neip155:1,hidden,9,${A},0x${"d4".repeat(20)},1\n`, false);
    for (const [id, from, set] of [["one", A, "transfers/by-block"], ["two", "s1", "utxo/outputs"]] as const) {
      const found = await askNewsroom(site.newsroom, readAskWords({ from, stops: id === "one" ? [`${B}=service:A shop`] : [] }), { sets: [set], keepSteps: true });
      site.newsroom.transact("anna", (transaction) => saveTrace(transaction, found, { id: `trace-${id}`, title: `Trace ${id}`, by: "anna", captures: found.captures, release: true }));
    }
    await site.refresh();
  });
  after(() => site.stop());
  const page = async (path: string, status = 200): Promise<string> => {
    const answer = await site.get(path);
    assert.equal(answer.status, status, `${path}: ${answer.text.slice(0, 300)}`);
    return answer.text;
  };

  test("an address: each transfer under its set, with its whole time, linked to its transaction and traces", async () => {
    const text = await page(`/addresses/${B}`);
    // Two that state times are one table, and each row of it names its set; the third stands apart.
    assert.match(text, /<caption>Over <a href="\/log\/\d+">transfers\/by-block<\/a>, <a href="\/log\/\d+">transfers\/by-time<\/a><\/caption>[^]*?<caption>Over <a href="\/log\/\d+">transfers\/no-times<\/a><\/caption>/);
    assert.match(text, /<time datetime="2024-01-01T10:11:12.125Z">Jan 1, 2024, 10:11:12\.125<\/time><br><span class="note whole">block 7<[^\n]*<a href="\/log\/\d+">transfers\/by-block<\/a>:1<\/td>/);
    assert.match(text, /Feb 3, 2024, 04:05:06<\/time>[^\n]*<a href="\/log\/\d+">transfers\/by-time<\/a>:1<\/td>/);
    assert.match(text, /<caption>In <a href="\/log\/\d+">transfers\/no-times<\/a>[^]*?<td>not stated</);
    assert.match(text, new RegExp(`href="/transactions/${TXID}">[^<]+</a> #3`));
    assert.match(text, /Trace <a href="\/traces\/trace-one">Trace one<\/a>/);
    assert.match(text, /a transfer that is in two stands here twice/);
    assert.doesNotMatch(await page(`/addresses/${A}`), /transfers\/private|hidden/);
    const { transfers, holdings } = JSON.parse(await page(`/addresses/${B}.json`)) as { transfers: { set: string; time_precision: string | null }[]; holdings: { sets: string[] }[] };
    assert.deepEqual(transfers.map(({ set, time_precision }) => [set, time_precision]).sort(), [["transfers/by-block", "millisecond"], ["transfers/by-time", "second"], ["transfers/no-times", null]]);
    assert.deepEqual(holdings.map(({ sets }) => sets.join()).sort(), ["transfers/by-block,transfers/by-time", "transfers/no-times"]);
    assert.match(await page(`/addresses/${B}.csv`), /^set,row,chain,block,time,time_precision,txid,index,kind,from,to,asset,amount\r\ntransfers/);
  });

  test("an address of outputs: when each was made, and the traces that came to one of them", async () => {
    const text = await page("/addresses/payee");
    assert.match(text, /In <a href="\/log\/\d+">utxo\/outputs<\/a>[^]*?Jan 1, 2024, 00:00:00<\/time>/);
    assert.match(text, /<a href="\/traces\/trace-two">/);
  });

  test("a transaction: its set and its time", async () => {
    const text = await page(`/transactions/${TXID}`);
    assert.match(text, /<caption>In <a href="\/log\/\d+">transfers\/by-block[^]*?10:11:12\.125<\/time>[^]*?<a href="\/traces\/trace-one">/);
    assert.match(await page(`/transactions/${TXID}.csv`), new RegExp(`transfers/by-block:1,eip155:1,7,2024-01-01T10:11:12.125Z,millisecond,${TXID},3,`));
    assert.match(await page("/transactions/s1"), /utxo\/outputs/);
  });

  test("what nothing holds: not found, where was looked, what can be done, as a page and as a problem", async () => {
    const unknown = `0x${"e5".repeat(20)}`;
    const text = await page(`/addresses/${unknown}`, 404);
    assert.match(text, /<h1>No transfers that we hold show this address<\/h1>/);
    assert.match(text, new RegExp(`href="/screen\\?q=${unknown}"`));
    assert.match(text, /transfers\/by-block<\/a><\/th><td>eip155:1<\/td><td class="num">1</);
    assert.doesNotMatch(text, /transfers\/private/);
    assert.match(await page("/addresses/0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", 404), /Mistyped\?<\/strong> As typed it is no valid Ethereum address/);
    assert.match(await page(`/addresses/${TXID}`, 404), new RegExp(`<a href="/transactions/${TXID}">There is a transaction of that name`));
    assert.match(await page(`/transactions/${B}`, 404), new RegExp(`<a href="/addresses/${B}">There is an address of that name`));
    for (const path of [`/addresses/${unknown}.json`, `/addresses/${unknown}.csv`, "/transactions/nothing.json"]) {
      const { status, headers, text: body } = await site.get(path);
      assert.deepEqual([status, headers["content-type"]], [404, "application/problem+json; charset=utf-8"], path);
      const problem = JSON.parse(body) as { type: string; status: number; detail: string; looked_in: { name: string }[]; screen: string };
      assert.deepEqual([problem.type, problem.status], ["/v1/errors/NOT_FOUND", 404]);
      assert.match(problem.detail, /^No transfers that we hold show this (address|transaction): /);
      assert.deepEqual(problem.looked_in.map(({ name }) => name).sort(), ["transfers/by-block", "transfers/by-time", "transfers/no-times", "utxo/outputs"]);
    }
  });

  test("the list of traces: id, when it was saved, seed, conventions, ends asked for, sets", async () => {
    const text = await page("/traces");
    assert.match(text, new RegExp(`<a href="/traces/trace-one">Trace one</a><br><code>trace-one</code></th><td><time datetime="2026-11-20T[^"]+">Nov 20, 2026, [^<]+</time></td><td><code title="${A}">`));
    assert.match(text, /<td>poison, haircut, fifo, lifo, tiho<\/td><td>at 0xb2b2…b2b2 \(service: A shop\)<\/td><td><a href="\/log\/\d+">transfers\/by-block<\/a>/);
    assert.match(text, /none: to the end of the data/);
    const csv = await page("/traces.csv");
    assert.match(csv, new RegExp(`trace-one,Trace one,2026-11-20T[^,]+,${A},forward,poison haircut fifo lifo tiho,,${B}=service:A shop,no,,,,yes,transfers/by-block,`));
    const { traces } = JSON.parse(await page("/traces.json")) as { traces: { id: string; at: string; ask: { stops?: object } }[] };
    assert.deepEqual(traces.map(({ id, at, ask }) => [id, at.slice(0, 10), Object.keys(ask.stops ?? {})]), [["trace-two", "2026-11-20", []], ["trace-one", "2026-11-20", [B]]]);
    const one = await page("/traces/trace-one");
    assert.match(one, new RegExp(`On eip155:1 the data ends at <time datetime="2024-01-01T10:11:12\\.125Z">[^<]+</time> UTC in block 7`));
    assert.match(one, new RegExp(`One account that it went through sends more than these transfers show to have come, and where that is from is not known: <a href="/addresses/${A}"><code title="${A}">[^<]+</code></a> 1 ETH\\.`));
    assert.match(one, new RegExp(`<a href="/transactions/${TXID}"><code title="${TXID}#3">`));
    assert.match(one, new RegExp(`<a href="/addresses/${B}"><code title="${B}">`));
    assert.match(await page("/traces/trace-two"), /<a href="\/transactions\/s1"><code title="s1:0">/);
    assert.match(one, /<dt>Ends asked for<\/dt><dd>at 0xb2b2…b2b2 \(service: A shop\)<\/dd>/);
  });
});
