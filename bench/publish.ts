// Publishing while readers read: 500 made-up stories (test data, never shipped) through the press's own door as one change
// by another process, one story until it is seen everywhere, and a start with all of them.
// Run: <pinned node> bench/publish.ts   (needs wrk and the test data, TRACEWIRE_CORPORA)
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemEffects } from "../src/effects.ts";
import { openForWriting } from "../src/newsroom.ts";
import { parseStoryText, publishStory } from "../src/press/press.ts";
import { plain, readCorpus, storyText } from "./corpus.ts";
import { firstAnswer, inTurn, machine, median, rss, stop, waitFor, wrk } from "./measure.ts";

const PORT = 4395;
const READ_SECONDS = 8;
const SINGLE_ROUNDS = 12;
const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "tracewire-bench-publish-"));
const data = join(folder, "data");

const corpus = readCorpus();

const texts = join(folder, "texts");
mkdirSync(texts);
const files = corpus.map((article) => {
  const file = join(texts, `${article.slug}.md`);
  writeFileSync(file, storyText(article));
  return file;
});

const serve = () =>
  spawn(process.execPath, [join(root, "bootstrap.mjs"), "start", "--port", String(PORT), "--data", data, "--json"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
const publish = () =>
  new Promise<string>((resolve, reject) =>
    execFile(process.execPath, [join(root, "bin.mjs"), "story", "publish", ...files, "--data", data], { maxBuffer: 1e8 }, (error, out) =>
      error ? reject(error) : resolve(out.trim().split("\n").at(-1)!),
    ),
  );

console.log(machine());
const site = serve();
const { pid } = JSON.parse(await waitFor(site)) as { pid: number };
await firstAnswer(PORT, "/");
const script = join(folder, "read.lua");
writeFileSync(
  script,
  inTurn([
    "/",
    "/latest",
    "/topics/bitcoin",
    "/stories/ronin-182164-ether",
    "/thefts",
    "/feed.xml",
    "/figures/panel-2024-table-count",
    "/search?q=bridge",
  ]),
);
await wrk(`http://127.0.0.1:${PORT}`, { seconds: 3, script });
const quiet = await wrk(`http://127.0.0.1:${PORT}`, { seconds: READ_SECONDS, script });
console.log(`readers alone: ${quiet.rate.toFixed(0)} req/s, p99 ${quiet.p99_ms.toFixed(1)} ms, ${quiet.errors} errors`);

const reading = wrk(`http://127.0.0.1:${PORT}`, { seconds: READ_SECONDS, script });
await new Promise((resolve) => setTimeout(resolve, 1_000));
const from = performance.now();
const said = await publish();
const took = (performance.now() - from) / 1000;
const seen = (await firstAnswer(PORT, "/latest", corpus.at(-1)!.slug)) - from - took * 1000;
const during = await reading;
console.log(
  `${said} The whole command ${took.toFixed(2)} s, ${(files.length / took).toFixed(0)} stories/s; seen ${Math.max(0, seen).toFixed(0)} ms later`,
);
console.log(
  `readers meanwhile: ${during.rate.toFixed(0)} req/s, p99 ${during.p99_ms.toFixed(1)} ms, ${during.errors} errors (target p99 < 50 ms)`,
);

// The change alone, without the start of a process: the same stories under other names, in this process.
const writer = openForWriting(data, systemEffects);
const stories = corpus.map((article) => parseStoryText(storyText(article, "-again")));
const change = performance.now();
const cpuBefore = process.cpuUsage();
writer.transact("bench", (transaction) => {
  for (const story of stories) publishStory(transaction, writer.log, story, { by: "bench" });
});
const alone = (performance.now() - change) / 1000;
const { user, system } = process.cpuUsage(cpuBefore);
console.log(
  `the change alone: ${alone.toFixed(2)} s, ${(stories.length / alone).toFixed(0)} stories/s, durable and signed (target ≥ 500); ${((user + system) / 1e6).toFixed(2)} s of processor, all threads`,
);

const waits: Record<string, number[]> = { story: [], front: [], latest: [], feed: [], search: [] };
for (let round = 0; round < SINGLE_ROUNDS; round++) {
  const suffix = `-single-${"abcdefghijklmnop"[round]}`;
  const slug = `${corpus[0]!.slug}${suffix}`;
  const story = parseStoryText(storyText(corpus[0]!, suffix));
  writer.transact("bench", (transaction) => publishStory(transaction, writer.log, story, { by: "bench" }));
  const done = performance.now();
  // All at once, as readers ask: each is polled until it shows the story.
  await Promise.all(
    Object.entries({
      story: `/stories/${slug}`,
      front: "/",
      latest: "/latest",
      feed: "/feed.xml",
      search: `/search?q=${encodeURIComponent(plain(corpus[0]!.title))}`,
    }).map(async ([name, path]) => waits[name]!.push((await firstAnswer(PORT, path, slug)) - done)),
  );
}
console.log(
  `published to visible, median and longest of ${SINGLE_ROUNDS}: ${Object.entries(waits)
    .map(([name, all]) => `${name} ${median(all).toFixed(0)} / ${Math.max(...all).toFixed(0)} ms`)
    .join(", ")} (target < 50 ms)`,
);
writer.close();
console.log(`RSS of the server after all of it: ${rss(pid).toFixed(0)} MB`);
await stop(site);

const starts: number[] = [];
for (let round = 0; round < 3; round++) {
  const begin = performance.now();
  const again = serve();
  const greeting = waitFor(again);
  starts.push((await firstAnswer(PORT, `/stories/${corpus[0]!.slug}`)) - begin);
  if (round === 2) {
    const idle = JSON.parse(await greeting) as { pid: number };
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    console.log(`RSS idle: ${rss(idle.pid).toFixed(0)} MB (target < 120)`);
  }
  await stop(again);
}
console.log(`start with ${corpus.length * 2} stories to the first 200: ${starts.map((ms) => ms.toFixed(0)).join(", ")} ms (target < 1 s)`);
rmSync(folder, { recursive: true });
