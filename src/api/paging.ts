// A list as pages: what comes after the cursor, and the cursor of the next page.
import type { ApiContext } from "./endpoint.ts";
import { listName, PAGE_DEFAULT, readCursor, writeCursor } from "./cursor.ts";

type PageQuery = { limit?: number; cursor?: string; known?: string; as_of?: string };

export type Paged<T> = { log_size: number; items: T[]; next: string | null };

/** Filters are what a cursor must not be carried over; limit may change between pages. */
const filtersOf = ({ limit: _, cursor: __, known: ___, ...filters }: PageQuery): Record<string, unknown> => filters;

export const listOf = (path: string, query: PageQuery): string => listName(path, filtersOf(query));

export function cursorOf(context: Pick<ApiContext, "log">, path: string, query: PageQuery) {
  return query.cursor === undefined ? undefined : readCursor(query.cursor, listOf(path, query), context.log.size());
}

/**
 * `read` gives items in order, behind `after` where it is given, at most `count`; `keyOf` names an item by what it is
 * ordered by. One more than a page is asked for, to know whether another follows.
 */
export async function pageThrough<T>(
  context: ApiContext,
  path: string,
  query: PageQuery,
  read: (after: string | number | undefined, count: number) => Iterable<T> | Promise<Iterable<T>>,
  keyOf: (item: T) => string | number,
): Promise<Paged<T>> {
  const limit = query.limit ?? PAGE_DEFAULT;
  const after = cursorOf(context, path, query)?.after;
  const found = [...(await read(after, limit + 1))];
  const items = found.slice(0, limit);
  const next = found.length > limit ? writeCursor({ list: listOf(path, query), log_size: context.at.log_size, after: keyOf(items.at(-1)!) }) : null;
  return { log_size: context.at.log_size, items, next };
}

/** Of a list that is in memory, rising by its key. */
export function behind<T>(items: readonly T[], keyOf: (item: T) => string | number, after: string | number | undefined, count: number): T[] {
  if (after === undefined) return items.slice(0, count);
  const from = items.findIndex((item) => keyOf(item) > after);
  return from === -1 ? [] : items.slice(from, from + count);
}
