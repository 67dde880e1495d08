import assert from "node:assert/strict";
import http, { type RequestListener } from "node:http";
import { gzipSync } from "node:zlib";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { announce, scaled, seed } from "../../test/scale.ts";
import { TracewireError } from "../errors.ts";
import { isPublicAddress } from "./address-rules.ts";
import { openEgress, type EgressOptions } from "./egress.ts";

const clock = () => "2026-01-01T00:00:00.000Z";
let hits = 0;
const servers: http.Server[] = [];
async function listen(handler: RequestListener, host = "127.0.0.1"): Promise<number> {
  const server = http.createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  servers.push(server);
  return (server.address() as AddressInfo).port;
}
after(() => servers.forEach((server) => (server.closeAllConnections(), server.close())));

/** Every way to write loopback and private addresses that we know of, for one port. */
function spellings(port: number): string[] {
  const v4 = [
    [127, 0, 0, 1], [127, 0, 0, 2], [127, 1, 2, 3], [127, 255, 255, 254], [0, 0, 0, 0], [10, 0, 0, 1], [172, 16, 0, 1], [172, 31, 255, 1], [192, 168, 0, 1],
    [169, 254, 169, 254], [100, 64, 0, 1], [198, 18, 0, 1], [224, 0, 0, 1], [255, 255, 255, 255], [192, 0, 2, 1], [240, 0, 0, 1],
  ] as const;
  const hosts = new Set<string>();
  for (const [a, b, c, d] of v4) {
    const whole = ((a * 256 + b) * 256 + c) * 256 + d;
    const hex = (value: number) => value.toString(16).padStart(2, "0");
    const [high, low] = [`${hex(a)}${hex(b)}`, `${hex(c)}${hex(d)}`];
    hosts.add(`${a}.${b}.${c}.${d}`).add(String(whole)).add(`0x${whole.toString(16)}`).add(`0${whole.toString(8)}`);
    hosts.add(`0x${a.toString(16)}.0x${b.toString(16)}.0x${c.toString(16)}.0x${d.toString(16)}`).add(`0${a.toString(8)}.0${b.toString(8)}.0${c.toString(8)}.0${d.toString(8)}`);
    hosts.add(`${a}.${b}.${c * 256 + d}`).add(`${a}.${(b * 256 + c) * 256 + d}`).add(`${a}.${b}.${c}.${d}.`);
    hosts.add(`%3${String(a)[0]}${String(a).slice(1)}.${b}.${c}.${d}`).add([...`${a}.${b}.${c}.${d}`].map((x) => (x === "." ? "。" : String.fromCodePoint(x.codePointAt(0)! + 0xfee0))).join(""));
    for (const v6 of [`::ffff:${a}.${b}.${c}.${d}`, `::ffff:${high}:${low}`, `::${a}.${b}.${c}.${d}`, `64:ff9b::${a}.${b}.${c}.${d}`, `64:ff9b:1::${a}.${b}.${c}.${d}`, `2002:${high}:${low}::1`, `::ffff:0:${a}.${b}.${c}.${d}`, `0:0:0:0:0:ffff:${high}:${low}`])
      hosts.add(`[${v6}]`);
  }
  for (const v6 of ["::1", "::", "0:0:0:0:0:0:0:1", "fe80::1", "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "100::1", "2001:db8::1", "2001::1", "2001:0:7f00:1::", "::1%25lo", "3fff::1"]) hosts.add(`[${v6}]`);
  for (const name of ["localhost", "LOCALHOST", "localhost.", "a.localhost", "printer.local", "metadata.internal", "router.lan", "nas.home.arpa", "ⓛocalhost", "x.test"]) hosts.add(name);
  const urls = [...hosts].map((host) => `http://${host}:${port}/`);
  urls.push(`http://user:pw@127.0.0.1:${port}/`, `http://example.com@127.0.0.1:${port}/`, `http://127.0.0.1:${port}\\@example.com/`, `ftp://127.0.0.1:${port}/`, `file:///etc/passwd`, `gopher://127.0.0.1:${port}/`, `http:127.0.0.1:${port}`, `//127.0.0.1:${port}`, "javascript:alert(1)", "data:text/plain,x");
  return urls;
}

describe("safe egress", () => {
  let port = 0;
  before(async () => {
    port = await listen((_, response) => {
      hits += 1;
      response.end("canary");
    });
  });
  // Loopback is what these tests can serve from; the product's own rule stays in force where none is given.
  const testing = (more: Partial<EgressOptions> = {}): EgressOptions => ({ clock, isAllowed: (address) => address === "127.0.0.1", resolve: async () => ["127.0.0.1"], ports: [port, 80, 443], ...more });
  const refused = (url: string, options: EgressOptions, code = "EGRESS_REFUSED") =>
    assert.rejects(openEgress(options)(url, { time_ms_max: 2_000 }), (error) => {
      assert.ok(error instanceof TracewireError, `${url}: ${String(error)}`);
      assert.equal(error.code, code, `${url}: ${error.message}`);
      return true;
    });

  test("every spelling of a private, loopback or translated address is refused, and the canary is never hit", async (t) => {
    const urls = spellings(port);
    assert.ok(urls.length >= 300, `${urls.length} spellings`);
    hits = 0;
    const allowed = (await Promise.all(
      urls.map(async (url) => {
        try {
          await openEgress({ clock, ports: [port, 80, 443] })(url, { time_ms_max: 3_000 });
          return url;
        } catch (error) {
          return error instanceof TracewireError && (error.code === "EGRESS_REFUSED" || (error.code === "EGRESS_FAILED" && /has no address/.test(error.message))) ? undefined : `${url}: ${String(error)}`;
        }
      }),
    )).filter(Boolean);
    assert.deepEqual(allowed, []);
    assert.equal(hits, 0);
    t.diagnostic(`${urls.length} spellings, 0 hits`);
  });
  test("names that lead to a private address, also beside a public one, are refused", async () => {
    hits = 0;
    for (const answers of [["127.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["::ffff:127.0.0.1"], ["64:ff9b::7f00:1"], ["169.254.169.254"], []])
      await refused(`http://rebind.example.org:${port}/`, { clock, ports: [port], resolve: async () => answers });
    assert.equal(hits, 0);
  });
  test("the connection goes to the address that was checked: a resolver is asked once", async () => {
    let asked = 0;
    const fetched = await openEgress(testing({ resolve: async () => [asked++ === 0 ? "127.0.0.1" : "127.0.0.9"] }))(`http://rebind.example.org:${port}/`);
    assert.deepEqual([asked, fetched.hops[0]?.address, Buffer.from(fetched.bytes).toString()], [1, "127.0.0.1", "canary"]);
  });
  test("a redirect is checked like the first address; userinfo, other schemes and ports are refused", async () => {
    for (const location of [`http://127.0.0.2:${port}/`, `http://[::1]:${port}/`, "file:///etc/passwd", `http://a:b@127.0.0.1:${port}/`, "http://127.0.0.1:22/"]) {
      const from = await listen((_, response) => response.writeHead(302, { location }).end());
      hits = 0;
      await refused(`http://start.example.org:${from}/`, testing({ ports: [port, from] }));
      assert.equal(hits, 0, location);
    }
  });
  test("a good fetch: redirect, gzip, headers, no cookies", async () => {
    const end = await listen((request, response) => {
      assert.equal(request.headers.cookie, undefined);
      response.writeHead(200, { "content-type": "text/plain; charset=utf-8", "content-encoding": "gzip", "set-cookie": "a=b" }).end(gzipSync("the source"));
    });
    const start = await listen((_, response) => response.writeHead(301, { location: `http://end.example.org:${end}/x` }).end());
    const fetched = await openEgress(testing({ ports: [start, end] }))(`http://start.example.org:${start}/`);
    assert.equal(Buffer.from(fetched.bytes).toString(), "the source");
    assert.deepEqual([fetched.status, fetched.final_url, fetched.hops.length, fetched.declared_media_type], [200, `http://end.example.org:${end}/x`, 2, "text/plain; charset=utf-8"]);
    assert.equal(fetched.headers.some(([name]) => name === "set-cookie"), false);
  });
  test("limits: bombs, endless and slow bodies, redirect loops, unknown encodings, broken connections", async () => {
    const bomb = gzipSync(Buffer.alloc(20 * 2 ** 20));
    const behaviours: [RequestListener, string][] = [
      [(_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(bomb), "CAPTURE_TOO_LARGE"],
      [(_, response) => void setInterval(() => response.write(Buffer.alloc(2 ** 20)), 1).unref(), "CAPTURE_TOO_LARGE"],
      [(_, response) => response.writeHead(200, { "content-length": String(2 ** 40) }).flushHeaders(), "CAPTURE_TOO_LARGE"],
      [(_, response) => void response.write("slow"), "EGRESS_FAILED"],
      [(_, response) => response.writeHead(302, { location: "/again" }).end(), "EGRESS_REFUSED"],
      [(_, response) => response.writeHead(200, { "content-encoding": "rot13" }).end("x"), "EGRESS_FAILED"],
      [(_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end("not gzip"), "EGRESS_FAILED"],
      [(_, response) => (response.writeHead(200, { "content-length": "100" }), response.write("x"), void setTimeout(() => response.destroy(), 20)), "EGRESS_FAILED"],
      [(request) => void request.socket.destroy(), "EGRESS_FAILED"],
      [(_, response) => void response.writeHead(200, { "x-long": "y".repeat(100_000) }).end(), "EGRESS_FAILED"],
    ];
    for (const [handler, code] of behaviours) {
      const at = await listen(handler);
      await assert.rejects(openEgress(testing({ ports: [at] }))(`http://limits.example.org:${at}/`, { bytes_max: 8 * 2 ** 20, time_ms_max: 1_500 }), (error) => {
        assert.equal((error as TracewireError).code, code, String(error));
        return true;
      });
    }
  });
  test("public or not agrees with the plain reading of the registries", (t) => {
    const runs = scaled(20_000);
    announce(t, "addresses", runs);
    // The slow twin: bits compared as text against the list of RFC 6890 and its successors.
    const bits = (bytes: number[]) => bytes.map((byte) => byte.toString(2).padStart(8, "0")).join("");
    const v4 = ["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"];
    const prefixes = v4.map((range) => {
      const [address, length] = range.split("/") as [string, string];
      return bits(address.split(".").map(Number)).slice(0, Number(length));
    });
    const publicV4 = (bytes: number[]) => !prefixes.some((prefix) => bits(bytes).startsWith(prefix));
    const edges = fc.oneof(fc.constantFrom(0, 9, 10, 11, 100, 126, 127, 128, 169, 172, 191, 192, 198, 203, 223, 224, 240, 255), fc.nat(255));
    fc.assert(
      fc.property(fc.tuple(edges, fc.oneof(fc.constantFrom(0, 16, 31, 32, 64, 127, 128, 168, 254), fc.nat(255)), fc.nat(255), fc.nat(255)), (bytes) => {
        const text = bytes.join(".");
        const hex = bytes.map((byte) => byte.toString(16).padStart(2, "0"));
        assert.equal(isPublicAddress(text), publicV4(bytes), text);
        for (const mapped of [`::ffff:${text}`, `64:ff9b::${hex[0]}${hex[1]}:${hex[2]}${hex[3]}`]) assert.equal(isPublicAddress(mapped), publicV4(bytes), mapped);
        for (const never of [`::${text}`, `2002:${hex[0]}${hex[1]}:${hex[2]}${hex[3]}::1`, `64:ff9b:1::${text}`, `fe80::${text}`]) assert.equal(isPublicAddress(never), false, never);
      }),
      { numRuns: runs, seed },
    );
    for (const open of ["2606:2800:220:1::1", "2a00:1450::1", "8.8.8.8"]) assert.ok(isPublicAddress(open), open);
  });
});
