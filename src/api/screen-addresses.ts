// The one place where the API asks the screening room. A batch is looked through in slices, so that readers of pages are
// answered between two of them.
import { listDatasets, type Dataset } from "../datasets/datasets.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { ADDRESS_LISTS, screenAddress } from "../screening/screening.ts";

export const SCREEN_BATCH_MAX = 10_000;
const SLICE_MS = 20;

type Reads = Pick<LogReader, "db">;

export type ScreenedAddress = {
  asked: string;
  /** The address as it is compared; null where the text is none. */
  address: string | null;
  outcome: "listed" | "delisted" | "not listed" | "unknown" | "not an address";
  words: string;
  hits: { list: string; edition: string; entry: number; assets: string[]; names: string[] }[];
  tags: { label: string; source: string; confidence: string; pack: string; entry: number }[];
};

export function screenOne(log: Reads, text: string, on: string, log_size: number): ScreenedAddress {
  const found = screenAddress(log, text, on, log_size);
  if (!found) return { asked: text, address: null, outcome: "not an address", words: "This is no address that is recognised.", hits: [], tags: [] };
  const { address, outcome, words, hits, tags } = found;
  return { asked: text, address, outcome, words, hits: hits.map(({ list, edition, entry, assets, names }) => ({ list, edition, entry, assets, names })), tags };
}

export async function screenBatch(log: Reads, texts: readonly string[], on: string, log_size: number): Promise<ScreenedAddress[]> {
  const found: ScreenedAddress[] = [];
  let from = performance.now();
  for (const text of texts) {
    found.push(screenOne(log, text, on, log_size));
    if (performance.now() - from < SLICE_MS) continue;
    await new Promise((resolve) => setImmediate(resolve));
    from = performance.now();
  }
  return found;
}

/** Released editions, oldest entry first. */
export const addressLists = (log: Reads, log_size: number): Dataset[] =>
  listDatasets(log, log_size)
    .filter(({ name, edition, released }) => ADDRESS_LISTS.includes(name) && edition !== null && released !== undefined && released < log_size)
    .reverse();
