// The door of a figure's rules: an unknown value becomes a FigureSpec or a refusal that names the rule.
import { fieldSpec, kindSpec } from "../casefile/casefile.ts";
import { TracewireError } from "../errors.ts";
import { lazily } from "../lazy.ts";
import type { FigureSpec } from "./figure-spec-schema.ts";

export type { FigureSpec } from "./figure-spec-schema.ts";
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
    const errors = compiled.Errors(value) as { instancePath?: string; message?: string; params?: { additionalProperties?: string[] } }[];
    const extra = errors.find((error) => error.params?.additionalProperties)?.params?.additionalProperties?.join(", ");
    const first = errors[0];
    return refuse(
      extra
        ? `${extra}: there is no such rule`
        : `${(first?.instancePath ?? "").slice(1).replaceAll("/", ".") || "spec"}: ${first?.message}`,
    );
  }
  const spec = value as FigureSpec;
  if (["sum", "column_sum", "quote", "series"].includes(spec.measure) && !spec.field)
    refuse(`field: ${spec.measure} needs the field it is over`);
  if (spec.field && !fieldSpec(spec.of, spec.field)) refuse(`field: a ${kindSpec(spec.of).one} has no "${spec.field}"`);
  if (spec.measure === "quote" && !spec.subject) refuse("subject: a quote needs whose value it quotes");
  if (spec.unit_of_count === "value" && (spec.measure !== "count" || !spec.subject || !spec.field))
    refuse("unit_of_count: values are counted for one subject and field");
  if (["share", "compare"].includes(spec.measure) && !spec.parts) refuse(`parts: ${spec.measure} needs its two figures`);
  if (spec.period && spec.period.from > spec.period.to) refuse("period: it ends before it starts");
  return spec.parts ? { ...spec, parts: spec.parts.map((part) => parseFigureSpec(part, where)) as [FigureSpec, FigureSpec] } : spec;
}
