// The API as an OpenAPI 3.1 document, written from the schemas that requests are checked by.
import type { TObject, TSchema } from "typebox";
import { ERRORS, type ErrorCode } from "../errors.ts";
import type { Described } from "./endpoint.ts";
import { SCOPES, type Scope } from "./keys.ts";
import { PROBLEM_TYPE } from "./problem.ts";
import { namedSchemas } from "./schemas.ts";

export const API_VERSION = "1.0.0";
const EVERYWHERE: readonly ErrorCode[] = ["BAD_ARGUMENT", "BAD_KEY", "NOT_FOUND", "TOO_MANY_REQUESTS", "INTERNAL"];

/** Of an address with a scope. */
const KEYS_ALONE: readonly ErrorCode[] = ["NOT_ALLOWED", "WRITER_BUSY"];

type Json = Record<string, unknown>;

/** An address with a scope of its own is for keys alone. */
type Operation = Described & { scope?: Scope };

export function openApiDocument(endpoints: readonly Operation[]): Json {
  const paths: Record<string, Json> = {};
  for (const one of endpoints) (paths[`/v1${one.path === "/" ? "" : one.path}`] ??= {})[one.method.toLowerCase()] = operation(one);
  return {
    openapi: "3.1.1",
    info: {
      title: "Tracewire",
      version: API_VERSION,
      description:
        "The case file, its figures, the log and the tracing room, read by programs; and written, by keys with a scope for it. Amounts are text. Lists are paged by cursors that hold still while the log grows. Without a key everything released is readable; docs/api.md says the rest.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    tags: [...new Set(endpoints.map(({ group }) => group))].map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries([...namedSchemas].map(([name, schema]) => [name, refer(schema, true)])),
      securitySchemes: {
        key: {
          type: "http",
          scheme: "bearer",
          description: `Made by \`tracewire key add\`. Scopes: ${Object.entries(SCOPES)
            .map(([name, about]) => `${name} (${about})`)
            .join("; ")}.`,
        },
      },
    },
    security: [{}, { key: [] }],
  };
}

function operation(one: Operation): Json {
  const status = String(one.status ?? 200);
  const type = one.type?.split(";")[0] ?? "application/json";
  const codes = [...EVERYWHERE, ...(one.errors ?? []), ...(one.scope ? KEYS_ALONE : []), ...(one.body ? (["BODY_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"] as const) : [])];
  const byStatus = Map.groupBy(new Set(codes), (code) => String(ERRORS[code].status));
  return {
    operationId: operationId(one),
    summary: one.about,
    tags: [one.group],
    ...(one.scopes ? { "x-scopes": one.scopes } : {}),
    ...(one.scope ? { "x-scopes": [one.scope], security: [{ key: [] }] } : {}),
    parameters: [...parameters(one.params, "path"), ...parameters(one.query, "query"), ...parameters(one.headers, "header")],
    ...(one.body
      ? {
          requestBody: {
            required: true,
            content: {
              "application/json": { schema: refer(one.body) },
              ...(one.lines ? { "text/plain": { schema: { type: "string", description: "One a line" } } } : {}),
            },
          },
        }
      : {}),
    responses: {
      [status]: { description: "As asked", content: { [type]: { schema: refer(one.answer) } } },
      ...(one.method === "GET" && !one.own ? { 304: { description: "What you have still holds (If-None-Match)" } } : {}),
      ...Object.fromEntries(
        [...byStatus]
          .filter(([code]) => code !== status)
          .map(([code, own]) => [code, { description: own.join(", "), content: { [PROBLEM_TYPE]: { schema: { $ref: "#/components/schemas/Problem" } } } }]),
      ),
    },
  };
}

/** "getThefts", "getThefts_id": from method and path, so that it stays. */
const operationId = ({ method, path }: Operation): string =>
  `${method.toLowerCase()}${path === "/" ? "_about" : path.replaceAll(/[{}]/g, "").replaceAll(/[^a-zA-Z0-9]+/g, "_")}`;

function parameters(schema: TObject | undefined, place: "path" | "query" | "header"): Json[] {
  if (!schema) return [];
  const required = new Set(schema.required as string[] | undefined);
  return Object.entries(schema.properties).map(([name, property]) => {
    const { description, ...rest } = refer(property as TSchema) as Json;
    return { name, in: place, required: required.has(name), ...(description === undefined ? {} : { description }), schema: rest };
  });
}

/** A schema as plain JSON, with named ones referred to. `isOwn`: the component itself is written out. */
function refer(schema: unknown, isOwn = false): unknown {
  if (Array.isArray(schema)) return schema.map((item) => refer(item));
  if (typeof schema !== "object" || schema === null) return schema;
  const { title } = schema as { title?: unknown };
  if (!isOwn && typeof title === "string" && namedSchemas.has(title)) return { $ref: `#/components/schemas/${title}` };
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([name]) => !name.startsWith("~"))
      .map(([name, value]) => [name, name === "properties" || name === "patternProperties" ? eachOf(value as Json) : name === "title" ? value : refer(value)]),
  );
}

const eachOf = (properties: Json): Json => Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, refer(value)]));
