// Issues from stories to letters: their forms, who gets them, what the log keeps, corrections, retries.
import assert from "node:assert/strict";
import { test } from "node:test";
import { simpleParser } from "mailparser";
import { openHostileSmtp, type Fault } from "../../test/hostile-smtp.ts";
import { newsletterNewsroom, type NewsletterNewsroom } from "../../test/newsletter-newsroom.ts";
import { listCorrections, withdrawStory } from "../press/press.ts";
import { applyBounce, readBounce } from "./bounces.ts";
import { correctionForms, foreseeCorrection, queueCorrection } from "./correction-mail.ts";
import { FORM_BYTES_MAX, formBytes, formHashes } from "./issue-forms.ts";
import { readIssue } from "./issues-view.ts";
import { composeDraft } from "./draft-issue.ts";
import { finishSending, sendDraft, sentForms, waitOf } from "./issues.ts";
import { openMailSink, openSinkMailer } from "./mailer.ts";
import { RETRY_AFTER_MS, resolveDoubt } from "./outbox.ts";
import { openPostOffice } from "./post-office.ts";
import { openSignUpDesk } from "./sign-up-desk.ts";
import { openSmtpMailer } from "./smtp-mailer.ts";

const settings = { from: "Tracewire <news@tracewire.test>", base_url: "https://tracewire.test" };

function send(newsroom: NewsletterNewsroom, slugs: string[] = []): ReturnType<typeof sendDraft> {
  composeDraft(newsroom.people, newsroom.log, { slugs });
  return sendDraft(newsroom.people, newsroom.log, { base: settings.base_url, by: "test", sooner: "a test", transact: (change) => newsroom.transact("test", change) });
}

const states = ({ people }: NewsletterNewsroom, mail: string) =>
  people.db.prepare("SELECT person, state FROM outbox WHERE mail = ? ORDER BY person").all(mail).map(({ person, state }) => `${person} ${state}`);

test("an issue: once to each subscriber it is for, its words in the log as hashes, no address in it", async () => {
  const newsroom = await newsletterNewsroom();
  try {
    newsroom.story("on-security", "a <b>word</b> & more");
    newsroom.story("on-bridges", "another", { topic: "Bridges" });
    newsroom.subscribe(3);
    newsroom.subscribe(2, ["Bridges"]);
    newsroom.subscribe(1, ["Terra"]);
    assert.throws(() => composeDraft(newsroom.people, newsroom.log, { slugs: ["on-security"], subject: "58 attacks" }), { code: "BAD_ARGUMENT" });
    assert.throws(() => composeDraft(newsroom.people, newsroom.log, { slugs: ["no-such-story"] }), { code: "NOT_FOUND" });
    assert.equal(composeDraft(newsroom.people, newsroom.log, { slugs: ["on-security"], subject: "One\r\nBcc: x@example.org" }).subject, "One Bcc: x@example.org");
    const { issue, queued } = send(newsroom);
    assert.equal(queued, 5);
    assert.deepEqual(issue.stories.map(({ slug }) => slug).sort(), ["on-bridges", "on-security"]);
    const forms = sentForms(newsroom.log, readIssue(newsroom.log, 1)!)!;
    assert.deepEqual(formHashes(forms), { text_sha256: issue.text_sha256, html_sha256: issue.html_sha256 });
    assert.ok(forms.html.length + forms.text.length < FORM_BYTES_MAX);
    assert.match(forms.text, /Thefts, made up: 1 .*\n {4}https:\/\/tracewire\.test\/figures\/made-up-count\?known=\d+/);
    assert.match(forms.html, /<a href="https:\/\/tracewire\.test\/figures\/made-up-count\?known=\d+" style="color:inherit">1<\/a>/);
    assert.ok(forms.html.includes("a &lt;b&gt;word&lt;/b&gt; &amp; more"));
    assert.doesNotMatch(forms.html, /<img|<script|background|url\(/);
    for (const { bytes } of newsroom.log.entries()) assert.doesNotMatch(Buffer.from(bytes!).toString(), /reader-/i);
    assert.throws(() => send(newsroom), { code: "NOT_FOUND" }, "what was sent is not sent again");

    const office = openPostOffice({ people: newsroom.people, mailer: openSinkMailer(newsroom.people), settings, log: newsroom.log });
    assert.equal((await office.run()).sent, 5);
    assert.equal((await office.run()).sent, 0);
    const mails = openMailSink(newsroom.people).list(50);
    assert.equal(new Set(mails.map(({ to }) => to)).size, 5);
    const links = mails.map(({ id }) => /leave\/([\w-]+)/.exec(openMailSink(newsroom.people).read(id)!.text)![1]);
    assert.equal(new Set(links).size, 5, "each has links of their own");
    const parsed = await simpleParser(Buffer.from(openMailSink(newsroom.people).read(mails[0]!.id)!.raw));
    assert.ok(parsed.text?.includes("Read: https://tracewire.test/stories/") && parsed.html);
  } finally {
    newsroom.stop();
  }
});

test("a crash between the log and the outbox is finished, once; a changed story is not sent as it was", async () => {
  const newsroom = await newsletterNewsroom();
  const { people, log } = newsroom;
  try {
    newsroom.story("a-story", "first");
    newsroom.subscribe(4);
    composeDraft(people, log, { slugs: [] });
    newsroom.story("a-story", "second");
    const options = { base: settings.base_url, by: "test", transact: <T>(change: Parameters<typeof newsroom.transact<T>>[1]) => newsroom.transact("test", change) };
    assert.throws(() => sendDraft(people, log, options), { code: "BAD_INPUT" });
    assert.equal(readIssue(log, 1), undefined);
    send(newsroom, ["a-story"]);
    // As after a crash: the entry is in the log, the outbox has nothing yet.
    people.db.exec("DELETE FROM outbox; DELETE FROM mails; DELETE FROM mail_stories; UPDATE drafts SET state = 'sending'");
    finishSending(people, log);
    finishSending(people, log);
    assert.equal(states(newsroom, "issue:1").length, 4);
  } finally {
    newsroom.stop();
  }
});

test("a correction goes to exactly those who received what was wrong and are still subscribed, once", async () => {
  const newsroom = await newsletterNewsroom();
  const { people, log } = newsroom;
  try {
    newsroom.story("a-story", "a mistake");
    newsroom.story("another-story", "nothing wrong");
    newsroom.subscribe(4);
    send(newsroom, ["a-story"]);
    const mailer = openSinkMailer(people);
    await openPostOffice({ people, mailer, settings, log }).run();
    people.db.exec("UPDATE outbox SET state = 'in_doubt' WHERE person = 3; UPDATE people SET state = 'left' WHERE id = 2");
    newsroom.subscribe(1);
    newsroom.story("a-story", "no mistake", { correction: "The word was wrong." });
    send(newsroom, ["a-story", "another-story"]);
    await openPostOffice({ people, mailer, settings, log }).run();
    const [correction] = listCorrections(log, { limit: 9 });
    assert.deepEqual(foreseeCorrection(people, log, correction!), { readers: 2, letters: ["issue:1"] }, "as it is told before it is made");
    assert.equal(queueCorrection(people, log, settings.base_url, correction!), 2);
    assert.equal(queueCorrection(people, log, settings.base_url, correction!), 0);
    const mail = `correction:${correction!.seq}`;
    assert.deepEqual(states(newsroom, mail), ["1 queued", "4 queued"], "not who left, who is in doubt, who came later");
    const office = openPostOffice({ people, mailer, settings, log, corrections: () => listCorrections(log, { limit: 9 }) });
    await office.run();
    resolveDoubt(people, people.db.prepare("SELECT id FROM outbox WHERE person = 3 AND mail = 'issue:1'").get()!.id as number, "sent");
    await office.run();
    assert.deepEqual(states(newsroom, mail), ["1 sent", "3 sent", "4 sent"], "who is found to have received it gets it as well");
    const sink = openMailSink(people);
    const letter = sink.read(sink.list(1)[0]!.id)!;
    assert.match(letter.subject, /^Correction: /);
    for (const words of ["The word was wrong.", "a mistake", "no mistake", "https://tracewire.test/stories/a-story/revisions/2", "/newsletter/leave/"])
      assert.ok(letter.text.replace(/\s+/g, " ").includes(words), words);
    newsroom.transact("test", (transaction) => withdrawStory(transaction, log, "a-story", { by: "test", why: "It cannot be upheld." }));
    await office.run();
    assert.match(sink.list(1)[0]!.subject, /^Withdrawn: /);
  } finally {
    newsroom.stop();
  }
});

test("corrections follow the sentence: who left and came back, two of one story, a second one of the same sentence", async () => {
  const newsroom = await newsletterNewsroom();
  const { people, log } = newsroom;
  const mailer = openSinkMailer(people);
  const office = openPostOffice({ people, mailer, settings, log, corrections: () => listCorrections(log, { limit: 9 }) });
  const desk = openSignUpDesk(people);
  /** Signs up and confirms, as a reader does. */
  const comeBack = async (person: number) => {
    desk.subscribe(`reader-${person - 1}@example.org`, "192.0.2.1");
    await office.run();
    const sink = openMailSink(people);
    assert.ok(desk.confirm(/confirm\/([\w-]+)/.exec(sink.read(sink.list(1)[0]!.id)!.text)![1]!));
  };
  /** A link of a letter this person has. */
  const tokenOf = (person: number) => {
    const sink = openMailSink(people);
    return /leave\/([\w-]+)/.exec(sink.read(sink.list(50).find(({ to }) => to === `reader-${person - 1}@example.org`)!.id)!.text)![1]!;
  };
  try {
    newsroom.story("a-story", "red. The second is blue");
    newsroom.subscribe(4);
    send(newsroom, ["a-story"]);
    await office.run();
    // 1 stays; 2 leaves and comes back before the correction; 3 leaves before it and comes back long after; 4 leaves with it queued.
    assert.ok(desk.unsubscribe(tokenOf(2)) && desk.unsubscribe(tokenOf(3)));
    await comeBack(2);
    newsroom.subscribe(1);
    newsroom.story("a-story", "green. The second is blue", { correction: "Not red but green." });
    const [first] = listCorrections(log, { limit: 1 });
    const firstMail = `correction:${first!.seq}`;
    assert.equal(queueCorrection(people, log, settings.base_url, first!), 3);
    assert.ok(desk.unsubscribe(tokenOf(4)));
    await office.run();
    assert.deepEqual(states(newsroom, firstMail), ["1 sent", "2 sent"]);
    await comeBack(4);
    // As if the letter to 2 had been refused: 2 holds the first revision and nothing else.
    people.db.prepare("UPDATE outbox SET state = 'failed' WHERE mail = ? AND person = 2").run(firstMail);
    assert.equal(queueCorrection(people, log, settings.base_url, first!), 1);
    await office.run();
    assert.deepEqual(states(newsroom, firstMail), ["1 sent", "2 failed", "4 sent"], "who comes back gets what was held back");

    newsroom.story("a-story", "yellow. The second is blue", { correction: "Not green either." });
    await office.run();
    const second = `correction:${listCorrections(log, { limit: 1 })[0]!.seq}`;
    assert.deepEqual(states(newsroom, second), ["1 sent", "4 sent"], "green was told by the first correction; 2 never read it, 5 received nothing");

    newsroom.story("a-story", "yellow. The second is black", { correction: "The second was wrong from the start." });
    await office.run();
    const third = `correction:${listCorrections(log, { limit: 1 })[0]!.seq}`;
    assert.deepEqual(states(newsroom, third), ["1 sent", "2 sent", "4 sent"], "who has only the first revision has this mistake");
    await comeBack(3);
    await office.run();
    await office.run();
    const ofThree = people.db.prepare("SELECT mail FROM outbox WHERE person = 3 AND kind = 'correction' AND state = 'sent' ORDER BY id").all();
    assert.deepEqual(ofThree.map(({ mail }) => mail).sort(), [firstMail, second, third].sort(), "red, and then green from its correction, and the second");

    // Issue 2 carries the fourth revision: nobody is told of mistakes that it does not hold.
    send(newsroom, ["a-story"]);
    const before = people.db.prepare("SELECT count(*) AS n FROM outbox WHERE person = 5 AND kind = 'correction'").get()!.n;
    await office.run();
    assert.equal(people.db.prepare("SELECT count(*) AS n FROM outbox WHERE person = 5 AND kind = 'correction'").get()!.n, before);
    assert.equal(people.db.prepare("SELECT count(*) AS n FROM (SELECT 1 FROM outbox GROUP BY mail, person HAVING count(*) > 1)").get()!.n, 0);
  } finally {
    await office.stop();
    newsroom.stop();
  }
});

test("what changed alike in the headline and in the text is told once", () => {
  const sentences = [{ was: "It lost 5 coins", now: "It lost 7 coins" }, { was: "It lost 5 coins.", now: "It lost 7 coins." }, { was: null, now: "Some came back." }, { was: "It lost 5 coins.", now: null }];
  const { text, html } = correctionForms("https://tracewire.test", { seq: 1, at: "", slug: "a", headline: "It lost 7 coins", from_revision: 1, to_revision: 2, kind: "correction", what: "The count.", sentences });
  assert.equal(text.match(/It says now: It lost 7 coins/g)!.length, 1, text);
  assert.equal(html.match(/It says now: It lost 7 coins/g)!.length, 1);
  assert.match(text, /That sentence is gone\./);
  assert.match(text, /It says now: Some came back\./);
});

test("a correction of very many long sentences is still a letter of its size", () => {
  const sentences = Array.from({ length: 40 }, (_, at) => ({ was: `${at} was ${"ü".repeat(2_000)}`, now: `${at} is ${"& ".repeat(1_500)}` }));
  const forms = correctionForms("https://tracewire.test", { seq: 1, at: "", slug: "a", headline: "A", from_revision: 1, to_revision: 2, kind: "correction", what: "All.", sentences });
  assert.ok(formBytes(forms) <= FORM_BYTES_MAX && formBytes(forms) > FORM_BYTES_MAX / 3);
  assert.match(forms.text, /\d+ more changed; the story's page shows all\./);
});

test("at most one issue in seven days; sooner only for a reason, which the log keeps", async () => {
  const newsroom = await newsletterNewsroom();
  let day = 0;
  const people = { ...newsroom.people, effects: { ...newsroom.effects, clock: () => new Date(Date.parse(newsroom.effects.clock()) + day * 86_400_000).toISOString() } };
  const sendOn = (at: number, sooner?: string) => {
    day = at;
    composeDraft(people, newsroom.log, { slugs: ["a-story"] });
    return sendDraft(people, newsroom.log, { base: settings.base_url, by: "test", sooner, transact: (change) => newsroom.transact("test", change) }).issue;
  };
  try {
    newsroom.story("a-story", "words");
    newsroom.subscribe(1);
    assert.equal(sendOn(0, "not needed").sooner, undefined);
    for (const at of [0, 1, 6]) assert.throws(() => sendOn(at), { code: "BAD_INPUT", message: /at most one issue a week: after issue 1 the next may go on 2026-01-08/ });
    assert.throws(() => sendOn(6, " \r\n "), { code: "BAD_INPUT" });
    assert.deepEqual(waitOf(newsroom.log, people.effects.clock()), { last: 1, until: "2026-01-08" });
    assert.equal(readIssue(newsroom.log, 2), undefined);
    assert.equal(people.db.prepare("SELECT count(*) AS n FROM drafts WHERE state = 'draft'").get()!.n, 1, "the draft waits");
    const sooner = sendOn(6, "A withdrawal\r\nthat cannot wait");
    assert.equal(sooner.sooner, "A withdrawal that cannot wait");
    assert.equal(readIssue(newsroom.log, 2)!.sooner, sooner.sooner);
    assert.equal(waitOf(newsroom.log, "2026-01-08T00:00:00.000Z"), undefined, "the log's own clock has not moved");
    assert.equal(sendOn(7).sooner, undefined);
  } finally {
    newsroom.stop();
  }
});

test("4xx is tried again by the schedule and given up at its end; 5xx for a mailbox ends it; a complaint ends everything", async () => {
  const newsroom = await newsletterNewsroom();
  let now = Date.parse("2026-02-01T00:00:00.000Z");
  const people = { ...newsroom.people, effects: { ...newsroom.effects, clock: () => new Date(now).toISOString() } };
  let rcpt: (address: string) => Fault = () => "4xx";
  const server = await openHostileSmtp((stage, recipient) => (stage === "rcpt" ? rcpt(recipient!) : "none"));
  const office = openPostOffice({ people, mailer: openSmtpMailer({ url: `smtp://127.0.0.1:${server.port}`, name: "tracewire.test" }), settings, log: newsroom.log });
  try {
    newsroom.story("a-story", "first");
    newsroom.subscribe(1);
    composeDraft(people, newsroom.log, { slugs: [] });
    sendDraft(people, newsroom.log, { base: settings.base_url, by: "test", transact: (change) => newsroom.transact("test", change) });
    for (const wait of RETRY_AFTER_MS) {
      assert.equal((await office.run()).deferred, 1);
      now += wait - 1;
      assert.deepEqual(await office.run(), { sent: 0, failed: 0, deferred: 0, in_doubt: 0, server_down: false }, "not before its time");
      now += 1;
    }
    assert.equal((await office.run()).failed, 1);
    assert.equal(server.met.get("rcpt 4xx"), RETRY_AFTER_MS.length + 1);

    newsroom.subscribe(2);
    rcpt = (address) => (/-1@/.test(address) ? "5xx" : "none");
    newsroom.story("b-story", "second");
    composeDraft(people, newsroom.log, { slugs: ["b-story"] });
    sendDraft(people, newsroom.log, { base: settings.base_url, by: "test", sooner: "a test", transact: (change) => newsroom.transact("test", change) });
    assert.deepEqual(await office.run(), { sent: 2, failed: 1, deferred: 0, in_doubt: 0, server_down: false });
    const person = (id: number) => people.db.prepare("SELECT state FROM people WHERE id = ?").get(id)!.state;
    assert.equal(person(2), "bounced");
    const id = people.db.prepare("SELECT message_id FROM outbox WHERE person = 1 AND mail = 'issue:2'").get()!.message_id as string;
    const hard = { class: "hard" as const, address: "reader-2@example.org", why: "" };
    assert.match(applyBounce(people, { ...hard, message_ids: [] }), /counted: 1 of 5/);
    assert.equal(person(3), "subscribed", "a forged bounce silences nobody");
    const returned = Buffer.from("From: MAILER-DAEMON@example.org\r\nMessage-ID: <returned-1@example.org>\r\nSubject: Undelivered Mail\r\nX-Failed-Recipients: reader-2@example.org\r\n\r\n<reader-2@example.org>: 550 5.1.1 no such user\r\n");
    assert.match(applyBounce(people, await readBounce(returned)), /counted: 2 of 5/);
    assert.match(applyBounce(people, await readBounce(returned)), /counted before/, "the same mail once, however often it is read");
    assert.match(applyBounce(people, await readBounce(Buffer.concat([Buffer.from("Received: by another.example\r\n"), returned]))), /counted before/, "fetched once more by another way");
    assert.match(applyBounce(people, await readBounce(Buffer.from(returned.toString().replace("returned-1", "returned-2")))), /counted: 3 of 5/);
    applyBounce(people, { ...hard, class: "complaint", address: undefined, message_ids: [id] });
    assert.equal(person(1), "complained");
    assert.match(applyBounce(people, { ...hard, class: "unknown", message_ids: [id] }), /nothing/);
  } finally {
    await office.stop();
    await server.close();
    newsroom.stop();
  }
});
