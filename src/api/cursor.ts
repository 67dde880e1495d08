// Pages that hold still: a cursor carries the size of the log at which the list was begun, and every further page is read
// at that size, so that what is appended meanwhile neither moves nor repeats a line.
import { TracewireError } from "../errors.ts";
import { sha256Hex } from "../evidence/evidence.ts";

export const PAGE_MAX = 200;
export const PAGE_DEFAULT = 50;
const CURSOR_CHARS_MAX = 600;
const LIST_DIGITS = 12;

export type Cursor = {
  /** Which list it belongs to: path and filters. */
  list: string;
  log_size: number;
  /** The last item that was given. */
  after: string | number;
};

export const listName = (path: string, filters: Record<string, unknown>): string =>
  sha256Hex(JSON.stringify([path, Object.entries(filters).filter(([, value]) => value !== undefined).sort()])).slice(0, LIST_DIGITS);

export const writeCursor = ({ list, log_size, after }: Cursor): string => Buffer.from(JSON.stringify([list, log_size, after])).toString("base64url");

/** Throws BAD_ARGUMENT for a text that is no cursor of this list. */
export function readCursor(text: string, list: string, size_max: number): Cursor {
  const refuse = (): never => {
    throw new TracewireError("BAD_ARGUMENT", { what: "cursor: this is no cursor of this list", hint: "Take `next` of the page before, and leave the filters as they were." });
  };
  if (text.length > CURSOR_CHARS_MAX) return refuse();
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    return refuse();
  }
  if (!Array.isArray(parts) || parts.length !== 3) return refuse();
  const [own, log_size, after] = parts as unknown[];
  if (own !== list || !Number.isSafeInteger(log_size) || (log_size as number) < 0 || (log_size as number) > size_max) return refuse();
  if (typeof after !== "string" && !Number.isSafeInteger(after)) return refuse();
  return { list, log_size: log_size as number, after: after as string | number };
}
