// The door of the press room: stories from their text form, the lint, publishing as an entry in the log.
import { TracewireError } from "../errors.ts";
import { canonicalJson, type Json, type LogReader, type Transaction } from "../evidence/evidence.ts";
import { computeFigure, requireFigureSpec, type Figure } from "../figures/figures.ts";
import { lintStory, type LintFinding } from "./lint.ts";
import { readPublication, type Publication, type Waiver } from "./read-press.ts";
import { figuresOf, parseStory, type Story } from "./story.ts";

export { pressView } from "./press-view.ts";
export { LINT_RULES, lintStory, type LintFinding } from "./lint.ts";
export { listAffected, type Affected } from "./affected.ts";
export * from "./read-press.ts";
export { searchStories, type StoryHit, type StorySearch } from "./search-stories.ts";
export { changedSentences, diffSentences, type DiffLine, type SentenceChange } from "./story-diff.ts";
export { printedForm, printerOf, sentencesOf, textOf as storyTextOf, type Printer } from "./story-print.ts";
export { openSchedule, scheduleExists, SCHEDULE_FILE, type Schedule, type Scheduled } from "./schedule.ts";
export { TOPICS, slugOf } from "./topics.ts";
export {
  FIGURE_FORMS,
  storySchema,
  figuresOf,
  inlineRuns,
  parseStory,
  type Block,
  type FigureForm,
  type Inline,
  type InlineNode,
  type Story,
} from "./story.ts";
export { formatStoryText, parseInline, parseStoryText } from "./story-text.ts";

/** The figures a story binds, computed over released evidence as known at `log_size`. */
export function computeStoryFigures(log: LogReader, story: Story, log_size = log.size()): Map<string, Figure> {
  const figures = new Map<string, Figure>();
  for (const id of figuresOf(story)) figures.set(id, computeFigure(log, requireFigureSpec(log, id).spec, log_size));
  return figures;
}

export type PublishOptions = {
  by: string;
  /** Why there is a new revision; a correction says in `what` what was wrong, for readers. */
  why?: string;
  waivers?: Waiver[];
  correction?: { what: string };
  scheduled_for?: string;
};
export type PublishOutcome =
  { outcome: "published"; seq: number; revision: number } | { outcome: "unchanged"; seq: number; revision: number };

/**
 * Publishes a revision: the tree and its figures as of now become one log entry, public from birth.
 * Throws LINT_FAILED with the open findings; a story whose text and figures are the same is not published again.
 */
export function publishStory(transaction: Transaction, log: LogReader, value: Story, options: PublishOptions): PublishOutcome {
  const story = parseStory(value);
  const figures = computeStoryFigures(log, story);
  const waived = new Set((options.waivers ?? []).map((waiver) => waiver.rule));
  const open = lintStory(log, story, figures).filter((finding) => !waived.has(finding.rule));
  if (open.length > 0) throw lintFailed(story.slug, open);
  const last = readPublication(log, story.slug);
  if (last && isSame(last, story, figures)) return { outcome: "unchanged", seq: last.seq, revision: last.revision };
  if (options.correction && !last)
    throw new TracewireError("NOT_FOUND", { what: `${story.slug} was never published, so there is nothing to correct`, where: story.slug });
  if (last && last.story.type !== story.type)
    throw new TracewireError("BAD_STORY", {
      what: `${story.slug} was published as a ${last.story.type}`,
      where: story.slug,
      hint: "Give it another slug.",
    });
  const revision = (last?.revision ?? 0) + 1;
  const seq = transaction.append({
    kind: "publication",
    slug: story.slug,
    revision,
    story: story as unknown as Json,
    figures: [...figures.values()] as unknown as Json,
    waivers: (options.waivers ?? []) as unknown as Json,
    why: options.why,
    ...(options.correction ? { correction: options.correction } : {}),
    ...(options.scheduled_for ? { scheduled_for: options.scheduled_for } : {}),
    by: options.by,
  });
  return { outcome: "published", seq, revision };
}

/** Takes a story back: its address stays and says why; what was printed stays readable as the revision before. */
export function withdrawStory(
  transaction: Transaction,
  log: LogReader,
  slug: string,
  options: { by: string; why: string },
): PublishOutcome {
  const last = readPublication(log, slug);
  if (!last) throw new TracewireError("NOT_FOUND", { what: `There is no published story "${slug}"` });
  if (last.withdrawn) return { outcome: "unchanged", seq: last.seq, revision: last.revision };
  const seq = transaction.append({
    kind: "publication",
    slug,
    revision: last.revision + 1,
    story: last.story as unknown as Json,
    figures: last.figures as unknown as Json,
    waivers: last.waivers as unknown as Json,
    withdrawn: { why: options.why },
    by: options.by,
  });
  return { outcome: "published", seq, revision: last.revision + 1 };
}

function isSame(last: Publication, story: Story, figures: Map<string, Figure>): boolean {
  const values = (list: Iterable<Figure>) =>
    JSON.stringify([...list].map(({ id, value, low, high, rows_sha256 }) => [id, value, low, high, rows_sha256]));
  return (
    !last.withdrawn &&
    canonicalJson(last.story as unknown as Json) === canonicalJson(story as unknown as Json) &&
    values(last.figures) === values(figures.values())
  );
}

function lintFailed(slug: string, findings: LintFinding[]): TracewireError {
  return new TracewireError("LINT_FAILED", {
    what: `${findings.length} open error${findings.length === 1 ? "" : "s"}: ${findings.map((finding) => `${finding.place}: ${finding.what} (${finding.rule}; ${finding.fix})`).join("; ")}`,
    where: slug,
  });
}
