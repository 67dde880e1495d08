// What the rules make of a spec, before the log's size, its root and the hash of the rows are put to it.
import type { Figure, FigureRow } from "./figure.ts";
import type { FigureSpec } from "./figure-spec.ts";

export type Computed = Omit<Figure, "rows_sha256" | "log_size" | "root" | "rules_version" | "row_count"> &
  Partial<Pick<Figure, "rows_sha256" | "row_count">>;

export const nounOf = (spec: FigureSpec) => spec.noun?.many ?? (spec.unit_of_count === "victim" ? "victims" : `${spec.of}s`);
export const unitOf = (rows: readonly FigureRow[]) => rows.find((row) => row.unit)?.unit ?? "";
