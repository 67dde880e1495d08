// Reading a capture at the desk, in a real browser: text and original side by side. Skipped, and says so, without Chromium.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import sharp from "sharp";
import { readClaims } from "../src/casefile/casefile.ts";
import { appendCapture, prepareCapture } from "../src/evidence/evidence.ts";
import { makePdf, pageContent } from "../src/evidence/extractors/pdf-sample.ts";
import { deskBrowser, noChromium as skip, type DeskBrowser } from "./desk-browser.ts";

let desk: DeskBrowser;
before(async () => {
  if (!skip) desk = await deskBrowser();
});
after(() => desk?.close());

async function capture(bytes: Uint8Array, name: string): Promise<number> {
  const { newsroom, now } = desk.bench;
  const prepared = await prepareCapture(newsroom.blobs, { bytes, origin: { from: "file", name }, retrieved_at: now(), retrieved_by: "rosa", grade: "copy", source_grade: "B", item_grade: "2", title: name });
  return newsroom.transact("rosa", (transaction) => appendCapture(transaction, prepared));
}

type Box = { x: number; y: number; width: number; height: number };
/** Marks words of a paragraph as a mouse would. */
const mark = (words: string) => `(() => {
  for (const span of document.querySelectorAll("[data-captured] span, [data-captured] td")) {
    const text = span.firstChild, at = text?.data?.indexOf(${JSON.stringify(words)}) ?? -1;
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(text, at); range.setEnd(text, at + ${words.length});
    getSelection().removeAllRanges(); getSelection().addRange(range);
    return true;
  }
})()`;

test("beside a PDF's text its page as it looks, the marked words framed on their own ink; pages turn with and without script", { skip }, async () => {
  const seq = await capture(
    makePdf([
      pageContent([{ y: 700, words: "A list of thefts <img src=x onerror=alert(1)>" }, { y: 650, words: "The Panel said that $41.4 million was taken." }]),
      pageContent([{ y: 300, words: "The casino said nothing." }]),
    ]),
    "list.pdf",
  );
  const { context, page, faults } = await desk.asPerson("rosa", { viewport: { width: 1280, height: 860 } });
  await page.goto(`${desk.base}/desk/captures/${seq}`);
  await desk.until(page, "document.querySelector('.sheet img').naturalWidth === 1240");
  assert.ok(await page.evaluate(mark("$41.4 million")));
  await page.keyboard.press("c");
  await page.waitForSelector(".sheet .mark");
  assert.equal(await page.inputValue("[name=value]"), "41400000");
  const [sheet, framed] = [await page.locator(".sheet").boundingBox(), await page.locator(".sheet .mark").boundingBox()] as [Box, Box];
  const [x, y] = [(framed.x - sheet.x) / sheet.width, (framed.y + framed.height / 2 - sheet.y) / sheet.height];
  assert.ok(x > 0.2 && x < 0.5 && Math.abs(y - 1 + 654 / 800) < 0.012, `${x} ${y}`);
  await desk.picture(page, "capture-pdf");
  assert.deepEqual(await desk.axe(page), []);

  await page.keyboard.press("Escape");
  await page.keyboard.press("]");
  await desk.until(page, "document.querySelector('.sheet img').src.endsWith('/pages/2') && document.querySelector('.sheet img').complete");
  assert.match(await page.innerText("[data-original-title]"), /Page 2 of 2/);
  assert.equal(await page.locator(".sheet .mark").count(), 0);
  assert.match(page.url(), /original=2/);
  await page.click("[data-original-page='1']");
  await page.waitForSelector(".sheet .mark");

  await page.fill("[name=subject]", "theft/2024-01-01-casino");
  await page.fill("[name=claimant]", "UN Panel of Experts (1718)");
  // What the checks raise is shown while it is typed, and not asked for again.
  await page.waitForSelector("text=Save all the same");
  await page.click("button.main-act");
  await page.waitForURL(/saved=/);
  assert.deepEqual([await page.inputValue("[name=subject]"), await page.inputValue("[name=claimant]"), await page.inputValue("[name=value]")], ["theft/2024-01-01-casino", "UN Panel of Experts (1718)", ""]);
  await page.waitForSelector(".sheet .read");
  assert.deepEqual(faults, []);
  await context.close();
  const claims = readClaims(desk.bench.newsroom.log, { log_size: desk.bench.newsroom.log.size(), evidence: "all" }, { capture: seq });
  assert.deepEqual(claims.map(({ source }) => source.locator.page), [1]);

  const plain = await desk.asPerson("rosa", { javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
  await plain.page.goto(`${desk.base}/desk/captures/${seq}?quote=%2441.4%20million`);
  assert.equal(await plain.page.locator(".sheet .mark").count(), 1);
  await plain.page.click("a[rel=next]");
  assert.match(await plain.page.innerText("[data-original-title]"), /Page 2/);
  await desk.picture(plain.page, "capture-pdf-narrow");
  await plain.context.close();
});

test("a captured picture is shown as other bytes, a table as rows and cells; nothing of them runs", { skip }, async () => {
  const jpeg = await sharp({ create: { width: 640, height: 400, channels: 3, background: "#356" } }).jpeg().toBuffer();
  const picture = await capture(Buffer.concat([jpeg, Buffer.from("<script>alert(1)</script>")]), "photo.jpg");
  const { context, page, faults } = await desk.asPerson("rosa", { viewport: { width: 1280, height: 860 } });
  await page.goto(`${desk.base}/desk/captures/${picture}`);
  await desk.until(page, "document.querySelector('.sheet img').naturalWidth === 640");
  assert.match(await page.innerText(".pane-form"), /No text could be read[^]*Draw a frame around what is said/);
  const answer = await page.request.get(`${desk.base}/desk/captures/${picture}/pages/1`);
  assert.deepEqual([answer.headers()["content-type"], answer.headers()["x-content-type-options"], answer.headers()["cache-control"]], ["image/png", "nosniff", "no-store"]);
  assert.match(answer.headers()["content-security-policy"]!, /default-src 'none'.*sandbox/);
  assert.equal((await answer.body()).includes("script"), false);

  const rows = Array.from({ length: 250 }, (_, at) => `2022-01-01,Victim ${at + 1},${(at + 1) * 1000}`);
  const table = await capture(new TextEncoder().encode(`date,victim,usd\n${rows.join("\n")}\n=cmd(),<img src=x onerror=alert(1)>,5\n`), "table.csv");
  await page.goto(`${desk.base}/desk/captures/${table}?table=1&row=251`);
  assert.match(await page.innerText("table caption"), /rows 201 to 251 of 251/);
  assert.match(await page.innerText("tr.mark"), /=cmd\(\)\s+<img src=x/);
  assert.ok(await page.evaluate(mark("250000")));
  await page.keyboard.press("c");
  await desk.until(page, "document.querySelector('[name=row]').value === '250'");
  await page.click("text=Rows before");
  assert.match(await page.innerText("table caption"), /rows 101 to 200/);
  assert.deepEqual(await desk.axe(page), []);
  assert.deepEqual(faults, []);
  await context.close();
});

test("out of a picture a claim is read by a frame: drawn or written, kept with its place, framed again; nothing outside the picture is one", { skip }, async () => {
  const sign = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="800" height="500"><rect width="800" height="500" fill="#ddd"/><text x="160" y="270" font-size="40" font-family="sans-serif">12,000,000 USD</text></svg>`);
  const seq = await capture(await sharp(sign).png().toBuffer(), "sign.png");
  const { context, page, faults } = await desk.asPerson("rosa", { viewport: { width: 1280, height: 860 } });
  await page.goto(`${desk.base}/desk/captures/${seq}`);
  await desk.until(page, "document.querySelector('.sheet img').naturalWidth === 800");
  const sheet = (await page.locator(".sheet img").boundingBox()) as Box;
  const at = (x: number, y: number) => [sheet.x + x * sheet.width, sheet.y + y * sheet.height] as const;
  await page.mouse.move(...at(0.7, 0.6));
  await page.mouse.down();
  await page.mouse.move(...at(0.4, 0.5));
  await page.mouse.move(...at(0.2, 0.45));
  await page.mouse.up();
  const region = await page.inputValue("[name=region]");
  for (const [index, expected] of [200, 450, 500, 150].entries()) assert.ok(Math.abs(Number(region.split(",")[index]) - expected) <= 3, region);
  assert.equal(await page.locator(".sheet .mark").count(), 1);
  assert.match(await page.innerText("form.claim details summary"), /Place: region 2\d\d,4\d\d/);
  // Where the frame was drawn the form goes on by itself: whom it is about comes next.
  await page.keyboard.type("theft/2024-02-02-sign");
  await page.selectOption("[name=field]", "amount");
  for (const [name, value] of [["value", "12000000"], ["unit", "USD"], ["claimant", "The sign"]] as const) await page.fill(`[name=${name}]`, value);
  await page.click("form.claim summary:has-text('Valuation')");
  await page.selectOption("[name=basis]", "as_published");
  await page.waitForSelector("text=Save all the same");
  await desk.picture(page, "capture-region");
  assert.deepEqual(await desk.axe(page), []);
  await page.click("button.main-act");
  await page.waitForURL(/saved=/);
  const held = () => readClaims(desk.bench.newsroom.log, { log_size: desk.bench.newsroom.log.size(), evidence: "all" }, { capture: seq });
  assert.deepEqual(held().map(({ source, value }) => [source.locator, value]), [[{ region }, "12000000"]]);
  await page.waitForSelector(".sheet .read");
  // By its claim's link the very part is framed, without a mouse and without a script.
  await page.goto(`${desk.base}/desk/subjects/theft/2024-02-02-sign`);
  await page.click("td a:has-text('the part')");
  await page.waitForSelector(".sheet .mark");
  assert.equal(await page.inputValue("[name=region]"), region);
  await page.fill("[name=region]", "0,0,100,100");
  assert.equal(await page.getAttribute(".sheet .mark", "width"), "0.1");
  assert.deepEqual(faults, []);
  await context.close();

  const given = { subject: "theft/2024-02-02-sign", field: "victim", value: "Somebody", claimant: "The sign", hedge: "asserted", act: "save", seen: "" };
  const size = desk.bench.newsroom.log.size();
  const wrong: [Record<string, string>, RegExp][] = [
    [{ region: "900,0,200,10" }, /no part of a page/], [{ region: "0,0,0,10" }, /no part of a page/], [{ region, page: "2" }, /there is no page 2; it has 1/],
    [{ region, quote: "12,000,000" }, /by its page and region alone/], [{ quote: "12,000,000" }, /class="finding" role="alert"/], [{}, /frame a part of the picture/],
  ];
  for (const [place, words] of wrong) {
    const { status, body } = await desk.bench.as("rosa", `/desk/captures/${seq}/claims`, { ...given, ...place });
    assert.deepEqual([status >= 400, words.test(body)], [true, true], `${JSON.stringify(place)}: ${status} ${body.slice(-300)}`);
  }
  assert.equal((await desk.bench.as("rosa", `/desk/captures/${seq}/claims`, { ...given, region: "a,b,c,d" })).status, 400);
  assert.equal(desk.bench.newsroom.log.size(), size, "none of them is a place");

  // A chart on a page of a PDF is a picture too, and needs its page; a text has no such parts.
  const chart = await capture(makePdf([pageContent([{ y: 700, words: "The chart below says more." }])]), "chart.pdf");
  const text = await capture(new TextEncoder().encode("Words alone."), "words.txt");
  const save = (of: number, more: Record<string, string>) => desk.bench.as("rosa", `/desk/captures/${of}/claims`, { ...given, act: "check", ...more });
  assert.match((await save(chart, { region })).body, /a part of a PDF needs its page/);
  assert.match((await save(chart, { region, page: "3" })).body, /there is no page 3; it has 1/);
  assert.doesNotMatch((await save(chart, { region, page: "1" })).body, /class="finding" role="alert"/);
  assert.match((await save(text, { region })).body, /text\/plain is not drawn/);
});

test("a table becomes claims by one act, which says before what is refused and what does not add up; one act takes them back", { skip }, async () => {
  const seq = await capture(new TextEncoder().encode("year,count,amount_usd,note\n2017,6,88640000,<b>x</b>\n2018,11,447600000,\n2019,eight or nine,209272000,\nTotal,18,745512000,\n"), "totals.csv");
  const { context, page, faults } = await desk.asPerson("rosa", { viewport: { width: 1280, height: 860 } });
  await page.goto(`${desk.base}/desk/captures/${seq}`);
  await page.keyboard.press("t");
  await page.waitForURL(/tables\/1$/);
  assert.deepEqual(await Promise.all(["kind", "column_1", "column_2", "column_3", "unit"].map((name) => page.inputValue(`[name=${name}]`))), ["published-total", "name and period", "count", "amount", "USD"]);
  await page.selectOption("[name=column_1]", "name");
  await page.fill("[name=prefix]", "panel-2024");
  await page.fill("[name=claimant]", "The Panel");
  await page.keyboard.press("Escape");
  await page.keyboard.press("k");
  await page.waitForSelector("#preview");
  // The total is no further year: left out, until it is taken in; Enter in a field only looks again.
  assert.match(await page.innerText("#preview"), /5 claims would be saved[^]*Row 4, “Total”, is a total of the rows above it, and left out/);
  await desk.picture(page, "table-claims-total");
  await page.press("[name=claimant]", "Enter");
  await page.waitForSelector("text=and left out");
  await page.click("text=Take it in");
  await page.waitForSelector("text=and taken in all the same");
  const said = await page.innerText("#preview");
  assert.match(said, /7 claims would be saved/);
  assert.match(said, /This total is 18; the 2 rows above it in this column sum to 17: it is 1 more than its rows/);
  assert.match(said, /3\s+count\s+“eight or nine” is not one plain number/);
  assert.match(said, /published-total\/panel-2024-2017\s+amount\s+88640000 USD/);
  await desk.picture(page, "table-claims");
  assert.deepEqual(await desk.axe(page), []);
  const size = desk.bench.newsroom.log.size();
  await page.keyboard.press("s");
  await page.waitForURL(/saved=/);
  assert.equal(desk.bench.newsroom.log.size(), size + 7);
  const held = () => readClaims(desk.bench.newsroom.log, { log_size: desk.bench.newsroom.log.size(), evidence: "all" }, { capture: seq });
  assert.deepEqual(held().map(({ value, by, source }) => [value, by, source.locator.row, source.locator.column]).slice(0, 2), [["6", "rosa", 1, "count"], ["88640000", "rosa", 1, "amount_usd"]]);

  // Another reporter has no way to take them back, and none by the address itself.
  const foreign = await desk.bench.as("olga", `/desk/captures/${seq}/tables/1/undo`, { first: String(size), last: String(size + 6), why: "not mine" });
  assert.deepEqual([foreign.status, held().length], [400, 7]);
  await page.click("text=Take all of them back");
  await page.fill("[name=why]", "the wrong edition");
  await page.click("text=Take all 7 back");
  await page.waitForURL(/tables\/1$/);
  assert.deepEqual(held(), []);
  assert.deepEqual(faults, []);
  await context.close();
});
