// The same address is listed, delisted or unknown, depending on the day that is asked about (DOMAIN §9.15); a name is
// written so, of the same words, or near, and never more than that.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import { corpus, proving, repositoryRoot } from "../../test/scale.ts";
import { smallNewsroom, type SmallNewsroom } from "../../test/small-newsroom.ts";
import { findReader, importDataset, readRows, requireDataset } from "../datasets/datasets.ts";
import { decideByReports } from "./as-of.ts";
import { findList, listEditions, screen, screenAddress, screenName, compareEditions } from "./screening.ts";

let newsroom: SmallNewsroom;

async function put(into: SmallNewsroom, format: string, edition: string | undefined, paths: string[]): Promise<void> {
  const files = paths.map((path) => ({ name: basename(path), bytes: readFileSync(path) }));
  await importDataset(into, findReader(format, []), files, { by: "test", retrieved_at: "2026-01-01T00:00:00Z", edition, release: true });
}
const demo = (path: string) => join(repositoryRoot, "demo", "sources", path);

before(async () => {
  newsroom = await smallNewsroom();
  const assets = ["ETH", "XBT", "USDT", "BCH", "LTC", "XMR", "BSC"];
  await put(
    newsroom,
    "ofac-crypto",
    "2024-09-27",
    assets.map((asset) => demo(`ofac-crypto-2024-09-27/sanctioned_addresses_${asset}.txt`)),
  );
  await put(newsroom, "tagpack", "2026-05-12", [demo("graphsense-tagpacks/tornado_cash.yaml")]);
  await put(newsroom, "table", "2025-03-21", [demo("tables/listing-events.csv")]);
  await put(newsroom, "table", "2026-02-27", [demo("tables/un-list.csv")]);
  for (const edition of ["2019-01", "2021-07"])
    await put(
      newsroom,
      "ofac-sdn",
      edition,
      ["sdn", "alt", "add"].map((part) => demo(`ofac-sdn-${edition}/sdn-${edition}__${part}.csv`)),
    );
});
after(() => newsroom.remove());

const look = (address: string, on: string) => screenAddress(newsroom.log, address, on, newsroom.log.size());
const named = (text: string, on: string) => screenName(newsroom.log, text, on, newsroom.log.size());

test("an address: listed, delisted and unknown, each on its day; every legal spelling finds it", () => {
  const ronin = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96";
  assert.equal(look(ronin, "2024-09-27").outcome, "listed");
  for (const text of [ronin.toLowerCase(), ronin.toUpperCase(), ronin.toUpperCase().replace("0X", "0x"), ` ${ronin} `, `eip155:1:${ronin}`])
    assert.equal(look(text, "2024-09-27").outcome, "listed", text);
  assert.equal(look(ronin, "2019-01-15").outcome, "not listed");
  assert.equal(look(ronin, "2023-06-01").outcome, "unknown", "between an edition without it and one with it");
  assert.equal(look(ronin, "2026-01-01").outcome, "unknown", "after the last edition");
  assert.equal(look(ronin, "2018-01-01").outcome, "unknown", "before the first");

  const tornado = "0x12D66f87A04A9E220743712cE6d9bB1B5616B8Fc";
  assert.equal(look(tornado, "2024-09-27").outcome, "listed");
  assert.equal(look(tornado, "2025-03-20").outcome, "unknown");
  const delisted = look(tornado, "2025-03-21");
  assert.equal(delisted.outcome, "delisted");
  assert.match(delisted.words, /2025-03-21/);

  const bitcoin = "149w62rY42aZBox8fGcmqNsXUzSStKeq8C";
  assert.equal(look(bitcoin, "2020-01-01").outcome, "listed", "on either side of that day");
  assert.equal(look(bitcoin.toLowerCase(), "2024-09-27").hits.length, 0, "another address, or none");
  assert.equal(look("1Gq", "2021-07-10").hits.length, 0, "an address that the file cut off is none");
  const witness = "bc1qsxf77cvwcd6jv6j8d8j3uhh4g0xqw4meswmwuc";
  for (const text of [witness, witness.toUpperCase()])
    assert.equal(look(text, "2024-09-27").hits.length, look(witness, "2024-09-27").hits.length);
});

test("a wrong checksum is said, with what these digits would be; an invalid line of the list is still found", () => {
  const wrong = look("0x098b716B8Aaf21512996dC57EB0615e2383E2f96", "2024-09-27");
  assert.equal(wrong.reading.outcome, "bad_checksum");
  assert.equal(wrong.hits.length, 0);
  assert.match(wrong.words, /not a valid Ethereum address.*0x098B716B8Aaf21512996dC57EB0615e2383E2f96/s);
  assert.match(look("149w62rY42aZBox8fGcmqNsXUzSStKeq8D", "2024-09-27").words, /not a valid Bitcoin address/);
  const misfiled = look("TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq", "2024-09-27");
  assert.equal(misfiled.outcome, "listed", "it stands under XBT and is an address of Tron");
  assert.deepEqual(
    misfiled.hits.map(({ assets, chains }) => [assets, chains]),
    [[["XBT"], []]],
  );
  assert.equal(look("5be5543ff73456ab9f2d207887e2af87322c651ea1a873c5b25b7ffae456c320", "2024-09-27").outcome, "listed");
});

test("one text on two chains is two accounts: which of them is listed is said", () => {
  const old = look("18M8bJWMzWHDBMxoLqjHHAffdRy4SrzkfB", "2024-09-27");
  assert.equal(old.outcome, "listed");
  const asCash = look("bip122:000000000000000000651ef99cb9fcbe:18M8bJWMzWHDBMxoLqjHHAffdRy4SrzkfB", "2024-09-27");
  const asSv = look("bip122:000000000000000001d956714215d96f:18M8bJWMzWHDBMxoLqjHHAffdRy4SrzkfB", "2024-09-27");
  assert.equal(asCash.outcome, "listed");
  assert.equal(look(asCash.address, "2024-09-27").outcome, "listed", "the new spelling of an old one");
  assert.deepEqual([asSv.outcome, asSv.hits.map((hit) => hit.is_asked).includes(true)], ["unknown", false]);
  assert.match(asSv.words, /another account/);
  const ronin = look("eip155:137:0x098B716B8Aaf21512996dC57EB0615e2383E2f96", "2024-09-27");
  assert.deepEqual([ronin.outcome, ronin.hits[0]!.chains, ronin.hits[0]!.is_asked], ["unknown", ["Ethereum"], false]);
});

test("a name: exact, of the same words, near with its sum; as of a day; an alias is found as what it is", () => {
  const lazarus = named("Lazarus Group", "2021-07-10");
  assert.equal(lazarus.outcome, "listed");
  assert.deepEqual([lazarus.matches[0]!.kind, lazarus.matches[0]!.score, lazarus.matches[0]!.matched_as], ["exact", 1, "name"]);
  assert.equal(named("Lazarus Group", "2019-01-31").outcome, "not listed");
  assert.equal(named("Lazarus Group", "2020-01-01").outcome, "unknown");
  assert.equal(named("Lazarus Group", "2025-01-01").outcome, "unknown");
  assert.equal(named("hidden cobra", "2021-07-10").matches[0]!.matched_as, "weak alias");
  const turned = named("group lazarus", "2021-07-10").matches[0]!;
  assert.deepEqual([turned.kind, turned.name], ["same words", "LAZARUS GROUP"]);
  const near = named("Lazerus Group", "2021-07-10").matches[0]!;
  assert.deepEqual([near.kind, near.name], ["near", "LAZARUS GROUP"]);
  assert.ok(near.score > 0.85 && near.score < 1);
  assert.ok(near.why.some((line) => /“lazerus” for “lazarus”, one letter off/.test(line)));
  for (const text of ["Laza\u200brus Group", "LÁZARUS GROUP", "lazarus-group", "“Lazarus” Group"])
    assert.equal(named(text, "2021-07-10").matches[0]?.kind, "exact", text);
  for (const words of ["Company Limited", "Kim", "x", "the"])
    assert.equal(named(words, "2021-07-10").matches.filter(({ kind }) => kind === "near").length, 0, words);
  const nobody = named("Jemand der nirgends steht", "2021-07-10");
  assert.deepEqual([nobody.outcome, nobody.matches], ["not listed", []]);
  for (const answer of [lazarus, named("Lazerus Group", "2021-07-10"), nobody])
    assert.doesNotMatch(answer.words, /\bis (him|her|them|the same)\b/);
});

test("a name of which only reports are held", () => {
  assert.equal(named("Tornado Cash", "2025-06-01").outcome, "delisted");
  assert.equal(named("Tornado Cash", "2023-01-01").outcome, "listed");
  assert.equal(named("Tornado Cash", "2022-08-15").outcome, "unknown", "designated within that month, the day is not told");
  assert.equal(named("TORNADO  cash", "2025-03-20").outcome, "listed");
  const events = [{ listed: "X", event: "designated", date: "2020-01-02" }];
  assert.deepEqual(
    ["2019-12-31", "2020-01-02", "2021-01-01", "2021-01-02"].map((on) => decideByReports(on, events, "2021-01-01")?.outcome),
    [undefined, "listed", "listed", "unknown"],
    "reports end where they were last read",
  );
});

test("a number of the UN list, held without names", () => {
  const at = (text: string, on: string) => screen(newsroom.log, text, on, newsroom.log.size());
  assert.deepEqual([at("KPi.001", "2015-01-01").asked, at("KPi.001", "2015-01-01").outcome], ["reference", "listed"]);
  assert.equal(at("kpi.001", "2009-07-15").outcome, "not listed");
  assert.equal(at("KPi.001", "2026-03-01").outcome, "unknown");
  assert.equal(at("QDi.001", "2020-01-01").outcome, "unknown");
  assert.deepEqual(
    ["0x1234", "Tornado Cash", "1".repeat(24)].map((text) => at(text, "2020-01-01").asked),
    ["name", "name", "address"],
  );
});

test("every name and alias of an edition finds its own entry; turned round and one letter off as well", (t) => {
  const entries = readRows(newsroom.log, requireDataset(newsroom.log, "ofac-sdn/entries@2021-07"));
  const aliases = readRows(newsroom.log, requireDataset(newsroom.log, "ofac-sdn/other-names@2021-07"));
  const all = [
    ...entries.map((row) => ({ id: row.ent_num!, text: row.name! })),
    ...aliases.map((row) => ({ id: row.ent_num!, text: row.alt_name! })),
  ];
  const chosen = all.filter((_, at) => at % (proving ? 29 : 197) === 0);
  const found = { same: 0, turned: 0, off: 0, long: 0 };
  const holds = (text: string, id: string) => named(text, "2021-07-10").matches.some((match) => match.id === id);
  for (const { id, text } of chosen) {
    if (holds(text, id)) found.same += 1;
    if (
      holds(
        text
          .split(/[\s,]+/)
          .reverse()
          .join(" "),
        id,
      )
    )
      found.turned += 1;
    if (text.length < 12) continue;
    found.long += 1;
    const at = Math.floor(text.length / 2) + text.slice(Math.floor(text.length / 2)).search(/[A-Za-z]/);
    if (holds(text.slice(0, at) + (text[at] === "E" ? "A" : "E") + text.slice(at + 1), id)) found.off += 1;
  }
  t.diagnostic(
    `${chosen.length} names: ${found.same} as written, ${found.turned} turned round, ${found.off} of ${found.long} with one letter changed`,
  );
  assert.ok(found.same >= chosen.length - 1 && found.turned >= chosen.length - 1, "all but one that more than twenty share");
  assert.ok(found.off / found.long > 0.93);
});

test("what changed between editions: rows that came, went and changed, with the field", () => {
  const editions = listEditions(newsroom.log, findList("ofac-sdn")!, newsroom.log.size());
  const { added, removed, changed, changes } = compareEditions(newsroom.log, editions[0]!, editions[1]!);
  const rows = (edition: string) => readRows(newsroom.log, requireDataset(newsroom.log, `ofac-sdn/entries@${edition}`)).length;
  assert.equal(rows("2019-01") + added - removed, rows("2021-07"));
  assert.equal(changes.length, added + removed + changed);
  assert.ok(changes.every(({ change, fields }) => (change === "changed") === fields.length > 0));
  const crypto = listEditions(newsroom.log, findList("ofac-crypto")!, newsroom.log.size());
  assert.deepEqual(
    crypto.map(({ edition, table }) => [edition, table]),
    [
      ["2019-01", "ofac-sdn/crypto-addresses"],
      ["2021-07", "ofac-sdn/crypto-addresses"],
      ["2024-09-27", "ofac-crypto/addresses"],
    ],
  );
  const extract = compareEditions(newsroom.log, crypto[1]!, crypto[2]!);
  assert.ok(extract.removed < 20, `mixed case is no other address: ${extract.removed} went`);
});

test("a common name alone is no clean record: how many entries contain it, and of the first what tells them apart", () => {
  const kim = named("kim", "2021-07-15");
  assert.equal(kim.outcome, "part of names only");
  // Counted another way: entries of either edition with the word in their name, a weak alias or another name.
  const has = (text: string) => /(^|[^\p{L}\p{N}'’`])kim([^\p{L}\p{N}]|$)/iu.test(text);
  const ids = new Set<string>();
  for (const { edition } of listEditions(newsroom.log, findList("ofac-sdn")!, newsroom.log.size()))
    for (const [table, column] of [["entries", "name"], ["other-names", "alt_name"], ["entries", "remarks"]] as const)
      for (const row of readRows(newsroom.log, requireDataset(newsroom.log, `ofac-sdn/${table}@${edition}`)))
        if (column === "remarks" ? [...row.remarks!.matchAll(/[afn]\.k\.a\. '([^']+)'/g)].some(([, name]) => has(name!)) : has(row[column]!)) ids.add(row.ent_num!);
  assert.equal(kim.containing.count, ids.size);
  assert.match(kim.words, new RegExp(`${ids.size} entries contain it`));
  assert.deepEqual(kim.containing.by_list.map(({ list, count }) => [list, count]), [["ofac-sdn", ids.size]]);
  assert.equal(kim.containing.shown.length, 12);
  const un = kim.containing.shown.find(({ name }) => name === "KIM, Jong Un")!;
  assert.deepEqual([un.kind, un.outcome, un.type, un.program, un.details!.born, un.details!.title], ["contains", "listed", "individual", "DPRK3", ["08 Jan 1984"], "Chairman of the Workers' Party of Korea"]);
  assert.deepEqual(kim.containing.shown.find(({ name }) => name === "KIM, Kun")!.details!.born_in, ["Chan Toung Village, Sralap Commune, Tbaung Khmum District, Cambodia"]);

  const both = named("kim chol", "2021-07-15");
  assert.ok(both.containing.count < kim.containing.count && both.containing.shown.every(({ matched }) => /kim/i.test(matched) && /chol/i.test(matched)));
  const lazarus = named("Lazarus Group", "2021-07-15");
  assert.deepEqual([lazarus.outcome, lazarus.containing.count], ["listed", 0]);
  assert.ok(lazarus.matches[0]!.details!.aliases.includes("HIDDEN COBRA") && lazarus.matches[0]!.details!.more_aliases > 0);
  assert.deepEqual([named("zzyzx", "2021-07-15").outcome, named("zzyzx", "2021-07-15").containing.count], ["not listed", 0]);
});

const un = corpus("data/un-consolidated-list/UN_consolidated.xml");
test("with the whole UN list imported, its names and aliases are looked up as well", { skip: un.skip }, async () => {
  const own = await smallNewsroom(2);
  await put(own, "un-list", undefined, [un.path!]);
  const at = (text: string, on: string) => screenName(own.log, text, on, own.log.size());
  const komid = at("Komid", "2015-01-01");
  assert.deepEqual([komid.outcome, komid.matches[0]!.id, komid.matches[0]!.matched_as], ["listed", "KPe.001", "alias, a.k.a."]);
  assert.equal(at("Korea Mining Development Trading Corporation", "2009-04-23").outcome, "not listed");
  assert.equal(at("Yun Hojin", "2020-01-01").matches[0]!.kind, "same words");
  assert.equal(at("Yun Ho Chin", "2026-02-27").matches[0]!.id, "KPi.001");
  const { born, aliases } = at("Yun Ho Jin", "2026-02-27").matches[0]!.details!;
  assert.ok(born.length > 0 && aliases.length > 0, JSON.stringify([born, aliases]));
  own.remove();
});
