// tracewire trace rank ADDRESS: which addresses are worth a look, seen from one. Scores, never money.
import { TracewireError } from "../errors.ts";
import { namedRanks, RANKING_COLUMNS, RANKING_CUT, RANKING_NOTE, rankingCells, rankingWords, rankNewsroom, readRankingMethod } from "../tracing/tracing.ts";
import { list, openReader, text, type CommandContext, type Options } from "./command.ts";
import { table, wrap } from "./output.ts";

const SHOWN_MAX = 30;

export async function rankAddresses(context: CommandContext, [from]: string[], options: Options): Promise<void> {
  if (!from) throw new TracewireError("BAD_ARGUMENT", { what: "Seen from which address?", hint: "tracewire trace rank ADDRESS [--method ttr|appr] [--set NAME]" });
  const method = readRankingMethod(text(options, "method"));
  const { output } = context;
  const newsroom = openReader(context);
  try {
    const sets = list(options, "set");
    const found = await rankNewsroom(newsroom, from, method, sets.length > 0 ? { sets } : {});
    for (const note of found.notes) output.note(note);
    if (found.cut) output.note(RANKING_CUT);
    const ranks = namedRanks(newsroom.log, found);
    if (context.json) return output.json({ ...found, note: RANKING_NOTE, ranks });
    const { title, over } = rankingWords(found);
    output.line(output.bold(title));
    output.line(output.dim(over));
    output.line();
    for (const line of table([[...RANKING_COLUMNS], ...rankingCells(ranks).slice(0, SHOWN_MAX)], output.width, [0, 2])) output.line(line);
    if (ranks.length > SHOWN_MAX) output.line(output.dim(`… and ${ranks.length - SHOWN_MAX} more (--json has all)`));
    output.line();
    for (const line of wrap(RANKING_NOTE, output.width)) output.line(line);
  } finally {
    newsroom.close();
  }
}
