// How long the desk's answers take in a case of ten thousand claims (made-up, never shipped): what the checks say while a claim is
// typed, a table of 500 rows looked at and saved, the pages of case work. Asked in one process, without a network.
// Run: <pinned node> bench/case-work.ts [claims]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { enterByLink, findSession, firstLink, openAccounts } from "../src/accounts/accounts.ts";
import { readClaims } from "../src/casefile/casefile.ts";
import { deskApp } from "../src/desk/desk.ts";
import { systemEffects } from "../src/effects.ts";
import { appendCapture, prepareCapture } from "../src/evidence/evidence.ts";
import { fillLargeNewsroom } from "../test/large-newsroom.ts";
import { machine, median } from "./measure.ts";

const CLAIMS = Number(process.argv[2] ?? 10_000);
const ROUNDS = 40;
const folder = join(mkdtempSync(join(tmpdir(), "tracewire-bench-desk-")), "data");
console.log(machine());

const newsroom = await fillLargeNewsroom(folder, CLAIMS / 10);
const rows = Array.from({ length: 500 }, (_, at) => `${2000 + (at % 20)}-01-01,Victim ${at},${(at + 1) * 1000}`);
const captured = await prepareCapture(newsroom.blobs, {
  bytes: new TextEncoder().encode(`date,victim,amount_usd\n${rows.join("\n")}\n`), origin: { from: "file", name: "t.csv" }, retrieved_at: systemEffects.clock(), retrieved_by: "ada", grade: "copy", source_grade: "C", item_grade: "3",
});
const capture = newsroom.transact("ada", (transaction) => appendCapture(transaction, captured));
const held = readClaims(newsroom.log, { log_size: newsroom.log.size(), evidence: "all" });
const theft = held.find(({ subject, field }) => subject.startsWith("theft/") && field === "amount")!;
console.log(`${held.length} claims held, ${newsroom.log.size()} entries`);
newsroom.close();

const accounts = openAccounts(folder, systemEffects);
const { token } = await enterByLink(accounts, firstLink(accounts)!.token, { handle: "ada", password: "seven quiet herons" }, { network: "127.0.0.0/24", agent: "bench" });
const { csrf } = findSession(accounts, token)!;
const desk = deskApp().openDesk({ folder, effects: systemEffects, url: "http://localhost", hosts: ["localhost"], report: (error) => console.error(error) });
await desk.app.ready();

async function ask(path: string, form?: Record<string, string>) {
  const headers = { host: "localhost", cookie: `tracewire-desk=${token}`, ...(form ? { origin: "http://localhost", "content-type": "application/x-www-form-urlencoded" } : {}) };
  const from = performance.now();
  const answer = await desk.app.inject({ method: form ? "POST" : "GET", url: path, headers, ...(form ? { payload: new URLSearchParams({ ...form, csrf }).toString() } : {}) });
  if (answer.statusCode >= 400) throw new Error(`${path}: ${answer.statusCode} ${answer.body.slice(0, 300)}`);
  return { ms: performance.now() - from, body: answer.body };
}

async function measure(name: string, path: string, form?: (round: number) => Record<string, string>, rounds = ROUNDS) {
  const first = (await ask(path, form?.(0))).ms;
  const times: number[] = [];
  for (let round = 1; round <= rounds; round += 1) times.push((await ask(path, form?.(round))).ms);
  const sorted = times.toSorted((a, b) => a - b);
  console.log(`${name}: median ${median(times).toFixed(1)} ms, slowest ${sorted.at(-1)!.toFixed(1)} ms, first ${first.toFixed(0)} ms`);
}

const claim = (value: string) => ({ subject: theft.subject, field: "amount", value, unit: "USD", claimant: "Somebody else", as_of: "2024", hedge: "asserted", table: "1", row: "3", column: "amount_usd" });
await measure("checks while a claim is typed", `/desk/captures/${capture}/check`, (round) => claim(String(1_000 + round)));
await measure("checks, of an amount that others have", `/desk/captures/${capture}/check`, () => claim(theft.value));
await measure("the page of the capture", `/desk/captures/${capture}`);
await measure("a subject's page", `/desk/subjects/${theft.subject}`);
await measure("claims", "/desk/claims");
await measure("today", "/desk");
const mapped = { kind: "theft", column_1: "name", column_2: "name", column_3: "amount", unit: "USD", claimant: "Somebody else", hedge: "asserted", act: "look" };
await measure("a table of 500 rows, looked at", `/desk/captures/${capture}/tables/1`, () => mapped, 10);
const seen = /name="seen" value="(\w+)"/.exec((await ask(`/desk/captures/${capture}/tables/1`, mapped)).body)![1]!;
console.log(`500 claims saved by one act: ${(await ask(`/desk/captures/${capture}/tables/1`, { ...mapped, act: "save", seen })).ms.toFixed(0)} ms`);

await desk.close();
accounts.close();
rmSync(join(folder, ".."), { recursive: true, force: true });
