// What a request brings is checked before anything is made of it: unknown names are refused, numbers are read strictly.
import type { IncomingMessage } from "node:http";
import type { FastifyInstance } from "fastify";
import type { TObject, TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { TracewireError } from "../errors.ts";
import { faultWords, type SchemaFault } from "../schema.ts";
import type { Described } from "./endpoint.ts";
import type { Key, KeyReader } from "./keys.ts";

type Part = "path" | "query" | "body" | "header";
type Compiled = ReturnType<typeof Compile>;
const compiled = new WeakMap<TSchema, Compiled>();

function compile(schema: TSchema): Compiled {
  const known = compiled.get(schema) ?? Compile(schema);
  compiled.set(schema, known);
  return known;
}

/** Throws BAD_ARGUMENT naming the field. */
export function checkValue(schema: TSchema, value: unknown, part: Part): unknown {
  const check = compile(schema);
  if (check.Check(value)) return value;
  const error = check.Errors(value)[0] as SchemaFault | undefined;
  const field = (error?.instancePath ?? "").slice(1).replaceAll("/", ".").slice(0, 100);
  const extra = error?.params?.additionalProperties?.map((name) => name.slice(0, 60)).join(", ");
  throw new TracewireError("BAD_ARGUMENT", {
    what: `${part}${field ? ` ${field}` : ""}: ${faultWords(error ?? {})}${extra ? ` (${extra})` : ""}`,
    where: field || part,
    hint: "See /v1/openapi.json.",
  });
}

/** Parameters of an address: one value each, a list with commas or by naming it again. Throws BAD_ARGUMENT. */
export function checkParameters(schema: TObject | undefined, given: Iterable<[string, string]>, part: "path" | "query"): unknown {
  const values: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of given) {
    const known = schema && Object.hasOwn(schema.properties, name) ? (schema.properties[name] as TSchema) : undefined;
    if (!known)
      throw new TracewireError("BAD_ARGUMENT", {
        what: `${part}: "${name.slice(0, 60)}" means nothing here`,
        where: name.slice(0, 60),
        hint: schema ? `Known: ${Object.keys(schema.properties).join(", ")}.` : "Nothing is taken here.",
      });
    if ((known as { type?: string }).type === "array") {
      const list = (values[name] ??= []) as unknown[];
      for (const item of value.split(",")) list.push(read(item, (known as unknown as { items: TSchema }).items));
      continue;
    }
    if (name in values) throw new TracewireError("BAD_ARGUMENT", { what: `${part} ${name}: it is given twice`, where: name });
    values[name] = read(value, known);
  }
  if (!schema) return {};
  return checkValue(schema, { ...values }, part);
}

function read(value: string, schema: TSchema): unknown {
  const { type } = schema as { type?: string };
  if (type === "integer" && /^-?\d{1,16}$/.test(value)) return Number(value);
  if (type === "boolean" && (value === "true" || value === "false")) return value === "true";
  return value;
}

/** Bodies come as text with their type, for `bodyOf`. */
export function readTextBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(["application/json", "text/plain"], { parseAs: "string" }, (request, text, done) =>
    done(null, { type: (request.headers["content-type"] ?? "").split(";")[0]!.trim().toLowerCase(), text }),
  );
}

/** The key that a request bears. Throws BAD_KEY. */
export function requireKey(keys: KeyReader, request: IncomingMessage): Key {
  const token = /^Bearer ([A-Za-z0-9_-]{1,100})$/.exec(request.headers.authorization ?? "")?.[1];
  const key = token === undefined ? undefined : keys.find(token);
  if (!key) throw new TracewireError("BAD_KEY");
  return key;
}

/** Throws BAD_ARGUMENT for what is no JSON, UNSUPPORTED_MEDIA_TYPE for text where only JSON is taken. */
export function bodyOf(body: unknown, { lines }: Pick<Described, "lines">): unknown {
  const { type, text } = (body ?? { type: "application/json", text: "" }) as { type: string; text: string };
  if (type === "text/plain") {
    if (!lines) throw new TracewireError("UNSUPPORTED_MEDIA_TYPE", { what: "Plain text is not taken here", hint: "Send application/json." });
    return text
      .split(/\r\n|\r|\n/)
      .map((line) => line.trim())
      .filter((line) => line !== "");
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new TracewireError("BAD_ARGUMENT", { what: "body: this is no JSON", where: "body", cause: error });
  }
}
