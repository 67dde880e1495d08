import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { deflateRawSync, deflateSync } from "node:zlib";
import { extractText, extractTextInProcess, rowValues, type ExtractedText } from "./extract.ts";
import { childFlags } from "./limited-child.ts";
import { makePdf, pageContent } from "./extractors/pdf-sample.ts";
import { repositoryRoot } from "../../test/scale.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
type Options = Parameters<typeof extractTextInProcess>[1];

async function read(source: string | Uint8Array, options: Options = {}): Promise<ExtractedText> {
  const extraction = await extractTextInProcess(typeof source === "string" ? bytes(source) : source, { expendable: true, ...options });
  assert.equal(extraction.outcome, "text", JSON.stringify(extraction));
  return extraction as ExtractedText;
}
async function refusal(source: string | Uint8Array, options: Options = {}): Promise<string> {
  const extraction = await extractTextInProcess(typeof source === "string" ? bytes(source) : source, { expendable: true, ...options });
  assert.equal(extraction.outcome, "unreadable", JSON.stringify(extraction).slice(0, 300));
  return extraction.outcome === "unreadable" ? extraction.reason : "";
}
const paragraphs = ({ text, paragraphs: starts }: ExtractedText) => starts.map((start, i) => text.slice(start, starts[i + 1]).trim());
const values = ({ text, tables }: ExtractedText, table = 0) => (tables?.[table]?.rows ?? []).map((row) => rowValues(text, row));

test("plain text: paragraphs at blank lines, pages at form feeds", async () => {
  const it = await read("Title\r\n\r\nOne\r\ntwo\n \n\n Three");
  assert.deepEqual(paragraphs(it), ["Title", "One\ntwo", "Three"]);
  assert.equal(it.media_type, "text/plain");
  const paged = await read("page one\fpage two\n\nmore");
  assert.deepEqual(
    paged.pages?.map((start) => paged.text.slice(start, start + 8)),
    ["page one", "page two"],
  );
  assert.deepEqual(paragraphs(await read("")), []);
});

test("encodings: marks, guesses, the fallback, and what could not be decoded is said", async () => {
  const utf16 = Buffer.from("Zwölf Männer gingen", "utf16le");
  assert.equal((await read(Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]))).text, "Zwölf Männer gingen");
  const guessed = await read(utf16);
  assert.equal(guessed.text, "Zwölf Männer gingen");
  assert.match(guessed.warnings.join(), /guessed/);
  const latin = await read(Buffer.from("Zwölf Männer", "latin1"));
  assert.match(latin.text, /^Zwölf/);
  assert.match(latin.warnings.join(), /windows-1252/);
  const broken = await read(Buffer.from([0x61, 0xff, 0x62]), { declared_media_type: "text/plain; charset=utf-8" });
  assert.equal(broken.text, "a\ufffdb");
  assert.match(broken.warnings.join(), /1 characters are U\+FFFD/);
  assert.equal((await read(Buffer.from("caf\xe9", "latin1"), { declared_media_type: 'text/plain; charset="iso-8859-1"' })).text, "café");
});

test("controls are shown, reading-direction characters are marked, lone surrogates replaced", async () => {
  const it = await read("a\u0000b\u0085c\u202egnp.exe\u2069 d\ttab and many more plain words to stay text");
  assert.match(it.text, /^a␀b⟦U\+0085⟧c⟦U\+202E⟧gnp\.exe⟦U\+2069⟧ d\ttab/);
  assert.match(it.warnings.join("\n"), /2 control characters[^]*U\+202E U\+2069/);
  const json = await read('["\\ud800", "\\u0000"]');
  assert.ok(json.text.isWellFormed());
  assert.match(json.text, /"\ufffd",\n {2}"␀"/);
});

test("HTML: what is seen, block by block", async () => {
  const it = await read(`<!doctype html><meta charset=utf-8><title>The Page</title><style>p{}</style>
    <h1>Head&shy;line</h1><p>One <b>two</b>,<i> three</i><br>four</p><p hidden>no</p><div style="color:red; DISPLAY : none">no</div>
    <template>no</template><script>no()</script><noscript>Without script</noscript>
    <ul><li>a<li>b</ul><pre>x  y\n z</pre>tail &amp; end &unknown; &#x41;`);
  assert.deepEqual(paragraphs(it), [
    "The Page",
    "Head\u00adline",
    "One two, three\nfour",
    "Without script",
    "a",
    "b",
    "x  y\n z",
    "tail & end &unknown; A",
  ]);
});

test("HTML: entities of a document type are not expanded (no billion laughs)", async () => {
  const it = await read('<!DOCTYPE html [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><p>&b;&a;</p>');
  assert.doesNotMatch(it.text, /haha/);
});

test("HTML: encoding from meta, declared wins over it", async () => {
  const page = Buffer.from(
    '<!doctype html><meta http-equiv="Content-Type" content="text/html; charset=windows-1251"><p>\xcf\xf0\xe8',
    "latin1",
  );
  assert.equal((await read(page)).text, "При");
  assert.equal((await read(page, { declared_media_type: "text/html; charset=latin1" })).text, "Ïðè");
});

test("HTML tables: header, spans, nested and empty cells, cells with blocks", async () => {
  const it = await read(`<!doctype html><table><thead><tr><th>Year<th>Attacks<th>Loss</thead>
    <tr><td rowspan=2>2022<td>7<td><p>$1</p><p>bn</p>
    <tr><td>8<td></td>
    <tr><td colspan=2>sum<td>15</table>after
    <table><tr><th>k<td>v<tr><th>k2<td><table><tr><td>in<td>ner</table></table>end`);
  assert.deepEqual(it.tables?.[0]?.header, ["Year", "Attacks", "Loss"]);
  assert.deepEqual(values(it), [
    ["Year", "Attacks", "Loss"],
    ["2022", "7", "$1\n\nbn"],
    ["2022", "8", ""],
    ["sum", "sum", "15"],
  ]);
  assert.deepEqual(
    it.tables?.[0]?.rows.map(({ row }) => row),
    [0, 1, 2, 3],
  );
  assert.deepEqual(values(it, 1), [
    ["k", "v"],
    ["k2", "in\tner"],
  ]);
  assert.deepEqual(
    it.tables?.[1]?.rows.map(({ row }) => row),
    [1, 2],
  );
  assert.deepEqual(values(it, 2), [["in", "ner"]]);
  assert.match(it.text, /\n\nafter\n\n[^]*\n\nend$/);
});

test("HTML: spans cannot blow up", async () => {
  const wide = `<!doctype html><table>${"<tr>".concat("<td colspan=1000 rowspan=65534>x".repeat(50)).repeat(200)}</table>`;
  assert.match(await refusal(wide), /more than 2000000 cells/);
});

test("Markdown: text without marks, tables, raw HTML shown", async () => {
  const it = await read(
    "# Head\n\nA *b* [link](http://x.example) `code`\nsoft\n\n- one\n- two\n\n```\nx = 1\n```\n\n|A|B|\n|-|-|\n|1|**2**|\n\n<b>raw</b> ![alt text](p.png)",
    {
      file_name: "note.md",
    },
  );
  assert.deepEqual(paragraphs(it), ["Head", "A b link code\nsoft", "one", "two", "x = 1", "A\tB", "1\t2", "<b>raw</b> alt text"]);
  assert.deepEqual(values(it), [
    ["A", "B"],
    ["1", "2"],
  ]);
});

test("CSV: rows and lines as a person counts them, values as written", async () => {
  const it = await read('\ufeffname,amount,note\r\n"Doe, J",007,"two\nlines"\r\n\r\n=1+1,1e3,"say ""hi"""\r\n', { file_name: "a.csv" });
  assert.deepEqual(it.tables?.[0]?.header, ["name", "amount", "note"]);
  assert.deepEqual(values(it).slice(1), [
    ["Doe, J", "007", "two\nlines"],
    ["=1+1", "1e3", 'say "hi"'],
  ]);
  assert.deepEqual(
    it.tables?.[0]?.rows.map(({ row, line }) => [row, line]),
    [
      [0, 1],
      [1, 2],
      [2, 5],
    ],
  );
  assert.deepEqual(values(await read("a;b\n1,5;2", { file_name: "a.csv" })), [
    ["a", "b"],
    ["1,5", "2"],
  ]);
  assert.deepEqual(values(await read("a\tb\n1\t2", { declared_media_type: "text/tab-separated-values" })), [
    ["a", "b"],
    ["1", "2"],
  ]);
  assert.deepEqual(values(await read("__proto__,constructor\n1,2", { file_name: "a.csv" })), [
    ["__proto__", "constructor"],
    ["1", "2"],
  ]);
});

test("CSV: an error names its line and column", async () => {
  assert.match(await refusal('a,b\n1,"x"y\n', { file_name: "a.csv" }), /^line 2, column 2: text follows a closing quote/);
  assert.match(await refusal("a,b\n1,2\n3\n", { file_name: "a.csv" }), /^line 3.*not as many cells/);
  assert.match(await refusal('a,b\n1,"x\n', { file_name: "a.csv" }), /^line \d.*never closed/);
  assert.match(await refusal(`a,b\n1,"${"x".repeat(2e6)}"\n`, { file_name: "a.csv" }), /longer than 1000000/);
});

test("JSON: one member a line, numbers as written, names harmless", async () => {
  const it = await read(
    '{"a":0.10000000000000000555,"big":123456789012345678901234567890,"__proto__":{"x":1},"e":[],"o":{},"s":"\\u00e9\\"q"}',
  );
  assert.deepEqual(it.text.split("\n"), [
    "{",
    '  "a": 0.10000000000000000555,',
    '  "big": 123456789012345678901234567890,',
    '  "__proto__": {',
    '    "x": 1',
    "  },",
    '  "e": [],',
    '  "o": {},',
    '  "s": "é"q"',
    "}",
  ]);
  assert.equal(it.paragraphs.length, 6);
  assert.equal(({} as Record<string, unknown>).x, undefined);
  assert.match((await read('{"a":1,"a":2}')).warnings.join(), /"a" stands twice/);
  const lines = await read('{"a":1}\n{"a":2}\n', { file_name: "x.jsonl" });
  assert.deepEqual(paragraphs(lines), ['{\n  "a": 1\n}', '{\n  "a": 2\n}']);
});

test("JSON: what is not JSON is refused where it was declared, read as text where we guessed", async () => {
  assert.match(await refusal('{"a":1,\n "b": 01}', { file_name: "a.json" }), /line 2, column 7: a value was expected/);
  for (const bad of ["[1,]", '{"a" 1}', "[1 2]", '"\\x"', "[NaN]", "{", '{"a":', '"', "[1]x", "+1", "1.", "nulls", '["\t"]', ""])
    assert.match(await refusal(bad, { file_name: "a.json" }), /^not valid JSON/, bad);
  const guessed = await read("[Editor's note: not JSON]");
  assert.equal(guessed.media_type, "text/plain");
  assert.match(await refusal("[".repeat(100_000), { file_name: "a.json" }), /deeper than 1000/);
});

test("JSON agrees with JSON.parse on what is JSON", async () => {
  const parts = ["{", "}", "[", "]", ",", ":", '"a"', '"\\n"', "1", "-0.5e+3", "01", "true", "nul", " ", "\n"];
  let state = 1;
  let valid = 0;
  for (let i = 0; i < 3000; i += 1) {
    let source = "";
    for (let n = 0; n < 1 + (i % 6); n += 1) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      source += parts[(state >>> 8) % parts.length];
    }
    let expected = true;
    try {
      JSON.parse(source);
    } catch {
      expected = false;
    }
    const { outcome } = await extractTextInProcess(bytes(source), { declared_media_type: "application/json" });
    assert.equal(outcome === "text", expected, JSON.stringify(source));
    if (expected) valid += 1;
  }
  assert.ok(valid > 100, `only ${valid} valid documents were tried`);
});

test("PDF: pages, paragraphs, pages without text", async () => {
  const it = await read(
    makePdf([
      pageContent([
        { y: 700, words: "First line (of one)" },
        { y: 686, words: "second line" },
        { y: 640, words: "New paragraph" },
      ]),
      "",
      pageContent([{ y: 700, words: "Page three" }]),
    ]),
  );
  assert.deepEqual(paragraphs(it), ["First line (of one)\nsecond line", "New paragraph", "Page three"]);
  assert.equal(it.pages?.length, 3);
  assert.equal(it.text.slice(it.pages?.[2]), "Page three");
  assert.match(it.warnings.join(), /no text on 1 pages: 2/);
  assert.match(await refusal(makePdf([""])), /1 pages without text/);
  assert.match(await refusal("%PDF-1.4\nnothing"), /not a readable PDF/);
  assert.match(await refusal(makePdf([""]), { expendable: false }), /in a child process only/);
});

test("mail: headers first, attachments by hash, a date as written", async () => {
  const attached = "col\n1\n";
  const it = await read(
    [
      "From: =?utf-8?q?J=C3=BCrgen?= <j@a.example>",
      "To: x@b.example, y@b.example",
      "Subject: =?utf-8?b?SGVsbG8g4oKs?=",
      "Date: Someday, 99 Foo 2024",
      'Content-Type: multipart/mixed; boundary="b"',
      "",
      "--b",
      "Content-Type: text/plain; charset=utf-8",
      "",
      "Dear all,",
      "",
      "the sum is 5.",
      "--b",
      'Content-Type: text/csv; name="s.csv"',
      'Content-Disposition: attachment; filename="s.csv"',
      "Content-Transfer-Encoding: base64",
      "",
      Buffer.from(attached).toString("base64"),
      "--b--",
      "",
    ].join("\r\n"),
  );
  const hash = createHash("sha256").update(attached).digest("hex");
  assert.deepEqual(paragraphs(it), [
    'From: "Jürgen" <j@a.example>',
    "To: x@b.example, y@b.example",
    "Date: Someday, 99 Foo 2024",
    "Subject: Hello €",
    "Dear all,",
    "the sum is 5.",
    `Attachment: s.csv (text/csv, 6 bytes, SHA-256 ${hash})`,
  ]);
  const page = await read("From: a@b.c\r\nTo: d@e.f\r\nContent-Type: text/html\r\n\r\n<p>Seen<script>no</script><p hidden>no");
  assert.equal(paragraphs(page).at(-1), "Seen");
});

test("the bytes outrank what was declared, and the difference is said", async () => {
  const page = await read("<!DOCTYPE html><p>503 Service Unavailable", { declared_media_type: "text/csv", file_name: "losses.csv" });
  assert.equal(page.extractor, "html");
  assert.match(page.warnings.join(), /declared as text\/csv, but the bytes are text\/html/);
  const png = Buffer.from("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000049454e44ae426082", "hex");
  assert.match(await refusal(png, { declared_media_type: "text/plain" }), /no text is read from image\/png; declared as text\/plain/);
  assert.match(await refusal(Buffer.from([0, 1, 2, 3, 4, 5, 6, 7, 8])), /no known type/);
  assert.equal((await read("a,b\n1,2", { declared_media_type: "application/octet-stream", file_name: "x.CSV" })).extractor, "csv");
  assert.equal((await read('<?xml version="1.0"?><list><a>1</a></list>')).media_type, "application/xml");
});

test("a version names the parser that is installed: bump it when the parser changes", () => {
  const extractors =
    readFileSync(join(import.meta.dirname, "extractors", "mail.ts"), "utf8") +
    ["csv", "html", "markdown", "pdf"].map((name) => readFileSync(join(import.meta.dirname, "extractors", `${name}.ts`), "utf8")).join("");
  for (const name of ["csv-parse", "parse5", "markdown-it", "unpdf", "mailparser"]) {
    const { version } = JSON.parse(readFileSync(join(repositoryRoot, "node_modules", name, "package.json"), "utf8"));
    assert.match(extractors, new RegExp(`version: "\\d+ [^"]*\\b${name} ${version.replaceAll(".", "\\.")}[" ]`));
  }
});

test("the child gives what the process gives", async () => {
  const samples: [Uint8Array, Options][] = [
    [bytes("Hello\n\nyou"), {}],
    [bytes("a,b\n1,2"), { file_name: "a.csv" }],
    [bytes('{"a":[1]}'), {}],
    [bytes("# A\n\nb"), { file_name: "a.md" }],
    [bytes("<!doctype html><table><tr><td>1"), {}],
    [makePdf([pageContent([{ y: 700, words: "Word" }])]), {}],
    [bytes("From: a@b.c\r\nTo: d@e.f\r\n\r\nx"), {}],
    [Buffer.from([0, 1, 2, 3, 4]), {}],
  ];
  const [inside, outside] = await Promise.all([
    Promise.all(samples.map(([sample, options]) => extractTextInProcess(sample, { expendable: true, ...options }))),
    Promise.all(samples.map(([sample, options]) => extractText(sample, options))),
  ]);
  assert.deepEqual(outside, inside);
});

test("the child is stopped at its time limit", async () => {
  const it = await extractText(bytes(`<!doctype html>${"<b a=1><p>".repeat(200_000)}`), { limits: { time_ms_max: 300 } });
  assert.equal(it.outcome, "unreadable");
  assert.match(it.outcome === "unreadable" ? it.reason : "", /longer than 300 ms/);
});

test("the child is stopped at its heap limit", async () => {
  const page = bytes(`<!doctype html>${"<i>x</i>".repeat(400_000)}`);
  const it = await extractText(page, { limits: { heap_mb_max: 40 } });
  assert.equal(it.outcome, "unreadable");
  assert.match(it.outcome === "unreadable" ? it.reason : "", /more than 40 MB of memory/);
  assert.deepEqual([it.extractor, it.media_type], ["html", "text/html"], "what was known before it died is kept");
});

test("compressed bombs end in a reason: PDF streams within PDF streams, and a zip", async () => {
  const once = deflateSync(Buffer.alloc(400e6, 0x20), { level: 1 });
  const it = await extractText(makePdf([deflateSync(once)], "/Filter [/FlateDecode /FlateDecode]"), { limits: { rss_mb_max: 250 } });
  assert.equal(it.outcome, "unreadable");
  assert.match(it.outcome === "unreadable" ? it.reason : "", process.platform === "linux" ? /more than 250 MB|without text/ : /./);
  const packed = deflateRawSync(Buffer.alloc(200e6));
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(8, 8);
  header.writeUInt32LE(packed.length, 18);
  header.writeUInt32LE(200e6, 22);
  const name = "[Content_Types].xml";
  header.writeUInt16LE(name.length, 26);
  const zip = await extractText(Buffer.concat([header, Buffer.from(name), packed]), {});
  assert.equal(zip.outcome, "unreadable");
});

test("sizes: a huge line is refused, or read when it fits", async () => {
  const line = Buffer.alloc(100 * 2 ** 20, 0x61);
  const refused = await extractText(line);
  assert.match(refused.outcome === "unreadable" ? refused.reason : "", /104857600 bytes; text is read from at most 52428800/);
  const long = await extractText(line.subarray(0, 30e6));
  assert.match(long.outcome === "unreadable" ? long.reason : "", /longer than 20000000 characters/);
  const fits = await extractText(line.subarray(0, 19e6));
  assert.equal(fits.outcome === "text" && fits.text.length, 19e6);
});

test("depth: 100,000 levels of HTML and JSON", async () => {
  const html = await extractText(bytes(`<!doctype html>${"<div>".repeat(100_000)}x`));
  assert.match(html.outcome === "unreadable" ? html.reason : "", /deeper than 3000/);
  const nested = await extractText(bytes("[".repeat(100_000) + "]".repeat(100_000)), { declared_media_type: "application/json" });
  assert.match(nested.outcome === "unreadable" ? nested.reason : "", /deeper than 1000/);
  const quotes = await extractText(bytes("> ".repeat(100_000)), { file_name: "a.md" });
  assert.ok(quotes.outcome === "text" || quotes.reason !== "");
});

test("a page's references are not followed", async () => {
  let requests = 0;
  const server = createServer((_, response) => {
    requests += 1;
    response.end("x");
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  const url = `http://127.0.0.1:${port}`;
  const it = await extractText(
    bytes(
      `<!doctype html><link rel=stylesheet href="${url}/a"><img src="${url}/b"><iframe src="file:///etc/passwd"></iframe><script src="${url}/c"></script>seen`,
    ),
  );
  server.close();
  assert.equal(it.outcome === "text" && it.text, "seen");
  assert.equal(requests, 0);
});

test("code that took the child over could reach nothing: no file but our code, no network, no process, no thread", () => {
  const probe = `
    const { readFileSync, writeFileSync } = require("node:fs");
    const tries = {
      read: () => readFileSync(process.argv[2]), write: () => writeFileSync(process.argv[1], "x"), list: () => require("node:fs").readdirSync("/"),
      spawn: () => require("node:child_process").spawnSync(process.execPath), thread: () => new (require("node:worker_threads").Worker)("1", { eval: true }),
    };
    const codes = {};
    for (const [name, attempt] of Object.entries(tries)) try { attempt(); codes[name] = "allowed"; } catch (error) { codes[name] = error.code; }
    require("node:net").connect(9, "127.0.0.1").on("error", (error) => { codes.net = error.code; console.log(JSON.stringify(codes)); });`;
  const target = join(import.meta.dirname, "never-written.txt");
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [...childFlags({ heap_mb_max: 64 }), "-e", probe, target, join(repositoryRoot, "src", "errors.ts")],
    { encoding: "utf8", env: {} },
  );
  const denied = "ERR_ACCESS_DENIED";
  const codes = JSON.parse(stdout || `{"stderr":${JSON.stringify(stderr)}}`);
  assert.deepEqual(codes, { read: denied, write: denied, list: denied, spawn: denied, thread: denied, net: denied });
});
