// The index against a Map of strings, and every address at hand with all its neighbours by one letter.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { announce, corpus, scaled, seed } from "../../test/scale.ts";
import { createAddressIndex, foldAddress, INDEXED_LENGTH_MAX, NOT_INDEXED } from "./chains.ts";

/** 0X is written for 0x as well. */
const fold = (text: string): string => foldAddress(text.replace(/^0X(?=[0-9a-fA-F]{40}$)/, "0x"));
const letters = fc.string({ unit: fc.constantFrom(..."01xX9abAB1cz".split("")), minLength: 1, maxLength: 70 });
const account = fc.string({ unit: fc.constantFrom(..."01aAfF".split("")), minLength: 40, maxLength: 40 }).map((digits) => `0x${digits}`);

test("it answers as a Map of folded strings does, while it grows", (t) => {
  const runs = scaled(3_000);
  announce(t, "random sets", runs);
  fc.assert(
    fc.property(fc.array(fc.oneof(letters, account), { maxLength: 300 }), fc.array(fc.oneof(letters, account), { maxLength: 100 }), fc.nat(40), (added, asked, expected) => {
      const index = createAddressIndex({ expected });
      const map = new Map<string, number>();
      for (const text of added) {
        const known = map.get(fold(text)) ?? map.size;
        map.set(fold(text), known);
        assert.equal(index.add(text), known);
      }
      assert.equal(index.size(), map.size);
      for (const text of [...added, ...asked]) assert.equal(index.find(text), map.get(fold(text)) ?? NOT_INDEXED, text);
    }),
    { numRuns: runs, seed },
  );
});

test("what cannot be an address is never in it", () => {
  const index = createAddressIndex();
  for (const text of ["", "é".repeat(34), `1\0${"a".repeat(30)}`, "a".repeat(INDEXED_LENGTH_MAX + 1)]) {
    assert.equal(index.add(text), NOT_INDEXED);
    assert.equal(index.find(text), NOT_INDEXED);
  }
  // Twenty letters whose bytes are those of an account are not that account.
  const letters = "abcdefghijklmnopqrst";
  index.add(`0x${Buffer.from(letters).toString("hex")}`);
  assert.equal(index.find(letters), NOT_INDEXED);
  assert.equal(index.add("a".repeat(INDEXED_LENGTH_MAX)), 1);
});

const bitmex = corpus(join("data", "graphsense-tagpacks", "bitmex-addresses.txt.gz"));
const ofac = corpus(join("data", "ofac-crypto-addresses"));

test("all 336,208 addresses of BitMEX and 654 lines of OFAC are found, and no neighbour by one letter is", { skip: bitmex.skip || ofac.skip }, (t) => {
  const addresses = gunzipSync(readFileSync(bitmex.path!)).toString().trim().split("\n");
  assert.equal(addresses.length, 336_208);
  const lines = readdirSync(ofac.path!)
    .filter((name) => name.endsWith(".txt") && name.startsWith("sanctioned"))
    .flatMap((name) => readFileSync(join(ofac.path!, name), "utf8").trim().split("\n"));
  assert.equal(lines.length, 654);
  const all = [...addresses, ...lines];
  const index = createAddressIndex();
  const map = new Map<string, number>();
  for (const text of all) {
    if (!map.has(foldAddress(text))) map.set(foldAddress(text), map.size);
    index.add(text);
  }
  for (const text of all) assert.equal(index.find(text), map.get(foldAddress(text)));
  // Every place of a share of them, each with a letter of the same alphabet, and with one letter more or less.
  const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0";
  const share = all.filter((_, at) => at % Math.max(1, Math.round(all.length / scaled(40_000))) === 0 || at >= addresses.length);
  let asked = 0;
  for (const [turn, text] of share.entries())
    for (let at = 0; at <= text.length; at++) {
      const letter = alphabet[(at * 7 + turn) % alphabet.length]!;
      for (const near of [text.slice(0, at) + letter + text.slice(at + 1), text.slice(0, at) + letter + text.slice(at), text.slice(0, at) + text.slice(at + 1)]) {
        if (map.has(fold(near))) continue;
        asked++;
        assert.equal(index.find(near), NOT_INDEXED, `${near} for ${text}`);
      }
    }
  t.diagnostic(`${asked} neighbours of ${share.length} addresses; ${(index.bytes() / index.size()).toFixed(1)} bytes an address`);
});
