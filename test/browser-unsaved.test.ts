// Where a newsroom forbids that words stay on a device (setting unsaved_words), in a real browser. Skipped, and says so, without
// Chromium.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { chromium, type Browser } from "playwright-core";
import { openDrafts } from "../src/press/press.ts";
import { deskNewsroom } from "./desk-newsroom.ts";

const CHROMIUM = process.env.TRACEWIRE_CHROMIUM ?? "/usr/bin/chromium";
const skip = existsSync(CHROMIUM) ? false : `no Chromium at ${CHROMIUM}: apt-get install chromium, or set TRACEWIRE_CHROMIUM`;
const BEGINNING = "---\nslug: never-kept\ntopic: Sanctions\nbyline: rosa\nhappened: 2024-02\n---\n\n# The monitors say what they hold\n\n> It is not much.\n\nFirst words.\n";

let browser: Browser;
before(async () => {
  if (!skip) browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
});
after(() => browser?.close());

test("where the newsroom forbids it, no word is kept on the device: it is said, leaving asks first, and the line's return saves", { skip, timeout: 120_000 }, async () => {
  const strict = await deskNewsroom({ unsaved_words: "never" });
  await strict.desk.app.listen({ port: 0, host: "127.0.0.1" });
  const own = openDrafts(strict.newsroom.folder, { clock: strict.now });
  const { id } = own.create("rosa", BEGINNING);
  const context = await browser.newContext();
  const site = `http://localhost:${(strict.desk.app.server.address() as AddressInfo).port}`;
  await context.addCookies([{ name: "tracewire-desk", value: strict.tokens.rosa, domain: "localhost", path: "/desk", httpOnly: true, sameSite: "Strict" }]);
  try {
    const page = await context.newPage();
    await page.goto(`${site}/desk/stories/${id}`);
    await page.waitForSelector("[data-editor][data-ready=yes]", { timeout: 20_000 });
    const stored = () => page.evaluate(() => Object.keys(localStorage).length + Object.keys(sessionStorage).length);
    await page.keyboard.press("e");
    await page.keyboard.press("Control+End");
    await context.setOffline(true);
    await page.keyboard.type(" Not for this device.");
    await page.waitForSelector("[data-status][data-state=offline]");
    assert.match(await page.innerText("[data-status]"), /Offline: in this window alone, sent when the line is back/);
    assert.equal(await stored(), 0);
    let asked = 0;
    page.on("dialog", (dialog) => (asked++, void dialog.dismiss()));
    await page.close({ runBeforeUnload: true });
    await page.waitForEvent("dialog", { timeout: 5_000 }).catch(() => undefined);
    assert.equal(asked, 1, "leaving asks first");
    await context.setOffline(false);
    await page.waitForSelector("[data-status][data-state=saved]", { timeout: 20_000 });
    assert.match(own.text(id)!.text, /Not for this device/);
    assert.equal(await stored(), 0);
  } finally {
    await context.close();
    own.close();
    await strict.remove();
  }
});
