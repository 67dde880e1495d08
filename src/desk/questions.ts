// What an analyst asks besides a trace, as data: it is answered in a process of its own (question-child.ts) by the functions
// that the commands call, over the sets that who asks may see.
import type { MethodName, RankingMethod, TraceAsk } from "../tracing/tracing.ts";
import type { Sheet } from "./sheet.ts";

export type TraceQuestion =
  | { kind: "ways"; to: string; method: MethodName; depth?: number; /** Of a kept trace, else of `ask`. */ trace?: string; ask?: TraceAsk }
  | { kind: "lowest"; address: string; since: string; until?: string; asset?: string; /** Base units. */ amount?: string; trace?: string }
  | { kind: "rank"; from: string; method: RankingMethod }
  /** NAME or NAME@LOGSIZE. */
  | { kind: "compare"; before: string; after: string }
  | { kind: "audit"; trace: string }
  | { kind: "reproduce"; trace: string };
export type ListQuestion =
  | { kind: "screen"; on: string; today: string; lists: string[]; /** The addresses, as a file in the job's folder, or one name. */ input?: string; input_name?: string; /** What was pasted, to be filled in again. */ pasted?: string; name?: string; exposure?: { depth?: number; known?: boolean } }
  | { kind: "cluster"; address: string; why?: string; chain?: string; payjoins: string[]; strict: boolean; keep?: { id: string; release: boolean } };
/** `sets`: those that were named, by entry; `among`: all that who asks may see. */
export type Question = (TraceQuestion | ListQuestion) & { sets?: string[]; among: string[] };

export type AnswerFile = { name: string; type: string; words: string };
export type Answered = { sheet: Sheet; files: AnswerFile[]; /** Entry that was made. */ seq?: number };
/** Gives the job a file of its answer. */
export type Save = (file: AnswerFile, content: string | Uint8Array) => void;

export type QuestionAsk = { folder: string; /** The job's own, for its files. */ place: string; by: string; question: Question };
export type QuestionNote = { note: "progress"; done: number } | ({ note: "answered" } & Answered) | { note: "fault"; what: string; hint: string; where?: string };

export const CSV = "text/csv; charset=utf-8";
export const JSON_TYPE = "application/json";

/** What it asks, in a line. */
export function questionWords(question: Question): string {
  switch (question.kind) {
    case "ways":
      return `Ways ${question.trace === undefined ? `from ${question.ask!.from}` : `of ${question.trace}`} to ${question.to}`;
    case "lowest":
      return `Lowest balance of ${question.address} since ${question.since}`;
    case "rank":
      return `Worth a look, seen from ${question.from}`;
    case "compare":
      return `${question.before} beside ${question.after}`;
    case "audit":
      return `Steps and lots of ${question.trace}`;
    case "reproduce":
      return `${question.trace} made again`;
    case "screen":
      return question.name === undefined ? `Screening of ${question.input_name ?? "addresses"} as of ${question.on}` : `“${question.name}” as of ${question.on}`;
    case "cluster":
      return question.why === undefined ? `Cluster of ${question.address}` : `Why ${question.address} and ${question.why} are together`;
  }
}
