// The shape of a claim as one schema: the door checks by it, the type and the documentation follow from it.
import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { locatorSchema } from "../evidence/evidence.ts";
import { oneOf as choice } from "../schema.ts";
import { BOUNDS, HEDGES, MEASURES, VALUATION_BASES } from "./claim-words.ts";

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
    period: Type.Optional(
      Type.String({ pattern: "^\\d{4}(-\\d{2}(-\\d{2})?)?(/\\d{4}(-\\d{2}(-\\d{2})?)?)?$", description: "the time it is about" }),
    ),
    valuation: Type.Optional(
      Type.Object(
        {
          basis: choice(VALUATION_BASES),
          minted: Type.Optional(Type.Boolean()),
          note: Type.Optional(text("how, when, at which price", 400)),
        },
        { additionalProperties: false },
      ),
    ),
    measure: Type.Optional(choice(MEASURES)),
    part_of: Type.Optional(text("which part of a merged subject the value covers", 200)),
    source: Type.Object({ capture: Type.Integer({ minimum: 0 }), locator: locatorSchema().LocatorSchema }, { additionalProperties: false }),
    supersedes: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  { additionalProperties: false },
);

export type ClaimInput = Static<typeof ClaimSchema>;

export const compiledClaim = Compile(ClaimSchema);
