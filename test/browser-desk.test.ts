// The desk in a real browser: sign in by passkey (Chromium's virtual authenticator), capture to claim by keyboard, keys, axe on
// pages as they mostly are, wide, dark and narrow (browser-pages.test.ts has all of them), and that no page asks another server or breaks its own policy. Skipped, and says so, without Chromium.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { readClaims } from "../src/casefile/casefile.ts";
import { openDrafts, preparePhoto } from "../src/press/press.ts";
import { madePhoto } from "./made-pictures.ts";
import { deskNewsroom, PASSWORD, type DeskNewsroom, type Handle } from "./desk-newsroom.ts";

const CHROMIUM = process.env.TRACEWIRE_CHROMIUM ?? "/usr/bin/chromium";
const skip = existsSync(CHROMIUM) ? false : `no Chromium at ${CHROMIUM}: apt-get install chromium, or set TRACEWIRE_CHROMIUM`;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** Where pictures of every page go, to be looked at. */
const PICTURES = process.env.TRACEWIRE_PICTURES;

let bench: DeskNewsroom;
let base: string;
let browser: Browser;
before(async () => {
  if (skip) return;
  bench = await deskNewsroom();
  await bench.desk.app.listen({ port: 0, host: "127.0.0.1" });
  base = `http://localhost:${(bench.desk.app.server.address() as AddressInfo).port}`;
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
});
after(async () => {
  await browser?.close();
  await bench?.remove();
});

type Visit = { context: BrowserContext; page: Page; faults: string[] };

async function open(options: Parameters<Browser["newContext"]>[0] = {}): Promise<Visit> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("console", (message) => message.type() === "error" && !/status of (403|404|410|422)/.test(message.text()) && faults.push(message.text()));
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("request", (request) => !request.url().startsWith(base) && faults.push(`asks ${request.url()}`));
  return { context, page, faults };
}

const asPerson = async (handle: Handle, options: Parameters<Browser["newContext"]>[0] = {}): Promise<Visit> => {
  const visit = await open(options);
  await visit.context.addCookies([{ name: "tracewire-desk", value: bench.tokens[handle], url: `${base}/desk`, httpOnly: true, sameSite: "Strict" }]);
  return visit;
};

test("a passkey is made, and signs in by itself; a second device's answer for another site does not", { skip }, async () => {
  const { context, page, faults } = await open();
  const session = await context.newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  await page.goto(`${base}/desk/account`);
  assert.match(page.url(), /\/desk\/sign-in\?next=/);
  await page.fill("[name=who]", "rosa@example.org");
  await page.fill("[name=password]", PASSWORD);
  await page.click("button.main-act");
  await page.waitForURL(`${base}/desk/account`);
  await page.fill("#passkey-name", "This laptop");
  await page.click("text=Add a passkey");
  await page.waitForSelector("td:has-text('This laptop')");
  await page.click("text=Sign out");
  await page.waitForURL(`${base}/desk/sign-in`);
  await page.click("text=Sign in with a passkey");
  await page.waitForURL(`${base}/desk`);
  assert.match(await page.innerText(".me"), /rosa\s+reporter/);

  // An hour later a dangerous act asks again, and the same passkey answers.
  bench.pass(60 * 60_000);
  await page.goto(`${base}/desk/account`);
  await page.fill("#passkey-name", "Another");
  await page.click("text=Add a passkey");
  await page.waitForURL(/\/desk\/confirm/);
  await page.click("text=Confirm with a passkey");
  await page.waitForURL(`${base}/desk/account`);

  // The same key is not taken twice, and without a verified user nothing is signed.
  await session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  await page.click("text=Sign out");
  await page.click("text=Sign in with a passkey");
  await page.waitForFunction(() => document.querySelector("[data-passkey-says]")!.textContent !== "");
  assert.match(page.url(), /sign-in/);
  assert.deepEqual(faults, []);
  await context.close();
});

test("a text is pasted, read, graded, and a sentence of it becomes a claim by keyboard", { skip }, async () => {
  const { context, page, faults } = await asPerson("olga");
  await page.goto(`${base}/desk`);
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await page.waitForURL(`${base}/desk/inbox`);
  await page.keyboard.press("?");
  assert.match(await page.innerText("dialog.keys"), /g\s+i\s+Inbox/);
  await page.keyboard.press("Escape");
  await page.fill("[name=text]", "A list of thefts.\n\nThe Panel said that at least $41.4 million was taken from the casino in Sep 2023.\n\nThe casino said nothing.\n");
  await page.fill("[name=title]", "The Panel’s list");
  await page.check("[name=grade][value=copy]");
  await page.selectOption("[name=source_grade]", "B");
  await page.click("text=Take it");
  // Its page looks again by itself, and has the second grade when the text is read.
  await page.waitForSelector("[name=item_grade]", { timeout: 30_000 });
  await page.check("[name=item_grade][value='2']");
  await page.click("button.main-act");
  await page.waitForURL(/\/desk\/captures\/\d+$/);
  await page.evaluate(`(() => {
    const text = document.querySelector("[data-paragraph='2'] span").firstChild;
    const range = document.createRange();
    const at = text.data.indexOf("at least");
    range.setStart(text, at); range.setEnd(text, text.data.indexOf(" from the casino"));
    getSelection().removeAllRanges(); getSelection().addRange(range);
  })()`);
  await page.keyboard.press("c");
  await page.waitForFunction(() => document.querySelector<HTMLInputElement>("[name=value]")!.value !== "");
  const values = await page.evaluate<Record<string, string>>("Object.fromEntries(['quote','paragraph','field','value','unit','claimant','hedge','bound','period'].map((name) => [name, document.querySelector(`form.claim [name=${name}]`).value]))");
  assert.deepEqual(values, { quote: "at least $41.4 million was taken", paragraph: "2", field: "amount", value: "41400000", unit: "USD", claimant: "Panel", hedge: "asserted", bound: "at_least", period: "2023-09" });
  await page.keyboard.type("theft/2023-09-04-casino");
  await page.waitForSelector("[data-answers] .finding:has-text('single-source')");
  // What was shown while typing was seen: it is saved at once.
  await page.waitForSelector("text=Save all the same");
  await page.keyboard.press("Escape");
  await page.keyboard.press("s");
  await page.waitForURL(/[?&]saved=\d+/);
  const [claim] = readClaims(bench.newsroom.log, { log_size: bench.newsroom.log.size(), evidence: "all" }, { subject: "theft/2023-09-04-casino" });
  assert.deepEqual([claim!.by, claim!.value, claim!.source.locator], ["olga", "41400000", { quote: "at least $41.4 million was taken", paragraph: 2 }]);
  assert.deepEqual(faults, []);
  await context.close();
});

const PAGES: readonly [Handle | undefined, string][] = [
  [undefined, "/desk/sign-in"],
  ["ada", "/desk"],
  ["ada", "/desk/account"],
  ["ada", "/desk/confirm"],
  ["ada", "/desk/people"],
  ["ada", "/desk/people/rosa"],
  ["ada", "/desk/acts"],
  ["olga", "/desk/inbox"],
  ["olga", "/desk/inbox/1"],
  ["olga", "/desk/captures"],
  ["olga", "/desk/captures/CAPTURE"],
  ["edda", "/desk/claims"],
  ["edda", "/desk/subjects/theft/2023-09-04-casino"],
  ["edda", "/desk/stories"],
  ["edda", "/desk/stories/1"],
  ["edda", "/desk/stories/1/preview"],
  ["rita", "/desk/embargoed"],
  ["sam", "/desk"],
  ["sam", "/desk/releases"],
  ["sam", "/desk/releases/1"],
  ["edda", "/desk/supplied"],
  ["edda", "/desk/supplied/1"],
  ["rita", "/desk/claims"],
];

test("axe finds nothing on any page of the desk, wide, dark and at 320 px; nothing scrolls sideways", { skip }, async () => {
  await bench.as("edda", "/desk/stories", { headline: "What the monitors hold" });
  const drafts = openDrafts(bench.newsroom.folder, { clock: bench.now });
  const file = drafts.addPicture(1, "edda", await preparePhoto(await madePhoto(), "wallet.jpg", bench.now()), { credit: "Rosa", licence: "CC BY 4.0", alt: "A wallet on a table" });
  drafts.close();
  await bench.as("edda", "/desk/stories/1/pictures/use", { version: "1", file });
  await bench.as("sam", "/desk/releases", {
    headline: "The exchange makes its customers whole", summary: "All that was taken in September is replaced, the exchange says.", text: "On 4 September 12.5 million dollars left our wallets.\n\nWe have replaced them.",
    embargo: "2027-01-01T09:00:00Z", contact: "Press desk, press@exchange.example", licence: "CC BY 4.0",
  });
  await bench.as("olga", "/desk/inbox", { text: "One more text.", title: "A second text", grade: "copy", source_grade: "C" });
  const capture = String(bench.newsroom.log.db.prepare("SELECT max(seq) AS seq FROM captures").get()!.seq);
  const shapes = [
    ["wide", { viewport: { width: 1280, height: 900 } }],
    ["dark", { viewport: { width: 1280, height: 900 }, colorScheme: "dark" }],
    ["phone", { viewport: { width: 320, height: 640 } }],
  ] as const;
  const found: string[] = [];
  for (const [shape, options] of shapes)
    for (const [handle, path] of shape === "dark" ? PAGES.slice(0, 8) : PAGES) {
      const { context, page, faults } = handle ? await asPerson(handle, options) : await open(options);
      const url = base + path.replace("CAPTURE", capture);
      await page.goto(url, { waitUntil: "load" });
      await page.evaluate("document.fonts.ready.then(() => true)");
      if (PICTURES) {
        mkdirSync(PICTURES, { recursive: true });
        await page.screenshot({ path: join(PICTURES, `${path.slice(1).replaceAll("/", "-")}.${handle ?? "nobody"}.${shape}.png`), fullPage: true });
      }
      const sideways = await page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
      if (sideways !== 0) found.push(`${path} (${shape}) scrolls sideways by ${sideways}`);
      // The page's own policy lets no script of ours in by text: axe comes by the debugger.
      const client = await context.newCDPSession(page);
      await client.send("Page.setBypassCSP", { enabled: true });
      await page.reload({ waitUntil: "load" });
      await page.evaluate(axe);
      const { violations } = (await page.evaluate("axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })")) as { violations: { id: string; nodes: { html: string }[] }[] };
      for (const { id, nodes } of violations) found.push(`${path} (${shape}): ${id}: ${nodes[0]?.html.slice(0, 140)}`);
      found.push(...faults.map((fault) => `${path} (${shape}): ${fault}`));
      await context.close();
    }
  assert.deepEqual(found, []);
});
