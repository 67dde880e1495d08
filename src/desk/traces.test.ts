// A trace from the desk, by its forms: started, watched, read, kept, opened row by row, and the packet of it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { unzipSync } from "fflate";
import { deskNewsroom, type DeskNewsroom } from "../../test/desk-newsroom.ts";
import { importMadeUp } from "../../test/kept-trace.ts";
import { sha256Hex } from "../evidence/evidence.ts";
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
  const started = await bench.as("anna", "/desk/traces", { from: "thief", direction: "forward", methods: "", stops: "market=service:The market\n\n", known: "", asset: "", floor: "", until: "", depth: "" });
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
  assert.match(await settled(lost.location), /It failed\. [^<]*nobody-there/);
  const refused = await bench.as("anna", "/desk/traces", { from: "thief", direction: "forward", floor: "1.5" });
  assert.deepEqual([refused.status, /Where: floor/.test(refused.body)], [400, true]);
});

test("it is kept under a name with every step, by who asked; the same again changes nothing", async () => {
  const kept = await bench.as("anna", `${job}/keep`, { id: "made-up", title: "Made up" });
  assert.match(await settled(kept.location), /Kept as <a href="\/desk\/traces\/made-up">/);
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
  const none = await bench.as("anna", "/desk/traces/made-up/packet", { service: "Another", contact: "desk@example.org" });
  assert.deepEqual([none.status, /It stops at: The market/.test(none.body)], [404, true]);
});
