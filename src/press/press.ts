// The door of the press room: stories from their text form, the lint, publishing as an entry in the log.
import { TracewireError } from "../errors.ts";
import { canonicalJson, type BlobStore, type Json, type LogReader, type Transaction } from "../evidence/evidence.ts";
import { computeFigure, requireFigureSpec, type Figure } from "../figures/figures.ts";
import { lintStory, NEVER_WAIVED, type LintFinding } from "./lint.ts";
import { appendPhoto, type PreparedPhoto } from "./photo.ts";
import { readPublication, type Publication, type Waiver } from "./read-press.ts";
import { figuresOf, parseStory, type Story } from "./story.ts";

export { canBeDrawn, drawnFigure } from "./story-picture.ts";
export { pressView } from "./press-view.ts";
export { LINT_RULES, lintStory, NEVER_WAIVED, type LintFinding } from "./lint.ts";
export { listAffected, openMovement, restatedFigures, revisionsCarrying, type Affected, type MovedFigure } from "./affected.ts";
export { appendFront, arrangeFront, FRONT_LIMITS, readFront, type Arranged, type Front, type Pins } from "./front.ts";
export { changedFeeds, FEED_FILES } from "./changed-feeds.ts";
export * from "./read-press.ts";
export { COUNTED_MAX, FINDABLE_KINDS, HITS_SHOWN, search, type FindableKind, type Found, type Hit } from "./search.ts";
export { searchView } from "./search-view.ts";
export { listRanked, listShelfParts, type RankedCard, type ShelfPart } from "./ranked-stories.ts";
export {
  findPhotoVersion,
  photoOf,
  photoVersionName,
  preparePhoto,
  versionsMadeFrom,
  type PreparedPhoto,
  type PublishedPhoto,
  type ShownPhoto,
} from "./photo.ts";
export { changedSentences, diffSentences, toldOnce, type DiffLine, type SentenceChange } from "./story-diff.ts";
export { printedForm, printerOf, sentencesOf, splitSentences, textOf as storyTextOf, type Printer } from "./story-print.ts";
export { movedDigest, printedAs, type Stand } from "./stands.ts";
export { previewLink, readPreviewLink, type PreviewOf } from "./preview-links.ts";
export { openSchedule, scheduleExists, SCHEDULE_FILE, type Schedule, type Scheduled } from "./schedule.ts";
export { DRAFT_STATES, DRAFTS_FILE, openDrafts, type Draft, type Drafts, type DraftState, type DraftVersion, type Embargoed } from "./drafts.ts";
export { TOPICS, slugOf } from "./topics.ts";
export { findOldAddress, oldPath } from "./old-addresses.ts";
export {
  FIGURE_FORMS,
  storySchema,
  figuresOf,
  inlineRuns,
  UNWRITTEN,
  parseStory,
  type ArchiveNote,
  type Block,
  type FigureForm,
  type Inline,
  type InlineNode,
  type Story,
} from "./story.ts";
export { formatInline, formatStoryText, parseInline, parseStoryText } from "./story-text.ts";

/** The figures a story binds, computed over released evidence as known at `log_size`. */
export function computeStoryFigures(
  log: LogReader,
  story: Story,
  log_size = log.size(),
  known = new Map<string, Figure>(),
): Map<string, Figure> {
  const figures = new Map<string, Figure>();
  for (const id of figuresOf(story)) {
    if (!known.has(id)) known.set(id, computeFigure(log, requireFigureSpec(log, id).spec, log_size));
    figures.set(id, known.get(id)!);
  }
  return figures;
}

export type PublishOptions = {
  by: string;
  /** Why there is a new revision; a correction says in `what` what was wrong, for readers. */
  why?: string;
  waivers?: Waiver[];
  correction?: { what: string };
  scheduled_for?: string;
  /** Figures as computed at this size of the log: stories published in one change share them. */
  figures?: Map<string, Figure>;
  /** It is taken over from another publication's archive: without this no archive story begins, so that none is a way around the lint. */
  taken_over?: boolean;
  /** The story's supplied picture; `blobs` takes its bytes, and is left out where nothing is to stay (a dry run). */
  photo?: { prepared: PreparedPhoto; blobs?: Pick<BlobStore, "put"> };
};
export type PublishOutcome =
  { outcome: "published"; seq: number; revision: number } | { outcome: "unchanged"; seq: number; revision: number };

/**
 * Publishes a revision: the tree and its figures as of now become one log entry, public from birth.
 * Throws LINT_FAILED with the open findings; a story whose text and figures are the same is not published again.
 */
export function publishStory(transaction: Transaction, log: LogReader, value: Story, options: PublishOptions): PublishOutcome {
  const story = parseStory(value);
  const figures = computeStoryFigures(log, story, log.size(), options.figures);
  const waived = new Set((options.waivers ?? []).map((waiver) => waiver.rule).filter((rule) => !NEVER_WAIVED.has(rule)));
  const open = lintStory(log, story, figures).filter((finding) => !waived.has(finding.rule));
  if (open.length > 0) throw lintFailed(story.slug, open);
  const prepared = options.photo?.prepared;
  if (story.photo?.file !== prepared?.file)
    throw new TracewireError("BAD_PICTURE", {
      what: story.photo ? `The bytes of “${story.photo.file}” were not given` : `The story names no picture “${prepared!.file}”`,
      where: story.slug,
    });
  const last = readPublication(log, story.slug);
  if (last && isSame(last, story, figures, prepared)) return { outcome: "unchanged", seq: last.seq, revision: last.revision };
  if (options.correction && !last)
    throw new TracewireError("NOT_FOUND", { what: `${story.slug} was never published, so there is nothing to correct`, where: story.slug });
  if (last && last.story.type !== story.type)
    throw new TracewireError("BAD_STORY", {
      what: `${story.slug} was published as a ${last.story.type}`,
      where: story.slug,
      hint: "Give it another slug.",
    });
  if (story.type === "archive" && !last && !options.taken_over)
    throw new TracewireError("BAD_STORY", {
      what: "An archive story comes in by an import, not as a text",
      where: story.slug,
      hint: "Run tracewire import; docs/import-export.md lists the formats. What you write yourself is a story.",
    });
  const revision = (last?.revision ?? 0) + 1;
  // The same file is kept once, however often its story is revised.
  const known = last?.photo && last.photo.sha256 === prepared?.sha256 && last.story.photo?.licence === story.photo!.licence;
  const photo = known ? last.photo : prepared && appendPhoto(transaction, prepared, story.photo!, options.by, options.photo!.blobs);
  const seq = transaction.append({
    kind: "publication",
    slug: story.slug,
    revision,
    story: story as unknown as Json,
    figures: [...figures.values()] as unknown as Json,
    waivers: (options.waivers ?? []) as unknown as Json,
    why: options.why,
    ...(photo ? { photo: photo as unknown as Json } : {}),
    ...(options.correction ? { correction: options.correction } : {}),
    ...(options.scheduled_for ? { scheduled_for: options.scheduled_for } : {}),
    by: options.by,
  });
  return { outcome: "published", seq, revision };
}

/** Publishes stories one after another within one change; figures that several carry are computed once for all of them. */
export function publishStories(
  transaction: Transaction,
  log: LogReader,
  stories: readonly Story[],
  { photos, blobs, ...options }: Omit<PublishOptions, "figures" | "photo"> & {
    /** Supplied pictures by slug. */
    photos?: ReadonlyMap<string, PreparedPhoto>;
    blobs?: Pick<BlobStore, "put">;
  },
): PublishOutcome[] {
  const figures = new Map<string, Figure>();
  return stories.map((story) => {
    const prepared = photos?.get(story.slug);
    return publishStory(transaction, log, story, { ...options, figures, ...(prepared ? { photo: { prepared, blobs } } : {}) });
  });
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
    ...(last.photo ? { photo: last.photo as unknown as Json } : {}),
    withdrawn: { why: options.why },
    by: options.by,
  });
  return { outcome: "published", seq, revision: last.revision + 1 };
}

function isSame(last: Publication, story: Story, figures: Map<string, Figure>, photo: PreparedPhoto | undefined): boolean {
  const values = (list: Iterable<Figure>) =>
    JSON.stringify([...list].map(({ id, value, low, high, rows_sha256 }) => [id, value, low, high, rows_sha256]));
  return (
    !last.withdrawn &&
    last.photo?.sha256 === photo?.sha256 &&
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
