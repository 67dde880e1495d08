// Publishing as an entry of the log: a story with its figures as of then, a correction, a withdrawal.
import { TracewireError } from "../errors.ts";
import { canonicalJson, type BlobStore, type Json, type LogReader, type Transaction } from "../evidence/evidence.ts";
import { computeFigure, requireFigureSpec, type Figure } from "../figures/figures.ts";
import { lintStory, NEVER_WAIVED, type LintFinding } from "./lint.ts";
import { appendPhoto, type PreparedPhoto } from "./photo.ts";
import { readPublication, type Publication, type Waiver } from "./read-press.ts";
import { figuresOf, parseStory, type Story } from "./story.ts";

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
  /** The revision that the text was begun from; 0 for none. Where a newer one has another text, nothing is published over it. */
  stands_on?: number;
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
 * Throws LINT_FAILED with the open findings; CONFLICT where the text was begun from an older revision than the one that is out;
 * CHANGE_WITHOUT_REASON where a printed number changes and neither `why` nor `correction` says so. A story whose text and figures
 * are the same is not published again.
 */
export function publishStory(transaction: Transaction, log: LogReader, value: Story, options: PublishOptions): PublishOutcome {
  const story = parseStory(value);
  const figures = computeStoryFigures(log, story, log.size(), options.figures);
  const waived = new Set((options.waivers ?? []).map((waiver) => waiver.rule).filter((rule) => !NEVER_WAIVED.has(rule)));
  const findings = lintStory(log, story, figures);
  const open = findings.filter((finding) => !waived.has(finding.rule));
  // Readers see each waiver with its reason: one for words that are no longer there would tell them of nothing.
  const waivers = (options.waivers ?? []).filter(({ rule }) => findings.some((finding) => finding.rule === rule));
  if (open.length > 0) throw lintFailed(story.slug, open);
  const prepared = options.photo?.prepared;
  if (story.photo?.file !== prepared?.file)
    throw new TracewireError("BAD_PICTURE", {
      what: story.photo ? `The bytes of “${story.photo.file}” were not given` : `The story names no picture “${prepared!.file}”`,
      where: story.slug,
    });
  const last = readPublication(log, story.slug);
  if (last && isSame(last, story, figures, prepared)) return { outcome: "unchanged", seq: last.seq, revision: last.revision };
  if (options.stands_on !== undefined && last) requireStandsOn(log, last, options.stands_on);
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
  const changed = last ? changedNumbers(last, story, figures) : [];
  if (changed.length > 0 && !options.correction && !options.why?.trim()) throw new TracewireError("CHANGE_WITHOUT_REASON", { what: `Readers saw another number: ${changed.join("; ")}`, where: story.slug });
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
    waivers: waivers as unknown as Json,
    why: options.why,
    ...(photo ? { photo: photo as unknown as Json } : {}),
    ...(options.correction ? { correction: options.correction } : {}),
    ...(options.scheduled_for ? { scheduled_for: options.scheduled_for } : {}),
    by: options.by,
  });
  return { outcome: "published", seq, revision };
}

/** Where only figures moved since, as a correction by one act leaves it, the text is the same and nothing is lost. */
function requireStandsOn(log: LogReader, last: Publication, stands_on: number): void {
  if (last.revision <= stands_on) return;
  const base = readPublication(log, last.slug, stands_on);
  if (base && canonicalJson(base.story as unknown as Json) === canonicalJson(last.story as unknown as Json)) return;
  throw new TracewireError("CONFLICT", {
    what: stands_on === 0 ? `“${last.slug}” is out already, as revision ${last.revision} by ${last.by}` : `Revision ${last.revision} by ${last.by} is out; this text was begun from revision ${stands_on}`,
    where: last.slug,
    hint: stands_on === 0 ? "Give it another address, or begin from the story that is out." : "Look at what differs from what is out, then take it over or keep yours on top of it.",
  });
}

/** Figures that both revisions print and whose value is another now. */
function changedNumbers(last: Publication, story: Story, figures: Map<string, Figure>): string[] {
  const printed = new Set(figuresOf(last.story));
  return figuresOf(story).flatMap((id) => {
    const [was, now] = [last.figures.find((figure) => figure.id === id), figures.get(id)];
    return printed.has(id) && was && now && was.value !== now.value ? [`${id}, ${was.value ?? "not known"}, now ${now.value ?? "not known"}`] : [];
  });
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
