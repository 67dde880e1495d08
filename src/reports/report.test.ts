// A built report: two builds are the same bytes; numbers, notes and rows are those of the figures; what may not be shown
// is named; the HTML is valid and the PDF is tagged.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { HtmlValidate } from "html-validate";
import { parse as parseHtml, type DefaultTreeAdapterTypes as Tree } from "parse5";
import { getDocumentProxy } from "unpdf";
import { releaseWithheld, reportNewsroom, SMALL_SPEC, type ReportNewsroom } from "../../test/report-newsroom.ts";
import { appendErasure, sha256Hex, verifyBundle } from "../evidence/evidence.ts";
import { reproduceBundle } from "../recompute.ts";
import {
  buildReport,
  paragraphsOf,
  parseReportSpec,
  renderReport,
  reportHtml,
  writeReport,
  type Built,
  type Report,
  type ReportFile,
} from "./reports.ts";

type Options = { draft?: boolean; previous?: Report; log_size?: number };

describe("a small report", () => {
  let newsroom: ReportNewsroom;
  let built: Built;
  let files: ReportFile[];
  const build = (spec_text = SMALL_SPEC, { draft = false, previous, log_size = newsroom.log.size() }: Options = {}): Built =>
    buildReport(newsroom.log, {
      parsed: parseReportSpec(spec_text, "small.yaml"),
      spec_text,
      log_size,
      draft,
      ...(previous ? { previous } : {}),
    });
  const file = (list: readonly ReportFile[], name: string) => Buffer.from(list.find((item) => item.name === name)!.bytes);
  before(async () => {
    newsroom = await reportNewsroom();
    built = build();
    files = await renderReport(newsroom, built);
  });
  after(() => newsroom.remove());

  test("two builds of one state are the same bytes, also after the log has grown", async () => {
    const again = await renderReport(newsroom, build());
    assert.deepEqual(
      again.map(({ name }) => name),
      ["bundle.json", "report.html", "report.json", "report.pdf", "SHA256SUMS"],
    );
    const size = newsroom.log.size();
    newsroom.claim([{ subject: "actor/another-group", field: "shares", value: "nothing" }]);
    const later = await renderReport(newsroom, build(SMALL_SPEC, { log_size: size }));
    for (const { name, bytes } of files) {
      assert.ok(Buffer.from(bytes).equals(file(again, name)), `${name} again`);
      assert.ok(Buffer.from(bytes).equals(file(later, name)), `${name} as of then`);
    }
    const newer = await renderReport(newsroom, build());
    assert.ok(!file(newer, "report.pdf").equals(file(files, "report.pdf")), "another state is another report");
  });

  test("the sums hold, the bundle verifies, and every figure comes out the same from it alone", () => {
    for (const line of file(files, "SHA256SUMS").toString().trim().split("\n")) {
      const [sum, name] = line.split("  ");
      assert.equal(sha256Hex(file(files, name!)), sum);
    }
    const text = file(files, "bundle.json").toString();
    const verified = verifyBundle(text, { key: newsroom.verifierKey });
    assert.deepEqual([verified.outcome, verified.findings], ["clean", []]);
    assert.equal(String(verified.size), built.report.log_size);
    assert.deepEqual(
      reproduceBundle(text, verified.size, verified.root)
        .map(({ figure, same }) => [figure.id, same])
        .sort(),
      [
        ["said-count", true],
        ["table-count", true],
        ["table-usd", true],
      ],
    );
  });

  test("paragraphs are numbered through all sections; every note is used, and leads to a claim and its source", () => {
    const { report } = built;
    assert.deepEqual(
      paragraphsOf(report).map(({ number }) => number),
      [1, 2, 3],
    );
    assert.equal(report.title, "8 suspected attacks, and a table of 7");
    assert.match(paragraphsOf(report)[0]!.text, /suspect 8 attacks, .* adds up to 7, worth \$3,750,000/);
    const used = new Set(
      [
        report.summary,
        ...report.sections.flatMap(({ blocks }) => blocks.map((block) => (block.type === "table" ? block.caption : block.runs))),
      ]
        .flat()
        .flatMap(({ notes }) => notes ?? []),
    );
    assert.deepEqual(
      [...used].sort((a, b) => a - b),
      report.footnotes.map(({ number }) => number),
    );
    for (const { claims, sources } of report.footnotes) assert.ok(claims.length + sources.length > 0);
    assert.equal(report.footnotes[0]!.claims[0]!.hedge, "suspected");
    assert.equal(report.footnotes[0]!.figure!.id, "said-count");
  });

  test("rows of the annex are the figure's own, in order, with range and what was left out", () => {
    for (const { id, rows, excluded } of built.figures) {
      const annex = built.report.annexes.rows.find(({ figure }) => figure === id)!;
      assert.deepEqual(
        annex.rows.map(({ label, value, low, high, claim }) => ({ label, value, low, high, claim })),
        rows.map(({ label, value, low, high, claim }) => ({ label, value, low, high, claim })),
      );
      assert.deepEqual(
        annex.excluded,
        excluded.map(({ label, why }) => ({ label, why })),
      );
    }
  });

  test("a source that is not released, or was erased, is named by its entry and not shown", async () => {
    const state = built.report.annexes.evidence.withheld;
    assert.deepEqual(state, [{ entry: newsroom.withheld, state: "not released" }]);
    for (const { name, bytes } of files)
      if (name !== "report.pdf") assert.ok(!Buffer.from(bytes).toString().includes("A secret letter"), name);
    assert.ok(
      !JSON.stringify(built.report).includes(sha256Hex(Buffer.from("A letter that may not be shown. It says that nobody replied.\n"))),
    );
    assert.match(file(files, "report.html").toString(), new RegExp(`Entry ${newsroom.withheld} is not released and is not shown`));
    const other = await reportNewsroom(2);
    try {
      releaseWithheld(other);
      const parsed = parseReportSpec(SMALL_SPEC, "small.yaml");
      const make = () => buildReport(other.log, { parsed, spec_text: SMALL_SPEC, log_size: other.log.size(), draft: false }).report;
      assert.ok(
        make().annexes.evidence.items.some(({ title }) => title === "A secret letter"),
        "once released it is shown",
      );
      other.transact("test", (transaction) => appendErasure(transaction, { seqs: [other.withheld], blobs: [], reason: "a test" }, "test"));
      const erased = make();
      assert.deepEqual(erased.annexes.evidence.withheld, [{ entry: other.withheld, state: "erased" }]);
      assert.ok(!JSON.stringify(erased).includes("A secret letter"));
      assert.match(reportHtml(erased), /was erased and cannot be shown/);
    } finally {
      other.remove();
    }
  });

  test("no reply by the deadline is said, with what was asked of whom, when and how", () => {
    const [reply] = built.report.annexes.replies;
    assert.equal(reply!.silence, "no reply by Jan 20, 2030");
    const html = file(files, "report.html").toString();
    assert.match(html, /Asked on: Jan 5, 2030\. Who was asked: A company\. Channel: letter\. Answer asked for by: Jan 20, 2030\./);
    assert.match(html, /Answer: no reply by Jan 20, 2030\./);
  });

  test("the HTML is valid, stands alone, and prints the numbers of report.json; notes are linked both ways", async () => {
    const html = file(files, "report.html").toString();
    const validator = new HtmlValidate({ extends: ["html-validate:recommended"], rules: { "long-title": "off" } });
    const result = await validator.validateString(html);
    assert.deepEqual(
      result.results.flatMap(({ messages }) => messages.map(({ ruleId, message, line }) => `${line} ${ruleId}: ${message}`)),
      [],
    );
    assert.doesNotMatch(html, /<script|<link|src=|https?:\/\/|@import|url\(/i);
    const nodes = elements(parseHtml(html));
    const attribute = (node: Tree.Element, name: string) => node.attrs.find((item) => item.name === name)?.value;
    const ids = nodes.map((node) => attribute(node, "id")).filter((id) => id !== undefined);
    assert.equal(new Set(ids).size, ids.length);
    const links = nodes.filter(({ tagName }) => tagName === "a").map((node) => attribute(node, "href")!);
    assert.deepEqual(
      links.filter((href) => !href.startsWith("#") || !ids.includes(href.slice(1))),
      [],
    );
    const [uses, backs] = [ids.filter((id) => /^r\d/.test(id)), links.filter((href) => /^#r\d/.test(href)).map((href) => href.slice(1))];
    assert.deepEqual(uses.sort(), backs.sort());
    assert.equal(nodes.find(({ tagName }) => tagName === "html")!.attrs[0]!.value, "en");
    const levels = nodes.filter(({ tagName }) => /^h[1-6]$/.test(tagName)).map(({ tagName }) => Number(tagName[1]));
    levels.forEach((level, at) => assert.ok(at === 0 ? level === 1 : level <= levels[at - 1]! + 1, "no level is skipped"));
    for (const table of nodes.filter(({ tagName }) => tagName === "table")) {
      const inside = elements(table);
      assert.ok(inside.some(({ tagName }) => tagName === "caption"));
      for (const cell of inside.filter(({ tagName }) => tagName === "th")) assert.ok(attribute(cell, "scope"));
    }
    const printed = nodes.filter((node) => attribute(node, "data-figure")).map((node) => [attribute(node, "data-figure"), textOf(node)]);
    const runs = [built.report.summary, ...paragraphsOf(built.report).map(({ runs: list }) => list)].flat();
    assert.deepEqual(
      printed,
      runs.filter(({ figure }) => figure).map(({ figure, text }) => [figure, text]),
    );
    const body = textOf(nodes.find(({ tagName }) => tagName === "main")!);
    for (const annex of built.report.annexes.rows) for (const row of annex.rows) assert.ok(body.includes(row.shown), row.shown);
    assert.match(body, /tools & <infrastructure>/);
  });

  test("the PDF is tagged: language, title, headings, each paragraph's words, notes and tables with header cells", async (t) => {
    t.diagnostic("veraPDF and qpdf are not run: the structure is read with pdf.js alone");
    const pdf = await getDocumentProxy(new Uint8Array(file(files, "report.pdf")));
    const info = (await pdf.getMetadata()).info as Record<string, string>;
    assert.deepEqual([info.Title, info.Language, info.PDFFormatVersion], [`TW/2030/1: ${built.report.title}`, "en", "1.7"]);
    assert.equal((await pdf.getMarkInfo())!.Marked, true);
    const tags = await readTags(pdf);
    const words = (role: string) => tags.filter((tag) => tag.role === role).map(({ text }) => squeeze(text));
    assert.deepEqual(words("H1"), [squeeze(built.report.title)]);
    for (const { title } of built.report.sections) assert.ok(words("H2").includes(squeeze(title)), title);
    const paragraphs = words("P").map((text) => text.replaceAll(/\[\d+\]/g, ""));
    for (const { number, text } of paragraphsOf(built.report)) assert.ok(paragraphs.includes(squeeze(`${number}. ${text}`)), text);
    assert.equal(words("Note").length, built.report.footnotes.length);
    // Body table and annex of each figure, what was left out, and the evidence.
    const expected =
      1 + built.report.annexes.rows.length + built.report.annexes.rows.filter(({ excluded }) => excluded.length > 0).length + 1;
    assert.equal(words("Table").length, expected);
    for (const annex of built.report.annexes.rows)
      for (const row of annex.rows) assert.ok(words("TD").includes(squeeze(row.shown)), row.shown);
    assert.ok(words("TH").includes("Value") && words("TH").includes("Source"));
    assert.ok(words("Link").includes("[1]"));
    const outline = await pdf.getOutline();
    assert.deepEqual(outline.map(({ title }) => title).slice(0, 4), [built.report.title, "The total", "What is shared", "Notes"]);
    const raw = file(files, "report.pdf").toString("latin1");
    assert.match(raw, /\/Scope \/Column/);
    assert.match(raw, /\/DisplayDocTitle true/);
  });

  test("a draft says so in the head of each page, and nothing else does", async () => {
    const draft = await renderReport(newsroom, build(SMALL_SPEC, { draft: true }));
    const marked = async (list: readonly ReportFile[]) => {
      const pdf = await getDocumentProxy(new Uint8Array(file(list, "report.pdf")));
      const pages = await Promise.all(Array.from({ length: pdf.numPages }, async (_, at) => (await pdf.getPage(at + 1)).getTextContent()));
      return pages.map(({ items }) => items.some((item) => "str" in item && item.str === "TW/2030/1. Draft, not issued"));
    };
    assert.ok((await marked(draft)).every(Boolean));
    assert.ok((await marked(files)).every((isMarked) => !isMarked));
    assert.match(file(draft, "report.html").toString(), /<p class="draft">Draft, not issued<\/p>/);
  });

  test("the change log tells figures, rows and paragraphs that moved since the build before", () => {
    assert.deepEqual(build(SMALL_SPEC, { previous: built.report }).report.annexes.changes.figures, []);
    const [first] = newsroom.log.db
      .prepare("SELECT seq FROM claims WHERE subject = 'published-total/attacks-2029' AND field = 'count'")
      .all();
    newsroom.claim([
      {
        subject: "published-total/attacks-2029",
        field: "count",
        value: "5",
        unit: "attacks",
        period: "2029",
        claimant: "The monitors",
        hedge: "suspected",
        document: "S/2030/7, yearly table",
        as_of: "2030-03",
        supersedes: first!.seq as number,
      },
    ]);
    const changed = SMALL_SPEC.replace("Nobody has *explained* the difference.", "The difference stays unexplained.").replace(
      "  - title: What is shared",
      "      - A sentence is added here.\n  - title: What is shared",
    );
    const { changes } = build(changed, { previous: built.report }).report.annexes;
    assert.deepEqual(changes.figures, [
      { figure: "table-count", title: "Attacks in the yearly table", from: "7 attacks", to: "8 attacks" },
    ]);
    assert.deepEqual(
      changes.rows.map(({ figure, what, from, to }) => [figure, what, from, to]),
      [["table-count", "changed", "4 attacks", "5 attacks"]],
    );
    assert.deepEqual(
      changes.paragraphs.map(({ what, from_number, to_number }) => [what, from_number, to_number]),
      [
        ["changed", 1, 1],
        ["changed", 2, 2],
        ["added", null, 3],
      ],
    );
  });

  test("the folder is moved into place whole, refuses to be overwritten, and only a report's folder is replaced", () => {
    const base = mkdtempSync(join(tmpdir(), "tracewire-report-"));
    try {
      const out = join(base, "out", "report");
      writeReport(out, files, false);
      assert.deepEqual(readdirSync(out).sort(), [...files.map(({ name }) => name)].sort());
      assert.throws(() => writeReport(out, files, false), /there already/);
      writeReport(out, [{ name: "report.json", bytes: Buffer.from("{}") }], true);
      assert.deepEqual(readdirSync(out), ["report.json"]);
      assert.deepEqual(readdirSync(join(base, "out")), ["report"], "nothing half-built is left");
      const mine = join(base, "mine");
      writeReport(mine, [{ name: "letter.txt", bytes: Buffer.from("mine") }], false);
      assert.throws(() => writeReport(mine, files, true), /holds no report/);
      assert.equal(readFileSync(join(mine, "letter.txt"), "utf8"), "mine");
      writeFileSync(join(base, "file"), "");
      assert.throws(() => writeReport(join(base, "file", "under"), files, false));
      assert.ok(!existsSync(join(base, "file", "under")));
    } finally {
      rmSync(base, { recursive: true, force: true });
    }
  });
});

type Parent = Tree.Document | Tree.Element;
function elements(node: Parent): Tree.Element[] {
  return node.childNodes.flatMap((child) => ("tagName" in child ? [child, ...elements(child)] : []));
}
function textOf(node: Tree.Node): string {
  if (node.nodeName === "#text") return (node as Tree.TextNode).value;
  return "childNodes" in node ? node.childNodes.map(textOf).join("") : "";
}

/** Without white space: a line break in a PDF is a place, not a sign. */
const squeeze = (text: string): string => text.replaceAll(/\s+/g, "");

type Tag = { role?: string; type?: string; id?: string; children?: Tag[] };
type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>;

/** Every element of the structure with the words marked as its own; one that goes on over a page is joined by its kind. */
async function readTags(pdf: Pdf): Promise<{ role: string; text: string }[]> {
  const found: { role: string; text: string }[] = [];
  for (let number = 1; number <= pdf.numPages; number++) {
    const page = await pdf.getPage(number);
    const marked = new Map<string, string>();
    let open: string[] = [];
    for (const item of (await page.getTextContent({ includeMarkedContent: true })).items) {
      if ("str" in item) for (const id of open) marked.set(id, (marked.get(id) ?? "") + item.str);
      else if (item.type === "endMarkedContent") open = open.slice(0, -1);
      else open = [...open, item.id ?? ""];
    }
    const read = (tag: Tag): string => {
      if (tag.type === "content") return marked.get(tag.id!) ?? "";
      const text = (tag.children ?? []).map(read).join("");
      if (tag.role) found.push({ role: tag.role, text });
      return text;
    };
    const tree = (await page.getStructTree()) as Tag | null;
    if (tree) read(tree);
  }
  return found;
}
