import assert from "node:assert/strict";
import { test } from "node:test";
import { smallNewsroom } from "../../test/small-newsroom.ts";
import { appendFigureSpec, computeFigure, listChoicesOn, requireFigureSpec, type FigureSpec } from "./figures.ts";

const base = { of: "theft", measure: "sum", field: "amount", currency: "USD", merge: "none", noun: { one: "theft", many: "thefts" } } as const;

test("each figure says which rival it takes, by which of its rules; which it leaves beside, and which it cannot compare", async () => {
  const newsroom = await smallNewsroom();
  try {
    const money = { subject: "theft/one", field: "amount", unit: "USD" } as const;
    const [fbi, chain, won, late] = newsroom.claim([
      { ...money, value: "308000000", claimant: "US FBI", as_of: "2024-12-23" },
      { ...money, value: "304000000", claimant: "Chainalysis", as_of: "2024-12-19" },
      { ...money, value: "5", unit: "KRW", claimant: "press" },
      { ...money, value: "305000000", claimant: "A researcher", as_of: "2026-06" },
    ]);
    const define = (spec: Partial<FigureSpec> & { id: string }) => newsroom.transact("test", (transaction) => appendFigureSpec(transaction, { title: `Figure ${spec.id}`, ...base, ...spec }, "test"));
    define({ id: "by-nobody" });
    define({ id: "by-fbi", choice: { claimants: ["US FBI", "Chainalysis"] } });
    define({ id: "by-whom", measure: "series", by: "claimant", subject: "theft/one" });
    define({ id: "refuses", choice: { claimants: ["Nobody here"], otherwise: "refuse" } });
    define({ id: "elsewhere", subject: "theft/two", measure: "quote" });
    define({ id: "in-2019", period: { basis: "date", from: "2019-01-01", to: "2019-12-31" } });
    define({ id: "two-of-them", measure: "compare", parts: [{ id: "aa-part", title: "Part A", ...base, choice: { claimants: ["Chainalysis"] } }, { id: "bb-part", title: "Part B", ...base, choice: { claimants: ["US FBI"] } }] as never });
    const choices = listChoicesOn(newsroom.log, "theft/one");
    const of = (id: string) => choices.filter(({ figure }) => figure === id);
    assert.deepEqual(of("by-nobody"), [
      { figure: "by-nobody", title: "Figure by-nobody", chosen: [{ claim: late, why: "its rules name nobody: the latest claim (of 2026-06)" }], beside: [fbi, chain], not_compared: [{ claim: won, why: "in KRW, not USD" }] },
    ]);
    assert.deepEqual(of("by-fbi")[0]!.chosen, [{ claim: fbi, why: "its rules take US FBI, then Chainalysis" }]);
    assert.deepEqual(of("by-whom")[0]!.chosen.map(({ claim, why }) => [claim, why]).toSorted(), [fbi, chain, late].map((claim) => [claim, "it shows every value"]).toSorted());
    assert.equal(of("elsewhere").length, 0);
    assert.match(of("in-2019")[0]!.outside!, /nobody states its date/);
    assert.deepEqual(of("two-of-them").map(({ chosen }) => chosen[0]!.claim), [chain, fbi]);
    assert.equal(of("refuses")[0]!.chosen.length, 0);
    // What is said is what the figure does.
    const rows = computeFigure(newsroom.log, requireFigureSpec(newsroom.log, "by-nobody").spec, newsroom.log.size()).rows;
    assert.deepEqual(rows.map(({ claim, rivals }) => [claim, rivals]), [[late, [fbi, chain]]]);
  } finally {
    newsroom.remove();
  }
});
