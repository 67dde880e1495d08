// When the evidence moves: which stories carry a figure that comes out otherwise today, with each sentence as it was
// printed and as it would read now. Letters and reports, which print the same figures, compare by the same means.
import { TracewireError } from "../errors.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { computeOrFault, findFigureSpec, type Figure } from "../figures/figures.ts";
import { cardsCarrying, readPublication, type Card } from "./read-press.ts";
import { changedSentences, type SentenceChange } from "./story-diff.ts";
import { printerOf, sentencesOf } from "./story-print.ts";

export type MovedFigure = {
  id: string;
  was: string | null;
  now: string | null;
  /** Where its rules give no value any more: why. */
  why?: string;
};

/** What of it moved, and the same figures with today's in the place of those. */
export type Movement = { moved: MovedFigure[]; current: Figure[] };

export type Affected = {
  card: Card;
  /** The figures of it that moved. */
  figures: MovedFigure[];
  /** Empty where the value moved without a word of the text changing (its range, its rows). */
  sentences: SentenceChange[];
};

/** Compares figures as printed with what today's evidence gives, each computed once; only those asked for. */
export function openMovement(log: LogReader): (printed: readonly Figure[], among: (id: string) => boolean) => Movement {
  const size = log.size();
  const today = new Map<string, Figure | TracewireError | undefined>();
  const figureNow = (id: string): Figure | TracewireError | undefined => {
    if (!today.has(id)) today.set(id, computeNow(log, id, size));
    return today.get(id);
  };
  return (printed, among) => {
    const moved: MovedFigure[] = [];
    const current = printed.map((figure) => {
      const now = among(figure.id) ? figureNow(figure.id) : undefined;
      if (now instanceof TracewireError) {
        moved.push({ id: figure.id, was: figure.value, now: null, why: now.message });
        return { ...figure, value: null, low: null, high: null };
      }
      if (!now || (now.value === figure.value && now.low === figure.low && now.high === figure.high)) return figure;
      moved.push({ id: figure.id, was: figure.value, now: now.value });
      return now;
    });
    return { moved, current };
  };
}

function computeNow(log: LogReader, id: string, size: number): Figure | TracewireError | undefined {
  const named = findFigureSpec(log, id, size);
  return named && computeOrFault(log, named.spec, size);
}

/** Figures of publications that a later change moved; of one figure, or of all. */
export function restatedFigures(log: Pick<LogReader, "db">, figure?: string): Set<string> {
  const rows = log.db.prepare("SELECT DISTINCT id FROM restatements WHERE (? IS NULL OR id = ?) ORDER BY 1").all(figure ?? null, figure ?? null);
  return new Set(rows.map((row) => row.id as string));
}

/** Stories whose newest revision prints a value that today's evidence does not give; of one figure, or of all. */
export function listAffected(log: LogReader, figure?: string): Affected[] {
  const restated = restatedFigures(log, figure);
  const movementOf = openMovement(log);
  const cards = new Map([...restated].flatMap((id) => cardsCarrying(log, id)).map((card) => [card.slug, card]));
  return [...cards.values()].flatMap((card): Affected[] => {
    const publication = readPublication(log, card.slug)!;
    if (publication.withdrawn) return [];
    const { moved, current } = movementOf(publication.figures, (id) => restated.has(id));
    if (moved.length === 0) return [];
    const [was, now] = [publication.figures, current].map((figures) => sentencesOf(publication.story, printerOf(log, figures)));
    return [{ card, figures: moved, sentences: changedSentences(was!, now!) }];
  });
}

/** The revisions that carry one of these figures, as "slug/revision". */
export function revisionsCarrying(log: Pick<LogReader, "db">, figures: ReadonlySet<string>): Set<string> {
  const carried = log.db.prepare("SELECT slug, revision FROM carried_figures WHERE figure = ?");
  return new Set([...figures].flatMap((id) => carried.all(id).map(({ slug, revision }) => `${String(slug)}/${String(revision)}`)));
}
