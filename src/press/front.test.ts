// The front page by rule, pinned, and pinned until a moment: on the public page itself, by a clock that the test moves.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { smallNewsroom, type SmallNewsroom } from "../../test/small-newsroom.ts";
import { openNewsroom, type NewsroomReader } from "../newsroom.ts";
import { arrangeFrontAt } from "../scheduler.ts";
import { openSite, type Site } from "../site/site.ts";
import { appendFront, arrangeFront, openSchedule, parseStoryText, publishStory, withdrawStory, type Pins } from "./press.ts";

let newsroom: SmallNewsroom, reader: NewsroomReader, site: Site;
let now = "2026-03-01T12:00:00.000Z";
const words = (number: number) => String.fromCharCode(97 + number);
const storyText = (slug: string, type = "") => parseStoryText(`---\n${type}slug: ${slug}\ntopic: Topic ${slug.slice(-1)}\nbyline: edda\nhappened: 2026-03-01\n---\n\n# What ${slug} says\n\n> It is said.\n\nWhat ${slug} says.\n`);
const publish = (slug: string, type?: string) => newsroom.transact("edda", (transaction) => publishStory(transaction, newsroom.log, storyText(slug, type), { by: "edda" }));
const set = (pins: Partial<Pins>) => newsroom.transact("edda", (transaction) => appendFront(transaction, { top: [], cards: [], ...pins }, { by: "edda", now }));

before(async () => {
  newsroom = await smallNewsroom(9);
  for (let number = 0; number < 20; number += 1) publish(`story-${words(number)}`);
  publish("release-z", "type: release\nsupplied: Somebody\n");
  reader = openNewsroom(newsroom.folder);
  site = openSite(reader, { clock: () => now, hosts: ["127.0.0.1"], base_url: "http://127.0.0.1:1" });
});
after(async () => {
  await site.close();
  reader.close();
  newsroom.remove();
});

async function shown(path = "/"): Promise<{ lead: string; top: string[]; cards: string[] }> {
  site.refresh();
  const { body } = await site.app.inject({ url: path, headers: { host: "127.0.0.1" } });
  const slugs = (part: string | undefined) => [...new Set([...(part ?? "").matchAll(/href="\/stories\/([\w-]+)"/g)].map(([, slug]) => slug!))];
  return {
    lead: slugs(/<article class="lead">([^]*?)<\/article>/.exec(body)?.[1])[0]!,
    top: slugs(/<section class="latest"([^]*?)<\/section>/.exec(body)?.[1]),
    cards: slugs(/<section class="more"([^]*?)<\/section>/.exec(body)?.[1]),
  };
}

test("by rule the last story leads, the latest follow, and each stands once", async () => {
  const front = await shown();
  assert.equal(front.lead, "story-t");
  assert.deepEqual(front.top, ["story-s", "story-r", "story-q", "story-p", "story-o", "story-n"]);
  assert.equal(new Set([front.lead, ...front.top, ...front.cards]).size, 15);
});

test("what is pinned stands in its place, old stories too, and the rest goes by rule", async () => {
  set({ lead: "story-a", top: ["story-c", "story-s"], cards: ["story-t"] });
  const front = await shown();
  assert.deepEqual([front.lead, front.top.slice(0, 4), front.cards[0]], ["story-a", ["story-c", "story-s", "story-r", "story-q"], "story-t"]);
  publish("story-u");
  const later = await shown();
  assert.deepEqual([later.lead, later.top.slice(0, 3)], ["story-a", ["story-c", "story-s", "story-u"]], "a newer story does not take the pinned places");
  assert.equal(new Set([later.lead, ...later.top, ...later.cards]).size, 15);
});

test("pins end at their moment, without an entry more; a page of the past keeps its own", async () => {
  now = "2026-03-01T17:00:00.000Z";
  set({ lead: "story-b", until: "2026-03-01T18:00:00Z" });
  const size = newsroom.log.size();
  assert.equal((await shown()).lead, "story-b");
  now = "2026-03-01T17:59:59.999Z";
  assert.equal((await shown()).lead, "story-b");
  now = "2026-03-01T18:00:00.000Z";
  assert.equal((await shown()).lead, "story-u");
  assert.equal(newsroom.log.size(), size);
  // The test's own log has its clock: entries of January, when the pin was in force.
  assert.equal((await shown(`/?known=${size}`)).lead, "story-b");
  assert.equal((await shown(`/?known=${size - 1}`)).lead, "story-a");
});

test("a pinned story that is withdrawn leaves its place to the rule", async () => {
  set({ lead: "story-d", top: ["story-e"] });
  newsroom.transact("edda", (transaction) => withdrawStory(transaction, newsroom.log, "story-d", { by: "edda", why: "It was wrong" }));
  assert.deepEqual([(await shown()).lead, (await shown()).top[0]], ["story-u", "story-e"]);
  set({});
  assert.equal((await shown()).top.includes("story-e"), false);
});

test("the front page at a moment to come has what is scheduled until then; nothing stays of the look", () => {
  const schedule = openSchedule(newsroom.folder);
  schedule.add({ slug: "story-v", due: "2026-03-02T06:00:00.000Z", by: "edda", story: storyText("story-v"), waivers: [] });
  schedule.add({ slug: "story-w", due: "2026-03-02T07:00:00.000Z", by: "edda", story: parseStoryText("---\nslug: story-w\ntopic: Topic\nbyline: edda\nhappened: 2026-03-01\n---\n\n# It took 58 coins\n\n> Said.\n\nWords.\n"), waivers: [] });
  const size = newsroom.log.size();
  class Back extends Error {}
  const at = (when: string) => {
    let found: ReturnType<typeof arrangeFrontAt> | undefined;
    assert.throws(() => newsroom.transact("edda", (transaction) => {
      found = arrangeFrontAt(transaction, newsroom.log, schedule.due(when), when);
      throw new Back();
    }), Back);
    return found!;
  };
  assert.equal(at("2026-03-02T05:59:00.000Z").lead!.slug, "story-u");
  assert.equal(at("2026-03-02T06:00:00.000Z").lead!.slug, "story-v");
  const both = at("2026-03-02T08:00:00.000Z");
  assert.deepEqual([both.lead!.slug, both.planned.map(({ slug, why }) => [slug, /unbound-number/.test(why ?? "")])], ["story-v", [["story-v", false], ["story-w", true]]]);
  schedule.close();
  assert.equal(newsroom.log.size(), size);
  assert.equal(arrangeFront(newsroom.log, { now }).lead!.slug, "story-u");
});

test("what cannot stand there is refused", () => {
  assert.throws(() => set({ lead: "nobody" }), /no published story/);
  assert.throws(() => set({ lead: "release-z" }), /no published story/);
  assert.throws(() => set({ lead: "story-d" }), /withdrawn/);
  assert.throws(() => set({ lead: "story-a", top: ["story-a"] }), /twice/);
  assert.throws(() => set({ top: ["a", "b", "c", "d", "e", "f", "g"] }), /at most 6/);
  assert.throws(() => set({ lead: "story-a", until: "2026-01-01T00:00:00Z" }), /no moment to come/);
});
