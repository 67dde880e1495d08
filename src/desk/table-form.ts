// What a table's headings say of its columns, for the form that reads the whole of it and for the one that reads a row.
import { fieldSpec, isName, KINDS, kindSpec, nameAnd, readTableClaims, subjectName, type Kind } from "../casefile/casefile.ts";
import { TracewireError } from "../errors.ts";
import { rowValues, type Extraction } from "../evidence/evidence.ts";
import { columnIndexOf, type ClaimForm } from "./claim-form.ts";

const NAMED: Record<string, string> = { year: "name and period", period: "name and period", id: "name", name: "name" };
/** Stands for who says it until a person does: a claim without one is refused before its cells are read. */
const SOMEBODY = "—";

/** The roles by which a column may name its row and be claimed of it as well: what the kind is called by, and its day. */
export const namingFields = (kind: Kind): string[] => [...new Set([kindSpec(kind).title, "date"])].filter((field) => fieldSpec(kind, field));

/**
 * For the form of a whole table: where no heading says “name”, the rows are named by their day and by what their kind is called by.
 * The form of a row does so by itself.
 */
export function guessNamedColumns(table: { header: readonly string[]; width: number }): ReturnType<typeof guessColumns> {
  const guess = guessColumns(table);
  if (Object.values(guess).some(isName)) return guess;
  const naming = namingFields(guess.kind);
  const title = kindSpec(guess.kind).title;
  if (!Object.entries(guess).some(([column, role]) => column.startsWith("column_") && role === title)) return guess;
  return Object.assign(guess, Object.fromEntries(Object.entries(guess).filter(([column, role]) => column.startsWith("column_") && naming.includes(role)).map(([column, role]) => [column, nameAnd(role)])));
}

/** The kind whose fields have most of the headings as their names; a heading of that name is mapped to it, “amount_usd” with its unit. */
export function guessColumns({ header, width }: { header: readonly string[]; width: number }): { kind: Kind; hedge: "unstated"; unit?: string } & Record<string, string> {
  const headings = header.map((heading) => /^(.*?)(?:(?:^|_)(usd|eur|krw))?$/.exec(heading.trim().toLowerCase().replaceAll(/[^a-z0-9]+/g, "_").replaceAll(/^_|_$/g, ""))!).map(([, name, unit]) => ({ name: name || (unit ? "amount" : ""), unit: unit?.toUpperCase() }));
  const kinds = (Object.keys(KINDS) as Kind[]).map((kind) => ({ kind, count: headings.filter(({ name }) => fieldSpec(kind, name)).length })).sort((a, b) => b.count - a.count);
  const { kind } = kinds[0]!;
  const roles = headings.slice(0, width).map(({ name }, at) => [`column_${at + 1}`, NAMED[name] ?? (fieldSpec(kind, name) ? name : "")] as const);
  const unit = headings.find(({ name, unit: own }) => own !== undefined && fieldSpec(kind, name))?.unit;
  return { kind, hedge: "unstated", ...(unit ? { unit } : {}), ...Object.fromEntries(roles.filter(([, role]) => role !== "")) };
}

/**
 * A place that is a row, filled in as far as the table's headings say what its cells hold: the cell of the form's column, else
 * the first that is a field. What stands in the form already stays.
 */
export function fillFromRow(form: ClaimForm, text: Extraction): ClaimForm {
  const [number, row] = [Number(form.table ?? 1), Number(form.row)];
  const table = text.outcome === "text" && form.row !== undefined && form.value === undefined ? text.tables?.[number - 1] : undefined;
  if (!table || text.outcome !== "text") return form;
  const { kind, unit, hedge, ...columns } = guessColumns({ header: table.header, width: table.header.length });
  const roles = new Map(Object.entries(columns).map(([name, role]) => [Number(name.slice("column_".length)), role] as const));
  // Where no heading says “name”, a subject is called by what its kind is called by, behind its day.
  const cells = rowValues(text.text, table.rows.find((one) => one.row === row) ?? { start: 0, end: 0, row, cells: [] });
  const cellOf = (role: string) => [...roles].flatMap(([number, own]) => (own === role ? [cells[number - 1] ?? ""] : []))[0] ?? "";
  const isNamed = [...roles.values()].some(isName);
  const name = isNamed ? "" : subjectName(`${cellOf("date")} ${cellOf(kindSpec(kind).title)}`);
  try {
    const common = { claimant: form.claimant ?? SOMEBODY, hedge, as_of: "unstated", ...(unit === undefined ? {} : { unit }) } as const;
    const { claims } = readTableClaims(text, 0, { table: number, rows: { from: row, to: row }, take_totals: [row], kind, ...(name === "" ? {} : { subject: `${kind}/${name}` }), columns: roles, common });
    const asked = form.column === undefined ? undefined : table.header[columnIndexOf(table.header, form.column)]?.trim();
    const { claim } = (form.column === undefined ? (claims.find(({ claim: { field } }) => field === "amount") ?? claims[0]) : claims.find(({ column }) => column === asked)) ?? {};
    if (!claim) return form;
    const { subject, field, value, source } = claim;
    const read = { subject, field, value, unit: claim.unit, period: claim.period, part_of: claim.part_of, document: claim.document, column: String(source.locator.column) };
    return { ...(Object.fromEntries(Object.entries(read).filter(([, part]) => part !== undefined)) as ClaimForm), ...(field === "amount" ? { basis: "as_published" as const } : {}), ...form };
  } catch (error) {
    // Headings that say nothing are no fault: the form has its place, and the rest is the person's.
    if (error instanceof TracewireError && error.code === "BAD_CLAIM") return form;
    throw error;
  }
}
