// What `serve` says: before it starts, when it has started, and of who is in its way.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { repositoryRoot } from "../../test/scale.ts";
import { commandWords } from "./serve.ts";

const CLI = ["--disable-warning=ExperimentalWarning", join(repositoryRoot, "src", "cli.ts"), "serve"];

test("who holds a port is named by program, script and words, without what was said to the runtime", () => {
  assert.equal(commandWords(["/usr/lib/node/bin/node", "--disable-warning=ExperimentalWarning", "--max-semi-space-size=8", "/srv/tracewire/src/cli.ts", "serve", "--port", "4100"]), "node /srv/tracewire/src/cli.ts serve --port 4100");
  assert.equal(commandWords(["nginx:", "master"]), "nginx: master");
  assert.equal(commandWords(["x", "y".repeat(400)]).length, 161);
});

test("a desk on the site's own port is refused by name before anything is made", () => {
  const folder = join(tmpdir(), `tracewire-serve-${process.pid}`);
  const { status, stderr } = spawnSync(process.execPath, [...CLI, "--empty", "--data", folder, "--port", "47431", "--desk-host", "127.0.0.1:47431"], { encoding: "utf8", timeout: 60_000 });
  assert.match(stderr, /desk_host: 47431 is the site's own port \[PORT_TAKEN\]/);
  assert.equal(status, 5);
});

test("an empty newsroom elsewhere is greeted by commands that work on it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tracewire-serve-"));
  const child = spawn(process.execPath, [...CLI, "--empty", "--data", folder, "--port", "0"], { cwd: folder });
  try {
    let told = "";
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(told)), 60_000);
      child.stdout.on("data", (part: Buffer) => {
        told += part.toString();
        if (/The desk is at/.test(told)) (clearTimeout(late), resolve());
      });
    });
    assert.doesNotMatch(told, /panel-2024|demo\/try/);
    assert.ok(told.includes(`    npx tracewire verify --data ${folder}\n`), told);
  } finally {
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
    rmSync(folder, { recursive: true, force: true });
  }
});
