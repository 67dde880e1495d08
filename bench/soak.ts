// A thousand connections of mixed reading for a minute: every address that the sitemap and the case name, searches that no
// page store keeps, links that somebody's counter has lengthened; and ten people who write at the desk meanwhile, one of them
// publishing. Counts errors and the slowest hundredth.
// Run: <pinned node> bench/soak.ts   (needs wrk; SOAK_SECONDS, SOAK_CONNECTIONS)
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { editing } from "./editing.ts";
import { firstAnswer, inTurn, machine, rss, stop, waitFor, wrk } from "./measure.ts";

const PORT = 4396;
const SECONDS = Number(process.env.SOAK_SECONDS ?? 60);
const CONNECTIONS = Number(process.env.SOAK_CONNECTIONS ?? 1_000);
const EDITORS = 10;
const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "tracewire-bench-soak-"));

console.log(machine());
console.log(`open files allowed: ${execFileSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" }).trim()}`);
const site = spawn(
  process.execPath,
  [join(root, "bootstrap.mjs"), "start", "--port", String(PORT), "--data", join(folder, "data"), "--json"],
  {
    stdio: ["ignore", "pipe", "inherit"],
  },
);
const { pid } = JSON.parse(await waitFor(site)) as { pid: number };
await firstAnswer(PORT, "/");
const text = async (path: string) => (await fetch(`http://127.0.0.1:${PORT}${path}`)).text();
const lasting = [...(await text("/sitemap.xml")).matchAll(/<loc>https?:\/\/[^/]+([^<]*)<\/loc>/g)].map(([, path]) => path || "/");
const thefts = [...(await text("/thefts")).matchAll(/href="(\/thefts\/[a-z0-9-]+)"/g)].map(([, path]) => path!);
const figures = [...(await text("/figures")).matchAll(/href="(\/figures\/[a-z0-9-]+)"/g)].map(([, path]) => path!);
const words = "ronin bridge exchange sanctions lazarus wallet bitcoin russia seized panel".split(" ");
const searches = words.flatMap((word, at) => [
  `/search?q=${word}`,
  `/search?q=${word}+${words[(at + 3) % words.length]}`,
  `/search.json?q=${word}`,
]);
const paths = [
  ...new Set([...lasting, ...thefts, ...figures.slice(0, 60)]),
  ...searches,
  ...[
    "/feed.xml",
    "/atom.xml",
    "/feed.json",
    "/thefts.csv",
    "/case",
    "/actors",
    "/reports",
    "/workers",
    "/trade",
    "/docs",
    "/log.json",
    "/thefts?sort=amount&order=desc",
  ],
  ...lasting.slice(0, 40).map((path) => `${path}${path.includes("?") ? "&" : "?"}utm_source=somewhere`),
];
const script = join(folder, "soak.lua");
writeFileSync(script, inTurn(paths));
console.log(`${paths.length} addresses, ${CONNECTIONS} connections, ${SECONDS} s`);
// The same number of connections before the count begins: a thousand that arrive in one instant stall a bare Node server
// too (hello-world beside it: 309 to 341 time-outs in its first ten seconds, none in the next).
await wrk(`http://127.0.0.1:${PORT}`, { seconds: 10, script, connections: CONNECTIONS });
const [load, written] = await Promise.all([
  wrk(`http://127.0.0.1:${PORT}`, { seconds: SECONDS, script, connections: CONNECTIONS }),
  editing(join(folder, "data"), `http://localhost:${PORT}`, { people: EDITORS, seconds: SECONDS }),
]);
console.log(
  `${load.requests} answers, ${load.rate.toFixed(0)} req/s, p99 ${load.p99_ms.toFixed(0)} ms (target < 1 s), ${load.errors} errors (target 0)${load.faults && ` (${load.faults})`}; RSS ${rss(pid).toFixed(0)} MB`,
);
console.log(`${EDITORS} people at the desk: ${written.acts} acts, ${written.saved} of them saves, ${written.published} publications; p99 ${written.p99_ms.toFixed(0)} ms, ${written.faults.length} errors${written.faults.length > 0 ? `: ${written.faults.slice(0, 5).join("; ")}` : ""}`);
await stop(site);
rmSync(folder, { recursive: true });
process.exitCode = load.errors === 0 && written.faults.length === 0 && load.p99_ms < 1_000 && written.p99_ms < 1_000 ? 0 : 1;
