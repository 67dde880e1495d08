// A number that was printed as a figure leads to the figure, in whichever form it is typed; and parts of a number are no words.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { goldenNewsroom } from "../../test/golden-newsroom.ts";
import type { ReportNewsroom } from "../../test/report-newsroom.ts";
import { appendFigureSpec } from "../figures/figures.ts";
import { readPublication, search } from "../press/press.ts";

let newsroom: ReportNewsroom;
before(async () => void (newsroom = await goldenNewsroom()));
after(() => newsroom.remove());

const found = (text: string, more: { before?: number; kind?: "story" | "figure" } = {}) =>
  search(newsroom.log, text, { before: newsroom.log.size(), ...more }).hits.map(({ kind, name, snippet }) => [kind, name, snippet.replaceAll(/[\u0001\u0002]/g, "")]);

test("short, exact and plain forms of a printed value find the figure first, then what prints it", () => {
  const value = readPublication(newsroom.log, "two-totals")!.figures.find(({ id }) => id === "table-usd")!.value!;
  const exact = Number(value).toLocaleString("en-US");
  for (const typed of [`$${exact}`, exact, value, `${value} USD`, `about $${exact}`]) {
    const [first, ...others] = found(typed);
    assert.deepEqual(first, ["figure", "table-usd", `$${exact}`], typed);
    assert.ok(others.every(([, name]) => name !== "table-usd"), "once");
  }
  assert.ok(found(`$${exact}`).some(([kind, name]) => kind === "story" && name === "two-totals"), "the story that prints it is found as well");
  const millions = `${Number(value) / 1e6}`;
  assert.deepEqual([`${millions} million`, `$${millions}m`].map((typed) => found(typed)[0]?.[1]), ["table-usd", "table-usd"]);
});

test("filters and the past hold for it, and a number is one phrase", () => {
  const publication = readPublication(newsroom.log, "two-totals")!;
  const value = publication.figures.find(({ id }) => id === "table-usd")!.value!;
  assert.deepEqual(found(value, { before: publication.seq }).filter(([kind]) => kind === "figure"), [], "not before it was printed");
  assert.deepEqual(found(value, { kind: "story" }).filter(([kind]) => kind === "figure"), []);
  assert.equal(found(value, { kind: "figure" })[0]![1], "table-usd");
  const figure = publication.figures.find(({ id }) => id === "table-usd")!;
  assert.deepEqual(found(`${Number(figure.value) + 1}`), []);
  assert.deepEqual(found("1,234.5 million"), [], "its parts may stand anywhere");
});

test("a figure in no story is found by the number on its page; one over what is not released is not", () => {
  const define = (spec: object) => newsroom.transact("rosa", (transaction) => appendFigureSpec(transaction, spec, "rosa"));
  const at = newsroom.log.size();
  const subject = "theft/2031-01-01-nobody";
  newsroom.claim([{ subject, field: "amount", value: "7654321", unit: "USD" }]);
  define({ id: "in-no-story", title: "What nobody told", measure: "quote", of: "theft", subject, field: "amount" });
  define({ id: "for-the-desk", title: "For the desk alone", measure: "quote", of: "theft", subject, field: "amount", evidence: "all" });
  for (const typed of ["$7,654,321", "7654321"]) assert.deepEqual(found(typed), [["figure", "in-no-story", "7,654,321"]], typed);
  assert.deepEqual(found("7654321", { before: at }), []);
});
