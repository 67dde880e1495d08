// A sentence's words as a proposal: value to the digit, unit, hedge, bound, who says it, when. Nothing is read into silence.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readWording, type Reading } from "./read-wording.ts";

const CASES: [sentence: string, expected: Reading][] = [
  ["The hackers stole approximately $41.4 million in assets.", { value: "41400000", unit: "USD", field: "amount", value_text: "$41.4 million", hedge: "estimated", bound: "about" }],
  ["UN monitors are investigating 58 suspected cyberattacks.", { value: "58", unit: "suspected cyberattacks", field: "count", value_text: "58 suspected cyberattacks", hedge: "suspected" }],
  ["According to Chainalysis, more than US$1,700,000,000 was stolen in March 2022.", { value: "1700000000", unit: "USD", field: "amount", value_text: "US$1,700,000,000", hedge: "reported", bound: "at_least", claimant: "Chainalysis", period: "2022-03" }],
  ["Elliptic estimated losses of up to 3.05 bn dollars.", { value: "3050000000", unit: "USD", field: "amount", value_text: "3.05 bn dollars", hedge: "estimated", bound: "at_most", claimant: "Elliptic" }],
  ["The exchange denied that 120,000.50 ETH were taken on Sep 4, 2023.", { value: "120000.5", unit: "ETH", field: "amount", value_text: "120,000.50 ETH", hedge: "denied", period: "2023-09-04" }],
  ["Sep 4, 2023", { value: "2023-09-04", value_text: "Sep 4, 2023", field: "date" }],
  ["12 February 2024", { value: "2024-02-12", value_text: "12 February 2024", field: "date" }],
  ["Harbor Exchange regrets to confirm the loss of $12.6 million.", { value: "12600000", unit: "USD", field: "amount", value_text: "$12.6 million", hedge: "asserted", claimant: "Harbor Exchange" }],
  ["Chainwatch puts it at $12.9 million.", { value: "12900000", unit: "USD", field: "amount", value_text: "$12.9 million", claimant: "Chainwatch" }],
  ["According to the exchange, $5 million went.", { value: "5000000", unit: "USD", field: "amount", value_text: "$5 million", hedge: "reported", claimant: "The exchange" }],
  ["Binance told us on 2 April 2025 that $5 million was taken on 15 March 2025.", { value: "5000000", unit: "USD", field: "amount", value_text: "$5 million", hedge: "asserted", claimant: "Binance", as_of: "2025-04-02", period: "2025-03-15" }],
  ["Analysts suspect that the Lazarus Group is behind it.", { value: "Lazarus Group", value_text: "the Lazarus Group is behind", field: "attributed_to", hedge: "suspected", claimant: "Analysts" }],
  ["It was a quiet day.", {}],
];

test("sentences of real reports give what a reader would write down", () => {
  for (const [sentence, expected] of CASES) assert.deepEqual(readWording(sentence), expected, sentence);
});

test("the marked part gives the value, its sentence the hedge", () => {
  assert.deepEqual(readWording("Analysts suspect that $5 million of the $70 million was moved.", "$70 million"), { value: "70000000", unit: "USD", value_text: "$70 million", field: "amount", hedge: "suspected", claimant: "Analysts" });
  // What is sure in the marked words stays sure, whatever else the sentence guesses.
  assert.equal(readWording("Harbor Exchange regrets to confirm that about $2 million are gone.", "Harbor Exchange regrets to confirm").hedge, "asserted");
});

test("words of another clause or another number are not taken for those that were marked", () => {
  const two = "Northbridge estimates that about $41.4 million was taken from Stake, and that at least $28.1 million of it was moved.";
  assert.equal(readWording(two, "Northbridge estimates that about $41.4 million was taken").bound, "about");
  assert.equal(readWording(two, "$41.4 million").bound, "about", "the bound may stand before what was marked");
  const second = readWording(two, "at least $28.1 million of it was moved");
  assert.deepEqual([second.bound, second.value, second.claimant], ["at_least", "28100000", "Northbridge"]);
  const blame = "The company suspects that the Lazarus Group was behind it; the Federal Bureau of Investigation attributed it to the group on 6 September 2023.";
  assert.deepEqual(readWording(blame, "The company suspects that the Lazarus Group was behind it"), { value: "Lazarus Group", value_text: "the Lazarus Group was behind", field: "attributed_to", hedge: "suspected" });
  const bureau = readWording(blame, "the Federal Bureau of Investigation attributed it to the group on 6 September 2023");
  assert.deepEqual([bureau.claimant, bureau.hedge], ["Federal Bureau of Investigation", undefined]);
  assert.equal(readWording("$5 million was taken, Elliptic said.", "$5 million was taken").claimant, "Elliptic");
});

test("of a range neither end is read as the value", () => {
  for (const text of ["It amounted to between $43 million and $52 million", "from $43m to $52m were lost", "$43–52 million were lost", "a loss of 43 to 52 million USD", "US$43 million-52 million is gone", "between 12 and 15 attacks were counted", "They counted 12–15 attacks"]) {
    const reading = readWording(text);
    assert.deepEqual([reading.value, reading.bound], [undefined, undefined], text);
  }
  assert.equal(readWording("They counted 58 attacks between 2017 and 2023").value, "58");
  assert.equal(readWording("On 2024-09-20 they lost $43 million to thieves").value, "43000000");
});

test("a value is exact whatever its scale, and no text makes it fail", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 10n ** 15n }), (units) => {
      const text = units.toString().replace(/\B(?=(\d{3})+(?!\d))/g, ",");
      assert.equal(readWording(`$${text}`).value, units.toString());
      assert.equal(readWording(`$${text} million`).value, `${units}000000`);
    }),
  );
  fc.assert(fc.property(fc.string({ maxLength: 400 }), (text) => void readWording(text)));
});
