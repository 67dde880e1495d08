// A supplied picture from the story's file to readers: nowhere before its time, then with credit and licence wherever the
// story stands, from our own address, and gone when it is erased.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parseRssFeed } from "feedsmith";
import { HtmlValidate } from "html-validate";
import { madePhoto, SECRET_CAMERA } from "../../test/made-pictures.ts";
import { repositoryRoot } from "../../test/scale.ts";
import { smallNewsroom, type SmallNewsroom } from "../../test/small-newsroom.ts";
import { verifyFolder } from "../evidence/evidence.ts";
import { openNewsroom, type NewsroomReader } from "../newsroom.ts";
import { openSchedule, readPublication } from "../press/press.ts";
import { publishDue } from "../scheduler.ts";
import { openSite, type Site } from "./site.ts";

const BASE = "https://news.example.org";
const DUE = "2090-01-01T18:00:00.000Z";
const head = (more = "") => `---\nslug: a-field\ntopic: Fields\nbyline: Desk\nhappened: 2024\n${more}photo: field.jpg\ncredit: A. Person <p@example.org>\nlicence: CC BY 4.0\nalt: A field under a <blue> sky\ncaption: A field & its sky.\n---\n`;
const STORY = `${head()}\n# A field\n\n> Standfirst.\n\nA body.\n`;

describe("a supplied picture on the site", () => {
  let newsroom: SmallNewsroom;
  let reader: NewsroomReader;
  let site: Site;
  let address: string;
  let desk: string;
  let photo: Uint8Array;
  const get = async (path: string) => {
    // A connection that waits while a command runs would be closed under the next request.
    const answer = await fetch(address + path, { headers: { connection: "close" } });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    return { status: answer.status, headers: answer.headers, bytes, text: Buffer.from(bytes).toString() };
  };
  const tracewire = (...args: string[]) => {
    const cli = ["--disable-warning=ExperimentalWarning", join(repositoryRoot, "src", "cli.ts"), ...args, "--data", newsroom.folder];
    return spawnSync(process.execPath, cli, { encoding: "utf8", cwd: desk });
  };
  before(async () => {
    newsroom = await smallNewsroom();
    reader = openNewsroom(newsroom.folder);
    site = openSite(reader, { clock: () => "2026-06-01T00:00:00.000Z", hosts: ["127.0.0.1"], base_url: BASE });
    address = await site.app.listen({ port: 0, host: "127.0.0.1" });
    desk = mkdtempSync(join(tmpdir(), "tracewire-desk-"));
    photo = await madePhoto({ width: 1_800, height: 1_200 });
    writeFileSync(join(desk, "field.jpg"), photo);
    writeFileSync(join(desk, "a-field.md"), STORY);
  });
  after(async () => {
    await site.close();
    reader.close();
    newsroom.remove();
    rmSync(desk, { recursive: true, force: true });
  });

  test("is nowhere before its time, and everywhere in its moment", async () => {
    const scheduled = tracewire("story", "publish", "a-field.md", "--at", DUE);
    assert.equal(scheduled.status, 0, scheduled.stderr);
    const past = tracewire("story", "publish", "a-field.md", "--at", "2020-01-01T18:00:00Z");
    assert.deepEqual([past.status, /is past/.test(past.stderr)], [2, true], past.stderr);
    const again = tracewire("story", "publish", "a-field.md", "--at", DUE);
    assert.match(again.stdout, new RegExp(`What waited for ${DUE} under this address does not come out: this replaces it`));
    // By another process: whoever opens and closes a database's file drops all locks that his own process holds on it (POSIX),
    // and the next command would take the write-ahead log away under the site.
    for (const trace of [SECRET_CAMERA, "field.jpg", "A. Person"]) {
      const found = spawnSync("grep", ["-rlaF", "--exclude=desk.db*", trace, newsroom.folder], { encoding: "utf8" });
      assert.deepEqual([found.status, found.stdout], [1, ""], trace);
    }
    for (const path of ["/", "/latest", "/feed.xml", "/sitemap.xml"]) assert.doesNotMatch((await get(path)).text, /\/pictures\/|a-field/, path);
    const schedule = openSchedule(newsroom.folder);
    const prepared = schedule.due(DUE)[0]!.photo!;
    const names = prepared.versions.map(({ bytes, media_type }) => {
      const hash = createHash("sha256").update(bytes).digest("hex");
      return `${hash.slice(0, 32)}.${media_type === "image/webp" ? "webp" : "jpg"}`;
    });
    for (const name of names) assert.equal((await get(`/pictures/${name}`)).status, 404);
    assert.deepEqual(publishDue(newsroom, schedule, "2030-01-01T17:59:59.999Z"), []);
    assert.equal(publishDue(newsroom, schedule, DUE)[0]!.outcome, "published");
    schedule.close();
    site.refresh();
    for (const [at, name] of names.entries()) {
      const answer = await get(`/pictures/${name}`);
      assert.equal(answer.status, 200, name);
      assert.deepEqual(answer.bytes, prepared.versions[at]!.bytes);
      assert.equal(answer.headers.get("content-type"), prepared.versions[at]!.media_type);
      assert.match(answer.headers.get("cache-control")!, /immutable/);
      assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
    }
  });

  test("stands over the story with caption, credit and licence, in cards, previews, feeds and data", async () => {
    const publication = readPublication(newsroom.log, "a-field")!;
    const jpeg = publication.photo!.versions.find(({ media_type }) => media_type === "image/jpeg")!;
    const src = `/pictures/${jpeg.sha256.slice(0, 32)}.jpg`;
    const page = (await get("/stories/a-field")).text;
    assert.ok(page.includes(`<img src="${src}" width="1200" height="800" alt="A field under a &lt;blue&gt; sky">`));
    assert.match(page, /srcset="\/pictures\/[0-9a-f]{32}\.webp 480w, \/pictures\/[0-9a-f]{32}\.webp 960w, \/pictures\/[0-9a-f]{32}\.webp 1600w"/);
    assert.match(page, /A field &amp; its sky\. <span class="source">Picture: A\. Person &lt;p@example\.org&gt;\. CC BY 4\.0<\/span>/);
    const validator = new HtmlValidate({ extends: ["html-validate:recommended"], rules: { "long-title": "off" } });
    assert.deepEqual((await validator.validateString(page)).results, []);
    assert.ok(page.includes(`<meta property="og:image" content="${BASE}${src}">`));
    for (const tag of ['type" content="image/jpeg', 'width" content="1200', 'height" content="800', 'alt" content="A field under']) assert.ok(page.includes(`og:image:${tag}`), tag);
    const data = JSON.parse(/ld\+json">(.*?)<\/script>/s.exec(page)![1]!) as { image: { creditText: string; copyrightNotice: string; url: string }[] };
    assert.deepEqual([data.image[0]!.url, data.image[0]!.creditText, data.image[0]!.copyrightNotice], [`${BASE}${src}`, "A. Person <p@example.org>", "CC BY 4.0"]);
    assert.ok((await get("/")).text.includes(src), "it leads the front page");
    assert.match((await get("/latest")).text, /<img class="thumb" src="\/pictures\/[0-9a-f]{32}\.webp" width="480" height="320" alt="" loading="lazy">/);
    const media = parseRssFeed((await get("/feed.xml")).text).items![0]!.media!;
    assert.equal(media.contents![0]!.url, `${BASE}${src}`);
    assert.equal(media.contents![0]!.fileSize, jpeg.byte_count);
    assert.deepEqual(media.contents![0]!.credits!.map(({ value }) => value), ["A. Person <p@example.org>"]);
    assert.ok((await get("/atom.xml")).text.includes(`<link rel="enclosure" type="image/jpeg" href="${BASE}${src}" length="${jpeg.byte_count}"/>`));
    assert.equal(JSON.parse((await get("/feed.json")).text).items[0].image, `${BASE}${src}`);
    assert.equal(JSON.parse((await get(`/oembed?url=${encodeURIComponent(`${BASE}/stories/a-field`)}`)).text).thumbnail_url, `${BASE}${src}`);
  });

  test("keeps its file as evidence, whole, and shows it to nobody; the newsroom verifies", async () => {
    const { photo: published } = readPublication(newsroom.log, "a-field")!;
    assert.deepEqual(new Uint8Array(newsroom.blobs.get(published!.sha256)!), photo);
    assert.equal((await get(`/evidence/${published!.sha256}`)).status, 200);
    assert.ok((await get(`/evidence/${published!.sha256}/bytes`)).status >= 400);
    for (const name of [`${published!.sha256.slice(0, 32)}.jpg`, `${published!.sha256}.jpg`, "..%2F..%2Fnewsroom.key", `${"0".repeat(32)}.webp`])
      assert.equal((await get(`/pictures/${name}`)).status, 404, name);
    const report = await verifyFolder(newsroom.folder);
    assert.deepEqual([report.findings, report.warnings], [[], []]);
    const verified = tracewire("verify");
    assert.equal(verified.status, 0, verified.stdout + verified.stderr);
  });

  test("is refused by the command with place, reason and what to do", () => {
    writeFileSync(join(desk, "bad.md"), STORY.replace("field.jpg", "bad.png").replace("a-field", "b-field"));
    const absent = tracewire("story", "check", "bad.md");
    assert.equal(absent.status, 4);
    assert.match(absent.stderr, /“bad\.png” cannot be read/);
    writeFileSync(join(desk, "bad.png"), "<svg onload='alert(1)'/>");
    for (const action of ["check", "publish"]) {
      const bad = tracewire("story", action, "bad.md");
      assert.equal(bad.status, 3);
      assert.match(bad.stderr, /an SVG.*\[BAD_PICTURE\][^]*where: bad\.png[^]*what to do: /);
    }
    writeFileSync(join(desk, "open.md"), STORY.replace(/credit: .*\n/, ""));
    const open = tracewire("story", "check", "open.md");
    assert.equal(open.status, 1);
    assert.match(open.stdout, /photo-without-rights {2}head, credit: “field\.jpg” lacks its credit\n {2}Add to the head/);
  });

  test("goes with its versions when it is erased; the story stays, and so does the same picture over another story", async () => {
    const { photo: published } = readPublication(newsroom.log, "a-field")!;
    writeFileSync(join(desk, "same.md"), STORY.replace("a-field", "same-field"));
    assert.equal(tracewire("story", "publish", "same.md").status, 0);
    const { photo: same } = readPublication(newsroom.log, "same-field")!;
    assert.deepEqual(same!.versions.map(({ sha256 }) => sha256), published!.versions.map(({ sha256 }) => sha256));
    const first = tracewire("erase", String(same!.capture), "--reason", "Not over this story", "--yes");
    assert.equal(first.status, 0, first.stderr);
    assert.equal((await get(`/pictures/${published!.versions[0]!.sha256.slice(0, 32)}.webp`)).status, 200);
    const erased = tracewire("erase", String(published!.capture), "--reason", "The photographer asked", "--yes");
    assert.equal(erased.status, 0, erased.stderr);
    site.refresh();
    for (const { sha256 } of published!.versions) assert.equal(newsroom.blobs.has(sha256), false);
    assert.equal((await get(`/pictures/${published!.versions[0]!.sha256.slice(0, 32)}.webp`)).status, 404);
    for (const path of ["/stories/a-field", "/", "/latest", "/feed.xml", "/feed.json"]) {
      const { status, text } = await get(path);
      assert.equal(status, 200, path);
      assert.doesNotMatch(text, /\/pictures\//, path);
    }
    assert.equal(tracewire("verify").status, 0);
  });
});
