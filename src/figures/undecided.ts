// Rival values that nothing chooses between yet: comparable claims (same field, unit, measure, basis, part and time) that
// differ, where no figure's rules name one of their claimants or documents. A figure would take the latest, which is a
// choice that nobody made; what to do is to name whose value is taken, or to judge.
import { setImmediate as nextTurn } from "node:timers/promises";
import { fieldSpec, listSubjects, readClaims, type Claim, type Kind, type Vantage } from "../casefile/casefile.ts";
import type { LogReader } from "../evidence/evidence.ts";
import type { FigureSpec } from "./figure-spec.ts";
import { listFigureSpecs } from "./figure-specs.ts";

const COUNTED: readonly Kind[] = ["theft", "published-total"];
/** Subjects looked at before others get their turn: a few milliseconds. */
const SUBJECTS_IN_A_TURN = 100;

export type Undecided = {
  subject: string;
  field: string;
  /** One for each value, as held first. */
  claims: Claim[];
  /** Entry since which they differ. */
  since: number;
};

/** All of them, those that have stood longest first. */
export async function listUndecided(log: Pick<LogReader, "db">, at: Vantage): Promise<Undecided[]> {
  const choosing = listFigureSpecs(log, { log_size: at.log_size })
    .flatMap(({ spec }) => [spec, ...(spec.parts ?? [])] as FigureSpec[])
    .filter(({ choice }) => choice?.claimants !== undefined || choice?.documents !== undefined);
  const found: Undecided[] = [];
  for (const kind of COUNTED)
    for (let after = `${kind}/`; ;) {
      const subjects = listSubjects(log, at, kind, { after, limit: SUBJECTS_IN_A_TURN });
      if (subjects.length === 0) break;
      const claims = readClaims(log, at, { subjects: { after, upTo: subjects.at(-1)! } });
      for (const rivals of Map.groupBy(claims.filter(isNumber), likeness).values()) {
        const values = [...new Map(rivals.toReversed().map((claim) => [claim.value, claim])).values()].sort((a, b) => a.seq - b.seq);
        if (values.length > 1 && !choosing.some((spec) => chooses(spec, kind, values))) found.push({ subject: values[0]!.subject, field: values[0]!.field, claims: values, since: values[1]!.seq });
      }
      after = subjects.at(-1)!;
      await nextTurn();
    }
  return found.sort((a, b) => a.since - b.since);
}

const isNumber = (claim: Claim): boolean =>
  claim.hedge !== "withdrawn" && claim.hedge !== "denied" && ["amount", "count", "percent"].includes(fieldSpec(claim.kind_of, claim.field)?.type ?? "");

const likeness = ({ subject, field, unit, measure, valuation, part_of, period }: Claim): string =>
  JSON.stringify([subject, field, unit, measure, valuation?.basis, valuation?.minted, part_of, period]);

function chooses(spec: FigureSpec, kind: Kind, claims: readonly Claim[]): boolean {
  if (spec.of !== kind || spec.field !== claims[0]!.field || (spec.subject !== undefined && spec.subject !== claims[0]!.subject)) return false;
  const { claimants, documents } = spec.choice!;
  return claims.some(({ claimant, document }) => (claimants?.includes(claimant) ?? true) && (documents?.includes(document ?? "") ?? true));
}
