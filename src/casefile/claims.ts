// A claim is the atom of the case file: who said what about whom, relayed by whom, with which hedge, as of when,
// valued how, and where in which bytes it was read. One schema is the door, the type and the documentation.
import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { TracewireError } from "../errors.ts";
import { Locator, canonicalJson, sha256Hex, type Json, type Transaction } from "../evidence/evidence.ts";
import { oneOf as choice } from "../schema.ts";
import { KINDS, fieldSpec, kindOf, type Kind } from "./kinds.ts";

export const HEDGES = ["asserted", "reported", "estimated", "suspected", "denied", "withdrawn", "unstated"] as const;
export const BOUNDS = ["exact", "about", "at_least", "at_most"] as const;
export const VALUATION_BASES = ["as_published", "at_theft", "at_disclosure", "at_publication", "realised"] as const;
export const MEASURES = ["gross", "net", "traced", "liquidated"] as const;
const TEXT_LENGTH_MAX = 2_000;

const text = (description: string, maxLength = TEXT_LENGTH_MAX) => Type.String({ minLength: 1, maxLength, description });

export const ClaimSchema = Type.Object(
  {
    subject: Type.String({ pattern: "^[a-z-]+/[a-z0-9][a-z0-9.-]{0,119}$", description: "kind/name, e.g. theft/2023-09-04-stake" }),
    field: Type.String({ pattern: "^[a-z_]{1,40}$", description: "a field of the subject's kind (docs/kinds.md)" }),
    value: text("what is claimed; numbers as plain decimals"),
    unit: Type.Optional(text("USD, KRW, people …; ISO 4217 for money", 120)),
    claimant: text("who says it", 200),
    document: Type.Optional(text("in which document of theirs, with its vintage", 300)),
    cites: Type.Optional(Type.Array(text("whom the claimant relays", 200), { maxItems: 16 })),
    relayed_by: Type.Optional(text("through whom it reached us", 200)),
    citation: Type.Optional(text("the source as the capture cites it")),
    wording: Type.Optional(text("the claimant's own words")),
    hedge: choice(HEDGES),
    bound: Type.Optional(choice(BOUNDS)),
    as_of: Type.String({ pattern: "^(unstated|\\d{4}(-\\d{2}(-\\d{2})?)?)$", description: "when it was claimed, to its precision" }),
    period: Type.Optional(Type.String({ pattern: "^\\d{4}(-\\d{2}(-\\d{2})?)?(/\\d{4}(-\\d{2}(-\\d{2})?)?)?$", description: "the time it is about" })),
    valuation: Type.Optional(
      Type.Object(
        { basis: choice(VALUATION_BASES), minted: Type.Optional(Type.Boolean()), note: Type.Optional(text("how, when, at which price", 400)) },
        { additionalProperties: false },
      ),
    ),
    measure: Type.Optional(choice(MEASURES)),
    part_of: Type.Optional(text("which part of a merged subject the value covers", 200)),
    source: Type.Object({ capture: Type.Integer({ minimum: 0 }), locator: Locator }, { additionalProperties: false }),
    supersedes: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  { additionalProperties: false },
);

export type ClaimInput = Static<typeof ClaimSchema>;

/** A claim as read from the log: its index is its name. */
export type Claim = ClaimInput & { seq: number; at: string; by: string; kind_of: Kind; released?: number };

const compiled = Compile(ClaimSchema);
const MONEY = /^-?\d{1,60}(\.\d{1,18})?$/;

/** Validates an unknown value as a claim. Throws BAD_CLAIM naming the field. `where` names file and line. */
export function parseClaim(value: unknown, where?: string): ClaimInput {
  if (!compiled.Check(value)) {
    const error = compiled.Errors(value)[0] as { instancePath?: string; message?: string; params?: { additionalProperties?: string[] } } | undefined;
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
