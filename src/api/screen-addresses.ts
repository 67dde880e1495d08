// The one place where the API asks the screening room. A batch is looked through in slices, so that readers of pages are
// answered between two of them.
import type { Address } from "../chains/chains.ts";
import type { Dataset } from "../datasets/datasets.ts";
import { LISTS, listEditions, openScreener, type BatchAnswer, type Screener } from "../screening/screening.ts";
import type { ApiContext } from "./endpoint.ts";

export const SCREEN_BATCH_MAX = 10_000;
const SLICE_MS = 20;
const SCREENERS_MAX = 4;
const DAY_LENGTH = 10;

type Asks = Pick<ApiContext, "log" | "at" | "clock">;

const kept = new WeakMap<ApiContext["log"]["db"], Map<string, Screener>>();

/** An index over every line of every list, made once for a day and a state of the log. */
export function screenerFor({ log, at, clock }: Asks, on: string): Screener {
  const screeners = kept.get(log.db) ?? new Map<string, Screener>();
  kept.set(log.db, screeners);
  const today = clock().slice(0, DAY_LENGTH);
  const key = `${at.log_size} ${on} ${today}`;
  const screener = screeners.get(key) ?? openScreener(log, { on, today, log_size: at.log_size });
  screeners.delete(key);
  screeners.set(key, screener);
  if (screeners.size > SCREENERS_MAX) screeners.delete(screeners.keys().next().value!);
  return screener;
}

/** Answers in the order of the texts; `only_mentioned` leaves out those of which no list and no tag says anything, without reading them. */
export async function screenBatch(screener: Screener, texts: readonly string[], { only_mentioned = false } = {}): Promise<BatchAnswer[]> {
  const found: BatchAnswer[] = [];
  let from = performance.now();
  const places = only_mentioned ? screener.mentioned(texts) : texts.keys();
  for (const place of places) {
    found.push(screener.screen(texts[place]!));
    if (performance.now() - from < SLICE_MS) continue;
    await new Promise((resolve) => setImmediate(resolve));
    from = performance.now();
  }
  return found;
}

const listedOf = new WeakMap<Screener, Promise<Address[]>>();

/** Accounts that are listed that day and no exception silences: where exposure begins. Found once for a screener. */
export function listedAccounts(screener: Screener): Promise<Address[]> {
  const known = listedOf.get(screener) ?? findListed(screener);
  listedOf.set(screener, known);
  return known;
}

async function findListed(screener: Screener): Promise<Address[]> {
  const answers = await screenBatch(screener, screener.accounts.map(({ caip10 }) => caip10));
  return screener.accounts.filter((_, at) => answers[at]!.is_alert);
}

/** Released editions of lists of addresses, oldest entry first. */
export const addressLists = (log: Asks["log"], log_size: number): Dataset[] =>
  LISTS.filter(({ address_column }) => address_column !== undefined)
    .flatMap((list) => listEditions(log, list, log_size).map(({ dataset }) => dataset))
    .sort((a, b) => a.seq - b.seq);
