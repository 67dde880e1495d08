// A report at the desk: its text is checked with the place of each mistake, kept in versions that nobody overwrites, built to the
// same bytes as by the command, looked at, and said in the log once.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { deskNewsroom, type Answered, type DeskNewsroom, type Handle } from "../../test/desk-newsroom.ts";
import { repositoryRoot } from "../../test/scale.ts";
import { listActs } from "../accounts/accounts.ts";
import { sha256Hex, verifyBundle } from "../evidence/evidence.ts";
import { appendFigureSpec } from "../figures/figures.ts";
import { listIssuedReports } from "../reports/reports.ts";

const TEXT = `${readFileSync(join(repositoryRoot, "test", "report-sample.yaml"), "utf8")}      - The case file holds {{thefts}} of them.\n`;
let bench: DeskNewsroom;
let folder: string;
before(async () => {
  bench = await deskNewsroom();
  folder = mkdtempSync(join(tmpdir(), "tracewire-reports-"));
  const { newsroom } = bench;
  newsroom.claim([{ subject: "theft/a", field: "amount", value: "12", unit: "USD", valuation: { basis: "as_published" }, claimant: "The monitors" }]);
  newsroom.transact("edda", (transaction) => appendFigureSpec(transaction, { id: "thefts", title: "Thefts", measure: "count", of: "theft", field: "amount", noun: { one: "theft", many: "thefts" } }, "edda"));
});
after(async () => {
  await bench?.remove();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

async function ended(handle: Handle, { status, location, body }: Answered): Promise<{ path: string; body: string }> {
  assert.equal(status, 303, body);
  for (;;) {
    const { body: page } = await bench.as(handle, location);
    if (!page.includes("Stop it")) return { path: location, body: page };
    await pause(30);
  }
}

test("each mistake is told with its line and nothing typed is lost; what is open stands there; what is right is kept", async () => {
  assert.match((await bench.as("anna", "/desk/reports")).body, /No text is kept yet/);
  assert.match((await bench.as("anna", "/desk/reports/begin")).body, /symbol: TW\/2026\/1/);
  for (const [text, place] of [
    [TEXT.replace("period: 2024-01-01/2024-12-31", "perod: 2024"), /<strong>Line \d+:<\/strong> .*perod: there is no such field/],
    [`${TEXT}   bad: [`, /<strong>Line \d+:<\/strong>/],
    [TEXT.replace("{{thefts}}", "{{no-such-figure}}"), /There is no figure “no-such-figure”/],
    [TEXT.replace("{{thefts}}", "58"), /“58” is typed/],
  ] as const)
    for (const act of place.source.includes("<strong>") ? ["check", "save"] : ["check"]) {
      const answer = await bench.as("anna", "/desk/reports", { text, base: "0", act });
      assert.match(answer.body, place, text.slice(-60));
      assert.ok(answer.body.includes("Neither names its sources"), "what was typed is there");
    }
  assert.match((await bench.as("anna", "/desk/reports", { text: TEXT, base: "0", act: "check" })).body, /Nothing is open/);
  assert.match((await bench.as("anna", "/desk/reports")).body, /No text is kept yet/);
  assert.equal((await bench.as("anna", "/desk/reports", { text: TEXT, base: "0", act: "save" })).status, 303);
});

test("versions: on top of what was read, conflicts shown side by side, by desk and by command alike", async () => {
  const texts = (version: string) => bench.as("anna", `/desk/reports/texts/tw-2026-9?version=${version}`);
  const newest = 1;
  assert.match((await bench.as("anna", "/desk/reports", { text: TEXT, base: "1", act: "save" })).location, /saved=yes/, "an equal text is no new version");
  assert.equal((await bench.as("anna", "/desk/reports", { text: TEXT.replace("was not asked yet", "was not asked"), base: "1", act: "save" })).location, "/desk/reports/texts/tw-2026-9?saved=yes");
  const other = await bench.as("rosa", "/desk/reports", { text: TEXT.replace("nobody has said why", "nobody says why"), base: String(newest), act: "save" });
  assert.equal(other.status, 409);
  assert.match(other.body, /anna saved version/);
  assert.match(other.body, /nobody says why/);
  assert.ok(other.body.includes(`name="base" value="${newest + 1}"`));
  assert.equal((await texts("999")).status, 404);

  const file = join(folder, "report.yaml");
  const command = (...args: string[]) =>
    spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", join(repositoryRoot, "src", "cli.ts"), "report", ...args, "--data", bench.newsroom.folder], { encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } });
  assert.equal(command("show", "tw-2026-9").stdout, TEXT.replace("was not asked yet", "was not asked"));
  assert.equal(command("show", "tw-2026-9", "--version", "1").stdout, TEXT);
  writeFileSync(file, TEXT.replace("were read in full", "were read whole"));
  assert.equal(command("keep", file, "--version", String(newest)).status, 3, "on top of an older one");
  assert.equal(command("keep", file, "--version", String(newest + 1), "--by", "olga").status, 0);
  assert.match((await bench.as("anna", "/desk/reports")).body, new RegExp(`<td class="num">${newest + 2}</td><td>olga</td>`));
  assert.match(command("list").stdout, /tw-2026-9 {2}TW\/2026\/9/);
});

test("a build is the bytes of the command's, is looked at without script, and is said in the log once; a draft is not", async () => {
  const { newsroom } = bench;
  const page = (await bench.as("anna", "/desk/reports/texts/tw-2026-9")).body;
  const version = /name="version" value="(\d+)"/.exec(page)![1]!;
  const draft = await ended("anna", await bench.as("anna", "/desk/reports/texts/tw-2026-9/build", { version, draft: "yes" }));
  assert.match(draft.body, /A draft is not handed out/);
  const built = await ended("edda", await bench.as("edda", "/desk/reports/texts/tw-2026-9/build", { version }));
  assert.match(built.body, /3 paragraphs, /);
  const id = built.path.split("/").at(-1)!;
  const names = ["bundle.json", "report.html", "report.json", "report.pdf", "SHA256SUMS"];
  const out = join(folder, "out");
  const made = spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", join(repositoryRoot, "src", "cli.ts"), "report", "build", join(folder, "report.yaml"), "--out", out, "--data", newsroom.folder], { encoding: "utf8" });
  assert.equal(made.status, 0, made.stderr);
  for (const name of names) {
    const { bytes } = await bench.as("edda", `${built.path}/files/${name}`);
    assert.equal(sha256Hex(bytes), sha256Hex(readFileSync(join(out, name))), name);
  }
  assert.equal(verifyBundle(readFileSync(join(out, "bundle.json"), "utf8"), { key: newsroom.verifierKey }).outcome, "clean");
  const looked = await bench.as("edda", `/desk/reports/built/${id}`);
  assert.equal(looked.status, 200);
  assert.match(String(looked.headers["content-security-policy"]), /default-src 'none'/);
  assert.doesNotMatch(String(looked.headers["content-security-policy"]), /script-src/);

  const draftId = draft.path.split("/").at(-1)!;
  assert.equal((await bench.as("anna", `/desk/reports/built/${draftId}/issue`, {})).status, 403, "an analyst does not publish");
  assert.equal((await bench.as("edda", `/desk/reports/built/${draftId}/issue`, {})).status, 404, "another's");
  assert.equal((await bench.as("edda", `/desk/reports/built/${id}/issue`, {})).status, 303);
  assert.equal((await bench.as("edda", `/desk/reports/built/${id}/issue`, {})).status, 303, "a second time changes nothing");
  const issued = listIssuedReports(newsroom.log);
  assert.deepEqual(issued.map(({ symbol, by }) => [symbol, by]), [["TW/2026/9", "edda"]]);
  assert.match((await bench.as("anna", "/desk/reports")).body, /Handed out/);
  assert.match((await bench.as("anna", `/desk/reports/begin?of=${issued[0]!.seq}`)).body, /were read whole/);
  assert.deepEqual(listActs(bench.accounts, { handle: "edda", limit: 9 }).map(({ act }) => act), ["report.issue", "report.issue", "report.build"]);
  assert.deepEqual(bench.faults, []);
});

test("a text that names a previous report is built with its data, and Annex E says what changed; without it, it is refused", async () => {
  const previous = readFileSync(join(folder, "out", "report.json"), "utf8");
  const { location } = await bench.as("edda", "/desk/reports", { text: TEXT.replace("language: en", "language: en\nprevious: report.json").replace("were read in full", "were read slowly").replace("TW/2026/9", "TW/2026/10"), base: "0", act: "save" });
  assert.equal(location, "/desk/reports/texts/tw-2026-10?saved=yes");
  const refused = await bench.as("edda", "/desk/reports/texts/tw-2026-10/build", { version: "1" });
  assert.match(refused.body, /names a previous report/);
  const boundary = "----report";
  const part = (head: string, value: string) => `--${boundary}\r\ncontent-disposition: form-data; ${head}\r\n\r\n${value}\r\n`;
  const send = (file: string) =>
    bench.ask("/desk/reports/texts/tw-2026-10/build", {
      cookie: `tracewire-desk=${bench.tokens.edda}`,
      headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
      payload: `${part('name="csrf"', bench.signedIn("edda").csrf)}${part('name="version"', "1")}${part('name="file"; filename="report.json"\r\ncontent-type: application/json', file)}--${boundary}--\r\n`,
    });
  const built = await ended("edda", await send(previous));
  const report = JSON.parse((await bench.as("edda", `${built.path}/files/report.json`)).body) as { annexes: { changes: unknown } };
  assert.match(JSON.stringify(report.annexes.changes), /read slowly/);
  assert.match((await ended("edda", await send("{}"))).body, /It failed/);
  assert.deepEqual(bench.faults, []);
});
