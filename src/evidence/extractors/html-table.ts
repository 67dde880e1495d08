// Rows and cells of an HTML table, spans spread over the grid as a reader sees them.
import { html as names, type DefaultTreeAdapterTypes as Tree } from "parse5";
import { Unreadable } from "../extraction.ts";
import type { TextBuilder } from "../text-builder.ts";
import type { InlineWriter } from "./html.ts";

/** A td of SVG or MathML is no cell. */
export const isHtmlElement = (element: Tree.Element): boolean => element.namespaceURI === names.NS.HTML;

/** HTML Living Standard §4.9.11 caps both. */
const COLSPAN_MAX = 1000;
const ROWSPAN_MAX = 65_534;

export type TableReader = {
  /** thead, tbody, tfoot, tr, td or th. */
  enter(element: Tree.Element): void;
  leave(element: Tree.Element): void;
  finish(): void;
};

type Cell = { start: number; end: number; columns: number; rows: number; stopWaiting: () => void };
const UNSET = -1;

export function createTableReader(builder: TextBuilder, writer: InlineWriter, cells_max: number): TableReader {
  const table = builder.startTable();
  /** Cells of rows above that reach into the rows to come, by column. */
  const reaching: ({ cell: Cell; rows_left: number } | undefined)[] = [];
  let cells: Cell[] = [];
  let in_head = false;
  let header_rows = 0;
  let row_start = UNSET;
  let only_headings = true;

  return {
    enter(element) {
      if (!isHtmlElement(element)) return;
      const tag = element.tagName;
      if (tag === "tr") {
        cells = [];
        only_headings = true;
        row_start = UNSET;
        if (!writer.isWaiting()) writer.setGap(table.rows.length ? "\n" : "\n\n", true);
      } else if (tag === "td" || tag === "th") {
        if (cells.length > 0 && !writer.isWaiting()) writer.setGap("\t", false);
        if (tag === "td") only_headings = false;
        cells.push(openCell(element));
      } else {
        reaching.length = 0; // A span ends with its row group.
        in_head = tag === "thead";
      }
    },
    leave(element) {
      if (!isHtmlElement(element)) return;
      const tag = element.tagName;
      if (tag === "td" || tag === "th") closeCell(cells.at(-1));
      else if (tag === "tr") closeRow();
      else in_head = false;
    },
    finish() {
      // Only the last of the leading heading rows names the columns; a table of headings alone keeps its rows.
      if (header_rows === 0 || header_rows === table.rows.length) return;
      table.rows.splice(0, header_rows - 1);
      for (const [index, row] of table.rows.entries()) row.row = index;
    },
  };

  function openCell(element: Tree.Element): Cell {
    const cell: Cell = {
      start: UNSET,
      end: UNSET,
      columns: span(element, "colspan", COLSPAN_MAX),
      rows: span(element, "rowspan", ROWSPAN_MAX),
      stopWaiting: writer.onNextText((start) => {
        cell.start = start;
        if (row_start === UNSET) row_start = start;
      }),
    };
    return cell;
  }

  function closeCell(cell: Cell | undefined) {
    if (!cell) return;
    cell.stopWaiting();
    cell.end = builder.length();
    if (cell.start === UNSET) cell.start = cell.end;
  }

  function closeRow() {
    const end = builder.length();
    const start = row_start === UNSET ? end : row_start;
    // An empty cell before the first text stands where the row begins.
    for (const cell of cells) if (cell.end < start) cell.start = cell.end = start;
    const offsets = layOut(cells, end);
    if (offsets.length === 0) return;
    if ((in_head || (cells.length > 0 && only_headings)) && header_rows === table.rows.length) header_rows += 1;
    builder.addRow(table, { row: table.rows.length + 1, start, end, cells: offsets });
  }

  /** The row's offsets per column of the grid (HTML Living Standard §4.9.12, without its error cases). */
  function layOut(own: Cell[], row_end: number): number[] {
    const offsets: number[] = [];
    let column = 0;
    const put = (start: number, end: number) => {
      offsets.push(start, end);
      column += 1;
      if (column > cells_max) throw new Unreadable(`its tables have more than ${cells_max} cells`);
    };
    const putReaching = (): boolean => {
      const above = reaching[column];
      if (!above || above.rows_left === 0) return false;
      above.rows_left -= 1;
      put(above.cell.start, above.cell.end);
      return true;
    };
    for (const cell of own) {
      while (putReaching());
      for (let i = 0; i < cell.columns; i += 1) {
        reaching[column] = cell.rows > 1 ? { cell, rows_left: cell.rows - 1 } : undefined;
        put(cell.start, cell.end);
      }
    }
    // Spans further right keep their column: what lies between is empty.
    while (reaching.length > column) {
      if ((reaching.at(-1)?.rows_left ?? 0) === 0) reaching.pop();
      else if (!putReaching()) put(row_end, row_end);
    }
    return offsets;
  }
}

function span(element: Tree.Element, name: string, max: number): number {
  const value = Number.parseInt(element.attrs.find((attribute) => attribute.name === name)?.value ?? "1", 10);
  if (name === "rowspan" && value === 0) return max;
  return value >= 1 ? Math.min(value, max) : 1;
}
