import assert from "node:assert/strict";
import { test } from "node:test";
import { numberKey } from "./number-key.ts";

test("one number has one spelling, however it is typed", () => {
  for (const typed of ["12.6 million", "$12.6 million", "US$12.6m", "12.60 mn", "$12,600,000", "12600000", "about $12.6 million", " 12,600,000.00 dollars "])
    assert.equal(numberKey(typed), "12600000", typed);
  for (const [typed, key] of [["$2.97 billion", "2970000000"], ["0.5", "0.5"], ["58", "58"], ["58 %", "58"], ["1.2345 thousand", "1234.5"], ["4,502.9", "4502.9"]] as const)
    assert.equal(numberKey(typed), key, typed);
});

test("what is more or less than a number is none", () => {
  for (const typed of ["", "$", "million", "58 attacks", "2026-03-01", "1,2,3", "12.6.1", "12 600 000", "-5", "1e9", "9".repeat(40)]) assert.equal(numberKey(typed), undefined, typed);
});
