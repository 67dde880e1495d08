// The picture of a trace in a real browser: ten thousand places, opened by mouse and by keyboard, notes, undo, its state in the
// address. Skipped, and says so, without Chromium.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import sharp from "sharp";
import { deskBrowser, noChromium as skip, type DeskBrowser } from "./desk-browser.ts";
import { keepTrace } from "./kept-trace.ts";

const SPRAYED = 3_112;
/** Of 9,337 places: the thief sprays to 3,112, each of which sends on to two. */
const TRANSFERS = `txid,from,to,amount
t0,victim,thief,1000000
${Array.from({ length: SPRAYED }, (_, at) => `s${at},thief,mule-${at},${300 - (at % 200)}`).join("\n")}
${Array.from({ length: SPRAYED }, (_, at) => (at === 0 ? "" : `u${at},mule-${at},end-${at},60\nv${at},mule-${at},rest-${at},30`)).filter(Boolean).join("\n")}
`;
/** On a machine that others use too, and without a graphics card. */
const USABLE_MS = 15_000;

let desk: DeskBrowser;
before(async () => {
  if (skip) return;
  desk = await deskBrowser({ software_gl: true });
  await keepTrace(desk.bench.newsroom, "sprayed", { transfers: TRANSFERS, stops: ["mule-0=service:<img src=x onerror=alert(1)>"] });
});
after(() => desk?.close());

test("nine thousand places are drawn, and answer", { skip }, async (t) => {
  const { context, page, faults } = await desk.asPerson("anna", { viewport: { width: 1280, height: 900 } });
  const from = performance.now();
  await page.goto(`${desk.base}/desk/traces/sprayed/graph#open=all`);
  await page.waitForSelector("[data-graph][data-ready]");
  const drawn = performance.now() - from;
  assert.equal(await page.getAttribute("[data-graph]", "data-ready"), "9335");
  const pressed = performance.now();
  await page.click("[data-twin] tbody tr:first-child button");
  await page.waitForSelector("[data-detail] textarea");
  const answered = performance.now() - pressed;
  t.diagnostic(`9,335 places: drawn ${drawn.toFixed(0)} ms after the address was asked for, a press answered in ${answered.toFixed(0)} ms`);
  assert.ok(drawn < USABLE_MS && answered < USABLE_MS);
  // Something is drawn: ink on the paper, and not all over it.
  const { data, info } = await sharp(await page.locator("[data-picture]").screenshot()).greyscale().raw().toBuffer({ resolveWithObject: true });
  const paper = data[(5 * info.width + 5) * info.channels]!;
  const inked = data.reduce((sum, value) => sum + Number(Math.abs(value - paper) > 30), 0) / data.length;
  t.diagnostic(`${(inked * 100).toFixed(0)} % of the picture is inked`);
  assert.ok(inked > 0.03 && inked < 0.9);
  await desk.picture(page, "graph-all");
  assert.deepEqual(faults, []);
  await context.close();
});

test("opened by keyboard, “25 of 3,112 shown”; everything undone and done again; notes for the newsroom; the address has its state", { skip }, async () => {
  const { context, page, faults } = await desk.asPerson("anna", { viewport: { width: 1280, height: 900 } });
  await page.goto(`${desk.base}/desk/traces/sprayed/graph`);
  await page.waitForSelector("[data-graph][data-ready='26']");
  const rows = () => page.innerText("[data-twin] caption");
  assert.match(await rows(), /25 flows between 26 places shown, of 9,334 in all/);
  await page.keyboard.press("?");
  assert.match(await page.innerText("dialog.keys"), /z\s+Undo[^]*w\s+Show all/);
  await page.keyboard.press("Escape");
  // The twin: a place is looked at and opened by Tab and Enter alone.
  const look = page.getByRole("button", { name: "Look at mule-1", exact: true });
  await look.focus();
  await page.keyboard.press("Enter");
  assert.match(await page.innerText("[data-detail]"), /mule-1\s+Funds came here\. Out of it: 0 of 2 shown\./);
  await page.keyboard.press("o");
  assert.match(await rows(), /27 flows between 28 places/);
  assert.match(page.url(), /#open=0\.\d+&at=\d+$/);
  const address = page.url();
  await page.keyboard.press("z");
  assert.match(await rows(), /25 flows between 26/);
  await page.keyboard.press("Shift+Z");
  assert.match(await rows(), /27 flows between 28/);

  await page.keyboard.press("n");
  await page.keyboard.type("Asked the exchange <b>twice</b>");
  await page.keyboard.press("Escape");
  await page.keyboard.press("s");
  await page.waitForSelector("[data-twin] td:has-text('Asked the exchange <b>twice</b>')");
  assert.match(await page.innerText("[data-detail]"), /By anna; for the newsroom alone/);
  await page.keyboard.press("z");
  await desk.until(page, "!document.querySelector('[data-twin]').innerText.includes('Asked')");
  await page.keyboard.press("Shift+Z");
  await page.waitForSelector("[data-twin] td:has-text('Asked the exchange')");
  assert.deepEqual(await desk.axe(page), []);
  await desk.picture(page, "graph");
  await context.close();

  // Another person, by the same address, sees what was open and the note; a reporter sees no trace at all.
  const other = await desk.asPerson("edda", { viewport: { width: 390, height: 844 }, colorScheme: "dark" });
  await other.page.goto(address);
  await other.page.waitForSelector("[data-graph][data-ready='28']");
  assert.match(await other.page.innerText("[data-twin]"), /Asked the exchange/);
  assert.deepEqual(await desk.axe(other.page), []);
  assert.ok(((await other.page.evaluate("document.documentElement.scrollWidth")) as number) <= 390);
  await desk.picture(other.page, "graph-narrow-dark");
  assert.equal((await desk.bench.as("rosa", "/desk/traces/sprayed/graph.json")).status, 403);
  const foreign = await desk.bench.as("anna", "/desk/traces/sprayed/notes", { place: "nowhere", text: "x" });
  assert.equal(foreign.status, 404);

  // What an address calls itself is words, in the picture and in the table.
  await other.page.click("text=As it began");
  assert.match(await other.page.innerText("[data-twin]"), /<img src=x/);
  assert.equal(await other.page.locator("[data-graph] img").count(), 0);
  assert.deepEqual([...faults, ...other.faults], []);
  await other.context.close();
});

test("without WebGL the table has everything, and says so", { skip }, async () => {
  const { context, page } = await desk.asPerson("anna");
  await page.addInitScript("HTMLCanvasElement.prototype.getContext = () => null");
  await page.goto(`${desk.base}/desk/traces/sprayed/graph`);
  await page.waitForSelector("[data-graph][data-ready]");
  assert.match(await page.innerText("[data-says]"), /draws no picture.*The table below has the same flows/);
  assert.match(await page.innerText("[data-twin] caption"), /25 flows between 26 places/);
  await context.close();
});
