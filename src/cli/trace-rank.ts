// tracewire trace rank ADDRESS: which addresses are worth a look, seen from one. Scores, never money.
import { TracewireError } from "../errors.ts";
import { openTagBook, RANKING_METHODS, RANKING_NOTE, rankNewsroom, type RankingMethod, type Tag } from "../tracing/tracing.ts";
import { list, openReader, text, type CommandContext, type Options } from "./command.ts";
import { table, wrap } from "./output.ts";

const SHOWN_MAX = 30;

export async function rankAddresses(context: CommandContext, [from]: string[], options: Options): Promise<void> {
  if (!from) throw new TracewireError("BAD_ARGUMENT", { what: "Seen from which address?", hint: "tracewire trace rank ADDRESS [--method ttr|appr] [--set NAME]" });
  const method = readMethod(text(options, "method"));
  const { output } = context;
  const newsroom = openReader(context);
  try {
    const sets = list(options, "set");
    const { ranks, ...found } = await rankNewsroom(newsroom, from, method, sets.length > 0 ? sets : undefined);
    for (const note of found.notes) output.note(note);
    if (found.cut) output.note("It ended at the limit on rows looked at: what lies further off may be missing.");
    const book = openTagBook(newsroom.log, { log_size: found.log_size });
    if (context.json) {
      const named = ranks.map((one) => ({ ...one, tags: book.tagsOf(one.address, one.chain).map(({ label, category, said_by, source }) => ({ label, category, said_by, source })) }));
      return output.json({ ...found, note: RANKING_NOTE, ranks: named });
    }
    output.line(output.bold(`Worth a look, seen from ${from} (${method})`));
    output.line(output.dim(`over ${found.sets.map(({ name }) => name).join(", ")} (log size ${found.log_size})`));
    output.line();
    const isOfSeveral = new Set(ranks.map(({ chain }) => chain)).size > 1;
    const nameOf = (chain: string, address: string) => (isOfSeveral && chain !== "" ? `${chain}:${address}` : address);
    const rows = ranks.slice(0, SHOWN_MAX).map(({ rank, chain, address, score }) => [String(rank), nameOf(chain, address), score.toFixed(6), tagWords(book.tagsOf(address, chain))]);
    for (const line of table([["rank", "address", "score", "tag"], ...rows], output.width, [0, 2])) output.line(line);
    if (ranks.length > SHOWN_MAX) output.line(output.dim(`… and ${ranks.length - SHOWN_MAX} more (--json has all)`));
    output.line();
    for (const line of wrap(RANKING_NOTE, output.width)) output.line(line);
  } finally {
    newsroom.close();
  }
}

function readMethod(given: string | undefined): RankingMethod {
  const name = (given ?? RANKING_METHODS[0]).toLowerCase();
  const known = RANKING_METHODS.find((method) => method === name);
  if (!known) throw new TracewireError("BAD_ARGUMENT", { what: `--method: "${given}" is no ranking`, hint: `Rankings: ${RANKING_METHODS.join(", ")}. The five conventions are --methods of a trace.` });
  return known;
}

/** Who it is, in whose word; of several the first, and how many more. */
function tagWords(tags: readonly Tag[]): string {
  const [first] = tags;
  if (!first) return "";
  return `${first.label || first.category} (${first.said_by})${tags.length > 1 ? `, and ${tags.length - 1} more` : ""}`;
}
