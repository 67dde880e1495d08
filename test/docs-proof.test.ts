// The page that shows how to check a proof by hand is run as it stands, on real files, and must refuse each changed one.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createPublicKey } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { makeLogFolder } from "./log-folder.ts";
import { announce, repositoryRoot, scaled, seed } from "./scale.ts";
import { seededRandom } from "../src/effects.ts";

const page = readFileSync(join(repositoryRoot, "docs", "check-a-proof.md"), "utf8");
const script = /```sh check\n([\s\S]*?)```/.exec(page)![1]!;
const has = (command: string) => spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;
const openssl = has("openssl") ? spawnSync("openssl", ["version"], { encoding: "utf8" }).stdout : "";
const skip =
  process.platform === "win32" || !/^OpenSSL [3-9]/.test(openssl) || !has("sha256sum") ? "needs sh, sha256sum and OpenSSL 3" : false;

const room = makeLogFolder({ commits: 6 });
const folder = mkdtempSync(join(tmpdir(), "tracewire-proof-"));
after(() => {
  room.remove();
  rmSync(folder, { recursive: true, force: true });
});
const pem = createPublicKey(room.key.privateKey).export({ type: "spki", format: "pem" }) as string;

/** The files that the page tells its reader to save. */
function filesOf(seq: number, size: number, checkpoint: string): Record<string, Buffer> {
  const entry = room.log.read(seq)!;
  const proof = room.log.inclusion(seq, size).map((hash) => `${Buffer.from(hash).toString("hex")}\n`);
  return {
    seq: Buffer.from(`${seq}\n`),
    size: Buffer.from(`${size}\n`),
    salt: Buffer.from(`${Buffer.from(entry.salt!).toString("base64")}\n`),
    body: Buffer.from(entry.bytes!),
    proof: Buffer.from(proof.join("")),
    checkpoint: Buffer.from(checkpoint),
    "public_key.pem": Buffer.from(pem),
  };
}

function run(files: Record<string, Buffer>): { status: number | null; output: string } {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const { status, stdout, stderr } = spawnSync("sh", ["-c", script], { cwd: folder, encoding: "utf8", timeout: 30_000 });
  return { status, output: stdout + stderr };
}

test("every file the script reads is named in the page's table", () => {
  for (const name of Object.keys(filesOf(0, room.log.size(), room.log.checkpoint())))
    assert.match(page, new RegExp(`^\\| \`${name}\` \\|`, "m"));
});

test("the script accepts entries of a real log, at its edges and under an older checkpoint", { skip }, () => {
  const size = room.log.size();
  for (const seq of [0, 1, 63, 64, size - 2, size - 1]) {
    const { status, output } = run(filesOf(seq, size, room.log.checkpoint()));
    assert.equal(status, 0, output);
    assert.match(
      output,
      new RegExp(
        `^verified: entry ${seq} of ${size}, signed by ${room.key.origin} with key ${Buffer.from(room.key.publicKeyRaw).toString("hex")}$`,
        "m",
      ),
    );
  }
  const older = room.notes[2]!;
  assert.equal(run(filesOf(5, older.size, older.note)).status, 0);
  assert.equal(run(filesOf(5, older.size, room.log.checkpoint())).status, 1);
});

test("one bit changed in any of the files and it refuses", { skip }, (t) => {
  const count = scaled(300);
  announce(t, "changed bits", count);
  const random = seededRandom(seed);
  const pick = (below: number) => Buffer.from(random(4)).readUInt32LE() % below;
  const files = filesOf(17, room.log.size(), room.log.checkpoint());
  const names = Object.keys(files);
  for (let at = 0; at < count; at++) {
    const name = names[at % names.length]!;
    const bent = Buffer.from(files[name]!);
    // A last line feed, the dashes around the PEM and the unused bits at the end of its base64 are dress, not content.
    const [from, to] =
      name === "public_key.pem" ? [pem.indexOf("\n") + 1, pem.lastIndexOf("\n-----END") - 2] : [0, bent.length - (name === "body" ? 0 : 1)];
    const position = from + pick(to - from);
    bent[position]! ^= 1 << pick(8);
    const { status, output } = run({ ...files, [name]: bent });
    assert.notEqual(status, 0, `${name} byte ${position}: ${output}`);
    assert.doesNotMatch(output, /^verified/m);
  }
});
