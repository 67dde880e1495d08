// Ages are right at every moment: a clock is walked through their changes, and the words at a page's expiry are new
// while those just before it were still the old ones.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { announce, scaled, seed } from "../../test/scale.ts";
import { ageOf, earliest } from "./ages.ts";
import { openPageStore } from "./page-store.ts";

test("minutes, hours, days, weeks, months, years, leap days and month ends", () => {
  const cases: [at: string, now: string, words: string][] = [
    ["2026-11-24T10:00:00.000Z", "2026-11-24T10:00:59.999Z", "just now"],
    ["2026-11-24T10:00:00.000Z", "2026-11-24T10:01:00.000Z", "1 minute ago"],
    ["2026-11-24T10:00:00.000Z", "2026-11-24T10:59:59.999Z", "59 minutes ago"],
    ["2026-11-24T10:00:00.000Z", "2026-11-24T11:00:00.000Z", "1 hour ago"],
    ["2026-11-24T10:00:00.000Z", "2026-11-25T09:59:59.999Z", "23 hours ago"],
    ["2026-11-24T10:00:00.000Z", "2026-11-25T10:00:00.000Z", "1 day ago"],
    ["2026-11-24T10:00:00.000Z", "2026-12-01T09:59:59.999Z", "6 days ago"],
    ["2026-11-24T10:00:00.000Z", "2026-12-01T10:00:00.000Z", "1 week ago"],
    ["2026-11-24T10:00:00.000Z", "2026-12-24T09:59:59.999Z", "4 weeks ago"],
    ["2026-11-24T10:00:00.000Z", "2026-12-24T10:00:00.000Z", "1 month ago"],
    ["2022-08-01", "2026-11-24T12:00:00.000Z", "51 months ago"],
    ["2024-01-31", "2024-02-28T23:59:59.999Z", "4 weeks ago"],
    ["2024-01-31", "2024-02-29T00:00:00.000Z", "1 month ago"],
    ["2024-02-29", "2025-02-27T23:59:59.999Z", "11 months ago"],
    ["2024-02-29", "2025-02-28T00:00:00.000Z", "12 months ago"],
    ["2009-01-12", "2026-11-24T00:00:00.000Z", "17 years ago"],
    ["2021-11-24", "2026-11-23T23:59:59.999Z", "59 months ago"],
    ["2021-11-24", "2026-11-24T00:00:00.000Z", "5 years ago"],
    ["2026-11-24", "2026-11-24T23:59:59.999Z", "today"],
    ["2021-07", "2026-11-24T00:00:00.000Z", "5 years ago"],
    ["2026-11", "2026-11-24T00:00:00.000Z", "this month"],
    ["2024", "2026-11-24T00:00:00.000Z", "2 years ago"],
  ];
  for (const [at, now, words] of cases) assert.equal(ageOf(at, now).words, words, `${at} at ${now}`);
});

test("words change exactly when an age says that they do, and not before", (t) => {
  const runs = scaled(3_000);
  announce(t, "ages", runs);
  const range = { min: new Date("2008-01-01T00:00:00Z"), max: new Date("2027-01-01T00:00:00Z"), noInvalidDate: true };
  fc.assert(
    fc.property(
      fc.date(range),
      fc.integer({ min: 0, max: 10 * 366 * 86_400 }),
      fc.constantFrom(4, 7, 10, 24),
      (start, seconds, precision) => {
        const at = start.toISOString().slice(0, precision);
        const now = new Date(start.getTime() + seconds * 1_000).toISOString();
        const age = ageOf(at, now);
        assert.ok(age.until > now, `${at} at ${now}: until ${age.until}`);
        const before = new Date(Date.parse(age.until) - 1).toISOString();
        assert.equal(ageOf(at, before).words, age.words, `${at} at ${now}: just before ${age.until}`);
        assert.notEqual(ageOf(at, age.until).words, age.words, `${at} at ${now}: at ${age.until}`);
      },
    ),
    { numRuns: runs, seed },
  );
});

test("a stored page with an age is never shown after its moment", () => {
  let now = "2026-11-24T10:00:30.000Z";
  const store = openPageStore();
  const make = () => {
    const ages = ["2026-11-24T10:00:00.000Z", "2022-08-01"].map((at) => ageOf(at, now));
    return { content_type: "text/html", body: ages.map((age) => age.words).join(), depends: [], expires: earliest(ages) };
  };
  for (let step = 0; step < 500; step++) {
    const shown = store.get("/", () => now) ?? store.put("/", make());
    assert.equal(Buffer.from(shown.variant("identity").body).toString(), make().body, now);
    now = new Date(Date.parse(now) + 17_317 * (1 + step)).toISOString();
  }
});
