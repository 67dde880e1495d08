// The site against a bare hello-world of the same Node on the same machine in the same run, as ratios.
// Run: <pinned node> bench/site.ts   (needs wrk; generator and server share the cores, for both sides alike)
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";

const SECONDS = Number(process.env.BENCH_SECONDS ?? 8);
const ROUNDS = 3;
const STORY = "/stories/un-monitors-58-suspected-cyberattacks";
const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "tracewire-bench-site-"));

const hello = `require("node:http").createServer((q, s) => s.end("hello world")).listen(4391, "127.0.0.1", () => console.log("ready"))`;
const waitFor = (child: ChildProcess) =>
  new Promise<string>((resolve) => child.stdout!.once("data", (chunk: Buffer) => resolve(chunk.toString())));

function wrk(url: string, connections: number, script?: string): { rate: number; p99_ms: number } {
  const args = ["-t2", `-c${connections}`, `-d${SECONDS}s`, "--latency", ...(script ? ["-s", script] : []), url];
  const out = execFileSync("wrk", args, { encoding: "utf8" });
  const [, value, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(out)!;
  return {
    rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(out)![1]),
    p99_ms: Number(value) * { us: 0.001, ms: 1, s: 1000 }[unit as "us" | "ms" | "s"],
  };
}

function firstAnswer(port: number, path: string): Promise<number> {
  return new Promise((resolve) => {
    const attempt = () =>
      request({ port, path, host: "127.0.0.1" }, (response) => {
        response.resume();
        response.on("end", () => (response.statusCode === 200 ? resolve(performance.now()) : setTimeout(attempt, 2)));
      })
        .on("error", () => setTimeout(attempt, 2))
        .end();
    attempt();
  });
}

const rss = (pid: number) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1024;
const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

const serve = () =>
  spawn(process.execPath, [join(root, "bootstrap.mjs"), "start", "--port", "4390", "--data", join(folder, "data"), "--json"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
const stop = (child: ChildProcess) => new Promise((resolve) => (child.once("exit", resolve), child.kill("SIGTERM")));

console.log(
  `${cpus().length} cores (${cpus()[0]?.model}), load ${loadavg()
    .map((load) => load.toFixed(2))
    .join(" ")}, Node ${process.versions.node}`,
);
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
const making = spawn(process.execPath, [join(root, "bench", "site-cold.ts"), join(folder, "data"), "4392"], {
  stdio: ["ignore", "pipe", "inherit"],
});
await waitFor(making);
await firstAnswer(4392, STORY);
const rounds = Array.from({ length: ROUNDS }, () => ({
  hello: wrk("http://127.0.0.1:4391/", 64),
  story: wrk(`http://127.0.0.1:4390${STORY}`, 64),
  front: wrk("http://127.0.0.1:4390/", 64),
  figure: wrk("http://127.0.0.1:4390/figures/panel-2024-table-count", 64),
  "story, made anew": wrk(`http://127.0.0.1:4392${STORY}`, 64),
  "front, made anew": wrk("http://127.0.0.1:4392/", 64),
}));
for (const name of ["story", "front", "figure", "story, made anew", "front, made anew"] as const) {
  const ratio = median(rounds.map((round) => round[name].rate / round.hello.rate));
  console.log(
    `${name}: ${median(rounds.map((round) => round[name].rate)).toFixed(0)} req/s, p99 ${median(rounds.map((round) => round[name].p99_ms)).toFixed(1)} ms, ${ratio.toFixed(2)} of hello-world`,
  );
}
console.log(
  `hello-world: ${median(rounds.map((round) => round.hello.rate)).toFixed(0)} req/s, p99 ${median(rounds.map((round) => round.hello.p99_ms)).toFixed(1)} ms`,
);
console.log(`RSS after load: ${rss(pid).toFixed(0)} MB`);
await Promise.all([stop(site), stop(peer), stop(making)]);
rmSync(folder, { recursive: true });
