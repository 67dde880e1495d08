// Everything that somebody can send to the desk, sent with what has broken other people's programs: parameters of paths and
// queries, every field of every form, files and their names, types, and headers. No answer may be a fault of ours, no row may
// go, no word of the machine may come out; what was refused shows to whoever watches, without what was typed.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { parse as parseCsv } from "csv-parse/sync";
import { formatCsv } from "../csv.ts";
import { deskNewsroom, PASSWORD, type Answered, type DeskNewsroom } from "../../test/desk-newsroom.ts";
import { keepTrace } from "../../test/kept-trace.ts";
import { announce, scaled, seed } from "../../test/scale.ts";
import { endSession, endSessions } from "../accounts/accounts.ts";
import { codeAt, stepOf } from "../accounts/totp.ts";
import { seededRandom } from "../effects.ts";
import { openEgress } from "../evidence/evidence.ts";
import { openDrafts } from "../press/press.ts";
import { DAY_BYTES_MAX, DAY_ITEMS_MAX, openInbox } from "./inbox.ts";
import { LINES_A_MINUTE_MAX } from "./refusals.ts";
import type { DeskRoute } from "./route.ts";
import { DESK_ROUTES } from "./routes.ts";

const REQUESTS = 12_000;

const HOSTILE = [
  "", " ", "\u0000", "a\u0000b", "undefined", "null", "NaN", "true", "__proto__", "constructor", "prototype", "hasOwnProperty", "toString", "[object Object]",
  "' OR 1=1 --", "'; DROP TABLE users; --", "' OR '1'='1", "\" OR \"\"=\"", "1; SELECT 1", "1 UNION SELECT password FROM users", "') OR ('a'='a", "%' OR '%'='", "1/**/OR/**/1=1", "x' AND randomblob(1000000000) --", "?1", ":a", "@a", "$a", "\\' OR 1=1 --", "ʼ OR 1=1 --",
  "%27", "%00", "%", "%zz", "%2e%2e%2f", "../../../../etc/passwd", "..\\..\\newsroom.key", "/etc/passwd", "file:///etc/passwd", "C:\\windows\\win.ini", "|id", "$(id)", "`id`", ";id", "{{7*7}}", "${7*7}", "<%= 7*7 %>", "#{7*7}",
  "\r\nSet-Cookie: a=b", "x\r\n\r\n<script>alert(1)</script>", "\n", "\u2028", "\u0085Location: //evil.example", "%0d%0aX: y", "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "javascript:alert(1)", "//evil.example", "https://evil.example/", "\\\\evil.example",
  "\u202Emalicious", "\uFEFF", "\uD800", "\uDFFF", "ﷺ", "😀".repeat(40), "é", "e\u0301", "𝒜", "İ", "ß", "Ω".repeat(150), "=1+1", "@SUM(1)", "+1", "-1", "＝1",
  "9".repeat(30), "0", "-0", "1e309", "1e3", "0x10", "2147483648", "9007199254740993", "1.5", "٣", "2024-02-30", "0000-00-00", "9999-12-31T23:59:59Z", "2024-13-01T99:99:99Z", "+010000-01-01T00:00Z", "a".repeat(300), "a".repeat(1_900), "{".repeat(900), "[".repeat(900), "(a+)+$", "a@b", "theft/", "theft/x", "theft/../x", "theft/x/y", "*", "[]", "{}", "\"", "\\", "\t", "---\nslug: x\n---", "# x\n\n> y\n\n{no-such-figure}",
] as const;
/** What is there, so that what lies behind a parameter is reached too. */
const KNOWN: Record<string, readonly string[]> = { handle: ["rosa", "ada", "nobody"], kind: ["theft", "actor"], name: ["of-ada", "x"], trace: ["a-trace"], link: ["A".repeat(43)] };

let bench: DeskNewsroom;
before(async () => {
  bench = await deskNewsroom();
  const drafts = openDrafts(bench.newsroom.folder, { clock: bench.now });
  drafts.create("edda", "# A draft\n");
  drafts.close();
  await bench.as("edda", "/desk/inbox", { text: "About 12 coins were taken.", title: "A text", grade: "copy", source_grade: "C" });
  await bench.desk.inbox.idle();
  await bench.as("edda", "/desk/inbox/1/grade", { item_grade: "3" });
  await keepTrace(bench.newsroom, "a-trace");
  bench.desk.questionJobs.start("ada", { kind: "compare", before: "a-trace", after: "a-trace", among: [] });
});
after(() => bench?.remove());

/** Words that only a fault of ours or of SQLite would print. */
const LEAKS = /SQLITE|near "|no such (table|column)|unrecognized token|node:internal|\/src\/|at [\w.]+ \(|\.ts:\d|ERR_[A-Z]|argon2id\$|Cannot read prop|is not a function/;

const wrongOf = ({ status, body, headers }: Answered): string | undefined => {
  if (status >= 500) return `${status} ${body.slice(0, 300)}`;
  const said = LEAKS.exec(body.replaceAll(/<(textarea|pre)[\s\S]*?<\/\1>/g, ""));
  if (said) return `says “${said[0]}”`;
  if (headers["x"] !== undefined || String(headers["set-cookie"] ?? "").includes("a=b")) return "a header came in by a value";
  const { location } = headers;
  if (location !== undefined && !/^\/desk/.test(String(location))) return `leads to ${String(location)}`;
  return undefined;
};

/** What is asked by POST and changes nothing. */
const CHANGES_NOTHING: readonly string[] = [
  "/account/passkey-options", "/sign-in/passkey-options", "/confirm/passkey-options", "/captures/:capture/fill", "/captures/:capture/regions", "/captures/:capture/check", "/stories/:draft/check", "/stories/:draft/presence",
];
/** What changes something or only shows it, by what is asked; and what is not done twice. */
const AT_TIMES: readonly string[] = ["/captures/:capture/claims", "/captures/:capture/tables/:table", "/find/new-figure", "/inbox/:item/cancel", "/inbox/:item/again", "/stories/:draft"];
/** Each room's by one function, which does (pictures.test.ts, works.test.ts). */
const BY_ANOTHER_HAND: readonly string[] = ["/stories/:draft/pictures", "/stories/:draft/pictures/use", "/exports", "/exports/archive", "/reproduce", "/reproduce/bundle", "/verify"];

/** A request of every route: its own form filled in, but for one place that is hostile. */
function requestOf(route: DeskRoute, pick: <T>(list: readonly T[]) => T, captured: string) {
  const hostile = pick(HOSTILE);
  const params = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => name!);
  const fields = Object.entries((route.form?.properties ?? {}) as Record<string, { type?: string; anyOf?: { const: string }[]; const?: string; pattern?: string }>);
  const places = [...params.map((name) => `path ${name}`), ...(route.query ?? []).map((name) => `query ${name}`), ...fields.map(([name]) => `form ${name}`), "query x", "header cookie", "header user-agent", "header referer", "header accept", "header content-type", "header x-forwarded-for", "form x", "form csrf", ...(route.upload ? ["file"] : [])];
  const place = pick(places);
  const valueOf = (name: string): string => pick(KNOWN[name] ?? (name === "capture" ? [captured] : ["1"]));
  const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(place === `path ${name}` ? hostile.toWellFormed() : valueOf(name)));
  const query = place.startsWith("query ") ? `?${place.slice(6)}=${encodeURIComponent(hostile.toWellFormed())}` : "";
  const form: Record<string, string> = {};
  for (const [name, { anyOf, const: only, pattern }] of fields) form[name] = only ?? anyOf?.find((one) => one.const !== undefined)?.const ?? (pattern !== undefined || name === "version" ? "1" : name === "subject" ? "theft/of-ada" : "plain words");
  if (place.startsWith("form ")) form[place.slice(5)] = hostile;
  return { place, hostile, url: `/desk${path === "/" ? "" : path}${query}`, form };
}

test("every input position of every route with hostile values: no fault of ours, nothing leaked, nothing lost", async (t) => {
  const count = scaled(REQUESTS);
  announce(t, "requests", count);
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Buffer.from(random(4)).readUInt32LE() % list.length]!;
  const captured = String(bench.newsroom.log.db.prepare("SELECT max(seq) AS seq FROM captures").get()!.seq);
  // What would end the walk itself: its own session, its own account.
  const spare = new Set(["/sign-out", "/account/password", "/people/:handle/reset", "/people/:handle/remove", "/people/:handle/role", "/people/:handle/end-sessions", "/confirm", "/account/codes/stop", "/account/sessions/:session/end"]);
  const rowsOf = () => ["users", "sessions", "acts"].map((table) => bench.accounts.db.prepare(`SELECT count(*) AS n FROM ${table}`).get()!.n as number);
  const [users] = rowsOf();
  const wrong: string[] = [];
  const statuses: Record<number, number> = {};
  const acted = new Set<string>();
  const actCount = () => bench.accounts.db.prepare("SELECT max(id) AS id FROM acts").get()!.id as number;
  for (let at = 0; at < count; at++) {
    const route = DESK_ROUTES[at % DESK_ROUTES.length]!;
    const who = spare.has(route.path) ? "rosa" : "ada";
    if (at % 500 === 499) bench.pass(1_000);
    const { place, hostile, url, form } = requestOf(route, pick, captured);
    const { csrf } = bench.signedIn("ada");
    const headers: Record<string, string> = {};
    if (place.startsWith("header ")) headers[place.slice(7)] = hostile.replaceAll(/[^\x20-\x7e]/g, "?");
    const cookie = place === "header cookie" ? `tracewire-desk=${headers.cookie!}` : `tracewire-desk=${who === "ada" ? bench.tokens.ada : "B".repeat(43)}`;
    delete headers.cookie;
    const boundary = "----hostile";
    const part = (name: string, value: string, file?: string) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${file === undefined ? "" : `; filename="${file}"\r\ncontent-type: ${hostile.replaceAll(/[\r\n]/g, " ")}`}\r\n\r\n${value}\r\n`;
    const isFile = place === "file";
    const asJson = at % 3 === 0 && !isFile;
    const all = { csrf, ...form };
    const acts = actCount();
    const answer = await bench.ask(url, {
      method: route.method,
      cookie,
      ...(route.method === "GET"
        ? { headers }
        : isFile
          ? { headers: { ...headers, "content-type": `multipart/form-data; boundary=${boundary}` }, payload: `${Object.entries({ csrf, title: hostile, grade: "copy", source_grade: "C" }).map(([name, value]) => part(name, value)).join("")}${part("file", hostile + "x", hostile)}--${boundary}--\r\n` }
          : asJson
            ? { headers: { "content-type": "application/json", ...headers }, payload: JSON.stringify(all) }
            : { headers, form: all }),
    });
    statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
    if (route.method === "POST" && [200, 303].includes(answer.status) && who === "ada" && !answer.location.startsWith("/desk/sign-in")) {
      if (actCount() > acts) acted.add(route.path);
      else if (![...CHANGES_NOTHING, ...AT_TIMES].includes(route.path)) wrong.push(`${url}: ${answer.status}, and no act of it is kept`);
    }
    const found = wrongOf(answer);
    if (found !== undefined) wrong.push(`${route.method} ${url.slice(0, 120)}, ${place} = ${JSON.stringify(hostile).slice(0, 60)}: ${found}`);
  }
  await bench.desk.inbox.idle();
  assert.deepEqual(wrong.slice(0, 20), []);
  assert.deepEqual(bench.faults, []);
  assert.ok(rowsOf()[0]! >= users!, "nobody is gone");
  assert.equal(bench.accounts.db.prepare("PRAGMA integrity_check").get()!.integrity_check, "ok");
  assert.ok((statuses[200] ?? 0) + (statuses[303] ?? 0) > count / 20, `much of it gets behind the door: ${JSON.stringify(statuses)}`);
  t.diagnostic(`${JSON.stringify(statuses)}; ${acted.size} routes left an act each time that they did something`);
  assert.ok(acted.size >= 4, [...acted].join(" "));
});

test("every address that changes something writes of it into the record of acts", () => {
  const silent = DESK_ROUTES.filter(({ method, run }) => method === "POST" && !/\b(record|recordAct|write)\(/.test(String(run))).map(({ path }) => path);
  assert.deepEqual(silent.toSorted(), [...CHANGES_NOTHING, ...BY_ANOTHER_HAND].toSorted());
});

test("a body that is JSON nested without end, of 200 fields or of none is refused, and the next one is read", async () => {
  const send = (payload: string) => bench.ask("/desk/stories", { cookie: `tracewire-desk=${bench.tokens.edda}`, payload, headers: { "content-type": "application/json" } });
  const { csrf } = bench.signedIn("edda");
  for (const payload of [`{"csrf":"${csrf}","headline":${"[".repeat(400_000)}${"]".repeat(400_000)}}`, `{"csrf":"${csrf}","headline":${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}}`, "[".repeat(500_000), "null", "[]", '"x"', "1", "{", `{${Array.from({ length: 300 }, (_, at) => `"f${at}":"x"`).join(",")}}`]) {
    const { status, body } = await send(payload);
    assert.deepEqual([status, wrongOf({ status, body, headers: {}, location: "", bytes: Buffer.alloc(0) })], [400, undefined], payload.slice(0, 40));
  }
  assert.equal((await send(JSON.stringify({ csrf, headline: "Read all the same" }))).status, 303);
  assert.deepEqual(bench.faults, []);
});

test("whoever was signed out while their file was on its way has sent it to nobody", async () => {
  await bench.desk.app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = bench.desk.app.server.address() as AddressInfo;
  const { csrf, session } = bench.signedIn("olga");
  const count = () => readdirSync(join(bench.newsroom.folder, "blobs"), { recursive: true }).length;
  const [body, before] = [new URLSearchParams({ csrf, text: "Sent by nobody that is still here.", title: "Slow", grade: "copy", source_grade: "C" }).toString(), count()];
  const answer = await new Promise<{ status: number; text: string }>((resolve, reject) => {
    const request = httpRequest(
      { port, host: "127.0.0.1", method: "POST", path: "/desk/inbox", headers: { host: "localhost", origin: "http://localhost", cookie: `tracewire-desk=${bench.tokens.olga}`, "content-type": "application/x-www-form-urlencoded", "content-length": body.length } },
      (response) => {
        let text = "";
        response.on("data", (part: Buffer) => (text += part.toString()));
        response.on("end", () => resolve({ status: response.statusCode!, text }));
      },
    );
    request.on("error", reject);
    request.write(body.slice(0, 40));
    // The gate has let it in; the rest comes after the session has ended.
    setTimeout(() => {
      endSession(bench.accounts, session.id);
      request.end(body.slice(40));
    }, 400);
  });
  assert.deepEqual([answer.status, answer.text.includes("NOT_SIGNED_IN")], [401, true]);
  assert.equal(count(), before, "no bytes were kept");
});

// Archives and pictures that other programs choke on, made here.
const crcless = (name: string, data: Buffer, { raw = data.length, attributes = 0 } = {}): Buffer[] => {
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(20, 4);
  local.writeUInt16LE(8, 8);
  local.writeUInt32LE(data.length, 18);
  local.writeUInt32LE(raw, 22);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(0x031e, 4);
  central.writeUInt16LE(8, 10);
  central.writeUInt32LE(data.length, 20);
  central.writeUInt32LE(raw, 24);
  central.writeUInt16LE(name.length, 28);
  central.writeUInt32LE(attributes, 38);
  return [Buffer.concat([local, Buffer.from(name), data]), Buffer.concat([central, Buffer.from(name)])];
};
const archive = (...entries: Buffer[][]): Buffer => {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length & 0xffff, 8);
  end.writeUInt16LE(entries.length & 0xffff, 10);
  return Buffer.concat([...entries.map(([local]) => local!), ...entries.map(([, central]) => central!), end]);
};
function hostileFiles(canary: string): [name: string, bytes: Buffer][] {
  const zeros = deflateRawSync(Buffer.alloc(60e6));
  const bomb = archive(crcless("word/document.xml", zeros, { raw: 60e6 }));
  const png = (width: number, height: number) => {
    const header = Buffer.alloc(25);
    header.writeUInt32BE(13, 0);
    header.write("IHDR", 4);
    header.writeUInt32BE(width, 8);
    header.writeUInt32BE(height, 12);
    header[16] = 8;
    return Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), header, Buffer.from("00000000", "hex"), Buffer.from("IDAT"), deflateSync(Buffer.alloc(1_000))]);
  };
  const tar = (name: string, type: string, link: string, text: string) => {
    const block = Buffer.alloc(512);
    block.write(name, 0);
    block.write(text.length.toString(8).padStart(11, "0"), 124);
    block.write(type, 156);
    block.write(link, 157);
    block.write("ustar\u000000", 257);
    return Buffer.concat([block, Buffer.from(text.padEnd(512, "\u0000"))]);
  };
  return [
    ["bomb.docx", bomb],
    ["nested.zip", archive(crcless("a.zip", deflateRawSync(bomb)), crcless("b.zip", deflateRawSync(bomb)))],
    ["overlap.zip", archive(...Array.from({ length: 2_000 }, (_, at) => [at === 0 ? crcless("a", zeros, { raw: 60e6 })[0]! : Buffer.alloc(0), crcless(`f${at}`, zeros, { raw: 60e6 })[1]!]))],
    ["slip.zip", archive(crcless(`../../../../../../..${canary}/slipped`, deflateRawSync(Buffer.from("out"))))],
    ["symlink.zip", archive(crcless("link", deflateRawSync(Buffer.from("/etc/passwd")), { attributes: 0xa1ff0000 }), crcless("link/slipped", deflateRawSync(Buffer.from("out"))))],
    ["many.zip", archive(...Array.from({ length: 65_535 }, (_, at) => crcless(`f${at}`, Buffer.alloc(0))))],
    ["slip.tar", Buffer.concat([tar(`../../../../..${canary}/slipped`, "0", "", "out"), tar("link", "2", canary, ""), tar("link/slipped", "0", "", "out"), Buffer.alloc(1024)])],
    ["bomb.gz", gzipSync(Buffer.alloc(200e6))],
    ["flood.png", png(65_535, 65_535)],
    ["flood.gif", Buffer.concat([Buffer.from("GIF89a"), Buffer.from("ffffffff800000", "hex"), Buffer.alloc(64)])],
    ["flood.svg", Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="999999" height="999999"><script>alert(1)</script></svg>`)],
    ["laughs.xml", Buffer.from(`<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "${"&a;".repeat(100)}"><!ENTITY c "${"&b;".repeat(100)}"><!ENTITY d "${"&c;".repeat(100)}"><!ENTITY e SYSTEM "file:///etc/passwd">]><a>&d;&e;</a>`)],
    ["polyglot.pdf.html", Buffer.from(`%PDF-1.4\n<html><script>fetch("//evil.example")</script>\nGIF89a`)],
    ["gif.js", Buffer.from("GIF89a=0;alert(1)//")],
    ["x.php", Buffer.from("<?php system($_GET['c']);")],
    ["x.svgz", gzipSync("<svg onload=alert(1) xmlns='http://www.w3.org/2000/svg'/>")],
    ["../../../../../../../../tmp/outside.txt", Buffer.from("a path for a name")],
    ["con", Buffer.from("a device's name")],
    ["a\u0000.txt", Buffer.from("a zero in the name")],
    [`${"n".repeat(5_000)}.txt`, Buffer.from("a long name")],
    ["eicar.txt", Buffer.from("X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*")],
  ];
}

test("files made to hurt: bombs, floods, links and paths out are kept as bytes or refused, read within limits, and nothing is written outside", { timeout: 300_000 }, async (t) => {
  const canary = mkdtempSync(join(tmpdir(), "tracewire-canary-"));
  try {
    const files = hostileFiles(canary);
    const { csrf } = bench.signedIn("anna");
    const before = process.memoryUsage.rss();
    for (const [name, bytes] of files) {
      const boundary = "----upload";
      const head = ["csrf", "title", "grade", "source_grade"].map((field, at) => `--${boundary}\r\ncontent-disposition: form-data; name="${field}"\r\n\r\n${[csrf, "Hostile", "copy", "F"][at]!}\r\n`).join("");
      const payload = Buffer.concat([Buffer.from(`${head}--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: application/octet-stream\r\n\r\n`), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
      const taken = await bench.ask("/desk/inbox", { cookie: `tracewire-desk=${bench.tokens.anna}`, payload, headers: { "content-type": `multipart/form-data; boundary=${boundary}` } });
      assert.equal(wrongOf(taken), undefined, name);
      if (taken.status === 400) continue;
      assert.equal(taken.status, 303, `${name}: ${taken.body.slice(-300)}`);
      const from = performance.now();
      await bench.desk.inbox.idle();
      assert.ok(performance.now() - from < 60_000, `${name} took too long`);
      const states = JSON.parse((await bench.as("anna", "/desk/inbox.json")).body) as { id: number; state: string }[];
      assert.match(states.find(({ id }) => taken.location.endsWith(`/${id}`))!.state, /^(read|failed)$/, name);
      // Each page reads the file once more: those that could show or name something.
      if (!/svg|xml|html|js|php|eicar|\.\.|con$|^slip|^a|^n{9}/.test(name)) continue;
      const page = await bench.as("anna", taken.location);
      assert.deepEqual([page.status, wrongOf(page)], [200, undefined], name);
      assert.match(page.body, /data-state="(read|failed)"/, name);
      assert.doesNotMatch(page.body, /root:x:0|<script>(alert|fetch)/, name);
      // Handed out again as what it is: bytes to be saved, whatever the name says.
      const graded = await bench.as("anna", `${taken.location}/grade`, { item_grade: "6" });
      if (graded.status !== 303) continue;
      const back = await bench.as("anna", `${graded.location}/bytes`);
      assert.equal(back.headers["content-type"], "application/octet-stream");
      assert.match(String(back.headers["content-disposition"]), /^attachment; filename="[A-Za-z0-9._-]+"$/, name);
      assert.match(String(back.headers["content-security-policy"]), /sandbox/);
      assert.deepEqual(back.bytes, bytes, name);
    }
    assert.deepEqual(readdirSync(canary), [], "nothing came out of an archive");
    assert.equal(existsSync("/tmp/outside.txt"), false);
    const names = readdirSync(bench.newsroom.folder, { recursive: true }).map(String);
    assert.deepEqual(names.filter((one) => /slipped|outside|\.php|\.svg|con$/.test(one)), [], "nothing is stored under a name that came in");
    assert.ok(names.every((one) => !statSync(join(bench.newsroom.folder, one)).isFile() || (statSync(join(bench.newsroom.folder, one)).mode & 0o111) === 0), "nothing that is stored can be run");
    assert.deepEqual(bench.faults, []);
    t.diagnostic(`${files.length} files, ${Math.round((process.memoryUsage.rss() - before) / 2 ** 20)} MB more at the end`);
  } finally {
    rmSync(canary, { recursive: true, force: true });
  }
});

test("an upload has its limit, whether it says its length or not, and only so many come at once", async () => {
  const boundary = "----big";
  const cookie = `tracewire-desk=${bench.tokens.edda}`;
  const payload = Buffer.concat([Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\n`), Buffer.alloc(52 * 2 ** 20), Buffer.from(`\r\n--${boundary}--\r\n`)]);
  assert.equal((await bench.ask("/desk/inbox", { cookie, payload, headers: { "content-type": `multipart/form-data; boundary=${boundary}` } })).status, 413);
  assert.equal((await bench.ask("/desk/stories", { cookie, payload: `headline=${"a".repeat(1_100_000)}` })).status, 413);
  const many = Array.from({ length: 400 }, (_, at) => `--${boundary}\r\ncontent-disposition: form-data; name="f${at}"\r\n\r\nx\r\n`).join("");
  assert.equal((await bench.ask("/desk/inbox", { cookie, payload: `${many}--${boundary}--\r\n`, headers: { "content-type": `multipart/form-data; boundary=${boundary}` } })).status, 400);
});

test("an address that a reporter names reaches nothing that is not public", async () => {
  let hits = 0;
  const canary = createServer((_, response) => ((hits += 1), response.end("secret of the inside"))).listen(0, "127.0.0.1");
  await once(canary, "listening");
  const { port } = canary.address() as AddressInfo;
  const inside = await deskNewsroom({ egress: openEgress({ clock: () => "2026-03-01T12:00:00.000Z" }) });
  try {
    const hosts = ["127.0.0.1", "localhost", "localhost.", "LOCALHOST", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0x7f.1", "2130706433", "017700000001", "127.1", "0", "0.0.0.0", "user@127.0.0.1", "a.localhost", "127.0.0.1%2f", "１２７.0.0.1"];
    const urls = [...hosts.map((host) => `http://${host}:${port}/`), "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://[fd00::1]/", "https://127.0.0.1/", `HTTP://127.0.0.1:${port}`];
    for (const url of urls) {
      const taken = await inside.as("rosa", "/desk/inbox", { url, title: "x", grade: "copy", source_grade: "F" });
      if (taken.status === 400) continue;
      await inside.desk.inbox.idle();
      const page = await inside.as("rosa", taken.location);
      assert.match(page.body, /data-state="failed"/, url);
      assert.doesNotMatch(page.body, /secret of the inside/, url);
    }
    for (const url of ["file:///etc/passwd", "gopher://127.0.0.1/", "data:text/html,x", "javascript:alert(1)", "//127.0.0.1/", "ftp://127.0.0.1/"])
      assert.equal((await inside.as("rosa", "/desk/inbox", { url, title: "x", grade: "copy", source_grade: "F" })).status, 400, url);
    assert.equal(hits, 0);
    assert.deepEqual(inside.faults, []);
  } finally {
    canary.close();
    await inside.remove();
  }
});

test("what was refused stands in a line for the administrator: what, where from, by whom; nothing that was typed, and no flood", async () => {
  bench.pass(61_000);
  await bench.as("rita", "/desk/people");
  bench.pass(61_000);
  bench.watched.length = 0;
  const secret = "hunter2-the-secret";
  await bench.ask(`/desk/sign-in`, { form: { who: secret, password: secret } });
  await bench.ask(`/desk/join/${"S".repeat(43)}`);
  await bench.as("rita", "/desk/people");
  await bench.as("rosa", "/desk/stories/1");
  await bench.ask("/desk/stories", { form: { headline: secret, csrf: secret }, cookie: `tracewire-desk=${bench.tokens.rosa}` });
  await bench.ask("/desk", { headers: { host: "evil.example\u0022" } });
  const lines = bench.watched.map((line) => JSON.parse(line) as Record<string, string>);
  assert.deepEqual(lines.map(({ code, route, by = "" }) => [code, route, by]), [
    ["WRONG_CREDENTIALS", "/sign-in", ""],
    ["LINK_SPENT", "/join/:link", ""],
    ["NOT_ALLOWED", "/people", "rita"],
    ["NOT_FOUND", "/stories/:draft", "rosa"],
    ["FOREIGN_FORM", "/stories", "rosa"],
    ["UNKNOWN_HOST", "-", ""],
  ]);
  for (const line of bench.watched) assert.doesNotMatch(line, /hunter2|SSSS|[\r\n]/);
  for (const { time, network } of lines) assert.match(`${time!} ${network!}`, /^\d{4}-\d\d-\d\dT[\d:.]+Z 127\.0\.0\.0\/24$/);
  for (let at = 0; at < 2 * LINES_A_MINUTE_MAX; at++) await bench.as("rita", "/desk/people");
  assert.equal(bench.watched.length, LINES_A_MINUTE_MAX);
  bench.pass(60_000);
  await bench.as("rita", "/desk/people");
  assert.equal((JSON.parse(bench.watched.at(-2)!) as { unsaid: number }).unsaid, LINES_A_MINUTE_MAX + 6);
});

test("signing in anew ends the session before, signing out clears the browser, and a new password asks for the old one", async () => {
  const cookieOf = (answer: Answered) => String(answer.headers["set-cookie"]).split(";")[0]!;
  const sign = (cookie?: string) => bench.ask("/desk/sign-in", { form: { who: "edda", password: PASSWORD }, cookie });
  const first = cookieOf(await sign());
  const second = cookieOf(await sign(first));
  assert.equal((await bench.ask("/desk/account", { cookie: first })).status, 303, "the first is over");
  const page = await bench.ask("/desk/account", { cookie: second });
  const csrf = /name="csrf" value="([^"]+)"/.exec(page.body)![1]!;
  assert.equal((await bench.ask("/desk/account/password", { cookie: second, form: { csrf, password: "four loud geese there" } })).status, 403);
  assert.equal((await bench.ask("/desk/account/password", { cookie: second, form: { csrf, password: "four loud geese there", current: "not the one" } })).status, 403);
  assert.equal((await bench.ask("/desk/account/password", { cookie: second, form: { csrf, password: "four loud geese there", current: PASSWORD } })).status, 303);
  // Confirming gives the cookie a new value; the page that is open keeps its token.
  const confirmed = await bench.ask("/desk/confirm", { cookie: second, form: { csrf, password: "four loud geese there" } });
  const third = cookieOf(confirmed);
  assert.notEqual(third, second);
  assert.equal((await bench.ask("/desk/account", { cookie: second })).status, 303);
  const out = await bench.ask("/desk/sign-out", { cookie: third, form: { csrf } });
  assert.deepEqual([out.status, out.headers["clear-site-data"], /Max-Age=0/.test(String(out.headers["set-cookie"]))], [303, '"storage"', true]);
  assert.equal((await bench.ask("/desk/account", { cookie: third })).status, 303);
  bench.accounts.change(() => endSessions(bench.accounts, bench.signedIn("anna").user.id));
  assert.equal((await bench.as("rita", "/desk/account")).status, 200, "ending one person's sessions ends no other's");
});

test("a name, act or claim that a spreadsheet would run is text in every file that leaves", async (t) => {
  const starts = ["=", "+", "-", "@", "\t", "\r", "\n", "\u0000", "＝", "＋", "－", "＠", " =", "\u00a0=", "\ufeff@", "\t\t+", "-1+", "=\n", "'=", "\"="];
  const wraps = ["cmd|' /C calc'!A0", "HYPERLINK(\"//evil.example\")", "1+1", "SUM(A1)", "", "\u0000", ",x", "\"\"", "\r\n=2"];
  const live = (cell: string) => /^[\s\u0000-\u001f]*[=+\-@＝＋－＠\t\r\n]/.test(cell) && !/^-?\d+(\.\d+)?$/.test(cell);
  const random = seededRandom(seed);
  const count = scaled(100_000);
  announce(t, "cells", count);
  for (let at = 0; at < count; at++) {
    const [a, b, c] = random(3);
    const cell = starts[a! % starts.length]! + wraps[b! % wraps.length]! + (c! > 128 ? "" : starts[c! % starts.length]!);
    const [[, back]] = parseCsv(formatCsv(["a", "b"], [["x", cell]]), { from_line: 1, relax_column_count: false }).slice(1) as [[string, string]];
    assert.equal(live(back), false, JSON.stringify(cell));
    assert.ok(back === cell || back === `'${cell}`, "nothing but the apostrophe is added");
  }
  bench.accounts.db.prepare("INSERT INTO acts (at, user, handle, network, act, object) VALUES (?, 1, '=cmd', '@x', '+1+1', ?)").run(bench.now(), "＝1\r\n=2");
  bench.accounts.db.prepare("UPDATE sessions SET confirmed = ?").run(bench.now());
  const { body } = await bench.as("ada", "/desk/acts.csv");
  const cells = (parseCsv(body) as string[][]).flat();
  assert.ok(cells.includes("'=cmd") && cells.includes("'＝1\r\n=2"), "they are in it, as text");
  assert.deepEqual(cells.filter(live), []);
});

test("every answer carries its policy; over https cookies are bound to the host; no method but GET and POST is known", async () => {
  const secure = await deskNewsroom({ url: "https://desk.example.org" });
  try {
    const answers = await Promise.all(["/desk/sign-in", "/desk", "/desk/nothing", "/desk/acts.csv"].map((path) => secure.as("ada", path)));
    answers.push(await secure.ask("/desk/sign-in", { form: { who: "rosa", password: PASSWORD } }), await secure.ask("/desk/sign-in", { form: { who: "rosa", password: "wrong and wrong" } }));
    for (const { headers, status } of answers) {
      const policy = String(headers["content-security-policy"]);
      for (const part of ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]) assert.ok(policy.includes(part), `${status}: ${policy}`);
      assert.doesNotMatch(policy, /unsafe-|\*|data:|http:/);
      assert.deepEqual(
        ["x-content-type-options", "referrer-policy", "cross-origin-opener-policy", "cross-origin-resource-policy", "x-frame-options", "cache-control", "strict-transport-security", "access-control-allow-origin", "server", "x-powered-by"].map((name) => headers[name]),
        ["nosniff", "same-origin", "same-origin", "same-origin", "DENY", "no-store", "max-age=31536000; includeSubDomains", undefined, undefined, undefined],
      );
      assert.match(String(headers["content-type"]), /; charset=utf-8$/);
    }
    assert.match(String(answers[4]!.headers["set-cookie"]), /^__Host-tracewire-desk=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=604800$/);
    for (const method of ["TRACE", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "CONNECT", "PROPFIND"] as const) {
      const { statusCode, headers, body } = await secure.desk.app.inject({ method: method as "PUT", url: "/desk/sign-in", headers: { host: "desk.example.org", "x-secret": "echoed" } }).catch(() => ({ statusCode: 405, headers: {} as Record<string, unknown>, body: "" }));
      assert.ok([404, 405].includes(statusCode), `${method}: ${statusCode}`);
      assert.equal(headers["allow"] ?? headers["access-control-allow-methods"], undefined);
      assert.doesNotMatch(body, /echoed/);
    }
  } finally {
    await secure.remove();
  }
});

test("where a second step is required, a password alone leads to setting one up, and once there is one to nothing at all", async () => {
  const strict = await deskNewsroom({ second_step: "required" });
  try {
    const told = async (path: string) => {
      const { status, body } = await strict.as("rosa", path);
      return `${status}${/SECOND_STEP/.exec(body)?.[0] ?? ""}`;
    };
    const inside = ["/desk", "/desk/inbox", "/desk/captures", "/desk/claims", "/desk/stories", "/desk/embargoed"];
    assert.deepEqual(await Promise.all(inside.map(told)), inside.map(() => "403SECOND_STEP"));
    for (const route of DESK_ROUTES.filter(({ rule }) => rule.for !== "anyone" && rule.for !== "signed-in" && rule.for !== "people.manage" && rule.for !== "acts.read")) {
      const { status, body } = await strict.as("edda", `/desk${route.path.replaceAll(/:\w+/g, "1")}`, route.method === "POST" ? { x: "x" } : undefined);
      assert.deepEqual([status, body.includes("SECOND_STEP")], [403, true], route.path);
    }
    assert.equal((await strict.as("rosa", "/desk/account")).status, 200);
    const begun = await strict.as("rosa", "/desk/account/codes", {});
    const secret = /class="secret">([A-Z2-7 ]+)</.exec(begun.body)![1]!.replaceAll(" ", "");
    const bits = [...secret].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
    const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
    assert.equal((await strict.as("rosa", "/desk/account/codes/prove", { code: codeAt(key, stepOf(strict.now())) })).status, 200);
    assert.deepEqual(await Promise.all(inside.map(told)), inside.map(() => "200"), "this session has proved both");
    // Somebody with a passkey, and whoever has only guessed the password beside it.
    const edda = strict.signedIn("edda").user.id;
    strict.accounts.db.prepare("INSERT INTO passkeys (user, credential, public_key, counter, transports, name, created) VALUES (?, 'x', x'00', 0, '[]', 'key', ?)").run(edda, strict.now());
    for (const path of ["/desk/account", "/desk/confirm", "/desk/inbox"]) assert.match((await strict.as("edda", path)).body, /SECOND_STEP/, path);
    for (const path of ["/desk/account/codes", "/desk/account/passkey-options", "/desk/account/password", "/desk/account/recovery-codes", "/desk/confirm"])
      assert.match((await strict.as("edda", path, { password: PASSWORD })).body, /SECOND_STEP/, path);
    assert.equal((await strict.as("edda", "/desk/sign-out", {})).status, 303);
  } finally {
    await strict.remove();
  }
});

test("what must not be read by others on this machine is its owner's alone", { skip: process.platform === "win32" }, () => {
  const { folder } = bench.newsroom;
  const open = readdirSync(folder).filter((name) => /\.key$|^(accounts|people|inbox|drafts|desk)\.db$/.test(name) && (statSync(join(folder, name)).mode & 0o077) !== 0);
  assert.deepEqual(open, []);
  assert.equal(readFileSync(join(folder, "accounts.db")).includes("herons"), false);
});

test("nobody fills the disk: what one person sends within a day is limited, and nothing beyond is kept", async () => {
  bench.pass(24 * 3_600_000);
  bench.accounts.db.prepare("UPDATE sessions SET seen = ?, confirmed = ?").run(bench.now(), bench.now());
  const inbox = openInbox(bench.newsroom.folder, { clock: bench.now });
  const item = { url: null, sha256: "0".repeat(64), title: "x", licence: null, grade: "copy", source_grade: "F", is_protected: false, declared_media_type: null, origin: { from: "file", name: "x" } } as const;
  const take = (by: string, byte_count: number) => void inbox.move(inbox.add({ ...item, by, byte_count }).id, ["waiting"], "cancelled");
  const send = (text: string) => bench.as("rosa", "/desk/inbox", { text, title: "x", grade: "copy", source_grade: "C" });
  const stored = () => readdirSync(join(bench.newsroom.folder, "blobs"), { recursive: true }).length;
  try {
    take("rosa", DAY_BYTES_MAX - 10);
    const before = stored();
    assert.deepEqual([(await send("Eleven bytes and more.")).status, stored()], [429, before], "refused before a byte is kept");
    assert.equal((await send("Nine here")).status, 303);
    await bench.desk.inbox.idle();
    for (let at = 0; at < DAY_ITEMS_MAX; at++) take("olga", 0);
    assert.throws(() => take("olga", 0), { code: "TOO_MANY_JOBS" });
    inbox.requireRoom("anna", 1_000);
    bench.pass(24 * 3_600_000);
    inbox.requireRoom("rosa", 1_000);
    inbox.requireRoom("olga", 0);
  } finally {
    inbox.close();
  }
});
