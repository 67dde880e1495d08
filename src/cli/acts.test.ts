// What is done by command stands in the record of acts beside what is done at the desk.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { repositoryRoot } from "../../test/scale.ts";
import { smallNewsroom } from "../../test/small-newsroom.ts";
import { deskNewsroom, PASSWORD, type DeskNewsroom } from "../../test/desk-newsroom.ts";
import { ATTEMPT_LIMITS, listActs, resetUser } from "../accounts/accounts.ts";
import { allCommands, main } from "../cli.ts";

let bench: DeskNewsroom;
let folder: string;
before(async () => {
  bench = await deskNewsroom();
  folder = mkdtempSync(join(tmpdir(), "tracewire-acts-"));
});
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await bench?.remove();
});

async function run(...args: string[]): Promise<number> {
  const streams = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write }));
  // The runner's own messages are bytes; the command's words are text.
  for (const { stream, write } of streams) stream.write = ((words: string | Uint8Array) => typeof words === "string" || write.call(stream, words)) as typeof stream.write;
  try {
    return await main([...args, "--data", bench.newsroom.folder]);
  } finally {
    for (const { stream, write } of streams) stream.write = write;
  }
}

const newest = () => listActs(bench.accounts, { limit: 1 })[0]!;
const count = () => listActs(bench.accounts, { limit: 1_000 }).length;

test("each command that changes something leaves one line: name, system's user, what, on what, entries; no words that somebody wrote", async () => {
  const from = `command line (${process.env.SUDO_USER ? `${userInfo().username}, by sudo of ${process.env.SUDO_USER}` : userInfo().username})`;
  const note = join(folder, "note.txt");
  writeFileSync(note, "A plain note about nothing.");
  const size = () => bench.newsroom.log.size();
  const steps: [args: string[], act: string, object: RegExp, entries?: () => number[]][] = [
    [["user", "add", "cleo", "--role", "editor", "--by", "eddy"], "user.add", /^cleo --role editor$/],
    [["user", "role", "cleo", "--role", "analyst"], "user.role", /^cleo --role analyst$/],
    [["user", "reset", "rosa"], "user.reset", /^rosa$/],
    [["key", "add", "cms", "--scope", "claims:unreleased"], "key.add", /^cms --scope claims:unreleased$/],
    [["key", "revoke", "cms"], "key.revoke", /^cms$/],
    [["webhook", "add", "hook", "https://example.org/hook"], "webhook.add", /^hook https:\/\/example\.org\/hook$/],
    [["webhook", "remove", "hook"], "webhook.remove", /^hook$/],
    [["capture", note, "--grade", "copy", "--source-grade", "C", "--item-grade", "3", "--by", "eddy"], "capture", /note\.txt$/, () => [size() - 1]],
    [["release", "NEWEST", "--by", "eddy"], "release", /^\d+$/, () => [size() - 1]],
    [["backup", join(folder, "copy"), "--with-key"], "backup", /copy --with-key$/],
  ];
  for (const [args, act, object, entries] of steps) {
    const before = count();
    assert.equal(await run(...args.map((arg) => (arg === "NEWEST" ? String(size() - 1) : arg))), 0, args.join(" "));
    const line = newest();
    assert.equal(count(), before + 1, args.join(" "));
    assert.deepEqual([line.act, line.network, line.handle], [act, from, args.includes("--by") ? "eddy" : "desk"], args.join(" "));
    assert.match(line.object, object);
    if (entries) assert.deepEqual(line.entries, entries());
  }
  const body = (await bench.as("ada", "/desk/acts")).body;
  assert.match(body, /user\.reset/);
  assert.ok(body.includes(from));
});

test("what only reads, is refused, or is taken back leaves none; a reason that somebody wrote stands nowhere", async () => {
  const before = count();
  for (const args of [["user", "list"], ["key", "list"], ["draft", "list"], ["story", "due"], ["show", "thefts"], ["release", "2", "--dry-run"]]) assert.equal(await run(...args), 0, args.join(" "));
  for (const args of [["user", "role", "nosuchperson", "--role", "editor"], ["key", "revoke", "none"]]) assert.notEqual(await run(...args), 0, args.join(" "));
  assert.equal(count(), before);
  const note = join(folder, "second.txt");
  writeFileSync(note, "Another note about nothing.");
  assert.equal(await run("capture", note, "--grade", "copy", "--source-grade", "C", "--item-grade", "3"), 0);
  const { entries: [seq] } = newest();
  assert.equal(await run("erase", String(seq), "--reason", "a very private reason", "--yes"), 0);
  assert.equal(newest().act, "erase");
  assert.ok(!JSON.stringify(listActs(bench.accounts, { limit: 1_000 })).includes("private reason"));
  assert.ok(!JSON.stringify(listActs(bench.accounts, { limit: 1_000 })).includes("second.txt"), "an erasure reaches the line of the command that captured it");
});

test("where the record cannot be written the command has done what it does, and says so", async () => {
  const room = await smallNewsroom(1);
  mkdirSync(join(room.folder, "accounts.db"));
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", join(repositoryRoot, "src", "cli.ts"), "key", "add", "cms", "--scope", "claims:unreleased", "--data", room.folder], { encoding: "utf8" });
  assert.match(stdout, /^twk_/);
  assert.match(stderr, /This is done, and does not stand in the record of acts: /);
  assert.equal(status, 0);
  room.remove();
});

test("what a command says that it records is an action of it", async () => {
  for (const { name, actions = [], records = {} } of await allCommands()) {
    const known = new Set(["", ...actions.map(([call]) => call.split(/[ ,]/)[0]!)]);
    assert.deepEqual(Object.keys(records).filter((action) => !known.has(action)), [], name);
  }
});

test("a lock-out leaves one line, a first join and a return after a reset are told apart, and a reset lifts the lock", async () => {
  const sign = (password: string) => bench.ask("/desk/sign-in", { form: { who: "edda", password, code: "" } });
  const before = count();
  for (let at = 0; at < ATTEMPT_LIMITS.account.count + 5; at++) await sign("a wrong password");
  assert.equal(count(), before + 1);
  assert.deepEqual([newest().act, newest().object, newest().handle], ["session.locked", "edda", "nobody"]);
  assert.equal((await sign(PASSWORD)).status, 429);
  const { token } = resetUser(bench.accounts, "edda");
  assert.equal((await bench.ask(`/desk/join/${token}`, { form: { password: PASSWORD } })).status, 303);
  assert.deepEqual([newest().act, newest().handle], ["account.return", "edda"]);
  assert.equal((await sign(PASSWORD)).status, 303, "the form takes the new password at once");
  assert.deepEqual([newest().act, newest().object], ["session.begin", "password"]);
  const joining = await bench.as("ada", "/desk/people", { handle: "nora", role: "reporter" });
  const link = /\/desk\/join\/([\w-]{43})/.exec(joining.body)![1]!;
  await bench.ask(`/desk/join/${link}`, { form: { password: PASSWORD } });
  assert.equal(newest().act, "account.join");
});

test("acts are filtered by person, kind and day, and the CSV holds what is filtered", async () => {
  const rows = (body: string) => (body.match(/<tr><td>/g) ?? []).length;
  const [{ at }, ofKind] = [newest(), listActs(bench.accounts, { kind: "user", limit: 1_000 })];
  assert.deepEqual([...new Set(ofKind.map(({ act }) => act))].toSorted(), ["user.add", "user.reset", "user.role"]);
  const { body } = await bench.as("ada", "/desk/acts?kind=user&by=desk&day=");
  assert.equal(rows(body), ofKind.filter(({ handle }) => handle === "desk").length);
  assert.match(body, /<option value="user" selected>/);
  assert.ok(body.includes('href="/desk/acts.csv?by=desk&amp;kind=user"'));
  const day = at.slice(0, 10);
  assert.equal(rows((await bench.as("ada", `/desk/acts?day=${day}`)).body), listActs(bench.accounts, { day, limit: 100 }).length);
  assert.equal(rows((await bench.as("ada", "/desk/acts?day=1999-01-01")).body), 0);
  assert.equal((await bench.as("ada", "/desk/acts?day=1999-02-31")).status, 400);
  assert.equal(listActs(bench.accounts, { kind: "use", limit: 10 }).length, 0, "a kind is a whole word");
  const csv = await bench.as("ada", "/desk/acts.csv?kind=user&by=eddy");
  assert.equal(csv.body.trim().split(/\r?\n/).length, 1 + ofKind.filter(({ handle }) => handle === "eddy").length);
});

test("the record is read by command as at the desk: by person, kind and day, and as the same CSV", async () => {
  const printed = async (...args: string[]): Promise<string> => {
    const { write } = process.stdout;
    let words = "";
    process.stdout.write = ((part: string | Uint8Array) => (typeof part === "string" ? ((words += part), true) : write.call(process.stdout, part))) as typeof write;
    try {
      assert.equal(await main([...args, "--data", bench.newsroom.folder]), 0);
    } finally {
      process.stdout.write = write;
    }
    return words;
  };
  const lines = (await printed("acts", "--kind", "key", "--json")).trim().split("\n").map((line) => JSON.parse(line) as { act: string; object: string });
  assert.deepEqual(lines.map(({ act }) => act), ["key.revoke", "key.add"]);
  assert.match(await printed("acts", "--who", "eddy"), /user\.add/);
  assert.equal(await run("acts", "--day", "someday"), 2);
  const own = await printed("acts", "--kind", "key", "--csv");
  assert.equal((await bench.as("ada", "/desk/acts.csv?kind=key")).body, own);
});

test("sessions end by command, and nothing else changes; a supplier's release is taken back by command", async () => {
  const other = await deskNewsroom();
  try {
    const at = (...args: string[]) => main([...args, "--data", other.newsroom.folder]);
    assert.equal((await other.as("olga", "/desk")).status, 200);
    const { write } = process.stdout;
    process.stdout.write = ((part: string | Uint8Array) => typeof part === "string" || write.call(process.stdout, part)) as typeof write;
    try {
      await other.as("sam", "/desk/releases", { headline: "A release", summary: "It is said.", text: "Words.", contact: "press", licence: "CC BY 4.0" });
      assert.equal(await at("supplied", "take-back", "1", "--by", "sam"), 0);
      assert.equal(await at("user", "end-sessions", "olga"), 0);
      assert.equal(await at("user", "end-sessions", "nosuchperson"), 4);
    } finally {
      process.stdout.write = write;
    }
    assert.match((await other.as("sam", "/desk/releases")).body, /taken back/);
    assert.equal((await other.ask("/desk", { cookie: `tracewire-desk=${other.tokens.olga}` })).location, "/desk/sign-in?next=%2Fdesk");
    assert.deepEqual(listActs(other.accounts, { limit: 2 }).map(({ act, object }) => [act, object]), [["user.end-sessions", "olga"], ["supplied.take-back", "1"]]);
  } finally {
    await other.remove();
  }
});
