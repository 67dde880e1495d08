// An answer onto the socket: a strong ETag for each encoding of the bytes, 304 where the asker has them, no body for HEAD.
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

const gzipped = promisify(gzip);
const COMPRESS_BYTES_MIN = 1_000;
const GZIP_LEVEL = 5;

const SECURITY_HEADERS = {
  "content-security-policy": "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

export type Outgoing = {
  status: number;
  type: string;
  body: string;
  headers: Record<string, string>;
  /** "public": anybody may keep it and asks whether it still holds; "pinned": of a fixed state of the log, holds for a while; "own": nobody keeps it. */
  keep: "public" | "pinned" | "own";
};

const CACHE_CONTROL = { public: "public, no-cache", pinned: "public, max-age=300", own: "private, no-store" };

export async function sendAnswer(request: IncomingMessage, response: ServerResponse, answer: Outgoing): Promise<void> {
  const plain = Buffer.from(answer.body);
  // One strong tag names one representation: what has a tag of its own (a version) is sent plain.
  const zip = plain.length >= COMPRESS_BYTES_MIN && answer.headers.etag === undefined && /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
  const isRead = request.method === "GET" || request.method === "HEAD";
  const headers: Record<string, string> = {
    ...SECURITY_HEADERS,
    "cache-control": isRead && answer.status === 200 ? CACHE_CONTROL[answer.keep] : "no-store",
    vary: "authorization, accept-encoding",
    ...answer.headers,
  };
  if (isRead && answer.status === 200 && answer.keep !== "own") {
    const digest = createHash("sha256").update(plain).digest("base64url").slice(0, 27);
    headers.etag = zip ? `"${digest}-gzip"` : `"${digest}"`;
    if (holds(request.headers["if-none-match"], digest)) {
      response.writeHead(304, headers).end();
      return;
    }
  }
  const bytes = zip ? await gzipped(plain, { level: GZIP_LEVEL }) : plain;
  if (zip) headers["content-encoding"] = "gzip";
  response.writeHead(answer.status, { ...headers, "content-type": answer.type, "content-length": String(bytes.length) });
  response.end(request.method === "HEAD" ? undefined : bytes);
}

/** If-None-Match compares weakly (RFC 9110 §13.1.2): another encoding of the same bytes is the same answer. */
function holds(asked: string | undefined, digest: string): boolean {
  if (asked === undefined) return false;
  return asked.trim() === "*" || asked.split(",").some((tag) => tag.trim().replace(/^W\//, "").replace(/-gzip"$/, '"') === `"${digest}"`);
}
