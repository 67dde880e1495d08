// When the evidence moves: the letters and the issued reports that carry the number, with both sentences.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { composeDraft, listAffectedIssues, sendDraft } from "../src/newsletter/newsletter.ts";
import { openNewsroom } from "../src/newsroom.ts";
import { readRestatements } from "../src/figures/figures.ts";
import { listAffected, parseStoryText, publishStory } from "../src/press/press.ts";
import { listAffectedReports } from "../src/reports/reports.ts";
import { openSite } from "../src/site/site.ts";
import { newsletterNewsroom } from "./newsletter-newsroom.ts";
import { reportNewsroom, SMALL_SPEC } from "./report-newsroom.ts";
import { repositoryRoot } from "./scale.ts";

const tracewire = (data: string, cwd: string, ...args: string[]) => {
  const cli = ["--disable-warning=ExperimentalWarning", join(repositoryRoot, "src", "cli.ts"), ...args, "--data", data];
  return spawnSync(process.execPath, cli, { encoding: "utf8", cwd, env: { ...process.env, NO_COLOR: "1" } });
};

const figurePage = (folder: string, id: string) => sitePage(folder, `/figures/${id}`);

async function sitePage(folder: string, path: string): Promise<string> {
  const reader = openNewsroom(folder);
  const site = openSite(reader, { clock: () => "2026-06-01T00:00:00.000Z", hosts: ["127.0.0.1"] });
  try {
    const base = await site.app.listen({ port: 0, host: "127.0.0.1" });
    return await (await fetch(`${base}${path}`)).text();
  } finally {
    await site.close();
    reader.close();
  }
}

test("letters, sent and composed, that carry a moved number are listed, even after their story was corrected", async () => {
  const newsroom = await newsletterNewsroom();
  const { log, people } = newsroom;
  newsroom.story("first-story", "a first word");
  newsroom.subscribe(1);
  composeDraft(people, log, { slugs: [] });
  sendDraft(people, log, { base: "https://news.example.org", by: "test", transact: (change) => newsroom.transact("test", change) });
  newsroom.story("second-story", "a second word");
  const draft = composeDraft(people, log, { slugs: [] });
  assert.deepEqual(listAffectedIssues(log, undefined, people), []);

  newsroom.claim([{ subject: "theft/2024-02-02-another", field: "victim", value: "Somebody else" }]);
  newsroom.story("first-story", "a mended word", { correction: "The word was wrong." });
  const found = listAffectedIssues(log, "made-up-count", people);
  assert.deepEqual(
    found.map(({ number, subject, figures }) => [number, subject, figures]),
    [
      ["draft", draft.subject, [{ id: "made-up-count", was: "1", now: "2" }]],
      [1, "One count of 1 and a first word", [{ id: "made-up-count", was: "1", now: "2" }]],
    ],
  );
  assert.deepEqual(found[1]!.sentences, [
    { was: "One count of 1 and a first word", now: "One count of 2 and a first word" },
    { was: "Some text with 1 in it, and a first word.", now: "Some text with 2 in it, and a first word." },
    { was: "Thefts, made up: 1 thefts", now: "Thefts, made up: 2 thefts" },
  ]);
  assert.deepEqual(listAffectedIssues(log, "another-figure", people), []);

  const typed = tracewire(newsroom.folder, newsroom.folder, "story", "affected");
  assert.equal(typed.status, 0, typed.stderr);
  assert.match(typed.stdout, /the letter composed, not sent: One count of 1 and a second word: made-up-count 1 → 2\n {2}- One count of 1/);
  assert.match(typed.stdout, /letter 1, sent: One count of 1 and a first word: made-up-count 1 → 2\n {2}- One count of 1 and a first word\n {2}\+ One count of 2/);
  const { newsletters } = JSON.parse(tracewire(newsroom.folder, newsroom.folder, "story", "affected", "--json").stdout) as { newsletters: { number: unknown }[] };
  assert.deepEqual(newsletters.map(({ number }) => number), ["draft", 1]);

  const page = await figurePage(newsroom.folder, "made-up-count");
  assert.match(page, /<a href="\/newsletter\/issues\/1">One count of 1 and a first word<\/a>, letter 1, sent\. As printed, and as it would read today:/);
  assert.match(page, /<del>Some text with 1 in it, and a first word\.<\/del>.*<ins>Some text with 2 in it, and a first word\.<\/ins>/s);
  assert.doesNotMatch(page, /composed|second word, letter/, "what is not sent is nobody's business");
  newsroom.stop();
});

test("evidence that leaves a published figure without an answer goes in, is recorded with its reason, and flags the story", async () => {
  const newsroom = await reportNewsroom();
  const { log } = newsroom;
  const story = parseStoryText(
    "---\nslug: a-table\ntopic: Security\nbyline: Test\nhappened: 2030\nreply: reply/s-2030-7\n---\n\n# The table lists {{table-count}}\n\n> Words.\n\nIt lists {{table-count}} in all.\n",
  );
  newsroom.transact("test", (transaction) => publishStory(transaction, log, story, { by: "test", waivers: [] }));
  const table = { claimant: "The monitors", hedge: "suspected" as const, document: "S/2030/7, yearly table", as_of: "2030-03" };
  const second = { ...table, subject: "published-total/attacks-2029-again", field: "count", unit: "attacks", period: "2029", value: "1" };
  newsroom.claim([second]);

  const [lost, ...more] = readRestatements(log, "table-count");
  assert.equal(more.length, 0);
  assert.deepEqual([lost!.from.value, lost!.to.value, lost!.cause], ["7", null, [{ what: "it cannot be computed any more" }]]);
  assert.match(lost!.to.why!, /Two rows cover 2029/);
  newsroom.claim([{ ...second, subject: "published-total/attacks-2028-again", period: "2028" }]);
  assert.equal(readRestatements(log, "table-count").length, 1, "told once");
  const [affected] = listAffected(log);
  assert.deepEqual([affected!.card.slug, affected!.figures[0]!.now, affected!.sentences.length > 0], ["a-table", null, true]);

  const page = await figurePage(newsroom.folder, "table-count");
  assert.match(page, /<h1>Not known<\/h1>/);
  assert.match(page, /cannot be computed from what is held now\.<\/strong> Two rows cover/);
  assert.match(page, /7 attacks<\/a> became <a[^>]*>no value<\/a>.*because: it cannot be computed any more: Two rows cover 2029/s);
  assert.match(page, /The table lists 7<\/a>, revision 1, as 7 attacks.*As printed, and as it would read today:/s);
  assert.match(await sitePage(newsroom.folder, "/stories/a-table"), /One number here has a newer value.*was 7 attacks, now <a[^>]*>not known: it cannot be computed any more \(Two rows/s);
  for (const path of ["/", "/figures", "/figures.csv", "/figures/table-count?known=20"]) assert.doesNotMatch(await sitePage(newsroom.folder, path), /\[MIXED_BASES\]/, path);
  const typed = (...args: string[]) => tracewire(newsroom.folder, newsroom.folder, ...args);
  assert.match(typed("story", "affected").stdout, /a-table, revision 1: table-count 7 → not known \(Two rows cover 2028/);
  assert.equal(typed("story", "stands", "a-table").status, 2, "without a reason");
  assert.match(typed("story", "stands", "no-such", "--why", "so").stderr, /Nothing of “no-such” comes out otherwise today/);
  assert.match(typed("story", "stands", "a-table", "--why", "It tells of its day.").stdout, /story a-table revision 1 stands as of then/);
  assert.match(typed("story", "affected").stdout, /a-table, revision 1 \(stands as of then: It tells of its day\.\)/);
  assert.match(typed("figure").stdout, /table-count +cannot be computed +.*Two rows cover 2028/s);
  assert.equal(typed("verify").status, 0, "what was published still comes out the same");

  for (const { seq: wrong, subject } of log.db.prepare("SELECT seq, subject FROM claims WHERE subject LIKE '%-again'").all())
    newsroom.claim([{ ...second, subject: subject as string, period: "2031", supersedes: wrong as number }]);
  const again = readRestatements(log, "table-count").at(-1)!;
  assert.deepEqual([again.from.value, again.to.value, again.cause[0]!.what], [null, "7", "it can be computed again"]);
  assert.deepEqual(listAffected(log), []);
  newsroom.remove();
});

test("an issued report that prints a moved number is listed; what does not come out the same is not issued", async () => {
  const newsroom = await reportNewsroom();
  const folder = mkdtempSync(join(tmpdir(), "tracewire-issue-"));
  const typed = (...args: string[]) => tracewire(newsroom.folder, folder, ...args);
  writeFileSync(join(folder, "small.yaml"), SMALL_SPEC);
  assert.equal(typed("report", "build", "small.yaml", "--out", "draft", "--draft").status, 0);
  const refused = typed("report", "issue", "small.yaml", "--out", "draft");
  assert.deepEqual([refused.status, /marked as a draft/.test(refused.stderr)], [3, true]);
  assert.equal(typed("report", "build", "small.yaml", "--out", "built").status, 0);
  writeFileSync(join(folder, "other.yaml"), SMALL_SPEC.replace("Nobody has", "Somebody has"));
  assert.match(typed("report", "issue", "other.yaml", "--out", "built").stderr, /is not what this file and this newsroom give.*BAD_REPORT/);
  const path = join(folder, "built", "report.json");
  const honest = readFileSync(path, "utf8");
  writeFileSync(path, honest.replace("Nobody has", "Nobody had"));
  assert.equal(typed("report", "issue", "small.yaml", "--out", "built").status, 3);
  writeFileSync(path, honest);
  const size = newsroom.log.size();
  const dry = typed("report", "issue", "small.yaml", "--out", "built", "--dry-run");
  assert.deepEqual([dry.status, newsroom.log.size()], [0, size]);
  assert.match(typed("report", "issue", "small.yaml", "--out", "built").stdout, new RegExp(`Issued TW/2030/1 \\(entry ${size}\\)`));
  assert.match(typed("report", "issue", "small.yaml", "--out", "built").stdout, /Unchanged/);
  assert.equal(typed("verify").status, 0);
  assert.deepEqual(listAffectedReports(newsroom.log), []);
  assert.match(typed("story", "affected").stdout, /comes out the same today/);

  const table = { claimant: "The monitors", hedge: "suspected" as const, document: "S/2030/7, yearly table", as_of: "2030-03" };
  const row = { ...table, subject: "published-total/attacks-2029", field: "count", unit: "attacks", period: "2029" };
  const old = newsroom.log.db.prepare("SELECT seq FROM claims WHERE subject = ? AND field = 'count'").get(row.subject)!.seq as number;
  newsroom.claim([{ ...row, value: "6", supersedes: old }]);
  const [found, ...more] = listAffectedReports(newsroom.log, "table-count");
  assert.equal(more.length, 0);
  assert.deepEqual(found!.figures, [{ id: "table-count", was: "7", now: "9" }]);
  assert.deepEqual(found!.sentences[0], {
    was: "8 suspected attacks, and a table of 7",
    now: "8 suspected attacks, and a table of 9",
  });
  assert.match(typed("story", "affected").stdout, /report TW\/2030\/1, issued on 2\d{3}-\d\d-\d\d: table-count 7 → 9\n {2}- 8 suspected/);
  const page = await figurePage(newsroom.folder, "table-count");
  assert.match(page, /report TW\/2030\/1, issued on [^.]+\. As printed, and as it would read today:.*<ins>8 suspected attacks, and a table of 9<\/ins>/s);
  // Where the rules have no answer any more, that is said, and nothing breaks.
  newsroom.claim([{ ...row, subject: "published-total/attacks-2029-again", value: "1" }]);
  const [unanswered] = listAffectedReports(newsroom.log, "table-count");
  assert.deepEqual([unanswered!.figures[0]!.now, /Two rows cover 2029/.test(unanswered!.figures[0]!.why!)], [null, true]);
  assert.match(typed("story", "affected").stdout, /table-count 7 → not known \(Two rows cover 2029/);
  newsroom.remove();
  rmSync(folder, { recursive: true, force: true });
});
