// What each figure makes of the claims on one subject: which it takes, by which of its rules; which stand beside that one in its
// range; which it cannot compare, and why; or that the subject is outside of it. Read from the figure as it is computed.
import { kindOf, readClaims, type Claim } from "../casefile/casefile.ts";
import { TracewireError } from "../errors.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { computeOrFault } from "./compute-or-fault.ts";
import { isOverRowsOnly } from "./compute-rows.ts";
import type { FigureSpec } from "./figure-spec.ts";
import { listFigureSpecs } from "./figure-specs.ts";

export type ChoiceOn = {
  figure: string;
  title: string;
  /** Claims by entry, each with the rule that took it. */
  chosen: { claim: number; why: string }[];
  /** Not taken, and in its range. */
  beside: number[];
  not_compared: { claim: number; why: string }[];
  /** Why the whole subject is left out, or that the rules have no answer. */
  outside?: string;
};

/** Of every figure that could count the subject, in the order of their names. Figures see what readers see, but for those that say otherwise. */
export function listChoicesOn(log: LogReader, subject: string, log_size = log.size()): ChoiceOn[] {
  const claims = readClaims(log, { log_size, evidence: "all" }, { subject });
  const own = new Map(claims.map((claim) => [claim.seq, claim]));
  return listFigureSpecs(log, { log_size }).flatMap(({ spec }) => leavesOf(spec).filter((leaf) => mayCount(leaf, subject, claims)).map((leaf) => choiceOf(log, spec, leaf, subject, own, log_size)));
}

/** Figures made of two others choose by the rules of each. */
const leavesOf = (spec: FigureSpec): FigureSpec[] => (spec.parts ? spec.parts.flatMap(leavesOf) : [spec]);

const mayCount = (spec: FigureSpec, subject: string, claims: readonly Claim[]): boolean =>
  !isOverRowsOnly(spec) && spec.of === kindOf(subject) && (spec.subject === undefined || spec.subject === subject) && spec.field !== undefined && claims.some(({ field }) => field === spec.field);

function choiceOf(log: LogReader, named: FigureSpec, spec: FigureSpec, subject: string, own: ReadonlyMap<number, Claim>, log_size: number): ChoiceOn {
  const choice: ChoiceOn = { figure: named.id, title: named.title, chosen: [], beside: [], not_compared: [] };
  const figure = computeOrFault(log, spec, log_size);
  if (figure instanceof TracewireError) return { ...choice, outside: `it has no answer: ${figure.message}` };
  for (const row of figure.rows) {
    // A row that sums up others names what it took among its rivals.
    const taken = row.claim === null ? row.rivals : [row.claim];
    const beside = row.claim === null ? [] : row.rivals.filter((seq) => own.has(seq));
    for (const seq of taken) if (own.has(seq)) choice.chosen.push({ claim: seq, why: whyTaken(spec, own.get(seq)!, beside.length) });
    if (taken.some((seq) => own.has(seq))) choice.beside.push(...beside);
  }
  choice.not_compared = figure.not_compared.filter(({ claim }) => own.has(claim));
  const outside = figure.excluded.find((row) => row.subject === subject)?.why ?? (choice.chosen.length === 0 && choice.not_compared.length === 0 ? "no claim on it is public that its rules could take" : undefined);
  return outside === undefined ? choice : { ...choice, outside };
}

function whyTaken(spec: FigureSpec, claim: Claim, others: number): string {
  if (spec.by === "claimant" || spec.by === "period" || spec.unit_of_count === "value") return "it shows every value";
  const { claimants, documents, otherwise } = spec.choice ?? {};
  const inOrder = (names: readonly string[]) => names.slice(0, NAMES_SAID_MAX).join(", then ") + (names.length > NAMES_SAID_MAX ? ", …" : "");
  const by_claimant = claimants?.includes(claim.claimant) ?? true;
  const by_document = documents?.includes(claim.document ?? "") ?? true;
  const said = [claimants && by_claimant && `its rules take ${inOrder(claimants)}`, documents && by_document && `its rules take “${inOrder(documents)}”`].filter(Boolean).join("; ");
  if (by_claimant && by_document && said !== "") return said;
  if (others === 0 && claimants === undefined && documents === undefined) return "the only one on its terms";
  const latest = `the latest claim (${claim.as_of === "unstated" ? "none of them is dated" : `of ${claim.as_of}`})`;
  return claimants || documents ? `nobody whom its rules name says anything: ${otherwise === "refuse" ? "none" : latest}` : `its rules name nobody: ${latest}`;
}

const NAMES_SAID_MAX = 3;
