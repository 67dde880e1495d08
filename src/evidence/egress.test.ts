import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import http, { type RequestListener } from "node:http";
import { createServer, getDefaultAutoSelectFamily, setDefaultAutoSelectFamily, type AddressInfo, type Server, type Socket } from "node:net";
import { hostname } from "node:os";
import { after, before, describe, test } from "node:test";
import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { TracewireError, type ErrorCode } from "../errors.ts";
import { isLocalName } from "./address-rules.ts";
import { openEgress, type EgressLimits, type EgressOptions } from "./egress.ts";

const clock = () => "2026-01-01T00:00:00.000Z";
const servers: (http.Server | Server)[] = [];
const sockets = new Set<Socket>();
after(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
});

async function listen(handler: RequestListener, host = "127.0.0.1", port = 0): Promise<number> {
  return opened(http.createServer(handler), host, port);
}
/** Writes bytes that node:http would not. */
async function listenRaw(answer: (socket: Socket) => void): Promise<number> {
  return opened(createServer((socket) => void socket.on("error", () => socket.destroy()).once("data", () => answer(socket))), "127.0.0.1", 0);
}
async function opened(server: http.Server | Server, host: string, port: number): Promise<number> {
  server.on("connection", (socket: Socket) => sockets.add(socket));
  server.listen(port, host);
  await once(server, "listening");
  servers.push(server);
  return (server.address() as AddressInfo).port;
}

type Spelling = { url: string; loopback: boolean };

/** Every way we know to write an address that is not public, times the ways to write a URL around it. */
function spellings(port: number): Spelling[] {
  const found = new Map<string, boolean>();
  const add = (host: string, loopback: boolean) => found.set(`http://${host}:${port}/`, loopback);
  const quads = [
    [127, 0, 0, 1], [127, 0, 0, 2], [127, 1, 2, 3], [127, 255, 255, 254], [0, 0, 0, 0], [10, 0, 0, 1], [172, 16, 0, 1], [172, 31, 255, 1],
    [192, 168, 0, 1], [169, 254, 169, 254], [100, 64, 0, 1], [100, 100, 100, 200], [198, 18, 0, 1], [224, 0, 0, 1], [255, 255, 255, 255],
    [192, 0, 2, 1], [192, 0, 0, 192], [240, 0, 0, 1],
  ] as const;
  for (const [a, b, c, d] of quads) {
    const loopback = a === 127 && d === 1 && b === 0;
    const dotted = `${a}.${b}.${c}.${d}`;
    const [tail3, tail2, whole] = [(b * 256 + c) * 256 + d, c * 256 + d, ((a * 256 + b) * 256 + c) * 256 + d];
    const bases: ((value: number) => string)[] = [String, (v) => `0x${v.toString(16)}`, (v) => `0X${v.toString(16).padStart(10, "0").toUpperCase()}`, (v) => `0${v.toString(8)}`, (v) => `000${v.toString(8)}`];
    for (const base of bases)
      for (const parts of [[a, b, c, d], [a, b, tail2], [a, tail3], [whole]]) add(parts.map(base).join("."), loopback);
    // The bases mixed, a trailing dot, every digit or dot percent-encoded, full-width, circled, mathematical digits, other full stops.
    add(`0x${a.toString(16)}.0${b.toString(8)}.${tail2}`, loopback);
    add(`${dotted}.`, loopback);
    add([...dotted].map((sign) => `%${sign.charCodeAt(0).toString(16)}`).join(""), loopback);
    add(dotted.replaceAll(".", "%2e"), loopback);
    add(dotted.replaceAll(".", "。"), loopback);
    add(dotted.replaceAll(".", "．"), loopback);
    for (const zero of [
      0xff10, 0x1d7ce, 0x1d7d8, 0x1d7f6,
    ]) add(dotted.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit))), loopback);
    add(dotted.replace(/[1-9]/g, (digit) => String.fromCodePoint(0x245f + Number(digit))), loopback);
    add([...dotted].join("\u00ad"), loopback);
    const hex = [(a << 8) | b, (c << 8) | d].map((group) => group.toString(16)).join(":");
    for (const v6 of [
      `::ffff:${dotted}`, `::FFFF:${hex}`, `0:0:0:0:0:ffff:${hex}`, `0000:0000:0000:0000:0000:ffff:${dotted}`,
    ]) add(`[${v6}]`, loopback);
    for (const v6 of [
      `::${dotted}`, `::${hex}`, `::ffff:0:${dotted}`, `64:ff9b::${dotted}`, `64:ff9b::${hex}`, `64:ff9b:1::${dotted}`,
      `2002:${hex}::`, `2002:${hex}::1`, `2001:0:${hex}::`, `fe80::5efe:${dotted}`,
    ])
      add(`[${v6}]`, false);
  }
  for (const v6 of [
    "::1", "0:0:0:0:0:0:0:1", "0000:0000:0000:0000:0000:0000:0000:0001", "0::0:1", "::0001", "::0.0.0.1",
  ]) add(`[${v6}]`, true);
  for (const v6 of [
    "::", "::%31", "::1%25lo", "::1%lo", "fe80::1", "fe80::1%25eth0", "febf::1", "fc00::1", "fd00:ec2::254", "fec0::1",
    "ff02::1", "ff05::1:3", "100::1", "2001:db8::1", "2001::1", "2001:10::1", "3fff::1", "5f00::1", "4000::1",
  ])
    add(`[${v6}]`, false);
  for (const name of [
    "localhost", "LOCALHOST", "localhost.", "localhost..", "a.localhost", "a.b.LocalHost.", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "ｌｏｃａｌｈｏｓｔ",
    "loc%61lhost", "local\u00adhost", "𝓵𝓸𝓬𝓪𝓵𝓱𝓸𝓼𝓽", "printer.local", "metadata.google.internal", "router.lan", "nas.home.arpa",
    "x.test", "x.onion",
  ])
    add(name, false);
  // The URL around the host.
  for (const host of ["127.0.0.1", "0x7f000001", "2130706433", "[::1]", "[::ffff:7f00:1]"])
    for (const url of [
      `HTTP://${host}:${port}`, `http:${host}:${port}`, `http:/${host}:${port}/`, `http:///${host}:${port}/`,
      `http:\\\\${host}:${port}\\`, ` \thttp://${host}:${port}/\n`, `ht\ntp://${host}:${port}/`, `http://${host}:0${port}/`,
      `http://@${host}:${port}/`, `http://${host}:${port}#@example.org/`, `http://${host}:${port}?@example.org/`,
      `http://${host}:${port}\\@example.org/`,
    ])
      found.set(url, true);
  for (const host of ["127.0.0.1", "localhost", "[::1]"])
    for (const url of [
      `http://user:word@${host}:${port}/`, `http://example.org@${host}:${port}/`, `http://example.org%40${host}:${port}/`,
      `http://example.org:80@${host}:${port}/`, `https://${host}/`, `http://${host}/`, `http://${host}:22/`, `http://${host}:0/`,
      `http://${host}:65536/`, `ftp://${host}:${port}/`, `gopher://${host}:${port}/_`, `dict://${host}:${port}/`,
      `ws://${host}:${port}/`, `file://${host}/etc/passwd`, `jar:http://${host}:${port}!/`,
      `view-source:http://${host}:${port}/`, `blob:http://${host}:${port}/1`, `//${host}:${port}/`, `${host}:${port}`,
    ])
      found.set(url, false);
  for (const url of [
    "", "http://", "http://[", "http://[::1", "http://%/", "file:///etc/passwd", "javascript:alert(1)", "data:text/plain,x",
    "about:blank", "/etc/passwd", `http://127.0.0.1:${port}/${"a".repeat(9_000)}`,
  ]) found.set(url, false);
  return [...found].map(([url, loopback]) => ({ url, loopback }));
}

describe("the way out", () => {
  let port = 0;
  let hits = 0;
  let hasIpv6 = true;
  const canary: RequestListener = (_, response) => {
    hits += 1;
    response.end("canary");
  };
  before(async () => {
    port = await listen(canary);
    hasIpv6 = await listen(canary, "::1", port).then(() => true, () => false);
  });
  // Loopback is what these tests can serve from; the product's own rule stays in force where none is given.
  const testing = (more: Partial<EgressOptions> = {}): EgressOptions => ({
    clock,
    isAllowed: (address) => address === "127.0.0.1",
    resolve: async () => ["127.0.0.1"],
    ports: [port],
    ...more,
  });
  const rejects = (code: ErrorCode, url: string, options: EgressOptions, limits: Partial<EgressLimits> = {}) =>
    assert.rejects(openEgress(options)(url, { time_ms_max: 10_000, ...limits }), (error) => {
      assert.ok(error instanceof TracewireError, `${url}: ${String(error)}`);
      assert.equal(error.code, code, `${url}: ${error.message}`);
      assert.doesNotMatch(`${error.message} ${error.where}`, /:word@/);
      return true;
    });
  const fetched = async (handler: RequestListener, limits: Partial<EgressLimits> = {}) => {
    const at = await listen(handler);
    return openEgress(testing({ ports: [at] }))(`http://source.example.org:${at}/`, { time_ms_max: 10_000, ...limits });
  };

  test("every spelling of what is not public is refused by the rule of the product, before a name is asked or a socket opened", async (t) => {
    const all = spellings(port);
    assert.ok(all.length >= 300, `${all.length} spellings`);
    hits = 0;
    const asked: string[] = [];
    const resolve = async (host: string) => (asked.push(host), ["127.0.0.1"]);
    const strict = openEgress({ clock, resolve, ports: [port, 80, 443] });
    for (const { url } of all)
      await assert.rejects(strict(url), (error) => error instanceof TracewireError && error.code === "EGRESS_REFUSED", JSON.stringify(url.slice(0, 200)));
    assert.deepEqual([hits, asked], [0, []]);

    // The same spellings do reach the canary once loopback is allowed: the rule is what kept them out.
    const loose = openEgress({ clock, resolve, ports: [port], isAllowed: (address) => /^(127\.0\.0\.1|::1|::ffff:7f00:1)$/.test(address) });
    const reachable = all.filter(({ loopback, url }) => loopback && (hasIpv6 || !url.includes("[")));
    for (const { url } of reachable) await loose(url);
    assert.equal(hits, reachable.length);
    t.diagnostic(`${all.length} spellings refused, 0 hits; ${reachable.length} of them reach the canary where loopback is allowed`);
  });
  test("names that lead to a private address, also beside public ones, are refused", async () => {
    hits = 0;
    const publicOnes = ["93.184.216.34", "2606:2800:220:1::1"];
    const private_ = [
      "127.0.0.1", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "169.254.169.254", "fe80::1%lo", "fd00::1", "0.0.0.0", "127.1",
      "localhost", "",
    ];
    for (const bad of private_)
      for (const answers of [[bad], [...publicOnes, bad], [bad, ...publicOnes]])
        await rejects("EGRESS_REFUSED", `http://name.example.org:${port}/`, { clock, ports: [port], resolve: async () => answers });
    await rejects("EGRESS_REFUSED", `http://name.example.org:${port}/`, { clock, ports: [port], resolve: async () => [] });
    await rejects("EGRESS_REFUSED", `http://name.example.org:${port}/`, testing({ resolve: async () => Array<string>(65).fill("127.0.0.1") }));
    await rejects("EGRESS_FAILED", `http://name.example.org:${port}/`, testing({ resolve: () => Promise.reject(new Error("ENOTFOUND")) }));
    // A resolver's answer that is no address is refused under any policy.
    for (const answer of ["127.1", "localhost"])
      await rejects("EGRESS_REFUSED", `http://name.example.org:${port}/`, testing({ isAllowed: () => true, resolve: async () => [answer] }));
    assert.equal(hits, 0);
  });
  test("without a resolver given, the system is asked, and the first answer that is not public ends it", async (t) => {
    const found = await lookup(hostname(), { all: true, verbatim: true }).catch(() => []);
    if (found.length === 0 || isLocalName(hostname())) return t.skip("the name of this machine has no address, or is a local one");
    hits = 0;
    const seen: string[] = [];
    const nothing = { clock, ports: [port], isAllowed: (address: string) => (seen.push(address), false) };
    await rejects("EGRESS_REFUSED", `http://${hostname()}:${port}/`, nothing);
    assert.deepEqual([seen, hits], [[found[0]!.address], 0]);
  });
  test("the connection goes to the address that was checked: a resolver is asked once for each hop", async () => {
    const asked: string[] = [];
    const resolve = async (host: string) => [asked.push(host) === 1 ? "127.0.0.1" : "127.0.0.9"];
    const result = await openEgress(testing({ resolve }))(`http://rebind.example.org:${port}/`);
    assert.deepEqual([asked, result.hops[0]?.address, Buffer.from(result.bytes).toString()], [["rebind.example.org"], "127.0.0.1", "canary"]);

    // The same name answers otherwise at the second hop.
    const start = await listen((_, response) => response.writeHead(302, { location: `http://rebind.example.org:${port}/` }).end());
    asked.length = hits = 0;
    await rejects("EGRESS_REFUSED", `http://rebind.example.org:${start}/`, testing({ resolve, ports: [start, port] }));
    assert.deepEqual([asked.length, hits], [2, 0]);
  });
  test("when the first address does not answer the next checked one is taken, and it is the one recorded", { skip: !hasIpv6 }, async () => {
    const only4 = await listen((_, response) => response.end("here"));
    const both = testing({ ports: [only4], isAllowed: () => true, resolve: async () => ["::1", "127.0.0.1"] });
    const result = await openEgress(both)(`http://source.example.org:${only4}/`);
    assert.equal(result.hops[0]?.address, "127.0.0.1");
    // Where Node is told to try one address only, it is the first that was checked.
    const tryingSeveral = getDefaultAutoSelectFamily();
    setDefaultAutoSelectFamily(false);
    try {
      const first = await openEgress({ ...both, resolve: async () => ["127.0.0.1", "::1"] })(`http://source.example.org:${only4}/`);
      assert.equal(first.hops[0]?.address, "127.0.0.1");
    } finally {
      setDefaultAutoSelectFamily(tryingSeveral);
    }
    const dead = await listen(() => {});
    servers.pop()!.close();
    await rejects("EGRESS_FAILED", `http://source.example.org:${dead}/`, testing({ ports: [dead], isAllowed: () => true, resolve: async () => ["::1", "127.0.0.1"] }));
  });
  test("a redirect is checked like the first address, with each of the five statuses", async () => {
    const places = [
      `http://127.0.0.2:${port}/`, `http://[::1]:${port}/`, `http://2130706434:${port}/`, `//localhost:${port}/`,
      "file:///etc/passwd", `http://a:word@127.0.0.1:${port}/`, "http://127.0.0.1:22/", "http://[bad",
    ];
    for (const status of [301, 302, 303, 307, 308])
      for (const location of places) {
        const from = await listen((_, response) => response.writeHead(status, { location }).end());
        hits = 0;
        await rejects("EGRESS_REFUSED", `http://start.example.org:${from}/`, testing({ ports: [port, from] }));
        assert.equal(hits, 0, location);
      }
  });
  test("a good fetch: redirects, headers, encodings, nothing sent that identifies", async () => {
    let sent: http.IncomingHttpHeaders = {};
    const end = await listen((request, response) => {
      sent = request.headers;
      response.writeHead(200, [["Content-Type", "text/plain; charset=utf-8"], ["X-Twice", "1"], ["X-Twice", "2"], ["Set-Cookie", "a=b"]].flat()).end(`at ${request.url}`);
    });
    const start = await listen((_, response) => response.writeHead(301, { location: Buffer.from(`http://end.example.org:${end}/é?q=1#part`).toString("latin1"), "set-cookie": "s=1" }).end());
    const url = `http://start.example.org:${start}/`;
    const result = await openEgress(testing({ ports: [start, end] }))(url);
    const { bytes, headers, ...rest } = result;
    assert.deepEqual(rest, {
      url,
      final_url: `http://end.example.org:${end}/%C3%A9?q=1#part`,
      status: 200,
      retrieved_at: clock(),
      hops: [
        { url, address: "127.0.0.1", status: 301 },
        { url: `http://end.example.org:${end}/%C3%A9?q=1#part`, address: "127.0.0.1", status: 200 },
      ],
      declared_media_type: "text/plain; charset=utf-8",
    });
    assert.equal(Buffer.from(bytes).toString(), "at /%C3%A9?q=1");
    assert.deepEqual(headers.filter(([name]) => name === "x-twice"), [["x-twice", "1"], ["x-twice", "2"]]);
    assert.equal(headers.some(([name]) => name === "set-cookie"), false);
    assert.deepEqual(Object.keys(sent).sort(), ["accept", "accept-encoding", "connection", "host", "user-agent"]);
    assert.equal(sent["accept-encoding"], "gzip, br, zstd");

    const text = "the source ".repeat(9_000);
    for (const [encoding, encoded] of [["gzip", gzipSync(text)], ["X-GZIP", gzipSync(text)], ["br", brotliCompressSync(text)], ["zstd", zstdCompressSync(text)], ["identity", text]] as const) {
      const { bytes } = await fetched((_, response) => response.writeHead(200, { "content-encoding": encoding }).end(encoded));
      assert.equal(Buffer.from(bytes).toString(), text, encoding);
    }
    for (const status of [204, 304, 404, 410, 500]) {
      const answer = await fetched((_, response) => response.writeHead(status, { "content-encoding": "gzip" }).end());
      assert.deepEqual([answer.status, answer.bytes.length], [status, 0], "an empty answer that names an encoding");
    }
  });
  test("limits: bombs, endless and slow bodies, redirect loops, unknown encodings, broken connections", async () => {
    const zeros = Buffer.alloc(20 * 2 ** 20);
    // A zstd frame by hand (RFC 8878 §3.1.1): magic, no content size, window 2^(10 + exponent), one raw last block "x".
    const frame = (exponent: number) => Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, exponent << 3, 9, 0, 0, 120]);
    const [narrow, wide] = [frame(13), frame(17)];
    const encoded = (encoding: string, body: Uint8Array): RequestListener => (_, response) => void response.writeHead(200, { "content-encoding": encoding }).end(body);
    assert.equal(Buffer.from((await fetched(encoded("zstd", narrow))).bytes).toString(), "x", "a window of 8 MiB is what RFC 9659 allows");
    // A gzip head, then stored blocks of length nought (RFC 1951 §3.2.4): input without end, no output at all.
    const emptyBlocks: RequestListener = (_, response) => {
      const block = Buffer.from("000000ffff".repeat(50_000), "hex");
      response.writeHead(200, { "content-encoding": "gzip" }).write(Buffer.from("1f8b0800000000000003", "hex"));
      setInterval(() => response.write(block), 1).unref();
    };
    const behaviours: [what: string, ErrorCode, RequestListener, Partial<EgressLimits>?][] = [
      ["a gzip bomb over the bytes", "CAPTURE_TOO_LARGE", encoded("gzip", gzipSync(zeros)), { ratio_max: 10_000 }],
      ["a gzip bomb over the ratio", "CAPTURE_TOO_LARGE", encoded("gzip", gzipSync(zeros)), { bytes_max: 2 ** 30 }],
      ["a brotli bomb", "CAPTURE_TOO_LARGE", encoded("br", brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }))],
      ["a zstd bomb", "CAPTURE_TOO_LARGE", encoded("zstd", zstdCompressSync(zeros))],
      ["a gzip of many members", "CAPTURE_TOO_LARGE", encoded("gzip", Buffer.concat(Array<Buffer>(30).fill(gzipSync(zeros.subarray(0, 2 ** 20)))))],
      ["a zstd window of 128 MiB", "EGRESS_FAILED", encoded("zstd", wide)],
      ["deflate, not asked for", "EGRESS_FAILED", encoded("deflate", deflateSync("x"))],
      ["two encodings", "EGRESS_FAILED", encoded("gzip, gzip", gzipSync(gzipSync("x")))],
      ["not gzip", "EGRESS_FAILED", encoded("gzip", Buffer.from("not gzip"))],
      ["gzip cut short", "EGRESS_FAILED", encoded("gzip", gzipSync("the source").subarray(0, -6))],
      ["a body that never ends", "CAPTURE_TOO_LARGE", (_, response) => void setInterval(() => response.write(Buffer.alloc(2 ** 20)), 1).unref()],
      ["gzip that never ends and never yields", "CAPTURE_TOO_LARGE", emptyBlocks],
      ["a body that announces too much", "CAPTURE_TOO_LARGE", (_, response) => response.writeHead(200, { "content-length": String(2 ** 40) }).flushHeaders()],
      ["a body that stops", "EGRESS_FAILED", (_, response) => void response.write("slow"), { time_ms_max: 300 }],
      ["an answer that never begins", "EGRESS_FAILED", () => {}, { time_ms_max: 300 }],
      ["a redirect to itself", "EGRESS_REFUSED", (_, response) => response.writeHead(302, { location: "/again" }).end()],
      ["a broken promise of length", "EGRESS_FAILED", (_, response) => (response.writeHead(200, { "content-length": "100" }), response.write("x"), void setTimeout(() => response.destroy(), 20))],
      ["a closed connection", "EGRESS_FAILED", (request) => void request.socket.destroy()],
      ["long headers", "EGRESS_FAILED", (_, response) => void response.writeHead(200, { "x-long": "y".repeat(100_000) }).end()],
    ];
    for (const [what, code, handler, limits] of behaviours) {
      const at = await listen(handler);
      const host = `http://${what.replaceAll(/[^a-z0-9]+/gi, "-")}.example.org:${at}/`;
      await rejects(code, host, testing({ ports: [at] }), { bytes_max: 8 * 2 ** 20, ...limits });
    }
    await rejects("EGRESS_FAILED", `http://hangs.example.org:${port}/`, testing({ resolve: () => new Promise(() => {}) }), { time_ms_max: 300 });
  });
  test("answers that are not HTTP as asked end in an error, none hangs", async () => {
    const answers = [
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      "SSH-2.0-OpenSSH_9.2\r\n",
    ];
    for (const answer of answers) {
      const at = await listenRaw((socket) => socket.end(answer));
      await assert.rejects(openEgress(testing({ ports: [at] }))(`http://raw.example.org:${at}/`, { time_ms_max: 5_000 }), (error) => {
        assert.ok(error instanceof TracewireError && error.code === "EGRESS_FAILED", String(error));
        assert.doesNotMatch(error.message, /No whole answer within/, "it is seen at once, not by the clock");
        return true;
      });
    }
  });
  test("a body in one-byte chunks arrives whole and costs what it weighs", async () => {
    const pieces = Buffer.from("1\r\nx\r\n".repeat(10_000));
    const count = 10;
    const at = await listenRaw((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      for (let sent = 0; sent < count; sent++) socket.write(pieces);
      socket.end("0\r\n\r\n");
    });
    const { bytes } = await openEgress(testing({ ports: [at] }))(`http://chunks.example.org:${at}/`);
    assert.deepEqual([bytes.length, bytes.every((byte) => byte === 120)], [count * 10_000, true]);
    assert.equal(bytes.buffer.byteLength, bytes.length, "no larger buffer is held behind the bytes");
  });
  test("a limit cannot be lost: undefined keeps the default, what is no limit is refused", async () => {
    const large: RequestListener = (_, response) => void response.writeHead(200, { "content-length": String(60 * 2 ** 20) }).flushHeaders();
    const at = await listen(large);
    await rejects("CAPTURE_TOO_LARGE", `http://source.example.org:${at}/`, testing({ ports: [at] }), { bytes_max: undefined });
    await rejects("CAPTURE_TOO_LARGE", `http://source.example.org:${at}/`, testing({ ports: [at], limits: { bytes_max: 5 } }));
    for (const value of [
      NaN, Infinity, -1, 1.5,
    ]) await rejects("BAD_ARGUMENT", `http://source.example.org:${at}/`, testing({ ports: [at] }), { bytes_max: value });
    await rejects("BAD_ARGUMENT", `http://source.example.org:${at}/`, testing({ ports: [at] }), { time_ms_max: 2 ** 31 });
    const exact = await fetched((_, response) => response.end("12345"), { bytes_max: 5 });
    assert.equal(exact.bytes.length, 5);
    await assert.rejects(fetched((_, response) => response.end("123456"), { bytes_max: 5 }), { code: "CAPTURE_TOO_LARGE" });
  });
  test("the environment of the process changes nothing: no proxy, no lenient parser", async () => {
    let proxied = 0;
    const proxy = await listen((_, response) => (proxied++, void response.end("proxied")));
    const at = `http://127.0.0.1:${proxy}`;
    const proxies = { HTTP_PROXY: at, http_proxy: at, HTTPS_PROXY: at, https_proxy: at, NO_PROXY: "", no_proxy: "" };
    assert.equal(await fetchedInChild(port, { ...proxies, NODE_USE_ENV_PROXY: "1" }), "canary");
    assert.equal(proxied, 0);

    // Two lengths for one body: the classic of request smuggling (RFC 9112 §6.3).
    const smuggler = await listenRaw((socket) =>
      socket.end("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"),
    );
    assert.equal(await fetchedInChild(smuggler, { NODE_OPTIONS: "--insecure-http-parser" }), "EGRESS_FAILED");
  });
});

/** What a process with this environment gets from the port: the body, or the code of the error. */
async function fetchedInChild(port: number, environment: NodeJS.ProcessEnv): Promise<string> {
  const module = new URL("./egress.ts", import.meta.url).href;
  const program = `import { openEgress } from ${JSON.stringify(module)};
    const egress = openEgress({ clock: () => "x", isAllowed: () => true, resolve: async () => ["127.0.0.1"], ports: [${port}] });
    const said = await egress("http://source.example.org:${port}/").then((fetched) => Buffer.from(fetched.bytes).toString(), (error) => error.code);
    process.stdout.write(said);`;
  const stdio = ["ignore", "pipe", "inherit"] as const;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], { env: { ...process.env, ...environment }, stdio: [...stdio] });
  let output = "";
  child.stdout!.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await once(child, "close");
  return output;
}
