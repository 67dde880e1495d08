// A part of a page as it looks, where a claim is read out of a picture: no text stands there that a quotation could be found in.
// It is named in thousandths of the page's width and height, which hold whatever the size it is drawn at.
import { canBeDrawn, type Region } from "./draw.ts";
import type { Extraction } from "./extraction.ts";
import type { Locator } from "./locator-schema.ts";

const WHOLE = 1_000;

/** Left, top, width, height of "120,340,200,60" as shares of the page; undefined for what is no part of one. */
export function readRegion(text: string): Region | undefined {
  const parts = /^\d{1,4}(,\d{1,4}){3}$/.test(text) ? text.split(",").map(Number) : [];
  const [x = 0, y = 0, width = 0, height = 0] = parts;
  return width > 0 && height > 0 && x + width <= WHOLE && y + height <= WHOLE ? [x / WHOLE, y / WHOLE, width / WHOLE, height / WHOLE] : undefined;
}

export function regionWords(text: string): string {
  const [x, y, width, height] = readRegion(text)?.map((share) => `${Number((share * 100).toFixed(1))} %`) ?? [];
  return x === undefined ? `the part “${text}”` : `the part ${x} from the left and ${y} from the top, ${width} wide and ${height} high`;
}

/** Why a locator's region is no place of this capture; undefined where it is one. */
export function regionProblem({ media_type, ...text }: Extraction, { region, page, ...others }: Locator): string | undefined {
  if (Object.values(others).some((part) => part !== undefined)) return "a part of a page is named by its page and region alone";
  if (!canBeDrawn(media_type)) return `${media_type} is not drawn: name a place in its text`;
  if (readRegion(region!) === undefined) return "it is no part of a page: left, top, width and height in thousandths, such as 120,340,200,60";
  const isPdf = media_type === "application/pdf";
  if (isPdf && page === undefined) return "a part of a PDF needs its page";
  const pages = !isPdf ? 1 : text.outcome === "text" ? text.pages?.length : undefined;
  return page !== undefined && (page < 1 || page > (pages ?? page)) ? `there is no page ${page}${pages === undefined ? "" : `; it has ${pages}`}` : undefined;
}
