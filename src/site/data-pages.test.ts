// The pages of the case file, the figures, the evidence and the log, served for real over the demo: valid, escaped,
// the same for ever at a known size, and silent about what is not released.
import assert from "node:assert/strict";
import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { HtmlValidate } from "html-validate";
import { parse } from "csv-parse/sync";
import { serveNewsroom, type ServedSite } from "../../test/demo-site.ts";
import { announce, scaled, seed } from "../../test/scale.ts";
import { appendClaim, parseClaim } from "../casefile/casefile.ts";
import {
  appendCapture,
  appendErasure,
  appendRelease,
  canonicalJson,
  findCapture,
  listCaptures,
  prepareCapture,
  type Json,
} from "../evidence/evidence.ts";
import { formatCell } from "../csv.ts";
import { docNames } from "./pages/docs.ts";

const HTML_BYTES_MAX = 40 * 1024;
/** Reference pages are long on purpose: one page for all commands. */
const DOCS_BYTES_MAX = 96 * 1024;

describe("data pages", () => {
  let site: ServedSite;
  let sha256 = "";
  let size = 0;
  before(async () => {
    site = await serveNewsroom({ demo: true });
    sha256 = listCaptures(site.newsroom.log).find((capture) => capture.origin.name === "annual-totals.csv")!.sha256;
    size = site.newsroom.log.size();
  });
  after(() => site.stop());

  const pages = () => [
    "/case",
    "/case/actor",
    "/docs",
    ...docNames().map((name) => `/docs/${name}`),
    "/actors/overlap",
    "/actors/overlap?a=Lazarus+Group&b=APT38",
    "/actors/overlap?a=Lazarus+Group&b=nobody",
    "/actors/lazarus-group",
    "/actors/groups-of-the-reconnaissance-general-bureau",
    "/workers",
    "/workers?who=press",
    "/arms",
    "/funding",
    "/positions",
    "/case/published-total",
    "/case/published-total/crypto-thefts-2022",
    "/case/reply/s-2024-215",
    "/case/measure",
    "/case/party",
    "/thefts",
    "/thefts?year=2023&sort=amount&order=asc",
    "/thefts?q=nothing-like-it",
    "/thefts?level=official-UN&country=KR&min=1000000",
    "/thefts/2023-07-22-alphapo-coinspaid",
    "/thefts/2018-08-xx-unidentified-company",
    "/thefts/2019-11-27-upbit?known=900",
    "/figures",
    ...readdirSync(join(import.meta.dirname, "..", "..", "demo", "figures")).map((name) => `/figures/${name.replace(".json", "")}`),
    "/figures/panel-2024-table-count?as-of=2024-03",
    `/evidence/${sha256}`,
    `/evidence/${sha256}?row=6&column=count`,
    `/evidence/${sha256}?quote=no+such+words+here`,
    `/evidence/${sha256}?from=4000`,
    "/log",
    "/log?from=60",
    "/log/0",
    "/log/5",
    "/log/500",
    `/log/${size - 1}`,
    "/log/99999",
    "/thefts?sort=colour",
    "/thefts?year=20233",
    "/thefts?known=9999999",
    "/thefts/nobody",
    "/figures/none",
    "/case/crimes",
    "/case/theft/x/y",
    `/evidence/${"0".repeat(64)}`,
    "/evidence/short",
    "/latest",
    "/latest?before=1",
    "/press-releases",
    "/press-releases/what-this-demo-cannot-show",
    "/topics",
    "/topics/bitcoin",
    "/topics/terra",
    "/authors/data-desk",
    "/corrections",
    "/archive",
    "/archive/2026/11",
    "/archive/1999/01",
    "/feeds",
    "/search",
    "/search?q=ronin",
    "/search?q=sanctoins",
    "/search?q=nothingatallofthekind",
    "/search?q=0x098b716b8aaf21512996dc57eb0615e2383e2f96",
    "/datasets",
    "/datasets/maltrail/indicators",
    "/datasets/ofac-sdn/entries?edition=2019-01&q=DPRK",
    "/actors",
    "/actors?q=andariel",
    "/events",
    "/events?type=nuclear",
    "/trade",
    "/trade/hs",
    "/trade/hs?code=2701&on=2018-01-01",
    "/trade/hs?code=6704&on=2023-05-01",
    "/screen",
    "/screen?q=0x098B716B8Aaf21512996dC57EB0615e2383E2f96&on=2024-09-27",
    "/screen?q=no-address",
    "/screen?q=Kim+Jong+Un&on=2021-07-15",
    "/screen?q=18M8bJWMzWHDBMxoLqjHHAffdRy4SrzkfB",
    "/screen?q=KPi.001",
    "/lists",
    "/lists/ofac-sdn",
    "/lists/ofac-sdn?edition=2019-01&program=DPRK&q=korea",
    "/lists/ofac-crypto",
    "/lists/un",
    "/lists/ofac-sdn/changes",
    "/lists/ofac-sdn/changes?change=changed&start=25",
    "/lists/ofac-crypto/changes?from=2019-01&to=2024-09-27",
    "/lists/un/changes",
    "/stories/ronin-182164-ether",
    "/stories/alphapo-coinspaid-one-loss",
  ];

  test("valid HTML, no script, no inline style, no foreign address, small", async () => {
    const validator = new HtmlValidate({ extends: ["html-validate:recommended"], rules: { "long-title": "off" } });
    for (const path of pages()) {
      const { text, status, body } = await site.get(path, { headers: { accept: "text/html" } });
      assert.ok(status < 500, path);
      const report = await validator.validateString(text);
      assert.deepEqual(
        report.results.flatMap((result) =>
          result.messages.map((message) => `${path}: ${message.line}: ${message.ruleId}: ${message.message}`),
        ),
        [],
      );
      assert.doesNotMatch(text, /<script(?! type="application\/ld\+json">)|<style|\sstyle=|\son[a-z]+=|javascript:/i, path);
      assert.doesNotMatch(text, /(?:src|href|action)="(?:https?:)?\/\//, path);
      assert.match(text, /href="\/about#report-an-error"/, `${path} says how to report an error`);
      const most = path.startsWith("/docs/") ? DOCS_BYTES_MAX : HTML_BYTES_MAX;
      assert.ok(body.length <= most, `${path}: ${body.length} bytes`);
    }
  });

  test("57 opens to its seven rows, each row to its marked place, the place to its log entry and a proof that holds", async () => {
    const { text } = await site.get("/figures/panel-2024-table-count");
    const places = [...text.matchAll(/href="(\/evidence\/[0-9a-f]{64}\?[^"]+)"/g)].map((match) => match[1]!.replaceAll("&amp;", "&"));
    assert.equal(places.length, 7);
    const evidence = (await site.get(places[5]!)).text;
    assert.match(evidence, /<dt>count<\/dt><dd><mark>5<\/mark>/);
    assert.match(evidence, /grade-transcription/);
    const entry = /href="\/log\/(\d+)">entry/.exec(evidence)![1]!;
    const proof = JSON.parse((await site.get(`/log/${entry}.json`)).text) as {
      seq: number;
      size: number;
      salt: string;
      body: string;
      leaf: string;
      proof: string[];
      checkpoint: string;
      public_key_pem: string;
      root: string;
    };
    // An independent check, by RFC 9162 §2.1.3.2, with nothing of ours.
    const sha = (...parts: Uint8Array[]) => createHash("sha256").update(Buffer.concat(parts)).digest();
    assert.equal(sha(Buffer.from(proof.salt, "base64"), Buffer.from(proof.body)).toString("hex"), proof.leaf);
    let [fn, sn, hash] = [proof.seq, proof.size - 1, sha(Uint8Array.of(0), Buffer.from(proof.leaf, "hex"))];
    for (const step of proof.proof.map((hex) => Buffer.from(hex, "hex"))) {
      if (fn % 2 === 1 || fn === sn) {
        hash = sha(Uint8Array.of(1), step, hash);
        while (fn % 2 === 0 && fn !== 0) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
      } else hash = sha(Uint8Array.of(1), hash, step);
      [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
    }
    assert.deepEqual([sn, hash.toString("hex")], [0, proof.root]);
    const [signed, signature] = [
      proof.checkpoint.slice(0, proof.checkpoint.indexOf("\n\n") + 1),
      proof.checkpoint.split("\n").at(-2)!.split(" ")[2]!,
    ];
    assert.equal(signed.split("\n")[2], Buffer.from(proof.root, "hex").toString("base64"));
    assert.ok(verify(null, Buffer.from(signed), createPublicKey(proof.public_key_pem), Buffer.from(signature, "base64").subarray(4)));
  });

  test("a list is the same as CSV and as JSON; filters and sorts are closed", async () => {
    const json = JSON.parse((await site.get("/thefts.json?year=2023")).text) as { rows: Record<string, unknown>[] };
    const csv = parse((await site.get("/thefts.csv?year=2023")).text, { columns: true }) as Record<string, string>[];
    assert.equal(json.rows.length, csv.length);
    assert.ok(json.rows.length > 3 && json.rows.every((row) => String(row.date).startsWith("2023")));
    assert.deepEqual(
      csv.map((row) => row.amount),
      json.rows.map((row) => String(row.amount ?? "")),
    );
    const amounts = (
      JSON.parse((await site.get("/thefts.json?sort=amount&order=desc")).text) as { rows: { amount: string | null }[] }
    ).rows.map((row) => BigInt(row.amount ?? -1));
    assert.deepEqual(
      amounts,
      amounts.toSorted((a, b) => (a < b ? 1 : a > b ? -1 : 0)),
    );
    for (const bad of ["sort=amount;drop", "order=up", "year=1' OR 1=1", "country=kr", "min=-1", "level=__proto__"])
      assert.equal((await site.get(`/thefts?${bad.replaceAll(" ", "%20")}`)).status, 400, bad);
    const figure = JSON.parse((await site.get("/figures/panel-2024-table-usd.json")).text) as {
      value: string;
      rows: object[];
      rows_sha256: string;
    };
    assert.equal(figure.value, "2966031000");
    assert.equal(
      createHash("sha256")
        .update(canonicalJson(figure.rows as Json))
        .digest("hex"),
      figure.rows_sha256,
    );
    assert.equal((parse((await site.get("/figures/panel-2024-table-usd.csv")).text, { columns: true }) as object[]).length, 7);
    for (const list of ["/figures", "/case", "/log", "/thefts", "/case/actor"]) {
      const rows = parse((await site.get(`${list}.csv`)).text, { columns: true }) as object[];
      assert.equal(rows.length, (JSON.parse((await site.get(`${list}.json`)).text) as { rows: object[] }).rows.length, list);
      assert.ok(rows.length > 0, list);
    }
    for (const kind of ["theft", "actor", "measure"]) assert.equal((await site.get(`/case/${kind}.csv`)).status, 200);
  });

  test("tiles and checkpoint are the files on disk; consistency proofs are served", async () => {
    const folder = join(site.newsroom.folder, "log");
    const files = (at: string): string[] =>
      readdirSync(join(folder, at)).flatMap((name) =>
        statSync(join(folder, at, name)).isDirectory() ? files(join(at, name)) : [join(at, name)],
      );
    assert.ok(files("tile").length > 10);
    for (const file of files("tile")) assert.deepEqual((await site.get(`/log/${file}`)).body, readFileSync(join(folder, file)), file);
    assert.equal((await site.get("/log/checkpoint")).text, readFileSync(join(folder, "checkpoint"), "utf8"));
    for (const bad of [
      "/log/tile/0/999",
      "/log/tile/0/0000",
      "/log/tile/0/000.p/256",
      "/log/tile/9/000",
      "/log/tile/0/../../newsroom.key",
      "/log/tile/%2e%2e/newsroom.key",
    ])
      assert.equal((await site.get(bad)).status, 404, bad);
    assert.equal((await site.get("/log/consistency?from=100&to=90")).status, 400);
    assert.ok((JSON.parse((await site.get("/log/consistency?from=100")).text) as { proof: string[] }).proof.length > 3);
  });

  test("what is not released is nowhere: not in a page, list, figure, log entry or address", async () => {
    const canary = "CANARY-7f3a";
    const prepared = await prepareCapture(site.newsroom.blobs, {
      bytes: new TextEncoder().encode(`secret source ${canary}`),
      origin: { from: "file", name: `${canary}.txt` },
      title: canary,
      retrieved_at: "2026-11-20T00:00:00Z",
      retrieved_by: "test",
      grade: "copy",
      source_grade: "C",
      item_grade: "3",
    });
    const seqs = site.newsroom.transact("test", (transaction) => {
      const capture = appendCapture(transaction, prepared);
      const claim = (subject: string, field: string, value: string, more: object = {}) =>
        appendClaim(
          transaction,
          parseClaim({
            subject,
            field,
            value,
            claimant: canary,
            hedge: "asserted",
            as_of: "2024",
            source: { capture, locator: { quote: "secret" } },
            ...more,
          }),
          "test",
        );
      return [
        capture,
        claim("theft/2023-09-04-stake", "amount", "777777777", { unit: "USD", measure: "gross", valuation: { basis: "as_published" } }),
        claim("theft/canary-theft", "victim", canary),
        claim("party/shown", "name_true", `${canary}-true-name`),
        claim("party/shown", "name_displayed", "A mask"),
      ];
    });
    site.refresh();
    const places = [
      ...pages(),
      "/",
      "/stories/un-monitors-58-suspected-cyberattacks",
      "/thefts.csv",
      "/thefts.json",
      "/case/theft.csv",
      "/case/party.json",
      "/thefts/2023-09-04-stake.json",
      "/figures/thefts-2017-2023-official-usd.json",
      `/evidence/${prepared.sha256}`,
      `/evidence/${prepared.sha256}/bytes`,
      "/thefts/canary-theft",
      ...seqs.flatMap((seq) => [`/log/${seq}`, `/log/${seq}.json`]),
      `/log?from=${seqs.at(-1)}`,
    ];
    for (const path of places) {
      const { text } = await site.get(path);
      assert.doesNotMatch(text, /CANARY-7f3a|777777777|777,777,777/, path);
    }
    assert.equal(
      (await site.get(`/evidence/${prepared.sha256}`)).text.replaceAll(prepared.sha256, ""),
      (await site.get(`/evidence/${"1".repeat(64)}`)).text.replaceAll("1".repeat(64), ""),
      "unreleased and unknown are one answer",
    );
    // Released, everything but the private field is there within one look.
    site.newsroom.transact("test", (transaction) => appendRelease(transaction, seqs, [], "test"));
    site.refresh();
    assert.match((await site.get("/thefts/canary-theft")).text, /CANARY-7f3a/);
    for (const path of ["/case/party", "/case/party/shown", "/case/party.csv", "/case/party.json", "/case"])
      assert.doesNotMatch((await site.get(path)).text, /true-name/, path);
    assert.equal((await site.get(`/evidence/${prepared.sha256}/bytes`)).status, 404, "bytes are released apart");
    const bytes = await site.get(`/evidence/${sha256}/bytes`);
    assert.deepEqual(
      [bytes.status, bytes.headers["content-security-policy"], /attachment/.test(String(bytes.headers["content-disposition"]))],
      [200, "sandbox; default-src 'none'", true],
    );
    assert.equal(createHash("sha256").update(bytes.body).digest("hex"), sha256);
  });

  test("as known at a size stays byte for byte, whatever comes later", async () => {
    const paths = [
      "/thefts/2023-09-04-stake",
      "/thefts/2023-09-04-stake.json",
      "/thefts.csv",
      "/figures/thefts-2017-2023-official-usd.json",
      "/figures/thefts-2017-2023-official-usd.csv",
      "/case/theft.json",
    ].map((path) => `${path}?known=${size}`);
    const digests = () =>
      Promise.all(
        paths.map(
          async (path) =>
            `${path} ${createHash("sha256")
              .update((await site.get(path)).text)
              .digest("hex")}`,
        ),
      );
    const was = await digests();
    const source = findCapture(site.newsroom.log, sha256)!.seq;
    site.newsroom.transact("test", (transaction) => {
      const seq = appendClaim(
        transaction,
        parseClaim({
          subject: "theft/2023-09-04-stake",
          field: "amount",
          value: "43000000",
          unit: "USD",
          measure: "gross",
          valuation: { basis: "as_published" },
          claimant: "A later body",
          hedge: "asserted",
          as_of: "2026-11",
          source: { capture: source, locator: { row: 1 } },
        }),
        "test",
      );
      appendRelease(transaction, [seq], [], "test");
    });
    assert.ok(site.refresh() !== 0);
    assert.deepEqual(await digests(), was);
    assert.match((await site.get("/thefts/2023-09-04-stake")).text, /A later body/);
    const { text } = await site.get("/figures/thefts-2017-2023-official-usd");
    assert.match(text, /Restated[\s\S]*range changed[\s\S]*2023-09-04-stake/);
    assert.match((await site.get(`/thefts/2023-09-04-stake?known=${size}`)).text, /As known|as known/);
  });

  test("an erased entry keeps its place and says so", async () => {
    const [target] = site.newsroom.log.db
      .prepare("SELECT seq FROM claims WHERE subject = 'theft/2025-07-15-bigone' LIMIT 1")
      .all()
      .map((row) => row.seq as number);
    site.newsroom.transact("test", (transaction) =>
      appendErasure(transaction, { seqs: [target!], blobs: [], reason: "a court ordered it" }, "test"),
    );
    site.refresh();
    assert.match((await site.get(`/log/${target}`)).text, /Erased/);
    const json = JSON.parse((await site.get(`/log/${target}.json`)).text) as Record<string, unknown>;
    assert.deepEqual([json.state, json.body, json.salt], ["erased", undefined, undefined]);
  });

  test("no cell of a CSV is a live formula", (t) => {
    const runs = scaled(100_000);
    announce(t, "cells", runs);
    const start = fc.constantFrom("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " =", "\u0000=", "a", "");
    fc.assert(
      fc.property(start, fc.string({ unit: "binary", maxLength: 12 }), (first, rest) => {
        const cell = formatCell(first + rest);
        const [[back]] = parse(`${cell}\r\n`, { relax_column_count: true, skip_empty_lines: false, bom: false }) as string[][] & [[string]];
        const value = back ?? "";
        assert.ok(value === first + rest || value === `'${first}${rest}`);
        assert.ok(!/^[\s\u0000-\u001f]*[=+\-@＝＋－＠\t\r\n]/.test(value) || /^-?\d+(\.\d+)?$/.test(value), JSON.stringify(value));
      }),
      { numRuns: runs, seed },
    );
    assert.deepEqual([formatCell("-12.5"), formatCell("=1+1"), formatCell('a"b')], ["-12.5", "'=1+1", '"a""b"']);
  });
});
