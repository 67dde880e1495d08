// What a reader sees of a story's tree as plain text: the figures as published, dates in words. One printing for
// cards, feeds, search, mails and diffs, so that no two of them can say different things.
import { findFigureSpec, formatCount, formatDate, formatValue, numberWord, type Figure, type FigureSpec } from "../figures/figures.ts";
import type { LogReader } from "../evidence/evidence.ts";
import type { FigureForm } from "./figure-forms.ts";
import type { Block, Inline, Story } from "./story-schema.ts";

export type Printer = (content: Inline) => string;

/** What of a figure is printed in a sentence. */
export function printedForm(figure: Figure, spec: FigureSpec | undefined, form: FigureForm): string {
  switch (form) {
    case "rows":
      return formatCount(figure.row_count);
    case "rows_words":
      return numberWord(figure.row_count);
    case "low":
    case "high":
      return formatValue(figure[form], figure.unit, "short", spec);
    case "words_capital": {
      const words = formatValue(figure.value, figure.unit, "words", spec);
      return words.charAt(0).toUpperCase() + words.slice(1);
    }
    default:
      return formatValue(figure.value, figure.unit, form, spec);
  }
}

/** Prints by the figures given and by their rules as they stood when each was computed. */
export function printerOf(log: Pick<LogReader, "db">, figures: readonly Figure[]): Printer {
  const byId = new Map(
    figures.map((figure) => [figure.id, { figure, spec: findFigureSpec(log, figure.id, Number(figure.log_size))?.spec }]),
  );
  return (content) =>
    content
      .map((node) => {
        if (node.type === "date") return formatDate(node.date);
        if (node.type !== "figure") return node.text;
        const bound = byId.get(node.id);
        return bound ? printedForm(bound.figure, bound.spec, node.form) : `[${node.id} is not held]`;
      })
      .join("");
}

/** What is read of a block: a pull figure is its number and the words beside it. */
const readOf = (block: Block): Inline => (block.type === "pull" ? [{ type: "figure", id: block.figure, form: block.form }, { type: "text", text: " " }, ...block.content] : block.content);

/** Every sentence in reading order: the unit in which a correction is told. */
export const sentencesOf = (story: Story, print: Printer): string[] => placedSentences(story, print).map(({ sentence }) => sentence);

/** Each with its place, in the words of the lint. */
export function placedSentences(story: Story, print: Printer): { place: string; sentence: string }[] {
  const runs: [place: string, run: Inline][] = [
    ["headline", story.headline],
    ["standfirst", story.standfirst],
    ...(story.photo?.caption ? [["head, caption", story.photo.caption] as [string, Inline]] : []),
    ...story.sections.flatMap((section, at) => [
      ...(section.title ? [[`section ${at + 1}, title`, section.title] as [string, Inline]] : []),
      ...section.blocks.map((block, index): [string, Inline] => [`section ${at + 1}, ${block.type} ${index + 1}`, readOf(block)]),
    ]),
  ];
  return runs.flatMap(([place, run]) => splitSentences(print(run)).map((sentence) => ({ place, sentence })));
}

export const splitSentences = (text: string): string[] =>
  text
    .split(/(?<=[.!?][”’)]?)\s+(?=[A-Z“‘(])/)
    .map((sentence) => sentence.trim())
    .filter(Boolean);

export function textOf(story: Story, print: Printer): string {
  return story.sections
    .flatMap((section) => [section.title ? print(section.title) : "", ...section.blocks.map((block) => print(readOf(block)))])
    .filter(Boolean)
    .join("\n");
}
