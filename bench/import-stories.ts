// Taking an archive over while readers read: a Ghost export of 500 made-up posts (test data, never shipped), by the command
// that a user types, in another process than the site; then the same again, which changes nothing.
// Run: <pinned node> bench/import-stories.ts   (needs wrk and the test data, TRACEWIRE_CORPORA)
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ghostExport } from "../test/ghost-export.ts";
import { readCorpus } from "./corpus.ts";
import { firstAnswer, inTurn, machine, median, stop, waitFor, wrk } from "./measure.ts";

const PORT = 4396;
const ROUNDS = 5;
const READ_SECONDS = 6;
const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "tracewire-bench-import-"));
const corpus = readCorpus();
const file = join(folder, "export.json");

const importInto = (data: string, from: string) =>
  new Promise<{ seconds: number; out: string }>((resolve, reject) => {
    const began = performance.now();
    execFile(process.execPath, [join(root, "bin.mjs"), "import", "ghost", file, "--from", from, "--data", data], { maxBuffer: 1e8 }, (error, out) =>
      error ? reject(error) : resolve({ seconds: (performance.now() - began) / 1_000, out: out.split("\n")[0]! }),
    );
  });

console.log(machine());
writeFileSync(file, ghostExport(corpus));
await importInto(join(folder, "warm"), "Warm");
const alone: number[] = [];
for (let round = 0; round < ROUNDS; round++) alone.push((await importInto(join(folder, `alone-${round}`), "The Old Wire")).seconds);
console.log(`whole command, empty newsroom: ${alone.map((seconds) => `${seconds.toFixed(2)} s`).join(", ")}; median ${(corpus.length / median(alone)).toFixed(0)} stories/s`);

const data = join(folder, "data");
const site = spawn(process.execPath, [join(root, "bootstrap.mjs"), "start", "--port", String(PORT), "--data", data, "--json"], { stdio: ["ignore", "pipe", "ignore"] });
await waitFor(site);
await firstAnswer(PORT, "/");
const script = join(folder, "read.lua");
writeFileSync(script, inTurn(["/", "/latest", "/topics/bitcoin", "/thefts", "/feed.xml", "/search?q=bridge"]));
const url = `http://127.0.0.1:${PORT}`;
const before = await wrk(url, { seconds: READ_SECONDS, script, connections: 16, threads: 1 });
const [during, taken] = await Promise.all([wrk(url, { seconds: READ_SECONDS, script, connections: 16, threads: 1 }), importInto(data, "The Old Wire")]);
console.log(`readers before: ${before.rate.toFixed(0)} req/s, p99 ${before.p99_ms.toFixed(1)} ms; during: ${during.rate.toFixed(0)} req/s, p99 ${during.p99_ms.toFixed(1)} ms, ${during.errors} errors`);
console.log(`import beside readers: ${taken.seconds.toFixed(2)} s, ${taken.out}`);
const again = await importInto(data, "The Old Wire");
console.log(`again: ${again.seconds.toFixed(2)} s, ${again.out}`);
await stop(site);
rmSync(folder, { recursive: true, force: true });
