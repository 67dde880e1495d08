// Ghost 6 on the same 500 made-up posts in the same run: its front page and an article against ours and a bare hello-world.
// Ghost is installed by hand, outside this repository; bench/RESULTS.md says how it was done with install scripts off.
// Run: GHOST=folder of the unpacked, installed package GHOST_NODE=its Node (22.23 or 24.20) <pinned node> bench/ghost.ts
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemEffects } from "../src/effects.ts";
import { createNewsroom } from "../src/newsroom.ts";
import { parseStoryText, publishStories } from "../src/press/press.ts";
import { readCorpus, storyText, type Article } from "./corpus.ts";
import { cpuSeconds, firstAnswer, machine, median, rss, stop, waitFor, wrk } from "./measure.ts";

const { GHOST, GHOST_NODE } = process.env;
if (!GHOST || !GHOST_NODE || !existsSync(join(GHOST, "index.js"))) {
  console.log("Ghost is not here: set GHOST and GHOST_NODE. Skipped.");
  process.exit(0);
}
const SECONDS = Number(process.env.BENCH_SECONDS ?? 8);
const ROUNDS = 3;
const PORTS = { ghost: 4397, ours: 4398, hello: 4399, anew: 4394 };
const folder = mkdtempSync(join(tmpdir(), "tracewire-bench-ghost-"));
const root = join(import.meta.dirname, "..");
const corpus = readCorpus();
const base = `http://127.0.0.1:${PORTS.ghost}`;

cpSync(join(GHOST, "content"), join(folder, "content"), { recursive: true });
writeFileSync(
  join(GHOST, "config.production.json"),
  JSON.stringify({
    url: base,
    server: { host: "127.0.0.1", port: PORTS.ghost },
    database: { client: "sqlite3", connection: { filename: join(folder, "ghost.db") }, useNullAsDefault: true },
    mail: { transport: "SMTP", options: { host: "127.0.0.1", port: 9 } },
    security: { staffDeviceVerification: false },
    paths: { contentPath: join(folder, "content") },
    privacy: { useUpdateCheck: false, useGravatar: false },
  }),
);
console.log(machine());
const startGhost = () => spawn(GHOST_NODE, ["index.js"], { cwd: GHOST, env: { ...process.env, NODE_ENV: "production" }, stdio: "ignore" });
let ghost = startGhost();
await firstAnswer(PORTS.ghost, "/");
const person = { name: "Bench", email: "bench@example.org", password: "a long enough passphrase 4", blogTitle: "Bench" };
const call = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
  const isForm = body instanceof FormData;
  const response = await fetch(`${base}/ghost/api/admin${path}`, {
    method: "POST",
    headers: { origin: base, ...(isForm ? {} : { "content-type": "application/json" }), ...headers },
    body: isForm ? body : JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${(await response.text()).slice(0, 300)}`);
  return response;
};
await call("/authentication/setup/", { setup: [person] });
const session = await call("/session/", { username: person.email, password: person.password });
const cookie = session.headers
  .getSetCookie()
  .map((item) => item.split(";")[0])
  .join("; ");
const form = new FormData();
form.append("importfile", new Blob([JSON.stringify(exportOf(corpus))], { type: "application/json" }), "export.json");
const importing = performance.now();
await call("/db/", form, { cookie });
await firstAnswer(PORTS.ghost, `/${corpus.at(-1)!.slug}/`);
await firstAnswer(PORTS.ghost, `/${corpus[0]!.slug}/`);
console.log(`Ghost: 500 posts imported and seen after ${((performance.now() - importing) / 1000).toFixed(1)} s`);
await stop(ghost);
const starting = performance.now();
ghost = startGhost();
await firstAnswer(PORTS.ghost, `/${corpus[0]!.slug}/`);
console.log(`Ghost: start to the first 200 of an article ${(performance.now() - starting).toFixed(0)} ms`);
await new Promise((resolve) => setTimeout(resolve, 3_000));
console.log(`Ghost: RSS idle ${rss(ghost.pid!).toFixed(0)} MB`);

const data = join(folder, "data");
mkdirSync(data);
const newsroom = createNewsroom(data, systemEffects);
const change = performance.now();
newsroom.transact("bench", (transaction) =>
  publishStories(
    transaction,
    newsroom.log,
    corpus.map((article) => parseStoryText(storyText(article))),
    { by: "bench" },
  ),
);
console.log(`ours: 500 stories published in ${((performance.now() - change) / 1000).toFixed(2)} s`);
newsroom.close();
const serving = performance.now();
const ours = spawn(process.execPath, [join(root, "bootstrap.mjs"), "start", "--port", String(PORTS.ours), "--data", data, "--json"], {
  stdio: ["ignore", "pipe", "ignore"],
});
const greeting = waitFor(ours);
await firstAnswer(PORTS.ours, `/stories/${corpus[0]!.slug}`);
console.log(`ours: start to the first 200 of a story ${(performance.now() - serving).toFixed(0)} ms`);
const { pid } = JSON.parse(await greeting) as { pid: number };
await new Promise((resolve) => setTimeout(resolve, 3_000));
console.log(`ours: RSS idle ${rss(pid).toFixed(0)} MB`);
const anew = spawn(process.execPath, [join(root, "bench", "site-cold.ts"), data, String(PORTS.anew)], {
  stdio: ["ignore", "pipe", "inherit"],
});
await waitFor(anew);
const hello = spawn(
  process.execPath,
  [
    "-e",
    `require("node:http").createServer((q, s) => s.end("hello world")).listen(${PORTS.hello}, "127.0.0.1", () => console.log("ready"))`,
  ],
  { stdio: ["ignore", "pipe", "inherit"] },
);
await waitFor(hello);

const PAGES = {
  hello: { url: `http://127.0.0.1:${PORTS.hello}/`, pid: hello.pid! },
  "Ghost, front": { url: `${base}/`, pid: ghost.pid! },
  "Ghost, article": { url: `${base}/${corpus[3]!.slug}/`, pid: ghost.pid! },
  "ours, front": { url: `http://127.0.0.1:${PORTS.ours}/`, pid },
  "ours, story": { url: `http://127.0.0.1:${PORTS.ours}/stories/${corpus[3]!.slug}`, pid },
  "ours, front made anew": { url: `http://127.0.0.1:${PORTS.anew}/`, pid: anew.pid! },
  "ours, story made anew": { url: `http://127.0.0.1:${PORTS.anew}/stories/${corpus[3]!.slug}`, pid: anew.pid! },
};
/** Ghost answers some ten times a second: it gets fewer connections and more time, so that there is something to count. */
const asked = (name: string, seconds: number) =>
  name.startsWith("Ghost") ? { connections: 16, seconds: seconds * 3 } : { connections: 64, seconds };
for (const [name, { url }] of Object.entries(PAGES)) await wrk(url, asked(name, 3));
const rounds: Record<string, { rate: number; p99_ms: number; cpu_us: number; errors: number }>[] = [];
for (let at = 0; at < ROUNDS; at++) {
  const round: (typeof rounds)[number] = {};
  for (const [name, page] of Object.entries(PAGES)) {
    const before = cpuSeconds(page.pid);
    const load = await wrk(page.url, asked(name, SECONDS));
    round[name] = { ...load, cpu_us: ((cpuSeconds(page.pid) - before) * 1e6) / Math.max(1, load.requests) };
  }
  rounds.push(round);
}
const of = (name: string, field: "rate" | "p99_ms" | "cpu_us" | "errors") => median(rounds.map((round) => round[name]![field]));
for (const name of Object.keys(PAGES))
  console.log(
    `${name}: ${of(name, "rate").toFixed(1)} req/s, p99 ${of(name, "p99_ms").toFixed(1)} ms, ${(of(name, "cpu_us") / 1000).toFixed(3)} ms of processor a request, ${median(rounds.map((round) => round[name]!.rate / round.hello!.rate)).toFixed(4)} of hello-world, ${of(name, "errors")} errors`,
  );
console.log(`RSS after load: Ghost ${rss(ghost.pid!).toFixed(0)} MB, ours ${rss(pid).toFixed(0)} MB`);
await Promise.all([stop(ghost), stop(ours), stop(anew), stop(hello)]);
rmSync(folder, { recursive: true });
process.exit(0);

/** A Ghost export of the posts, as its own importer reads it. */
function exportOf(articles: readonly Article[]) {
  const id = (at: number, kind: string) => `${kind}${String(at).padStart(24 - kind.length, "0")}`;
  const tags = [...new Set(articles.flatMap((article) => article.tags))];
  return {
    db: [
      {
        meta: { exported_on: 1_790_000_000_000, version: "6.65.0" },
        data: {
          posts: articles.map((article, at) => ({
            id: id(at, "a"),
            title: article.title,
            slug: article.slug,
            status: "published",
            custom_excerpt: article.excerpt.slice(0, 290),
            published_at: article.published_at,
            created_at: article.published_at,
            updated_at: article.published_at,
            html: [
              ...article.lead.map((text) => `<p>${text}</p>`),
              ...article.sections.flatMap(({ h, p }) => [`<h2>${h}</h2>`, ...p.map((text) => `<p>${text}</p>`)]),
            ].join("\n"),
          })),
          tags: tags.map((name, at) => ({ id: id(at, "b"), name, slug: name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-") })),
          posts_tags: articles.flatMap((article, at) =>
            article.tags.map((tag, order) => ({ post_id: id(at, "a"), tag_id: id(tags.indexOf(tag), "b"), sort_order: order })),
          ),
        },
      },
    ],
  };
}
