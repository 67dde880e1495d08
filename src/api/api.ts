// The door of the API: /v1 beside the public site, in the same process, over the same reader. What it is made of is loaded
// when the first request comes: a site that nobody asks by program carries none of it.
import type { FastifyInstance } from "fastify";
import { lazily } from "../lazy.ts";
import type { NewsroomReader } from "../newsroom.ts";
import type { ApiServer, ApiServerOptions } from "./api-server.ts";

export { KEYS_FILE, openKeyStore, SCOPES, SCOPE_NAMES, type Key, type Scope } from "./keys.ts";
export { JOB_LIMITS } from "./jobs.ts";
export type { ApiServerOptions } from "./api-server.ts";

const endpoints = lazily<typeof import("./endpoints.ts")>(import.meta.url, "./endpoints.ts");

/** Every address, for the documentation. */
export const API_ROUTES = () =>
  endpoints().ENDPOINTS.map(({ method, path, about, group, query, scopes = [] }) => ({
    method,
    path: `/v1${path === "/" ? "" : path}`,
    about,
    group,
    parameters: Object.keys(query?.properties ?? {}),
    scopes,
  }));

export type MountedApi = { close(): Promise<void> };

/** Before `app` listens. The site's own rule on hosts holds for the API too. */
export function mountApi(app: FastifyInstance, newsroom: NewsroomReader, options: ApiServerOptions): MountedApi {
  let server: Promise<ApiServer> | undefined;
  void app.register(async (scope) => {
    // Bodies are left on the wire for the API's own server.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    for (const url of ["/v1", "/v1/*"])
      scope.all(url, async (request, reply) => {
        server ??= import("./api-server.ts").then(({ openApiServer }) => openApiServer(newsroom, options));
        const { app: api } = await server;
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
