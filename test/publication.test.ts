// What becomes of a story after it is published: one correction is a notice, a line, feed items, data for machines;
// a withdrawn story keeps its address; what waits for its time is nowhere before it.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parseAtomFeed, parseJsonFeed, parseRssFeed } from "feedsmith";
import { appendFigureSpec } from "../src/figures/figures.ts";
import { listAffected, listCorrections, openSchedule, parseStoryText, publishStory, withdrawStory } from "../src/press/press.ts";
import { publishDue } from "../src/scheduler.ts";
import { serveNewsroom, type ServedSite } from "./demo-site.ts";

const SLUG = "nomad-bridge-561-addresses";
const word = "zanzibar";
const storyOf = (slug: string, text: string) =>
  parseStoryText(
    `---\nslug: ${slug}\ntopic: Bridges\nbyline: Chain desk\nhappened: 2022-08-01\n---\n\n# ${text}\n\n> Standfirst.\n\nA body with {{nomad-addresses}} addresses.\n`,
  );

describe("after publication", () => {
  let site: ServedSite;
  const text = async (path: string) => (await site.get(path)).text;
  before(async () => {
    site = await serveNewsroom({ demo: true });
  });
  after(() => site.stop());

  test("a correction is one record with many faces, and every older revision stays as it was", async () => {
    const old = await text(`/stories/${SLUG}/revisions/1`);
    const newsroom = site.newsroom;
    const story = structuredClone(parseStoryText(readFileSync(join(import.meta.dirname, "..", "demo", "stories", `${SLUG}.md`), "utf8")));
    story.standfirst = [{ type: "text", text: "A mended standfirst." }];
    const what = "The standfirst was unclear about who returned what.";
    newsroom.transact("test", (transaction) => publishStory(transaction, newsroom.log, story, { by: "test", correction: { what } }));
    site.refresh();
    const page = await text(`/stories/${SLUG}`);
    assert.ok(page.includes(what) && /Corrected <?/.test(page));
    const data = /<script type="application\/ld\+json">(.*?)<\/script>/.exec(page)![1]!;
    const article = JSON.parse(data) as { correction: { text: string }[]; dateModified: string; datePublished: string };
    assert.equal(article.correction[0]!.text, what);
    assert.ok(article.dateModified > article.datePublished);
    assert.ok((await text("/corrections")).includes(what));
    assert.ok((await text("/corrections.csv")).includes(what));
    for (const feed of [
      "/corrections/feed.xml",
      "/corrections/atom.xml",
      "/corrections/feed.json",
      "/feed.xml",
      "/atom.xml",
      "/topics/bridges/feed.json",
    ])
      assert.ok((await text(feed)).includes(what), feed);
    const changes = await text(`/stories/${SLUG}/revisions/2/changes`);
    assert.match(changes, /<ins>A mended standfirst\.<\/ins>/);
    assert.match(changes, /<del>A faulty update/);
    const [correction] = listCorrections(newsroom.log, { limit: 1 });
    assert.deepEqual([correction!.from_revision, correction!.to_revision, correction!.kind], [1, 2, "correction"]);
    const after = await text(`/stories/${SLUG}/revisions/1`);
    assert.ok(after.includes("A faulty update") && old.includes("A faulty update"));
    const sitemap = await text("/sitemap.xml");
    assert.ok(sitemap.includes(`${SLUG}</loc><lastmod>${article.dateModified}`));
  });

  test("a withdrawn story keeps its address, says why, and leaves lists, search and feeds", async () => {
    const newsroom = site.newsroom;
    const why = "Its source was a copy that had been altered.";
    newsroom.transact("test", (transaction) => withdrawStory(transaction, newsroom.log, "listed-then-delisted", { by: "test", why }));
    site.refresh();
    const page = await site.get("/stories/listed-then-delisted");
    assert.equal(page.status, 200);
    assert.ok(page.text.includes(why) && !page.text.includes("One mixer, on and off"));
    assert.ok((await text("/stories/listed-then-delisted/revisions/1")).includes("One mixer, on and off"));
    for (const list of ["/", "/latest", "/feed.xml", "/sitemap.xml", "/search?q=delisted"])
      assert.ok(!(await text(list)).includes('/stories/listed-then-delisted"'), list);
    assert.ok((await text("/corrections")).includes(why));
  });

  test("when the evidence moves, the stories that carry the number are listed with both sentences", async () => {
    const newsroom = site.newsroom;
    const spec = JSON.parse(readFileSync(join(import.meta.dirname, "..", "demo", "figures", "misp-lazarus-names.json"), "utf8")) as Record<
      string,
      unknown
    >;
    newsroom.transact("test", (transaction) =>
      appendFigureSpec(transaction, { ...spec, where: [{ column: "actor", is: ["Lazarus Group", "Kimsuky"] }] }, "test"),
    );
    const found = listAffected(newsroom.log, "misp-lazarus-names");
    assert.deepEqual(
      found.map(({ card }) => card.slug),
      ["one-group-41-other-names"],
    );
    assert.deepEqual(found[0]!.sentences[0], { was: "One group, 41 other names", now: "One group, 51 other names" });
    assert.ok((await text("/stories/one-group-41-other-names")).includes("One group, "), "nothing is changed by itself");
  });

  test("feeds are read by a parser that others wrote, with whole headlines and ids that stay", async () => {
    const [rss, atom, json] = await Promise.all(["/feed.xml", "/atom.xml", "/feed.json"].map(text));
    const items = parseRssFeed(rss!).items!;
    const entries = parseAtomFeed(atom!).entries!;
    const list = parseJsonFeed(json!).items!;
    assert.ok(items.length > 10 && items.length === entries.length && items.length === list.length);
    assert.ok(items.some((item) => item.title === "UN monitors suspect 58 cyberattacks on crypto firms; the table we could read lists 57"));
    assert.deepEqual(
      items.map((item) => item.guid?.value),
      list.map((item) => item.id),
    );
    const { headers } = await site.get("/feed.xml");
    assert.equal((await site.get("/feed.xml", { headers: { "if-none-match": String(headers.etag) } })).status, 304);
  });

  test("what waits for its time is in no page, feed, search, picture, leaf or file of the log; then it is everywhere", async () => {
    const newsroom = site.newsroom;
    const schedule = openSchedule(newsroom.folder);
    const story = storyOf("under-embargo", `A story on ${word}`);
    const due = "2026-12-31T18:00:00.000Z";
    schedule.add({ slug: story.slug, due, by: "test", story, waivers: [{ rule: "headline-not-carried", why: "test" }] });
    const size = newsroom.log.size();
    site.refresh();
    const unknown = await site.get("/stories/no-such-story");
    for (const path of [
      "/stories/under-embargo",
      "/stories/under-embargo.json",
      "/stories/under-embargo/picture.svg",
      "/stories/under-embargo/revisions/1",
    ]) {
      const answer = await site.get(path);
      assert.equal(answer.status, 404, path);
      assert.equal(answer.text.replaceAll("under-embargo", "no-such-story").length > 0, true);
    }
    assert.equal(unknown.status, 404);
    const everywhere = [
      "/",
      "/latest",
      "/topics/bridges",
      "/feed.xml",
      "/feed.json",
      "/sitemap.xml",
      "/news-sitemap.xml",
      "/archive",
      `/search?q=${word}`,
      "/log",
    ];
    for (const path of everywhere) assert.ok(!(await text(path)).includes(word) || path.startsWith("/search"), path);
    assert.match(await text(`/search?q=${word}`), /Nothing was found/);
    for (const file of readdirSync(newsroom.folder, { recursive: true, withFileTypes: true }))
      if (file.isFile() && !file.name.startsWith("desk.db"))
        assert.ok(!readFileSync(join(file.parentPath, file.name)).includes(word), `${file.name} knows it`);
    // Through the minute of release.
    assert.deepEqual(publishDue(newsroom, schedule, "2026-12-31T17:59:59.999Z"), []);
    assert.equal(newsroom.log.size(), size);
    const [fired] = publishDue(newsroom, schedule, due);
    assert.equal(fired!.outcome, "published");
    assert.deepEqual(publishDue(newsroom, schedule, due), [], "once");
    site.refresh();
    for (const path of ["/", "/latest", "/topics/bridges", "/feed.xml", "/sitemap.xml", `/search?q=${word}`])
      assert.ok((await text(path)).includes("under-embargo"), path);
    assert.equal((await site.get("/stories/under-embargo")).status, 200);
    schedule.close();
  });

  test("search forgives spelling, and says what it searched for instead", async () => {
    const found = await text("/search?q=rnoin");
    assert.match(found, /These are for <strong>ronin<\/strong>/);
    assert.match(found, /\/stories\/ronin-182164-ether">Ronin’s thief sent 182,164 ETH/);
    assert.match(await text("/search?q=0x098B716B8Aaf21512996dC57EB0615e2383E2f96"), /ronin-transfers\/transfers/);
    // Nothing that a reader types is an operator of the query language.
    for (const q of ['" OR NEAR(', "a* AND", "col:x", "^", "-", "\u0000"])
      assert.equal((await site.get(`/search?q=${encodeURIComponent(q)}`)).status, 200, q);
  });

  test("pictures are drawn from the story's figure, with words for those who do not see them", async () => {
    const svg = await site.get(`/stories/${SLUG}/picture.svg`);
    assert.match(svg.text, /<desc id="d">0x94a8…f154: 4,343,746\.967319\./);
    const png = await site.get(`/stories/${SLUG}/picture.png`);
    assert.deepEqual([...png.body.subarray(0, 8)], [137, 80, 78, 71, 13, 10, 26, 10]);
    assert.deepEqual([png.body.readUInt32BE(16), png.body.readUInt32BE(20)], [1200, 630]);
    assert.match(await text(`/stories/${SLUG}`), /og:image:alt" content="Where the bridge’s USDC lies/);
    const embed = await site.get("/embed/nomad-addresses?known=1900");
    assert.match(String(embed.headers["content-security-policy"]), /frame-ancestors \*/);
  });
});
