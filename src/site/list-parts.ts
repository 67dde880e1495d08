// What the pages of lists share: a choice in the address, entries counted, where an edition was read from.
import type { Row } from "../datasets/datasets.ts";
import { compareEditions, keyOf, type Edition, type EditionChanges, type SanctionsList } from "../screening/screening.ts";
import { htmlType } from "./answers.ts";
import { html, nothing, type Html } from "./html.ts";
import { frame } from "./layout.ts";
import type { Page } from "./page-store.ts";
import type { SiteContext } from "./route.ts";
import { GRADE_WORDS, gradeMark } from "./sources.ts";
import { capital, formatDay, plural } from "./words.ts";

export const ROWS_SHOWN = 25;
/** A longer cell is cut on the page; the files have it whole. */
export const CELL_LENGTH_MAX = 240;
export const DEPENDS = ["datasets"];
const QUERY_LENGTH_MAX = 100;

export const editionHref = ({ list, edition }: Edition): string => `/lists/${list.id}?edition=${edition}`;
export const changesHref = (from: Edition, to: Edition): string => `/lists/${to.list.id}/changes?from=${from.edition}&to=${to.edition}`;

/** Made once for each pair: editions never change. */
export const changesBetween = (context: SiteContext, from: Edition, to: Edition): EditionChanges =>
  context.memo(`list changes ${from.dataset.seq} ${to.dataset.seq}`, () => compareEditions(context.log, from, to));

/** Values of one cell: the SDN file joins programmes as “SDGT] [IFSR”. */
const valuesOf = (cell: string): string[] =>
  cell
    .split(/\] \[|; /)
    .map((value) => value.trim())
    .filter(Boolean);

export function counted(rows: readonly Row[], column: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) for (const value of valuesOf(row[column] ?? "")) counts.set(value, (counts.get(value) ?? 0) + 1);
  return new Map([...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)));
}

/** Rows by the filters in the address. A text that is an entry's own number chooses that entry alone. */
export function chosenRows(rows: readonly Row[], list: SanctionsList, query: URLSearchParams): readonly Row[] {
  const wanted = (query.get("q") ?? "").slice(0, QUERY_LENGTH_MAX).toLowerCase();
  const filters = list.filters.filter((name) => query.get(name)).map((name) => [name, query.get(name)!] as const);
  const filtered = rows.filter((row) => filters.every(([name, value]) => valuesOf(row[name] ?? "").includes(value)));
  if (wanted === "") return filtered;
  const named = filtered.filter((row) => keyOf(list, row).toLowerCase() === wanted);
  return named.length > 0 ? named : filtered.filter((row) => Object.values(row).some((cell) => cell.toLowerCase().includes(wanted)));
}

export function filterForm(path: string, list: SanctionsList, rows: readonly Row[], query: URLSearchParams, more: Html): Html {
  return html`<form class="filters" action="${path}" method="get">${more}<label>With<input type="search" name="q" value="${(query.get("q") ?? "").slice(0, QUERY_LENGTH_MAX)}" maxlength="${QUERY_LENGTH_MAX}"></label>
${list.filters.map((name) => {
  const values = [...counted(rows, name)].filter(([value]) => value.length <= 60);
  return (
    values.length > 1 &&
    html`<label>${name === "program" ? "Programme" : name === "list" ? "Regime" : capital(name)}<select name="${name}"><option value="">all</option>${values.map(([value, count]) => html`<option value="${value}"${query.get(name) === value && html` selected`}>${value} (${count})</option>`)}</select></label>`
  );
})}<button type="submit">Show</button></form>`;
}

/** Where each edition was read from, and how well: the mark of every capture with both grades. */
export function editionSources(context: SiteContext, editions: readonly Edition[]): Html {
  const rows = editions.flatMap(({ list, edition, dataset }) => {
    const [first, ...more] = dataset.captures.map((seq) => context.capture(seq)).filter((capture) => capture?.released !== undefined);
    return first ? [{ list, edition, dataset, first, more: more.length }] : [];
  });
  const grades = new Set(rows.map(({ first }) => first.grade));
  return html`<section><h2>Sources</h2>
<section class="scroll" tabindex="0" aria-label="Sources"><table class="data"><thead><tr><th scope="col">Edition</th><th scope="col">Read from</th><th scope="col">Verified how far</th><th scope="col">Licence</th></tr></thead><tbody>
${rows.map(
  ({
    list,
    edition,
    dataset,
    first,
    more,
  }) => html`<tr><th scope="row">${list.title}, ${formatDay(edition)}</th><td><a href="/evidence/${first.sha256}">${first.title}</a>${more > 0 && ` and ${plural(more, "file", "files")} more`}</td><td>${gradeMark(first.grade)} source ${first.source_grade}, item ${first.item_grade}; rows proved by the root in <a href="/log/${dataset.seq}">entry ${dataset.seq}</a></td><td>${dataset.licence ?? "not stated"}</td></tr>
`,
)}</tbody></table></section>
${[...grades].map((grade) => html`<p class="note">${gradeMark(grade)} ${GRADE_WORDS[grade]}</p>`)}</section>`;
}

export const startOf = (query: URLSearchParams): number => {
  const start = Number(query.get("start") ?? 0);
  return Number.isSafeInteger(start) && start > 0 ? start : 0;
};

/** The choice of the page as part of an address, without the place in it. */
export function choiceOf(query: URLSearchParams, names: readonly string[], fixed: Record<string, string>): string {
  const kept = names
    .filter((name) => name !== "start" && !Object.hasOwn(fixed, name) && query.get(name))
    .map((name) => [name, query.get(name)!] as [string, string]);
  return `?${new URLSearchParams([...Object.entries(fixed), ...kept]).toString()}`;
}

export function turnPages(path: string, suffix: string, start: number, count: number): Html {
  const to = (place: number) => `${path}${suffix}${place > 0 ? `&start=${place}` : ""}`;
  if (start === 0 && count <= ROWS_SHOWN) return nothing;
  return html`<nav class="pages" aria-label="Pages">${start > 0 && html`<a href="${to(Math.max(0, start - ROWS_SHOWN))}">Before</a>`}${start + ROWS_SHOWN < count ? html`<a rel="next" href="${to(start + ROWS_SHOWN)}">More</a>` : html`<span>That is all.</span>`}</nav>`;
}

export function listPage(context: SiteContext, path: string, title: string, body: Html): Page {
  return {
    content_type: htmlType,
    body: frame({ title, description: `${title}: editions, entries, changes, sources.`, path, context, body }),
    depends: DEPENDS,
  };
}
