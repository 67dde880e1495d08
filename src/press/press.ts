// The door of the press room: stories from their text form, the lint, publishing as an entry in the log.
import { TracewireError } from "../errors.ts";
import { canonicalJson, type Json, type LogReader, type Transaction } from "../evidence/evidence.ts";
import { computeFigure, requireFigureSpec, type Figure } from "../figures/figures.ts";
import { lintStory, type LintFinding } from "./lint.ts";
import { figuresOf, parseStory, type Story } from "./story.ts";

export { pressView } from "./press-view.ts";
export { LINT_RULES, lintStory, type LintFinding } from "./lint.ts";
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
export { formatStoryText, parseStoryText } from "./story-text.ts";

export type Waiver = { rule: string; why: string };

export type Publication = {
  seq: number;
  at: string;
  by: string;
  slug: string;
  revision: number;
  story: Story;
  /** The figures as of publication: this is what the page shows, for ever. */
  figures: Figure[];
  waivers: Waiver[];
  why?: string;
};

/** The figures a story binds, computed over released evidence as known at `log_size`. */
export function computeStoryFigures(log: LogReader, story: Story, log_size = log.size()): Map<string, Figure> {
  const figures = new Map<string, Figure>();
  for (const id of figuresOf(story)) figures.set(id, computeFigure(log, requireFigureSpec(log, id).spec, log_size));
  return figures;
}

export type PublishOptions = { by: string; why?: string; waivers?: Waiver[] };
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
  const values = (list: Figure[]) =>
    JSON.stringify(list.map(({ id, value, low, high, rows_sha256 }) => [id, value, low, high, rows_sha256]));
  if (
    last &&
    canonicalJson(last.story as unknown as Json) === canonicalJson(story as unknown as Json) &&
    values(last.figures) === values([...figures.values()])
  )
    return { outcome: "unchanged", seq: last.seq, revision: last.revision };
  const revision = (last?.revision ?? 0) + 1;
  const seq = transaction.append({
    kind: "publication",
    slug: story.slug,
    revision,
    story: story as unknown as Json,
    figures: [...figures.values()] as unknown as Json,
    waivers: (options.waivers ?? []) as unknown as Json,
    why: options.why,
    by: options.by,
  });
  return { outcome: "published", seq, revision };
}

/** The newest revision of a story, or the one asked for. */
export function readPublication(log: Pick<LogReader, "db">, slug: string, revision?: number): Publication | undefined {
  const row =
    revision === undefined
      ? log.db.prepare("SELECT seq, body FROM publications WHERE slug = ? ORDER BY revision DESC LIMIT 1").get(slug)
      : log.db.prepare("SELECT seq, body FROM publications WHERE slug = ? AND revision = ?").get(slug, revision);
  return row && toPublication(row);
}

/** The newest revision of every story, latest first. */
export function listPublications(log: Pick<LogReader, "db">): Publication[] {
  return log.db
    .prepare(
      "SELECT p.seq, p.body FROM publications p WHERE p.revision = (SELECT max(revision) FROM publications WHERE slug = p.slug) ORDER BY p.seq DESC",
    )
    .all()
    .map(toPublication);
}

export function listRevisions(log: Pick<LogReader, "db">, slug: string): Publication[] {
  return log.db.prepare("SELECT seq, body FROM publications WHERE slug = ? ORDER BY revision").all(slug).map(toPublication);
}

function toPublication(row: Record<string, unknown>): Publication {
  return { seq: row.seq as number, ...(JSON.parse(row.body as string) as Omit<Publication, "seq">) };
}

function lintFailed(slug: string, findings: LintFinding[]): TracewireError {
  return new TracewireError("LINT_FAILED", {
    what: `${findings.length} open error${findings.length === 1 ? "" : "s"}: ${findings.map((finding) => `${finding.place}: ${finding.what} (${finding.rule}; ${finding.fix})`).join("; ")}`,
    where: slug,
  });
}
