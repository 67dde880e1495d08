// A story that is out and was not begun at the desk: its revisions with what each changed, a new one as a draft, and a
// withdrawal, each as the command does it and with what readers see of it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { deskNewsroom, type DeskNewsroom } from "../../test/desk-newsroom.ts";
import { listActs } from "../accounts/accounts.ts";
import { openNewsroom } from "../newsroom.ts";
import { parseStoryText, publishStory, readPublication } from "../press/press.ts";
import { openSite } from "../site/site.ts";

let bench: DeskNewsroom;
const story = (slug: string, words: string) => parseStoryText(`---\nslug: ${slug}\ntopic: Sanctions\nbyline: edda\nhappened: 2026-03-01\n---\n\n# What is said in ${slug.replaceAll("-", " ")}\n\n> It is said.\n\n${words}\n`);
const publish = (slug: string, words: string, why?: string): void =>
  void bench.newsroom.transact("carl", (transaction) => publishStory(transaction, bench.newsroom.log, story(slug, words), { by: "carl", ...(why === undefined ? {} : { why }) }));
before(async () => {
  bench = await deskNewsroom();
  publish("by-command", "It was written in a file.");
  publish("by-command", "It was written in a file and sent by a command.", "A clause was missing.");
  publish("also-out", "It has one revision.");
});
after(() => bench?.remove());

const versionOf = (body: string) => /name="version" value="(\d+)"/.exec(body)![1]!;
const read = async (path: string) => {
  const reader = openNewsroom(bench.newsroom.folder);
  const site = openSite(reader, { clock: bench.now, hosts: ["localhost"] });
  const { body, statusCode } = await site.app.inject({ url: path, headers: { host: "localhost" } });
  await site.close();
  reader.close();
  return { body, status: statusCode };
};
/** From a draft to its readers. */
async function sendOut(path: string, form: Record<string, string> = {}) {
  const version = versionOf((await bench.as("edda", path)).body);
  for (const [step, more] of [["step", { to: "in review", note: "" }], ["approve", {}]] as const) assert.equal((await bench.as("edda", `${path}/${step}`, { version, ...more })).status, 303);
  return bench.as("edda", `${path}/publish`, { version, at: "", why: "", correction: "", ...form });
}

test("what is out is listed, and each revision says what it changed and why", async () => {
  const list = await bench.as("rosa", "/desk/published");
  assert.match(list.body, /published\/also-out"[^]*published\/by-command"/, "the newest first");
  assert.equal((await bench.as("rosa", "/desk/published?slug=by-command")).location, "/desk/published/by-command");
  assert.equal((await bench.as("rosa", "/desk/published?slug=no-such")).status, 404);
  const page = (await bench.as("rosa", "/desk/published/by-command")).body;
  assert.match(page, /Revision 2<\/strong>, carl[^]*A clause was missing\.[^]*<del>It was written in a file\.<\/del>[^]*<ins>It was written in a file and sent by a command\.<\/ins>[^]*Revision 1<\/strong>[^]*The first: all of it is new/);
  assert.doesNotMatch(page, /by-command\/withdraw/, "who does not publish does not withdraw");
  assert.equal((await bench.as("rosa", "/desk/published/by-command/withdraw", { why: "Not mine to say", revision: "2" })).status, 403);
});

test("though no number of it moved, it is revised as a draft, which is one draft; nobody takes another's over by it", async () => {
  const { location } = await bench.as("edda", "/desk/published/by-command/draft", {});
  assert.match((await bench.as("edda", location)).body, /It was written in a file and sent by a command\./);
  assert.equal((await bench.as("edda", "/desk/published/by-command/draft", {})).location, location);
  assert.match((await bench.as("edda", "/desk/published/by-command")).body, /on its way: <a href="\/desk\/stories\/\d+">draft, version 1 by edda/);
  const foreign = await bench.as("rosa", "/desk/published/by-command/draft", {});
  assert.deepEqual([foreign.status, /Somebody else has a draft of it/.test(foreign.body)], [403, true]);
  const text = "---\nslug: by-command\ntopic: Sanctions\nbyline: edda\nhappened: 2026-03-01\n---\n\n# What is said in by command\n\n> It is said.\n\nIt was revised at the desk.\n";
  assert.equal((await bench.as("edda", location, { version: "1", text })).status, 303);
  const out = await sendOut(location, { why: "Said better." });
  assert.equal(out.status, 303, out.body);
  const { revision, by, why } = readPublication(bench.newsroom.log, "by-command")!;
  assert.deepEqual([revision, by, why], [3, "edda", "Said better."]);
  assert.match((await read("/stories/by-command")).body, /It was revised at the desk\./);
});

test("withdrawn with a reason that readers see, once, on the revision that was looked at; and brought back by a revision more", async () => {
  const path = "/desk/published/by-command";
  const why = "Its source was <b>forged</b>.";
  assert.equal((await bench.as("edda", `${path}/withdraw`, { why, revision: "2" })).status, 409, "another revision is out");
  assert.equal((await bench.as("edda", `${path}/withdraw`, { why: "", revision: "3" })).status, 400, "a reason is needed");
  assert.equal((await bench.as("edda", `${path}/withdraw`, { why, revision: "3" })).status, 303);
  const { withdrawn, revision, by } = readPublication(bench.newsroom.log, "by-command")!;
  assert.deepEqual([withdrawn, revision, by], [{ why }, 4, "edda"]);
  const [act] = listActs(bench.accounts, { handle: "edda", limit: 1 });
  assert.deepEqual([act!.act, act!.object, act!.entries.length], ["story.withdraw", "by-command", 1]);
  assert.match((await read("/stories/by-command")).body, /Its source was &lt;b&gt;forged&lt;\/b&gt;\./);
  for (const list of ["/", "/latest", "/feed.xml", "/search?q=revised"]) assert.doesNotMatch((await read(list)).body, /stories\/by-command/, list);
  const page = (await bench.as("edda", path)).body;
  assert.match(page, /Withdrawn:<\/strong> Its source was &lt;b&gt;forged/);
  assert.doesNotMatch(page, /by-command\/withdraw"/);
  assert.match((await bench.as("edda", "/desk/published")).body, /withdrawn/);
  assert.equal((await bench.as("edda", `${path}/withdraw`, { why, revision: "4" })).status, 409, "once");

  const { location } = await bench.as("edda", `${path}/draft`, {});
  const out = await sendOut(location, { why: "The source was examined again." });
  assert.equal(out.status, 303, out.body);
  assert.equal(readPublication(bench.newsroom.log, "by-command")!.withdrawn, undefined);
  assert.match((await read("/latest")).body, /stories\/by-command/);
  assert.deepEqual(bench.faults, []);
});

test("a finding that was let stand is printed with its reason under the story, and goes with its page as data", async () => {
  const { location } = await bench.as("edda", "/desk/stories", { headline: "The list counts for itself" });
  const text = "---\nslug: let-stand\ntopic: Sanctions\nbyline: edda\nhappened: 2026-03-01\n---\n\n# The list counts for itself\n\n> It is said.\n\nThey took 58 coins.\n";
  assert.equal((await bench.as("edda", location, { version: "1", text })).status, 303);
  assert.equal((await sendOut(location)).status, 422, "a typed number is open");
  const why = "It is the number <of> the list itself.";
  assert.equal((await bench.as("edda", `${location}/waive`, { rule: "unbound-number", why })).status, 200);
  const version = versionOf((await bench.as("edda", location)).body);
  const out = await bench.as("edda", `${location}/publish`, { version, at: "", why: "", correction: "" });
  assert.equal(out.status, 303, out.body);
  assert.match((await read("/stories/let-stand")).body, /Reason given: It is the number &lt;of&gt; the list itself\./);
  assert.match((await read("/stories/let-stand.json")).body, /"waivers":\[\{"rule":"unbound-number","why":"It is the number <of> the list itself\."\}\]|"why": ?"It is the number <of> the list itself\."/);
});
