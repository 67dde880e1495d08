// A picture that somebody supplied. Its file is kept as evidence, byte for byte, and never shown: readers get versions made
// anew from its pixels, without the place, the camera and whatever else stood in the file.
import type { Sharp } from "sharp";
import { TracewireError } from "../errors.ts";
import {
  appendCapture,
  appendRelease,
  extractTextInProcess,
  sha256Hex,
  type BlobStore,
  type Extraction,
  type LogReader,
  type PreparedCapture,
  type Transaction,
} from "../evidence/evidence.ts";
import type { Publication } from "./read-press.ts";
import type { Story } from "./story-schema.ts";
import { checkPhotoFile } from "./photo-file.ts";

/** Decoded pixels, whatever the file weighs: a picture of a few kilobytes can unfold to gigabytes. */
const PIXELS_MAX = 50_000_000;
const WIDTH_MIN = 320;
/** Longer side over shorter: a strip of pixels is no picture for a column. */
const RATIO_MAX = 4;
const WEBP_WIDTHS = [480, 960, 1600];
/** For previews elsewhere and for readers without WebP. */
const JPEG_WIDTH = 1200;
const VERSION_BYTES_MAX = 400 * 1024;
/** Tried in turn until the version is small enough. */
const QUALITIES = [80, 65, 50, 35];
const TIME_S_MAX = 30;

type Version = { width: number; height: number; media_type: "image/webp" | "image/jpeg"; bytes: Uint8Array; extraction: Extraction };
export type PreparedPhoto = {
  file: string;
  retrieved_at: string;
  bytes: Uint8Array;
  sha256: string;
  width: number;
  height: number;
  extraction: Extraction;
  versions: Version[];
};

/** A picture as it was published: the log entries of its file and of each version made from it. */
export type PublishedPhoto = {
  capture: number;
  sha256: string;
  width: number;
  height: number;
  versions: { capture: number; sha256: string; width: number; height: number; media_type: Version["media_type"]; byte_count: number }[];
};
/** What a page needs: the versions, and what is said beside them. */
export type ShownPhoto = PublishedPhoto & { credit: string; licence: string; alt: string };

/** Checks a file and makes its versions. Nothing is stored. Throws BAD_PICTURE with what is wrong and what to do. */
export async function preparePhoto(bytes: Uint8Array, file: string, retrieved_at: string): Promise<PreparedPhoto> {
  checkPhotoFile(bytes, file);
  const refuse = (what: string, hint?: string): never => {
    throw new TracewireError("BAD_PICTURE", { what, where: file, ...(hint ? { hint } : {}) });
  };
  const { default: sharp } = await import("sharp");
  sharp.cache(false);
  sharp.concurrency(1);
  const open = () => sharp(bytes, { limitInputPixels: false, failOn: "error", animated: false }).timeout({ seconds: TIME_S_MAX });
  try {
    // The header alone is read here; pixels are counted before any is unfolded.
    const { autoOrient, pages = 1 } = await open().metadata();
    const { width, height } = autoOrient;
    if (pages > 1) refuse("It has more than one page: only still pictures are printed", "Save one of them.");
    if (width * height > PIXELS_MAX) refuse(`It unfolds to ${width} × ${height} pixels; at most ${PIXELS_MAX} are decoded`, "Make it smaller.");
    if (width < WIDTH_MIN) refuse(`It is ${width} pixels wide; a page needs at least ${WIDTH_MIN}`);
    if (Math.max(width, height) / Math.min(width, height) > RATIO_MAX) refuse(`It is ${width} × ${height}: one side is over ${RATIO_MAX} times the other`);
    const webp = [...new Set(WEBP_WIDTHS.map((wanted) => Math.min(wanted, width)))];
    const versions: Version[] = [];
    for (const wanted of webp) versions.push(await version(open(), file, wanted, "image/webp"));
    versions.push(await version(open(), file, Math.min(JPEG_WIDTH, width), "image/jpeg"));
    const extraction = await extractTextInProcess(bytes, { file_name: file });
    return { file, retrieved_at, bytes: new Uint8Array(bytes), sha256: sha256Hex(bytes), width, height, extraction, versions };
  } catch (error) {
    if (error instanceof TracewireError) throw error;
    throw new TracewireError("BAD_PICTURE", {
      what: `It cannot be decoded: ${error instanceof Error ? error.message.split("\n")[0]! : String(error)}`,
      where: file,
      cause: error,
    });
  }
}

/** sharp writes no metadata unless asked, and turns pixels to sRGB; the camera's turn is applied to them first. */
async function version(picture: Sharp, file: string, wanted: number, media_type: Version["media_type"]): Promise<Version> {
  const pixels = picture.autoOrient().resize({ width: wanted, withoutEnlargement: true });
  for (const quality of QUALITIES) {
    const made = media_type === "image/webp" ? pixels.clone().webp({ quality }) : pixels.clone().flatten({ background: "#fff" }).jpeg({ quality, mozjpeg: true });
    const { data, info } = await made.toBuffer({ resolveWithObject: true });
    if (data.length > VERSION_BYTES_MAX) continue;
    return { width: info.width, height: info.height, media_type, bytes: new Uint8Array(data), extraction: await extractTextInProcess(data) };
  }
  throw new TracewireError("BAD_PICTURE", {
    what: `Even at quality ${QUALITIES.at(-1)} it weighs more than ${VERSION_BYTES_MAX} bytes at ${wanted} pixels`,
    where: file,
    hint: "A photograph is smaller; noise and fine patterns are not.",
  });
}

/**
 * Inside the publishing transaction: file and versions become captures. The file's record is public and its bytes are not;
 * a version is what readers get. Bytes go into the store first, unless nothing is to stay (`blobs` left out).
 */
export function appendPhoto(
  transaction: Transaction,
  prepared: PreparedPhoto,
  { credit, licence }: NonNullable<Story["photo"]>,
  by: string,
  blobs?: Pick<BlobStore, "put">,
): PublishedPhoto {
  const capture = (bytes: Uint8Array, extraction: Extraction, title: string): { seq: number; sha256: string } => {
    blobs?.put(bytes);
    const input: PreparedCapture["input"] = {
      origin: { from: "file", name: prepared.file },
      retrieved_at: prepared.retrieved_at,
      retrieved_by: by,
      grade: "copy",
      source_grade: "F",
      item_grade: "6",
      title,
      licence: licence!,
    };
    const sha256 = sha256Hex(bytes);
    return { seq: appendCapture(transaction, { input, sha256, byte_count: bytes.length, extraction }), sha256 };
  };
  const file = capture(prepared.bytes, prepared.extraction, `${prepared.file}, supplied picture. ${credit}`);
  const versions = prepared.versions.map(({ width, height, media_type, bytes, extraction }) => {
    const { seq, sha256 } = capture(bytes, extraction, `${prepared.file}, as shown at ${width} × ${height}, ${media_type}. ${credit}`);
    return { capture: seq, sha256, width, height, media_type, byte_count: bytes.length };
  });
  const shown = versions.map((item) => item.capture);
  appendRelease(transaction, [file.seq, ...shown], shown, by);
  return { capture: file.seq, sha256: file.sha256, width: prepared.width, height: prepared.height, versions };
}

/** What a publication shows; undefined where it shows no supplied picture. */
export function photoOf({ story, photo }: Pick<Publication, "story" | "photo">): ShownPhoto | undefined {
  if (!story.photo || !photo) return undefined;
  const { credit, licence, alt } = story.photo;
  return { ...photo, credit: credit!, licence: licence!, alt: alt! };
}

/** A published version by the name in its address, e.g. 0f1e….webp. Nothing else of the blob store has such a name. */
export function findPhotoVersion(log: Pick<LogReader, "db">, name: string): { sha256: string; media_type: string; seq: number } | undefined {
  return log.db.prepare("SELECT sha256, media_type, seq FROM photo_versions WHERE name = ? ORDER BY seq LIMIT 1").get(name) as
    { sha256: string; media_type: string; seq: number } | undefined;
}

/** The captures of the versions made from a picture's file, which go where it goes. */
export function versionsMadeFrom(log: Pick<LogReader, "db">, capture: number): number[] {
  return log.db
    .prepare("SELECT DISTINCT capture FROM photo_versions WHERE original = ? ORDER BY 1")
    .all(capture)
    .map((row) => row.capture as number);
}

export const photoVersionName = ({ sha256, media_type }: { sha256: string; media_type: string }): string =>
  `${sha256.slice(0, 32)}.${media_type === "image/webp" ? "webp" : "jpg"}`;

/** For the database of what waits: bytes as base64. */
export const packPhoto = (photo: PreparedPhoto): string =>
  JSON.stringify(photo, (_, value: unknown) => (value instanceof Uint8Array ? { base64: Buffer.from(value).toString("base64") } : value));
export const unpackPhoto = (packed: string): PreparedPhoto =>
  JSON.parse(packed, (_, value: unknown) => {
    const base64 = (value as { base64?: unknown } | null)?.base64;
    return typeof base64 === "string" ? new Uint8Array(Buffer.from(base64, "base64")) : value;
  }) as PreparedPhoto;

/** As a publication would carry it, of a picture that is in no log yet: for previews. */
export const asPublished = ({ sha256, width, height, versions }: PreparedPhoto): PublishedPhoto => ({
  capture: -1,
  sha256,
  width,
  height,
  versions: versions.map(({ bytes, extraction: _, ...version }) => ({ ...version, capture: -1, sha256: sha256Hex(bytes), byte_count: bytes.length })),
});

/** A version by the name in its address, as `findPhotoVersion` finds those that are published. */
export function findPreparedVersion(prepared: PreparedPhoto, name: string): Version | undefined {
  return prepared.versions.find(({ bytes, media_type }) => photoVersionName({ sha256: sha256Hex(bytes), media_type }) === name);
}

/** A name as a story may have it, out of what somebody's file is called. */
export const photoFileName = (name: string): string => name.replaceAll(/[^A-Za-z0-9._-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "").slice(-100) || "picture";
