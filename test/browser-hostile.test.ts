/// <reference lib="dom.iterable" />
/// <reference lib="dom" />
// Hostile text in a real browser: whatever a claim, a capture, a figure or a story says, it stays text. Every payload is
// put in every place that a page prints; none may run, and none may become an element or an attribute.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { chromium } from "playwright-core";
import { appendCapture, appendRelease, prepareCapture } from "../src/evidence/evidence.ts";
import { appendFigureSpec } from "../src/figures/figures.ts";
import { openNewsroom } from "../src/newsroom.ts";
import { parseStory, publishStory } from "../src/press/press.ts";
import { openSite } from "../src/site/site.ts";
import { payloads } from "./hostile-payloads.ts";
import { smallNewsroom } from "./small-newsroom.ts";

const CHROMIUM = process.env.TRACEWIRE_CHROMIUM ?? "/usr/bin/chromium";
const skip = existsSync(CHROMIUM) ? false : `no browser at ${CHROMIUM} (Debian: apt-get install chromium; or set TRACEWIRE_CHROMIUM)`;

test("claims, captures, figures and stories never become markup", { skip, timeout: 180_000 }, async (t) => {
  const list = payloads();
  assert.ok(list.length >= 200);
  const newsroom = await smallNewsroom();
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
          unit: at % 3 ? "USD" : text,
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
          { title: text(list[4]!), blocks: list.slice(0, 60).map((payload) => ({ type: "paragraph" as const, content: text(payload) })) },
        ],
        replies: ["reply/x"],
      }),
      {
        by: "test",
        waivers: ["unbound-number", "unheld-name", "unheld-quotation", "unheld-date", "stronger-than-the-claim"].map((rule) => ({
          rule,
          why: "a test of escaping",
        })),
      },
    ),
  );

  const reader = openNewsroom(newsroom.folder);
  const site = openSite(reader, { clock: () => "2026-01-02T00:00:00.000Z", hosts: ["127.0.0.1"] });
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
    }
    assert.equal(ran, 0);
    assert.deepEqual(foreign, []);
    t.diagnostic(`${list.length} payloads on ${paths.length} pages, 0 run`);
  } finally {
    await browser.close();
    await site.close();
    reader.close();
    newsroom.remove();
  }
});
