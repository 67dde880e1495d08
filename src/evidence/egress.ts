// The one network client. A name is resolved once, every address it has is checked, and the socket is opened to
// exactly the address that was checked, so that a second answer of the resolver has nothing to say (DNS rebinding).
// Each redirect goes through the same door. Nothing else of the project reaches the network.
import { lookup } from "node:dns/promises";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import { Transform, type Readable } from "node:stream";
import zlib from "node:zlib";
import type { Clock } from "../effects.ts";
import { TracewireError } from "../errors.ts";
import { isLocalName, isPublicAddress } from "./address-rules.ts";

export type EgressLimits = {
  /** Of the body as it comes over the wire, and after decompression. */
  bytes_max: number;
  time_ms_max: number;
  redirects_max: number;
  header_bytes_max: number;
  /** Decompressed over compressed; text rarely exceeds twenty, a bomb has a thousand. */
  ratio_max: number;
};

const LIMITS: EgressLimits = { bytes_max: 50 * 2 ** 20, time_ms_max: 30_000, redirects_max: 5, header_bytes_max: 64 * 1024, ratio_max: 200 };
const PORTS = [80, 443];
const ADDRESSES_MAX = 64;
/** Below this a high ratio is harmless. */
const RATIO_BYTES_MIN = 2 ** 20;

export type Hop = { url: string; address: string; status: number };

export type Fetched = {
  url: string;
  final_url: string;
  status: number;
  headers: [name: string, value: string][];
  bytes: Uint8Array;
  retrieved_at: string;
  hops: Hop[];
  declared_media_type?: string;
};

/** Fetches one URL. Any answer is handed back with its status. Throws EGRESS_REFUSED, EGRESS_FAILED, CAPTURE_TOO_LARGE. */
export type Egress = (url: string, limits?: Partial<EgressLimits>) => Promise<Fetched>;

export type EgressOptions = {
  clock: Clock;
  resolve?: (host: string) => Promise<string[]>;
  /** For tests on loopback; the product never sets it. */
  isAllowed?: (address: string) => boolean;
  ports?: readonly number[];
};

export function openEgress(options: EgressOptions): Egress {
  const resolve = options.resolve ?? (async (host: string) => (await lookup(host, { all: true, verbatim: true })).map((found) => found.address));
  const isAllowed = options.isAllowed ?? isPublicAddress;
  return async (url, changes = {}) => {
    const limits = { ...LIMITS, ...changes };
    const aborter = new AbortController();
    const timer = setTimeout(() => aborter.abort(new TracewireError("EGRESS_FAILED", { what: `No answer within ${limits.time_ms_max} ms`, where: url })), limits.time_ms_max);
    try {
      const hops: Hop[] = [];
      let target = parseTarget(url, url, options.ports ?? PORTS);
      for (let redirects = 0; redirects <= limits.redirects_max; redirects++) {
        const address = await checkedAddress(target, url, resolve, isAllowed, aborter.signal);
        const response = await request(target, address, limits, aborter.signal, url);
        const status = response.statusCode ?? 0;
        hops.push({ url: target.href, address, status });
        const location = response.headers.location;
        if ([301, 302, 303, 307, 308].includes(status) && location !== undefined) {
          response.destroy();
          target = parseTarget(location, url, options.ports ?? PORTS, target);
          continue;
        }
        const bytes = await readBody(response, limits, aborter.signal, url);
        return {
          url,
          final_url: target.href,
          status,
          headers: headerPairs(response),
          bytes,
          retrieved_at: options.clock(),
          hops,
          declared_media_type: response.headers["content-type"],
        };
      }
      throw new TracewireError("EGRESS_REFUSED", { what: `More than ${limits.redirects_max} redirects`, where: url });
    } catch (error) {
      if (aborter.signal.aborted) throw aborter.signal.reason;
      throw error;
    } finally {
      clearTimeout(timer);
      aborter.abort();
    }
  };
}

function parseTarget(text: string, asked: string, ports: readonly number[], base?: URL): URL {
  const refuse = (what: string): never => {
    throw new TracewireError("EGRESS_REFUSED", { what, where: base ? `${asked}, redirected to ${text.slice(0, 200)}` : asked });
  };
  let url: URL;
  try {
    url = new URL(text, base);
  } catch {
    return refuse("It is not a web address");
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") refuse(`${url.protocol} is not fetched, only http: and https:`);
  if (url.username || url.password) refuse("It carries a user name or password");
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  if (!ports.includes(port)) refuse(`Port ${port} is not fetched, only ${ports.join(" and ")}`);
  if (base?.protocol === "https:" && url.protocol === "http:") refuse("The redirect leaves https for http");
  return url;
}

async function checkedAddress(target: URL, asked: string, resolve: (host: string) => Promise<string[]>, isAllowed: (address: string) => boolean, signal: AbortSignal): Promise<string> {
  // WHATWG URL has normalised octal, hex, short and full-width spellings of an IPv4 address by now.
  const host = target.hostname.replace(/^\[|\]$/g, "");
  const refuse = (what: string): never => {
    throw new TracewireError("EGRESS_REFUSED", { what, where: asked });
  };
  if (isIP(host)) return isAllowed(host) ? host : refuse(`${host} is not a public address`);
  if (isLocalName(host)) refuse(`"${host}" is a local name`);
  let addresses: string[];
  try {
    addresses = await Promise.race([resolve(host), aborted(signal)]);
  } catch (error) {
    if (signal.aborted) throw error;
    throw new TracewireError("EGRESS_FAILED", { what: `"${host}" has no address`, where: asked, cause: error });
  }
  if (addresses.length === 0 || addresses.length > ADDRESSES_MAX) refuse(`"${host}" has ${addresses.length} addresses`);
  // One private answer among public ones is a trap, not a choice.
  for (const address of addresses) if (!isAllowed(address)) refuse(`"${host}" leads to ${address}, which is not a public address`);
  return addresses[0]!;
}

function request(target: URL, address: string, limits: EgressLimits, signal: AbortSignal, asked: string): Promise<IncomingMessage> {
  const family = isIP(address);
  return new Promise((resolve, reject) => {
    const client = target.protocol === "https:" ? https : http;
    const outgoing = client.request(target, {
      method: "GET",
      agent: false,
      signal,
      maxHeaderSize: limits.header_bytes_max,
      headers: { "user-agent": "Tracewire capture", accept: "*/*", "accept-encoding": "gzip, br, zstd, deflate" },
      // The resolver is not asked again: the connection goes to the address that was checked.
      lookup: (_host, options, done) => (options.all ? done(null, [{ address, family }]) : done(null, address, family)),
    });
    outgoing.on("response", resolve);
    outgoing.on("upgrade", (_response, socket) => socket.destroy());
    outgoing.on("error", (error) => reject(signal.aborted ? signal.reason : new TracewireError("EGRESS_FAILED", { what: error.message, where: asked, cause: error })));
    outgoing.end();
  });
}

async function readBody(response: IncomingMessage, limits: EgressLimits, signal: AbortSignal, asked: string): Promise<Uint8Array> {
  const tooLarge = (what: string) => new TracewireError("CAPTURE_TOO_LARGE", { what, where: asked });
  const declared = Number(response.headers["content-length"] ?? 0);
  if (declared > limits.bytes_max) {
    response.destroy();
    throw tooLarge(`It announces ${declared} bytes; the limit is ${limits.bytes_max}`);
  }
  let received = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      done(received > limits.bytes_max ? tooLarge(`More than ${limits.bytes_max} bytes`) : null, chunk);
    },
  });
  const encoding = (response.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  const decoders: Record<string, (() => Transform) | undefined> = {
    gzip: () => zlib.createGunzip(),
    "x-gzip": () => zlib.createGunzip(),
    deflate: () => zlib.createInflate(),
    br: () => zlib.createBrotliDecompress(),
    zstd: () => zlib.createZstdDecompress(),
  };
  const decoder = decoders[encoding]?.();
  if (!decoder && encoding !== "identity" && encoding !== "") {
    response.destroy();
    throw new TracewireError("EGRESS_FAILED", { what: `It is encoded as "${encoding.slice(0, 40)}", which was not asked for`, where: asked });
  }
  const stop = (error: unknown) => {
    response.destroy();
    counted.destroy(error as Error);
    decoder?.destroy(error as Error);
  };
  const onAbort = () => stop(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  response.on("error", stop);
  response.on("aborted", () => stop(new TracewireError("EGRESS_FAILED", { what: "The connection broke before the end", where: asked })));
  counted.on("error", stop);
  let body: Readable = response.pipe(counted);
  if (decoder) body = counted.pipe(decoder);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > limits.bytes_max) throw tooLarge(`More than ${limits.bytes_max} bytes when decompressed`);
      if (size > RATIO_BYTES_MIN && size > received * limits.ratio_max) throw tooLarge(`It decompresses to more than ${limits.ratio_max} times its size`);
      chunks.push(chunk);
    }
  } catch (error) {
    stop(error);
    if (error instanceof TracewireError) throw error;
    throw new TracewireError("EGRESS_FAILED", { what: `The body cannot be read: ${(error as Error).message}`, where: asked, cause: error });
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
  return Buffer.concat(chunks);
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
