// kill -9 at random points over capture, claim, release, publish, import and backup: no acknowledged write is lost, and
// the folder verifies clean every time. (A kill does not test the disk's cache: the simulated file system does.)
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { seededRandom, systemEffects } from "../src/effects.ts";
import { verifyFolder } from "../src/evidence/evidence.ts";
import { createNewsroom, openForWriting, openNewsroom } from "../src/newsroom.ts";
import { recomputeFolder } from "../src/recompute.ts";
import { announce, repositoryRoot, scaled, seed } from "./scale.ts";

const node = (script: string, args: string[]) =>
  spawn(process.execPath, ["--disable-warning=ExperimentalWarning", join(repositoryRoot, script), ...args], {
    stdio: ["ignore", "pipe", "ignore"],
  });
const random = seededRandom(seed);
const randomBelow = (limit: number) => (random(4).reduce((sum, byte) => sum * 256 + byte, 0) >>> 0) % limit;

/** Runs a process until `ready`, kills it `delay_ms` later, and resolves to the complete lines it wrote. */
function runAndKill(script: string, args: string[], ready: (output: string) => boolean, delay_ms: number): Promise<string[]> {
  return new Promise((resolve) => {
    const child = node(script, args);
    let output = "";
    let armed = false;
    const arm = () => {
      if (armed || !ready(output)) return;
      armed = true;
      setTimeout(() => child.kill("SIGKILL"), delay_ms);
    };
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      arm();
    });
    arm();
    child.on("close", () =>
      resolve(
        output
          .slice(0, output.lastIndexOf("\n") + 1)
          .split("\n")
          .filter(Boolean),
      ),
    );
  });
}

async function assertClean(folder: string, what: string): Promise<void> {
  // The first open after a crash mends the caches, as `serve` does.
  const writer = openForWriting(folder, systemEffects);
  writer.log.repair();
  writer.close();
  const report = await verifyFolder(folder, { recompute: recomputeFolder });
  assert.deepEqual(report.findings, [], what);
}

test("no acknowledged write is lost to kill -9", async (t) => {
  const kills = scaled(150);
  announce(t, "kills while writing", kills);
  const folder = mkdtempSync(join(tmpdir(), "tracewire-crash-"));
  createNewsroom(folder, systemEffects).close();
  let acknowledged = 0;
  for (let kill = 0; kill < kills; kill++) {
    const lines = await runAndKill("test/crash-child.ts", [folder], (output) => output.includes("ready"), randomBelow(700));
    const reader = openNewsroom(folder);
    for (const line of lines) {
      const write = JSON.parse(line) as { write?: string; seq: number; sha256?: string; subject?: string; revision?: number };
      if (!write.write) continue;
      acknowledged += 1;
      const entry = reader.log.read(write.seq);
      assert.ok(entry?.body, `entry ${write.seq} was acknowledged (kill ${kill})`);
      assert.equal(entry.body.kind, write.write);
      if (write.sha256) assert.ok(reader.blobs.get(write.sha256), "the blob was acknowledged");
      if (write.subject) assert.equal((entry.body.claim as { subject: string }).subject, write.subject);
    }
    reader.close();
    if (kill % 5 === 4 || kill === kills - 1) await assertClean(folder, `after kill ${kill}`);
  }
  t.diagnostic(`${acknowledged} acknowledged writes over ${kills} kills, 0 lost`);
  assert.ok(acknowledged > 0);
  rmSync(folder, { recursive: true });
});

test("an import that is killed is all there or not there", async (t) => {
  const kills = scaled(30);
  announce(t, "kills while importing", kills);
  for (let kill = 0; kill < kills; kill++) {
    const folder = mkdtempSync(join(tmpdir(), "tracewire-crash-import-"));
    createNewsroom(folder, systemEffects).close();
    await runAndKill(
      "src/cli.ts",
      ["import", "casefile", join(repositoryRoot, "demo", "casefile"), "--data", folder, "--release", "--json"],
      () => true,
      300 + randomBelow(2_500),
    );
    const reader = openNewsroom(folder);
    const claims = reader.log.db.prepare("SELECT count(*) AS n FROM claims").get()!.n as number;
    assert.ok(claims === 0 || claims > 1_000, `${claims} claims after a kill`);
    reader.close();
    await assertClean(folder, `import kill ${kill}`);
    rmSync(folder, { recursive: true });
  }
});

test("a backup that is killed goes on where it stopped", async (t) => {
  const kills = scaled(20);
  announce(t, "kills while backing up", kills);
  const folder = mkdtempSync(join(tmpdir(), "tracewire-crash-backup-"));
  createNewsroom(folder, systemEffects).close();
  await runAndKill("test/crash-child.ts", [folder], (output) => output.split("\n").length > 60, 0);
  const target = join(folder, "..", `${folder.split("/").at(-1)}-copy`);
  for (let kill = 0; kill < kills; kill++) {
    await runAndKill("src/cli.ts", ["backup", target, "--data", folder], () => true, 100 + randomBelow(500));
    if (kill % 4 === 3) rmSync(target, { recursive: true, force: true });
  }
  const finished = await runAndKill("src/cli.ts", ["backup", target, "--data", folder, "--json"], () => false, 0);
  assert.equal(finished.length, 1);
  const report = await verifyFolder(target, { recompute: recomputeFolder });
  assert.deepEqual(report.findings, []);
  assert.ok(existsSync(join(target, "newsroom.pub")) && !existsSync(join(target, "newsroom.key")), "the private key stays at home");
  rmSync(folder, { recursive: true });
  rmSync(target, { recursive: true });
});
