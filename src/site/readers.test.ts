// What a newcomer stumbled over, on the demo: words instead of keys, ways that open, pictures that are not twice there.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { serveNewsroom, type ServedSite } from "../../test/demo-site.ts";
import { newsletterNewsroom } from "../../test/newsletter-newsroom.ts";
import { repositoryRoot } from "../../test/scale.ts";
import { computeFigure, requireFigureSpec } from "../figures/figures.ts";
import { openNewsroom } from "../newsroom.ts";
import { METHOD_NAMES, METHOD_SENTENCES } from "../tracing/tracing.ts";
import { excerptOf } from "./cards.ts";
import { openSite } from "./site.ts";

const plain = (html: string): string => html.replaceAll(/<[^>]+>/g, "").replaceAll("&amp;", "&");
const part = (html: string, from: RegExp): string => from.exec(html)?.[0] ?? "";

describe("what readers meet", () => {
  let site: ServedSite;
  before(async () => void (site = await serveNewsroom({ demo: true })));
  after(() => site.stop());
  const page = async (path: string): Promise<string> => {
    const { status, text } = await site.get(path, { headers: { accept: "text/html" } });
    assert.equal(status, 200, path);
    return text;
  };
  const figure = (id: string) => computeFigure(site.newsroom.log, requireFigureSpec(site.newsroom.log, id).spec, site.newsroom.log.size());

  test("a series is headed in words, and each of its points opens exactly what it counts", async () => {
    assert.match(await page("/figures/panel-2024-table-by-year"), /<h1>7 years<\/h1>/);
    assert.match(await page("/figures/btc-march-2024-closes"), /<h1>42 days<\/h1>/);
    assert.match(await page("/figures/dmm-by-claimant"), /<h1>\d claimants<\/h1>/);
    assert.match(await page("/figures/ofac-crypto-2021-by-asset"), /<h1>\d+ assets<\/h1>/);
    for (const row of figure("thefts-by-year-held").rows.filter(({ rivals }) => rivals.length > 0)) {
      assert.match(await page("/figures/thefts-by-year-held"), new RegExp(`href="/figures/thefts-by-year-held\\?point=${row.label}#point"`));
      const opened = part(await page(`/figures/thefts-by-year-held?point=${row.label}`), /<section id="point">.*?<\/tbody>/s);
      const claims = [...opened.matchAll(/<a href="\/log\/(\d+)">/g)].map(([, seq]) => Number(seq));
      assert.deepEqual(claims, row.rivals, row.label);
      const sum = [...opened.matchAll(/<td class="num">\$([\d,]+)<\/td>/g)].reduce((total, [, value]) => total + Number(value!.replaceAll(",", "")), 0);
      assert.equal(String(sum), row.value, "they add up to it");
    }
    const disputed = part(await page("/figures/panel-2024-table-by-year?point=2022"), /<section id="point">.*?<\/section><\/section>/s);
    assert.match(disputed, /one claim; 3 others on the same basis stand beside it/);
    assert.match(disputed, /\$1,700,000,000/);
    // Over rows: counted again for the point alone, it is the point's own value.
    for (const id of ["un-list-by-year", "indicators-by-group", "nomad-transactions-by-block"])
      for (const row of figure(id).rows.slice(0, 3)) {
        const opened = part(await page(`/figures/${id}?point=${row.label}`), /<section id="point">.*?<\/section>/s);
        if (id !== "nomad-transactions-by-block") assert.match(plain(opened), new RegExp(`\\n${Number(row.value).toLocaleString("en-US")} rows? of `), `${id} ${row.label}`);
        assert.match(opened, /<li>/);
      }
    assert.doesNotMatch(await page("/figures/panel-2024-table-by-year?point=1999"), /id="point"/);
  });

  test("a report names what it speaks of by titles that lead there; no key of ours is shown", async () => {
    const text = await page("/reports/s-2024-215");
    const says = part(text, /<h2>What it says<\/h2>.*?<\/section>/s);
    assert.match(says, /<a href="\/thefts\/2023-11-10-poloniex">Poloniex, Nov 10, 2023<\/a>/);
    assert.match(says, />Crypto thefts, 2017 to 2023<\/a>/);
    assert.match(text, /<th scope="row"><a href="\/case\/reply\/s-2024-215">S\/2024\/215<\/a>/);
    assert.doesNotMatch(plain(says), /\d{4} \d\d \d\d|[a-z]-[a-z]+-/);
    for (const [, href] of says.matchAll(/href="([^"]+)"/g)) assert.equal((await site.get(href!)).status, 200, href!);
  });

  test("recorded trade says in which publication each value stood, as captured, and where we read it", async () => {
    const text = await page("/trade");
    for (const cited of ["KBS; Yonhap", "Korea Herald", "press on GACC data"]) assert.ok(text.includes(`Press: ${cited}`), cited);
    assert.doesNotMatch(text, /as above/i, "what the row above says is said here");
    assert.match(text, /submitted draft of the report later issued as S\/2024\/215, by way of press: press on S\/2024\/215 \(address not kept\), Mar 2024/);
    assert.match(text, /We read these in .*Trade figures as the press printed them.*\(transcription, retrieved /s);
    assert.match(text, /“2023-H1”/, "a period that is no date stands as it was printed");
  });

  test("a trace says what each convention does, as the documentation does", async () => {
    const docs = readFileSync(join(repositoryRoot, "docs", "following-funds.md"), "utf8");
    for (const name of METHOD_NAMES) {
      const text = await page(`/traces/lesson?method=${name}`);
      assert.ok(text.includes(`<strong>By ${name}:</strong> ${METHOD_SENTENCES[name]}`), name);
      for (const other of METHOD_NAMES) assert.ok(text.includes(`<dt>${other}</dt><dd>${METHOD_SENTENCES[other]}</dd>`));
      const [rule] = METHOD_SENTENCES[name].toLowerCase().split(/[,:]/);
      assert.match(docs, new RegExp(`\\| \`${name}\` \\| ${rule}`), name);
    }
  });

  test("every page leads to every room of the case file, with the one that is open marked", async () => {
    for (const path of ["/", "/stories/ronin-182164-ether", "/thefts"])
      for (const room of ["/case", "/screen", "/actors", "/events", "/trade", "/traces", "/lists", "/reports", "/log"])
        assert.match(part(await page(path), /<nav class="ways".*?<\/nav>/s), new RegExp(`href="${room}"`), `${path} ${room}`);
    assert.match(await page("/screen"), /<summary class="here">The case<\/summary>.*<a href="\/screen" aria-current="page">/s);
    assert.doesNotMatch(await page("/topics/trade"), /class="here"/);
  });

  test("a card ends its excerpt with a sentence, or with a word and a sign that there is more", async () => {
    const excerpts = [...(await page("/")).matchAll(/<p class="excerpt">([^<]+)<\/p>/g)].map(([, text]) => text!);
    assert.ok(excerpts.length >= 6);
    for (const text of excerpts) assert.match(text, /[.!?]$|\S …$/, text);
    assert.equal(excerptOf("One sentence. Two of them."), "One sentence. Two of them.");
    const long = `${"A sentence that goes on ".repeat(9)}for ever.`;
    assert.match(excerptOf(long), /^(A sentence that goes on )+\S*.* …$/);
    assert.ok(excerptOf(long).length <= 132 && long.startsWith(excerptOf(long).slice(0, -2)));
    assert.equal(excerptOf(`Short one. ${long}`), "Short one.");
    assert.equal(excerptOf(""), "");
  });

  test("a story about the words leads what is found; figures come last", async () => {
    for (const [words, slug] of [
      ["ronin", "ronin-182164-ether"],
      ["nomad bridge", "nomad-bridge-561-addresses"],
      ["tornado", "listed-then-delisted"],
      ["hair", "most-of-what-north-korea-sold-was-hair"],
      ["dmm", "dmm-four-dollar-figures"],
      ["terra", "terra-collapse-filed-a-year-late"],
    ] as const) {
      const found = [...(await page(`/search?q=${encodeURIComponent(words)}`)).matchAll(/<h2><a href="([^"]+)">/g)].map(([, href]) => href!);
      assert.equal(found[0], `/stories/${slug}`, words);
      const lastNamed = found.findLastIndex((href) => href.startsWith("/thefts/") || href.startsWith("/actors/"));
      const firstFigure = found.findIndex((href) => href.startsWith("/figures/"));
      assert.ok(lastNamed === -1 || firstFigure === -1 || lastNamed < firstFigure, words);
    }
  });

  test("no article shows one drawing twice: its head is a shape that leads to the chart", async () => {
    let shapes = 0;
    for (const [, href] of (await page("/latest")).matchAll(/<h2><a href="(\/stories\/[^"]+)">/g)) {
      const text = await page(href!);
      const drawings = [...text.matchAll(/<svg class="(?:drawn|bars|squares[^"]*)"[^]*?<\/svg>/g)].map(([svg]) => svg.replaceAll(/ (?:id|aria-labelledby|fill)="[^"]*"/g, ""));
      assert.equal(new Set(drawings).size, drawings.length, href!);
      const below = /class="shape"[^]*?<a href="#(c\d+-\d+)">/.exec(text)?.[1];
      if (below === undefined) continue;
      shapes++;
      assert.match(text, new RegExp(`<figure class="chart" id="${below}">`), href!);
    }
    assert.ok(shapes >= 3, `${shapes} stories have a chart of their picture’s figure`);
  });
});

test("a story whose only figure is a count names the sources of what it counts", async () => {
  const newsroom = await newsletterNewsroom();
  newsroom.story("a-count", "words");
  const reader = openNewsroom(newsroom.folder);
  const site = openSite(reader, { clock: () => "2026-06-01T00:00:00.000Z", hosts: ["127.0.0.1"] });
  try {
    const base = await site.app.listen({ port: 0, host: "127.0.0.1" });
    const sources = part(await (await fetch(`${base}/stories/a-count`)).text(), /<section class="box sources">.*?<\/section>/s);
    assert.match(sources, /made-up\.txt.*1 figure rests on it/s);
    assert.doesNotMatch(sources, /None of the sources/);
  } finally {
    await site.close();
    reader.close();
    newsroom.stop();
  }
});
