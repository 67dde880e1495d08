// People of the newsroom by the forms of the desk: invited by mail or by hand, given a role, removed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { deskNewsroom, ORIGIN, PASSWORD, type DeskNewsroom } from "../../test/desk-newsroom.ts";
import { findSession, readLink } from "../accounts/accounts.ts";
import { openMailSink, openMailer, openPeople, openPostOffice } from "../newsletter/newsletter.ts";

let bench: DeskNewsroom;
before(async () => {
  bench = await deskNewsroom({ mail: { smtp_url: "smtps://mail.example.org", from: "Tracewire <newsletter@tracewire.invalid>", base_url: ORIGIN } });
});
after(() => bench?.remove());

test("an invitation goes out by mail, once, and opens the desk", async () => {
  const refused = await bench.as("ada", "/desk/people", { handle: "sue", address: "sue@example.org", role: "supplier" });
  assert.equal(refused.status, 400);
  assert.match(refused.body, /role="alert"><strong>Organisation: 2 to 120 characters/);
  for (const kept of ['value="sue"', 'value="sue@example.org"', '<option value="supplier" selected>']) assert.ok(refused.body.includes(kept), kept);
  const invited = await bench.as("ada", "/desk/people", { handle: "nina", address: "nina@example.org", role: "analyst" });
  assert.equal(invited.location, "/desk/people/nina?sent=letter");
  assert.match((await bench.as("ada", invited.location)).body, /A letter with the link goes to nina@example\.org, by the mail server that is set/);
  assert.doesNotMatch((await bench.as("ada", "/desk/people/nina")).body, /A letter with the link/);
  const people = openPeople(bench.newsroom.folder, { clock: bench.now, random: (count) => new Uint8Array(count).fill(9) });
  const settings = { from: "Tracewire <newsletter@tracewire.invalid>", base_url: ORIGIN };
  const report = await openPostOffice({ people, mailer: await openMailer(people, settings), settings, log: bench.newsroom.log }).run();
  assert.equal(report.sent, 1);
  const sink = openMailSink(people);
  const mail = sink.read(sink.list(1)[0]!.id)!;
  people.close();
  const href = /http:\/\/localhost(\/desk\/join\/[\w-]+)/.exec(mail.text)![1]!;
  assert.match((await bench.ask(href)).body, /You are invited as analyst/);
  assert.equal(readLink(bench.accounts, href.split("/").at(-1)!)!.user!.handle, "nina", "looking spends nothing");
  const entered = await bench.ask(href, { form: { password: PASSWORD } });
  const cookie = String(entered.headers["set-cookie"]);
  assert.match(cookie, /^tracewire-desk=[\w-]{43}; Path=\/desk; HttpOnly; SameSite=Strict; Max-Age=604800$/);
  assert.equal(findSession(bench.accounts, /=([\w-]{43})/.exec(cookie)![1]!)!.user.role, "analyst");
  assert.equal((await bench.ask(href)).status, 410);

  // A role is given, and a person removed: by name, so that no slip of the hand does it.
  assert.equal((await bench.as("ada", "/desk/people/nina/role", { role: "reporter" })).status, 303);
  assert.equal((await bench.as("ada", "/desk/people/nina/remove", { name: "nora" })).status, 400);
  assert.equal((await bench.as("ada", "/desk/people/nina/remove", { name: "nina" })).status, 303);
  assert.equal((await bench.as("ada", "/desk/people/nina")).status, 404);
});

test("without a mail server no link lies in the local mail: it is shown to who invites, and the command refuses --mail", async () => {
  const fresh = await deskNewsroom();
  try {
    const invited = await fresh.as("ada", "/desk/people", { handle: "nina", address: "nina@example.org", role: "analyst" });
    assert.equal(invited.status, 200);
    assert.match(invited.body, /No mail server is set, so no letter leaves\. Hand this over/);
    const link = /\/desk\/join\/([\w-]{43})/.exec(invited.body)![1]!;
    assert.equal(readLink(fresh.accounts, link)!.user!.handle, "nina");
    const people = openPeople(fresh.newsroom.folder, { clock: fresh.now, random: (count) => new Uint8Array(count).fill(9) });
    assert.equal(people.db.prepare("SELECT count(*) AS n FROM account_letters").get()!.n, 0);
    people.close();
  } finally {
    await fresh.remove();
  }
});

test("who has to prove once more who they are gets back what was typed, and nothing of it is done", async () => {
  bench.pass(11 * 60_000);
  const asked = await bench.as("ada", "/desk/people", { handle: "petra", address: "petra@example.org", role: "analyst" });
  assert.deepEqual([asked.status, /Confirm that it is you/.test(asked.body), asked.body.includes("petra@example.org"), asked.body.includes(bench.signedIn("ada").csrf + "</textarea>")], [403, true, true, false]);
  assert.doesNotMatch((await bench.as("ada", "/desk/people")).body, /petra/);
});
