// Readers of sources whose files may not be passed on: read from the test data where they are, never from the demo.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { corpus, repositoryRoot } from "../../test/scale.ts";
import { smallNewsroom } from "../../test/small-newsroom.ts";
import { findReader, importDataset, readRows, requireDataset } from "./datasets.ts";

const load = (path: string) => ({ name: basename(path), bytes: readFileSync(path) });
const importOptions = { by: "test", retrieved_at: "2026-03-01T00:00:00Z", release: true };
const un = corpus("data/un-consolidated-list/UN_consolidated.xml");
const csis = corpus("data/dprk-provocations-csis");

const LIST = `<?xml version="1.0" encoding="UTF-8"?>
<CONSOLIDATED_LIST dateGenerated="2026-01-02T00:00:09.554Z"><INDIVIDUALS><INDIVIDUAL>
<DATAID>1</DATAID><VERSIONNUM>1</VERSIONNUM><FIRST_NAME>ANY</FIRST_NAME><SECOND_NAME>BODY</SECOND_NAME><UN_LIST_TYPE>X</UN_LIST_TYPE>
<REFERENCE_NUMBER>XXi.001</REFERENCE_NUMBER><LISTED_ON>2015-04-07-04:00</LISTED_ON><NICKNAME>unheard of</NICKNAME>
<DESIGNATION><VALUE>a</VALUE><VALUE>b &amp; c</VALUE></DESIGNATION>
<INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>
<INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>Some
One</ALIAS_NAME><SPELLING>new</SPELLING></INDIVIDUAL_ALIAS>
</INDIVIDUAL></INDIVIDUALS></CONSOLIDATED_LIST>`;

test("a record of the UN list, with what the reader does not know counted", () => {
  const read = findReader("un-list", []).read([{ name: "consolidated.xml", bytes: Buffer.from(LIST) }]);
  const [entries, aliases] = ["entries", "other-names"].map((name) => read.tables.find((table) => table.name === name)!.rows);
  assert.equal(read.edition, "2026-01-02");
  assert.deepEqual(read.unknown_fields, { "INDIVIDUAL/NICKNAME": 1, "INDIVIDUAL/INDIVIDUAL_ALIAS/SPELLING": 1 });
  assert.deepEqual(
    entries!.map(({ reference, kind, name, listed_on, designation }) => [reference, kind, name, listed_on, designation]),
    [["XXi.001", "individual", "ANY BODY", "2015-04-07", "a; b & c"]],
  );
  assert.deepEqual(
    aliases!.map(({ name, quality }) => [name, quality]),
    [["Some One", "Low"]],
    "an empty alias is none",
  );
});

test("a broken list is refused with its place, and nothing is written", async () => {
  const newsroom = await smallNewsroom();
  const size = newsroom.log.size();
  const broken: [text: string, what: RegExp][] = [
    [LIST.slice(0, -40), /well-formed/],
    [LIST.replace("</FIRST_NAME>", "</SECOND_NAME>"), /well-formed/],
    [LIST.replace("a</VALUE>", "&own;</VALUE>").replace("<CONS", '<!DOCTYPE x [<!ENTITY own "xxxx">]><CONS'), /well-formed/],
    [LIST.replace("ANY", "A".repeat(1_100_000)), /more than 1000000/],
    [LIST.replace("XXi.001", ""), /REFERENCE_NUMBER/],
    [LIST.replace("2015-04-07-04:00", "soon"), /LISTED_ON/],
    [LIST.replaceAll("CONSOLIDATED_LIST", "OTHER"), /not the consolidated list/],
    ["", /element|well-formed/],
  ];
  for (const [text, what] of broken)
    await assert.rejects(
      importDataset(newsroom, findReader("un-list", []), [{ name: "consolidated.xml", bytes: Buffer.from(text) }], importOptions),
      (error: { code?: string; where?: string; message: string }) =>
        error.code === "BAD_INPUT" &&
        /consolidated\.xml/.test(String(error.where)) &&
        what.test(`${error.message} ${(error as { what?: string }).what}`),
      String(what),
    );
  assert.equal(newsroom.log.size(), size);
  newsroom.remove();
});

test(
  "the whole UN list: counts as its source note states them, the demo’s reduced table again, a second run nothing",
  { skip: un.skip },
  async () => {
    const newsroom = await smallNewsroom();
    const reader = findReader("auto", ["UN_consolidated.xml"]);
    const first = await importDataset(newsroom, reader, [load(un.path!)], importOptions);
    assert.deepEqual(first.unknown_fields, {});
    assert.deepEqual(
      first.tables.map(({ dataset, edition, row_count }) => [dataset, edition, row_count]),
      [
        ["un-list/entries", "2026-02-27", 1_003],
        ["un-list/other-names", "2026-02-27", 2_752],
        ["un-list/places", "2026-02-27", first.tables[2]!.row_count],
        ["un-list/birth-places", "2026-02-27", first.tables[3]!.row_count],
        ["un-list/birth-dates", "2026-02-27", first.tables[4]!.row_count],
        ["un-list/documents", "2026-02-27", first.tables[5]!.row_count],
      ],
    );
    const entries = readRows(newsroom.log, requireDataset(newsroom.log, "un-list/entries"));
    const kinds = Map.groupBy(entries, (row) => row.kind!);
    assert.deepEqual([kinds.get("individual")!.length, kinds.get("entity")!.length], [730, 273]);
    const north = entries.filter((row) => row.list === "DPRK").map(({ reference, kind, listed_on }) => `${reference},${kind},${listed_on}`);
    const reduced = readFileSync(join(repositoryRoot, "demo", "sources", "tables", "un-list.csv"), "utf8")
      .trim()
      .split("\n")
      .slice(1);
    const plain = reduced.map((line) => line.replaceAll(" ", ""));
    assert.equal(north.length, 155);
    assert.deepEqual(north.toSorted(), plain.toSorted());
    const size = newsroom.log.size();
    const again = await importDataset(newsroom, reader, [load(un.path!)], importOptions);
    assert.ok(again.tables.every(({ outcome }) => outcome === "unchanged"));
    assert.equal(newsroom.log.size(), size);
    // A later edition as it could look: one gone, one with another name, the rest as they were.
    const later = load(un.path!)
      .bytes.toString()
      .replace("2026-02-27T", "2026-03-01T")
      .replace(/<INDIVIDUAL>(?:(?!<INDIVIDUAL>).)*?CDi\.001.*?<\/INDIVIDUAL>/s, "")
      .replace("<FIRST_NAME>YUN</FIRST_NAME>", "<FIRST_NAME>YOON</FIRST_NAME>");
    const next = await importDataset(newsroom, reader, [{ name: "UN_consolidated.xml", bytes: Buffer.from(later) }], importOptions);
    assert.deepEqual(next.tables[0]!.difference, { from_edition: "2026-02-27", from_public: true, added: 0, removed: 1, changed: 1 });
    newsroom.remove();
  },
);

test(
  "provocations: five states in a row, each told as a difference; the newest as its source note counts it",
  { skip: csis.skip },
  async () => {
    const newsroom = await smallNewsroom();
    const reader = findReader("provocations", []);
    const earlier = readdirSync(join(csis.path!, "versions"))
      .sort()
      .map((name) => join(csis.path!, "versions", name));
    const told: unknown[] = [];
    const newest = join(csis.path!, "raw__north_korea_provocations_1958_present.csv");
    for (const path of [...earlier, newest]) {
      const { tables, unknown_fields } = await importDataset(newsroom, reader, [load(path)], {
        ...importOptions,
        ...(path === newest ? { edition: "2026-08-22" } : {}),
      });
      const { row_count, difference } = tables[0]!;
      told.push([row_count, difference?.added ?? 0, difference?.removed ?? 0, difference?.changed ?? 0]);
      assert.deepEqual(unknown_fields, {});
    }
    assert.deepEqual(told, [
      [433, 0, 0, 0],
      [450, 19, 2, 0],
      [459, 10, 1, 0],
      [472, 15, 2, 35],
      [493, 21, 0, 54],
    ]);
    const rows = readRows(newsroom.log, requireDataset(newsroom.log, "provocations/events"));
    const byType = Map.groupBy(rows, (row) => row.type!);
    assert.deepEqual(
      ["Missile", "Nuclear", "Other"].map((type) => byType.get(`${type} Provocation`)!.length),
      [246, 6, 241],
    );
    assert.deepEqual([rows[0]!.date, rows.at(-1)!.date], ["2026-08-20", "1958-02-16"]);
    const glued = rows.find((row) => /\.html?Video:/.test(row.resources!))!;
    assert.equal(glued.links!.split(" ").length, 2);
    const size = newsroom.log.size();
    await importDataset(newsroom, reader, [load(newest)], { ...importOptions, edition: "2026-08-22" });
    assert.equal(newsroom.log.size(), size);
    newsroom.remove();
  },
);
