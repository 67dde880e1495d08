// The one addition to typebox that several rooms need.
import Type, { type TUnsafe } from "typebox";

/** A string that is one of the given values, typed as their union. */
export function oneOf<const T extends readonly string[]>(values: T): TUnsafe<T[number]> {
  return Type.Unsafe<T[number]>({ type: "string", enum: [...values] });
}
