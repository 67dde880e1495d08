// An answer as it is shown: words, tables of cells, words. It is made where the question is answered, in words that the
// command prints as well, and drawn here; what is longer than a page stands whole in its files.
import { html, type Html } from "../site/site.ts";

/** `numbers` and `codes`: columns of amounts, and of what is copied. */
export type SheetTable = { caption?: string; head: readonly string[]; rows: readonly (readonly string[])[]; numbers?: readonly number[]; codes?: readonly number[]; /** Rows in all, where not all are here. */ of?: number };
export type Sheet = {
  title: string;
  under?: string;
  /** Before the tables. `alarm`: something is to be looked at. */
  says: readonly string[];
  alarm?: boolean;
  tables: readonly SheetTable[];
  notes: readonly string[];
};

export const ROWS_SHOWN_MAX = 200;

/** The first rows of a table, with how many there are. */
export const firstRows = (table: Omit<SheetTable, "of">): SheetTable => ({ ...table, rows: table.rows.slice(0, ROWS_SHOWN_MAX), ...(table.rows.length > ROWS_SHOWN_MAX ? { of: table.rows.length } : {}) });

export const sheetPart = ({ title, under, says, alarm, tables, notes }: Sheet): Html => html`<h2>${title}</h2>
${under !== undefined && html`<p class="hint">${under}</p>
`}${says.map((words) => html`<p${alarm === true && html` class="finding"`}>${words}</p>
`)}${tables.map(tablePart)}${notes.map((words) => html`<p class="hint">${words}</p>
`)}`;

const tablePart = ({ caption, head, rows, numbers = [], codes = [], of }: SheetTable): Html => html`<div class="scroll" tabindex="0"><table>${caption !== undefined && html`<caption>${caption}</caption>`}<thead><tr>${head.map((words, at) => (words === "" ? html`<td></td>` : html`<th${numbers.includes(at) && html` class="num"`}>${words}</th>`))}</tr></thead><tbody>${rows.map(
  (row) => html`<tr>${row.map((cell, at) => html`<td${numbers.includes(at) && html` class="num"`}>${codes.includes(at) && cell !== "" ? html`<code>${cell}</code>` : cell}</td>`)}</tr>
`,
)}</tbody></table></div>
${of !== undefined && html`<p class="hint">${rows.length.toLocaleString("en-US")} of ${of.toLocaleString("en-US")} shown; the files have all.</p>
`}`;
