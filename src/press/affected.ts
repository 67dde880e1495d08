// When the evidence moves: which stories carry a figure that comes out otherwise today, with each sentence as it was
// printed and as it would read now.
import type { LogReader } from "../evidence/evidence.ts";
import { computeFigure, findFigureSpec, type Figure } from "../figures/figures.ts";
import { cardsCarrying, readPublication, type Card } from "./read-press.ts";
import { changedSentences, type SentenceChange } from "./story-diff.ts";
import { printerOf, sentencesOf } from "./story-print.ts";

export type Affected = {
  card: Card;
  /** The figures of it that moved. */
  figures: { id: string; was: string | null; now: string | null }[];
  /** Empty where the value moved without a word of the text changing (its range, its rows). */
  sentences: SentenceChange[];
};

/** Stories whose newest revision prints a value that today's evidence does not give; of one figure, or of all. */
export function listAffected(log: LogReader, figure?: string): Affected[] {
  const size = log.size();
  const moved = log.db
    .prepare("SELECT DISTINCT r.id FROM restatements r WHERE (? IS NULL OR r.id = ?) ORDER BY 1")
    .all(figure ?? null, figure ?? null)
    .map((row) => row.id as string);
  const today = new Map<string, Figure>();
  const figureNow = (id: string): Figure | undefined => {
    const named = findFigureSpec(log, id, size);
    if (named && !today.has(id)) today.set(id, computeFigure(log, named.spec, size));
    return today.get(id);
  };
  const cards = new Map(moved.flatMap((id) => cardsCarrying(log, id)).map((card) => [card.slug, card]));
  return [...cards.values()].flatMap((card): Affected[] => {
    const publication = readPublication(log, card.slug)!;
    if (publication.withdrawn) return [];
    const figures = publication.figures.flatMap((published) => {
      const now = moved.includes(published.id) ? figureNow(published.id) : undefined;
      const isMoved = now && (now.value !== published.value || now.low !== published.low || now.high !== published.high);
      return isMoved ? [{ id: published.id, was: published.value, now: now.value }] : [];
    });
    if (figures.length === 0) return [];
    const current = publication.figures.map((published) =>
      figures.some(({ id }) => id === published.id) ? today.get(published.id)! : published,
    );
    const sentences = changedSentences(
      sentencesOf(publication.story, printerOf(log, publication.figures)),
      sentencesOf(publication.story, printerOf(log, current)),
    );
    return [{ card, figures, sentences }];
  });
}
