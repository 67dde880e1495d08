// The report command as a person types it: what is open, what is built, what is refused, and with which exit code.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { reportNewsroom, SMALL_SPEC, type ReportNewsroom } from "./report-newsroom.ts";
import { repositoryRoot } from "./scale.ts";

describe("tracewire report", () => {
  let newsroom: ReportNewsroom;
  let folder: string;
  before(async () => {
    newsroom = await reportNewsroom();
    folder = mkdtempSync(join(tmpdir(), "tracewire-report-cli-"));
    writeFileSync(join(folder, "small.yaml"), SMALL_SPEC);
  });
  after(() => {
    newsroom.remove();
    rmSync(folder, { recursive: true, force: true });
  });
  const tracewire = (...args: string[]) => {
    const cli = ["--disable-warning=ExperimentalWarning", join(repositoryRoot, "src", "cli.ts"), ...args, "--data", newsroom.folder];
    const { status, stdout, stderr } = spawnSync(process.execPath, cli, {
      encoding: "utf8",
      cwd: folder,
      env: { ...process.env, NO_COLOR: "1" },
    });
    return { status, stdout, stderr };
  };

  test("check says what is open, with exit 1; nothing open is exit 0", () => {
    assert.deepEqual(
      [tracewire("report", "check", "small.yaml").status, tracewire("report", "check", "small.yaml").stdout],
      [0, "Nothing is open.\n"],
    );
    writeFileSync(join(folder, "open.yaml"), SMALL_SPEC.replace("Nobody has", "In 17 cases nobody has"));
    const open = tracewire("report", "check", "open.yaml");
    assert.equal(open.status, 1);
    assert.match(open.stdout, /“17” is typed \[unbound-number\]/);
    assert.equal(tracewire("report", "build", "open.yaml", "--out", "open").status, 1);
  });

  test("build writes the folder, says its files as JSON, and refuses to write over it", () => {
    const made = tracewire("report", "build", "small.yaml", "--out", "small", "--json");
    assert.equal(made.status, 0, made.stderr);
    const result = JSON.parse(made.stdout) as { log_size: number; paragraphs: number; files: { name: string; bytes: number }[] };
    assert.deepEqual([result.log_size, result.paragraphs], [newsroom.log.size(), 3]);
    for (const { name, bytes } of result.files) assert.equal(readFileSync(join(folder, "small", name)).length, bytes, name);
    assert.equal(tracewire("verify", "--bundle", "small/bundle.json", "--key", newsroom.verifierKey).status, 0);
    const again = tracewire("report", "build", "small.yaml", "--out", "small");
    assert.deepEqual([again.status, /there already/.test(again.stderr)], [2, true]);
    assert.equal(tracewire("report", "build", "small.yaml", "--out", "small", "--force", "--draft").status, 0);
    assert.match(readFileSync(join(folder, "small", "report.html"), "utf8"), /Draft, not issued/);
  });

  test("a build against the one before tells that nothing moved; a size that was never signed is refused", () => {
    tracewire("report", "build", "small.yaml", "--out", "first");
    writeFileSync(join(folder, "second.yaml"), `${SMALL_SPEC}previous: first/report.json\n`);
    assert.equal(tracewire("report", "build", "second.yaml", "--out", "second").status, 0);
    assert.match(readFileSync(join(folder, "second", "report.html"), "utf8"), /Nothing moved since the build of TW\/2030\/1 at log size/);
    // The last change has more than one entry: the log was never signed in the middle of it.
    const inside = tracewire("report", "build", "small.yaml", "--out", "inside", "--at", String(newsroom.log.size() - 1));
    assert.equal(inside.status, 4);
    assert.match(inside.stderr, /No checkpoint was signed at log size/);
    assert.equal(tracewire("report", "print", "small.yaml").status, 2);
    assert.equal(tracewire("report", "build", "nowhere.yaml", "--out", "x").status, 4);
  });
});
