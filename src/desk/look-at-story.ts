// A story on its way, looked at: what the lint says, how it reads with its figures filled in, and what each figure of it prints.
// A text that cannot be read is one finding.
import { TracewireError } from "../errors.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { computeOrFault, describeFigure, findFigureSpec, findNotReleased, listFigureSpecs, notReleasedWords, type Figure, type NamedSpec } from "../figures/figures.ts";
import { readClaim } from "../casefile/casefile.ts";
import { FIGURE_FORMS, figuresOf, lintStory, NEVER_WAIVED, parseStoryText, printedForm, printerOf, sentencesOf, type FigureForm, type Story } from "../press/press.ts";

export type Finding = { rule: string; place: string; what: string; fix: string; /** Whether it may go out so, with a reason. */ can_stand: boolean };
/** A figure as the editor fills it in: its answer, its rows, its words. */
export type FilledFigure = {
  id: string;
  title: string;
  forms: Record<FigureForm, string>;
  exact: string;
  range: string | null;
  who: string;
  how: string[];
  row_count: string;
  rows: { label: string; value: string | null; claimant: string | null }[];
  /** Claims behind it that readers do not see yet, where that changes its answer; `href` is where they are released. */
  not_released: { words: string; href: string } | null;
};
export type Looked = { story?: Story; findings: Finding[]; sentences: string[]; figures: FilledFigure[]; /** As they come out now. */ computed: Figure[] };

const ROWS_SHOWN = 6;
const FOUND_MAX = 8;
const SPECS_LOOKED_AT_MAX = 5_000;

export function lookAtText(log: LogReader, text: string): Looked {
  try {
    return lookAtStory(log, parseStoryText(text, "the text"));
  } catch (error) {
    if (!(error instanceof TracewireError)) throw error;
    return { findings: [{ rule: "text", place: error.where ?? "the text", what: error.message, fix: error.hint, can_stand: false }], sentences: [], figures: [], computed: [] };
  }
}

export function lookAtStory(log: LogReader, story: Story): Looked {
  const figures = new Map<string, Figure>();
  const filled: FilledFigure[] = [];
  const findings: Omit<Finding, "can_stand">[] = [];
  for (const id of figuresOf(story)) {
    const named = findFigureSpec(log, id);
    const figure = named && computeOrFault(log, named.spec, log.size());
    if (figure instanceof TracewireError) findings.push({ rule: "figure-without-value", place: "story", what: `“${id}”: ${figure.message}`, fix: figure.hint });
    else if (figure) {
      figures.set(id, figure);
      filled.push(fillFigure(log, named!, figure));
    }
  }
  findings.push(...lintStory(log, story, figures));
  const told = findings.map((finding): Finding => ({ ...finding, can_stand: !NEVER_WAIVED.has(finding.rule) && finding.rule !== "unknown-figure" }));
  return { story, findings: told, sentences: sentencesOf(story, printerOf(log, [...figures.values()])), figures: filled, computed: [...figures.values()] };
}

export function fillFigure(log: LogReader, { id, spec }: Pick<NamedSpec, "id" | "spec">, figure: Figure, look_at_all = false): FilledFigure {
  const chosen = figure.rows[0]?.claim;
  const { exact, range, who, how } = describeFigure(figure, spec, chosen == null ? undefined : readClaim(log, chosen));
  const forms = Object.fromEntries(FIGURE_FORMS.map((form) => [form, printedForm(figure, spec, form)])) as Record<FigureForm, string>;
  const rows = figure.rows.slice(0, ROWS_SHOWN).map(({ label, value, claimant }) => ({ label, value, claimant }));
  // To look at all that is held costs as much as the figure does: it is asked where the answer makes one wonder, or of one figure.
  const waiting = figure.value === null || figure.rows.length === 0 || look_at_all ? findNotReleased(log, spec, log.size()) : undefined;
  const not_released = waiting ? { words: notReleasedWords(waiting, exact), href: `/desk/subjects/${waiting.subjects[0]!}` } : null;
  return { id, title: spec.title, forms, exact, range, who, how, row_count: figure.row_count, rows, not_released };
}

/**
 * Figures whose name or title has every word, best first, each with its answer. Only those over released evidence: a story
 * can print no other, and what is not released can be somebody's secret.
 */
export function findFigures(log: LogReader, words: string): FilledFigure[] {
  const asked = words.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const scored = listFigureSpecs(log, { limit: SPECS_LOOKED_AT_MAX }).flatMap((named) => {
    const [id, title] = [named.id.toLowerCase(), named.spec.title.toLowerCase()];
    if (named.spec.evidence === "all" || !asked.every((word) => id.includes(word) || title.includes(word))) return [];
    const starts = asked.filter((word) => id.startsWith(word) || new RegExp(`(^|[^\\p{L}\\p{N}])${word}`, "u").test(title)).length;
    return [{ named, score: starts - title.length / 1_000 }];
  });
  return scored
    .sort((a, b) => b.score - a.score || (a.named.id < b.named.id ? -1 : 1))
    .slice(0, FOUND_MAX)
    .flatMap(({ named }) => {
      const figure = computeOrFault(log, named.spec, log.size());
      return figure instanceof TracewireError ? [] : [fillFigure(log, named, figure)];
    });
}
