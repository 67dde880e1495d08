// What a figure makes of each subject: left out, with the rule that does it, or its rows. An outcome follows from the
// figure's rules, the subject's own claims and the judgements. So the outcomes of an earlier size of the log still hold
// but for the subjects that were touched since: a claim on one theft costs that theft, not all of them.
import type { DatabaseSync } from "node:sqlite";
import { readClaims, type Claim, type Kind, type Vantage } from "../casefile/casefile.ts";
import { canonicalJson, type Json, type LogReader } from "../evidence/evidence.ts";
import { chooseClaim, rowOf } from "./choose-claim.ts";
import type { Figure, FigureRow } from "./figure.ts";
import { kindOfFigure, type FigureSpec } from "./figure-spec.ts";
import { nameSubject, unnamedVictims, whyLeftOut, type Named } from "./select-subjects.ts";
import { movedBetween } from "./what-moves.ts";

/** The claims on which rows rest, as far as they must agree with those of others. */
export type Basis = { subject: string; basis: string; unit: string; measure: string };

export type Outcome = {
  subject: string;
  label: string;
  /** Why it is left out; then it has nothing of what follows. */
  why: string | undefined;
  rows: readonly FigureRow[];
  bases: readonly Basis[];
  not_compared: Figure["not_compared"];
};

const NONE: readonly never[] = [];
/** A subject left out is about 150 bytes, one with a row 600. */
const OUTCOMES_KEPT_MAX = 200_000;

type Kept = { log_size: number; outcomes: readonly Outcome[] };
const kept = new WeakMap<DatabaseSync, Map<string, Kept>>();

/** One outcome for each subject of the figure's kind, in the order of their names. */
export function outcomesOf(log: LogReader, spec: FigureSpec, at: Vantage): readonly Outcome[] {
  const own = kept.get(log.db) ?? new Map<string, Kept>();
  kept.set(log.db, own);
  const key = canonicalJson([spec as unknown as Json, at.evidence]);
  const known = own.get(key);
  const outcomes = (known && advance(log, spec, at, known)) ?? computeAll(log, spec, at);
  // What a transaction sees may be taken back, and a state of the past is seldom asked for twice.
  if (!log.db.isTransaction && !(known && known.log_size > at.log_size)) keep(own, key, { log_size: at.log_size, outcomes });
  return outcomes;
}

function computeAll(log: LogReader, spec: FigureSpec, at: Vantage): Outcome[] {
  const unnamed = unnamedVictims(log, at);
  return subjectsOf(log, at, kindOfFigure(spec)).map(([subject, claims]) => outcomeOf(subject, claims, spec, unnamed));
}

/** The outcomes at a later size; undefined where they are better computed anew. */
function advance(log: LogReader, spec: FigureSpec, at: Vantage, { log_size, outcomes }: Kept): readonly Outcome[] | undefined {
  if (log_size === at.log_size) return outcomes;
  if (log_size > at.log_size) return undefined;
  const moved = movedBetween(log.db, log_size, at.log_size);
  if (moved === "everything" || moved.judged) return undefined;
  const kind = kindOfFigure(spec);
  const touched = [...moved.subjects].filter((subject) => subject.startsWith(`${kind}/`));
  if (touched.length === 0) return outcomes;
  if (touched.length > 1 + outcomes.length / 8) return undefined;
  const unnamed = unnamedVictims(log, at);
  const bySubject = new Map(outcomes.map((outcome) => [outcome.subject, outcome]));
  let isInOrder = true;
  for (const subject of touched) {
    const claims = readClaims(log, at, { subject });
    if (claims.length === 0) {
      bySubject.delete(subject);
      continue;
    }
    // A name that is there already keeps its place; a new one stands at the end until all are sorted.
    isInOrder &&= bySubject.has(subject);
    bySubject.set(subject, outcomeOf(subject, claims, spec, unnamed));
  }
  const next = [...bySubject.values()];
  return isInOrder ? next : next.sort((a, b) => (a.subject < b.subject ? -1 : 1));
}

function keep(own: Map<string, Kept>, key: string, now: Kept): void {
  own.delete(key);
  own.set(key, now);
  let held = [...own.values()].reduce((sum, { outcomes }) => sum + outcomes.length, 0);
  for (const [oldest, { outcomes }] of own) {
    if (held <= OUTCOMES_KEPT_MAX) break;
    own.delete(oldest);
    held -= outcomes.length;
  }
}

function outcomeOf(subject: string, claims: readonly Claim[], spec: FigureSpec, unnamed: ReadonlySet<string>): Outcome {
  const named = nameSubject(subject, claims, spec);
  const why = whyLeftOut(subject, claims, spec, unnamed);
  if (why !== undefined) return { subject, label: named.label, why, rows: NONE, bases: NONE, not_compared: NONE as unknown as Figure["not_compared"] };
  const { rows, not_compared } = rowsOfSubject(named, spec);
  const resting = new Set(rows.map(({ claim }) => claim));
  return { subject, label: named.label, why, rows, bases: claims.filter(({ seq }) => resting.has(seq)).map(basisOf), not_compared };
}

export const basisOf = (claim: Claim): Basis => ({
  subject: claim.subject,
  basis: claim.valuation?.basis ?? "none stated",
  unit: claim.unit ?? "none",
  measure: claim.measure ?? "none stated",
});

/** Rule 9: one theft may be several when a claimant names its parts. */
function rowsOfSubject(subject: Named, spec: FigureSpec): Pick<Outcome, "rows" | "not_compared"> {
  if (spec.splits === "parts") {
    const parts = Map.groupBy(
      subject.claims.filter(
        (claim) => claim.part_of && claim.field === (spec.field ?? "amount") && (!spec.currency || claim.unit === spec.currency),
      ),
      (claim) => claim.claimant,
    );
    for (const own of parts.values()) {
      const latest = [...Map.groupBy(own, (claim) => claim.part_of!).values()].map((same) => same.at(-1)!);
      if (latest.length > 1)
        return { rows: latest.map((claim) => rowOf(subject, claim, [], `${subject.label}: ${claim.part_of}`)), not_compared: [] };
    }
  }
  if (!spec.field) return { rows: [rowOf(subject, undefined, [])], not_compared: [] };
  const { chosen, rivals, left_out } = chooseClaim(subject.claims, spec);
  return { rows: [rowOf(subject, chosen, spec.dispersion === "none" ? [] : rivals)], not_compared: left_out };
}

const read = new WeakMap<DatabaseSync, { key: string; subjects: readonly [string, Claim[]][] }>();

/**
 * Every subject of a kind with its claims, by name. A page, a change or a series by year computes several figures over the
 * same claims in one turn of the event loop: they are read once for it. The vantage fixes what is read, and the number of
 * changes which attempt at a transaction it was.
 */
function subjectsOf(log: LogReader, at: Vantage, kind: Kind): readonly [string, Claim[]][] {
  const changes = log.db.prepare("SELECT total_changes() AS number").get()!.number as number;
  const key = JSON.stringify([kind, at.log_size, at.evidence, at.as_of, changes]);
  const known = read.get(log.db);
  if (known?.key === key) return known.subjects;
  const claims = Map.groupBy(readClaims(log, at, { kind }), (claim) => claim.subject);
  const subjects = [...claims].sort(([a], [b]) => (a < b ? -1 : 1));
  read.set(log.db, { key, subjects });
  setImmediate(() => read.delete(log.db));
  return subjects;
}
