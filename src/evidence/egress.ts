// The one network client. A name is resolved once, every address it has is checked, and the socket is opened to an
// address that was checked, so that a second answer of the resolver has nothing to say (DNS rebinding).
// Each redirect goes through the same door. Nothing else of the project reaches the network.
import { lookup } from "node:dns/promises";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import type { Clock } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import { http, https } from "../node-http.ts";
import { canonicalAddress, isLocalName, isPublicAddress } from "./address-rules.ts";
import { ACCEPTED_ENCODINGS, readBody, type BodyLimits } from "./fetched-body.ts";

export type EgressLimits = BodyLimits & {
  /** For everything together: names, connections, redirects, body. */
  time_ms_max: number;
  redirects_max: number;
  header_bytes_max: number;
};

const LIMITS: EgressLimits = {
  bytes_max: 50 * 2 ** 20,
  time_ms_max: 30_000,
  redirects_max: 5,
  header_bytes_max: 64 * 1024,
  ratio_max: 200,
};
const PORTS = [80, 443];
const ADDRESSES_MAX = 64;
/** RFC 9110 §4.1 asks for at least 8000. */
const URL_CHARACTERS_MAX = 8_000;
/** Of an address quoted in a message. */
const WHERE_CHARACTERS_MAX = 200;
/** A longer delay makes setTimeout fire at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

export type Hop = { url: string; address: string; status: number };

export type Fetched = {
  url: string;
  final_url: string;
  status: number;
  headers: [name: string, value: string][];
  /** Decoded: what `content-encoding` wrapped. */
  bytes: Uint8Array;
  retrieved_at: string;
  hops: Hop[];
  declared_media_type?: string;
};

/** What is sent: a form, or a text with its own headers. */
export type Sent = URLSearchParams | { content: string; headers: Record<string, string> };

/**
 * Fetches one URL; with something to send it is sent there (POST). Any answer is handed back with its status, and a redirect of what
 * was sent is such an answer: what was meant for one address is not handed on to another.
 * Throws EGRESS_REFUSED, EGRESS_FAILED, CAPTURE_TOO_LARGE.
 */
export type Egress = (url: string, limits?: Partial<EgressLimits>, sent?: Sent) => Promise<Fetched>;

export type EgressOptions = {
  clock: Clock;
  resolve?: (host: string) => Promise<string[]>;
  /** For tests on loopback; the product never sets it. */
  isAllowed?: (address: string) => boolean;
  ports?: readonly number[];
  /**
   * An origin that the operator wrote into the settings: its port is allowed, and where it is written as an address or as a
   * local name it may be a private one. A public name must still lead to public addresses, whoever answers for it.
   */
  named_origin?: string;
  limits?: Partial<EgressLimits>;
};

type Policy = {
  resolve: (host: string) => Promise<string[]>;
  isAllowed: (address: string) => boolean;
  ports: readonly number[];
  named_origin: string | undefined;
};
type Errand = { asked: string; limits: EgressLimits; signal: AbortSignal; sent: Sent | undefined };

export function openEgress(options: EgressOptions): Egress {
  const policy: Policy = {
    resolve: options.resolve ?? resolveByTheSystem,
    isAllowed: options.isAllowed ?? isPublicAddress,
    ports: options.ports ?? PORTS,
    named_origin: options.named_origin,
  };
  return async (asked, changes, sent) => {
    const limits = limitsWith(options.limits, changes);
    const aborter = new AbortController();
    const late = () => new TracewireError("EGRESS_FAILED", { what: `No whole answer within ${limits.time_ms_max} ms`, where: asked });
    const timer = setTimeout(() => aborter.abort(late()), limits.time_ms_max);
    try {
      // The race settles at the limit whatever state the socket, the resolver or the decoder are in.
      return await Promise.race([follow({ asked, limits, signal: aborter.signal, sent }, policy, options.clock), aborted(aborter.signal)]);
    } catch (error) {
      if (aborter.signal.aborted) throw aborter.signal.reason;
      throw error;
    } finally {
      clearTimeout(timer);
      aborter.abort();
    }
  };
}

async function follow(errand: Errand, policy: Policy, clock: Clock): Promise<Fetched> {
  const { asked, limits } = errand;
  const hops: Hop[] = [];
  let target = parseTarget(asked, asked, policy);
  for (let redirects = 0; redirects <= limits.redirects_max; redirects++) {
    const { response, address } = await request(target, await checkedAddresses(target, policy, asked), errand);
    const status = response.statusCode ?? 0;
    hops.push({ url: target.href, address, status });
    const location = response.headers.location;
    if ([301, 302, 303, 307, 308].includes(status) && location !== undefined && !errand.sent) {
      response.destroy();
      // Header bytes come as Latin-1; a path written in UTF-8 is meant as such.
      target = parseTarget(Buffer.from(location, "latin1").toString("utf8"), asked, policy, target);
      continue;
    }
    return {
      url: asked,
      final_url: target.href,
      status,
      headers: headerPairs(response),
      bytes: await readBody(response, limits, errand.signal, asked),
      retrieved_at: clock(),
      hops,
      declared_media_type: response.headers["content-type"],
    };
  }
  throw new TracewireError("EGRESS_REFUSED", { what: `More than ${limits.redirects_max} redirects`, where: asked });
}

/** The defaults with what is set in `changes`; a value left undefined changes nothing, so no limit can be lost that way. */
function limitsWith(...changes: (Partial<EgressLimits> | undefined)[]): EgressLimits {
  const limits = { ...LIMITS };
  for (const change of changes)
    for (const name of Object.keys(LIMITS) as (keyof EgressLimits)[]) {
      const value = change?.[name];
      if (value === undefined) continue;
      if (!Number.isSafeInteger(value) || value < 0 || (name === "time_ms_max" && value > TIMER_MS_MAX))
        throw new TracewireError("BAD_ARGUMENT", { what: `${name}: ${value} is not a limit`, hint: "Give a whole number, not negative." });
      limits[name] = value;
    }
  return limits;
}

function parseTarget(text: string, asked: string, { ports, named_origin }: Policy, base?: URL): URL {
  const refuse = (what: string, shown = text): never => {
    const place = shown.slice(0, WHERE_CHARACTERS_MAX);
    throw new TracewireError("EGRESS_REFUSED", { what, where: base ? `${asked}, redirected to ${place}` : place });
  };
  if (text.length > URL_CHARACTERS_MAX) refuse(`It is longer than ${URL_CHARACTERS_MAX} characters`);
  let url: URL;
  try {
    url = new URL(text, base);
  } catch {
    return refuse("It is not a web address");
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") refuse(`${url.protocol} is not fetched, only http: and https:`);
  // The password stays out of messages and logs.
  if (url.username || url.password) refuse("It carries a user name or password", `${url.protocol}//${url.host}${url.pathname}`);
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  if (!ports.includes(port) && url.origin !== named_origin) refuse(`Port ${port} is not fetched, only ${ports.join(" and ")}`);
  if (base?.protocol === "https:" && url.protocol === "http:") refuse("The redirect leaves https for http");
  return url;
}

async function resolveByTheSystem(host: string): Promise<string[]> {
  return (await lookup(host, { all: true, verbatim: true })).map((found) => found.address);
}

async function checkedAddresses(target: URL, policy: Policy, asked: string): Promise<string[]> {
  // WHATWG URL has normalised octal, hex, short and full-width spellings of an IPv4 address by now.
  const host = target.hostname.replace(/^\[|\]$/g, "");
  const isNamedPlace = target.origin === policy.named_origin && (isIP(host) !== 0 || isLocalName(host));
  const isAllowed = (address: string): boolean => isNamedPlace || policy.isAllowed(address);
  const refuse = (what: string): never => {
    throw new TracewireError("EGRESS_REFUSED", { what, where: asked });
  };
  if (isIP(host)) return isAllowed(host) ? [host] : refuse(`${host} is not a public address`);
  if (isLocalName(host) && !isNamedPlace) refuse(`"${host}" is a local name`);
  let addresses: string[];
  try {
    addresses = await policy.resolve(host);
  } catch (error) {
    throw new TracewireError("EGRESS_FAILED", { what: `"${host}" has no address`, where: asked, cause: error });
  }
  if (addresses.length === 0 || addresses.length > ADDRESSES_MAX) refuse(`"${host}" has ${addresses.length} addresses`);
  // One private answer among public ones is a trap, not a choice.
  for (const address of addresses)
    if (isIP(address) === 0 || !isAllowed(address)) refuse(`"${host}" leads to ${address}, which is not a public address`);
  return addresses;
}

function request(target: URL, addresses: string[], errand: Errand): Promise<{ response: IncomingMessage; address: string }> {
  const { asked, limits, signal } = errand;
  const { sent } = errand;
  const body = sent instanceof URLSearchParams ? sent.toString() : sent?.content;
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  const checked = new Set(addresses.map(canonicalAddress));
  const fail = (what: string, cause?: unknown) => new TracewireError("EGRESS_FAILED", { what, where: asked, cause });
  return new Promise((resolve, reject) => {
    // It may have run out while the name was being resolved.
    signal.throwIfAborted();
    const client = target.protocol === "https:" ? https : http;
    const outgoing = client.request(target, {
      method: body === undefined ? "GET" : "POST",
      // A fresh agent: no proxy from the environment, no connection shared with another errand.
      agent: false,
      signal,
      maxHeaderSize: limits.header_bytes_max,
      // Stated, so that NODE_TLS_REJECT_UNAUTHORIZED and NODE_OPTIONS weaken nothing here.
      rejectUnauthorized: true,
      insecureHTTPParser: false,
      headers: {
        "user-agent": body === undefined ? "Tracewire capture" : "Tracewire publisher",
        accept: "*/*",
        "accept-encoding": ACCEPTED_ENCODINGS,
        ...(body === undefined
          ? {}
          : {
              "content-type": "application/x-www-form-urlencoded",
              ...(sent instanceof URLSearchParams ? {} : sent?.headers),
              "content-length": String(Buffer.byteLength(body)),
            }),
      },
      // The resolver is not asked again. With several addresses the first that answers is taken (RFC 8305); all were checked.
      lookup: (_host, options, done) => (options.all ? done(null, found) : done(null, found[0]!.address, found[0]!.family)),
    });
    let address = "";
    outgoing.on("socket", (socket) =>
      socket.once("connect", () => {
        address = socket.remoteAddress ?? "";
        if (!checked.has(canonicalAddress(address))) socket.destroy(new Error(`Connected to ${address}, which was not checked`));
      }),
    );
    outgoing.on("response", (response) => resolve({ response, address }));
    outgoing.on("upgrade", (_response, socket) => {
      socket.destroy();
      reject(fail("It asks to leave HTTP for another protocol (status 101)"));
    });
    outgoing.on("error", (error) => reject(fail(reasonOf(error), error)));
    outgoing.end(body);
  });
}

/** When every address failed Node throws an AggregateError whose own message is empty. */
function reasonOf(error: Error): string {
  return error instanceof AggregateError ? error.errors.map((each) => (each as Error).message).join("; ") : error.message;
}

function headerPairs(response: IncomingMessage): [string, string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < response.rawHeaders.length; at += 2) {
    const name = response.rawHeaders[at]!.toLowerCase();
    // A session of ours with the source is nobody's evidence.
    if (name !== "set-cookie") pairs.push([name, response.rawHeaders[at + 1]!]);
  }
  return pairs;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true }));
}
