// The counting rules of monitors' disputes (DOMAIN §2.4, twenty of them): for each, changing only that rule changes the
// answer, or it is shown why it has no field to change.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { smallNewsroom, type SmallNewsroom } from "../../test/small-newsroom.ts";
import type { ClaimInput } from "../casefile/casefile.ts";
import { appendJudgement } from "../casefile/casefile.ts";
import { appendRelease } from "../evidence/evidence.ts";
import { computeFigure, describeFigure, figureHash, parseFigureSpec, type FigureSpec } from "./figures.ts";

type Theft = {
  id: string;
  date: string;
  victim?: string;
  type?: string;
  level?: string;
  country?: string;
  actor?: string;
  confidence?: string;
};
const usd = (subject: string, value: string, more: Partial<ClaimInput> = {}): Partial<ClaimInput> => ({
  subject: `theft/${subject}`,
  field: "amount",
  value,
  unit: "USD",
  measure: "gross",
  valuation: { basis: "as_published" },
  claimant: "The list",
  document: "edition 1",
  ...more,
});
const theft = ({
  id,
  date,
  victim = id,
  type = "company/protocol",
  level = "official-UN",
  country = "KR",
  actor = "DPRK",
  confidence = "high",
}: Theft): Partial<ClaimInput>[] =>
  Object.entries({ victim, victim_type: type, date, country, attribution_level: level, attributed_to: actor, confidence }).map(
    ([field, value]) => ({ subject: `theft/${id}`, field, value }),
  );

const BASE: FigureSpec = {
  id: "base",
  title: "Base figure",
  measure: "sum",
  of: "theft",
  field: "amount",
  currency: "USD",
  valuation: { basis: "as_published" },
  gross_or_net: "gross",
  choice: { claimants: ["The list"], otherwise: "latest" },
  period: { basis: "date", from: "2020-01-01", to: "2020-12-31" },
};

describe("twenty counting rules", () => {
  let newsroom: SmallNewsroom;
  const value = (changes: Partial<FigureSpec> = {}) =>
    computeFigure(newsroom.log, parseFigureSpec({ ...BASE, ...changes }), newsroom.log.size());
  const differs = (changes: Partial<FigureSpec>, expected: string | null, was = "1106") => {
    assert.equal(value().value, was, "the base figure");
    assert.equal(value(changes).value, expected);
  };

  before(async () => {
    newsroom = await smallNewsroom();
    newsroom.claim([
      ...theft({ id: "a", date: "2020-02-01", victim: "Alpha" }),
      usd("a", "100"),
      usd("a", "150", { claimant: "Vendor", cites: ["The list"] }),
      usd("a", "90", { claimant: "Police" }),
      usd("a", "900", { claimant: "The list", valuation: { basis: "at_disclosure" } }),
      usd("a", "70000", { claimant: "The list", unit: "KRW" }),
      usd("a", "40", { claimant: "The list", measure: "net" }),
      {
        subject: "theft/a",
        field: "recovered",
        value: "60",
        unit: "USD",
        measure: "gross",
        valuation: { basis: "as_published" },
        claimant: "The list",
      },
      { subject: "theft/a", field: "date_theft", value: "2019-12-31" },
      ...theft({ id: "a2", date: "2020-06", victim: "Alpha", country: "JP" }),
      usd("a2", "1000", { document: "edition 1" }),
      usd("a2", "1200", { document: "edition 2", claimant: "Second list" }),
      usd("a2", "600", { part_of: "first half", claimant: "Vendor" }),
      usd("a2", "500", { part_of: "second half", claimant: "Vendor" }),
      ...theft({ id: "zero", date: "2020-03-01", victim: "Zero" }),
      usd("zero", "0"),
      ...theft({ id: "unknown", date: "2020-04-01", victim: "Unknown co", confidence: "contested" }),
      ...theft({ id: "person", date: "2020-05-01", victim: "A private person", type: "individual-or-unnamed", actor: "Somebody else" }),
      usd("person", "6"),
      ...theft({ id: "vendor", date: "2020-07-01", victim: "Vendor says", level: "vendor" }),
      usd("vendor", "0"),
      ...theft({ id: "inferred", date: "2020-08-01", victim: "Inferred", level: "official-gov-unnamed-victim" }),
      usd("inferred", "0"),
      ...theft({ id: "minted", date: "2020-09-01", victim: "Minter", confidence: "contested", country: "US" }),
      usd("minted", "0", { valuation: { basis: "as_published", minted: true } }),
      ...theft({ id: "late", date: "2021-01-01", victim: "Late" }),
      usd("late", "5"),
      { subject: "funding-claim/all", field: "purpose", value: "weapons" },
    ]);
  });
  after(() => newsroom.remove());

  test("1 unit of count: the two thefts from one victim are one victim; a judgement merges two labels", () => {
    const count = { measure: "count" as const };
    assert.equal(value(count).value, "8");
    assert.equal(value({ ...count, unit_of_count: "victim" }).value, "7");
    newsroom.transact("test", (transaction) => {
      const seq = appendJudgement(
        transaction,
        { question: "same", subject: "theft/zero", other: "theft/vendor", verdict: "positive", why: "one company under two names" },
        "test",
      );
      appendRelease(transaction, [seq], [], "test");
    });
    assert.equal(value({ ...count, unit_of_count: "victim" }).value, "6");
    assert.equal(value({ ...count, unit_of_count: "victim", merge: "none" }).value, "7");
  });
  test("2 outcome: unknown amounts count as one and sum as nothing, and their number is printed", () => {
    assert.equal(value().unknown_count, "1");
    assert.equal(value({ measure: "count", outcome: { unknown_amounts: "exclude" } }).value, "7");
    assert.equal(value({ measure: "count", outcome: { zero_amounts: "exclude" } }).value, "4");
    assert.equal(value({ measure: "count", outcome: { amount_min: "50" } }).value, "2");
  });
  test("3 attribution floor and claim date", () => {
    assert.equal(value({ measure: "count", attribution: { levels: ["official-UN"] } }).value, "6");
    assert.equal(value({ measure: "count", attribution: { contested: "exclude" } }).value, "6");
    assert.equal(value({ as_of: "2023" }).row_count, "0");
  });
  test("4 actor scope", () => differs({ actors: ["DPRK"] }, "1100"));
  test("5 victim scope", () => differs({ victims: { types: ["company/protocol"] } }, "1100"));
  test("6 period basis, bounds and placeholders", () => {
    differs({ period: { basis: "date_theft", from: "2019-01-01", to: "2020-12-31" } }, "100");
    differs({ period: { ...BASE.period!, to: "2021-12-31" } }, "1111");
    differs({ period: { ...BASE.period!, placeholders: "exclude" } }, "106");
  });
  test("7 valuation basis; a sum refuses to mix bases and names the rows", () => {
    differs({ valuation: { basis: "at_disclosure" } }, "900");
    assert.equal(value({ measure: "count", valuation: { basis: "as_published", minted: "exclude" } }).value, "7");
    assert.throws(
      () => value({ valuation: { basis: "any" }, choice: { claimants: ["The list"], documents: ["edition 1"] } }),
      /valuation bases.*theft\/a/s,
    );
  });
  test("8 gross or net", () => differs({ gross_or_net: "net" }, "40"));
  test("9 parents and splits", () => {
    assert.equal(value({ measure: "count", splits: "parts" }).value, "9");
    differs({ splits: "parts" }, "1206");
  });
  test("10 precision: rounding changes the words, never the value; a sum of rounded values says so", async () => {
    const exact = value();
    const rounded = { ...BASE, rounding: { power: 2 } };
    assert.equal(value({ rounding: { power: 2 } }).value, exact.value);
    assert.notEqual(describeFigure(exact, rounded).short, describeFigure(exact, BASE).short);
    const sum = value({ choice: { claimants: ["Second list", "The list"] }, outcome: { amount_min: "1000" } });
    assert.deepEqual(sum.notes, []);
    const other = await smallNewsroom(2);
    other.claim([
      ...theft({ id: "x", date: "2020-02-01" }),
      usd("x", "447600000"),
      ...theft({ id: "y", date: "2020-02-02" }),
      usd("y", "7000000"),
    ]);
    assert.match(computeFigure(other.log, BASE, other.log.size()).notes.join(), /1,000,000/);
    other.remove();
  });
  test("11 choice among conflicting claims; the losing values stay visible", () => {
    differs({ choice: { claimants: ["Second list", "The list"] } }, "1306");
    assert.equal(value().rows.find((row) => row.subject === "theft/a2")?.high, "1200");
    assert.equal(value({ choice: { claimants: ["Nobody"], otherwise: "refuse" } }).value, "0");
  });
  test("12 vintage: a document's edition is a choice, and a figure is fixed by the log's size", () => {
    differs({ choice: { claimants: ["Second list", "The list"], documents: ["edition 2", "edition 1"] } }, "1306");
    assert.equal(value().rules_version, "1");
    const size = newsroom.log.size();
    const before = figureHash(value());
    newsroom.claim([{ subject: "report/x", field: "title", value: "Something else" }]);
    assert.equal(figureHash(computeFigure(newsroom.log, parseFigureSpec(BASE), size)), before);
  });
  test("13 source independence: a vendor that relays the list is not a second origin", () => {
    assert.equal(value().rows.find((row) => row.subject === "theft/a")?.high, "150");
    assert.equal(value({ independence: "origin" }).rows.find((row) => row.subject === "theft/a")?.high, "100");
  });
  test("14 country", () => differs({ countries: ["JP"] }, "1000"));
  test("15 what is measured", () => differs({ field: "recovered", choice: { claimants: ["The list"] } }, "60"));
  test("16 identity inference", () => assert.equal(value({ measure: "count", victims: { identity: "as_attributed" } }).value, "7"));
  test("17 computation: a typed number is refused; the hash names the rows", () => {
    assert.throws(() => parseFigureSpec({ ...BASE, value: "58" }), /cannot be typed/);
    assert.notEqual(value().rows_sha256, value({ countries: ["JP"] }).rows_sha256);
  });
  test("18 purpose is a claim of its own: no field of a sum can carry it", () => {
    const before = figureHash(value());
    const size = newsroom.log.size();
    newsroom.claim([{ subject: "funding-claim/all", field: "share", value: "40" }]);
    assert.equal(figureHash(computeFigure(newsroom.log, parseFigureSpec(BASE), size)), before);
    assert.equal(value().value, "1106");
    assert.throws(() => parseFigureSpec({ ...BASE, purpose: "weapons" }), /purpose/);
  });
  test("19 currency", () => differs({ currency: "KRW" }, "70000"));
  test("20 dispersion", () => {
    assert.deepEqual([value().low, value().high], ["1096", "1356"]);
    assert.deepEqual([value({ dispersion: "none" }).low, value({ dispersion: "none" }).high], [null, null]);
  });
  test("every row in scope that was left out says why", () => {
    const figure = value({ countries: ["JP"] });
    assert.equal(figure.rows.length + figure.excluded.length, 9);
    assert.ok(figure.excluded.every((row) => row.why.length > 3));
  });
  test("unequal periods refuse to be compared unless told, and then say so", () => {
    const nine = { ...BASE, id: "nine", title: "Nine months", period: { ...BASE.period!, to: "2020-09-30" } };
    const compare = { id: "compare", title: "Nine months against twelve", measure: "compare", of: "theft", parts: [nine, BASE] };
    assert.throws(() => computeFigure(newsroom.log, parseFigureSpec(compare), newsroom.log.size()), /9 months against 1 year/);
    assert.match(
      computeFigure(newsroom.log, parseFigureSpec({ ...compare, unequal_periods: "allow" }), newsroom.log.size()).notes.join(),
      /Unequal periods/,
    );
  });
});
