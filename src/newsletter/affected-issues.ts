// Letters that carry a figure which comes out otherwise today. A letter prints a part of each story, in the revision it
// was composed from, so one may still say what the story itself has corrected since.
import type { LogReader } from "../evidence/evidence.ts";
import {
  changedSentences,
  openMovement,
  readPublication,
  restatedFigures,
  revisionsCarrying,
  type MovedFigure,
  type SentenceChange,
} from "../press/press.ts";
import { letterSentences } from "./issue-forms.ts";
import { readDraft } from "./draft-issue.ts";
import { listIssues } from "./issues-view.ts";
import type { People } from "./people-store.ts";

/** The newest letters; older ones are history. */
const ISSUES_MAX = 500;

export type AffectedIssue = {
  /** "draft": composed and not yet sent. */
  number: number | "draft";
  subject: string;
  figures: MovedFigure[];
  sentences: SentenceChange[];
};

type Letter = { number: number | "draft"; subject: string; stories: readonly { slug: string; revision: number }[] };

/** Letters sent, latest first, and with `people` the one composed; of one figure, or of all. */
export function listAffectedIssues(log: LogReader, figure?: string, people?: People): AffectedIssue[] {
  const restated = restatedFigures(log, figure);
  if (restated.size === 0) return [];
  const carrying = revisionsCarrying(log, restated);
  const movementOf = openMovement(log);
  const draft = people && readDraft(people);
  const letters: Letter[] = [...(draft ? [{ ...draft, number: "draft" as const }] : []), ...listIssues(log, ISSUES_MAX)];
  return letters.flatMap(({ number, subject, stories }): AffectedIssue[] => {
    const figures = new Map<string, MovedFigure>();
    const sentences: SentenceChange[] = [];
    for (const { slug, revision } of stories) {
      const publication = carrying.has(`${slug}/${revision}`) ? readPublication(log, slug, revision) : undefined;
      if (!publication) continue;
      const { moved, current } = movementOf(publication.figures, (id) => restated.has(id));
      const changed = moved.length === 0 ? [] : changedSentences(letterSentences(log, publication), letterSentences(log, { ...publication, figures: current }));
      if (changed.length === 0) continue;
      sentences.push(...changed);
      for (const item of moved) figures.set(item.id, item);
    }
    return sentences.length === 0 ? [] : [{ number, subject, figures: [...figures.values()], sentences }];
  });
}
