// Whether a file is one still picture and nothing besides, before anything decodes it. A file that is two things at once
// (a picture and an archive, a picture and a page) is read by each program as what suits its sender, so it is refused.
import { TracewireError } from "../errors.ts";

export const PHOTO_TYPES = { "image/jpeg": ["jpg", "jpeg"], "image/png": ["png"], "image/webp": ["webp"] } as const;
export type PhotoType = keyof typeof PHOTO_TYPES;

export const PHOTO_BYTES_MAX = 20 * 2 ** 20;
const SEGMENTS_MAX = 100_000;
const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/^GIF8/, "a GIF"],
  [/^%PDF-/, "a PDF"],
  [/^PK\x03\x04/, "an archive"],
  [/^(II\*\0|MM\0\*)/, "a TIFF"],
  [/^BM/, "a BMP"],
  [/^....ftyp(avif|avis|heic|heix|mif1)/s, "an AVIF or HEIF"],
  [/^\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/is, "an SVG, which is a page that can run script"],
  [/^\s*</, "a page or other markup"],
];
/** Texts that have no place in a picture and are what a page, a program or a document begins with. */
const FOREIGN = /<script|<html|<svg|<!doctype|<\?php|%pdf-1/i;

/** The type of a picture's bytes. Throws BAD_PICTURE, with `file` as its place, for everything that is not one of the three. */
export function checkPhotoFile(bytes: Uint8Array, file: string): PhotoType {
  const refuse = (what: string, hint?: string): never => {
    throw new TracewireError("BAD_PICTURE", { what, where: file, ...(hint ? { hint } : {}) });
  };
  if (bytes.length === 0) refuse("The file is empty");
  if (bytes.length > PHOTO_BYTES_MAX) refuse(`It has ${bytes.length} bytes; at most ${PHOTO_BYTES_MAX} are taken`);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const type = typeOf(text);
  if (!type) return refuse(`It is ${REFUSED.find(([start]) => start.test(text.slice(0, 4_096)))?.[1] ?? "no picture"}`);
  const extension = /\.([A-Za-z0-9]+)$/.exec(file)?.[1]?.toLowerCase() ?? "";
  if (!(PHOTO_TYPES[type] as readonly string[]).includes(extension))
    refuse(`Its name ends in “.${extension}”, but its bytes are ${type}`, `Name it with .${PHOTO_TYPES[type][0]}.`);
  const { end, isAnimated } = { "image/jpeg": jpegEnd, "image/png": pngEnd, "image/webp": webpEnd }[type](bytes);
  const again = "Open it in an editor of pictures and save it again, alone.";
  if (isAnimated) refuse("It moves: only still pictures are printed", "Save one of its frames.");
  if (end === undefined) return refuse("It breaks off, or its parts are not in order", again);
  if (end < bytes.length) refuse(`${bytes.length - end} bytes stand behind the picture's end: the file is something else as well`, again);
  const foreign = FOREIGN.exec(text)?.[0];
  if (foreign) refuse(`It carries “${foreign}” inside: the file is something else as well`, again);
  // A ZIP is read from its end; one that ends just here is an archive, whatever the first bytes say (APPNOTE 4.3.16).
  const zip = text.lastIndexOf("PK\x05\x06");
  if (zip >= 0 && zip + 22 <= bytes.length && zip + 22 + view(bytes).getUint16(zip + 20, true) === bytes.length)
    refuse("It is an archive as well as a picture", again);
  return type;
}

function typeOf(text: string): PhotoType | undefined {
  if (text.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (text.startsWith("RIFF") && text.slice(8, 12) === "WEBP") return "image/webp";
  return undefined;
}

type End = { end: number | undefined; isAnimated: boolean };
const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** PNG (W3C) §5: length, type, data, CRC; an animation announces itself by acTL. */
function pngEnd(bytes: Uint8Array): End {
  const data = view(bytes);
  let isAnimated = false;
  for (let at = 8, count = 0; at + 12 <= bytes.length && count < SEGMENTS_MAX; count++) {
    const name = Buffer.from(bytes.subarray(at + 4, at + 8)).toString("latin1");
    const next = at + 12 + data.getUint32(at);
    if (name === "acTL") isAnimated = true;
    if (name === "IEND") return { end: next, isAnimated };
    at = next;
  }
  return { end: undefined, isAnimated };
}

/** RFC 9649 §2.3: the RIFF size says where it ends; an animation has the chunk ANIM. */
function webpEnd(bytes: Uint8Array): End {
  const data = view(bytes);
  const end = 8 + data.getUint32(4, true);
  let isAnimated = false;
  for (let at = 12, count = 0; at + 8 <= Math.min(end, bytes.length) && count < SEGMENTS_MAX; count++) {
    if (Buffer.from(bytes.subarray(at, at + 4)).toString("latin1") === "ANIM") isAnimated = true;
    const size = data.getUint32(at + 4, true);
    at += 8 + size + (size % 2);
  }
  return { end: end <= bytes.length ? end : undefined, isAnimated };
}

/** ITU T.81 B.1: segments with their length, after a scan its data up to the next marker that is no restart, until EOI. */
function jpegEnd(bytes: Uint8Array): End {
  const data = view(bytes);
  const broken = { end: undefined, isAnimated: false };
  for (let at = 2, count = 0; at + 1 < bytes.length && count < SEGMENTS_MAX; count++) {
    if (bytes[at] !== 0xff) return broken;
    while (bytes[at + 1] === 0xff) at++;
    const marker = bytes[at + 1]!;
    if (marker === 0xd9) return { end: at + 2, isAnimated: false };
    if (at + 4 > bytes.length) return broken;
    at += 2 + data.getUint16(at + 2);
    if (marker !== 0xda) continue;
    while (at + 1 < bytes.length && !(bytes[at] === 0xff && bytes[at + 1] !== 0 && !(bytes[at + 1]! >= 0xd0 && bytes[at + 1]! <= 0xd7))) at++;
  }
  return broken;
}
