// The picture over a story is drawn from a figure. One that has nothing to draw, as a single quoted number, leaves the place
// to the next figure of the story that has.
import type { Figure } from "../figures/figures.ts";
import { figuresOf, type Story } from "./story.ts";

/** One mark alone is no picture. */
const POINTS_MIN = 2;

/** Whether a figure has something to draw: a series of several values. */
export const canBeDrawn = ({ measure, rows }: Figure): boolean => measure === "series" && rows.filter(({ value }) => value !== null).length >= POINTS_MIN;

/** The figure that is drawn for a story: the one it names as its picture, else the first it uses that can be. Undefined where it names none. */
export function drawnFigure({ story, figures }: { story: Story; figures: readonly Figure[] }): Figure | undefined {
  if (story.picture === undefined) return undefined;
  const ids = [story.picture, ...figuresOf(story)];
  return ids.flatMap((id) => figures.find((figure) => figure.id === id) ?? []).find(canBeDrawn);
}
