// The desk from outside, by its forms alone: a reporter's, an editor's and an administrator's steps, and what must be refused.
import assert from "node:assert/strict";
import fastify from "fastify";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { deskNewsroom, ORIGIN, PASSWORD, type DeskNewsroom, type Handle } from "../../test/desk-newsroom.ts";
import { proving } from "../../test/scale.ts";
import { can, firstLink, invite, listActs } from "../accounts/accounts.ts";
import { mountApi, openKeyStore } from "../api/api.ts";
import { seededRandom } from "../effects.ts";
import { readClaims } from "../casefile/casefile.ts";
import { findCapture, sha256Hex, type Egress } from "../evidence/evidence.ts";
import { openPeople } from "../newsletter/newsletter.ts";
import { openForWriting, openNewsroom } from "../newsroom.ts";
import { listPublications, openSchedule } from "../press/press.ts";
import { publishDue } from "../scheduler.ts";
import { forgetCancelled } from "./cancelled-bytes.ts";
import { INBOX_FILE, openInbox } from "./inbox.ts";
import { browserWords } from "./rooms/account.ts";
import { DESK_ROUTES } from "./routes.ts";

const fetched: string[] = [];
const egress: Egress = async (url) => {
  fetched.push(url);
  if (url.endsWith("/missing")) return { url, final_url: url, status: 404, headers: [], bytes: new Uint8Array(), retrieved_at: "2026-03-01T12:00:00Z", hops: [] };
  // It was cancelled while it was on its way.
  if (url.endsWith("/slow")) await bench.as("rosa", `/desk/inbox/${slow}/cancel`, {});
  return { url, final_url: `${url}#final`, status: 200, headers: [["content-type", "text/plain"]], bytes: Buffer.from("On Mar 23, 2022 about $540 million was taken from the bridge.\n"), retrieved_at: "2026-03-01T12:00:00Z", hops: [], declared_media_type: "text/plain" };
};

let bench: DeskNewsroom;
let slow = "";
before(async () => {
  bench = await deskNewsroom({ egress, approval: "another" });
});
after(() => bench?.remove());

const REPORT = "The monitors' list, Feb 2024\n\nAccording to the Panel, about $41.4 million was stolen from the casino on Sep 4, 2023.\n\nThe casino denied it.\n";

test("a file is taken, read, graded twice and captured, under the reporter's handle", async () => {
  const boundary = "----tracewire";
  const parts: [string, string][] = [["csrf", bench.signedIn("rosa").csrf], ["url", ""], ["text", ""], ["title", "The list"], ["grade", "copy"], ["source_grade", "C"], ["licence", ""]];
  const payload = Buffer.from(
    `${parts.map(([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`).join("")}--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="../../etc/list.txt"\r\nContent-Type: text/plain\r\n\r\n${REPORT}\r\n--${boundary}--\r\n`,
  );
  const taken = await bench.ask("/desk/inbox", { cookie: `tracewire-desk=${bench.tokens.rosa}`, payload, headers: { "content-type": `multipart/form-data; boundary=${boundary}` } });
  assert.equal(taken.status, 303, taken.body);
  await bench.desk.inbox.idle();
  const item = await bench.as("rosa", taken.location);
  assert.match(item.body, /How credible is this item itself\?/);
  assert.match(item.body, /about \$41\.4 million was stolen/);
  const graded = await bench.as("rosa", `${taken.location}/grade`, { item_grade: "3" });
  assert.match(graded.location, /^\/desk\/captures\/\d+$/);
  const capture = findCapture(bench.newsroom.log, graded.location.split("/").at(-1)!)!;
  assert.deepEqual([capture.by, capture.source_grade, capture.item_grade, capture.grade, capture.origin.name], ["rosa", "C", "3", "copy", "list.txt"]);
  // Twice at once: there is one capture.
  assert.equal((await bench.as("rosa", `${taken.location}/grade`, { item_grade: "3" })).status, 409);
  const act = listActs(bench.accounts, { handle: "rosa", limit: 1 })[0]!;
  assert.deepEqual([act.act, act.entries, act.network], ["capture.add", [capture.seq], "127.0.0.0/24"]);
});

test("bytes of what was put away go, unless a capture or another item holds the same ones; what was left from before goes at the next start", async () => {
  const take = async (text: string) => {
    const { location } = await bench.as("rosa", "/desk/inbox", { text, title: "Taken", grade: "copy", source_grade: "B" });
    await bench.desk.inbox.idle();
    return location;
  };
  const has = (text: string) => bench.newsroom.blobs.has(sha256Hex(text));
  const [once, twice, again] = [await take("Only once."), await take("Taken twice."), await take("Taken twice.")];
  const captured = await take(`${REPORT}`);
  assert.ok(has("Only once.") && has("Taken twice."));
  for (const item of [once, twice, captured]) assert.equal((await bench.as("rosa", `${item}/cancel`, {})).status, 303);
  assert.deepEqual([has("Only once."), has("Taken twice."), has(REPORT)], [false, true, true]);
  await bench.as("rosa", `${again}/cancel`, {});
  assert.equal(has("Taken twice."), false);
  assert.match((await bench.as("rosa", once)).body, /cancelled/);
  // Cancelled while its bytes were on their way.
  const before = bench.newsroom.log.db.prepare("SELECT count(*) AS n FROM captures").get()!.n;
  const address = "On Mar 23, 2022 about $540 million was taken from the bridge.\n";
  slow = String(Number(again.split("/").at(-1)!) + 2);
  await bench.as("rosa", "/desk/inbox", { url: "https://example.org/slow", grade: "copy", source_grade: "B" });
  await bench.desk.inbox.idle();
  assert.deepEqual([has(address), bench.newsroom.log.db.prepare("SELECT count(*) AS n FROM captures").get()!.n], [false, before]);
  // A folder of before: the item is cancelled and its bytes are there.
  const { sha256 } = bench.newsroom.blobs.put(new TextEncoder().encode("Left from before."));
  const inbox = openInbox(bench.newsroom.folder, { clock: bench.now });
  const item = inbox.add({ by: "rosa", url: null, sha256, byte_count: 17, title: "Old", licence: null, grade: "copy", source_grade: "B", is_protected: false, declared_media_type: null, origin: { from: "file", name: "old.txt" } });
  inbox.move(item.id, ["waiting"], "cancelled");
  const place = { folder: bench.newsroom.folder, effects: { clock: bench.now, random: seededRandom(5) }, inbox, blobs: bench.newsroom.blobs };
  assert.deepEqual([forgetCancelled(place), forgetCancelled(place), has("Left from before.")], [1, 0, false]);
  // One that failed five thousand items ago makes room: its bytes go with it.
  const failed = bench.newsroom.blobs.put(new TextEncoder().encode("Failed long ago.")).sha256;
  const template = { by: "rosa", url: null, byte_count: 16, title: "Old", licence: null, grade: "copy", source_grade: "B", is_protected: false, declared_media_type: null, origin: { from: "file", name: "old.txt" } } as const;
  const old = inbox.add({ ...template, sha256: failed });
  inbox.move(old.id, ["waiting"], "failed");
  const db = new DatabaseSync(join(bench.newsroom.folder, INBOX_FILE));
  db.prepare("UPDATE items SET id = id + 6000 WHERE id = ?").run(inbox.add({ ...template, sha256: null, url: "https://example.org/" }).id);
  db.close();
  const now = inbox.add({ ...template, sha256: null, url: "https://example.org/" });
  assert.deepEqual([inbox.find(old.id)?.state, forgetCancelled(place), has("Failed long ago.")], ["cancelled", 1, false]);
  inbox.move(now.id, ["waiting"], "cancelled");
  inbox.add({ ...template, sha256: null, url: "https://example.org/" });
  assert.equal(inbox.find(old.id), undefined);
  inbox.close();
});

test("an address is fetched; one that fails says why and can be tried again; one is cancelled", async () => {
  const take = (url: string) => bench.as("rosa", "/desk/inbox", { url, grade: "copy", source_grade: "B" });
  const [good, bad] = [await take("https://example.org/report"), await take("https://example.org/missing")];
  await bench.desk.inbox.idle();
  assert.match((await bench.as("rosa", good.location)).body, /\$540 million/);
  const failed = await bench.as("rosa", bad.location);
  assert.match(failed.body, /It answered 404/);
  await bench.as("rosa", `${bad.location}/again`, {});
  await bench.desk.inbox.idle();
  assert.equal(fetched.filter((url) => url.endsWith("missing")).length, 2);
  assert.deepEqual(listActs(bench.accounts, { handle: "rosa", limit: 1 }).map(({ act, object }) => [act, object]), [["inbox.again", `item ${bad.location.split("/").at(-1)!}`]]);
  await bench.as("rosa", `${good.location}/cancel`, {});
  assert.match((await bench.as("rosa", good.location)).body, /cancelled/);
  for (const url of ["file:///etc/passwd", "javascript:alert(1)", "ftp://example.org/x"]) assert.equal((await take(url)).status, 400, url);
  assert.equal((await bench.as("rosa", "/desk/inbox", { url: "https://example.org/a", text: "and this", grade: "copy", source_grade: "B" })).status, 400);
});

/** The newest capture of the list. */
const captureSeq = () => bench.newsroom.log.db.prepare("SELECT max(seq) AS seq FROM captures WHERE body LIKE '%The list%'").get()!.seq as number;
const CLAIM = { quote: "about $41.4 million was stolen from the casino", subject: "theft/2023-09-04-casino", field: "amount", value: "41400000", unit: "USD", claimant: "The Panel", hedge: "estimated", bound: "about", basis: "as_published", measure: "gross", as_of: "2024-02" };

test("bytes that are captured already say so to who may see it; what no text was read from is not called read", async () => {
  const take = async (who: Handle, form: Record<string, string>) => {
    const { location } = await bench.as(who, "/desk/inbox", { grade: "copy", source_grade: "B", ...form });
    await bench.desk.inbox.idle();
    return location;
  };
  const again = await take("rosa", { text: REPORT, title: "The same again" });
  assert.match((await bench.as("rosa", again)).body, new RegExp(`These very bytes are captured already: <a href="/desk/captures/${captureSeq()}">`));
  const kept = await take("rosa", { text: "The same under protection, once more.", title: "Kept", protect: "yes" });
  await bench.as("rosa", `${kept}/grade`, { item_grade: "3" });
  const hers = await take("olga", { text: "The same under protection, once more.", title: "Hers" });
  const page = (await bench.as("olga", hers)).body;
  assert.match(page, /The same under protection/);
  assert.doesNotMatch(page, /captured already/, "a protected source is not told by its bytes");
  const boundary = "----tracewire";
  const parts = Object.entries({ csrf: bench.signedIn("rosa").csrf, grade: "copy", source_grade: "B" }).map(([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
  const payload = Buffer.from(`${parts.join("")}--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.4 broken\r\n--${boundary}--\r\n`);
  const { location: broken } = await bench.ask("/desk/inbox", { cookie: `tracewire-desk=${bench.tokens.rosa}`, payload, headers: { "content-type": `multipart/form-data; boundary=${boundary}` } });
  await bench.desk.inbox.idle();
  const told = (await bench.as("rosa", broken)).body;
  assert.match(told, /no text could be read; the second grade is missing/);
  assert.doesNotMatch(told, /\.\. /, "one stop ends a sentence");
  for (const [who, path] of [["rosa", again], ["olga", hers], ["rosa", broken]] as const) await bench.as(who, `${path}/cancel`, {});
});

test("marked words fill in the form: value, unit, who says it, how sure, which time, and the place", async () => {
  const filled = JSON.parse((await bench.as("rosa", `/desk/captures/${captureSeq()}/fill`, { quote: "about $41.4 million was stolen from the casino" })).body) as Record<string, string>;
  assert.deepEqual(filled, { paragraph: "2", basis: "as_published", value: "41400000", unit: "USD", hedge: "estimated", bound: "about", claimant: "Panel", period: "2023-09-04", field: "amount", quote: "about $41.4 million was stolen from the casino" });
  const page = await bench.as("rosa", `/desk/captures/${captureSeq()}/claims`, { act: "fill", quote: "about $41.4 million was stolen from the casino" });
  assert.match(page.body, /name="value" type="text" value="41400000"/);
  assert.match(page.body, /<mark>about \$41\.4 million was stolen from the casino<\/mark>/);
});

test("the checks answer before saving; a finding is shown, and saved only when it was seen; nothing typed is lost", async () => {
  const path = `/desk/captures/${captureSeq()}/claims`;
  const size = bench.newsroom.log.size();
  const wrong = await bench.as("rosa", path, { ...CLAIM, act: "save", quote: "about $99 million was stolen" });
  assert.equal(wrong.status, 422);
  assert.match(wrong.body, /not in the text/);
  assert.match(wrong.body, /value="theft\/2023-09-04-casino"/);
  const shown = await bench.as("rosa", path, { ...CLAIM, act: "save" });
  assert.match(shown.body, /single-source/);
  assert.equal(bench.newsroom.log.size(), size, "a check writes nothing");
  const seen = /name="seen" value="([^"]*)"/.exec(shown.body)![1]!.replaceAll("&#39;", "'").replaceAll("&amp;", "&");
  // What the script is told while typing is what the form shows: either counts as seen.
  const told = JSON.parse((await bench.as("rosa", path.replace(/claims$/, "check"), CLAIM)).body) as { seen: string; findings: unknown[] };
  assert.deepEqual([told.seen, told.findings.length > 0], [seen, true]);
  // What may be a slip is told besides: a name that nothing is held by, a number or a speaker that the words do not have.
  const slips = async (typed: Record<string, string>) => (JSON.parse((await bench.as("rosa", path.replace(/claims$/, "check"), { ...CLAIM, ...typed })).body) as { slips: string[] }).slips;
  assert.deepEqual(await slips({}), ["Nothing is held on theft/2023-09-04-casino yet: it begins with this claim."]);
  assert.deepEqual((await slips({ value: "414000000", quote: "According to the Panel, about $41.4 million was stolen", claimant: "The bank" })).slice(1), ["The words that it was read from do not have the number 414000000", "The words name Panel as who says it"]);
  assert.equal((await slips({ quote: "According to the Panel, about $41.4 million was stolen" })).length, 1, "The Panel is Panel");
  assert.deepEqual((await slips({ field: "taken_in", value: "0x27ca", unit: "" })).slice(1), ["The words that it was read from do not have 0x27ca, letter by letter"]);
  const out = await bench.ask(path.replace(/claims$/, "check"), { headers: { accept: "application/json" }, form: CLAIM });
  assert.deepEqual([out.status, (JSON.parse(out.body) as { error: { code: string } }).error.code], [401, "NOT_SIGNED_IN"], "a script gets what it can read");
  const saved = await bench.as("rosa", path, { ...CLAIM, act: "save", seen: told.seen });
  assert.match(saved.location, /\?subject=[^&]+&claimant=The\+Panel&saved=\d+$/, saved.body);
  const next = (await bench.as("rosa", saved.location)).body;
  assert.match(next, /name="subject" type="text" value="theft\/2023-09-04-casino"[^]*name="claimant" type="text" value="The Panel"/, "kept for the next one");
  assert.match(next, /name="value" type="text" value=""/);
  const [claim] = readClaims(bench.newsroom.log, { log_size: bench.newsroom.log.size(), evidence: "all" }, { subject: CLAIM.subject });
  assert.deepEqual([claim!.by, claim!.value, claim!.source.locator], ["rosa", "41400000", { quote: CLAIM.quote }]);
});

test("rivals stand side by side; a judgement has its reason; taking back is an entry more, one's own or an editor's", async () => {
  await bench.as("olga", `/desk/captures/${captureSeq()}/claims`, { ...CLAIM, value: "40000000", claimant: "The casino", hedge: "denied", quote: "The casino denied it", act: "save", seen: "" });
  const page = await bench.as("anna", `/desk/subjects/${CLAIM.subject}`);
  assert.match(page.body, /\$41,400,000[^]*\$40,000,000/);
  const held = () => readClaims(bench.newsroom.log, { log_size: bench.newsroom.log.size(), evidence: "all" }, { subject: CLAIM.subject });
  const same = (other: string) => bench.as("olga", "/desk/judgements", { subject: CLAIM.subject, other, verdict: "positive", why: "One and the same" });
  assert.deepEqual([(await same(CLAIM.subject)).status, (await same("theft/2023-09-04-casin")).status], [400, 404], "nothing is the same as itself");
  assert.match((await same("theft/2023-09-04-casin")).body, /Held are: theft\/2023-09-04-casino\./);
  const theirs = held().find(({ by }) => by === "olga")!;
  assert.equal((await bench.as("rosa", `/desk/claims/${theirs.seq}/undo`, { why: "not mine" })).status, 404);
  assert.equal((await bench.as("edda", `/desk/claims/${theirs.seq}/undo`, { why: "read from the wrong line" })).status, 303);
  assert.deepEqual(held().map(({ by }) => by), ["rosa"]);
  const released = await bench.as("edda", `/desk/claims/${held()[0]!.seq}/release`, {});
  assert.equal(released.location, `/desk/subjects/${CLAIM.subject}?did=release`, released.body);
  assert.match((await bench.as("edda", released.location)).body, /It is public now[^]*What moved/);
  assert.doesNotMatch((await bench.as("anna", released.location)).body, /What moved/, "no room is named that is not theirs");
  assert.notEqual(held()[0]!.released, undefined);
});

test("a protected source is named to nobody but its reporter and editors: no list, no claim, no release", async () => {
  await bench.as("rosa", "/desk/inbox", { text: "The clerk SECRETCLERK says 7 coins were moved.", title: "From the clerk", grade: "original", source_grade: "B", protect: "yes" });
  await bench.desk.inbox.idle();
  const inbox = await bench.as("rosa", "/desk/inbox");
  const item = /\/desk\/inbox\/(\d+)">From the clerk/.exec(inbox.body)![1]!;
  const capture = (await bench.as("rosa", `/desk/inbox/${item}/grade`, { item_grade: "2" })).location.split("/").at(-1)!;
  const saved = await bench.as("rosa", `/desk/captures/${capture}/claims`, { quote: "7 coins were moved", subject: "theft/secretclerk", field: "victim", value: "SECRETCLERK", claimant: "SECRETCLERK", hedge: "asserted", act: "save" });
  assert.equal(saved.status, 303, saved.body);
  assert.match((await bench.as("rosa", `/desk/captures/${capture}`)).body, /Its source is protected\.[^]*neither it nor a claim read from it is ever released/);
  const pages = ["/desk", "/desk/acts", "/desk/acts.csv", `/desk/captures/${captureSeq()}`, "/desk/inbox", "/desk/inbox.json", "/desk/captures", "/desk/claims", "/desk/subjects/theft/secretclerk", `/desk/captures/${capture}`, `/desk/captures/${capture}/bytes`, `/desk/inbox/${item}`];
  for (const handle of ["olga", "anna", "ada", "rita"] as const)
    for (const path of pages) assert.doesNotMatch((await bench.as(handle, path)).body, path.includes("secretclerk") ? /SECRETCLERK|From the clerk/ : /SECRETCLERK|From the clerk/i, `${handle} ${path}`);
  // Nor by asking what the checks say of the same subject.
  const asked = await bench.as("olga", `/desk/captures/${captureSeq()}/check`, { ...CLAIM, subject: "theft/secretclerk", field: "victim", value: "x" });
  assert.match(asked.body, /"rivals":\[\]/);
  assert.match((await bench.as("edda", "/desk/claims")).body, /SECRETCLERK/);
  const claim = saved.location.split("=").at(-1)!;
  assert.equal((await bench.as("edda", `/desk/claims/${claim}/release`, {})).status, 400);
  // A key of the API that opens what is not released opens no source.
  const effects = { clock: bench.now, random: (count: number) => new Uint8Array(count).fill(7) };
  const keys = openKeyStore(bench.newsroom.folder, effects);
  const { token } = keys.add("program", ["claims:unreleased"]);
  keys.close();
  const app = fastify();
  const reader = openNewsroom(bench.newsroom.folder);
  const api = mountApi(app, reader, { effects, report: (error) => assert.fail(String(error)) });
  const read = async (path: string) => (await app.inject({ url: `/v1${path}`, headers: { authorization: `Bearer ${token}` } })).body;
  assert.match(await read(`/claims?subject=${CLAIM.subject}`), /41400000/);
  for (const path of [`/claims?subject=theft/secretclerk`, `/claims/${claim}`, "/thefts?limit=200"]) assert.doesNotMatch(await read(path), /SECRETCLERK/, path);
  await api.close();
  await app.close();
  reader.close();
});

test("a story goes from draft by review and another's approval to its reader; a version of somebody else is no lost update", async () => {
  const begun = await bench.as("rosa", "/desk/stories", { headline: "The monitors say what they hold" });
  const path = begun.location;
  const text = "---\nslug: what-they-hold\ntopic: Sanctions\nbyline: rosa\nhappened: 2026-03-01\n---\n\n# The monitors say what they hold\n\n> It is not much.\n\nThe monitors say what they hold, and it is not much.\n";
  assert.equal((await bench.as("rosa", path, { text, version: "1" })).status, 303);
  const late = await bench.as("edda", path, { text: `${text}\nMine.\n`, version: "1" });
  assert.equal(late.status, 409);
  assert.match(late.body, /Mine\.[^]*<\/textarea>/);
  assert.match((await bench.as("rosa", path)).body, /Nothing is open/);
  const linted = JSON.parse((await bench.as("rosa", `${path}/check`, { text: `${text}\nThey took 58 coins.\n` })).body) as { findings: { rule: string }[] };
  assert.ok(linted.findings.some(({ rule }) => rule === "unbound-number"));
  const step = (handle: "rosa" | "edda" | "ada", what: string, form: Record<string, string> = {}) => bench.as(handle, `${path}/${what}`, { version: "2", ...form });
  assert.equal((await step("rosa", "step", { to: "in review" })).status, 303);
  assert.equal((await step("edda", "step", { to: "draft" })).status, 400, "a step back needs a note");
  assert.equal((await step("edda", "approve")).status, 303);
  assert.equal((await step("edda", "publish")).status, 303);
  const [published] = listPublications(bench.newsroom.log);
  assert.deepEqual([published!.slug, published!.by], ["what-they-hold", "edda"]);
  assert.equal((await step("edda", "publish")).status, 409, "once");
});

test("who wrote it does not approve it, where the setting asks another", async () => {
  const { location } = await bench.as("edda", "/desk/stories", { headline: "An editor writes" });
  await bench.as("edda", `${location}/step`, { version: "1", to: "in review" });
  const own = await bench.as("edda", `${location}/approve`, { version: "1" });
  assert.deepEqual([own.status, /Another person approves/.test(own.body)], [403, true]);
  assert.equal((await bench.as("ada", `${location}/approve`, { version: "1" })).status, 303);
});

test("no write takes a field that is not its own: every column of every table, and the names that objects have", async () => {
  const folder = bench.newsroom.folder;
  openPeople(folder, { clock: bench.now, random: seededRandom(6) }).close();
  openKeyStore(folder, { clock: bench.now, random: seededRandom(6) }).close();
  openSchedule(folder).close();
  const files = readdirSync(folder).filter((name) => name.endsWith(".db"));
  assert.deepEqual(["accounts.db", "drafts.db", "inbox.db", "keys.db", "newsroom.db", "people.db", "releases.db"].filter((name) => !files.includes(name)), []);
  const columns = files.flatMap((name) => {
    const one = new DatabaseSync(join(folder, name), { readOnly: true });
    try {
      return (one.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as { name: string }[]).flatMap(({ name: table }) => one.prepare(`SELECT name FROM pragma_table_info('${table}')`).all().map((row) => String(row.name)));
    } finally {
      one.close();
    }
  });
  const everywhere = ["__proto__", "constructor", "prototype", "toString", "by", "user", "userId", "actor", "role", "is_admin", "handle", "csrf2", ...bench.accounts.db.prepare("SELECT name FROM pragma_table_info('users')").all().map(({ name }) => String(name))];
  const names = [...new Set([...everywhere, ...columns])];
  const wrong: string[] = [];
  for (const [at, route] of DESK_ROUTES.filter(({ method }) => method === "POST").entries()) {
    const own = Object.keys((route.form?.properties as object | undefined) ?? {});
    const path = `/desk${route.path.replace(":link", "A".repeat(43)).replaceAll(/:(\w+)/g, "1")}`;
    // Whoever may do it: what only a supplier does, no administrator does for them.
    const { for: right } = route.rule;
    const who = right === "anyone" || right === "signed-in" || can("administrator", right) ? "ada" : "sam";
    // What could name somebody on every route; each other column on a quarter of them, on all where it is to be proved.
    for (const name of names.filter((one, place) => !own.includes(one) && (proving || everywhere.includes(one) || place % 4 === at % 4)))
      // By JSON the names that could reach an object's own parts, by form every one.
      for (const kind of name.startsWith("__") || name === "constructor" || name === "by" ? (["form", "json"] as const) : (["form"] as const)) {
        const fields = `{"csrf":"${bench.signedIn(who).csrf}",${JSON.stringify(name)}:"administrator"}`;
        const answer = await bench.ask(path, {
          cookie: `tracewire-desk=${bench.tokens[who]}`,
          ...(kind === "json" ? { payload: fields, headers: { "content-type": "application/json" } } : { form: new URLSearchParams([["csrf", bench.signedIn(who).csrf], [name, "administrator"]]) }),
        });
        // Not there for her, or the field is refused by name.
        if (!(answer.status === 404 || (answer.status === 400 && answer.body.includes("is no field of this form")))) wrong.push(`${route.path} ${name} ${kind}: ${answer.status}`);
      }
  }
  assert.deepEqual(wrong, []);
  assert.ok(names.length > 120, String(names.length));
});

test("a body of a malformed type, a field given twice, a type with a tab: refused, and never a fault", async () => {
  const types = ["text/plain", "application/json\t; x", "application/x-www-form-urlencoded\t", "multipart/form-data", "multipart/form-data; boundary=", "application/xml", "", "application/json, text/html", "APPLICATION/OCTET-STREAM", "application/x-www-form-urlencoded; charset=utf-7", "text/html;application/json", "\u00e9", "application//json", "multipart/mixed; boundary=x"];
  for (const type of types) {
    const answer = await bench.ask("/desk/stories", { cookie: `tracewire-desk=${bench.tokens.rosa}`, payload: "headline=A+story+by+nobody", headers: { "content-type": type } });
    assert.ok([400, 403, 415].includes(answer.status), `${type}: ${answer.status}`);
  }
  const twice = new URLSearchParams([["csrf", bench.signedIn("rosa").csrf], ["headline", "one one"], ["headline", "two two"]]);
  assert.equal((await bench.ask("/desk/stories", { cookie: `tracewire-desk=${bench.tokens.rosa}`, form: twice })).status, 400);
  assert.deepEqual(bench.faults, []);
});

test("signing in tells nobody who is here: body, headers and status are the same, and so is the work", async () => {
  const attempt = (who: string) => bench.ask("/desk/sign-in", { form: { who, password: "not the password", code: "" } });
  const [known, unknown] = [await attempt("olga@example.org"), await attempt("olgb@example.org")];
  assert.deepEqual([known.status, known.body, known.headers["content-length"]], [unknown.status, unknown.body, unknown.headers["content-length"]]);
  // By turns, so that whatever else the machine does meets both alike.
  const times = { known: [] as number[], unknown: [] as number[] };
  for (let at = 0; at < 24; at++) {
    bench.pass(16 * 60_000);
    for (const [name, who] of [["known", "anna@example.org"], ["unknown", "annb@example.org"]] as const) {
      const from = performance.now();
      await attempt(who);
      times[name].push(performance.now() - from);
    }
  }
  // In how many pairs the one took longer, not by how much: a busy machine meets both alike (Mann and Whitney 1947; four
  // standard deviations about a half). Without the work for an unknown name it would be all of them.
  const pairs = times.known.flatMap((known) => times.unknown.map((unknown): number => (known > unknown ? 1 : 0)));
  const share = pairs.reduce((sum, one) => sum + one, 0) / pairs.length;
  const rounds = times.known.length;
  assert.ok(Math.abs(share - 0.5) < 4 * Math.sqrt((2 * rounds + 1) / (12 * rounds ** 2)), `a known name took longer in ${share.toFixed(2)} of the pairs`);
});

test("a way back leads to the desk and nowhere else", async () => {
  for (const next of ["https://evil.example/", "//evil.example", "/desk//evil.example", "/desk/../log", "javascript:alert(1)", "/desk\\@evil.example", "/deskevil", "/desk/%0d%0aSet-Cookie:x=1?a=\n"]) {
    const answer = await bench.ask("/desk/sign-in", { form: { who: "edda", password: PASSWORD, next } });
    assert.equal(answer.status, 303, answer.body);
    assert.match(answer.location, /^\/desk(\/[\w/%-]*)?$/, next);
  }
});

test("a form that was filled in wrongly is shown again as it was sent, with what is wrong beside the name of its field", async () => {
  const send = (who: Handle, from: string, path: string, form: Record<string, string>) =>
    bench.ask(path, { cookie: `tracewire-desk=${bench.tokens[who]}`, headers: { referer: `${ORIGIN}${from}` }, form: { ...form, csrf: bench.signedIn(who).csrf } });
  const letter = "Dear Sir or Madam,\n\n<b>do you hold them?</b> & since when?";
  const early = await send("rosa", "/desk/replies/new", "/desk/replies", { asked_of: "The \"exchange\"", channel: "mail", asked_at: "2026-03-01", deadline: "2026-02-20", reminder: "", about: "", wording: letter, question: "", name: "" });
  assert.equal(early.status, 400);
  assert.match(early.body, /role="alert"><p><strong>Answer asked for by: 2026-02-20 is before the day it was sent, 2026-03-01\.<\/strong>/);
  assert.match(early.body, /<textarea name="wording"[^>]*>\nDear Sir or Madam,\n\n&lt;b&gt;do you hold them\?&lt;\/b&gt; &amp; since when\?<\/textarea>/);
  assert.match(early.body, /name="asked_of"[^>]*value="The &quot;exchange&quot;"/);
  assert.match(early.body, /name="deadline"[^>]*aria-invalid="true"/);
  assert.match(early.body, new RegExp(`name="csrf" value="${bench.signedIn("rosa").csrf}"`));
  const ungraded = await send("rosa", "/desk/inbox", "/desk/inbox", { text: "A statement", title: "Statement X", url: "", licence: "", grade: "copy", source_grade: "" });
  assert.match(ungraded.body, /<strong>How reliable is the source\?: it is one of A, B, C, D, E, F\.<\/strong>/);
  assert.match(ungraded.body, /value="Statement X"/);
  assert.match(ungraded.body, /type="radio"[^>]*value="copy"[^>]*checked/);
  const nobody = await send("rosa", "/desk/claims", "/desk/judgements", { subject: "theft/none", other: "theft/nobody", verdict: "positive", why: "They are alike" });
  assert.doesNotMatch(nobody.body, /They are alike/, "a page without that form is not made up");
  // A page that is not theirs to open is not opened by a way back either; and no password comes back.
  const stranger = await send("rosa", "/desk/people", "/desk/replies", { asked_of: "x", channel: "mail", asked_at: "2026-03-01", deadline: "2026-02-20", wording: "x" });
  assert.deepEqual([stranger.status, stranger.body.includes("ada")], [400, false]);
  const signIn = await bench.ask("/desk/sign-in", { headers: { referer: `${ORIGIN}/desk/sign-in?next=/desk/inbox` }, form: { who: "rosa", password: "not her password", code: "", next: "/desk/inbox" } });
  assert.deepEqual([signIn.status, /Name, password or code is wrong/.test(signIn.body), /name="who"[^>]*value="rosa"/.test(signIn.body), signIn.body.includes("not her password")], [403, true, true, false]);
  assert.deepEqual(bench.faults, []);
});

test("a session that ends while somebody writes loses nothing, and its secrets are not repeated", async () => {
  const text = "A long text about what the monitors say,\nwith <b>signs</b> in it.";
  const answer = await bench.ask("/desk/stories/1", { form: { text, version: "1", csrf: "gone" } });
  assert.equal(answer.status, 401);
  assert.match(answer.body, /A long text about what the monitors say,\nwith &lt;b&gt;signs&lt;\/b&gt; in it\./);
  const secret = await bench.ask("/desk/account/password", { form: { password: "correct horse battery staple", current: "seven quiet herons on a pole" } });
  assert.doesNotMatch(secret.body, /staple|herons/);
});

test("over https the cookie has the prefix that only this host can set, and no other name or host is answered", async () => {
  const secure = await deskNewsroom({ url: "https://desk.example.org" });
  try {
    const entered = await secure.ask("/desk/sign-in", { form: { who: "edda", password: PASSWORD } });
    const cookie = String(entered.headers["set-cookie"]);
    assert.match(cookie, /^__Host-tracewire-desk=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=\d+$/);
    assert.equal(entered.headers["strict-transport-security"], "max-age=31536000; includeSubDomains");
    const token = /=([\w-]{43})/.exec(cookie)![1]!;
    const status = async (sent: string, host = "desk.example.org") => (await secure.ask("/desk/account", { cookie: sent, headers: { host } })).status;
    assert.equal(await status(`__Host-tracewire-desk=${token}`), 200);
    assert.equal(await status(`tracewire-desk=${token}`), 303, "a cookie that a neighbour could have set");
    assert.equal(await status(`__Host-tracewire-desk=${token}; __Host-tracewire-desk=${secure.tokens.rosa}`), 303, "two of one name");
    assert.equal(await status(`__Host-tracewire-desk=${token}`, "evil.example"), 421);
    // A token chosen by somebody else before signing in is nobody's session after it.
    const fixed = "F".repeat(43);
    await secure.ask("/desk/sign-in", { cookie: `__Host-tracewire-desk=${fixed}`, form: { who: "edda", password: PASSWORD } });
    assert.equal(await status(`__Host-tracewire-desk=${fixed}`), 303);
  } finally {
    await secure.remove();
  }
});

test("a first code that is wrong shows the same secret again, to who has it; a sign-up that is refused keeps what was typed", async () => {
  const fresh = await deskNewsroom();
  try {
    const begun = await fresh.as("anna", "/desk/account/codes", {});
    const secretOf = (body: string) => /class="secret">([A-Z2-7 ]+)</.exec(body)?.[1]?.replaceAll(" ", "");
    const secret = secretOf(begun.body)!;
    assert.match(begun.body, /<svg class="qr"[^>]+role="img"/);
    const wrong = await fresh.as("anna", "/desk/account/codes/prove", { code: "000000", secret });
    assert.deepEqual([wrong.status >= 400, secretOf(wrong.body)], [true, secret]);
    assert.match(wrong.body, /role="alert"><strong>This code does not come from that secret[^]*name="code"/);
    const blind = await fresh.as("anna", "/desk/account/codes/prove", { code: "000000", secret: "A".repeat(32) });
    assert.deepEqual([secretOf(blind.body), blind.body.includes(secret)], [undefined, false], "it is told to nobody who does not have it");
    assert.equal((await fresh.as("anna", "/desk/account/codes")).status, 200, "the way back is a page");

    const { token } = invite(fresh.accounts, { handle: "nell", role: "reader" });
    const weak = await fresh.ask(`/desk/join/${token}`, { form: { password: "short" } });
    assert.deepEqual([weak.status, /role="alert"/.test(weak.body), weak.body.includes(`action="/desk/join/${token}"`), weak.body.includes("short")], [422, true, true, false]);
    fresh.accounts.db.prepare("DELETE FROM users").run();
    const first = firstLink(fresh.accounts)!.token;
    const refused = await fresh.ask(`/desk/join/${first}`, { form: { handle: "grace", address: "grace@example.org", password: "tiny" } });
    assert.match(refused.body, /name="handle" type="text" value="grace"[^]*value="grace@example\.org"/);
    assert.equal((await fresh.ask(`/desk/join/${first}`, { form: { handle: "grace", address: "grace@example.org", password: "seven quiet herons" } })).status, 303);
  } finally {
    await fresh.remove();
  }
});

test("a session's browser is named as people name it, and what is no browser is shown whole", () => {
  for (const [agent, words] of [
    ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36", "Chrome 140, Linux"],
    ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge 140, Windows"],
    ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15", "Safari 18, Mac OS X"],
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1", "Safari 18, iPhone"],
    ["Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0", "Firefox 141, Linux"],
    ["curl/8.14.1", "curl/8.14.1"],
    ["", ""],
  ] as const)
    assert.equal(browserWords(agent), words);
});

// The clock goes on by days here: it stands last.
test("for a later moment it waits outside the log, is taken back, comes out late where nothing ran, and says so; its preview is by a link that expires", async () => {
  const { location: path } = await bench.as("rosa", "/desk/stories", { headline: "It comes out at six" });
  const text = "---\nslug: at-six\ntopic: Sanctions\nbyline: rosa\nhappened: 2026-03-01\n---\n\n# It comes out at six\n\n> Or later.\n\nThey took 58 coins.\n";
  await bench.as("rosa", path, { text, version: "1" });
  const frame = await bench.as("rosa", `${path}/preview?as=print`);
  const src = /<iframe[^>]+src="([^"]+)"/.exec(frame.body)![1]!.replaceAll("&amp;", "&");
  const shown = await bench.ask(src);
  assert.deepEqual([shown.status, shown.headers["set-cookie"], shown.headers["x-frame-options"]], [200, undefined, "SAMEORIGIN"]);
  assert.match(shown.body, /<h1>It comes out at six<\/h1>[^]*They took 58 coins\./);
  assert.match(shown.body, /\/desk\/assets\/paper\./);
  assert.match((await bench.ask(src.replace("print", "mail"))).body, /<h2[^>]*>.*It comes out at six/);
  const shared = /secret"><a href="([^"]+)"/.exec((await bench.as("rosa", `${path}/preview-link`, {})).body)![1]!;
  const link = new URL(shared).pathname;
  const outside = await bench.ask(link);
  assert.match(outside.body, /<title>Draft, not published: It comes out at six[^<]*<\/title>/);
  assert.match(outside.body, /<body[^>]*>\n<a class="skip"[^]*?<aside class="band" aria-label="What this is"><strong>Draft, not published\.<\/strong> Version 2, shown to whoever has this link until 2026-03-\d\d \d\d:\d\d UTC\./, "before all else");
  assert.doesNotMatch(outside.body, /Cite this|Revisions|revision 1|rel="canonical"|ld\+json|at-six\.json/, "nothing of what only a published page has");
  assert.match(outside.body, /<meta name="robots" content="noindex">/);
  assert.equal((await bench.ask(link.replace(/preview\/\d+\.\d+/, "preview/1.1"))).status, 410, "of another version");
  const step = (handle: "rosa" | "edda", what: string, form: Record<string, string> = {}) => bench.as(handle, `${path}/${what}`, { version: "2", ...form });
  const way = async () => {
    await step("rosa", "step", { to: "in review" });
    await step("edda", "approve");
    return step("edda", "publish", { at: new Date(Date.parse(bench.now()) + 3_600_000).toISOString() });
  };
  assert.match((await way()).body, /unbound-number/, "an open finding shows while somebody is there to mend it");
  assert.equal((await bench.as("rosa", `${path}/waive`, { rule: "unbound-number", why: "The list's own number." })).status, 200);
  const size = bench.newsroom.log.size();
  assert.equal((await step("edda", "publish", { at: new Date(Date.parse(bench.now()) + 3_600_000).toISOString() })).status, 303);
  assert.equal(bench.newsroom.log.size(), size);
  assert.equal((await bench.as("rosa", path, { text: `${text}\nMore.\n`, version: "2" })).status, 409, "it waits as it was approved");
  assert.equal((await step("edda", "step", { to: "draft", note: "not yet" })).status, 303);
  assert.equal((await way()).status, 303);
  // Nothing runs for two hours.
  bench.pass(2 * 3_600_000);
  const schedule = openSchedule(bench.newsroom.folder);
  const writer = openForWriting(bench.newsroom.folder, { clock: bench.now, random: seededRandom(3) });
  assert.deepEqual(publishDue(writer, schedule, bench.now()).map(({ slug, outcome }) => [slug, outcome]), [["at-six", "published"]]);
  assert.deepEqual(publishDue(writer, schedule, bench.now()), [], "once");
  schedule.close();
  writer.close();
  const after = await bench.as("rosa", path);
  assert.match(after.body, /scheduled to published[^]*late: it was due at/);
  assert.deepEqual(listPublications(bench.newsroom.log)[0]!.waivers, [{ rule: "unbound-number", why: "The list's own number." }]);
  bench.pass(3 * 24 * 3_600_000);
  assert.equal((await bench.ask(link)).status, 410, "after three days");
});
