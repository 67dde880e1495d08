import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Check } from "typebox/value";
import { extractTextInProcess } from "./extract.ts";
import { readRegion, requireLocator } from "./evidence.ts";
import type { ExtractedText, Extraction } from "./extraction.ts";
import { makePdf, pageContent } from "./extractors/pdf-sample.ts";
import { locatorText, resolveLocator } from "./locator.ts";
import { LocatorSchema, type Locator } from "./locator-schema.ts";
import { announce, scaled, seed } from "../../test/scale.ts";

const plain = (text: string): ExtractedText => ({
  outcome: "text",
  extractor: "test",
  version: "1",
  media_type: "text/plain",
  text,
  paragraphs: [0],
  warnings: [],
});
async function read(source: string | Uint8Array, file_name?: string): Promise<ExtractedText> {
  const extraction = await extractTextInProcess(typeof source === "string" ? new TextEncoder().encode(source) : source, {
    file_name,
    expendable: true,
  });
  assert.equal(extraction.outcome, "text");
  return extraction as ExtractedText;
}
function textAt(extraction: ExtractedText, locator: Locator): string {
  const place = resolveLocator(extraction, locator);
  assert.ok(place.found, JSON.stringify(place));
  assert.equal(place.text, extraction.text.slice(place.start, place.end));
  return place.text;
}
function refusal(extraction: ExtractedText, locator: Locator) {
  const place = resolveLocator(extraction, locator);
  assert.ok(!place.found, JSON.stringify(place));
  return place;
}

test("the schema takes places a person can name, and nothing empty", () => {
  for (const good of [{ page: 1 }, { row: 0, column: "Year" }, { row: 3, column: 2, quote: "x" }])
    assert.ok(Check(LocatorSchema, good), JSON.stringify(good));
  for (const bad of [{}, { page: 0 }, { row: -1 }, { quote: "" }, { line: 1 }, { page: 1.5 }, { column: 0 }, { quote: "x".repeat(10_001) }])
    assert.ok(!Check(LocatorSchema, bad), JSON.stringify(bad));
  assert.equal(locatorText({ page: 3, row: 1, column: "loss", quote: "58" }), "page 3, row 1, column “loss”, “58”");
});

test("pages and paragraphs", async () => {
  const it = await read(
    makePdf([
      pageContent([
        { y: 700, words: "One A" },
        { y: 600, words: "One B" },
      ]),
      pageContent([
        { y: 700, words: "Two A" },
        { y: 600, words: "Two B" },
      ]),
    ]),
  );
  assert.equal(textAt(it, { page: 2 }), "Two A\n\nTwo B");
  assert.equal(textAt(it, { page: 2, paragraph: 2 }), "Two B");
  assert.equal(textAt(it, { paragraph: 3 }), "Two A");
  assert.equal(textAt(it, { page: 1, quote: "One A One B" }), "One A\n\nOne B");
  assert.match(refusal(it, { page: 3 }).why, /no page 3; the document has 2/);
  assert.match(refusal(it, { page: 1, paragraph: 3 }).why, /no paragraph 3 on page 1; there are 2/);
  const elsewhere = refusal(it, { page: 1, quote: "Two B" });
  assert.match(elsewhere.why, /stands on page 2/);
  assert.equal(elsewhere.nearest?.similarity, 1);
  assert.match(refusal(plain("x"), { page: 1 }).why, /no pages/);
  assert.match(refusal(plain("x"), {}).why, /no place/);
});

test("tables: rows, columns by heading or number, quotations inside a cell", async () => {
  const it = await read("year,loss,loss,2022\n2017,1,2,first\n2018,3,4,58 attacks", "a.csv");
  assert.equal(textAt(it, { row: 2 }), "2018\t3\t4\t58 attacks");
  assert.equal(textAt(it, { row: 2, column: "year" }), "2018");
  assert.equal(textAt(it, { row: 1, column: 3 }), "2");
  assert.equal(textAt(it, { row: 1, column: "3" }), "2");
  assert.equal(textAt(it, { row: 1, column: "2022" }), "first", "a heading that looks like a number is a heading");
  assert.equal(textAt(it, { table: 1, row: 0, column: 1 }), "year");
  assert.equal(textAt(it, { row: 2, column: "2022", quote: "58" }), "58");
  assert.match(refusal(it, { row: 1, column: "2022", quote: "58" }).why, /not in the place named/);
  assert.match(refusal(it, { row: 1, column: "loss" }).why, /2 columns are headed/);
  assert.match(refusal(it, { row: 1, column: "gain" }).why, /headings are “year”/);
  assert.match(refusal(it, { row: 3 }).why, /rows are 0 to 2/);
  assert.match(refusal(it, { column: "year" }).why, /needs its row/);
  assert.match(refusal(it, { table: 2, row: 1 }).why, /no table 2/);
  assert.match(refusal(plain("x"), { row: 1 }).why, /no tables/);
  const two = await read("<!doctype html><table><tr><td>a</table><table><tr><td>b<tr><td>c</table>");
  assert.match(refusal(two, { row: 1 }).why, /2 tables; say which/);
  assert.equal(textAt(two, { table: 2 }), "b\nc");
});

test("a quotation is found but for what type-setting changes, and never but for a letter or digit", () => {
  const it = plain(
    "He said:\u00a0“58\u2009suspected cyber\u00adattacks – worth\n about $3\u202fbillion”, the re-\nport ends; café, 10², Straße, state-owned.",
  );
  for (const [quote, text] of [
    ['"58 suspected cyberattacks - worth about $3 billion"', "“58\u2009suspected cyber\u00adattacks – worth\n about $3\u202fbillion”"],
    ["the report ends", "the re-\nport ends"],
    ["cafe\u0301", "café"],
    ["  worth about  ", "worth\n about"],
    ["state‑owned", "state-owned"],
  ] as const)
    assert.equal(textAt(it, { quote }), text);
  for (const quote of ["59 suspected", "cafe", "102", "Strasse", "stateowned", "He said: 58", "58 Suspected", "   "])
    refusal(it, { quote });
  const marked = plain("invoice ⟦U+202E⟧fdp.exe ⟦U+0085⟧");
  assert.equal(textAt(marked, { quote: "invoice \u202efdp.exe" }), "invoice ⟦U+202E⟧fdp.exe");
  assert.equal(textAt(marked, { quote: "⟦U+202E⟧fdp" }), "⟦U+202E⟧fdp");
});

const words = fc.array(fc.stringMatching(/^[a-zäöüñçéк字]{2,9}$/), { minLength: 30, maxLength: 80 });

test("every substring is found, at offsets that give it back", (t) => {
  const count = scaled(20_000);
  announce(t, "substrings", count);
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 80 }), fc.nat(), fc.nat(), (text, a, b) => {
      const start = a % text.length;
      const end = start + 1 + (b % (text.length - start));
      const quote = text.slice(start, end);
      if (quote.trim() === "") return;
      const place = resolveLocator(plain(text), { quote });
      assert.ok(place.found);
      assert.equal(place.text, quote);
      assert.ok(place.start <= start);
    }),
    { numRuns: count, seed },
  );
});

test("a substring set in other type is found at a place that reads the same", (t) => {
  const count = scaled(5000);
  announce(t, "reset substrings", count);
  fc.assert(
    fc.property(
      words,
      fc.constantFrom("\n", "\u00a0", "  ", " \u200b", "\t"),
      fc.constantFrom("NFC", "NFD"),
      fc.nat(),
      (list, space, form, at) => {
        const first = at % (list.length - 5);
        const quote = list.slice(first, first + 5).join(" ");
        const place = resolveLocator(plain(list.join(space).normalize(form)), { quote });
        assert.ok(place.found, quote);
        assert.equal(place.text.normalize("NFC").replace(/[\s\u200b]+/g, " "), quote.normalize("NFC"));
      },
    ),
    { numRuns: count, seed },
  );
});

test("one wrong character: not found, and the nearest match is one edit away", (t) => {
  const count = scaled(5000);
  announce(t, "mistyped quotations", count);
  fc.assert(
    fc.property(words, fc.nat(), fc.nat(), (list, at, wrong) => {
      const first = at % (list.length - 5);
      const quote = list
        .slice(first, first + 5)
        .join(" ")
        .normalize("NFC");
      const position = 1 + (wrong % (quote.length - 2));
      const mistyped = `${quote.slice(0, position)}7${quote.slice(position + 1)}`;
      const place = resolveLocator(plain(list.join(" ").normalize("NFC")), { quote: mistyped });
      assert.ok(!place.found);
      assert.ok(place.nearest, mistyped);
      // A letter with its mark is two units when decomposed, so one character may count as two edits.
      assert.ok(place.nearest.similarity >= 1 - 2 / quote.length, `${mistyped} → ${place.nearest.text} ${place.nearest.similarity}`);
    }),
    { numRuns: count, seed },
  );
});

test("nothing is nearest where nothing is near; long texts and quotations stay bounded", () => {
  assert.equal(refusal(plain("abc def"), { quote: "completely other words" }).nearest, undefined);
  assert.equal(refusal(plain(""), { quote: "x" }).nearest, undefined);
  const sentence = "The panel counted many incidents and named few. ";
  const long = plain(`${sentence.repeat(100_000)}The missing sentence has exactly fifty-eight attacks in it. ${sentence.repeat(4000)}`);
  const nearest = refusal(long, { quote: "The missing sentence has exactly fifty-nine attacks in it." }).nearest;
  assert.match(nearest?.text ?? "", /fifty-eight attacks/);
  refusal(long, { quote: "z".repeat(10_000) });
  assert.match(refusal(long, { quote: "z".repeat(10_001) }).why, /1 to 10000 characters/);
  refusal(plain(`${"a".repeat(200_000)}`), { quote: `${"a".repeat(5000)}b` });
  refusal(plain(`e${"\u0301".repeat(200_000)}`), { quote: "e\u0301\u0301" + "\u0302" });
});

test("a part of what is drawn is a place where nothing is written, inside the page and by its page alone", () => {
  const picture: Extraction = { outcome: "unreadable", extractor: "none", version: "1", media_type: "image/png", reason: "no text" };
  const scan: Extraction = { ...picture, media_type: "application/pdf" };
  const refused = (extraction: Extraction, locator: Locator, why: RegExp) => assert.throws(() => requireLocator(extraction, locator, "here"), why, JSON.stringify(locator));
  for (const region of ["0,0,1000,1000", "120,340,200,60", "999,999,1,1"]) assert.equal(requireLocator(picture, { region }, "here"), "what is drawn there");
  for (const region of ["0,0,1001,1", "900,0,101,10", "0,990,10,11", "0,0,0,10", "10,10,10,0", "1,2,3", "-1,0,5,5", "1.5,0,5,5", "", "a,b,c,d", "0,0,10,10,10"]) refused(picture, { region }, /no part of a page/);
  refused(picture, { region: "0,0,10,10", quote: "words" }, /page and region alone/);
  refused(picture, { region: "0,0,10,10", page: 2 }, /no page 2; it has 1/);
  refused(picture, { quote: "words" }, /no text/);
  refused(scan, { region: "0,0,10,10" }, /needs its page/);
  assert.equal(requireLocator(scan, { region: "0,0,10,10", page: 7 }, "here"), "what is drawn there");
  assert.deepEqual(readRegion("120,340,200,60"), [0.12, 0.34, 0.2, 0.06]);
  assert.equal(locatorText({ page: 2, region: "125,340,200,60" }), "page 2, the part 12.5 % from the left and 34 % from the top, 20 % wide and 6 % high");
});
