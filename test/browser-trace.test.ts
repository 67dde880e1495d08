// A trace carried to its end in Chromium: asked by the form, watched, kept, opened, and the packet for a service in hand.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { unzipSync } from "fflate";
import { deskBrowser, noChromium, type DeskBrowser } from "./desk-browser.ts";
import { importMadeUp } from "./kept-trace.ts";

let desk: DeskBrowser;
before(async () => {
  if (noChromium) return;
  desk = await deskBrowser();
  await importMadeUp(desk.bench.newsroom);
});
after(() => desk?.close());

/** The form of a new question; others ask of what is held. */
const FORM = "form[action='/desk/traces']";

for (const [width, color] of [[1280, "light"], [390, "dark"]] as const)
  test(`started, watched, kept, and frozen at ${width} wide`, { skip: noChromium }, async () => {
    const { page, faults, context } = await desk.asPerson("anna", { viewport: { width, height: 900 }, colorScheme: color });
    await page.goto(`${desk.base}/desk/traces`);
    assert.deepEqual(await page.locator("input[type=checkbox]:checked").count(), 0, "nothing is asked for that nobody asked for");
    await page.fill(`${FORM} input[name=from]`, "thief");
    await page.fill(`${FORM} textarea[name=stops]`, "market service");
    await page.click(`${FORM} button.main-act`);
    await page.waitForSelector("[role=alert]");
    assert.match((await page.textContent("[role=alert]"))!, /Where: stops/);
    assert.equal(await page.inputValue(`${FORM} input[name=from]`), "thief", "what was typed is not typed again");
    await page.fill(`${FORM} textarea[name=stops]`, "market=service:The market");
    await page.locator(`${FORM} details summary`).click();
    assert.deepEqual(await desk.axe(page), []);
    await desk.picture(page, `trace-form-${width}`);
    await page.click(`${FORM} button.main-act`);
    await page.waitForSelector("input[name=id]");
    assert.deepEqual(await desk.axe(page), []);
    await page.fill("input[name=id]", `walked-${width}`);
    await page.click("button:has-text('Keep')");
    await page.waitForSelector("text=/^Kept as walked-/");
    const over = (await page.textContent("main"))!;
    assert.match(over, /Kept as walked-/);
    assert.doesNotMatch(over, /Running|waits for its turn/);
    await page.goto(`${desk.base}/desk/traces`);
    assert.match((await page.textContent("main"))!, new RegExp(`kept as walked-${width}`));
    await page.goto(`${desk.base}/desk/traces/walked-${width}`);
    assert.deepEqual(await desk.axe(page), []);
    await page.fill("input[name=service]", "The market");
    await page.fill("input[name=contact]", "desk@example.org");
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("text=Make the packet")]);
    const files = unzipSync(readFileSync(await download.path()));
    assert.match(Buffer.from(files["transactions.csv"]!).toString(), /,t2,,thief,market,native,base units,40,/);
    await desk.picture(page, `trace-kept-${width}`);
    // The refused form answers 400, which the browser writes down.
    assert.deepEqual(faults.filter((fault) => !/status of 400/.test(fault)), []);
    await context.close();
  });
