// Names stay whose they are, and a score of shared things obeys its laws: it never leaves 0 to 1, does not care for order,
// grows with an independent witness, and is not moved by more of the same.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { serveNewsroom, type ServedSite } from "../../test/demo-site.ts";
import { announce, scaled, seed } from "../../test/scale.ts";
import { BANDS, ITEM_WEIGHTS, compareHeadings, listGroups, listOverlaps, readNames, scoreOverlap } from "./attribution.ts";
import type { ItemKind, SharedItem } from "./attribution.ts";

const item = (more: Partial<SharedItem> = {}): SharedItem => ({
  item: "x",
  kind: "malware family",
  witness: "one",
  grade: "A1",
  others: [],
  years: 0,
  ...more,
});

describe("overlap score", () => {
  test("worked by hand: weights, specificity, grades, age, witnesses, the cap", () => {
    assert.equal(scoreOverlap("a", "b", [item()]).score, 0.5);
    assert.equal(scoreOverlap("a", "b", [item({ others: ["c"] })]).score, 0.25);
    assert.equal(scoreOverlap("a", "b", [item({ grade: "B2" })]).score.toFixed(4), "0.3200");
    assert.equal(scoreOverlap("a", "b", [item({ years: 5 })]).score, 0.25);
    assert.equal(scoreOverlap("a", "b", [item({ years: undefined })]).score, 0.25);
    assert.equal(scoreOverlap("a", "b", [item({ kind: "public tool" })]).band, "none");
    const oneClass = scoreOverlap("a", "b", [item({ kind: "key or seed" })]);
    assert.deepEqual([oneClass.score, oneClass.capped], [0.5, true]);
    const two = scoreOverlap("a", "b", [item(), item({ item: "y", kind: "host, same week", witness: "two" })]);
    assert.deepEqual([two.score, two.capped, two.band], [0.75, false, "strong"]);
    assert.ok(two.score > BANDS.strong);
  });

  const kinds = Object.keys(ITEM_WEIGHTS) as ItemKind[];
  const anyItem = fc.record({
    item: fc.string({ minLength: 1, maxLength: 6 }),
    kind: fc.constantFrom(...kinds),
    witness: fc.constantFrom("one", "two", "three"),
    grade: fc.tuple(fc.constantFrom(..."ABCDEF"), fc.constantFrom(..."123456")).map(([a, b]) => a + b),
    others: fc.array(fc.string({ maxLength: 4 }), { maxLength: 4 }),
    years: fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined }),
  });
  const runs = scaled(3_000);

  test("between 0 and 1, whatever the order; more of one witness never adds up", (t) => {
    announce(t, "sets of items", runs);
    fc.assert(
      fc.property(fc.array(anyItem, { maxLength: 12 }), (items) => {
        const { score, witnesses, evidence } = scoreOverlap("a", "b", items);
        assert.ok(score >= 0 && score <= 1);
        assert.equal(scoreOverlap("b", "a", items.toReversed()).score.toFixed(12), score.toFixed(12));
        assert.equal(evidence.length, items.length);
        assert.equal(scoreOverlap("a", "b", [...items, ...items]).score.toFixed(12), score.toFixed(12));
        assert.equal(
          witnesses.reduce((sum, own) => sum + own.items, 0),
          items.length,
        );
      }),
      { numRuns: runs, seed },
    );
  });

  test("a further witness never lowers it", () => {
    fc.assert(
      fc.property(fc.array(anyItem, { maxLength: 8 }), anyItem, (items, more) => {
        const before = scoreOverlap("a", "b", items).score;
        assert.ok(scoreOverlap("a", "b", [...items, { ...more, witness: "four" }]).score >= before - 1e-12);
      }),
      { numRuns: runs, seed },
    );
  });
});

describe("names and overlaps of the demo newsroom", () => {
  let site: ServedSite;
  before(async () => {
    site = await serveNewsroom({ demo: true });
  });
  after(() => site.stop());

  test("a name that somebody says is not the same never reads as a name of it", () => {
    const names = readNames(site.newsroom.log, { log_size: site.newsroom.log.size(), evidence: "released" });
    const apart = names.filter((use) => use.name === "Ruby Sleet" && use.heading === "Kimsuky");
    assert.deepEqual(
      apart.map((use) => [use.relation, use.hedge]),
      [["not the same", "denied"]],
    );
    assert.ok(names.some((use) => use.relation === "same" && use.hedge === "estimated" && use.name === "UNC4899"));
  });

  test("counts are those of the figures that stories print", () => {
    const size = site.newsroom.log.size();
    const pairs = listOverlaps(site.newsroom.log, size);
    const shared = (a: string, b: string, kind: string) =>
      pairs.find((pair) => [pair.a, pair.b].includes(a) && [pair.a, pair.b].includes(b))!.evidence.filter((one) => one.kind === kind)
        .length;
    assert.equal(shared("APT38", "Lazarus Group", "host, time not held"), 56);
    assert.equal(shared("Kimsuky", "konni", "host, time not held"), 14);
    assert.ok(
      pairs.every((pair) => pair.band === "weak" || pair.band === "none"),
      "undated public lists alone are weak",
    );
    const lazarus = listGroups(site.newsroom.log, size).find((group) => group.name === "Lazarus Group")!;
    assert.deepEqual(
      lazarus.headings.map((heading) => heading.heading),
      ["Lazarus Group", "lazarus"],
    );
  });

  test("a page prints no indicator that could be followed", async () => {
    const { text } = await site.get("/actors/overlap?a=Lazarus+Group&b=APT38");
    assert.match(text, /\w\[\.\]\w/);
    for (const [, href] of text.matchAll(/href="([^"]+)"/g)) assert.match(href!, /^(?:\/|#)/, "a link that leaves this site");
  });
});

test("lists of names are compared as lists", () => {
  const list = (...names: string[]) => ({ organisation: "o", heading: names[0]!, names });
  assert.equal(compareHeadings(list("A", "B"), list("a", "b")).relation, "same list");
  assert.equal(compareHeadings(list("A", "B", "C"), list("a", "b")).relation, "wider");
  assert.equal(compareHeadings(list("A"), list("a", "b")).relation, "narrower");
  assert.equal(compareHeadings(list("A", "X"), list("a", "b")).relation, "overlaps");
  assert.equal(compareHeadings(list("Lazarus Group"), list("lazarus")).relation, "same list");
  assert.equal(compareHeadings(list("A"), list("b")).relation, "nothing in common");
});
