// Rows of a table that are totals of its other rows. A total among the rows is no further theft: it is left out of what is read
// from them until somebody takes it in, and held to the rows that it says to sum.
import { rowValues, type Extraction } from "../evidence/evidence.ts";

type Text = Extract<Extraction, { outcome: "text" }>;
type Row = NonNullable<Text["tables"]>[number]["rows"][number];

/** `outcome` is of one column: whether the total is the sum of the rows above it; `words` say it. */
export type TotalCheck = { column: number; adds_up: boolean; words: string };
export type TotalRow = { row: number; label: string; checks: TotalCheck[] };

/** Nothing but the word: whatever its numbers are, such a row names nobody. */
const BARE = /^(grand |overall |sub-?)?(total|totals|sum|all)( \([^)]*\))?[:.]?$/i;
/** A name may begin so too (“Total Finance”): then a number of the row must be one that a total can have. */
const BEGINS = /^(grand |overall |sub-?)?(total|totals|sum|all)\b/i;

/** "1,234.50" and "1234.5" are plain; "1.234,50" is not, because it is read in two ways. */
export const plainNumber = (cell: string): string | undefined => (/^-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?$/.test(cell) ? cell.replaceAll(",", "") : undefined);

/** The rows of a table that call themselves a total, with what each says of the rows above it; `columns` from 0. */
export function totalRows(text: Text, rows: readonly Row[], columns: readonly number[]): TotalRow[] {
  const found: TotalRow[] = [];
  const read = rows.filter(({ row }) => row > 0).map((row) => ({ row: row.row, cells: rowValues(text.text, row).map((cell) => cell.trim()) }));
  for (const [at, { row, cells }] of read.entries()) {
    const label = labelOf(cells);
    if (!BEGINS.test(label)) continue;
    const above = read.slice(0, at);
    const parts = above.filter((one) => !found.some((total) => total.row === one.row));
    const block = above.slice(above.findLastIndex((one) => found.some((total) => total.row === one.row)) + 1);
    const checks = columns.flatMap((column) => checkColumn(row, column, cells, parts, block) ?? []);
    const could = columns.some((column) => couldBeTotal(column, cells, block.length > 0 ? block : parts));
    if (BARE.test(label) ? at > 0 : could) found.push({ row, label, checks });
  }
  return found;
}

/** The first words of a row: a running number may stand before them. */
const labelOf = (cells: readonly string[]): string => cells.find((cell) => cell !== "" && plainNumber(cell) === undefined) ?? "";

type Cells = { cells: readonly string[] };
const numbersOf = (rows: readonly Cells[], column: number): string[] => rows.flatMap(({ cells }) => plainNumber(cells[column] ?? "") ?? []);
const placesOf = (values: readonly string[]): number => Math.max(0, ...values.map((value) => value.split(".")[1]?.length ?? 0));
const whole = (value: string, places: number): bigint => {
  const [units, fraction = ""] = value.split(".");
  return BigInt(units + fraction.padEnd(places, "0"));
};

/** A total of several rows is less than none of them. */
function couldBeTotal(column: number, cells: readonly string[], above: readonly Cells[]): boolean {
  const said = plainNumber(cells[column] ?? "");
  const parts = numbersOf(above, column);
  if (said === undefined || parts.length < 2) return false;
  const places = placesOf([said, ...parts]);
  return parts.every((part) => whole(part, places) <= whole(said, places));
}

/** Held to all rows above it that are no totals, and to those since the last total: where one of the two adds up, it adds up. */
function checkColumn(row: number, column: number, cells: readonly string[], parts: readonly Cells[], block: readonly Cells[]): TotalCheck | undefined {
  const said = plainNumber(cells[column] ?? "");
  if (said === undefined) return undefined;
  const tried = (/^sub/i.test(labelOf(cells)) ? [block, parts] : [parts, block])
    .map((rows) => numbersOf(rows, column))
    .filter((numbers) => numbers.length >= 2)
    .map((numbers) => {
      const places = placesOf([said, ...numbers]);
      const sum = numbers.reduce((all, value) => all + whole(value, places), 0n);
      return { count: numbers.length, places, sum, apart: whole(said, places) - sum };
    });
  const best = tried.find(({ apart }) => apart === 0n) ?? tried[0];
  if (!best) return undefined;
  const { count, places, sum, apart } = best;
  const print = (value: bigint) => printWhole(value, places);
  if (apart === 0n) return { column, adds_up: true, words: `This total is ${print(sum)}, the sum of the ${count} rows above it (row ${row})` };
  return {
    column,
    adds_up: false,
    words: `This total is ${print(whole(said, places))}; the ${count} rows above it in this column sum to ${print(sum)}: it is ${print(apart < 0n ? -apart : apart)} ${apart < 0n ? "short of" : "more than"} its rows (row ${row})`,
  };
}

function printWhole(value: bigint, places: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, "0");
  const fraction = places === 0 ? "" : digits.slice(-places).replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${digits.slice(0, digits.length - places).replace(/\B(?=(\d{3})+$)/g, ",")}${fraction === "" ? "" : `.${fraction}`}`;
}

/** What is to be asked of the cell of a row that says “total”, `column` from 0: its column above says something else. */
export function totalAgainstRows(text: Text, rows: readonly Row[], total_row: number, column: number): string | undefined {
  const check = totalRows(text, rows, [column]).find(({ row }) => row === total_row)?.checks[0];
  return check && !check.adds_up ? check.words : undefined;
}
