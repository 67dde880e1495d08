// What changed between two editions of a list: which entries came, went or say something else, and in which field.
import { LISTS, findList, listEditions } from "../../screening/screening.ts";
import type { Edition, EditionChange, EditionChanges, SanctionsList } from "../../screening/screening.ts";
import { csvAnswer, jsonAnswer } from "../answers.ts";
import { claimBars } from "../claim-chart.ts";
import type { CsvCell } from "../../csv.ts";
import { html, type Html } from "../html.ts";
import {
  CELL_LENGTH_MAX,
  DEPENDS,
  ROWS_SHOWN,
  choiceOf,
  chosenRows,
  changesBetween,
  editionHref,
  filterForm,
  listPage,
  startOf,
  turnPages,
} from "../list-parts.ts";
import type { Route } from "../route.ts";
import { formatDay, plural } from "../words.ts";

const COLUMNS = ["change", "key", "name", "field", "before", "after"];
const CHANGES = ["added", "removed", "changed"] as const;
const QUERY = ["from", "to", "change", "q", "start", ...new Set(LISTS.flatMap((list) => list.filters))];

export const listChangeRoutes: Route[] = (["", ".csv", ".json"] as const).map((form): Route => ({
  path: `/lists/:list/changes${form}`,
  about:
    form === ""
      ? "What changed between two editions of a list: added, removed, changed with the field."
      : `The same as ${form.slice(1).toUpperCase()}.`,
  query: QUERY,
  render(context, { params, query }) {
    const list = findList(params.list!);
    const editions = list ? listEditions(context.log, list, context.at.log_size) : [];
    const find = (name: string, otherwise: Edition | undefined) =>
      query.has(name) ? editions.find(({ edition }) => edition === query.get(name)) : otherwise;
    const [from, to] = [find("from", editions.at(-2) ?? editions.at(-1)), find("to", editions.at(-1))];
    if (!list || !from || !to) return undefined;
    const compared = changesBetween(context, from, to);
    const chosen = chosenChanges(compared.changes, list, query);
    if (form === ".csv") return csvAnswer(`${list.id}-${from.edition}-to-${to.edition}.csv`, COLUMNS, chosen.flatMap(changeCells), DEPENDS);
    if (form === ".json")
      return jsonAnswer(
        { log_size: context.at.log_size, list: list.id, from: from.edition, to: to.edition, ...compared, changes: chosen },
        DEPENDS,
      );
    return listPage(
      context,
      `/lists/${list.id}/changes`,
      `What changed: ${list.title}`,
      changesPage(list, editions, from, to, compared, chosen, query),
    );
  },
}));

function chosenChanges(changes: readonly EditionChange[], list: SanctionsList, query: URLSearchParams): EditionChange[] {
  const rows = new Set(
    chosenRows(
      changes.map(({ row }) => row),
      list,
      query,
    ),
  );
  return changes.filter(({ change, row }) => rows.has(row) && (!query.get("change") || change === query.get("change")));
}

function changesPage(
  list: SanctionsList,
  editions: readonly Edition[],
  from: Edition,
  to: Edition,
  compared: EditionChanges,
  chosen: readonly EditionChange[],
  query: URLSearchParams,
): Html {
  const start = startOf(query);
  const shown = chosen.slice(start, start + ROWS_SHOWN);
  const suffix = choiceOf(query, QUERY, { from: from.edition, to: to.edition });
  const select = (name: string, words: string, current: Edition) =>
    html`<label>${words}<select name="${name}">${editions.map(({ edition }) => html`<option value="${edition}"${edition === current.edition && html` selected`}>${formatDay(edition)}</option>`)}</select></label>`;
  const more = html`${select("from", "From", from)}${select("to", "To", to)}<label>Change<select name="change"><option value="">all</option>${CHANGES.map((change) => html`<option value="${change}"${query.get("change") === change && html` selected`}>${change} (${compared[change]})</option>`)}</select></label>`;
  const fields = new Map<string, number>();
  for (const { fields: changed } of chosen) for (const { field } of changed) fields.set(field, (fields.get(field) ?? 0) + 1);
  const bars = [
    ...CHANGES.map((change) => [change, chosen.filter((item) => item.change === change).length] as const),
    ...[...fields].sort((a, b) => b[1] - a[1]).map(([field, count]) => [`changed: ${field.replaceAll("_", " ")}`, count] as const),
  ];
  return html`<p class="label"><a href="/lists">Sanctions lists</a> · <a href="${editionHref(to)}">${list.title}</a></p>
<h1>What changed: ${list.title}</h1>
<p class="standfirst">From the edition of ${formatDay(from.edition)} to that of ${formatDay(to.edition)}. What came and went between the two is in neither and is not seen.</p>
${from.edition === to.edition && html`<p class="known">${editions.length < 2 ? "One edition is held, so there is nothing to compare it with yet." : "These are the same edition: choose two."}</p>`}
${filterForm(
  `/lists/${list.id}/changes`,
  list,
  compared.changes.map(({ row }) => row),
  query,
  more,
)}
<p class="note">${plural(chosen.length, "entry", "entries")}${chosen.length < compared.changes.length && ` of ${compared.changes.length.toLocaleString("en-US")}`}. The same as <a href="/lists/${list.id}/changes.csv${suffix}">CSV</a> or <a href="/lists/${list.id}/changes.json${suffix}">JSON</a>, whole. Compared by ${list.key.map((column) => column.replaceAll("_", " ")).join(" and ")}, over the columns that both have: ${compared.columns.map((column) => column.replaceAll("_", " ")).join(", ")}.</p>
${
  shown.length === 0
    ? html`<p>Nothing of that kind changed.</p>`
    : html`<section class="scroll" tabindex="0" aria-label="Changes"><table class="data"><thead><tr><th scope="col">Change</th><th scope="col">Entry</th><th scope="col">What</th></tr></thead><tbody>
${shown.map(
  (
    item,
  ) => html`<tr><td>${item.change}</td><th scope="row">${entryWords(item)}</th><td>${item.change === "changed" ? fieldsHtml(item) : contextWords(list, item)}</td></tr>
`,
)}</tbody></table></section>${turnPages(`/lists/${list.id}/changes`, suffix, start, chosen.length)}`
}
${
  chosen.length > 0 &&
  claimBars(
    "What came, went and changed, and in which field",
    bars.filter(([, count]) => count > 0).map(([label, value]) => ({ label, value, text: value.toLocaleString("en-US") })),
    "changes",
  )
}
<section><h2>What this comparison lacks</h2><ul><li>The day of a change: it lies somewhere between the two editions.</li><li>Other names, places and documents, which are tables of their own: only the entry itself is compared.</li>${list.address_column && html`<li>An address that the list’s own file cut off is left out on both sides.</li>`}</ul></section>`;
}

const nameOf = ({ row }: EditionChange): string => row.name ?? row.listed ?? "";
const entryWords = (item: EditionChange): string => [nameOf(item), item.key].filter(Boolean).join(" · ");
const contextWords = (list: SanctionsList, { row }: EditionChange): string =>
  [...new Set([...list.filters, "listed_on"])]
    .filter((name) => row[name] && !list.key.includes(name))
    .map((name) => `${name.replaceAll("_", " ")}: ${row[name]}`)
    .join(" · ");

function fieldsHtml({ fields }: EditionChange): Html {
  return html`${fields.map(({ field, before, after }) => {
    const [was, now] = apart(before, after);
    return html`<p><strong>${field.replaceAll("_", " ")}</strong>: <del>${was || "nothing"}</del> → <ins>${now || "nothing"}</ins></p>`;
  })}`;
}

/** Long texts from where they part to where they meet again: the files have them whole. */
function apart(before: string, after: string): [string, string] {
  if (before.length + after.length <= CELL_LENGTH_MAX) return [before, after];
  let head = 0;
  while (head < Math.min(before.length, after.length) && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(before.length, after.length) - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const from = Math.max(0, head - 20);
  const cut = (text: string) => {
    const part = text.slice(from, Math.min(text.length - tail + 20, from + CELL_LENGTH_MAX));
    return `${from > 0 ? "…" : ""}${part}${from + part.length < text.length ? "…" : ""}`;
  };
  return [cut(before), cut(after)];
}

const changeCells = (item: EditionChange): CsvCell[][] =>
  item.change === "changed"
    ? item.fields.map(({ field, before, after }) => [item.change, item.key, nameOf(item), field, before, after])
    : [[item.change, item.key, nameOf(item), "", "", ""]];
