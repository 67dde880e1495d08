// The door of a figure's rules: an unknown value becomes a FigureSpec or a refusal that names the rule.
import assert from "node:assert/strict";
import { fieldSpec, kindSpec, type Kind } from "../casefile/casefile.ts";
import { TracewireError } from "../errors.ts";
import { lazily } from "../lazy.ts";
import type { FigureSpec } from "./figure-spec-schema.ts";

export type { FigureSpec } from "./figure-spec-schema.ts";
/** The kind of claims that a figure is over; of one over rows nobody asks. */
export function kindOfFigure(spec: FigureSpec): Kind {
  assert(spec.of !== "row", `${spec.id} is over rows and has no kind of claim`);
  return spec.of;
}

export const figureSpecSchema = lazily<typeof import("./figure-spec-schema.ts")>(import.meta.url, "./figure-spec-schema.ts");

/** Validates an unknown value as a FigureSpec. Throws BAD_FIGURE_SPEC naming the rule. */
export function parseFigureSpec(value: unknown, where?: string): FigureSpec {
  const refuse = (what: string): never => {
    throw new TracewireError("BAD_FIGURE_SPEC", { what, where });
  };
  if (value !== null && typeof value === "object" && "value" in value)
    refuse("value: a number cannot be typed in; it is computed from the rules");
  const compiled = figureSpecSchema().compiledFigureSpec;
  if (!compiled.Check(value)) {
    const errors = compiled.Errors(value) as { instancePath?: string; message?: string; params?: { additionalProperties?: string[]; allowedValues?: unknown[] } }[];
    const extra = errors.find((error) => error.params?.additionalProperties)?.params?.additionalProperties?.join(", ");
    const first = errors[0];
    return refuse(
      extra
        ? `${extra}: there is no such rule`
        : `${(first?.instancePath ?? "").slice(1).replaceAll("/", ".") || "spec"}: ${first?.params?.allowedValues ? `is none of ${first.params.allowedValues.join(", ")}` : first?.message}`,
    );
  }
  const spec = value as FigureSpec;
  if (spec.of === "row") refuseRows(spec, refuse);
  else if (spec.measure === "rows") refuse('of: measure "rows" is of "row"');
  if (spec.of !== "row" && ["sum", "column_sum", "quote", "series"].includes(spec.measure) && !spec.field)
    refuse(`field: ${spec.measure} needs the field it is over`);
  if (spec.of !== "row" && spec.field && !fieldSpec(spec.of, spec.field))
    refuse(`field: a ${kindSpec(spec.of).one} has no "${spec.field}"`);
  if (spec.measure === "quote" && !spec.subject) refuse("subject: a quote needs whose value it quotes");
  if ((spec.by === "claimant" || spec.by === "period") && (!spec.subject || !spec.field))
    refuse("by: claimants and periods are of one subject and field");
  if (spec.unit_of_count === "value" && (spec.measure !== "count" || !spec.subject || !spec.field))
    refuse("unit_of_count: values are counted for one subject and field");
  if (["share", "compare", "product"].includes(spec.measure) && !spec.parts) refuse(`parts: ${spec.measure} needs its two figures`);
  if (spec.period && spec.period.from > spec.period.to) refuse("period: it ends before it starts");
  return spec.parts ? { ...spec, parts: spec.parts.map((part) => parseFigureSpec(part, where)) as [FigureSpec, FigureSpec] } : spec;
}

function refuseRows(spec: FigureSpec, refuse: (what: string) => never): void {
  if (spec.parts) return;
  if (!["rows", "series"].includes(spec.measure)) refuse(`measure: over rows it is "rows" or "series", not "${spec.measure}"`);
  if (!spec.dataset) refuse("dataset: rows need the dataset they stand in");
  if (!spec.take) refuse("take: say what is taken of the rows (count, distinct, sum, …)");
  if (spec.take !== "count" && !spec.column) refuse(`column: ${spec.take} needs the column it is over`);
  if ((spec.in || spec.not_in || spec.shared_by) && !spec.column)
    refuse("column: a comparison with other rows needs the column that is compared");
  if ((spec.measure === "series") !== (spec.by_column !== undefined))
    refuse("by_column: a series over rows, and only it, names the column of its points");
}
