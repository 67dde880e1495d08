// Every sanctions list held: its editions, and what is on it.
import { readRows, type Row } from "../../datasets/datasets.ts";
import { LISTS, findList, invalidLines, listEditions, otherNamesOf, type Edition, type SanctionsList } from "../../screening/screening.ts";
import { csvAnswer, jsonAnswer, jsonList } from "../answers.ts";
import { claimBars } from "../claim-chart.ts";
import type { CsvCell } from "../../csv.ts";
import { html, nothing, type Html } from "../html.ts";
import {
  CELL_LENGTH_MAX,
  DEPENDS,
  ROWS_SHOWN,
  changesHref,
  choiceOf,
  chosenRows,
  changesBetween,
  counted,
  editionHref,
  editionSources,
  filterForm,
  listPage,
  startOf,
  turnPages,
} from "../list-parts.ts";
import type { Route, SiteContext } from "../route.ts";
import { formatDay, plural } from "../words.ts";

const BARS_MAX = 12;
const LIST_COLUMNS = [
  "list",
  "title",
  "publisher",
  "edition",
  "table",
  "entries",
  "from_edition",
  "added",
  "removed",
  "changed",
  "entry",
  "rows_root",
  "licence",
];
const LIST_QUERY = ["edition", "q", "start", ...new Set(LISTS.flatMap((list) => list.filters))];

export const sanctionsListRoutes: Route[] = [
  {
    path: "/lists",
    about: "Sanctions lists held: editions with their dates and counts, what changed between them, what each lacks.",
    render: (context) => listPage(context, "/lists", "Sanctions lists", overview(context)),
  },
  {
    path: "/lists.csv",
    about: "Every edition of every list, with what came, went and changed, as CSV.",
    render: (context) => csvAnswer("lists.csv", LIST_COLUMNS, listCells(context), DEPENDS),
  },
  {
    path: "/lists.json",
    about: "The same as JSON.",
    render: (context) => jsonList(context.at.log_size, LIST_COLUMNS, listCells(context), DEPENDS),
  },
  {
    path: "/lists/:list",
    about: "One list in one edition, by filters in the address; with .csv or .json behind the name all that they choose.",
    query: LIST_QUERY,
    render(context, { params, query }) {
      const [, id, form] = /^(.+?)(?:\.(csv|json))?$/.exec(params.list!)!;
      const list = findList(id!);
      const editions = list ? listEditions(context.log, list, context.at.log_size) : [];
      const edition = query.has("edition") ? editions.find((item) => item.edition === query.get("edition")) : editions.at(-1);
      if (!list || !edition) return undefined;
      const rows = chosenRows(readRows(context.log, edition.dataset), list, query);
      const { columns } = edition.dataset;
      const cells = () => rows.map((row) => columns.map((column) => row[column] ?? ""));
      if (form === "csv") return csvAnswer(`${list.id}-${edition.edition}.csv`, columns, cells(), DEPENDS);
      if (form === "json")
        return jsonAnswer({ log_size: context.at.log_size, list: list.id, edition: edition.edition, table: edition.table, rows }, DEPENDS);
      return listPage(context, `/lists/${list.id}`, list.title, onePage(context, list, editions, edition, rows, query));
    },
  },
];

function heldLists(context: SiteContext): { list: SanctionsList; editions: Edition[] }[] {
  return LISTS.map((list) => ({ list, editions: listEditions(context.log, list, context.at.log_size) })).filter(
    ({ editions }) => editions.length > 0,
  );
}

function listCells(context: SiteContext): CsvCell[][] {
  return heldLists(context).flatMap(({ list, editions }) =>
    editions.map((edition, at) => {
      const before = editions[at - 1];
      const compared = before && changesBetween(context, before, edition);
      const { dataset } = edition;
      return [
        list.id,
        list.title,
        list.publisher,
        edition.edition,
        edition.table,
        dataset.row_count,
        before?.edition,
        compared?.added,
        compared?.removed,
        compared?.changed,
        dataset.seq,
        dataset.rows_root,
        dataset.licence ?? "",
      ];
    }),
  );
}

function overview(context: SiteContext): Html {
  const held = heldLists(context);
  if (held.length === 0) return html`<h1>Sanctions lists</h1><p>None is held yet. One comes with <code>tracewire import</code>.</p>`;
  const bars = held.flatMap(({ list, editions }) =>
    editions.map(({ edition, dataset }) => ({
      label: `${list.short}, ${formatDay(edition)}`,
      value: dataset.row_count,
      text: dataset.row_count.toLocaleString("en-US"),
    })),
  );
  return html`<h1>Sanctions lists</h1>
<p class="standfirst">Each list in every edition that we hold. An edition proves its own day; between editions, and after the last, nobody can say.</p>
<p><a href="/screen">Look an address or a name up</a>. All as <a href="/lists.csv">CSV</a> or <a href="/lists.json">JSON</a>; other sources are <a href="/datasets">as tables</a>.</p>
<section class="scroll" tabindex="0" aria-label="Lists and their editions"><table class="data"><thead><tr><th scope="col">List</th><th scope="col">Edition</th><th scope="col" class="num">Entries</th><th scope="col">Against the edition before</th></tr></thead><tbody>
${held.flatMap(({ list, editions }) =>
  editions.map((edition, at) => {
    const before = editions[at - 1];
    const compared = before && changesBetween(context, before, edition);
    const told = compared
      ? html`<a href="${changesHref(before, edition)}">${compared.added.toLocaleString("en-US")} in, ${compared.removed.toLocaleString("en-US")} out, ${compared.changed.toLocaleString("en-US")} changed</a>`
      : "the first held";
    return html`<tr><th scope="row"><a href="${editionHref(edition)}">${list.title}</a></th><td>${formatDay(edition.edition)}</td><td class="num">${edition.dataset.row_count.toLocaleString("en-US")}</td><td>${told}</td></tr>
`;
  }),
)}</tbody></table></section>
${claimBars("Entries by edition", bars, "lists")}
<section><h2>What these lists lack</h2><dl class="facts">${held.map(({ list }) => html`<div><dt>${list.title}</dt><dd>${list.lacks.join(" ")}</dd></div>`)}<div><dt>Every other list</dt><dd>Of the European Union, the United Kingdom, Japan, South Korea and others none is held.</dd></div></dl></section>
${editionSources(
  context,
  held.flatMap(({ editions }) => editions),
)}`;
}

function onePage(
  context: SiteContext,
  list: SanctionsList,
  editions: readonly Edition[],
  edition: Edition,
  rows: readonly Row[],
  query: URLSearchParams,
): Html {
  const all = readRows(context.log, edition.dataset);
  const at = editions.indexOf(edition);
  const before = editions[at - 1];
  const start = startOf(query);
  const shown = rows.slice(start, start + ROWS_SHOWN);
  const columns = edition.dataset.columns.filter((column) => shown.some((row) => row[column]));
  const suffix = choiceOf(query, LIST_QUERY, { edition: edition.edition });
  const others = otherNamesOf(context.log, edition, context.at.log_size);
  return html`<p class="label"><a href="/lists">Sanctions lists</a></p>
<h1>${list.title}</h1>
<p class="standfirst">${list.about} Here as of ${formatDay(edition.edition)}.</p>
<dl class="facts"><div><dt>Publisher</dt><dd>${list.publisher}</dd></div>
<div><dt>Editions</dt><dd>${editions.map((item, place) => html`${place > 0 && " · "}${item === edition ? html`<strong>${formatDay(item.edition)}</strong>` : html`<a href="${editionHref(item)}">${formatDay(item.edition)}</a>`} (${item.dataset.row_count.toLocaleString("en-US")})`)}</dd></div>
${before && html`<div><dt>Changes</dt><dd><a href="${changesHref(before, edition)}">since ${formatDay(before.edition)}</a></dd></div>`}
<div><dt>Table</dt><dd><a href="/datasets/${edition.table}?edition=${edition.edition}">${edition.table}</a>${others && html`, <a href="/datasets/${others.name}?edition=${edition.edition}">${plural(others.row_count, "other name", "other names")}</a>`}</dd></div></dl>
${filterForm(`/lists/${list.id}`, list, all, query, html`<input type="hidden" name="edition" value="${edition.edition}">`)}
<p class="note">${plural(rows.length, "entry", "entries")}${rows.length < all.length && ` of ${all.length.toLocaleString("en-US")}`}. The same as <a href="/lists/${list.id}.csv${suffix}">CSV</a> or <a href="/lists/${list.id}.json${suffix}">JSON</a>, whole.</p>
${
  shown.length === 0
    ? html`<p>No entry is so. <a href="${editionHref(edition)}">Show all</a>.</p>`
    : html`<section class="scroll" tabindex="0" aria-label="Entries"><table class="data"><thead><tr>${columns.map((column) => html`<th scope="col">${column.replaceAll("_", " ")}</th>`)}</tr></thead><tbody>
${shown.map(
  (row) => html`<tr>${columns.map((column) => html`<td>${cellHtml(list, edition, column, row[column] ?? "")}</td>`)}</tr>
`,
)}</tbody></table></section>${turnPages(`/lists/${list.id}`, suffix, start, rows.length)}`
}
${drawn(context, list, edition, before, rows, query)}
${list.address_column && slips(context, edition)}
<section><h2>What this list lacks</h2><ul>${list.lacks.map((line) => html`<li>${line}</li>`)}</ul></section>
${editionSources(context, editions)}`;
}

/** The list's own slips: they are kept and compared as they stand, because a list is what it says. */
function slips(context: SiteContext, edition: Edition): Html {
  const lines = context.memo(`list slips ${edition.dataset.seq}`, () => invalidLines(context.log, edition.dataset));
  const checked = html`Each line was read by the rule and the checksum of its asset’s chain. `;
  if (lines.length === 0) return html`<section><h2>Checked</h2><p>${checked}All are addresses of their asset.</p></section>`;
  return html`<section><h2>Lines that are no address of their asset</h2><p>${checked}${lines.length === 1 ? "One is" : `${lines.length} are`} not; a look-up still finds ${lines.length === 1 ? "it" : "them"} as written.</p>
<dl class="facts">${lines.map(({ row, reason }) => html`<div><dt>${row.asset}</dt><dd>${row.address}: ${reason}.</dd></div>`)}</dl></section>`;
}

/** An address opens the look-up on the day of the edition; it is never a link to anywhere else. */
function cellHtml(list: SanctionsList, { edition }: Edition, column: string, cell: string): Html {
  if (column === list.address_column)
    return html`<a href="/screen?q=${encodeURIComponent(cell)}&amp;on=${`${edition}-01`.slice(0, 10)}">${cell}</a>`;
  return html`${cell.length > CELL_LENGTH_MAX ? `${cell.slice(0, CELL_LENGTH_MAX)}… (whole in the files)` : cell}`;
}

function drawn(
  context: SiteContext,
  list: SanctionsList,
  edition: Edition,
  before: Edition | undefined,
  rows: readonly Row[],
  query: URLSearchParams,
): Html {
  const now = counted(rows, list.by.column);
  if (now.size < 2) return nothing;
  const was = before && counted(chosenRows(readRows(context.log, before.dataset), list, query), list.by.column);
  const bars = [...now].slice(0, BARS_MAX).map(([label, value]) => ({
    label,
    value,
    text: `${value.toLocaleString("en-US")}${was ? ` (${(was.get(label) ?? 0).toLocaleString("en-US")} before)` : ""}`,
  }));
  const left = now.size - bars.length;
  const title = `Entries by ${list.by.words}, ${formatDay(edition.edition)}${before ? ` (before: ${formatDay(before.edition)})` : ""}`;
  return html`${claimBars(title, bars, "by")}${left > 0 && html`<p class="note">${left === 1 ? "One more is" : `${left} more are`} not drawn. An entry may stand under several.</p>`}`;
}
