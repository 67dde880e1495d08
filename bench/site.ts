// The site against a bare hello-world of the same Node on the same machine in the same run, as ratios.
// Run: <pinned node> bench/site.ts   (needs wrk; generator and server share the cores, for both sides alike)
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpuSeconds, firstAnswer, machine, median, rss, stop, waitFor, wrk, type Load } from "./measure.ts";

const SECONDS = Number(process.env.BENCH_SECONDS ?? 8);
const ROUNDS = 3;
const STORY = "/stories/un-monitors-58-suspected-cyberattacks";
const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "tracewire-bench-site-"));

const hello = `require("node:http").createServer((q, s) => s.end("hello world")).listen(4391, "127.0.0.1", () => console.log("ready"))`;

const serve = () =>
  spawn(process.execPath, [join(root, "bootstrap.mjs"), "start", "--port", "4390", "--data", join(folder, "data"), "--json"], {
    stdio: ["ignore", "pipe", "ignore"],
  });

/** As the site itself is started: pages made anew have the same memory as its own. */
const flagsOf = (process_id: number) => readFileSync(`/proc/${process_id}/cmdline`, "utf8").split("\0").slice(1).filter((word, at, all) => word.startsWith("--") && all.slice(0, at).every((before) => before.startsWith("--")));

console.log(machine());
const first = serve();
await waitFor(first);
await stop(first);
const starts: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const from = performance.now();
  const child = serve();
  starts.push((await firstAnswer(4390, STORY)) - from);
  await stop(child);
}
console.log(`second start to first 200 of the story: ${starts.map((ms) => ms.toFixed(0)).join(", ")} ms`);

const site = serve();
const { pid } = JSON.parse(await waitFor(site)) as { pid: number };
const peer = spawn(process.execPath, ["-e", hello], { stdio: ["ignore", "pipe", "inherit"] });
await waitFor(peer);
await firstAnswer(4390, STORY);
await new Promise((resolve) => setTimeout(resolve, 3_000));
console.log(`RSS idle after first page: ${rss(pid).toFixed(0)} MB`);
const making = spawn(process.execPath, [...flagsOf(pid), join(root, "bench", "site-cold.ts"), join(folder, "data"), "4392"], {
  stdio: ["ignore", "pipe", "inherit"],
});
await waitFor(making);
await firstAnswer(4392, STORY);
type Round = Record<string, Load & { cpu_us: number }>;
const PAGES = {
  hello: { url: "http://127.0.0.1:4391/", pid: peer.pid! },
  story: { url: `http://127.0.0.1:4390${STORY}`, pid },
  front: { url: "http://127.0.0.1:4390/", pid },
  figure: { url: "http://127.0.0.1:4390/figures/panel-2024-table-count", pid },
  "story, made anew": { url: `http://127.0.0.1:4392${STORY}`, pid: making.pid! },
  "front, made anew": { url: "http://127.0.0.1:4392/", pid: making.pid! },
};
// A process that has just started compiles as it goes: what readers get after a minute is measured, not its first seconds.
for (const { url } of Object.values(PAGES)) await wrk(url, { seconds: 3 });
const rounds: Round[] = [];
for (let at = 0; at < ROUNDS; at++) {
  const round: Round = {};
  for (const [name, page] of Object.entries(PAGES)) {
    const before = cpuSeconds(page.pid);
    const load = await wrk(page.url, { seconds: SECONDS });
    round[name] = { ...load, cpu_us: ((cpuSeconds(page.pid) - before) * 1e6) / load.requests };
  }
  rounds.push(round);
}
const of = (name: string, field: "rate" | "p99_ms" | "cpu_us") => median(rounds.map((round) => round[name]![field]));
for (const name of Object.keys(PAGES)) {
  const ratio = median(rounds.map((round) => round[name]!.rate / round.hello!.rate));
  const byCpu = median(rounds.map((round) => round.hello!.cpu_us / round[name]!.cpu_us));
  console.log(
    `${name}: ${of(name, "rate").toFixed(0)} req/s, p99 ${of(name, "p99_ms").toFixed(1)} ms, ${ratio.toFixed(2)} of hello-world; ${of(name, "cpu_us").toFixed(0)} µs of processor a request, ${byCpu.toFixed(2)} of hello-world by that`,
  );
}
console.log(`RSS after load: ${rss(pid).toFixed(0)} MB`);
await Promise.all([stop(site), stop(peer), stop(making)]);
rmSync(folder, { recursive: true });
