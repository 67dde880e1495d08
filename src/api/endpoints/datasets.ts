// Public sources as tables, editions of lists, and every row of each.
import Type from "typebox";
import { findDataset, listDatasets, readRows, type Dataset } from "../../datasets/datasets.ts";
import { TracewireError } from "../../errors.ts";
import { TRANSFER_READERS } from "../../tracing/tracing.ts";
import { endpoint, type ApiContext } from "../endpoint.ts";
import { pageThrough } from "../paging.ts";
import { addressLists } from "../screen-addresses.ts";
import { closed, entryNumber, listQuery, named, nullable, optionalText, pageOf, rowSchema, text } from "../schemas.ts";

const datasetSchema = named(
  "Dataset",
  Type.Object(
    {
      entry: entryNumber,
      name: text("reader/table"),
      edition: nullable(text("Its own date, to its precision")),
      title: text("Title"),
      publisher: text("Who publishes it"),
      row_count: Type.Integer({ minimum: 0 }),
      rows_root: text("Merkle root of its rows"),
      columns: Type.Array(Type.String()),
      licence: nullable(text("Under which it may be passed on")),
      lacks: text("What it does not hold"),
      is_released: Type.Boolean(),
    },
    closed,
  ),
);

const tableParams = Type.Object({ format: text("Reader", { maxLength: 60 }), table: text("Table", { maxLength: 80 }) }, closed);
const EDITION = "^\\d{4}(-\\d{2}(-\\d{2})?)?$";

export const datasetEndpoints = [
  endpoint({
    method: "GET",
    path: "/datasets",
    group: "sources",
    about: "Sources that are held as tables, each edition by its own.",
    query: listQuery({ name: optionalText("Only editions of this table") }),
    answer: pageOf(datasetSchema),
    scopes: ["claims:unreleased", "tags:own", "traces:private"],
    async run(context, { query }) {
      const page = await pageThrough(context, "/datasets", query, (after, count) =>
        visibleDatasets(context)
          .filter(({ name, seq }) => (query.name === undefined || name === query.name) && seq > ((after as number | undefined) ?? -1))
          .slice(0, count), ({ seq }) => seq);
      return { body: { ...page, items: page.items.map(toDataset) } };
    },
  }),
  endpoint({
    method: "GET",
    path: "/datasets/{format}/{table}/rows",
    group: "sources",
    about: "Rows of one table, in their order.",
    params: tableParams,
    query: listQuery({ edition: optionalText("Of this edition; else the newest", { pattern: EDITION }) }),
    answer: pageOf(rowSchema),
    scopes: ["claims:unreleased", "tags:own", "traces:private"],
    async run(context, { params, query }) {
      const dataset = requireVisible(context, `${params.format}/${params.table}`, query.edition);
      return rowsPage(context, `/datasets/${dataset.seq}`, query, dataset);
    },
  }),
  endpoint({
    method: "GET",
    path: "/datasets/{format}/{table}",
    group: "sources",
    about: "One table: its newest edition, or the one asked for.",
    params: tableParams,
    query: Type.Object({ edition: optionalText("This edition", { pattern: EDITION }), known: listQuery({}).properties.known, as_of: listQuery({}).properties.as_of }, closed),
    answer: datasetSchema,
    scopes: ["claims:unreleased", "tags:own", "traces:private"],
    run: (context, { params, query }) => ({ body: toDataset(requireVisible(context, `${params.format}/${params.table}`, query.edition)) }),
  }),
  endpoint({
    method: "GET",
    path: "/lists",
    group: "screening",
    about: "Editions of the lists that addresses are screened against.",
    query: listQuery({}),
    answer: pageOf(datasetSchema),
    async run(context, { query }) {
      const all = addressLists(context.log, context.at.log_size);
      const page = await pageThrough(context, "/lists", query, (after, count) => all.filter(({ seq }) => seq > ((after as number | undefined) ?? -1)).slice(0, count), ({ seq }) => seq);
      return { body: { ...page, items: page.items.map(toDataset) } };
    },
  }),
];

/** Rows by their place: a dataset never changes. */
export async function rowsPage(
  context: ApiContext,
  path: string,
  query: Parameters<typeof pageThrough>[2],
  dataset: Pick<Dataset, "seq" | "row_count" | "rows_root" | "name">,
) {
  const rows = readRows(context.log, dataset);
  const page = await pageThrough(context, path, query, (after, count) => {
    const from = ((after as number | undefined) ?? -1) + 1;
    return rows.slice(from, from + count).map((row, at) => ({ at: from + at, row }));
  }, ({ at }: { at: number }) => at);
  return { body: { ...page, items: page.items.map(({ row }) => row) } };
}

/** By its name: tags are the caller's own, what comes of traces is private, the rest is as the case file. */
const scopeOf = ({ name }: Pick<Dataset, "name">) =>
  /^(tagpack|tags)\//.test(name)
    ? "tags:own"
    : name.startsWith("trace/") || TRANSFER_READERS.some(({ format }) => name.startsWith(`${format}/`))
      ? "traces:private"
      : "claims:unreleased";

const isVisible = ({ at, caller }: ApiContext, dataset: Dataset): boolean =>
  (dataset.released !== undefined && dataset.released < at.log_size) || caller.scopes.has(scopeOf(dataset));

/** Oldest entry first. */
const visibleDatasets = (context: ApiContext): Dataset[] =>
  listDatasets(context.log, context.at.log_size)
    .filter((dataset) => isVisible(context, dataset))
    .reverse();

function requireVisible(context: ApiContext, name: string, edition: string | undefined): Dataset {
  const reference = edition === undefined ? name : `${name}@${edition}`;
  const { log_size, as_of } = context.at;
  const found = ["all", "released"] as const;
  for (const evidence of found) {
    if (evidence === "all" && !context.caller.scopes.has(scopeOf({ name }))) continue;
    const dataset = findDataset(context.log, reference, log_size, evidence, as_of);
    if (dataset) return dataset;
  }
  throw new TracewireError("NOT_FOUND", { what: "No such table is held", hint: "GET /v1/datasets lists them." });
}

const toDataset = (dataset: Dataset) => ({
  entry: dataset.seq,
  name: dataset.name,
  edition: dataset.edition,
  title: dataset.title,
  publisher: dataset.publisher,
  row_count: dataset.row_count,
  rows_root: dataset.rows_root,
  columns: dataset.columns,
  licence: dataset.licence ?? null,
  lacks: dataset.lacks,
  is_released: dataset.released !== undefined,
});
