import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import sharp from "sharp";
import { repositoryRoot } from "../../test/scale.ts";
import { canBeDrawn, drawPage, placeText, regionsOf, type Drawing } from "./draw.ts";
import { extractText } from "./extract.ts";
import { makePdf, pageContent } from "./extractors/pdf-sample.ts";
import { childFlags } from "./limited-child.ts";

const sample = makePdf([
  pageContent([{ y: 700, words: "What was taken: 41.4 million dollars" }, { y: 400, words: "Nothing was returned" }]),
  pageContent([{ y: 100, words: "The second page" }]),
]);

async function pixelsOf(drawing: Drawing) {
  assert.equal(drawing.outcome, "drawn", JSON.stringify(drawing).slice(0, 200));
  const { png } = drawing as Extract<Drawing, { outcome: "drawn" }>;
  const { data, info } = await sharp(png).greyscale().raw().toBuffer({ resolveWithObject: true });
  return { data, ...info };
}

test("a page of a PDF is drawn, and the boxes of its words lie on their ink and on nothing else", async () => {
  const { data, width, height, channels } = await pixelsOf(await drawPage(sample, "application/pdf", 1));
  assert.deepEqual([width, Math.round((height / width) * 600)], [1240, 800]);
  const text = await extractText(sample, { file_name: "a.pdf" });
  assert.ok(text.outcome === "text" && text.pages);
  const placed = await placeText(sample, 1);
  assert.ok(placed.outcome === "found");
  const dark = (isInside: (x: number, y: number) => boolean) => {
    let count = 0;
    for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) if (data[(y * width + x) * channels]! < 128 && isInside(x / width, y / height)) count += 1;
    return count;
  };
  const inBox = (words: string) => {
    const at = text.text.indexOf(words);
    const boxes = regionsOf(placed.places, at, at + words.length);
    assert.equal(boxes.length, 1, words);
    return dark((x, y) => boxes.some(([left, top, w, h]) => x >= left && x <= left + w && y >= top && y <= top + h));
  };
  const all = dark(() => true);
  const [whole, part, other] = [inBox("What was taken: 41.4 million dollars"), inBox("41.4 million"), inBox("Nothing was returned")];
  assert.ok(whole > 500 && part > whole * 0.2 && part < whole * 0.5, `${whole} ${part}`);
  // Not a pixel of ink is outside of the lines' boxes, but for half a letter's edge.
  assert.ok(whole + other > all * 0.98, `${whole} + ${other} of ${all}`);
  assert.deepEqual(regionsOf(placed.places, 5_000, 5_010), []);
});

test("each page by its number; what is not there, damaged, or no picture says why", async () => {
  const [one, two] = await Promise.all([pixelsOf(await drawPage(sample, "application/pdf", 1)), pixelsOf(await drawPage(sample, "application/pdf", 2))]);
  assert.notDeepEqual(one.data, two.data);
  const reason = async (...asked: Parameters<typeof drawPage>) => {
    const found = await drawPage(...asked);
    return found.outcome === "refused" ? found.reason : "drawn";
  };
  assert.match(await reason(sample, "application/pdf", 3), /it has 2 pages/);
  assert.match(await reason(new TextEncoder().encode("%PDF-1.7 and no more"), "application/pdf"), /no PDF that can be drawn/);
  assert.match(await reason(new TextEncoder().encode("no picture"), "image/png"), /cannot be drawn/);
  assert.match(await reason(new TextEncoder().encode("<svg/>"), "image/svg+xml"), /is not drawn/);
  assert.equal(canBeDrawn("text/html"), false);
  assert.match(JSON.stringify(await placeText(sample, 9)), /it has 2 pages/);
});

test("a captured picture leaves as other bytes: its pixels turned as its camera says, nothing else of it", async () => {
  const camera = await sharp({ create: { width: 60, height: 30, channels: 3, background: "#800000" } })
    .withExif({ IFD0: { Artist: "a private name" } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  assert.ok(camera.includes("private name"));
  const polyglot = Buffer.concat([camera, Buffer.from("<script>alert(1)</script>")]);
  const found = await drawPage(polyglot, "image/jpeg");
  assert.ok(found.outcome === "drawn");
  assert.deepEqual([found.width, found.height, found.pages], [30, 60, 1]);
  const bytes = Buffer.from(found.png);
  assert.deepEqual([bytes.includes("private name"), bytes.includes("<script>"), bytes.subarray(1, 4).toString()], [false, false, "PNG"]);
  const wide = await sharp({ create: { width: 5_000, height: 100, channels: 3, background: "#fff" } }).png().toBuffer();
  const small = await drawPage(wide, "image/png");
  assert.deepEqual(small.outcome === "drawn" && [small.width, small.height], [1240, 25]);
});

test("a flood of pixels and a page of absurd size stay within their bounds", async () => {
  const flood = await sharp({ create: { width: 8_000, height: 8_000, channels: 3, background: "#fff" }, limitInputPixels: false }).png({ compressionLevel: 9 }).toBuffer();
  const found = await drawPage(flood, "image/png");
  assert.match(found.outcome === "refused" ? found.reason : "drawn", /unfolds to 8000 × 8000/);
  const strip = Buffer.from(Buffer.from(sample).toString("latin1").replaceAll("[0 0 600 800]", "[0 0 9 9999]"), "latin1");
  const long = await drawPage(strip, "application/pdf");
  assert.ok(long.outcome === "refused" || long.width * long.height <= 4_000_000, JSON.stringify(long).slice(0, 100));
});

test("broken PDFs are drawn or refused, whatever is in them", async () => {
  let state = 7;
  const next = (below: number) => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) % below;
  const outcomes = { drawn: 0, refused: 0 };
  for (let round = 0; round < 12; round += 1) {
    const bytes = new Uint8Array(sample);
    for (let edits = 0; edits < 20; edits += 1) bytes[next(bytes.length)] = next(256);
    outcomes[(await drawPage(bytes, "application/pdf", 1)).outcome] += 1;
  }
  assert.equal(outcomes.drawn + outcomes.refused, 12);
});

test("the child that decodes pictures, which has a native module in it, is denied files, processes and the network by Node", () => {
  const probe = `
    const codes = {};
    const tries = { read: () => require("node:fs").readFileSync(process.argv[1]), write: () => require("node:fs").writeFileSync("/tmp/never-written", "x"), spawn: () => require("node:child_process").spawnSync(process.execPath) };
    for (const [name, attempt] of Object.entries(tries)) try { attempt(); codes[name] = "allowed"; } catch (error) { codes[name] = error.code; }
    require("node:net").connect(9, "127.0.0.1").on("error", (error) => { codes.net = error.code; console.log(JSON.stringify(codes)); });`;
  const { stdout, stderr } = spawnSync(process.execPath, [...childFlags({ heap_mb_max: 64, native_modules: true }), "-e", probe, join(repositoryRoot, "README.md")], { encoding: "utf8", env: {} });
  const denied = "ERR_ACCESS_DENIED";
  assert.deepEqual(JSON.parse(stdout || `{"stderr":${JSON.stringify(stderr)}}`), { read: denied, write: denied, spawn: denied, net: denied });
});
