// What becomes public with a kept trace, for who is about to release it: its seed and the names at its ends go out with it,
// whatever they were read from; its transfers do not.
import { readClaims } from "../casefile/casefile.ts";
import { datasetOfEntry, readRows } from "../datasets/datasets.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { listTransferSets } from "./transfer-set-list.ts";
import type { SavedTrace } from "./saved-traces.ts";

const NAMES_MAX = 12;

export type GoesOut = {
  /** Thefts that it begins at and of which no claim is public. */
  seeds: string[];
  /** Names that stand at its ends, by whomever; the first 12. */
  names: string[];
  /** Sets of transfers that stay hidden: who reads the trace cannot ask it again. */
  hidden_sets: string[];
};

type Reads = Pick<LogReader, "db" | "size">;

export function whatGoesOut(log: Reads, trace: Pick<SavedTrace, "ask" | "sets" | "totals">): GoesOut {
  const log_size = log.size();
  const begun = trace.ask.from.split(",").map((seed) => seed.trim()).filter((seed) => seed !== "");
  const subjects = begun.map((seed) => (seed.startsWith("theft/") ? seed : `theft/${seed}`));
  const isClaimed = (evidence: "released" | "all", subject: string) => readClaims(log, { log_size, evidence }, { subject }).length > 0;
  const names = readRows(log, datasetOfEntry(log, trace.totals)).flatMap(({ name }) => (name ? [name] : []));
  return {
    seeds: subjects.filter((subject) => isClaimed("all", subject) && !isClaimed("released", subject)),
    names: [...new Set(names)].slice(0, NAMES_MAX),
    hidden_sets: hiddenSets(log, trace),
  };
}

/** Sets under a trace that are not public. */
export function hiddenSets(log: Pick<LogReader, "db" | "size">, { sets }: Pick<SavedTrace, "sets">): string[] {
  const held = listTransferSets(log);
  return sets.filter(({ seq }) => held.find((set) => set.seq === seq)?.released === undefined).map(({ name }) => name);
}
