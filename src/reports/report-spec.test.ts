// A report's file is checked before anything is computed: each refusal names the file, the line and the field.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { reportNewsroom, SMALL_SPEC, type ReportNewsroom } from "../../test/report-newsroom.ts";
import { announce, scaled, seed } from "../../test/scale.ts";
import { TracewireError } from "../errors.ts";
import { buildReport, checkReport, parsePrevious, parseReportSpec } from "./reports.ts";

const refused = (text: string): TracewireError => {
  try {
    parseReportSpec(text, "small.yaml");
  } catch (error) {
    assert.ok(error instanceof TracewireError, String(error));
    return error;
  }
  throw new Error("it was accepted");
};

test("an unknown field is refused with its line, wherever it stands", (t) => {
  announce(t, "unknown fields", scaled(40));
  const lines = SMALL_SPEC.split("\n");
  const places = lines.flatMap((line, at) => (/^[a-z]+: /.test(line) ? [at] : []));
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.stringMatching(/^[a-z]{3,12}$/), (at, name) => {
      fc.pre(!lines.some((line) => line.startsWith(`${name}:`)) && !["annexes", "previous", "waive"].includes(name));
      const error = refused([...lines.slice(0, at), `${name}: x`, ...lines.slice(at)].join("\n"));
      assert.deepEqual([error.code, error.where], ["BAD_REPORT", `small.yaml:${at + 1}`]);
      assert.match(error.message, new RegExp(`^${name}: there is no such field`));
    }),
    { numRuns: scaled(40), seed },
  );
  const nested = refused(SMALL_SPEC.replace("        cites:", "        sites:"));
  assert.equal(nested.code, "BAD_REPORT");
  assert.match(nested.where!, /^small\.yaml:1[78]$/);
  assert.match(nested.message, /sections\[2\]\.paragraphs\[1\]/);
});

test("a value of the wrong shape, bad YAML, a link, an alias and a missing field are refused by name", () => {
  assert.match(refused(SMALL_SPEC.replace("language: en", "language: English")).message, /^language: /);
  assert.equal(refused(SMALL_SPEC.replace("language: en", "language: English")).where, "small.yaml:5");
  assert.equal(refused(SMALL_SPEC.replace("symbol: ", "title: ")).where, "small.yaml:2", "the same key twice");
  assert.equal(refused(`${SMALL_SPEC}  : [`).code, "BAD_REPORT");
  assert.match(refused(SMALL_SPEC.replace("Nobody has", "Nobody [has](/about)")).message, /no link into the site/);
  assert.match(refused(SMALL_SPEC.replace("Nobody has", "Nobody {{Nobody}} has")).message, /is no figure, name or date/);
  assert.equal(refused(SMALL_SPEC.replace("desk: Case desk", "desk: &a Case").replace("language: en", "language: *a")).code, "BAD_REPORT");
  assert.equal(refused(SMALL_SPEC.replace(/^desk.*\n/m, "")).code, "BAD_REPORT");
  assert.equal(refused("").code, "BAD_REPORT");
  assert.throws(() => parsePrevious("{}", "old.json"), /previous: it is no tracewire-report/);
});

describe("against the log", () => {
  let newsroom: ReportNewsroom;
  before(async () => {
    newsroom = await reportNewsroom();
  });
  after(() => newsroom.remove());
  const build = (spec_text: string) =>
    buildReport(newsroom.log, { parsed: parseReportSpec(spec_text, "small.yaml"), spec_text, log_size: newsroom.log.size(), draft: false });

  test("a typed number, a quotation nobody said and a name nobody holds are open findings, and refuse the build", () => {
    const bad = SMALL_SPEC.replace("Nobody has", "In 17 cases a “tale of two cities” and {{name:S/2031/9}} were").replace(
      "replies: [reply/s-2030-7]\n",
      "",
    );
    const parsed = parseReportSpec(bad, "small.yaml");
    const rules = new Set(checkReport(newsroom.log, parsed, newsroom.log.size()).map(({ rule }) => rule));
    assert.deepEqual([...rules].sort(), ["no-reply-box", "unbound-number", "unheld-name", "unheld-quotation"]);
    assert.throws(
      () => build(bad),
      (error: TracewireError) => error.code === "LINT_FAILED" && /“17” is typed/.test(error.message),
    );
  });

  test("a waived finding lets it be built and is printed with its reason", () => {
    const spec = SMALL_SPEC.replace("Nobody has", "In 17 cases nobody has");
    const { report } = build(`${spec}waive:\n  - rule: unbound-number\n    why: A test needs a number.\n`);
    assert.deepEqual(report.waived, [{ rule: "unbound-number", why: "A test needs a number." }]);
    assert.throws(() => build(`${spec}waive:\n  - rule: unbound\n    why: x\n`), /there is no rule/);
  });

  test("a figure, a claim, a request and an annex that are not there are named", () => {
    assert.throws(
      () => build(SMALL_SPEC.replaceAll("table-count", "table-sum")),
      (error: TracewireError) => error.code === "NOT_FOUND" && /“table-sum”/.test(error.message),
    );
    assert.throws(() => build(SMALL_SPEC.replace("one-group shares", "no-group shares")), /no released claim on “actor\/no-group shares”/);
    assert.throws(() => build(SMALL_SPEC.replace("[reply/s-2030-7]", "[reply/nobody]")), /nothing released is held on “reply\/nobody”/);
    assert.throws(() => build(`${SMALL_SPEC}annexes: [other-figure]\n`), /annexes: “other-figure” is not used/);
  });
});
