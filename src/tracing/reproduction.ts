// A kept trace made again, and how that reads.
import type { TracewireError } from "../errors.ts";
import { notReproduced, reproduceTrace, type MovedVersion, type Newsroom } from "./ask-newsroom.ts";
import type { SavedTrace } from "./saved-traces.ts";
import { supersededSets } from "./transfer-sets.ts";

export type Reproduction = {
  answer: { id: string; entry: number; log_size: number; same: boolean; kept_sha256: string; computed_sha256: string; versions_moved: MovedVersion[] };
  /** What to know of an answer that is the same. */
  notes: string[];
  /** That it is the same, in one line. */
  words: string;
  /** Why it is not: NOT_REPRODUCED. */
  fault?: TracewireError;
};

export async function reproduction(newsroom: Newsroom, trace: SavedTrace): Promise<Reproduction> {
  const found = await reproduceTrace(newsroom, trace);
  const { same, result_sha256, moved } = found;
  const { id, seq, log_size, step_count, sets } = trace;
  const replaced = supersededSets(newsroom.log);
  return {
    answer: { id, entry: seq, log_size, same, kept_sha256: trace.result_sha256, computed_sha256: result_sha256, versions_moved: moved },
    notes: [
      ...moved.map(({ method, kept, now }) => `${method} was version ${kept} then and is version ${now} now; over these transfers both give the same.`),
      ...sets.filter((set) => replaced.has(set.seq)).map((set) => `${set.name} was replaced by entry ${replaced.get(set.seq)}: the trace is what it was, and rests on rows that were replaced.`),
    ],
    words: `same  trace ${id}  ${step_count} steps  at log size ${log_size}  ${result_sha256.slice(0, 16)}…`,
    ...(same ? {} : { fault: notReproduced(trace, found) }),
  };
}
