// Captured documents as they look, kept at hand: drawing a page takes a process of its own, and whoever reads one looks at it
// again and again. Nothing is kept on disk.
import { drawPage, placeText, type Capture, type Drawing, type Places } from "../evidence/evidence.ts";

const PICTURES_KEPT_MAX = 24;
const PLACES_KEPT_MAX = 60;

export type Originals = {
  picture(capture: Capture, page: number): Promise<Drawing>;
  /** Of a PDF. */
  places(capture: Capture, page: number): Promise<Places>;
};

export function openOriginals(blobs: { get(sha256: string): Uint8Array | undefined }): Originals {
  const gone = { outcome: "refused", reason: "its bytes are not here any more" } as const;
  const draw = async ({ sha256, media_type }: Capture, page: number): Promise<Drawing> => {
    const bytes = blobs.get(sha256);
    return bytes ? drawPage(bytes, media_type.sniffed, page) : gone;
  };
  const place = async ({ sha256 }: Capture, page: number): Promise<Places> => {
    const bytes = blobs.get(sha256);
    return bytes ? placeText(bytes, page) : gone;
  };
  return { picture: keepLast(PICTURES_KEPT_MAX, draw), places: keepLast(PLACES_KEPT_MAX, place) };
}

function keepLast<T>(count: number, read: (capture: Capture, page: number) => Promise<T>): (capture: Capture, page: number) => Promise<T> {
  const kept = new Map<string, Promise<T>>();
  return (capture, page) => {
    const key = `${capture.sha256} ${page}`;
    const value = kept.get(key) ?? read(capture, page);
    // Asked for again it is the newest.
    kept.delete(key);
    kept.set(key, value);
    value.catch(() => kept.delete(key));
    if (kept.size > count) kept.delete(kept.keys().next().value!);
    return value;
  };
}
