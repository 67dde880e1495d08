// What the people at the desk wait for in a case of ten thousand claims (test/large-newsroom.ts, from a seed): each page and
// each thing that a script asks while somebody works. Processor time: of the first asking, of asking again, and of asking
// after a claim was written; the aim is 100 ms for what somebody does many times a day.
// Run: <pinned node> bench/desk.ts [STORIES]   (ten claims to a story; 1000 when left out)
import { existsSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { enterByLink, firstLink, openAccounts } from "../src/accounts/accounts.ts";
import { appendClaim, readClaims } from "../src/casefile/casefile.ts";
import { deskApp, type Desk } from "../src/desk/desk.ts";
import { systemEffects } from "../src/effects.ts";
import { openForWriting, openNewsroom } from "../src/newsroom.ts";
import { fillLargeNewsroom } from "../test/large-newsroom.ts";
import { machine, median } from "./measure.ts";

const stories = Number(process.argv[2] ?? 1_000);
const AGAIN = 5;
const AIM_MS = 100;
const ORIGIN = "http://localhost";
const folder = join(tmpdir(), `tracewire-bench-desk-${stories}`);

if (!existsSync(folder)) (await fillLargeNewsroom(folder, stories, 1)).close();
for (const file of ["accounts.db", "accounts.db-wal", "accounts.db-shm"]) rmSync(join(folder, file), { force: true });
const accounts = openAccounts(folder, systemEffects);
const { token } = await enterByLink(accounts, firstLink(accounts)!.token, { handle: "ada", password: "seven quiet herons" }, { network: "127.0.0.0/24", agent: "bench" });
accounts.close();
const desk: Desk = deskApp().openDesk({
  folder,
  effects: systemEffects,
  url: ORIGIN,
  hosts: ["localhost"],
  egress: () => Promise.reject(new Error("a bench fetches nothing")),
  report: (error) => console.error(error),
});
await desk.app.ready();

type Asked = { form?: Record<string, string>; headers?: Record<string, string> };
async function ask(path: string, { form, headers = {} }: Asked = {}) {
  const from = process.cpuUsage();
  const answer = await desk.app.inject({
    method: form ? "POST" : "GET",
    url: `/desk${path}`,
    headers: { host: "localhost", cookie: `tracewire-desk=${token}`, ...(form ? { origin: ORIGIN, "content-type": "application/x-www-form-urlencoded" } : {}), ...headers },
    ...(form ? { payload: new URLSearchParams(form).toString() } : {}),
  });
  const { user, system } = process.cpuUsage(from);
  return { ms: (user + system) / 1_000, status: answer.statusCode, body: answer.body, location: String(answer.headers.location ?? ""), kb: answer.rawPayload.length / 1_024 };
}

const newsroom = openNewsroom(folder);
const { log } = newsroom;
const { seq: _seq, at: _at, by: _by, kind_of: _kind, released: _released, ...theft } = readClaims(log, { log_size: log.size(), evidence: "released" }, { kind: "theft", field: "amount", limit: 1 })[0]!;
const capture = log.db.prepare("SELECT max(seq) AS seq FROM captures").get()!.seq as number;
const csrf = /name="csrf" value="([^"]+)"/.exec((await ask("/stories")).body)![1]!;
const begun = (await ask("/stories", { form: { csrf, headline: "A story to be measured" } })).location.replace("/desk", "");
const { document } = JSON.parse((await ask(`${begun}/document`)).body) as { document: { head: object; doc: { content: unknown[] } } };
const words = log.db.prepare("SELECT body FROM captures WHERE seq = ?").get(capture)!.body as string;
const quote = /[A-Za-z]{4,}/.exec((JSON.parse(words) as { title?: string }).title ?? "")?.[0] ?? "the";

/** A save needs the version before it. */
let version = 1;
const save = async () => {
  const said = Array.from(String(version), (digit) => "abcdefghij"[Number(digit)]).join("");
  const content = document.doc.content.with(-1, { type: "paragraph", content: [{ type: "text", text: `It was written to measure, ${said}.` }] });
  const answer = await ask(`${begun}/document`, { form: { csrf, head: JSON.stringify(document.head), doc: JSON.stringify({ ...document.doc, content }) }, headers: { "if-match": `"${version}"` } });
  version = (JSON.parse(answer.body) as { version: number }).version;
  return answer;
};
const pages = ["", "/inbox", "/captures", `/captures/${capture}`, "/claims", `/subjects/${theft.subject}`, "/attribution", "/overlap", "/replies", "/traces", "/stories", begun, "/front", "/newsletter", "/moved", "/embargoed", "/acts", "/people"];
const asked: Record<string, () => ReturnType<typeof ask>> = {
  ...Object.fromEntries(pages.map((path) => [`page ${path.replaceAll(/\d{4}-.*/g, "…") || "/"}`, () => ask(path)])),
  "marked words fill in the form": () => ask(`/captures/${capture}/fill`, { form: { csrf, quote } }),
  "the checks answer": () => ask(`/captures/${capture}/check`, { form: { csrf, quote, subject: theft.subject, field: "amount", value: "41000000", unit: "USD", claimant: "Office of audit", hedge: "asserted", basis: "as_published", measure: "gross" } }),
  "= finds a figure": () => ask("/find/figures?q=thefts"),
  "@ finds a name": () => ask("/find/names?q=vault"),
  "a story opens": () => ask(`${begun}/document`),
  "a story is saved": save,
};

console.log(machine());
console.log(`${stories} stories, ${log.db.prepare("SELECT count(*) AS n FROM claims").get()!.n as number} claims, ${log.size()} entries\n`);
console.log("| asked | first ms | again ms | after a claim ms | KB |\n|---|---|---|---|---|");
const slow: string[] = [];
for (const [name, one] of Object.entries(asked)) {
  const first = await one();
  const again: number[] = [];
  for (let at = 0; at < AGAIN; at++) again.push((await one()).ms);
  const after: number[] = [];
  for (let at = 0; at < AGAIN; at++) {
    const writer = openForWriting(folder, systemEffects);
    writer.transact("bench", (transaction) =>
      appendClaim(transaction, { ...theft, value: String(1_000 + log.size() + at) }, "bench"),
    );
    writer.close();
    after.push((await one()).ms);
  }
  if (first.status >= 400) slow.push(`${name}: ${first.status}`);
  if (median(again) > AIM_MS || median(after) > AIM_MS) slow.push(name);
  console.log(`| ${name} | ${first.ms.toFixed(0)} | ${median(again).toFixed(0)} | ${median(after).toFixed(0)} | ${first.kb.toFixed(0)} |`);
}
console.log(slow.length === 0 ? "\nnothing over the aim" : `\nover ${AIM_MS} ms: ${slow.join(", ")}`);
await desk.close();
newsroom.close();
