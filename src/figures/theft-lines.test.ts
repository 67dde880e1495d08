// The kept line of a theft is what a reading of its claims says, whatever was released, replaced or taken back, in any order.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { announce, scaled, seed } from "../../test/scale.ts";
import { smallNewsroom } from "../../test/small-newsroom.ts";
import { appendInverse } from "../casefile/casefile.ts";
import { search } from "../press/press.ts";
import { recomputeFolder } from "../recompute.ts";
import { readTheftLines } from "./figures.ts";

const amount = (name: string, value: string) => ({ subject: `theft/${name}`, field: "amount", value, unit: "USD", valuation: { basis: "as_published" as const }, measure: "gross" as const });
const victim = (name: string, value: string) => ({ subject: `theft/${name}`, field: "victim", value });
const ASKED = { sort: "amount", order: "desc", from: 0, limit: 100 } as const;

test("the list of thefts follows what is released, replaced and taken back; search lets go of what has no claim left", async (t) => {
  const runs = scaled(200);
  announce(t, "newsrooms", runs);
  const act = fc.record({ what: fc.constantFrom("claim", "victim", "replace", "take back"), theft: fc.constantFrom("one", "two", "three"), pick: fc.nat(20) });
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 12 }), async (acts) => {
      const newsroom = await smallNewsroom();
      try {
        const held: number[] = [];
        for (const [at, { what, theft, pick }] of acts.entries()) {
          const old = held[pick % Math.max(held.length, 1)];
          if (what === "victim") held.push(...newsroom.claim([victim(theft, `Exchange ${theft} ${at}`)]));
          else if (what === "claim" || old === undefined) held.push(...newsroom.claim([amount(theft, String(100 + at))]));
          else if (what === "replace") {
            const subject = newsroom.log.db.prepare("SELECT subject FROM claims WHERE seq = ?").get(old)!.subject as string;
            held.splice(held.indexOf(old), 1, ...newsroom.claim([{ ...amount(subject.slice("theft/".length), String(900 + at)), supersedes: old }]));
          } else {
            const { seq, how } = newsroom.transact("test", (transaction) => appendInverse(transaction, newsroom.log, old, "by chance", "test"));
            held.splice(held.indexOf(old), 1, ...(how === "said again" ? [seq] : []));
          }
        }
        const at = { log_size: newsroom.log.size(), evidence: "released" } as const;
        const [kept, read] = [true, false].map((is_newest) => readTheftLines(newsroom.log, { ...at, is_newest }, ASKED));
        assert.deepEqual(kept, read);
        const found = search(newsroom.log, "exchange", { kind: "theft", before: at.log_size }).hits.map(({ name }) => name).toSorted();
        const named = kept!.lines.filter(({ label }) => label.startsWith("Exchange")).map(({ subject }) => subject.slice("theft/".length)).toSorted();
        assert.deepEqual(found, named);
        assert.deepEqual(await recomputeFolder(newsroom.folder), []);
      } finally {
        newsroom.remove();
      }
    }),
    { seed, numRuns: runs },
  );
});
