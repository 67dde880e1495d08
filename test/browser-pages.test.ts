// Every page of the desk, by the table of its routes: a new one that is not looked at here fails. On each of them everything that
// somebody can write is a payload: none runs, none becomes an element; at 320 px axe finds nothing and nothing scrolls sideways (wide
// ones axe looks at where all is to be proved); and what a page loads before anybody does anything is small.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { deskBrowser, noChromium as skip, type DeskBrowser, type Visit } from "./desk-browser.ts";
import type { Handle } from "./desk-newsroom.ts";
import { everyPayload, payloads } from "./hostile-payloads.ts";
import { proving } from "./scale.ts";
import { hostileDesk, NO_PAGES, pageRoutes, type DeskPages } from "./hostile-desk.ts";

/** Compressed, of a page that is neither the editor nor a picture of a trace: those load what they need when they are opened. */
const SCRIPT_BYTES_MAX = 200_000;

/** What is on a page that no text may have put there. */
const FOREIGN = `[...(window.ran ? ["ran"] : []),
  ...[...document.querySelectorAll("script:not([type='application/ld+json'])")].filter((one) => !one.src.startsWith(location.origin + "/desk/assets/") || one.textContent !== "").map((one) => one.outerHTML),
  ...[...document.querySelectorAll("*")].flatMap((one) => one.getAttributeNames().filter((name) => name.startsWith("on") || name === "srcdoc" || name === "formaction" || name === "ping").map((name) => one.tagName + " " + name)),
  ...[...document.querySelectorAll("img:not(.sheet img, .ProseMirror-separator, [src^='/desk/stories/'], [src^='/desk/preview/']), iframe:not(.preview[src^='/desk/preview/'], .preview[src='/desk/newsletter/preview.html?as=shown'], .preview[src^='/desk/reports/built/']), object, embed, math, meta[http-equiv]:not([content^=default-src]), base, template, video, audio")].map((one) => one.outerHTML.slice(0, 120)),
  ...[...document.querySelectorAll("a[href], form[action]")].filter((one) => /^\\s*(javascript|data|vbscript):/i.test(one.getAttribute("href") ?? one.getAttribute("action"))).map((one) => one.outerHTML.slice(0, 200)),
  ...[...document.querySelectorAll("link, [src]")].map((one) => one.href ?? one.src).filter((href) => typeof href === "string" && href !== "" && !href.startsWith(location.origin) && !href.startsWith("about:")).slice(0, 3)]`;

/** As many as one story, one list and one table take: all of them are looked at in parts, each on a desk of its own. */
const AT_ONCE = 110;
const every = payloads();
/** The part that `npm test` takes. What scripts show is looked at with it alone: with others the claim that it types is not always answered by a rival. */
const SAMPLE = 7;
const count = Math.ceil(every.length / AT_ONCE);
const parts = Array.from({ length: count }, (_, part) => every.filter((_text, place) => place % count === part));

for (const [part, list] of parts.entries())
  describe(`payloads, part ${part + 1} of ${parts.length}`, () => {
    let desk: DeskBrowser;
    let pages: DeskPages;
    before(async () => {
      if (skip) return;
      desk = await deskBrowser({ software_gl: true });
      pages = await hostileDesk(desk.bench, list);
    });
    after(() => desk?.close());

    test("every page that the desk serves is looked at here, and nothing else is left out", { skip }, () => {
      assert.deepEqual(Object.keys(pages).toSorted(), pageRoutes().toSorted());
      assert.equal(new Set(NO_PAGES).size, NO_PAGES.length);
      assert.ok(everyPayload().length >= 1_000);
    });

    test("a page that would run what it shows is found: markup planted beside the policy", { skip }, async () => {
      const { context, page } = await desk.asPerson("edda", { bypassCSP: true });
      await page.addInitScript("window.alert = () => { window.ran = true }; window.ran = false");
      await page.goto(`${desk.base}/desk/claims`);
      await page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=x onerror=alert(1)><a href=\"javascript:alert(1)\">x</a>')");
      await desk.until(page, "window.ran");
      assert.equal((await page.evaluate<string[]>(FOREIGN)).length, 4);
      await context.close();
      // With the policy of the desk no text becomes markup by a script, were there one that tried (Trusted Types).
      const guarded = await desk.asPerson("edda");
      await guarded.page.goto(`${desk.base}/desk/claims`);
      for (const sink of ["document.body.innerHTML = '<b>x</b>'", "document.body.insertAdjacentHTML('beforeend', '<b>x</b>')", "new DOMParser().parseFromString('<b>x</b>', 'text/html')", "Object.assign(document.createElement('script'), { text: '1' })", "document.createElement('iframe').srcdoc = 'x'", "trustedTypes.createPolicy('any', {})", "trustedTypes.createPolicy('default', { createHTML: String })"])
        assert.match(await guarded.page.evaluate<string>(`(() => { try { ${sink}; return "taken" } catch (error) { return String(error) } })()`), /TypeError/, sink);
      await guarded.context.close();
    });

    /** By route, the bytes of all scripts as they came over the wire, before anybody does anything. */
    const weights = new Map<string, number>();
    const WEIGHT = `performance.getEntriesByType("resource").filter(({ name }) => name.split("?")[0].endsWith(".js")).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`;

    test("each page full of payloads: 0 run, none is an element; of each route one at 320 px: axe finds nothing, nothing scrolls sideways", { skip, timeout: 900_000 }, async (t) => {
      const wrong: string[] = [];
      let looked = 0;
      for (const [shape, viewport] of [["wide", { width: 1280, height: 900 }], ["320 px", { width: 320, height: 640 }]] as const) {
        const visits = new Map<Handle | undefined, Visit>();
        for (const [route, those] of Object.entries(pages))
          for (const [place, [handle, path]] of (shape === "wide" ? those : those.slice(0, 1)).entries()) {
            if (!visits.has(handle)) visits.set(handle, handle ? await desk.asPerson(handle, { viewport }) : await desk.asNobody({ viewport }));
            const { page, faults } = await desk.another(visits.get(handle)!);
            const where = `${route} ${path.slice(0, 80)} (${shape})`;
            await page.addInitScript("window.alert = () => { window.ran = true }; window.ran = false");
            page.on("dialog", (dialog) => (wrong.push(`${where}: a dialog`), void dialog.dismiss()));
            await page.goto(desk.base + path, { waitUntil: "load" });
            if (/stories\/\d+$/.test(path)) await page.waitForSelector("[data-editor][data-ready=yes]", { timeout: 20_000 });
            if (path.includes("/graph")) await page.waitForSelector("[data-graph][data-ready]");
            if (!weights.has(route)) weights.set(route, await page.evaluate<number>(WEIGHT));
            for (const frame of page.frames()) wrong.push(...(await frame.evaluate<string[]>(FOREIGN)).map((one) => `${where}: ${one}`));
            const sideways = await page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
            if (sideways > 0) wrong.push(`${where}: scrolls sideways by ${sideways}`);
            if (place === 0 && (proving || shape !== "wide")) wrong.push(...(await desk.axe(page)).map((one) => `${where}: ${one}`));
            wrong.push(...faults.filter((fault) => !/status of 4\d\d/.test(fault)).map((fault) => `${where}: ${fault}`));
            if (place === 0) await desk.picture(page, `hostile${path.slice(0, 60).replaceAll(/\W+/g, "-")}-${viewport.width}`);
            looked += 1;
            await page.close();
          }
        for (const { context } of visits.values()) await context.close();
      }
      assert.deepEqual(wrong.slice(0, 40), [], `${wrong.length} in all`);
      t.diagnostic(`${list.length} of ${everyPayload().length} payloads; ${weights.size} routes, ${looked} looks: 0 run`);
    });

    test("what scripts put on a page while somebody works is words: menus of figures and names, the small form, what the checks answer, a place of a trace", { skip: skip || (parts.length > 1 && part !== SAMPLE ? "one part is its sample" : false), timeout: 200_000 }, async () => {
      const wrong: string[] = [];
      const begun = async (handle: Handle, path: string) => {
        const visit = await desk.asPerson(handle, { viewport: { width: 1280, height: 900 } });
        await visit.page.addInitScript("window.alert = () => { window.ran = true }; window.ran = false");
        await visit.page.goto(desk.base + path);
        return visit;
      };
      const ended = async ({ context, page, faults }: Visit, where: string, shown: string) => {
        assert.match(await page.innerText(shown), /alert\(1\)|evil\.example|<svg|<img/, `${where}: the payloads are there`);
        wrong.push(...(await page.evaluate<string[]>(FOREIGN)).map((one) => `${where}: ${one}`), ...faults.filter((fault) => !/status of 4\d\d/.test(fault)).map((fault) => `${where}: ${fault}`));
        await context.close();
      };
      const begin = async (): Promise<Visit> => {
        const { location } = await desk.bench.as("edda", "/desk/stories", { headline: "What the lists say" });
        const visit = await begun("edda", location);
        await visit.page.waitForSelector("[data-editor][data-ready=yes]");
        await visit.page.keyboard.press("e");
        await visit.page.keyboard.press("Control+End");
        return visit;
      };
      for (const [typed, where] of [["=alert", "figures"], ["@alert", "names"]] as const) {
        const visit = await begin();
        await visit.page.keyboard.type(typed);
        await desk.until(visit.page, "/alert\\(1\\)/.test(document.querySelector('.editor-menu ul')?.innerText ?? '')");
        await ended(visit, where, ".editor-menu");
      }
      const form = await begin();
      await form.page.keyboard.type("=Nothing is called so");
      await form.page.waitForSelector(".editor-menu li >> text=A new figure");
      await form.page.keyboard.press("Enter");
      await form.page.locator("dialog.ask [name=title]").fill(list[33]!.replaceAll("\u0000", ""));
      await form.page.locator("dialog.ask [name=measure]").selectOption("count");
      await form.page.locator("dialog.ask .figure-answer").waitFor();
      wrong.push(...(await form.page.evaluate<string[]>(FOREIGN)).map((one) => `new figure: ${one}`));
      await form.context.close();

      const claim = await begun("edda", pages["/captures/:capture"]![0]![1]);
      // One that stands in one place only: the short ones are the ends of others.
      const quote = list.find((text) => /^[\x20-\x7e]+alert\(1\)[\x20-\x7e]+$/.test(text) && list.filter((other) => other.includes(text)).length === 1)!;
      for (const [name, value] of [["quote", quote], ["subject", "theft/hostile-3"], ["value", "77"], ["unit", "USD"], ["claimant", "Somebody"]] as const) await claim.page.fill(`form.claim [name=${name}]`, value);
      await claim.page.selectOption("form.claim [name=field]", "amount");
      await desk.until(claim.page, "/Others say/.test(document.querySelector('[data-answers]').innerText)");
      await ended(claim, "what the checks answer", "[data-answers]");

      const trace = await begun("anna", "/desk/traces/hostile/graph#open=all");
      await trace.page.waitForSelector("[data-graph][data-ready]");
      await trace.page.click("[data-twin] tbody tr:nth-child(2) button >> nth=-1");
      await trace.page.waitForSelector("[data-detail] textarea");
      await ended(trace, "a place of a trace", "[data-twin]");
      assert.deepEqual(wrong, []);
    });

    test("what a page loads of scripts before anybody does anything is small; the editor and the picture come with their pages", { skip }, (t) => {
      const late = new Set(["/stories/:draft", "/traces/:trace/graph"]);
      const heaviest = [...weights].toSorted((a, b) => b[1] - a[1]);
      t.diagnostic(`${heaviest.slice(0, 4).map(([route, bytes]) => `${route} ${bytes}`).join(", ")} bytes`);
      assert.deepEqual(heaviest.filter(([route, bytes]) => !late.has(route) && bytes > SCRIPT_BYTES_MAX), []);
      assert.ok([...weights].every(([route, bytes]) => bytes > 1_000 || ["/preview/:link", "/reports/built/:built"].includes(route)), "what is measured is what came over the wire");
    });
  });
