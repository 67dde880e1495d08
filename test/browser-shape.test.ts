// The shape of pages: a story whose picture names a figure with nothing to draw, whose pull figure is long, on the front page,
// on paper and on a telephone; and a figure's rows there.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, test } from "node:test";
import { chromium, type Browser } from "playwright-core";
import { TracewireError } from "../src/errors.ts";
import { openNewsroom, type NewsroomReader } from "../src/newsroom.ts";
import { parseStoryText, publishStory } from "../src/press/press.ts";
import { openSite, type Site } from "../src/site/site.ts";
import { goldenNewsroom } from "./golden-newsroom.ts";
import type { ReportNewsroom } from "./report-newsroom.ts";

const CHROMIUM = process.env.TRACEWIRE_CHROMIUM ?? "/usr/bin/chromium";
const skip = existsSync(CHROMIUM) ? false : `no Chromium at ${CHROMIUM}: apt-get install chromium, or set TRACEWIRE_CHROMIUM`;
const MASTHEAD_GAP_MIN_PX = 12;
const EMPTY_MAX_PX = 120;
const WAIVED = [{ rule: "picture-draws-nothing", why: "a test" }];

let newsroom: ReportNewsroom;
let reader: NewsroomReader;
let site: Site;
let base: string;
let browser: Browser | undefined;
before(async () => {
  newsroom = await goldenNewsroom();
  reader = openNewsroom(newsroom.folder);
  site = openSite(reader, { clock: () => "2026-01-02T12:00:00.000Z", hosts: ["127.0.0.1"] });
  base = await site.app.listen({ port: 0, host: "127.0.0.1" });
  if (!skip) browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
});
after(async () => {
  await browser?.close();
  await site?.close();
  reader?.close();
  newsroom?.remove();
});

function publish(slug: string, picture: string | undefined, text: string, waivers: typeof WAIVED = []): void {
  const head = `slug: ${slug}\ntopic: Sanctions\nbyline: Case desk\nhappened: 2029-06-01\nreply: reply/s-2030-7\n${picture === undefined ? "" : `picture: ${picture}\n`}`;
  const story = parseStoryText(`---\n${head}---\n\n# Their table has {{table-usd}}\n\n> According to the same monitors, {{table-usd}}.\n\nThe table adds up to {{table-usd|exact}}, according to the monitors.\n\n!pull table-usd in the table, according to the monitors\n${text}`);
  newsroom.transact("test", (transaction) => publishStory(transaction, newsroom.log, story, { by: "test", waivers }));
}

/** Where things stand on the front page, in pixels. */
async function measured(width: number) {
  const page = await browser!.newPage({ viewport: { width, height: 900 } });
  await page.goto(base);
  const found = await page.evaluate(() => {
    const box = (selector: string) => document.querySelector(selector)!.getBoundingClientRect();
    const rail = [...document.querySelectorAll(".rail > li")].map((item) => item.querySelector("h3")!.parentElement!.getBoundingClientRect().width / item.getBoundingClientRect().width);
    const last = [...document.querySelector(".lead")!.children].reduce((low, item) => Math.max(low, item.getBoundingClientRect().bottom), 0);
    const [lead, latest] = [box(".lead"), box(".latest")];
    const picture = document.querySelector(".lead .picture")?.getBoundingClientRect().top;
    const empty = (latest.top < lead.bottom ? latest.bottom : lead.bottom) - last;
    return { rail, label: box(".lead .label").top - box(".masthead").bottom, headline: box(".lead h2").top, picture, empty };
  });
  await page.close();
  return found;
}

async function keepsShape(): Promise<void> {
  if (!browser) return;
  const [wide, narrow] = [await measured(1280), await measured(390)];
  for (const { rail, label, empty } of [wide, narrow]) {
    assert.ok(rail.length > 0 && rail.every((share) => share > 0.55), `words of Top News have room: ${rail.join(", ")}`);
    assert.ok(label >= MASTHEAD_GAP_MIN_PX, `the topic stands ${label} px under the menu`);
    assert.ok(empty < EMPTY_MAX_PX, `${empty} px below the lead are empty`);
  }
  assert.ok(narrow.headline < 422, `on a telephone the headline begins on the first half of the screen: ${narrow.headline}`);
  if (narrow.picture !== undefined) assert.ok(narrow.picture > narrow.headline && wide.picture! < wide.headline, "the picture is over the headline only where there is room");
}

test("a figure with nothing to draw is a finding; the number itself takes the picture's place", { skip }, async () => {
  assert.throws(() => publish("one-number", "table-usd", ""), (error) => error instanceof TracewireError && error.code === "LINT_FAILED" && /picture-draws-nothing/.test(error.message));
  publish("one-number", "table-usd", "", WAIVED);
  assert.match(await (await fetch(`${base}/stories/one-number`)).text(), /<figure class="picture numeral">\n<p><a class="fig" href="\/figures\/table-usd[^"]*">\$[\d.]+ \w+<\/a><\/p>/);
  await keepsShape();
});

test("another figure of the story that can be drawn is, on its page, on cards and in previews", { skip }, async () => {
  publish("next-figure", "table-usd", "\n## The years\n\n!chart table-by-year Amounts by year, according to the monitors.\n", WAIVED);
  const page = await (await fetch(`${base}/stories/next-figure`)).text();
  assert.match(page, /<figure class="picture">\n<div><svg[^]*Amounts by year in the monitors’ table/);
  assert.match(await (await fetch(`${base}/latest`)).text(), /<li><svg class="thumb"[^]*href="\/stories\/next-figure"/);
  assert.match(await (await fetch(`${base}/stories/next-figure/picture.svg`)).text(), /Amounts by year|<rect x="/);
  await keepsShape();
});

test("a pull figure stays on one line where there is room; on paper the text is larger than its boxes, and addresses are whole", { skip }, async () => {
  publish("long-pull", undefined, "\n!pull table-usd|exact is what the monitors’ table adds up to\n");
  const page = await browser!.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(`${base}/stories/long-pull`);
  const pulls = await page.evaluate(() => {
    const right = (item: Element) => item.getBoundingClientRect().right;
    return [...document.querySelectorAll(".pull > .fig")].map((item) => ({ lines: item.getClientRects().length, over: right(item) - right(item.closest(".text")!) }));
  });
  assert.ok(pulls.length === 2 && pulls.every(({ lines, over }) => lines === 1 && over <= 0), JSON.stringify(pulls));
  await page.emulateMedia({ media: "print" });
  const paper = await page.evaluate(() => {
    const size = (selector: string) => parseFloat(getComputedStyle(document.querySelector(selector)!).fontSize);
    const [pull, mark] = [...document.querySelectorAll(".pull:last-of-type > .fig, .pull:last-of-type > sup")].map((item) => item.getBoundingClientRect());
    return { text: size(".text p"), box: size(".box p"), reply: size(".text .box p"), gap: mark!.left - pull!.right, note: document.querySelector(".note p.paper")!.textContent };
  });
  assert.ok(paper.text > paper.box && paper.text > paper.reply, JSON.stringify(paper));
  assert.ok(paper.gap < 8, `the number of its note stands ${paper.gap} px beside the figure`);
  assert.match(paper.note!, /^http:\/\/localhost\/figures\//);
  await page.close();
});

test("a figure's rows on a telephone: the source is in sight, and no column is empty", { skip }, async () => {
  const page = await browser!.newPage({ viewport: { width: 390, height: 844 } });
  await page.goto(`${base}/figures/table-by-year`);
  const { source, heads } = await page.evaluate(() => {
    const table = document.querySelector("[aria-label=Rows] table")!;
    return { source: table.querySelector("td a")!.getBoundingClientRect().right, heads: [...table.querySelectorAll("thead th")].map(({ textContent }) => textContent) };
  });
  assert.ok(source <= 390, `it ends at ${source} px`);
  assert.deepEqual(heads.slice(0, 3), ["What", "Value", "Source"]);
  const empty = await page.evaluate(() => {
    const rows = [...document.querySelectorAll("[aria-label=Rows] tbody tr")];
    return [...rows[0]!.children].map((_, at) => rows.every((row) => row.children[at]!.textContent === ""));
  });
  assert.deepEqual(empty.filter(Boolean), []);
  await page.close();
});

test("a story without a picture leads as well", { skip }, async () => {
  publish("no-picture", undefined, "");
  assert.doesNotMatch(await (await fetch(`${base}/stories/no-picture`)).text(), /class="picture/);
  await keepsShape();
});
