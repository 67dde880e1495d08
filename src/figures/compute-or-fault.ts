// New evidence can leave a figure's rules without an answer: two rows for one year, two currencies in one sum. Where a
// figure is looked at among others that is an answer too, with its reason.
import { TracewireError, type ErrorCode } from "../errors.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { computeFigure } from "./compute-figure.ts";
import type { FigureSpec } from "./figure-spec.ts";
import type { Figure } from "./figure.ts";

/** What rules may say of what is held. Damage of the log or the disk is never an answer. */
const NO_ANSWER: ReadonlySet<ErrorCode> = new Set(["MIXED_BASES", "UNEQUAL_PERIODS", "BAD_FIGURE_SPEC", "NOT_FOUND"]);

export function computeOrFault(log: LogReader, spec: FigureSpec, log_size: number, rules_version?: string): Figure | TracewireError {
  return orFault(() => computeFigure(log, spec, log_size, rules_version));
}

/** What `compute` gives, or the fault that is an answer. */
export function orFault<T>(compute: () => T): T | TracewireError {
  try {
    return compute();
  } catch (error) {
    if (error instanceof TracewireError && NO_ANSWER.has(error.code)) return error;
    throw error;
  }
}
