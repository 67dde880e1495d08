// While the demo is built for a folder nothing else is made there; what was put there in spite of that is kept.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { repositoryRoot } from "../../test/scale.ts";
import { holdPlace, refuseWhileBuilding } from "./building.ts";
import { moveWhole } from "./demo.ts";

test("a command beside the first start is told to wait, by name; after it, or after its crash, nothing stands in the way", async () => {
  const scratch = mkdtempSync(join(tmpdir(), "tracewire-building-"));
  const data = join(scratch, "newsroom");
  const builder = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  try {
    writeFileSync(`${data}.building.pid`, `${builder.pid}\n`);
    for (const args of [["import", "auto", "demo/try/transfers.csv"], ["figure"], ["serve", "--demo", "--port", "0"], ["serve", "--empty", "--port", "0"]]) {
      const { status, stderr } = spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", "src/cli.ts", ...args, "--data", data], {
        cwd: repositoryRoot,
        encoding: "utf8",
      });
      assert.equal(status, 5, `${args.join(" ")}: ${stderr}`);
      assert.match(stderr, new RegExp(`being built for this folder by process ${builder.pid} \\[WRITER_BUSY\\]`));
    }
    assert.deepEqual(readdirSync(scratch), ["newsroom.building.pid"]);
    assert.throws(() => holdPlace(data), { code: "WRITER_BUSY" });
    builder.kill("SIGKILL");
    await once(builder, "exit");
    refuseWhileBuilding(data);
    const letGo = holdPlace(data);
    assert.equal(readFileSync(`${data}.building.pid`, "utf8"), `${process.pid}\n`);
    letGo();
    assert.deepEqual(readdirSync(scratch), []);
  } finally {
    builder.kill("SIGKILL");
    rmSync(scratch, { recursive: true, force: true });
  }
});

test("the demo is moved into an empty place, and never over what is there", () => {
  const scratch = mkdtempSync(join(tmpdir(), "tracewire-building-"));
  const [building, data] = [join(scratch, "a.building"), join(scratch, "a")];
  const build = () => {
    mkdirSync(building);
    writeFileSync(join(building, "newsroom.db"), "demo");
  };
  try {
    build();
    mkdirSync(data);
    moveWhole(building, data);
    assert.equal(readFileSync(join(data, "newsroom.db"), "utf8"), "demo");
    writeFileSync(join(data, "newsroom.db"), "mine");
    build();
    assert.throws(() => moveWhole(building, data), { code: "NEWSROOM_EXISTS" });
    assert.equal(readFileSync(join(data, "newsroom.db"), "utf8"), "mine");
    assert.equal(existsSync(building), false);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
});
