// The data and the HTML of a small report, byte for byte as committed. Renewed on purpose (docs/reports.md):
//   TRACEWIRE_GOLDEN=write npm test -- src/reports/golden.test.ts
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { reportNewsroom, SMALL_SPEC } from "../../test/report-newsroom.ts";
import { repositoryRoot } from "../../test/scale.ts";
import { buildReport, parseReportSpec, reportHtml } from "./reports.ts";

test("report.json and report.html of the small report are the golden ones", async () => {
  const newsroom = await reportNewsroom();
  try {
    const { report } = buildReport(newsroom.log, {
      parsed: parseReportSpec(SMALL_SPEC, "small.yaml"),
      spec_text: SMALL_SPEC,
      log_size: newsroom.log.size(),
      draft: false,
    });
    const made = { "report.json": `${JSON.stringify(report, null, 1)}\n`, "report.html": reportHtml(report) };
    for (const [name, text] of Object.entries(made)) {
      // The first entry holds the key, which is made anew: the root is the one thing that follows from it.
      const stable = text.replaceAll(report.root, "ROOT");
      const path = join(repositoryRoot, "test", "golden", "report", name);
      if (process.env.TRACEWIRE_GOLDEN === "write") writeFileSync(path, stable);
      assert.equal(stable, readFileSync(path, "utf8"), `${name}: see docs/reports.md to renew it`);
    }
  } finally {
    newsroom.remove();
  }
});
