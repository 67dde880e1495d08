// The number of a row leads to a form that says what the row says, as far as its headings name it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { extractTextInProcess } from "../evidence/evidence.ts";
import type { ClaimForm } from "./claim-form.ts";
import { fillFromRow, guessNamedColumns } from "./table-form.ts";

async function fill(csv: string, form: ClaimForm): Promise<ClaimForm> {
  return fillFromRow(form, await extractTextInProcess(new TextEncoder().encode(csv), { file_name: "t.csv" }));
}

test("a row of thefts: its subject, its amount first; another column where one is named", async () => {
  const csv = 'date,victim,amount_usd,country\n2023-09-04,Stake,"41,400,000",Curaçao\n2023-09-05,Other,3 to 4 million,KR\n';
  assert.deepEqual(await fill(csv, { table: "1", row: "1", claimant: "The Panel" }), {
    subject: "theft/2023-09-04-stake", field: "amount", value: "41400000", unit: "USD", column: "amount_usd", basis: "as_published", table: "1", row: "1", claimant: "The Panel",
  });
  assert.deepEqual(await fill(csv, { row: "1", column: "country" }), { subject: "theft/2023-09-04-stake", field: "country", value: "Curaçao", column: "country", row: "1" });
  // What is no plain number is the person's to read: the first other cell is offered, with its place.
  const second = await fill(csv, { row: "2" });
  assert.deepEqual([second.subject, second.field, second.value], ["theft/2023-09-05-other", "date", "2023-09-05"]);
});

test("a row of totals has its year for name and time; what stands in the form stays; headings that say nothing fill in nothing", async () => {
  const csv = "year,count,amount_usd\n2017,6,88640000\nTotal,6,88640000\n";
  const first = await fill(csv, { row: "1", document: "A report" });
  assert.deepEqual([first.subject, first.value, first.period, first.document], ["published-total/2017", "88640000", "2017", "A report"]);
  assert.equal((await fill(csv, { row: "1", subject: "published-total/mine" })).subject, "published-total/mine");
  assert.deepEqual(await fill("a,b\n1,2\n", { row: "1" }), { row: "1" });
  assert.deepEqual(await fill(csv, { row: "9" }), { row: "9" });
  assert.deepEqual(await fill(csv, { quote: "2017" }), { quote: "2017" });
});

test("headings as people write them; the rows of a whole table are named by day and victim where none is called “name”", () => {
  const guess = (...header: string[]) => guessNamedColumns({ header, width: header.length });
  assert.deepEqual(guess("Victim", "Date", "Amount (USD)", "Attributed to"), {
    kind: "theft", hedge: "unstated", unit: "USD", column_1: "name and victim", column_2: "name and date", column_3: "amount", column_4: "attributed_to",
  });
  assert.deepEqual(guess("name", "victim", "date").column_2, "victim");
});
