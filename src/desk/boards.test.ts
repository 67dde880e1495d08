// What waits, and the right of reply, by the forms of the desk: from a request to the reply box of the story it is about.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { deskNewsroom, type DeskNewsroom } from "../../test/desk-newsroom.ts";
import { appendJudgement } from "../casefile/casefile.ts";
import { openNewsroom } from "../newsroom.ts";
import { openSchedule, parseStoryText, publishStory } from "../press/press.ts";
import { openSite } from "../site/site.ts";

const HOUR_MS = 3_600_000;
let bench: DeskNewsroom;
before(async () => {
  bench = await deskNewsroom();
});
after(() => bench?.remove());

/** Sessions that nobody uses end after twelve hours. */
async function passHours(hours: number): Promise<void> {
  for (let left = hours; left > 0; left -= 11) {
    bench.pass(Math.min(left, 11) * HOUR_MS);
    for (const handle of ["rosa", "edda"] as const) await bench.as(handle, "/desk/account");
  }
}

const countOn = (body: string, board: string): number => Number(new RegExp(`href="/desk/boards/${board}">[^<]*</a> <span class="count">([\\d,]+)`).exec(body)![1]!.replace(",", ""));

test("an empty desk says what would appear, to each role what is theirs", async () => {
  const editor = (await bench.as("edda", "/desk")).body;
  for (const board of ["inbox", "questions", "checks", "replies", "figures", "scheduled", "mail"]) assert.equal(countOn(editor, board), 0, board);
  assert.match(editor, /Nobody is waited for/);
  const reader = (await bench.as("rita", "/desk")).body;
  assert.deepEqual([...reader.matchAll(/\/desk\/boards\/(\w+)"/g)].map(([, name]) => name), ["scheduled"]);
});

test("unsure judgements and values that nothing chooses between are questions, the oldest first and by cursor", async () => {
  const { newsroom } = bench;
  const amount = { field: "amount", unit: "USD", valuation: { basis: "as_published" as const } };
  newsroom.claim(Array.from({ length: 60 }, (_, at) => ["100", "200"].map((value) => ({ ...amount, subject: `theft/case-${at}`, value, claimant: `Claimant of ${value}` }))).flat());
  newsroom.claim([{ ...amount, subject: "theft/one-voice", value: "5" }, { ...amount, subject: "theft/other-unit", value: "5" }, { ...amount, subject: "theft/other-unit", value: "6", unit: "KRW" }]);
  const seq = newsroom.transact("rosa", (transaction) => appendJudgement(transaction, { question: "same", subject: "theft/case-1", other: "theft/case-2", verdict: "unsure", why: "Two reports, one day" }, "rosa"));
  assert.ok(seq > 0);
  assert.equal(countOn((await bench.as("rosa", "/desk")).body, "questions"), 61);
  const seen: string[] = [];
  for (let path = "/desk/boards/questions"; ;) {
    const { body } = await bench.as("rosa", path);
    seen.push(...[...body.matchAll(/<li><a href="\/desk\/subjects\/theft\/([\w-]+)"/g)].map(([, name]) => name!));
    const next = /<a href="(\/desk\/boards\/questions\?after=[^"]+)" rel="next"/.exec(body);
    if (!next) break;
    path = next[1]!.replaceAll("&amp;", "&");
  }
  assert.deepEqual(seen, [...Array.from({ length: 60 }, (_, at) => `case-${at}`), "case-1"], "each once, in the order in which they came up");
});

test("checks raised, captures that wait and what is scheduled stand on their boards", async () => {
  bench.newsroom.claim([100, 200, 250].map((value, at) => ({ subject: "theft/parts", field: "amount", value: String(value), unit: "USD", claimant: "One", ...(at < 2 ? { part_of: `part ${at}` } : {}) })));
  await bench.as("rosa", "/desk/inbox", { text: "Twelve coins.", title: "A note", grade: "copy", source_grade: "C" });
  await bench.desk.inbox.idle();
  const schedule = openSchedule(bench.newsroom.folder);
  const story = parseStoryText("---\nslug: later\ntopic: Sanctions\nbyline: edda\nhappened: 2026-03-01\n---\n\n# Later\n\n> Said.\n\nWords.\n");
  schedule.add({ slug: "later", due: "2026-04-01T06:00:00.000Z", by: "edda", story, waivers: [] });
  schedule.close();
  const body = (await bench.as("edda", "/desk")).body;
  assert.equal(countOn(body, "scheduled"), 1);
  assert.match(body, /parts-do-not-add-up<\/strong>: One names parts of 300 and a whole of 250 USD/);
  assert.match(body, /A note<\/a>: read; its second grade is missing/);
  assert.equal(countOn((await bench.as("olga", "/desk")).body, "inbox"), 0, "another's inbox is not hers");
  assert.equal(countOn((await bench.as("rosa", "/desk")).body, "scheduled"), 0, "another's story under embargo neither");
});

test("a request is due, reminds, is answered or closed, and stands in the story's box by itself once it is public", async () => {
  const { newsroom } = bench;
  newsroom.transact("edda", (transaction) => publishStory(transaction, newsroom.log, parseStoryText("---\nslug: a-story\ntopic: Sanctions\nbyline: edda\nhappened: 2026-03-01\n---\n\n# The monitors say what they hold\n\n> It is not much.\n\nThe monitors say what they hold.\n"), { by: "edda" }));
  const asked = await bench.as("rosa", "/desk/replies", { asked_of: "The casino", channel: "mail to its press office", asked_at: "2026-03-01", deadline: "2026-03-03", reminder: "2026-03-02", about: "a-story", wording: "We are told that coins were taken.\n\nWhat do you say?", question: "", name: "" });
  assert.equal(asked.location, "/desk/replies/the-casino-2026-03-01", asked.body);
  assert.match((await bench.as("rosa", asked.location)).body, /We are told that coins were taken\.\n\nWhat do you say\?/);
  assert.match((await bench.as("rosa", asked.location)).body, /Readers do not see it\./);
  assert.doesNotMatch((await bench.as("rosa", asked.location)).body, /is public here/);
  const lost = await bench.as("rosa", "/desk/replies", { asked_of: "The bank", channel: "mail", asked_at: "2026-03-01", deadline: "2026-03-03", about: "no-such-story", wording: "What do you say?", question: "", name: "" });
  assert.match((await bench.as("rosa", lost.location)).body, /Neither a story nor a report of the name “no-such-story” is public here/);
  await bench.as("rosa", `${lost.location}/answer`, { claimant: "The bank", answered_at: "2026-03-02", hedge: "asserted", text: "Nothing.", printed: "" });
  assert.match((await bench.as("rosa", "/desk/replies")).body, /waits for an answer<\/td><td>no<\/td>/);
  assert.equal((await bench.as("rosa", "/desk/replies", { asked_of: "The casino", channel: "mail", asked_at: "2026-03-01", deadline: "2026-03-08", wording: "Again" })).status, 409);
  assert.equal((await bench.as("rosa", `${asked.location}/close`, {})).status, 400, "the day is not over");
  assert.equal((await bench.as("rosa", `${asked.location}/release`, {})).status, 403, "a reporter makes nothing public");
  assert.doesNotMatch((await bench.as("rosa", "/desk")).body, /reminder of/);
  const box = async () => {
    const reader = openNewsroom(newsroom.folder);
    const site = openSite(reader, { clock: bench.now, hosts: ["127.0.0.1"], base_url: "http://127.0.0.1:1" });
    try {
      const { body } = await site.app.inject({ url: "/stories/a-story", headers: { host: "127.0.0.1" } });
      return /aria-labelledby="reply">([^]*?)<\/section>/.exec(body)![1]!;
    } finally {
      await site.close();
      reader.close();
    }
  };
  assert.match(await box(), /none was asked for yet/, "not public yet");
  await passHours(22);
  assert.match((await bench.as("rosa", "/desk")).body, /class="due"><a href="\/desk\/replies\/the-casino-2026-03-01">The casino<\/a>[^]*reminder of 2026-03-02/);
  assert.equal((await bench.as("edda", `${asked.location}/release`, {})).status, 303);
  assert.match(await box(), /Asked of The casino<\/strong>, Mar 1, 2026, mail to its press office[^]*An answer was asked for by Mar 3, 2026; none is held/);
  assert.doesNotMatch(await box(), /2026-03-02|Reminder|Mar 2,/);
  await passHours(44);
  assert.equal((await bench.as("rosa", `${asked.location}/close`, {})).status, 303);
  await bench.as("edda", `${asked.location}/release`, {});
  assert.match(await box(), /No reply by Mar 3, 2026/);
  const answered = await bench.as("rosa", `${asked.location}/answer`, { claimant: "The casino", answered_at: "2026-03-04", hedge: "denied", text: "<b>Nothing</b> was taken.", printed: "" });
  assert.equal(answered.status, 303, answered.body);
  await bench.as("edda", `${asked.location}/release`, {});
  const late = await box();
  assert.match(late, /The casino<\/strong>, Mar 4, 2026: &lt;b(>|&gt;)Nothing/);
  assert.doesNotMatch(late, /No reply by/);
  assert.equal(countOn((await bench.as("rosa", "/desk")).body, "replies"), 0);
});

test("attribution: who blames whom in which words, where they differ, and who denies", async () => {
  const { newsroom } = bench;
  newsroom.claim([
    { subject: "theft/blamed", field: "attributed_to", value: "Group One", claimant: "A vendor", hedge: "suspected", wording: "likely the work of Group One" },
    { subject: "theft/blamed", field: "attributed_to", value: "Group Two", claimant: "A state", hedge: "asserted" },
    { subject: "theft/blamed", field: "attribution_level", value: "official-gov", claimant: "A state" },
    { subject: "theft/also-blamed", field: "attributed_to", value: "group-one", claimant: "A vendor" },
    { subject: "theft/blamed", field: "attributed_to", value: "Group One", claimant: "Its spokesman", hedge: "denied", wording: "We had no part in it" },
  ]);
  const { body } = await bench.as("rosa", "/desk/attribution");
  assert.match(body, /rowspan="2"><a href="\/desk\/subjects\/theft\/blamed">theft\/blamed<\/a><br><span class="state" data-state="failed">they differ/);
  assert.match(body, /<td>Group One<\/td><td>A vendor<\/td><td>suspected: “likely the work of Group One”<\/td><td>not said/);
  assert.match(body, /<td>Group Two<\/td><td>A state<\/td><td>asserted<\/td><td>official-gov/);
  assert.match(body, /Its spokesman<\/strong>, 2024, on <a href="\/desk\/subjects\/theft\/blamed">[^]*We had no part in it/);
  const one = (await bench.as("rosa", "/desk/attribution?by=A+vendor&whom=group-one")).body;
  assert.doesNotMatch(one, /theft\/blamed">theft\/blamed<\/a><br>/);
  assert.match(one, /theft\/also-blamed/);
  assert.match((await bench.as("rosa", "/desk/overlap")).body, /No pair shares anything that is held/);
});

test("the front page is set by a form: places pinned and given back", async () => {
  const set = await bench.as("edda", "/desk/front", { lead: "a-story", top_1: "", card_1: "", until: "", why: "It matters" });
  assert.equal(set.location, "/desk/front", set.body);
  assert.match((await bench.as("edda", "/desk/front")).body, /<option value="a-story" selected>[^]*Last set by|Last set by edda[^]*It matters[^]*<option value="a-story" selected>/);
  assert.equal((await bench.as("edda", "/desk/front", { lead: "no-such" })).status, 404);
  assert.equal((await bench.as("edda", "/desk/front", { lead: "a-story", until: "tomorrow" })).status, 400);
  const coming = (await bench.as("edda", "/desk/front?at=2026-05-01T00:00:00Z")).body;
  assert.match(coming, /later, <time[^>]*>2026-04-01 06:00<\/time> UTC comes out/);
  assert.match(coming, /comes out by then/);
  assert.doesNotMatch((await bench.as("edda", "/desk/front")).body, /comes out by then/);
  await bench.as("edda", "/desk/front", { lead: "", until: "" });
  assert.match((await bench.as("edda", "/desk/front")).body, /All goes by rule now/);
});
