// Tags from packs, lists and one's own hand: who says what, disagreements side by side, and what ends a trace.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { corpus, repositoryRoot, scaled } from "../../../test/scale.ts";
import { smallNewsroom, type SmallNewsroom } from "../../../test/small-newsroom.ts";
import { findReader, importDataset } from "../../datasets/datasets.ts";
import { openTagBook, stopsFromTags } from "./tags.ts";
import { trace } from "../trace.ts";
import { transferOf } from "../kernel.conformance.ts";
import { buildTransferTable } from "../transfer-table.ts";

const importText = (newsroom: SmallNewsroom, format: string, name: string, text: string | Uint8Array, edition?: string) =>
  importDataset(newsroom, findReader(format, []), [{ name, bytes: Buffer.from(text as string) }], {
    by: "test",
    retrieved_at: "2026-01-01T00:00:00Z",
    edition,
    release: true,
  });
const ETHEREUM = "eip155:1";
const BITCOIN = "bip122:000000000019d6689c085ae165831e93";
const BINANCE = "0xbe0eb53f46cd790cd13851d5eff43d12404d33e8";

test("two tags that disagree are both shown, each with who says so; the chain decides which are meant", async () => {
  const newsroom = await smallNewsroom();
  await importText(
    newsroom,
    "tagpack",
    "binance.yaml",
    `title: x\ncreator: y\nconfidence: service_data\ncategory: exchange\nsource: https://binance.example/reserves\nlastmod: 2022-11-16\ntags:\n- address: '${BINANCE}'\n  currency: ETH\n  label: Binance reserve\n- address: 34xp4vRoCGJym3xR7yCVPFHoCNxv4Twseo\n  currency: BTC\n  label: Binance cold\n`,
  );
  await importText(
    newsroom,
    "tags",
    "desk-tags.csv",
    `address,chain,label,category,source,since,confidence\n0xBE0eB53F46cd790Cd13851d5EFf43D12404d33E8,ETH,Perhaps a mixer,mixing_service,call with a source,2026-01,weak\n1BoatSLRHtKNngkdXEeobR76b53LETtpyT,BTC,Somebody,user,a letter,,\n`,
  );
  const book = openTagBook(newsroom.log);
  assert.equal(book.count, 4);
  const tags = book.tagsOf(BINANCE, ETHEREUM);
  assert.deepEqual(
    tags.map(({ label, category, said_by, since, confidence }) => [label, category, said_by, since, confidence]),
    [
      ["Binance reserve", "exchange", "binance", "2022-11-16", "service_data"],
      ["Perhaps a mixer", "mixing_service", "This newsroom", "2026-01", "weak"],
    ],
  );
  assert.deepEqual(book.tagsOf(BINANCE.toUpperCase().replace("0X", "0x"), ETHEREUM), tags);
  assert.deepEqual(book.tagsOf(BINANCE, "eip155:56"), [], "the same text on another chain is another address");
  assert.equal(book.tagsOf(BINANCE).length, 2);

  const stop = stopsFromTags(book);
  assert.deepEqual(stop(BINANCE, ETHEREUM), {
    reason: "service",
    name: "Binance reserve (exchange); Perhaps a mixer (mixing_service)",
    source: "binance, 2022-11-16: https://binance.example/reserves; This newsroom, 2026-01: call with a source",
  });
  assert.equal(stop("1BoatSLRHtKNngkdXEeobR76b53LETtpyT", BITCOIN), undefined, "a user ends nothing");
  assert.equal(stop(BINANCE, "eip155:56"), undefined);

  // The kernel stops there, and says who says so.
  const table = buildTransferTable([
    transferOf(1, null, "thief", 10n, { chain: ETHEREUM }),
    transferOf(2, "thief", BINANCE, 7n, { chain: ETHEREUM }),
    transferOf(3, BINANCE, "elsewhere", 7n, { chain: ETHEREUM }),
  ]);
  const totals = trace({ kind: "accounts", table }, { seeds: [{ kind: "rows", rows: [0], name: "t" }], methods: ["fifo"], stopAt: stop }).get("fifo")!.assets.get("native")!;
  const [place, { amount, stop: why }] = [...totals.stops][0]!;
  assert.match(place, /0xbe0eb53f/);
  assert.equal(amount, 7n);
  assert.match(why.source!, /binance\.example/);
  newsroom.remove();
});

test("a mistyped address of one's own is refused with its row", async () => {
  const newsroom = await smallNewsroom();
  const put = (rows: string) => importText(newsroom, "tags", "own-tags.csv", `address,label,category,source,chain,since\n${rows}\n`);
  await assert.rejects(put("0xbe0eb53f46cd790cd13851d5eff43d12404d33e8,A,exchange,x,,\n1BoatSLRHtKNngkdXEeobR76b53LETtpyU,B,user,x,BTC,"), {
    code: "BAD_INPUT",
    where: "own-tags.csv:3",
  });
  await assert.rejects(put("1BoatSLRHtKNngkdXEeobR76b53LETtpyT,B,user,x,NOPE,"), { code: "BAD_INPUT" });
  await assert.rejects(put("1BoatSLRHtKNngkdXEeobR76b53LETtpyT,B,user,x,BTC,soon"), { code: "BAD_INPUT" });
  await assert.rejects(put("1BoatSLRHtKNngkdXEeobR76b53LETtpyT,,user,x,BTC,"), { code: "BAD_INPUT" });
  newsroom.remove();
});

test("lists are tags by authority, of their newest edition, and never a stop", async () => {
  const newsroom = await smallNewsroom();
  const folder = join(repositoryRoot, "demo", "sources", "ofac-crypto-2024-09-27");
  for (const name of readdirSync(folder).filter((file) => file.endsWith("_ETH.txt"))) await importText(newsroom, "ofac-crypto", name, readFileSync(join(folder, name)), "2024-09-27");
  const book = openTagBook(newsroom.log);
  const [tag] = book.tagsOf("0x098b716b8aaf21512996dc57eb0615e2383e2f96", ETHEREUM);
  assert.equal(tag!.category, "sanctioned");
  assert.equal(tag!.since, "2024-09-27");
  assert.equal(stopsFromTags(book)(tag!.address, ETHEREUM), undefined);
  newsroom.remove();
});

const bitmex = corpus(join("data", "graphsense-tagpacks", "bitmex-addresses.txt.gz"));

test("336,208 tags load within bounded memory, each is found, and a neighbour by one letter is not", { skip: bitmex.skip }, async (t) => {
  const newsroom = await smallNewsroom();
  // A tenth of them in an ordinary run, all in `npm run prove`.
  const addresses = gunzipSync(readFileSync(bitmex.path!)).toString().trim().split("\n").slice(0, scaled(336_208));
  // The file is bare: a pack's heading says the rest, as the seven packs it was taken from do.
  const pack = `title: BitMEX\ncreator: x\ncategory: exchange\nlabel: BitMEX\ncurrency: BTC\nconfidence: service_data\nsource: proof of reserves\nlastmod: 2021-01-01\ntags:\n${addresses.map((address) => `- address: ${address}`).join("\n")}\n`;
  await importText(newsroom, "tagpack", "bitmex.yaml", pack);
  const before = process.memoryUsage();
  const start = performance.now();
  const book = openTagBook(newsroom.log);
  const after = process.memoryUsage();
  const megabytes = (after.arrayBuffers - before.arrayBuffers) / 1e6;
  t.diagnostic(`${book.count} tags opened in ${Math.round(performance.now() - start)} ms, ${megabytes.toFixed(0)} MB of typed arrays`);
  assert.equal(book.count, scaled(336_208));
  assert.ok(megabytes < 150, `${megabytes} MB`);
  const stop = stopsFromTags(book);
  for (let at = 0; at < addresses.length; at += 97) {
    const address = addresses[at]!;
    assert.equal(stop(address, BITCOIN)?.reason, "service", address);
    assert.equal(stop(`${address.slice(0, -1)}${address.endsWith("a") ? "c" : "a"}`, BITCOIN), undefined);
  }
  newsroom.remove();
});
