// One box for an address or a name, and a day: listed or not, by which edition, and what nobody can know.
import { TracewireError } from "../../errors.ts";
import {
  askedAs,
  detailWords,
  findList,
  listEditions,
  NO_DETAILS,
  screen,
  type AddressScreening,
  type Containing,
  type NameMatch,
  type NameScreening,
  type ReferenceScreening,
  type Screening,
} from "../../screening/screening.ts";
import { accountsOf } from "../../chains/chains.ts";
import { htmlType, jsonAnswer } from "../answers.ts";
import { html, joinHtml, nothing, type Html } from "../html.ts";
import { frame } from "../layout.ts";
import type { Route, SiteContext } from "../route.ts";
import { capital, formatDay, plural } from "../words.ts";

const QUERY_LENGTH_MAX = 160;
const DEPENDS = ["datasets", "log"];
const TRY: readonly [query: string, on: string, words: string][] = [
  ["0x098B716B8Aaf21512996dC57EB0615e2383E2f96", "2024-09-27", "an address listed for the Ronin theft"],
  ["0x12D66f87A04A9E220743712cE6d9bB1B5616B8Fc", "2025-06-01", "one of Tornado Cash after its delisting"],
  ["Lazarus Group", "2021-07-15", "a name"],
  ["KPi.001", "2015-01-01", "a number of the UN list"],
];

export const screenRoutes: Route[] = [
  {
    path: "/screen",
    about: "One box for an address, a name or a UN number, and a day: listed or not, by which edition of which list.",
    query: ["q", "on"],
    render(context, { query }) {
      const { text, on } = asked(context, query);
      const found = text ? screen(context.log, text, on, context.at.log_size) : undefined;
      const body = html`<div class="column wide"><h1>Is it on a list?</h1>
<p class="standfirst">An address or a name, on the day you ask about, by the editions we hold. A list has no answer without a date.</p>
<form class="filters" action="/screen" method="get"><label>Address, name, or number of the UN list<input type="search" name="q" value="${text}" size="46" maxlength="${QUERY_LENGTH_MAX}"></label>
<label>On<input type="date" name="on" value="${on}"></label><button type="submit">Look</button></form>
${
  found
    ? foundHtml(text, found)
    : html`<p>Try ${joinHtml(
        TRY.map(([example, day, words]) => html`<a href="${hrefOf(example, day)}">${words}</a>`),
        "; ",
      )}.</p>`
}
<p class="note">No legal advice. One at a time here; many at once: <a href="/docs/screening"><code>tracewire screen</code></a>. What each list is and lacks: <a href="/lists">the lists</a>.</p></div>`;
      return {
        content_type: htmlType,
        body: frame({
          title: "Is it on a list?",
          description: "Look an address or a name up in sanctions lists, as of a day.",
          path: "/screen",
          context,
          body,
          unlisted: Boolean(text),
        }),
        depends: DEPENDS,
      };
    },
  },
  {
    path: "/screen.json",
    about: "The same for programs.",
    query: ["q", "on"],
    render(context, { query }) {
      const { text, on } = asked(context, query);
      if (!text)
        throw new TracewireError("BAD_ARGUMENT", {
          what: "q: nothing to look up",
          hint: "Write an address, a name or a UN reference number.",
        });
      return jsonAnswer({ log_size: context.at.log_size, q: text, ...screen(context.log, text, on, context.at.log_size) }, DEPENDS);
    },
  },
];

const hrefOf = (text: string, on: string): string => `/screen?q=${encodeURIComponent(text)}&on=${on}`;

/** Without a day there is no answer: that of the newest edition of the list concerned is proposed, and shown. */
function asked(context: SiteContext, query: URLSearchParams): { text: string; on: string } {
  const text = (query.get("q") ?? "").trim().slice(0, QUERY_LENGTH_MAX);
  const list = findList(text && askedAs(text) === "name" ? "ofac-sdn" : text && askedAs(text) === "reference" ? "un" : "ofac-crypto")!;
  const newest = listEditions(context.log, list, context.at.log_size).at(-1)?.edition ?? context.now.slice(0, 10);
  const on = query.get("on") || `${newest}-01-01`.slice(0, 10);
  if (!/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(on))
    throw new TracewireError("BAD_ARGUMENT", { what: `on: "${on}" is not a day`, hint: "Write YYYY-MM-DD." });
  return { text, on };
}

function foundHtml(text: string, found: Screening): Html {
  const answer = html`<p class="known"><strong>${capital(found.outcome)}, on ${formatDay(found.on)}.</strong> ${found.words}</p>`;
  if (found.asked === "address") return html`${answer}${addressHtml(found)}`;
  if (found.asked === "name") return html`${answer}${nameHtml(text, found)}`;
  return html`${answer}${referenceHtml(found)}`;
}

function addressHtml(found: AddressScreening): Html {
  const { reading, hits, editions, tags } = found;
  const accounts = accountsOf(reading);
  const isEvm = accounts.length > 1 && accounts.every(({ chain }) => chain.startsWith("eip155:"));
  const mended = reading.outcome === "bad_checksum" && reading.expected;
  return html`<p>This is ${found.form}.${mended && html` Look up <a href="${hrefOf(mended, found.on)}">${mended}</a> if that is what was meant.`}${hits.some((hit) => hit.assets.length > 1) && " It stands under more than one asset of the same list."}</p>
${hits.some((hit) => hit.chains.length === 0) && html`<p class="known">The list has this line under ${[...new Set(hits.flatMap((hit) => hit.assets))].join(", ")}, and it is no address of that asset: the line is kept as it stands.</p>`}
${
  accounts.length > 1 &&
  html`<section><h2>${isEvm ? "The same on every chain of the Ethereum kind" : "One text, more than one account"}</h2>
<p>Who holds the key on one chain often holds it on the others, but each is an account of its own. Write the chain before it to ask about one, such as <a href="${hrefOf(accounts[1]!.caip10, found.on)}">${accounts[1]!.chain_name}</a>.</p>
${isEvm ? html`<p>${accounts[0]!.display}, on ${accounts.map(({ chain_name }) => chain_name).join(", ")} and every other.</p>` : html`<dl class="facts">${accounts.map((account) => html`<div><dt>${account.chain_name}</dt><dd>${account.display} ${listedOn(account.chain_name, found)}</dd></div>`)}</dl>`}</section>`
}
<section class="scroll" tabindex="0" aria-label="Editions"><table class="data"><thead><tr><th scope="col">List</th><th scope="col">Edition</th><th scope="col">Holds it</th><th scope="col">As</th></tr></thead><tbody>
${editions.map((edition) => {
  const own = hits.filter((hit) => hit.list === edition.list && hit.edition === edition.edition);
  const as = own.map(
    (hit) => `${[...hit.names, ...hit.assets].join(", ")}${hit.is_asked ? "" : ` (an account of ${hit.chains.join(", ")}, written alike)`}`,
  );
  return html`<tr><th scope="row"><a href="/lists/ofac-crypto?edition=${edition.edition}">${edition.list}</a></th><td>${formatDay(edition.edition)}</td><td>${edition.holds ? "yes" : "no"}</td><td>${as.join("; ")}</td></tr>
`;
})}</tbody></table></section>
${
  tags.length > 0 &&
  html`<h2>Who is behind it, according to somebody</h2><ul>${tags.map((tag) => html`<li>${tag.label}, says pack ${tag.pack} (${tag.confidence || "no confidence stated"}; source ${tag.source || "not stated"}). <a href="/log/${tag.entry}">Entry ${tag.entry}</a></li>`)}</ul>`
}`;
}

function listedOn(chain: string, { hits }: AddressScreening): string {
  const editions = hits.filter((hit) => hit.chains.includes(chain)).map((hit) => formatDay(hit.edition));
  return editions.length > 0 ? `· in the list of ${editions.join(", ")}` : "";
}

function nameHtml(text: string, { matches, more, lists, on, containing }: NameScreening): Html {
  return html`<p>A name was looked for: folded in case, accents and punctuation, words in any order, other names too. <strong>Written so</strong> does not mean the same person: dates and places of birth, documents and addresses decide that, and a human reads them.</p>
<section class="scroll" tabindex="0" aria-label="What each list says"><table class="data"><thead><tr><th scope="col">List</th><th scope="col">On ${formatDay(on)}</th><th scope="col">Why</th></tr></thead><tbody>
${lists.map(
  (list) => html`<tr><th scope="row"><a href="/lists/${list.list}">${list.title}</a></th><td>${list.outcome}</td><td>${list.words}</td></tr>
`,
)}</tbody></table></section>
<p class="note">A list that is held without names is not among these: <a href="/lists">what each lacks</a>.</p>
${
  matches.length === 0
    ? containing.count === 0 && html`<p>No name is written so or nearly so. <a href="/search?q=${encodeURIComponent(text)}">Search our stories</a> for it.</p>`
    : html`<h2>${plural(matches.length + more, "name", "names")} like it${more > 0 && html`, the nearest ${matches.length} shown`}</h2>
<ol class="plain list">${matches.map(matchHtml)}</ol>`
}${containingHtml(text, containing, matches.length > 0)}
<p class="note">The score is twice the letters that agree, over the letters of both names; a word that one name in a hundred has counts a quarter. Words of up to three letters must be the same, of up to five may differ by one letter, longer ones by two. Below 72 of 100 nothing is shown.</p>`;
}

/** A word that many names have: how many, the first of them with what tells them apart, and how to ask for fewer. */
function containingHtml(text: string, { count, by_list, shown }: Containing, hasMatches: boolean): Html {
  if (count === 0) return nothing;
  const lists = joinHtml(
    by_list.map((list) => html`<a href="/lists/${list.list}?q=${encodeURIComponent(text)}">${list.count.toLocaleString("en-US")} of ${list.title}</a>`),
    ", ",
  );
  return html`<h2>${plural(count, hasMatches ? "other entry contains" : "entry contains", hasMatches ? "other entries contain" : "entries contain")} “${text}”</h2>
<p>In a name or another name: ${lists}.${count > shown.length && shown.length > 0 && html` The first ${shown.length} stand here, those whose name begins so before the others.`} The list’s own page finds these letters anywhere in a line, so it shows more.</p>
<p><strong>To narrow it down:</strong> write the whole name, family name and given names in any order; or look through the list by programme and type. Which of them is meant, a date or place of birth, a document or an address decides.</p>
${shown.length > 0 && html`<ol class="plain list">${shown.map(matchHtml)}</ol>`}`;
}

/** What the list has of an entry that tells it from others of the name. */
function detailsHtml({ details }: NameMatch): Html {
  if (!details) return nothing;
  const parts = detailWords(details);
  return html`<p>${capital(parts.length === 0 ? NO_DETAILS : parts.join(" · "))}.</p>`;
}

function matchHtml(match: NameMatch): Html {
  const likeness = { exact: "Written so", "same words": "The same words", near: `Near, ${Math.round(match.score * 100)} of 100`, contains: "" }[
    match.kind
  ];
  const also = match.matched_as === "name" ? nothing : html` · found as ${match.matched_as} <strong>${match.matched}</strong>`;
  // The last edition that has it: one that is gone from the newest would not be found there.
  const edition = match.editions.findLast(({ holds }) => holds)?.edition ?? "";
  const number =
    match.list === "reported"
      ? nothing
      : html`, number <a href="/lists/${match.list}?edition=${edition}&amp;q=${encodeURIComponent(match.id)}">${match.id}</a>`;
  return html`<li><div><h3>${match.name}</h3>
${match.kind === "contains" ? match.matched_as !== "name" && html`<p>Found as ${match.matched_as} <strong>${match.matched}</strong>.</p>` : html`<p><strong>${likeness}</strong>: ${match.why.join("; ")}.${also}</p>`}
${detailsHtml(match)}<p>${capital(match.outcome)} on that day. ${match.words}</p>
<p class="byline">${match.list_title}${number}${match.type && ` · ${match.type}`}${match.program && ` · ${match.program}`} · ${match.editions.map(({ edition, holds, entry }, at) => html`${at > 0 && ", "}<a href="/log/${entry}">${formatDay(edition)}</a>: ${holds ? "has it" : "has it not"}`)}</p></div></li>
`;
}

function referenceHtml({ reference, kind, edition, entry }: ReferenceScreening): Html {
  return html`<dl class="facts"><div><dt>Number</dt><dd><a href="/lists/un?q=${reference}">${reference}</a></dd></div>${kind && html`<div><dt>Kind</dt><dd>${kind}</dd></div>`}${edition && html`<div><dt>Edition</dt><dd>${formatDay(edition)}, <a href="/log/${entry}">entry ${entry}</a></dd></div>`}</dl>`;
}
