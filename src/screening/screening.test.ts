// The same address is listed, delisted or unknown, depending on the day that is asked about (DOMAIN §9.15).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { repositoryRoot } from "../../test/scale.ts";
import { smallNewsroom } from "../../test/small-newsroom.ts";
import { findReader, importDataset } from "../datasets/datasets.ts";
import { addressForm, screenAddress } from "./screening.ts";

test("listed, delisted and unknown, each on its day; case is folded only where the chain folds", async () => {
  const newsroom = await smallNewsroom();
  const put = (format: string, edition: string, files: string[]) =>
    importDataset(
      newsroom,
      findReader(format, []),
      files.map((file) => ({ name: file.split("/").at(-1)!, bytes: readFileSync(join(repositoryRoot, "demo", "sources", file)) })),
      { by: "test", retrieved_at: "2026-01-01T00:00:00Z", edition, release: true },
    );
  await put(
    "ofac-crypto",
    "2024-09-27",
    ["ETH", "XBT", "USDT"].map((asset) => `ofac-crypto-2024-09-27/sanctioned_addresses_${asset}.txt`),
  );
  await put("tagpack", "2026-05-12", ["graphsense-tagpacks/tornado_cash.yaml"]);
  await put("table", "2025-03-21", ["tables/listing-events.csv"]);
  for (const edition of ["2019-01", "2021-07"])
    await put(
      "ofac-sdn",
      edition,
      ["sdn", "alt", "add"].map((part) => `ofac-sdn-${edition}/sdn-${edition}__${part}.csv`),
    );
  const look = (address: string, on: string) => screenAddress(newsroom.log, address, on, newsroom.log.size())!;

  const ronin = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96";
  assert.equal(look(ronin, "2024-09-27").outcome, "listed");
  assert.equal(look(ronin.toUpperCase().replace("0X", "0x"), "2024-09-27").outcome, "listed");
  assert.equal(look(ronin, "2019-01-15").outcome, "not listed");
  assert.equal(look(ronin, "2023-06-01").outcome, "unknown", "between an edition without it and one with it");
  assert.equal(look(ronin, "2026-01-01").outcome, "unknown", "after the last edition");
  assert.equal(look(ronin, "2018-01-01").outcome, "unknown", "before the first");

  const tornado = "0x12D66f87A04A9E220743712cE6d9bB1B5616B8Fc";
  assert.equal(look(tornado, "2024-09-27").outcome, "listed");
  assert.equal(look(tornado, "2025-03-20").outcome, "unknown");
  const after = look(tornado, "2025-03-21");
  assert.equal(after.outcome, "delisted");
  assert.match(after.words, /2025-03-21/);

  const bitcoin = "149w62rY42aZBox8fGcmqNsXUzSStKeq8C";
  assert.equal(look(bitcoin, "2020-01-01").outcome, "listed", "on either side of that day");
  assert.equal(look(bitcoin.toLowerCase(), "2024-09-27").hits.length, 0, "another address, or none");
  assert.equal(screenAddress(newsroom.log, "Tornado Cash", "2024-09-27", newsroom.log.size()), undefined);
  assert.equal(look("1Gq", "2021-07-10")?.hits.length ?? 0, 0);
  newsroom.remove();
});

test("what a text may be, by its form", () => {
  assert.match(addressForm("3LU8wRu4ZnXP4UM8Yo6kkTiGHM9BubgyiG")!.form, /Bitcoin or a Litecoin/);
  assert.match(addressForm("0x098b716b8aaf21512996dc57eb0615e2383e2f96")!.form, /does not say which/);
  assert.equal(addressForm("hello"), undefined);
});
