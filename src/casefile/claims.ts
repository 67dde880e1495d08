// A claim is the atom of the case file: who said what about whom, relayed by whom, with which hedge, as of when,
// valued how, and where in which bytes it was read. One schema is the door, the type and the documentation.
import { TracewireError } from "../errors.ts";
import { canonicalJson, sha256Hex, type Json, type Transaction } from "../evidence/evidence.ts";
import { lazily } from "../lazy.ts";
import type { ClaimInput } from "./claim-schema.ts";
import { KINDS, fieldSpec, kindOf, type Kind } from "./kinds.ts";

export type { ClaimInput } from "./claim-schema.ts";
export const claimSchema = lazily<typeof import("./claim-schema.ts")>(import.meta.url, "./claim-schema.ts");

/** A claim as read from the log: its index is its name. */
export type Claim = ClaimInput & { seq: number; at: string; by: string; kind_of: Kind; released?: number };

const MONEY = /^-?\d{1,60}(\.\d{1,18})?$/;

/** Validates an unknown value as a claim. Throws BAD_CLAIM naming the field. `where` names file and line. */
export function parseClaim(value: unknown, where?: string): ClaimInput {
  const compiled = claimSchema().compiledClaim;
  if (!compiled.Check(value)) {
    const error = compiled.Errors(value)[0] as
      { instancePath?: string; message?: string; params?: { additionalProperties?: string[] } } | undefined;
    const extra = error?.params?.additionalProperties?.join(", ");
    const field = (error?.instancePath ?? "").slice(1).replaceAll("/", ".") || "claim";
    throw new TracewireError("BAD_CLAIM", { what: `${field}: ${error?.message ?? "is not a claim"}${extra ? ` (${extra})` : ""}`, where });
  }
  const refuse = (what: string): never => {
    throw new TracewireError("BAD_CLAIM", { what, where });
  };
  const kind = kindOf(value.subject);
  if (!kind) return refuse(`subject: there is no kind "${value.subject.split("/")[0]}"; kinds: ${Object.keys(KINDS).join(", ")}`);
  const spec = fieldSpec(kind, value.field);
  if (!spec) return refuse(`field: a ${KINDS[kind].one} has no "${value.field}"; fields: ${Object.keys(KINDS[kind].fields).join(", ")}`);
  if ((spec.type === "amount" || spec.type === "count") && !MONEY.test(value.value))
    return refuse(`value: "${value.value}" is not a plain decimal number, which ${value.field} needs`);
  if (spec.type === "amount" && !value.unit) return refuse(`unit: an amount needs its currency or asset`);
  if (spec.type === "date" && !/^\d{4}(-\d{2}(-\d{2})?)?$/.test(value.value))
    return refuse(`value: "${value.value}" is not a date (YYYY, YYYY-MM or YYYY-MM-DD)`);
  if (spec.choices && !spec.choices.includes(value.value)) return refuse(`value: "${value.value}" is none of ${spec.choices.join(", ")}`);
  return value;
}

/** What makes two claims the same claim: everything but when and by whom it was put in the log. */
export function claimKey(claim: ClaimInput): string {
  const { source, supersedes: _, ...rest } = claim;
  return sha256Hex(canonicalJson({ ...rest, locator: source.locator, capture: source.capture } as unknown as Json));
}

export function appendClaim(transaction: Transaction, claim: ClaimInput, by: string): number {
  return transaction.append({ kind: "claim", claim: claim as unknown as Json, by });
}
