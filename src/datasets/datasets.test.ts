// Every reader on the demo's own sources: counts as their source notes state them; a second run is a no-op, a new
// edition a difference, a broken file a refusal that names its place.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { repositoryRoot } from "../../test/scale.ts";
import { smallNewsroom } from "../../test/small-newsroom.ts";
import { diffRows, findDataset, findReader, importDataset, listDatasets, readRows, requireDataset, rowsRoot, type SourceFile } from "./datasets.ts";
import { plainDecimal } from "./readers/ronin-transfers.ts";

const sources = join(repositoryRoot, "demo", "sources");
const load = (folder: string): SourceFile[] =>
  readdirSync(join(sources, folder)).map((name) => ({ name, bytes: readFileSync(join(sources, folder, name)) }));
const readAll = (format: string, folder: string) => {
  const reader = findReader(format, []);
  return new Map(reader.read(load(folder).filter((file) => reader.recognises(file.name))).tables.map((table) => [table.name, table.rows]));
};

test("counts equal those of the source notes", () => {
  const nomad = readAll("nomad-events", "nomad-bridge-hack");
  assert.equal(nomad.get("takings")!.length, 1_175);
  assert.equal(new Set(nomad.get("takings")!.map((row) => row.tx)).size, 960);
  assert.equal(new Set(nomad.get("takings")!.map((row) => row.recipient)).size, 561);
  // The note counts 141 white hats with the row of their sum; the 421 others it calls bad actors make up the 561.
  assert.deepEqual([nomad.get("transfers-back")!.length, nomad.get("white-hats")!.length, nomad.get("recovered")!.length], [156, 561 - 421, 14]);
  const takers = new Set(nomad.get("takings")!.map((row) => row.recipient));
  assert.ok(nomad.get("white-hats")!.every((row) => takers.has(row.address)));
  const tornado = readAll("tagpack", "graphsense-tagpacks").get("tags")!.filter((row) => row.pack === "tornado_cash");
  assert.deepEqual([tornado.length, new Set(tornado.map((row) => row.address)).size], [39, 38], "one of them is written twice, once with a blank behind it");
  assert.equal(readAll("ronin-transfers", "lazarus-ronin-eth-txs").get("transfers")!.length, 436);
  assert.equal(readAll("incident-wiki", "dn-attack-wiki").get("articles")!.length, 127);
  const [before, after] = ["ofac-sdn-2019-01", "ofac-sdn-2021-07"].map((folder) => readAll("ofac-sdn", folder));
  assert.equal(before!.get("entries")!.length, 7_379);
  assert.equal(after!.get("entries")!.length, 8_976);
  const north = (rows: readonly Record<string, string>[]) => rows.filter((row) => row.program!.includes("DPRK"));
  const difference = diffRows(north(before!.get("entries")!), north(after!.get("entries")!), ["ent_num"]);
  assert.deepEqual([north(before!.get("entries")!).length, north(after!.get("entries")!).length], [388, 414]);
  assert.deepEqual([difference.added.length, difference.removed.length], [28, 2]);
  assert.equal(after!.get("crypto-addresses")!.length, 81);
  assert.equal(readAll("ofac-crypto", "ofac-crypto-2024-09-27").get("addresses")!.length, 654);
  const mitre = readAll("mitre-attack", "mitre-attack-dprk");
  assert.deepEqual(
    [new Set(mitre.get("names")!.map((row) => row.group)).size, mitre.get("software")!.length],
    [8, 68],
    "nine groups, one of them revoked",
  );
  assert.equal(readAll("misp-actors", "misp-threat-actors").get("actors")!.length, 37);
  assert.equal(readAll("harmonized-system", "hs-nomenclature").get("codes")!.length, 6_939);
  const blocks = readAll("bitcoin-blocks", "bitcoin-real-blocks");
  assert.deepEqual([blocks.get("blocks")!.length, blocks.get("transactions")!.length], [255, 262]);
  const first = blocks.get("blocks")![0]!;
  assert.deepEqual([first.height, first.time], ["1", "2009-01-09T02:54:25Z"]);
});

test("a second run changes nothing; another edition is told as what came, went and changed", async () => {
  const newsroom = await smallNewsroom();
  const reader = findReader("table", []);
  const file = (text: string) => [{ name: "things.csv", bytes: Buffer.from(text) }];
  const put = (text: string, edition: string) =>
    importDataset(newsroom, reader, file(text), { by: "test", retrieved_at: "2026-01-01T00:00:00Z", edition, release: true });
  await put("id,value\na,1\nb,2\n", "2024-01");
  const size = newsroom.log.size();
  const again = await put("id,value\na,1\nb,2\n", "2024-01");
  assert.deepEqual([again.tables[0]!.outcome, newsroom.log.size()], ["unchanged", size]);
  const next = await put("id,value\nb,3\nc,4\n", "2025-01");
  assert.deepEqual(next.tables[0]!.difference, { from_edition: "2024-01", from_public: true, added: 1, removed: 1, changed: 1 });
  const between = await put("id,value\na,1\n", "2024-06");
  assert.equal(between.tables[0]!.difference!.from_edition, "2024-01", "the edition before it, not the newest");
  assert.equal(requireDataset(newsroom.log, "table/things").edition, "2025-01");
  const older = requireDataset(newsroom.log, "table/things@2024-01");
  assert.deepEqual(readRows(newsroom.log, older), [
    { id: "a", value: "1" },
    { id: "b", value: "2" },
  ]);
  for (const dataset of listDatasets(newsroom.log)) assert.equal(rowsRoot(readRows(newsroom.log, dataset)), dataset.rows_root);
  newsroom.remove();
});

test("what was held in private is made public by the same import again, and what it says is so", async () => {
  const newsroom = await smallNewsroom();
  const put = async (text: string, edition: string, release = false) => {
    const files = [{ name: "things.csv", bytes: Buffer.from(text) }];
    const { tables } = await importDataset(newsroom, findReader("table", []), files, { by: "test", retrieved_at: "2026-01-01T00:00:00Z", edition, release });
    return tables[0]!;
  };
  const [text, released] = ["id,value\na,1\n", () => findDataset(newsroom.log, "table/things")?.edition];
  assert.deepEqual([(await put(text, "2024-01")).public, released()], ["no", undefined]);
  assert.deepEqual([(await put(text, "2024-01")).public, released()], ["no", undefined]);
  assert.equal((await put("id,value\na,2\n", "2025-01")).difference!.from_public, false);
  assert.deepEqual([(await put(text, "2024-01", true)).public, released()], ["now", "2024-01"]);
  const size = newsroom.log.size();
  assert.deepEqual([(await put(text, "2024-01", true)).public, newsroom.log.size()], ["before", size]);
  newsroom.remove();
});

test("a broken file is refused with its place, and nothing is written", async () => {
  const newsroom = await smallNewsroom();
  const size = newsroom.log.size();
  const cases: [format: string, name: string, text: string | Uint8Array, where: RegExp][] = [
    ["table", "t.csv", "a,b\n1\n", /t\.csv/],
    ["ofac-crypto", "sanctioned_addresses_XBT.txt", "not an address\n", /XBT\.txt:1/],
    ["ronin-transfers", "LazarusTabularTxs1.csv", "block_time,from,to,total_eth\nx,0x1,0x2,1\n", /csv:2/],
    ["misp-actors", "threat-actor.json", "{", /threat-actor\.json/],
    ["tagpack", "x.yaml", "title: x\n", /x\.yaml/],
    ["bitcoin-blocks", "blocks1.dat", Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9]), /blocks1\.dat/],
  ];
  for (const [format, name, text, where] of cases)
    await assert.rejects(
      importDataset(newsroom, findReader(format, []), [{ name, bytes: Buffer.from(text) }], {
        by: "test",
        retrieved_at: "2026-01-01T00:00:00Z",
      }),
      (error: { code?: string; where?: string }) => error.code === "BAD_INPUT" && where.test(String(error.where)),
      format,
    );
  assert.equal(newsroom.log.size(), size);
  newsroom.remove();
});

test("decimals of a query engine become plain decimals, exactly", () => {
  assert.deepEqual(["1e-05", "0.0003", "0.0", "182164", "1.5e+03", "12.340", "1e-19", "x"].map(plainDecimal), [
    "0.00001",
    "0.0003",
    "0",
    "182164",
    "1500",
    "12.34",
    undefined,
    undefined,
  ]);
});
