// Whether a good was banned depends on the day and the code; lawful goods are not flagged (DOMAIN §9.10 and §9.11).
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { repositoryRoot } from "../../test/scale.ts";
import { smallNewsroom } from "../../test/small-newsroom.ts";
import { importCasefile, readClaims } from "../casefile/casefile.ts";
import { coverage, measuresFor, petroleumYear } from "./trade.ts";

test("coal is banned from its day on, hair never; unverified codes say so", async () => {
  const newsroom = await smallNewsroom();
  await importCasefile(newsroom, join(repositoryRoot, "demo", "casefile"), {
    by: "test",
    retrieved_at: "2026-01-01T00:00:00Z",
    release: true,
  });
  const claims = readClaims(newsroom.log, { log_size: newsroom.log.size(), evidence: "released" }, { kind: "measure" });
  const bans = (code: string, on: string) => measuresFor(claims, code, on).filter((match) => match.rule.startsWith("ban"));
  assert.deepEqual(measuresFor(claims, "6704", "2023-05-01"), []);
  assert.ok(bans("2701", "2017-08-05").some((match) => match.measure === "measure/2371-8-coal" && /verified/.test(match.verification)));
  assert.ok(!bans("2701", "2017-08-04").some((match) => match.measure === "measure/2371-8-coal"));
  assert.deepEqual(bans("2701", "2016-03-01"), []);
  assert.ok(bans("610910", "2018-01-01").some((match) => match.codes.startsWith("50-63") && /unverified/.test(match.verification)));
  assert.ok(measuresFor(claims, "2709", "2018-01-01").some((match) => match.rule.startsWith("cap")));
  newsroom.remove();
});

test("chapters, headings, ranges and longer national codes", () => {
  assert.equal(coverage("2701;2702 (suggested)", "270112"), "whole");
  assert.equal(coverage("2601111000;2601112000", "2601"), "part");
  assert.equal(coverage("50-63 (suggested)", "6109"), "whole");
  assert.equal(coverage("8901-8908", "8909"), "none");
  assert.equal(coverage("none", "71"), "none");
});

test("the crude year starts on Dec 22, the refined on Jan 1", () => {
  assert.deepEqual(petroleumYear("crude", "2018-12-21"), { from: "2017-12-22", to: "2018-12-21" });
  assert.deepEqual(petroleumYear("crude", "2018-12-22"), { from: "2018-12-22", to: "2019-12-21" });
  assert.deepEqual(petroleumYear("refined", "2018-12-22"), { from: "2018-01-01", to: "2018-12-31" });
});
