// The desk's own server: every address of routes.ts, each behind the gate that its rule describes. Nothing that it answers
// is kept by anybody, and it reads no credential but its own session: a key of the API opens nothing here.
import { createReadStream, fstatSync, openSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream";
import fastify, { type FastifyInstance } from "fastify";
import { findSession, isOwnForm, recordAct, SESSION_LIMITS, type Accounts, type PasskeySite, type SignedIn } from "../accounts/accounts.ts";
import type { Effects } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import type { NewsroomReader } from "../newsroom.ts";
import type { Drafts, Submissions } from "../press/press.ts";
import { networkOf, requireSameOrigin } from "../site/site.ts";
import { writesAs } from "./change.ts";
import { findDeskAsset } from "./desk-assets.ts";
import { deskFrame } from "./frame.ts";
import { decide, requireOpen } from "./gate.ts";
import type { Inbox } from "./inbox.ts";
import { OBJECTS } from "./objects.ts";
import type { Refusals } from "./refusals.ts";
import { checkForm, readBody, takeToken } from "./read-body.ts";
import { errorBody, handBack } from "./rooms/error.ts";
import { isToBeMended, showAgain } from "./shown-again.ts";
import type { DeskAnswer, DeskContext, DeskRoute, SecondStep, SignedInContext, UnsavedWords } from "./route.ts";

const URL_LENGTH_MAX = 2_000;
/** A file of fifty megabytes over a slow line. */
const REQUEST_TIMEOUT_MS = 10 * 60_000;
const HANDED_BACK_BYTES_MAX = 500_000;
/** Of a body that is refused. */
const DISCARDED_BYTES_MAX = 64 * 2 ** 20;

export type DeskServerOptions = {
  routes: readonly DeskRoute[];
  newsroom: NewsroomReader;
  accounts: Accounts;
  inbox: Inbox;
  drafts: Drafts;
  submissions: Submissions;
  effects: Effects;
  /** Where people reach the desk: scheme and host. */
  url: string;
  /** Names it answers to, without port (DNS rebinding). */
  hosts: readonly string[];
  /** The network address that a request came from. */
  remoteOf(request: IncomingMessage): string;
  approval: DeskContext["approval"];
  second_step: SecondStep;
  unsaved_words: UnsavedWords;
  given: Pick<DeskContext, "presence" | "post" | "traceJobs" | "questionJobs" | "importJobs" | "dataJobs" | "works" | "resolveTxt" | "publicHref" | "mail" | "withPeople" | "openPeople" | "keep" | "forget" | "wakeInbox" | "readText" | "originals" | "traceNotes">;
  /** A fault of ours, for the administrator. */
  report(error: unknown): void;
  refusals: Refusals;
  /** Answers what programs ask by their keys below /v1: no session opens anything there. */
  programs?(request: IncomingMessage, response: ServerResponse): void;
};

export function openDeskServer(options: DeskServerOptions): FastifyInstance {
  const { newsroom, accounts, inbox, drafts, submissions, effects } = options;
  const isSecure = options.url.startsWith("https:");
  // __Host-: only this host over https may have set it, for all of it and no other (RFC 6265bis §4.1.3.2). Over plain http,
  // on one's own machine, browsers refuse the prefix.
  const cookie = isSecure ? { name: "__Host-tracewire-desk", attributes: "; Path=/; Secure" } : { name: "tracewire-desk", attributes: "; Path=/desk" };

  const app = fastify({
    routerOptions: { maxParamLength: 300, caseSensitive: true },
    exposeHeadRoutes: false,
    return503OnClosing: false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    frameworkErrors(error, request, reply) {
      reply.hijack();
      fail(new TracewireError("BAD_ARGUMENT", { what: "The address cannot be read", cause: error }), request.raw, reply.raw, undefined);
    },
  });
  // Bodies stay on the wire until the gate has let their request through.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));

  const isOurs = (host = "") => options.hosts.includes(host.replace(/:\d+$/, "").toLowerCase());
  const siteOf = (request: IncomingMessage): PasskeySite => {
    const host = isOurs(request.headers.host) ? request.headers.host! : new URL(options.url).host;
    return { origin: `${isSecure ? "https" : "http"}://${host}`, id: host.replace(/:\d+$/, ""), name: "Tracewire desk" };
  };

  const signedIn = (request: IncomingMessage): SignedIn | undefined => {
    const tokens = (request.headers.cookie ?? "").split(";").flatMap((pair) => {
      const [name, value] = pair.trim().split("=", 2);
      return name === cookie.name && value !== undefined ? [value] : [];
    });
    // Two of one name: somebody has put one there that is not ours to choose from.
    return tokens.length === 1 ? findSession(accounts, tokens[0]!) : undefined;
  };

  const contextOf = (request: IncomingMessage, who: SignedIn | undefined): DeskContext & { who?: SignedIn } => {
    const where = { network: networkOf(options.remoteOf(request)), agent: String(request.headers["user-agent"] ?? "") };
    const base = { newsroom, accounts, inbox, drafts, submissions, effects, site: siteOf(request), where, approval: options.approval, unsaved_words: options.unsaved_words, ...options.given };
    if (!who) return base;
    const doer = { user: who.user, session: who.session, network: where.network };
    const record: SignedInContext["record"] = (act, object) => void accounts.change(() => recordAct(accounts, doer, act, object));
    const write = writesAs({ folder: newsroom.folder, accounts, effects }, doer);
    return Object.assign(base, { who, doer, record, write });
  };

  /** The page that a refused form was sent from, with what was sent in it: where it can still be opened by who sent it. */
  const pageAgain = async (request: IncomingMessage, who: SignedIn | undefined, { fields, hasFile }: Sent, error: TracewireError): Promise<DeskAnswer | undefined> => {
    const from = URL.canParse(request.headers.referer ?? "") ? new URL(request.headers.referer!) : undefined;
    const found = from && findPage(options.routes, from.pathname);
    if (!found || [...from.searchParams.keys()].some((name) => !found.route.query?.includes(name))) return undefined;
    const context = contextOf(request, who);
    const { rule } = found.route;
    if (decide(rule, who, effects.clock(), () => OBJECTS[("object" in rule ? rule.object : undefined)!](context, found.params, who!), options.second_step) !== "open") return undefined;
    const shown = await found.route.run(context as never, { path: from.pathname, params: found.params, query: from.searchParams, form: {} as never });
    const page = "page" in shown ? showAgain(shown.page, { action: request.url!.split("?")[0]!, fields, hasFile, error }) : undefined;
    return page && "page" in shown ? { title: error.message, page, wide: shown.wide, status: error.status } : undefined;
  };

  const answer = async (route: DeskRoute, request: IncomingMessage, params: Record<string, string>, who: SignedIn | undefined, sent: Sent): Promise<DeskAnswer> => {
    const context = contextOf(request, who);
    const url = new URL(request.url!, "http://localhost");
    if (route.method === "POST") requireSameOrigin(request);
    const object = "object" in route.rule ? route.rule.object : undefined;
    const verdict = decide(route.rule, who, effects.clock(), () => OBJECTS[object!](context, params, who!), options.second_step);
    const isHandedBack = verdict === "NOT_SIGNED_IN" || verdict === "CONFIRM_IDENTITY";
    if (route.method === "POST" && isHandedBack && !isForScript(request) && isShort(request) && route.form) return handBack(await readBody(request, route), request.headers.referer, verdict);
    requireOpen(verdict);
    for (const name of url.searchParams.keys())
      if (!route.query?.includes(name)) throw new TracewireError("BAD_ARGUMENT", { what: `“${name.slice(0, 60)}” means nothing here`, hint: "Open the page by a link of the desk." });
    let form: unknown = {};
    let files: Awaited<ReturnType<typeof readBody>>["files"] = [];
    if (route.method === "POST") {
      const body = await readBody(request, route);
      Object.assign(sent, { fields: [...body.fields], hasFile: body.files.length > 0 });
      const token = takeToken(body.fields);
      if (who && route.rule.for !== "anyone" && !isOwnForm(who.csrf, token)) throw new TracewireError("FOREIGN_FORM");
      form = checkForm(route.form, body.fields);
      files = body.files;
      // A body may take minutes to come: whoever was signed out, demoted or removed meanwhile is asked again.
      const now = who && signedIn(request);
      requireOpen(decide(route.rule, now, effects.clock(), () => OBJECTS[object!](context, params, now!), options.second_step));
    }
    return route.run(context as never, { path: url.pathname, params, query: url.searchParams, form: form as never, ...(files[0] ? { file: files[0] } : {}), files, ifMatch: request.headers["if-match"] });
  };

  const headersOf = (request: IncomingMessage, type: string): Record<string, string> => ({
    "content-type": type,
    "cache-control": "no-store",
    "content-security-policy": policyOf(siteOf(request).origin),
    "x-content-type-options": "nosniff",
    // To no other site, but to our own forms: under no-referrer a browser says "null" for their origin (Fetch §3.2).
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), publickey-credentials-get=(self), publickey-credentials-create=(self)",
    "x-frame-options": "DENY",
    ...(isSecure ? { "strict-transport-security": "max-age=31536000; includeSubDomains" } : {}),
  });

  const sendAnswer = (found: DeskAnswer, request: IncomingMessage, response: ServerResponse, who: SignedIn | undefined): void => {
    const path = request.url!.split("?")[0]!;
    const set: Record<string, string> = {};
    if (found.session !== undefined) {
      const [value, age] = found.session === "end" ? ["", 0] : [found.session, SESSION_LIMITS.whole_ms / 1_000];
      // What the browser keeps of the desk goes with the session: text that waited to be saved, above all.
      if (found.session === "end") set["clear-site-data"] = '"storage"';
      set["set-cookie"] = `${cookie.name}=${value}${cookie.attributes}; HttpOnly; SameSite=Strict; Max-Age=${age}`;
    }
    if ("go" in found) return end(response, 303, { ...headersOf(request, "text/plain; charset=utf-8"), ...set, location: found.go }, "");
    if ("json" in found) return end(response, found.status ?? 200, { ...headersOf(request, "application/json; charset=utf-8"), ...set, ...(found.etag === undefined ? {} : { etag: found.etag }) }, JSON.stringify(found.json));
    if ("shown" in found) {
      const styles = found.styled ? "'unsafe-inline'" : `${siteOf(request).origin}/desk/assets/`;
      const policy = `default-src 'none'; style-src ${styles}; font-src ${siteOf(request).origin}/desk/assets/; img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'`;
      const headers = { ...headersOf(request, "text/html; charset=utf-8"), "content-security-policy": policy, "x-frame-options": "SAMEORIGIN", "x-robots-tag": "noindex, nofollow" };
      return end(response, found.status ?? 200, headers, found.shown);
    }
    if ("picture" in found) {
      const headers = { ...headersOf(request, "image/png"), "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox" };
      return end(response, 200, headers, found.picture);
    }
    if ("file" in found || "download" in found) {
      const { name, type } = "file" in found ? found.file : found.download;
      // Somebody else's bytes: never shown here, whatever they are.
      const headers = {
        ...headersOf(request, type),
        "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
        "content-disposition": `attachment; filename="${name.replaceAll(/[^A-Za-z0-9._-]/g, "-")}"`,
      };
      return "file" in found ? end(response, 200, headers, found.file.bytes) : sendFile(response, headers, found.download.path);
    }
    const body = deskFrame({ title: found.title, path, who, body: found.page, wide: found.wide });
    end(response, found.status ?? 200, { ...headersOf(request, "text/html; charset=utf-8"), ...set }, body);
  };

  const fail = (error: unknown, request: IncomingMessage, response: ServerResponse, who: SignedIn | undefined, route = "-", again?: DeskAnswer): void => {
    options.refusals(error, { method: request.method ?? "", route, network: networkOf(options.remoteOf(request)), by: who?.user.handle });
    const known = error instanceof TracewireError ? error : new TracewireError("INTERNAL", { what: "This page could not be made", cause: error });
    if (known.code === "INTERNAL") options.report(error);
    discardRest(request);
    const path = request.url ?? "/desk";
    if (isForScript(request))
      return end(response, known.status, headersOf(request, "application/json; charset=utf-8"), JSON.stringify(known));
    if (again) return sendAnswer(again, request, response, who);
    const next = encodeURIComponent(path.startsWith("/desk") ? path : "/desk");
    const way = { NOT_SIGNED_IN: "sign-in", CONFIRM_IDENTITY: "confirm" }[known.code as string];
    if (way && request.method === "GET") return end(response, 303, { ...headersOf(request, "text/plain; charset=utf-8"), location: `/desk/${way}?next=${next}` }, "");
    const body = deskFrame({ title: known.message, path: path.split("?")[0]!, who, body: errorBody(known, request.headers.referer) });
    end(response, known.status, headersOf(request, "text/html; charset=utf-8"), body);
  };

  app.addHook("onRequest", async (request) => {
    if (!isOurs(request.headers.host))
      throw new TracewireError("UNKNOWN_HOST", { what: `"${request.headers.host ?? ""}" is not served here` });
    if (request.url.length > URL_LENGTH_MAX) throw new TracewireError("BAD_ARGUMENT", { what: "The address is too long" });
  });
  for (const route of options.routes) {
    // The type asks for a rule; this holds for who got past it.
    if (!(route.rule as DeskRoute["rule"] | undefined)?.for) throw new TracewireError("INTERNAL", { what: `${route.method} ${route.path} has no rule` });
    app.route({
      method: route.method,
      url: `/desk${route.path === "/" ? "" : route.path}`,
      handler: async (request, reply) => {
        reply.hijack();
        let who: SignedIn | undefined;
        const sent: Sent = { fields: [], hasFile: false };
        try {
          who = signedIn(request.raw);
          sendAnswer(await answer(route, request.raw, request.params as Record<string, string>, who, sent), request.raw, reply.raw, who);
        } catch (error) {
          // A form that was filled in wrongly is shown again as it was sent; a page that cannot be is no second fault.
          const isForm = route.method === "POST" && sent.fields.length > 0 && isToBeMended(error) && !isForScript(request.raw);
          const again = isForm ? await pageAgain(request.raw, who, sent, error).catch(() => undefined) : undefined;
          fail(error, request.raw, reply.raw, who, route.path, again);
        }
      },
    });
  }
  app.get("/desk/assets/:file", (request, reply) => {
    reply.hijack();
    const asset = findDeskAsset((request.params as { file: string }).file);
    if (!asset) return fail(new TracewireError("NOT_FOUND"), request.raw, reply.raw, undefined);
    const isSmall = asset.gzip !== undefined && /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
    const headers = { ...headersOf(request.raw, asset.type), "cache-control": "public, max-age=31536000, immutable", vary: "accept-encoding", ...(isSmall ? { "content-encoding": "gzip" } : {}) };
    end(reply.raw, 200, headers, isSmall ? asset.gzip! : asset.bytes);
  });
  if (options.programs)
    app.route({
      method: ["GET", "POST", "PUT"],
      url: "/v1/*",
      handler: (request, reply) => {
        reply.hijack();
        options.programs!(request.raw, reply.raw);
      },
    });
  // At an origin of its own its front door is the desk.
  app.get("/", (request, reply) => {
    reply.hijack();
    sendAnswer({ go: "/desk" }, request.raw, reply.raw, undefined);
  });
  app.setNotFoundHandler((request, reply) => {
    reply.hijack();
    fail(new TracewireError("NOT_FOUND", { what: "There is no page at this address" }), request.raw, reply.raw, signedIn(request.raw));
  });
  app.setErrorHandler((error, request, reply) => {
    reply.hijack();
    const { statusCode = 500 } = error as { statusCode?: number };
    const isTheirs = !(error instanceof TracewireError) && statusCode < 500;
    fail(isTheirs ? new TracewireError("BAD_ARGUMENT", { what: "The request cannot be read", cause: error }) : error, request.raw, reply.raw, undefined);
  });
  return app;
}

const isForScript = (request: IncomingMessage): boolean => (request.headers.accept ?? "").startsWith("application/json");

/** What a form brought, kept for who has to mend it. */
type Sent = { fields: (readonly [string, string])[]; hasFile: boolean };

/** The page at a path of the desk, with what stands for its names. */
function findPage(routes: readonly DeskRoute[], path: string): { route: DeskRoute; params: Record<string, string> } | undefined {
  const parts = path.split("/").slice(2);
  const partsOf = (route: DeskRoute) => (route.path === "/" ? [] : route.path.split("/").slice(1));
  const isOpen = (part: string) => part.startsWith(":");
  const fits = routes.filter((route) => route.method === "GET" && partsOf(route).length === parts.length && partsOf(route).every((part, at) => isOpen(part) || part === parts[at]));
  // “/replies/new” is no reply of that name.
  const route = fits.toSorted((a, b) => partsOf(a).filter(isOpen).length - partsOf(b).filter(isOpen).length)[0];
  return route && { route, params: Object.fromEntries(partsOf(route).flatMap((part, at) => (isOpen(part) ? [[part.slice(1), decodeURIComponent(parts[at]!)]] : []))) };
}

/** Short enough to be handed back to who sent it. */
const isShort = (request: IncomingMessage): boolean => Number(request.headers["content-length"] ?? Infinity) <= HANDED_BACK_BYTES_MAX && !/^multipart/i.test(request.headers["content-type"] ?? "");

/** Scripts from our own files only, none in a page, and none made of text (Trusted Types). */
function policyOf(origin: string): string {
  const own = `${origin}/desk/assets/`;
  return [
    "default-src 'none'",
    `script-src ${own}`,
    `style-src ${own}`,
    `font-src ${own}`,
    "img-src 'self'",
    "frame-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

/** Whoever is still sending would else never read the answer: the rest is taken and thrown away, up to a limit. */
function discardRest(request: IncomingMessage): void {
  if (request.complete) return;
  let size = 0;
  request.on("data", (chunk: Uint8Array) => {
    size += chunk.length;
    if (size > DISCARDED_BYTES_MAX) request.destroy();
  });
  request.resume();
}

/** As it is read: a file may be larger than what there is of memory. What makes room for a newer one while it is sent is sent to its end. */
function sendFile(response: ServerResponse, headers: Record<string, string>, path: string): void {
  const handle = openSync(path, "r");
  response.writeHead(200, { ...headers, "content-length": String(fstatSync(handle).size) });
  // Whoever goes away in the middle gets no more of it; the file is closed either way.
  pipeline(createReadStream(path, { fd: handle }), response, () => {});
}

function end(response: ServerResponse, status: number, headers: Record<string, string>, body: string | Uint8Array): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { ...headers, "content-length": String(Buffer.byteLength(body)) });
  response.end(body);
}
