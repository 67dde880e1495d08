// A trace from the desk, by its forms: started, watched, read, kept, opened row by row, and the packet of it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { unzipSync } from "fflate";
import { extractText } from "unpdf";
import { deskNewsroom, type DeskNewsroom } from "../../test/desk-newsroom.ts";
import { importMadeUp } from "../../test/kept-trace.ts";
import { sha256Hex, verifyBundle } from "../evidence/evidence.ts";
import { findTrace } from "../tracing/tracing.ts";

let bench: DeskNewsroom;
before(async () => {
  bench = await deskNewsroom();
  await importMadeUp(bench.newsroom);
});
after(() => bench?.remove());

async function settled(path: string): Promise<string> {
  for (let look = 0; look < 600; look += 1) {
    const { body } = await bench.as("anna", path);
    if (!body.includes("data-watch")) return body;
    await sleep(100);
  }
  throw new Error("it does not end");
}

let job: string;
test("a question by a form runs in a process of its own and is read when it is done", async () => {
  const started = await bench.as("anna", "/desk/traces", { from: "thief", direction: "forward", stops: "market=service:The market\n\n", known: "", asset: "", floor: "", until: "", depth: "" });
  assert.match(started.location, /^\/desk\/traces\/jobs\/\d+$/, started.body);
  job = started.location;
  assert.match((await bench.as("anna", "/desk")).body, /href="\/desk\/boards\/traces">Traces on their way<\/a> <span class="count">1</);
  const body = await settled(job);
  assert.match(body, /<code>market<\/code><br>The market<\/td><td>stopped at \(service\)/);
  assert.match(body, /25 of 32 shown/);
  assert.match((await bench.as("anna", "/desk")).body, /href="\/desk\/boards\/traces">Traces on their way<\/a> <span class="count">0</, "it was read");
  assert.equal((await bench.as("edda", job)).status, 404, "it is hers");
});

test("a question that has no answer says why, and one that cannot be asked names its field", async () => {
  const lost = await bench.as("anna", "/desk/traces", { from: "nobody-there", direction: "forward" });
  assert.match(await settled(lost.location), /It failed\. From: [^<]*nobody-there/);
  const refused = await bench.as("anna", "/desk/traces", { from: "thief", direction: "forward", floor: "1.5" });
  assert.deepEqual([refused.status, /Where: floor/.test(refused.body)], [400, true]);
  for (const [line, says] of [
    ["market service", /market service.{1,30}has a blank in its address/],
    ["market=servce:The market", /“?servce.{1,30}is none of service, mixer, bridge, contract/],
    ["market=", /the reason is missing/],
    ["=service", /names no address/],
    ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD=service", /no valid Ethereum address/],
  ] as const) {
    const { status, body } = await bench.as("anna", "/desk/traces", { from: "thief", direction: "forward", stops: `shill-1\n${line}` });
    assert.deepEqual([status, /Where: stops/.test(body), says.test(body)], [400, true, true], body);
    assert.ok(body.includes('name="from" type="text" value="thief"') && body.includes("shill-1"), "what was typed stands there again");
  }
});

test("nothing ends or is left out unless it is asked for; what the command takes, the form takes", async () => {
  const form = (await bench.as("anna", "/desk/traces")).body;
  assert.match(form, /name="known" value="yes">/, "not ticked");
  const set = /name="sets" value="(\d+)"> transfers\/made-up /.exec(form)![1]!;
  assert.equal((await bench.as("anna", "/desk/traces", { from: "thief", direction: "forward", sets: "999999" })).status, 404);
  const ways = new URLSearchParams([["from", "thief"], ["direction", "forward"], ["methods", "fifo"], ["methods", "lifo"], ["sets", set], ["no_conversions", "yes"], ["explore", "yes"], ["floor", "2 native=1"], ["stops", "market=service:The market"]]);
  ways.append("csrf", bench.signedIn("anna").csrf);
  const asked = await bench.ask("/desk/traces", { cookie: `tracewire-desk=${bench.tokens.anna}`, form: ways });
  const body = await settled(asked.location);
  assert.match(body, /forward, fifo, lifo; started/);
  assert.match(body, /For exploring, not for evidence/);
  assert.doesNotMatch(body, /Keep as|Hash of the answer/);
  assert.equal((await bench.as("anna", `${asked.location}/keep`, { id: "quick", title: "Quick" })).status, 400);
  const again = (await bench.as("anna", /href="(\/desk\/traces\?again=\d+)"/.exec(body)![1]!)).body;
  for (const filled of ['name="from" type="text" value="thief"', `name="sets" value="${set}" checked`, 'name="no_conversions" value="yes" checked', 'name="explore" value="yes" checked', 'value="2 native=1"', 'value="fifo" checked', "market=service:The market</textarea>"])
    assert.ok(again.includes(filled), filled);
  assert.doesNotMatch((await bench.as("edda", /\/desk\/traces\?again=\d+/.exec(body)![0])).body, /value="thief"/, "another's question is not shown");
});

test("it is kept under a name with every step, by who asked; the same again changes nothing", async () => {
  const kept = await bench.as("anna", `${job}/keep`, { id: "made-up", title: "Made up" });
  const over = await settled(kept.location);
  assert.match(over, /Kept as <a href="\/desk\/traces\/made-up">/);
  assert.doesNotMatch(over, /Running/);
  const first = (await bench.as("anna", job)).body;
  assert.match(first, /Kept as <a href="\/desk\/traces\/made-up">/, "the job that was kept says so");
  assert.doesNotMatch(first, /Keep as/);
  assert.match((await bench.as("anna", "/desk/traces")).body, /: kept as <a href="\/desk\/traces\/made-up">/);
  const trace = findTrace(bench.newsroom.log, "made-up", undefined, "all")!;
  assert.deepEqual([trace.by, trace.title, trace.steps !== null, trace.released], ["anna", "Made up", true, undefined]);
  const size = bench.newsroom.log.size();
  await settled((await bench.as("anna", `${job}/keep`, { id: "made-up", title: "Made up" })).location);
  assert.equal(bench.newsroom.log.size(), size);
  assert.equal((await bench.as("anna", "/desk/traces/made-up/release", {})).status, 403);
});

test("its flows open row by row, and what is open stands in the address", async () => {
  const folded = (await bench.as("anna", "/desk/traces/made-up?method=fifo")).body;
  assert.match(folded, /25 of 31 shown out of <code>thief<\/code>/);
  assert.doesNotMatch(folded, /<code>mixer<\/code><\/td><td>/);
  const more = /<a href="([^"]+)">6 more<\/a>/.exec(folded)![1]!.replaceAll("&amp;", "&");
  const all = (await bench.as("anna", more)).body;
  const open = /<a href="([^"]+)" aria-expanded="false">Open 1<\/a> <code>shill-0<\/code>/.exec(all)![1]!.replaceAll("&amp;", "&").split("#")[0]!;
  const opened = (await bench.as("anna", open)).body;
  assert.match(opened, /aria-expanded="true">Fold<\/a> <code>shill-0<\/code>[^]*?class="in-1">· <code>mixer<\/code><\/td><td>credit<\/td><td class="num">1</);
  const fold = /<a href="([^"]+)" aria-expanded="true">/.exec(opened)![1]!.replaceAll("&amp;", "&").split("#")[0]!;
  assert.doesNotMatch((await bench.as("anna", fold)).body, /class="in-1">· <code>mixer/);
});

test("an answer of megabytes arrives whole before its process is over", async () => {
  await importMadeUp(bench.newsroom, `txid,from,to,amount\n${Array.from({ length: 6_000 }, (_, at) => `l${at},hub,${"a-long-name-".repeat(8)}${at},2\n`).join("")}`);
  const asked = await bench.as("anna", "/desk/traces", { from: "hub", direction: "forward" });
  const body = await settled(asked.location);
  assert.doesNotMatch(body, /It failed/);
  assert.match(body, /5,000 of 30,0\d\d rows of the answer/);
  const kept = await settled((await bench.as("anna", `${asked.location}/keep`, { id: "large", title: "Large" })).location);
  assert.match(kept, /Kept as <a href="\/desk\/traces\/large">/);
  assert.doesNotMatch(kept, /Running|It failed/);
});

test("every step of a kept trace that is not public, in three forms", async () => {
  const csv = await bench.as("anna", "/desk/traces/made-up/steps?form=csv");
  assert.match(csv.body, /^step,method,asset,rule,place/);
  assert.match((await bench.as("anna", "/desk/traces/made-up/steps?form=html")).body, /<h1>Steps of a trace<\/h1>/);
  assert.equal((await bench.as("anna", "/desk/traces/made-up/steps?form=xlsx")).bytes.subarray(0, 2).toString(), "PK");
});

test("the freeze packet is one file whose sums hold", async () => {
  const packet = await bench.as("anna", "/desk/traces/made-up/packet", { service: "The market", contact: "desk@example.org", reference: "", addresses: "" });
  assert.equal(packet.headers["content-type"], "application/zip", packet.body.slice(0, 300));
  const files = unzipSync(packet.bytes);
  assert.deepEqual(Object.keys(files).sort(), ["SHA256SUMS", "addresses.csv", "letter.pdf", "packet.json", "proof.json", "transactions.csv"]);
  for (const line of Buffer.from(files.SHA256SUMS!).toString().trim().split("\n")) {
    const [sum, name] = line.split("  ") as [string, string];
    assert.equal(sha256Hex(files[name]!), sum, name);
  }
  assert.match(Buffer.from(files["transactions.csv"]!).toString(), /,t2,,thief,market,native,base units,40,/);
  assert.match((await bench.as("anna", "/desk/traces/made-up")).body, /<datalist id="services"><option value="The market"><\/option>/);
  // Its trace is not public: a signed state of the log alone is never called a proof of it.
  const proof = verifyBundle(Buffer.from(files["proof.json"]!).toString());
  assert.deepEqual([proof.outcome, proof.entries, proof.left_out.every(({ why }) => why === "not released")], ["clean", 0, true]);
  const letter = await extractText(Uint8Array.from(files["letter.pdf"]!), { mergePages: true });
  assert.match(letter.text.replaceAll(/\s+/g, " "), /The trace is not public\. proof\.json holds the signed state of the log alone/);
  assert.match((await bench.as("anna", "/desk/traces/made-up")).body, /The trace is not public: the packet's proof can say nothing of it yet/);
  const none = await bench.as("anna", "/desk/traces/made-up/packet", { service: "Another", contact: "desk@example.org" });
  assert.deepEqual([none.status, /It stops at: The market/.test(none.body)], [404, true]);
  assert.ok(none.body.includes('value="desk@example.org"'), "what was typed stands there again");
});

test("before it is public it is said what goes out with it and what stays; then its packet's proof holds its entry", async () => {
  const page = (await bench.as("edda", "/desk/traces/made-up")).body;
  assert.match(page, /Public for good with it: [^<]*the names at its ends, from whatever tags they are: The market/);
  assert.match(page, /Not public: the transfers of transfers\/[^<]*cannot ask it again/);
  await bench.as("edda", "/desk/traces/made-up/release", {});
  const after = (await bench.as("edda", "/desk/traces/made-up")).body;
  assert.doesNotMatch(after, /Make it public|The trace is not public/);
  const packet = await bench.as("edda", "/desk/traces/made-up/packet", { service: "The market", contact: "desk@example.org" });
  const proof = verifyBundle(Buffer.from(unzipSync(packet.bytes)["proof.json"]!).toString());
  assert.deepEqual([proof.outcome, proof.entries, proof.left_out.length], ["clean", 4, 1], "the trace and its tables; the transfers stay hidden");
});
