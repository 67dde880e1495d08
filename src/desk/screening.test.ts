// Screening at the desk: pasted addresses, a file, a name, exposure; held against the command over the same folder. And
// exceptions: recorded, heeded, ended, listed.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { parse as parseCsv } from "csv-parse/sync";
import { deskNewsroom, type DeskNewsroom, type Handle } from "../../test/desk-newsroom.ts";
import { importMadeUp } from "../../test/kept-trace.ts";
import { repositoryRoot } from "../../test/scale.ts";
import { listActs } from "../accounts/accounts.ts";

const RONIN = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96";
const OTHER = "0x0000000000000000000000000000000000000001";

let bench: DeskNewsroom;
before(async () => {
  bench = await deskNewsroom();
  const { code, err } = command(["import", "ofac-crypto", "demo/sources/ofac-crypto-2024-09-27/sanctioned_addresses_ETH.txt", "--edition", "2024-09-27", "--release"]);
  assert.equal(code, 0, err);
  await importMadeUp(bench.newsroom, `chain,txid,block,from,to,amount\neip155:1,x1,1,${RONIN},${OTHER},70\neip155:1,x2,2,0x00000000000000000000000000000000000000aa,${OTHER},30\n`);
});
after(() => bench?.remove());

function command(args: string[], input = "") {
  const call = ["--disable-warning=ExperimentalWarning", join(repositoryRoot, "src", "cli.ts"), ...args, "--data", bench.newsroom.folder];
  const { status, stdout, stderr } = spawnSync(process.execPath, call, { cwd: repositoryRoot, env: { ...process.env, NO_COLOR: "1" }, input, encoding: "utf8" });
  return { code: status, out: stdout, err: stderr };
}

type Fields = Record<string, string>;
function send(handle: Handle, fields: Fields, file?: { name: string; text: string }) {
  const boundary = "----tracewire";
  const parts = Object.entries({ csrf: bench.signedIn(handle).csrf, ...fields }).map(([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
  const sent = file === undefined ? "" : `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${file.name}"\r\nContent-Type: text/csv\r\n\r\n${file.text}\r\n`;
  return bench.ask("/desk/screen", { cookie: `tracewire-desk=${bench.tokens[handle]}`, payload: `${parts.join("")}${sent}--${boundary}--\r\n`, headers: { "content-type": `multipart/form-data; boundary=${boundary}` } });
}

async function screened(handle: Handle, fields: Fields, file?: { name: string; text: string }) {
  const asked = await send(handle, fields, file);
  assert.match(asked.location, /^\/desk\/questions\/\d+$/, asked.body);
  for (let look = 0; look < 600; look++) {
    const { body } = await bench.as(handle, asked.location);
    if (!body.includes("data-watch")) return { body, file: async (name: string) => (await bench.as(handle, `${asked.location}/files/${name}`)).body };
    await sleep(100);
  }
  return assert.fail("it does not end");
}

const rows = (csv: string) => parseCsv(csv, { columns: true, bom: true }) as Record<string, string>[];

test("pasted addresses and a file: the answers, counts and editions of tracewire screen", async () => {
  const given = `address,amount\n${RONIN},5\n\n${OTHER},6\nnonsense,7\n=1+1,8\n`;
  const said = command(["screen", "-", "--as-of", "2024-09-27"], given).out;
  const all = rows(command(["screen", "-", "--as-of", "2024-09-27", "--csv"], given).out);
  for (const [fields, file] of [[{ addresses: given, as_of: "2024-09-27" }, undefined], [{ as_of: "2024-09-27" }, { name: "given.csv", text: given }]] as const) {
    const answer = await screened("anna", fields, file);
    const csv = await answer.file("screening.csv");
    assert.deepEqual(rows(csv), all);
    assert.match(csv, /\r\n'=1\+1,/, "no live formula");
    const [, counts = ""] = /2024-09-27: (.*to be looked at\.)/.exec(said)!;
    assert.ok(answer.body.includes("4 addresses as of 2024-09-27") && answer.body.includes(counts), counts);
    assert.match(answer.body, new RegExp(`<code>${RONIN}</code></td><td>listed</td>`));
    assert.match(answer.body, /<td>2024-09-27<\/td><td class="num">152<\/td>/, "the edition of each list");
    assert.match(answer.body, /2 cannot be read as an address/);
  }
});

test("nothing, two things at once, a day that is none: refused with the field", async () => {
  for (const [fields, says] of [[{}, /nothing was given/], [{ addresses: RONIN, name: "Kim" }, /one at a time/], [{ addresses: RONIN, as_of: "2024-02-31x" }, /as_of/], [{ name: "Kim", exposure: "yes" }, /a name has none/]] as [Fields, RegExp][]) {
    const { status, body } = await send("anna", fields);
    assert.deepEqual([status, says.test(body)], [400, true], body.slice(0, 400));
  }
  assert.match((await screened("anna", { addresses: "address\n" })).body, /It failed\. No address was given/);
});

test("a name: what tracewire screen --name says", async () => {
  const answer = await screened("rosa", { name: "Kim", as_of: "2024-09-27" });
  assert.deepEqual(JSON.parse(await answer.file("name.json")), JSON.parse(command(["screen", "--name", "Kim", "--as-of", "2024-09-27", "--json"]).out));
  assert.match(answer.body, /<h2>“Kim” on 2024-09-27: /);
});

test("exposure by way of others: for who traces, with the numbers of tracewire screen --exposure", async () => {
  const answer = await screened("anna", { addresses: OTHER, as_of: "2024-09-27", exposure: "yes" });
  const said = command(["screen", "-", "--as-of", "2024-09-27", "--exposure", "--json"], `${OTHER}\n`).out.trim().split("\n").at(-1)!;
  assert.deepEqual(JSON.parse(await answer.file("exposure.json")), JSON.parse(said));
  assert.match(answer.body, /Exposure by way of others: 1 of the addresses, from 1 listed ones[^]*<td>haircut<\/td>[^]*70\.00 %/);
  assert.equal((await send("rosa", { addresses: OTHER, exposure: "yes" })).status, 403);
  assert.doesNotMatch((await bench.as("rosa", "/desk/screen")).body, /name="exposure"/);
});

test("an exception silences the alarm and not the listing; it ends with a reason; all of them are listed", async () => {
  const until = "2026-12-31";
  for (const [form, says] of [[{ address: RONIN, until, why: "Reviewed in case 17" }, /is an account of \d+ chains/], [{ address: `eip155:1:${RONIN}`, until, why: "short" }, /why: a reason in words/], [{ address: `eip155:1:${RONIN}`, until: "2030-01-01", why: "Reviewed in case 17" }, /until: 2030-01-01 is not within/]] as [Fields, RegExp][]) {
    const { status, body } = await bench.as("rosa", "/desk/exceptions", form);
    assert.deepEqual([status, says.test(body)], [400, true], body.slice(0, 600));
  }
  assert.equal((await bench.as("rosa", "/desk/exceptions", { address: `eip155:1:${RONIN}`, until, why: "Reviewed in case 17", list: "ofac-crypto" })).location, "/desk/exceptions");
  const [made] = command(["exception", "--json"]).out.trim().split("\n").map((line) => JSON.parse(line) as { seq: number; by: string; state: string });
  assert.equal(made!.by, "rosa");
  const listed = (await bench.as("anna", "/desk/exceptions")).body;
  assert.match(listed, /<td>Reviewed in case 17 <small>rosa/);
  const answer = await screened("anna", { addresses: `eip155:1:${RONIN}`, as_of: "2024-09-27" });
  assert.match(answer.body, new RegExp(`entry ${made!.seq} holds`));
  assert.match(answer.body, /1 listed; 0 to be looked at/);
  assert.equal((await bench.as("anna", `/desk/exceptions/${made!.seq}/end`, { why: "The review was wrong" })).status, 303);
  assert.equal((await bench.as("anna", `/desk/exceptions/${made!.seq}/end`, { why: "The review was wrong" })).status, 400, "once");
  assert.equal((await bench.as("anna", "/desk/exceptions/999999/end", { why: "The review was wrong" })).status, 404);
  assert.match((await bench.as("anna", "/desk/exceptions")).body, /ended: The review was wrong <small>anna/);
  assert.deepEqual(listActs(bench.accounts, { handle: "anna", limit: 50 }).filter(({ act }) => act === "exception.end").length, 1);
});
