// A disk that is really full: a small file system of its own, filled by captures and claims. The error is clear, what was
// acknowledged stays readable, the site goes on reading, and writing goes on when there is room again.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { systemEffects } from "../src/effects.ts";
import { TracewireError } from "../src/errors.ts";
import { appendCapture, prepareCapture, verifyFolder } from "../src/evidence/evidence.ts";
import { createNewsroom, openNewsroom } from "../src/newsroom.ts";
import { openPrivateDatabase } from "../src/private-database.ts";
import { openSite } from "../src/site/site.ts";

const mountable = (() => {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  const folder = mkdtempSync(join(tmpdir(), "tracewire-mount-"));
  const works = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]).status === 0;
  if (works) spawnSync("umount", [folder]);
  rmSync(folder, { recursive: true, force: true });
  return works;
})();

test(
  "disk full: clear error, reading goes on, writing goes on afterwards",
  { skip: mountable ? false : "needs root on Linux to mount a small tmpfs" },
  async () => {
    const mount = mkdtempSync(join(tmpdir(), "tracewire-full-"));
    assert.equal(spawnSync("mount", ["-t", "tmpfs", "-o", "size=6m", "tmpfs", mount]).status, 0);
    try {
      const folder = join(mount, "newsroom");
      const newsroom = createNewsroom(folder, systemEffects);
      const acknowledged: { seq: number; sha256: string }[] = [];
      const capture = async (at: number) => {
        const prepared = await prepareCapture(newsroom.blobs, {
          bytes: new TextEncoder().encode(`source ${at} ${"x".repeat(150_000)}`),
          origin: { from: "file", name: "full.txt" },
          retrieved_at: "2026-01-01T00:00:00Z",
          retrieved_by: "test",
          grade: "copy",
          source_grade: "F",
          item_grade: "6",
        });
        acknowledged.push({
          seq: newsroom.transact("test", (transaction) => appendCapture(transaction, prepared)),
          sha256: prepared.sha256,
        });
      };
      let refused: unknown;
      for (let at = 0; at < 200 && !refused; at++) await capture(at).catch((error: unknown) => (refused = error));
      assert.ok(refused instanceof TracewireError && refused.code === "DISK_FULL" && refused.status === 507, String(refused));
      // Blobs are refused first; fill the rest, so that the database is refused as well.
      writeFileSync(join(mount, "filler"), "");
      const filler = spawnSync("dd", ["if=/dev/zero", `of=${join(mount, "filler")}`, "bs=4096"]);
      assert.notEqual(filler.status, 0, "the disk is full now");
      assert.throws(
        () =>
          newsroom.transact("test", (transaction) => {
            for (let at = 0; at < 500; at++) transaction.append({ kind: "note", text: "y".repeat(1_000), by: "test" });
          }),
        (error) => error instanceof TracewireError && error.code === "DISK_FULL",
      );
      assert.throws(() => openPrivateDatabase(join(folder, "people.db"), "CREATE TABLE people (id INTEGER) STRICT"), (error) => error instanceof TracewireError && error.code === "DISK_FULL");
      assert.ok(acknowledged.length > 10);
      for (const { seq, sha256 } of acknowledged) {
        assert.equal(newsroom.log.read(seq)?.body?.sha256, sha256);
        assert.ok(newsroom.blobs.get(sha256));
      }
      const reader = openNewsroom(folder);
      const site = openSite(reader, { clock: systemEffects.clock, hosts: ["localhost:80", "localhost"] });
      assert.equal((await site.app.inject({ url: "/log", headers: { host: "localhost" } })).statusCode, 200, "the site goes on reading");
      await site.close();
      reader.close();

      rmSync(join(mount, "filler"));
      const before = acknowledged.length;
      spawnSync("mount", ["-o", "remount,size=12m", mount]);
      await capture(1_000);
      assert.equal(acknowledged.length, before + 1, "and writing goes on when there is room");
      newsroom.log.repair();
      const report = await verifyFolder(folder);
      assert.deepEqual(report.findings, []);
      newsroom.close();
    } finally {
      spawnSync("umount", ["-l", mount]);
      rmSync(mount, { recursive: true, force: true });
    }
  },
);
