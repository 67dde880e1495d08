// Every version of the counting rules that a published figure may name. A version is never edited once landed.
import type { LogReader } from "../evidence/evidence.ts";
import { canonicalJson, sha256Hex, type Json } from "../evidence/evidence.ts";
import { TracewireError } from "../errors.ts";
import { computeVersion1 } from "./compute.ts";
import type { Figure } from "./figure.ts";
import type { FigureSpec } from "./figure-spec.ts";

export const RULES_VERSION = "1";
const RULES: Record<string, (log: LogReader, spec: FigureSpec, log_size: number) => Figure> = { "1": computeVersion1 };

/** Computes a figure as known when the log had `log_size` entries. Throws MIXED_BASES or UNEQUAL_PERIODS. */
export function computeFigure(log: LogReader, spec: FigureSpec, log_size: number, rules_version = RULES_VERSION): Figure {
  const compute = RULES[rules_version];
  if (!compute)
    throw new TracewireError("BAD_FIGURE_SPEC", {
      what: `rules_version ${rules_version} is not known here; known: ${Object.keys(RULES).join(", ")}`,
    });
  return compute(log, spec, log_size);
}

/** SHA-256 of the figure's canonical bytes: what `reproduce` compares. */
export function figureHash(figure: Figure): string {
  return sha256Hex(canonicalJson(figure as unknown as Json));
}
