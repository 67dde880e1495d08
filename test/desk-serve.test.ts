// The desk as `tracewire serve` runs it: in a process of its own behind /desk, or at an origin of its own; the first
// administrator's link; and that no public answer carries a trace of a session, whoever asks for it and with which headers.
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { openAccounts, listActs } from "../src/accounts/accounts.ts";
import { openKeyStore } from "../src/api/api.ts";
import { systemEffects } from "../src/effects.ts";
import { freePort } from "./free-port.ts";
import { repositoryRoot } from "./scale.ts";

const PASSWORD = "seven quiet herons";
type Served = { base: string; desk: string; link: string; folder: string; child: ChildProcess; output(): string; stop(): Promise<number | null> };
const running: Served[] = [];
after(async () => {
  for (const one of running) await one.stop();
});

async function serve(...flags: string[]): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), "tracewire-serve-"));
  let output = "";
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", join(repositoryRoot, "src", "cli.ts"), "serve", "--empty", "--data", folder, "--port", "0", ...flags], { cwd: folder });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`not started: ${output}`)), 40_000);
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (part: Buffer) => {
        output += part.toString();
        if (/\/desk\/join\/\S+\n/.test(output)) (clearTimeout(late), resolve());
      });
  });
  const served: Served = {
    base: /Tracewire is at (\S+)/.exec(output)![1]!,
    desk: /The desk is at (\S+)\/desk/.exec(output)![1]!,
    link: /(\/desk\/join\/\S+)/.exec(output)![1]!,
    folder,
    child,
    output: () => output,
    async stop() {
      child.kill("SIGTERM");
      const code = await ended;
      rmSync(folder, { recursive: true, force: true });
      return code;
    },
  };
  running.push(served);
  return served;
}

const call = (url: string, { form, headers = {}, method }: { form?: Record<string, string>; headers?: Record<string, string>; method?: string } = {}) =>
  fetch(url, { redirect: "manual", method: method ?? (form ? "POST" : "GET"), headers: { ...(form ? { origin: new URL(url).origin } : {}), ...headers }, ...(form ? { body: new URLSearchParams(form) } : {}) });

/** The desk's process: the last that the site's has started. */
const childOf = ({ child }: Served): number => Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim().split(" ").at(-1));

async function enter({ desk, link }: Served): Promise<string> {
  const entered = await call(`${desk}${link}`, { form: { handle: "ada", password: PASSWORD } });
  assert.equal(entered.status, 303, await entered.text());
  return entered.headers.get("set-cookie")!.split(";")[0]!;
}

const skip = process.platform === "linux" ? false : "finds the desk's process in /proc";

test("the first administrator comes in by the printed link, once; the desk runs beside the site and ends with it", { skip }, async () => {
  const served = await serve();
  assert.match(served.desk, /^http:\/\/localhost:\d+$/, "a name, so that passkeys can be bound to it");
  const cookie = await enter(served);
  assert.equal((await call(`${served.desk}${served.link}`, { form: { handle: "eve", password: PASSWORD } })).status, 410);
  const account = await call(`${served.desk}/desk/account`, { headers: { cookie } });
  const page = await account.text();
  assert.match(page, /<strong>ada<\/strong>, administrator/);

  // Ends hard, comes back: the next who asks starts it anew, and nobody is signed out.
  const pid = childOf(served);
  process.kill(pid, "SIGKILL");
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal((await call(`${served.desk}/desk/account`, { headers: { cookie } })).status, 200);

  // A large file that is refused: its sender reads why.
  for (const path of ["/desk/inbox", "/desk/stories", "/desk/sign-in"]) {
    const big = await fetch(`${served.desk}${path}`, { method: "POST", headers: { origin: served.desk, "content-type": "application/x-www-form-urlencoded" }, body: Buffer.alloc(20 * 2 ** 20, 0x61) });
    assert.deepEqual([big.status, path], [path === "/desk/sign-in" ? 413 : 401, path]);
    await big.arrayBuffer();
  }

  // A forged proxy header of the socket's own name counts for nothing.
  const csrf = /name="csrf" value="([^"]+)"/.exec(page)![1]!;
  await call(`${served.desk}/desk/stories`, { headers: { cookie, "x-tracewire-remote": "203.0.113.9" }, form: { csrf, headline: "A story of hers" } });
  const accounts = openAccounts(served.folder, systemEffects);
  const [act] = listActs(accounts, { limit: 1 });
  accounts.close();
  assert.deepEqual([act!.act, act!.network], ["story.begin", "127.0.0.0/24"]);

  const files = readFileSync(join(served.folder, "newsroom.db"));
  assert.equal(files.includes("ada@"), false);
  assert.equal(await served.stop(), 0);
  assert.throws(() => process.kill(pid, 0), "the desk's process is gone");
});

test("programs write at /v1 of the site, which hands it on; after the desk was killed the same key is answered as before", { skip }, async () => {
  const served = await serve();
  const keys = openKeyStore(served.folder, systemEffects);
  const { token } = keys.add("cms", ["stories:write"]);
  keys.close();
  const write = (again: string, headers: Record<string, string> = {}) =>
    fetch(`${served.base}/v1/drafts`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "idempotency-key": again, ...headers },
      body: JSON.stringify({ text: "# By a program\n" }),
    });
  const first = await write("one", { "x-tracewire-remote": "203.0.113.9" });
  assert.deepEqual([first.status, first.headers.get("etag"), first.headers.get("cache-control")], [201, '"1"', "no-store"]);
  const answer = await first.text();
  process.kill(childOf(served), "SIGKILL");
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(await (await write("one")).text(), answer);
  assert.equal(((await (await fetch(`${served.base}/v1/drafts`, { headers: { authorization: `Bearer ${token}` } })).json()) as { items: unknown[] }).items.length, 1);
  const accounts = openAccounts(served.folder, systemEffects);
  const [act] = listActs(accounts, { limit: 1 });
  accounts.close();
  assert.deepEqual([act!.handle, act!.act, act!.network], ["key:cms", "story.begin", "127.0.0.0/24"]);
  assert.equal((await fetch(`${served.base}/v1/drafts`)).status, 401);
  assert.equal((await fetch(`${served.base}/v1/drafts`, { method: "PATCH" })).status, 405);
  assert.equal(await served.stop(), 0);
});

test("no public answer carries a trace of a session, and nothing asked with one is handed to the next", async () => {
  const served = await serve();
  const cookie = await enter(served);
  const token = cookie.split("=")[1]!;
  await call(`${served.desk}/desk`, { headers: { cookie } });
  const pages = ["/", "/latest", "/about", "/case", "/thefts", "/figures", "/search?q=monitors", "/feed.xml", "/atom.xml", "/feed.json", "/sitemap.xml", "/log", "/newsletter", "/robots.txt", "/v1/", "/v1/thefts", "/no-such-page", "/docs"];
  const tricks: Record<string, string>[] = [
    { cookie },
    { cookie: `__Host-tracewire-desk=${token}; ${cookie}` },
    { authorization: `Bearer ${token}` },
    { cookie, "x-ghost-preview": "1", "x-preview": token, "x-tracewire-remote": "127.0.0.1" },
    { cookie, "x-forwarded-host": "evil.example", "x-forwarded-proto": "https", forwarded: "host=evil.example" },
    { cookie, "x-original-url": "/desk/account", "x-rewrite-url": "/desk/account" },
    { cookie, "x-http-method-override": "POST" },
  ];
  const told = async (path: string, headers: Record<string, string>) => {
    const answer = await call(`${served.base}${path}`, { headers });
    const { date: _, ...rest } = Object.fromEntries(answer.headers);
    // How much may still be asked goes down with every request.
    for (const name of Object.keys(rest)) if (name.startsWith("ratelimit")) delete rest[name];
    return JSON.stringify([answer.status, rest, await answer.text()]);
  };
  for (const path of pages) {
    // With a trick first, on a page that nobody has asked for: what is kept of it must be what everybody gets.
    const own = path.includes("?") ? path : `${path}?utm_source=x`;
    const poisoned: string[] = [];
    if (!path.startsWith("/v1")) for (const headers of tricks) poisoned.push(await told(own, headers));
    const plain = await told(path, {});
    assert.doesNotMatch(plain, /ada\b(?!pt)|set-cookie|evil\.example/, path);
    for (const [at, headers] of tricks.entries()) {
      // A key that opens nothing is refused by the API, as every other text is.
      if (path.startsWith("/v1") && headers.authorization) continue;
      assert.equal(await told(path, headers), plain, `${path} with ${JSON.stringify(Object.keys(tricks[at]!))}`);
    }
    assert.equal(await told(path, {}), plain, `${path} afterwards`);
  }
  // And the other way: no answer of the desk may be kept, by anybody.
  for (const path of ["/desk", "/desk/sign-in", "/desk/account", "/desk/nothing", "/desk/join/x"]) {
    const answer = await call(`${served.desk}${path}`, { headers: { cookie } });
    assert.equal(answer.headers.get("cache-control"), "no-store", path);
    assert.equal(answer.headers.get("etag"), null, path);
    await answer.arrayBuffer();
  }
});

test("guesses over the wire, with forged proxy headers: the limit of the account holds", async () => {
  const served = await serve();
  await enter(served);
  const counts: Record<number, number> = {};
  for (let at = 0; at < 300; at++) {
    const answer = await call(`${served.desk}/desk/sign-in`, {
      form: { who: "ada", password: `guess ${at}`, code: "" },
      headers: { "x-forwarded-for": `198.51.${at & 255}.7`, "x-real-ip": `203.0.${at & 255}.1`, forwarded: `for=192.0.2.${at & 255}`, "user-agent": `agent ${at}` },
    });
    counts[answer.status] = (counts[answer.status] ?? 0) + 1;
    await answer.arrayBuffer();
  }
  assert.deepEqual(counts, { 403: 10, 429: 290 }, served.output().slice(-400));
});

test("at an origin of its own the site knows no desk, and the desk no site", { skip }, async () => {
  const port = await freePort();
  const served = await serve("--desk-host", `127.0.0.1:${port}`, "--log", "text");
  const deskCheck = async () => ((await (await fetch(`${served.base}/readyz`)).json()) as { ready: boolean; checks: { desk: string } });
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/healthz`)).text(), "ok\n");
  await fetch(`http://127.0.0.1:${port}/desk/sign-in`);
  const metrics = await fetch(`http://127.0.0.1:${port}/metrics`);
  assert.match(await metrics.text(), /http_requests_total\{served="made",route="\/desk\/sign-in",code="200"\} 1\n/);
  assert.equal((await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { "x-forwarded-for": "203.0.113.9" } })).status, 404, "for this machine alone");
  assert.deepEqual([(await deskCheck()).ready, (await deskCheck()).checks.desk], [true, "ok: runs"]);
  // Programs write where the desk is, and the site does not say where that is.
  assert.equal((await fetch(`${served.base}/v1/drafts`)).status, 404);
  assert.equal((await fetch(`http://127.0.0.1:${port}/v1/drafts`)).status, 401);
  assert.equal(served.desk, `http://localhost:${port}`);
  const cookie = await enter(served);
  assert.equal((await call(`${served.desk}/desk/account`, { headers: { cookie } })).status, 200);
  assert.equal((await call(`${served.base}/desk`)).status, 404);
  assert.equal((await call(`${served.desk}/`)).status, 303);
  assert.equal((await call(`${served.desk}/thefts`)).status, 404);
  assert.match(served.output(), /POST \/desk\/join\/… 303 [\d.]+ ms 127\.0\.0\.0\/24\n/);
  assert.match(served.output(), /GET \/desk\/account 200 [\d.]+ ms/);

  // It ends hard: it is started again, and nobody is signed out.
  process.kill(childOf(served), "SIGKILL");
  let down = "";
  for (let at = 0; at < 40 && !down.startsWith("down"); at++) (down = (await deskCheck()).checks.desk), await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(down, "down: it has ended and is started again");
  let status = 0;
  for (let at = 0; at < 100 && status !== 200; at++) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    status = await call(`${served.desk}/desk/account`, { headers: { cookie } }).then((answer) => answer.status, () => 0);
  }
  assert.equal(status, 200);
  assert.equal(await served.stop(), 0);
});
