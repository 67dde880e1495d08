// The public pages in a real browser: axe in light, dark and at 320 px, figures that open by keyboard, paper, and that
// nothing is asked of any other server. Skipped, and says so, where there is no Chromium.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import sharp from "sharp";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { listCaptures } from "../src/evidence/evidence.ts";
import { serveNewsroom, type ServedSite } from "./demo-site.ts";

const CHROMIUM = process.env.TRACEWIRE_CHROMIUM ?? "/usr/bin/chromium";
const skip = existsSync(CHROMIUM) ? false : `no Chromium at ${CHROMIUM}: apt-get install chromium, or set TRACEWIRE_CHROMIUM`;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const STORY = "/stories/un-monitors-58-suspected-cyberattacks";
const PAGES = [
  "/",
  STORY,
  `${STORY}/revisions/1`,
  "/about",
  "/how-we-count",
  "/no-such-page",
  "/?known=20",
  "/case",
  "/case/published-total/crypto-thefts-2022",
  "/thefts",
  "/stories/nomad-bridge-561-addresses",
  "/latest",
  "/search?q=ronin",
  "/actors",
  "/screen?q=0x098B716B8Aaf21512996dC57EB0615e2383E2f96&on=2024-09-27",
  "/screen?q=Kim+Jong+Un&on=2021-07-15",
  "/lists",
  "/lists/ofac-crypto",
  "/lists/ofac-sdn/changes?change=changed",
  "/thefts?q=nothing-like-it",
  "/thefts/2023-07-22-alphapo-coinspaid",
  "/figures",
  "/figures/panel-2024-table-count",
  "/figures/thefts-2017-2023-official-usd",
  "/figures/panel-2024-table-by-year",
  "/evidence/EVIDENCE?row=6&column=count",
  "/traces",
  "/traces/lesson",
  "/traces/nomad-bridge?method=haircut",
  "/addresses/0x098b716b8aaf21512996dc57eb0615e2383e2f96",
  "/transactions/invented-3",
  "/log",
  "/log/500",
];
type AxeResult = { violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] };

let site: ServedSite;
let empty: ServedSite;
let browser: Browser;
before(async () => {
  if (skip) return;
  site = await serveNewsroom({ demo: true });
  const capture = listCaptures(site.newsroom.log).find(({ origin }) => origin.name === "annual-totals.csv")!;
  for (const [at, path] of PAGES.entries()) PAGES[at] = path.replace("EVIDENCE", capture.sha256);
  empty = await serveNewsroom({ demo: false });
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
});
after(async () => {
  await browser?.close();
  await site?.stop();
  await empty?.stop();
});

/** Opens a page and fails the test on any error in its console and any request that leaves the site. */
async function visit(path: string, options: BrowserContextOptions, look: (page: Page) => Promise<void>, from = site): Promise<void> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("console", (message) => message.type() === "error" && !/status of 404/.test(message.text()) && faults.push(message.text()));
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("request", (request) => !request.url().startsWith(from.base) && faults.push(`asks ${request.url()}`));
  page.on("requestfailed", (request) => faults.push(`failed: ${request.url()}`));
  // The load event waits for the stylesheet and the pictures; fonts that are on their way are awaited too.
  await page.goto(from.base + path, { waitUntil: "load" });
  await page.evaluate("document.fonts.ready.then(() => true)");
  await look(page);
  assert.deepEqual(faults, [], path);
  await context.close();
}

async function assertAccessible(page: Page, where: string): Promise<void> {
  await page.evaluate(axe);
  const result = (await page.evaluate(
    "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })",
  )) as AxeResult;
  assert.deepEqual(
    result.violations.map(({ id, nodes }) => `${where}: ${id}: ${nodes[0]?.html.slice(0, 160)} ${nodes[0]?.failureSummary}`),
    [],
  );
}

test("axe would find something: a picture without words is planted", { skip }, async () => {
  await visit("/", {}, async (page) => {
    await page.evaluate("document.querySelector('main').append(document.createElement('img'))");
    await assert.rejects(assertAccessible(page, "planted"), /image-alt/);
  });
});

const sideways = (page: Page) => page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");

test("axe finds nothing: light, dark, 320 px wide and at twice the size; nothing scrolls sideways", { skip }, async () => {
  const shapes: [string, BrowserContextOptions][] = [
    ["light", { viewport: { width: 1280, height: 900 }, colorScheme: "light" }],
    ["dark", { viewport: { width: 1280, height: 900 }, colorScheme: "dark" }],
    ["320 px", { viewport: { width: 320, height: 640 } }],
    // 200 % zoom of a 1280 px window is a 640 px one at twice the density.
    ["200 %", { viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 }],
  ];
  for (const [name, options] of shapes) {
    for (const path of PAGES)
      await visit(path, options, async (page) => {
        await assertAccessible(page, `${path} (${name})`);
        assert.equal(await sideways(page), 0, `${path} (${name}) scrolls sideways`);
      });
    await visit("/", options, (page) => assertAccessible(page, `empty newsroom (${name})`), empty);
  }
});

test("a figure opens in place by keyboard, says its piece, and closes again", { skip }, async () => {
  for (const [width, colorScheme] of [
    [1280, "light"],
    [320, "dark"],
  ] as const)
    await visit(STORY, { viewport: { width, height: 800 }, colorScheme }, async (page) => {
      const figure = page.locator(".standfirst button.fig").nth(1);
      await figure.focus();
      await page.keyboard.press("Enter");
      const note = page.locator("[popover]:popover-open");
      assert.equal(await note.count(), 1);
      const words = await note.innerText();
      for (const expected of ["$2,966,031,000", "Who says", "How we counted", "As known on", "All seven rows"])
        assert.ok(words.includes(expected), expected);
      const box = (await note.boundingBox())!;
      assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= 800, "the note is inside the window");
      await assertAccessible(page, `open note at ${width} px`);
      await page.keyboard.press("Tab");
      assert.match(
        String(await page.evaluate("document.activeElement.getAttribute('href')")),
        /^\/figures\/panel-2024-table-usd\?known=\d+$/,
      );
      await page.keyboard.press("Escape");
      assert.equal(await note.count(), 0);
      assert.equal(await figure.evaluate((element) => element === element.ownerDocument.activeElement), true, "focus comes back");
    });
});

test("the first Tab leads past the masthead, and every control is reached", { skip }, async () => {
  await visit(STORY, { viewport: { width: 1280, height: 900 } }, async (page) => {
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate("document.activeElement.textContent"), "Skip to the page");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate("document.activeElement.id"), "main");
    await page.locator("main summary").first().focus();
    await page.keyboard.press("Enter");
    assert.ok(await page.getByText("$991,700,000").isVisible(), "the chart's table opens");
    await assertAccessible(page, "with the table open");
  });
});

test("on paper every figure has its value and a short address, once, and nothing to press", { skip }, async () => {
  await visit(STORY, { viewport: { width: 700, height: 900 } }, async (page) => {
    await page.emulateMedia({ media: "print" });
    const notes = page.locator(".note[popover]");
    assert.ok((await notes.count()) >= 14);
    for (let at = 0; at < (await notes.count()); at++) {
      const words = await notes.nth(at).innerText();
      assert.match(words, /^.+\n+\d+\. .+\n+http:\/\/localhost\/figures\/[a-z0-9-]+\?known=\d+$/, words);
    }
    assert.equal(await page.locator("nav.ways").isVisible(), false);
    assert.equal(await page.evaluate("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)");
  });
});

test("labels in pictures are at least 11 px at 320 px", { skip }, async () => {
  await visit(STORY, { viewport: { width: 320, height: 640 } }, async (page) => {
    const sizes = await page.evaluate<number[]>(
      "[...document.querySelectorAll('svg text')].filter((t) => t.getClientRects().length).map((t) => parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().a)",
    );
    assert.ok(sizes.length > 10);
    assert.ok(Math.min(...sizes) >= 11, `${Math.min(...sizes)} px`);
  });
});

test("a table that goes on beside the edge says so: light, dark, forced colours; on paper it does not", { skip }, async () => {
  const edges = async (page: Page) => {
    const table = page.locator("main .scroll").first();
    const image = sharp(await table.screenshot({ animations: "disabled" }));
    const { width, height } = await image.metadata();
    // The lines of the rows stand in both strips alike; what differs between the edges is the shadow.
    const mean = async (left: number) => {
      const strip = await image.clone().extract({ left, top: 40, width: 4, height: height - 45 }).png().toBuffer();
      const { channels } = await sharp(strip).stats();
      return (channels[0]!.mean + channels[1]!.mean + channels[2]!.mean) / 3;
    };
    return { left: await mean(0), right: await mean(width - 4) };
  };
  for (const colorScheme of ["light", "dark"] as const)
    await visit("/thefts", { viewport: { width: 375, height: 800 }, colorScheme }, async (page) => {
      const sign = colorScheme === "light" ? 1 : -1;
      const start = await edges(page);
      assert.ok((start.left - start.right) * sign > 15, `${colorScheme}, more to the right: ${JSON.stringify(start)}`);
      await page.locator("main .scroll").first().evaluate((table: { scrollLeft: number; scrollWidth: number }) => void (table.scrollLeft = table.scrollWidth));
      const end = await edges(page);
      assert.ok((end.right - end.left) * sign > 15, `${colorScheme}, more to the left: ${JSON.stringify(end)}`);
      await page.emulateMedia({ media: "print" });
      assert.equal(await page.evaluate("getComputedStyle(document.querySelector('main .scroll')).backgroundImage"), "none");
    });
  await visit("/thefts", { viewport: { width: 375, height: 800 }, forcedColors: "active" }, async (page) => {
    assert.equal(await page.evaluate("getComputedStyle(document.querySelector('main .scroll')).borderRightStyle"), "solid");
  });
});

test("the rooms of the case open from the header by keyboard, without script, wide and narrow", { skip }, async () => {
  for (const width of [1280, 320])
    await visit("/", { viewport: { width, height: 800 }, javaScriptEnabled: false }, async (page) => {
      const room = page.locator(".rooms a[href='/screen']");
      assert.equal(await room.isVisible(), false);
      await page.locator(".rooms summary").focus();
      await page.keyboard.press("Enter");
      assert.equal(await room.isVisible(), true);
      const box = (await page.locator(".rooms ul").boundingBox())!;
      assert.ok(box.x >= 0 && box.x + box.width <= width, `${width}: ${JSON.stringify(box)}`);
      const tabs = await page.locator(".rooms a").evaluateAll((links) => links.findIndex((link) => link.getAttribute("href") === "/screen"));
      for (let at = 0; at <= tabs; at++) await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.waitForURL("**/screen");
      assert.equal(await page.locator("h1").innerText(), "Is it on a list?");
    });
});
