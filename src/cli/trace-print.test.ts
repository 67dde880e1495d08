import assert from "node:assert/strict";
import test from "node:test";
import { answer, buildTransferTable, METHOD_NAMES, shortAmount, type Transfer } from "../tracing/tracing.ts";
import type { Output } from "./output.ts";
import { printAnswer } from "./trace-print.ts";

const ETH = 10n ** 18n;
const at = (block: number, from: string | null, to: string, amount: bigint): Transfer => ({
  chain: "eip155:1", txid: `t${block}`, block, tx_index: 0, index: 0, kind: from === null ? "mint" : "transfer", time: null, from, to, asset: "eip155:1/slip44:60", amount, row: `r:${block}`,
});
const [thief, market, other] = ["aa", "bb", "cc"].map((byte) => `0x${byte.repeat(20)}`) as [string, string, string];

test("a terminal's table never cuts a number: fewer decimals first, then the last column goes below", () => {
  const table = buildTransferTable([
    at(1, null, thief, 182_163n * ETH + 713_889_943_206_534_219n),
    at(2, other, market, 90_001n * ETH + 1n),
    at(3, thief, market, 170_000n * ETH + 5n),
    at(4, market, other, 123_456n * ETH + 7n),
  ]);
  const stops = { [other]: { reason: "service" as const, name: "A service with a long name" } };
  const found = answer({ from: "t1", methods: [...METHOD_NAMES], direction: "forward", stops }, { data: { kind: "accounts", table }, sets: [], log_size: 1 });
  for (const width of [60, 80, 100, 140]) {
    const lines: string[] = [];
    printAnswer({ width, line: (text = "") => lines.push(text), bold: (text: string) => text, dim: (text: string) => text } as unknown as Output, found);
    const head = lines.findIndex((line) => line.startsWith("place"));
    assert.match(lines.slice(head, head + 2).join(" "), /tiho +spread/, `${width}`);
    const own = lines.findIndex((line) => /^0xaaaa/.test(line));
    const numbers = `${lines[own]!} ${lines[own + 1]!}`;
    assert.equal(numbers.match(/[\d,]+(?:\.\d+)?…?/g)!.length >= 6, true, numbers);
    for (const line of lines.slice(head, head + 9)) assert.ok(line.length <= Math.max(width, 80), `${width}: ${line}`);
    assert.ok(lines.some((line) => line.includes("A service with a long name")), `${width}`);
  }
});

test("what would be nothing but zeros in a table is said to be less", () => {
  const words = { symbol: "ETH", decimals: 18 };
  assert.equal(shortAmount(1n, words), "<0.0001");
  assert.equal(shortAmount(ETH / 10_000n, words), "0.0001");
  assert.equal(shortAmount(ETH / 3n, words, 2), "0.33…");
  assert.equal(shortAmount(ETH / 3n, words, 0), "<1");
  assert.equal(shortAmount(2n * ETH + 1n, words), "2.0000…");
  assert.equal(shortAmount(0n, words), "0");
});
