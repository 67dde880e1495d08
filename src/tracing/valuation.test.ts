import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { repositoryRoot } from "../../test/scale.ts";
import { smallNewsroom } from "../../test/small-newsroom.ts";
import { findReader, importDataset } from "../datasets/datasets.ts";
import { valueAt, type ValuationAsk } from "./valuation.ts";

const BITCOIN = "bip122:000000000019d6689c085ae165831e93/slip44:0";
const ASK: ValuationAsk = { source: "table/btc-closes", venue: "Bitstamp/Coinbase", basis: "at_theft" };

test("an amount is worth its close of that day and venue to the last digit, or nothing is said", async () => {
  const newsroom = await smallNewsroom();
  const put = (name: string, bytes: Uint8Array) =>
    importDataset(newsroom, findReader("table", []), [{ name, bytes }], { by: "test", retrieved_at: "2026-01-01T00:00:00Z", release: true });
  await put("btc-closes.csv", readFileSync(join(repositoryRoot, "demo", "sources", "tables", "btc-closes.csv")));
  await put("twice.csv", Buffer.from("date,venue,asset,quote,close\n2024-05-31,V,BTC,USD,1\n2024-05-31,V,BTC,USD,2\n2024-06-01,V,TOK,USD,0.1\n2024-06-02,V,TOK,USD,about 1\n"));
  const value = (amount: bigint, asset: string, time: string, more: Partial<ValuationAsk> = {}) => valueAt(newsroom.log, amount, asset, time, { ...ASK, ...more });

  // DMM Bitcoin: 4,502.9 BTC on 2024-05-31, at 67,472.41.
  const found = value(450_290_000_000n, BITCOIN, "2024-05-31T04:26:00Z");
  assert.deepEqual(found, {
    outcome: "valued",
    value: "303821514.989",
    currency: "USD",
    basis: "at_theft",
    price: { dataset: "table/btc-closes", entry: found.outcome === "valued" ? found.price.entry : -1, row: found.outcome === "valued" ? found.price.row : -1, date: "2024-05-31", venue: "Bitstamp/Coinbase", asset: "BTC", quote: "USD", close: "67472.41" },
  });
  assert.equal((value(1n, BITCOIN, "2024-05-31") as { value: string }).value, "0.0006747241");
  assert.equal((value(0n, BITCOIN, "2024-05-31") as { value: string }).value, "0");
  const huge = 2n ** 256n - 1n;
  const [whole, fraction] = (value(huge, BITCOIN, "2024-05-31") as { value: string }).value.split(".");
  assert.equal(BigInt(whole! + fraction!.padEnd(10, "0")), huge * 6_747_241n, "exact to 2^256");

  const silent = (asked: ReturnType<typeof value>, words: RegExp) => {
    assert.equal(asked.outcome, "no_price");
    assert.match((asked as { why: string }).why, words);
  };
  silent(value(1n, BITCOIN, "1999-01-01"), /no close .* for 1999-01-01; its days go from/);
  silent(value(1n, BITCOIN, "2024-05-31", { venue: "Binance" }), /no price of BTC in USD from Binance/);
  assert.equal((value(100_000_000n, BITCOIN, "2024-05-31", { venue: "Binance", quote: "USDT" }) as { currency: string }).currency, "USDT");
  silent(value(1n, "eip155:1/slip44:60", "2024-05-31"), /no price of ETH/);
  silent(value(1n, "eip155:1/erc20:0xdac17f958d2ee523a2206206994597c13d831ec7", "2024-05-31"), /a name alone/);
  silent(value(1n, "native", "2024-05-31"), /no chain’s own coin/);
  silent(value(1n, BITCOIN, ""), /states no time/);
  silent(value(1n, BITCOIN, "2024-05-31", { source: "table/twice", venue: "V" }), /2 prices/);
  const token = { source: "table/twice", venue: "V", token: { symbol: "TOK", decimals: 1 } };
  assert.equal((value(15n, "eip155:1/erc20:0xdac17f958d2ee523a2206206994597c13d831ec7", "2024-06-01", token) as { value: string }).value, "0.15");
  assert.throws(() => value(15n, "native", "2024-06-02", token), { code: "BAD_INPUT" });
  assert.throws(() => value(1n, BITCOIN, "2024-05-31", { source: "table/none" }), { code: "NOT_FOUND" });
  newsroom.remove();
});
