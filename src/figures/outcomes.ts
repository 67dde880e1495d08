// What a figure makes of each subject: left out, with the rule that does it, or its rows. It follows from the figure's
// rules, the subject's own claims and the judgements.
import { followSubjects, type Claim, type Followed, type Vantage } from "../casefile/casefile.ts";
import { canonicalJson, type Json, type LogReader } from "../evidence/evidence.ts";
import { chooseClaim, rowOf } from "./choose-claim.ts";
import type { Figure, FigureRow } from "./figure.ts";
import { kindOfFigure, type FigureSpec } from "./figure-spec.ts";
import { nameSubject, unnamedVictims, whyLeftOut, type Named } from "./select-subjects.ts";

/** The claims on which rows rest, as far as they must agree with those of others. */
export type Basis = { subject: string; basis: string; unit: string; measure: string };

export type Outcome = {
  label: string;
  /** Why it is left out; then it has nothing of what follows. */
  why: string | undefined;
  rows: readonly FigureRow[];
  bases: readonly Basis[];
  not_compared: Figure["not_compared"];
};

/** One outcome for each subject of the figure's kind, in the order of their names. */
export function outcomesOf(log: LogReader, spec: FigureSpec, at: Vantage): readonly Followed<Outcome>[] {
  const unnamed = unnamedVictims(log, at);
  return followSubjects(log, at, {
    kind: kindOfFigure(spec),
    key: canonicalJson(spec as unknown as Json),
    make: (subject, claims) => outcomeOf(subject, claims, spec, unnamed),
    reads_judgements: true,
  });
}

function outcomeOf(subject: string, claims: readonly Claim[], spec: FigureSpec, unnamed: ReadonlySet<string>): Outcome {
  const named = nameSubject(subject, claims, spec);
  const why = whyLeftOut(subject, claims, spec, unnamed);
  if (why !== undefined) return { label: named.label, why, rows: [], bases: [], not_compared: [] };
  const { rows, not_compared } = rowsOfSubject(named, spec);
  const resting = new Set(rows.map(({ claim }) => claim));
  return { label: named.label, why, rows, bases: claims.filter(({ seq }) => resting.has(seq)).map(basisOf), not_compared };
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
