// A document that may not be passed on: readers get the places that public claims cite, and nothing that adds up to more.
import assert from "node:assert/strict";
import { test } from "node:test";
import { madePhoto } from "../../test/made-pictures.ts";
import { smallNewsroom } from "../../test/small-newsroom.ts";
import { appendClaim, parseClaim } from "../casefile/casefile.ts";
import { appendCapture, appendRelease, prepareCapture } from "../evidence/evidence.ts";
import { openNewsroom } from "../newsroom.ts";
import { openSite } from "./site.ts";

const FILLER = Array.from({ length: 80 }, (_, at) => `Line ${at} of what the source asked us to keep.`).join("\n");

test("a capture whose bytes are held back shows the cited place and a little around it; with its bytes it shows all", async () => {
  const newsroom = await smallNewsroom();
  const reader = openNewsroom(newsroom.folder);
  const { app, close, refresh } = openSite(reader, { clock: () => "2026-02-01T00:00:00.000Z", hosts: ["localhost"] });
  const ask = async (path: string) => (await app.inject({ url: path, headers: { host: "localhost" } })).body;
  try {
    const text = `${FILLER}\n\nAbout 340 customers lost coins.\n\n${FILLER}\nThe clerk’s name is SECRETCLERK.\n`;
    const prepared = await prepareCapture(newsroom.blobs, {
      bytes: new TextEncoder().encode(text),
      origin: { from: "file", name: "letter.txt" },
      retrieved_at: "2026-01-01T00:00:00Z",
      retrieved_by: "test",
      grade: "copy",
      source_grade: "C",
      item_grade: "3",
    });
    const capture = newsroom.transact("test", (transaction) => {
      const seq = appendCapture(transaction, prepared);
      const claim = parseClaim({ subject: "theft/one", field: "victim", value: "Customers", claimant: "The exchange", hedge: "asserted", as_of: "2024", source: { capture: seq, locator: { quote: "340 customers" } } });
      appendRelease(transaction, [appendClaim(transaction, claim, "test"), seq], [], "test");
      return seq;
    });
    refresh();
    const at = `/evidence/${prepared.sha256}`;
    const cited = await ask(`${at}?quote=340+customers`);
    assert.match(cited, /About <mark>340 customers<\/mark> lost coins/);
    assert.match(cited, /held back/i);
    assert.doesNotMatch(cited, /SECRETCLERK|Line 30 of/);
    for (const query of ["", "?from=4000", "?quote=SECRETCLERK", "?quote=name+is", "?paragraph=3", "?page=1&quote=340+customers"]) {
      const page = await ask(`${at}${query}`);
      assert.doesNotMatch(page, /SECRETCLERK<|SECRETCLERK\.|Line 30 of/, query);
      if (query.includes("=S") || query.includes("name")) assert.match(page, /This place is not shown/);
    }
    newsroom.transact("test", (transaction) => appendRelease(transaction, [], [capture], "test"));
    refresh();
    assert.match(await ask(`${at}?quote=SECRETCLERK`), /<mark>SECRETCLERK<\/mark>/);
    assert.match(await ask(at), /Line 30 of/);
  } finally {
    await close();
    reader.close();
    newsroom.remove();
  }
});

test("what was read out of a picture is cited by the part of it, which its page names in words", async () => {
  const newsroom = await smallNewsroom();
  const reader = openNewsroom(newsroom.folder);
  const { app, close, refresh } = openSite(reader, { clock: () => "2026-02-01T00:00:00.000Z", hosts: ["localhost"] });
  const ask = async (path: string) => (await app.inject({ url: path, headers: { host: "localhost" } })).body;
  try {
    const prepared = await prepareCapture(newsroom.blobs, {
      bytes: await madePhoto(), origin: { from: "file", name: "sign.jpg" }, retrieved_at: "2026-01-01T00:00:00Z", retrieved_by: "test", grade: "copy", source_grade: "C", item_grade: "3",
    });
    newsroom.transact("test", (transaction) => {
      const seq = appendCapture(transaction, prepared);
      const claim = parseClaim({ subject: "theft/one", field: "victim", value: "Customers", claimant: "The sign", hedge: "asserted", as_of: "2024", source: { capture: seq, locator: { region: "120,340,200,60" } } });
      appendRelease(transaction, [appendClaim(transaction, claim, "test"), seq], [], "test");
    });
    refresh();
    const at = `/evidence/${prepared.sha256}`;
    const href = new RegExp(`href="(${at}\\?region=[^"]+)"`).exec(await ask(at))?.[1];
    assert.ok(href, "the claim leads to its place");
    assert.match(await ask(href), /The place cited: the part 12 % from the left and 34 % from the top, 20 % wide and 6 % high[^]*no text stands behind it/);
    assert.match(await ask(`${at}?region=0,0,10,10`), /This place is not shown/);
    assert.doesNotMatch(await ask(`${at}?region=%3Cb%3E`), /<b>/);
  } finally {
    await close();
    reader.close();
    newsroom.remove();
  }
});
