// The OpenAPI document drives a fuzzer over every parameter and every field of a body: values that fit, values that do not,
// and hostile ones. Nothing may come out as a fault of ours, and every answer is what the document says.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import Schema from "typebox/schema";
import { apiNewsroom, HOARD, LISTED, THIEF, TOKEN, txid, utxoId, VICTIM, type ApiNewsroom, type Called } from "../../test/api-newsroom.ts";
import { isWriteScope, openKeyStore, SCOPE_NAMES, type Scope } from "./api.ts";
import { announce, scaled, seed } from "../../test/scale.ts";

const REQUESTS = 20_000;

type JsonSchema = Record<string, any>;
type Content = Record<string, { schema: JsonSchema }>;
type Operation = {
  method: string;
  path: string;
  parameters: { name: string; in: string; required: boolean; schema: JsonSchema }[];
  requestBody?: { content: Content };
  responses: Record<string, { content?: Content }>;
  "x-scopes"?: string[];
};

/** Strings that have broken other people's programs, by kind of fault. */
const HOSTILE = [
  "", " ", "\u0000", "a\u0000b", "undefined", "null", "NaN", "true", "__proto__", "constructor", "prototype", "hasOwnProperty", "toString",
  "' OR 1=1 --", "'; DROP TABLE claims; --", "\" OR \"\"=\"", "1; SELECT sleep(5)", "%27", "%00", "%", "%zz", "%2e%2e%2f", "../../../../etc/passwd", "..\\..\\newsroom.key",
  "<script>alert(1)</script>", "{{7*7}}", "${7*7}", "$(id)", "`id`", "|id", "\r\nSet-Cookie: a=b", "\u202Emalicious", "\uFEFF", "\uD800", "ﷺ", "😀".repeat(40), "é", "é",
  "9".repeat(30), "-1", "0", "-0", "1e309", "1e3", "0x10", "2147483648", "9007199254740993", "1.5", ".5", "٣", "2024-02-30", "0000-00-00", "9999-12-31", "2024-13-01T99:99:99Z",
  "a".repeat(300), "a".repeat(1_900), "/", "//", "?", "#", ":", "@", "=", ",", ",,,,", "*", "%25", "[]", "{}", "\"", "\\", "\t", "theft/", "tagpack/tags@", "a@b=c", "x@1=1", "x:0=1", `${"0".repeat(64)}:0=1`,
] as const;
/** What is there. */
const KNOWN = ["2024-01-01-alpha", "2024-03-03-hidden", "theft/2024-01-01-alpha", "open-trace", "hidden-trace", "open-count", "secret-count", "open", "hidden", "transfers/open", "ofac-crypto", "addresses", "tagpack", "tags", "transfers", "trace", "eth", "btc", "none", "usdt", "3", "1", "2024-09-27", "in", "out", THIEF, VICTIM, HOARD, LISTED, TOKEN, txid(2), utxoId(3), "eip155:1", `eip155:1:${THIEF}`, `${utxoId(3)}:0`, "12c6DSiU4Rq3P4ZxziKxzrL5LmMBrzjrJX", "NOT_FOUND"];

const SPENDER = "12c6DSiU4Rq3P4ZxziKxzrL5LmMBrzjrJX";
/** Values by the name of a parameter that lead somewhere, so that what lies behind is reached too. */
const LEADING: Record<string, readonly unknown[]> = {
  id: ["2024-01-01-alpha", "open-trace", "open-trace", "open-count", "hidden-trace"],
  claim: [3, 4],
  draft: [1, 2, 3, 4, 5, 6],
  slug: ["made-6"],
  judgement: [3],
  code: ["NOT_FOUND", "BAD_KEY"],
  format: ["ofac-crypto", "tagpack", "transfers"],
  table: ["addresses", "tags", "open"],
  address: [THIEF, SPENDER, LISTED],
  neighbor: [THIEF, SPENDER, 1, 3],
  other: [SPENDER],
  txid: [txid(2), utxoId(3)],
  tx_hash: [txid(2), txid(3), utxoId(3)],
  currency: ["eth", "btc"],
  entity: [1, 3],
  entry: [0, 3],
  known: ["3", "60", "2026-01-02"],
  as_of: ["2024"],
  edition: ["2024-09-27"],
  chain: ["eip155:1"],
  q: ["0x222", "alpha"],
  label: ["Lazarus group"],
  name: ["transfers/open"],
  subject: ["theft/2024-01-01-alpha"],
  on: ["2024-09-27"],
  from: [0, 3],
  to: [60],
};

const anyText = fc.oneof(fc.constantFrom(...HOSTILE), fc.constantFrom(...KNOWN), fc.string({ maxLength: 60 }), fc.string({ unit: "binary", maxLength: 30 }));
const anyMany = fc.oneof(fc.array(anyText, { maxLength: 3 }), fc.dictionary(anyText, anyText, { maxKeys: 3 }));
const anyValue: fc.Arbitrary<unknown> = fc.oneof(anyText, fc.integer(), fc.double(), fc.boolean(), fc.constant(null), anyMany);

function fitting(schema: JsonSchema, components: JsonSchema): fc.Arbitrary<unknown> {
  if (schema.$ref) return fitting(components.schemas[schema.$ref.split("/").at(-1)!], components);
  if (schema.enum) return fc.constantFrom(...(schema.enum as unknown[]));
  if (schema.anyOf) return fc.oneof(...(schema.anyOf as JsonSchema[]).map((one) => fitting(one, components)));
  switch (schema.type) {
    case "integer":
      return fc.oneof(
        fc.integer({ min: schema.minimum ?? -5, max: Math.min(schema.maximum ?? 500, (schema.minimum ?? 0) + 500) }),
        fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? Number.MAX_SAFE_INTEGER }),
      );
    case "boolean":
      return fc.boolean();
    case "array":
      return fc.array(fitting(schema.items, components), { minLength: schema.minItems ?? 0, maxLength: 4 });
    case "object": {
      const required = new Set<string>(schema.required ?? []);
      if (schema.properties) {
        const fields = Object.entries<JsonSchema>(schema.properties).map(([name, own]) => [name, fitting(own, components)]);
        return fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>, { requiredKeys: [...required] });
      }
      const [values] = Object.values<JsonSchema>(schema.patternProperties ?? {});
      return fc.dictionary(anyText, values ? fitting(values, components) : anyText, { maxKeys: 3 });
    }
    case "string":
      if (!schema.pattern) return fc.oneof(fc.constantFrom(...KNOWN), anyText);
      return fc.oneof(
        fc.constantFrom(...KNOWN.filter((one) => new RegExp(schema.pattern).test(one)), "2024-09-27"),
        fc.stringMatching(new RegExp(schema.pattern), { maxLength: 60 }),
      );
    default:
      return anyValue;
  }
}

/** Mostly what leads somewhere or fits, so that the depths are reached, and often enough what does not. */
function value({ name, schema }: Operation["parameters"][number], components: JsonSchema): fc.Arbitrary<unknown> {
  const leading = LEADING[name];
  return fc.oneof(
    { weight: leading ? 14 : 0, arbitrary: fc.constantFrom(...(leading ?? [""])) },
    { weight: leading ? 2 : 12, arbitrary: fitting(schema, components) },
    { weight: 2, arbitrary: anyText as fc.Arbitrary<unknown> },
    { weight: 1, arbitrary: anyValue },
  );
}

const seldom = <T>(arbitrary: fc.Arbitrary<T>, one_in: number): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: one_in - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

/** Half a surrogate pair cannot be written in an address. */
const encode = (given: unknown): string => encodeURIComponent((typeof given === "string" ? given : (JSON.stringify(given) ?? "")).toWellFormed());

function request(operation: Operation, components: JsonSchema) {
  const parameters = operation.parameters.filter((one) => one.in !== "header");
  const schemaOfBody = operation.requestBody?.content["application/json"]!.schema;
  return fc.record({
    operation: fc.constant(operation),
    values: fc.tuple(...parameters.map((one) => seldom(value(one, components), one.required ? 1 : one.name === "cursor" || one.name === "page" ? 12 : 3))),
    extra: seldom(fc.tuple(anyText, anyText), 20),
    raw: seldom(anyText, 25),
    body: schemaOfBody ? body(operation, schemaOfBody, components) : fc.constant(undefined),
    bodyForm: fc.constantFrom("json", "json", "json", "json", "text", "broken", "xml"),
    // Of an address that writes, mostly with a key that may.
    key: operation["x-scopes"]?.some((scope) => isWriteScope(scope as Scope)) 
      ? fc.constantFrom("writer", "writer", "writer", "writer", "case:write", "stories:write", "none", "all", "wrong")
      : fc.constantFrom("none", "none", "none", "none", "all", "all", "all", "claims:unreleased", "tags:own", "traces:private", "wrong"),
    headers: fc.oneof(
      { weight: 24, arbitrary: fc.constant({}) },
      { weight: 1, arbitrary: fc.record({ "idempotency-key": fc.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom("a", "b", " ", "~") }) }) },
      { weight: 1, arbitrary: fc.record({ "if-none-match": fc.constantFrom("*", '"a"', 'W/"b", "c"', ",,,", '"') }) },
      { weight: 1, arbitrary: fc.record({ "accept-encoding": fc.constantFrom("gzip", "br", "gzip;q=0", "*") }) },
      { weight: 1, arbitrary: fc.record({ authorization: fc.constantFrom("Bearer", "Bearer ", "Basic x", "Bearer a b", `Bearer ${"a".repeat(500)}`) }) },
    ),
    precondition: operation.parameters.some(({ name, in: place }) => place === "header" && name === "if-match")
      ? fc.constantFrom('"1"', '"1"', '"2"', '"2"', '"3"', "*", 'W/"1"', "")
      : fc.constant(undefined),
    again: operation.parameters.some(({ name, required }) => name === "idempotency-key" && required)
      ? fc.oneof({ weight: 12, arbitrary: fc.uuid() }, { weight: 1, arbitrary: fc.constantFrom("a", "a b", "é") }, { weight: 1, arbitrary: fc.constant(undefined) })
      : fc.constant(undefined),
    method: seldom(fc.constantFrom("HEAD", "PUT", "PATCH", "OPTIONS", "DELETE", "POST", "GET"), 25),
  });
}

/** Bodies that are taken, so that what lies behind the schema is reached; and the same bent in one field. */
const CLAIM = { subject: "theft/2024-01-01-alpha", field: "amount", value: "5", unit: "USD", claimant: "Somebody else", hedge: "asserted", as_of: "2024", valuation: { basis: "as_published" }, source: { capture: 1, locator: { quote: "made-up" } } };
const TAKEN: Record<string, unknown> = {
  "POST /v1/claims": { claims: [CLAIM] },
  "POST /v1/captures": { title: "Sent", text: "Words that were sent.", grade: "copy", source_grade: "C", item_grade: "3" },
  "POST /v1/judgements": { question: "same", subject: "theft/2024-01-01-alpha", other: "theft/2024-02-02-gamma", verdict: "unsure", why: "not known" },
  "PUT /v1/drafts/{draft}": { text: storyText("made-1") },
  "POST /v1/drafts/{draft}/steps": { to: "draft", note: "once more" },
};

const body = (operation: Operation, schema: JsonSchema, components: JsonSchema): fc.Arbitrary<unknown> => {
  const name = `${operation.method} ${operation.path}`;
  const taken = TAKEN[name];
  const any = anyBody(schema, components);
  return taken === undefined ? any : fc.oneof({ weight: 3, arbitrary: fc.constant(taken) }, { weight: 2, arbitrary: bent(schema, components, fc.constant(taken)) }, { weight: 2, arbitrary: any });
};

const anyBody = (schema: JsonSchema, components: JsonSchema): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 4, arbitrary: fitting(schema, components) }, { weight: 1, arbitrary: anyValue }, { weight: 1, arbitrary: bent(schema, components) });

/** A body that fits but for one field. */
function bent(schema: JsonSchema, components: JsonSchema, whole = fitting(schema, components)): fc.Arbitrary<unknown> {
  return fc.tuple(whole, anyText, anyValue).map(([body, name, other]) => {
    if (Array.isArray(body)) return [...body, other];
    if (typeof body !== "object" || body === null) return other;
    const names = Object.keys(body);
    const at = names.length > 0 ? names[name.length % names.length]! : name;
    return Object.fromEntries([...Object.entries(body), [name.length % 2 === 0 ? at : name, other]]);
  });
}

let room: ApiNewsroom;
const tokens: Record<string, string> = {};
function storyText(slug: string): string {
  return `---\nslug: ${slug}\ntopic: Sanctions\nbyline: A program\nhappened: 2026-01-01\n---\n\n# What a program wrote\n\n> It is said.\n\nWords.\n`;
}
before(async () => {
  room = await apiNewsroom({ job_limits: { time_ms_max: 3_000, per_caller_max: 3 } });
  const keys = openKeyStore(room.newsroom.folder, room.newsroom.effects);
  tokens.writer = keys.add("fuzzer", SCOPE_NAMES).token;
  keys.close();
  // Something to write on: drafts on their way, and one that is out.
  let sent = 0;
  const write = (method: string, path: string, match: string | undefined, body?: unknown) =>
    room.call(method, `/v1${path}`, { key: tokens.writer, ...(body === undefined ? {} : { body }), headers: { "idempotency-key": `made-${sent++}`, ...(match ? { "if-match": match } : {}) } });
  for (let id = 1; id <= 6; id++) {
    await write("POST", "/drafts", undefined, { text: storyText(`made-${id}`) });
    if (id > 1) await write("POST", `/drafts/${id}/steps`, '"1"', { to: "in review" });
    if (id > 3) await write("POST", `/drafts/${id}/approval`, '"1"');
    if (id === 6) assert.equal((await write("POST", `/drafts/${id}/publication`, '"1"', {})).status, 200);
  }
});
after(() => room.stop());

test("no request makes a fault of ours, and every answer is as described", async (t) => {
  const document = (await room.get("/v1/openapi.json")).json;
  const operations = Object.entries<Record<string, Omit<Operation, "method" | "path">>>(document.paths).flatMap(([path, own]) =>
    Object.entries(own).map(([method, operation]): Operation => ({ ...operation, method: method.toUpperCase(), path })),
  );
  const checks = new Map<string, ReturnType<typeof Schema.Compile>>();
  const checkOf = (schema: JsonSchema) => {
    const key = JSON.stringify(schema);
    const known = checks.get(key) ?? Schema.Compile({ ...schema, components: document.components } as never);
    checks.set(key, known);
    return known;
  };
  const assertAsDescribed = (operation: Operation, { status, headers, json, text }: Called) => {
    const type = String(headers["content-type"] ?? "").split(";")[0]!;
    const content = operation.responses[String(status)]?.content;
    assert.ok(content?.[type], `${status} ${type} is not described: ${text.slice(0, 200)}`);
    if (type === "text/html") return;
    const check = checkOf(content[type].schema);
    assert.ok(check.Check(json), `${status}: ${JSON.stringify(check.Errors(json)).slice(0, 400)}`);
  };
  const count = scaled(REQUESTS);
  announce(t, "requests", count);
  const statuses = new Map<number, number>();
  const reached = new Set<string>();

  const requests = fc.constantFrom(...operations).chain((operation) => request(operation, document.components));
  await fc.assert(
    fc.asyncProperty(requests, async ({ operation, values, extra, raw, body, bodyForm, key, headers, precondition, again, method }) => {
      const parameters = operation.parameters.filter((one) => one.in !== "header");
      let path = operation.path;
      const query: string[] = [];
      for (const [at, { name, in: place }] of parameters.entries()) {
        const given = (values as unknown[])[at];
        if (place === "path") path = path.replace(`{${name}}`, encode(given ?? ""));
        else if (given !== undefined) query.push(`${name}=${Array.isArray(given) ? given.map(encode).join(",") : encode(given)}`);
      }
      if (extra) query.push(`${encode(extra[0])}=${encode(extra[1])}`);
      if (raw !== undefined) query.push(raw.replaceAll(/[^\x21-\x7e]/g, ""));
      const url = `${path}${query.length > 0 ? `?${query.join("&")}` : ""}`;
      const hasBody = operation.requestBody !== undefined && method === undefined;
      const answer = await room.call(method ?? operation.method, url, {
        ...(hasBody
          ? {
              body: bodyForm === "json" ? JSON.stringify(body ?? null) : bodyForm === "text" ? [body].flat().map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n") : bodyForm === "broken" ? "{\"from\": " : "<x/>",
              type: bodyForm === "text" ? "text/plain" : bodyForm === "xml" ? "application/xml" : "application/json",
            }
          : {}),
        ...(key === "none" ? {} : { key: key === "wrong" ? "twk_wrong" : (tokens[key] ?? room.keys[key as "all"]) }),
        headers: { ...(precondition === undefined ? {} : { "if-match": precondition }), ...(again === undefined ? {} : { "idempotency-key": again }), ...headers },
      });
      const what = `${method ?? operation.method} ${url} with ${key}`;
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      assert.ok(answer.status < 500, `${what}: ${answer.text}`);
      if ([200, 201, 202].includes(answer.status)) reached.add(`${operation.method} ${operation.path}`);
      // A wrong method, an address that the site itself refuses (too long, not decodable) or one that became another's.
      const isOurs = String(answer.headers["content-type"]).startsWith("application/problem+json") || answer.status < 300;
      if (method === undefined && answer.status !== 304 && isOurs && path.split("/").length === operation.path.split("/").length && !/\/$|\/\//.test(path)) {
        try {
          assertAsDescribed(operation, answer);
        } catch (error) {
          throw new Error(`${what}: ${(error as Error).message}`);
        }
      }
    }),
    { numRuns: count, seed, endOnFailure: true },
  );
  t.diagnostic(`statuses: ${[...statuses].sort(([a], [b]) => a - b).map(([status, n]) => `${status} × ${n}`).join(", ")}`);
  const missed = operations.filter(({ method, path }) => !reached.has(`${method} ${path}`) && !path.startsWith("/v1/jobs/"));
  t.diagnostic(`${operations.length} operations, ${reached.size} of them answered with 200, 201 or 202 at least once; never: ${missed.map(({ method, path }) => `${method} ${path}`).join(", ") || "none"}`);
  assert.ok(reached.size >= operations.length * 0.75, "the fuzzer reaches what it is meant to reach");
});
