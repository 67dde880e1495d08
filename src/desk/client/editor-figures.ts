// Figures of the story as the desk computed them, and the nodes that show them: each fills itself with the words that will be
// printed, and again when the desk says that they read otherwise now.
import type { Node } from "prosemirror-model";
import type { EditorView, NodeView } from "prosemirror-view";
import { make } from "./make.ts";

export type FilledFigure = { id: string; title: string; forms: Record<string, string>; exact: string; range: string | null; who: string; how: string[]; row_count: string; rows: { label: string; value: string | null; claimant: string | null }[]; not_released: { words: string; href: string } | null };

const known = new Map<string, FilledFigure>();
const waiting = new Set<() => void>();

export function learn(figures: readonly FilledFigure[]): void {
  for (const figure of figures) known.set(figure.id, figure);
  for (const show of waiting) show();
}

export const knownFigure = (id: string): FilledFigure | undefined => known.get(id);
export const printedWords = (id: string, form: string): string => known.get(id)?.forms[form] ?? id;

export const FORM_WORDS: Record<string, string> = {
  short: "in prose", exact: "exactly", words: "in words", words_capital: "in words, at the start of a sentence", rows: "how many rows", rows_words: "how many rows, in words", low: "the low end of its range", high: "the high end of its range",
};

const rowOf = ({ label, value, claimant }: FilledFigure["rows"][number]): HTMLElement =>
  make("tr", {}, make("td", { textContent: label }), make("td", { className: "num", textContent: value ?? "" }), make("td", { textContent: claimant ?? "our count" }));

/** Its answer, its rows and its words, for whoever chooses. */
export function figureCard({ title, exact, range, who, row_count, rows, not_released }: FilledFigure): HTMLElement {
  return make("div", { className: "figure-card" },
    make("p", { className: "figure-answer" }, make("strong", { textContent: exact }), range !== null && ` (${range})`),
    not_released !== null && make("p", { className: "finding" }, `${not_released.words}. `, make("a", { href: not_released.href, target: "_blank", textContent: "Release them" })),
    make("p", { textContent: title }),
    make("p", { className: "hint", textContent: who }),
    rows.length > 0 && make("table", {}, make("tbody", {}, ...rows.map(rowOf))),
    Number(row_count) > rows.length && make("p", { className: "hint", textContent: `${row_count} rows in all` }),
  );
}

abstract class Shown implements NodeView {
  abstract dom: HTMLElement;
  node: Node;
  readonly #show = () => this.show();
  constructor(node: Node) {
    this.node = node;
    waiting.add(this.#show);
  }
  abstract show(): void;
  update(node: Node): boolean {
    if (node.type !== this.node.type) return false;
    this.node = node;
    this.show();
    return true;
  }
  destroy(): void {
    waiting.delete(this.#show);
  }
}

/** A figure in the line. */
class FigureView extends Shown {
  dom = make("span", { className: "story-figure" });
  constructor(node: Node) {
    super(node);
    this.show();
  }
  show(): void {
    const { id, form } = this.node.attrs as { id: string; form: string };
    const figure = known.get(id);
    this.dom.textContent = printedWords(id, form);
    this.dom.classList.toggle("unknown", !figure);
    this.dom.title = figure ? `${figure.title}: ${figure.exact} (${FORM_WORDS[form] ?? form}). Enter changes how it is said.` : `There is no figure “${id}”, or it has no answer`;
    this.dom.setAttribute("aria-label", figure ? `figure ${figure.forms[form] ?? id}, ${figure.title}` : `unknown figure ${id}`);
    this.dom.dataset.id = id;
  }
}

/** A pull figure or a chart: the figure is shown, its caption is written. */
class BlockView extends Shown {
  dom = make("div");
  contentDOM = make("p", { className: "block-caption" });
  readonly #figure = make("p", { className: "block-figure", contentEditable: "false" });
  constructor(node: Node) {
    super(node);
    this.dom.className = `story-${node.type.name}`;
    this.contentDOM.dataset.empty = "Caption: what it shows, and what it lacks";
    this.dom.append(this.#figure, this.contentDOM);
    this.show();
  }
  show(): void {
    const { figure, form = "short" } = this.node.attrs as { figure: string; form?: string };
    const filled = known.get(figure);
    this.#figure.textContent = this.node.type.name === "pull" ? printedWords(figure, form) : `Chart of ${filled?.title ?? figure}`;
    this.#figure.classList.toggle("unknown", !filled);
    this.contentDOM.classList.toggle("empty", this.node.content.size === 0);
  }
  ignoreMutation(mutation: { target: globalThis.Node }): boolean {
    return !this.contentDOM.contains(mutation.target);
  }
}

export const figureViews: Record<string, (node: Node, view: EditorView) => NodeView> = {
  figure: (node) => new FigureView(node),
  pull: (node) => new BlockView(node),
  chart: (node) => new BlockView(node),
};
