// A small newsroom about one report of monitors whose total its own table does not reach, for tests of reports.
import { appendCapture, appendRelease, prepareCapture } from "../src/evidence/evidence.ts";
import { appendFigureSpec } from "../src/figures/figures.ts";
import { smallNewsroom, type SmallNewsroom } from "./small-newsroom.ts";

const PANEL = { claimant: "The monitors", hedge: "suspected" as const };
const TABLE = { ...PANEL, document: "S/2030/7, yearly table", as_of: "2030-03" };
const money = { unit: "USD", measure: "gross" as const, valuation: { basis: "as_published" as const } };
const over = {
  of: "published-total",
  choice: { documents: ["S/2030/7, yearly table"] },
  period: { basis: "period", from: "2028-01-01", to: "2029-12-31" },
};

export type ReportNewsroom = SmallNewsroom & { withheld: number };

export async function reportNewsroom(seed = 1, options: { fixedKey?: boolean } = {}): Promise<ReportNewsroom> {
  const newsroom = await smallNewsroom(seed, options);
  const prepared = await prepareCapture(newsroom.blobs, {
    bytes: new TextEncoder().encode("A letter that may not be shown. It says that nobody replied.\n"),
    origin: { from: "file", name: "letter.txt" },
    retrieved_at: "2026-01-01T00:00:00Z",
    retrieved_by: "test",
    grade: "original",
    source_grade: "A",
    item_grade: "1",
    title: "A secret letter",
  });
  const withheld = newsroom.transact("test", (transaction) => appendCapture(transaction, prepared));
  newsroom.claim([
    ...[
      ["2028", "3", "1500000"],
      ["2029", "4", "2250000"],
    ].flatMap(([period, count, amount]) => [
      { ...TABLE, subject: `published-total/attacks-${period}`, field: "count", value: count!, unit: "attacks", period: period! },
      { ...TABLE, ...money, subject: `published-total/attacks-${period}`, field: "amount", value: amount!, period: period! },
    ]),
    {
      ...PANEL,
      document: "draft of S/2030/7",
      as_of: "2030-02-01",
      subject: "published-total/attacks-2028-2029",
      field: "count",
      value: "8",
      unit: "attacks",
      bound: "exact",
      period: "2028-01-01/2029-12-31",
    },
    { subject: "report/s-2030-7", field: "title", value: "A report of monitors", claimant: "The council" },
    { subject: "report/s-2030-7", field: "committee_at", value: "2030-02-04", claimant: "The council", as_of: "2030-02-04" },
    { subject: "report/s-2030-7", field: "council_at", value: "2030-02-28", claimant: "The council", as_of: "2030-02-28" },
    { subject: "reply/s-2030-7", field: "asked", value: "Is the account yours?", claimant: "The monitors" },
    { subject: "reply/s-2030-7", field: "asked_of", value: "A company", claimant: "The monitors" },
    { subject: "reply/s-2030-7", field: "asked_at", value: "2030-01-05", claimant: "The monitors" },
    { subject: "reply/s-2030-7", field: "channel", value: "letter", claimant: "The monitors" },
    {
      subject: "reply/s-2030-7",
      field: "deadline",
      value: "2030-01-20",
      claimant: "The monitors",
      source: { capture: withheld, locator: { quote: "nobody replied" } },
    },
    {
      subject: "actor/one-group",
      field: "shares",
      value: "tools & <infrastructure>",
      claimant: "A state",
      wording: "tools that others have",
      source: { capture: withheld, locator: { quote: "nobody replied" } },
    },
  ]);
  newsroom.transact("test", (transaction) => {
    appendFigureSpec(
      transaction,
      {
        ...over,
        id: "table-count",
        title: "Attacks in the yearly table",
        measure: "column_sum",
        field: "count",
        noun: { one: "attack", many: "attacks" },
      },
      "test",
    );
    appendFigureSpec(
      transaction,
      {
        ...over,
        id: "table-usd",
        title: "Amounts in the yearly table",
        measure: "column_sum",
        field: "amount",
        currency: "USD",
        valuation: { basis: "as_published" },
        gross_or_net: "gross",
      },
      "test",
    );
    appendFigureSpec(
      transaction,
      {
        id: "said-count",
        title: "Attacks as the monitors published",
        measure: "quote",
        of: "published-total",
        subject: "published-total/attacks-2028-2029",
        field: "count",
        noun: { one: "attack", many: "attacks" },
      },
      "test",
    );
  });
  return { ...newsroom, withheld };
}

/** Releases what had not been. */
export function releaseWithheld(newsroom: ReportNewsroom): void {
  newsroom.transact("test", (transaction) => appendRelease(transaction, [newsroom.withheld], [], "test"));
}

export const SMALL_SPEC = `title: "{{said-count}} suspected attacks, and a table of {{table-count}}"
symbol: TW/2030/1
desk: Case desk
period: 2028-01-01/2029-12-31
language: en
summary: Monitors suspect {{said-count}} attacks; their table as held has {{table-count}}.
sections:
  - title: The total
    paragraphs:
      - The monitors suspect {{said-count}} attacks, according to {{name:S/2030/7}}. Their table adds up to {{table-count}}, worth {{table-usd|exact}}, according to the same monitors.
      - table: table-usd
        caption: Amounts by year
      - Nobody has *explained* the difference.
  - title: What is shared
    paragraphs:
      - text: A state says that one group has “tools that others have”.
        cites: [actor/one-group shares]
replies: [reply/s-2030-7]
`;
