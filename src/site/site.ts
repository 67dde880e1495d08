// The door of the public site: routes to ready bytes. It holds a reader and so cannot write, by type.
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import fastify, { type FastifyInstance } from "fastify";
import type { Clock } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import { findCapture, sizeKnownAt } from "../evidence/evidence.ts";
import { movedBetween, type Moved } from "../casefile/casefile.ts";
import { computeOrFault, findFigureSpec, mayMove, type Figure, type NamedSpec } from "../figures/figures.ts";
import type { NewsroomReader } from "../newsroom.ts";
import { http } from "../node-http.ts";
import { changedSince } from "./dependencies.ts";
import { errorPage, movedPage } from "./pages/error-page.ts";
import { findOldAddress } from "../press/press.ts";
import { clientOf, refuseStrangers, requireSameOrigin, trustProxies } from "./client.ts";
import { gentleClose } from "./gentle-close.ts";
import { openPageStore, makeReady, type Page } from "./page-store.ts";
import type { MailSink, SignUpDesk } from "../newsletter/newsletter.ts";
import { logAnswer } from "./request-log.ts";
import type { Route, SiteContext } from "./route.ts";
import { ACTIONS, ROUTES } from "./routes.ts";
import { send, type HttpDate } from "./send.ts";
import { openVitals, type Gauges } from "./vitals.ts";

export { ACTIONS, ROUTES } from "./routes.ts";
export { newsletterBox } from "./newsletter-box.ts";
// For the API, which shows the same to programs.
export { clientOf, refuseStrangers, trustProxies } from "./client.ts";
export { openVitals } from "./vitals.ts";
export { claimValue, isPrivate } from "./claim-parts.ts";
export { logAnswer, networkOf } from "./request-log.ts";
export { consistencyProof, entryProof, publicEntry, type PublicEntry } from "./pages/log-page.ts";
export { assetHref, findAsset, type AssetName } from "./assets.ts";
// For the desk, whose pages are the same hand.
export { html, joinHtml, nothing, trustedMarkup, type Html } from "./html.ts";
export { requireSameOrigin } from "./client.ts";
export { gentleClose };
export { previewStory } from "./story-preview.ts";
export { publishedHref } from "./words.ts";

/** How often another process's commit is looked for: what is published is on every page well inside 50 ms. A look takes microseconds. */
const LOOK_INTERVAL_MS = 20;
const DATE_INTERVAL_MS = 200;
const URL_LENGTH_MAX = 2_000;
const PARTS_MAX = 5_000;
const FIGURES_MAX = 2_000;
const LOG: readonly string[] = ["log"];
const HOSTS_SEEN_MAX = 100;
const QUERY_KEPT_MAX = 200;
const REQUEST_TIMEOUT_MS = 15_000;
/** An address and some topics: no form of ours is longer. */
const FORM_BYTES_MAX = 8 * 1024;

export type SiteOptions = {
  clock: Clock;
  base_url?: string;
  contact?: string;
  hub?: string;
  /** More numbers for /metrics, read when asked for. */
  gauges?: () => Gauges;
  /** How the desk at an origin of its own is, for `/readyz`. */
  deskState?: () => string;
  /** Names this site answers to, without port; others are refused (DNS rebinding). */ hosts: readonly string[];
  signUp?: SignUpDesk;
  mailSink?: MailSink;
  /** Networks of proxies beside those of this machine: what they say of where a request came from counts. */
  proxies?: readonly string[];
  /** Refused: nobody but this machine and those proxies is answered. Left out, everybody is. */
  plain_http?: "refused" | "allowed";
  /** Takes a line for whoever runs the machine. */
  note?(line: string): void;
  /** A line for each answer; see request-log.ts for what it leaves out. */
  log?: { format: "text" | "json"; write(line: string): void };
  /** Stories of one part of the sitemap: for tests of many parts; the product keeps the default. */
  sitemap_part?: number;
  /** False: every page is made anew. For measuring what making costs. */
  keep?: boolean;
};

export type Site = {
  app: FastifyInstance;
  /** Looks for new entries now; returns how many pages were purged. */ refresh(): number;
  close(): Promise<void>;
};

export function openSite(newsroom: NewsroomReader, options: SiteOptions): Site {
  const { log } = newsroom;
  const store = openPageStore();
  const made = new Map<string, { value: unknown; on: readonly string[] }>();
  const figures = new Map<string, FoundFigure>();
  const vitals = openVitals(options.clock());
  let version = log.dataVersion();
  let size = log.size();

  let looked = false;

  /** One look serves all requests that arrive in the same turn of the event loop. */
  const look = () => {
    if (looked) return;
    looked = true;
    setImmediate(() => (looked = false));
    refresh();
  };
  const refresh = (): number => {
    const now = log.dataVersion();
    if (now === version) return 0;
    version = now;
    const newSize = log.size();
    const changed = changedSince(log, size, newSize);
    forgetMoved(figures, changed === "everything" ? changed : movedBetween(log.db, size, newSize));
    size = newSize;
    if (changed === "everything") {
      made.clear();
      store.clear();
      return -1;
    }
    for (const [key, { on }] of made) if (on.some((name) => changed.has(name))) made.delete(key);
    return store.purge(changed);
  };
  /** As the newest state has it: kept while nothing that it reads was touched, with the newest size written into it. */
  const newestFigure = (id: string): FoundFigure | undefined => {
    const known = figures.get(id);
    if (known && ("fault" in known || Number(known.figure.log_size) === size)) return known;
    const named = known?.named ?? findFigureSpec(log, id, size);
    if (!named) return undefined;
    const found = known
      ? { named, figure: { ...known.figure, log_size: String(size), root: log.root(size) } }
      : foundFigure(named, computeOrFault(log, named.spec, size));
    if (figures.size >= FIGURES_MAX) figures.clear();
    figures.set(id, found);
    return found;
  };
  const date: HttpDate = { text: httpDate(options.clock()) };
  const timers = [
    setInterval(refresh, LOOK_INTERVAL_MS).unref(),
    setInterval(() => (date.text = httpDate(options.clock())), DATE_INTERVAL_MS).unref(),
  ];

  const contextFor = (query: URLSearchParams): SiteContext => {
    look();
    const head = size;
    const known = knownSize(query.get("known"), head, (at) => sizeKnownAt(log, at));
    const asOf = query.get("as-of");
    if (asOf !== null && !/^\d{4}(-\d{2}(-\d{2})?)?$/.test(asOf))
      throw new TracewireError("BAD_ARGUMENT", { what: `as-of: "${asOf}" is not a date`, hint: "Write YYYY, YYYY-MM or YYYY-MM-DD." });
    const at = {
      log_size: known ?? head,
      evidence: "released" as const,
      as_of: asOf ?? undefined,
      is_newest: known === undefined && asOf === null,
    };
    const memo = <T>(key: string, make: () => T, on: readonly string[] = LOG): T => {
      const name = at.is_newest ? key : `${at.log_size} ${at.as_of ?? ""} ${key}`;
      const known = made.get(name);
      if (known) return known.value as T;
      // A reader may ask for any past state; what is kept of them is bounded.
      if (made.size >= PARTS_MAX) made.clear();
      const value = make();
      made.set(name, { value, on });
      return value;
    };
    const findFigure = (id: string): FoundFigure | undefined =>
      at.is_newest
        ? newestFigure(id)
        : memo(`figure ${id}`, () => {
            const named = findFigureSpec(log, id, at.log_size);
            return named && foundFigure(named, computeOrFault(log, at.as_of ? { ...named.spec, as_of: at.as_of } : named.spec, at.log_size));
          });
    return {
      log,
      blobs: newsroom.blobs,
      folder: newsroom.folder,
      verifierKey: newsroom.verifierKey,
      base_url: options.base_url ?? "http://localhost",
      contact: options.contact,
      hub: options.hub,
      sitemap_part: options.sitemap_part,
      log_size: head,
      at,
      now: options.clock(),
      signUp: options.signUp,
      mailSink: options.mailSink,
      vitals,
      pagesReady: store.size,
      gauges: options.gauges,
      deskState: options.deskState,
      memo,
      capture: (id) => memo(`capture ${id}`, () => findCapture(log, id)),
      figure(id) {
        const found = findFigure(id);
        return found && "figure" in found ? found : undefined;
      },
      unanswered(id) {
        const found = findFigure(id);
        return found && "fault" in found ? found : undefined;
      },
    };
  };

  const renderRoute = async (route: Route, url: URL, params: Record<string, string>, request: IncomingMessage): Promise<Page> => {
    const query = new URLSearchParams(
      [...url.searchParams].filter(([name]) => route.query?.includes(name) || name === "known" || name === "as-of"),
    );
    const page = await route.render(contextFor(query), { path: url.pathname, params, query, ...clientOf(request) });
    if (page) return page;
    throw new TracewireError("NOT_FOUND", { what: "There is no page at this address", hint: "Try the front page, or the list of thefts." });
  };

  const hostsSeen = new Map<string, boolean>();
  const isOurHost = (header: string | undefined): boolean => {
    if (header === undefined) return false;
    const seen = hostsSeen.get(header);
    if (seen !== undefined) return seen;
    const ours = options.hosts.includes(header.replace(/:\d+$/, "").toLowerCase());
    if (hostsSeen.size < HOSTS_SEEN_MAX) hostsSeen.set(header, ours);
    return ours;
  };

  /** Ready pages never reach the router: the ceiling is the socket. */
  const answerReady = (request: IncomingMessage, response: ServerResponse): boolean => {
    if (request.method !== "GET" && request.method !== "HEAD") return false;
    if (!isOurHost(request.headers.host)) return false;
    const ready = store.get(request.url!, options.clock);
    if (!ready) return false;
    vitals.ready += 1;
    send(ready, request, response, date);
    return true;
  };

  const app = fastify({
    serverFactory: (handler): Server => {
      const server = http.createServer((request, response) => {
        if (options.log) logAnswer(request, response, options.log.format, options.clock, options.log.write);
        if (!answerReady(request, response)) handler(request, response);
      });
      server.requestTimeout = REQUEST_TIMEOUT_MS;
      trustProxies(server, options.proxies ?? []);
      if (options.plain_http === "refused") refuseStrangers(server, options.note ?? (() => {}));
      return server;
    },
    routerOptions: { maxParamLength: 300, caseSensitive: true },
    return503OnClosing: false,
    // An address that cannot be decoded never reaches a route; it is answered as carefully as any other.
    frameworkErrors(error, request, reply) {
      reply.hijack();
      fail(
        new TracewireError("BAD_ARGUMENT", {
          what: "The address cannot be read",
          hint: "Check it for signs that do not belong there.",
          cause: error,
        }),
        request.raw,
        reply.raw,
      );
    },
    exposeHeadRoutes: false,
  });

  app.addHook("onRequest", async (request) => {
    if (!isOurHost(request.headers.host))
      throw new TracewireError("UNKNOWN_HOST", { what: `"${request.headers.host ?? ""}" is not served here` });
    if (request.url.length > URL_LENGTH_MAX) throw new TracewireError("BAD_ARGUMENT", { what: "The address is too long" });
  });

  app.addHook("onRequest", async (request, reply) => {
    const from = performance.now();
    reply.raw.once("close", () => vitals.made(request.routeOptions.url ?? "", reply.raw.statusCode, performance.now() - from));
  });

  for (const route of ROUTES)
    app.route({
      method: ["GET", "HEAD"],
      url: route.path,
      handler: async (request, reply) => {
        const key = keyOf(request.url, route);
        // A link that somebody else's counter has lengthened (utm_source=…) gets the same ready page.
        const kept = key === undefined || key === request.url ? undefined : store.get(key, options.clock);
        if (kept) {
          reply.hijack();
          return send(kept, request.raw, reply.raw, date);
        }
        const url = new URL(request.url, "http://localhost");
        const page = await renderRoute(route, url, request.params as Record<string, string>, request.raw);
        // The log may have moved while the page was made: then it is sent, and made again for the next reader.
        const ready =
          key !== undefined && !page.own && options.keep !== false && log.dataVersion() === version
            ? store.put(key, page)
            : makeReady(page);
        reply.hijack();
        send(ready, request.raw, reply.raw, date);
      },
    });

  // Forms come as text and are read by us: no parser of a body decides anything here.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    ["application/x-www-form-urlencoded", "multipart/form-data"],
    { parseAs: "string", bodyLimit: FORM_BYTES_MAX },
    (_request, body, done) => done(null, body),
  );
  for (const action of ACTIONS)
    app.route({
      method: "POST",
      url: action.path,
      handler: async (request, reply) => {
        if (!action.from_anywhere) requireSameOrigin(request.raw);
        const context = contextFor(new URLSearchParams());
        const body = typeof request.body === "string" ? request.body : "";
        const path = request.url.split("?")[0]!;
        const page = action.run(context, {
          path,
          params: request.params as Record<string, string>,
          query: new URLSearchParams(),
          ...clientOf(request.raw),
          form: new URLSearchParams(body),
          body,
        });
        reply.hijack();
        send(makeReady({ ...page, own: true }), request.raw, reply.raw, date);
      },
    });

  const report = (error: unknown) => {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (options.log?.format === "json")
      options.log.write(JSON.stringify({ time: options.clock(), level: "error", code: "INTERNAL", stack }));
    else process.stderr.write(`${stack}\n`);
  };
  const fail = (error: unknown, request: IncomingMessage, response: ServerResponse) => {
    const known =
      error instanceof TracewireError ? error : new TracewireError("INTERNAL", { what: "This page could not be made", cause: error });
    if (known.code === "INTERNAL") report(error);
    // An address of our own comes first: only where nothing is here is it looked for among those of archives taken over.
    const isRead = request.method === "GET" || request.method === "HEAD";
    const slug = known.code === "NOT_FOUND" && isRead ? findOldAddress(log, request.url ?? "/") : undefined;
    if (slug !== undefined) return send(makeReady(movedPage(slug)), request, response, date);
    send(makeReady(errorPage(known, (request.url ?? "/").split("?")[0]!, request.headers.accept)), request, response, date);
  };
  app.setNotFoundHandler((request, reply) => {
    reply.hijack();
    const error =
      request.method === "GET" || request.method === "HEAD"
        ? new TracewireError("NOT_FOUND", { what: "There is no page at this address", hint: "Try the front page, or the list of thefts." })
        : new TracewireError("METHOD_NOT_ALLOWED", { what: `${request.method} is not answered: this site can only be read` });
    fail(error, request.raw, reply.raw);
  });
  app.setErrorHandler((error, request, reply) => {
    reply.hijack();
    fail(
      isClientFault(error) ? new TracewireError("BAD_ARGUMENT", { what: "The address cannot be read", cause: error }) : error,
      request.raw,
      reply.raw,
    );
  });

  const closeApp = gentleClose(app);
  return {
    app,
    refresh,
    async close() {
      for (const timer of timers) clearInterval(timer);
      await closeApp();
    },
  };
}

type FoundFigure = { named: NamedSpec; figure: Figure } | { named: NamedSpec; fault: TracewireError };

const foundFigure = (named: NamedSpec, computed: Figure | TracewireError): FoundFigure =>
  computed instanceof TracewireError ? { named, fault: computed } : { named, figure: computed };

function forgetMoved(figures: Map<string, FoundFigure>, moved: Moved): void {
  if (moved === "everything") return figures.clear();
  for (const [id, { named }] of figures) if (mayMove(named.spec, moved)) figures.delete(id);
}

const httpDate = (at: string): string => new Date(at).toUTCString();

/** A log size, from a size or a time as a reader writes it. Throws BAD_ARGUMENT. */
export function knownSize(value: string | null, head: number, sizeAt: (at: string) => number): number | undefined {
  if (value === null || value === "") return undefined;
  if (/^\d{1,12}$/.test(value) && Number(value) <= head) return Number(value);
  if (/^\d{4}-\d{2}-\d{2}(T[\d:.]+Z)?$/.test(value)) return sizeAt(value.length === 10 ? `${value}T23:59:59.999Z` : value);
  throw new TracewireError("BAD_ARGUMENT", {
    what: `known: "${value}" is neither a size of this log (0 to ${head}) nor a time`,
    hint: "Write a number of entries, or a time such as 2026-11-24.",
  });
}

/**
 * Under which name a page is kept: the address without parameters that mean nothing here. Undefined where endless
 * spellings of a query could fill the store.
 */
function keyOf(url: string, route: Route): string | undefined {
  const at = url.indexOf("?");
  if (at === -1) return url;
  const nameOf = (pair: string) => pair.split("=", 1)[0]!;
  const pairs = url.slice(at + 1).split("&");
  // A name written with escapes is one that the route may read and this does not.
  if (pairs.some((pair) => nameOf(pair).includes("%"))) return undefined;
  const known = pairs.filter((pair) => ["known", "as-of", ...(route.query ?? [])].includes(nameOf(pair)));
  if (new Set(known.map(nameOf)).size !== known.length || known.join("&").length > QUERY_KEPT_MAX) return undefined;
  return known.length === 0 ? url.slice(0, at) : `${url.slice(0, at)}?${known.join("&")}`;
}

function isClientFault(error: unknown): boolean {
  return (
    !(error instanceof TracewireError) &&
    typeof (error as { statusCode?: number }).statusCode === "number" &&
    (error as { statusCode: number }).statusCode < 500
  );
}
