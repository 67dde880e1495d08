// A figure that is brought up to date, subject by subject, equals one computed from nothing, to the byte: over random
// claims, releases, replacements, judgements and changes that fail half-way.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { scaled, seed } from "../../test/scale.ts";
import { smallNewsroom } from "../../test/small-newsroom.ts";
import { appendClaim, appendJudgement, parseClaim, type ClaimInput, type JudgementInput } from "../casefile/casefile.ts";
import { appendRelease } from "../evidence/evidence.ts";
import { openNewsroom } from "../newsroom.ts";
import { computeFigure, figureHash, parseFigureSpec, type FigureSpec } from "./figures.ts";

const BASE = { title: "Thefts", of: "theft" as const, merge: "judged" as const };
const SPECS: FigureSpec[] = [
  { ...BASE, id: "count", measure: "count", field: "amount", currency: "USD", outcome: { amount_min: "5" } },
  { ...BASE, id: "victims", measure: "count", unit_of_count: "victim" },
  { ...BASE, id: "sum", measure: "sum", field: "amount", currency: "USD", period: { basis: "date", from: "2020-01-01", to: "2021-12-31" } },
  { ...BASE, id: "parts", measure: "sum", field: "amount", currency: "USD", splits: "parts" },
  { ...BASE, id: "years", measure: "series", field: "amount", currency: "USD", period: { basis: "date", from: "2019-01-01", to: "2021-12-31" } },
  { ...BASE, id: "desk", measure: "count", evidence: "all", victims: { named: true } },
].map((spec) => parseFigureSpec(spec));

const NAMES = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
const value = fc.oneof(
  fc.record({ field: fc.constant("amount"), value: fc.integer({ min: 0, max: 9 }).map(String), unit: fc.constantFrom("USD", "KRW"), part_of: fc.constantFrom(undefined, undefined, "one", "two") }),
  fc.record({ field: fc.constant("date"), value: fc.constantFrom("2019-03-01", "2020", "2020-05-05", "2021-12") }),
  fc.record({ field: fc.constant("victim"), value: fc.constantFrom("Alpha", "Beta", "Gamma") }),
);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ what: fc.constant("claim" as const), name: fc.constantFrom(...NAMES), value, by: fc.constantFrom("One", "Two"), release: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant("replace" as const), pick: fc.nat(), release: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("same" as const), a: fc.constantFrom(...NAMES), b: fc.constantFrom(...NAMES) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("unnamed" as const), name: fc.constantFrom(...NAMES), verdict: fc.constantFrom("negative" as const, "positive" as const) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("fails" as const), name: fc.constantFrom(...NAMES), value }) },
  { weight: 1, arbitrary: fc.constant({ what: "unrelated" as const }) },
);

test("a figure brought up to date equals one computed from nothing", async (t) => {
  const runs = scaled(200);
  t.diagnostic(`${runs} histories, TRACEWIRE_SEED=${seed}`);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 20 }), async (steps) => {
      const newsroom = await smallNewsroom();
      try {
        const followed = openNewsroom(newsroom.folder);
        const made: { seq: number; claim: Partial<ClaimInput> }[] = [];
        const write = (claim: Partial<ClaimInput>, release: boolean) => {
          const [seq] = newsroom.claim([claim], { release });
          made.push({ seq: seq!, claim });
        };
        const judge = (judgement: JudgementInput) =>
          newsroom.transact("test", (transaction) => appendRelease(transaction, [appendJudgement(transaction, judgement, "test")], [], "test"));
        for (const one of steps) {
          if (one.what === "claim") write({ subject: `theft/${one.name}`, ...one.value, claimant: one.by }, one.release);
          if (one.what === "replace" && made.length > 0) {
            const { seq, claim } = made[one.pick % made.length]!;
            write({ ...claim, supersedes: seq }, one.release);
          }
          if (one.what === "same" && one.a !== one.b)
            judge({ question: "same", subject: `theft/${one.a}`, other: `theft/${one.b}`, verdict: "positive", why: "one company" });
          if (one.what === "unnamed") judge({ question: "victim_named", subject: `theft/${one.name}`, verdict: one.verdict, why: "so it was read" });
          if (one.what === "unrelated") newsroom.claim([{ subject: "funding-claim/all", field: "purpose", value: "weapons" }]);
          if (one.what === "fails")
            assert.throws(() =>
              newsroom.transact("test", (transaction) => {
                const source = { capture: newsroom.source, locator: { quote: "made-up" } };
                const claim = parseClaim({ subject: `theft/${one.name}`, ...one.value, claimant: "Nobody", hedge: "asserted", as_of: "2024", source });
                appendRelease(transaction, [appendClaim(transaction, claim, "test")], [], "test");
                for (const spec of SPECS) attempt(() => computeFigure({ ...newsroom.log, root: () => "" }, spec, transaction.size()));
                throw new Error("taken back");
              }),
            );
          const size = newsroom.log.size();
          const afresh = openNewsroom(newsroom.folder);
          for (const spec of SPECS) {
            const expected = attempt(() => figureHash(computeFigure(afresh.log, spec, size)));
            for (const { log } of [followed, newsroom]) assert.equal(attempt(() => figureHash(computeFigure(log, spec, size))), expected, spec.id);
          }
          afresh.close();
        }
        followed.close();
      } finally {
        newsroom.remove();
      }
    }),
    { numRuns: runs, seed },
  );
});

/** What it gives, or the refusal in words: both must be the same. */
function attempt(compute: () => unknown): unknown {
  try {
    return compute();
  } catch (error) {
    return (error as Error).message;
  }
}
