// What the file of a report may say. Strict: an unknown field is refused, so that a misspelt one is not lost silently.
import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";

const closed = { additionalProperties: false };
const SECTIONS_MAX = 40;
const BLOCKS_MAX = 200;
const plain = (maxLength: number) => Type.String({ minLength: 1, maxLength });
const figureId = Type.String({ pattern: "^[a-z0-9][a-z0-9-]{2,79}$" });

/** Text in the story's form (docs/stories.md), with the claims it rests on beside its figures: "kind/name field". */
const citedText = Type.Object(
  {
    text: plain(8_000),
    cites: Type.Optional(Type.Array(Type.String({ pattern: "^[a-z-]+/[a-z0-9][a-z0-9.-]* [a-z_]+$" }), { maxItems: 20 })),
  },
  closed,
);
const table = Type.Object({ table: figureId, caption: plain(300) }, closed);

export const ReportSpecSchema = Type.Object(
  {
    title: plain(300),
    symbol: Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9/.-]{1,59}$" }),
    desk: plain(120),
    period: Type.String({ pattern: "^\\d{4}(-\\d{2}(-\\d{2})?)?(/\\d{4}(-\\d{2}(-\\d{2})?)?)?$" }),
    language: Type.String({ pattern: "^[a-z]{2}(-[A-Z]{2})?$" }),
    summary: plain(4_000),
    sections: Type.Array(
      Type.Object(
        {
          title: plain(200),
          paragraphs: Type.Array(Type.Union([plain(8_000), citedText, table]), { minItems: 1, maxItems: BLOCKS_MAX }),
        },
        closed,
      ),
      { minItems: 1, maxItems: SECTIONS_MAX },
    ),
    /** Figures whose rows are printed; all that the report uses, unless told. */
    annexes: Type.Optional(Type.Array(figureId, { maxItems: 100 })),
    replies: Type.Optional(Type.Array(Type.String({ pattern: "^reply/[a-z0-9.-]+$" }), { maxItems: 60 })),
    /** report.json of the build before, beside this file. */
    previous: Type.Optional(plain(300)),
    waive: Type.Optional(Type.Array(Type.Object({ rule: plain(60), why: plain(400) }, closed), { maxItems: 20 })),
  },
  closed,
);

export type ReportSpec = Static<typeof ReportSpecSchema>;
export const compiledReportSpec = Compile(ReportSpecSchema);
