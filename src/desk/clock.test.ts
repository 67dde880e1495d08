// A clock that is ten years ahead, comes back, or goes through a change of summer time: what is in the log keeps its order by
// number, ages are never negative, a schedule fires once, and nothing that was to end lives on because the clock went back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import { deskNewsroom, PASSWORD } from "../../test/desk-newsroom.ts";
import { enterByLink, findSession, invite, readLink, SESSION_LIMITS, signIn } from "../accounts/accounts.ts";
import { codeAt, matchCode, stepOf } from "../accounts/totp.ts";
import { seededRandom } from "../effects.ts";
import { openPeople, queueAccountLetter } from "../newsletter/newsletter.ts";
import { claimDue } from "../newsletter/outbox.ts";
import { openForWriting } from "../newsroom.ts";
import { listPublications, openDrafts, openSchedule, parseStoryText, previewLink, readPreviewLink } from "../press/press.ts";
import { publishDue } from "../scheduler.ts";
import { ageOf } from "../site/ages.ts";

const YEARS = 10 * 365.25 * 24 * 3_600_000;
const WHERE = { network: "198.51.100.0/24", agent: "test" };

test("ten years ahead and back: sessions, links, attempts and previews end when they were to end", async () => {
  const bench = await deskNewsroom();
  const { accounts } = bench;
  try {
    bench.pass(YEARS);
    assert.equal(findSession(accounts, bench.tokens.rosa), undefined, "grown old");
    const ahead = (await signIn(accounts, { who: "olga@example.org", password: PASSWORD, code: "" }, WHERE)).token;
    const { token: link } = invite(accounts, { handle: "nora", role: "reporter", address: "nora@example.org" });
    const drafts = openDrafts(bench.newsroom.folder, { clock: bench.now });
    const preview = previewLink(drafts.previewKey(seededRandom(1)), { draft: 1, version: 1, expires: new Date(Date.parse(bench.now()) + 3_600_000).toISOString() });
    const readPreview = () => readPreviewLink(drafts.previewKey(seededRandom(1)), preview, bench.now());
    assert.ok(readPreview());
    for (let at = 0; at < 10; at++) await assert.rejects(signIn(accounts, { who: "edda@example.org", password: "no", code: "" }, WHERE));

    bench.pass(-YEARS);
    assert.equal(findSession(accounts, bench.tokens.rosa), undefined, "what has ended does not begin again");
    assert.equal(findSession(accounts, ahead), undefined, "one from the future does not run");
    assert.equal(readLink(accounts, link), undefined);
    await assert.rejects(enterByLink(accounts, link, { password: PASSWORD }, WHERE));
    assert.equal(readPreview(), undefined);
    // What was counted in the future counts from now, and no longer than its window.
    await assert.rejects(signIn(accounts, { who: "edda@example.org", password: PASSWORD, code: "" }, WHERE), /attempts/i);
    bench.pass(16 * 60_000);
    const now = (await signIn(accounts, { who: "edda@example.org", password: PASSWORD, code: "" }, WHERE)).token;
    assert.ok(findSession(accounts, now));
    // Nor does the one from the future run when its time comes.
    bench.pass(YEARS);
    assert.equal(findSession(accounts, ahead), undefined);
    // Set back again and again by an hour, a session still ends at its whole length.
    const kept = (await signIn(accounts, { who: "edda@example.org", password: PASSWORD, code: "" }, WHERE)).token;
    let lived = 0;
    while (findSession(accounts, kept) && lived < 4 * SESSION_LIMITS.whole_ms) {
      bench.pass(3 * 3_600_000);
      bench.pass(-3_600_000);
      lived += 2 * 3_600_000;
    }
    assert.ok(lived <= SESSION_LIMITS.whole_ms + 3 * 3_600_000, `${lived / 3_600_000} h`);
    drafts.close();
  } finally {
    await bench.remove();
  }
});

test("a schedule fires once, whichever way the clock goes; the log's order is by number, and stories of a later moment stay where they are", async () => {
  const bench = await deskNewsroom();
  const { newsroom } = bench;
  try {
    const schedule = openSchedule(newsroom.folder);
    const writer = openForWriting(newsroom.folder, { clock: bench.now, random: seededRandom(3) });
    const put = (slug: string, due: string) =>
      schedule.add({ slug, story: parseStoryText(`---\nslug: ${slug}\ntopic: Test\nbyline: edda\nhappened: 2026\n---\n\n# Told\n\n> Told.\n\nTold.\n`), due, by: "edda", waivers: [] });
    const fire = () => publishDue(writer, schedule, bench.now()).map(({ slug, outcome }) => `${slug} ${outcome}`);
    put("tomorrow", "2026-03-02T12:00:00Z");
    put("in-years", "2031-01-01T00:00:00Z");
    assert.deepEqual(fire(), []);
    bench.pass(YEARS);
    assert.deepEqual(fire(), ["tomorrow published", "in-years published"]);
    bench.pass(-YEARS);
    assert.deepEqual(fire(), []);
    bench.pass(25 * 3_600_000);
    assert.deepEqual(fire(), [], "its moment comes again, and it is out");
    put("after-all", "2026-03-01T00:00:00Z");
    assert.deepEqual(fire(), ["after-all published"]);
    const out = listPublications(newsroom.log).toSorted((a, b) => a.seq - b.seq);
    assert.deepEqual(out.map(({ slug }) => slug), ["tomorrow", "in-years", "after-all"]);
    assert.ok(out[2]!.at < out[1]!.at, "an earlier moment behind a later one");
    assert.doesNotMatch(ageOf(out[1]!.at, bench.now()).words, /-/);
    schedule.close();
    writer.close();
  } finally {
    await bench.remove();
  }
});

test("an app's code that was used while the clock was ahead closes nobody out; set back by less than an hour, what was used stays used", () => {
  const secret = new Uint8Array(20).fill(7);
  const now = "2026-03-01T12:00:00.000Z";
  const step = stepOf(now);
  const tried = (used: number) => matchCode(secret, codeAt(secret, step), now, used);
  assert.equal(tried(step + YEARS / 30_000), step);
  assert.deepEqual([tried(step - 1), tried(step), tried(step + 100)], [step, undefined, undefined]);
});

test("what was put off while the clock was ahead does not wait until it comes there again: a letter", async () => {
  const bench = await deskNewsroom();
  const people = openPeople(bench.newsroom.folder, { clock: bench.now, random: seededRandom(4) });
  try {
    bench.pass(YEARS);
    const letter = { to: "nora@example.org", subject: "Hello", lines: ["Hello."], href: "https://example.org/", expires: bench.now() };
    queueAccountLetter(people, letter);
    bench.pass(-YEARS);
    assert.deepEqual(claimDue(people, "1").length, 1);
    assert.deepEqual(claimDue(people, "1").length, 0);
  } finally {
    people.close();
    await bench.remove();
  }
});

test("an age is never negative, whatever lies between; its words end after now", () => {
  const now = "2026-03-29T01:30:00.000Z";
  for (const apart of [-YEARS, -86_400_000, -3_600_000, -1, 0, 1, 3_600_000, 86_400_000, YEARS])
    for (const length of [4, 7, 10, 24]) {
      const at = new Date(Date.parse(now) + apart).toISOString().slice(0, length);
      const { words, until } = ageOf(at, now);
      assert.doesNotMatch(words, /-|NaN/, `${at}: ${words}`);
      assert.ok(until > now, `${at}: ${until}`);
    }
});

test("a change of summer time on the machine changes no day, no age and no text", () => {
  const code = `import { ageOf } from "./src/site/ages.ts"; import { formatDate } from "./src/figures/figures.ts";
    const moments = ["2026-03-28T23:30:00Z", "2026-03-29T00:59:00Z", "2026-03-29T01:01:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"];
    console.log(JSON.stringify(moments.map((at) => [ageOf(at, "2026-10-26T00:00:00.000Z"), ageOf(at.slice(0, 10), "2026-10-25T01:30:00.000Z"), formatDate(at.slice(0, 10))])));`;
  const [utc, berlin, chatham] = ["UTC", "Europe/Berlin", "Pacific/Chatham"].map((zone) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code], { env: { ...process.env, TZ: zone }, encoding: "utf8" });
    assert.equal(status, 0, stderr);
    return stdout;
  });
  assert.equal(berlin, utc);
  assert.equal(chatham, utc);
});
