// The pages of monitors' reports over the demo, and the demo's own report built whole: its words in the PDF, its
// accessibility in a real browser.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parse } from "csv-parse/sync";
import { HtmlValidate } from "html-validate";
import { chromium } from "playwright-core";
import { extractText } from "unpdf";
import { serveNewsroom, type ServedSite } from "../../test/demo-site.ts";
import { repositoryRoot } from "../../test/scale.ts";
import { openNewsroom } from "../newsroom.ts";
import { buildReport, paragraphsOf, parseReportSpec, renderReport, type Built, type ReportFile } from "../reports/reports.ts";

const CHROMIUM = process.env.TRACEWIRE_CHROMIUM ?? "/usr/bin/chromium";
const skip = existsSync(CHROMIUM) ? false : `no Chromium at ${CHROMIUM}: apt-get install chromium, or set TRACEWIRE_CHROMIUM`;
const PAGES = [
  "/reports",
  "/reports/s-2024-215",
  "/reports/s-2019-691",
  "/reports/msmt",
  "/reports/s-2024-215?known=1700",
  "/reports/none",
];

describe("reports over the demo", () => {
  let site: ServedSite;
  let built: Built;
  let files: ReportFile[];
  before(async () => {
    site = await serveNewsroom({ demo: true });
    const file = join(repositoryRoot, "demo", "reports", "crypto-theft.yaml");
    const spec_text = readFileSync(file, "utf8");
    const reader = openNewsroom(site.newsroom.folder);
    try {
      built = buildReport(reader.log, { parsed: parseReportSpec(spec_text, file), spec_text, log_size: reader.log.size(), draft: false });
      files = await renderReport(reader, built);
    } finally {
      reader.close();
    }
  });
  after(() => site.stop());
  const bytes = (name: string) => Buffer.from(files.find((file) => file.name === name)!.bytes);

  test("pages are valid, with no script and no foreign address", async () => {
    const validator = new HtmlValidate({ extends: ["html-validate:recommended"], rules: { "long-title": "off" } });
    for (const path of PAGES) {
      const { text, status } = await site.get(path, { headers: { accept: "text/html" } });
      assert.equal(status, path.endsWith("none") ? 404 : 200, path);
      const { results } = await validator.validateString(text);
      assert.deepEqual(
        results.flatMap(({ messages }) => messages.map(({ ruleId, message }) => `${path} ${ruleId}: ${message}`)),
        [],
      );
      assert.doesNotMatch(text, /<script(?! type="application\/ld\+json")|style="/, path);
    }
  });

  test("58 stands against 57 as a discrepancy that nobody explained, each number opened by its figure", async () => {
    const { text } = await site.get("/reports/s-2024-215");
    assert.match(text, /<a class="fig" href="\/figures\/panel-2024-published-count\?known=\d+">58<\/a>/);
    assert.match(text, /<a class="fig" href="\/figures\/panel-2024-table-count\?known=\d+">57<\/a>/);
    assert.match(text, /The rows have 1 fewer\. No explanation is held\./);
    assert.match(text, /rounded as the total is, they are the same/);
    const { totals, stages, lacking, covers } = JSON.parse((await site.get("/reports/s-2024-215.json")).text) as {
      totals: { total: { value: string }; sum: string; difference: string; verdict: string }[];
      stages: { stage: string; dates: { value: string }[] }[];
      lacking: string[];
      covers: string;
    };
    const count = totals.find(({ total }) => total.value === "58")!;
    assert.deepEqual([count.sum, count.difference, count.verdict], ["57", "-1", "different"]);
    assert.equal(covers, "2023-07/2024-01");
    assert.deepEqual(
      stages.map(({ dates }) => dates.map(({ value }) => value)),
      [[], [], [], [], ["2024-03-20"]],
    );
    assert.ok(lacking.includes("The date it went to the Council: not held."));
  });

  test("dates that are not held are said so; a report known only by its symbol has its page", async () => {
    const { text } = await site.get("/reports/s-2024-215");
    assert.match(text, /The date it went to the Council: not held\./);
    assert.match(text, /no reply to requests for comment/);
    assert.match((await site.get("/reports/s-2019-691")).text, /0 claims on it and 18 claims made in it/);
    const rows: Record<string, string>[] = parse((await site.get("/reports.csv")).text, { columns: true });
    assert.deepEqual(
      rows.map(({ report }) => report),
      ["msmt", "s-2019-691", "s-2023-171", "s-2023-656", "s-2024-215"],
    );
    const list = JSON.parse((await site.get("/reports.json")).text) as { rows: { report: string }[] };
    assert.deepEqual(
      list.rows.map(({ report }) => report),
      rows.map(({ report }) => report),
    );
  });

  test("a report of the past is told as it was known then", async () => {
    const { text } = await site.get("/reports/s-2024-215?known=1700");
    assert.match(text, /As known at log size 1,700/);
  });

  test("the demo's report holds its numbers with their hedges, and every paragraph stands in the PDF", async () => {
    const { text: pages } = await extractText(new Uint8Array(bytes("report.pdf")), { mergePages: false });
    const squeeze = (words: string) => words.replaceAll(/\[\d+\]|\s+/g, "");
    // The head and the number of a page come last in it and would stand amid a paragraph that goes on.
    const words = pages.map((page) => squeeze(page).replace(/TW\/2026\/1\d+of\d+$/, "")).join("");
    for (const paragraph of paragraphsOf(built.report)) assert.ok(words.includes(squeeze(paragraph.text)), paragraph.text);
    assert.match(paragraphsOf(built.report)[0]!.text, /investigating 58 suspected cyberattacks/);
    assert.equal(built.report.footnotes[0]!.claims[0]!.hedge, "suspected");
    assert.ok(
      built.report.annexes.rows.every(({ figure, rows }) => rows.length === built.figures.find(({ id }) => id === figure)!.rows.length),
    );
  });

  test("axe finds nothing on the pages and in the HTML of a report; nothing scrolls sideways at 320 px", { skip }, async () => {
    const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
    try {
      for (const width of [1100, 320]) {
        for (const path of ["/reports", "/reports/s-2024-215", null]) {
          const page = await browser.newPage({ viewport: { width, height: 900 } });
          if (path) await page.goto(site.base + path);
          // The file's own policy forbids every script, axe's too: it is taken out for the test alone.
          else
            await page.setContent(
              bytes("report.html")
                .toString()
                .replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ""),
            );
          await page.evaluate(axe);
          const { violations } = (await page.evaluate(
            "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })",
          )) as { violations: { id: string; nodes: { html: string }[] }[] };
          assert.deepEqual(
            violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html.slice(0, 200)}`),
            [],
            `${path ?? "report.html"} at ${width}`,
          );
          assert.ok(
            ((await page.evaluate("document.documentElement.scrollWidth")) as number) <= width,
            `${path ?? "report.html"} at ${width}`,
          );
          await page.close();
        }
      }
    } finally {
      await browser.close();
    }
  });
});
