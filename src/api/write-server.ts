// The server of the addresses that write: who asks by which key, whether its scope opens the address, whether the object is
// theirs, what was sent, whether it was asked before. What each does comes in as a table, from the desk's process.
import type { IncomingMessage, ServerResponse } from "node:http";
import fastify from "fastify";
import type { Effects } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import { canonicalJson, sha256Hex, type Json } from "../evidence/evidence.ts";
import { networkOf } from "../site/site.ts";
import { bodyOf, checkParameters, checkValue, readTextBodies, requireKey } from "./check-request.ts";
import { fastifyPath } from "./endpoint.ts";
import { openIdempotency, type Kept } from "./idempotency.ts";
import { openKeyReader, writerName, type Scope } from "./keys.ts";
import { asTracewireError, PROBLEM_TYPE, problemOf } from "./problem.ts";
import { openRateLimit, REQUESTS_A_MINUTE, TooManyRequests } from "./rate-limit.ts";
import { sendAnswer, type Outgoing } from "./send-answer.ts";
import { WRITE_LIST, WRITES, type WriteAsked, type WriteEndpoint, type WriteName } from "./writing.ts";

export { CLAIMS_AT_ONCE_MAX, WRITE_LIST, WRITES } from "./writing.ts";

/** A capture in base64, with its JSON. */
const BODY_BYTES_MAX = 9 * 1024 * 1024;
const PARAM_CHARS_MAX = 300;
const IF_MATCH = /^"(\d{1,9})"$/;
const LOOPBACK = new Set(["127.0.0.1", "::1", "::ffff:127.0.0.1"]);
const JSON_TYPE = "application/json; charset=utf-8";

/** Who writes: a key in force. */
export type Writer = { /** As the log names it. */ name: string; scopes: ReadonlySet<Scope>; network: string };
export type WriteAnswer = { body: unknown; status?: number; /** A version, which is the next If-Match. */ version?: number };
/** `version`: what If-Match names; always there where the address takes one. */
export type WriteRun<N extends WriteName> = {
  /** Whether what the path names is theirs; what is not is not there. */
  sees?(writer: Writer, params: WriteAsked<N>["params"]): boolean;
  run(writer: Writer, asked: WriteAsked<N> & { version: number }): WriteAnswer | Promise<WriteAnswer>;
};
export type WriteRuns = { [N in WriteName]: WriteRun<N> };

export type WriteServerOptions = {
  folder: string;
  effects: Effects;
  runs: WriteRuns;
  remoteOf(request: IncomingMessage): string;
  requests_a_minute?: number;
  /** A fault of ours, for the administrator. */
  report(error: unknown): void;
};
export type WriteServer = { handle(request: IncomingMessage, response: ServerResponse): void; ready(): Promise<void>; close(): Promise<void> };

export function openWriteServer(options: WriteServerOptions): WriteServer {
  const { folder, effects } = options;
  const keys = openKeyReader(folder, effects);
  const idempotency = openIdempotency(folder, effects.clock);
  const rates = openRateLimit(options.requests_a_minute ?? REQUESTS_A_MINUTE, () => Date.parse(effects.clock()));
  const app = fastify({ bodyLimit: BODY_BYTES_MAX, routerOptions: { maxParamLength: PARAM_CHARS_MAX, caseSensitive: true }, exposeHeadRoutes: false, return503OnClosing: false });
  readTextBodies(app);

  const answer = async (one: WriteEndpoint, run: WriteRun<WriteName>, request: { raw: IncomingMessage; params: unknown; body: unknown }): Promise<Outgoing> => {
    const key = requireKey(keys, request.raw);
    const writer: Writer = { name: writerName(key), scopes: new Set(key.scopes), network: networkOf(options.remoteOf(request.raw)) };
    if (!writer.scopes.has(one.scope)) throw new TracewireError("NOT_ALLOWED", { what: `This key has no scope ${one.scope}`, hint: "`tracewire key add` makes one that has." });
    const url = new URL(request.raw.url!, "http://localhost");
    const params = checkParameters(one.params, Object.entries((request.params ?? {}) as Record<string, string>), "path");
    const query = checkParameters(one.query, url.searchParams, "query");
    const body = one.body ? checkValue(one.body, bodyOf(request.body, one), "body") : noBody(request.body);
    // Nothing in the log has half a character (RFC 8785 §3.2.2.2).
    if (!isWhole(body)) throw new TracewireError("BAD_ARGUMENT", { what: "body: it has half a surrogate pair", where: "body" });
    if (run.sees && !run.sees(writer, params as never)) throw new TracewireError("NOT_FOUND", { what: "There is nothing here for this key" });
    const names = Object.keys(one.headers?.properties ?? {}).filter((name) => request.raw.headers[name] !== undefined);
    const taken = Object.fromEntries(names.map((name) => [name, String(request.raw.headers[name])]));
    const headers = checkValue(one.headers ?? NO_HEADERS, taken, "header") as { "idempotency-key"?: string; "if-match"?: string };
    const version = one.headers && "if-match" in one.headers.properties ? versionOf(headers["if-match"]) : 0;
    const asked = { params, query, body, headers, version } as never;
    const again = headers["idempotency-key"];
    if (again === undefined) return outgoing(one, await run.run(writer, asked));
    const fingerprint = sha256Hex(canonicalJson({ method: one.method, path: url.pathname, query: query as Json, version, body: (body ?? null) as Json }));
    const before = idempotency.begin(writer.name, again, fingerprint);
    if (before) return { ...before, headers: { ...before.headers, "idempotency-replayed": "true" }, type: JSON_TYPE, keep: "own" };
    try {
      const made = outgoing(one, await run.run(writer, asked));
      idempotency.keep(writer.name, again, made);
      return made;
    } catch (error) {
      // A fault of ours may have come after the change: that request stays in doubt.
      if (error instanceof TracewireError && error.code !== "INTERNAL") idempotency.forget(writer.name, again);
      throw error;
    }
  };

  const refuse = async (error: unknown, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const known = asTracewireError(error);
    if (known.code === "INTERNAL") options.report(error);
    const wait = known instanceof TooManyRequests ? { "retry-after": String(known.state.reset_s), ...rates.headers(known.state) } : {};
    await sendAnswer(request, response, {
      status: known.status,
      type: PROBLEM_TYPE,
      body: JSON.stringify(problemOf(known)),
      headers: { ...wait, ...(known.code === "BAD_KEY" ? { "www-authenticate": "Bearer" } : {}) },
      keep: "own",
    });
  };
  /** From this machine itself nothing is limited. */
  const limit = (request: IncomingMessage, cost: number): void => {
    const remote = options.remoteOf(request);
    if (!LOOPBACK.has(remote)) rates.take(networkOf(remote), cost);
  };

  for (const [name, one] of Object.entries(WRITES) as [WriteName, WriteEndpoint][])
    app.route({
      method: one.method,
      url: fastifyPath(one.path),
      onRequest: async (request) => limit(request.raw, one.cost ?? 1),
      handler: async (request, reply) => {
        reply.hijack();
        try {
          await sendAnswer(request.raw, reply.raw, await answer(one, options.runs[name] as WriteRun<WriteName>, request));
        } catch (error) {
          await refuse(error, request.raw, reply.raw);
        }
      },
    });
  app.setNotFoundHandler(async (request, reply) => {
    reply.hijack();
    await refuse(new TracewireError("NOT_FOUND", { what: "Nothing is written at this address", hint: `Written here: ${[...new Set(WRITE_LIST.map(({ path }) => path))].join(", ")}.` }), request.raw, reply.raw);
  });
  app.setErrorHandler(async (error, request, reply) => {
    reply.hijack();
    await refuse(error, request.raw, reply.raw);
  });
  return {
    handle: (request, response) => app.routing(request, response),
    ready: async () => void (await app.ready()),
    async close() {
      await app.close();
      keys.close();
      idempotency.close();
    },
  };
}

const NO_HEADERS = { type: "object" } as never;

function outgoing(one: WriteEndpoint, { body, status, version }: WriteAnswer): Kept & Pick<Outgoing, "type" | "keep"> {
  return { status: status ?? one.status ?? 200, type: JSON_TYPE, body: JSON.stringify(body), headers: version === undefined ? {} : { etag: `"${version}"` }, keep: "own" };
}

function isWhole(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([name, own]) => name.isWellFormed() && isWhole(own));
}

/** Throws PRECONDITION_REQUIRED, and BAD_ARGUMENT for a tag that is none of ours. */
function versionOf(ifMatch: string | undefined): number {
  if (ifMatch === undefined) throw new TracewireError("PRECONDITION_REQUIRED");
  const version = IF_MATCH.exec(ifMatch)?.[1];
  if (version === undefined) throw new TracewireError("BAD_ARGUMENT", { what: "If-Match: this is no ETag of ours", where: "If-Match", hint: 'It looks like "3".' });
  return Number(version);
}

function noBody(body: unknown): undefined {
  const { text = "" } = (body ?? {}) as { text?: string };
  if (!/^\s*(\{\s*\})?\s*$/.test(text)) throw new TracewireError("BAD_ARGUMENT", { what: "body: nothing is taken here", where: "body" });
  return undefined;
}
