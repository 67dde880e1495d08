// What readers get, over a real socket: sound and small pages, refusals, caching, and text that stays text.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { HtmlValidate } from "html-validate";
import { serveNewsroom, type ServedSite } from "../../test/demo-site.ts";
import { appendClaim, parseClaim } from "../casefile/casefile.ts";
import { appendRelease, findCapture } from "../evidence/evidence.ts";
import { appendFigureSpec, requireFigureSpec } from "../figures/figures.ts";
import { parseStoryText, publishStory, readPublication } from "../press/press.ts";
import { ASSET_NAMES, assetHref } from "./assets.ts";

const STORY = "/stories/un-monitors-58-suspected-cyberattacks";
const PAGES = [
  "/",
  STORY,
  `${STORY}/revisions/1`,
  "/about",
  "/how-we-count",
  "/no-such-page",
  "/?known=10",
  "/?known=never",
  `${STORY}?known=2026-12-31`,
];
const TRANSFER_BYTES_MAX = 60 * 1024;
const FRONT_BYTES_MAX = 100 * 1024;
const HTML_BYTES_MAX = 46 * 1024;
const FONT_BYTES_MAX = 40 * 1024;

let site: ServedSite;
before(async () => void (site = await serveNewsroom({ demo: true })));
after(() => site.stop());

test("every page is sound HTML with no script, no style of its own and no foreign address", async () => {
  const validator = new HtmlValidate({ extends: ["html-validate:recommended"] });
  const empty = await serveNewsroom({ demo: false });
  for (const [from, paths] of [
    [site, PAGES],
    [empty, ["/", "/about", "/how-we-count", STORY]],
  ] as const)
    for (const path of paths) {
      const { text } = await from.get(path, { headers: { accept: "text/html" } });
      const report = await validator.validateString(text);
      assert.deepEqual(
        report.results.flatMap((result) => result.messages.map((message) => `${path}: ${message.ruleId}: ${message.message}`)),
        [],
      );
      assert.doesNotMatch(text, /<script(?! type="application\/ld\+json">)|<style|\sstyle=|\son[a-z]+=|javascript:/i, path);
      assert.doesNotMatch(text, /(?:src|href|action)="(?:https?:)?\/\//, path);
      assert.match(text, /href="\/about#report-an-error"/, `${path} says how to report an error`);
    }
  await empty.stop();
});

test("the story page is at most 60 KB with its fonts and styles, and 46 KB of HTML", async () => {
  let assets = 0;
  let fonts = 0;
  for (const name of ASSET_NAMES) {
    const { body, status, headers } = await site.get(assetHref(name));
    assert.equal(status, 200);
    assert.match(String(headers["cache-control"]), /immutable/);
    assets += name.endsWith(".woff2") ? body.length : gzipSync(body, { level: 9 }).length;
    if (name.endsWith(".woff2")) fonts += body.length;
  }
  assert.ok(fonts <= FONT_BYTES_MAX, `${fonts} bytes of fonts`);
  for (const [path, limit] of [
    [STORY, TRANSFER_BYTES_MAX],
    ["/", FRONT_BYTES_MAX],
    ["/how-we-count", TRANSFER_BYTES_MAX],
  ] as const) {
    const plain = await site.get(path);
    const packed = await site.get(path, { headers: { "accept-encoding": "gzip" } });
    assert.equal(packed.headers["content-encoding"], "gzip");
    // Whatever else the page names would count too: it names nothing but these assets.
    const named = [...plain.text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((match) => match[1]);
    assert.ok(
      named.every((href) => ASSET_NAMES.some((name) => assetHref(name) === href)),
      named.join(" "),
    );
    assert.doesNotMatch(plain.text, /<img|<picture|<video|<iframe/);
    assert.ok(packed.body.length + assets <= limit, `${path}: ${packed.body.length + assets} bytes`);
    assert.ok(plain.body.length <= HTML_BYTES_MAX, `${path}: ${plain.body.length} bytes of HTML`);
  }
});

test("every number of the story opens to its value, who says it, how it was counted and its page", async () => {
  const { text } = await site.get(STORY);
  const { figures, seq } = readPublication(site.newsroom.log, STORY.slice("/stories/".length))!;
  const ids = [...text.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
  assert.equal(new Set(ids).size, ids.length, "ids are unique");
  const targets = new Set([...text.matchAll(/popovertarget="([^"]+)"/g)].map((match) => match[1]!));
  assert.ok([...targets].every((target) => ids.includes(target)));
  for (const figure of figures) assert.ok(text.includes(`href="/figures/${figure.id}?known=${seq}"`), figure.id);
  const note = text.split('<div class="note"').find((part) => part.includes('aria-label="57 attacks'))!;
  for (const words of ["57 attacks", "Who says", "as transcribed by", "How we counted", "As known on", "Nov 20, 2026", "All seven rows"])
    assert.ok(note.includes(words), words);
});

test("the chart draws every rival value of 2022 and its table lists them exactly", async () => {
  const { text } = await site.get(STORY);
  const chart = text.slice(text.indexOf('<figure class="chart"'));
  for (const value of ["630", "1,000", "1,700"]) assert.match(chart, new RegExp(`class="rival"[^>]*>${value}<`));
  for (const value of ["$630,000,000", "$991,700,000", "$1,000,000,000", "$1,700,000,000"]) assert.ok(chart.includes(value), value);
});

test("the same page twice is the same bytes, and costs nothing when it is held already", async () => {
  const first = await site.get(STORY);
  const again = await site.get(STORY, { headers: { "if-none-match": String(first.headers.etag) } });
  assert.equal(again.status, 304);
  assert.equal(again.body.length, 0);
  const head = await site.get(STORY, { method: "HEAD" });
  assert.equal(head.status, 200);
  assert.equal(head.body.length, 0);
  assert.equal(Number(head.headers["content-length"]), first.body.length);
});

test("a link that somebody's counter has lengthened is the same page; a parameter that means something is not", async () => {
  const plain = await site.get("/thefts");
  assert.equal((await site.get("/thefts?utm_source=mail&fbclid=1")).headers.etag, plain.headers.etag);
  const asked = await site.get("/thefts?utm_source=mail&year=2023");
  assert.equal(asked.headers.etag, (await site.get("/thefts?year=2023")).headers.etag);
  assert.notEqual(asked.headers.etag, plain.headers.etag);
  // Written with escapes, or twice: read as the route reads it, and never kept under a wrong name.
  assert.equal((await site.get("/thefts?%79ear=2023")).text, asked.text);
  assert.match((await site.get("/thefts?year=2023&year=2022")).text, /<option value="2023" selected>/);
});

test("foreign hosts, other methods and unknown addresses are refused on careful pages, or as JSON", async () => {
  const cases = [
    { path: "/", options: { headers: { host: "evil.example" } }, status: 421, code: "UNKNOWN_HOST" },
    { path: "/", options: { method: "POST" }, status: 405, code: "METHOD_NOT_ALLOWED" },
    { path: "/stories/nothing", options: {}, status: 404, code: "NOT_FOUND" },
    { path: `${STORY}/revisions/9`, options: {}, status: 404, code: "NOT_FOUND" },
    { path: "/assets/style.css", options: {}, status: 404, code: "NOT_FOUND" },
    { path: "/?known=never", options: {}, status: 400, code: "BAD_ARGUMENT" },
    { path: "/%E0%A4%A", options: {}, status: 400, code: "BAD_ARGUMENT" },
  ];
  for (const { path, options, status, code } of cases) {
    const page = await site.get(path, options);
    assert.equal(page.status, status, path);
    assert.match(String(page.headers["content-type"]), /^text\/html/);
    assert.ok(page.text.includes(`<code>${code}</code>`), path);
    const json = await site.get(path, {
      ...options,
      headers: { ...("headers" in options ? options.headers : {}), accept: "application/json" },
    });
    assert.equal((JSON.parse(json.text) as { error: { code: string } }).error.code, code);
  }
});

test("an error page shows the address as text and tells readers nothing of the command line", async () => {
  const { text } = await site.get("/<script>alert(1)</script>?q=<b>", { headers: { accept: "text/html" } });
  assert.doesNotMatch(text, /<script>|<b>/);
  assert.doesNotMatch(text, /npx|--help/);
});

test("the story as JSON is its tree and its figures as published", async () => {
  const { text, headers } = await site.get(`${STORY}.json`);
  assert.match(String(headers["content-type"]), /^application\/json/);
  const { story, figures, revisions } = JSON.parse(text) as { story: unknown; figures: unknown[]; revisions: unknown[] };
  const published = readPublication(site.newsroom.log, STORY.slice("/stories/".length))!;
  assert.deepEqual({ story, figures }, { story: published.story, figures: published.figures });
  assert.equal(revisions.length, 1);
});

// The tests below write to the newsroom and so come last.

test("a later claim moves the number of today; the story keeps its own and says so", async () => {
  const { newsroom } = site;
  const before = (await site.get(STORY)).text;
  assert.doesNotMatch(before, /newer value/);
  newsroom.transact("test", (transaction) => {
    const claim = parseClaim({
      subject: "theft/2023-09-04-stake",
      field: "amount",
      value: "941400000",
      unit: "USD",
      measure: "gross",
      valuation: { basis: "as_published" },
      claimant: "tayvano (researcher)",
      document: "list of May and June 2026",
      hedge: "estimated",
      as_of: "2026-07",
      source: { capture: 1, locator: { row: 1, column: "amount_usd" } },
    });
    appendRelease(transaction, [appendClaim(transaction, claim, "test")], [], "test");
  });
  site.refresh();
  const { text } = await site.get(STORY);
  assert.match(text, /numbers here have a newer value/);
  assert.ok(text.includes(">$1.46 billion</button>"), "what was published is still what is printed");
  assert.match(text, /was \$1,462,880,000, now <a href="\/figures\/thefts-2017-2023-official-usd\?known=\d+">\$2,363,280,000/);
});

test("text that looks like markup stays text: in claims, names, labels and stories", async () => {
  const { newsroom } = site;
  const hostile = `"><script>alert('x')</script><img src=x onerror=y>&amp;\u202ereversed`;
  newsroom.transact("test", (transaction) => {
    const capture = findCapture(newsroom.log, 1)!.seq;
    const base = { hedge: "asserted", as_of: "2026", claimant: hostile, source: { capture, locator: { row: 1, column: "date" } } };
    const claims = [
      { ...base, subject: "theft/2026-11-01-hostile", field: "victim", value: hostile },
      { ...base, subject: "theft/2026-11-01-hostile", field: "date", value: "2026-11-01" },
      { ...base, subject: "theft/2026-11-01-hostile", field: "attributed_to", value: hostile },
      {
        ...base,
        subject: "theft/2026-11-01-hostile",
        field: "amount",
        value: "5000000",
        unit: "USD",
        measure: "gross",
        valuation: { basis: "as_published" },
      },
      { ...base, subject: "reply/hostile", field: "answer", value: hostile, wording: hostile },
    ];
    appendRelease(
      transaction,
      claims.map((claim) => appendClaim(transaction, parseClaim(claim), "test")),
      [],
      "test",
    );
    appendFigureSpec(
      transaction,
      {
        id: "hostile-usd",
        title: `Taken ${hostile}`,
        measure: "quote",
        of: "theft",
        field: "amount",
        subject: "theft/2026-11-01-hostile",
        currency: "USD",
      },
      "test",
    );
  });
  const head = `---\nslug: hostile\ntopic: <b>"&amp;\nbyline: <script>alert('x')</script>\nhappened: 2026-11-01\nreply: reply/hostile\n---`;
  const text = `${head}\n\n# ${hostile} says {{hostile-usd}}\n\n> ${hostile}\n\nAbout {{hostile-usd}}${hostile}\n`;
  newsroom.transact("test", (transaction) => publishStory(transaction, newsroom.log, parseStoryText(text), { by: hostile, why: hostile }));
  assert.equal(requireFigureSpec(newsroom.log, "hostile-usd").id, "hostile-usd");
  site.refresh();
  const validator = new HtmlValidate({ extends: ["html-validate:recommended"], rules: { "long-title": "off" } });
  for (const path of ["/", "/stories/hostile"]) {
    const page = await site.get(path);
    assert.equal(page.status, 200);
    assert.ok(page.text.includes("&lt;script&gt;alert(&#39;x&#39;)"), path);
    assert.doesNotMatch(page.text, /<script(?! type="application\/ld\+json">)|<img|\u202e/);
    const report = await validator.validateString(page.text);
    assert.deepEqual(
      report.results.flatMap((result) => result.messages.map((message) => `${path}: ${message.message}`)),
      [],
    );
  }
});

test("an older state of the log is shown as what it is, with a way to the newest", async () => {
  const { text } = await site.get(`${STORY}?known=2026-12-31`);
  assert.match(text, /As known at log size 1,9\d\d/);
  assert.ok(text.includes(`<a href="${STORY}">Show the newest</a>`));
  assert.equal((await site.get(`${STORY}?known=1500`)).status, 404, "it was not published yet");
});
