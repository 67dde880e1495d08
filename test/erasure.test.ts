// What an erasure takes away is nowhere in the data folder: not in what told of a number that moved with it, not at the desk,
// not in the record of acts. That something was done stays, what was published before keeps its number, and verify holds.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { listActs, openAccounts, recordAct } from "../src/accounts/accounts.ts";
import { systemEffects } from "../src/effects.ts";
import { appendCapture, appendRelease, prepareCapture, verifyFolder } from "../src/evidence/evidence.ts";
import { appendFigureSpec, readRestatements } from "../src/figures/figures.ts";
import { parseStoryText, publishStory } from "../src/press/press.ts";
import { openWorkJobs } from "../src/desk/work-jobs.ts";
import { openInbox } from "../src/desk/inbox.ts";
import { recomputeFolder } from "../src/recompute.ts";
import { repositoryRoot } from "./scale.ts";
import { smallNewsroom } from "./small-newsroom.ts";

const VALUE = "41737373";
const TITLE = "Memo of Nightingale";
const STORY = `---\nslug: amounts\ntopic: Tests\nbyline: Test\nhappened: 2024\nreply: reply/test\n---\n\n# Amounts of {{amounts}}\n\n> The standfirst of it.\n\nThe thefts come to {{amounts}}.\n`;

const tracewire = (data: string, ...args: string[]) =>
  spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", join(repositoryRoot, "src", "cli.ts"), ...args, "--data", data], { encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } });

/** Files of the folder whose bytes hold the words. */
function holding(folder: string, words: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name)).includes(words))
    .map(({ name }) => name);
}

test("an erased claim's value and its source's title are in no file, and the last number before it stands again", async () => {
  const newsroom = await smallNewsroom();
  const { folder, log, blobs } = newsroom;
  newsroom.claim([{ subject: "theft/a", field: "amount", value: "41000000", unit: "USD" }]);
  newsroom.transact("test", (transaction) => appendFigureSpec(transaction, { id: "amounts", title: "Amounts", measure: "sum", of: "theft", field: "amount" }, "test"));
  const { seq: story } = newsroom.transact("test", (transaction) => publishStory(transaction, log, parseStoryText(STORY), { by: "test", waivers: [] }));
  const prepared = await prepareCapture(blobs, {
    bytes: new TextEncoder().encode(`${TITLE}: made-up, it was ${VALUE} dollars`),
    origin: { from: "file", name: "memo.txt" },
    title: TITLE,
    retrieved_at: "2026-01-01T00:00:00Z",
    retrieved_by: "test",
    grade: "copy",
    source_grade: "F",
    item_grade: "6",
  });
  const memo = newsroom.transact("test", (transaction) => {
    const seq = appendCapture(transaction, prepared);
    appendRelease(transaction, [seq], [], "test");
    return seq;
  });
  const [claim] = newsroom.claim([{ subject: "theft/a", field: "amount", value: VALUE, unit: "USD", claimant: "Another", source: { capture: memo, locator: { quote: "made-up" } } }]);
  // Totals of before and after a later move tell the value by their difference.
  newsroom.claim([{ subject: "theft/b", field: "amount", value: "5000000", unit: "USD" }]);
  assert.equal(readRestatements(log, "amounts").length, 2);

  const inbox = openInbox(folder, systemEffects);
  const named = { title: TITLE, licence: null, origin: { from: "file", name: "memo.txt" }, declared_media_type: null } as const;
  const item = inbox.add({ ...named, by: "ada", url: null, sha256: prepared.sha256, byte_count: 10, grade: "copy", source_grade: "F", is_protected: false });
  inbox.move(item.id, ["waiting"], "captured", { seq: memo });
  const accounts = openAccounts(folder, systemEffects);
  const doer = { user: { id: 1, handle: "ada" }, network: "127.0.0.0/24" };
  accounts.change(() => {
    recordAct(accounts, doer, "capture.add", TITLE, [memo]);
    recordAct(accounts, doer, "inbox.take", TITLE);
    recordAct(accounts, doer, "claim.add", "theft/a", [claim!]);
    recordAct(accounts, doer, "claim.add", "theft/b", [claim! + 100]);
  });
  // An export that somebody made at the desk before, by the function that makes it there.
  const works = openWorkJobs(folder, systemEffects.clock, () => 0);
  const work = works.start({ by: "ada", title: "thefts", ask: { kind: "export", format: "list", id: "theft", form: "csv", base_url: "http://localhost" } });
  while (work.state === "waiting" || work.state === "running") await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(readFileSync(works.pathOf(work, "theft.csv")!, "utf8").includes(VALUE));
  for (const words of [VALUE, TITLE]) assert.ok(holding(folder, words).length > 0, words);

  // Both stay open meanwhile, as at a running desk.
  const { status, stdout } = tracewire(folder, "erase", String(memo), "--reason", "court order", "--with-claims", "--yes");
  assert.equal(status, 0);
  assert.match(stdout, /Among them what told of their numbers: \d+, \d+ \(restatements\)/);
  for (const words of [VALUE, TITLE]) assert.deepEqual(holding(folder, words), [], words);
  assert.deepEqual(
    listActs(accounts, { limit: 10 }).map(({ act, object }) => [act, object]),
    [["erase", `${memo} --with-claims`], ["claim.add", "theft/b"], ["claim.add", "erased"], ["inbox.take", "erased"], ["capture.add", "erased"]],
  );
  assert.equal(inbox.find(item.id), undefined);
  assert.equal(works.pathOf(work, "theft.csv"), undefined);
  await works.stop();
  inbox.close();
  accounts.close();

  const told = readRestatements(log, "amounts");
  assert.deepEqual(told.map(({ from, to, cause }) => [from.value, to.value, cause]), [["41000000", "46000000", [{ what: "row added", subject: "theft/b" }]]]);
  assert.deepEqual((await verifyFolder(folder, { recompute: recomputeFolder })).findings, []);
  assert.equal(tracewire(folder, "erase", String(story), "--reason", "court order", "--yes").status, 0);
  assert.deepEqual((await verifyFolder(folder, { recompute: recomputeFolder })).findings, []);
  newsroom.remove();
});
