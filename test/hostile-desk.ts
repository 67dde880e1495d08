// A desk on which everything that somebody can write says what `texts` say: claims, captures and their file names, stories, press
// releases, replies, traces and their places, archives, letters, tables, devices. With every page of it, by the route that serves it.
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { KEYS_FILE, openKeyStore } from "../src/api/api.ts";
import { openWebhookStore, WEBHOOKS_FILE } from "../src/webhooks/webhooks.ts";
import { datasetOfEntry, importDataset, findReader, readRows } from "../src/datasets/datasets.ts";
import type { Question } from "../src/desk/questions.ts";
import { DESK_ROUTES } from "../src/desk/routes.ts";
import { openInbox } from "../src/desk/inbox.ts";
import { appendClaim, appendJudgement, appendRequest, parseClaim, prepareAnswer, appendAnswer, prepareRequest, type ClaimInput } from "../src/casefile/casefile.ts";
import { seededRandom } from "../src/effects.ts";
import { appendCapture, appendRelease, prepareCapture } from "../src/evidence/evidence.ts";
import { appendFigureSpec } from "../src/figures/figures.ts";
import { composeDraft, openPeople } from "../src/newsletter/newsletter.ts";
import { openDrafts, openSchedule, openSubmissions, parseStory, preparePhoto, previewLink, publishStory, withdrawStory, type Story } from "../src/press/press.ts";
import { findTrace, listTransferSets, openTraceNotes, readAskWords } from "../src/tracing/tracing.ts";
import { invite } from "../src/accounts/accounts.ts";
import { ORGANISATION, type DeskNewsroom, type Handle } from "./desk-newsroom.ts";
import { keepTrace } from "./kept-trace.ts";
import { madePhoto } from "./made-pictures.ts";

/** Under each route its pages, and who looks. */
export type DeskPages = Record<string, (readonly [Handle | undefined, string])[]>;

/** What is answered with something that is no page: for our own scripts, or to be saved. */
export const NO_PAGES = [
  "/acts.csv", "/inbox.json", "/captures/:capture/bytes", "/captures/:capture/pages/:page", "/traces/:trace/steps", "/traces/:trace/graph.json", "/newsletter/preview.html",
  "/works/:work/files/:file", "/questions/:question/files/:file", "/stories/:draft/document", "/stories/:draft/pictures/:picture", "/find/figures", "/find/names", "/find/kinds", "/preview/:link/pictures/:picture",
] as const;

export const pageRoutes = (): string[] => DESK_ROUTES.filter(({ method, path }) => method === "GET" && !(NO_PAGES as readonly string[]).includes(path)).map(({ path }) => path);

const bare = (text: string): string => text.replaceAll(/[\s\u0000]+/g, " ").trim() || "x";
const cut = (text: string, chars: number): string => bare(text).slice(0, chars).toWellFormed();

export async function hostileDesk(bench: DeskNewsroom, texts: readonly string[]): Promise<DeskPages> {
  const { newsroom, accounts, now } = bench;
  const at = (place: number): string => texts[place % texts.length]!.replaceAll("\u0000", "");
  const clock = { clock: now };
  const whole = texts.map((text) => text.replaceAll("\u0000", ""));
  const capture = async (bytes: Uint8Array, name: string, title: string) => {
    const prepared = await prepareCapture(newsroom.blobs, { bytes, origin: { from: "file", name }, retrieved_at: now(), retrieved_by: "edda", grade: "copy", source_grade: "F", item_grade: "6", title, licence: at(4) });
    return newsroom.transact("edda", (transaction) => appendCapture(transaction, prepared));
  };
  const page = await capture(new TextEncoder().encode(whole.join("\n\n")), `${cut(at(3), 150)}.txt`, at(20));
  const quoted = (text: string) => `"${text.replaceAll('"', '""').replaceAll(/[\r\n]/g, " ")}"`;
  const rows = whole.slice(0, 60).map((text, place) => `${quoted(text)},${quoted(at(place + 7))},${place}`);
  const table = await capture(new TextEncoder().encode(`${quoted(at(8))},${quoted(at(9))},amount_usd\n${rows.join("\n")}\n${quoted(`Total ${at(1)}`)},x,99\n`), `${cut(at(5), 150)}.csv`, at(21));

  // Every text is a claim, by a claimant of that name, out of a place that quotes it.
  const claim = (subject: string, field: string, value: string, more: Partial<ClaimInput> = {}) => {
    const claimant = cut(value, 190);
    return { subject, field, value, claimant, document: cut(value, 290), wording: value, hedge: "asserted" as const, as_of: "2024", source: { capture: page, locator: { quote: value } }, ...more };
  };
  const amount = (subject: string, value: string, text: string, more: Partial<ClaimInput> = {}) =>
    claim(subject, "amount", value, {
      claimant: cut(text, 190), document: text.slice(0, 290), wording: text, unit: "USD", valuation: { basis: "as_published" }, source: { capture: page, locator: { quote: text } }, ...more,
    });
  newsroom.transact("edda", (transaction) => {
    const add = (given: Partial<ClaimInput>) => appendClaim(transaction, parseClaim(given as ClaimInput), "edda");
    for (const [place, text] of whole.entries()) add(claim(place < 40 ? "theft/hostile" : `theft/hostile-${place}`, "victim", text, { unit: cut(text, 100) }));
    const seqs = whole.slice(0, 60).flatMap((text, place) => [
      add(claim(`theft/hostile-${place % 12}`, "attributed_to", text)),
      add(claim(`theft/hostile-${place % 12}`, "attributed_to", text, { hedge: "denied", claimant: cut(at(place + 1), 190) })),
      add(claim(`actor/hostile-${place % 5}`, "alias", text)),
      add(amount(`theft/hostile-${place}`, String(place), text)),
      add(amount(`theft/parts-${place}`, "300", text, { part_of: cut(text, 190) })),
      add(amount(`theft/parts-${place}`, "250", text)),
    ]);
    appendRelease(transaction, [page, ...seqs], [], "edda");
    for (const text of whole.slice(0, 30)) appendJudgement(transaction, { question: "same", subject: "theft/hostile", other: "theft/hostile-41", verdict: "unsure", why: text }, "edda");
    for (let place = 0; place < 12; place++)
      appendFigureSpec(transaction, { id: `hostile-${place}`, title: cut(at(place), 190), measure: "count", of: "theft", noun: { one: cut(at(place + 1), 60), many: cut(at(place + 2), 60) } }, "edda");
  });

  // Names and addresses that two groups share, in a public list.
  const indicators = new TextEncoder().encode(`# Reference: https://x.example/${bare(at(6)).replaceAll(" ", "")}\n${whole.slice(0, 40).map(bare).filter((text) => !text.startsWith("#")).join("\n")}\n`);
  await importDataset(newsroom, findReader("maltrail", []), [`apt_${cut(at(10), 60)}.txt`, `apt_${cut(at(12), 60)}.txt`].map((name) => ({ name, bytes: indicators })), { by: "edda", retrieved_at: now(), release: true });

  // Stories: out, moved, withdrawn, waiting, on their way, supplied.
  const inline = (text: string) => [{ type: "text" as const, text: bare(text) }];
  const paragraph = (text: string) => ({
    type: "paragraph" as const, content: [...inline(text), { type: "figure" as const, id: "hostile-2", form: "short" as const }, { type: "name" as const, text: cut(text, 100) }],
  });
  const said = (slug: string, from: number, more: Partial<Story> = {}): Story =>
    parseStory({
      type: "story", slug, topic: cut(at(from), 40).replaceAll(":", " ").trim() || "x", byline: cut(at(from + 1), 80), happened: "2024",
      headline: [...inline(at(from + 2)), { type: "figure", id: "hostile-1", form: "exact" }], standfirst: inline(at(from + 3)),
      sections: [{ title: inline(at(from + 4)), blocks: whole.slice(from, from + 40).map(paragraph) }],
      replies: [], ...more,
    });
  const waivers = ["unbound-number", "unheld-name", "unheld-quotation", "unheld-date", "stronger-than-the-claim", "headline-not-carried"].map((rule, place) => ({ rule, why: cut(`x ${at(place)}`, 190) }));
  const put = (story: Story, why?: string) => newsroom.transact("edda", (transaction) => publishStory(transaction, newsroom.log, story, { by: "edda", waivers, ...(why === undefined ? {} : { why }) }));
  put(said("hostile", 0));
  put(said("hostile", 2), at(13));
  put(said("hostile-withdrawn", 5));
  put(said("hostile-supplied", 9, { type: "release", supplied_by: cut(at(8), 90) }));
  newsroom.transact("edda", (transaction) => withdrawStory(transaction, newsroom.log, "hostile-withdrawn", { by: "edda", why: at(14) }));
  const schedule = openSchedule(newsroom.folder);
  const waits = schedule.add({ slug: "hostile-waits", due: "2030-01-01T00:00:00.000Z", by: "edda", story: said("hostile-waits", 11), waivers, why: at(15) });
  schedule.close();
  // And the evidence moves under what is printed.
  newsroom.transact("edda", (transaction) => appendRelease(transaction, [appendClaim(transaction, parseClaim(claim("theft/moves-all", "victim", at(1)) as ClaimInput), "edda")], [], "edda"));

  const submissions = openSubmissions(newsroom.folder, clock);
  const fit = (place: number, chars: number) => cut(`x ${at(place)}`, chars);
  for (let place = 0; place < 15; place++)
    submissions.send("sam", {
      organisation: ORGANISATION, headline: fit(place, 190), summary: fit(place + 15, 590), text: whole.slice(place * 3, place * 3 + 40).join("\n\n").slice(0, 39_000).toWellFormed() || "x", embargo: null,
      contact: fit(place + 30, 290), licence: fit(place + 45, 190),
    });
  submissions.close();

  const drafts = openDrafts(newsroom.folder, clock);
  const draft = drafts.create("edda", `# ${bare(at(1))}\n\n${whole.join("\n\n")}`);
  drafts.save(draft.id, "edda", `---\nslug: hostile-draft\ntopic: Sanctions\nbyline: ${bare(at(30))}\nhappened: 2026-01-01\n---\n\n# ${bare(at(15))}\n\n> x\n\n${whole.join("\n\n").replaceAll("{", "(")}\n`, 1);
  drafts.step(draft.id, "edda", "in review", { version: 2 });
  drafts.step(draft.id, "ada", "draft", { version: 2, note: at(17) });
  drafts.waive(draft.id, "edda", "unbound-number", fit(18, 190));
  drafts.addPicture(draft.id, "edda", await preparePhoto(await madePhoto(), "a.jpg", now()), { credit: bare(at(19)), licence: bare(at(22)), alt: bare(at(23)) });
  const preview = previewLink(drafts.previewKey(seededRandom(2)), { draft: draft.id, version: 2, expires: new Date(Date.parse(now()) + 3_600_000).toISOString() });
  drafts.close();

  const inbox = openInbox(newsroom.folder, clock);
  for (const text of whole.slice(0, 60)) {
    const nothing = { sha256: null, byte_count: null, declared_media_type: null, is_protected: false };
    const item = inbox.add({ ...nothing, by: "edda", url: `https://x/${text}`, title: text, licence: text, grade: "copy", source_grade: "F", origin: { from: "url", name: text } });
    inbox.move(item.id, ["waiting"], "failed", { reason: text });
  }
  const item = inbox.list().find(({ title }) => title.includes("alert(1)"))!.id;
  inbox.close();

  for (const [place, name] of (["asked", "answered"] as const).entries()) {
    const request = await prepareRequest(newsroom.blobs, {
      name, asked_of: fit(place, 190), channel: fit(place + 3, 190), asked_at: "2026-02-01", deadline: "2026-02-08", reminder: "2026-02-05", about: "hostile",
      wording: whole.slice(0, 30).join("\n\n"),
    }, "edda", now());
    newsroom.transact("edda", (transaction) => appendRequest(transaction, request, "edda"));
  }
  const answer = await prepareAnswer(newsroom.blobs, { name: "answered", claimant: fit(24, 190), answered_at: "2026-02-03", hedge: "denied", text: whole.slice(30, 60).join("\n\n") }, "edda", now());
  newsroom.transact("edda", (transaction) => appendAnswer(transaction, answer, "edda"));

  // An address has no spaces; a slash between attributes does as well.
  const place = (text: string) => cut(text, 110).replaceAll(/\s/g, "/");
  await keepTrace(newsroom, "hostile", {
    transfers: `txid,from,to,amount\nt0,victim,thief,1000000\n${whole.slice(0, 60).map((text, number) => `${quoted(place(`s${number}${text}`))},thief,${quoted(place(`${number}${text}`))},${900 - number}`).join("\n")}\n`,
    stops: [`${place(`0${whole[0]!}`).replaceAll("=", "")}=service:${cut(at(25), 80).replaceAll("=", " ")}`],
  });
  const notes = openTraceNotes(newsroom.folder, clock);
  notes.put("hostile", "thief", at(26), "anna");
  notes.close();
  const { id: job } = bench.desk.traceJobs.start({ by: "anna", ask: readAskWords({ from: cut(at(27), 110) }), among: [] });

  const people = openPeople(newsroom.folder, { ...clock, random: seededRandom(5) });
  composeDraft(people, newsroom.log, { slugs: ["hostile"] });
  people.close();

  const edda = bench.signedIn("edda").user.id;
  for (const text of texts.slice(0, 15)) {
    accounts.db.prepare("INSERT INTO passkeys (user, credential, public_key, counter, transports, name, created) VALUES (?, ?, x'00', 0, '[]', ?, ?)").run(edda, text, text, now());
    accounts.db.prepare("INSERT INTO acts (at, user, handle, network, act, object) VALUES (?, ?, 'edda', ?, ?, ?)").run(now(), edda, text, text, text);
  }
  accounts.db.prepare("UPDATE sessions SET agent = ? WHERE user = ?").run(texts[2]!, edda);
  const { token } = invite(accounts, { handle: "invited", role: "supplier", organisation: cut(at(28), 90) });

  // An archive whose every post is a text, under a file name that is one.
  const posts = whole.slice(0, 12).map((text, place) =>
    `<item><title>${xml(text)}</title><link>https://old.example/${place}</link><guid>g${place}</guid><pubDate>Mon, 04 Sep 2023 10:00:00 GMT</pubDate><category>${xml(at(place + 1))}</category>` +
    `<description>${xml(whole.slice(place * 8, place * 8 + 8).join("\n"))}</description></item>`);
  const archive = `<?xml version="1.0"?><rss version="2.0"><channel><title>${xml(at(29))}</title><link>https://old.example/</link>${posts.join("")}</channel></rss>`;
  const sent = await upload(bench, "edda", "/desk/imports", { format: "feed", topic: cut(at(31), 50) }, cut(at(32), 120).replaceAll('"', "'"), archive);
  for (let look = 0; look < 400 && /Look again/.test((await bench.as("edda", sent)).body); look++) await new Promise((resolve) => setTimeout(resolve, 50));

  // Keys and webhooks under such names, and what receivers answered.
  openKeyStore(newsroom.folder, { ...clock, random: seededRandom(6) }).close();
  const hooks = openWebhookStore(newsroom.folder, { ...clock, random: seededRandom(7) });
  hooks.add({ name: "hostile", url: `https://x.example/${bare(at(2)).replaceAll(" ", "")}`, events: [], is_here: false }, newsroom.log);
  hooks.close();
  const [keys, told] = [KEYS_FILE, WEBHOOKS_FILE].map((file) => new DatabaseSync(join(newsroom.folder, file)));
  for (const [place, text] of whole.slice(0, 40).entries()) {
    keys!.prepare("INSERT INTO keys (name, hash, scopes, created) VALUES (?, ?, ?, ?)").run(text, new Uint8Array([place]), JSON.stringify([text]), now());
    told!.prepare("INSERT INTO answers (hook, entry, at, outcome, answer) VALUES ('hostile', ?, ?, ?, ?)").run(place, now(), text, text);
  }
  told!.prepare("UPDATE hooks SET last = ?, next_at = ?").run(at(3), at(4));
  for (const db of [keys!, told!]) db.close();

  // Reports in such words: some are open by the lint, one is built; and an export of a list of such a name.
  const report = (symbol: string, from: number, waive: boolean) =>
    JSON.stringify({
      title: unbound(at(from)), symbol, desk: cut(at(from + 1), 110), period: "2024", language: "en", summary: unbound(at(from + 2)),
      sections: [{ title: unbound(at(from + 3)), paragraphs: whole.slice(from, from + 30).map(unbound) }], ...(waive ? { waive: waivers } : {}),
    });
  const save = async (text: string): Promise<boolean> => (await bench.as("edda", "/desk/reports", { text, base: "0", act: "save" })).status === 303;
  const symbols: string[] = [];
  for (let from = 0; from < 40 && symbols.length < 3; from++) if (await save(report(`TW/${from}`, from, symbols.length > 0))) symbols.push(`tw-${from}`);
  if (symbols.length < 3) throw new Error("no report could be saved");
  const works: string[] = [];
  for (const [path, form] of [
    ...symbols.map((symbol) => [`/desk/reports/texts/${symbol}/build`, { version: "1" }] as const),
    ["/desk/exports", { what: "list", id: cut(at(6), 190) }] as const,
  ]) {
    const { location } = await bench.as("edda", path, form);
    works.push(location.replace("/desk", ""));
    for (let look = 0; look < 400 && /Stop it/.test((await bench.as("edda", location)).body); look++) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const built = bench.desk.works.list().find(({ ask, found }) => ask.kind === "report" && found?.good);
  if (!built) throw new Error(`no report was built: ${bench.desk.works.list().map(({ reason, found }) => reason ?? JSON.stringify(found?.lists).slice(0, 300)).join("; ")}`);
  const checked = (await bench.as("ada", "/desk/verify", { key: at(38).slice(0, 200) })).location;
  for (let look = 0; look < 400 && /Stop it/.test((await bench.as("ada", checked)).body); look++) await new Promise((resolve) => setTimeout(resolve, 50));

  // Questions, exceptions and rows that somebody brought, in such words.
  const listed = "eip155:1:0x098b716b8aaf21512996dc57eb0615e2383e2f96";
  newsroom.transact("edda", (transaction) => {
    for (const text of whole.slice(0, 20)) transaction.append({ kind: "screening_exception", account: listed, list: "ofac-crypto", reason: text, until: "2099-01-01", by: "edda" });
  });
  const among = listTransferSets(newsroom.log).map(({ seq }) => String(seq));
  const questions: number[] = [];
  const ask = async (question: Question, input?: Uint8Array): Promise<void> => {
    const { id } = bench.desk.questionJobs.start("edda", question, input);
    questions.push(id);
    for (let look = 0; look < 400 && ["waiting", "running"].includes(bench.desk.questionJobs.find(id)!.state); look++) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  const day = { on: "2026-03-01", today: "2026-03-01", lists: [] };
  await ask({ kind: "screen", ...day, name: cut(at(3), 150), among });
  await ask({ kind: "screen", ...day, input_name: at(5), pasted: at(5), among }, new TextEncoder().encode(whole.join("\n")));
  await ask({ kind: "lowest", address: "thief", since: at(7), among });
  await ask({ kind: "cluster", address: at(9), payjoins: [at(10)], strict: false, among });
  await ask({ kind: "rank", from: "thief", method: "ttr", among });
  await ask({ kind: "compare", before: "hostile", after: "hostile", among });
  const hop = findTrace(newsroom.log, "hostile", undefined, "all")!;
  const [reached] = readRows(newsroom.log, datasetOfEntry(newsroom.log, hop.totals)).filter(({ what }) => what === "held");
  await ask({ kind: "ways", trace: "hostile", to: reached!.place!, method: hop.ask.methods[0]!, among });
  const { id: brought } = bench.desk.dataJobs.start({ by: "edda", format: "transfers", options: { licence: at(11) } }, [{ name: at(12), bytes: new TextEncoder().encode(`txid,from,to,amount\nz,${quoted(at(13))},b,${quoted(at(14))}\n`) }]);
  for (let look = 0; look < 400 && bench.desk.dataJobs.find(brought)!.state === "trying"; look++) await new Promise((resolve) => setTimeout(resolve, 50));

  const asked = encodeURIComponent(at(6));
  const e = (...paths: string[]) => paths.map((path) => ["edda", `/desk${path}`] as const);
  return {
    "/": e(""),
    "/boards/:board": ["inbox", "questions", "checks", "replies", "figures", "releases", "scheduled", "mail"].flatMap((board) => e(`/boards/${board}`)).concat([["anna", "/desk/boards/traces"] as never], e(`/boards/questions?after=${asked}`)),
    "/sign-in": [[undefined, "/desk/sign-in"], [undefined, `/desk/sign-in?next=${asked}`]],
    "/join/:link": [[undefined, `/desk/join/${token}`], [undefined, `/desk/join/${asked}`]],
    "/confirm": e(`/confirm?next=${asked}`),
    "/account": e("/account"),
    "/account/codes": e("/account/codes"),
    "/people": [["ada", "/desk/people"]],
    "/people/:handle": [["ada", "/desk/people/edda"], ["ada", `/desk/people/${asked}`]],
    "/acts": [["ada", "/desk/acts"], ["ada", `/desk/acts?by=${asked}`]],
    "/inbox": e("/inbox"),
    "/inbox/:item": e(`/inbox/${item}`),
    "/captures": e("/captures"),
    "/captures/:capture": e(`/captures/${page}`, `/captures/${page}?quote=${asked}&page=1`, `/captures/${table}`),
    "/captures/:capture/tables/:table": e(`/captures/${table}/tables/1`),
    "/claims": e("/claims", `/claims?before=${asked}`, `/claims?${asked}=1`),
    "/subjects/:kind/:name": e("/subjects/theft/hostile", "/subjects/theft/hostile-3", "/subjects/actor/hostile-1", "/subjects/theft/parts-1", `/subjects/theft/${asked}`),
    "/attribution": e("/attribution", `/attribution?whom=${asked}&by=${asked}`),
    "/overlap": e("/overlap", `/overlap?after=${asked}`),
    "/replies": e("/replies"),
    "/replies/new": e("/replies/new"),
    "/replies/:reply": e("/replies/asked", "/replies/answered", `/replies/${asked}`),
    "/traces": [["anna", "/desk/traces"], ["anna", "/desk/traces?before=1"]],
    "/traces/jobs/:job": [["anna", `/desk/traces/jobs/${job}`]],
    "/traces/:trace": [["anna", "/desk/traces/hostile"], ["anna", `/desk/traces/${asked}`]],
    "/traces/:trace/graph": [["anna", "/desk/traces/hostile/graph#open=all"]],
    "/questions/:question": e(...questions.map((id) => `/questions/${id}`), `/questions/${asked}`),
    "/clusters": e("/clusters"),
    "/screen": e("/screen"),
    "/exceptions": e("/exceptions"),
    "/data": e("/data"),
    "/data/:import": e(`/data/${brought}`, `/data/${asked}`),
    "/stories": e("/stories"),
    "/stories/:draft": e(`/stories/${draft.id}`, `/stories/${draft.id}?form=text`),
    "/stories/:draft/compare": e(`/stories/${draft.id}/compare?from=1&to=2`),
    "/stories/:draft/preview": ["wide", "narrow", "print", "mail"].flatMap((way) => e(`/stories/${draft.id}/preview?as=${way}`)),
    "/preview/:link": [[undefined, `/desk/preview/${preview}`], [undefined, `/desk/preview/${asked}`]],
    "/front": e("/front", "/front?at=2030-06-01T00:00:00Z", `/front?at=${asked}`),
    "/newsletter": e("/newsletter", `/newsletter?note=${asked}`),
    "/newsletter/preview": e("/newsletter/preview"),
    "/imports": e("/imports"),
    "/imports/:job": e(sent.replace("/desk", ""), `/imports/${asked}`),
    "/embargoed": e("/embargoed"),
    "/embargoed/:embargoed": e(`/embargoed/${waits.id}`),
    "/moved": e("/moved", `/moved?corrected=${asked}`),
    "/published": e("/published", `/published?slug=${asked}`, `/published?before=${asked}`),
    "/published/:slug": e("/published/hostile", "/published/hostile-withdrawn", "/published/hostile-supplied", `/published/${asked}`),
    "/keys": [["ada", "/desk/keys"]],
    "/webhooks": [["ada", "/desk/webhooks"]],
    "/webhooks/:hook": [["ada", "/desk/webhooks/hostile"], ["ada", `/desk/webhooks/${asked}`]],
    "/release": e("/release", `/release?ids=${page}`, `/release?ids=${asked}`),
    "/erase": e("/erase", `/erase?ids=${page}&claims=yes`, `/erase?ids=${asked}`),
    "/reports": e("/reports"),
    "/reports/begin": e("/reports/begin", `/reports/begin?of=${asked}`),
    "/reports/texts/:report": e(...symbols.map((symbol) => `/reports/texts/${symbol}`), `/reports/texts/${asked}`),
    "/reports/built/:built": e(`/reports/built/${built.id}`),
    "/exports": e("/exports"),
    "/reproduce": e("/reproduce", `/reproduce?id=${asked}`),
    "/verify": [["ada", "/desk/verify"]],
    "/works/:work": [...e(...works, `/works/${asked}`), ["ada", checked]],
    "/releases": [["sam", "/desk/releases"]],
    "/releases/:submission": [["sam", "/desk/releases/1"], ["sam", "/desk/releases/7"]],
    "/supplied": e("/supplied"),
    "/supplied/:submission": [1, 4, 7, 10, 13].flatMap((place) => e(`/supplied/${place}`)),
  };
}

/** In a report's text a brace binds, and a bracket would be a link out of it. */
const unbound = (text: string): string => cut(text, 280).replaceAll(/[{}[\]]/g, "(");

const xml = (text: string): string => text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Sends one file by a form; where it leads. */
async function upload(bench: DeskNewsroom, handle: Handle, path: string, fields: Record<string, string>, name: string, content: string): Promise<string> {
  const boundary = "----hostile-desk";
  const parts = Object.entries({ csrf: bench.signedIn(handle).csrf, ...fields }).map(([field, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n${value}\r\n`);
  const payload = Buffer.from(`${parts.join("")}--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: text/xml\r\n\r\n${content}\r\n--${boundary}--\r\n`);
  const { location, body } = await bench.ask(path, { cookie: `tracewire-desk=${bench.tokens[handle]}`, payload, headers: { "content-type": `multipart/form-data; boundary=${boundary}` } });
  if (location === "") throw new Error(body.slice(-600));
  return location;
}
