// The public sources that figures count over: each with its edition, its rows, what it lacks, and every row as a file.
import { findDataset, listDatasets, readRows, type Dataset, type Row } from "../../datasets/datasets.ts";
import { csvAnswer, jsonAnswer, jsonList } from "../answers.ts";
import { html, type Html } from "../html.ts";
import { frame } from "../layout.ts";
import type { Route, SiteContext } from "../route.ts";
import { plural } from "../words.ts";

const ROWS_SHOWN = 50;
const QUERY_LENGTH_MAX = 100;
const COLUMNS = ["dataset", "edition", "title", "publisher", "row_count", "rows_root", "entry", "licence", "lacks"];

export const datasetRoutes: Route[] = [
  {
    path: "/datasets",
    about: "The public sources that are held as tables, by edition.",
    render(context) {
      const datasets = released(context);
      const body = html`<h1>Sources as tables</h1>
<p class="standfirst">Lists, tags, events, prices and blocks that figures count over. Each edition is kept; what each lacks is said.</p>
${datasets.length === 0 ? html`<p>None is held yet. One comes with <code>tracewire import</code>.</p>` : html`<p class="note">The same as <a href="/datasets.csv">CSV</a> or <a href="/datasets.json">JSON</a>.</p>${table(datasets)}`}`;
      return page(context, "/datasets", "Sources as tables", body);
    },
  },
  {
    path: "/datasets.csv",
    about: "The tables held, as CSV.",
    render: (context) => csvAnswer("datasets.csv", COLUMNS, cells(context), ["datasets"]),
  },
  {
    path: "/datasets.json",
    about: "The tables held, as JSON.",
    render: (context) => jsonList(context.at.log_size, COLUMNS, cells(context), ["datasets"]),
  },
  {
    path: "/datasets/:format/:table",
    about: "One table: its rows with a filter, paged; with .csv or .json behind the name all of them.",
    query: ["edition", "q", "from"],
    render(context, { params, query, path }) {
      const [, name, form] = /^(.+?)(?:\.(csv|json))?$/.exec(`${params.format}/${params.table}`)!;
      const edition = query.get("edition");
      const dataset = findDataset(context.log, edition ? `${name}@${edition}` : name!, context.at.log_size);
      if (!dataset) return undefined;
      const text = (query.get("q") ?? "").slice(0, QUERY_LENGTH_MAX);
      const wanted = text.toLowerCase();
      const rows = readRows(context.log, dataset).filter(
        (row) => wanted === "" || Object.values(row).some((cell) => cell.toLowerCase().includes(wanted)),
      );
      const inOrder = () => rows.map((row) => dataset.columns.map((column) => row[column] ?? ""));
      if (form === "csv") return csvAnswer(`${name!.replace("/", "-")}.csv`, dataset.columns, inOrder(), ["datasets"]);
      if (form === "json") return jsonAnswer({ log_size: context.at.log_size, dataset, rows }, ["datasets"]);
      const from = Math.max(0, Number(query.get("from") ?? 0) || 0);
      return page(
        context,
        path,
        `${dataset.title}: ${name!.split("/")[1]!.replaceAll("-", " ")}`,
        onePage(context, dataset, rows, { text, from, path }),
      );
    },
  },
];

const released = ({ log, at }: SiteContext): Dataset[] =>
  listDatasets(log, at.log_size).filter((dataset) => dataset.released !== undefined && dataset.released < at.log_size);

const cells = (context: SiteContext) =>
  released(context).map((item) => [
    item.name,
    item.edition,
    item.title,
    item.publisher,
    item.row_count,
    item.rows_root,
    item.seq,
    item.licence ?? "",
    item.lacks,
  ]);

const hrefOf = (dataset: Dataset): string => `/datasets/${dataset.name}${dataset.edition ? `?edition=${dataset.edition}` : ""}`;

function table(datasets: readonly Dataset[]): Html {
  return html`<section class="scroll" tabindex="0" aria-label="Sources as tables"><table class="data wordy">
<thead><tr><th scope="col">Table</th><th scope="col">Edition</th><th scope="col" class="num">Rows</th><th scope="col">Publisher</th><th scope="col">What it lacks</th></tr></thead>
<tbody>${datasets.map(
    (
      item,
    ) => html`<tr><th scope="row"><a href="${hrefOf(item)}">${item.name}</a></th><td>${item.edition ?? "not stated"}</td><td class="num">${item.row_count.toLocaleString("en-US")}</td><td>${item.publisher}</td><td>${item.lacks}</td></tr>
`,
  )}</tbody></table></section>`;
}

function onePage(
  context: SiteContext,
  dataset: Dataset,
  rows: readonly Row[],
  { text, from, path }: { text: string; from: number; path: string },
): Html {
  const shown = rows.slice(from, from + ROWS_SHOWN);
  const editions = released(context).filter((item) => item.name === dataset.name && item.seq !== dataset.seq);
  const link = (place: number) =>
    `${path}?${new URLSearchParams({ ...(dataset.edition ? { edition: dataset.edition } : {}), ...(text ? { q: text } : {}), from: String(place) }).toString()}`;
  return html`<p class="label"><a href="/datasets">Sources as tables</a></p>
<h1>${dataset.title}</h1>
<dl class="facts"><div><dt>Table</dt><dd>${dataset.name}</dd></div><div><dt>Edition</dt><dd>${dataset.edition ?? "not stated"}${editions.map((item) => html` · <a href="${hrefOf(item)}">${item.edition ?? `entry ${item.seq}`}</a>`)}</dd></div>
<div><dt>Publisher</dt><dd>${dataset.publisher}</dd></div><div><dt>Rows</dt><dd>${dataset.row_count.toLocaleString("en-US")}, root ${dataset.rows_root.slice(0, 16)}…</dd></div>
<div><dt>Licence</dt><dd>${dataset.licence ?? "not stated"}</dd></div><div><dt>Lacks</dt><dd>${dataset.lacks}</dd></div>
<div><dt>In the log</dt><dd><a href="/log/${dataset.seq}">Entry ${dataset.seq}</a>, read by ${dataset.reader} ${dataset.reader_version}</dd></div></dl>
<form class="filters" action="${path}" method="get">${dataset.edition && html`<input type="hidden" name="edition" value="${dataset.edition}">`}<label>Rows with<input type="search" name="q" value="${text}" maxlength="${QUERY_LENGTH_MAX}"></label><button type="submit">Show</button></form>
<p class="note">${plural(rows.length, "row", "rows")}. All of them as <a href="${path}.csv${dataset.edition ? `?edition=${dataset.edition}` : ""}">CSV</a> or <a href="${path}.json${dataset.edition ? `?edition=${dataset.edition}` : ""}">JSON</a>. Addresses and domains are text here, never links.</p>
${
  shown.length === 0
    ? html`<p>No row has that.</p>`
    : html`<section class="scroll" tabindex="0" aria-label="Rows of ${dataset.name}"><table class="data"><thead><tr>${dataset.columns.map((column) => html`<th scope="col">${column.replaceAll("_", " ")}</th>`)}</tr></thead>
<tbody>${shown.map(
        (row) => html`<tr>${dataset.columns.map((column) => html`<td>${row[column] ?? ""}</td>`)}</tr>
`,
      )}</tbody></table></section>`
}
<nav class="pages" aria-label="Pages">${from > 0 && html`<a href="${link(Math.max(0, from - ROWS_SHOWN))}">Before</a>`}${from + ROWS_SHOWN < rows.length && html`<a rel="next" href="${link(from + ROWS_SHOWN)}">More</a>`}</nav>`;
}

function page(context: SiteContext, path: string, title: string, body: Html) {
  return {
    content_type: "text/html; charset=utf-8",
    body: frame({ title, description: `${title}, with every row.`, path, context, body }),
    depends: ["datasets"],
  };
}
