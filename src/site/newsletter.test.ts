// The newsletter as readers, mail programs and scanners meet it, over a real socket.
import assert from "node:assert/strict";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { HtmlValidate } from "html-validate";
import { newsletterNewsroom, type NewsletterNewsroom } from "../../test/newsletter-newsroom.ts";
import { composeDraft, openMailSink, openMailer, openPostOffice, openSignUpDesk, sendDraft, type PostOffice } from "../newsletter/newsletter.ts";
import { openNewsroom } from "../newsroom.ts";
import { parseStoryText, publishStory } from "../press/press.ts";
import { ACTIONS, openSite, type Site } from "./site.ts";

const OWN = { "sec-fetch-site": "same-origin" };
const FORM = { "content-type": "application/x-www-form-urlencoded" };
const LINKS_MAX = 500;

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; text: string };

let newsroom: NewsletterNewsroom;
let site: Site;
let office: PostOffice;
let port: number;
let close: () => Promise<void>;

before(async () => {
  newsroom = await newsletterNewsroom();
  newsroom.story("a-story", "some <b>words</b>");
  const release = parseStoryText("---\ntype: release\nsupplied: A company\nslug: theirs\ntopic: Archive\nbyline: Test\nhappened: 2024\n---\n\n# All is well\n\n> In its words.\n\nAll is well.\n");
  newsroom.transact("test", (transaction) => publishStory(transaction, newsroom.log, release, { by: "test" }));
  const { people } = newsroom;
  const reader = openNewsroom(newsroom.folder);
  site = openSite(reader, { clock: newsroom.effects.clock, hosts: ["127.0.0.1"], signUp: openSignUpDesk(people), mailSink: openMailSink(people) });
  await site.app.listen({ port: 0, host: "127.0.0.1" });
  port = (site.app.server.address() as AddressInfo).port;
  const settings = { from: "Tracewire <news@tracewire.test>", base_url: `http://127.0.0.1:${port}` };
  office = openPostOffice({ people, mailer: await openMailer(people, settings), settings, log: reader.log });
  close = async () => {
    await site.close();
    await office.stop();
    reader.close();
    newsroom.stop();
  };
});
after(() => close());

function ask(method: string, path: string, headers: Record<string, string> = {}, body = ""): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, text: Buffer.concat(parts).toString() }));
    });
    call.on("error", reject);
    call.end(body);
  });
}
const post = (path: string, body: string, headers: Record<string, string> = OWN) => ask("POST", path, { ...FORM, ...headers }, body);

/** Every row of every table, but the time of the last sign-up. */
function everything(): string {
  const { db } = newsroom.people;
  const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all().map(({ name }) => name as string);
  return JSON.stringify(tables.map((table) => [table, db.prepare(`SELECT * FROM ${table}`).all()]));
}
const newestMail = () => openMailSink(newsroom.people).list(1)[0]!.id;
const linksOf = (id: number): string[] =>
  [...openMailSink(newsroom.people).read(id)!.text.matchAll(/http:\/\/127\.0\.0\.1:\d+(\/newsletter\/\S+)/g)].map((match) => match[1]!);

test("the whole way: sign up, confirm, receive, choose, leave by one click, be erased; looking changes nothing", async () => {
  const taken = await post("/newsletter", "address=Reader%40example.org");
  assert.equal(taken.status, 200);
  assert.equal(taken.headers["cache-control"], "no-store");
  assert.equal(taken.headers["set-cookie"], undefined);
  await office.run();
  const [confirm] = linksOf(newestMail());
  let before = everything();
  for (const method of ["GET", "HEAD"]) assert.equal((await ask(method, confirm!)).status, 200);
  assert.equal(everything(), before, "a scanner that follows the link confirms nothing");
  assert.match((await post(confirm!, "")).text, /You are on the list/);

  composeDraft(newsroom.people, newsroom.log, { slugs: [] });
  sendDraft(newsroom.people, newsroom.log, { base: `http://127.0.0.1:${port}`, by: "test", transact: (change) => newsroom.transact("test", change) });
  assert.equal((await office.run()).sent, 1);
  const id = newestMail();
  const raw = Buffer.from(openMailSink(newsroom.people).read(id)!.raw).toString().replace(/\r\n[ \t]+/g, " ");
  const oneClick = new URL(/^List-Unsubscribe: <([^>]+)>/m.exec(raw)![1]!).pathname;
  const links = linksOf(id);
  const token = oneClick.split("/").at(-1)!;
  assert.ok(links.includes(`/newsletter/leave/${token}`) && links.includes(`/newsletter/preferences/${token}`));

  before = everything();
  for (const path of [...links, `/mail/${id}`, `/mail/${id}.eml`])
    for (const method of ["GET", "HEAD"]) {
      const answer = await ask(method, path);
      assert.equal(answer.status, 200, path);
      if (!/issues/.test(path)) assert.equal(answer.headers["cache-control"], "no-store", path);
    }
  assert.notEqual((await ask("GET", oneClick)).status, 200);
  assert.equal(everything(), before, "following every link of a letter changes nothing");

  const preferences = `/newsletter/preferences/${token}`;
  const page = await ask("GET", preferences);
  assert.match(page.text, /R…@example\.org/);
  assert.doesNotMatch(page.text, /Reader@example/i);
  assert.match(page.text, /name="robots" content="noindex"/);
  assert.doesNotMatch(page.text, /value="Archive"/, "a topic of which no issue ever carries a story is not offered");
  assert.match((await post(preferences, "do=choose&topic=Security")).text, /value="Security" checked/);
  assert.equal((await post(preferences, "do=nothing")).status, 400);

  assert.equal((await post(oneClick, "List-Unsubscribe=No", {})).status, 400);
  const boundary = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
  const clicked = await ask("POST", oneClick, { "content-type": "multipart/form-data; boundary=b" }, boundary);
  assert.equal(clicked.status, 200, "as RFC 8058 sends it: no Origin, no cookie");
  assert.equal(clicked.headers.location, undefined);
  assert.equal(clicked.headers["set-cookie"], undefined);
  assert.match((await ask("GET", preferences)).text, /You have left/);
  assert.equal((await post(oneClick, "List-Unsubscribe=One-Click", {})).status, 200, "twice is the same as once");

  assert.match((await post(preferences, "do=erase")).text, /You are erased/);
  assert.equal((await ask("GET", preferences)).status, 404);
  assert.doesNotMatch(everything(), /reader@example/i);
});

test("the answer to a sign-up is the same bytes for known, unknown, left and limited addresses", async () => {
  newsroom.subscribe(1);
  const answers = await Promise.all(
    ["Reader-0@example.org", "nobody-yet@example.org", "nobody-yet@example.org", "nobody-yet@example.org", "nobody-yet@example.org"].map((address) =>
      post("/newsletter", new URLSearchParams({ address }).toString()),
    ),
  );
  const bytes = answers.map(({ status, text, headers }) => JSON.stringify([status, text, { ...headers, date: "" }]));
  assert.equal(new Set(bytes).size, 1);
  await office.run();
  assert.equal(newsroom.people.db.prepare("SELECT count(*) AS n FROM outbox o JOIN people p ON p.id = o.person WHERE p.address_key = 'nobody-yet@example.org'").get()!.n, 3);
});

test("forms act only from our own pages; bodies have a limit; headers cannot be slipped in", async () => {
  const before = everything();
  const refused: [Record<string, string>, string][] = [
    [{ "sec-fetch-site": "cross-site" }, "another site"],
    [{ "sec-fetch-site": "same-site" }, "a sibling"],
    [{ origin: "https://evil.example" }, "a foreign origin"],
    [{ origin: "null" }, "no origin"],
    [{ "sec-fetch-site": "cross-site", origin: `http://127.0.0.1:${port}` }, "a lie"],
    [{}, "nothing at all"],
  ];
  for (const { path, from_anywhere } of ACTIONS)
    if (!from_anywhere)
      for (const [headers, what] of refused) assert.equal((await post(path.replace(":token", "x".repeat(43)), "address=a%40example.org", headers)).status, 403, `${path}: ${what}`);
  assert.equal((await post("/newsletter", "address=" + "a".repeat(20_000))).status, 400);
  assert.equal((await ask("POST", "/newsletter", { ...OWN, "content-type": "application/json" }, "{}")).status, 400);
  for (const address of ["", "no address", "a@example.org\r\nBcc: b@example.org", "a@example.org%0d%0aBcc: b", '"><script>alert(1)</script>@example.org']) {
    const answer = await post("/newsletter", new URLSearchParams({ address }).toString());
    assert.equal(answer.status, 400, address);
    assert.doesNotMatch(answer.text, /<script/);
  }
  for (const wrong of ["x", "x".repeat(43), "..%2f..", "%00"])
    for (const way of ["confirm", "preferences", "leave", "one-click"]) {
      const answer = await post(`/newsletter/${way}/${wrong}`, way === "one-click" ? "List-Unsubscribe=One-Click" : "do=leave");
      assert.ok([400, 404].includes(answer.status), `${way}/${wrong}: ${answer.status}`);
    }
  assert.equal(everything(), before, "none of it left a trace");
  assert.equal((await post("/newsletter", "address=b%40example.org", { origin: `http://127.0.0.1:${port}` })).status, 200, "an older browser names its origin");
});

test("a network that asks too often is told so", async () => {
  const statuses: number[] = [];
  for (let at = 0; at < 25; at++) statuses.push((await post("/newsletter", `address=many-${at}%40example.org`, { ...OWN, "x-forwarded-for": "198.51.100.7, 203.0.113.9" })).status);
  assert.deepEqual([...new Set(statuses)], [200, 429]);
  assert.equal(statuses.filter((status) => status === 200).length, 20);
  assert.equal((await post("/newsletter", "address=other%40example.org", { ...OWN, "x-forwarded-for": "198.51.100.7, 203.0.114.9" })).status, 200, "its neighbours are not");
});

test("kept letters are for this machine: through a proxy there is no such page", async () => {
  await office.run();
  assert.equal((await ask("GET", "/mail")).status, 200);
  for (const name of ["x-forwarded-for", "x-forwarded-host", "forwarded", "via", "x-real-ip", "cf-connecting-ip"])
    for (const path of ["/mail", `/mail/${newestMail()}`, `/mail/${newestMail()}.eml`]) {
      const answer = await ask("GET", path, { [name]: "127.0.0.1" });
      assert.equal(answer.status, 404, `${path} with ${name}`);
      assert.doesNotMatch(answer.text, /example\.org/);
    }
});

test("every page of the newsletter is sound HTML, without script, and what was sent can be read and checked", async () => {
  const validator = new HtmlValidate({ extends: ["html-validate:recommended"], rules: { "long-title": "off" } });
  newsroom.people.change(() => newsroom.people.db.exec("UPDATE people SET state = 'subscribed' WHERE id = (SELECT max(id) FROM people)"));
  newsroom.story("b-story", "something more");
  composeDraft(newsroom.people, newsroom.log, { slugs: ["b-story"] });
  sendDraft(newsroom.people, newsroom.log, { base: `http://127.0.0.1:${port}`, by: "test", sooner: "The second story could not wait.", transact: (change) => newsroom.transact("test", change) });
  await office.run();
  site.refresh();
  const issueMail = openMailSink(newsroom.people).list(LINKS_MAX).find(({ subject }) => subject.includes("something more"))!;
  const own = linksOf(issueMail.id);
  for (const path of ["/", "/about", "/newsletter", "/newsletter/issues", "/newsletter/issues/1", "/newsletter/issues/2", "/mail", `/mail/${issueMail.id}`, ...own]) {
    const { status, text } = await ask("GET", path);
    assert.equal(status, 200, path);
    const report = await validator.validateString(text);
    assert.deepEqual(
      report.results.flatMap((result) => result.messages.map((message) => `${path}: ${message.ruleId}: ${message.message}`)),
      [],
    );
    assert.doesNotMatch(text, /<script(?! type="application\/ld\+json")|\sstyle=|<b>words/, path);
  }
  assert.match((await ask("GET", "/")).text, /action="\/newsletter"/);
  const issue = (await ask("GET", "/newsletter/issues/1")).text;
  assert.match(issue, /both forms hash to what was written down/);
  assert.doesNotMatch(issue, /within a week/);
  assert.match((await ask("GET", "/newsletter/issues/2")).text, /within a week of the issue before it\. Why: The second story could not wait\./);
  assert.equal((JSON.parse((await ask("GET", "/newsletter/issues/1.json")).text) as { number: number }).number, 1);
  assert.match((await ask("GET", "/newsletter/issues.csv")).text, /^number,sent,subject/);
  assert.equal((JSON.parse((await ask("GET", "/newsletter/issues.json")).text) as { rows: unknown[] }).rows.length, 2);
  assert.equal((await ask("GET", "/newsletter/issues/9")).status, 404);
});
