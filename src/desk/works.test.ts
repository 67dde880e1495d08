// Exports, reproduction and verification at the desk: the same bytes as the command makes, each file with the hash that is
// shown, made in a process of its own while the desk answers; what is not public does not leave, and what is damaged is said.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { deskNewsroom, type Answered, type DeskNewsroom, type Handle } from "../../test/desk-newsroom.ts";
import { listActs } from "../accounts/accounts.ts";
import { sha256Hex, verifyBundle } from "../evidence/evidence.ts";
import { exportTo, TABLE_FORMS, type ExchangeFormat } from "../exchange/exchange.ts";
import { appendFigureSpec } from "../figures/figures.ts";
import { parseStoryText, publishStory } from "../press/press.ts";

let bench: DeskNewsroom;
let folder: string;
before(async () => {
  bench = await deskNewsroom();
  folder = mkdtempSync(join(tmpdir(), "tracewire-works-"));
  const { newsroom } = bench;
  newsroom.claim([
    { subject: "theft/public", field: "victim", value: "A bridge", claimant: "The monitors" },
    { subject: "theft/public", field: "amount", value: "12", unit: "USD", claimant: "The monitors", valuation: { basis: "as_published" }, measure: "gross" },
  ]);
  newsroom.claim([{ subject: "theft/kept-back", field: "victim", value: "Nobody’s business", claimant: "The monitors" }], { release: false });
  newsroom.transact("edda", (transaction) => appendFigureSpec(transaction, { id: "thefts", title: "Thefts", measure: "count", of: "theft" }, "edda"));
  newsroom.transact("edda", (transaction) => publishStory(transaction, newsroom.log, parseStoryText("---\nslug: in-print\ntopic: Bridges\nbyline: edda\nhappened: 2026-03-01\n---\n\n# What is in print\n\n> It is said.\n\nThere are {{thefts}} thefts.\n"), { by: "edda" }));
});
after(async () => {
  await bench?.remove();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** Starts it by its form, waits until it has ended, and gives its page. */
async function run(handle: Handle, path: string, form: Record<string, string>): Promise<{ path: string; body: string }> {
  const started = await bench.as(handle, path, form);
  assert.equal(started.status, 303, started.body);
  return ended(handle, started);
}

async function ended(handle: Handle, { location }: Answered): Promise<{ path: string; body: string }> {
  for (;;) {
    const { body } = await bench.as(handle, location);
    if (!body.includes("Stop it")) return { path: location, body };
    await pause(30);
  }
}

const filesOn = (body: string) => [...body.matchAll(/files\/([^"]+)">[^<]+<\/a><\/td><td class="num">[\d,]+ bytes<\/td><td><code>([0-9a-f]{64})/g)].map(([, name, sha256]) => ({ name: decodeURIComponent(name!), sha256: sha256! }));

test("every format is the bytes that the command writes, with manifest and sums, and says before what it cannot carry", async () => {
  const { newsroom } = bench;
  const page = (await bench.as("rosa", "/desk/exports")).body;
  assert.match(page, /What a format cannot carry/);
  const asks: [ExchangeFormat, id?: string, form?: (typeof TABLE_FORMS)[number]][] = [
    ["stix"], ["ftm"], ["misp"], ["ninjs", "in-print"], ["list", "theft", "csv"], ["list", "theft", "xlsx"], ["list", "theft", "parquet"], ["list", "stories", "csv"],
  ];
  for (const [format, id, form] of asks) {
    const { body, path } = await run("rosa", "/desk/exports", { what: format, ...(id ? { id } : {}), ...(form ? { form } : {}) });
    const own = join(folder, `${format}-${id ?? ""}-${form ?? ""}`);
    exportTo(own, newsroom, { format, id, form, base_url: "http://localhost" });
    const files = filesOn(body);
    assert.deepEqual(files.map(({ name }) => name), readdirSync(own).sort(), body);
    for (const { name, sha256 } of files) {
      const answer = await bench.as("rosa", `${path}/files/${encodeURIComponent(name)}`);
      assert.deepEqual([answer.status, sha256Hex(answer.bytes), String(answer.headers["content-disposition"]).startsWith("attachment")], [200, sha256, true]);
      assert.ok(Buffer.from(readFileSync(join(own, name))).equals(answer.bytes), `${format}: ${name}`);
      assert.ok(!answer.bytes.includes("kept-back"), "what is not public stays");
    }
  }
  assert.equal(listActs(bench.accounts, { handle: "rosa", limit: 50 }).filter(({ act }) => act === "export").length, asks.length);
});

test("a bundle verifies elsewhere and its figures come out the same; a changed one is named; the whole log is the administrator's", async () => {
  const story = await run("anna", "/desk/exports", { what: "story", id: "in-print" });
  const bundle = (await bench.as("anna", `${story.path}/files/in-print.json`)).body;
  assert.equal(verifyBundle(bundle, { key: bench.newsroom.verifierKey }).outcome, "clean");
  const send = async (text: string, key = "") => {
    const boundary = "----bundle";
    const part = (head: string, value: string) => `--${boundary}\r\ncontent-disposition: form-data; ${head}\r\n\r\n${value}\r\n`;
    const payload = `${part('name="csrf"', bench.signedIn("anna").csrf)}${part('name="key"', key)}${part('name="file"; filename="sent.json"\r\ncontent-type: application/json', text)}--${boundary}--\r\n`;
    return ended("anna", await bench.ask("/desk/reproduce/bundle", { cookie: `tracewire-desk=${bench.tokens.anna}`, payload, headers: { "content-type": `multipart/form-data; boundary=${boundary}` } }));
  };
  const good = (await send(bundle, bench.newsroom.verifierKey)).body;
  assert.match(good, /Clean\./);
  assert.match(good, /The key is the one you gave/);
  assert.match(good, /1 of 1 came out the same, byte for byte/);
  assert.match((await send(bundle.replaceAll("The monitors", "The minders"))).body, /Damaged: \d+ findings/);
  assert.match((await send("{")).body, /class="finding"/);

  assert.equal((await bench.as("edda", "/desk/exports/archive", {})).status, 403);
  const whole = await run("ada", "/desk/exports/archive", {});
  const text = (await bench.as("ada", `${whole.path}/files/case.json`)).body;
  const report = verifyBundle(text, {});
  assert.deepEqual([report.outcome, report.size], ["clean", bench.newsroom.log.size()]);
  assert.ok(!text.includes("Nobody’s business"), "what is not public stays closed in it");
  assert.equal((await bench.as("edda", `${whole.path}/files/case.json`)).status, 404, "another's");
});

test("what cannot be made is said on its page or at once, naming the field; nothing is left of it", async () => {
  assert.match((await run("rosa", "/desk/exports", { what: "list", id: "no-such" })).body, /There is no list “no-such”/);
  assert.match((await run("rosa", "/desk/exports", { what: "list" })).body, /Which list\?/);
  assert.equal((await bench.as("rosa", "/desk/exports", { what: "list", id: "theft", known: "next week" })).status, 400);
  assert.equal((await bench.as("rosa", "/desk/exports", { what: "list", id: "theft", known: "99999" })).status, 400);
  assert.equal((await bench.as("rosa", "/desk/exports", { what: "everything" })).status, 400);
  assert.equal((await bench.as("rosa", "/desk/reproduce", { id: "no-such" })).status, 404);
  const failed = bench.desk.works.list().filter(({ state }) => state === "failed");
  assert.ok(failed.length >= 2);
  // Its process ends a moment after its answer.
  for (let tries = 0; tries < 200 && failed.some(({ place }) => existsSync(place)); tries++) await pause(50);
  assert.deepEqual(failed.filter(({ place }) => existsSync(place)), []);
});

test("a figure and a story are computed again; the whole folder is checked from the bytes up, with a key, against a checkpoint, and damage is named", async () => {
  assert.match((await run("olga", "/desk/reproduce", { id: "in-print" })).body, /1 of 1 came out the same/);
  assert.match((await run("olga", "/desk/reproduce", { id: "thefts", known: String(bench.newsroom.log.size()) })).body, /same: thefts, 1 thefts/);
  const checkpoint = bench.newsroom.log.checkpoint(bench.newsroom.log.size());
  const clean = (await run("ada", "/desk/verify", { key: bench.newsroom.verifierKey, against: checkpoint })).body;
  assert.match(clean, /<p>Clean\.<\/p>/);
  assert.match(clean, /The key is the one you gave/);
  assert.match((await run("ada", "/desk/verify", { key: "not a key" })).body, /is not a verifier key/);
  const blob = readdirSync(join(bench.newsroom.folder, "blobs"), { recursive: true, withFileTypes: true }).find((item) => item.isFile())!;
  const path = join(blob.parentPath, blob.name);
  const kept = readFileSync(path);
  writeFileSync(path, "something else");
  assert.match((await run("ada", "/desk/verify", {})).body, /Damaged: [^]*blob/);
  writeFileSync(path, kept);
  assert.match((await run("ada", "/desk/verify", {})).body, /<p>Clean\.<\/p>/);
});

test("the desk answers while they run; one can be stopped; how many one person has open is limited", async () => {
  const started = await Promise.all(Array.from({ length: 4 }, () => bench.as("ada", "/desk/verify", {})));
  assert.deepEqual(started.map(({ status }) => status), [303, 303, 303, 303]);
  assert.equal((await bench.as("ada", "/desk/verify", {})).status, 429);
  assert.equal((await bench.as("ada", "/desk")).status, 200);
  const last = started.at(-1)!.location;
  assert.equal((await bench.as("ada", `${last}/cancel`, {})).status, 303);
  assert.match((await bench.as("ada", last)).body, /It was stopped/);
  for (const one of started) await ended("ada", one);
  const acts = (handle: Handle) => new Set(listActs(bench.accounts, { handle, limit: 100 }).map(({ act }) => act));
  assert.deepEqual([acts("ada").isSupersetOf(new Set(["export", "verify", "work.cancel"])), acts("anna").has("verify.bundle"), acts("olga").has("reproduce")], [true, true, true]);
  assert.deepEqual(bench.faults, []);
});

test("an export is gone with the desk", async () => {
  const other = await deskNewsroom();
  const { location } = await other.as("rosa", "/desk/exports", { what: "list", id: "stories" });
  const { place } = other.desk.works.find(Number(location.split("/").at(-1)))!;
  assert.ok(existsSync(place));
  await other.remove();
  assert.ok(!existsSync(place));
});
