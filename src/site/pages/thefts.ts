// All thefts that the case file holds, one line each; filter and sort stand in the address.
import { ATTRIBUTION_LEVELS } from "../../casefile/casefile.ts";
import { TracewireError } from "../../errors.ts";
import { compareDecimal, formatMoney, parseDecimal } from "../../figures/figures.ts";
import { csvAnswer, htmlType, jsonList } from "../answers.ts";
import { html, type Html } from "../html.ts";
import { frame } from "../layout.ts";
import type { Page } from "../page-store.ts";
import type { Route, SiteContext } from "../route.ts";
import { levelWords, theftRows, type TheftRow } from "../theft-rows.ts";
import { formatDay, plural, theftHref } from "../words.ts";

const QUERY = ["q", "year", "level", "country", "min", "sort", "order"] as const;
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

type Filter = { q: string; year: string; level: string; country: string; min: string; sort: keyof typeof SORTS; order: "asc" | "desc" };

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
    render: (context, { query }) => csvAnswer("thefts.csv", COLUMNS, select(context, readFilter(query)).map(cells), DEPENDS),
  },
  {
    path: "/thefts.json",
    about: "The same list as JSON.",
    query: QUERY,
    render: (context, { query }) => jsonList(context.at.log_size, COLUMNS, select(context, readFilter(query)).map(cells), DEPENDS),
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
    q,
    level,
    year: text("year", /^\d{4}$/, "a year"),
    country: text("country", /^[A-Z]{2}$/, "a country code of two letters"),
    min: text("min", /^\d{1,15}$/, "a whole number of US dollars"),
    sort: sort as Filter["sort"],
    order: (text("order", /^(asc|desc)$/, "asc or desc") || (sort === "victim" ? "asc" : "desc")) as Filter["order"],
  };
}

function select(context: SiteContext, filter: Filter): TheftRow[] {
  const needle = filter.q.toLowerCase();
  const rows = theftRows(context).filter(
    (row) =>
      (!needle || `${row.label} ${row.subject} ${row.blamed_by}`.toLowerCase().includes(needle)) &&
      (!filter.year || row.when?.startsWith(filter.year)) &&
      (!filter.level || row.level === filter.level) &&
      (!filter.country || row.country === filter.country) &&
      (!filter.min || (row.value !== null && compareDecimal(parseDecimal(row.value), parseDecimal(filter.min)) >= 0)),
  );
  const sign = filter.order === "asc" ? 1 : -1;
  return rows.toSorted((a, b) => sign * compare(a, b, filter.sort) || (a.subject < b.subject ? -1 : 1));
}

function compare(a: TheftRow, b: TheftRow, sort: Filter["sort"]): number {
  if (sort === "amount") return compareDecimal(parseDecimal(a.value ?? "-1"), parseDecimal(b.value ?? "-1"));
  const [x, y] = sort === "date" ? [a.when ?? "", b.when ?? ""] : [a.label.toLowerCase(), b.label.toLowerCase()];
  return x < y ? -1 : x > y ? 1 : 0;
}

function theftsPage(context: SiteContext, filter: Filter, query: URLSearchParams, path: string): Page {
  const all = theftRows(context);
  const rows = select(context, filter);
  const unknown = rows.filter((row) => row.value === null).length;
  const asked = new URLSearchParams([...query].filter(([, value]) => value !== "")).toString();
  const tail = asked ? `?${asked}` : "";
  const body = html`<p class="label">The case file</p>
<h1>Thefts</h1>
<p>Crypto assets that somebody says were taken, and whom somebody blames. One value stands for each theft here, that of one researcher’s list where it has one,
else the latest claimed; behind each line the rival claims stand side by side. Nothing is merged because two amounts are equal.</p>
${filterForm(filter, all)}
<p class="note">${plural(rows.length, "theft", "thefts")}${rows.length < all.length && html` of ${all.length.toLocaleString("en-US")}`}${unknown > 0 && html`, ${unknown === 1 ? "one" : String(unknown)} of unknown amount`}.
The same list as <a href="/thefts.csv${tail}">CSV</a> and <a href="/thefts.json${tail}">JSON</a>.</p>
${rows.length === 0 ? emptyList(all.length) : theftTable(rows, filter, query)}`;
  return {
    content_type: htmlType,
    body: frame({
      title: "Thefts",
      description: `${plural(all.length, "theft", "thefts")} in the case file, each with its rival claims, who is blamed by whom, and the sources.`,
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

function filterForm(filter: Filter, all: readonly TheftRow[]): Html {
  const years = [...new Set(all.map((row) => row.when?.slice(0, 4)).filter(Boolean))].sort().reverse() as string[];
  const levels = ATTRIBUTION_LEVELS.filter((level) => all.some((row) => row.level === level));
  const countries = [...new Set(all.map((row) => row.country).filter(Boolean))].sort();
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
<input name="q" type="search" maxlength="${TEXT_LENGTH_MAX}" value="${filter.q}"></label>
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

function theftTable(rows: readonly TheftRow[], filter: Filter, query: URLSearchParams): Html {
  const head = (sort: Filter["sort"], numeric = false) => {
    const next = new URLSearchParams([...query].filter(([name, value]) => value !== "" && name !== "sort" && name !== "order"));
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
  }</td><td>${row.low !== null && row.low !== row.high && html`${formatMoney(row.low, row.unit ?? "USD", "short")} to ${formatMoney(row.high!, row.unit ?? "USD", "short")}`}</td><td>${levelWords(row.level)}${
    row.hedge === "suspected" && html` (suspected)`
  }</td><td>${row.country}</td><td class="num">${row.claims}</td></tr>
`,
)}</tbody>
</table>
</section>
`;
}

function cells(row: TheftRow) {
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
