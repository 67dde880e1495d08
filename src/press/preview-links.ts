// A link that shows one version of a story on its way to whoever has it, until it expires: for a lawyer, for who is written
// about, for a phone. It is a statement signed with a key of the drafts' database (HMAC-SHA-256): nothing is kept of it, and a
// changed number opens nothing.
import { createHmac, timingSafeEqual } from "node:crypto";

export type PreviewOf = { draft: number; version: number; expires: string };

const MAC_BYTES = 32;
/** The longest that any of them is made for is three days (src/desk/rooms/preview.ts), and an hour of clocks that differ. */
const PREVIEW_MS_MAX = 73 * 3_600_000;
const LINK = /^(\d{1,9})\.(\d{1,6})\.(\d{10})\.([A-Za-z0-9_-]{43})$/;

const macOf = (key: Uint8Array, words: string): Buffer => createHmac("sha256", key).update(`tracewire preview ${words}`).digest();

/** `expires` to the second. */
export function previewLink(key: Uint8Array, { draft, version, expires }: PreviewOf): string {
  const words = `${draft}.${version}.${Math.floor(Date.parse(expires) / 1_000)}`;
  return `${words}.${macOf(key, words).toString("base64url")}`;
}

/** What it shows; undefined where it was not made by us, or its time is over. */
export function readPreviewLink(key: Uint8Array, link: string, now: string): PreviewOf | undefined {
  const [, draft, version, until, mac] = LINK.exec(link) ?? [];
  if (mac === undefined) return undefined;
  const given = Buffer.from(mac, "base64url");
  if (given.length !== MAC_BYTES || !timingSafeEqual(given, macOf(key, `${draft}.${version}.${until}`))) return undefined;
  const expires = Number(until) * 1_000;
  // One made while a clock was ahead would show it until the clock comes there again.
  return expires > Date.parse(now) && expires <= Date.parse(now) + PREVIEW_MS_MAX ? { draft: Number(draft), version: Number(version), expires: new Date(expires).toISOString() } : undefined;
}
