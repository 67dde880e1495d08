// WebSub as it runs: a site with a hub in its settings, a story published by another command, a hub that gets the word and
// then fetches the feed, as hubs do.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { repositoryRoot } from "./scale.ts";

const TRIES_MAX = 600;

test("a story published by a command is told to the hub by the running site", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tracewire-hub-"));
  const told: string[] = [];
  const hub = createServer((request, response) => {
    request.setEncoding("utf8").on("data", (body: string) => void told.push(new URLSearchParams(body).get("hub.url")!));
    request.on("end", () => response.writeHead(204).end());
  });
  hub.listen(0, "127.0.0.1");
  await once(hub, "listening");
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  const environment = {
    ...process.env,
    TRACEWIRE_HUB: `http://127.0.0.1:${(hub.address() as AddressInfo).port}/`,
    TRACEWIRE_DATA: join(folder, "data"),
    PORT: String(port),
  };
  const cli = ["--disable-warning=ExperimentalWarning", join(repositoryRoot, "src", "cli.ts")];
  const run = (...args: string[]) => spawnSync(process.execPath, [...cli, ...args], { encoding: "utf8", cwd: folder, env: environment });
  const site = spawn(process.execPath, [...cli, "serve", "--empty"], { cwd: folder, env: environment, stdio: ["ignore", "ignore", "pipe"] });
  const until = async (done: () => Promise<boolean> | boolean, what: string) => {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      if (await done()) return;
      await pause(50);
    }
    assert.fail(`never: ${what}`);
  };
  const get = async (path: string) => {
    try {
      // A connection that waits while a command runs would be closed under the next request.
      return await (await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: "close" } })).text();
    } catch {
      return "";
    }
  };
  try {
    await until(async () => (await get("/metrics")).includes("tracewire_hub_pings_waiting 0"), "the site is up, with its hub");
    writeFileSync(
      join(folder, "a.md"),
      "---\nslug: a-first-story\ntopic: Bridges\nbyline: Desk\nhappened: 2026\n---\n\n# A first story\n\n> Of a new newsroom.\n\nIt has begun.\n",
    );
    const published = run("story", "publish", "a.md");
    assert.equal(published.status, 0, published.stderr);
    await until(() => told.length >= 9, "nine feeds are told");
    const base = `http://127.0.0.1:${port}`;
    assert.ok(told.includes(`${base}/topics/bridges/atom.xml`), told.join());
    for (const url of told) assert.match(await get(new URL(url).pathname), /A first story/, url);
    assert.match(run("doctor").stdout, /ok {4}hub: .*9 told, 0 waiting, 0 refused/);
  } finally {
    site.kill("SIGTERM");
    await once(site, "exit");
    hub.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
