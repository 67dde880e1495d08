// A newsroom that comes out the same to the last bit: every kind of page has something to show, and nothing of it is true.
import { appendFigureSpec } from "../src/figures/figures.ts";
import { composeDraft, openPeople, sendDraft } from "../src/newsletter/newsletter.ts";
import { parseStoryText, publishStory, withdrawStory } from "../src/press/press.ts";
import { reportNewsroom, type ReportNewsroom } from "./report-newsroom.ts";

const money = { unit: "USD", measure: "gross" as const, valuation: { basis: "as_published" as const } };
const LIST = { claimant: "A list", document: "list of 2030", as_of: "2030-01-05", hedge: "estimated" as const };
const OTHERS = { claimant: "A state", document: "statement of 2030", as_of: "2030-01-20", hedge: "suspected" as const };

const story = (head: string, words: string) => parseStoryText(`---\n${head}byline: Case desk\nhappened: 2029-06-01\n---\n\n${words}`);

const TOTALS = story(
  "slug: two-totals\ntopic: Sanctions\nreply: reply/s-2030-7\npicture: table-by-year\n",
  `# Monitors suspect {{said-count}} attacks; their table has {{table-count}}

> The monitors suspect {{said-count}}, according to {{name:S/2030/7}}; a table & a <sentence> do not agree.

Against {{said-count}} suspected attacks the table adds up to {{table-count|exact}}, worth {{table-usd|exact}}, according to the same monitors.

!pull table-usd in the table, according to the monitors

## What the table shows

!chart table-by-year Amounts by year, according to the monitors.

Nobody has *explained* the difference. See [how we count](/how-we-count).
`,
);
const THEFTS = (standfirst: string) =>
  story("slug: three-thefts\ntopic: Exchanges\n", `# {{thefts|words_capital}} thefts\n\n> ${standfirst}\n\nThe list has {{thefts}} thefts.\n`);
const RELEASE = story(
  "type: release\nsupplied: A company\nslug: a-company-says\ntopic: Payments\n",
  "# A company says that all is well\n\n> In its own words.\n\nAll is well.\n",
);
const WITHDRAWN = story("slug: a-mistake\ntopic: Exchanges\n", "# A story that was wrong\n\n> It rested on an altered copy.\n\nWords.\n");

export async function goldenNewsroom(): Promise<ReportNewsroom> {
  const newsroom = await reportNewsroom(1, { fixedKey: true });
  const { log, transact } = newsroom;
  newsroom.claim(
    [
      ["2028-03-04-one-exchange", "One exchange", "1000000"],
      ["2029-05-06-a-bridge", "A bridge", "2500000.5"],
      ["2029-07-08-another-exchange", "Another exchange", "750000"],
    ].flatMap(([name, victim, amount]) => [
      { ...LIST, subject: `theft/${name}`, field: "victim", value: victim! },
      { ...LIST, subject: `theft/${name}`, field: "date", value: name!.slice(0, 10) },
      { ...LIST, ...money, subject: `theft/${name}`, field: "amount", value: amount! },
    ]),
  );
  newsroom.claim([
    { ...OTHERS, ...money, subject: "theft/2029-05-06-a-bridge", field: "amount", value: "3000000", bound: "about" },
    { ...OTHERS, subject: "theft/2029-05-06-a-bridge", field: "attributed_to", value: "A group" },
    { ...OTHERS, subject: "theft/2029-05-06-a-bridge", field: "attribution_level", value: "official-gov" },
    { claimant: "Another state", hedge: "denied", as_of: "2030-02-01", subject: "theft/2029-05-06-a-bridge", field: "attributed_to", value: "A group" },
  ]);
  const define = (spec: Record<string, unknown>) => transact("test", (transaction) => appendFigureSpec(transaction, spec, "test"));
  define({ id: "thefts", title: "Thefts in the list", measure: "count", of: "theft", noun: { one: "theft", many: "thefts" } });
  define({
    id: "table-by-year",
    title: "Amounts by year in the monitors’ table",
    measure: "series",
    of: "published-total",
    field: "amount",
    by: "year",
    currency: "USD",
    valuation: { basis: "as_published" },
    gross_or_net: "gross",
    period: { basis: "period", from: "2028-01-01", to: "2029-12-31" },
    choice: { documents: ["S/2030/7, yearly table"] },
    dispersion: "range",
  });
  const publish = (text: typeof TOTALS, more: { correction?: { what: string }; why?: string } = {}) =>
    transact("test", (transaction) => publishStory(transaction, log, text, { by: "test", ...more }));
  publish(WITHDRAWN);
  publish(THEFTS("Taken from somebody."));
  publish(RELEASE);
  publish(TOTALS);
  const people = openPeople(newsroom.folder, newsroom.effects);
  composeDraft(people, log, { slugs: ["three-thefts", "two-totals"] });
  sendDraft(people, log, { base: "https://news.example.org", by: "test", transact: (change) => transact("test", change) });
  people.close();
  newsroom.claim([{ ...LIST, subject: "theft/2029-09-10-a-wallet", field: "victim", value: "A wallet’s users" }]);
  publish(THEFTS("Taken from exchanges, a bridge and users."), { correction: { what: "The first version left users out & “more”." } });
  transact("test", (transaction) => withdrawStory(transaction, log, "a-mistake", { by: "test", why: "Its source was an altered copy." }));
  return newsroom;
}
