// Press releases by a supplier's own form: sent, accepted or refused with a note; embargoed ones wait; nobody sees another's.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { deskNewsroom, ORGANISATION, PASSWORD, type DeskNewsroom } from "../../test/desk-newsroom.ts";
import { enterByLink, findSession, giveRole, invite, listActs } from "../accounts/accounts.ts";
import { main } from "../cli.ts";
import { openForWriting, openNewsroom } from "../newsroom.ts";
import { openSchedule, readPublication } from "../press/press.ts";
import { publishDue } from "../scheduler.ts";
import { openSite } from "../site/site.ts";

let bench: DeskNewsroom;
before(async () => {
  bench = await deskNewsroom();
});
after(() => bench?.remove());

const RELEASE = {
  headline: "The exchange lost 12 million {{dollars}}",
  summary: "Customers are made whole, says “the exchange”.",
  text: "On 4 September 12.5 million dollars left our wallets.\n\n!pull x <script>alert(1)</script> [a link](/x) *and* {{figure}}\n\n# No headline",
  contact: "Press desk, press@exchange.example",
  licence: "CC BY 4.0",
};
const send = (form: Partial<typeof RELEASE> & { embargo?: string } = {}) => bench.as("sam", "/desk/releases", { ...RELEASE, ...form });
const idOf = ({ location }: { location: string }) => Number(location.split("/").at(-1));
async function printed(path: string): Promise<{ status: number; body: string }> {
  const reader = openNewsroom(bench.newsroom.folder);
  const site = openSite(reader, { clock: bench.now, hosts: ["localhost"] });
  const { statusCode, body } = await site.app.inject({ url: path, headers: { host: "localhost" } });
  await site.close();
  reader.close();
  return { status: statusCode, body };
}

test("what a supplier sent is accepted, and printed in their words, marked as supplied", async () => {
  const sent = await send();
  assert.equal(sent.status, 303, sent.body);
  const id = idOf(sent);
  assert.match((await bench.as("sam", sent.location)).body, /sent, not decided yet/);
  assert.equal(idOf(await send()), id, "the same words sent twice wait once");
  assert.match((await bench.as("edda", "/desk")).body, new RegExp(`/desk/supplied/${id}"`));
  const page = await bench.as("edda", `/desk/supplied/${id}`);
  assert.match(page.body, /unbound-number/);
  assert.match(page.body, /Press desk, press@exchange\.example/);
  assert.match(page.body, /name="slug" type="text" value="the-exchange-lost-12-million-dollars"/);
  const accepted = await bench.as("edda", `/desk/supplied/${id}/accept`, { slug: "the-exchange-says", topic: "Exchanges" });
  assert.equal(accepted.status, 303, accepted.body);
  const { story, by, waivers } = readPublication(bench.newsroom.log, "the-exchange-says")!;
  assert.deepEqual([story.type, story.supplied_by, by, story.replies], ["release", ORGANISATION, "edda", []]);
  assert.ok(waivers.length > 0 && waivers.every(({ why }) => why === `In the words of ${ORGANISATION}, who supplied it`));
  const { body } = await printed("/press-releases/the-exchange-says");
  assert.match(body, /Press release, supplied by The exchange\. Not our reporting\./);
  assert.match(body, /!pull x &lt;script&gt;alert\(1\)&lt;\/script&gt; \[a link\]\(\/x\) \*and\* \{\{figure\}\}/);
  assert.doesNotMatch(body, /<script>alert|press@exchange/);
  assert.match((await bench.as("sam", sent.location)).body, /accepted, <a href="\/press-releases\/the-exchange-says">out<\/a>/);
  assert.equal((await bench.as("ada", `/desk/supplied/${id}/accept`, { slug: "once-more", topic: "Exchanges" })).status, 409);
  assert.equal((await bench.as("edda", `/desk/supplied/${id}/refuse`, { note: "After all" })).status, 409, "what is out is withdrawn, not refused");
  assert.deepEqual(listActs(bench.accounts, { limit: 3 }).map(({ act, handle }) => `${handle} ${act}`).includes("edda release.accept"), true);
});

test("under embargo it waits outside the log, comes out at its time, and can be refused until then", async () => {
  const id = idOf(await send({ headline: "Not before April", embargo: "2026-04-01T09:00:00Z" }));
  const size = bench.newsroom.log.size();
  assert.equal((await bench.as("edda", `/desk/supplied/${id}/accept`, { slug: "not-before-april", topic: "Exchanges" })).status, 303);
  assert.equal(bench.newsroom.log.size(), size, "a leaf would say that something is coming");
  assert.equal((await printed("/press-releases/not-before-april")).status, 404);
  assert.match((await bench.as("sam", `/desk/releases/${id}`)).body, /accepted, kept until/);
  assert.match((await bench.as("rita", "/desk/embargoed")).body, /not-before-april/, "readers are let in on releases");
  assert.equal((await bench.as("edda", `/desk/supplied/${id}/refuse`, { note: "They called it off" })).status, 303);
  assert.match((await bench.as("sam", `/desk/releases/${id}`)).body, /refused\. They called it off/);
  const again = idOf(await send({ headline: "Not before April", embargo: "2026-04-01T09:00:00Z" }));
  assert.notEqual(again, id);
  await bench.as("edda", `/desk/supplied/${again}/accept`, { slug: "not-before-april", topic: "Exchanges" });
  const writer = openForWriting(bench.newsroom.folder, { clock: () => "2026-04-01T09:00:01.000Z", random: () => new Uint8Array(32) });
  const schedule = openSchedule(bench.newsroom.folder);
  assert.equal(publishDue(writer, schedule, "2026-04-01T09:00:01.000Z")[0]!.outcome, "published");
  schedule.close();
  writer.close();
  assert.match((await bench.as("sam", `/desk/releases/${again}`)).body, /accepted, <a [^>]*>out<\/a>/);
});

test("a refusal needs its note, what is owed to others is not waived, and a taken address is none", async () => {
  const id = idOf(await send({ headline: "Somebody is blamed", text: "We suspect North Korea." }));
  const page = await bench.as("edda", `/desk/supplied/${id}`);
  assert.match(page.body, /Must be mended first[^]*no-reply-box/);
  const open = await bench.as("edda", `/desk/supplied/${id}/accept`, { slug: "somebody-is-blamed", topic: "Exchanges" });
  assert.equal(open.status, 422);
  assert.match(open.body, /no-reply-box/);
  assert.match((await bench.as("sam", `/desk/releases/${id}`)).body, /sent, not decided yet/, "a publication that failed leaves it open");
  assert.equal((await bench.as("edda", `/desk/supplied/${id}/accept`, { slug: "the-exchange-says", topic: "Exchanges" })).status, 409);
  assert.equal((await bench.as("edda", `/desk/supplied/${id}/refuse`, { note: " " })).status, 400);
  await bench.as("edda", `/desk/supplied/${id}/refuse`, { note: "Whom you blame was not asked" });
  assert.match((await bench.as("sam", "/desk/releases")).body, /Somebody is blamed[^]*refused/);
});

test("a supplier sees their own organisation's alone, and nothing else of the newsroom", async () => {
  const where = { network: "203.0.113.0/24", agent: "test" };
  const { token } = await enterByLink(bench.accounts, invite(bench.accounts, { handle: "tess", role: "supplier", organisation: "Another exchange" }).token, { password: PASSWORD }, where);
  const cookie = `tracewire-desk=${token}`;
  const { csrf } = findSession(bench.accounts, token)!;
  const id = idOf(await send({ headline: "Of the first" }));
  assert.equal((await bench.ask(`/desk/releases/${id}`, { cookie })).status, 404);
  assert.doesNotMatch((await bench.ask("/desk/releases", { cookie })).body, /Of the first/);
  assert.equal((await bench.ask(`/desk/releases/${id}/take-back`, { cookie, form: { csrf } })).status, 404);
  for (const path of ["/desk/supplied", `/desk/supplied/${id}`, "/desk/stories", "/desk/captures", "/desk/embargoed", "/desk/people"]) assert.equal((await bench.ask(path, { cookie })).status, 403, path);
  // No field names who sends, or for whom.
  for (const field of ["organisation", "by", "state", "slug", "__proto__"]) assert.equal((await bench.ask("/desk/releases", { cookie, form: { ...RELEASE, csrf, [field]: "The exchange" } })).status, 400, field);
  assert.equal((await bench.ask("/desk/releases", { cookie, form: { ...RELEASE, csrf } })).status, 303);
  assert.match((await bench.as("edda", "/desk/supplied")).body, /Another exchange/);
  await bench.as("sam", `/desk/releases/${id}/take-back`, {});
  assert.equal((await bench.as("edda", `/desk/supplied/${id}/accept`, { slug: "of-the-first", topic: "Exchanges" })).status, 409);
  assert.throws(() => invite(bench.accounts, { handle: "nobody-yet", role: "supplier" }), { code: "BAD_ARGUMENT" });
  assert.throws(() => invite(bench.accounts, { handle: "nobody-yet", role: "editor", organisation: "The exchange" }), { code: "BAD_ARGUMENT" });
  assert.equal(giveRole(bench.accounts, "tess", "reader").organisation, null);
});

test("an odd form is refused with its field, and a flood of one organisation ends", async () => {
  for (const [field, value] of Object.entries({ headline: "x".repeat(300), text: "x".repeat(50_000), embargo: "tomorrow", contact: " " })) {
    const { status, body } = await send({ [field]: value });
    assert.deepEqual([status, body.includes(field === "embargo" ? "at:" : field)], [400, true], field);
  }
  const cyrillic = idOf(await send({ headline: "Биржа сообщает" }));
  assert.match((await bench.as("edda", `/desk/supplied/${cyrillic}`)).body, new RegExp(`value="release-${cyrillic}"`));
  let last = 303;
  for (let at = 0; at < 25 && last === 303; at++) last = (await send({ headline: `Number ${at}` })).status;
  assert.equal(last, 429);
  assert.deepEqual(bench.faults, []);
});

test("the command does what the desk does", async () => {
  const { folder } = bench.newsroom;
  const lines: string[] = [];
  const write = process.stdout.write;
  process.stdout.write = ((text: string) => (lines.push(String(text)), true)) as typeof write;
  try {
    const [first] = (await bench.as("edda", "/desk/supplied")).body.match(/(?<=\/desk\/supplied\/)\d+/g)!;
    assert.equal(await main(["supplied", "accept", first!, "--slug", "by-command", "--data", folder, "--by", "edda", "--dry-run"]), 0);
    assert.equal(readPublication(bench.newsroom.log, "by-command"), undefined);
    assert.equal(await main(["supplied", "accept", first!, "--slug", "by-command", "--data", folder, "--by", "edda"]), 0);
    assert.equal(readPublication(bench.newsroom.log, "by-command")!.story.supplied_by, ORGANISATION);
    assert.equal(await main(["supplied", "list", "--data", folder, "--json"]), 0);
  } finally {
    process.stdout.write = write;
  }
  assert.match(lines.join(""), /"slug":"by-command"/);
});
