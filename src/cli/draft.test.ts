// Draft, in review, approved and out, from the command line alone, by the same drafts and the same setting as the desk.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { deskNewsroom, type DeskNewsroom } from "../../test/desk-newsroom.ts";
import { madePhoto } from "../../test/made-pictures.ts";
import { main } from "../cli.ts";
import { openSchedule, readPublication } from "../press/press.ts";

let bench: DeskNewsroom;
let folder: string;
before(async () => {
  bench = await deskNewsroom({ approval: "another" });
  folder = mkdtempSync(join(tmpdir(), "tracewire-draft-"));
});
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await bench?.remove();
});

const words = (text: string, head = "") => `---\nslug: by-command\ntopic: Sanctions\nbyline: Rosa\nhappened: 2026-03-01\n${head}---\n\n# By command\n\n> It is said.\n\n${text}\n`;
function file(name: string, text: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
/** Exit code and what was printed, as JSON. */
async function run(by: string, ...args: string[]): Promise<{ exit: number; lines: any[]; said: string }> {
  const out: string[] = [];
  const streams = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write }));
  for (const { stream } of streams) stream.write = ((text: string) => (out.push(String(text)), true)) as typeof stream.write;
  const approval = process.env.TRACEWIRE_APPROVAL;
  process.env.TRACEWIRE_APPROVAL = "another";
  try {
    const exit = await main([...args, "--data", bench.newsroom.folder, "--json", ...(args[1] === "list" ? [] : ["--by", by])]);
    // The runner writes messages of its own between them.
    const lines = (out.join("").match(/\{"(?:draft|id)":.*\}$/gm) ?? []).map((line) => JSON.parse(line));
    return { exit, lines, said: out.join("") };
  } finally {
    for (const { stream, write } of streams) stream.write = write;
    if (approval === undefined) delete process.env.TRACEWIRE_APPROVAL;
    else process.env.TRACEWIRE_APPROVAL = approval;
  }
}

test("a story goes from a file to its reader by review, another's approval and publication", async () => {
  file("wallet.jpg", await madePhoto());
  const path = file("a.md", words("Words.", "photo: wallet.jpg\ncredit: Rosa\nlicence: CC BY 4.0\nalt: A wallet\n"));
  assert.equal((await run("rosa", "draft", "new", path, "--dry-run")).exit, 0);
  const begun = await run("rosa", "draft", "new", path);
  assert.equal(begun.exit, 0, begun.said);
  const id = String(begun.lines[0].draft);
  assert.equal(begun.lines[0].version, 1);
  assert.match((await bench.as("edda", `/desk/stories/${id}`)).body, /By command/, "it is the desk's draft");
  // Somebody saves at the desk meanwhile: the command overwrites nothing, and prints both.
  await bench.as("edda", `/desk/stories/${id}`, { version: "1", text: words("Words of edda.") });
  const late = await run("rosa", "draft", "save", id, file("b.md", words("Words of rosa.")), "--version", "1");
  assert.equal(late.exit, 3, late.said);
  assert.deepEqual(late.lines[0].changes.at(-1), { at_before: 11, at_after: 11, before: ["Words of edda."], after: ["Words of rosa."] });
  assert.equal((await run("rosa", "draft", "save", id, path, "--version", "2")).lines[0].version, 3);
  assert.equal((await run("edda", "draft", "publish", id)).exit, 3, "a draft is not published");
  assert.equal((await run("rosa", "draft", "review", id)).lines[0].state, "in review");
  for (const by of ["rosa", "nobody", "desk", "olga", "rita"]) assert.equal((await run(by, "draft", "approve", id, "--version", "3")).exit, 3, by);
  assert.equal((await run("edda", "draft", "approve", id, "--version", "2")).exit, 3, "not the version that is there");
  assert.equal((await run("edda", "draft", "approve", id, "--version", "3")).lines[0].state, "approved");
  assert.equal((await run("rosa", "draft", "publish", id)).exit, 3, "a reporter publishes nothing");
  assert.equal((await run("edda", "draft", "publish", id, "--dry-run")).exit, 0);
  assert.equal(readPublication(bench.newsroom.log, "by-command"), undefined);
  const out = await run("edda", "draft", "publish", id);
  assert.deepEqual([out.exit, out.lines[0].outcome, out.lines[0].revision], [0, "published", 1], out.said);
  assert.ok(readPublication(bench.newsroom.log, "by-command")!.photo, "its picture came along");
  assert.equal((await run("edda", "draft", "list")).lines[0].state, "published");
});

test("it is kept for its time and taken back with a note; a file is no way around the review", async () => {
  const { lines, said } = await run("edda", "draft", "of", "by-command");
  assert.equal(lines.length, 1, said);
  const id = String(lines[0].draft);
  const path = file("c.md", words("Other words."));
  assert.equal((await run("edda", "story", "publish", path)).exit, 3);
  assert.equal((await run("edda", "story", "correct", path, "--what", "The words were wrong")).exit, 3);
  await run("rosa", "draft", "save", id, path, "--version", String(lines[0].version));
  await run("rosa", "draft", "review", id);
  const { lines: [shown], exit } = await run("edda", "draft", "show", id);
  assert.deepEqual([exit, shown.state, shown.findings], [0, "in review", []]);
  assert.equal((await run("ada", "draft", "approve", id, "--version", String(shown.version))).exit, 0);
  const past = await run("ada", "draft", "publish", id, "--at", "2020-01-01T06:00:00Z", "--what", "The words were wrong");
  assert.deepEqual([past.exit, /is past; now it is/.test(past.said), /leave --at out/.test(past.said)], [2, true, true], past.said);
  const kept = await run("ada", "draft", "publish", id, "--at", "2097-01-01T06:00:00Z", "--what", "The words were wrong");
  assert.equal(kept.lines[0].outcome, "scheduled", kept.said);
  assert.equal((await run("ada", "draft", "back", id)).exit, 2, "a step back needs a note");
  assert.equal((await run("ada", "draft", "back", id, "--why", "Not yet")).lines[0].state, "draft");
  const schedule = openSchedule(bench.newsroom.folder);
  assert.equal(schedule.waiting().length, 0);
  schedule.close();
  assert.equal((await run("edda", "draft", "show", "99")).exit, 4);
  assert.equal((await run("edda", "draft", "fly", "1")).exit, 2);
});
