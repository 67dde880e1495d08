// Groups: who uses which name for whom, what two of them share and how much that says, and what is held for and against
// what monitors say of them. Indicators are printed with their dots broken and are never links.
import {
  BANDS,
  ITEM_WEIGHTS,
  compareHeadings,
  foldName,
  headingsOf,
  nameSlug,
  readGroups,
  readNames,
  type Evidence,
  type Group,
  type Heading,
  type NameUse,
  type Overlap,
} from "../../attribution/attribution.ts";
import { fieldSpec, followSubjects, readClaims, type Claim, type SubjectQuestion } from "../../casefile/casefile.ts";
import { FILE_ROWS_MAX, countIn, csvAnswer, jsonList, onward } from "../answers.ts";
import { claimBars } from "../claim-chart.ts";
import { rivalTable } from "../claim-parts.ts";
import { html, nothing, type Html } from "../html.ts";
import type { Route, SiteContext } from "../route.ts";
import { capital, plural, subjectWords } from "../words.ts";
import { lacks, page } from "./rooms.ts";

const NAMES_SHOWN_MAX = 60;
const ITEMS_SHOWN_MAX = 100;
const HEADINGS_SHOWN = 200;
const RELATIONS_SHOWN = 200;
const DENIALS_SHOWN = 40;
const PAIRS_DRAWN_MAX = 8;
const DEPENDS = ["datasets", "casefile"];
const SOURCES = ["mitre-attack/names", "misp-actors/names", "maltrail/indicators"];
const NAME_COLUMNS = ["name", "relation", "heading", "organisation", "hedge", "wording", "entry", "dataset"];
const OVERLAP_COLUMNS = ["a", "b", "score", "band", "items", "item", "kind", "witness", "grade", "w", "s", "r", "t", "x", "also_with"];

export const actorRoutes: Route[] = [
  {
    path: "/actors",
    about: "Groups and their names: who uses which name for whom, and what groups share.",
    query: ["q", "from"],
    render: (context, { query }) => page(context, "/actors", "Groups and their names", namesPage(context, query)),
  },
  {
    path: "/actors.csv",
    about: "Names, whose word they are and for whom, as CSV.",
    query: ["from"],
    render: (context, { query, path }) => csvAnswer("actors.csv", NAME_COLUMNS, ...namesFile(context, query, path)),
  },
  {
    path: "/actors.json",
    about: "Names, whose word they are and for whom, as JSON.",
    query: ["from"],
    render: (context, { query, path }) => jsonList(context.at.log_size, NAME_COLUMNS, ...namesFile(context, query, path)),
  },
  {
    path: "/actors/overlap",
    about: "What two groups share, itemised, with a score and what would lower it.",
    query: ["a", "b"],
    render(context, { query }) {
      const [a, b] = [query.get("a") ?? "", query.get("b") ?? ""];
      return page(context, "/actors/overlap", "What groups share", overlapPage(context, a, b));
    },
  },
  {
    path: "/actors/overlap.csv",
    about: "What groups share, item by item, as CSV.",
    query: ["a", "b"],
    render: (context, { query }) => csvAnswer("overlap.csv", OVERLAP_COLUMNS, overlapCells(context, query), DEPENDS),
  },
  {
    path: "/actors/overlap.json",
    about: "What groups share, item by item, as JSON.",
    query: ["a", "b"],
    render: (context, { query }) => jsonList(context.at.log_size, OVERLAP_COLUMNS, overlapCells(context, query), DEPENDS),
  },
  {
    path: "/actors/:name",
    about: "One name: who uses it for whom, the lists it stands in, what is held for and against claims about it.",
    render(context, { params, path }) {
      const uses = usesBySlug(context).get(params.name!) ?? [];
      const claims = readClaims(context.log, context.at, { subject: `actor/${params.name}` });
      if (uses.length === 0 && claims.length === 0) return undefined;
      const name =
        [...uses.map((use) => use.heading), ...uses.map((use) => use.name)].find((text) => nameSlug(text) === params.name) ??
        subjectWords(`actor/${params.name}`);
      return page(context, path, name, actorPage(context, name, uses, claims));
    },
  },
];

const names = (context: SiteContext): NameUse[] => context.memo("names of groups", () => readNames(context.log, context.at), DEPENDS);
/** Uses of a name as the name or as its heading, by the name's place in an address. */
const usesBySlug = (context: SiteContext): Map<string, NameUse[]> =>
  context.memo(
    "names by slug",
    () => {
      const bySlug = new Map<string, NameUse[]>();
      for (const use of names(context))
        for (const slug of new Set([nameSlug(use.name), nameSlug(use.heading)])) bySlug.set(slug, [...(bySlug.get(slug) ?? []), use]);
      return bySlug;
    },
    DEPENDS,
  );
const headings = (context: SiteContext): Heading[] => context.memo("headings", () => headingsOf(names(context)), DEPENDS);
const doubledNames = (context: SiteContext) => context.memo("doubled names", () => namesUnderTwoHeadings(headings(context)), DEPENDS);
const read = (context: SiteContext) => context.memo("groups", () => readGroups(context.log, context.at.log_size), DEPENDS);
const groups = (context: SiteContext): Group[] => read(context).groups;
const overlaps = (context: SiteContext): Overlap[] => read(context).overlaps;
const nameCells = (use: NameUse) => [
  use.name,
  use.relation,
  use.heading,
  use.organisation,
  use.hedge,
  use.wording ?? null,
  use.entry,
  use.dataset ?? null,
];
const actorHref = (name: string): string => `/actors/${nameSlug(name)}`;
const actorLink = (name: string): Html => (nameSlug(name) === "" ? html`${name}` : html`<a href="${actorHref(name)}">${name}</a>`);
const overlapHref = ({ a, b }: { a: string; b: string }): string => `/actors/overlap?${new URLSearchParams({ a, b }).toString()}`;
const score = (value: number): string => value.toFixed(2);

function namesFile(
  context: SiteContext,
  query: URLSearchParams,
  path: string,
): [ReturnType<typeof nameCells>[], string[], string | undefined] {
  const from = countIn(query, "from");
  const all = names(context);
  const end = Math.min(all.length, from + FILE_ROWS_MAX);
  return [all.slice(from, end).map(nameCells), DEPENDS, end < all.length ? onward(path, query, { from: String(end) }) : undefined];
}

function namesPage(context: SiteContext, query: URLSearchParams): Html {
  const text = (query.get("q") ?? "").slice(0, 80);
  const from = countIn(query, "from");
  const all = names(context);
  const fitting = headings(context).filter(
    (heading) => text === "" || heading.names.some((name) => name.toLowerCase().includes(text.toLowerCase())),
  );
  const doubled = doubledNames(context);
  const said = all.filter((use) => use.relation !== "listed under");
  return html`<h1>Groups and their names</h1>
<p class="standfirst">A name is an organisation’s word for what it sees. We merge none of them: each line says who uses which name, and for whom.</p>
<form class="filters" action="/actors" method="get"><label>Name<input type="search" name="q" value="${text}" maxlength="80"></label><button type="submit">Show</button></form>
<p class="note">${plural(fitting.length, "heading", "headings")} of ${plural(new Set(all.map((use) => use.organisation)).size, "organisation", "organisations")}. The same as <a href="/actors.csv">CSV</a> or <a href="/actors.json">JSON</a>. What monitors say of <a href="/actors/groups-of-the-reconnaissance-general-bureau">groups of one bureau</a>, with what is held for and against.</p>
${
  fitting.length === 0
    ? html`<p>No heading has that name. Try a part of it, or another organisation’s name for the same group.</p>`
    : html`<section class="scroll" tabindex="0" aria-label="Names"><table class="data"><thead><tr><th scope="col">Heading</th><th scope="col">By</th><th scope="col">Names listed under it</th></tr></thead><tbody>
${fitting.slice(from, from + HEADINGS_SHOWN).map(
  (own) => html`<tr><th scope="row">${actorLink(own.heading)}</th><td>${own.organisation}</td><td>${own.names
    .slice(0, NAMES_SHOWN_MAX)
    .map((name, at) => html`${at > 0 && ", "}${actorLink(name)}`)}</td></tr>
`,
)}</tbody></table></section>${(from > 0 || fitting.length > from + HEADINGS_SHOWN) && html`<nav class="pages" aria-label="Pages">${from > 0 && html`<a href="${onward("/actors", query, { from: String(Math.max(0, from - HEADINGS_SHOWN)) })}">Before</a> `}${fitting.length > from + HEADINGS_SHOWN && html`<a rel="next" href="${onward("/actors", query, { from: String(from + HEADINGS_SHOWN) })}">More</a>`}</nav>`}`
}
<section><h2>Names under more than one heading</h2>${doubled.length === 0 ? html`<p>None.</p>` : html`<ul>${doubled.slice(0, RELATIONS_SHOWN).map(({ name, under }) => html`<li>${actorLink(name)}: ${under.map((heading) => `${heading.heading} (${heading.organisation})`).join("; ")}</li>`)}</ul>`}</section>
<section><h2>Who says the same, and who says not</h2>${useTable(said.slice(0, RELATIONS_SHOWN), "Relations that somebody asserts")}${(said.length > RELATIONS_SHOWN || doubled.length > RELATIONS_SHOWN) && html`<p class="note">Of each the first ${RELATIONS_SHOWN}; all are in the files.</p>`}</section>
<section><h2>What groups share</h2>
<p>Shared is never the same: a shared machine may be rented, a shared tool may be public, a shared line may be a mistake. Each pair below opens as a list of items, each with its weight.</p>
${overlapChart(overlaps(context), "actorpairs")}
<p><a href="/actors/overlap">All pairs, and how the score is made</a>. Counted for stories: <a href="/figures/shared-lazarus-bluenoroff">Lazarus and BlueNoroff</a>, <a href="/figures/shared-kimsuky-konni">Kimsuky and Konni</a>, <a href="/figures/mitre-shared-software">programs with more than one user</a>.</p></section>
${lacks(context, SOURCES)}`;
}

function namesUnderTwoHeadings(headings: readonly Heading[]): { name: string; under: Heading[] }[] {
  const places = headings.flatMap((heading) => heading.names.map((name) => ({ name, heading })));
  return [...Map.groupBy(places, (place) => foldName(place.name)).values()]
    .map((same) => ({ name: same[0]!.name, under: same.map((place) => place.heading) }))
    .filter(({ under }) => new Set(under.map((heading) => foldName(heading.heading))).size > 1);
}

function useTable(uses: readonly NameUse[], caption: string): Html {
  if (uses.length === 0) return html`<p>None is held.</p>`;
  return html`<section class="scroll" tabindex="0" aria-label="${caption}"><table class="data"><caption>${caption}</caption><thead><tr><th scope="col">Name</th><th scope="col">Relation</th><th scope="col">To</th><th scope="col">Who says</th><th scope="col">How sure</th><th scope="col">Source</th></tr></thead><tbody>
${uses.map(
  (
    use,
  ) => html`<tr><th scope="row">${actorLink(use.name)}</th><td>${use.relation}${use.wording && use.wording !== use.relation && html` <span class="note">“${use.wording}”</span>`}</td><td>${actorLink(use.heading)}</td><td>${use.organisation}</td><td>${use.hedge}</td><td><a href="/log/${use.entry}">entry ${use.entry}</a></td></tr>
`,
)}</tbody></table></section>`;
}

function overlapChart(pairs: readonly Overlap[], id: string): Html {
  const drawn = pairs.filter((pair) => pair.score > 0).slice(0, PAIRS_DRAWN_MAX);
  if (drawn.length === 0) return html`<p>No pair shares anything that is held.</p>`;
  const bars = drawn.map((pair) => ({
    label: `${pair.a} and ${pair.b}`,
    value: pair.score,
    text: `${score(pair.score)}, ${pair.band}`,
  }));
  return claimBars(`Overlap score, from 0 to 1: weak below ${score(BANDS.weak)}, strong above ${score(BANDS.strong)}`, bars, id, 1);
}

function overlapPage(context: SiteContext, a: string, b: string): Html {
  const groupNames = groups(context).map((group) => group.name);
  const pairs = overlaps(context);
  const select = (name: string, label: string, chosen: string) =>
    html`<label>${label}<select name="${name}"><option value="">choose</option>${groupNames.map((group) => html`<option${group === chosen && html` selected`}>${group}</option>`)}</select></label>`;
  const pair = pairs.find((item) => (item.a === a && item.b === b) || (item.a === b && item.b === a));
  const query = a && b ? `?${new URLSearchParams({ a, b }).toString()}` : "";
  return html`<p class="label"><a href="/actors">Groups</a></p><h1>What groups share</h1>
<p class="standfirst">“A and B share X” is what a list can show. That A is B, no list can.</p>
<form class="filters" action="/actors/overlap" method="get">${select("a", "Group", a)}${select("b", "and", b)}<button type="submit">Show</button></form>
<p class="note">The same as <a href="/actors/overlap.csv${query}">CSV</a> or <a href="/actors/overlap.json${query}">JSON</a>, item by item.</p>
${a && b ? (pair ? pairSection(context, pair) : noPair(groupNames, a, b)) : nothing}
<section><h2>All pairs that share something</h2>
${
  pairs.length === 0
    ? html`<p>None is held.</p>`
    : html`<section class="scroll" tabindex="0" aria-label="Pairs"><table class="data"><thead><tr><th scope="col">Pair</th><th scope="col" class="num">Score</th><th scope="col">Band</th><th scope="col" class="num">Shared items</th><th scope="col">Strongest</th></tr></thead><tbody>
${pairs.map(
  (
    item,
  ) => html`<tr><th scope="row"><a href="${overlapHref(item)}">${item.a} and ${item.b}</a></th><td class="num">${score(item.score)}</td><td>${item.band}</td><td class="num">${item.evidence.length}</td><td>${item.evidence[0]!.kind}: ${broken(item.evidence[0]!)}</td></tr>
`,
)}</tbody></table></section>`
}</section>
${howScored()}
${lacks(context, ["mitre-attack/uses", "maltrail/indicators"])}`;
}

function noPair(groups: readonly string[], a: string, b: string): Html {
  if (a === b) return html`<p class="known"><strong>Choose two groups.</strong> A group shares everything with itself.</p>`;
  const strange = [a, b].find((name) => !groups.includes(name));
  if (strange !== undefined)
    return html`<p class="known"><strong>No source lists what “${strange}” uses.</strong> Choose from the list: a name may stand there under another heading.</p>`;
  return html`<p class="known"><strong>Nothing held shows ${a} and ${b} with the same thing.</strong> That is no proof that they share nothing: two public sources were looked into.</p>`;
}

function pairSection(context: SiteContext, pair: Overlap): Html {
  const kinds = [...Map.groupBy(pair.evidence, (item) => item.kind)].map(([kind, own]) => `${own.length} of kind “${kind}”`).join(", ");
  const joined = groups(context)
    .filter((group) => [pair.a, pair.b].includes(group.name) && group.headings.length > 1)
    .map((group) => group.headings.map((heading) => `“${heading.heading}” in ${heading.dataset}`).join(" and "));
  return html`<section><h2>${pair.a} and ${pair.b} share ${plural(pair.evidence.length, "item", "items")}</h2>
<p class="known"><strong>${score(pair.score)}, ${pair.band}.</strong> ${capital(kinds)}; ${plural(pair.witnesses.length, "witness", "witnesses")}: ${pair.witnesses.map((own) => `${own.witness}, best item ${score(own.best.score)}`).join("; ")}.${pair.capped && ` Held at 0.50, because all of it is one class of evidence.`}</p>
${joined.length > 0 && html`<p class="note">Headings were joined by name alone: ${joined.join("; ")}. If a source means somebody else by that name, its items fall away.</p>`}
<section class="scroll" tabindex="0" aria-label="Shared items"><table class="data"><caption>Shared items, the heaviest first${pair.evidence.length > ITEMS_SHOWN_MAX && `; ${ITEMS_SHOWN_MAX} of ${pair.evidence.length} shown`}</caption><thead><tr><th scope="col">Item</th><th scope="col">Kind</th><th scope="col">Witness, grade</th><th scope="col" class="num">Weight</th><th scope="col" class="num">Specific</th><th scope="col" class="num">Reliable</th><th scope="col" class="num">Age</th><th scope="col" class="num">Together</th></tr></thead><tbody>
${pair.evidence.slice(0, ITEMS_SHOWN_MAX).map(
  (
    item,
  ) => html`<tr><th scope="row">${broken(item)}${item.others.length > 0 && html` <span class="note">also ${item.others.join(", ")}</span>`}</th><td>${item.kind}</td><td>${item.witness}, ${item.grade}</td><td class="num">${score(item.weight)}</td><td class="num">${score(item.specificity)}</td><td class="num">${score(item.reliability)}</td><td class="num">${score(item.decay)}</td><td class="num">${item.score.toFixed(3)}</td></tr>
`,
)}</tbody></table></section>
<h3>What would lower this</h3><ul>${lowers(pair).map((line) => html`<li>${line}</li>`)}</ul>
<h3>What would raise it</h3><ul><li>A second witness who is independent of the first, or a day on which both used the same thing.</li><li>Evidence of another class: a wallet that pays for both, a certificate, a build that nobody else has.</li></ul></section>`;
}

function lowers(pair: Overlap): string[] {
  const kinds = new Set(pair.evidence.map((item) => item.kind));
  return [
    "Another group with the same item: the sources held here describe few groups outside one country, so an item looks rarer than it is.",
    kinds.has("host, time not held") && "Dates that set the uses apart: a host is rented, taken down and rented again.",
    kinds.has("malware family") && "A seller or a leak of the program, or a report that took one group’s sample for the other’s.",
    kinds.has("technique") && "Nothing much, for the techniques: hundreds of groups send mail with an attachment.",
    pair.witnesses.length === 1 && "The one witness being wrong: nobody else is held who says so.",
    pair.witnesses.some((own) => own.items > 1) &&
      "Items of one witness falling away one by one: only the best of each counts, so the count of items is no strength.",
  ].filter((line): line is string => typeof line === "string");
}

function howScored(): Html {
  return html`<section><h2>How the score is made</h2>
<p>Each item counts its weight × how specific it is × how reliable its source is × how recent. Specific is 1 ÷ (1 + other groups with the item). Reliable is the source’s grade times the item’s. An item without a date counts half. Of each witness only the best item counts; witnesses combine as 1 − (1 − x)(1 − y). One class of evidence alone never passes 0.50. The weights are a proposal of ours, printed so that you can argue with them:</p>
<section class="scroll" tabindex="0" aria-label="Weights"><table class="data"><thead><tr><th scope="col">Kind of item</th><th scope="col">Class</th><th scope="col" class="num">Weight</th></tr></thead><tbody>
${Object.entries(ITEM_WEIGHTS).map(
  ([kind, entry]) => html`<tr><th scope="row">${kind}</th><td>${entry.class}</td><td class="num">${score(entry.weight)}</td></tr>
`,
)}</tbody></table></section></section>`;
}

function actorPage(context: SiteContext, name: string, uses: readonly NameUse[], claims: readonly Claim[]): Html {
  const folded = foldName(name);
  const all = headings(context);
  const own = all.filter((heading) => foldName(heading.heading) === folded);
  const carrying = all.filter((heading) => heading.names.some((item) => foldName(item) === folded));
  const compared = carrying.flatMap((a, at) =>
    carrying.slice(at + 1).flatMap((b) => (a.organisation === b.organisation ? [] : [{ a, b, ...compareHeadings(a, b) }])),
  );
  const group = groups(context).find((item) => own.some((heading) => heading.heading === item.name) || foldName(item.name) === folded);
  const pairs = group ? overlaps(context).filter((pair) => pair.a === group.name || pair.b === group.name) : [];
  const sayings = claims.filter((claim) => ["shares", "targets", "subordinate_to"].includes(claim.field));
  return html`<p class="label"><a href="/actors">Groups and their names</a></p><h1>${name}</h1>
<p class="standfirst">${carrying.length > 0 ? `${plural(new Set(carrying.map((heading) => heading.organisation)).size, "organisation uses", "organisations use")} this name, under ${plural(new Set(carrying.map((heading) => foldName(heading.heading))).size, "heading", "headings")}.` : `${plural(claims.length, "claim is", "claims are")} held.`}</p>
${sayings.length > 0 && forAndAgainst(context, sayings)}
${uses.length > 0 && html`<section><h2>Who uses this name, and for whom</h2>${useTable(uses.slice(0, NAMES_SHOWN_MAX), "Assertions held")}</section>`}
${
  compared.length > 0 &&
  html`<section><h2>The lists it stands in, compared</h2><ul>${compared.map(
    ({ a, b, relation, shared }) =>
      html`<li>${a.heading} (${a.organisation}) and ${b.heading} (${b.organisation}): ${relation === "same list" ? "the same list" : relation === "wider" ? "the first is wider" : relation === "narrower" ? "the first is narrower" : "they overlap"}; ${shared.length} of ${a.names.length} and ${b.names.length} names in both.</li>`,
  )}</ul><p class="note">This compares lists of names. What stands behind them, a list of names cannot say.</p></section>`
}
${pairs.length > 0 && html`<section><h2>What it shares with others</h2>${overlapChart(pairs, "own")}<ul>${pairs.map((pair) => html`<li><a href="${overlapHref(pair)}">${pair.a} and ${pair.b} share ${plural(pair.evidence.length, "item", "items")}</a>: ${score(pair.score)}, ${pair.band}</li>`)}</ul></section>`}
${lacks(context, SOURCES)}`;
}

const DENIALS: SubjectQuestion<Claim[]> = {
  kind: "reply",
  key: "denials",
  make: (_, claims) => claims.filter(({ hedge }) => hedge === "denied"),
  reads_judgements: false,
};

/** What is held for and against what somebody says of a group, claim by claim; an empty side says that it is empty. */
function forAndAgainst(context: SiteContext, claims: readonly Claim[]): Html {
  const pairs = overlaps(context);
  const denials = followSubjects(context.log, context.at, DENIALS).flatMap(({ made }) => made);
  const apart = names(context).filter((use) => use.relation === "not the same" || use.relation === "split from");
  const strong = pairs.filter((pair) => pair.band === "strong" || pair.band === "moderate");
  return html`${[...Map.groupBy(claims, (claim) => claim.field)].map(([field, own]) => {
    const shares = field === "shares";
    return html`<section><h2>${fieldSpec("actor", field)?.label ?? field}: ${own.map((claim) => claim.value).join("; ")}</h2>
${rivalTable(context, "Who says so", own, fieldSpec("actor", field)?.label ?? field)}
<h3>Held for it</h3>${
      shares && pairs.length > 0
        ? html`<ul><li>${plural(pairs.length, "pair of groups shares", "pairs of groups share")} at least one item in the two sources looked into; ${strong.length === 0 ? "no score is above weak" : `${strong.length} above weak`}. <a href="/actors/overlap">Pair by pair</a>.</li></ul>`
        : html`<p>Only the claim itself. No independent source is held.</p>`
    }
<h3>Held against it</h3>${
      shares && apart.length > 0
        ? html`<ul>${apart.map(
            (use) =>
              html`<li>${use.organisation} keeps ${actorLink(use.heading)} and ${actorLink(use.name)} apart: “${use.wording ?? use.relation}” (<a href="/log/${use.entry}">entry ${use.entry}</a>).</li>`,
          )}</ul>`
        : html`<p>Nothing is held.</p>`
    }</section>`;
  })}
<section><h2>What those accused answered</h2><p>No answer to these very claims is held. What is held answers other findings, or those who made them:</p><ul>${denials
    .toSorted((a, b) => a.seq - b.seq)
    .slice(0, DENIALS_SHOWN)
    .map((reply) => html`<li>${reply.claimant} on “${subjectWords(reply.subject)}”: “${reply.value}” (<a href="/log/${reply.seq}">entry ${reply.seq}</a>)</li>`)}</ul></section>`;
}

/** Indicators are printed so that nothing turns them into links: dots in brackets, as analysts write them. */
function broken(item: Evidence): string {
  return item.kind.startsWith("host") ? item.item.replaceAll(".", "[.]").replace(/^http/, "hxxp") : item.item;
}

function overlapCells(context: SiteContext, query: URLSearchParams): (string | number | null)[][] {
  const wanted = [query.get("a"), query.get("b")].filter((name): name is string => !!name);
  return overlaps(context)
    .filter((pair) => wanted.every((name) => pair.a === name || pair.b === name))
    .flatMap((pair) =>
      pair.evidence.map((item) => [
        pair.a,
        pair.b,
        score(pair.score),
        pair.band,
        pair.evidence.length,
        broken(item),
        item.kind,
        item.witness,
        item.grade,
        score(item.weight),
        score(item.specificity),
        score(item.reliability),
        score(item.decay),
        item.score.toFixed(3),
        item.others.join("; ") || null,
      ]),
    );
}
