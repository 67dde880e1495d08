// Sitemaps against the schema of sitemaps.org by a validator that others wrote, and against the news rules, for which no
// schema can be had, by rules of our own.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, test, type TestContext } from "node:test";
import { serveNewsroom, type ServedSite } from "../../test/demo-site.ts";
import { announce, repositoryRoot, scaled } from "../../test/scale.ts";
import { smallNewsroom, type SmallNewsroom } from "../../test/small-newsroom.ts";
import type { Json } from "../evidence/evidence.ts";
import { openNewsroom, type NewsroomReader } from "../newsroom.ts";
import { parseStoryText, publishStory, withdrawStory } from "../press/press.ts";
import { PART_STORIES } from "./pages/sitemaps.ts";
import { openSite, type Site } from "./site.ts";

const SCHEMA = join(repositoryRoot, "node_modules", "sitemap", "schema", "sitemap.xsd");
const URLS_MAX = 50_000;
const BYTES_MAX = 50 * 1024 * 1024;
const SIX_MONTHS_OF_NEWS = "2026-06-01T00:00:00.000Z";

const storyOf = (slug: string, standfirst = "Standfirst.", type = "") =>
  parseStoryText(
    `---\n${type}slug: ${slug}\ntopic: Bridges\nbyline: Desk\nhappened: 2026\n---\n\n# Story & more, ${slug.replaceAll(/\d/g, "n")} <x>\n\n> ${standfirst}\n\nA body.\n`,
  );
const locs = (xml: string) => [...xml.matchAll(/<loc>([^<]*)<\/loc>/g)].map(([, loc]) => loc!);
const lastmodOf = (xml: string, path: string) => new RegExp(`${path}</loc><lastmod>([^<]*)<`).exec(xml)?.[1];

const xmllint = (xml: string) =>
  spawnSync("xmllint", ["--nonet", "--noout", "--schema", SCHEMA, "-"], { input: xml, encoding: "utf8" });
const skip = xmllint("").error ? "xmllint is not installed (Debian: libxml2-utils)" : false;

function validate(t: TestContext, name: string, xml: string): void {
  if (skip) return t.diagnostic(`${name} was not validated: ${skip}`);
  const { status, stderr } = xmllint(xml);
  assert.equal(status, 0, `${name}: ${stderr.slice(0, 500)}`);
}

describe("the sitemap of the demo", () => {
  let site: ServedSite;
  before(async () => void (site = await serveNewsroom({ demo: true })));
  after(() => site.stop());

  test("is valid by the schema of sitemaps.org", { skip }, async (t) => {
    const { text } = await site.get("/sitemap.xml");
    validate(t, "/sitemap.xml", text);
    const planted = xmllint(text.replace("<loc>", "<lok>").replace("</loc>", "</lok>"));
    assert.notEqual(planted.status, 0, "the validator finds a planted fault");
  });

  test("has each address once, and each answers", async () => {
    const { text, headers } = await site.get("/sitemap.xml");
    assert.match(String(headers["content-type"]), /^application\/xml/);
    const all = locs(text);
    assert.equal(new Set(all).size, all.length);
    assert.ok(all.some((loc) => loc.endsWith("/topics/sanctions")) && all.some((loc) => loc.includes("/press-releases/")));
    for (const loc of all) assert.equal((await site.get(new URL(loc).pathname)).status, 200, loc);
  });
});

describe("a large newsroom", () => {
  let newsroom: SmallNewsroom;
  let reader: NewsroomReader;
  let site: Site;
  let base: string;
  let now = SIX_MONTHS_OF_NEWS;
  const size = scaled(PART_STORIES);
  const get = async (path: string) => {
    // A connection that waits while thousands are published would be closed under the next request.
    const answer = await fetch(base + path, { headers: { connection: "close" } });
    return { status: answer.status, text: await answer.text() };
  };
  const text = async (path: string) => (await get(path)).text;
  before(async () => {
    newsroom = await smallNewsroom();
    reader = openNewsroom(newsroom.folder);
    site = openSite(reader, { clock: () => now, hosts: ["127.0.0.1"], base_url: "https://news.example.org", sitemap_part: size });
    base = await site.app.listen({ port: 0, host: "127.0.0.1" });
  });
  after(async () => {
    await site.close();
    reader.close();
    newsroom.remove();
  });
  const publishMany = (from: number, to: number) =>
    newsroom.transact("test", (transaction) => {
      for (let number = from; number < to; number++) {
        const slug = `story-${String(number).padStart(6, "0")}`;
        transaction.append({ kind: "publication", slug, revision: 1, story: storyOf(slug) as unknown as Json, figures: [], waivers: [], by: "test" });
      }
    });

  test("is split into parts whose names and members stay; a correction moves the dates of its own part alone", async (t) => {
    announce(t, "stories to a part", size);
    publishMany(0, 5);
    const one = await text("/sitemap.xml");
    assert.match(one, /^<\?xml[^>]*>\n<urlset /);
    assert.equal((await get("/sitemaps/stories-2.xml")).status, 404);
    publishMany(5, size + 3);
    site.refresh();
    const index = await text("/sitemap.xml");
    assert.match(index, /^<\?xml[^>]*>\n<sitemapindex xmlns="http:\/\/www\.sitemaps\.org\/schemas\/sitemap\/0\.9">\n/);
    assert.deepEqual(
      locs(index).map((loc) => loc.slice("https://news.example.org/sitemaps/".length)),
      ["pages.xml", "stories-1.xml", "stories-2.xml"],
    );
    const parts = new Map<string, string>();
    for (const loc of locs(index)) parts.set(loc, await text(new URL(loc).pathname));
    for (const [loc, part] of parts) {
      validate(t, loc, part);
      assert.ok(locs(part).length <= URLS_MAX && Buffer.byteLength(part) < BYTES_MAX, loc);
    }
    const [pages, first, second] = [...parts.values()];
    assert.ok(locs(pages!).includes("https://news.example.org/topics/bridges"));
    assert.deepEqual([locs(first!).length, locs(second!).length], [size, 3]);
    assert.equal(locs(first!)[0], "https://news.example.org/stories/story-000000");

    const correction = { what: "The standfirst was wrong." };
    newsroom.transact("test", (transaction) =>
      publishStory(transaction, newsroom.log, storyOf("story-000001", "Mended."), { by: "test", correction, waivers: [] }),
    );
    newsroom.transact("test", (transaction) => withdrawStory(transaction, newsroom.log, "story-000002", { by: "test", why: "It was wrong." }));
    site.refresh();
    const [changed, later] = [await text("/sitemaps/stories-1.xml"), await text("/sitemap.xml")];
    assert.equal(locs(changed).length, size - 1);
    assert.ok(!changed.includes("story-000002") && changed.includes(`story-${String(size - 1).padStart(6, "0")}`));
    assert.equal(await text("/sitemaps/stories-2.xml"), second);
    const at = newsroom.log.db.prepare("SELECT newest_at FROM stories WHERE slug = 'story-000001'").get()!.newest_at as string;
    assert.equal(lastmodOf(changed, "story-000001"), at);
    assert.ok(lastmodOf(first!, "story-000001")! < at);
    assert.ok(lastmodOf(later, "stories-1.xml")! >= at);
    assert.equal(lastmodOf(later, "stories-2.xml"), lastmodOf(index, "stories-2.xml"));
  });

  test("has a news sitemap of the last two days, a thousand at most, and of reporting alone", async (t) => {
    // The newsroom's own clock stands at January: half a year later nothing of it is news.
    assert.deepEqual(locs(await text("/news-sitemap.xml")), []);
    const newest = newsroom.log.db.prepare("SELECT max(first_at) AS at FROM stories").get()!.at as string;
    const twoDays = 2 * 24 * 3_600_000;
    now = new Date(Date.parse(newest) + twoDays - 1).toISOString();
    site.refresh();
    publishMany(size + 3, size + 4);
    const release = storyOf("a-release", "Standfirst.", "type: release\nsupplied: Somebody\n");
    newsroom.transact("test", (transaction) => publishStory(transaction, newsroom.log, release, { by: "test" }));
    site.refresh();
    const news = await text("/news-sitemap.xml");
    const urls = [...news.matchAll(/<url>([^]*?)<\/url>/g)].map(([, url]) => url!);
    assert.ok(urls.length > 0 && urls.length <= 1_000, String(urls.length));
    assert.ok(!news.includes("a-release"), "somebody's own text is no reporting");
    for (const url of urls) {
      const date = /<news:publication_date>([^<]+)</.exec(url)![1]!;
      assert.ok(Date.parse(now) - Date.parse(date) < twoDays, date);
      for (const name of ["publication", "name", "language", "publication_date", "title"])
        assert.equal(url.split(`<news:${name}>`).length, 2, name);
      assert.match(url, /<news:name>Tracewire<\/news:name><news:language>en<\/news:language>/);
      assert.match(url, /<news:title>Story &amp; more, [^<>]+ &lt;x&gt;<\/news:title>/);
    }
    // The base schema asks for the schema of what stands inside; without the news part the rest is held to it.
    validate(t, "/news-sitemap.xml", news.replaceAll(/<news:news>[^]*?<\/news:news>/g, ""));
    const first = Date.parse(/<news:publication_date>([^<]+)</.exec(urls.at(-1)!)![1]!);
    now = new Date(first + twoDays - 1).toISOString();
    assert.equal(locs(await text("/news-sitemap.xml")).length, urls.length);
    now = new Date(first + twoDays).toISOString();
    assert.ok(locs(await text("/news-sitemap.xml")).length < urls.length, "it leaves at its very moment");
  });
});
