// Faults as problem documents (RFC 9457). `code` is one of docs/errors.md and is what a program should look at.
import { ERRORS, TracewireError, type ErrorCode } from "../errors.ts";

/** What is there beside what was sent, where a write named a version that is no more: for a program, and to be read. */
export type ConflictNote = {
  etag: string;
  by: string;
  at: string;
  /** Runs of lines that differ: where they stand in each text (from 0), what is there, what was sent. */
  changes: { at_current: number; at_sent: number; current: string[]; sent: string[] }[];
  readable: string;
  current?: string;
};

export class WriteConflict extends TracewireError {
  readonly conflict: ConflictNote;
  /** `code`: CONFLICT where no version was named, and what was to be changed is no more. */
  constructor(what: string, conflict: ConflictNote, code: "PRECONDITION_FAILED" | "CONFLICT" = "PRECONDITION_FAILED") {
    super(code, { what });
    this.conflict = conflict;
  }
}

export type Problem = {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  hint: string;
  where?: string;
  conflict?: ConflictNote;
};

export const PROBLEM_TYPE = "application/problem+json";

/** Where a fault speaks of commands, or of a person's role. */
const FOR_PROGRAMS: Partial<Record<ErrorCode, { title?: string; hint?: string }>> = {
  BAD_ARGUMENT: { hint: "Mend what is named here; /v1/openapi.json says what is taken." },
  BAD_INPUT: { hint: "Mend what is named here, and send it again; nothing was written." },
  NOT_FOUND: { hint: "It is not there, or this key does not open it." },
  NOT_ALLOWED: { title: "This key does not allow this" },
};

export const problemOf = (error: TracewireError): Problem => ({
  type: `/v1/errors/${error.code}`,
  title: FOR_PROGRAMS[error.code]?.title ?? ERRORS[error.code].summary,
  status: error.status,
  detail: error.message,
  code: error.code,
  // The table's own hint is for who types commands; one that was written for this fault stays.
  hint: error.hint === ERRORS[error.code].hint ? (FOR_PROGRAMS[error.code]?.hint ?? error.hint) : error.hint,
  ...(error.where === undefined ? {} : { where: error.where }),
  ...(error instanceof WriteConflict ? { conflict: error.conflict } : {}),
});

const CLIENT_CODES: Record<string, ErrorCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "BODY_TOO_LARGE",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "UNSUPPORTED_MEDIA_TYPE",
  FST_ERR_CTP_EMPTY_TYPE: "UNSUPPORTED_MEDIA_TYPE",
};

/** A fault as one of ours; what the HTTP library refused is the caller's. */
export function asTracewireError(error: unknown): TracewireError {
  if (error instanceof TracewireError) return error;
  const { code = "", statusCode = 500, message } = error as { code?: string; statusCode?: number; message?: string };
  const known = Object.hasOwn(CLIENT_CODES, code) ? CLIENT_CODES[code] : undefined;
  if (known) return new TracewireError(known, { cause: error });
  if (statusCode < 500) return new TracewireError("BAD_ARGUMENT", { what: `The request cannot be read: ${message ?? code}`, hint: "See /v1/openapi.json.", cause: error });
  return new TracewireError("INTERNAL", { what: "This answer could not be made", cause: error });
}
