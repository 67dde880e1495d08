// First commands in a fresh clone, several at once, as real processes with the real npm over packages that lie in the folder.
import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { repositoryRoot } from "./scale.ts";

const npm = process.env["npm_execpath"] ?? "npm";
const runNpm = (args: string[], cwd: string) =>
  /\.c?js$/.test(npm) ? spawnSync(process.execPath, [npm, ...args], { cwd, encoding: "utf8" }) : spawnSync(npm, args, { cwd, encoding: "utf8" });
const skip = runNpm(["--version"], repositoryRoot).status === 0 ? false : "npm is not here";
const runtime = `node-${process.platform}-${process.arch}`;
const lockName = ".tracewire-installing";

type Ended = { code: number | null; said: string };

describe("the first command of a clone", { skip, timeout: 240_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "tracewire-install-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** A package as a file, so that npm needs no network; `files` many, so that unpacking takes a while. */
  function pack(name: string, files: number): string {
    const from = mkdtempSync(join(folder, "pack-"));
    mkdirSync(join(from, "bin"));
    writeFileSync(join(from, "package.json"), JSON.stringify({ name, version: "1.0.0" }));
    writeFileSync(join(from, "bin", "node"), "not run here");
    for (let at = 0; at < files; at++) writeFileSync(join(from, `file-${at}.txt`), `${name} ${at}\n`.repeat(20));
    const done = runNpm(["pack", "--silent"], from);
    assert.equal(done.status, 0, done.stderr);
    return join(from, `${name}-1.0.0.tgz`);
  }

  const [reader, developer] = skip ? ["", ""] : [pack(runtime, 600), pack("only-for-tests", 300)];

  /** A fresh clone: the two scripts, and a lock file over the two packages. */
  function clone(): string {
    const root = mkdtempSync(join(folder, "clone-"));
    for (const name of ["bootstrap.mjs", "install-lock.mjs"]) copyFileSync(join(repositoryRoot, name), join(root, name));
    copyFileSync(reader, join(root, "reader.tgz"));
    copyFileSync(developer, join(root, "developer.tgz"));
    writeFileSync(
      join(root, "package.json"),
      JSON.stringify({
        name: "clone",
        version: "1.0.0",
        optionalDependencies: { [runtime]: "file:reader.tgz" },
        devDependencies: { "only-for-tests": "file:developer.tgz" },
      }),
    );
    const done = runNpm(["install", "--package-lock-only", "--offline", "--ignore-scripts", "--no-audit", "--no-fund"], root);
    assert.equal(done.status, 0, done.stderr);
    return root;
  }

  function begin(root: string, ...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
    const child = spawn(process.execPath, [join(root, "bootstrap.mjs"), ...args], {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, npm_config_offline: "true" },
    });
    let said = "";
    child.stderr!.setEncoding("utf8").on("data", (text: string) => (said += text));
    return { child, ended: new Promise((resolve) => child.on("close", (code) => resolve({ code, said }))) };
  }

  const isWhole = (root: string, name: string, files: number) =>
    existsSync(join(root, "node_modules", name, "bin", "node")) &&
    Array.from({ length: files }, (_, at) => at).every((at) => existsSync(join(root, "node_modules", name, `file-${at}.txt`)));

  test("several at once: one installs, the others say that they wait, and find it done", async () => {
    const root = clone();
    const all = await Promise.all([begin(root).ended, begin(root).ended, begin(root).ended, begin(root).ended]);
    assert.deepEqual(all.map(({ code }) => code), [0, 0, 0, 0], all.map(({ said }) => said).join("\n"));
    const installed = all.filter(({ said }) => said.includes("Installing what package-lock.json lists"));
    assert.equal(installed.length, 1);
    for (const { said } of all) if (!installed.some((one) => one.said === said)) assert.match(said, /is installing here; waiting for it/);
    assert.ok(isWhole(root, runtime, 600) && isWhole(root, "only-for-tests", 300));
    assert.ok(!existsSync(join(root, lockName)));
  });

  test("what a test needs is added beside what a running site uses, which stays where it is", async () => {
    const root = clone();
    const both = await Promise.all([begin(root, "install").ended, begin(root, "install").ended]);
    assert.deepEqual(both.map(({ code }) => code), [0, 0]);
    assert.ok(!existsSync(join(root, "node_modules", "only-for-tests")));
    const used = join(root, "node_modules", runtime, "file-7.txt");
    const [before, lockFile] = [statSync(used), readFileSync(join(root, "package-lock.json"), "utf8")];
    const { code, said } = await begin(root).ended;
    assert.equal(code, 0, said);
    assert.match(said, /Adding the development packages/);
    assert.ok(isWhole(root, "only-for-tests", 300));
    assert.equal(statSync(used).ino, before.ino, "the same file, never taken away");
    assert.equal(readFileSync(join(root, "package-lock.json"), "utf8"), lockFile);
    assert.equal((await begin(root, "install").ended).said, "", "a third has nothing to do");
  });

  test("the lock of a process that is gone is taken over, by one of those that see it; one that runs is waited for", async () => {
    const root = clone();
    const gone = spawnSync(process.execPath, ["-e", ""]).pid;
    writeFileSync(join(root, lockName), JSON.stringify({ pid: gone, worker: gone, host: hostname(), token: "old" }));
    const all = await Promise.all([begin(root).ended, begin(root).ended, begin(root).ended]);
    assert.deepEqual(all.map(({ code }) => code), [0, 0, 0], all.map(({ said }) => said).join("\n"));
    assert.equal(all.filter(({ said }) => said.includes("Installing what")).length, 1);
    assert.ok(all.some(({ said }) => said.includes("did not end; beginning anew")));
    assert.ok(isWhole(root, runtime, 600));

    // The one that began was killed; its npm still works: nobody may begin beside it.
    rmSync(join(root, "node_modules"), { recursive: true });
    const npmOfAnother = spawn(process.execPath, ["-e", "setTimeout(() => {}, 2500)"]);
    writeFileSync(join(root, lockName), JSON.stringify({ pid: gone, worker: npmOfAnother.pid, host: hostname(), token: "old" }));
    const ended = new Promise((resolve) => npmOfAnother.on("exit", resolve));
    let still = true;
    void ended.then(() => (still = false));
    const waiting = begin(root);
    const order = await Promise.race([waiting.ended.then(() => "began beside it"), ended.then(() => "waited")]);
    assert.equal(order, "waited");
    assert.equal(still, false);
    const { code, said } = await waiting.ended;
    assert.equal(code, 0, said);
    assert.ok(said.indexOf("waiting for it") < said.indexOf("Installing what"), said);
    assert.ok(isWhole(root, runtime, 600));
  });

  test("killed in the middle, the next one makes it whole", async () => {
    const root = clone();
    const first = begin(root);
    while (!existsSync(join(root, "node_modules"))) await new Promise((resolve) => setTimeout(resolve, 5));
    first.child.kill("SIGKILL");
    await first.ended;
    assert.ok(existsSync(join(root, lockName)), "it was in the middle");
    const { code, said } = await begin(root).ended;
    assert.equal(code, 0, said);
    assert.ok(isWhole(root, runtime, 600) && isWhole(root, "only-for-tests", 300));
    assert.equal((await begin(root).ended).said, "Installed. Next: npm start\n");
  });
});
