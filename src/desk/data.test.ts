// Transfers, tags and public sources come in at the desk: tried first with nothing written, then taken in, the same entries as by
// the command; what cannot be read says its file, line and field; a second time changes nothing.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { deskNewsroom, type DeskNewsroom, type Handle } from "../../test/desk-newsroom.ts";
import { repositoryRoot } from "../../test/scale.ts";
import { listActs } from "../accounts/accounts.ts";
import { listTransferSets, openTagBook } from "../tracing/tracing.ts";
import { writeParquet } from "../parquet.ts";

const THIEF = "0x00000000000000000000000000000000000000aa";

let bench: DeskNewsroom;
before(async () => void (bench = await deskNewsroom()));
after(() => bench?.remove());

type File = { name: string; bytes: Uint8Array | string };
const demo = (...path: string[]): File => ({ name: path.at(-1)!, bytes: readFileSync(join(repositoryRoot, "demo", ...path)) });

function send(handle: Handle, path: string, fields: Record<string, string>, files: readonly File[]) {
  const boundary = "----tracewire";
  const parts = Object.entries({ csrf: bench.signedIn(handle).csrf, format: "auto", ...fields }).map(([name, value]) => Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`));
  const sent = files.flatMap(({ name, bytes }) => [Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n\r\n`), Buffer.from(bytes), Buffer.from("\r\n")]);
  return bench.ask(path, { cookie: `tracewire-desk=${bench.tokens[handle]}`, payload: Buffer.concat([...parts, ...sent, Buffer.from(`--${boundary}--\r\n`)]), headers: { "content-type": `multipart/form-data; boundary=${boundary}` } });
}

async function ended(handle: Handle, at: string): Promise<string> {
  for (let look = 0; look < 600; look++) {
    const { body } = await bench.as(handle, at);
    if (!body.includes("data-watch")) return body;
    await sleep(50);
  }
  return assert.fail("it does not end");
}

async function triedBy(handle: Handle, fields: Record<string, string>, files: readonly File[]): Promise<{ at: string; body: string }> {
  const { location: at, body } = await send(handle, "/desk/data", fields, files);
  assert.match(at, /^\/desk\/data\/\d+$/, body);
  return { at, body: await ended(handle, at) };
}

const command = (...args: string[]) => {
  const call = ["--disable-warning=ExperimentalWarning", join(repositoryRoot, "src", "cli.ts"), ...args, "--data", bench.newsroom.folder];
  const { status, stdout, stderr } = spawnSync(process.execPath, call, { cwd: repositoryRoot, env: { ...process.env, NO_COLOR: "1" }, encoding: "utf8" });
  return { code: status, out: stdout, err: stderr };
};
const plain = (text: string): string => text.replaceAll(/<[^>]+>/g, " ").replaceAll(/&quot;/g, '"').replaceAll(/&#39;/g, "'").replaceAll("&amp;", "&").replaceAll(/\s+/g, " ");

test("transfers of one's own: tried with nothing written, taken in as the command does, a second time nothing", async () => {
  const size = bench.newsroom.log.size();
  const blobs = () => readdirSync(join(bench.newsroom.folder, "blobs"), { recursive: true }).length;
  const stored = blobs();
  const { at, body } = await triedBy("anna", {}, [demo("try", "transfers.csv")]);
  const said = command("import", "transfers", "demo/try/transfers.csv", "--dry-run").out.split("\n").filter((line) => line !== "" && !line.startsWith("Readers do not"));
  assert.ok(said.length >= 1);
  for (const line of said) assert.ok(plain(body).includes(line.trim().replaceAll(/\s+/g, " ")), `${line}\n${plain(body)}`);
  assert.deepEqual([bench.newsroom.log.size(), blobs()], [size, stored], "nothing was written");
  assert.equal((await bench.as("edda", at)).status, 404, "it is hers");
  assert.equal((await bench.as("anna", `${at}/take`, {})).status, 303);
  assert.match(await ended("anna", at), /Taken in\./);
  assert.equal((await bench.as("anna", `${at}/take`, {})).status, 409, "once");
  const [set] = listTransferSets(bench.newsroom.log);
  assert.deepEqual([set!.name, set!.released], ["transfers/transfers", undefined]);
  assert.match(command("import", "transfers", "demo/try/transfers.csv").out, /no new row/, "the command finds the same set");
  assert.match((await triedBy("anna", {}, [demo("try", "transfers.csv")])).body, /no new row[^]*There is nothing to take in/);
  assert.match((await bench.as("anna", "/desk/data")).body, /<td>transfers\/transfers<\/td>/);
  assert.deepEqual(listActs(bench.accounts, { handle: "anna", limit: 9 }).map(({ act, object }) => `${act} ${object}`).reverse(), ["data.try transfers.csv", "data.import transfers.csv", "data.try transfers.csv"]);
});

test("what cannot be read says its file, line and field; mended on the same page, and asked otherwise", async () => {
  const size = bench.newsroom.log.size();
  const { at, body } = await triedBy("anna", { format: "transfers", chain: "eip155:1" }, [{ name: "own.csv", bytes: "txid,from,to,amount\nw1,0x0000000000000000000000000000000000000001,0x0000000000000000000000000000000000000002,1.5\n" }]);
  assert.match(body, /It failed, and nothing was written\.<\/strong> [^<]*amount[^]*Where: <code>own\.csv:2<\/code>/);
  assert.match(body, /value="eip155:1"/, "what was typed stands there again");
  const again = await send("anna", `${at}/try`, { format: "transfers", chain: "eip155:1", decimals: "18", name: "by-hand" }, []);
  assert.equal(again.location, at, again.body);
  assert.match(await ended("anna", at), /transfers\/by-hand: 1 transfers on eip155:1/);
  await send("anna", `${at}/try`, { format: "transfers" }, [{ name: "own.csv", bytes: "txid,from,to,amount\nw1,a,b,15\nw2,b,c,-1\n" }]);
  assert.match(await ended("anna", at), /Where: <code>own\.csv:3<\/code>/, "the mended file stands in the first one's place");
  assert.match((await triedBy("anna", {}, [{ name: "own.csv", bytes: "hash,sender\na,b\n" }])).body, /No format is known for own\.csv, which begins: hash,sender/);
  assert.equal(bench.newsroom.log.size(), size);
});

test("Parquet; a public source of several files at once; tags of one's own", async () => {
  const parquet = writeParquet(["txid", "from", "to", "amount"], [{ txid: "p1", from: "one", to: "two", amount: "7" }], {});
  assert.match((await triedBy("anna", { format: "transfers" }, [{ name: "rows.parquet", bytes: parquet }])).body, /transfers\/rows: 1 transfers/);

  const lists = ["ETH", "LTC"].map((asset) => demo("sources", "ofac-crypto-2024-09-27", `sanctioned_addresses_${asset}.txt`));
  const source = await triedBy("rosa", { edition: "2024-09-27" }, lists);
  assert.match(source.body, /Read as ofac-crypto: [^]*\(edition 2024-09-27\): \d+ rows/);
  assert.equal((await bench.as("rosa", `${source.at}/take`, {})).status, 303);
  assert.match(await ended("rosa", source.at), /Readers do not see it until it is made public/);
  assert.match(command("import", "ofac-crypto", ...lists.map(({ name }) => `demo/sources/ofac-crypto-2024-09-27/${name}`), "--edition", "2024-09-27").out, /no new row/);

  const tags = await triedBy("anna", { format: "tags" }, [{ name: "tags.csv", bytes: `address,label,category,source\n${THIEF},The thief,perpetrator,Our own report\n` }]);
  assert.doesNotMatch(tags.body, /It failed/, plain(tags.body));
  await bench.as("anna", `${tags.at}/take`, {});
  assert.match(await ended("anna", tags.at), /Taken in\./);
  assert.equal(openTagBook(bench.newsroom.log, { log_size: bench.newsroom.log.size() }).tagsOf(THIEF, "eip155:1")[0]!.label, "The thief");
});

test("to make public is for who releases; nothing, an unknown format and a set that is not there are refused; cancelled is over", async () => {
  assert.equal((await send("anna", "/desk/data", { release: "yes" }, [demo("try", "transfers.csv")])).status, 403);
  assert.equal((await send("anna", "/desk/data", {}, [])).status, 400);
  assert.equal((await send("anna", "/desk/data", { format: "no-such" }, [demo("try", "transfers.csv")])).status, 400);
  assert.equal((await send("anna", "/desk/data", { supersedes: "no-such" }, [demo("try", "transfers.csv")])).status, 404);
  const { at, body } = await triedBy("edda", { release: "yes" }, [demo("try", "transfers.csv")]);
  assert.match(body, /they are public from now on/);
  await bench.as("edda", `${at}/take`, {});
  await ended("edda", at);
  assert.notEqual(listTransferSets(bench.newsroom.log).find(({ name }) => name === "transfers/transfers")!.released, undefined);
  const long = await send("anna", "/desk/data", { format: "transfers" }, [{ name: "long.csv", bytes: `txid,from,to,amount\n${Array.from({ length: 60_000 }, (_, row) => `q${row},a,b,1\n`).join("")}` }]);
  assert.equal((await bench.as("anna", `${long.location}/cancel`, {})).status, 303);
  assert.match((await bench.as("anna", long.location)).body, /Cancelled\./);
  assert.equal((await bench.as("anna", `${long.location}/cancel`, {})).status, 409);
});
