// What an analyst asks at the desk besides a trace: each by its form, answered in a process of its own, and held against what
// the command says over the same folder: the same numbers, the same words.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { parse as parseCsv } from "csv-parse/sync";
import { deskNewsroom, type DeskNewsroom, type Handle } from "../../test/desk-newsroom.ts";
import { importMadeUp, keepTrace } from "../../test/kept-trace.ts";
import { repositoryRoot } from "../../test/scale.ts";
import { listActs } from "../accounts/accounts.ts";
import { fileOnDisk, guessReader, importTransfers, listTransferSets } from "../tracing/tracing.ts";

let bench: DeskNewsroom;
const scratch = mkdtempSync(join(tmpdir(), "tracewire-ask-"));
before(async () => {
  bench = await deskNewsroom();
  await keepTrace(bench.newsroom, "made-up");
  await keepTrace(bench.newsroom, "without-stops", { stops: [] });
});
after(async () => {
  await bench?.remove();
  rmSync(scratch, { recursive: true, force: true });
});

const command = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", join(repositoryRoot, "src", "cli.ts"), ...args, "--data", bench.newsroom.folder], {
    cwd: repositoryRoot,
    env: { ...process.env, NO_COLOR: "1", COLUMNS: "140" },
    encoding: "utf8",
  });
  return { code: status, out: stdout, err: stderr };
};
const jsonOf = (text: string): unknown[] => text.trim().split("\n").filter(Boolean).map((line) => JSON.parse(line) as unknown);
const plain = (text: string): string => text.replaceAll(/<[^>]+>/g, " ").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&").replaceAll(/\s+/g, " ");

/** The answer's page when it is there, and a way to its files. */
async function answered(path: string, form: Record<string, string>, handle: Handle = "anna"): Promise<{ at: string; body: string; file(name: string): Promise<string> }> {
  const asked = await bench.as(handle, path, form);
  assert.match(asked.location, /^\/desk\/questions\/\d+$/, asked.body);
  const at = asked.location;
  for (let look = 0; look < 600; look++) {
    const { body } = await bench.as(handle, at);
    if (!body.includes("data-watch")) return { at, body, file: async (name) => (await bench.as(handle, `${at}/files/${name}`)).body };
    await sleep(100);
  }
  return assert.fail("it does not end");
}

test("a way to an address, of a kept trace and from an address: the ways, amounts and words of tracewire trace path", async () => {
  const { body, file } = await answered("/desk/traces/made-up/ways", { to: "mixer", method: "fifo", depth: "" });
  const asked = ["trace", "path", "thief", "mixer", "--stop", "market=service:The market"];
  const said = command(...asked).out;
  assert.match(said, /^1\. at most 1 base units, 2 transfers\n +thief → shill-0 +2 base units +s0\n/);
  assert.deepEqual(jsonOf(await file("ways.jsonl")), jsonOf(command(...asked, "--json").out));
  for (const line of said.trim().split("\n")) assert.ok(plain(body).replaceAll("→ ", "").includes(line.trim().replaceAll(/\s+/g, " ").replaceAll("→ ", "")), line);
  const [hop] = parseCsv(await file("ways.csv"), { columns: true }) as Record<string, string>[];
  assert.deepEqual([hop!.way, hop!.from, hop!.to, hop!.amount, hop!.transfer], ["1", "thief", "shill-0", "2", "s0"]);
  const free = await answered("/desk/questions/ways", { from: "thief", to: "mixer", method: "lifo", direction: "forward", depth: "3" });
  assert.deepEqual(jsonOf(await free.file("ways.jsonl")), jsonOf(command("trace", "path", "thief", "mixer", "--methods", "lifo", "--depth", "3", "--json").out));
  assert.match((await answered("/desk/traces/made-up/ways", { to: "nowhere", method: "fifo" })).body, /Under fifo nothing of thief reached nowhere in these transfers\./);
  // From a transaction it begins where the money came to lie by it.
  const stolen = await answered("/desk/questions/ways", { from: "t1", to: "mixer", method: "fifo", direction: "forward" });
  assert.match(stolen.body, /1\. at most 1 base units, 2 transfers/);
});

test("the lowest balance: the bound, moments and words of tracewire trace lowest", async () => {
  const { body, file } = await answered("/desk/traces/made-up/lowest", { address: "thief", since: "t1", until: "", asset: "", amount: "" });
  const asked = ["trace", "lowest", "thief", "--since", "t1"];
  const [said] = jsonOf(command(...asked, "--json").out) as { traceable: string }[];
  assert.deepEqual(jsonOf(await file("lowest.json")), [said]);
  assert.equal(said!.traceable, "0");
  assert.ok(plain(body).includes(command(...asked).out.split("\n")[0]!), "its title");
  const free = await answered("/desk/questions/lowest", { address: "thief", since: "t1", amount: "70", until: "t2" });
  assert.deepEqual(jsonOf(await free.file("lowest.json")), jsonOf(command("trace", "lowest", "thief", "--since", "t1", "--until", "t2", "--amount", "70", "--json").out));
  const none = await answered("/desk/questions/lowest", { address: "thief", since: "yesterday" });
  assert.match(none.body, /It failed\..*yesterday.*is no transaction in which thief gives or takes.*Where: since\./);
  assert.match(none.body, /name="since" type="text" value="yesterday"/, "what was typed stands there again");
});

test("a ranking: the scores and words of tracewire trace rank", async () => {
  const { body, file } = await answered("/desk/questions/rank", { from: "thief", method: "appr" });
  assert.deepEqual(jsonOf(await file("ranking.json")), jsonOf(command("trace", "rank", "thief", "--method", "appr", "--json").out));
  for (const line of command("trace", "rank", "thief", "--method", "appr").out.split("\n").slice(4, 10)) assert.ok(plain(body).includes(line.trim().replaceAll(/\s+/g, " ")), line);
  assert.ok((parseCsv(await file("ranking.csv"), { columns: true }) as unknown[]).length > 30);
});

test("two kept traces side by side: the differences and words of tracewire trace compare", async () => {
  const { body, file } = await answered("/desk/questions/compare", { before: "made-up", after: "without-stops" });
  const said = command("trace", "compare", "made-up", "without-stops", "--json");
  assert.deepEqual(jsonOf(await file("differences.jsonl")), jsonOf(said.out));
  assert.ok(jsonOf(said.out).length > 0);
  const words = plain(body);
  for (const line of command("trace", "compare", "made-up", "without-stops").out.trim().split("\n").slice(-3)) assert.ok(words.includes(line.trim().replaceAll(/\s+/g, " ")), line);
  assert.match(words, /Not the same question: stops market=The market and nothing\./);
  assert.match((await answered("/desk/questions/compare", { before: "made-up", after: "made-up" })).body, /made-up and made-up say the same, place by place\./);
  assert.equal((await bench.as("anna", "/desk/questions/compare", { before: "made-up", after: "no-such" })).status, 404);
});

test("every step with the lots: the bytes of tracewire trace audit --lots", async () => {
  const { body, file, at } = await answered("/desk/traces/made-up/audit", {});
  assert.equal(command("trace", "audit", "made-up", "--lots", "--out", join(scratch, "a.csv")).code, 0);
  assert.equal(await file("steps.csv"), readFileSync(join(scratch, "a.csv"), "utf8"));
  assert.equal(await file("lots.csv"), readFileSync(join(scratch, "a-lots.csv"), "utf8"));
  command("trace", "audit", "made-up", "--lots", "--out", join(scratch, "a.html"));
  assert.equal(await file("steps-and-lots.html"), readFileSync(join(scratch, "a.html"), "utf8"));
  assert.equal((await bench.as("anna", `${at}/files/steps-and-lots.xlsx`)).bytes.subarray(0, 2).toString(), "PK");
  assert.match(body, /\d+ steps, \d+ lots\./);
  assert.equal((await bench.as("anna", `${at}/files/input`)).status, 404, "nothing but its files");
  assert.equal((await bench.as("anna", `${at}/files/..%2f..%2fnewsroom.key`)).status, 404);
});

test("a kept trace is made again: the hashes and words of tracewire reproduce", async () => {
  const { body, file } = await answered("/desk/traces/made-up/reproduce", {});
  assert.deepEqual(jsonOf(await file("reproduced.json")), jsonOf(command("reproduce", "made-up", "--json").out));
  assert.ok(plain(body).includes(command("reproduce", "made-up").out.trim().replaceAll(/\s+/g, " ")));
});

test("a cluster, and why two are together: those of tracewire cluster; kept under a name", async () => {
  const coin = (txid: string, inputs: object[], outputs: object[]) => `${JSON.stringify({ txid, inputs, outputs })}\n`;
  const path = join(scratch, "coins.jsonl");
  const first = coin("c0", [{ external: true, value: 50 }], [{ value: 30, address: "one" }, { value: 20, address: "two" }]);
  writeFileSync(path, first + coin("c1", [{ txid: "c0", vout: 0, value: 30 }, { txid: "c0", vout: 1, value: 20 }], [{ value: 49, address: "three" }]));
  const coins = fileOnDisk(path, "coins.jsonl");
  await importTransfers(bench.newsroom, (await guessReader([coins]))!, [coins], { by: "anna", retrieved_at: bench.now() });
  const { at, body, file } = await answered("/desk/clusters", { address: "one" });
  assert.deepEqual(jsonOf(await file("cluster.json")), jsonOf(command("cluster", "one", "--json").out));
  for (const line of command("cluster", "one").out.split("\n").filter(Boolean).slice(0, 1)) assert.ok(plain(body).includes(line), line);
  const why = await answered("/desk/clusters", { address: "one", why: "two" });
  assert.deepEqual(jsonOf(await why.file("cluster.json")), jsonOf(command("cluster", "one", "--why", "two", "--json").out));
  assert.match(why.body, /one and two were spent together in c1/);
  const kept = await answered(`${at}/keep`, { id: "the-pair" });
  assert.match(kept.body, /Kept as the-pair \(entry \d+\)\./);
  assert.match(command("cluster", "one", "--save", "the-pair").out, /Kept as the-pair already, the same set/);
  assert.equal((await bench.as("anna", `${at}/keep`, { id: "the-pair", release: "yes" })).status, 403, "making public is another right");
  assert.match((await answered("/desk/clusters", { address: "nobody" })).body, /It failed\. No set of transfers that is held shows the address nobody/);
});

test("what is asked is its asker's alone, ends when it is told to, and stands in the record of acts", async () => {
  const asked = await bench.as("anna", "/desk/questions/rank", { from: "thief", method: "ttr" });
  for (const path of [asked.location, `${asked.location}/files/ranking.json`]) assert.equal((await bench.as("edda", path)).status, 404);
  assert.equal((await bench.as("edda", `${asked.location}/cancel`, {})).status, 404);
  assert.equal((await bench.as("anna", `${asked.location}/cancel`, {})).status, 303);
  assert.match((await bench.as("anna", asked.location)).body, /Cancelled\./);
  const acts = listActs(bench.accounts, { handle: "anna", limit: 50 }).map(({ act }) => act);
  for (const act of ["trace.ways", "trace.lowest", "trace.rank", "trace.compare", "trace.audit", "trace.reproduce", "cluster.ask", "cluster.keep", "question.cancel"]) assert.ok(acts.includes(act), act);
  assert.match((await bench.as("anna", "/desk/traces")).body, /href="\/desk\/questions\/\d+">Worth a look, seen from thief<\/a>: cancelled/);
});

test("sets of a source that is protected are not read, and not named, for whom it is closed", async () => {
  await importMadeUp(bench.newsroom, "txid,from,to,amount\np1,hidden,thief,5\n");
  const { seq, captures } = listTransferSets(bench.newsroom.log).at(-1)!;
  bench.newsroom.log.db.prepare("UPDATE captures SET body = json_set(body, '$.is_protected', json('true'), '$.by', 'olga') WHERE seq = ?").run(captures[0]!);
  assert.match((await answered("/desk/questions/rank", { from: "hidden", method: "ttr" })).body, /It failed\./);
  assert.equal((await bench.as("anna", "/desk/questions/rank", { from: "thief", method: "ttr", sets: String(seq) })).status, 404);
});
