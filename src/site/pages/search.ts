// Search over stories, releases, thefts, groups and figures. An address or a transaction is looked for in the case file
// and in the rows of every source that is held.
import { readClaims } from "../../casefile/casefile.ts";
import { accountsOf, describeReading, readAddress } from "../../chains/chains.ts";
import { findDataset, findRowsNaming, readRow } from "../../datasets/datasets.ts";
import { TracewireError } from "../../errors.ts";
import { COUNTED_MAX, FINDABLE_KINDS, HITS_SHOWN, findCard, search, type FindableKind, type Found, type Hit } from "../../press/press.ts";
import { readReleased } from "../../tracing/tracing.ts";
import { jsonAnswer } from "../answers.ts";
import { holdsAddress, holdsTransaction } from "../held-transfers.ts";
import { html, nothing, type Html } from "../html.ts";
import { frame } from "../layout.ts";
import type { Route, SiteContext } from "../route.ts";
import { formatDay, plural, storyHref, theftHref } from "../words.ts";

const QUERY_LENGTH_MAX = 200;
const ROWS_MAX = 50;
const QUERY = ["q", "topic", "kind", "year", "skip"] as const;

export const searchRoutes: Route[] = [
  {
    path: "/search",
    about: "Search over stories, releases, thefts, groups and figures; addresses, transactions and numbers that a figure was printed as are recognised.",
    query: QUERY,
    async render(context, { query }) {
      const asked = readAsked(query);
      const body = html`<div class="column wide"><h1>Search</h1>
<form class="filters" action="/search" method="get" role="search" aria-label="Search">
<label>Words, a number, an address or a transaction<input type="search" name="q" value="${asked.text}" size="34" maxlength="${QUERY_LENGTH_MAX}"></label>
<label>Only<select name="kind"><option value="">everything</option>${FINDABLE_KINDS.map((item) => html`<option value="${item}"${asked.kind === item && html` selected`}>${KIND_WORDS[item]}</option>`)}</select></label>
<button type="submit">Search</button></form>
${asked.text ? resultsHtml(context, asked, await searchAll(context, asked)) : emptyHtml()}</div>`;
      return {
        content_type: "text/html; charset=utf-8",
        body: frame({
          title: asked.text ? `Search: ${asked.text}` : "Search",
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
    query: QUERY,
    async render(context, { query }) {
      const asked = readAsked(query);
      const { found, rows, page } = await searchAll(context, asked);
      return jsonAnswer(
        {
          q: asked.text,
          instead: found.instead ?? null,
          count: found.count,
          kinds: found.kinds,
          topics: found.topics,
          years: found.years,
          results: found.hits.map((hit) => ({
            kind: hit.kind,
            title: hit.title,
            href: hrefOf(hit),
            snippet: hit.snippet.replaceAll(/[\u0001\u0002]/g, ""),
          })),
          next: found.isMore ? asked.skip + HITS_SHOWN : null,
          rows,
          page: page ?? null,
        },
        ["log"],
      );
    },
  },
];

const KIND_WORDS = { story: "stories", release: "press releases", archive: "from archives", theft: "thefts", actor: "groups", figure: "figures" } as const;
const ONE_WORD = { story: "story", release: "press release", archive: "from an archive", theft: "theft", actor: "group", figure: "figure" } as const;

type Asked = { text: string; kind?: FindableKind; topic?: string; year?: string; skip: number };
type RowHit = { dataset: string; entry: number; row: number; title: string; cells: Record<string, string> };
type Identifier = { spellings: string[]; words: string; isAddress: boolean };
type Everything = { found: Found; rows: RowHit[]; identifier?: Identifier; subject?: string; page?: string };

function readAsked(query: URLSearchParams): Asked {
  const skip = query.get("skip") ?? "0";
  if (!/^\d{1,5}$/.test(skip) || Number(skip) > COUNTED_MAX)
    throw new TracewireError("BAD_ARGUMENT", { what: `skip: “${skip.slice(0, 40)}” is not a number up to ${COUNTED_MAX}` });
  return {
    text: (query.get("q") ?? "").trim().slice(0, QUERY_LENGTH_MAX),
    kind: FINDABLE_KINDS.find((item) => item === query.get("kind")),
    topic: query.get("topic") || undefined,
    year: query.get("year") || undefined,
    skip: Number(skip),
  };
}

async function searchAll(context: SiteContext, { text, kind, topic, year, skip }: Asked): Promise<Everything> {
  const identifier = identifierOf(text);
  const subject = identifier?.spellings.map((spelling) => `address/${spelling}`).find((one) => readClaims(context.log, context.at, { subject: one }).length > 0);
  return {
    found: search(context.log, text, { kind, topic, year, skip, before: context.at.log_size }),
    rows: identifier ? rowsWith(context, identifier.spellings) : [],
    identifier,
    subject,
    page: identifier && (await pageOf(context, identifier)),
  };
}

/** The page of an address or a transaction that the transfers hold. */
async function pageOf(context: SiteContext, { spellings, isAddress }: Identifier): Promise<string | undefined> {
  const data = await readReleased(context, context.at.log_size);
  const held = spellings.find((name) => (isAddress ? holdsAddress(data, name) : holdsTransaction(data, name)));
  return held === undefined ? undefined : `/${isAddress ? "addresses" : "transactions"}/${held}`;
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
  return findRowsNaming(context.log, spellings, context.at.log_size, ROWS_MAX).map(({ dataset, at, name }) => {
    const found = findDataset(context.log, name, context.at.log_size);
    return { dataset: name, entry: dataset, row: at, title: found?.title ?? name, cells: readRow(context.log, dataset, at)! };
  });
}

function resultsHtml(context: SiteContext, asked: Asked, { found, rows, identifier, subject, page }: Everything): Html {
  const { text } = asked;
  if (found.count + rows.length === 0 && !subject && !page)
    return html`<p>Nothing was found for “${text}”${identifier && html`, which is ${identifier.words}`}.</p>
${identifier ? html`<p>No source that is held names it. That is not a clean record: it says only that our sources are silent.</p>` : html`<p>Fewer words, or a shorter form, may find more. Or begin with <a href="/topics">the topics</a>, <a href="/thefts">the thefts</a> or <a href="/figures">the figures</a>.</p>`}`;
  return html`${identifier && html`<p class="known">This is ${identifier.words}.${page && html` <a href="${page}"><strong>Open its page</strong></a>.`}${subject && html` <a href="/case/${subject}">What is claimed of it</a>`}${identifier.isAddress && html` <a href="/screen?q=${encodeURIComponent(text)}">Is it on a list?</a>`}</p>`}${found.instead && html`<p class="known">Nothing for “${text}” as typed. These are for <strong>${found.instead}</strong>.</p>`}
${facetsHtml(asked, found)}${
    found.hits.length > 0 &&
    html`<h2 class="label">${found.count >= COUNTED_MAX ? `The newest ${COUNTED_MAX.toLocaleString("en-US")} of what was found, best first` : plural(found.count, "page", "pages")}</h2>
<ol class="plain list"${asked.skip > 0 && html` start="${asked.skip + 1}"`}>${found.hits.map((hit) => hitHtml(context, hit))}</ol>
<nav class="pages" aria-label="Pages">${asked.skip > 0 && html`<a rel="prev" href="${searchHref(asked, { skip: Math.max(0, asked.skip - HITS_SHOWN) })}">Before</a>`}${found.isMore && html`<a rel="next" href="${searchHref(asked, { skip: asked.skip + HITS_SHOWN })}">More</a>`}</nav>`
  }${
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

function hitHtml(context: SiteContext, hit: Hit): Html {
  const card = hit.kind === "story" || hit.kind === "release" || hit.kind === "archive" ? findCard(context.log, hit.name) : undefined;
  return html`<li><div><p class="label">${card?.type === "story" ? card.topic : ONE_WORD[hit.kind]}</p><h2><a href="${hrefOf(hit)}">${hit.title}</a></h2><p>${marked(hit.snippet)}</p>${card && html`<p class="byline">${card.type === "archive" ? html`Published there ${formatDay(card.happened)}` : html`Written ${formatDay(card.first_at)}`}</p>`}</div></li>`;
}

/** Ways to less: by what it is, by topic, by year. The one that is chosen leads back to all. */
function facetsHtml(asked: Asked, { kinds, topics, years }: Found): Html {
  const line = (name: "kind" | "topic" | "year", words: string, items: Found["kinds"], show: (value: string) => string) =>
    (items.length > 1 || asked[name] !== undefined) &&
    html`<p class="note">${words}: ${items.map(({ value, count }) => html`<a href="${searchHref(asked, { [name]: asked[name] === value ? undefined : value, skip: 0 })}"${asked[name] === value && html` aria-current="true"`}>${show(value)}</a> (${count}) `)}</p>
`;
  return html`${line("kind", "By kind", kinds, (value) => KIND_WORDS[value as FindableKind])}${line("topic", "By topic", topics, (value) => value.replaceAll("-", " "))}${line("year", "By year", years, (value) => value)}`;
}

function searchHref(asked: Asked, changed: Partial<Asked>): string {
  const { text, kind, topic, year, skip } = { ...asked, ...changed };
  return `/search?${new URLSearchParams({ q: text, ...(kind ? { kind } : {}), ...(topic ? { topic } : {}), ...(year ? { year } : {}), ...(skip > 0 ? { skip: String(skip) } : {}) }).toString()}`;
}

function hrefOf({ kind, name }: Hit): string {
  return {
    story: storyHref(name),
    release: `/press-releases/${name}`,
    archive: storyHref(name),
    theft: theftHref(`theft/${name}`),
    actor: `/actors/${name}`,
    figure: `/figures/${name}`,
  }[kind];
}

/** The words that were found, marked; everything else is text. */
function marked(snippet: string): Html {
  return html`${snippet.split(/(\u0001[^\u0002]*\u0002)/).map((part) => (part.startsWith("\u0001") ? html`<mark>${part.slice(1, -1)}</mark>` : part))}`;
}

function emptyHtml(): Html {
  return html`<p>Type a name (<a href="/search?q=Ronin">Ronin</a>), a topic (<a href="/search?q=sanctions">sanctions</a>) or an address. A number (<a href="/search?q=%242.97+billion">$2.97 billion</a>) leads to the figures that were printed as it, short or exact. Words are found in stories, press releases, thefts, groups and the titles of figures; an address or a transaction in the rows of every source we hold.</p>${nothing}`;
}
