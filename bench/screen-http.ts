// Screening over HTTP in batches: POST /v1/screen with ten thousand addresses a request, one a line, `only_alerts`. The
// server is the demo newsroom as `tracewire serve` runs it; every answer's count of alerts is compared with what was put in.
// Run: <pinned node> bench/screen-http.ts [SECONDS, default 8]
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom } from "./generate-transfers.ts";
import { cpuSeconds, machine, stop, waitFor } from "./measure.ts";

const SECONDS = Number(process.argv[2] ?? 8);
const BATCH = 10_000;
const CONNECTIONS = 4;
const BODIES = 40;
const LISTED_IN = 2_000;
const ON = "2024-10-01";
const PORT = 4395;
/** On the OFAC list that the demo holds. */
const LISTED = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96";

const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "tracewire-bench-screen-"));
console.log(machine());
const server = spawn(process.execPath, [join(root, "bootstrap.mjs"), "start", "--port", String(PORT), "--data", join(folder, "data"), "--json"], { stdio: ["ignore", "pipe", "inherit"] });
const { pid } = JSON.parse(await waitFor(server)) as { pid: number };

const random = createRandom(7);
const address = () => `0x${Array.from({ length: 5 }, () => Math.floor(random() * 2 ** 32).toString(16).padStart(8, "0")).join("")}`;
const lines = (at: number) => (at % LISTED_IN === 0 ? LISTED : address());
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const FORMS = {
  "text, one a line": { type: "text/plain", bodies: Array.from({ length: BODIES }, () => Buffer.from(Array.from({ length: BATCH }, (_, at) => lines(at)).join("\n"))) },
  JSON: { type: "application/json", bodies: Array.from({ length: BODIES }, () => Buffer.from(JSON.stringify(Array.from({ length: BATCH }, (_, at) => lines(at))))) },
};

function post(body: Buffer, type: string): Promise<{ screened: number; alerts: number }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { agent, host: "127.0.0.1", port: PORT, path: `/v1/screen?on=${ON}&only_alerts=true`, method: "POST", headers: { "content-type": type, "content-length": body.length } },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () => (response.statusCode === 200 ? resolve(JSON.parse(Buffer.concat(parts).toString())) : reject(new Error(Buffer.concat(parts).toString()))));
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

for (const [form, { type, bodies }] of Object.entries(FORMS)) {
  await post(bodies[0]!, type);
  for (const seconds of [2, SECONDS]) {
    const times: number[] = [];
    let screened = 0;
    const cpu = cpuSeconds(pid);
    const own = process.cpuUsage();
    const from = performance.now();
    const one = async (start: number) => {
      for (let at = start; performance.now() - from < seconds * 1_000; at++) {
        const asked = performance.now();
        const found = await post(bodies[at % BODIES]!, type);
        times.push(performance.now() - asked);
        if (found.screened !== BATCH || found.alerts !== BATCH / LISTED_IN) throw new Error(`${found.screened} screened, ${found.alerts} alerts`);
        screened += found.screened;
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, (_, at) => one(at * 7)));
    if (seconds !== SECONDS) continue;
    const wall = (performance.now() - from) / 1_000;
    const busy = cpuSeconds(pid) - cpu;
    const { user, system } = process.cpuUsage(own);
    times.sort((a, b) => a - b);
    console.log(
      `${form}: ${(screened / wall / 1e6).toFixed(2)} M addresses/s by the clock, ${(screened / busy / 1e6).toFixed(2)} M a second of the server's processor (${busy.toFixed(1)} s of ${wall.toFixed(1)}; the asker used ${((user + system) / 1e6).toFixed(1)}); p50 ${times[times.length >> 1]!.toFixed(1)} ms, p99 ${times[Math.floor(times.length * 0.99)]!.toFixed(1)} ms a batch`,
    );
  }
}
agent.destroy();
await stop(server);
rmSync(folder, { recursive: true });
