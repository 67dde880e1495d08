// A captured document as it looks. What is drawn comes out of a limited child as bare pixels and is encoded here anew, so that
// no byte of the document reaches a browser. Which formats: decisions/0019.
import { DEFAULT_LIMITS } from "./extraction.ts";
import type { PlacedText } from "./extractors/pdf.ts";
import { runLimitedChild, type ChildEnd } from "./limited-child.ts";

export type { PlacedText } from "./extractors/pdf.ts";

/** A4 at 150 dots an inch: small print is read, and a picture is some hundred kilobytes. */
const WIDTH_MAX = 1_240;
const PIXELS_MAX = 4_000_000;
const DECODED_PIXELS_MAX = 50_000_000;
const LINE_BYTES_MAX = 16 * 2 ** 20;
const PLACES_MAX = 20_000;
const BOXES_MAX = 400;
/** Of a line's height, what hangs below the line that its letters stand on. */
const DESCENT = 0.22;

const PICTURES = ["image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "image/tiff"];

/** Whether something of this type can be drawn: pages of a PDF, one picture of an image. */
export const canBeDrawn = (media_type: string): boolean => media_type === "application/pdf" || PICTURES.includes(media_type);

export type DrawAsked =
  | { what: "picture"; media_type: string; page: number; width_max: number; pixels_max: number; decoded_pixels_max: number }
  | { what: "places"; page: number };
/** `pages`: how many the document has. */
export type Drawn = { width: number; height: number; pages: number };
export type Drawing = ({ outcome: "drawn"; png: Uint8Array } & Drawn) | { outcome: "refused"; reason: string };
export type Places = { outcome: "found"; places: PlacedText[] } | { outcome: "refused"; reason: string };
/** Part of a page, in shares of its width and height from its top left. */
export type Region = [x: number, y: number, width: number, height: number];

/** Page `page` (from 1) of a PDF, or an image, as PNG. Never throws for what stands in the bytes. */
export async function drawPage(bytes: Uint8Array, media_type: string, page = 1): Promise<Drawing> {
  const refused = refusedAlready(bytes, media_type);
  if (refused) return { outcome: "refused", reason: refused };
  const is_image = media_type !== "application/pdf";
  const asked: DrawAsked = { what: "picture", media_type, page, width_max: WIDTH_MAX, pixels_max: PIXELS_MAX, decoded_pixels_max: DECODED_PIXELS_MAX };
  const { line, rest, reason } = await ask(asked, bytes, PIXELS_MAX * 4 + LINE_BYTES_MAX, is_image);
  const { width, height, pages } = (line ?? {}) as Partial<Drawn>;
  if (!isCount(width) || !isCount(height) || !isCount(pages) || rest.length !== width * height * 4) return { outcome: "refused", reason: reason ?? "nothing came of drawing it" };
  const { default: sharp } = await import("sharp");
  const png = await sharp(rest, { raw: { width, height, channels: 4 } }).png({ compressionLevel: 6 }).toBuffer();
  return { outcome: "drawn", width, height, pages, png: new Uint8Array(png) };
}

/** Where the text of a page of a PDF stands. Never throws for what stands in the bytes. */
export async function placeText(bytes: Uint8Array, page: number): Promise<Places> {
  const refused = refusedAlready(bytes, "application/pdf");
  if (refused) return { outcome: "refused", reason: refused };
  const { line, reason } = await ask({ what: "places", page }, bytes, LINE_BYTES_MAX, false);
  const { places } = (line ?? {}) as Partial<{ places: PlacedText[] }>;
  const isSound = Array.isArray(places) && places.every((place) => Array.isArray(place) && place.length === 8 && place.every(Number.isFinite));
  return isSound ? { outcome: "found", places: places.slice(0, PLACES_MAX) } : { outcome: "refused", reason: reason ?? "its places cannot be read" };
}

/** The boxes of a stretch of a page's text, one for each part of a line. Letters are taken to be equally wide: it is for an eye. */
export function regionsOf(places: readonly PlacedText[], from: number, to: number): Region[] {
  const found: Region[] = [];
  for (const [start, end, x, y, dx, dy, ux, uy] of places) {
    if (to <= start || from >= end || found.length >= BOXES_MAX) continue;
    const share = (offset: number) => (Math.min(Math.max(offset, start), end) - start) / (end - start);
    const corners = [share(from), share(to)].flatMap((part) => [-DESCENT, 1 - DESCENT].map((rise) => [x + dx * part + ux * rise, y + dy * part + uy * rise] as const));
    const [xs, ys] = [corners.map(([at]) => at), corners.map(([, at]) => at)];
    const [left, top] = [Math.max(0, Math.min(...xs)), Math.max(0, Math.min(...ys))];
    const [width, height] = [Math.min(1, Math.max(...xs)) - left, Math.min(1, Math.max(...ys)) - top];
    if (width > 0 && height > 0) found.push([left, top, width, height]);
  }
  return found;
}

function refusedAlready(bytes: Uint8Array, media_type: string): string | undefined {
  if (!canBeDrawn(media_type)) return `${media_type} is not drawn`;
  return bytes.length > DEFAULT_LIMITS.input_bytes_max ? `it has ${bytes.length} bytes; at most ${DEFAULT_LIMITS.input_bytes_max} are drawn from` : undefined;
}

/** The child's line and what follows it; `reason` where it gave none, or says why not. */
async function ask(asked: DrawAsked, bytes: Uint8Array, output_bytes_max: number, native_modules: boolean): Promise<{ line?: unknown; rest: Buffer; reason?: string }> {
  const { stdout, end } = await runLimitedChild("draw-child", asked, bytes, { ...DEFAULT_LIMITS, output_bytes_max, ...(native_modules ? { native_modules } : {}) });
  const break_at = stdout.indexOf(10);
  const line = break_at < 0 || reasonOf(end) ? undefined : parsed(stdout.toString("utf8", 0, break_at));
  const said = (line as { reason?: unknown } | undefined)?.reason;
  return { line, rest: stdout.subarray(break_at + 1), reason: reasonOf(end) ?? (typeof said === "string" ? said : undefined) };
}

const reasonOf = ({ stopped, failed }: ChildEnd): string | undefined => stopped ?? failed;
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;

function parsed(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
