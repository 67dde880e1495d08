// What readers get of stories that were taken over: marked, out of the news, found at their old addresses in one step; and a
// whole demo newsroom's stories taken over by another one from its bundle.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { HtmlValidate } from "html-validate";
import { STORY_READERS, importStories, type ImportedStories } from "../src/archive-import/archive-import.ts";
import { STORY_FORMATS } from "../src/cli/import-stories.ts";
import { isPrivateClaim } from "../src/casefile/casefile.ts";
import { exportBundle } from "../src/evidence/evidence.ts";
import { changedFeeds, listPublications, readPublication } from "../src/press/press.ts";
import { serveNewsroom, type ServedSite } from "./demo-site.ts";
import { ghostExport, type Article } from "./ghost-export.ts";
import { smallNewsroom } from "./small-newsroom.ts";

const HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>";
const article = (slug: string, more: Partial<Article> = {}): Article => ({
  title: `Zanzibar ${slug}`,
  slug,
  published_at: "2018-03-02T10:00:00.000Z",
  tags: ["Bitcoin"],
  excerpt: `Excerpt ${HOSTILE}`,
  lead: ["A paragraph with 4,100 coins."],
  sections: [{ h: "A section", p: ["Its words."] }],
  ...more,
});

let folder: string;
let site: ServedSite;
let size: number;
const run = (into: Parameters<typeof importStories>[0], format: string, name: string, content: string): Promise<ImportedStories> => {
  const path = join(folder, name);
  writeFileSync(path, content);
  const reader = STORY_READERS.find((item) => item.format === format)!;
  const fixed = ["/latest", "/about"];
  return importStories(into, reader, [{ path, name }], { by: "test", now: "2026-11-26T00:00:00.000Z", from: "The Old Wire", address: "https://old.example", isServed: (path) => fixed.includes(path) });
};

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "tracewire-old-"));
  site = await serveNewsroom({ demo: true });
  size = site.newsroom.log.size();
  const linked = JSON.stringify({
    root: { children: [{ type: "paragraph", children: [{ type: "text", text: "It " }, { type: "link", url: "https://old.example/zanzibar-one/", children: [{ type: "text", text: "links back" }] }] }] },
  });
  const posts = [article("zanzibar-one"), article("zanzibar-two"), article("latest"), article("thefts")];
  await run(site.newsroom, "ghost", "posts.json", ghostExport(posts, (_, at) => (at === 1 ? { lexical: linked } : {})));
  site.refresh();
});
after(async () => {
  await site.stop();
  rmSync(folder, { recursive: true, force: true });
});
const text = async (path: string) => (await site.get(path)).text;

test("the command names the formats that there are readers for", () => {
  assert.deepEqual(STORY_READERS.map(({ format }) => format).toSorted(), [...STORY_FORMATS].toSorted());
});

test("a story's page says from whose archive it is, when it came out there, and shows its words as words", async () => {
  const page = await text("/stories/zanzibar-one");
  assert.match(page, /From the archive of The Old Wire\. Its numbers are as printed there/);
  assert.match(page, /Published there <time datetime="2018-03-02">Mar 2, 2018<\/time>/);
  assert.match(page, /Taken over <time datetime="2026-/);
  assert.match(page, /4,100 coins/);
  assert.doesNotMatch(page, /<script>|<img src=x/);
  const data = JSON.parse(/<script type="application\/ld\+json">(.*?)<\/script>/.exec(page)![1]!) as Record<string, unknown>;
  assert.equal(data["@type"], "Article");
  assert.match(data.datePublished as string, /^2026/, "our date is ours");
  assert.deepEqual(data.isBasedOn, { "@type": "Article", publisher: { "@type": "Organization", name: "The Old Wire" }, datePublished: "2018-03-02T10:00:00.000Z", url: "https://old.example/zanzibar-one/" });
  assert.match(await text("/stories/zanzibar-two"), /<a href="\/stories\/zanzibar-one">links back<\/a>/);
  const validator = new HtmlValidate({ extends: ["html-validate:recommended"] });
  for (const path of ["/stories/zanzibar-one", "/from-archives", "/from-archives?topic=bitcoin", "/topics/bitcoin", "/search?q=zanzibar"]) {
    const report = await validator.validateString(await text(path));
    assert.deepEqual(report.results.flatMap(({ messages }) => messages.map(({ ruleId, message }) => `${path}: ${ruleId}: ${message}`)), []);
  }
});

test("it is no news: no front page, feed, news sitemap or month, no word to a hub; it has lists of its own", async () => {
  for (const path of ["/", "/latest", "/feed.xml", "/atom.xml", "/feed.json", "/topics/bitcoin/feed.xml", "/news-sitemap.xml", "/archive/2026/11", "/topics/bitcoin"])
    assert.doesNotMatch(await text(path), /zanzibar-one/, path);
  assert.deepEqual([...changedFeeds(site.newsroom.log, size, site.newsroom.log.size())], []);
  for (const path of ["/from-archives", "/from-archives?topic=bitcoin", "/from-archives?author=a-reporter", "/search?q=zanzibar", "/sitemaps/stories-1.xml", "/sitemap.xml"])
    assert.match(await text(path), /zanzibar-one/, path);
  assert.match(await text("/topics/bitcoin"), /href="\/from-archives\?topic=bitcoin"/);
  assert.equal((await site.get("/from-archives?topic=no-such")).status, 404);
});

test("old addresses lead on in one step, and only where this site has no page of its own", async () => {
  for (const path of ["/zanzibar-one/", "/zanzibar-one", "/zanzibar-one?utm_source=x", "/%7Aanzibar-one/"])
    for (const method of ["GET", "HEAD"]) {
      const { status, headers } = await site.get(path, { method });
      assert.deepEqual([status, headers.location], [301, "/stories/zanzibar-one"], `${method} ${path}`);
    }
  assert.equal((await site.get("/zanzibar-one/", { method: "POST" })).status, 405);
  assert.equal((await site.get("/zanzibar-none/")).status, 404);
  assert.equal((await site.get("/latest")).status, 200);
  const rows = site.newsroom.log.db.prepare("SELECT path, slug FROM old_addresses").all() as { path: string; slug: string }[];
  assert.deepEqual(rows.map(({ path }) => path).sort(), ["/thefts", "/zanzibar-one", "/zanzibar-two"]);
  for (const { path, slug } of rows) {
    const target = await site.get(`/stories/${slug}`);
    assert.equal(target.status, 200, `${path} leads to a page, and to no further address`);
  }
  assert.equal((await site.get("/thefts")).status, 200, "a page of this site's own comes first");
});

test("another Tracewire takes a newsroom's stories over from its bundle; a bundle that was touched is refused", async () => {
  const { log, blobs, verifierKey } = site.newsroom;
  const seqs = [...log.entries()].map(({ seq }) => seq);
  const bundle = JSON.stringify(exportBundle(log, blobs, { subject: "case", seqs, made_at: "2026-11-26T00:00:00Z", verifier_key: verifierKey, withhold: isPrivateClaim }));
  const other = await smallNewsroom(3);
  try {
    const result = await run(other, "tracewire", "bundle.json", bundle);
    const own = listPublications(log).filter(({ story }) => story.type === "story");
    assert.equal(result.stories.length, own.length);
    assert.ok(result.passed.some(({ passed }) => passed === "it is a press release") && result.passed.some(({ passed }) => passed === "it came from another archive itself"));
    const taken = readPublication(other.log, "un-monitors-58-suspected-cyberattacks")!;
    assert.match(JSON.stringify(taken.story.headline), /58/, "a figure is kept as its words");
    assert.deepEqual(taken.figures, []);
    await assert.rejects(run(other, "tracewire", "touched.json", bundle.replace("58 suspected", "85 suspected").replace('"subject":"case"', '"subject":"cash"')), /does not verify/);
  } finally {
    other.remove();
  }
});
