// Two kept traces, or one as kept at two log sizes, place by place. Two of one convention each are compared by that,
// whichever they are, and else by the conventions that both have.
import { readRows, datasetOfEntry } from "../datasets/datasets.ts";
import { TracewireError } from "../errors.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { assetWords, shortAmount, shortName } from "./asset-words.ts";
import { compareTotals, type Difference, type TotalsRow } from "./compare.ts";
import type { MethodName } from "./methods/methods.ts";
import type { Stop } from "./request.ts";
import { findTrace, type SavedTrace } from "./saved-traces.ts";

type Reads = Pick<LogReader, "db">;

export type TraceComparison = {
  /** As they were named. */
  names: [before: string, after: string];
  before: SavedTrace;
  after: SavedTrace;
  /** What of two questions is not the same: a difference in the answers may be no more than that. */
  asked_apart: string[];
  differences: Difference[];
};

/** NAME or NAME@LOGSIZE, public or not. Throws NOT_FOUND. */
export function findKept(log: Reads, reference: string): SavedTrace {
  const [id, size] = reference.split("@") as [string, string?];
  const found = findTrace(log, id, size === undefined ? undefined : Number(size), "all");
  if (!found) throw new TracewireError("NOT_FOUND", { what: `No trace is kept as "${reference}"` });
  return found;
}

/** Throws BAD_ARGUMENT where they have no convention in common. */
export function compareKept(log: Reads, names: TraceComparison["names"], [before, after]: readonly [SavedTrace, SavedTrace]): TraceComparison {
  const [[one, ...moreBefore], [other, ...moreAfter]] = [before.ask.methods, after.ask.methods];
  const isByMethod = moreBefore.length + moreAfter.length === 0 && one !== other;
  const common = new Set(before.ask.methods.filter((method) => after.ask.methods.includes(method)));
  if (common.size === 0 && !isByMethod)
    throw new TracewireError("BAD_ARGUMENT", { what: `${names[0]} and ${names[1]} have no convention in common`, hint: "Two traces of one convention each are compared whichever they are." });
  const rowsOf = ({ totals }: SavedTrace) => {
    const rows = readRows(log, datasetOfEntry(log, totals)) as unknown as TotalsRow[];
    return isByMethod ? rows.map((row) => ({ ...row, method: `${one} → ${other}` })) : rows.filter(({ method }) => common.has(method as MethodName));
  };
  return { names, before, after, asked_apart: askedApart(before, after), differences: compareTotals(rowsOf(before), rowsOf(after)) };
}

/** Before the table of differences; that there are none is said too. */
export function comparisonWords({ names: [first, second], before, after, asked_apart, differences }: TraceComparison): string[] {
  return [
    ...(asked_apart.length > 0 ? [`Not the same question: ${asked_apart.join("; ")}.`] : []),
    differences.length === 0
      ? `${first} and ${second} say the same, place by place.`
      : `${differences.length} differences between ${first} (entry ${before.seq}) and ${second} (entry ${after.seq}).`,
  ];
}

export const DIFFERENCE_COLUMNS = ["method", "what", "before", "after", "change", "place"] as const;

/** A line of DIFFERENCE_COLUMNS; amounts with at most so many decimals. */
export function differenceCells({ method, asset, what, place, before: was, after: now }: Difference, { before, after }: TraceComparison, decimals: number): string[] {
  const words = assetWords(asset, { ...before.tokens, ...after.tokens });
  const change = now - was;
  const written = (amount: bigint) => (amount === 0n ? "0" : shortAmount(amount, words, decimals));
  const unit = words?.symbol ?? `base units${asset === "native" ? "" : ` of ${shortName(asset)}`}`;
  return [method, what, written(was), written(now), `${change > 0n ? "+" : "−"}${written(change < 0n ? -change : change)}`, `${unit} ${shortName(place)}`.trim()];
}

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
