// Ready bytes onto the socket. A kept page goes out as one buffer, head and body together, made once: of a reader's
// request the server's own part is then one write. Everything else takes Node's usual way.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ReadyPage, Variant } from "./page-store.ts";

/** "Tue, 24 Nov 2026 05:09:28 GMT": RFC 9110 §5.6.7, always 29 bytes, so that it can be written over in place. */
const DATE_BYTES = 29;
const KEEP_ALIVE = "Connection: keep-alive\r\nKeep-Alive: timeout=5\r\n";

/** The current date for the Date header; the caller moves it on. */
export type HttpDate = { text: string };

/**
 * Node's own record of a head: set before `end`, it is not written again. The fields are internal and old (every
 * release since 0.5 has them); `canSendWhole` is false where they are missing.
 */
type WithHead = ServerResponse & { _header?: string | null; _headerSent?: boolean };

export function send(ready: ReadyPage, request: IncomingMessage, response: ServerResponse, date: HttpDate): void {
  const accepts = ready.compressible ? request.headers["accept-encoding"] : undefined;
  const variant = ready.variant(
    accepts === undefined ? "identity" : /\bbr\b/.test(accepts as string) ? "br" : /\bgzip\b/.test(accepts as string) ? "gzip" : "identity",
  );
  const asked = request.headers["if-none-match"];
  if (asked !== undefined && variant.etag && asked.split(/, */).includes(variant.etag)) {
    response.writeHead(304, variant.notModified).end();
    return;
  }
  // Only a lasting page has a tag; its body is bytes.
  if (variant.etag && canSendWhole(request, response)) {
    const whole = wholeAnswer(variant, ready.status, date.text);
    const held = response as WithHead;
    held.statusCode = ready.status;
    held._header = whole.head;
    held._headerSent = true;
    response.end(whole.bytes);
    return;
  }
  response.writeHead(ready.status, variant.headers);
  if (request.method === "HEAD") response.end();
  else response.end(variant.body);
}

function canSendWhole(request: IncomingMessage, response: ServerResponse): boolean {
  return (
    request.method === "GET" && request.httpVersionMinor === 1 && response.shouldKeepAlive && (response as WithHead)._headerSent === false
  );
}

const wholes = new WeakMap<Variant, { head: string; bytes: Buffer; date_at: number; date: string }>();

function wholeAnswer(variant: Variant, status: number, date: string): { head: string; bytes: Buffer } {
  let whole = wholes.get(variant);
  if (!whole) {
    let head = `HTTP/1.1 ${status} OK\r\nDate: `;
    const date_at = head.length;
    head += `${date}\r\n`;
    for (let at = 0; at < variant.headers.length; at += 2) head += `${variant.headers[at]}: ${variant.headers[at + 1]}\r\n`;
    head += `${KEEP_ALIVE}\r\n`;
    whole = { head, bytes: Buffer.concat([Buffer.from(head, "latin1"), variant.body as Uint8Array]), date_at, date };
    wholes.set(variant, whole);
  }
  if (whole.date !== date && date.length === DATE_BYTES) {
    whole.bytes.write(date, whole.date_at, "latin1");
    whole.date = date;
  }
  return whole;
}
