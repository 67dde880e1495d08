// What goes out in the formats of others: valid by their own schemas, the same bytes twice, nothing that was not released;
// read back, nothing is missing but what the manifest declares.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Ajv2020, type AnySchemaObject } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { parse as parseCsv } from "csv-parse/sync";
import { strFromU8, unzipSync } from "fflate";
import { parquetReadObjects } from "hyparquet";
import { SaxesParser } from "saxes";
import { parse as parseYaml } from "yaml";
import { corpus } from "../../test/scale.ts";
import { smallNewsroom, type SmallNewsroom } from "../../test/small-newsroom.ts";
import { importCasefile, type Claim } from "../casefile/casefile.ts";
import { sha256Hex } from "../evidence/evidence.ts";
import { TracewireError } from "../errors.ts";
import {
  FTM_CANNOT_CARRY,
  formatFtm,
  readSharedCase,
  readTable,
  stanceOf,
  writeExport,
  writeFtm,
  writeMisp,
  writeNinjs,
  writeStix,
  writeTable,
  type FtmEntity,
  type SharedCase,
  type StixObject,
} from "./exchange.ts";

const schemas = corpus("vectors/stix-schemas/schemas");
const examples = corpus("vectors/stix-validator");
const casefile = corpus("data/casefile");

let newsroom: SmallNewsroom;
let shared: SharedCase;
let folder: string;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "tracewire-exchange-"));
  newsroom = await smallNewsroom();
  if (casefile.path) await importCasefile(newsroom, casefile.path, { by: "test", retrieved_at: "2026-01-01T00:00:00Z", release: true });
  newsroom.claim([
    { subject: "theft/2024-01-01-made-up", field: "victim", value: "Made Up" },
    { subject: "theft/2024-01-01-made-up", field: "victim_type", value: "company/protocol" },
    { subject: "theft/2024-01-01-made-up", field: "amount", value: "58", unit: "USD", hedge: "suspected", bound: "at_least" },
    { subject: "theft/2024-01-01-made-up", field: "attributed_to", value: "DPRK", claimant: "A state", hedge: "suspected" },
    { subject: "theft/2024-01-01-made-up", field: "attributed_to", value: "DPRK", claimant: "The accused", hedge: "denied" },
    { subject: "theft/2024-01-01-made-up", field: "native_amount", value: "=HYPERLINK(1)" },
    { subject: "actor/a-group", field: "alias", value: "Another name", claimant: "A vendor" },
  ]);
  newsroom.claim([{ subject: "theft/2024-01-01-made-up", field: "victim", value: "Never released" }], { release: false });
  newsroom.claim([{ subject: "party/masked", field: "name_true", value: "Zanzibar Person" }], { release: false });
  shared = readSharedCase(newsroom.log, newsroom.verifierKey);
});
after(() => {
  newsroom.remove();
  rmSync(folder, { recursive: true, force: true });
});
const objectsOf = (bundle: StixObject): StixObject[] => bundle.objects as StixObject[];
const claims = (): Claim[] => [...shared.subjects.values()].flat();

describe("STIX 2.1", () => {
  const validator = () => {
    const ajv = new Ajv2020({ strict: false, unicodeRegExp: false });
    addFormats.default(ajv);
    for (const file of readdirSync(schemas.path!, { recursive: true }).map(String).filter((name) => name.endsWith(".json")))
      ajv.addSchema(JSON.parse(readFileSync(join(schemas.path!, file), "utf8")) as AnySchemaObject);
    const base = "http://raw.githubusercontent.com/oasis-open/cti-stix2-json-schemas/stix2.1/schemas";
    const places: Record<string, string> = { relationship: "sros", "marking-definition": "common", "extension-definition": "common", bundle: "common" };
    return (object: StixObject): string | undefined => {
      const check = ajv.getSchema(`${base}/${places[object.type] ?? "sdos"}/${object.type}.json`);
      assert.ok(check, `there is a schema of ${object.type}`);
      return check(object) ? undefined : `${object.id}: ${ajv.errorsText(check.errors)}`;
    };
  };

  test("every object is valid by the schemas of OASIS, which refuse their own bad examples", { skip: schemas.skip || examples.skip }, () => {
    const wrong = validator();
    for (const [name, isGood] of [["identity.json", true], ["tool.json", true], ["invalid_identity.json", false]] as const)
      assert.equal(wrong(JSON.parse(readFileSync(join(examples.path!, name), "utf8")) as StixObject) === undefined, isGood, name);
    const bundle = writeStix(shared, "white");
    // The schemas take a day that no month has for a time; STIX does not.
    for (const { created, modified, valid_from = created } of objectsOf(bundle).filter((object) => object.type !== "bundle"))
      for (const time of [created, modified ?? created, valid_from]) {
        assert.equal(new Date(time as string).toISOString(), time);
        assert.ok((modified ?? created)! >= created!);
      }
    assert.deepEqual(objectsOf(bundle).map(wrong).filter(Boolean), []);
    const byType = [...new Map(objectsOf(bundle).map((object) => [object.type, object])).values()];
    const failing = byType.filter((object) => wrong({ ...bundle, objects: [object] }) !== undefined).map(({ type }) => type);
    // The schema of a bundle at this commit names 21 of the types and takes an object of any other for two things at once
    // (core and cyber-observable-core in a oneOf); those are checked by their own schemas above.
    const unnamed = ["extension-definition", "incident", "note", "opinion"];
    assert.deepEqual(failing.sort(), unnamed);
    assert.equal(wrong({ ...bundle, objects: byType.filter(({ type }) => !unnamed.includes(type)) }), undefined);
  });

  test("identifiers are unique, every reference is in the bundle, and all of it is marked", () => {
    const bundle = writeStix(shared, "amber");
    const ids = new Set(objectsOf(bundle).map(({ id }) => id));
    assert.equal(ids.size, objectsOf(bundle).length);
    for (const object of objectsOf(bundle)) {
      const refs = ["created_by_ref", "source_ref", "target_ref"].map((key) => object[key]).filter(Boolean);
      for (const ref of [...refs, ...((object.object_refs ?? []) as string[]), ...((object.object_marking_refs ?? []) as string[])]) assert.ok(ids.has(ref as string), `${object.id} → ${String(ref)}`);
      if (object.type !== "marking-definition") assert.deepEqual(object.object_marking_refs, ["marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"]);
    }
  });

  test("who rejects an attribution stands as an opinion on the relationships of those who made it", () => {
    const objects = objectsOf(writeStix(shared, "white"));
    const opinions = objects.filter(({ type }) => type === "opinion");
    const made = opinions.find((opinion) => (opinion.authors as string[])[0] === "The accused")!;
    const [target] = (made.object_refs as string[]).map((ref) => objects.find(({ id }) => id === ref)!);
    assert.deepEqual([made.opinion, target!.type, target!.relationship_type, target!.confidence], ["disagree", "relationship", "attributed-to", 15]);
  });

  test("the researcher's seven rejections and two doubts of the whole case file are nine opinions", { skip: casefile.skip }, () => {
    const objects = objectsOf(writeStix(shared, "white"));
    const theirs = objects.filter(({ type, authors }) => type === "opinion" && (authors as string[])[0] === "tayvano (researcher)");
    const thefts = (opinion: string) =>
      new Set(theirs.filter((item) => item.opinion === opinion).map((item) => ((Object.values(item.extensions as object)[0] as { claim: { subject: string } }).claim.subject)));
    assert.equal([...thefts("disagree")].filter((subject) => subject.includes("msmt")).length, 7);
    assert.equal(thefts("neutral").size, 2);
    for (const { object_refs } of theirs) for (const ref of object_refs as string[]) assert.match(ref, /^relationship--/);
  });

  test("read back, every claim is there as it was, but for what is declared", () => {
    const read = objectsOf(writeStix(shared, "white"))
      .flatMap(({ extensions }) => Object.values((extensions ?? {}) as Record<string, { claim?: Record<string, unknown>; entry: number }>))
      .filter(({ claim }) => claim)
      .map(({ claim, entry }) => ({ entry, claim: claim! }))
      .sort((a, b) => a.entry - b.entry);
    const expected = claims().toSorted((a, b) => a.seq - b.seq);
    assert.deepEqual(read.map(({ entry }) => entry), expected.map(({ seq }) => seq));
    for (const [at, { claim }] of read.entries()) {
      const { seq: _s, at: _a, by: _b, kind_of: _k, released: _r, supersedes: _u, source, ...said } = expected[at]!;
      assert.deepEqual(claim, { ...said, source: { capture_sha256: shared.capture(source.capture)!.sha256, locator: source.locator } });
    }
  });
});

describe("FollowTheMoney", () => {
  test("read back, names, days, countries and who is blamed are there; the rest is in notes, and declared", () => {
    const entities = writeFtm(shared);
    const byId = new Map(entities.map((entity) => [entity.id, entity]));
    assert.equal(byId.size, entities.length);
    const lines = formatFtm(entities).trimEnd().split("\n").map((line) => JSON.parse(line) as { properties: Record<string, string[]> });
    assert.deepEqual(lines, entities);
    const lost = new Set<string>();
    for (const [subject, own] of shared.subjects) {
      if (!subject.startsWith("theft/")) continue;
      const event = entities.find(({ schema, properties }) => schema === "Event" && properties.recordId?.includes(subject))!;
      const of = (field: string) => [...new Set(own.filter((claim) => claim.field === field).map(({ value }) => value))].sort();
      const names = of("victim");
      if (names.length > 0) assert.deepEqual(event.properties.name, names.map((name) => `Theft: ${name}`).sort());
      assert.deepEqual(event.properties.date ?? [], [...new Set([...of("date"), ...of("date_theft")])].sort());
      const links = entities.filter(({ schema, properties }) => schema === "UnknownLink" && properties.subject?.includes(event.id));
      const blamed = own.filter((claim) => claim.field === "attributed_to" && stanceOf(claim) === "blames");
      assert.deepEqual(
        links.filter(({ properties }) => properties.role![0]!.startsWith("blamed")).map(({ properties }) => [byId.get(properties.object![0]!)!.properties.name![0], properties.role![0]!]).sort(),
        blamed.map(({ value, hedge }) => [value, `blamed (${hedge})`]).sort(),
      );
      const dissent = own.filter((claim) => claim.field === "attributed_to" && ["rejects", "doubts"].includes(stanceOf(claim)));
      if (blamed.length > 0) assert.equal(links.filter(({ properties }) => /rejected|doubted/.test(properties.role![0]!)).length >= dissent.length, true, subject);
    }
    // Of every claim, theft or not: what is not among the words of its own entities is lost, and what is lost is declared.
    const wordsOf = (those: readonly FtmEntity[]) => those.flatMap(({ properties }) => Object.values(properties).flat()).join("\n").toLowerCase();
    const texts = (value: unknown): string[] => (typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [String(value).toLowerCase().replaceAll("_", " ")]);
    for (const [subject, own] of shared.subjects) {
      const kind = subject.split("/")[0]!;
      const isGroup = (name: string) => kind === "actor" && name.toLowerCase() === subject.slice("actor/".length).replaceAll("-", " ");
      const named = entities.filter(({ properties: { recordId = [], name = [] } }) => recordId.includes(subject) || name.includes(subject) || name.some(isGroup));
      assert.ok(named.length > 0, subject);
      const linked = entities.filter(({ properties }) => [...(properties.subject ?? []), ...(properties.object ?? [])].some((id) => named.some((entity) => entity.id === id)));
      const ends = [...named, ...linked].flatMap(({ properties }) => [...(properties.involved ?? []), ...(properties.subject ?? []), ...(properties.object ?? [])].map((id) => byId.get(id)!));
      const all = wordsOf([...named, ...linked, ...ends]);
      for (const claim of own) {
        // A field that stands as a property of its own, or as a class, is there without its words.
        const isProperty = ["victim_type", "country"].includes(claim.field);
        if (!isProperty) assert.ok(all.includes(claim.value.toLowerCase()), `${subject} ${claim.field}`);
        const { seq: _seq, at: _at, by: _by, kind_of: _kind, released: _released, subject: _subject, field: _field, value: _value, ...said } = claim;
        for (const [key, value] of Object.entries(said)) if (value !== "unstated" && value !== "exact" && !texts(value).every((text) => all.includes(text))) lost.add(key);
      }
    }
    const declared = FTM_CANNOT_CARRY.join(" ");
    for (const key of lost) assert.ok(new RegExp(`\\b${key}\\b`).test(declared), `${key} is lost and declared`);
    assert.ok(lost.has("source") && lost.has("document"), `what is lost is seen: ${[...lost].join(", ")}`);
  });

  const schema = corpus("vectors/ftm-schema/CryptoWallet.yaml");
  test("a wallet has the properties of its schema", { skip: schema.skip }, () => {
    const { properties } = (parseYaml(readFileSync(schema.path!, "utf8")) as { CryptoWallet: { properties: Record<string, unknown> } }).CryptoWallet;
    const made = writeFtm({ ...shared, addresses: [{ address: "bc1q", asset: "XBT", name: "n", why: "w", since: shared.at, dataset: { title: "t", publisher: "p" } as never }] });
    const wallet = made.find((entity) => entity.schema === "CryptoWallet")!;
    // Those of Thing, which a wallet extends.
    const inherited = ["name", "publisher", "notes"];
    assert.deepEqual(Object.keys(wallet.properties).filter((key) => !inherited.includes(key) && !Object.hasOwn(properties, key)), []);
  });
});

test("what was not released, and what is private, is in no format; two exports are the same bytes", () => {
  const again = readSharedCase(newsroom.log, newsroom.verifierKey);
  const forms = [(from: SharedCase) => JSON.stringify(writeStix(from, "white")), (from: SharedCase) => formatFtm(writeFtm(from)), (from: SharedCase) => JSON.stringify(writeMisp(from, "white"))];
  for (const form of forms) {
    const text = form(shared);
    assert.equal(text, form(again));
    assert.doesNotMatch(text, /Never released|Zanzibar Person/);
    assert.match(text, /Made Up/);
  }
  assert.ok(shared.left_out.some(({ what, why }) => /^\d+ claims$/.test(what) && why === "not released"));
});

test("MISP: one object a theft, identifiers unique, nothing published by itself", () => {
  const { Event } = writeMisp(shared, "green") as { Event: { published: boolean; Tag: { name: string }[]; Object: { uuid: string; Attribute: { uuid: string; object_relation: string; type: string }[] }[] } };
  assert.equal(Event.published, false);
  assert.ok(Event.Tag.some(({ name }) => name === "tlp:green"));
  assert.equal(Event.Object.length, [...shared.subjects.keys()].filter((subject) => subject.startsWith("theft/")).length);
  const uuids = Event.Object.flatMap(({ uuid, Attribute }) => [uuid, ...Attribute.map((item) => item.uuid)]);
  assert.equal(new Set(uuids).size, uuids.length);
  for (const uuid of uuids) assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("ninjs: a story, its correction, its withdrawal are versions of one item, by the properties of ninjs 2.0", () => {
  const KNOWN = "uri type representationtype profile version firstcreated versioncreated contentcreated embargoed pubstatus urgency copyrightholder copyrightnotice usageterms ednote language descriptions bodies headlines people organisations places subjects events objects infosources title by slugline located renditions associations altids trustindicators standard genres rightsinfo".split(" ");
  const words = (text: string) => [{ type: "text" as const, text }];
  const sections = [{ title: null, blocks: [{ type: "paragraph" as const, content: words("Body.") }] }];
  const head = { type: "story" as const, slug: "made-up", topic: "Terra", byline: "Desk", happened: "2024" };
  const story = { ...head, headline: words("Headline"), standfirst: words("Standfirst"), sections, replies: [] };
  const publication = { seq: 9, at: "2026-02-02T00:00:00.000Z", by: "x", slug: "made-up", revision: 2, story, figures: [], waivers: [] };
  const corrected = writeNinjs(newsroom.log, { ...publication, correction: { what: "It was wrong." } }, "2026-01-01T00:00:00.000Z", "https://news.example.org");
  assert.deepEqual(Object.keys(corrected).filter((key) => !KNOWN.includes(key)), []);
  assert.deepEqual([corrected.version, corrected.firstcreated, corrected.pubstatus, corrected.ednote], ["2", "2026-01-01T00:00:00.000Z", "usable", "Correction: It was wrong."]);
  assert.deepEqual(corrected.bodies, [{ role: "main", contenttype: "text/plain", value: "Body." }]);
  const withdrawn = writeNinjs(newsroom.log, { ...publication, revision: 3, withdrawn: { why: "Wrong." } }, "2026-01-01T00:00:00.000Z", "https://news.example.org");
  assert.deepEqual([withdrawn.pubstatus, withdrawn.bodies, withdrawn.ednote, withdrawn.uri], ["canceled", undefined, "Withdrawn: Wrong.", corrected.uri]);
});

test("a list is the same rows as CSV, XLSX, Parquet and GraphML; a cell becomes no formula; what is no graph is refused", async () => {
  const table = readTable(newsroom.log, "theft", newsroom.log.size());
  assert.ok(table.rows.length >= 6);
  const csv = parseCsv(writeTable(table, "csv") as string, { columns: true }) as Record<string, string>[];
  assert.equal(csv.length, table.rows.length);
  assert.ok(csv.some(({ value }) => value === "'=HYPERLINK(1)"));
  const sheet = strFromU8(unzipSync(writeTable(table, "xlsx") as Uint8Array)["xl/worksheets/sheet1.xml"]!);
  assert.equal(sheet.match(/<row /g)!.length, table.rows.length + 1);
  assert.doesNotMatch(sheet, /<f>/);
  const bytes = writeTable(table, "parquet") as Uint8Array;
  const file = { byteLength: bytes.byteLength, slice: (start: number, end?: number) => Promise.resolve(new Uint8Array(bytes.slice(start, end)).buffer) };
  const read = (await parquetReadObjects({ file })) as Record<string, string>[];
  assert.deepEqual(read.map(({ value }) => value), table.rows.map(({ value }) => value));
  let edges = 0;
  const parser = new SaxesParser();
  parser.on("opentag", ({ name }) => void (edges += name === "edge" ? 1 : 0));
  parser.on("error", (error) => assert.fail(error));
  parser.write(writeTable(table, "graphml") as string).close();
  assert.equal(edges, table.rows.length);
  for (const form of ["csv", "xlsx", "parquet", "graphml"] as const) assert.deepEqual(writeTable(table, form), writeTable(table, form));
  assert.throws(() => writeTable({ name: "x", columns: ["a"], rows: [] }, "graphml"), (error) => error instanceof TracewireError && /is no graph/.test(error.message));
  assert.throws(() => readTable(newsroom.log, "no-such", newsroom.log.size()), (error) => error instanceof TracewireError && error.code === "NOT_FOUND");
});

test("an export is a folder with its manifest and the hashes of all; a folder that holds something is refused", () => {
  const out = join(folder, "out");
  const about = { what: "test", log_size: 1, root: "r", verifier_key: "k", as_known_at: "", counts: {}, cannot_carry: [], left_out: [] };
  writeExport(out, [{ name: "a.json", bytes: "{}\n" }], about);
  const sums = readFileSync(join(out, "SHA256SUMS"), "utf8").trimEnd().split("\n").map((line) => line.split("  "));
  assert.deepEqual(sums.map(([, name]) => name), ["a.json", "manifest.json"]);
  for (const [sum, name] of sums) assert.equal(sha256Hex(readFileSync(join(out, name!))), sum);
  writeFileSync(join(out, "more"), "");
  assert.throws(() => writeExport(out, [], about), (error) => error instanceof TracewireError && error.code === "BAD_ARGUMENT");
});
