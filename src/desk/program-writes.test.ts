// Programs write by their keys: once under an Idempotency-Key, on the version they read, within their scopes, and never
// around the lint, the review or somebody else's work.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, test } from "node:test";
import { apiNewsroom, type ApiNewsroom, type Called } from "../../test/api-newsroom.ts";
import { apiWrites, openKeyStore, SCOPE_NAMES, type Scope } from "../api/api.ts";
import { listActs, openAccounts } from "../accounts/accounts.ts";
import { readClaim } from "../casefile/casefile.ts";
import { appendCapture, prepareCapture } from "../evidence/evidence.ts";
import { appendClaim, appendJudgement, claimSchema, parseClaim } from "../casefile/casefile.ts";
import { openDrafts, openSchedule, parseStoryText, readPublication } from "../press/press.ts";

let room: ApiNewsroom;
let count = 0;
const fresh = () => `k${count++}`;

type Sent = { key?: keyof ApiNewsroom["keys"]; body?: unknown; again?: string | null; match?: number | string };
/** As a program sends it: a new Idempotency-Key each time, unless one is given. */
const send = (method: string, path: string, { key = "stories:publish", body, again, match }: Sent = {}): Promise<Called> =>
  room.call(method, `/v1${path}`, {
    key: room.keys[key],
    ...(body === undefined ? {} : { body }),
    headers: {
      ...(method === "GET" || again === null ? {} : { "idempotency-key": again ?? fresh() }),
      ...(match === undefined ? {} : { "if-match": typeof match === "number" ? `"${match}"` : match }),
    },
  });
const text = (slug: string, words: string) => `---\nslug: ${slug}\ntopic: Sanctions\nbyline: A program\nhappened: 2026-01-01\n---\n\n# What a program wrote\n\n> It is said.\n\n${words}\n`;
const acts = (limit = 50) => {
  const accounts = openAccounts(room.newsroom.folder, room.newsroom.effects);
  try {
    return listActs(accounts, { limit });
  } finally {
    accounts.close();
  }
};

describe("what programs write", () => {
  before(async () => {
    room = await apiNewsroom();
  });
  after(() => room.stop());

  test("an analyst's program captures, checks, claims, judges, and takes back; the log and the record of acts name its key", async () => {
    const source = "On 4 September 2023 the casino lost about $41.4 million, its owner said.\n";
    const capture = await send("POST", "/captures", { key: "case:write", body: { title: "A statement", text: source, grade: "copy", source_grade: "C", item_grade: "3" } });
    assert.equal(capture.status, 201, capture.text);
    assert.equal(capture.json.extraction, "text");
    const claim = { subject: "theft/2023-09-04-casino", field: "amount", value: "41400000", unit: "USD", claimant: "The owner", hedge: "asserted", bound: "about", as_of: "2023-09-04", valuation: { basis: "as_published" }, measure: "gross", source: { capture: capture.json.capture, locator: { quote: "about $41.4 million" } } };
    const size = room.newsroom.log.size();
    const dry = await send("POST", "/claims?dry=true", { key: "case:write", body: { claims: [claim] } });
    assert.deepEqual([dry.status, dry.json.dry, dry.json.claims[0].claim, dry.json.claims[0].is_new], [200, true, null, true], dry.text);
    assert.equal(room.newsroom.log.size(), size, "a dry run writes nothing");
    const made = await send("POST", "/claims", { key: "case:write", body: { claims: [claim, { ...claim, value: "41000000", claimant: "Another" }] } });
    assert.equal(made.status, 200, made.text);
    const [first, second] = made.json.claims;
    assert.equal(second.rivals[0].claim, first.claim);
    assert.equal(readClaim(room.newsroom.log, first.claim)!.by, "key:analyst");
    const [held] = (await send("POST", "/claims", { key: "case:write", body: { claims: [claim] } })).json.claims;
    assert.deepEqual([held.is_new, held.rivals.map((rival: { claim: number }) => rival.claim)], [false, [second.claim]], "held already, and no rival of itself");
    const odd = await send("POST", "/claims", { key: "case:write", body: { claims: [{ ...claim, hedge: "maybe" }] } });
    assert.match(odd.json.detail, /claims\.0\.hedge: it is one of asserted, reported/);
    const stray = await send("POST", "/claims", { key: "case:write", body: { claims: [{ ...claim, source: { ...claim.source, locator: { quote: "x", bogus: "y" } } }] } });
    assert.match(stray.json.detail, /locator\.bogus: it is no name that is known here/);
    const none = await send("POST", "/claims/999999/retraction", { key: "case:write", body: { why: "put in for a trial" } });
    assert.doesNotMatch(none.json.hint, /tracewire show|--help/, "a program has no terminal");
    // All or none: the second one's words do not stand there.
    const size_now = room.newsroom.log.size();
    const refused = await send("POST", "/claims", { key: "case:write", body: { claims: [{ ...claim, value: "1" }, { ...claim, value: "2", source: { ...claim.source, locator: { quote: "not there" } } }] } });
    assert.deepEqual([refused.status, refused.json.code, refused.json.where], [422, "LOCATOR_NOT_FOUND", "claims.1.source.locator"]);
    assert.equal(room.newsroom.log.size(), size_now);
    const judged = await send("POST", "/judgements", { key: "case:write", body: { question: "same", subject: "theft/2023-09-04-casino", other: "theft/2024-01-01-alpha", verdict: "negative", why: "Other victims" } });
    assert.equal(judged.status, 201, judged.text);
    assert.equal((await send("POST", `/judgements/${judged.json.judgement}/retraction`, { key: "case:write", body: { why: "Not sure" } })).json.how, "retracted");
    const replaced = await send("POST", "/claims", { key: "case:write", body: { claims: [{ ...claim, value: "41500000", supersedes: first.claim }] } });
    assert.equal(replaced.status, 200, replaced.text);
    // On top of what holds no more: refused, with what is there beside what was sent.
    const late = await send("POST", "/claims", { key: "case:write", body: { claims: [{ ...claim, value: "42000000", supersedes: first.claim }] } });
    assert.deepEqual([late.status, late.json.code], [409, "CONFLICT"], late.text);
    assert.match(late.json.conflict.readable, /- {2}"value": "41500000"[^]*\+ {2}"value": "42000000"/);
    assert.equal((await send("POST", `/claims/${second.claim}/retraction`, { key: "case:write", body: { why: "Read from the wrong line" } })).json.how, "retracted");
    assert.equal((await send("POST", `/claims/${replaced.json.claims[0].claim}/release`, { key: "case:write" })).json.code, "NOT_ALLOWED");
    assert.equal((await send("POST", `/claims/${replaced.json.claims[0].claim}/release`, { key: "case:release" })).status, 200);
    assert.match((await room.get("/v1/claims?subject=theft/2023-09-04-casino")).text, /41500000/);
    const done = acts().filter(({ handle }) => handle === "key:analyst");
    assert.deepEqual([...new Set(done.map(({ act }) => act))].sort(), ["capture.add", "claim.add", "claim.undo", "judgement.add", "judgement.undo"]);
    assert.ok(done.every(({ network }) => network === "127.0.0.0/24"));
  });

  test("bytes come as base64; what is none, or both or neither, is refused", async () => {
    const body = { title: "Bytes", bytes: Buffer.from("a,b\n1,2\n").toString("base64"), name: "x.csv", media_type: "text/csv", grade: "copy", source_grade: "C", item_grade: "3" };
    const made = await send("POST", "/captures", { key: "case:write", body });
    assert.deepEqual([made.status, made.json.byte_count, made.json.extraction], [201, 8, "text"], made.text);
    for (const wrong of [{ ...body, bytes: "<script>" }, { ...body, text: "both" }, { ...body, bytes: undefined }, { ...body, by: "somebody" }, { ...body, source_grade: "Z" }])
      assert.equal((await send("POST", "/captures", { key: "case:write", body: wrong })).status, 400, JSON.stringify(wrong));
  });

  test("same key, same body: the same answer, done once; another body is refused; without a key nothing is done", async () => {
    const body = { text: text("told-once", "Words.") };
    const before = openedDrafts();
    const first = await send("POST", "/drafts", { body, again: "once" });
    const again = await send("POST", "/drafts", { body, again: "once" });
    assert.equal(first.status, 201, first.text);
    assert.deepEqual([again.status, again.text, again.headers.etag, again.headers["idempotency-replayed"]], [201, first.text, first.headers.etag, "true"]);
    assert.equal(first.headers["idempotency-replayed"], undefined);
    assert.equal(openedDrafts(), before + 1);
    const other = await send("POST", "/drafts", { body: { text: text("told-twice", "Words.") }, again: "once" });
    assert.deepEqual([other.status, other.json.code], [422, "IDEMPOTENCY_KEY_REUSED"]);
    const elsewhere = await send("POST", "/judgements", { key: "case:write", body: { question: "same", subject: "theft/2024-01-01-alpha", other: "theft/2024-02-02-gamma", verdict: "unsure", why: "As the test asks" }, again: "once" });
    assert.equal(elsewhere.status, 201, "another key's signs are its own");
    const none = await send("POST", "/drafts", { body, again: null });
    assert.deepEqual([none.status, none.json.where], [400, "header"]);
    // Many at once under one key: one is done, the others hear of it or wait.
    const together = await Promise.all(Array.from({ length: 8 }, () => send("POST", "/captures", { key: "case:write", body: { title: "At once", text: "At once it is done once.", grade: "copy", source_grade: "C", item_grade: "3" }, again: "together" })));
    assert.deepEqual(together.filter(({ status }) => status === 201).length >= 1, true);
    assert.ok(together.every(({ status }) => status === 201 || status === 409), together.map(({ status }) => status).join());
    assert.equal(new Set(together.filter(({ status }) => status === 201).map(({ json }) => json.capture)).size, 1);
    // A refusal changed nothing: the same key may ask again once it can be done.
    const id = first.json.draft;
    const early = await send("POST", `/drafts/${id}/publication`, { body: {}, match: 1, again: "out" });
    assert.deepEqual([early.status, early.json.code], [409, "CONFLICT"], early.text);
    await send("POST", `/drafts/${id}/steps`, { body: { to: "in review" }, match: 1 });
    await send("POST", `/drafts/${id}/approval`, { match: 1 });
    assert.equal((await send("POST", `/drafts/${id}/publication`, { body: {}, match: 1, again: "out" })).json.outcome, "published");
    assert.equal((await send("POST", `/drafts/${id}/publication`, { body: {}, match: 1, again: "out" })).json.outcome, "published");
    assert.equal(readPublication(room.newsroom.log, "told-once")!.revision, 1);
  });

  test("a draft is saved on the version that was read; a newer one is answered with both beside each other", async () => {
    const { json } = await send("POST", "/drafts", { body: { text: text("two-hands", "First line.\n\nSecond line.") } });
    const path = `/drafts/${json.draft}`;
    assert.deepEqual([(await send("PUT", path, { body: { text: "x" } })).json.code, (await send("PUT", path, { body: { text: "x" } })).status], ["PRECONDITION_REQUIRED", 428]);
    assert.equal((await send("PUT", path, { body: { text: "x" }, match: "*" })).status, 400);
    const theirs = text("two-hands", "First line, by one.\n\nSecond line.");
    const saved = await send("PUT", path, { body: { text: theirs }, match: 1 });
    assert.deepEqual([saved.status, saved.headers.etag, saved.json.version], [200, '"2"', 2], saved.text);
    const mine = text("two-hands", "First line.\n\nSecond line, by another.");
    const late = await send("PUT", path, { key: "stories:review", body: { text: mine }, match: 1 });
    assert.equal(late.status, 412, late.text);
    assert.deepEqual([late.json.code, late.json.type, late.headers["content-type"]], ["PRECONDITION_FAILED", "/v1/errors/PRECONDITION_FAILED", "application/problem+json"]);
    const { conflict } = late.json;
    assert.deepEqual([conflict.etag, conflict.by, conflict.current], ['"2"', "key:publisher", theirs]);
    assert.deepEqual(conflict.changes.map(({ current, sent }: { current: string[]; sent: string[] }) => [current, sent]), [[["First line, by one."], ["First line."]], [["Second line."], ["Second line, by another."]]]);
    assert.match(conflict.readable, /^line 12\n- First line, by one\.\n\+ First line\.$/m);
    for (const { at_current, current } of conflict.changes) assert.deepEqual(theirs.split("\n").slice(at_current, at_current + current.length), current);
    assert.equal((await send("GET", path)).json.text, theirs, "nothing was overwritten");
    assert.equal((await send("PUT", path, { key: "stories:review", body: { text: mine }, match: 2 })).status, 200);
    // Every step names the version it was decided on.
    for (const [step, body] of [["steps", { to: "in review" }], ["approval", undefined], ["waivers", { rule: "unbound-number", why: "It is a name" }], ["publication", {}]] as const) {
      const old = await send("POST", `${path}/${step}`, { body, match: 2 });
      assert.equal(old.status, step === "waivers" && old.status === 400 ? 400 : 412, `${step}: ${old.text}`);
    }
  });

  test("nothing goes around review or lint: a draft is not published, an approved one with open findings neither", async () => {
    const { json } = await send("POST", "/drafts", { body: { text: text("unread", "They lost $12 million.") } });
    assert.ok(json.findings.length > 0);
    const path = `/drafts/${json.draft}`;
    const out = () => send("POST", `${path}/publication`, { body: {}, match: 1 });
    assert.equal((await out()).json.code, "CONFLICT");
    await send("POST", `${path}/steps`, { body: { to: "in review" }, match: 1 });
    assert.equal((await send("POST", `${path}/approval`, { key: "stories:write", match: 1 })).json.code, "NOT_ALLOWED");
    assert.equal((await send("POST", `${path}/approval`, { match: 1 })).json.state, "approved");
    assert.deepEqual([(await out()).status, (await out()).json.code], [422, "LINT_FAILED"]);
    const mended = await send("PUT", path, { body: { text: text("unread", "They lost money.") }, match: 1 });
    assert.equal(mended.json.state, "draft", "what was approved is not what stands there now");
    assert.equal((await send("POST", `${path}/publication`, { body: {}, match: 2 })).json.code, "CONFLICT");
  });

  test("a schedule, its taking back, a correction and a withdrawal, each on what was read", async () => {
    const { json } = await send("POST", "/drafts", { body: { text: text("by-program", "Words.") } });
    const path = `/drafts/${json.draft}`;
    const approve = async (version: number) => {
      await send("POST", `${path}/steps`, { body: { to: "in review" }, match: version });
      await send("POST", `${path}/approval`, { match: version });
    };
    await approve(1);
    assert.equal((await send("POST", `${path}/publication`, { body: { at: "tomorrow" }, match: 1 })).status, 400);
    const past = await send("POST", `${path}/publication`, { body: { at: "2020-01-01T00:00:00Z" }, match: 1 });
    assert.deepEqual([past.status, past.json.code], [400, "BAD_ARGUMENT"], past.text);
    assert.match(past.text, /is past/);
    const former = openSchedule(room.newsroom.folder);
    const { by, waivers, story } = { by: "edda", waivers: [], story: parseStoryText(text("by-program", "Former words.")) };
    former.add({ slug: "by-program", due: "2029-01-01T00:00:00.000Z", by, story, waivers });
    former.close();
    const kept = await send("POST", `${path}/publication`, { body: { at: "2030-01-01T00:00:00Z" }, match: 1 });
    assert.equal(kept.json.replaced, "2029-01-01T00:00:00.000Z", "what it replaces is said");
    const steps = openDrafts(room.newsroom.folder, room.newsroom.effects);
    assert.match(JSON.stringify(steps.steps(json.draft)), /which waited until 2029-01-01/);
    steps.close();
    assert.deepEqual([kept.json.outcome, kept.json.due], ["scheduled", "2030-01-01T00:00:00.000Z"], kept.text);
    assert.equal((await send("GET", path)).json.state, "scheduled");
    assert.equal((await send("POST", `${path}/steps`, { body: { to: "draft" }, match: 1 })).status, 400, "a step back needs a note");
    assert.equal((await send("POST", `${path}/steps`, { body: { to: "draft", note: "Not yet" }, match: 1 })).json.state, "draft");
    const schedule = openSchedule(room.newsroom.folder);
    assert.equal(schedule.waiting().length, 0);
    schedule.close();
    await approve(1);
    const out = await send("POST", `${path}/publication`, { body: {}, match: 1 });
    assert.deepEqual([out.json.outcome, out.json.revision, out.headers.etag], ["published", 1, '"1"'], out.text);
    const read = await send("GET", "/stories/by-program");
    assert.deepEqual([read.json.revision, read.headers.etag, read.json.by], [1, '"1"', "key:publisher"]);
    await send("PUT", path, { body: { text: text("by-program", "Other words.") }, match: 1 });
    await approve(2);
    const corrected = await send("POST", `${path}/publication`, { body: { correction: "The words were wrong." }, match: 2 });
    assert.equal(corrected.json.revision, 2, corrected.text);
    const stale = await send("POST", "/stories/by-program/withdrawal", { body: { why: "It was wrong" }, match: 1 });
    assert.deepEqual([stale.status, stale.json.conflict.etag], [412, '"2"']);
    assert.match(stale.json.conflict.readable, /- Other words\.\n\+ Words\./);
    assert.equal((await send("POST", "/stories/by-program/correction", { body: { what: "Nothing moved" }, match: 2 })).json.outcome, "unchanged");
    assert.equal((await send("POST", "/stories/by-program/withdrawal", { key: "stories:write", body: { why: "It was wrong" }, match: 2 })).json.code, "NOT_ALLOWED");
    assert.equal((await send("POST", "/stories/by-program/withdrawal", { body: { why: "It was wrong" }, match: 2 })).json.revision, 3);
    assert.equal((await send("GET", "/stories/by-program")).json.withdrawn, "It was wrong");
    assert.equal((await send("POST", "/stories/nobody/withdrawal", { body: { why: "It was wrong" }, match: 2 })).status, 404);
  });

  test("a key's name is in the log for good: no second key writes under it", () => {
    const keys = openKeyStore(room.newsroom.folder, room.newsroom.effects);
    try {
      keys.add("once-only", ["stories:write"]);
      keys.revoke("once-only");
      for (const scope of ["stories:write", "claims:unreleased"]) assert.throws(() => keys.add("once-only", [scope]), { code: "BAD_ARGUMENT" });
      keys.add("reads", ["claims:unreleased"]);
      keys.revoke("reads");
      keys.add("reads", ["claims:unreleased"]);
    } finally {
      keys.close();
    }
  });
});

test("no address that writes takes a name that is not its own: every column of every table, and the names that objects have", async () => {
  room = await apiNewsroom();
  try {
    const { folder, log } = room.newsroom;
    const files = readdirSync(folder).filter((name) => name.endsWith(".db"));
    const columns = files.flatMap((name) => {
      const db = new DatabaseSync(join(folder, name), { readOnly: true });
      const found = db.prepare("SELECT DISTINCT c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'").all();
      db.close();
      return found.map((row) => String(row.name));
    });
    const names = [...new Set([...columns, "__proto__", "constructor", "prototype", "toString", "by", "user", "actor", "role", "is_admin", "handle", "scope", "released"])];
    assert.ok(names.length > 100, `${names.length}`);
    const why = { why: "for the test" };
    const claim = { subject: "theft/a", field: "victim", value: "A", claimant: "S", hedge: "asserted", as_of: "2024", source: { capture: 1, locator: { quote: "x" } } };
    // Whole, so that nothing but the name is wrong.
    const whole: Record<string, object> = {
      "POST /captures": { title: "A", text: "x", grade: "copy", source_grade: "C", item_grade: "3" }, "POST /claims": { claims: [claim] }, "POST /judgements": { question: "same", subject: "theft/a", verdict: "unsure", ...why },
      "POST /drafts": { text: "x" }, "PUT /drafts/{draft}": { text: "x" }, "POST /drafts/{draft}/steps": { to: "in review" }, "POST /drafts/{draft}/waivers": { rule: "unbound-number", ...why },
      "POST /stories/{slug}/correction": { what: "It was wrong" }, "POST /stories/{slug}/withdrawal": why, "POST /claims/{claim}/retraction": why, "POST /judgements/{judgement}/retraction": why,
    };
    const ofClaims = new Set(Object.keys(claimSchema().ClaimSchema.properties));
    const size = log.size();
    const wrong: string[] = [];
    let asked = 0;
    // As JSON, for an object literal would lose `__proto__`.
    const withName = (body: object, name: string): unknown => JSON.parse(`{${JSON.stringify(name)}: "x", ${JSON.stringify(body).slice(1)}`.replace(/, \}$/, "}"));
    for (const { method, path, scope, body } of apiWrites().WRITE_LIST) {
      if (method === "GET") continue;
      const own = Object.keys((body as { properties?: object } | undefined)?.properties ?? {});
      for (const name of names.filter((one) => !own.includes(one))) {
        const ask = async (body: unknown, where: string) => {
          asked += 1;
          const answer = await send(method, path.replace(/\{slug\}/, "nobody").replace(/\{\w+\}/, "1"), { key: scope as "case:write", body });
          if (answer.status !== 400 || !(answer.text.includes(name) || /nothing is taken here/.test(answer.text))) wrong.push(`${method} ${path} with ${where}: ${answer.status} ${answer.text.slice(0, 200)}`);
        };
        await ask(withName(whole[`${method} ${path}`] ?? {}, name), name);
        if (path === "/claims" && !Object.hasOwn(claim, name) && !ofClaims.has(name)) await ask({ claims: [withName(claim, name)] }, `claims.0.${name}`);
      }
    }
    assert.deepEqual(wrong.slice(0, 20), [], `${wrong.length} of ${asked}`);
    assert.equal(log.size(), size);
  } finally {
    await room.stop();
  }
});

test("where another person approves, a key approves nothing", async () => {
  room = await apiNewsroom({ approval: "another" });
  try {
    const { json } = await send("POST", "/drafts", { key: "stories:write", body: { text: text("by-two", "Words.") } });
    await send("POST", `/drafts/${json.draft}/steps`, { key: "stories:write", body: { to: "in review" }, match: 1 });
    for (const key of ["stories:publish", "stories:review"] as const) assert.equal((await send("POST", `/drafts/${json.draft}/approval`, { key, match: 1 })).json.code, "NOT_ALLOWED");
  } finally {
    await room.stop();
  }
});

test("every address that writes × every scope × whose object: 0 wrong", async (t) => {
  room = await apiNewsroom();
  try {
    const { newsroom } = room;
    const keys = openKeyStore(newsroom.folder, newsroom.effects);
    const tokens = Object.fromEntries(SCOPE_NAMES.map((scope) => [scope, keys.add(`only ${scope.replace(":", " ")}`, [scope]).token])) as Record<Scope, string>;
    keys.close();
    const drafts = openDrafts(newsroom.folder, newsroom.effects);
    const made: Record<string, Record<string, number>> = { draft: {}, claim: {}, judgement: {} };
    const whoseBy = { own: (scope: Scope) => `key:only ${scope.replace(":", " ")}`, other: () => "rosa", protected: () => "rosa" };
    for (const scope of SCOPE_NAMES)
      for (const [whose, byOf] of Object.entries(whoseBy)) {
        const by = byOf(scope);
        const prepared = await prepareCapture(newsroom.blobs, {
          bytes: Buffer.from(`Of ${by}, ${whose}, ${scope}: 12 coins.`), origin: { from: "file", name: "x.txt" }, retrieved_at: "2026-01-01T00:00:00Z", retrieved_by: by,
          grade: "copy", source_grade: "C", item_grade: "3", ...(whose === "protected" ? { is_protected: true as const } : {}),
        });
        newsroom.transact(by, (transaction) => {
          const capture = appendCapture(transaction, prepared);
          made.claim![`${scope} ${whose}`] = appendClaim(transaction, parseClaim({ subject: "theft/of-somebody", field: "victim", value: `${scope} ${whose}`, claimant: "S", hedge: "asserted", as_of: "2024", source: { capture, locator: { quote: "12 coins" } } }), by);
          made.judgement![`${scope} ${whose}`] = appendJudgement(transaction, { question: "victim_named", subject: `theft/of-${Object.keys(made.claim!).length}`, verdict: "unsure", why: "for the test" }, by);
        });
        made.draft![`${scope} ${whose}`] = drafts.create(by, "# A draft\n").id;
      }
    drafts.close();
    const opens: Record<string, Scope> = {};
    for (const { method, path, scope } of apiWrites().WRITE_LIST) opens[`${method} ${path}`] = scope;
    assert.deepEqual(opens, {
      "POST /captures": "case:write", "POST /claims": "case:write", "POST /claims/{claim}/retraction": "case:write", "POST /claims/{claim}/release": "case:release",
      "POST /judgements": "case:write", "POST /judgements/{judgement}/retraction": "case:write",
      "GET /drafts": "stories:write", "POST /drafts": "stories:write", "GET /drafts/{draft}": "stories:write", "PUT /drafts/{draft}": "stories:write",
      "POST /drafts/{draft}/steps": "stories:write", "POST /drafts/{draft}/approval": "stories:review", "POST /drafts/{draft}/waivers": "stories:write", "POST /drafts/{draft}/publication": "stories:publish",
      "GET /stories/{slug}": "stories:write", "POST /stories/{slug}/correction": "stories:publish", "POST /stories/{slug}/withdrawal": "stories:publish",
    });
    const sent: Record<string, unknown> = {
      "POST /captures": { title: "A", text: "", grade: "copy", source_grade: "C", item_grade: "3" }, "POST /claims": { claims: [] }, "POST /drafts": { text: "" },
      "PUT /drafts/{draft}": { text: "x" }, "POST /drafts/{draft}/steps": { to: "in review" }, "POST /drafts/{draft}/waivers": { rule: "unbound-number", why: "a reason" }, "POST /drafts/{draft}/publication": {},
      "POST /stories/{slug}/correction": { what: "wrong" }, "POST /stories/{slug}/withdrawal": { why: "wrong" }, "POST /judgements": { question: "same", subject: "x", verdict: "unsure", why: "for the test" },
    };
    const wrong: string[] = [];
    let cells = 0;
    for (const { method, path, scope: needed } of apiWrites().WRITE_LIST) {
      const name = /\{(\w+)\}/.exec(path)?.[1];
      const own = name === undefined || name === "slug" ? [undefined] : (["own", "other", "protected", "nobody"] as const);
      const ask = (token: string | undefined, whose: string | undefined, scope: Scope) =>
        room.call(method, `/v1${path.replace(/\{(\w+)\}/, (_, param: string) => (param === "slug" ? "nobody" : String(made[param]![`${scope} ${whose}`] ?? 987_654)))}`, {
          ...(token === undefined ? {} : { key: token }),
          // No If-Match and no Idempotency-Key: whoever is let in is told so, and nothing is done.
          ...(method === "GET" ? {} : { body: sent[`${method} ${path}`] ?? (path.endsWith("/retraction") ? { why: "for the test" } : {}) }),
        });
      for (const scope of SCOPE_NAMES)
        for (const whose of own) {
          cells += 1;
          const answer = await ask(tokens[scope], whose, scope);
          const found = answer.status === 403 ? "not allowed" : answer.status === 404 ? "not there" : [200, 400, 428].includes(answer.status) ? "let in" : `${answer.status} ${answer.text}`;
          // By its one scope alone nobody has another's; a protected source is nobody's but its captor's.
          const isTheirs = whose === undefined ? name !== "slug" : whose === "own" || (path.endsWith("/release") && whose === "other");
          const isReview = needed === "stories:review" && scope === "stories:review" && (whose === "other" || whose === "protected");
          const expected = scope !== needed ? "not allowed" : isTheirs || isReview ? "let in" : "not there";
          if (found !== expected) wrong.push(`${method} ${path} with ${scope}, ${whose ?? "no object"}: ${found}, not ${expected}`);
        }
      for (const token of [undefined, "twk_wrong", room.keys.revoked]) {
        cells += 1;
        const { status } = await ask(token, "own", needed);
        if (status !== 401) wrong.push(`${method} ${path} with ${token ?? "no key"}: ${status}`);
      }
    }
    assert.deepEqual(wrong, []);
    t.diagnostic(`${cells} cells, 0 wrong`);
  } finally {
    await room.stop();
  }
});

function openedDrafts(): number {
  const drafts = openDrafts(room.newsroom.folder, room.newsroom.effects);
  try {
    return drafts.list().length;
  } finally {
    drafts.close();
  }
}
