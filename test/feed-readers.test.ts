// What readers other people wrote make of the feeds: feedparser (Python, strict through its bozo flag) reads RSS and Atom,
// feedsmith reads JSON Feed, which feedparser does not know; all three must come to the same items.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parseJsonFeed } from "feedsmith";
import { parseStoryText, preparePhoto, publishStory } from "../src/press/press.ts";
import { serveNewsroom, type ServedSite } from "./demo-site.ts";
import { madePhoto } from "./made-pictures.ts";
import { repositoryRoot } from "./scale.ts";

/** Debian's package stands with Debian's Python, whatever else is first in the path. */
const PYTHON = "/usr/bin/python3";
const hasFeedparser = spawnSync(PYTHON, ["-c", "import feedparser"]).status === 0;
const skip = hasFeedparser ? false : "feedparser is not installed (Debian: python3-feedparser)";

const READ = `
import calendar, feedparser, html, json, sys
from datetime import datetime, timezone
def time(parts):
    return None if parts is None else datetime.fromtimestamp(calendar.timegm(parts), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
def read(text, kind):
    d = feedparser.parse(text.encode(), response_headers={"content-type": kind})
    return {
        "bozo": bool(d.bozo), "why": str(d.get("bozo_exception", "")), "version": d.version,
        "title": d.feed.title, "home": d.feed.link, "updated": time(d.feed.get("updated_parsed")),
        "items": [{
            "id": e.id, "title": e.title, "link": e.link, "summary": html.unescape(e.summary), "author": e.author,
            "tags": [t.get("label") or t.term for t in e.tags],
            "published": time(e.get("published_parsed")), "updated": time(e.get("updated_parsed")),
            "image": next(iter([m["url"] for m in e.get("media_content", [])] + [l.href for l in e.links if l.rel == "enclosure"]), None),
            "credits": [c.get("content") for c in e.get("media_credit", [])],
        } for e in d.entries],
    }
feeds = json.load(sys.stdin)
print(json.dumps([read(f["text"], f["kind"]) for f in feeds]))
`;
type Item = { id: string; title: string; link: string; summary: string; author: string; tags: string[]; published: string; updated: string; image: string | null };
type Read = {
  bozo: boolean;
  why: string;
  version: string;
  title: string;
  home: string;
  updated: string;
  items: (Item & { credits?: string[] })[];
};

function readAll(feeds: { text: string; kind: string }[]): Read[] {
  const { status, stdout, stderr } = spawnSync(PYTHON, ["-c", READ], { input: JSON.stringify(feeds), encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Read[];
}

const seconds = (at: string) => `${at.slice(0, 19)}Z`;

describe("feeds, read by others", { skip }, () => {
  let site: ServedSite;
  before(async () => {
    site = await serveNewsroom({ demo: true });
    // One correction, with signs that a feed has to escape.
    const slug = "nomad-bridge-561-addresses";
    const story = parseStoryText(readFileSync(join(repositoryRoot, "demo", "stories", `${slug}.md`), "utf8"));
    const mended = {
      ...story,
      standfirst: [{ type: "text" as const, text: "Mended & <mended> ]]> it’s so." }],
      photo: { file: "a.png", credit: "P. & Sons <p@example.org>", licence: "CC BY 4.0", alt: "A bridge & water" },
    };
    const photo = { prepared: await preparePhoto(await madePhoto({ format: "png" }), "a.png", "2026-11-20T00:00:00Z"), blobs: site.newsroom.blobs };
    const correction = { what: "The standfirst was “unclear” & <vague>." };
    site.newsroom.transact("test", (transaction) => publishStory(transaction, site.newsroom.log, mended, { by: "test", correction, photo }));
    site.refresh();
  });
  after(() => site.stop());

  for (const base of ["", "/topics/bridges", "/authors/chain-desk", "/corrections"])
    test(`RSS, Atom and JSON Feed of “${base || "/"}” say the same`, async () => {
      const [rss, atom, json] = await Promise.all(
        ["feed.xml", "atom.xml", "feed.json"].map(async (file) => {
          const { text, headers } = await site.get(`${base}/${file}`);
          return { text, kind: String(headers["content-type"]) };
        }),
      );
      const [fromRss, fromAtom] = readAll([rss!, atom!]) as [Read, Read];
      assert.deepEqual([fromRss.version, fromAtom.version], ["rss20", "atom10"]);
      for (const read of [fromRss, fromAtom]) assert.equal(read.bozo, false, read.why);
      const list = parseJsonFeed(json!.text);
      const items = list.items!.map((item): Item => ({
        id: item.id!,
        title: item.title!,
        link: item.url!,
        summary: item.summary!,
        author: item.authors![0]!.name!,
        tags: item.tags!,
        published: seconds(item.date_published as unknown as string),
        updated: seconds(item.date_modified as unknown as string),
        image: item.image ?? null,
      }));
      assert.ok(items.length > 0);
      const credits = fromRss.items.flatMap((item) => item.credits!);
      if (base === "") assert.deepEqual(credits, ["P. & Sons <p@example.org>"]);
      for (const item of [...fromRss.items, ...fromAtom.items]) delete item.credits;
      assert.deepEqual(fromAtom.items, items);
      // RSS has one date of its own; "updated" stands beside it in Atom's words, which feedparser reads as well.
      assert.deepEqual(fromRss.items, items);
      for (const read of [fromRss, fromAtom]) assert.deepEqual([read.title, read.home], [list.title, list.home_page_url]);
      assert.equal(fromRss.updated, fromAtom.updated);
      assert.ok(items.some(({ summary }) => summary.includes("“unclear” & <vague>.")));
    });
});
