// The machine's own stop signal in the middle of reading and writing, again and again: whoever had asked is answered whole,
// what was answered as written is there after the next start, and the process ends by itself.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { seededRandom, systemEffects } from "../src/effects.ts";
import { openDrafts } from "../src/press/press.ts";
import { announce, repositoryRoot, scaled, seed } from "./scale.ts";

const PASSWORD = "seven quiet herons";
const READERS = 24;
const WRITERS = 8;
const PAGES = ["/", "/latest", "/thefts", "/figures", "/log", "/feed.xml", "/search?q=bridge", "/v1/thefts", "/no-such-page", "/thefts?sort=amount&order=desc"];
/** Asked this long before the signal: it has left this process, and the server's system has it. */
const SENT_MS = 25;
const START_MS_MAX = 60_000;

type Answer = { status: number; body: string; location: string; cookie: string };

/** Rejects where the answer does not come whole. */
function ask(agent: Agent, base: string, path: string, { form, cookie = "" }: { form?: Record<string, string>; cookie?: string } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(`${base}${path}`, { agent, method: form ? "POST" : "GET", headers: { cookie, ...(form ? { origin: base, "content-type": "application/x-www-form-urlencoded" } : {}) } }, (answer) => {
      let body = "";
      answer.setEncoding("utf8").on("data", (part: string) => (body += part));
      answer.on("error", reject).on("end", () => {
        if (!answer.complete) return reject(new Error("cut short"));
        resolve({ status: answer.statusCode!, body, location: String(answer.headers.location ?? ""), cookie: String(answer.headers["set-cookie"]?.[0]?.split(";")[0] ?? "") });
      });
    });
    sent.on("error", reject);
    sent.end(form ? new URLSearchParams(form).toString() : undefined);
  });
}

function serve(folder: string, isFirst: boolean) {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", join(repositoryRoot, "src", "cli.ts"), "serve", "--empty", "--data", folder, "--port", "0"], { cwd: folder });
  let output = "";
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const started = new Promise<{ base: string; link?: string }>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`not started: ${output}`)), START_MS_MAX);
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (part: Buffer) => {
        output += part.toString();
        const desk = /The desk is at (\S+)\/desk\n/.exec(output)?.[1];
        const link = /(\/desk\/join\/\S+)\n/.exec(output)?.[1];
        if (desk && (link || !isFirst)) (clearTimeout(late), resolve({ base: desk, link }));
      });
  });
  return { child, ended, started, output: () => output };
}

test("stopped under load: every request in flight is answered whole, and every answered write is kept", async (t) => {
  const rounds = scaled(50);
  announce(t, "stops", rounds);
  const random = seededRandom(seed);
  const below = (limit: number) => (random(4).reduce((sum, byte) => sum * 256 + byte, 0) >>> 0) % limit;
  const folder = mkdtempSync(join(tmpdir(), "tracewire-stop-"));
  const kept = new Map<number, string>();
  const totals = { answered: 0, inFlight: 0, written: 0, refused: 0, ends: [] as number[] };
  let cookie = "";
  try {
    for (let round = 0; round < rounds; round++) {
      const { child, ended, started, output } = serve(folder, round === 0);
      const agent = new Agent({ keepAlive: true, maxSockets: READERS + WRITERS });
      try {
        const { base, link } = await started;
        if (cookie === "") {
          const entered = await ask(agent, base, link!, { form: { handle: "ada", password: PASSWORD } });
          assert.equal(entered.status, 303, entered.body);
          cookie = entered.cookie;
        }
        const csrf = /name="csrf" value="([^"]+)"/.exec((await ask(agent, base, "/desk/stories", { cookie })).body)![1]!;
        let signalAt = Infinity;
        const lost: string[] = [];
        const keepAsking = async (one: () => Promise<string>) => {
          while (performance.now() < signalAt) {
            const began = performance.now();
            let what = "";
            try {
              what = await one();
              totals.answered += 1;
              if (performance.now() > signalAt) totals.inFlight += 1;
            } catch (error) {
              if (error instanceof assert.AssertionError) throw error;
              if (began < signalAt - SENT_MS) lost.push(`${what} asked ${(signalAt - began).toFixed(0)} ms before the signal: ${String(error)}`);
              else totals.refused += 1;
            }
          }
        };
        const read = (at: number) => async () => {
          const path = PAGES[at % PAGES.length]!;
          const { status } = await ask(agent, base, path);
          assert.ok(status === 200 || (status === 404 && path === "/no-such-page"), `${path}: ${status}`);
          return path;
        };
        const write = (at: number) => async () => {
          const headline = `Writer ${at} of round ${round} at ${performance.now()}`;
          const { status, location, body } = await ask(agent, base, "/desk/stories", { cookie, form: { csrf, headline } });
          assert.equal(status, 303, body.slice(0, 2_000));
          kept.set(Number(location.split("/").at(-1)), headline);
          return "write";
        };
        const asking = Promise.allSettled([...Array.from({ length: READERS }, (_, at) => keepAsking(read(at))), ...Array.from({ length: WRITERS }, (_, at) => keepAsking(write(at)))]);
        await new Promise((resolve) => setTimeout(resolve, 150 + below(500)));
        signalAt = performance.now();
        child.kill("SIGTERM");
        const code = await ended;
        totals.ends.push(performance.now() - signalAt);
        for (const done of await asking) if (done.status === "rejected") throw done.reason;
        assert.deepEqual(lost, [], `round ${round}`);
        assert.equal(code, 0, output());
      } finally {
        child.kill("SIGKILL");
        agent.destroy();
      }
    }
    const drafts = openDrafts(folder, systemEffects);
    for (const [draft, headline] of kept) assert.ok(drafts.text(draft)?.text.includes(`# ${headline}`), `draft ${draft}: ${headline}`);
    drafts.close();
    totals.written = kept.size;
    assert.ok(totals.inFlight > 0 && totals.written > 0);
    const slowest = Math.max(...totals.ends).toFixed(0);
    t.diagnostic(`${totals.answered} answers, ${totals.inFlight} of them in flight at a signal, ${totals.written} writes, 0 lost; ${totals.refused} asked at or after a signal and were refused; slowest end ${slowest} ms`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
