// Every type of page and every feed, byte for byte as committed in test/golden/pages: what a change does to readers is read
// as a difference of files. A twin that is missing is written where somebody works, and is a failure in CI (CI=true).
// Renewed on purpose: TRACEWIRE_GOLDEN=write npm test -- test/golden-pages.test.ts, read the difference, commit it.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { after, before, describe, test } from "node:test";
import { openNewsroom, type NewsroomReader } from "../src/newsroom.ts";
import { openSite, type Site } from "../src/site/site.ts";
import { goldenNewsroom } from "./golden-newsroom.ts";
import type { ReportNewsroom } from "./report-newsroom.ts";
import { repositoryRoot } from "./scale.ts";
import { smallNewsroom, type SmallNewsroom } from "./small-newsroom.ts";

const FOLDER = join(repositoryRoot, "test", "golden", "pages");
const BYTES_MAX = 1_000_000;
const NOW = "2026-01-02T12:00:00.000Z";
const isWriting = process.env.TRACEWIRE_GOLDEN === "write";
const isCi = Boolean(process.env.CI) && process.env.CI !== "false";

/** Case → file → address. */
const CASES: Record<string, Record<string, string>> = {
  front: { "front.html": "/" },
  story: {
    "story.html": "/stories/two-totals",
    "story.json": "/stories/two-totals.json",
    "picture.svg": "/stories/two-totals/picture.svg",
    "oembed.json": "/oembed?url=https%3A%2F%2Fnews.example.org%2Fstories%2Ftwo-totals",
  },
  correction: {
    "corrected.html": "/stories/three-thefts",
    "first-revision.html": "/stories/three-thefts/revisions/1",
    "changes.html": "/stories/three-thefts/revisions/2/changes",
    "withdrawn.html": "/stories/a-mistake",
    "corrections.html": "/corrections",
    "corrections.csv": "/corrections.csv",
    "corrections.json": "/corrections.json",
    "feed.xml": "/corrections/feed.xml",
  },
  feeds: {
    "feed.xml": "/feed.xml",
    "atom.xml": "/atom.xml",
    "feed.json": "/feed.json",
    "topic-atom.xml": "/topics/sanctions/atom.xml",
    "feeds.html": "/feeds",
    "sitemap.xml": "/sitemap.xml",
    "news-sitemap.xml": "/news-sitemap.xml",
    "robots.txt": "/robots.txt",
    "security.txt": "/.well-known/security.txt",
  },
  lists: {
    "latest.html": "/latest",
    "releases.html": "/press-releases",
    "release.html": "/press-releases/a-company-says",
    "topics.html": "/topics",
    "topic.html": "/topics/exchanges",
    "author.html": "/authors/case-desk",
    "archive.html": "/archive",
    "month.html": "/archive/2026/01",
    "search.html": "/search?q=thefts",
    "nothing-found.html": "/search?q=zanzibar",
  },
  figure: {
    "count.html": "/figures/thefts",
    "count.json": "/figures/thefts.json",
    "count.csv": "/figures/thefts.csv",
    "series.html": "/figures/table-by-year",
    "embed.html": "/embed/table-by-year",
    "embed.svg": "/embed/table-by-year.svg",
    "figures.html": "/figures",
  },
  case: {
    "case.html": "/case",
    "kind.html": "/case/reply",
    "thefts.html": "/thefts",
    "thefts.csv": "/thefts.csv",
    "theft.html": "/thefts/2029-05-06-a-bridge",
    "theft.json": "/thefts/2029-05-06-a-bridge.json",
    "reports.html": "/reports",
    "report.html": "/reports/s-2030-7",
    "evidence.html": "/evidence/SOURCE",
  },
  log: { "log.html": "/log", "entry.html": "/log/2", "entry.json": "/log/2.json", "checkpoint.txt": "/log/checkpoint" },
  newsletter: { "newsletter.html": "/newsletter", "issues.html": "/newsletter/issues", "issue.html": "/newsletter/issues/1" },
  errors: { "not-found.html": "/no/such/page", "bad-argument.html": "/?known=never" },
};

/** Of the program, not of the page: the hash in an asset's name moves with every line of the stylesheet. */
const stable = (text: string): string => text.replaceAll(/(\/assets\/[a-z-]+)\.[0-9a-f]{10}\./g, "$1.HASH.");

describe("golden pages", () => {
  let newsroom: ReportNewsroom;
  let empty: SmallNewsroom;
  const opened: { site: Site; reader: NewsroomReader; base: string }[] = [];
  const seen = new Set<string>();

  const open = async (folder: string) => {
    const reader = openNewsroom(folder);
    const site = openSite(reader, { clock: () => NOW, hosts: ["127.0.0.1"], base_url: "https://news.example.org", contact: "mailto:desk@example.org" });
    const base = await site.app.listen({ port: 0, host: "127.0.0.1" });
    opened.push({ site, reader, base });
    return base;
  };
  let base: string;
  let emptyBase: string;
  before(async () => {
    newsroom = await goldenNewsroom();
    empty = await smallNewsroom(1, { fixedKey: true });
    [base, emptyBase] = [await open(newsroom.folder), await open(empty.folder)];
  });
  after(async () => {
    for (const { site, reader } of opened) {
      await site.close();
      reader.close();
    }
    newsroom.remove();
    empty.remove();
  });

  const compare = (name: string, text: string, note: (words: string) => void) => {
    const path = join(FOLDER, name);
    seen.add(name);
    if (isWriting || (!existsSync(path) && !isCi)) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      if (!isWriting) note(`${name} was missing and is written: look at it and commit it`);
    }
    assert.ok(existsSync(path), `test/golden/pages/${name} is missing; it is written where the test runs without CI=true`);
    assert.equal(text, readFileSync(path, "utf8"), `${name} differs: read the head of this test on how to renew it`);
  };

  for (const [name, files] of Object.entries(CASES))
    test(name, async (t) => {
      const source = newsroom.log.db.prepare("SELECT sha256 FROM captures WHERE seq = ?").get(newsroom.source)!.sha256 as string;
      for (const [file, address] of Object.entries(files)) {
        const answer = await fetch(base + address.replace("SOURCE", source));
        const text = stable(await answer.text());
        assert.equal(answer.status, { "not-found.html": 404, "bad-argument.html": 400 }[file] ?? 200, address);
        compare(join(name, file), text, (words) => t.diagnostic(words));
      }
    });

  test("an empty newsroom", async (t) => {
    for (const [file, address] of [["front.html", "/"], ["feed.xml", "/feed.xml"], ["sitemap.xml", "/sitemap.xml"]] as const)
      compare(join("empty", file), stable(await (await fetch(emptyBase + address)).text()), (words) => t.diagnostic(words));
  });

  test("the folder holds nothing else, and is small enough to read", () => {
    const files = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const stale = files.filter((file) => !seen.has(relative(FOLDER, file)));
    if (isWriting) for (const file of stale) rmSync(file);
    else assert.deepEqual(stale, []);
    const bytes = files.reduce((sum, file) => sum + (existsSync(file) ? readFileSync(file).length : 0), 0);
    assert.ok(bytes < BYTES_MAX, `${bytes} bytes`);
  });
});
