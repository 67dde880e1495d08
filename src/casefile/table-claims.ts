// Claims out of a table, many at once: what each column says is told once, and each cell becomes a claim with its place. Nothing
// is guessed: a cell that is not plainly a number or a date is refused with its row, and the others go on.
import { TracewireError } from "../errors.ts";
import { rowValues, type Extraction } from "../evidence/evidence.ts";
import { parseClaim, type ClaimInput } from "./claims.ts";
import { fieldSpec, kindSpec, type FieldType, type Kind } from "./kinds.ts";
import { readWording } from "./read-wording.ts";
import { subjectName, subjectOf } from "./subject-name.ts";
import { plainNumber, totalRows, type TotalRow } from "./table-totals.ts";

export const TABLE_COLUMNS_MAX = 60;
export const TABLE_CLAIMS_MAX = 2_000;

/** What a column is for besides a field: part of the subject's name, or of what each claim of the row says. */
export const COLUMN_ROLES = ["name", "period", "name and period", "part_of", "document", "unit"] as const;
/** What a row is named by is often claimed of it too: “name and victim” is part of the name and a claim of that field. */
const NAME_AND = "name and ";
export const nameAnd = (field: string): string => `${NAME_AND}${field}`;

/** Stands where somebody knew nothing; no group is called so, and no theft. */
const SAYS_NOTHING = /^(?:unknown|unidentified|unattributed|unnamed|none|not (?:known|stated|said|attributed|available|applicable)|n\/?a|n\.a\.|tb[cd]|[-–—?]+)$/i;

type Text = Extract<Extraction, { outcome: "text" }>;
export type TableSpec = {
  /** From 1. */
  table: number;
  /** From 1; left out: all. */
  rows?: { from: number; to: number };
  /** Rows that call themselves a total and are read all the same; the others are left out. */
  take_totals?: readonly number[];
  kind: Kind;
  /** All rows are about this subject; else each row's name is made of `prefix` and its columns of the role "name". */
  subject?: string;
  prefix?: string;
  /** Whether claims are held on a subject: one that has a former name keeps it (subject-name.ts). */
  isHeld?: (subject: string) => boolean;
  /** By the number of the column, from 1: a role, or a field of the kind. */
  columns: ReadonlyMap<number, string>;
  /** What every claim says alike. */
  common: Pick<ClaimInput, "claimant" | "hedge" | "as_of"> & Partial<Pick<ClaimInput, "unit" | "document" | "bound" | "measure" | "valuation" | "period" | "cites">>;
};
export type CellClaim = { row: number; column: string; claim: ClaimInput };
export type TableClaims = { claims: CellClaim[]; refused: { row: number; column: string; why: string }[]; /** Cells that say nothing. */ empty: number; totals: (TotalRow & { taken: boolean })[] };

/** Throws BAD_CLAIM for what is wrong with the whole, naming the field; what is wrong with a row is among the refused. */
export function readTableClaims(text: Text, capture: number, spec: TableSpec): TableClaims {
  const refuseAll = (where: string, what: string): never => {
    throw new TracewireError("BAD_CLAIM", { what, where });
  };
  const table = text.tables?.[spec.table - 1] ?? refuseAll("table", `There is no table ${spec.table}`);
  const columns = [...spec.columns].filter(([, role]) => role !== "").sort(([a], [b]) => a - b);
  const fields = columns.flatMap(([number, role]) => {
    const field = fieldOf(role);
    return field === undefined ? [] : [[number, field] as const];
  });
  if (fields.length === 0) refuseAll("columns", "Say of at least one column which field its cells are");
  for (const [number, role] of fields) if (!fieldSpec(spec.kind, role)) refuseAll("columns", `Column ${number}: a ${kindSpec(spec.kind).one} has no field “${role}”`);
  const isDay = (role: string) => fieldSpec(spec.kind, fieldOf(role) ?? "")?.type === "date";
  // A day stands first in a name, wherever its column is: theft/2023-09-04-stake.
  const named = columns.filter(([, role]) => isName(role)).sort(([, a], [, b]) => Number(isDay(b)) - Number(isDay(a)));
  if (spec.subject === undefined && named.length === 0) refuseAll("columns", "Say which column names what a row is about, or name one subject for all of them");
  // Beside sums of money, a number of thefts is of no currency.
  const takes_unit = fields.some(([, role]) => fieldSpec(spec.kind, role)!.type === "amount") ? "amount" : "count";
  const asked = ({ row }: { row: number }) => row > 0 && (!spec.rows || (row >= spec.rows.from && row <= spec.rows.to));
  const numeric = fields.filter(([, role]) => ["amount", "count"].includes(fieldSpec(spec.kind, role)!.type)).map(([number]) => number - 1);
  const totals = totalRows(text, table.rows, numeric).filter(asked).map((total) => ({ ...total, taken: spec.take_totals?.includes(total.row) ?? false }));
  const leftOut = new Set(totals.filter(({ taken }) => !taken).map(({ row }) => row));
  const rows = table.rows.filter((row) => asked(row) && !leftOut.has(row.row));
  if (rows.length * fields.length > TABLE_CLAIMS_MAX) refuseAll("rows", `These are ${rows.length * fields.length} cells; at most ${TABLE_CLAIMS_MAX} are read at once`);

  const found: TableClaims = { claims: [], refused: [], empty: 0, totals };
  const firstRow = new Map<string, number>();
  for (const row of rows) {
    const cells = rowValues(text.text, row).map((cell) => cell.trim());
    const cell = (number: number) => cells[number - 1] ?? "";
    const column = (number: number) => columnName(table.header, number);
    const refuse = (number: number | undefined, why: string) => void found.refused.push({ row: row.row, column: number === undefined ? "" : column(number), why });
    const of = (role: string) => columns.flatMap(([number, own]) => (own === role && cell(number) !== "" ? [cell(number)] : []))[0];

    const parts_of_name = named.map(([number, role]) => (isDay(role) ? (readDate(cell(number)) ?? "") : SAYS_NOTHING.test(cell(number)) ? "" : cell(number)));
    const words = [spec.prefix ?? "", ...parts_of_name].join(" ");
    const name = subjectName(words);
    if (spec.subject === undefined && parts_of_name.every((part) => subjectName(part) === "")) {
      refuse(named[0]![0], "nothing that names it stands here");
      continue;
    }
    const subject = spec.subject ?? (name === "" ? `${spec.kind}/` : subjectOf(spec.kind, "", words, spec.isHeld ?? (() => false)));
    const earlier = spec.subject === undefined ? firstRow.get(subject) : undefined;
    if (earlier !== undefined) {
      refuse(named[0]![0], `row ${earlier} is about “${subject}” too; a column more makes their names differ`);
      continue;
    }
    firstRow.set(subject, row.row);
    const own = columns.find(([, role]) => role === "period" || role === "name and period");
    const period = own && cell(own[0]) !== "" ? readDate(cell(own[0])) : undefined;
    if (own && cell(own[0]) !== "" && period === undefined) {
      refuse(own[0], `“${cell(own[0]).slice(0, 60)}” is no time that is plain to read`);
      continue;
    }
    const { unit: common_unit, ...common } = spec.common;
    const parts = { period, part_of: of("part_of"), document: of("document") };
    for (const [number, field] of fields) {
      if (cell(number) === "") {
        found.empty += 1;
        continue;
      }
      const { type } = fieldSpec(spec.kind, field)!;
      const read = readCell(type, cell(number));
      if ("why" in read) {
        refuse(number, read.why);
        continue;
      }
      const unit = type === takes_unit ? (of("unit") ?? common_unit ?? read.unit) : undefined;
      if (read.unit !== undefined && unit !== read.unit) {
        refuse(number, `“${cell(number).slice(0, 60)}” is in ${read.unit}, not in ${unit ?? "a number of anything"}`);
        continue;
      }
      try {
        const claim = parseClaim({
          ...common,
          ...(unit === undefined ? {} : { unit }),
          ...Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)),
          subject,
          field,
          value: read.value,
          source: { capture, locator: { ...(text.tables!.length > 1 ? { table: spec.table } : {}), row: row.row, column: locatorColumn(table.header, number) } },
        });
        found.claims.push({ row: row.row, column: column(number), claim });
      } catch (error) {
        if (!(error instanceof TracewireError) || error.code !== "BAD_CLAIM") throw error;
        refuse(number, error.message);
      }
    }
  }
  return found;
}

const isRole = (role: string): boolean => (COLUMN_ROLES as readonly string[]).includes(role);
export const isName = (role: string): boolean => role === "name" || role.startsWith(NAME_AND);
const fieldOf = (role: string): string | undefined => (isRole(role) ? undefined : role.startsWith(NAME_AND) ? role.slice(NAME_AND.length) : role);
const columnName = (header: readonly string[], number: number): string => header[number - 1]?.trim() || String(number);

/** By its heading where that names this column alone: a number says nothing to who looks it up. */
function locatorColumn(header: readonly string[], number: number): string | number {
  const name = header[number - 1]?.trim() ?? "";
  return name !== "" && header.filter((heading) => heading.trim() === name).length === 1 ? name : number;
}

/** A number as a plain decimal, a date as far as it goes; anything else as it stands. */
function readCell(type: FieldType, cell: string): { value: string; unit?: string } | { why: string } {
  if (type === "date") {
    const value = readDate(cell);
    return value === undefined ? { why: `“${cell.slice(0, 60)}” is no date that is plain to read` } : { value };
  }
  if (type !== "amount" && type !== "count") return SAYS_NOTHING.test(cell) ? { why: `“${cell}” says that nobody knew` } : { value: cell };
  const plain = plainNumber(cell);
  if (plain !== undefined) return { value: plain };
  const { value, value_text, unit, field } = readWording(cell);
  // The whole cell is the number: “3 to 4 million” is two, and which is meant nobody says.
  if (field === "amount" && value !== undefined && value_text === cell) return { value, unit };
  return { why: `“${cell.slice(0, 60)}” is not one plain number` };
}

function readDate(cell: string): string | undefined {
  if (/^\d{4}(-\d{2}(-\d{2})?)?(\/\d{4}(-\d{2}(-\d{2})?)?)?$/.test(cell)) return cell;
  const { value, value_text, field } = readWording(cell);
  return field === "date" && value_text === cell ? value : undefined;
}
