// The whole path on real, shippable data: a captured article becomes a claim, a figure and a published story; later
// evidence moves the figure and restates it; what was published stays; everything is recomputed and verified.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { verifyFolder } from "../src/evidence/evidence.ts";
import { computeFigure, figureHash, readRestatements, requireFigureSpec } from "../src/figures/figures.ts";
import { tellStory, type Report } from "../src/pipeline.ts";
import { readPublication } from "../src/press/press.ts";
import { recomputeFolder } from "../src/recompute.ts";
import { repositoryRoot } from "./scale.ts";
import { smallNewsroom } from "./small-newsroom.ts";

const article = readFileSync(join(repositoryRoot, "demo", "try", "2023-09-04-Stake.md"));
const report: Report = {
  source: {
    bytes: article,
    origin: { from: "file", name: "2023-09-04-Stake.md" },
    retrieved_at: "2026-11-24T00:00:00Z",
    retrieved_by: "test",
    grade: "copy",
    source_grade: "C",
    item_grade: "3",
    declared_media_type: "text/markdown",
  },
  claims: [
    {
      subject: "theft/2023-09-04-stake",
      field: "victim",
      value: "Stake.com",
      claimant: "1712n/dn-institute",
      hedge: "asserted",
      as_of: "2026-06-21",
      locator: { quote: "Stake.com Suffers" },
    },
    {
      subject: "theft/2023-09-04-stake",
      field: "date",
      value: "2023-09-04",
      claimant: "1712n/dn-institute",
      hedge: "asserted",
      as_of: "2026-06-21",
      locator: { quote: "On September 4, 2023" },
    },
    {
      subject: "theft/2023-09-04-stake",
      field: "amount",
      value: "41400000",
      unit: "USD",
      measure: "gross",
      valuation: { basis: "as_published" },
      claimant: "1712n/dn-institute",
      hedge: "estimated",
      bound: "about",
      as_of: "2026-06-21",
      locator: { quote: "approximately $41.4 million" },
    },
  ],
  figure: { id: "stake-usd", title: "Taken from Stake.com", measure: "sum", of: "theft", field: "amount", currency: "USD" },
  story:
    "---\nslug: what-was-taken-from-stake\ntopic: Payments\nbyline: Case desk\nhappened: 2023-09-04\nreply: reply/stake\n---\n\n# About {{stake-usd}} was taken from one platform\n\n> According to one article.\n\nOn {{date:2023-09-04}} about {{stake-usd}} was taken, one article says.\n",
};

test("from a theft to a story, and on when the evidence moves", async () => {
  const newsroom = await smallNewsroom(11);
  const told = await tellStory(newsroom, report, "test");
  assert.equal(told.figure.value, "41400000");
  assert.equal(told.publication.outcome, "published");

  const [later] = newsroom.claim([
    {
      subject: "theft/2023-09-04-stake",
      field: "amount",
      value: "41000000",
      unit: "USD",
      measure: "gross",
      valuation: { basis: "as_published" },
      claimant: "A later body",
      as_of: "2026-07-01",
    },
  ]);
  assert.ok(later !== undefined);
  const published = readPublication(newsroom.log, "what-was-taken-from-stake")!;
  assert.equal(published.figures[0]!.value, "41400000", "nothing published moved");
  const { spec } = requireFigureSpec(newsroom.log, "stake-usd");
  assert.equal(computeFigure(newsroom.log, spec, newsroom.log.size()).value, "41000000");
  const [restatement] = readRestatements(newsroom.log, "stake-usd");
  assert.deepEqual(
    [restatement?.from.value, restatement?.to.value, restatement?.cause[0]?.what],
    ["41400000", "41000000", "value changed"],
  );
  assert.equal(figureHash(computeFigure(newsroom.log, spec, Number(published.figures[0]!.log_size))), figureHash(published.figures[0]!));

  await assert.rejects(
    tellStory(newsroom, { ...report, claims: [{ ...report.claims[2]!, locator: { quote: "approximately $41.5 million" } }] }, "test"),
    /LOCATOR_NOT_FOUND|not in the text/,
  );
  const verified = await verifyFolder(newsroom.folder, { key: newsroom.verifierKey, recompute: recomputeFolder });
  assert.deepEqual(verified.findings, []);
  assert.equal(verified.outcome, "clean");
  newsroom.remove();
});
