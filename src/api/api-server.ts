// The API's own server: every address of endpoints.ts, with keys, limits and problem documents. It is handed requests by the
// site that it stands beside, and is made when the first comes.
import type { IncomingMessage } from "node:http";
import fastify, { type FastifyInstance } from "fastify";
import type { Vantage } from "../casefile/casefile.ts";
import type { Effects } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import { sizeKnownAt } from "../evidence/evidence.ts";
import type { NewsroomReader } from "../newsroom.ts";
import { clientOf, knownSize, networkOf } from "../site/site.ts";
import { bodyOf, checkParameters, checkValue, readTextBodies, requireKey } from "./check-request.ts";
import { fastifyPath, patternOf, type ApiContext, type Caller, type Endpoint } from "./endpoint.ts";
import { ENDPOINTS } from "./endpoints.ts";
import { openJobs, type JobLimits } from "./jobs.ts";
import { openKeyReader } from "./keys.ts";
import { openLedger } from "./ledger.ts";
import { openApiDocument } from "./openapi.ts";
import { cursorOf } from "./paging.ts";
import { asTracewireError, PROBLEM_TYPE, problemOf } from "./problem.ts";
import { openRateLimit, REQUESTS_A_MINUTE, TooManyRequests, type RateState } from "./rate-limit.ts";
import { sendAnswer, type Outgoing } from "./send-answer.ts";
import { WRITE_LIST } from "./writing.ts";

/** Ten thousand addresses of the longest kind, with their quotation marks. */
const BODY_BYTES_MAX = 2 * 1024 * 1024;
const PARTS_MAX = 2_000;
const PARAM_CHARS_MAX = 300;
const JSON_TYPE = "application/json; charset=utf-8";

export type ApiServerOptions = {
  effects: Effects;
  requests_a_minute?: number;
  job_limits?: Partial<JobLimits>;
  /** A fault of ours, for the administrator. */
  report(error: unknown): void;
};

export type ApiServer = {
  app: FastifyInstance;
  /** Whether a request is one that the desk's process answers. */
  isWrite(method: string, url: string): boolean;
  close(): Promise<void>;
};

export async function openApiServer(newsroom: NewsroomReader, options: ApiServerOptions): Promise<ApiServer> {
  const { clock, random } = options.effects;
  const { log } = newsroom;
  const keys = openKeyReader(newsroom.folder, { clock });
  const jobs = openJobs({ folder: newsroom.folder, clock, random, limits: options.job_limits });
  const ledger = openLedger(newsroom.folder);
  const rates = openRateLimit(options.requests_a_minute ?? REQUESTS_A_MINUTE, () => Date.parse(clock()));
  let document: string | undefined;
  const openApi = () => (document ??= JSON.stringify(openApiDocument([...ENDPOINTS, ...WRITE_LIST]), null, 1));

  const made = new Map<string, unknown>();
  let madeAt = log.dataVersion();
  const memoFor = (at: Vantage): ApiContext["memo"] => (key, make) => {
    const version = log.dataVersion();
    if (version !== madeAt || made.size >= PARTS_MAX) {
      made.clear();
      madeAt = version;
    }
    const name = `${at.log_size} ${at.as_of ?? ""} ${at.evidence} ${key}`;
    if (!made.has(name)) made.set(name, make());
    return made.get(name) as never;
  };

  const callerOf = (request: IncomingMessage): Caller => {
    if (request.headers.authorization === undefined) return { name: networkOf(clientOf(request).remote), scopes: new Set(), hasKey: false };
    const key = requireKey(keys, request);
    return { name: `key ${key.id}`, scopes: new Set(key.scopes), hasKey: true };
  };

  const answer = async (one: Endpoint, request: { raw: IncomingMessage; params: unknown; body: unknown }, caller: Caller): Promise<Outgoing> => {
    const url = new URL(request.raw.url!, "http://localhost");
    const params = checkParameters(one.params, Object.entries((request.params ?? {}) as Record<string, string>), "path") as never;
    const query = checkParameters(one.query, url.searchParams, "query") as { known?: string; as_of?: string; cursor?: string };
    const body = one.body ? checkValue(one.body, bodyOf(request.body, one), "body") : undefined;
    const head = log.size();
    const own = Object.hasOwn(query, "cursor") ? listPathOf(one, params) : undefined;
    const begun = own === undefined ? undefined : cursorOf({ log }, own, query)?.log_size;
    const known = knownSize(query.known ?? null, head, (at) => sizeKnownAt(log, at));
    const at: Vantage = {
      log_size: begun ?? known ?? head,
      evidence: caller.scopes.has("claims:unreleased") ? "all" : "released",
      without_protected: true,
      ...(query.as_of === undefined ? {} : { as_of: query.as_of }),
    };
    const isPinned = begun !== undefined || known !== undefined;
    const { verifierKey, blobs, folder } = newsroom;
    const context: ApiContext = { log, blobs, folder, verifierKey, clock, caller, at, isPinned, jobs, ledger, memo: memoFor(at), openApi };
    const found = await one.run(context, { params, query: query as never, body: body as never, headers: request.raw.headers as Record<string, string | undefined> });
    return {
      status: found.status ?? 200,
      type: ("type" in found ? found.type : undefined) ?? JSON_TYPE,
      body: "json" in found ? found.json : found.type === undefined ? JSON.stringify(found.body) : String(found.body),
      headers: found.headers ?? {},
      keep: one.own || caller.hasKey ? "own" : isPinned ? "pinned" : "public",
    };
  };

  const app = fastify({
    bodyLimit: BODY_BYTES_MAX,
    routerOptions: { maxParamLength: PARAM_CHARS_MAX, caseSensitive: true },
    exposeHeadRoutes: false,
    return503OnClosing: false,
  });
  readTextBodies(app);

  const states = new WeakMap<IncomingMessage, RateState>();
  const rateHeaders = (request: IncomingMessage) => {
    const state = states.get(request);
    return state ? rates.headers(state) : {};
  };
  const refuse = async (error: unknown, request: IncomingMessage, response: Parameters<typeof sendAnswer>[1]) => {
    const known = asTracewireError(error);
    if (known.code === "INTERNAL") options.report(error);
    const wait = known instanceof TooManyRequests ? { "retry-after": String(known.state.reset_s), ...rates.headers(known.state) } : rateHeaders(request);
    await sendAnswer(request, response, {
      status: known.status,
      type: PROBLEM_TYPE,
      body: JSON.stringify(problemOf(known)),
      headers: {
        ...wait,
        ...(known.code === "BAD_KEY" ? { "www-authenticate": "Bearer" } : {}),
        ...(known.code === "TOO_MANY_JOBS" ? { "retry-after": "10" } : {}),
      },
      keep: "own",
    });
  };
  /** Before anything else: whoever asks too much is not even read. From this machine itself nothing is limited. */
  const limit = (request: IncomingMessage, cost: number) => {
    const { remote, isLocal } = clientOf(request);
    if (!isLocal) states.set(request, rates.take(networkOf(remote), cost));
  };

  for (const one of ENDPOINTS)
    app.route({
      method: one.method === "GET" ? ["GET", "HEAD"] : one.method,
      url: fastifyPath(one.path),
      onRequest: async (request) => limit(request.raw, one.cost ?? 1),
      handler: async (request, reply) => {
        reply.hijack();
        try {
          const outgoing = await answer(one, request, callerOf(request.raw));
          await sendAnswer(request.raw, reply.raw, { ...outgoing, headers: { ...outgoing.headers, ...rateHeaders(request.raw) } });
        } catch (error) {
          await refuse(error, request.raw, reply.raw);
        }
      },
    });
  const methodsAt = Map.groupBy([...ENDPOINTS, ...WRITE_LIST], ({ path }) => path);
  app.setNotFoundHandler(async (request, reply) => {
    reply.hijack();
    try {
      limit(request.raw, 1);
      const path = request.url.split("?")[0]!;
      const others = [...methodsAt].find(([own]) => patternOf(own).test(path))?.[1];
      // One that writes, and there was no way to hand it on: the desk has an origin of its own.
      if (others?.some(({ method }) => method === request.method)) throw new TracewireError("NOT_FOUND", { what: "Nothing is written here", hint: "This newsroom takes it at its desk's own address." });
      throw others
        ? new TracewireError("METHOD_NOT_ALLOWED", { what: `${request.method} is not answered here`, hint: `Answered: ${others.map(({ method }) => method).join(", ")}.` })
        : new TracewireError("NOT_FOUND", { what: "There is nothing at this address", hint: "See /v1/openapi.json." });
    } catch (error) {
      await refuse(error, request.raw, reply.raw);
    }
  });
  app.setErrorHandler(async (error, request, reply) => {
    reply.hijack();
    await refuse(error, request.raw, reply.raw);
  });
  await app.ready();

  const writes = WRITE_LIST.map(({ method, path }) => ({ method, pattern: patternOf(path) }));
  return {
    app,
    isWrite: (method, url) => writes.some((write) => write.method === method && write.pattern.test(url.split("?", 1)[0]!)),
    async close() {
      await jobs.close();
      await ledger.close();
      keys.close();
      await app.close();
    },
  };
}

/** The name under which a list's cursors go: its path with what stands in it. */
const listPathOf = ({ path }: Endpoint, params: Record<string, unknown>): string => path.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(params[name]));
