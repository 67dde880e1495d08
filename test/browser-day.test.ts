// A newsroom's day and the next morning, from one end to the other in a real browser: sign in by passkey, capture, claim, figure,
// story, review by a second person, publish, letter; then the evidence moves, and correction, page and mail follow. Once by mouse
// with a dropped PDF, once by the keyboard alone on a narrow window over a slow line. Skipped, and says so, without Chromium.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { listMailedCorrections } from "../src/cli/mail-worker.ts";
import { seededRandom } from "../src/effects.ts";
import { makePdf, pageContent } from "../src/evidence/extractors/pdf-sample.ts";
import { openMailer, openMailSink, openPeople, openPostOffice } from "../src/newsletter/newsletter.ts";
import { openNewsroom } from "../src/newsroom.ts";
import { listCorrections, readPublication } from "../src/press/press.ts";
import { listActs } from "../src/accounts/accounts.ts";
import { openSite } from "../src/site/site.ts";
import { deskBrowser, noChromium as skip, type DeskBrowser, type Visit } from "./desk-browser.ts";
import { PASSWORD, type Handle } from "./desk-newsroom.ts";

const SITE = "http://127.0.0.1:47502";
const SLOW = { offline: false, latency: 300, downloadThroughput: 60 * 1_024, uploadThroughput: 25 * 1_024 };
const TABS_MAX = 250;
const NIGHT_MS = 20 * 3_600_000;

/** What a person does to a page: by mouse, or with no other means than Tab, arrows, Enter and letters. */
function handOn(page: Page, { keyboard }: { keyboard: boolean }) {
  const reach = async (selector: string, words?: string): Promise<void> => {
    for (let tabs = 0; tabs <= TABS_MAX; tabs++) {
      const isThere = await page.evaluate(([wanted, text]) => {
        const one = document.activeElement;
        return one?.matches(wanted!) === true && (text === null || one.textContent!.trim().startsWith(text!));
      }, [selector, words ?? null]);
      if (isThere) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`Tab never comes to ${selector} ${words ?? ""} on ${page.url()}`);
  };
  const valueOf = (selector: string) => page.locator(selector).first().inputValue();
  return {
    reach,
    async press(words: string, within = "main"): Promise<void> {
      if (!keyboard) return page.locator(`${within} button:visible`, { hasText: words }).first().click();
      await reach(`${within} button`, words);
      await page.keyboard.press("Enter");
    },
    async write(name: string, text: string): Promise<void> {
      const selector = `main [name=${name}]`;
      if (!keyboard) return page.locator(`${selector}:visible`).first().fill(text);
      await reach(selector);
      await page.keyboard.press("Control+a");
      await page.keyboard.type(text);
    },
    async choose(name: string, value: string): Promise<void> {
      const selector = `main [name=${name}]`;
      const isRadio = (await page.getAttribute(selector, "type")) === "radio";
      if (!keyboard) return isRadio ? page.check(`${selector}[value="${value}"]`) : void (await page.selectOption(selector, value));
      await reach(selector);
      if (isRadio) await page.keyboard.press("Space");
      const now = () => (isRadio ? page.evaluate<string>(`document.querySelector('${selector}:checked').value`) : valueOf(selector));
      if (!isRadio) await page.keyboard.press("Home");
      for (let step = 0; (await now()) !== value; step++) {
        assert.ok(step < 60, `${name} never becomes ${value}`);
        await page.keyboard.press("ArrowDown");
      }
    },
    async follow(words: string): Promise<void> {
      if (!keyboard) return page.locator("main a:visible", { hasText: words }).first().click();
      await reach("main a", words);
      await page.keyboard.press("Enter");
    },
  };
}
type Hand = ReturnType<typeof handOn>;

const REPORTS = [
  ["The Panel said that at least $41.4 million was taken from the casino in Sep 2023.", "theft/2023-09-04-casino", "at least $41.4 million was taken"],
  ["The Panel said that about $12 million was taken from the bridge in Oct 2023.", "theft/2023-10-01-bridge", "about $12 million was taken"],
] as const;

async function day(desk: DeskBrowser, { keyboard, narrow }: { keyboard: boolean; narrow: boolean }): Promise<void> {
  const { bench, base } = desk;
  const { newsroom } = bench;
  const viewport = narrow ? { width: 390, height: 844 } : { width: 1280, height: 900 };
  const people = openPeople(newsroom.folder, { clock: bench.now, random: seededRandom(8) });
  people.db.prepare("INSERT INTO people (address, address_key, state, topics, asked_at) VALUES ('reader@example.org', 'reader@example.org', 'subscribed', '[]', ?)").run(bench.now());
  const settings = { from: "Tracewire <newsletter@tracewire.invalid>", base_url: SITE };
  const office = openPostOffice({ people, mailer: await openMailer(people, settings), settings, log: newsroom.log, corrections: listMailedCorrections });
  const letters = () => openMailSink(people).list(20).map(({ id }) => openMailSink(people).read(id)!);
  const read = async (path: string): Promise<string> => {
    const reader = openNewsroom(newsroom.folder);
    const site = openSite(reader, { clock: bench.now, hosts: ["localhost"] });
    const { body } = await site.app.inject({ url: path, headers: { host: "localhost" } });
    await site.close();
    reader.close();
    return body;
  };
  const faults: string[] = [];
  const visit = async (): Promise<Visit & { hand: Hand; keys(...keys: string[]): Promise<void> }> => {
    const one = await desk.asNobody({ viewport });
    if (narrow) {
      const client = await one.context.newCDPSession(one.page);
      await client.send("Network.enable");
      await client.send("Network.emulateNetworkConditions", SLOW);
    }
    one.page.setDefaultTimeout(60_000);
    // Keys are there when the page's script is: over a slow line that is a while after its words.
    const keys = async (...those: string[]): Promise<void> => {
      await one.page.waitForLoadState("load");
      for (const key of those) await one.page.keyboard.press(key);
    };
    return { ...one, hand: handOn(one.page, { keyboard }), keys };
  };
  const signIn = async ({ page, hand }: { page: Page; hand: Hand }, handle: Handle): Promise<void> => {
    await page.goto(`${base}/desk/sign-in`);
    await hand.write("who", `${handle}@example.org`);
    await hand.write("password", PASSWORD);
    await page.keyboard.press("Enter");
    await page.waitForURL(`${base}/desk`);
  };

  // A reporter, with a passkey on her device from now on.
  const rosa = await visit();
  const authenticator = await rosa.context.newCDPSession(rosa.page);
  await authenticator.send("WebAuthn.enable");
  await authenticator.send("WebAuthn.addVirtualAuthenticator", { options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
  await signIn(rosa, "rosa");
  await rosa.keys("g", "m");
  await rosa.page.waitForURL(`${base}/desk/account`);
  if (keyboard) await rosa.hand.reach("#passkey-name");
  else await rosa.page.click("#passkey-name");
  await rosa.page.keyboard.type("This laptop");
  await rosa.hand.press("Add a passkey");
  await rosa.page.waitForSelector("td:has-text('This laptop')");
  await rosa.hand.press("Sign out", ".me");
  await rosa.page.waitForURL(`${base}/desk/sign-in`);
  const byPasskey = async (): Promise<void> => {
    await rosa.page.goto(`${base}/desk/sign-in`);
    await rosa.hand.press("Sign in with a passkey");
    await rosa.page.waitForURL(`${base}/desk`);
  };
  await byPasskey();

  /** A report comes in and a sentence of it becomes a claim. */
  const claimFrom = async ([sentence, subject, words]: (typeof REPORTS)[number], title: string): Promise<void> => {
    const { page, hand, keys } = rosa;
    await keys("g", "i");
    await page.waitForURL(`${base}/desk/inbox`);
    if (keyboard) await hand.write("text", `${title}.\n\n${sentence}\n`);
    else {
      const bytes = [...makePdf([pageContent([{ y: 700, words: title }, { y: 650, words: sentence }])])];
      await page.evaluate((list) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([new Uint8Array(list)], "report.pdf", { type: "application/pdf" }));
        for (const type of ["dragenter", "dragover", "drop"]) document.querySelector("main")!.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
      }, bytes);
      assert.equal(await page.evaluate("document.querySelector('[name=file]').files[0].name"), "report.pdf");
    }
    await hand.write("title", title);
    await hand.choose("grade", "copy");
    await hand.choose("source_grade", "B");
    await hand.press("Take it");
    await page.waitForSelector("[name=item_grade]");
    await hand.choose("item_grade", "2");
    await hand.press("Capture");
    await page.waitForURL(/\/desk\/captures\/\d+$/);
    if (keyboard) {
      // Without a mouse no words are marked: they are typed, and fill the form as marked ones do.
      await hand.write("quote", words);
      await keys("Escape", "w");
      await page.waitForSelector("mark");
    } else {
      await page.evaluate((marked) => {
        const span = [...document.querySelectorAll("[data-captured] span")].find((one) => one.textContent!.includes(marked))!;
        const at = (span.firstChild as Text).data.indexOf(marked);
        getSelection()!.setBaseAndExtent(span.firstChild!, at, span.firstChild!, at + marked.length);
      }, words);
      await keys("c");
    }
    await desk.until(page, "(document.querySelector('main [name=value]')?.value ?? '') !== ''");
    assert.deepEqual([await page.inputValue("main [name=claimant]"), await page.inputValue("main [name=unit]")], ["Panel", "USD"]);
    await hand.write("subject", subject);
    await page.waitForSelector("text=Save all the same");
    await keys("Escape", "s");
    await page.waitForURL(/[?&]saved=\d+/);
  };
  await claimFrom(REPORTS[0], "The list of September");

  // An editor makes it public.
  const edda = await visit();
  await signIn(edda, "edda");
  const release = async (subject: string): Promise<void> => {
    await edda.page.goto(`${base}/desk/subjects/${subject}`);
    await edda.hand.press("Release");
    await edda.page.waitForSelector("text=It is public now");
  };
  await release(REPORTS[0][1]);

  // A story whose number fills itself, by a figure that is made on the way.
  const { page, hand, keys } = rosa;
  await keys("g", "s");
  await page.waitForURL(`${base}/desk/stories`);
  await hand.write("headline", "The monitors name who lost");
  await hand.write("topic", "Sanctions");
  await hand.write("happened", "2023-09");
  await page.keyboard.press("Enter");
  await page.waitForSelector("[data-editor][data-ready=yes]");
  const slug = "the-monitors-name-who-lost";
  await keys("e", "Control+Home", "ArrowDown");
  await page.keyboard.type("They list what was taken, and from whom.");
  await page.keyboard.press("Control+End");
  await page.keyboard.type("The Panel lists =Thefts on the list");
  await page.waitForSelector(".editor-menu li >> text=A new figure");
  await page.keyboard.press("Enter");
  const dialog = page.locator("dialog.ask");
  await dialog.locator(".finding").waitFor();
  if (keyboard) {
    await hand.reach("dialog [name=measure]");
    for (let step = 0; (await dialog.locator("[name=measure]").inputValue()) !== "count"; step++) assert.ok(step < 20), await page.keyboard.press(step < 10 ? "ArrowUp" : "ArrowDown");
  } else await dialog.locator("[name=measure]").selectOption("count");
  await dialog.locator(".figure-answer >> text=1 theft").waitFor();
  await hand.press("Define it and put it in", "dialog");
  await page.waitForSelector(".story-figure:not(.unknown)");
  await page.keyboard.type("on its list.");
  await keys("Escape");
  await page.waitForSelector("[data-status][data-state=saved]");
  assert.equal(await page.innerText(".story-figure"), "1");
  await desk.picture(page, `day-story-${viewport.width}`);
  await desk.until(page, "document.querySelector('#way p[data-open-findings]')?.hidden === true");
  await hand.press("Ask for review", "#way");
  await page.waitForSelector("#way[data-state='in review']");
  const draft = page.url();

  // Who wrote it does not approve it; another does, and it is out.
  await edda.page.goto(draft);
  await edda.page.waitForSelector("[data-editor][data-ready=yes]");
  await edda.hand.press("Approve version", "#way");
  await edda.page.waitForSelector("#way[data-state=approved]");
  await edda.page.waitForSelector("[data-editor][data-ready=yes]");
  await edda.hand.press("Publish", "#way");
  await edda.page.waitForSelector("#way[data-state=published]");
  assert.match(await read(`/stories/${slug}`), /The Panel lists <[^>]*>?[^]*?1<\/[^]*on its list\./);

  // The letter goes to who reads.
  await edda.keys("g", "n");
  await edda.page.waitForURL(`${base}/desk/newsletter`);
  await edda.hand.press("Compose");
  await edda.page.waitForSelector("text=The draft: The monitors name who lost");
  await edda.hand.press("Send to 1");
  await edda.page.waitForSelector("text=queued: issue 1, 1 letter");
  await office.run();
  const [letter] = letters();
  assert.match(letter!.text, /The Panel lists 1 on its list\./);
  const { context: eddas } = edda;
  await eddas.close();

  // The next morning everybody's session is over; another document has another theft.
  bench.pass(NIGHT_MS);
  await page.goto(`${base}/desk/inbox`);
  assert.match(page.url(), /\/desk\/sign-in\?next=/);
  await byPasskey();
  await claimFrom(REPORTS[1], "The list of October");
  const morning = await visit();
  await signIn(morning, "edda");
  await morning.page.goto(`${base}/desk/subjects/${REPORTS[1][1]}`);
  await morning.hand.press("Release");
  await morning.page.waitForSelector("text=It is public now");

  // What was printed reads otherwise now: both wordings stand there, and one act does the rest.
  await morning.keys("g", "t");
  await morning.page.waitForURL(`${base}/desk`);
  assert.match(await morning.page.innerText("[aria-labelledby=b-figures]"), /The monitors name who lost, revision 1: thefts-on-the-list was 1, now 2/);
  await morning.keys("g", "v");
  await morning.page.waitForURL(`${base}/desk/moved`);
  assert.match(await morning.page.innerText(".rivals"), /The Panel lists 1 on its list\.\s+The Panel lists 2 on its list\./);
  assert.match(await morning.page.innerText(".moved"), /A letter to the one reader who was sent it \(issue 1\)/);
  await desk.picture(morning.page, `day-moved-${viewport.width}`);
  await morning.hand.press("Correct it");
  await morning.page.waitForURL(/corrected=/);
  assert.deepEqual([readPublication(newsroom.log, slug)!.revision, listCorrections(newsroom.log, { limit: 5 }).map(({ slug: of, sentences }) => [of, sentences])], [
    2, [[slug, [{ was: "The Panel lists 1 on its list.", now: "The Panel lists 2 on its list." }]]],
  ]);
  for (const path of [`/stories/${slug}`, "/corrections", "/corrections/feed.xml"]) assert.match(await read(path), /The Panel lists 1 on its list\./, path);
  await office.run();
  const mails = letters();
  assert.equal(mails.length, 2, "one correction to the one who was sent what was wrong");
  assert.match(mails.find(({ subject }) => subject !== letter!.subject)!.text, /The Panel lists 1 on its list\.[^]*The Panel lists 2 on its list\./);

  // All of it stands under a name in the record of acts, by people whose bodies never said who they are.
  const acts = listActs(bench.accounts, { limit: 200 });
  for (const [handle, act] of [["rosa", "inbox.take"], ["rosa", "capture.add"], ["rosa", "claim.add"], ["edda", "claim.release"], ["rosa", "story.begin"], ["rosa", "figure.define"], ["rosa", "story.save"], ["edda", "story.approve"], ["edda", "story.publish"], ["edda", "newsletter.send"], ["edda", "story.correct"]] as const)
    assert.ok(acts.some((one) => one.handle === handle && one.act === act), `${handle} ${act}: ${[...new Set(acts.map((one) => `${one.handle} ${one.act}`))].join(", ")}`);
  faults.push(...rosa.faults, ...edda.faults, ...morning.faults);
  assert.deepEqual(faults.filter((fault) => !/status of 40[013]/.test(fault)), []);
  assert.deepEqual(bench.faults, []);
  for (const { context } of [rosa, morning]) await context.close();
  await office.stop();
  people.close();
}

for (const [name, how] of [
  ["by mouse, with a dropped PDF", { keyboard: false, narrow: false }],
  ["by the keyboard alone, narrow, over a slow line", { keyboard: true, narrow: true }],
] as const)
  test(`a day and the next morning ${name}`, { skip, timeout: 400_000 }, async () => {
    const desk = await deskBrowser({ approval: "another", mail: { from: "Tracewire <newsletter@tracewire.invalid>", base_url: SITE } });
    try {
      await day(desk, how);
    } finally {
      await desk.close();
    }
  });
