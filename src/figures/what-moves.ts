// Which entries of the log can move which figure. A figure follows from its rules and from claims, judgements and
// datasets; most changes (a publication, a letter, a claim about something else) touch none that a given figure reads.
import type { Moved } from "../casefile/casefile.ts";
import { isOverRowsOnly } from "./compute-rows.ts";
import type { FigureSpec } from "./figure-spec.ts";

/** False where no figure whatever can have moved. */
export const canMoveAny = (moved: Moved): boolean => moved === "everything" || moved.rows || moved.judged || moved.subjects.size > 0;

/** Whether a figure with these rules may come out otherwise; false is certain, true is not. */
export function mayMove(spec: FigureSpec, moved: Moved): boolean {
  if (moved === "everything") return true;
  if (spec.parts) return spec.parts.some((part) => mayMove(part, moved));
  if (isOverRowsOnly(spec)) return moved.rows;
  const readsOneSubject =
    spec.measure === "quote" ||
    spec.unit_of_count === "value" ||
    (spec.measure === "series" && (spec.by === "claimant" || spec.by === "period"));
  if (readsOneSubject) return moved.subjects.has(spec.subject!);
  return moved.judged || moved.kinds.has(spec.of);
}
