// The door of the figures room: named specs, figures computed from claims, their words, their restatements.
import { canonicalJson, type Json, type LogReader, type Transaction } from "../evidence/evidence.ts";
import { TracewireError } from "../errors.ts";
import { computeOrFault } from "./compute-or-fault.ts";
import type { Figure } from "./figure.ts";
import { findFigureSpec } from "./figure-specs.ts";
import { parseFigureSpec, type FigureSpec } from "./figure-spec.ts";
import { movedBetween } from "../casefile/casefile.ts";
import { canMoveAny, mayMove } from "./what-moves.ts";

export { computeFigure, figureHash, RULES_VERSION } from "./compute-figure.ts";
export { computeOrFault } from "./compute-or-fault.ts";
export { figureSpecSchema, parseFigureSpec, type FigureSpec } from "./figure-spec.ts";
export { datasetsOf, isOverRowsOnly, ROWS_LISTED_MAX } from "./compute-rows.ts";
export { periodLengthName } from "./periods.ts";
export type { Figure, FigureRow } from "./figure.ts";
export { findFigureSpec, listFigureSpecs, requireFigureSpec, type NamedSpec } from "./figure-specs.ts";
export { entriesOfFigures } from "./figure-entries.ts";
export {
  lineOf as theftLineOf,
  readTheftChoices,
  readTheftLine,
  readTheftLines,
  readTheftPage,
  theftLinesView,
  type TheftChoices,
  type TheftFilter,
  type TheftLine,
} from "./theft-lines.ts";
export { listChoicesOn, type ChoiceOn } from "./choices-on.ts";
export { findNotReleased, notReleasedWords, releaseCommand, type NotReleased } from "./not-released.ts";
export { listUndecided, type Undecided } from "./undecided.ts";
export { mayMove } from "./what-moves.ts";
export { figuresView } from "./figures-view.ts";
export {
  describeFigure,
  figurePhrase,
  formatCount,
  formatDate,
  formatMoney,
  formatValue,
  numberWord,
  type FigureWords,
} from "./wording.ts";
export { addDecimal, compareDecimal, formatDecimal, parseDecimal, roundDecimal, roundingPower, subtractDecimal } from "./decimal.ts";

export function appendFigureSpec(transaction: Transaction, value: unknown, by: string, where?: string): { seq: number; changed: boolean } {
  const spec = parseFigureSpec(value, where);
  const current = transaction.db.prepare("SELECT seq, spec FROM figure_specs WHERE id = ? AND to_seq IS NULL").get(spec.id);
  if (current && canonicalJson(JSON.parse(current.spec as string) as Json) === canonicalJson(spec as unknown as Json))
    return { seq: current.seq as number, changed: false };
  return { seq: transaction.append({ kind: "figure", spec: spec as unknown as Json, by }), changed: true };
}

export type Restatement = {
  seq: number;
  at: string;
  figure: string;
  from: StatedValue;
  to: StatedValue;
  cause: {
    what: "row added" | "row removed" | "value changed" | "range changed" | "rule changed" | "it cannot be computed any more" | "it can be computed again";
    subject?: string;
    from?: string | null;
    to?: string | null;
  }[];
};
export type StatedValue = Pick<Figure, "value" | "low" | "high" | "rows_sha256" | "log_size"> & {
  /** Where the rules gave no value: why. Then there are no rows, and `rows_sha256` is empty. */
  why?: string;
};

const CAUSES_MAX = 50;

/**
 * Called at the end of every change: a figure that a publication rests on, and that this change moves, gets a
 * restatement that links the old value to the new one with its cause. What was published keeps its own value. Where
 * the rules have no answer any more, the restatement says so with the reason; the change itself goes through.
 */
export function recordRestatements(transaction: Transaction, log: LogReader, size_before: number, by: string): void {
  const size = transaction.size();
  const moved = movedBetween(transaction.db, size_before, size);
  if (!canMoveAny(moved)) return;
  const isErased = transaction.db.prepare("SELECT 1 FROM entry_index WHERE kind = 'erasure' AND seq >= ? LIMIT 1").get(size_before) !== undefined;
  for (const stated of transaction.db.prepare("SELECT * FROM stated_figures WHERE log_size <= ? ORDER BY id").all(size_before)) {
    const named = findFigureSpec(transaction, stated.id as string);
    const oldSpec = transaction.db.prepare("SELECT spec FROM figure_specs WHERE seq = ?").get(stated.spec_seq as number);
    if (!named || !oldSpec || !mayMove(named.spec, moved)) continue;
    // The root over an uncommitted log is not known yet, and a restatement does not need it.
    const rootless: LogReader = { ...log, root: () => "" };
    const now = computeOrFault(rootless, named.spec, size);
    const to = now instanceof TracewireError ? withoutValue(now, size) : statedValue(now);
    const ruleChanged = named.seq !== stated.spec_seq;
    const isSame = (["rows_sha256", "value", "low", "high"] as const).every((name) => to[name] === stated[name]);
    // Without an answer before and after, nothing was moved that a reader could see.
    if (isSame && (!ruleChanged || to.rows_sha256 === NO_ROWS)) continue;
    const before = computeOrFault(rootless, JSON.parse(oldSpec.spec as string) as FigureSpec, stated.log_size as number);
    transaction.append({
      kind: "restatement",
      figure: named.id,
      spec_seq: named.seq,
      from: statedRow(stated) as unknown as Json,
      to: to as unknown as Json,
      cause: causesOf(before, now, ruleChanged).map((cause) => (isErased ? withoutValues(cause) : cause)) as unknown as Json,
      by,
    });
  }
}

const NO_ROWS = "";

/** What an erasure took away is not said again in the very entry that tells of it. */
const withoutValues = ({ what, subject }: Restatement["cause"][number]): Restatement["cause"][number] => ({ what, ...(subject === undefined ? {} : { subject }) });

/**
 * Restatements of the figures that a subject's row moved after entry `since`, that one and all later: from them, or from the
 * difference of two, the value of an erased claim could still be told.
 */
export function restatementsMovedBy(log: LogReader, subject: string, since: number): number[] {
  return log.db
    .prepare(
      `WITH moved AS (
         SELECT id, min(seq) AS first FROM restatements r
         WHERE seq > ? AND EXISTS (SELECT 1 FROM json_each(r.body, '$.cause') c WHERE c.value ->> '$.subject' = ?) GROUP BY id)
       SELECT r.seq FROM restatements r JOIN moved m ON m.id = r.id AND r.seq >= m.first ORDER BY r.seq`,
    )
    .all(since, subject)
    .map((row) => row.seq as number);
}

function withoutValue({ message }: TracewireError, log_size: number): StatedValue {
  return { value: null, low: null, high: null, rows_sha256: NO_ROWS, log_size: String(log_size), why: message };
}

/** As it was stated, also where what it was counted from has been erased since. */
function statedRow({ value, low, high, rows_sha256, log_size }: Record<string, unknown>): StatedValue {
  return { ...({ value, low, high, rows_sha256 } as Pick<StatedValue, "value" | "low" | "high" | "rows_sha256">), log_size: String(log_size) };
}

export function readRestatements(log: LogReader, id: string): Restatement[] {
  return log.db
    .prepare("SELECT seq, body FROM restatements WHERE id = ? ORDER BY seq")
    .all(id)
    .map((row) => ({ seq: row.seq as number, ...(JSON.parse(row.body as string) as Omit<Restatement, "seq">) }));
}

function statedValue({ value, low, high, rows_sha256, log_size }: Figure): StatedValue {
  return { value, low, high, rows_sha256, log_size };
}

function causesOf(before: Figure | TracewireError, now: Figure | TracewireError, ruleChanged: boolean): Restatement["cause"] {
  const causes: Restatement["cause"] = ruleChanged ? [{ what: "rule changed" }] : [];
  if (now instanceof TracewireError) return [...causes, { what: "it cannot be computed any more" }];
  if (before instanceof TracewireError) return [...causes, { what: "it can be computed again" }];
  const key = (row: Figure["rows"][number]) => `${row.subject}|${row.label}`;
  const old = new Map(before.rows.map((row) => [key(row), row]));
  const current = new Map(now.rows.map((row) => [key(row), row]));
  for (const [name, row] of current) {
    const was = old.get(name);
    if (!was) causes.push({ what: "row added", subject: row.subject, to: row.value });
    else if (was.value !== row.value) causes.push({ what: "value changed", subject: row.subject, from: was.value, to: row.value });
    else if (was.low !== row.low || was.high !== row.high)
      causes.push({ what: "range changed", subject: row.subject, from: `${was.low} to ${was.high}`, to: `${row.low} to ${row.high}` });
  }
  for (const [name, row] of old) if (!current.has(name)) causes.push({ what: "row removed", subject: row.subject, from: row.value });
  return causes.slice(0, CAUSES_MAX);
}
