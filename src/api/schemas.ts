// Shapes that several addresses share. One with a name becomes a component of the OpenAPI document.
import Type, { type TObject, type TProperties, type TSchema } from "typebox";
import { oneOf } from "../schema.ts";
import { PAGE_DEFAULT, PAGE_MAX } from "./cursor.ts";

export const closed = { additionalProperties: false };

/** `$id`-free names: OpenAPI refers to components by place. */
const names = new Map<string, TSchema>();
export const namedSchemas: ReadonlyMap<string, TSchema> = names;

export function named<T extends TSchema>(name: string, schema: T): T {
  const titled = { ...schema, title: name } as T;
  names.set(name, titled);
  return titled;
}

export const text = (description: string, options: { maxLength?: number; minLength?: number; pattern?: string } = {}) => Type.String({ description, ...options });
export const optionalText = (description: string, options: { maxLength?: number; pattern?: string } = {}) => Type.Optional(text(description, { maxLength: 200, ...options }));
export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** Of money: whole base units or plain decimals, never a float. */
export const amount = (description: string) => Type.String({ description, pattern: "^-?\\d+(\\.\\d+)?$" });

export const logSize = Type.Integer({ minimum: 0, description: "The size of the log at which this was read: ask with known= for the same again" });
export const entryNumber = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: "Number of an entry of the log" });

export const DAY = "^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$";

export const vantageQuery = {
  known: optionalText("As known then: a size of the log, a day or a time (UTC)", { maxLength: 40 }),
  as_of: optionalText("Only what had been claimed by this date: YYYY, YYYY-MM or YYYY-MM-DD", { pattern: "^\\d{4}(-\\d{2}(-\\d{2})?)?$" }),
};

export const pageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: PAGE_MAX, default: PAGE_DEFAULT, description: "Items on a page" })),
  cursor: optionalText("`next` of the page before; the list then stays as it was when it was begun", { maxLength: 600 }),
};

export const listQuery = <T extends TProperties>(filters: T) => Type.Object({ ...filters, ...vantageQuery, ...pageQuery }, closed);

/** A page of a list. */
export const pageOf = (items: TSchema): TObject =>
  Type.Object(
    {
      log_size: logSize,
      items: Type.Array(items),
      next: nullable(Type.String({ description: "Cursor of the next page; null on the last" })),
    },
    closed,
  );

export const problemSchema = named(
  "Problem",
  Type.Object(
    {
      type: text("Where this kind of fault is explained"),
      title: text("What kind of fault it is"),
      status: Type.Integer(),
      detail: text("What exactly happened"),
      code: text("Stable code (docs/errors.md)"),
      hint: text("What to do"),
      where: Type.Optional(text("Field or parameter")),
      conflict: Type.Optional(
        Type.Object(
          {
            etag: text("Of what is there now: the next If-Match"),
            by: text("Who changed it"),
            at: text("When (UTC)"),
            changes: Type.Array(
              Type.Object(
                {
                  at_current: Type.Integer({ minimum: 0, description: "First line of it in what is there, from 0" }),
                  at_sent: Type.Integer({ minimum: 0, description: "First line of it in what was sent, from 0" }),
                  current: Type.Array(text("Line that is there")),
                  sent: Type.Array(text("Line that was sent")),
                },
                closed,
              ),
              { description: "Runs of lines that differ, for a program" },
            ),
            readable: text("The same to be read, its lines counted from 1: - is there, + was sent"),
            current: Type.Optional(text("All of what is there now")),
          },
          { ...closed, description: "Of a write that named a version which is no more: what is there beside what was sent" },
        ),
      ),
    },
    closed,
  ),
);

/** A row of a table: every cell is text. */
export const rowSchema = named("Row", Type.Record(Type.String(), Type.String(), { description: "Cells by column; every cell is text" }));

export const tagSchema = named(
  "Tag",
  Type.Object(
    {
      address: text("As the source has it"),
      chains: Type.Array(text("CAIP-2 ids that the source's symbol may mean")),
      label: text("What it says"),
      category: text("Its own word for what it is"),
      abuse: text("Its own word for what it did"),
      actor: text("Its own name for whose it is"),
      said_by: text("Whose word it is"),
      source: text("The source that it names"),
      since: text("A date as the source has it, or empty"),
      confidence: text("The source's own word, or empty"),
      dataset: text("Table"),
      entry: entryNumber,
      row: Type.Integer({ minimum: 0 }),
    },
    { ...closed, description: "Somebody's word on who is behind an address" },
  ),
);

export { oneOf };
