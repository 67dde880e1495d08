/** What of a figure is printed: its value for prose, exactly, in words (also at the start of a sentence); how many rows it has; its range. */
export const FIGURE_FORMS = ["short", "exact", "words", "words_capital", "rows", "rows_words", "low", "high"] as const;
export type FigureForm = (typeof FIGURE_FORMS)[number];
