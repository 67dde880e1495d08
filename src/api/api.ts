// The door of the API: /v1 beside the public site, in the same process, over the same reader. What it is made of is loaded
// when the first request comes: a site that nobody asks by program carries none of it.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";
import { lazily } from "../lazy.ts";
import type { NewsroomReader } from "../newsroom.ts";
import type { ApiServer, ApiServerOptions } from "./api-server.ts";
import type { Scope } from "./keys.ts";

export { isWriteScope, KEYS_FILE, keyState, openKeyStore, readExpiry, SCOPES, SCOPE_NAMES, writerName, type Key, type Scope } from "./keys.ts";
export { WriteConflict, type ConflictNote } from "./problem.ts";
export type { Writer, WriteAnswer, WriteRuns, WriteServerOptions } from "./write-server.ts";
export type { WriteAsked, WriteName } from "./writing.ts";
export { JOB_LIMITS } from "./jobs.ts";
export type { ApiServerOptions } from "./api-server.ts";

const endpoints = lazily<typeof import("./endpoints.ts")>(import.meta.url, "./endpoints.ts");

/** The server of the addresses that write, for the desk's process. */
export const apiWrites = lazily<typeof import("./write-server.ts")>(import.meta.url, "./write-server.ts");

export type ApiField = { name: string; needed: boolean };

/** Of an object: its fields. Of a body that is none of one kind, nothing: `about` says what it is. */
function fieldsOf(schema: unknown): ApiField[] {
  const { properties = {}, required = [] } = (schema ?? {}) as { properties?: object; required?: readonly string[] };
  const fields = Object.keys(properties).map((name) => ({ name, needed: required.includes(name) }));
  return [...fields.filter(({ needed }) => needed), ...fields.filter(({ needed }) => !needed)];
}

/** Every address, for the documentation. */
export const API_ROUTES = () =>
  [...endpoints().ENDPOINTS, ...apiWrites().WRITE_LIST].map(({ method, path, about, group, query, body, headers, scopes = [], ...rest }) => ({
    method,
    path: `/v1${path === "/" ? "" : path}`,
    about,
    group,
    parameters: fieldsOf(query),
    headers: fieldsOf(headers),
    body: fieldsOf(body),
    scopes: "scope" in rest ? [rest.scope as Scope] : scopes,
  }));

export type MountedApi = { close(): Promise<void> };

/** Hands a request on to the process that writes, its body still on the wire. */
export type HandOn = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/**
 * Before `app` listens. The site's own rule on hosts holds for the API too. What writes is handed on; without a way on it is
 * answered as what is not there: the desk has an origin of its own then, which this site does not tell.
 */
export function mountApi(app: FastifyInstance, newsroom: NewsroomReader, options: ApiServerOptions, handOn?: HandOn): MountedApi {
  let server: Promise<ApiServer> | undefined;
  void app.register(async (scope) => {
    // Bodies are left on the wire for the API's own server.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    for (const url of ["/v1", "/v1/*"])
      scope.all(url, async (request, reply) => {
        server ??= import("./api-server.ts").then(({ openApiServer }) => openApiServer(newsroom, options));
        const { app: api, isWrite } = await server;
        if (handOn && isWrite(request.method, request.raw.url!)) {
          reply.hijack();
          return void (await handOn(request.raw, reply.raw));
        }
        reply.hijack();
        api.routing(request.raw, reply.raw);
      });
  });
  return {
    async close() {
      await (await server)?.close();
    },
  };
}
