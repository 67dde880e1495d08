// The door of the case file: claims, judgements, kinds, named checks and importers.
export { KINDS, kindOf, kindSpec, fieldSpec, ATTRIBUTION_LEVELS, type Kind, type KindSpec, type FieldSpec } from "./kinds.ts";
export { BOUNDS, HEDGES, MEASURES, VALUATION_BASES } from "./claim-words.ts";
export { appendClaim, claimKey, claimSchema, parseClaim, type Claim, type ClaimInput } from "./claims.ts";
export { QUESTIONS, VERDICTS, appendJudgement, parseJudgement, type Judgement, type JudgementInput, type Question } from "./judgements.ts";
export { appendInverse, appendInversesOf, findRetraction, type Inverse, type Retraction } from "./retractions.ts";
export {
  appendAnswer,
  appendRequest,
  appendSilence,
  dueReplies,
  prepareAnswer,
  prepareRequest,
  readReplies,
  readReply,
  releaseReply,
  subjectsAbout,
  type AnswerInput,
  type Reply,
  type RequestInput,
} from "./replies.ts";
export { foreseeClaim, foreseeClaims, type Foreseen, type ForeseenMany } from "./foresee.ts";
export { COLUMN_ROLES, TABLE_CLAIMS_MAX, TABLE_COLUMNS_MAX, isName, nameAnd, readTableClaims, type CellClaim, type TableClaims, type TableSpec } from "./table-claims.ts";
export { subjectName } from "./subject-name.ts";
export { totalAgainstRows, type TotalRow } from "./table-totals.ts";
export { numbersIn, readWording, type Reading } from "./read-wording.ts";
export { isPrivateClaim, requireReleasable } from "./private-claims.ts";
export { casefileView } from "./casefile-view.ts";
export {
  countHeld,
  findClaimByKey,
  findJudgement,
  listClaimants,
  listNamed,
  listSubjects,
  subjectsNear,
  readClaim,
  readClaims,
  readClaimsWith,
  readHistory,
  readJudgements,
  readSubjects,
  type ClaimFilter,
  type Held,
  type Vantage,
} from "./read-casefile.ts";
export { movedBetween, subjectsReleased, type Moved } from "./moved.ts";
export { followSubjects, type Followed, type SubjectQuestion } from "./follow-subjects.ts";
export { CHECKS, runChecks, runChecksOn, sumUpChecks, type CheckSummary, type CheckName, type CheckResult } from "./checks.ts";
export { importCasefile, type ImportOptions, type ImportResult } from "./import-casefile.ts";
