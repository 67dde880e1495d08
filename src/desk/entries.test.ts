// Releasing and erasing by the forms of the desk: what the page says beforehand is what is done, by the same functions as the
// command; what rests on another's protected source is not there; what is erased is in no file of the folder.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { deskNewsroom, type DeskNewsroom } from "../../test/desk-newsroom.ts";
import { listActs } from "../accounts/accounts.ts";
import { appendClaim, appendJudgement, parseClaim, readClaim } from "../casefile/casefile.ts";
import { appendCapture, findCapture, prepareCapture, verifyFolder } from "../evidence/evidence.ts";
import { appendFigureSpec, readRestatements } from "../figures/figures.ts";
import { parseStoryText, publishStory } from "../press/press.ts";
import { recomputeFolder } from "../recompute.ts";

const SECRET = "Nightingale-41737373";
let bench: DeskNewsroom;
before(async () => void (bench = await deskNewsroom()));
after(() => bench?.remove());

async function capture(by: string, words: string, is_protected = false): Promise<number> {
  const { newsroom } = bench;
  const prepared = await prepareCapture(newsroom.blobs, {
    bytes: new TextEncoder().encode(words), origin: { from: "file", name: "memo.txt" }, title: `Memo: ${words.slice(0, 30)}`, retrieved_at: bench.now(), retrieved_by: by,
    grade: "copy", source_grade: "C", item_grade: "3", licence: "CC BY 4.0", ...(is_protected ? { is_protected: true as const } : {}),
  });
  return newsroom.transact(by, (transaction) => appendCapture(transaction, prepared));
}

const claimOn = (seq: number, subject: string, value: string, quote: string, by = "rosa") =>
  bench.newsroom.transact(by, (transaction) =>
    appendClaim(transaction, parseClaim({ subject, field: "amount", value, unit: "USD", valuation: { basis: "as_published" }, claimant: "Somebody", hedge: "asserted", as_of: "2024", source: { capture: seq, locator: { quote } } }), by),
  );

const shownIn = (body: string): string => /name="shown" value="([0-9a-f]+)"/.exec(body)![1]!;
const isPublic = (seq: number): boolean => bench.newsroom.log.db.prepare("SELECT released FROM entry_index WHERE seq = ?").get(seq)!.released !== null;
const holding = (words: string): string[] =>
  readdirSync(bench.newsroom.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name)).includes(words))
    .map(({ name }) => name);

test("any entries are released as the look said: a claim brings its capture, a judgement goes too, bytes only where asked", async () => {
  const seq = await capture("rosa", "About 12 coins were taken.");
  const claim = claimOn(seq, "theft/a", "12", "12 coins");
  const judgement = bench.newsroom.transact("rosa", (transaction) => appendJudgement(transaction, { question: "victim_named", subject: "theft/a", verdict: "unsure", why: "for the test" }, "rosa"));
  const look = await bench.as("edda", `/desk/release?ids=${claim}+${judgement}`);
  for (const words of [`<td>${seq}</td><td>capture: Memo`, `<td>${claim}</td><td>claim: theft/a`, `<td>${judgement}</td><td>judgement`]) assert.ok(look.body.includes(words), words);
  const fields = { ids: `${claim}, ${judgement}`, shown: shownIn(look.body) };
  const done = await bench.as("edda", "/desk/release", fields);
  assert.equal(done.status, 303, done.body);
  assert.deepEqual([seq, claim, judgement].map(isPublic), [true, true, true]);
  assert.equal(findCapture(bench.newsroom.log, seq)!.bytes_released, undefined);
  assert.equal((await bench.as("edda", "/desk/release", fields)).status, 409, "looked at before it was done");
  assert.match((await bench.as("edda", `/desk/release?ids=${claim}`)).body, /All of it is public already/);
  const withBytes = await bench.as("edda", `/desk/release?ids=${seq}&bytes=yes`);
  assert.match(withBytes.body, /public already, and its bytes/);
  assert.equal((await bench.as("edda", "/desk/release", { ids: String(seq), bytes: "yes", shown: shownIn(withBytes.body) })).status, 303);
  assert.ok(findCapture(bench.newsroom.log, seq)!.bytes_released !== undefined);
  assert.deepEqual(listActs(bench.accounts, { handle: "edda", limit: 2 }).map(({ act, object }) => [act, object]), [["release", `${seq} --bytes`], ["release", `${seq} ${claim} ${judgement}`]]);
});

test("what is no entry, too much, or of another's protected source is refused, by look and act alike", async () => {
  const hidden = await capture("edda", "What a source said of 7 coins.", true);
  const claim = claimOn(hidden, "theft/hidden", "7", "7 coins", "edda");
  for (const path of ["release", "erase"]) {
    for (const [ids, status] of [["999999", 404], ["nothing", 404], [Array.from({ length: 201 }, (_, at) => at).join(" "), 400], [String(hidden), 404], [String(claim), 404]] as const)
      assert.equal((await bench.as("ada", `/desk/${path}?ids=${ids.replaceAll(" ", "+")}`)).status, status, `${path} ${ids.slice(0, 20)}`);
    assert.equal((await bench.as("ada", `/desk/${path}`, { ids: String(claim), shown: "0".repeat(32), ...(path === "erase" ? { reason: "a court" } : {}) })).status, 404);
  }
  // Its editor may erase it; nobody releases it.
  assert.equal((await bench.as("edda", `/desk/erase?ids=${hidden}&claims=yes`)).status, 200);
  const look = await bench.as("edda", `/desk/release?ids=${hidden}`);
  assert.equal((await bench.as("edda", "/desk/release", { ids: String(hidden), shown: shownIn(look.body) })).status, 400);
});

test("an erasure is looked at, done with its reason by who proved who they are, and what it took is in no file; the record names numbers alone", async () => {
  const { newsroom } = bench;
  await bench.as("rosa", "/desk/inbox", { text: `Memo of ${SECRET}: made-up.`, title: SECRET, grade: "copy", source_grade: "C" });
  await bench.desk.inbox.idle();
  await bench.as("rosa", `/desk/inbox/1/grade`, { item_grade: "3" });
  const seq = newsroom.log.db.prepare("SELECT max(seq) AS seq FROM captures").get()!.seq as number;
  const claim = claimOn(seq, "theft/b", "41737373", "made-up");
  newsroom.transact("edda", (transaction) => appendFigureSpec(transaction, { id: "amounts", title: "Amounts", measure: "sum", of: "theft", field: "amount" }, "edda"));
  await bench.as("edda", `/desk/claims/${claim}/release`, {});
  newsroom.transact("edda", (transaction) => publishStory(transaction, newsroom.log, parseStoryText("---\nslug: in-print\ntopic: Bridges\nbyline: edda\nhappened: 2026-03-01\n---\n\n# What is in print\n\n> It is said.\n\nThey come to {{amounts}}.\n"), { by: "edda", waivers: [{ rule: "unasked", why: "for the test" }] }));
  newsroom.claim([{ subject: "theft/b", field: "amount", value: "5", unit: "USD", valuation: { basis: "as_published" }, claimant: "Another" }]);
  const restatements = readRestatements(newsroom.log, "amounts").length;
  const file = await bench.as("rosa", "/desk/exports", { what: "list", id: "theft" });
  assert.equal(file.status, 303);

  assert.match((await bench.as("edda", `/desk/erase?ids=${seq}`)).body, /1 claims rest on capture/);
  const look = await bench.as("edda", `/desk/erase?ids=${seq}&claims=yes`);
  assert.match(look.body, new RegExp(`<td>${seq}</td><td>capture: ${SECRET}</td><td>named`));
  assert.match(look.body, /<td>made or read from it/);
  assert.match(look.body, /The bytes of one capture/);
  assert.match(look.body, /stories\/in-print/);
  const fields = { ids: String(seq), claims: "yes", shown: shownIn(look.body), reason: "Court order 12/2026" };
  assert.ok(readClaim(newsroom.log, claim), "a look takes nothing");
  assert.equal((await bench.as("rosa", "/desk/erase", fields)).status, 403);
  assert.equal((await bench.as("edda", "/desk/erase", { ...fields, reason: "   " })).status, 400);
  const later = claimOn(seq, "theft/c", "1", "made-up");
  assert.equal((await bench.as("edda", "/desk/erase", fields)).status, 409, "a claim came meanwhile");
  const again = await bench.as("edda", `/desk/erase?ids=${seq}&claims=yes`);
  assert.ok(again.body.includes(`<td>${later}</td>`));
  const done = await bench.as("edda", "/desk/erase", { ...fields, shown: shownIn(again.body) });
  assert.equal(done.status, 303, done.body);

  assert.deepEqual([readClaim(newsroom.log, claim), findCapture(newsroom.log, seq)], [undefined, undefined]);
  assert.ok(readRestatements(newsroom.log, "amounts").length <= restatements);
  assert.deepEqual(holding(SECRET), []);
  assert.match((await bench.as("edda", done.location)).body, /It is forgotten/);
  assert.deepEqual(listActs(bench.accounts, { handle: "edda", limit: 1 }).map(({ act, object }) => [act, object]), [["erase", `${seq} --with-claims`]]);
  // What was begun before is gone as soon as it has ended.
  let status = 200;
  for (let tries = 0; tries < 200 && status === 200; tries++) {
    await pause(50);
    ({ status } = await bench.as("rosa", file.location));
  }
  assert.equal(status, 404);
  assert.ok(!existsSync(join(newsroom.folder, "works")) || readdirSync(join(newsroom.folder, "works")).length === 0);
  const report = await verifyFolder(newsroom.folder, { recompute: recomputeFolder });
  assert.deepEqual([report.outcome, report.findings], ["clean", []]);
  bench.pass(60 * 60_000);
  assert.match((await bench.as("edda", "/desk/erase", fields)).body, /CONFIRM_IDENTITY/);
  assert.deepEqual(bench.faults, []);
});
