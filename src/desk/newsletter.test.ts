// The newsletter by the forms of the desk: composed, looked at, tested, sent to whom it is for, and what came of it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { deskNewsroom, PASSWORD, type DeskNewsroom } from "../../test/desk-newsroom.ts";
import { listActs, signIn } from "../accounts/accounts.ts";
import { composeDraft, formHashes, listIssues, openMailer, openMailSink, noteSiteAddress, openPeople, openPostOffice, sentForms, type People } from "../newsletter/newsletter.ts";
import { parseStoryText, publishStory } from "../press/press.ts";

let bench: DeskNewsroom;
let people: People;
/** Where the site of the folder listens; the desk is reached by another name of the same machine. */
const SITE = "http://127.0.0.1:47501";
const settings = { from: "Tracewire <newsletter@tracewire.invalid>", base_url: SITE };
before(async () => {
  const records: Record<string, string> = { "example.org": "v=spf1 mx -all", "_dmarc.example.org": "v=DMARC1; p=quarantine" };
  const resolveTxt = async (name: string) => {
    if (!Object.hasOwn(records, name)) throw Object.assign(new Error("no such record"), { code: "ENOTFOUND" });
    return [[records[name]!]];
  };
  bench = await deskNewsroom({ resolveTxt, mail: { ...settings, base_url: "http://127.0.0.1:4100", base_url_is_guess: true } });
  const { newsroom } = bench;
  for (const [slug, topic] of [["first", "Sanctions"], ["second", "Bridges"]] as const)
    newsroom.transact("edda", (transaction) => publishStory(transaction, newsroom.log, parseStoryText(`---\nslug: ${slug}\ntopic: ${topic}\nbyline: edda\nhappened: 2026-03-01\n---\n\n# What the ${slug} says\n\n> It is said.\n\nWhat the ${slug} says.\n`), { by: "edda" }));
  people = openPeople(newsroom.folder, { clock: bench.now, random: (count) => crypto.getRandomValues(new Uint8Array(count)) });
  noteSiteAddress(people, SITE);
  const insert = people.db.prepare("INSERT INTO people (address, address_key, state, topics, asked_at) VALUES (?, ?, ?, ?, ?)");
  for (const [name, state, topics] of [["all", "subscribed", []], ["bridges", "subscribed", ["Bridges"]], ["sanctions", "subscribed", ["Sanctions"]], ["left", "left", []], ["asked", "asked", []]] as const)
    insert.run(`${name}@example.org`, `${name}@example.org`, state, JSON.stringify(topics), bench.now());
});
after(async () => {
  people?.close();
  await bench?.remove();
});

test("an issue is composed of stories in their order, and says how many it is for, by topic", async () => {
  assert.match((await bench.as("edda", "/desk/newsletter")).body, /No issue was sent yet/);
  assert.equal((await bench.as("edda", "/desk/newsletter/compose", { story_1: "no-such" })).status, 404);
  assert.equal((await bench.as("edda", "/desk/newsletter/compose", { story_1: "second", subject: "58 thefts" })).status, 400, "a typed number");
  assert.equal((await bench.as("edda", "/desk/newsletter/compose", { story_1: "second", story_2: "", subject: "" })).status, 303);
  const { body } = await bench.as("edda", "/desk/newsletter");
  assert.match(body, /The draft: What the second says/);
  assert.match(body, /It goes to 2 of 3 subscribers/);
  assert.match(body, /1 chose none and get every issue, but those for one topic alone/);
  assert.doesNotMatch(body, /bridges@example\.org|sanctions@example\.org/, "no reader is named");
  assert.match((await bench.as("edda", "/desk/newsletter/preview")).body, /What the second says\./);
  const file = await bench.as("edda", "/desk/newsletter/preview.html");
  assert.match(String(file.headers["content-disposition"]), /^attachment/);
  assert.match(file.body, /What the second says/);
  const shown = await bench.as("edda", "/desk/newsletter/preview.html?as=shown");
  assert.deepEqual([shown.body === file.body, shown.headers["content-disposition"]], [true, undefined]);
  assert.match(String(shown.headers["content-security-policy"]), /^default-src 'none'; style-src 'unsafe-inline';.*frame-ancestors 'self'$/);
});

test("a test copy goes to one address and nowhere else", async () => {
  assert.equal((await bench.as("edda", "/desk/newsletter/test", { to: "not an address" })).status, 400);
  assert.equal((await bench.as("edda", "/desk/newsletter/test", { to: "me@example.org" })).status, 303);
  const sink = openMailSink(people);
  assert.deepEqual(sink.list(10).map(({ to, subject }) => [to, subject]), [["me@example.org", "[Test] What the second says"]]);
  assert.equal(listIssues(bench.newsroom.log, 1).length, 0);
});

test("it is sent once, under the editor's name, to those it is for; a second within the week needs its reason", async () => {
  const sent = await bench.as("edda", "/desk/newsletter/send", { sooner: "" });
  assert.equal(sent.status, 303, sent.body);
  assert.match((await bench.as("edda", sent.location)).body, /queued: issue 1, 2 letters/);
  assert.match((await bench.as("edda", "/desk")).body, /issue 1<\/a>: 2 queued/);
  const [issue] = listIssues(bench.newsroom.log, 1);
  assert.deepEqual([issue!.by, issue!.stories.map(({ slug }) => slug)], ["edda", ["second"]]);
  const act = listActs(bench.accounts, { handle: "edda", limit: 1 })[0]!;
  assert.deepEqual([act.act, act.entries], ["newsletter.send", [issue!.seq]]);
  assert.equal((await bench.as("edda", "/desk/newsletter/send", {})).status, 404, "there is no draft any more");
  const office = openPostOffice({ people, mailer: await openMailer(people, settings), settings, log: bench.newsroom.log });
  assert.equal((await office.run()).sent, 2);
  await office.stop();
  assert.deepEqual(openMailSink(people).list(10).map(({ to }) => to).sort(), ["all@example.org", "bridges@example.org", "me@example.org"]);
  assert.match((await bench.as("edda", "/desk/newsletter")).body, /issue 1: 2 sent/);
  const letter = openMailSink(people).list(10).find(({ to }) => to === "all@example.org")!;
  const { text } = openMailSink(people).read(letter.id)!;
  assert.deepEqual([...new Set(text.match(/https?:\/\/[^\s/"<]+/g))], [SITE], "stories, leaving and topics: one host");
  await bench.as("edda", "/desk/newsletter/compose", { story_1: "first" });
  const soon = await bench.as("edda", "/desk/newsletter/send", {});
  assert.deepEqual([soon.status, /at most one issue a week/.test(soon.body)], [400, true], soon.body);
  assert.equal((await bench.as("edda", "/desk/newsletter/send", { sooner: "The first was wrong" })).status, 303);
  assert.equal(listIssues(bench.newsroom.log, 1)[0]!.sooner, "The first was wrong");
});

test("an hour later sending asks who it is once more", async () => {
  await bench.as("edda", "/desk/newsletter/compose", { story_1: "first" });
  bench.pass(60 * 60_000);
  const asked = await bench.as("edda", "/desk/newsletter/send", { sooner: "Again" });
  assert.match(asked.body, /CONFIRM_IDENTITY|Confirm/);
  assert.equal(listIssues(bench.newsroom.log, 5).length, 2);
});

test("a letter for one topic alone goes to those who chose it; for all others its stories are still to come", async () => {
  const { newsroom } = bench;
  newsroom.transact("edda", (transaction) => publishStory(transaction, newsroom.log, parseStoryText("---\nslug: third\ntopic: Bridges\nbyline: edda\nhappened: 2026-03-01\n---\n\n# What the third says\n\n> It is said.\n\nWhat the third says.\n"), { by: "edda" }));
  const compose = (form: Record<string, string>) => bench.as("edda", "/desk/newsletter/compose", form);
  assert.deepEqual([(await compose({ for_topic: "Weather" })).status, (await compose({ for_topic: "Bridges", story_1: "first" })).status], [400, 400], "no topic of ours; a story of another one");
  assert.equal((await compose({ for_topic: "Bridges" })).status, 303);
  const { body } = await bench.as("edda", "/desk/newsletter");
  assert.match(body, /It is for those who chose Bridges, and for nobody else\. It goes to 1 of 3 subscribers/);
  assert.match((await bench.as("edda", "/desk/newsletter/preview")).body, /Draft, for those who chose Bridges/);
  bench.pass(8 * 24 * 60 * 60_000);
  bench.tokens.edda = (await signIn(bench.accounts, { who: "edda", password: PASSWORD, code: "" }, { network: "203.0.113.0/24", agent: "test" })).token;
  const sent = await bench.as("edda", "/desk/newsletter/send", {});
  assert.match(sent.location, /queued/, sent.body);
  const [issue] = listIssues(newsroom.log, 1);
  assert.deepEqual([issue!.for_topic, issue!.stories.map(({ slug }) => slug)], ["Bridges", ["third"]]);
  const got = people.db.prepare("SELECT p.address FROM outbox o JOIN people p ON p.id = o.person WHERE o.mail = ?").all(`issue:${issue!.number}`);
  assert.deepEqual(got.map(({ address }) => address), ["bridges@example.org"]);
  const forms = sentForms(newsroom.log, issue!)!;
  assert.deepEqual(formHashes(forms), { text_sha256: issue!.text_sha256, html_sha256: issue!.html_sha256 }, "its page can make it again");
  // Who chose no topic has not had the third story: the next issue carries it. Whom the letter was for has.
  assert.deepEqual(composeDraft(people, newsroom.log, { slugs: [] }).stories.map(({ slug }) => slug), ["third"]);
  assert.throws(() => composeDraft(people, newsroom.log, { slugs: [], for_topic: "Bridges" }), /has been sent already/);
});

test("a letter in doubt is settled by a person, and a complaint stops mail", async () => {
  const row = people.db.prepare("SELECT o.id, o.message_id FROM outbox o JOIN people p ON p.id = o.person WHERE p.address = 'bridges@example.org'").get()!;
  people.db.prepare("UPDATE outbox SET state = 'in_doubt', claimed_at = ? WHERE id = ?").run(bench.now(), row.id as number);
  assert.match((await bench.as("edda", "/desk/newsletter")).body, /In doubt[^]*row \d+, issue:1/);
  assert.equal((await bench.as("edda", "/desk/newsletter/resolve", { row: String(row.id), answer: "sent" })).status, 303);
  assert.equal((await bench.as("edda", "/desk/newsletter/resolve", { row: String(row.id), answer: "sent" })).status, 404);
  const complaint = [
    "From: feedback@isp.example", "To: newsletter@tracewire.invalid", "Subject: complaint", "MIME-Version: 1.0",
    'Content-Type: multipart/report; report-type=feedback-report; boundary="b"', "", "--b", "Content-Type: text/plain", "", "A complaint.", "--b",
    "Content-Type: message/feedback-report", "", "Feedback-Type: abuse", "User-Agent: Test/1", "Version: 1", "Original-Rcpt-To: <bridges@example.org>", "", "--b",
    "Content-Type: message/rfc822", "", `Message-ID: <${String(row.message_id)}@tracewire.invalid>`, "To: bridges@example.org", "Subject: What the second says", "", "Words.", "", "--b--", "",
  ].join("\r\n");
  const payload = Buffer.from(`------tracewire\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n${bench.signedIn("edda").csrf}\r\n------tracewire\r\nContent-Disposition: form-data; name="file"; filename="c.eml"\r\nContent-Type: message/rfc822\r\n\r\n${complaint}\r\n------tracewire--\r\n`);
  const read = await bench.ask("/desk/newsletter/bounces", { cookie: `tracewire-desk=${bench.tokens.edda}`, payload, headers: { "content-type": "multipart/form-data; boundary=----tracewire" } });
  assert.equal(read.status, 303, read.body);
  assert.equal(people.db.prepare("SELECT state FROM people WHERE address = 'bridges@example.org'").get()!.state, "complained");
  assert.match((await bench.as("edda", "/desk/newsletter")).body, /complained<\/th><td class="num">1</);
});

test("the domain that letters are from is asked for its records; what is no domain is refused", async () => {
  const { status, body } = await bench.as("edda", "/desk/newsletter/check-dns", { domain: "example.org", selector: "news" });
  assert.equal(status, 200);
  assert.match(body, /good: SPF/);
  assert.match(body, /missing: DKIM/);
  assert.match(body, /good: DMARC/);
  assert.equal((await bench.as("edda", "/desk/newsletter/check-dns", { domain: "not a domain" })).status, 400);
});
