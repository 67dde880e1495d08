// kill -9 during an import of transfers: the set is there whole or not at all, the folder verifies, and importing again
// gives the same root as an import that nobody disturbed.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { seededRandom, systemEffects } from "../src/effects.ts";
import { verifyFolder } from "../src/evidence/evidence.ts";
import { createNewsroom, openForWriting, openNewsroom } from "../src/newsroom.ts";
import { recomputeFolder } from "../src/recompute.ts";
import { listTransferSets, readTransferSets } from "../src/tracing/tracing.ts";
import { announce, repositoryRoot, scaled, seed } from "./scale.ts";

const ROWS = 9_000;
const random = seededRandom(seed);
const below = (limit: number) => (random(4).reduce((sum, byte) => sum * 256 + byte, 0) >>> 0) % limit;

/** Runs the import; resolves to its lines and how long it ran after it was ready. `kill_ms` after that it is killed. */
function runImport(folder: string, file: string, kill_ms?: number): Promise<{ lines: string[]; ran_ms: number }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", join(repositoryRoot, "test/import-child.ts"), folder, file], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    let ready = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (ready !== 0 || !output.includes("ready\n")) return;
      ready = performance.now();
      if (kill_ms !== undefined) setTimeout(() => child.kill("SIGKILL"), kill_ms);
    });
    child.on("close", () => resolve({ lines: output.split("\n").filter(Boolean), ran_ms: performance.now() - ready }));
  });
}

test("an import of transfers killed at any moment is whole or not there, and comes out the same when run again", async (t) => {
  const base = mkdtempSync(join(tmpdir(), "tracewire-import-"));
  const file = join(base, "transfers.csv");
  const party = () => `0x${below(300).toString(16).padStart(40, "0")}`;
  const rows = Array.from({ length: ROWS }, (_, at) => `eip155:1,0x${at.toString(16).padStart(64, "0")},${below(3_000)},${at % 50},0,${party()},${party()},${below(1e9)}\n`);
  writeFileSync(file, `chain,txid,block,tx_index,index,from,to,amount\n${rows.join("")}`);
  try {
    const quiet = join(base, "quiet");
    createNewsroom(quiet, systemEffects).close();
    const undisturbed = await runImport(quiet, file);
    const root = undisturbed.lines[1];
    assert.match(root!, /^[0-9a-f]{64}$/);
    const kills = scaled(100);
    announce(t, "kills during an import", kills);
    let finished = 0;
    let folder = "";
    for (let kill = 0; kill < kills; kill++) {
      if (folder === "") {
        folder = join(base, `room-${kill}`);
        createNewsroom(folder, systemEffects).close();
      }
      const { lines } = await runImport(folder, file, below(Math.ceil(undisturbed.ran_ms)));
      const reader = openNewsroom(folder);
      const sets = listTransferSets(reader.log);
      assert.ok(sets.length === 0 || (sets.length === 1 && sets[0]!.rows_root === root && sets[0]!.row_count === ROWS));
      if (lines[1]) assert.equal(sets.length, 1, "what was acknowledged is there");
      reader.close();
      if (sets.length === 0 && kill < kills - 1) continue;
      const again = await runImport(folder, file);
      assert.deepEqual(again.lines, ["ready", root]);
      const writer = openForWriting(folder, systemEffects);
      writer.log.repair();
      writer.close();
      const report = await verifyFolder(folder, { recompute: recomputeFolder });
      assert.deepEqual(report.findings, []);
      assert.deepEqual(readdirSync(join(folder, "segments", "tmp")), []);
      const newsroom = openNewsroom(folder);
      assert.equal((await readTransferSets(newsroom)).transfers.length, ROWS);
      newsroom.close();
      rmSync(folder, { recursive: true });
      folder = "";
      finished += 1;
    }
    t.diagnostic(`${finished} imports finished, ${kills} kills, one root`);
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
});
