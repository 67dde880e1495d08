// A figure in a sentence: it looks like text with a fine dotted underline and opens in place by the platform's own
// popover, without script. A popover is a block and may not stand inside a paragraph, so the notes are gathered and
// printed after the text; uses of one figure share one note. On paper they become a numbered list.
import { readClaim } from "../casefile/casefile.ts";
import type { LogReader } from "../evidence/evidence.ts";
import { describeFigure, findFigureSpec, numberWord, type Figure, type FigureSpec, type FigureWords } from "../figures/figures.ts";
import { printedForm } from "../press/press.ts";
import { html, nothing, type Html } from "./html.ts";
import type { SiteContext } from "./route.ts";
import { capital, figureHref, formatDay } from "./words.ts";

const HOW_LINES_MAX = 3;

export type NotedFigure = {
  figure: Figure;
  spec: FigureSpec;
  words: FigureWords;
  /** The day on which the log had the size that the value was computed from. */
  known_on: string;
  /** The same figure as it comes out today, where that differs from the value printed. */
  newer?: NewerFigure;
};
/** `why`: its rules give no value any more. */
export type NewerFigure = { figure: Figure; spec: FigureSpec; why?: string };

export { printedForm };

export type NoteSheet = {
  /** A button with what is printed in the sentence; its note is kept for `print`. */
  note(noted: NotedFigure, printed: string): Html;
  /** Every note once, in the order of first use. Belongs after the last paragraph that uses one. */
  print(): Html;
};

/** `base_url`: on paper an address is read, not pressed. */
export function openNoteSheet(base_url: string): NoteSheet {
  const numbers = new Map<string, number>();
  const notes: Html[] = [];
  return {
    note(noted, printed) {
      const key = `${noted.figure.id}@${noted.figure.log_size}`;
      let number = numbers.get(key);
      if (number === undefined) {
        numbers.set(key, (number = numbers.size + 1));
        notes.push(noteBody(noted, number, base_url));
      }
      return html`<button type="button" class="fig${noted.newer && " moved"}" popovertarget="f${number}">${printed}</button><sup>${number}</sup>`;
    },
    print: () =>
      notes.length === 0
        ? nothing
        : html`<div class="notes"><p class="paper label">The numbers on this page, and where each can be opened</p>${notes}</div>`,
  };
}

/** The figure as a link, for places where a button may not stand or would be too much: headlines, rails. */
export function figureLink({ figure, newer }: NotedFigure, printed: string): Html {
  return html`<a class="fig${newer && " moved"}" href="${figureHref(figure.id, figure.log_size)}">${printed}</a>`;
}

/** Gathers what a note says: the words, the claim that is quoted, the day. `spec` is the one the figure was made by. */
export function notedFigure(log: LogReader, figure: Figure, spec: FigureSpec, newer?: NotedFigure["newer"]): NotedFigure {
  const first = figure.rows[0]?.claim;
  const chosen = first !== null && first !== undefined ? readClaim(log, first) : undefined;
  return { figure, spec, words: describeFigure(figure, spec, chosen), known_on: dayKnown(log, Number(figure.log_size)), newer };
}

/** A figure as computed for this page's vantage, for pages that are not publications. */
export function liveFigure(context: SiteContext, id: string): NotedFigure | undefined {
  const found = context.figure(id);
  return found && found.figure.value !== null ? notedFigure(context.log, found.figure, found.named.spec) : undefined;
}

/** A figure as published, and beside it today's where that is another. */
export function publishedFigure(context: SiteContext, figure: Figure): NotedFigure | undefined {
  const spec = findFigureSpec(context.log, figure.id, Number(figure.log_size))?.spec;
  if (!spec) return undefined;
  const unanswered = context.unanswered(figure.id);
  if (unanswered) {
    const none = { ...figure, value: null, low: null, high: null, log_size: String(context.at.log_size) };
    return notedFigure(context.log, figure, spec, { figure: none, spec: unanswered.named.spec, why: unanswered.fault.message });
  }
  const today = context.figure(figure.id);
  const moved = today && (["value", "low", "high"] as const).some((end) => today.figure[end] !== figure[end]);
  return notedFigure(context.log, figure, spec, moved ? { figure: today.figure, spec: today.named.spec } : undefined);
}

function noteBody({ figure, spec, words, known_on, newer }: NotedFigure, number: number, base_url: string): Html {
  const href = figureHref(figure.id, figure.log_size);
  const shown = words.how.slice(0, HOW_LINES_MAX);
  const more = words.how.length - shown.length;
  return html`<div class="note" id="f${number}" popover role="group" aria-label="${words.exact}">
<p class="label">${spec.title}</p>
<p class="value"><span class="paper">${number}. </span>${words.exact}</p>
<dl>${words.range && html`<dt>Range</dt><dd>${words.range}, by rival values</dd>`}
<dt>Who says</dt><dd>${words.who}</dd>
<dt>How we counted</dt><dd><ul>${shown.map((line) => html`<li>${line}</li>`)}${more > 0 && html`<li>${capital(numberWord(String(more)))} more on its page</li>`}</ul></dd>
<dt>As known on</dt><dd>${formatDay(known_on)}</dd>
${newer && html`<dt>Newer value</dt><dd><a href="${figureHref(figure.id, newer.figure.log_size)}">${newerWords(figure, newer)}</a></dd>`}
</dl>
<p class="open"><a href="${href}">${rowsWords(figure)}</a> <button type="button" popovertarget="f${number}">Close</button></p>
<p class="paper">${base_url}${href}</p>
</div>`;
}

function rowsWords(figure: Figure): string {
  if (figure.row_count === "1") return "Its row, with the source →";
  return figure.row_count === "2"
    ? "Both rows, each with its source →"
    : `All ${numberWord(figure.row_count)} rows, each with its source →`;
}

export function newerWords(before: Figure, { figure, spec, why }: NewerFigure): string {
  if (why !== undefined) return `not known: it cannot be computed any more (${why})`;
  const { exact, range } = describeFigure(figure, spec);
  return figure.value === before.value ? `${exact}, with the range ${range ?? "closed"}` : exact;
}

function dayKnown(log: LogReader, log_size: number): string {
  const row = log.db.prepare("SELECT at FROM entry_index WHERE seq = ?").get(log_size - 1);
  return row ? (row.at as string) : "unstated";
}
