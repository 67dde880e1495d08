// What changed between two editions of a list: entries that came, went, or say something else, and in which field. Only
// columns that both editions have are compared: a column that a table lacks is no change.
import { foldAddress } from "../chains/chains.ts";
import { diffRows, readRows, type Row } from "../datasets/datasets.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { keyOf, type Edition } from "./sanctions-lists.ts";

export type FieldChange = { field: string; before: string; after: string };
export type EditionChange = {
  change: "added" | "removed" | "changed";
  key: string;
  /** The entry as the later edition has it, or the earlier where it is gone. */
  row: Row;
  fields: FieldChange[];
};
export type EditionChanges = { columns: string[]; added: number; removed: number; changed: number; changes: EditionChange[] };

/** Both editions are of one list. Added first, then removed, then changed; each in its edition's order. */
export function compareEditions(log: Pick<LogReader, "db">, from: Edition, to: Edition): EditionChanges {
  const { list } = to;
  const columns = to.dataset.columns.filter((column) => from.dataset.columns.includes(column));
  // An address that the file has cut off is none, and would look like one that came or went.
  const rows = ({ dataset }: Edition) =>
    readRows(log, dataset)
      .filter((row) => row.is_whole !== "no")
      .map((row) => (list.address_column ? { ...row, [list.address_column]: foldAddress(row[list.address_column]!) } : row));
  const only = (row: Row): Row => Object.fromEntries(columns.map((column) => [column, row[column] ?? ""]));
  const full = new Map([from, to].flatMap((edition) => rows(edition).map((row) => [keyOf(list, row), row] as const)));
  const { added, removed, changed } = diffRows(rows(from).map(only), rows(to).map(only), list.key);
  const change = (kind: EditionChange["change"], row: Row, fields: FieldChange[] = []): EditionChange => ({
    change: kind,
    key: keyOf(list, row),
    row: full.get(keyOf(list, row))!,
    fields,
  });
  return {
    columns,
    added: added.length,
    removed: removed.length,
    changed: changed.length,
    changes: [
      ...added.map((row) => change("added", row)),
      ...removed.map((row) => change("removed", row)),
      ...changed.map(({ before, after }) =>
        change(
          "changed",
          after,
          columns
            .filter((column) => before[column] !== after[column])
            .map((field) => ({ field, before: before[field]!, after: after[field]! })),
        ),
      ),
    ],
  };
}
