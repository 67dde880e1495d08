/// <reference lib="dom.iterable" />
/// <reference lib="dom" />
// Hostile text in a real browser: whatever a claim, a capture, a figure or a story says, it stays text. Every payload is
// put in every place that a page prints; none may run, and none may become an element or an attribute. What leaves the site
// (letters, feeds, reports, pictures) is opened without any policy, as a careless program of somebody else would.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { simpleParser } from "mailparser";
import { chromium, type Page } from "playwright-core";
import { STORY_READERS, importStories } from "../src/archive-import/archive-import.ts";
import { appendCapture, appendRelease, prepareCapture } from "../src/evidence/evidence.ts";
import { appendFigureSpec } from "../src/figures/figures.ts";
import { openNewsroom } from "../src/newsroom.ts";
import { listMailedCorrections } from "../src/cli/mail-worker.ts";
import { seededRandom } from "../src/effects.ts";
import { composeDraft, openMailer, openMailSink, openPeople, openPostOffice, queueAccountLetter, sendDraft, type People } from "../src/newsletter/newsletter.ts";
import { parseStory, publishStory, readPublication, withdrawStory } from "../src/press/press.ts";
import { buildReport, parseReportSpec, renderReport } from "../src/reports/reports.ts";
import { flowPicture, layOut } from "../src/site/flow-picture.ts";
import { openSite } from "../src/site/site.ts";
import { everyPayload, payloads } from "./hostile-payloads.ts";
import { reportNewsroom, SMALL_SPEC } from "./report-newsroom.ts";
import { smallNewsroom } from "./small-newsroom.ts";

const CHROMIUM = process.env.TRACEWIRE_CHROMIUM ?? "/usr/bin/chromium";
const skip = existsSync(CHROMIUM) ? false : `no browser at ${CHROMIUM} (Debian: apt-get install chromium; or set TRACEWIRE_CHROMIUM)`;

let imported: string[] = [];

/** Posts whose every part is a payload, as HTML that their own site would have run. */
async function importArchive(newsroom: Awaited<ReturnType<typeof smallNewsroom>>, list: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "tracewire-hostile-"));
  try {
    const paths = list.slice(0, 12).map((payload, at) => {
      const path = join(folder, `post-${at}.md`);
      const words = list.slice(at * 8, at * 8 + 8).join("\n\n");
      writeFileSync(path, `---\ntitle: ${JSON.stringify(payload)}\ndate: 2019-01-0${1 + (at % 9)}\nauthor: ${JSON.stringify(list[at + 1])}\ntags: [${JSON.stringify(list[at + 2])}]\nslug: imported-${at}\n---\n\n${words}\n\n[x](javascript:alert(1)) ![x](x"onerror="alert(1))\n`);
      return { path, name: `post-${at}.md` };
    });
    const reader = STORY_READERS.find(({ format }) => format === "markdown") ?? assert.fail(STORY_READERS.map(({ format }) => format).join());
    const result = await importStories(newsroom, reader, paths, { by: "test", now: "2026-01-01T00:00:00.000Z", from: list[3]!.slice(0, 60), isServed: () => false });
    imported = result.stories.map(({ slug }) => slug);
    assert.ok(imported.length >= 8, JSON.stringify(result.refused));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Every kind of letter on its whole way to the sink: an issue, the correction and the withdrawal that follow it, an invitation.
 * Returns the HTML part of each as a reader's program has it.
 */
async function hostileMail(newsroom: Awaited<ReturnType<typeof smallNewsroom>>, people: People, list: readonly string[], base: string, waivers: { rule: string; why: string }[]): Promise<Record<string, string>> {
  const insert = people.db.prepare("INSERT INTO people (address, address_key, state, topics, asked_at) VALUES (?, ?, 'subscribed', '[]', ?)");
  insert.run("reader@example.org", "reader@example.org", people.effects.clock());
  const settings = { from: "Tracewire <newsletter@tracewire.invalid>", base_url: base };
  const office = openPostOffice({ people, mailer: await openMailer(people, settings), settings, log: newsroom.log, corrections: listMailedCorrections });
  composeDraft(people, newsroom.log, { slugs: ["hostile", "supplied"].filter((slug) => readPublication(newsroom.log, slug)!.story.type === "story") });
  sendDraft(people, newsroom.log, { base, by: "test", transact: (change) => newsroom.transact("test", change) });
  queueAccountLetter(people, { to: "new@example.org", subject: list[21]!, lines: list.slice(22, 40), href: `${base}/desk/join/x`, expires: "2030-01-01T00:00:00.000Z" });
  await office.run();
  const { story } = readPublication(newsroom.log, "hostile")!;
  const changed = parseStory({ ...story, standfirst: [{ type: "text", text: list[41]! }] });
  newsroom.transact("test", (transaction) => publishStory(transaction, newsroom.log, changed, { by: "test", waivers, correction: { what: list[42]! } }));
  await office.run();
  newsroom.transact("test", (transaction) => withdrawStory(transaction, newsroom.log, "hostile", { by: "test", why: list[43]! }));
  await office.run();
  await office.stop();
  newsroom.transact("test", (transaction) => publishStory(transaction, newsroom.log, changed, { by: "test", waivers, why: list[44]! }));
  const sink = openMailSink(people);
  const letters: Record<string, string> = {};
  for (const { id, subject } of sink.list(50)) {
    const { html, textAsHtml } = await simpleParser(Buffer.from(sink.read(id)!.raw));
    letters[`letter ${id} ${subject.slice(0, 40)}`] = typeof html === "string" ? html : (textAsHtml ?? "");
  }
  assert.equal(Object.keys(letters).length, 4, Object.keys(letters).join("; "));
  return letters;
}

/** How often something ran when `text` is a whole page without policy. */
async function runsIn(page: Page, text: string): Promise<number> {
  await page.goto("about:blank");
  await page.evaluate("window.ran = 0; window.alert = () => { window.ran += 1 }");
  await page.setContent(text, { waitUntil: "domcontentloaded" });
  // Handlers of pictures and animations come a moment later.
  await page.waitForTimeout(150);
  return page.evaluate<number>("window.ran");
}

/** Labels of a picture of flows: names of places, of stops, of assets. */
function hostileGraph(list: readonly string[]): string {
  const flows = list.slice(0, 40).map((payload, at) => ({ from: at === 0 ? "start" : list[at - 1]!, to: payload, kind: payload, amount: BigInt(1_000 - at) }));
  const layout = layOut(flows, ["start"], (place) => ({ short: place, stop: place }));
  return flowPicture(layout, "flow", list[13]!, undefined, (place) => ({ short: place, stop: place })).markup;
}

/** A report written by somebody hostile: its HTML, and of its PDF that nothing in it acts. */
async function hostileReport(list: readonly string[], waivers: readonly { rule: string; why: string }[]): Promise<Record<string, string>> {
  const newsroom = await reportNewsroom(2);
  try {
    newsroom.claim(list.slice(0, 40).map((text) => ({ subject: "actor/one-group", field: "shares", value: text, claimant: text, wording: text, document: text })));
    const plain = list.slice(0, 60).map((text) => text.replaceAll(/[*{}[\]]/g, " ").replaceAll(/\s+/g, " "));
    const spec_text = `${SMALL_SPEC}waive: ${JSON.stringify(waivers)}\n`.replace("desk: Case desk", `desk: ${JSON.stringify(plain[3])}`)
      .replace("      - Nobody has *explained* the difference.", plain.map((text) => `      - ${JSON.stringify(`Said: ${text}`)}`).join("\n"))
      .replace("title: The total", `title: ${JSON.stringify(plain[5])}`);
    const files = await renderReport(newsroom, buildReport(newsroom.log, { parsed: parseReportSpec(spec_text, "hostile.yaml"), spec_text, log_size: newsroom.log.size(), draft: true }));
    const whole = Buffer.from(files.find(({ name }) => name.endsWith(".pdf"))!.bytes).toString("latin1");
    // Packed streams hold fonts and what is drawn, no objects; their bytes spell "/JS" once in some hundred reports.
    const pdf = whole.replaceAll(/\bstream\r?\n[\s\S]*?\bendstream\b/g, "stream endstream");
    assert.ok(!/\/ObjStm\b/.test(pdf) && pdf.length < whole.length, `streams were taken out (${whole.length} bytes, then ${pdf.length}), and none of them holds objects`);
    // Words in strings (headings, notes) are words; what acts stands as a name outside them, and an address in a URI action.
    const acting = pdf.replaceAll(/\((?:\\[\s\S]|[^\\()])*\)/g, "()").match(/\/(JavaScript|JS|OpenAction|AA|Launch|EmbeddedFile|RichMedia|XFA|SubmitForm|GoToR|ImportData)\b/g) ?? [];
    assert.deepEqual([acting, [...pdf.matchAll(/\/URI \(([^)]*)/g)].map(([, url]) => url!).filter((url) => !/^https?:/.test(url))], [[], []]);
    return { report: Buffer.from(files.find(({ name }) => name.endsWith(".html"))!.bytes).toString() };
  } finally {
    newsroom.remove();
  }
}

test("claims, captures, figures and stories never become markup", { skip, timeout: 600_000 }, async (t) => {
  const list = payloads();
  assert.ok(everyPayload().length >= 1_000 && list.length >= 100);
  const newsroom = await smallNewsroom();
  const waivers = ["unbound-number", "unheld-name", "unheld-quotation", "unheld-date", "stronger-than-the-claim"].map((rule) => ({ rule, why: "a test of escaping" }));
  const clean = (text: string) => text.replaceAll("\u0000", "");
  const bytes = new TextEncoder().encode(list.join("\n\n"));
  const prepared = await prepareCapture(newsroom.blobs, {
    bytes,
    origin: { from: "file", name: list[1]! },
    title: list[2]!,
    licence: list[3]!,
    retrieved_at: "2026-01-01T00:00:00Z",
    retrieved_by: list[4]!,
    grade: "copy",
    source_grade: "C",
    item_grade: "3",
    declared_media_type: "text/plain",
  });
  newsroom.transact("test", (transaction) => {
    const seq = appendCapture(transaction, prepared);
    appendRelease(transaction, [seq], [seq], "test");
  });
  newsroom.claim(
    list.flatMap((payload, at) => {
      const text = clean(payload);
      const rest = { claimant: text, document: text, cites: [text], relayed_by: text, wording: text, citation: text, part_of: undefined };
      return [
        { subject: `theft/x${at % 10}`, field: "victim", value: text, ...rest },
        {
          subject: `theft/x${at % 10}`,
          field: "amount",
          value: String(at),
          unit: at % 3 ? "USD" : text.slice(0, 100),
          part_of: at % 2 ? text : undefined,
          claimant: text,
        },
        { subject: "reply/x", field: "answer", value: text, ...rest },
        { subject: `actor/x${at % 5}`, field: "name", value: text, ...rest },
      ];
    }),
  );
  newsroom.transact("test", (transaction) => {
    appendFigureSpec(
      transaction,
      { id: "hostile", title: clean(list[5]!), measure: "count", of: "theft", noun: { one: clean(list[6]!), many: clean(list[7]!) } },
      "test",
    );
    for (const [at, payload] of list.slice(0, 12).entries())
      appendFigureSpec(
        transaction,
        { id: `hostile-${at}`, title: clean(payload), measure: "sum", of: "theft", field: "amount", currency: "USD" },
        "test",
      );
  });
  const text = (payload: string) => [
    { type: "text" as const, text: payload },
    { type: "figure" as const, id: "hostile", form: "exact" as const },
    { type: "emphasis" as const, text: payload },
    { type: "link" as const, href: "/x", text: payload },
    { type: "name" as const, text: payload.slice(0, 100) },
  ];
  newsroom.transact("test", (transaction) =>
    publishStory(
      transaction,
      newsroom.log,
      parseStory({
        type: "story",
        slug: "hostile",
        topic: list[0]!.slice(0, 40),
        byline: list[1]!.slice(0, 80),
        happened: "2024",
        headline: text(list[2]!),
        standfirst: text(list[3]!),
        sections: [
          { title: text(list[4]!), blocks: list.filter((_, at) => at < 12 || at % Math.ceil(list.length / 120) === 0).map((payload) => ({ type: "paragraph" as const, content: text(payload) })) },
        ],
        replies: ["reply/x"],
      }),
      {
        by: "test",
        waivers,
      },
    ),
  );

  // A press release, in a supplier's own words; and posts of another publication, taken in from its files.
  newsroom.transact("test", (transaction) =>
    publishStory(
      transaction,
      newsroom.log,
      parseStory({
        type: "release",
        supplied_by: list[8]!.slice(0, 100),
        slug: "supplied",
        topic: "Sanctions",
        byline: list[9]!.slice(0, 80),
        happened: "2024",
        headline: [{ type: "text", text: clean(list[10]!) }],
        standfirst: [{ type: "text", text: clean(list[11]!) }],
        sections: [{ title: [{ type: "text" as const, text: "Said" }], blocks: list.map((payload) => ({ type: "paragraph" as const, content: [{ type: "text" as const, text: clean(payload) }] })).slice(0, 200) }],
        replies: [],
      }),
      { by: "test", waivers },
    ),
  );
  await importArchive(newsroom, list.map(clean));

  const people = openPeople(newsroom.folder, { clock: newsroom.effects.clock, random: seededRandom(9) });
  const letters = await hostileMail(newsroom, people, list.map(clean).map((text) => text.replaceAll(/[\r\n]+/g, " ")), "http://127.0.0.1:47503", waivers);

  const reader = openNewsroom(newsroom.folder);
  const site = openSite(reader, { clock: () => "2026-01-02T00:00:00.000Z", hosts: ["127.0.0.1"], mailSink: openMailSink(people) });
  const base = await site.app.listen({ port: 0, host: "127.0.0.1" });
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  try {
    const page = await (await browser.newContext()).newPage();
    await page.addInitScript("window.ran = 0; window.alert = () => { window.ran += 1 }");
    let ran = 0;
    const foreign: string[] = [];
    page.on("dialog", (dialog) => ((ran += 1), void dialog.dismiss()));
    page.on(
      "request",
      (request) => void (request.url().startsWith(base) || request.url().startsWith("data:") || foreign.push(request.url())),
    );
    const query = encodeURIComponent(list[20]!);
    const paths = [
      "/",
      "/stories/hostile",
      "/stories/hostile/revisions/1",
      "/case",
      "/case/actor",
      "/case/actor/x1",
      "/case/reply/x",
      "/thefts",
      `/thefts?q=${query}`,
      `/thefts?sort=${query}`,
      ...Array.from({ length: 10 }, (_, at) => `/thefts/x${at}`),
      "/figures",
      "/figures/hostile",
      "/figures/hostile-3",
      `/evidence/${prepared.sha256}`,
      `/evidence/${prepared.sha256}?quote=${query}`,
      "/log",
      "/log/2",
      "/log/3",
      `/${query}`,
      `/thefts/${query}`,
      `/figures/${query}`,
      "/about",
      "/how-we-count",
      "/stories/supplied",
      "/latest",
      ...imported.map((slug) => `/stories/${slug}`),
      `/search?q=${query}`,
      `/search?q=${encodeURIComponent(list[33]!)}&kind=${query}`,
      `/lists/${query}`,
      `/screen?q=${query}`,
      "/corrections",
      "/newsletter/issues/1",
      "/mail",
      ...openMailSink(people).list(50).map(({ id }) => `/mail/${id}`),
    ];
    for (const path of paths) {
      await page.goto(`${base}${path}`, { waitUntil: "load" });
      const found = await page.evaluate(() => ({
        scripts: document.querySelectorAll('script:not([type="application/ld+json"]), iframe, object, embed, base, math, meta[http-equiv]').length,
        handlers: [...document.querySelectorAll("*")].filter((element) =>
          [...element.attributes].some((attribute) => /^on/i.test(attribute.name) || /^\s*javascript:/i.test(attribute.value)),
        ).length,
        styles: document.querySelectorAll("style, [style]").length,
        images: [...document.querySelectorAll("img, link[rel=stylesheet]")].filter((element) =>
          /evil|(^|\/)x$/.test(element.getAttribute("src") ?? element.getAttribute("href") ?? ""),
        ).length,
      }));
      assert.deepEqual(found, { scripts: 0, handlers: 0, styles: 0, images: 0 }, path);
      ran += await page.evaluate<number>("window.ran");
    }
    // Feeds as the browser shows them itself, XML and JSON.
    for (const path of ["/feed.xml", "/atom.xml", "/feed.json", "/sitemap.xml"]) {
      await page.goto(`${base}${path}`, { waitUntil: "load" });
      ran += await page.evaluate<number>("window.ran");
    }
    assert.equal(ran, 0);
    assert.deepEqual(foreign, []);

    // And where no policy of ours holds. First: the payloads do run there, when they are let.
    const open = await (await browser.newContext()).newPage();
    assert.equal(await runsIn(open, "<p>x<svg onload=alert(1)><img src=x onerror=alert(1)>"), 2, "the canary sings");
    const feed = (await (await fetch(`${base}/feed.json`)).json()) as { items: { title: string; content_html?: string; summary?: string }[] };
    const outside: Record<string, string> = {
      ...letters,
      ...Object.fromEntries(feed.items.map(({ content_html = "" }, at) => [`feed item ${at}`, content_html])),
      graph: hostileGraph(list),
      ...(await hostileReport(list.map(clean), waivers)),
    };
    assert.ok(Object.values(outside).join("").includes("alert(1)"), "they are in it");
    for (const [name, text] of Object.entries(outside)) assert.equal(await runsIn(open, text), 0, name);
    t.diagnostic(`${list.length} of ${everyPayload().length} payloads on ${paths.length} pages, four feeds, in ${Object.keys(outside).length} letters, feed items, reports and pictures: 0 run`);
  } finally {
    await browser.close();
    await site.close();
    reader.close();
    people.close();
    newsroom.remove();
  }
});
