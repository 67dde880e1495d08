import assert from "node:assert/strict";
import { isIPv6 } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import { announce, scaled, seed } from "../../test/scale.ts";
import { canonicalAddress, isLocalName, isPublicAddress } from "./address-rules.ts";

// The slow twin: the rows of the two IANA special-purpose address registries (RFC 6890, RFC 8190) and of the multicast
// and reserved space, compared as text of bits. It shares nothing with the code but the registries.
const V4_SPECIAL = [
  "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
  "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
  "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32",
];
const V6_SPECIAL = [
  "::1/128", "::/128", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23", "2001::/32", "2001:1::1/128", "2001:1::2/128",
  "2001:1::3/128", "2001:2::/48", "2001:3::/32", "2001:4:112::/48", "2001:10::/28", "2001:20::/28", "2001:30::/28", "2001:db8::/32",
  "2002::/16", "2620:4f:8000::/48", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
];

const byteBits = (bytes: number[]) => bytes.map((byte) => byte.toString(2).padStart(8, "0")).join("");
const bytesOfV6 = (groups: number[]) => groups.flatMap((group) => [group >> 8, group & 255]);

/** Written out by hand, so that no parser of addresses is shared either. */
function groupsOf(text: string): number[] {
  const [head = "", tail] = text.split("::");
  const left = head === "" ? [] : head.split(":").map((part) => parseInt(part, 16));
  const right = tail === undefined || tail === "" ? [] : tail.split(":").map((part) => parseInt(part, 16));
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
}
function prefixOf(range: string): string {
  const [address, length] = range.split("/") as [string, string];
  const bytes = address.includes(".") ? address.split(".").map(Number) : bytesOfV6(groupsOf(address));
  return byteBits(bytes).slice(0, Number(length));
}
const v4Prefixes = V4_SPECIAL.map(prefixOf);
const v6Prefixes = V6_SPECIAL.map(prefixOf);
const [mapped, nat64, global] = ["::ffff:0:0/96", "64:ff9b::/96", "2000::/3"].map(prefixOf) as [string, string, string];

const twinV4 = (bytes: number[]) => !v4Prefixes.some((prefix) => byteBits(bytes).startsWith(prefix));
function twinV6(groups: number[]): boolean {
  const bytes = bytesOfV6(groups);
  const bits = byteBits(bytes);
  if (bits.startsWith(mapped) || bits.startsWith(nat64)) return twinV4(bytes.slice(12));
  // RFC 4291 §2.4 as IANA has allotted it: outside 2000::/3 no global unicast has been given out.
  return bits.startsWith(global) && !v6Prefixes.some((prefix) => bits.startsWith(prefix));
}

/** Anything; or in, at the edge of, or one beside a registered range: uniform chance would hardly ever meet a /48. */
function near(prefixes: string[], width: number): fc.Arbitrary<number[]> {
  const random = fc.bigInt({ min: 0n, max: (1n << BigInt(width)) - 1n });
  const beside = fc.tuple(fc.constantFrom(...prefixes), fc.constantFrom("first", "last", "before", "after", "in"), random).map(([prefix, where, chance]) => {
    const free = BigInt(width - prefix.length);
    const first = BigInt(`0b${prefix}`) << free;
    const last = first + (1n << free) - 1n;
    const at = { first, last, before: first - 1n, after: last + 1n, in: first + (chance & ((1n << free) - 1n)) }[where]!;
    return BigInt.asUintN(width, at);
  });
  const unit = width === 32 ? 8 : 16;
  return fc.oneof({ weight: 1, arbitrary: random }, { weight: 3, arbitrary: beside }).map((value) =>
    Array.from({ length: width / unit }, (_, at) => Number((value >> BigInt(width - unit * (at + 1))) & BigInt((1 << unit) - 1))),
  );
}
const hexOf = (bytes: number[]) => [(bytes[0]! << 8) | bytes[1]!, (bytes[2]! << 8) | bytes[3]!].map((group) => group.toString(16)).join(":");

test("IPv4: public or not agrees with the registries, alone and inside IPv6", (t) => {
  const runs = scaled(20_000);
  announce(t, "IPv4 addresses", runs);
  const seen = { public: 0, special: 0 };
  fc.assert(
    fc.property(near(v4Prefixes, 32), (bytes) => {
      const text = bytes.join(".");
      const expected = twinV4(bytes);
      seen[expected ? "public" : "special"]++;
      for (const spelling of [text, `::ffff:${text}`, `::FFFF:${hexOf(bytes)}`, `64:ff9b::${hexOf(bytes)}`, `64:ff9b::${text}`, `0:0:0:0:0:ffff:${text}`])
        assert.equal(isPublicAddress(spelling), expected, spelling);
      const tunnels = [`::${text}`, `::ffff:0:${text}`, `2002:${hexOf(bytes)}::1`, `64:ff9b:1::${text}`, `2001::${text}`, `fe80::${text}`, `${text}%eth0`];
      for (const never of tunnels) assert.equal(isPublicAddress(never), false, never);
    }),
    { numRuns: runs, seed },
  );
  assert.ok(seen.public > runs / 10 && seen.special > runs / 10, JSON.stringify(seen));
});

test("IPv6: public or not agrees with the registries, compressed or written out", (t) => {
  const runs = scaled(20_000);
  announce(t, "IPv6 addresses", runs);
  const seen = { public: 0, special: 0 };
  fc.assert(
    fc.property(near([...v6Prefixes, mapped, nat64, global], 128), (groups) => {
      const whole = groups.map((group) => group.toString(16).padStart(4, "0")).join(":");
      assert.ok(isIPv6(whole));
      const expected = twinV6(groups);
      seen[expected ? "public" : "special"]++;
      const short = new URL(`http://[${whole}]`).hostname.slice(1, -1);
      for (const spelling of [whole, whole.toUpperCase(), short]) assert.equal(isPublicAddress(spelling), expected, spelling);
      assert.equal(isPublicAddress(`${short}%1`), false);
      assert.equal(canonicalAddress(whole), canonicalAddress(short));
    }),
    { numRuns: runs, seed },
  );
  assert.ok(seen.public > runs / 25 && seen.special > runs / 25, JSON.stringify(seen));
});

test("only the strict form is an address; some that are public stay public", () => {
  for (const loose of ["", "8.8", "8.8.8", "010.0.0.1", "0x8.8.8.8", "134744072", "8.8.8.8.", " 8.8.8.8", "8.8.8.8:80", "[2606:4700::1]", "8.8.8.8/32", "example.org", "８.8.8.8"])
    assert.equal(isPublicAddress(loose), false, loose);
  for (const open of ["1.1.1.1", "8.8.8.8", "93.184.216.34", "2606:2800:220:1::1", "2a00:1450:4001::1", "2001:4860:4860::8888", "::ffff:8.8.8.8"])
    assert.equal(isPublicAddress(open), true, open);
});

test("local names are known with any case and dots; names that merely contain one are not local", () => {
  for (const name of ["localhost", "LocalHost", "localhost.", "localhost..", "a.localhost", "printer.local", "metadata.google.internal", "nas.home.arpa", "x.onion"])
    assert.equal(isLocalName(name), true, name);
  for (const name of ["example.org", "localhost.example.org", "mylocalhost", "internal.example.org", "notlocal", "home.example.com"]) assert.equal(isLocalName(name), false, name);
});
