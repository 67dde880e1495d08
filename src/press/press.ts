// The door of the press room: stories from their text form, the lint, publishing as an entry in the log.
export { canBeDrawn, drawnFigure } from "./story-picture.ts";
export { pressView } from "./press-view.ts";
export { LINT_RULES, lintStory, NEVER_WAIVED, type LintFinding } from "./lint.ts";
export { listAffected, openMovement, restatedFigures, revisionsCarrying, type Affected, type MovedFigure } from "./affected.ts";
export { appendFront, arrangeFront, FRONT_LIMITS, readFront, type Arranged, type Front, type Pins } from "./front.ts";
export { changedFeeds, FEED_FILES, feedsOf } from "./changed-feeds.ts";
export * from "./read-press.ts";
export { COUNTED_MAX, FINDABLE_KINDS, HITS_SHOWN, search, type FindableKind, type Found, type Hit } from "./search.ts";
export { searchView } from "./search-view.ts";
export { listRanked, listShelfParts, type RankedCard, type ShelfPart } from "./ranked-stories.ts";
export {
  asPublished,
  findPhotoVersion,
  findPreparedVersion,
  photoFileName,
  photoOf,
  photoVersionName,
  preparePhoto,
  versionsMadeFrom,
  type PreparedPhoto,
  type PublishedPhoto,
  type ShownPhoto,
} from "./photo.ts";
export { changedSentences, diffSentences, toldOnce, type DiffLine, type SentenceChange } from "./story-diff.ts";
export { mergeBlocks, type Clash, type Merged } from "./merge-blocks.ts";
export { lineChanges, readableChanges, type LineChange } from "./line-changes.ts";
export { placedSentences, printedForm, printerOf, sentencesOf, splitSentences, textOf as storyTextOf, type Printer } from "./story-print.ts";
export { appendStand, isPrinted, movedDigest, printedAs, readStands, standFor, type PublicStand, type Stand } from "./stands.ts";
export { previewLink, readPreviewLink, type PreviewOf } from "./preview-links.ts";
export { openSchedule, scheduleExists, SCHEDULE_FILE, type Schedule, type Scheduled } from "./schedule.ts";
export { DRAFT_STATES, DRAFTS_FILE, openDrafts, type Draft, type DraftPicture, type Drafts, type DraftState, type DraftVersion, type Embargoed } from "./drafts.ts";
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
export {
  computeStoryFigures,
  publishStories,
  publishStory,
  withdrawStory,
  type PublishOptions,
  type PublishOutcome,
} from "./publish.ts";
export { catchUp, draftOfPublished, dueAhead, dueOf, outMeanwhile, sendDraftOut, settleDraft, stepDraft, type Change, type DraftPlace, type SendOut, type SentOut } from "./draft-way.ts";
export { acceptRelease, lintRelease, refuseRelease, releaseSlug, releaseStory, whatBecame, type WhatBecame } from "./accept-release.ts";
export {
  openSubmissions,
  SUBMISSION_LIMITS,
  SUBMISSION_STATES,
  SUBMISSIONS_FILE,
  type NewSubmission,
  type Submission,
  type Submissions,
  type SubmissionStep,
} from "./submissions.ts";
