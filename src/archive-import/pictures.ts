// The file of a picture that a post names, looked for in a folder that the importer's user named. Nothing is fetched, and
// nothing outside the folder is read, whatever a post calls its picture.
import { lstatSync, readFileSync, realpathSync } from "node:fs";
import { basename, extname, join, sep } from "node:path";
import { TracewireError } from "../errors.ts";
import { sha256Hex } from "../evidence/evidence.ts";
import { preparePhoto, type PreparedPhoto, type Story } from "../press/press.ts";
import { openRunningText } from "./running-text.ts";
import { plainText } from "./read-markup.ts";
import { cleanLine, clip, openLosses, type Losses, type TakenPicture } from "./taken-post.ts";

const BYTES_MAX = 20 * 2 ** 20;
const SEGMENTS_MAX = 20;

export type PictureOptions = { folder?: string; credit?: string; licence?: string; now: string };
export type FoundPicture = { photo: NonNullable<Story["photo"]>; sha256: string; prepare(): Promise<PreparedPhoto> };

/** A picture with all that is owed to it, or nothing and the reason among the losses. */
export function findPicture(picture: TakenPicture | undefined, options: PictureOptions, lost: Losses): FoundPicture | undefined {
  if (!picture) return undefined;
  const without = (why: string): undefined => void lost.add(`picture: ${why}`);
  if (options.folder === undefined) return without("no folder of pictures was named (--pictures)");
  const alt = cleanLine(picture.alt ?? "");
  if (!options.credit || !options.licence) return without("credit and licence were not named (--photo-credit, --photo-licence)");
  if (alt === "") return without("it has no alternative text");
  const bytes = bytesIn(options.folder, picture.source);
  if (!bytes) return without("its file is not in the folder");
  const caption = picture.caption && cleanLine(plainText(picture.caption, openRunningText(picture.source), openLosses()));
  const photo: FoundPicture["photo"] = {
    file: fileName(picture.source),
    credit: clip(options.credit, 200),
    licence: clip(options.licence, 200),
    alt: clip(alt, 600),
    ...(caption ? { caption: [{ type: "text", text: clip(caption, 2_000) }] } : {}),
  };
  return { photo, sha256: sha256Hex(bytes), prepare: () => preparePhoto(bytes, photo.file, options.now) };
}

/** Prepared as every supplied picture is; one that is refused is left out, and the story goes on without it. */
export async function prepareFound(found: FoundPicture, lost: Losses): Promise<PreparedPhoto | undefined> {
  try {
    return await found.prepare();
  } catch (error) {
    if (!(error instanceof TracewireError) || error.code !== "BAD_PICTURE") throw error;
    lost.add(`picture refused: ${clip(error.message, 80)}`);
    return undefined;
  }
}

/** /content/images/2020/05/a.jpg is looked for under its whole path first, then under ever fewer of its folders. */
function bytesIn(folder: string, source: string): Uint8Array | undefined {
  let path: string;
  try {
    path = decodeURIComponent(new URL(source.replace("__GHOST_URL__", ""), "http://localhost/").pathname);
  } catch {
    return undefined;
  }
  const segments = path.split("/").filter((part) => part !== "" && part !== "." && part !== "..");
  if (segments.length === 0 || segments.length > SEGMENTS_MAX || /[\0\\]/.test(path)) return undefined;
  const root = realpathSync(folder);
  for (let at = 0; at < segments.length; at++) {
    const file = join(root, ...segments.slice(at));
    try {
      // A link in the folder may lead out of it: only a plain file that really lies inside is read.
      const real = realpathSync(file);
      const stat = lstatSync(real);
      if (real.startsWith(root + sep) && stat.isFile() && stat.size <= BYTES_MAX) return readFileSync(real);
    } catch {
      // Not there: with fewer folders before it, perhaps.
    }
  }
  return undefined;
}

function fileName(source: string): string {
  const name = basename(source.split(/[?#]/)[0]!);
  const extension = extname(name).toLowerCase().replace(/[^a-z0-9.]/g, "").slice(0, 6);
  const stem = name.slice(0, name.length - extname(name).length).replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return `${stem.slice(0, 80) || "picture"}${extension || ".jpg"}`;
}
