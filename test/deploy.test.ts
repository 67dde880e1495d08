// deploy/ tried for real: the unit by systemd's own checker, the proxy examples by the proxies themselves in front of a
// running site. What is not installed here is skipped, and says so. (Debian: apt-get install systemd nginx caddy openssl)
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request as plainRequest, type IncomingHttpHeaders } from "node:http";
import { request as tlsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { freePort } from "./free-port.ts";
import { repositoryRoot } from "./scale.ts";

/** systemd's own measure from 0 (closed) to 10 (open). */
const EXPOSURE_MAX = 1.5;
const START_MS_MAX = 20_000;
const deploy = (name: string) => join(repositoryRoot, "deploy", name);
const has = (command: string) => spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;
const unless = (...commands: string[]) => {
  const missing = commands.filter((command) => !has(command));
  return { skip: missing.length > 0 ? `not installed: ${missing.join(", ")}` : false };
};

describe("the systemd unit", () => {
  const folder = mkdtempSync(join(tmpdir(), "tracewire-unit-"));
  const unit = join(folder, "tracewire.service");
  // Where Node lies is the machine's own; everything else is checked as it ships.
  writeFileSync(unit, readFileSync(deploy("tracewire.service"), "utf8").replace("/usr/bin/node", process.execPath));
  after(() => rmSync(folder, { recursive: true }));

  test("systemd finds nothing to complain of", unless("systemd-analyze"), () => {
    const { status, stdout, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", unit], { encoding: "utf8" });
    assert.equal(`${stdout}${stderr}`.trim(), "");
    assert.equal(status, 0);
  });

  test("it leaves little open", unless("systemd-analyze"), () => {
    const { stdout } = spawnSync("systemd-analyze", ["security", "--offline=yes", "--no-pager", unit], { encoding: "utf8" });
    const exposure = Number(/exposure level for tracewire\.service: ([\d.]+)/.exec(stdout)?.[1]);
    assert.ok(exposure <= EXPOSURE_MAX, `exposure ${exposure}`);
  });
});

type Answer = { status: number; headers: IncomingHttpHeaders; text: string };

function ask(
  port: number,
  path: string,
  { tls = false, method = "GET", body = "", headers = {} as Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path, method, headers: { host: "news.example", ...headers } };
    const call = (tls ? tlsRequest : plainRequest)(
      { ...options, ...(tls ? { rejectUnauthorized: false, servername: "news.example" } : {}) },
      (response) => {
        let text = "";
        response.setEncoding("latin1");
        response.on("data", (part: string) => (text += part));
        response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, text }));
      },
    );
    call.on("error", reject);
    call.end(body);
  });
}

async function untilAnswers(port: number, tls: boolean): Promise<void> {
  for (const end = Date.now() + START_MS_MAX; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50)))
    if (await ask(port, "/healthz", { tls }).catch(() => undefined)) return;
  assert.fail(`nothing answers on port ${port}`);
}

describe("behind a proxy", () => {
  const folder = mkdtempSync(join(tmpdir(), "tracewire-proxy-"));
  const running: ChildProcess[] = [];
  let site = 0;

  before(async () => {
    site = await freePort();
    running.push(
      spawn(
        process.execPath,
        [join(repositoryRoot, "src", "cli.ts"), "serve", "--empty", "--port", String(site), "--data", join(folder, "data")],
        {
          env: { ...process.env, TRACEWIRE_BASE_URL: "https://news.example" },
          stdio: "ignore",
        },
      ),
    );
    await untilAnswers(site, false);
  });
  after(async () => {
    await Promise.all(
      running.map(
        (child) => new Promise((resolve) => (child.exitCode === null ? (child.once("exit", resolve), child.kill()) : resolve(undefined))),
      ),
    );
    rmSync(folder, { recursive: true });
  });

  test("nginx, by deploy/nginx.conf", unless("nginx", "openssl"), async () => {
    const [port, plain] = [await freePort(), await freePort()];
    const at = (name: string) => join(folder, name);
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=news.example",
        "-keyout",
        at("key.pem"),
        "-out",
        at("cert.pem"),
      ],
      { stdio: "ignore" },
    );
    // Only the machine's own places are put in; the directives are those that ship.
    const server = readFileSync(deploy("nginx.conf"), "utf8")
      .replace("listen 443", `listen 127.0.0.1:${port}`)
      .replace("listen 80", `listen 127.0.0.1:${plain}`)
      .replace(/ssl_certificate .*;/, `ssl_certificate ${at("cert.pem")};`)
      .replace(/ssl_certificate_key .*;/, `ssl_certificate_key ${at("key.pem")};`)
      .replace("127.0.0.1:4100", `127.0.0.1:${site}`);
    const own = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${at(kind)};`).join(" ");
    writeFileSync(
      at("nginx.conf"),
      `daemon off;\npid ${at("nginx.pid")};\nerror_log ${at("error.log")};\nevents {}\nhttp { access_log off; ${own}\n${server}\n}\n`,
    );
    const checked = spawnSync("nginx", ["-t", "-e", at("error.log"), "-c", at("nginx.conf")], { encoding: "utf8" });
    assert.equal(checked.status, 0, checked.stderr);
    running.push(spawn("nginx", ["-e", at("error.log"), "-c", at("nginx.conf")], { stdio: "ignore" }));
    await untilAnswers(port, true);
    await checkProxy(port, true);
    await checkPlain(plain);
    assert.equal((await ask(port, "/newsletter", { tls: true, method: "POST", body: "a".repeat(20_000) })).status, 413);
  });

  test("Caddy, by deploy/Caddyfile", unless("caddy"), async () => {
    const shipped = spawnSync("caddy", ["validate", "--adapter", "caddyfile", "--config", deploy("Caddyfile")], { encoding: "utf8" });
    assert.equal(shipped.status, 0, shipped.stderr);
    const [port, plain] = [await freePort(), await freePort()];
    const file = join(folder, "Caddyfile");
    // Certificates come from outside, so here it speaks without TLS; nothing else is changed.
    const server = readFileSync(deploy("Caddyfile"), "utf8")
      .replace(/^http:\/\/news\.example/m, `http://news.example:${plain}`)
      .replace(/^news\.example/m, `http://news.example:${port}`)
      .replace("127.0.0.1:4100", `127.0.0.1:${site}`);
    writeFileSync(file, `{\n\tadmin off\n\tauto_https off\n}\n${server}`);
    running.push(
      spawn("caddy", ["run", "--adapter", "caddyfile", "--config", file], {
        stdio: "ignore",
        env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
      }),
    );
    await untilAnswers(port, false);
    await checkProxy(port, false);
    await checkPlain(plain);
  });

  /** Without TLS: pages lead to https, what programs ask is refused. */
  async function checkPlain(port: number): Promise<void> {
    const page = await ask(port, "/thefts?year=2022");
    assert.deepEqual([page.status, page.headers.location], [308, "https://news.example/thefts?year=2022"]);
    for (const path of ["/v1/thefts", "/v1", "/v1/screen"]) {
      const { status, headers } = await ask(port, path, { headers: { authorization: "Bearer made-up" } });
      assert.deepEqual([status, headers.location], [403, undefined], path);
    }
  }

  /** What a proxy must not spoil: the page and its cache headers pass, and what is for this machine alone stays there. */
  async function checkProxy(port: number, tls: boolean): Promise<void> {
    for (const path of ["/mail", "/metrics"]) {
      assert.equal((await ask(site, path, { headers: { host: "127.0.0.1" } })).status, 200, `${path} on this machine`);
      assert.equal((await ask(port, path, { tls })).status, 404, `${path} through the proxy`);
      assert.equal((await ask(port, path, { tls, headers: { "x-forwarded-for": "127.0.0.1" } })).status, 404, `${path}, a header made up`);
    }
    const page = await ask(port, "/about", { tls, headers: { "accept-encoding": "br" } });
    assert.equal(page.status, 200);
    assert.equal(page.headers["cache-control"], "no-cache");
    assert.equal(page.headers["content-encoding"], "br");
    assert.match(String(page.headers.vary), /accept-encoding/i);
    assert.match(String(page.headers["content-security-policy"]), /default-src 'none'/);
    assert.match(page.headers.etag ?? "", /^".+-br"$/, "a strong tag, as the site gave it");
    const again = await ask(port, "/about", { tls, headers: { "accept-encoding": "br", "if-none-match": page.headers.etag! } });
    assert.equal(again.status, 304);
    assert.equal((await ask(port, "/robots.txt", { tls })).text.includes("https://news.example/sitemap.xml"), true);
  }
});
