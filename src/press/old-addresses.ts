// Where stories stood before they were taken over. A request for such a path is led to the story's page here, in one step:
// what is led to is always a story's own page, so there is no chain and no circle.
import type { LogReader } from "../evidence/evidence.ts";

const PATH_LENGTH_MAX = 300;

/** A path as it is kept and asked for: without query and closing slash, escapes spelt one way. Undefined for a site's front page. */
export function oldPath(address: string): string | undefined {
  let path: string;
  try {
    path = encodeURI(decodeURI(new URL(address, "http://localhost").pathname));
  } catch {
    return undefined;
  }
  path = path.replace(/\/+$/, "");
  return /^\/[\x21-\x7e]+$/.test(path) && path.length <= PATH_LENGTH_MAX ? path : undefined;
}

/** The slug of the story that stood at this path. */
export function findOldAddress(log: Pick<LogReader, "db">, address: string): string | undefined {
  const path = oldPath(address);
  if (path === undefined) return undefined;
  return log.db.prepare("SELECT slug FROM old_addresses WHERE path = ?").get(path)?.slug as string | undefined;
}
