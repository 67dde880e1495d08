// tracewire trace compare A B: two kept traces, or one before and after, place by place; two of one convention each are
// compared by that, whichever they are, and else by the conventions that both have.
import { readRows, datasetOfEntry } from "../datasets/datasets.ts";
import { TracewireError } from "../errors.ts";
import { assetWords, compareTotals, findTrace, shortAmount, type MethodName, type SavedTrace, type Stop, type TotalsRow } from "../tracing/tracing.ts";
import { openReader, type CommandContext } from "./command.ts";
import { wrap } from "./output.ts";
import { fitting, shortName } from "./trace-print.ts";

const SHOWN_MAX = 40;

export function compareTraces(context: CommandContext, [first, second]: string[]): void {
  if (!first || !second) throw new TracewireError("BAD_ARGUMENT", { what: "Compare which two?", hint: "tracewire trace compare NAME OTHER; a name may end in @LOGSIZE" });
  const { output } = context;
  const newsroom = openReader(context);
  try {
    const find = (reference: string): SavedTrace => {
      const [id, size] = reference.split("@") as [string, string?];
      const found = findTrace(newsroom.log, id, size === undefined ? undefined : Number(size), "all");
      if (!found) throw new TracewireError("NOT_FOUND", { what: `No trace is kept as "${reference}"` });
      return found;
    };
    const [before, after] = [find(first), find(second)];
    const [[one, ...moreBefore], [other, ...moreAfter]] = [before.ask.methods, after.ask.methods];
    const isByMethod = moreBefore.length + moreAfter.length === 0 && one !== other;
    const common = new Set(before.ask.methods.filter((method) => after.ask.methods.includes(method)));
    if (common.size === 0 && !isByMethod) throw new TracewireError("BAD_ARGUMENT", { what: `${first} and ${second} have no convention in common`, hint: "Two traces of one convention each are compared whichever they are." });
    const rowsOf = ({ totals }: SavedTrace) => {
      const rows = readRows(newsroom.log, datasetOfEntry(newsroom.log, totals)) as unknown as TotalsRow[];
      return isByMethod ? rows.map((row) => ({ ...row, method: `${one} → ${other}` })) : rows.filter(({ method }) => common.has(method as MethodName));
    };
    const differences = compareTotals(rowsOf(before), rowsOf(after));
    for (const difference of differences) output.json({ ...difference, before: String(difference.before), after: String(difference.after) });
    const say = (text: string) => wrap(text, output.width).forEach((line) => output.line(line));
    const asked = askedApart(before, after);
    if (asked.length > 0) say(`Not the same question: ${asked.join("; ")}.`);
    if (differences.length === 0) return say(`${first} and ${second} say the same, place by place.`);
    say(`${differences.length} differences between ${first} (entry ${before.seq}) and ${second} (entry ${after.seq}).`);
    const tokens = { ...before.tokens, ...after.tokens };
    const shown = differences.slice(0, SHOWN_MAX);
    const lines = fitting(output.width, [2, 3, 4], (decimals) => [
      ["method", "what", "before", "after", "change", "place"],
      ...shown.map(({ method, asset, what, place, before: was, after: now }) => {
        const words = assetWords(asset, tokens);
        const change = now - was;
        const written = (amount: bigint) => (amount === 0n ? "0" : shortAmount(amount, words, decimals));
        return [method, what, written(was), written(now), `${change > 0n ? "+" : "−"}${written(change < 0n ? -change : change)}`, [words?.symbol ?? `base units${asset === "native" ? "" : ` of ${shortName(asset)}`}`, shortName(place)].filter(Boolean).join(" ")];
      }),
    ]);
    for (const line of lines) output.line(line);
    if (differences.length > SHOWN_MAX) output.line(output.dim(`… and ${differences.length - SHOWN_MAX} more (--json has all, to the unit)`));
  } finally {
    newsroom.close();
  }
}

/** What of two questions is not the same: a difference in the answers may be no more than that. */
function askedApart(before: SavedTrace, after: SavedTrace): string[] {
  const fields = [...new Set([...Object.keys(before.ask), ...Object.keys(after.ask)])] as (keyof SavedTrace["ask"])[];
  const words = (value: unknown): string => {
    if (value === undefined) return "nothing";
    if (Array.isArray(value)) return value.join(", ");
    if (typeof value !== "object") return String(value);
    return Object.entries(value as Record<string, Stop | string>)
      .map(([key, of]) => `${shortName(key)}=${typeof of === "string" ? of : (of.name ?? of.reason)}`)
      .join(", ");
  };
  const sets = ({ sets: own }: SavedTrace) => own.map(({ name, rows_root }) => `${name} (root ${rows_root.slice(0, 12)})`).join(", ");
  return [
    ...fields.filter((field) => JSON.stringify(before.ask[field]) !== JSON.stringify(after.ask[field])).map((field) => `${field} ${words(before.ask[field])} and ${words(after.ask[field])}`),
    ...(sets(before) === sets(after) ? [] : [`over ${sets(before)} and ${sets(after)}`]),
  ];
}
