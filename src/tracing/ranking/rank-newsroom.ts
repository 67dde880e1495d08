// A ranking asked of a newsroom: over its sets of transfers, read as a trace reads them.
import { TracewireError } from "../../errors.ts";
import type { SetRef } from "../ask.ts";
import { dataOf, readWanted, type Newsroom } from "../ask-newsroom.ts";
import { readSeeds } from "../seed-text.ts";
import { rankFrom, type Ranking, type RankingMethod } from "./ranking.ts";

export type NewsroomRanking = Ranking & { from: string; sets: SetRef[]; log_size: number; notes: string[] };

/** `from`: an address, or several with commas. Throws NOT_FOUND where no set holds it, BAD_ARGUMENT where it is no address. */
export async function rankNewsroom(newsroom: Newsroom, from: string, method: RankingMethod, sets?: string[]): Promise<NewsroomRanking> {
  const log_size = newsroom.log.size();
  const read = await readWanted(newsroom, { from }, { sets }, log_size);
  const data = dataOf(read, { from });
  if (data.kind === "utxo")
    throw new TracewireError("BAD_ARGUMENT", { what: "Ranking is not offered for transactions with inputs and outputs (Bitcoin and its kind): both walks are defined over transfers between accounts", hint: "Name a set of transfers between accounts with --set NAME; over outputs ask tracewire trace, or tracewire cluster." });
  const addresses = readSeeds(from, { data }).map((seed) => {
    if (seed.kind === "address") return seed.address;
    throw new TracewireError("BAD_ARGUMENT", { what: `Ranking begins at addresses, and "${from}" is none`, hint: "tracewire trace rank ADDRESS" });
  });
  return {
    from,
    ...rankFrom(data.table, addresses, method),
    sets: read.sets.map(({ name, seq, rows_root, row_count }) => ({ name, seq, rows_root, row_count })),
    log_size,
    notes: read.notes,
  };
}
