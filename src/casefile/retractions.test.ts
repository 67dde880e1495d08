// Taking back is an entry more: what held before it still holds as known then, readers included, figures restate, and what had
// been replaced is said again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { appendRelease } from "../evidence/evidence.ts";
import { appendFigureSpec, computeFigure, requireFigureSpec } from "../figures/figures.ts";
import { recomputeFolder } from "../recompute.ts";
import { smallNewsroom } from "../../test/small-newsroom.ts";
import { appendInverse, appendJudgement, findRetraction, readClaims, readHistory, readJudgements } from "./casefile.ts";

const theft = (name: string, value: string) => ({ subject: `theft/${name}`, field: "amount", value, unit: "USD", valuation: { basis: "as_published" as const }, measure: "gross" as const });

test("a released claim that is taken back is gone for readers and figures, and stays as known before", async () => {
  const newsroom = await smallNewsroom();
  try {
    const [one] = newsroom.claim([theft("one", "100"), theft("two", "7")]);
    newsroom.transact("test", (transaction) =>
      appendFigureSpec(transaction, { id: "all", title: "All", measure: "sum", of: "theft", field: "amount", currency: "USD", gross_or_net: "gross", valuation: { basis: "as_published" }, merge: "none", noun: { one: "theft", many: "thefts" } }, "test"),
    );
    const value = (size: number) => computeFigure(newsroom.log, requireFigureSpec(newsroom.log, "all").spec, size).value;
    const before = newsroom.log.size();
    assert.equal(value(before), "107");
    const { how, seq } = newsroom.transact("rosa", (transaction) => appendInverse(transaction, newsroom.log, one!, "read from the wrong row", "rosa"));
    const after = newsroom.log.size();
    assert.equal(how, "retracted");
    assert.deepEqual([value(before), value(after)], ["107", "7"]);
    for (const evidence of ["released", "all"] as const) {
      assert.equal(readClaims(newsroom.log, { log_size: before, evidence }, { subject: "theft/one" }).length, 1);
      assert.equal(readClaims(newsroom.log, { log_size: after, evidence }, { subject: "theft/one" }).length, 0);
    }
    assert.deepEqual(findRetraction(newsroom.log, one!)?.seq, seq);
    const history = readHistory(newsroom.log, { log_size: after, evidence: "released" }, "theft/one");
    assert.deepEqual(history.map(({ retracted }) => retracted), [true]);
    assert.deepEqual(readHistory(newsroom.log, { log_size: before, evidence: "released" }, "theft/one").map(({ retracted }) => retracted), [undefined]);
    assert.throws(() => newsroom.transact("rosa", (transaction) => appendInverse(transaction, newsroom.log, one!, "once more", "rosa")), /does not hold/);
  } finally {
    newsroom.remove();
  }
});

test("an unreleased claim is taken back in silence, and releasing it later shows it to nobody", async () => {
  const newsroom = await smallNewsroom();
  try {
    const [one] = newsroom.claim([theft("one", "100")], { release: false });
    const { seq } = newsroom.transact("rosa", (transaction) => appendInverse(transaction, newsroom.log, one!, "a mistake", "rosa"));
    assert.equal(newsroom.log.db.prepare("SELECT released FROM entry_index WHERE seq = ?").get(seq)!.released, null);
    newsroom.transact("test", (transaction) => appendRelease(transaction, [one!], [], "test"));
    for (let size = 0; size <= newsroom.log.size(); size++)
      assert.equal(readClaims(newsroom.log, { log_size: size, evidence: "released" }, { subject: "theft/one" }).length, 0, `size ${size}`);
  } finally {
    newsroom.remove();
  }
});

test("what a claim or a verdict had replaced is said again", async () => {
  const newsroom = await smallNewsroom();
  try {
    const [one] = newsroom.claim([theft("one", "100")]);
    const [two] = newsroom.claim([{ ...theft("one", "120"), supersedes: one! }]);
    const undone = newsroom.transact("rosa", (transaction) => appendInverse(transaction, newsroom.log, two!, "the first was right", "rosa"));
    assert.equal(undone.how, "said again");
    const at = { log_size: newsroom.log.size(), evidence: "released" as const };
    assert.deepEqual(readClaims(newsroom.log, at, { subject: "theft/one" }).map((claim) => claim.value), ["100"]);

    const judge = (verdict: "positive" | "negative" | "unsure") =>
      newsroom.transact("rosa", (transaction) => appendJudgement(transaction, { question: "victim_named", subject: "theft/one", verdict, why: "because" }, "rosa"));
    const verdicts = () => readJudgements(newsroom.log, { log_size: newsroom.log.size(), evidence: "all" }).map(({ verdict }) => verdict);
    judge("positive");
    const second = judge("unsure");
    newsroom.transact("rosa", (transaction) => appendInverse(transaction, newsroom.log, second, "no longer unsure", "rosa"));
    assert.deepEqual(verdicts(), ["positive"]);
  } finally {
    newsroom.remove();
  }
});

test("views that hold retractions are recomputed to the same bytes", async () => {
  const newsroom = await smallNewsroom();
  try {
    const [one] = newsroom.claim([theft("one", "100")]);
    newsroom.transact("rosa", (transaction) => appendInverse(transaction, newsroom.log, one!, "a mistake", "rosa"));
    assert.deepEqual(await recomputeFolder(newsroom.folder), []);
  } finally {
    newsroom.remove();
  }
});
