// Which sets of transfers and which kept traces somebody may see, and what a form names of them.
import { TracewireError } from "../errors.ts";
import { findKept, listTraces, listTransferSets, type SavedTrace, type TransferSet } from "../tracing/tracing.ts";
import { seesSets } from "./objects.ts";
import type { SignedInContext } from "./route.ts";

const isSeen = ({ newsroom, who }: SignedInContext, { sets }: SavedTrace): boolean => seesSets(newsroom.log, who, sets.map(({ seq }) => seq));

export const seenTraces = (context: SignedInContext): SavedTrace[] => listTraces(context.newsroom.log, "all").filter((trace) => isSeen(context, trace));
export const seenSets = ({ newsroom, who }: SignedInContext): TransferSet[] =>
  listTransferSets(newsroom.log).filter((set) => set.superseded_by === undefined && seesSets(newsroom.log, who, [set.seq]));

/** All that they may see, and those of them that a form names. Throws NOT_FOUND for one that is not theirs to see. */
export function wantedSets(context: SignedInContext, named: readonly string[] | undefined): { among: string[]; sets?: string[] } {
  const among = seenSets(context).map(({ seq }) => String(seq));
  const unseen = named?.find((seq) => !among.includes(seq));
  if (unseen !== undefined) throw new TracewireError("NOT_FOUND", { what: `sets: no set of transfers is held as entry ${unseen}`, where: "sets" });
  return { among, ...(named ? { sets: [...named] } : {}) };
}

/** NAME or NAME@LOGSIZE. Throws NOT_FOUND for what is not there, or not theirs to see. */
export function keptOf(context: SignedInContext, reference: string, where: string): SavedTrace {
  const absent = new TracewireError("NOT_FOUND", { what: `${where}: no trace is kept as “${reference}”`, where });
  let found: SavedTrace;
  try {
    found = findKept(context.newsroom.log, reference);
  } catch (error) {
    if (error instanceof TracewireError && error.code === "NOT_FOUND") throw absent;
    throw error;
  }
  if (!isSeen(context, found)) throw absent;
  return found;
}
