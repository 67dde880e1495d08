// The whole archive out and into an empty folder: the same digests, the same pages, every revision and picture; what is about
// persons or waits for its time stays behind, and the backup says so.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { STORY_READERS, importStories } from "../src/archive-import/archive-import.ts";
import { seededRandom, steppedClock } from "../src/effects.ts";
import { backupNewsroom, openLogReader, restoreNewsroom, verifyFolder, viewsDigest, type LogReader } from "../src/evidence/evidence.ts";
import { openPeople } from "../src/newsletter/newsletter.ts";
import { KEY_FILE, openForWriting, openNewsroom, VIEWS } from "../src/newsroom.ts";
import { listPublications, openSchedule, publishStory, readPublication, withdrawStory, type Story } from "../src/press/press.ts";
import { recomputeFolder } from "../src/recompute.ts";
import { openSite } from "../src/site/site.ts";
import { repositoryRoot } from "./scale.ts";
import { ghostExport } from "./ghost-export.ts";
import { madePhoto } from "./made-pictures.ts";
import { smallNewsroom } from "./small-newsroom.ts";

const folders: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "tracewire-whole-"));
  folders.push(folder);
  return folder;
};
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const article = (slug: string) => ({ title: `About ${slug}`, slug, published_at: "2018-03-02T10:00:00.000Z", tags: ["Bitcoin"], excerpt: "Excerpt.", lead: ["Words with 58 in them."], sections: [] });

test("exported whole and restored, an archive has equal digests and serves the same bytes; persons stay behind, and it is said", async () => {
  const newsroom = await smallNewsroom(5);
  const content = newFolder();
  writeFileSync(join(content, "pier.jpg"), await madePhoto());
  writeFileSync(join(content, "posts.json"), ghostExport([article("with-picture"), article("corrected"), article("withdrawn")], (_, at) => (at === 0 ? { feature_image: "/pier.jpg", feature_image_alt: "A pier" } : {})));
  const ghost = STORY_READERS.find(({ format }) => format === "ghost")!;
  await importStories(newsroom, ghost, [{ path: join(content, "posts.json"), name: "posts.json" }], {
    by: "test",
    now: "2026-02-01T00:00:00.000Z",
    from: "The Old Wire",
    pictures: content,
    credit: "A. Photographer",
    licence: "CC BY 4.0",
    isServed: () => false,
  });
  const corrected: Story = { ...readPublication(newsroom.log, "corrected")!.story, headline: [{ type: "text", text: "Mended" }] };
  newsroom.transact("test", (transaction) => {
    publishStory(transaction, newsroom.log, corrected, { by: "test", correction: { what: "It was wrong." } });
    withdrawStory(transaction, newsroom.log, "withdrawn", { by: "test", why: "Not ours." });
  });
  openPeople(newsroom.folder, newsroom.effects).close();
  const schedule = openSchedule(newsroom.folder);
  schedule.add({ slug: "waits", due: "2030-01-01T00:00:00Z", by: "test", story: { ...corrected, slug: "waits" }, waivers: [] });
  schedule.close();

  // Every database that the program makes, by its name in the source: what is neither copied nor named would be lost in silence.
  const databases = new Set(readdirSync(join(repositoryRoot, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .flatMap((name) => [...readFileSync(join(repositoryRoot, "src", name), "utf8").matchAll(/^(?:export )?const \w+ = "([a-z-]+\.db)"/gm)].map(([, file]) => file!)));
  assert.ok(databases.size >= 11, [...databases].join(", "));
  for (const name of databases) if (!existsSync(join(newsroom.folder, name))) writeFileSync(join(newsroom.folder, name), "");
  const [backup, restored] = [newFolder(), join(newFolder(), "restored")];
  const manifest = await backupNewsroom(newsroom.folder, backup, { withKey: true });
  const named = new Set(manifest.not_copied!.map(({ name }) => name));
  const passing = /^(tmp|writer\.json)$|-(wal|shm)$/;
  assert.deepEqual(readdirSync(newsroom.folder).filter((name) => !passing.test(name) && !named.has(name) && !existsSync(join(backup, name))), []);
  assert.deepEqual([...named].filter((name) => existsSync(join(backup, name))), []);
  assert.ok(named.has("releases.db") && named.has("writes.db"));
  await restoreNewsroom(backup, restored);
  for (const folder of [backup, restored]) for (const name of ["people.db", "desk.db", "keys.db"]) assert.equal(existsSync(join(folder, name)), false, name);

  const other = openLogReader(restored);
  const stateOf = (log: LogReader) => ({
    size: log.size(),
    root: log.root(),
    checkpoint: log.checkpoint(),
    views: viewsDigest(log.db, VIEWS),
    publications: listPublications(log),
  });
  const [before, now] = [stateOf(newsroom.log), stateOf(other)];
  assert.deepEqual(now, before);
  const { versions } = readPublication(other, "with-picture")!.photo!;
  for (const { sha256 } of versions) assert.deepEqual(readFileSync(join(restored, "blobs", sha256.slice(0, 2), sha256)), readFileSync(join(newsroom.folder, "blobs", sha256.slice(0, 2), sha256)));
  const blobs = (folder: string) => readdirSync(join(folder, "blobs"), { recursive: true }).map(String).sort();
  assert.deepEqual(blobs(restored), blobs(newsroom.folder));
  other.close();
  assert.deepEqual((await verifyFolder(restored)).findings, []);
  assert.deepEqual(await recomputeFolder(restored), []);

  const clock = () => "2026-06-01T00:00:00.000Z";
  const pages = ["/stories/with-picture", "/stories/corrected", "/stories/corrected/revisions/1", "/stories/corrected/revisions/2/changes", "/stories/withdrawn", "/corrections", "/from-archives", "/old-path", "/with-picture/"];
  const seen: unknown[] = [];
  for (const folder of [newsroom.folder, restored]) {
    const reader = openNewsroom(folder);
    const site = openSite(reader, { clock, hosts: ["localhost"] });
    const answers = await Promise.all(pages.map((url) => site.app.inject({ url, headers: { host: "localhost" } })));
    seen.push(answers.map(({ statusCode, body, headers }) => [statusCode, headers.location, body]));
    await site.close();
    reader.close();
  }
  assert.deepEqual(seen[1], seen[0]);

  // With its key it goes on as the same log.
  assert.ok(existsSync(join(restored, KEY_FILE)));
  const writer = openForWriting(restored, { clock: steppedClock("2026-07-01T00:00:00.000Z"), random: seededRandom(9) });
  writer.transact("test", (transaction) => withdrawStory(transaction, writer.log, "with-picture", { by: "test", why: "Taken back." }));
  assert.equal(writer.log.size(), before.size + 1);
  writer.close();
  newsroom.remove();
});
