// Each parser against mutated samples and random bytes: it answers, within its bounds, whatever it is given.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { extractTextInProcess, runExtractor } from "./extract-in-process.ts";
import { DEFAULT_LIMITS, rowValues, type Extraction, type Extractor } from "./extraction.ts";
import { csv } from "./extractors/csv.ts";
import { html } from "./extractors/html.ts";
import { json } from "./extractors/json.ts";
import { mail } from "./extractors/mail.ts";
import { markdown } from "./extractors/markdown.ts";
import { makePdf, pageContent } from "./extractors/pdf-sample.ts";
import { pdf } from "./extractors/pdf.ts";
import { plainText } from "./extractors/plain-text.ts";
import { xlsx } from "./extractors/xlsx.ts";
import { writeWorkbook } from "../spreadsheet.ts";
import { announce, scaled, seed } from "../../test/scale.ts";

const TEXT_CHARS_MAX = 20_000;
const limits = { ...DEFAULT_LIMITS, text_chars_max: TEXT_CHARS_MAX, cells_max: 5000 };
/** Bytes that mean something to one parser or another. */
const TELLING = [0, 9, 10, 13, 34, 38, 44, 45, 47, 60, 62, 92, 123, 124, 125, 91, 93, 128, 255];

const SEEDS: [Extractor, string, (string | Uint8Array)[]][] = [
  [plainText, "text/plain", ["One\r\n\r\ntwo\fthree \u202e é 字\0", Buffer.from("Zwölf\n\nx", "utf16le")]],
  [
    markdown,
    "text/markdown",
    ['# H\n\n- a\n  - b\n\n> q\n\n|a|b|\n|-|-|\n|1|2|\n\n```x\ny\n```\n[l](u "t") ![i](s) `c` **b** \\* &amp; <b>\n\n[r]: /u'],
  ],
  [csv, "text/csv", ['a,b,c\n1,"x, ""y""",3\n=1+1,,\n\n"multi\nline",2,3\r\n', "a;b\n1;2\n", "\ufeffa\tb\n__proto__\t2"]],
  [
    json,
    "application/json",
    ['{"a":[1,2.5e-7,{"__proto__":null}],"b":"\\u00e9\\ud83d\\ude00","a":{},"c":[[],[true,false]]}', "[[[[[]]]]]", '"x"'],
  ],
  [json, "application/x-ndjson", ['{"a":1}\n{"b":[1,2]}\n3\n']],
  [
    html,
    "text/html",
    [
      "<!doctype html><meta charset=latin1><title>t</title><p>a<b>b<i>c</b>d</i><table><tr><th>x<th>y<tr><td rowspan=3>1<td colspan=2>2<tr><td>3</table><ul><li>x</ul><pre>\n a</pre>&eacute;&#0;&#x110000;",
      "<table><td><table><tr hidden><td>x</table><svg><td><tr></svg><math><mi>x</math><template><td></template></table><select><option>a</select>",
      "<frameset><noframes>x</noframes></frameset><a><div><a><b><p></b></a><caption><col><textarea>y<dialog open>z",
    ],
  ],
  [
    mail,
    "message/rfc822",
    [
      "From: \"A\" <a@b.c>\r\nTo: g: x@y.z;\r\nSubject: =?utf-8?b?SGk=?= =?x?q?=ff?=\r\nDate: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=koi8-r\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>=D0=B8=\r\n</p>\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\nx\r\n--b\r\nContent-Disposition: attachment; filename*=utf-8''%e2%82%ac\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b--\r\n",
    ],
  ],
  [
    xlsx,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    [writeWorkbook([{ name: "A", rows: [["a", "b"], ["1", 2], ["x & y", 3.5]] }])],
  ],
  [
    pdf,
    "application/pdf",
    [
      makePdf([
        pageContent([
          { y: 700, words: "Some words" },
          { y: 680, words: "more" },
        ]),
        pageContent([{ y: 700, words: "Two" }]),
      ]),
    ],
  ],
];

// The PDF parser may fail a promise nobody holds, which the test runner counts against us and the product's child
// ignores: this very file, started without the runner, is such a child.
if (process.env.TRACEWIRE_FUZZ_PDF) {
  process.on("unhandledRejection", () => {});
  const read = await fuzz(...SEEDS.find(([extractor]) => extractor === pdf)!, scaled(20_000));
  process.stdout.write(`read ${read}\n`, () => process.exit(0));
} else {
  for (const [extractor, media_type, samples] of SEEDS)
    test(`fuzz ${extractor.name} (${media_type})`, async (t) => {
      const count = scaled(20_000);
      announce(t, `mutated ${extractor.name}`, count);
      const read = extractor === pdf ? fuzzInChild() : await fuzz(extractor, media_type, samples, count);
      t.diagnostic(`${read} of ${count} gave text`);
      assert.ok(read > count / 100, `only ${read} of ${count} inputs gave text: the fuzz does not reach the extractor`);
    });
}

function fuzzInChild(): number {
  const env: NodeJS.ProcessEnv = { ...process.env, TRACEWIRE_FUZZ_PDF: "1", TRACEWIRE_SEED: String(seed) };
  delete env.NODE_TEST_CONTEXT;
  const { stdout, stderr, status } = spawnSync(process.execPath, [import.meta.filename], { encoding: "utf8", env });
  assert.equal(status, 0, stderr.slice(-4000));
  return Number(/read (\d+)/.exec(stdout)?.[1]);
}

async function fuzz(extractor: Extractor, media_type: string, samples: (string | Uint8Array)[], count: number): Promise<number> {
  const next = randomNumbers(seed);
  const pool = samples.map((sample) => (typeof sample === "string" ? new TextEncoder().encode(sample) : new Uint8Array(sample)));
  let read = 0;
  for (let i = 0; i < count; i += 1) {
    const bytes = i % 10 === 9 ? randomBytes(next) : mutate(pool[next(pool.length)]!, pool[next(pool.length)]!, next);
    // One in eight also goes through the sniffing door, which chooses by itself.
    const extraction =
      i % 8 === 0
        ? await extractTextInProcess(bytes, { declared_media_type: media_type, limits, expendable: extractor === pdf })
        : await runExtractor(extractor, { bytes, media_type, limits });
    try {
      assertSound(extraction);
    } catch (error) {
      throw new Error(`case ${i}, TRACEWIRE_SEED=${seed}, bytes ${Buffer.from(bytes).toString("base64")}`, { cause: error });
    }
    if (extraction.outcome === "text") read += 1;
  }
  return read;
}

function assertSound(extraction: Extraction) {
  if (extraction.outcome === "unreadable") {
    assert.notEqual(extraction.reason, "");
    // A fault of ours, not of the input, would be named so; the parsers' own errors are allowed to say why.
    assert.doesNotMatch(extraction.reason, /extractor failed.*(undefined|null|is not a function|not iterable|call stack)/);
    return;
  }
  const { text, paragraphs, pages = [], tables = [], warnings } = extraction;
  assert.ok(text.length <= TEXT_CHARS_MAX && text.isWellFormed());
  assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
  assert.ok(warnings.length <= 25);
  for (const [i, start] of paragraphs.entries()) assert.ok(start >= 0 && start < text.length && (i === 0 || start > paragraphs[i - 1]!));
  for (const [i, start] of pages.entries()) assert.ok(start >= 0 && start <= text.length && (i === 0 || start >= pages[i - 1]!));
  for (const { header, rows } of tables)
    for (const [i, row] of rows.entries()) {
      assert.equal(row.row, rows[0]!.row + i);
      assert.ok(row.start >= 0 && row.start <= row.end && row.end <= text.length);
      assert.equal(row.cells.length % 2, 0);
      for (let c = 0; c < row.cells.length; c += 2)
        assert.ok(row.cells[c]! >= 0 && row.cells[c]! <= row.cells[c + 1]! && row.cells[c + 1]! <= row.end);
      if (row.row === 0) assert.deepEqual(rowValues(text, row), header);
    }
}

type Next = (below: number) => number;

function randomNumbers(start: number): Next {
  let state = start >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function randomBytes(next: Next): Uint8Array {
  return Uint8Array.from({ length: next(200) }, () => next(256));
}

/** One to six edits: a byte changed, a stretch dropped, doubled, moved, or taken from another sample. */
function mutate(sample: Uint8Array, other: Uint8Array, next: Next): Uint8Array {
  let bytes = sample;
  for (let edits = 1 + next(6); edits > 0; edits -= 1) {
    const at = next(bytes.length + 1);
    const length = 1 + next(20);
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
    const middle = [
      () => [before, Uint8Array.of(next(256)), after.subarray(1)],
      () => [before, Uint8Array.of(TELLING[next(TELLING.length)]!), after],
      () => [before, after.subarray(length)],
      () => [before, after.subarray(0, length), after],
      () => [before, other.subarray(next(other.length)).subarray(0, length * 4), after],
      () => [before, Uint8Array.from({ length }, () => TELLING[next(TELLING.length)]!), after.subarray(length)],
    ][next(6)]!();
    bytes = new Uint8Array(Buffer.concat(middle));
  }
  return bytes;
}
