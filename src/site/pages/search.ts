// Search over stories, releases, thefts, groups and figures. An address or a transaction is looked for in the rows of
// every source that is held.
import { readSubjects, readClaims } from "../../casefile/casefile.ts";
import { accountsOf, describeReading, readAddress } from "../../chains/chains.ts";
import { findDataset, readRow } from "../../datasets/datasets.ts";
import { editDistance } from "../../edit-distance.ts";
import { listFigureSpecs } from "../../figures/figures.ts";
import { searchStories, type StorySearch } from "../../press/press.ts";
import { jsonAnswer } from "../answers.ts";
import { html, nothing, type Html } from "../html.ts";
import { frame } from "../layout.ts";
import type { Route, SiteContext } from "../route.ts";
import { formatDay, plural, storyHref, theftHref } from "../words.ts";

const QUERY_LENGTH_MAX = 200;
const OTHERS_MAX = 20;
const ROWS_MAX = 50;
const KINDS = ["story", "release", "theft", "actor", "figure"] as const;

export const searchRoutes: Route[] = [
  {
    path: "/search",
    about: "Search over stories, releases, thefts, groups and figures; addresses and transactions are recognised.",
    query: ["q", "topic", "kind"],
    render(context, { query }) {
      const text = (query.get("q") ?? "").trim().slice(0, QUERY_LENGTH_MAX);
      const kind = KINDS.find((item) => item === query.get("kind"));
      const topic = query.get("topic") || undefined;
      const found = text ? searchAll(context, text, kind, topic) : undefined;
      const body = html`<div class="column wide"><h1>Search</h1>
<form class="filters" action="/search" method="get" role="search" aria-label="Search">
<label>Words, an address or a transaction<input type="search" name="q" value="${text}" size="34" maxlength="${QUERY_LENGTH_MAX}"></label>
<label>Only<select name="kind"><option value="">everything</option>${KINDS.map((item) => html`<option value="${item}"${kind === item && html` selected`}>${KIND_WORDS[item]}</option>`)}</select></label>
<button type="submit">Search</button></form>
${found ? resultsHtml(text, found, topic) : emptyHtml()}</div>`;
      return {
        content_type: "text/html; charset=utf-8",
        body: frame({
          title: text ? `Search: ${text}` : "Search",
          description: "Search Tracewire.",
          path: "/search",
          context,
          body,
          unlisted: true,
        }),
        depends: ["log"],
      };
    },
  },
  {
    path: "/search.json",
    about: "The same search for programs.",
    query: ["q", "topic", "kind"],
    render(context, { query }) {
      const text = (query.get("q") ?? "").trim().slice(0, QUERY_LENGTH_MAX);
      const found = text
        ? searchAll(
            context,
            text,
            KINDS.find((item) => item === query.get("kind")),
            query.get("topic") || undefined,
          )
        : undefined;
      const stories = found?.stories.hits.map(({ card, snippet }) => ({
        kind: card.type,
        title: card.headline,
        href: hrefOf(card),
        snippet: snippet.replaceAll(/[\u0001\u0002]/g, ""),
      }));
      return jsonAnswer(
        {
          q: text,
          instead: found?.stories.instead ?? null,
          results: [...(stories ?? []), ...(found?.others ?? [])],
          rows: found?.rows ?? [],
        },
        ["log"],
      );
    },
  },
];

const KIND_WORDS = { story: "stories", release: "press releases", theft: "thefts", actor: "groups", figure: "figures" } as const;

type Other = { kind: "theft" | "actor" | "figure"; title: string; href: string };
type RowHit = { dataset: string; entry: number; row: number; title: string; cells: Record<string, string> };
type RowPlace = { dataset: number; at: number; name: string };
type Identifier = { spellings: string[]; words: string; isAddress: boolean };
type Found = { stories: StorySearch; others: Other[]; rows: RowHit[]; identifier?: Identifier };

function searchAll(context: SiteContext, text: string, kind: (typeof KINDS)[number] | undefined, topic: string | undefined): Found {
  const identifier = identifierOf(text);
  const wantsStories = kind === undefined || kind === "story" || kind === "release";
  const stories = wantsStories
    ? searchStories(context.log, text, { topic, type: kind, before: context.at.log_size })
    : { hits: [], topics: [] };
  const others = topic ? [] : searchTitles(context, text).filter((other) => kind === undefined || other.kind === kind);
  return {
    stories,
    others: others.slice(0, OTHERS_MAX),
    rows: identifier ? rowsWith(context, identifier.spellings) : [],
    identifier,
  };
}

/** What a text is, when it is no words: an address or a transaction, in every spelling that a source's row may have. */
function identifierOf(text: string): Identifier | undefined {
  if (/^0x[0-9a-f]{64}$/i.test(text)) return { spellings: [text.toLowerCase()], words: "a transaction", isAddress: false };
  if (/^[0-9a-f]{64}$/i.test(text))
    return { spellings: [text.toLowerCase()], words: "a transaction of Bitcoin or a like chain", isAddress: false };
  const reading = readAddress(text);
  if (reading.outcome === "not_an_address") return undefined;
  return {
    spellings: [...new Set([text, ...accountsOf(reading).map(({ address }) => address)])],
    words: describeReading(reading),
    isAddress: true,
  };
}

function rowsWith(context: SiteContext, spellings: readonly string[]): RowHit[] {
  const hits = context.log.db
    .prepare(
      `SELECT r.dataset, r.at, d.name FROM dataset_rows r JOIN datasets d ON d.seq = r.dataset JOIN entry_index i ON i.seq = d.seq
       WHERE i.released < ? AND (${spellings.map(() => "instr(r.body, ?) > 0").join(" OR ")}) LIMIT ?`,
    )
    .all(context.at.log_size, ...spellings.map((text) => JSON.stringify(text)), ROWS_MAX) as unknown as RowPlace[];
  return hits.map(({ dataset, at, name }) => {
    const found = findDataset(context.log, name, context.at.log_size);
    return { dataset: name, entry: dataset, row: at, title: found?.title ?? name, cells: readRow(context.log, dataset, at)! };
  });
}

/** Titles of thefts, groups and figures that have every word, or one spelled nearly so. */
function searchTitles(context: SiteContext, text: string): Other[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  if (words.length === 0) return [];
  const titles = context.memo("search titles", () => titlesOf(context));
  return titles
    .filter(({ parts }) =>
      words.every((word) =>
        parts.some(
          (part) => part.startsWith(word) || (word.length > 4 && Math.abs(part.length - word.length) < 2 && editDistance(part, word) === 1),
        ),
      ),
    )
    .map(({ other }) => other);
}

function titlesOf(context: SiteContext): { other: Other; parts: string[] }[] {
  const { log, at } = context;
  const groups = new Map(
    readClaims(log, at, { kind: "actor" }).map((claim) => [claim.subject, claim.subject.slice("actor/".length).replaceAll("-", " ")]),
  );
  const others: Other[] = [
    ...readSubjects(log, at, "theft").map((subject): Other => {
      const victim = readClaims(log, at, { subject, field: "victim" }).at(-1)?.value ?? subject;
      return { kind: "theft", title: victim, href: theftHref(subject) };
    }),
    ...[...groups].map(([subject, name]): Other => ({ kind: "actor", title: name, href: `/case/actor/${subject.slice("actor/".length)}` })),
    ...listFigureSpecs(log).map(({ id, spec }): Other => ({ kind: "figure", title: spec.title, href: `/figures/${id}` })),
  ];
  return others.map((other) => ({ other, parts: other.title.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [] }));
}

function resultsHtml(text: string, { stories, others, rows, identifier }: Found, topic: string | undefined): Html {
  const count = stories.hits.length + others.length + rows.length;
  if (count === 0)
    return html`<p>Nothing was found for “${text}”${identifier && html`, which is ${identifier.words}`}.</p>
${identifier ? html`<p>No source that is held names it. That is not a clean record: it says only that our sources are silent.</p>` : html`<p>Fewer words, or a shorter form, may find more. Or begin with <a href="/topics">the topics</a>, <a href="/thefts">the thefts</a> or <a href="/figures">the figures</a>.</p>`}`;
  return html`${identifier && html`<p class="known">This is ${identifier.words}.${identifier.isAddress && html` <a href="/screen?q=${encodeURIComponent(text)}">Is it on a list?</a>`}</p>`}${stories.instead && html`<p class="known">Nothing for “${text}” as typed. These are for <strong>${stories.instead}</strong>.</p>`}
${
  stories.topics.length > 1 &&
  html`<p class="note">By topic: ${stories.topics.map((item) => html`<a href="/search?q=${encodeURIComponent(text)}&amp;topic=${item.slug}"${topic === item.slug && html` aria-current="true"`}>${item.name}</a> (${item.stories}) `)}</p>`
}${
    stories.hits.length > 0 &&
    html`<h2 class="label">${plural(stories.hits.length, "story", "stories")}</h2>
<ol class="plain list">${stories.hits.map(
      ({ card, snippet }) =>
        html`<li><div><p class="label">${card.topic}</p><h2><a href="${hrefOf(card)}">${card.headline}</a></h2><p>${marked(snippet)}</p><p class="byline">Written ${formatDay(card.first_at)}</p></div></li>`,
    )}</ol>`
  }${others.length > 0 && html`<h2 class="label">In the case file</h2><dl class="facts">${others.map((other) => html`<div><dt>${other.kind === "actor" ? "group" : other.kind}</dt><dd><a href="${other.href}">${other.title}</a></dd></div>`)}</dl>`}${
    rows.length > 0 &&
    html`<h2 class="label">${plural(rows.length, "row of a source", "rows of sources")}</h2><dl class="facts">${rows.map(
      (row) =>
        html`<div><dt><a href="/log/${row.entry}">${row.dataset}</a>, row ${row.row + 1}</dt><dd>${Object.entries(row.cells)
          .filter(([, cell]) => cell !== "")
          .map(([name, cell]) => `${name.replaceAll("_", " ")}: ${cell}`)
          .join(" · ")}</dd></div>`,
    )}</dl>
<p class="note">That a source names it says what the source says, on the day of its edition, and no more.</p>`
  }`;
}

const hrefOf = (card: { type: string; slug: string }): string =>
  card.type === "release" ? `/press-releases/${card.slug}` : storyHref(card.slug);

/** The words that were found, marked; everything else is text. */
function marked(snippet: string): Html {
  return html`${snippet.split(/(\u0001[^\u0002]*\u0002)/).map((part) => (part.startsWith("\u0001") ? html`<mark>${part.slice(1, -1)}</mark>` : part))}`;
}

function emptyHtml(): Html {
  return html`<p>Type a name (<a href="/search?q=Ronin">Ronin</a>), a topic (<a href="/search?q=sanctions">sanctions</a>) or an address. Words are found in stories, press releases, thefts, groups and the titles of figures; an address or a transaction in the rows of every source we hold.</p>${nothing}`;
}
