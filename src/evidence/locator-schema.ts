// The shape of a locator, as a schema. What it means is in locator.ts.
import Type, { type Static } from "typebox";
import { QUOTE_CHARS_MAX } from "./quote-search.ts";

const place = (description: string, minimum = 1) => Type.Optional(Type.Integer({ minimum, description }));

export const LocatorSchema = Type.Object(
  {
    page: place("Page of the document, from 1"),
    paragraph: place("Paragraph, from 1; of the page where a page is given"),
    table: place("Table, from 1; may be left out where there is only one"),
    row: place("Row below the header, from 1; 0 is the header", 0),
    column: Type.Optional(
      Type.Union([Type.Integer({ minimum: 1 }), Type.String({ minLength: 1, maxLength: 1000 })], {
        description: "Heading of the column, or its number from 1",
      }),
    ),
    quote: Type.Optional(
      Type.String({ minLength: 1, maxLength: QUOTE_CHARS_MAX, description: "Words that must stand there, inside what else is named" }),
    ),
    region: Type.Optional(
      Type.String({ pattern: "^\\d{1,4}(,\\d{1,4}){3}$", description: "Part of the page as it looks: left, top, width, height in thousandths of it, where no text stands" }),
    ),
  },
  { additionalProperties: false, minProperties: 1 },
);

export type Locator = Static<typeof LocatorSchema>;
