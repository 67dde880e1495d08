// tracewire trace compare A B: two kept traces, or one before and after, place by place.
import { TracewireError } from "../errors.ts";
import { compareKept, comparisonWords, differenceCells, DIFFERENCE_COLUMNS, findKept } from "../tracing/tracing.ts";
import { openReader, type CommandContext } from "./command.ts";
import { wrap } from "./output.ts";
import { fitting } from "./trace-print.ts";

const SHOWN_MAX = 40;

export function compareTraces(context: CommandContext, [first, second]: string[]): void {
  if (!first || !second) throw new TracewireError("BAD_ARGUMENT", { what: "Compare which two?", hint: "tracewire trace compare NAME OTHER; a name may end in @LOGSIZE" });
  const { output } = context;
  const newsroom = openReader(context);
  try {
    const found = compareKept(newsroom.log, [first, second], [findKept(newsroom.log, first), findKept(newsroom.log, second)]);
    const { differences } = found;
    for (const difference of differences) output.json({ ...difference, before: String(difference.before), after: String(difference.after) });
    for (const words of comparisonWords(found)) for (const line of wrap(words, output.width)) output.line(line);
    if (differences.length === 0) return;
    const shown = differences.slice(0, SHOWN_MAX);
    for (const line of fitting(output.width, [2, 3, 4], (decimals) => [[...DIFFERENCE_COLUMNS], ...shown.map((one) => differenceCells(one, found, decimals))])) output.line(line);
    if (differences.length > SHOWN_MAX) output.line(output.dim(`… and ${differences.length - SHOWN_MAX} more (--json has all, to the unit)`));
  } finally {
    newsroom.close();
  }
}
