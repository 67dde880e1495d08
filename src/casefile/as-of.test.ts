// Log time and claim date, as laws: what was known at size N stays byte for byte what it was, whatever comes later
// (superseding, releasing, judging); an earlier claim date never sees more; kept views equal rebuilt ones.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { announce, scaled, seed } from "../../test/scale.ts";
import { smallNewsroom } from "../../test/small-newsroom.ts";
import { appendErasure, appendRelease, viewsDigest } from "../evidence/evidence.ts";
import { VIEWS } from "../newsroom.ts";
import { appendClaim, appendJudgement, parseClaim, readClaims, readHistory, readJudgements, type Vantage } from "./casefile.ts";

type Step = { act: "claim" | "supersede" | "release" | "judge" | "erase"; pick: number; value: number; year: number };
const step: fc.Arbitrary<Step> = fc.record({
  act: fc.oneof(
    { weight: 6, arbitrary: fc.constant("claim" as const) },
    { weight: 6, arbitrary: fc.constant("release" as const) },
    { weight: 4, arbitrary: fc.constant("supersede" as const) },
    { weight: 2, arbitrary: fc.constant("judge" as const) },
  ),
  pick: fc.nat(1_000),
  value: fc.nat(1_000_000),
  year: fc.integer({ min: 2017, max: 2026 }),
});

const everything = (log: Parameters<typeof readHistory>[0], at: Vantage) =>
  JSON.stringify([
    readClaims(log, at).map(({ released: _, ...claim }) => claim),
    readJudgements(log, at),
    readHistory(log, at, "theft/t1").map(({ released: _, ...claim }) => claim),
  ]);

test("what was known at a size stays what it was; claim dates only narrow; rebuilt views are equal", async (t) => {
  const runs = scaled(120);
  announce(t, "histories", runs);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const newsroom = await smallNewsroom();
      const claims: number[] = [];
      const seen = new Map<string, string>();
      try {
        for (const { act, pick, value, year } of steps) {
          newsroom.transact("test", (transaction) => {
            const target = claims[pick % Math.max(1, claims.length)];
            if (act === "release" && target !== undefined) appendRelease(transaction, [target], [], "test");
            else if (act === "judge" && target !== undefined)
              appendJudgement(
                transaction,
                {
                  question: "victim_named",
                  subject: `theft/t${pick % 4}`,
                  verdict: value % 2 ? "positive" : "negative",
                  why: "because it is a test",
                },
                "test",
              );
            else {
              const supersedes = act === "supersede" ? target : undefined;
              const subject =
                supersedes === undefined
                  ? `theft/t${pick % 4}`
                  : (readClaims(newsroom.log, { log_size: Number.MAX_SAFE_INTEGER, evidence: "all" }).find(
                      (claim) => claim.seq === supersedes,
                    )?.subject ?? "theft/t0");
              claims.push(
                appendClaim(
                  transaction,
                  parseClaim({
                    subject,
                    field: "amount",
                    value: String(value),
                    unit: "USD",
                    claimant: `C${pick % 3}`,
                    hedge: "asserted",
                    as_of: pick % 7 ? String(year) : "unstated",
                    source: { capture: newsroom.source, locator: { quote: "made-up" } },
                    ...(supersedes === undefined ? {} : { supersedes }),
                  }),
                  "test",
                ),
              );
            }
          });
          const size = newsroom.log.size();
          for (const evidence of ["released", "all"] as const) {
            for (const as_of of [undefined, "2020", "2024"])
              seen.set(JSON.stringify({ log_size: size, evidence, as_of }), everything(newsroom.log, { log_size: size, evidence, as_of }));
            const [all, narrow] = [
              readClaims(newsroom.log, { log_size: size, evidence }),
              readClaims(newsroom.log, { log_size: size, evidence, as_of: "2020" }),
            ];
            assert.ok(narrow.every((claim) => all.some((other) => other.seq === claim.seq) && claim.as_of <= "2020"));
          }
        }
        for (const [at, was] of seen) assert.equal(everything(newsroom.log, JSON.parse(at) as Vantage), was, `as known at ${at}`);
        const kept = viewsDigest(newsroom.log.db, VIEWS);
        newsroom.log.rebuildViews();
        assert.deepEqual(viewsDigest(newsroom.log.db, VIEWS), kept);
        for (const [at, was] of seen)
          assert.equal(everything(newsroom.log, JSON.parse(at) as Vantage), was, `after a rebuild, as known at ${at}`);
      } finally {
        newsroom.remove();
      }
    }),
    { numRuns: runs, seed },
  );
});

test("a reader keeps the older claim until the one that supersedes it is public; an erased one does not bring it back", async () => {
  const newsroom = await smallNewsroom();
  const amount = (value: string, more: object = {}) => ({ subject: "theft/x", field: "amount", value, unit: "USD", ...more });
  const [first] = newsroom.claim([amount("1")]);
  const [second] = newsroom.claim([amount("2", { supersedes: first })], { release: false });
  const values = (evidence: "released" | "all") =>
    readClaims(newsroom.log, { log_size: newsroom.log.size(), evidence }, { subject: "theft/x" }).map((claim) => claim.value);
  assert.deepEqual([values("all"), values("released")], [["2"], ["1"]]);
  newsroom.transact("test", (transaction) => appendRelease(transaction, [second!], [], "test"));
  assert.deepEqual(values("released"), ["2"]);
  newsroom.transact("test", (transaction) => appendErasure(transaction, { seqs: [second!], blobs: [], reason: "court order" }, "test"));
  assert.deepEqual([values("all"), values("released")], [[], []]);
  newsroom.remove();
});
