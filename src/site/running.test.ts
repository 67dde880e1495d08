// What an administrator relies on: health, metrics, logs that betray nobody, settings that are tried before they are used.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { serveNewsroom, type ServedSite } from "../../test/demo-site.ts";
import { repositoryRoot } from "../../test/scale.ts";
import { checkConfig } from "../cli/config.ts";
import { folderProblem, tryConfig } from "../cli/try-config.ts";
import { readConfig } from "../config.ts";
import { TracewireError } from "../errors.ts";
import { steppedClock, systemEffects } from "../effects.ts";
import { noteSiteAddress, openPeople } from "../newsletter/newsletter.ts";
import { docNames, linkOf } from "./pages/docs.ts";
import { networkOf, redactPath } from "./request-log.ts";
import { openSite } from "./site.ts";

describe("health and metrics", () => {
  let site: ServedSite;
  before(async () => void (site = await serveNewsroom({ demo: true })));
  after(() => site.stop());

  test("alive and ready, and never kept by a cache", async () => {
    const health = await site.get("/healthz");
    assert.deepEqual([health.status, health.text, health.headers["cache-control"]], [200, "ok\n", "no-store"]);
    const ready = await site.get("/readyz");
    assert.equal(ready.status, 200);
    assert.equal(JSON.parse(ready.text).checks.checkpoint, "ok: covers the log");
  });

  test("metrics count answers by route, for this machine alone", async () => {
    await site.get("/thefts/2023-09-04-stake");
    await site.get("/thefts/2023-09-04-stake");
    await site.get("/no/such/page/at/all");
    const { text, headers } = await site.get("/metrics");
    assert.match(String(headers["content-type"]), /^text\/plain; version=0\.0\.4/);
    assert.match(text, /^http_requests_total\{served="ready"\} [1-9]/m);
    assert.match(text, /^http_requests_total\{served="made",route="\/thefts\/:id",code="200"\} 1$/m);
    assert.doesNotMatch(text, /stake|no\/such/, "an address became a label");
    assert.match(text, new RegExp(`^tracewire_log_entries ${site.newsroom.log.size()}$`, "m"));
    assert.match(text, new RegExp(`^tracewire_checkpoint_entries ${site.newsroom.log.size()}$`, "m"));
    for (const line of text.trimEnd().split("\n")) assert.match(line, /^(# (HELP|TYPE) \w+ .+|\w+(\{[^}]*\})? -?[\d.e+-]+)$/);
    assert.equal((await site.get("/metrics", { headers: { "x-forwarded-for": "203.0.113.9" } })).status, 404);
  });

  test("a log line names no reader, no token and no value", async () => {
    const lines: string[] = [];
    const clock = steppedClock("2026-11-20T00:00:00.000Z");
    const own = openSite(site.newsroom, { clock, hosts: ["127.0.0.1"], log: { format: "json", write: (line) => lines.push(line) } });
    const base = await own.app.listen({ port: 0, host: "127.0.0.1" });
    const headers = { "x-forwarded-for": "203.0.113.77", authorization: "Bearer hunter2", cookie: "session=hunter2" };
    for (const path of [
      "/search?q=someone@example.org",
      "/newsletter/aB3dE6gH9jK2mN5pQ8rS1/leave",
      "/thefts?year=2023&token=hunter2",
      "/nobody%40example.org",
    ])
      await (await fetch(base + path, { headers })).text();
    await own.close();
    assert.equal(lines.length, 4);
    for (const line of lines) {
      assert.doesNotMatch(line, /someone|nobody|hunter2|aB3dE6|203\.0\.113\.77/);
      assert.equal(JSON.parse(line).network, "203.0.113.0/24");
    }
    assert.equal(JSON.parse(lines[2]!).path, "/thefts?year&token");
  });
});

test("paths and networks are cut where they could name somebody", () => {
  assert.equal(redactPath("/thefts/2023-09-04-stake"), "/thefts/2023-09-04-stake");
  assert.equal(redactPath("/x/someone@example.org?a=1&b=2"), "/x/…?a&b");
  assert.equal(networkOf("::ffff:10.1.2.3"), "10.1.2.0/24");
  assert.equal(networkOf("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  assert.equal(networkOf("2001:db8::1"), "2001:db8:0:0::/64");
  assert.equal(networkOf(""), "-");
});

describe("settings", () => {
  const file = (text: string): string => {
    const path = join(mkdtempSync(join(tmpdir(), "tracewire-config-")), "c.json");
    writeFileSync(path, text);
    return path;
  };

  test("flag before environment before file before default, each with its origin", () => {
    const config = file('{ "port": 5001, "host": "0.0.0.0", "hub": "https://hub.example/" }');
    const read = readConfig({ config, host: "::1" }, { PORT: "5002" });
    assert.deepEqual([read.port, read.host, read.hub, read.log], [5002, "::1", "https://hub.example/", "off"]);
    assert.deepEqual(
      [read.origins.port, read.origins.host, read.origins.hub, read.origins.log],
      ["environment", "flag", "file", "default"],
    );
  });

  test("what cannot be read is refused with its file and name", () => {
    for (const [text, words] of [
      ['{ "prot": 1 }', /prot: there is no such setting/],
      ['{ "port": "80" }', /port: must be a number/],
      ['{ "log": "loud" }', /log: must be one of/],
      ['{ "__proto__": 1 }', /__proto__: there is no such setting/],
      ["[]", /one JSON object/],
      ["{", /no JSON/],
    ] as const) {
      const path = file(text);
      assert.throws(
        () => readConfig({ config: path }, {}),
        (error) => error instanceof TracewireError && error.code === "BAD_CONFIG" && words.test(error.message) && error.where === path,
      );
    }
    assert.throws(() => readConfig({ config: "/no/such/file.json" }, {}), { code: "BAD_CONFIG" });
    for (const text of ["proxy.example", "10.0.0.0/33", "10.0.0.0/0", "10.0.0.0/x", "::1/129", "10.0.0.0/8/8/"])
      assert.throws(() => readConfig({ config: file("{}") }, { TRACEWIRE_PROXIES: text }), { code: "BAD_CONFIG" }, text);
    // All at once, each with where it is from.
    const wrong = file('{ "prot": 1, "desk_host": "127.0.0.1", "approval": "nobody" }');
    assert.throws(
      () => readConfig({ config: wrong, log: "loud" }, { TRACEWIRE_SECONDSTEP: "required" }),
      (error) =>
        error instanceof TracewireError &&
        [`prot: there is no such setting`, `desk_host: "127.0.0.1" is no address with a port, such as 127.0.0.1:4101 (${wrong})`, "approval: must be one of", `log: "loud" is none of off, text, json (the command line)`, "TRACEWIRE_SECONDSTEP: there is no such name; the nearest is TRACEWIRE_SECOND_STEP (the environment)"].every((words) => error.message.includes(words)) &&
        error.message.startsWith("5 mistakes: "),
    );
    assert.throws(() => readConfig({ config: file('{"desk_host":"127.0.0.1"}') }, {}), (error) => error instanceof TracewireError && /c\.json$/.test(error.where ?? ""));
    assert.equal(readConfig({ config: file("{}") }, { TRACEWIRE_PORT: "5003" }).port, 5003);
    assert.deepEqual(readConfig({ config: file("{}") }, { TRACEWIRE_PROXIES: " 172.17.0.1, fd00::/8 ," }).proxies, ["172.17.0.1", "fd00::/8"]);
  });

  test("every name of the environment that the repository uses is known", () => {
    const names = new Set(
      ["src", "test", "bench"]
        .flatMap((room) => readdirSync(join(repositoryRoot, room), { recursive: true }).map((name) => join(repositoryRoot, room, String(name))))
        .filter((name) => name.endsWith(".ts") && !name.endsWith("running.test.ts"))
        .flatMap((name) => readFileSync(name, "utf8").match(/\bTRACEWIRE_[A-Z_]+\b/g) ?? []),
    );
    assert.ok(names.size > 15);
    readConfig({ config: file("{}") }, Object.fromEntries([...names].map((name) => [name, ""])));
  });

  test("config check tries ports, the mail server and the folder, and knows the site of its own folder", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tracewire-tried-"));
    const taken = createServer((socket) => void socket.destroy());
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const port = String((taken.address() as AddressInfo).port);
    const tried = async (environment: Record<string, string>) => {
      const config = readConfig({ config: file("{}") }, { TRACEWIRE_DATA: folder, TRACEWIRE_PORT: "1", ...environment });
      return tryConfig({ ...config, port: environment.TRACEWIRE_PORT === undefined ? 0 : config.port }, systemEffects);
    };
    try {
      assert.match(JSON.stringify(await tried({ TRACEWIRE_PORT: port })), /in use by another program/);
      assert.match(JSON.stringify((await tried({ TRACEWIRE_DESK_HOST: `127.0.0.1:${port}` })).desk_host), /in use by another program/);
      assert.deepEqual(await tried({ TRACEWIRE_SMTP_URL: `smtp://127.0.0.1:${port}` }), {}, "a server that listens");
      const people = openPeople(folder, systemEffects);
      // Another process that runs: the parent of this one.
      noteSiteAddress(people, `http://127.0.0.1:${port}`, process.ppid);
      people.close();
      assert.match(JSON.stringify(await tried({ TRACEWIRE_PORT: port })), new RegExp(`by the site that runs from this folder \\(process ${process.ppid}\\)`));
      await new Promise((resolve) => taken.close(resolve));
      assert.match(JSON.stringify((await tried({ TRACEWIRE_SMTP_URL: `smtp://127.0.0.1:${port}` })).smtp_url), /takes no connection \(ECONNREFUSED\)/);
      const inner = join(folder, "one", "two");
      assert.equal(folderProblem(inner), undefined);
      assert.equal(existsSync(join(folder, "one")), false, "what was made to try is gone");
      assert.match(folderProblem(folder)![0], /holds no newsroom and is not empty \(people\.db/);
      assert.match(folderProblem(join(folder, "people.db"))![0], /is a file/);
    } finally {
      taken.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("each bad setting is found, and no password is printed", () => {
    const problems = (environment: Record<string, string>) =>
      checkConfig(readConfig({ config: file("{}") }, environment))
        .filter((item) => item.problem)
        .map((item) => item.setting);
    assert.deepEqual(problems({}), []);
    assert.deepEqual(problems({ PORT: "70000" }), ["port", "base_url"]);
    assert.deepEqual(problems({ TRACEWIRE_BASE_URL: "news.example" }), ["base_url"]);
    assert.deepEqual(problems({ TRACEWIRE_HOST: "0.0.0.0", TRACEWIRE_BASE_URL: "http://localhost:4100" }), ["plain_http", "base_url"]);
    // Beyond this machine an address that is no https means that nobody brings TLS.
    assert.deepEqual(problems({ TRACEWIRE_HOST: "0.0.0.0", TRACEWIRE_BASE_URL: "http://news.example" }), ["plain_http", "desk_url"]);
    assert.deepEqual(problems({ TRACEWIRE_HOST: "192.168.1.4", TRACEWIRE_BASE_URL: "https://news.example" }), []);
    assert.deepEqual(problems({ TRACEWIRE_BASE_URL: "https://news.example", TRACEWIRE_DESK_HOST: "10.0.0.1:4101", TRACEWIRE_DESK_URL: "http://localhost:1" }), ["plain_http"]);
    assert.deepEqual(problems({ TRACEWIRE_HOST: "0.0.0.0", TRACEWIRE_BASE_URL: "http://192.168.1.4:4100", TRACEWIRE_PLAIN_HTTP: "allowed" }), ["desk_url"]);
    const desk = { TRACEWIRE_BASE_URL: "https://news.example", TRACEWIRE_DESK_HOST: "127.0.0.1:4101" };
    assert.deepEqual(problems({ ...desk, TRACEWIRE_DESK_URL: "https://news.example" }), ["desk_url"]);
    assert.deepEqual(problems({ ...desk, TRACEWIRE_DESK_URL: "http://desk.news.example" }), ["desk_url"]);
    assert.deepEqual(problems({ ...desk, TRACEWIRE_DESK_URL: "https://desk.news.example" }), []);
    assert.deepEqual(problems({ ...desk, TRACEWIRE_DESK_URL: "https://desk.news.example", TRACEWIRE_DESK_HOST: "127.0.0.1:4100" }), ["desk_host"]);
    assert.deepEqual(problems({ TRACEWIRE_DATA: "/etc/passwd" }), ["data"]);
    assert.deepEqual(problems({ TRACEWIRE_DATA: "/etc" }), ["data"]);
    assert.deepEqual(problems({ TRACEWIRE_DATA: "/proc/x" }), ["data"]);
    assert.deepEqual(problems({ TRACEWIRE_CONTACT: "me" }), ["contact"]);
    assert.deepEqual(problems({ TRACEWIRE_HUB: "hub" }), ["hub"]);
    assert.deepEqual(problems({ TRACEWIRE_CORPORA: "/no/such/folder" }), ["corpora"]);
    assert.deepEqual(problems({ TRACEWIRE_CORPORA: repositoryRoot }), []);
    assert.deepEqual(problems({ TRACEWIRE_SMTP_URL: "http://x" }), ["base_url", "smtp_url"]);
    assert.deepEqual(problems({ TRACEWIRE_SMTP_URL: "http://x", TRACEWIRE_BASE_URL: "https://news.example" }), ["smtp_url"]);
    assert.deepEqual(problems({ TRACEWIRE_MAIL_FROM: "nobody" }), ["mail_from"]);
    assert.deepEqual(problems({ TRACEWIRE_DKIM_DOMAIN: "x.example" }), ["dkim_key_file"]);
    const secret = checkConfig(readConfig({ config: file("{}") }, { TRACEWIRE_SMTP_URL: "smtps://desk:hunter2@mail.example:465" }));
    assert.doesNotMatch(JSON.stringify(secret), /hunter2|desk:/);
  });
});

describe("deployment", () => {
  const read = (name: string) => readFileSync(join(repositoryRoot, "deploy", name), "utf8");

  test("the unit has sections and directives only, and keeps what V8 needs", () => {
    const lines = read("tracewire.service")
      .split("\n")
      .filter((line) => line && !line.startsWith("#"));
    for (const line of lines) assert.match(line, /^(\[(Unit|Service|Install)\]|[A-Z][A-Za-z]+=.*)$/);
    for (const line of ["NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=", "MemoryDenyWriteExecute=no"])
      assert.ok(lines.includes(line), line);
  });

  test("the image copies only what is there, and what the program reads", () => {
    const copied = [...read("Dockerfile").matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, names]) => names!.split(" "));
    for (const name of copied) assert.ok(existsSync(join(repositoryRoot, name)), name);
    for (const name of ["src", "demo", "docs", "deploy", "package-lock.json", "bin.mjs", "bootstrap.mjs", "install-lock.mjs"])
      assert.ok(copied.includes(name), name);
  });
});

test("a link of the documentation leads to its page, never out of the site by mistake", () => {
  assert.equal(linkOf("figures.md#rules"), "/docs/figures#rules");
  assert.equal(linkOf("../deploy/README.md"), "/docs/deploy");
  assert.equal(linkOf("docs/claims.md"), "/docs/claims");
  assert.equal(linkOf("src/site/site.ts"), "/docs");
  assert.equal(linkOf("https://example.org/a.md"), "https://example.org/a.md");
  for (const name of docNames()) assert.match(name, /^[a-z-]+$/);
});
