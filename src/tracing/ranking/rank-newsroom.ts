// A ranking asked of a newsroom: over its sets of transfers, read as a trace reads them.
import { TracewireError } from "../../errors.ts";
import type { LogReader } from "../../evidence/evidence.ts";
import type { SetRef } from "../ask.ts";
import { dataOf, readWanted, type AskOptions, type Newsroom } from "../ask-newsroom.ts";
import { readSeeds } from "../seed-text.ts";
import { openTagBook, type Tag } from "../tags/tags.ts";
import { rankFrom, RANKING_METHODS, type Ranking, type RankingMethod } from "./ranking.ts";

export type NewsroomRanking = Ranking & { from: string; sets: SetRef[]; log_size: number; notes: string[] };

/** `from`: an address, or several with commas. Throws NOT_FOUND where no set holds it, BAD_ARGUMENT where it is no address. */
export async function rankNewsroom(newsroom: Newsroom, from: string, method: RankingMethod, wanted: Pick<AskOptions, "sets" | "among"> = {}): Promise<NewsroomRanking> {
  const log_size = newsroom.log.size();
  const read = await readWanted(newsroom, { from }, wanted, log_size);
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

export const RANKING_CUT = "It ended at the limit on rows looked at: what lies further off may be missing.";
export const RANKING_COLUMNS = ["rank", "address", "score", "tag"] as const;

export type NamedRank = NewsroomRanking["ranks"][number] & { tags: Pick<Tag, "label" | "category" | "said_by" | "source">[] };

/** Each with who it is, in whose word, as tags of that log size say. */
export function namedRanks(log: Pick<LogReader, "db">, { ranks, log_size }: Pick<NewsroomRanking, "ranks" | "log_size">): NamedRank[] {
  const book = openTagBook(log, { log_size });
  return ranks.map((one) => ({ ...one, tags: book.tagsOf(one.address, one.chain).map(({ label, category, said_by, source }) => ({ label, category, said_by, source })) }));
}

/** Lines of RANKING_COLUMNS; an address with its chain where there are several. Of several tags the first, and how many more. */
export function rankingCells(ranks: readonly NamedRank[]): string[][] {
  const isOfSeveral = new Set(ranks.map(({ chain }) => chain)).size > 1;
  const tagWords = ([first, ...more]: NamedRank["tags"]) => (first === undefined ? "" : `${first.label || first.category} (${first.said_by})${more.length > 0 ? `, and ${more.length} more` : ""}`);
  return ranks.map(({ rank, chain, address, score, tags }) => [String(rank), isOfSeveral && chain !== "" ? `${chain}:${address}` : address, score.toFixed(6), tagWords(tags)]);
}

export const rankingWords = ({ from, method, sets, log_size }: Pick<NewsroomRanking, "from" | "sets" | "log_size" | "method">): { title: string; over: string } => ({
  title: `Worth a look, seen from ${from} (${method})`,
  over: `over ${sets.map(({ name }) => name).join(", ")} (log size ${log_size})`,
});

/** Throws BAD_ARGUMENT; left out, the first of them. */
export function readRankingMethod(given: string = RANKING_METHODS[0]): RankingMethod {
  const known = RANKING_METHODS.find((method) => method === given.toLowerCase());
  if (!known) throw new TracewireError("BAD_ARGUMENT", { what: `--method: "${given}" is no ranking`, hint: `Rankings: ${RANKING_METHODS.join(", ")}. The five conventions are --methods of a trace.` });
  return known;
}
