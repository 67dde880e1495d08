// Ready bytes: a page is rendered once, compressed once, and handed out until something it depends on changes.
import { createHash } from "node:crypto";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

export type Page = {
  status?: number;
  content_type: string;
  body: string | Uint8Array;
  /** What the page was made from: "log", "figures", "subject:theft/…", "story:…", "capture:…". Empty: never changes. */
  depends: readonly string[];
  /** From this moment on the page says something wrong (an age): it is made again. ISO 8601, UTC. */
  expires?: string;
  headers?: Record<string, string>;
  /** One reader's own: never kept, here or by a browser. */
  own?: boolean;
};

/** Flat name, value, name, value …: the form that Node writes with the least work. */
export type HeaderList = string[];

/** One body as it goes out: encoded, with every header of its answer made beforehand. */
export type Variant = { headers: HeaderList; notModified: HeaderList; etag: string; body: string | Uint8Array };

export type ReadyPage = {
  status: number;
  expires?: string;
  byte_length: number;
  /** The body for an Accept-Encoding; compressed when first asked for, and then kept. */
  variant(encoding: "br" | "gzip" | "identity"): Variant;
  compressible: boolean;
};

const PAGES_MAX = 4_000;
const BYTES_MAX = 48 * 1024 * 1024;
const COMPRESS_BYTES_MIN = 600;
/** What is handed out again and again is worth more work than what one reader gets. */
const GZIP_LEVEL = { lasting: 9, once: 6 };

export type PageStore = {
  /** `now` is asked only for a page that expires. */
  get(key: string, now: () => string): ReadyPage | undefined;
  put(key: string, page: Page): ReadyPage;
  /** Forgets every page that depends on one of the names. */
  purge(names: ReadonlySet<string>): number;
  clear(): void;
  size(): number;
};

export function openPageStore(): PageStore {
  const pages = new Map<string, { ready: ReadyPage; depends: readonly string[]; bytes: number }>();
  let bytes = 0;
  const forget = (key: string) => {
    bytes -= pages.get(key)?.bytes ?? 0;
    pages.delete(key);
  };
  return {
    get(key, now) {
      const ready = pages.get(key)?.ready;
      if (ready?.expires === undefined || now() < ready.expires) return ready;
      forget(key);
      return undefined;
    },
    put(key, page) {
      const ready = makeReady(page, true);
      // Only what was found is kept: unknown addresses are endless.
      if (ready.status !== 200) return ready;
      forget(key);
      // Room for the compressed forms, which come later and are smaller.
      const weight = ready.byte_length * (ready.compressible ? 1.5 : 1);
      pages.set(key, { ready, depends: page.depends, bytes: weight });
      bytes += weight;
      while (pages.size > PAGES_MAX || bytes > BYTES_MAX) forget(pages.keys().next().value!);
      return ready;
    },
    purge(names) {
      let purged = 0;
      for (const [key, { depends }] of pages)
        if (depends.some((name) => names.has(name))) {
          forget(key);
          purged += 1;
        }
      return purged;
    },
    clear() {
      pages.clear();
      bytes = 0;
    },
    size: () => pages.size,
  };
}

/** `lasting` pages are asked for again and get a strong ETag; hashing the others would be work for nobody. */
export function makeReady(page: Page, lasting = false): ReadyPage {
  // A page for one reader goes out as the text it is, in one write with its head; encoding it beforehand would copy it twice.
  const whole = lasting && typeof page.body === "string" ? Buffer.from(page.body) : page.body;
  const byte_length = Buffer.byteLength(whole);
  const status = page.status ?? 200;
  const compressible = byte_length >= COMPRESS_BYTES_MIN && /^(text\/|application\/(json|xml|rss)|image\/svg)/.test(page.content_type);
  const digest = status === 200 && lasting ? createHash("sha256").update(whole).digest("base64url").slice(0, 27) : undefined;
  const variants = new Map<string, Variant>();
  return {
    status,
    expires: page.expires,
    byte_length,
    compressible,
    variant(encoding) {
      const known = variants.get(encoding);
      if (known) return known;
      const body =
        encoding === "identity"
          ? whole
          : encoding === "br"
            ? brotli(whole)
            : gzipSync(whole, { level: GZIP_LEVEL[lasting ? "lasting" : "once"] });
      // Strong, and so one for each encoding of the bytes.
      const etag = digest === undefined ? "" : encoding === "identity" ? `"${digest}"` : `"${digest}-${encoding}"`;
      const shared = {
        ...SECURITY_HEADERS,
        "cache-control": page.own ? "no-store" : "no-cache",
        ...(compressible ? { vary: "accept-encoding" } : {}),
        ...(etag ? { etag } : {}),
        ...page.headers,
      };
      const own = {
        ...shared,
        "content-type": page.content_type,
        "content-length": String(encoding === "identity" ? byte_length : body.length),
        ...(encoding === "identity" ? {} : { "content-encoding": encoding }),
      };
      const made: Variant = { etag, body, headers: Object.entries(own).flat(), notModified: Object.entries(shared).flat() };
      variants.set(encoding, made);
      return made;
    },
  };
}

const SECURITY_HEADERS = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  "x-content-type-options": "nosniff",
  // Other sites learn nothing; our own forms name their origin, which no-referrer would turn into "null" (Fetch §3.2).
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
};

// Quality 5: a fifth of the time of 11 for about a twentieth more bytes, and pages are made while a reader waits.
function brotli(whole: string | Uint8Array): Uint8Array {
  return brotliCompressSync(whole, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
}
