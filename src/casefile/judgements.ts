// A judgement is somebody's decision on a question that the evidence does not settle by itself. It is an entry
// of its own with author and reason; it never edits a claim, and a later one stands beside it.
import { TracewireError } from "../errors.ts";
import type { Transaction } from "../evidence/evidence.ts";
import { kindOf } from "./kinds.ts";

/** same: are two subjects one? victim_named: is the victim identified by whoever attributes? */
export const QUESTIONS = ["same", "victim_named"] as const;
export const VERDICTS = ["positive", "negative", "unsure"] as const;

export type Question = (typeof QUESTIONS)[number];
export type JudgementInput = { question: Question; subject: string; other?: string; verdict: (typeof VERDICTS)[number]; why: string };
export type Judgement = JudgementInput & { seq: number; at: string; by: string };

export function parseJudgement(input: JudgementInput): JudgementInput {
  const refuse = (what: string): never => {
    throw new TracewireError("BAD_ARGUMENT", { what });
  };
  if (!QUESTIONS.includes(input.question)) refuse(`question: one of ${QUESTIONS.join(", ")}`);
  if (!VERDICTS.includes(input.verdict)) refuse(`verdict: one of ${VERDICTS.join(", ")}`);
  if (!kindOf(input.subject)) refuse(`subject: "${input.subject}" is not kind/name`);
  if ((input.question === "same") !== (input.other !== undefined)) refuse(`"same" needs two subjects, other questions one`);
  if (input.other !== undefined && (!kindOf(input.other) || kindOf(input.other) !== kindOf(input.subject)))
    refuse(`Only two subjects of one kind can be the same`);
  if (input.other === input.subject) refuse(`other: it is ${input.subject} itself`);
  if (input.why.trim().length < 3 || input.why.length > 2_000) refuse("why: a reason in words, at most 2,000 characters");
  return input;
}

export function appendJudgement(transaction: Transaction, input: JudgementInput, by: string): number {
  return transaction.append({ kind: "judgement", ...parseJudgement(input), by });
}
