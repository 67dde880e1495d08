import assert from "node:assert/strict";
import { test } from "node:test";
import { extractTextInProcess, requireLocator } from "../evidence/evidence.ts";
import { smallNewsroom } from "../../test/small-newsroom.ts";
import { appendClaim, appendInversesOf, foreseeClaim, foreseeClaims, parseClaim, readClaims, readTableClaims, totalAgainstRows, type TableSpec } from "./casefile.ts";

const common = { claimant: "The Panel", hedge: "suspected", as_of: "2024-03", unit: "USD" } as const;
async function read(csv: string, spec: Omit<TableSpec, "table" | "common"> & Partial<TableSpec>) {
  const text = await extractTextInProcess(new TextEncoder().encode(csv), { file_name: "t.csv" });
  assert.ok(text.outcome === "text");
  return { text, found: readTableClaims(text, 7, { table: 1, common, ...spec }) };
}
const columns = (...roles: string[]) => new Map(roles.map((role, at) => [at + 1, role]));

test("each cell becomes a claim with its own place; what the row says goes to each of its claims", async () => {
  const { text, found } = await read("year,n,usd,note\n2017,3,\"88,640,000\",x\n2018,,$447.6 million,\n", { kind: "published-total", prefix: "Panel 2024", columns: columns("name and period", "count", "amount", "") });
  assert.deepEqual(found.refused, []);
  assert.equal(found.empty, 1);
  assert.deepEqual(
    found.claims.map(({ row, column, claim: { subject, field, value, period, unit } }) => [row, column, subject, field, value, period, unit]),
    [
      [1, "n", "published-total/panel-2024-2017", "count", "3", "2017", undefined],
      [1, "usd", "published-total/panel-2024-2017", "amount", "88640000", "2017", "USD"],
      [2, "usd", "published-total/panel-2024-2018", "amount", "447600000", "2018", "USD"],
    ],
  );
  assert.deepEqual(found.claims.map(({ claim }) => requireLocator(text, claim.source.locator, "here")), ["3", "88,640,000", "$447.6 million"]);
});

test("what is not plainly a number, a date or a name is refused with its row, and the others go on", async () => {
  const { found } = await read(
    "when,victim,lost\n2023-09-04,Stake,41.4\n2023-09-05,Other,3 to 4 million\nsoon,Third,5\n,,9\n2023-09-04,Stake,7\n2023-10-01,Fifth,\"1.234,5\"\n2023-10-02,=1+1,6\n2023-10-03,Euros,€6\n",
    { kind: "theft", columns: columns("name and period", "name", "amount") },
  );
  assert.deepEqual(found.claims.map(({ claim }) => [claim.subject, claim.value]), [["theft/2023-09-04-stake", "41.4"], ["theft/2023-10-02-1-1", "6"]]);
  assert.deepEqual(found.refused.map(({ row, column, why }) => [row, column, why.slice(0, 40)]), [
    [2, "lost", "“3 to 4 million” is not one plain number"],
    [3, "when", "“soon” is no time that is plain to read"],
    [4, "when", "nothing that names it stands here"],
    [5, "when", "row 1 is about “theft/2023-09-04-stake” "],
    [6, "lost", "“1.234,5” is not one plain number"],
    [8, "lost", "“€6” is in EUR, not in USD"],
  ]);
});

test("a row that calls itself a total is left out with its check, until somebody takes it in", async () => {
  const csv = "year,n\n2017,20\n2018,30.5\n2019,7\nTotal,58.5\n";
  const spec = { kind: "published-total", columns: columns("name", "count") } as const;
  const { text, found } = await read(csv, spec);
  const words = "This total is 58.5; the 3 rows above it in this column sum to 57.5: it is 1 more than its rows (row 4)";
  assert.deepEqual(found.totals, [{ row: 4, label: "Total", taken: false, checks: [{ column: 1, adds_up: false, words }] }]);
  assert.deepEqual(found.claims.map(({ row }) => row), [1, 2, 3]);
  const taken = await read(csv, { ...spec, take_totals: [4] });
  assert.deepEqual([taken.found.claims.map(({ row }) => row), taken.found.totals[0]!.taken], [[1, 2, 3, 4], true]);
  assert.equal(totalAgainstRows(text, text.tables![0]!.rows, 4, 1), words);
  assert.equal(totalAgainstRows(text, text.tables![0]!.rows, 3, 1), undefined);
  const short = await read("year,n\n2017,2000\n2018,57\nAll thefts,2056\n", spec);
  assert.match(short.found.totals[0]!.checks[0]!.words, /2,056; .* sum to 2,057: it is 1 short of its rows/);
  assert.deepEqual((await read(csv, { ...spec, rows: { from: 1, to: 3 } })).found.totals, [], "what was not asked for is not spoken of");
});

test("sub-totals are summed once; who is only called like a total stays; a total without numbers is left out too", async () => {
  const spec = { kind: "theft", columns: columns("name", "amount") } as const;
  const blocks = (await read("victim,usd\nOne,5\nTwo,7\nSubtotal,12\nThree,1\nFour,2\nSub-total,3\nGrand total,15\n", spec)).found;
  assert.deepEqual(blocks.claims.map(({ claim }) => claim.subject), ["theft/one", "theft/two", "theft/three", "theft/four"]);
  assert.deepEqual(blocks.totals.map(({ row, checks }) => [row, checks[0]!.adds_up]), [[3, true], [6, true], [7, true]]);
  const names = (await read("victim,usd\nBig,500\nOther,70\nTotal Finance,12\nAll Art,8\nTotal of both years,590\nTotal,unknown\n", spec)).found;
  assert.deepEqual(names.claims.map(({ claim }) => claim.subject), ["theft/big", "theft/other", "theft/total-finance", "theft/all-art"]);
  assert.deepEqual(names.totals.map(({ row, checks }) => [row, checks.map(({ adds_up }) => adds_up)]), [[5, [true]], [6, []]]);
  assert.deepEqual(names.refused, []);
});

test("what is wrong with the whole is said at once", async () => {
  const attempt = (spec: Omit<TableSpec, "table" | "common"> & Partial<TableSpec>) => read("a,b\n1,2\n", spec);
  await assert.rejects(attempt({ kind: "theft", columns: columns("name", "") }), /at least one column/);
  await assert.rejects(attempt({ kind: "theft", columns: columns("name", "no_such") }), /no field “no_such”/);
  await assert.rejects(attempt({ kind: "theft", columns: columns("", "amount") }), /which column names/);
  await assert.rejects(attempt({ kind: "theft", table: 2, columns: columns("name", "amount") }), /no table 2/);
  const many = `a,b\n${Array.from({ length: 2_001 }, (_, at) => `r${at},${at}`).join("\n")}\n`;
  await assert.rejects(read(many, { kind: "theft", columns: columns("name", "amount") }), /at most 2000 are read at once/);
  assert.equal((await read(many, { kind: "theft", columns: columns("name", "amount"), rows: { from: 2, to: 11 } })).found.claims.length, 10);
});

test("what would be raised is known before anything is written, by one claim and by many; one change takes all of them back", async () => {
  const newsroom = await smallNewsroom();
  try {
    newsroom.claim([{ subject: "theft/one", field: "amount", value: "5000000", unit: "USD" }]);
    const capture = readClaims(newsroom.log, { log_size: newsroom.log.size(), evidence: "all" })[0]!.source.capture;
    const size = newsroom.log.size();
    const at = { log_size: size, evidence: "all" as const };
    const claim = (subject: string, value: string) => parseClaim({ subject, field: "amount", value, unit: "USD", claimant: "Another", hedge: "asserted", as_of: "2024", source: { capture, locator: { row: 1, column: "x" } } });
    const one = foreseeClaim(newsroom.log, at, claim("theft/two", "5000000"));
    assert.deepEqual(one.findings.map(({ check }) => check).toSorted(), ["equal-amounts", "measure-not-stated", "single-source"]);
    assert.equal(one.held, undefined);
    assert.deepEqual(foreseeClaim(newsroom.log, at, claim("theft/one", "6")).rivals.map(({ value }) => value), ["5000000"]);
    // Neither is held: they are seen beside each other.
    const batch = [claim("theft/three", "9000000"), claim("theft/four", "9000000")];
    assert.ok(foreseeClaims(newsroom.log, at, batch).findings.some(({ check, what }) => check === "equal-amounts" && what.includes("theft/three and theft/four")));
    assert.equal(newsroom.log.size(), size);

    const seqs = newsroom.transact("rosa", (transaction) => batch.map((input) => appendClaim(transaction, input, "rosa")));
    assert.deepEqual([...foreseeClaims(newsroom.log, { ...at, log_size: newsroom.log.size() }, batch).held], [[0, seqs[0]], [1, seqs[1]]]);
    const span = { capture, first: seqs[0]!, last: seqs[1]! };
    assert.throws(() => newsroom.transact("olga", (transaction) => appendInversesOf(transaction, newsroom.log, span, "not hers", "olga", (author) => author === "olga")), /you can take back/);
    newsroom.transact("rosa", (transaction) => appendInversesOf(transaction, newsroom.log, span, "the wrong table", "rosa"));
    assert.deepEqual(readClaims(newsroom.log, { log_size: newsroom.log.size(), evidence: "all" }).map(({ subject }) => subject), ["theft/one"]);
    assert.equal(readClaims(newsroom.log, { log_size: newsroom.log.size() - 2, evidence: "all" }).length, 3);
  } finally {
    newsroom.remove();
  }
});

test("what names a row is claimed of it too; a day stands first in the name; a cell that says nobody knew is no group", async () => {
  const { found } = await read("Victim,Date,Amount,Attributed to\nAlpha Exchange,2024-07-03,\"1,200,000\",Lazarus Group\nGamma Wallet,not known,5,unknown\nunnamed,2024-09-05,7,n/a\n", {
    kind: "theft",
    columns: columns("name and victim", "name and date", "amount", "attributed_to"),
  });
  assert.deepEqual(
    found.claims.map(({ claim: { subject, field, value } }) => [subject, field, value]),
    [
      ["theft/2024-07-03-alpha-exchange", "victim", "Alpha Exchange"],
      ["theft/2024-07-03-alpha-exchange", "date", "2024-07-03"],
      ["theft/2024-07-03-alpha-exchange", "amount", "1200000"],
      ["theft/2024-07-03-alpha-exchange", "attributed_to", "Lazarus Group"],
      ["theft/gamma-wallet", "victim", "Gamma Wallet"],
      ["theft/gamma-wallet", "amount", "5"],
      ["theft/2024-09-05", "date", "2024-09-05"],
      ["theft/2024-09-05", "amount", "7"],
    ],
  );
  assert.deepEqual(found.refused.map(({ row, column, why }) => [row, column, why]), [
    [2, "Date", "“not known” is no date that is plain to read"],
    [2, "Attributed to", "“unknown” says that nobody knew"],
    [3, "Victim", "“unnamed” says that nobody knew"],
    [3, "Attributed to", "“n/a” says that nobody knew"],
  ]);
});
