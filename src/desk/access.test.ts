// Every route × role × kind of credential × whose object: 0 wrong, either way. What is expected stands here in words of its
// own and not in the rules; a route that is not in this table fails the test.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { deskNewsroom, ORGANISATION, PEOPLE, type Answered, type DeskNewsroom, type Handle } from "../../test/desk-newsroom.ts";
import { openKeyStore } from "../api/api.ts";
import { endSession, SESSION_LIMITS, type Role } from "../accounts/accounts.ts";
import { appendClaim, appendJudgement, appendRequest, parseClaim, prepareRequest } from "../casefile/casefile.ts";
import { seededRandom } from "../effects.ts";
import { appendCapture, prepareCapture } from "../evidence/evidence.ts";
import { makePdf, pageContent } from "../evidence/extractors/pdf-sample.ts";
import { composeDraft, openPeople } from "../newsletter/newsletter.ts";
import { openReportTexts } from "../reports/reports.ts";
import { openDrafts, openSchedule, openSubmissions, parseStoryText, preparePhoto, publishStory } from "../press/press.ts";
import { readAskWords } from "../tracing/tracing.ts";
import { repositoryRoot } from "../../test/scale.ts";
import { madePhoto } from "../../test/made-pictures.ts";
import { openWebhookStore } from "../webhooks/webhooks.ts";
import { keepTrace } from "../../test/kept-trace.ts";
import { openInbox } from "./inbox.ts";
import { DESK_ROUTES } from "./routes.ts";
import type { DeskRoute } from "./route.ts";
import type { WorkAsk } from "./work-jobs.ts";
import { openDeskServer } from "./server.ts";

type Roles = readonly Role[] | "anyone";
type Whose = "own" | "other" | "protected" | "nobody";
type Expected = { roles: Roles; fresh?: true; object?: { name: string; /** Who sees each, of those that have the role. */ seen: Partial<Record<Whose, readonly Role[]>> } };

const ALL: Roles = ["supplier", "reader", "reporter", "analyst", "editor", "administrator"];
const READERS: Roles = ["reader", "reporter", "analyst", "editor", "administrator"];
const STAFF: Roles = ["reporter", "analyst", "editor", "administrator"];
const WRITERS: Roles = ["reporter", "editor", "administrator"];
const TRACERS: Roles = ["analyst", "editor", "administrator"];
const DESK: Roles = ["editor", "administrator"];
const ADMIN: Roles = ["administrator"];

const capture = { name: "capture", seen: { own: STAFF, other: STAFF, protected: ["editor"] } } as const;
const inbox = { name: "item", seen: { own: STAFF, other: DESK, protected: ["editor"] } } as const;
const draft = { name: "draft", seen: { own: WRITERS, other: DESK } } as const;

const work = { name: "work", seen: { own: STAFF, protected: ADMIN } } as const;

const EXPECTED: Record<string, Expected> = {
  "GET /": { roles: ALL },
  "GET /sign-in": { roles: "anyone" },
  "POST /sign-in": { roles: "anyone" },
  "POST /sign-in/passkey-options": { roles: "anyone" },
  "POST /sign-in/passkey": { roles: "anyone" },
  "POST /sign-out": { roles: ALL },
  "GET /join/:link": { roles: "anyone" },
  "POST /join/:link": { roles: "anyone" },
  "GET /confirm": { roles: ALL },
  "POST /confirm": { roles: ALL },
  "POST /confirm/passkey-options": { roles: ALL },
  "POST /confirm/passkey": { roles: ALL },
  "GET /account": { roles: ALL },
  "POST /account/passkey-options": { roles: ALL, fresh: true },
  "POST /account/passkeys": { roles: ALL, fresh: true },
  "POST /account/passkeys/:passkey/remove": { roles: ALL, fresh: true, object: { name: "passkey", seen: { own: ALL } } },
  "GET /account/codes": { roles: ALL },
  "POST /account/codes": { roles: ALL, fresh: true },
  "POST /account/codes/prove": { roles: ALL, fresh: true },
  "POST /account/codes/stop": { roles: ALL, fresh: true },
  "POST /account/recovery-codes": { roles: ALL, fresh: true },
  "POST /account/password": { roles: ALL, fresh: true },
  "POST /account/sessions/:session/end": { roles: ALL, fresh: true, object: { name: "session", seen: { own: ALL } } },
  "GET /people": { roles: ADMIN },
  "POST /people": { roles: ADMIN, fresh: true },
  "GET /people/:handle": { roles: ADMIN },
  "POST /people/:handle/role": { roles: ADMIN, fresh: true },
  "POST /people/:handle/end-sessions": { roles: ADMIN },
  "POST /people/:handle/reset": { roles: ADMIN, fresh: true },
  "POST /people/:handle/remove": { roles: ADMIN, fresh: true },
  "GET /keys": { roles: ADMIN },
  "POST /keys": { roles: ADMIN, fresh: true },
  "POST /keys/:key/revoke": { roles: ADMIN, fresh: true },
  "GET /webhooks": { roles: ADMIN },
  "POST /webhooks": { roles: ADMIN, fresh: true },
  "GET /webhooks/:hook": { roles: ADMIN },
  "POST /webhooks/:hook/rotate": { roles: ADMIN, fresh: true },
  "POST /webhooks/:hook/replay": { roles: ADMIN },
  "POST /webhooks/:hook/remove": { roles: ADMIN, fresh: true },
  "GET /acts": { roles: ADMIN },
  "GET /acts.csv": { roles: ADMIN, fresh: true },
  "GET /inbox": { roles: STAFF },
  "GET /inbox.json": { roles: STAFF },
  "POST /inbox": { roles: STAFF },
  "GET /inbox/:item": { roles: STAFF, object: inbox },
  "POST /inbox/:item/grade": { roles: STAFF, object: inbox },
  "POST /inbox/:item/cancel": { roles: STAFF, object: inbox },
  "POST /inbox/:item/again": { roles: STAFF, object: inbox },
  "GET /captures": { roles: STAFF },
  "GET /captures/:capture": { roles: STAFF, object: capture },
  "GET /captures/:capture/pages/:page": { roles: STAFF, object: capture },
  "GET /captures/:capture/bytes": { roles: STAFF, object: capture },
  "POST /captures/:capture/claims": { roles: STAFF, object: capture },
  "POST /captures/:capture/fill": { roles: STAFF, object: capture },
  "GET /captures/:capture/tables/:table": { roles: STAFF, object: capture },
  "POST /captures/:capture/tables/:table": { roles: STAFF, object: capture },
  "POST /captures/:capture/tables/:table/undo": { roles: STAFF, object: capture },
  "POST /captures/:capture/regions": { roles: STAFF, object: capture },
  "POST /captures/:capture/check": { roles: STAFF, object: capture },
  "GET /claims": { roles: STAFF },
  "POST /claims/:claim/undo": { roles: STAFF, object: { name: "claim", seen: { own: STAFF, other: DESK, protected: ["editor"] } } },
  "POST /claims/:claim/release": { roles: DESK, object: { name: "claim", seen: { own: DESK, other: DESK, protected: ["editor"] } } },
  "GET /subjects/:kind/:name": { roles: STAFF },
  "POST /subjects/:kind/:name/release": { roles: DESK },
  "POST /judgements": { roles: STAFF },
  "POST /judgements/:judgement/undo": { roles: STAFF, object: { name: "judgement", seen: { own: STAFF, other: DESK } } },
  // Boards: `own` is one for everybody, `other` of the case file, `protected` of the mail.
  "GET /boards/:board": { roles: ALL, object: { name: "board", seen: { own: READERS, other: STAFF, protected: DESK } } },
  "GET /attribution": { roles: STAFF },
  "GET /overlap": { roles: STAFF },
  "GET /traces": { roles: TRACERS },
  "POST /traces": { roles: TRACERS },
  "GET /traces/jobs/:job": { roles: TRACERS, object: { name: "job", seen: { own: TRACERS } } },
  "POST /traces/jobs/:job/cancel": { roles: TRACERS, object: { name: "job", seen: { own: TRACERS } } },
  "POST /traces/jobs/:job/keep": { roles: TRACERS, object: { name: "job", seen: { own: TRACERS } } },
  "GET /traces/:trace": { roles: TRACERS, object: { name: "trace", seen: { own: TRACERS } } },
  "GET /traces/:trace/steps": { roles: TRACERS, object: { name: "trace", seen: { own: TRACERS } } },
  "GET /traces/:trace/graph": { roles: TRACERS, object: { name: "trace", seen: { own: TRACERS } } },
  "GET /traces/:trace/graph.json": { roles: TRACERS, object: { name: "trace", seen: { own: TRACERS } } },
  "POST /traces/:trace/notes": { roles: TRACERS, object: { name: "trace", seen: { own: TRACERS } } },
  "POST /traces/:trace/release": { roles: DESK, object: { name: "trace", seen: { own: DESK } } },
  "POST /traces/:trace/packet": { roles: TRACERS, object: { name: "trace", seen: { own: TRACERS } } },
  // A question is its asker's alone; an administrator's is no other's either.
  "GET /questions/:question": { roles: STAFF, object: { name: "question", seen: { own: STAFF } } },
  "GET /questions/:question/files/:file": { roles: STAFF, object: { name: "question", seen: { own: STAFF } } },
  "POST /questions/:question/cancel": { roles: STAFF, object: { name: "question", seen: { own: STAFF } } },
  "POST /questions/:question/keep": { roles: TRACERS, object: { name: "question", seen: { own: TRACERS } } },
  "POST /questions/ways": { roles: TRACERS },
  "POST /questions/lowest": { roles: TRACERS },
  "POST /questions/rank": { roles: TRACERS },
  "POST /questions/compare": { roles: TRACERS },
  "POST /traces/:trace/ways": { roles: TRACERS, object: { name: "trace", seen: { own: TRACERS } } },
  "POST /traces/:trace/lowest": { roles: TRACERS, object: { name: "trace", seen: { own: TRACERS } } },
  "POST /traces/:trace/audit": { roles: TRACERS, object: { name: "trace", seen: { own: TRACERS } } },
  "POST /traces/:trace/reproduce": { roles: TRACERS, object: { name: "trace", seen: { own: TRACERS } } },
  "GET /clusters": { roles: TRACERS },
  "POST /clusters": { roles: TRACERS },
  "GET /screen": { roles: STAFF },
  "POST /screen": { roles: STAFF },
  "GET /exceptions": { roles: STAFF },
  "POST /exceptions": { roles: STAFF },
  "POST /exceptions/:exception/end": { roles: STAFF },
  "GET /replies": { roles: STAFF },
  "GET /replies/new": { roles: STAFF },
  "POST /replies": { roles: STAFF },
  "GET /replies/:reply": { roles: STAFF },
  "POST /replies/:reply/answer": { roles: STAFF },
  "POST /replies/:reply/close": { roles: STAFF },
  "POST /replies/:reply/release": { roles: DESK },
  "GET /stories": { roles: WRITERS },
  "POST /stories": { roles: WRITERS },
  "GET /stories/:draft": { roles: WRITERS, object: draft },
  "POST /stories/:draft": { roles: WRITERS, object: draft },
  "POST /stories/:draft/catch-up": { roles: WRITERS, object: draft },
  "POST /stories/:draft/check": { roles: WRITERS, object: draft },
  "GET /stories/:draft/preview": { roles: WRITERS, object: draft },
  "GET /stories/:draft/compare": { roles: WRITERS, object: draft },
  "GET /stories/:draft/document": { roles: WRITERS, object: draft },
  "POST /stories/:draft/document": { roles: WRITERS, object: draft },
  "POST /stories/:draft/pictures": { roles: WRITERS, object: draft },
  "POST /stories/:draft/pictures/use": { roles: WRITERS, object: draft },
  "GET /stories/:draft/pictures/:picture": { roles: WRITERS, object: draft },
  "GET /preview/:link/pictures/:picture": { roles: "anyone" },
  "POST /stories/:draft/restore": { roles: WRITERS, object: draft },
  "POST /stories/:draft/presence": { roles: WRITERS, object: draft },
  "POST /stories/:draft/preview-link": { roles: WRITERS, object: draft },
  "GET /find/kinds": { roles: WRITERS },
  "POST /find/new-figure": { roles: WRITERS },
  "GET /moved": { roles: WRITERS },
  "POST /moved/:slug/correct": { roles: DESK },
  "GET /published": { roles: WRITERS },
  "GET /published/:slug": { roles: WRITERS },
  "POST /published/:slug/draft": { roles: WRITERS },
  "POST /published/:slug/withdraw": { roles: DESK },
  "POST /moved/stands": { roles: DESK },
  "GET /preview/:link": { roles: "anyone" },
  "POST /stories/:draft/waive": { roles: WRITERS, object: draft },
  "GET /find/figures": { roles: WRITERS },
  "GET /find/names": { roles: WRITERS },
  "POST /stories/:draft/step": { roles: WRITERS, object: draft },
  "POST /stories/:draft/approve": { roles: DESK, object: draft },
  "POST /stories/:draft/publish": { roles: DESK, object: draft },
  "GET /front": { roles: DESK },
  "POST /front": { roles: DESK },
  "GET /newsletter": { roles: DESK },
  "GET /newsletter/preview": { roles: DESK },
  "GET /newsletter/preview.html": { roles: DESK },
  "POST /newsletter/compose": { roles: DESK },
  "POST /newsletter/test": { roles: DESK },
  "POST /newsletter/send": { roles: DESK, fresh: true },
  "POST /newsletter/resolve": { roles: DESK },
  "POST /newsletter/bounces": { roles: DESK },
  "POST /newsletter/check-dns": { roles: DESK },
  "GET /imports": { roles: DESK },
  "POST /imports": { roles: DESK },
  "GET /imports/:job": { roles: DESK },
  "POST /imports/:job/take": { roles: DESK },
  "GET /data": { roles: STAFF },
  "POST /data": { roles: STAFF },
  "GET /data/:import": { roles: STAFF, object: { name: "import", seen: { own: STAFF } } },
  "POST /data/:import/try": { roles: STAFF, object: { name: "import", seen: { own: STAFF } } },
  "POST /data/:import/take": { roles: STAFF, object: { name: "import", seen: { own: STAFF } } },
  "POST /data/:import/cancel": { roles: STAFF, object: { name: "import", seen: { own: STAFF } } },
  "GET /release": { roles: DESK },
  "POST /release": { roles: DESK },
  "GET /erase": { roles: DESK },
  "POST /erase": { roles: DESK, fresh: true },
  "GET /reports": { roles: STAFF },
  "GET /reports/begin": { roles: STAFF },
  "POST /reports": { roles: STAFF },
  "GET /reports/texts/:report": { roles: STAFF },
  "POST /reports/texts/:report/build": { roles: STAFF },
  "GET /reports/built/:built": { roles: STAFF, object: { name: "built", seen: { own: STAFF } } },
  "POST /reports/built/:built/issue": { roles: DESK, fresh: true, object: { name: "built", seen: { own: DESK } } },
  "GET /exports": { roles: STAFF },
  "POST /exports": { roles: STAFF },
  "POST /exports/archive": { roles: ADMIN, fresh: true },
  "GET /reproduce": { roles: STAFF },
  "POST /reproduce": { roles: STAFF },
  "POST /reproduce/bundle": { roles: STAFF },
  "GET /verify": { roles: ADMIN },
  "POST /verify": { roles: ADMIN },
  // Works: `own` is an export, `protected` a check of everything that they had started before their role changed, `other` another's.
  "GET /works/:work": { roles: STAFF, object: work },
  // A check makes no file.
  "GET /works/:work/files/:file": { roles: STAFF, object: { name: "work", seen: { own: STAFF } } },
  "POST /works/:work/cancel": { roles: STAFF, object: work },
  // Press releases that were sent: `own` is of the supplier's organisation, `other` of another.
  "GET /releases": { roles: ["supplier"] },
  "POST /releases": { roles: ["supplier"] },
  "GET /releases/:submission": { roles: ["supplier"], object: { name: "submission", seen: { own: ["supplier"] } } },
  "POST /releases/:submission/take-back": { roles: ["supplier"], object: { name: "submission", seen: { own: ["supplier"] } } },
  "GET /supplied": { roles: DESK },
  "GET /supplied/:submission": { roles: DESK, object: { name: "submission", seen: { own: DESK, other: DESK } } },
  "POST /supplied/:submission/accept": { roles: DESK, object: { name: "submission", seen: { own: DESK, other: DESK } } },
  "POST /supplied/:submission/refuse": { roles: DESK, object: { name: "submission", seen: { own: DESK, other: DESK } } },
  "GET /embargoed": { roles: READERS },
  // Under embargo: `other` is another's press release, `protected` another's story.
  "GET /embargoed/:embargoed": { roles: READERS, object: { name: "embargoed", seen: { other: READERS, protected: DESK } } },
};

const nameOf = ({ method, path }: DeskRoute) => `${method} ${path}`;
const ACTORS = ["sam", "rita", "rosa", "anna", "edda", "ada"] as const satisfies readonly Handle[];

let bench: DeskNewsroom;
/** Values of a parameter for an actor. */
const objects: Record<string, Record<Handle, Partial<Record<Whose, string>>>> = {};
let key: string;

before(async () => {
  bench = await deskNewsroom();
  const { newsroom, accounts } = bench;
  const made = Object.fromEntries(
    ["capture", "item", "draft", "claim", "judgement", "embargoed", "session", "passkey"].map((name) => [name, {}]),
  ) as Record<string, Record<string, Partial<Record<"plain" | "protected", string>>>>;
  const drafts = openDrafts(newsroom.folder, { clock: bench.now });
  const items = openInbox(newsroom.folder, { clock: bench.now });
  const schedule = openSchedule(newsroom.folder);
  const picture = await preparePhoto(await madePhoto(), "a.jpg", bench.now());
  for (const handle of Object.keys(PEOPLE) as Handle[]) {
    for (const is_protected of [false, true]) {
      const kind = is_protected ? "protected" : "plain";
      const bytes = makePdf([pageContent([{ y: 700, words: `What ${handle} captured, ${kind}: 12 coins were taken.` }])]);
      const prepared = await prepareCapture(newsroom.blobs, {
        bytes, origin: { from: "file", name: `${handle}-${kind}.pdf` }, retrieved_at: bench.now(), retrieved_by: handle,
        grade: "copy", source_grade: "C", item_grade: "3", ...(is_protected ? { is_protected: true as const } : {}),
      });
      const seq = newsroom.transact(handle, (transaction) => appendCapture(transaction, prepared));
      (made.capture![handle] ??= {})[kind] = String(seq);
      const claim = newsroom.transact(handle, (transaction) =>
        appendClaim(transaction, parseClaim({ subject: `theft/of-${handle}`, field: "victim", value: `${handle} ${kind}`, claimant: "Somebody", hedge: "asserted", as_of: "2024", source: { capture: seq, locator: { quote: "12 coins" } } }), handle),
      );
      (made.claim![handle] ??= {})[kind] = String(claim);
      const item = items.add({
        by: handle, url: null, sha256: prepared.sha256, byte_count: bytes.length, title: `${handle} ${kind}`, licence: null, grade: "copy",
        source_grade: "C", is_protected, declared_media_type: "text/plain", origin: { from: "file", name: "x.txt" },
      });
      (made.item![handle] ??= {})[kind] = String(item.id);
      const type = is_protected ? "" : "type: release\nsupplied: Somebody\n";
      const story = parseStoryText(`---\n${type}slug: by-${handle}-${kind}\ntopic: Sanctions\nbyline: ${handle}\nhappened: 2026-03-01\n---\n\n# By ${handle}\n\n> Said.\n\nWords.\n`);
      (made.embargoed![handle] ??= {})[kind] = String(schedule.add({ slug: story.slug, due: "2027-01-01T00:00:00.000Z", by: handle, story, waivers: [] }).id);
    }
    const { id } = drafts.create(handle, `# By ${handle}\n`);
    drafts.addPicture(id, handle, picture, { credit: handle, licence: "all rights", alt: "A test" });
    made.draft![handle] = { plain: String(id) };
    made.judgement![handle] = { plain: String(newsroom.transact(handle, (transaction) => appendJudgement(transaction, { question: "victim_named", subject: `theft/of-${handle}`, verdict: "unsure", why: "for the test" }, handle))) };
    made.session![handle] = { plain: String(bench.signedIn(handle).session.id) };
    const passkey = accounts.db.prepare("INSERT INTO passkeys (user, credential, public_key, counter, transports, name, created) VALUES (?, ?, x'00', 0, '[]', 'key', ?)").run(bench.signedIn(handle).user.id, `credential of ${handle}`, bench.now());
    made.passkey![handle] = { plain: String(passkey.lastInsertRowid) };
  }
  const submissions = openSubmissions(newsroom.folder, { clock: bench.now });
  const sent = (organisation: string) => String(submissions.send("sam", { organisation, headline: `Of ${organisation}`, summary: "It is said.", text: "Words.", embargo: null, contact: "press", licence: "all rights" }).id);
  const [own, other] = [sent(ORGANISATION), sent("Another exchange")];
  objects.submission = Object.fromEntries(ACTORS.map((handle) => [handle, { own, other, nobody: "987654" }])) as (typeof objects)[string];
  for (const store of [drafts, items, schedule, submissions]) store.close();
  for (const [name, own] of Object.entries(made)) {
    objects[name] = {} as (typeof objects)[string];
    for (const handle of ACTORS) objects[name]![handle] = { own: own[handle]!.plain, other: own.olga!.plain, protected: own.olga!.protected, nobody: "987654" };
  }
  objects.board = Object.fromEntries(ACTORS.map((handle) => [handle, { own: "scheduled", other: "questions", protected: "mail", nobody: "__proto__" }])) as (typeof objects)[string];
  const published = parseStoryText("---\nslug: in-print\ntopic: Sanctions\nbyline: edda\nhappened: 2026-03-01\n---\n\n# What is in print\n\n> It is said.\n\nWords.\n");
  newsroom.transact("edda", (transaction) => publishStory(transaction, newsroom.log, published, { by: "edda" }));
  const people = openPeople(newsroom.folder, { clock: bench.now, random: seededRandom(5) });
  composeDraft(people, newsroom.log, { slugs: ["in-print"] });
  people.close();
  // Transfers are imported open: no set of them is of a protected source, so each of these roles sees the trace.
  await keepTrace(newsroom, "a-trace");
  objects.trace = Object.fromEntries(ACTORS.map((handle) => [handle, { own: "a-trace", nobody: "no-such-trace" }])) as (typeof objects)[string];
  const startJob = (by: Handle) => String(bench.desk.traceJobs.start({ by, ask: readAskWords({ from: "victim" }), among: [] }).id);
  objects.job = Object.fromEntries(ACTORS.map((handle) => [handle, { own: startJob(handle), nobody: "987654" }])) as (typeof objects)[string];
  for (const handle of ACTORS) objects.job[handle]!.other = objects.job[handle === "anna" ? "edda" : "anna"]!.own!;
  const question = async (by: Handle) => {
    const { id } = bench.desk.questionJobs.start(by, { kind: "compare", before: "a-trace", after: "a-trace", among: [] });
    while (bench.desk.questionJobs.find(id)!.state !== "done") await pause(50);
    return String(id);
  };
  objects.question = {} as (typeof objects)[string];
  for (const handle of ACTORS) objects.question[handle] = { own: await question(handle), nobody: "987654" };
  for (const handle of ACTORS) objects.question[handle]!.other = objects.question[handle === "anna" ? "edda" : "anna"]!.own!;
  const brought = async (by: Handle) => {
    const { id } = bench.desk.dataJobs.start({ by, format: "transfers", options: {} }, [{ name: "a.csv", bytes: new TextEncoder().encode("txid,from,to,amount\nz1,a,b,1\n") }]);
    while (bench.desk.dataJobs.find(id)!.state === "trying") await pause(50);
    return String(id);
  };
  objects.import = {} as (typeof objects)[string];
  for (const handle of ACTORS) objects.import[handle] = { own: await brought(handle), nobody: "987654" };
  for (const handle of ACTORS) objects.import[handle]!.other = objects.import[handle === "anna" ? "edda" : "anna"]!.own!;
  const startWork = (by: Handle, ask: WorkAsk) => bench.desk.works.start({ by, title: "A work", ask }).id;
  objects.work = {} as (typeof objects)[string];
  for (const handle of ACTORS) {
    const own = startWork(handle, { kind: "export", format: "list", id: "stories", form: "csv", base_url: "https://news.example.org" });
    objects.work[handle] = { own: String(own), protected: String(startWork(handle, { kind: "verify" })), nobody: "987654" };
  }
  for (const handle of ACTORS) objects.work[handle]!.other = objects.work[handle === "anna" ? "edda" : "anna"]!.own!;
  const text = readFileSync(join(repositoryRoot, "test", "report-sample.yaml"), "utf8");
  const texts = openReportTexts(newsroom.folder, { clock: bench.now });
  texts.save("rosa", text, 0);
  texts.close();
  for (const { id } of bench.desk.works.list()) while (["waiting", "running"].includes(bench.desk.works.find(id)!.state)) await pause(20);
  objects.built = {} as (typeof objects)[string];
  for (const handle of ACTORS) objects.built[handle] = { own: String(startWork(handle, { kind: "report", symbol: "TW/2026/9", text, draft: false, previous: false })), nobody: "987654" };
  for (const handle of ACTORS) objects.built[handle]!.other = objects.built[handle === "anna" ? "edda" : "anna"]!.own!;
  for (const { id } of bench.desk.works.list()) while (["waiting", "running"].includes(bench.desk.works.find(id)!.state)) await pause(20);
  const request = await prepareRequest(newsroom.blobs, { name: "a-request", asked_of: "Somebody", channel: "mail", asked_at: "2026-03-01", deadline: "2026-03-08", wording: "Is it so?" }, "rosa", bench.now());
  newsroom.transact("rosa", (transaction) => appendRequest(transaction, request, "rosa"));
  const keys = openKeyStore(newsroom.folder, { clock: bench.now, random: seededRandom(4) });
  key = keys.add("program", ["claims:unreleased", "tags:own", "traces:private"]).token;
  keys.close();
  const hooks = openWebhookStore(newsroom.folder, { clock: bench.now, random: seededRandom(6) });
  hooks.add({ name: "a-hook", url: "https://example.org/hook", events: [], is_here: false }, newsroom.log);
  hooks.close();
});
after(() => bench?.remove());

type Credential = "none" | "session" | "expired" | "revoked" | "wrong token" | "no token" | "another's token" | "foreign origin" | "no origin" | "service key" | "service key as cookie";
const CREDENTIALS: readonly Credential[] = ["none", "session", "expired", "revoked", "wrong token", "no token", "another's token", "foreign origin", "no origin", "service key", "service key as cookie"];

/** A form that no route takes: who is let in reads that its field is unknown, and nothing is done. */
const PROBE = "no-such-field";

async function askAs(route: DeskRoute, handle: Handle, params: Record<string, string>, credential: Credential, spare: Record<"expired" | "revoked", string>): Promise<Answered> {
  const path = `/desk${route.path === "/" ? "" : route.path.replace(/:(\w+)/g, (_, name: string) => params[name]!)}`;
  const session = { expired: spare.expired, revoked: spare.revoked }[credential as "expired"] ?? bench.tokens[handle];
  const cookie = credential === "none" || credential === "service key" ? undefined : `tracewire-desk=${credential === "service key as cookie" ? key : session}`;
  const others: Partial<Record<Credential, string>> = { "wrong token": "A".repeat(43), "another's token": bench.signedIn("olga").csrf };
  const csrf = credential === "no token" ? undefined : (others[credential] ?? bench.signedIn(handle).csrf);
  const headers: Record<string, string> = {
    ...(credential === "service key" ? { authorization: `Bearer ${key}` } : {}),
    ...(credential === "foreign origin" ? { origin: "https://evil.example", "sec-fetch-site": "cross-site" } : {}),
    ...(credential === "no origin" ? { origin: "null" } : {}),
  };
  if (route.method === "GET") return bench.ask(path, { cookie, headers });
  return bench.ask(path, { method: "POST", cookie, headers, form: { [PROBE]: "x", ...(csrf === undefined ? {} : { csrf }) } });
}

type Outcome = "let in" | "sign in" | "not allowed" | "not there" | "confirm" | "foreign form";

function outcomeOf(route: DeskRoute, { status, location, body }: Answered): Outcome | string {
  if (status === 303 && location.startsWith("/desk/sign-in")) return "sign in";
  if (status === 303 && location.startsWith("/desk/confirm")) return "confirm";
  if (status === 401 && body.includes("NOT_SIGNED_IN")) return "sign in";
  if (status === 403) return body.includes("NOT_ALLOWED") ? "not allowed" : body.includes("CONFIRM_IDENTITY") ? "confirm" : body.includes("FOREIGN_FORM") ? "foreign form" : `403 ${body.slice(-200)}`;
  if (status === 404 && body.includes("NOT_FOUND")) return "not there";
  if (route.method === "POST" && status === 400 && body.includes(PROBE)) return "let in";
  if (route.method === "GET" && (status === 200 || status === 410)) return "let in";
  return `${status} ${body.slice(0, 300)}`;
}

function expectedOf(route: DeskRoute, role: Role, whose: Whose | undefined, credential: Credential, fresh: boolean): Outcome {
  const { roles, object, fresh: needsFresh } = EXPECTED[nameOf(route)]!;
  const isForeign = ["foreign origin", "no origin"].includes(credential) && route.method === "POST";
  if (isForeign) return "foreign form";
  if (roles === "anyone") return "let in";
  if (["none", "expired", "revoked", "service key", "service key as cookie"].includes(credential)) return "sign in";
  if (!roles.includes(role)) return "not allowed";
  if (object && !object.seen[whose!]?.includes(role)) return "not there";
  if (needsFresh && !fresh) return "confirm";
  if (route.method === "POST" && ["wrong token", "no token", "another's token"].includes(credential)) return "foreign form";
  return "let in";
}

test("every route has its line in the table above, and the server serves no address besides", () => {
  assert.deepEqual(DESK_ROUTES.map(nameOf).sort(), Object.keys(EXPECTED).sort());
  const served = bench.desk.app.printRoutes({ commonPrefix: false, includeHooks: false }).match(/\((GET|POST|HEAD)[^)]*\)/g) ?? [];
  assert.equal(served.join(" ").match(/GET|POST/g)!.length, DESK_ROUTES.length + 4, "the assets, the way from /, and what programs write (program-writes.test.ts) besides");
});

test("a route without a rule is none: the compiler refuses it, and so does the server", () => {
  // @ts-expect-error: its rule is missing
  const route: DeskRoute = { method: "GET", path: "/open", about: "Open to all by mistake.", run: () => ({ json: 1 }) };
  assert.throws(() => openDeskServer({ url: "http://localhost", hosts: [], routes: [route] } as unknown as Parameters<typeof openDeskServer>[0]), /has no rule/);
});

for (const fresh of [true, false])
  test(`every route × role × credential × object, ${fresh ? "just signed in" : "an hour later"}: 0 wrong`, async () => {
    if (!fresh) bench.pass(60 * 60_000);
    const wrong: string[] = [];
    let asked = 0;
    for (const handle of ACTORS) {
      const spare = await spareSessions(handle);
      for (const route of DESK_ROUTES) {
        const { object } = EXPECTED[nameOf(route)]!;
        const cases: (Whose | undefined)[] = object ? (["own", "other", "protected", "nobody"] as const).filter((whose) => objects[object.name]![handle][whose] !== undefined) : [undefined];
        for (const whose of cases)
          for (const credential of CREDENTIALS) {
            // What belongs to a press release: `own` is the same as `other` there.
            if (object?.name === "embargoed" && whose === "own") continue;
            const params = { ...PARAMS, ...(object?.name === "question" ? { file: "differences.csv" } : {}), ...(object ? { [object.name]: objects[object.name]![handle][whose!]! } : {}) };
            const answer = await askAs(route, handle, params, credential, spare);
            asked += 1;
            const [found, expected] = [outcomeOf(route, answer), expectedOf(route, PEOPLE[handle], whose, credential, fresh)];
            if (found !== expected) wrong.push(`${nameOf(route)} as ${PEOPLE[handle]}, ${credential}, ${whose ?? "no object"}: ${found}, not ${expected}`);
            if (answer.headers["cache-control"] !== "no-store") wrong.push(`${nameOf(route)}: may be kept`);
          }
      }
    }
    assert.deepEqual(wrong, []);
    assert.ok(asked > 3_000, `${asked} requests`);
    assert.deepEqual(bench.faults, []);
  });

/** What is there, of those that are nobody's own. */
const PARAMS = { handle: "rosa", link: "A".repeat(43), kind: "theft", name: "of-ada", slug: "in-print", reply: "a-request", picture: "a.jpg", page: "1", table: "1", key: "1", hook: "a-hook", file: "stories.csv", exception: "1", report: "tw-2026-9" };

/** Two more sessions of the person: one left alone too long, one ended. Their own goes on. */
async function spareSessions(handle: Handle): Promise<Record<"expired" | "revoked", string>> {
  const { findSession, signIn } = await import("../accounts/accounts.ts");
  const { PASSWORD } = await import("../../test/desk-newsroom.ts");
  const begin = async () => (await signIn(bench.accounts, { who: handle, password: PASSWORD, code: "" }, { network: "198.51.100.0/24", agent: "spare" })).token;
  const [expired, revoked] = [await begin(), await begin()];
  const idle = new Date(Date.parse(bench.now()) - SESSION_LIMITS.idle_ms).toISOString();
  bench.accounts.db.prepare("UPDATE sessions SET seen = ? WHERE id = ?").run(idle, findSession(bench.accounts, expired)!.session.id);
  endSession(bench.accounts, findSession(bench.accounts, revoked)!.session.id);
  return { expired, revoked };
}
