// A newsroom of any size from a seed, for measuring how pages grow: claims of every kind, captures, figures, stories with
// revisions, corrections and press releases, written through the same doors as real ones. Its words mean nothing.
import { appendClaim, parseClaim, type ClaimInput } from "../src/casefile/casefile.ts";
import { seededRandom } from "../src/effects.ts";
import { appendCapture, appendRelease, extractTextInProcess, prepareCapture } from "../src/evidence/evidence.ts";
import { appendFigureSpec, type Figure, type FigureSpec } from "../src/figures/figures.ts";
import { createNewsroom, type NewsroomWriter } from "../src/newsroom.ts";
import { TOPICS, parseStory, publishStory, withdrawStory, type Inline } from "../src/press/press.ts";

const CLAIMS_PER_STORY = 10;
const CLAIMS_PER_CAPTURE = 100;
const STORIES_PER_FIGURE = 10;
const STORIES_PER_RELEASE = 20;
const STORIES_PER_CORRECTION = 50;
const AUTHORS = 40;
const BATCH = 1_000;

const WORDS =
  "address agency analyst audit auditor block bridge broker chain chamber claim clerk coin committee contract counsel court custody designation dispute draft exchange filing firm freeze harbour hearing index indictment inquiry invoice issuer key ledger letter liquidity loss market member mixer monitor network note oracle order panel partner payment pool price protocol question record regulator release report reserve resolution route rule sale sample seizure service shipment signer source statement summary supply table token trace trade transfer treasury validator vault vessel vote wallet warrant witness".split(
    " ",
  );
const CLAIMANTS = Array.from({ length: 60 }, (_, at) => `Office of ${WORDS[at]!}`);
const COUNTRIES = "KR US JP GB DE FR SG HK VG SC EE IN VN TH PH NG BR CA AU CH".split(" ");
const LEVELS = ["official-UN", "official-gov", "official-suspected", "vendor", "single-researcher", "not-attributed"];

/** Chance from a seed, as whole numbers below a bound. */
export type Chance = { below(bound: number): number; one<T>(list: readonly T[]): T; words(count: number): string };

export function chanceOf(seed: number): Chance {
  const random = seededRandom(seed);
  const below = (bound: number) => {
    const [a, b, c] = random(3) as unknown as [number, number, number];
    return Math.floor(((a * 65_536 + b * 256 + c) / 16_777_216) * bound);
  };
  const one = <T>(list: readonly T[]): T => list[below(list.length)]!;
  return { below, one, words: (count) => Array.from({ length: count }, () => one(WORDS)).join(" ") };
}

/** Claims of one subject each, about ten to a subject for thefts, fewer for the rest. */
function* subjects(chance: Chance): Generator<Partial<ClaimInput>[]> {
  for (let at = 0; ; at++) {
    const year = 2014 + chance.below(12);
    const day = `${year}-${String(1 + chance.below(12)).padStart(2, "0")}-${String(1 + chance.below(28)).padStart(2, "0")}`;
    const name = `${chance.words(2).replaceAll(" ", "-")}-${at}`;
    const amount = String((1 + chance.below(90_000)) * 1_000);
    const theft = `theft/${day}-${name}`;
    const of = (subject: string, field: string, value: string, more: Partial<ClaimInput> = {}) => ({
      subject,
      field,
      value,
      as_of: day,
      ...more,
    });
    const money = { unit: "USD", valuation: { basis: "as_published" as const }, measure: "gross" as const };
    yield [
      of(theft, "victim", `${capital(chance.words(2))} ${at}`),
      of(theft, "date", day),
      of(theft, "date_theft", day),
      of(theft, "country", chance.one(COUNTRIES)),
      of(theft, "amount", amount, money),
      of(theft, "amount", String(Number(amount) + chance.below(50) * 1_000), money),
      of(theft, "attributed_to", `Group ${chance.one(WORDS)}`, { hedge: "suspected" }),
      of(theft, "attribution_level", chance.one(LEVELS)),
      of(theft, "victim_type", "company/protocol"),
      of(theft, "listed_by", "list of one researcher"),
    ];
    const actor = `actor/${chance.one(WORDS)}-${chance.one(WORDS)}-${at % 997}`;
    yield [of(actor, "alias", `${capital(chance.words(1))} ${at}`), of(actor, "targets", chance.words(4))];
    yield [of(`trade-figure/${name}`, "amount", amount, { ...money, period: String(year) })];
    yield [of(`weapons-event/${name}`, "event", chance.words(5)), of(`weapons-event/${name}`, "date", day)];
    yield [
      of(`measure/${name}`, "goods", chance.words(6)),
      of(`measure/${name}`, "codes", String(2_500 + (at % 7_000))),
      of(`measure/${name}`, "valid_from", day),
    ];
    yield [of(`luxury-line/${name}`, "item", chance.words(4))];
    yield [of(`worker-posting/${name}`, "count", String(1 + chance.below(900)), { unit: "people" })];
    yield [of(`reply/arms-${name}`, "answer", chance.words(8), { hedge: "denied" })];
    yield [of(`position/${name}`, "position", chance.words(7))];
    if (at % 4 === 0) yield [of(`arms-transfer/${name}`, "supplies", chance.words(5))];
    if (at % 4 === 1) yield [of(`funding-claim/${name}`, "share", String(chance.below(100)), { unit: "percent" })];
    if (at % 9 === 0) yield [of(`report/${name}`, "title", chance.words(5)), of(`report/${name}`, "symbol", `S/${year}/${at}`)];
    if (at % 40 === 0) yield [of(`published-total/${year}-${at}`, "amount", amount, { ...money, period: String(year) })];
  }
}

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

/** Fills a new folder with `stories` stories and ten times as many claims. Written over some years of the log's own time. */
export async function fillLargeNewsroom(folder: string, stories: number, seed = 4): Promise<NewsroomWriter> {
  const chance = chanceOf(seed);
  const entries = stories * (CLAIMS_PER_STORY + 2);
  const [start, end] = [Date.parse("2022-01-01T00:00:00Z"), Date.parse("2026-11-01T00:00:00Z")];
  let ticks = 0;
  const clock = () => new Date(start + Math.min(1, ticks++ / entries) * (end - start)).toISOString();
  const newsroom = createNewsroom(folder, { clock, random: seededRandom(seed) });
  const quotable = await addClaims(newsroom, stories * CLAIMS_PER_STORY, chance);
  const figures = addFigures(newsroom, Math.max(5, stories / STORIES_PER_FIGURE), quotable);
  addStories(newsroom, stories, figures, chance);
  return newsroom;
}

async function addClaims(newsroom: NewsroomWriter, count: number, chance: Chance): Promise<string[]> {
  const quotable: string[] = [];
  let made = 0;
  const source = subjects(chance);
  while (made < count) {
    const batch: Partial<ClaimInput>[] = [];
    while (batch.length < Math.min(BATCH, count - made)) batch.push(...source.next().value!);
    const captures: Awaited<ReturnType<typeof prepareCapture>>[] = [];
    for (let at = 0; at < batch.length; at += CLAIMS_PER_CAPTURE)
      captures.push(
        await prepareCapture(
          newsroom.blobs,
          {
            bytes: new TextEncoder().encode(`${chance.words(60)}. Capture ${made + at}, which holds made-up words.\n`),
            origin: { from: "file", name: `made-up-${made + at}.txt` },
            retrieved_at: newsroom.effects.clock(),
            retrieved_by: "bench",
            grade: "copy",
            source_grade: "F",
            item_grade: "6",
          },
          (bytes, options) => Promise.resolve(extractTextInProcess(bytes, options)),
        ),
      );
    newsroom.transact("bench", (transaction) => {
      const seqs = captures.map((capture) => appendCapture(transaction, capture));
      const claims = batch.map((claim, at) =>
        appendClaim(
          transaction,
          parseClaim({
            claimant: chance.one(CLAIMANTS),
            hedge: "asserted",
            source: { capture: seqs[Math.floor(at / CLAIMS_PER_CAPTURE)]!, locator: { quote: "made-up words" } },
            ...claim,
          }),
          "bench",
        ),
      );
      appendRelease(transaction, [...seqs, ...claims], seqs, "bench");
    });
    for (const { subject, field } of batch) if (field === "victim") quotable.push(subject!);
    made += batch.length;
  }
  return quotable;
}

/** A few over all thefts, as the front page and the case have; the rest quote one theft each. */
function addFigures(newsroom: NewsroomWriter, count: number, quotable: readonly string[]): string[] {
  const counted = { attribution: { levels: ["official-UN", "official-gov"] } } satisfies Partial<FigureSpec>;
  const period = { basis: "date" as const, from: "2017-01-01", to: "2023-12-31" };
  const money = { measure: "sum" as const, field: "amount", currency: "USD", valuation: { basis: "as_published" as const } };
  const wide: FigureSpec[] = [
    { id: "panel-2024-published-count", title: "Thefts by official word", measure: "count", of: "theft", ...counted },
    { id: "panel-2024-table-count", title: "Thefts of the period", measure: "count", of: "theft", period },
    {
      id: "thefts-2017-2023-official-companies-count",
      title: "Thefts from firms",
      measure: "count",
      of: "theft",
      period,
      victims: { types: ["company/protocol"] },
    },
    { id: "panel-2024-table-by-year", title: "Thefts by year", ...money, measure: "series", by: "year", of: "theft", period },
  ];
  const quotes = quotable.slice(0, Math.max(0, count - wide.length)).map((subject, at): FigureSpec => ({
    id: `quoted-${at}`,
    title: `What was taken, ${subject.slice("theft/".length)}`,
    of: "theft",
    subject,
    ...money,
    measure: "quote",
  }));
  newsroom.transact("bench", (transaction) => {
    for (const spec of [...wide, ...quotes]) appendFigureSpec(transaction, spec, "bench");
  });
  return quotes.map(({ id }) => id);
}

function addStories(newsroom: NewsroomWriter, count: number, figures: readonly string[], chance: Chance): void {
  const topics = Object.keys(TOPICS);
  const text = (words: number): Inline[number] => ({ type: "text", text: `${capital(chance.words(words))}. ` });
  const story = (at: number, about = "") => {
    const figure = (): Inline[number] => ({ type: "figure", id: chance.one(figures), form: "short" });
    const isRelease = at % STORIES_PER_RELEASE === STORIES_PER_RELEASE - 1;
    const paragraph = () => ({
      type: "paragraph" as const,
      content: [
        text(40),
        { type: "text" as const, text: "They said it was " },
        figure(),
        { type: "text" as const, text: `, by one account.${about} ` },
        text(60),
      ],
    });
    return parseStory({
      type: isRelease ? "release" : "story",
      ...(isRelease ? { supplied_by: chance.one(CLAIMANTS) } : {}),
      slug: `made-up-${at}`,
      topic: chance.one(topics),
      byline: `Desk of ${WORDS[at % AUTHORS]!}`,
      happened: `20${14 + chance.below(12)}-0${1 + chance.below(9)}-1${chance.below(9)}`,
      picture: at % 3 === 0 ? "panel-2024-table-by-year" : undefined,
      headline: [{ type: "text", text: capital(chance.words(9)) }],
      standfirst: [text(20)],
      sections: [
        { title: null, blocks: [paragraph(), paragraph()] },
        { title: [text(3)], blocks: [paragraph(), paragraph()] },
      ],
      replies: [],
    });
  };
  for (let at = 0; at < count; at += BATCH)
    newsroom.transact("bench", (transaction) => {
      const known = new Map<string, Figure>();
      const options = { by: "bench", figures: known };
      for (let own = at; own < Math.min(count, at + BATCH); own++) {
        publishStory(transaction, newsroom.log, story(own), options);
        if (own % STORIES_PER_CORRECTION === 7)
          publishStory(transaction, newsroom.log, story(own, " This was put right."), {
            ...options,
            correction: { what: "A word was wrong." },
          });
        if (own % (STORIES_PER_CORRECTION * 10) === 9)
          withdrawStory(transaction, newsroom.log, `made-up-${own}`, { by: "bench", why: "It was wrong." });
      }
    });
}
