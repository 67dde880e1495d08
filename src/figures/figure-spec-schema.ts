// A figure is a program: the rules by which it is counted, as data. The rules are those of the monitors' own
// disputes (unit of count, attribution floor, period basis, valuation, gross or net, choice among rivals, …).
// A figure's sentence, its "how we counted" and its value all come from this one object.
import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { ATTRIBUTION_LEVELS, KINDS, MEASURES, VALUATION_BASES, type Kind } from "../casefile/casefile.ts";
import { oneOf as choice } from "../schema.ts";

const closed = { additionalProperties: false };
const names = Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 64 });
const subjectWithReason = Type.Object({ subject: Type.String(), why: Type.String({ minLength: 3, maxLength: 400 }) }, closed);
const DATE = "^\\d{4}-\\d{2}-\\d{2}$";

const datasetName = Type.String({ pattern: "^[a-z0-9-]+/[a-z0-9-]+(@\\d{4}(-\\d{2}(-\\d{2})?)?)?$" });
const cells = Type.Optional(Type.Array(Type.String({ maxLength: 200 }), { minItems: 1, maxItems: 200 }));
const rowTests = Type.Array(
  Type.Object(
    {
      column: Type.String(),
      is: cells,
      not: cells,
      starts: cells,
      contains: cells,
      from: Type.Optional(Type.String()),
      to: Type.Optional(Type.String()),
    },
    closed,
  ),
  { maxItems: 12 },
);
const otherRows = Type.Object(
  { dataset: datasetName, column: Type.String(), match: Type.Optional(Type.String()), where: Type.Optional(rowTests) },
  closed,
);

export const FigureSpecSchema = Type.Object(
  {
    id: Type.String({ pattern: "^[a-z0-9][a-z0-9-]{2,79}$" }),
    title: Type.String({ minLength: 3, maxLength: 200 }),
    /** quote: one published value. column_sum: the sum of a published table's column, which is not a count of rows. */
    measure: choice(["count", "sum", "series", "share", "compare", "product", "quote", "column_sum", "rows"]),
    /** A kind of the case file, or "row": rows of a dataset. */
    of: choice([...(Object.keys(KINDS) as Kind[]), "row"] as const),
    /** Rows: of which dataset ("ofac-sdn/entries@2019-01"; without a date, its newest edition), and which of them. */
    dataset: Type.Optional(datasetName),
    where: Type.Optional(rowTests),
    take: Type.Optional(choice(["count", "distinct", "sum", "minimum", "maximum", "most", "most_count", "only"])),
    column: Type.Optional(Type.String()),
    /** Only rows whose `column` (or `match`) stands, or does not stand, in a column of another dataset. */
    in: Type.Optional(otherRows),
    not_in: Type.Optional(otherRows),
    /** Only values of `column` that at least so many different others have. */
    shared_by: Type.Optional(Type.Object({ column: Type.String(), at_least: Type.Integer({ minimum: 2, maximum: 1_000 }) }, closed)),
    /** A series: one point for each value of a column, or for its first characters (4 of a date: its year). */
    by_column: Type.Optional(
      Type.Object(
        {
          column: Type.String(),
          first: Type.Optional(Type.Integer({ minimum: 1, maximum: 40 })),
          order: Type.Optional(choice(["label", "largest"])),
          most: Type.Optional(Type.Integer({ minimum: 1, maximum: 60 })),
        },
        closed,
      ),
    ),
    /** For "most": the first characters by which values are taken together. */
    first: Type.Optional(Type.Integer({ minimum: 1, maximum: 40 })),
    /** Of what the value is; "date", "year" and "text" are printed as they are. */
    unit: Type.Optional(Type.String({ maxLength: 40 })),
    /** Decimals of the asset when a column is in its base units. */
    base_decimals: Type.Optional(Type.Integer({ minimum: 0, maximum: 30 })),
    /** Decimals of a share or a product. */
    decimals: Type.Optional(Type.Integer({ minimum: 0, maximum: 8 })),
    /** Rule 15: what is measured (taken, recovered, …). */
    field: Type.Optional(Type.String()),
    /** What one unit is called in a sentence: theft, attack, victim. */
    noun: Type.Optional(Type.Object({ one: Type.String(), many: Type.String() }, closed)),
    subject: Type.Optional(Type.String()),
    /** Rule 1 */
    unit_of_count: Type.Optional(choice(["subject", "victim", "value"])),
    merge: Type.Optional(choice(["judged", "none"])),
    /** Rule 2 */
    outcome: Type.Optional(
      Type.Object(
        {
          unknown_amounts: Type.Optional(choice(["count", "exclude"])),
          zero_amounts: Type.Optional(choice(["count", "exclude"])),
          amount_min: Type.Optional(Type.String({ pattern: "^\\d+$" })),
        },
        closed,
      ),
    ),
    /** Rule 3 */
    attribution: Type.Optional(
      Type.Object(
        { levels: Type.Optional(Type.Array(choice(ATTRIBUTION_LEVELS))), contested: Type.Optional(choice(["include", "exclude"])) },
        closed,
      ),
    ),
    /** Rule 4 */
    actors: Type.Optional(names),
    /** Rules 5 and 16 */
    victims: Type.Optional(
      Type.Object(
        {
          types: Type.Optional(names),
          named: Type.Optional(Type.Boolean()),
          identity: Type.Optional(choice(["as_attributed", "inferred"])),
        },
        closed,
      ),
    ),
    listed_by: Type.Optional(Type.String()),
    /** Rule 14 */
    countries: Type.Optional(names),
    include: Type.Optional(Type.Array(subjectWithReason)),
    exclude: Type.Optional(Type.Array(subjectWithReason)),
    /** Rule 6; days in UTC, both ends included. */
    period: Type.Optional(
      Type.Object(
        {
          basis: choice(["date", "date_theft", "date_disclosed", "date_attributed", "period"]),
          from: Type.String({ pattern: DATE }),
          to: Type.String({ pattern: DATE }),
          placeholders: Type.Optional(choice(["include", "exclude"])),
        },
        closed,
      ),
    ),
    /** Rule 7 */
    valuation: Type.Optional(
      Type.Object({ basis: choice([...VALUATION_BASES, "any"] as const), minted: Type.Optional(choice(["include", "exclude"])) }, closed),
    ),
    /** Rule 8 */
    gross_or_net: Type.Optional(choice(MEASURES)),
    /** Rule 9 */
    splits: Type.Optional(choice(["whole", "parts"])),
    /** Rule 10 */
    rounding: Type.Optional(Type.Object({ power: Type.Integer({ minimum: -6, maximum: 12 }) }, closed)),
    /** Rules 11 and 12: first match wins; then the latest claim, or none at all. `among` limits whose values are rivals. */
    choice: Type.Optional(
      Type.Object(
        {
          claimants: Type.Optional(names),
          documents: Type.Optional(names),
          among: Type.Optional(names),
          /** Of a subject that is counted in parts, the values of this one. */
          part: Type.Optional(Type.String()),
          otherwise: Type.Optional(choice(["latest", "refuse"])),
        },
        closed,
      ),
    ),
    /** Rule 13: "origin" lets claims that relay one origin count once in the range. */
    independence: Type.Optional(choice(["claim", "origin"])),
    /** Rule 19 */
    currency: Type.Optional(Type.String({ pattern: "^[A-Z]{3}$" })),
    /** Rule 20 */
    dispersion: Type.Optional(choice(["range", "none"])),
    by: Type.Optional(choice(["year", "claimant", "period"])),
    unequal_periods: Type.Optional(choice(["refuse", "allow"])),
    parts: Type.Optional(Type.Array(Type.Unknown(), { minItems: 2, maxItems: 2 })),
    /** Rule 3: only what had been claimed by this date. */
    as_of: Type.Optional(Type.String({ pattern: "^\\d{4}(-\\d{2}(-\\d{2})?)?$" })),
    evidence: Type.Optional(choice(["released", "all"])),
  },
  closed,
);

export type FigureSpec = Omit<Static<typeof FigureSpecSchema>, "parts"> & { parts?: [FigureSpec, FigureSpec] };

export const compiledFigureSpec = Compile(FigureSpecSchema);
