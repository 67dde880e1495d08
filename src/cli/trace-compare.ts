// tracewire trace compare A B: two kept traces, or one before and after, place by place.
import { readRows, datasetOfEntry } from "../datasets/datasets.ts";
import { TracewireError } from "../errors.ts";
import { assetWords, compareTotals, findTrace, writeAmount, type SavedTrace, type TotalsRow } from "../tracing/tracing.ts";
import { openReader, type CommandContext } from "./command.ts";
import { table } from "./output.ts";

const SHOWN_MAX = 40;

export function compareTraces(context: CommandContext, [first, second]: string[]): void {
  if (!first || !second) throw new TracewireError("BAD_ARGUMENT", { what: "Compare which two?", hint: "tracewire trace compare NAME OTHER; a name may end in @LOGSIZE" });
  const newsroom = openReader(context);
  try {
    const rowsOf = ({ totals }: SavedTrace) => readRows(newsroom.log, datasetOfEntry(newsroom.log, totals)) as unknown as TotalsRow[];
    const find = (reference: string): SavedTrace => {
      const [id, size] = reference.split("@") as [string, string?];
      const found = findTrace(newsroom.log, id, size === undefined ? undefined : Number(size), "all");
      if (!found) throw new TracewireError("NOT_FOUND", { what: `No trace is kept as "${reference}"` });
      return found;
    };
    const [before, after] = [find(first), find(second)];
    const differences = compareTotals(rowsOf(before), rowsOf(after));
    for (const one of differences) context.output.json({ ...one, before: String(one.before), after: String(one.after) });
    if (differences.length === 0) {
      context.output.line(`${first} and ${second} say the same, place by place.`);
      return;
    }
    context.output.line(`${differences.length} differences between ${first} (entry ${before.seq}) and ${second} (entry ${after.seq})`);
    const rows = differences.slice(0, SHOWN_MAX).map(({ method, asset, what, place, before: was, after: now }) => {
      const words = assetWords(asset);
      const change = now - was;
      return [method, what, writeAmount(was, words), writeAmount(now, words), `${change > 0n ? "+" : "−"}${writeAmount(change < 0n ? -change : change, words, false)}`, place];
    });
    for (const line of table([["method", "what", "before", "after", "change", "place"], ...rows], context.output.width, [2, 3, 4])) context.output.line(line);
    if (differences.length > SHOWN_MAX) context.output.line(context.output.dim(`… and ${differences.length - SHOWN_MAX} more (--json has all)`));
  } finally {
    newsroom.close();
  }
}
