// All thefts that the case file holds, one line each; filter and sort stand in the address.
import { ATTRIBUTION_LEVELS } from "../../casefile/casefile.ts";
import { TracewireError } from "../../errors.ts";
import {
  formatMoney,
  readTheftChoices,
  readTheftLines,
  type TheftChoices,
  type TheftFilter,
  type TheftLine,
} from "../../figures/figures.ts";
import { FILE_ROWS_MAX, countIn, csvAnswer, htmlType, jsonList, onward } from "../answers.ts";
import { html, type Html } from "../html.ts";
import { frame } from "../layout.ts";
import type { Page } from "../page-store.ts";
import type { Route, SiteContext } from "../route.ts";
import { levelWords } from "../level-words.ts";
import { formatDay, plural, theftHref } from "../words.ts";

const QUERY = ["q", "year", "level", "country", "min", "sort", "order", "from"] as const;
const SORTS = { date: "Date", victim: "Victim", amount: "Amount" } as const;
const COLUMNS = [
  "theft",
  "date",
  "victim",
  "country",
  "amount",
  "unit",
  "low",
  "high",
  "claimant",
  "blamed",
  "blamed_by",
  "hedge",
  "attribution_level",
  "claims",
] as const;
const DEPENDS = ["casefile"];
const TEXT_LENGTH_MAX = 100;
const PAGE_LENGTH = 200;

type Filter = Required<Omit<TheftFilter, "limit">>;

export const theftsRoutes: Route[] = [
  {
    path: "/thefts",
    about: "Every theft held, one line each, to filter and sort.",
    query: QUERY,
    render: (context, { query, path }) => theftsPage(context, readFilter(query), query, path),
  },
  {
    path: "/thefts.csv",
    about: "The same list as CSV, safe to open in a spreadsheet.",
    query: QUERY,
    render(context, { query, path }) {
      const { rows, next } = fileOf(context, query, path);
      return csvAnswer("thefts.csv", COLUMNS, rows, DEPENDS, next);
    },
  },
  {
    path: "/thefts.json",
    about: "The same list as JSON.",
    query: QUERY,
    render(context, { query, path }) {
      const { rows, next } = fileOf(context, query, path);
      return jsonList(context.at.log_size, COLUMNS, rows, DEPENDS, next);
    },
  },
];

function readFilter(query: URLSearchParams): Filter {
  const refuse = (name: string, expected: string): never => {
    throw new TracewireError("BAD_ARGUMENT", {
      what: `${name}: “${(query.get(name) ?? "").slice(0, 60)}” is not ${expected}`,
      hint: "Choose from the form above the list.",
    });
  };
  const text = (name: string, pattern: RegExp, expected: string): string => {
    const value = query.get(name) ?? "";
    return value === "" || pattern.test(value) ? value : refuse(name, expected);
  };
  const sort = text("sort", /^(date|victim|amount)$/, `one of ${Object.keys(SORTS).join(", ")}`) || "date";
  const level = query.get("level") ?? "";
  if (level && !(ATTRIBUTION_LEVELS as readonly string[]).includes(level)) refuse("level", "a class of attributing body");
  const q = query.get("q") ?? "";
  if (q.length > TEXT_LENGTH_MAX) refuse("q", `shorter than ${TEXT_LENGTH_MAX} characters`);
  return {
    text: q,
    from: countIn(query, "from"),
    level,
    year: text("year", /^\d{4}$/, "a year"),
    country: text("country", /^[A-Z]{2}$/, "a country code of two letters"),
    min: text("min", /^\d{1,15}$/, "a whole number of US dollars"),
    sort: sort as Filter["sort"],
    order: (text("order", /^(asc|desc)$/, "asc or desc") || (sort === "victim" ? "asc" : "desc")) as Filter["order"],
  };
}

function fileOf(context: SiteContext, query: URLSearchParams, path: string) {
  const filter = readFilter(query);
  const { lines, fit } = readTheftLines(context.log, context.at, { ...filter, limit: FILE_ROWS_MAX });
  const end = filter.from + lines.length;
  return { rows: lines.map(cells), next: end < fit ? onward(path, query, { from: String(end) }) : undefined };
}

function theftsPage(context: SiteContext, filter: Filter, query: URLSearchParams, path: string): Page {
  const choices = context.memo("theft choices", () => readTheftChoices(context.log, context.at), DEPENDS);
  const { lines, fit, unknown } = readTheftLines(context.log, context.at, { ...filter, limit: PAGE_LENGTH });
  const { held } = choices;
  const asked = new URLSearchParams([...query].filter(([, value]) => value !== "")).toString();
  const all = new URLSearchParams([...query].filter(([name, value]) => value !== "" && name !== "from")).toString();
  const tail = all ? `?${all}` : "";
  const end = filter.from + lines.length;
  const body = html`<p class="label">The case file</p>
<h1>Thefts</h1>
<p>Crypto assets that somebody says were taken, and whom somebody blames. One value stands for each theft here, that of one researcher’s list where it has one,
else the latest claimed; behind each line the rival claims stand side by side. Nothing is merged because two amounts are equal.</p>
${filterForm(filter, choices)}
<p class="note">${plural(fit, "theft", "thefts")}${fit < held && html` of ${held.toLocaleString("en-US")}`}${unknown > 0 && html`, ${unknown === 1 ? "one" : unknown.toLocaleString("en-US")} of unknown amount`}.
The same list as <a href="/thefts.csv${tail}">CSV</a> and <a href="/thefts.json${tail}">JSON</a>.</p>
${lines.length === 0 ? emptyList(held) : theftTable(lines, filter, query)}${
    (filter.from > 0 || end < fit) &&
    html`<nav class="pages" aria-label="Pages"><span>${(filter.from + 1).toLocaleString("en-US")} to ${end.toLocaleString("en-US")}</span>${filter.from > 0 && html` <a rel="prev" href="${onward(path, query, { from: String(Math.max(0, filter.from - PAGE_LENGTH)) })}">Before</a>`}${end < fit && html` <a rel="next" href="${onward(path, query, { from: String(end) })}">More</a>`}</nav>`
  }`;
  return {
    content_type: htmlType,
    body: frame({
      title: "Thefts",
      description: `${plural(held, "theft", "thefts")} in the case file, each with its rival claims, who is blamed by whom, and the sources.`,
      path,
      context,
      body,
      unlisted: asked !== "",
      alternates: [
        { href: `/thefts.csv${tail}`, type: "text/csv", title: "This list as CSV" },
        { href: `/thefts.json${tail}`, type: "application/json", title: "This list as JSON" },
      ],
    }),
    depends: DEPENDS,
  };
}

function filterForm(filter: Filter, { years, levels: given, countries }: TheftChoices): Html {
  const levels = ATTRIBUTION_LEVELS.filter((level) => given.includes(level));
  const select = (
    name: string,
    label: string,
    value: string,
    options: readonly (readonly [string, string])[],
    empty?: string,
  ) => html`<label>${label}
<select name="${name}">${empty && html`<option value="">${empty}</option>`}${options.map(([key, words]) => html`<option value="${key}"${key === value && html` selected`}>${words}</option>`)}</select></label>
`;
  return html`<form class="filters" method="get" action="/thefts">
<label>Victim or body
<input name="q" type="search" maxlength="${TEXT_LENGTH_MAX}" value="${filter.text}"></label>
${select(
  "year",
  "Year",
  filter.year,
  years.map((year) => [year, year]),
  "All years",
)}${select(
    "level",
    "Blamed by",
    filter.level,
    levels.map((level) => [level, levelWords(level)]),
    "Anybody",
  )}${select(
    "country",
    "Country",
    filter.country,
    countries.map((code) => [code, code]),
    "All",
  )}<label>At least, US$
<input type="text" name="min" inputmode="numeric" pattern="[0-9]*" size="10" value="${filter.min}"></label>
${select("sort", "Order by", filter.sort, Object.entries(SORTS))}<button type="submit">Show</button>
</form>
`;
}

function emptyList(held: number): Html {
  if (held === 0)
    return html`<p>No theft has been released in this case file yet. The desk adds them with <code>npx tracewire claim</code> and <code>npx tracewire release</code>.</p>`;
  return html`<p>No theft fits. <a href="/thefts">Show all ${held.toLocaleString("en-US")}</a>, or ask for less: a year, a part of a name, a smaller amount.</p>`;
}

function theftTable(rows: readonly TheftLine[], filter: Filter, query: URLSearchParams): Html {
  const head = (sort: Filter["sort"], numeric = false) => {
    const next = new URLSearchParams([...query].filter(([name, value]) => value !== "" && !["sort", "order", "from"].includes(name)));
    next.set("sort", sort);
    next.set("order", filter.sort === sort && filter.order === "desc" ? "asc" : "desc");
    const sorted = filter.sort === sort ? (filter.order === "asc" ? "ascending" : "descending") : "none";
    return html`<th scope="col"${numeric && html` class="num"`} aria-sort="${sorted}"><a href="/thefts?${next.toString()}">${SORTS[sort]}${filter.sort === sort && (filter.order === "asc" ? " ↑" : " ↓")}</a></th>`;
  };
  return html`<section class="scroll" tabindex="0" aria-label="Thefts">
<table class="data">
<thead><tr>${head("date")}${head("victim")}${head("amount", true)}<th scope="col">Rivals say</th><th scope="col">Blamed by</th><th scope="col">Country</th><th scope="col" class="num">Claims held</th></tr></thead>
<tbody>
${rows.map(
  (
    row,
  ) => html`<tr><td><time datetime="${row.when}">${formatDay(row.when ?? "unstated")}</time></td><th scope="row"><a href="${theftHref(row.subject)}">${row.label}</a></th><td class="num">${
    row.value === null ? "not known" : formatMoney(row.value, row.unit ?? "USD", "exact")
  }</td><td>${row.low !== null && row.low !== row.high && html`${formatMoney(row.low, row.unit ?? "USD", "short")} to ${formatMoney(row.high!, row.unit ?? "USD", "short")}`}</td><td>${levelWords(row.level, row.blamed_by)}${
    row.hedge === "suspected" && html` (suspected)`
  }</td><td>${row.country}</td><td class="num">${row.claims}</td></tr>
`,
)}</tbody>
</table>
</section>
`;
}

function cells(row: TheftLine) {
  return [
    row.subject.slice("theft/".length),
    row.when,
    row.label,
    row.country,
    row.value,
    row.unit,
    row.low,
    row.high,
    row.claimant,
    row.blamed,
    row.blamed_by,
    row.hedge,
    row.level,
    row.claims,
  ];
}
