// Lists and the look-up as readers get them: editions with their counts, changes with their field, a checksum that says
// no, names that are near and are not called anything else.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { parse } from "csv-parse/sync";
import { serveNewsroom, type ServedSite } from "../../test/demo-site.ts";

let site: ServedSite;
before(async () => {
  site = await serveNewsroom({ demo: true });
});
after(() => site.stop());

const json = async <T>(path: string): Promise<T> => JSON.parse((await site.get(path)).text) as T;
const csv = async (path: string): Promise<Record<string, string>[]> => parse((await site.get(path)).text, { columns: true });

test("every edition of every list, with what came and went", async () => {
  const rows = await csv("/lists.csv");
  const told = rows.map((row) => [row.list, row.edition, row.entries, row.added, row.removed].join(" "));
  assert.deepEqual(told.slice(0, 5), [
    "ofac-sdn 2019-01 7379  ",
    "ofac-sdn 2021-07 8976 1858 261",
    "ofac-crypto 2019-01 2  ",
    "ofac-crypto 2021-07 81 78 0",
    "ofac-crypto 2024-09-27 654 575 1",
  ]);
  const page = (await site.get("/lists")).text;
  assert.match(page, /1,858 in, 261 out, 836 changed/);
  assert.match(page, /What these lists lack/);
  assert.match(page, /grade-transcription/);
  assert.deepEqual((await json<{ rows: unknown[] }>("/lists.json")).rows.length, rows.length);
});

test("one list by filters in the address, page by page, whole as a file", async () => {
  const all = await json<{ rows: { program: string }[] }>("/lists/ofac-sdn.json?program=DPRK3");
  assert.ok(all.rows.length > 30 && all.rows.every((row) => row.program.split("] [").includes("DPRK3")));
  assert.equal((await csv("/lists/ofac-sdn.csv?program=DPRK3")).length, all.rows.length);
  const first = (await site.get("/lists/ofac-sdn?program=DPRK3")).text;
  const next = /rel="next" href="([^"]+)"/.exec(first)![1]!.replaceAll("&amp;", "&");
  assert.match(next, /program=DPRK3/);
  const names = (text: string) => [...text.matchAll(/<tr><td>(\d+)<\/td>/g)].map((match) => match[1]!);
  assert.equal(new Set([...names(first), ...names((await site.get(next)).text)]).size, Math.min(50, all.rows.length));
  assert.equal((await json<{ rows: unknown[] }>("/lists/ofac-sdn.json?q=27307")).rows.length, 1, "an entry by its number");
  for (const path of ["/lists/none", "/lists/ofac-sdn?edition=1999-01", "/lists/none/changes", "/lists/un/changes?from=1999"])
    assert.equal((await site.get(path)).status, 404, path);
  const crypto = (await site.get("/lists/ofac-crypto")).text;
  assert.match(crypto, /TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq: no address: [^;]+; it is a Tron address/);
  assert.match(
    (await site.get("/lists/ofac-crypto?edition=2021-07")).text,
    /0xa7e5d5a720f06526557c513402f2e6b5fa20b00: no address: [^<]*this has 39/,
  );
});

test("changes: by kind, with the field before and after, the same in page, CSV and JSON", async () => {
  type Changes = {
    added: number;
    changed: number;
    changes: { change: string; key: string; fields: { field: string; before: string; after: string }[] }[];
  };
  const changes = await json<Changes>("/lists/ofac-sdn/changes.json?change=changed");
  assert.equal(changes.changes.length, changes.changed);
  const lines = await csv("/lists/ofac-sdn/changes.csv?change=changed");
  assert.equal(
    lines.length,
    changes.changes.reduce((sum, { fields }) => sum + fields.length, 0),
  );
  const renamed = changes.changes.find(({ key }) => key === "906")!;
  assert.deepEqual(renamed.fields[0], { field: "name", before: "HAVANA INTERNATIONAL BANK, LTD.", after: "HAVIN BANK LIMITED" });
  const page = (await site.get("/lists/ofac-sdn/changes?change=changed")).text;
  assert.match(page, /<del>HAVANA INTERNATIONAL BANK, LTD\.<\/del> → <ins>HAVIN BANK LIMITED<\/ins>/);
  const back = await json<{ added: number; removed: number }>("/lists/ofac-sdn/changes.json?from=2021-07&to=2019-01");
  assert.deepEqual([back.added, back.removed], [261, 1858]);
});

test("the look-up: a wrong checksum, several chains, a name that is near", async () => {
  const wrong = (await site.get("/screen?q=0x098B716B8Aaf21512996dC57EB0615e2383e2f96&on=2024-09-27")).text;
  assert.match(wrong, /not a valid Ethereum address/);
  assert.match(wrong, /href="\/screen\?q=0x098B716B8Aaf21512996dC57EB0615e2383E2f96&(?:amp;)?on=2024-09-27"/);
  const old = (await site.get("/screen?q=18M8bJWMzWHDBMxoLqjHHAffdRy4SrzkfB&on=2024-09-27")).text;
  assert.match(old, /One text, more than one account/);
  assert.match(old, /bitcoincash:qpgf0ztxq3mwfq6eg5versgfdzq9c3pwv5jsk6wnay · in the list of Sep 27, 2024/);
  const near = await json<{ outcome: string; matches: { kind: string; score: number; why: string[] }[] }>(
    "/screen.json?q=Lazerus+Group&on=2021-07-15",
  );
  assert.deepEqual([near.outcome, near.matches[0]!.kind], ["near names only", "near"]);
  const page = (await site.get("/screen?q=Lazerus+Group&on=2021-07-15")).text;
  assert.match(page, /Near, \d\d of 100/);
  assert.match(page, /does not mean the same person/);
  const default_day = await json<{ on: string }>("/screen.json?q=Lazarus+Group");
  assert.equal(default_day.on, "2021-07-01", "the newest edition that has names");
  for (const query of ["", "?q=x&on=soon", "?q=x&on=2024-13-01"]) assert.equal((await site.get(`/screen.json${query}`)).status, 400, query);
});
