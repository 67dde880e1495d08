// The one addition to typebox that several rooms need.
import Type, { type TUnsafe } from "typebox";

/** A string that is one of the given values, typed as their union. */
export function oneOf<const T extends readonly string[]>(values: T): TUnsafe<T[number]> {
  return Type.Unsafe<T[number]>({ type: "string", enum: [...values] });
}

export type SchemaFault = {
  keyword?: string;
  instancePath?: string;
  message?: string;
  params?: { allowedValues?: unknown[]; limit?: number; pattern?: string; additionalProperties?: string[]; requiredProperties?: string[] };
};

const NAMED_MAX = 40;

/** What a schema found wrong, for who typed it: which values there are, how long it may be. Stands behind the field's name. */
export function faultWords({ keyword, message, params }: SchemaFault): string {
  const values = params?.allowedValues;
  if (keyword === "enum" && values) return `it is one of ${values.slice(0, NAMED_MAX).join(", ")}${values.length > NAMED_MAX ? ", …" : ""}`;
  if (keyword === "maxLength") return `it has at most ${params?.limit} characters`;
  if (keyword === "minLength") return `it has at least ${params?.limit} characters`;
  if (keyword === "pattern" && /^\^\\d(?:\{1,\d+\}|\+)\$$/.test(params?.pattern ?? "")) return "it is a whole number";
  if (keyword === "pattern") return "it is not written as it is here";
  if (keyword === "boolean") return "it is no name that is known here";
  return message ?? "it cannot be used";
}
