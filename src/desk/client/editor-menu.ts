// What opens at the cursor: `/` lists what can be put in, `=` finds a figure, `@` a group, a theft or a report. Words typed on
// narrow the list; arrows choose, Enter puts in, Escape leaves what was typed as it is. The cursor stays in the text all along.
import type { Node } from "prosemirror-model";
import { Plugin, PluginKey, TextSelection, type EditorState, type Transaction } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { FORM_WORDS, figureCard, knownFigure, learn, type FilledFigure } from "./editor-figures.ts";
import { newFigure } from "./editor-new-figure.ts";
import { make } from "./make.ts";
import { MONTHS, storySchema as schema } from "./story-schema.ts";

type Mode = "/" | "=" | "@" | "pull" | "chart" | "date" | "name" | "form";
type Open = { mode: Mode; /** Where what was typed for the menu begins, its sign included. */ from: number };
type Choice = { words: string; about?: string; aside?: () => HTMLElement; take(view: EditorView, from: number, to: number): void };
type FoundName = { kind: string; title: string; node: { type: "link"; href: string; text: string } | { type: "name"; text: string } };

const key = new PluginKey<Open | null>("menu");
const TYPING_MS = 120;
const FORMS = ["short", "exact", "words", "words_capital", "rows", "rows_words", "low", "high"];
const HINTS: Record<Mode, string> = { "/": "What is put in here", "=": "A figure, by its words", "@": "A group, a theft or a report", pull: "A pull figure, by its words", chart: "A chart, by its words", date: "A date: 2024-02-09, or 9 Feb 2024", name: "A name with digits, such as S/2024/215", form: "How the figure is said" };
const SIGN: Partial<Record<Mode, string>> = { "/": "/", "=": "=", "@": "@" };

const openMode = (mode: Mode) => (view: EditorView, from: number, to: number): void => {
  const sign = SIGN[mode] ?? "";
  const transaction = view.state.tr.delete(from, to);
  if (sign) transaction.insertText(sign, from);
  view.dispatch(transaction.setMeta(key, { mode, from }));
};

/** Where the last one was put in: the next word begins with a space there, a full stop does not. */
const putAt = new WeakMap<EditorView, number>();

function putInline(view: EditorView, from: number, to: number, node: Node): void {
  const transaction = view.state.tr.replaceWith(from, to, node);
  const end = Math.min(from + node.nodeSize, transaction.doc.content.size);
  // What is typed next is no part of a link's words.
  view.dispatch(transaction.setMeta(key, null).setSelection(TextSelection.create(transaction.doc, end)).setStoredMarks([]).scrollIntoView());
  putAt.set(view, end);
}

/** The space before a word or sign that is typed right behind what was put in. */
function spaceBefore(view: EditorView, from: number, to: number, text: string): "" | " " {
  const isThere = putAt.get(view) === from && from === to;
  putAt.delete(view);
  return isThere && /^[\p{L}\p{N}“(/=@]/u.test(text) ? " " : "";
}

function putBlock(view: EditorView, from: number, to: number, type: "heading" | "pull" | "chart", attrs?: Record<string, string>): void {
  const transaction = view.state.tr.delete(from, to);
  const $from = transaction.doc.resolve(from);
  const isOwn = $from.parent.type.name === "paragraph" && $from.parent.content.size === 0;
  if (isOwn || (type === "heading" && $from.parent.type.name === "paragraph")) transaction.setNodeMarkup($from.before(1), schema.nodes[type], attrs);
  else {
    // Headline and standfirst stay what they are: what is put in comes behind them.
    const at = $from.index(0) < 1 ? transaction.doc.child(0).nodeSize + transaction.doc.child(1).nodeSize : $from.after(1);
    transaction.insert(at, schema.nodes[type]!.create(attrs));
    transaction.setSelection(TextSelection.create(transaction.doc, at + 1));
  }
  view.dispatch(transaction.setMeta(key, null).scrollIntoView());
}

const COMMANDS: readonly (Choice & { find: string })[] = [
  { words: "Figure", about: "=", find: "figure number", take: openMode("=") },
  { words: "Group, theft or report", about: "@", find: "group actor theft report name link", take: openMode("@") },
  { words: "Section title", find: "section title heading", take: (view, from, to) => putBlock(view, from, to, "heading") },
  { words: "Pull figure", find: "pull figure number", take: openMode("pull") },
  { words: "Chart", find: "chart picture", take: openMode("chart") },
  { words: "Date", find: "date day month year", take: openMode("date") },
  { words: "Name with digits", find: "name document symbol", take: openMode("name") },
];

const nodeOf = (node: FoundName["node"]): Node =>
  node.type === "name" ? schema.nodes.name!.create({ text: node.text }) : schema.text(node.text, [schema.marks.link!.create({ href: node.href })]);

async function get<T>(path: string): Promise<T | undefined> {
  try {
    const response = await fetch(path, { headers: { accept: "application/json" } });
    return response.ok ? ((await response.json()) as T) : undefined;
  } catch {
    return undefined;
  }
}

async function choicesFor(mode: Mode, words: string, csrf: () => string): Promise<Choice[] | undefined> {
  if (mode === "/") return COMMANDS.filter(({ words: label, find }) => `${label.toLowerCase()} ${find}`.includes(words.toLowerCase()));
  if (mode === "date") {
    const date = dateOf(words);
    return date === undefined ? [] : [{ words: `The date ${date}`, take: (view, from, to) => putInline(view, from, to, schema.nodes.date!.create({ date })) }];
  }
  if (mode === "name") return words.trim() === "" ? [] : [{ words: `The name ${words.trim()}`, about: "must stand in a released claim", take: (view, from, to) => putInline(view, from, to, schema.nodes.name!.create({ text: words.trim() })) }];
  if (mode === "@") {
    const names = (await get<{ names: FoundName[] }>(`/desk/find/names?q=${encodeURIComponent(words)}`))?.names;
    return names?.map(({ kind, title, node }) => ({ words: title, about: kind, take: (view, from, to) => putInline(view, from, to, nodeOf(node)) }));
  }
  const figures = (await get<{ figures: FilledFigure[] }>(`/desk/find/figures?q=${encodeURIComponent(words)}`))?.figures;
  if (figures) learn(figures);
  const found = figures?.map((figure): Choice => ({
    words: figure.title,
    about: figure.forms.short,
    aside: () => figureCard(figure),
    take: (view, from, to) => (mode === "=" ? putInline(view, from, to, schema.nodes.figure!.create({ id: figure.id })) : putBlock(view, from, to, mode as "pull" | "chart", { figure: figure.id })),
  }));
  return found && mode === "=" ? [...found, makeOne(words, csrf)] : found;
}

/** As people write it: 2024-02-09, 9 February 2024, Feb 9, 2024, February 2024, 2024. */
export function dateOf(words: string): string | undefined {
  const typed = words.trim();
  if (/^\d{4}(-\d{2}(-\d{2})?)?$/.test(typed)) return typed;
  const [, before, name, after, year] = /^(?:(\d{1,2})\.? )?(\p{L}{3,9})\.?(?: (\d{1,2}),?)? (\d{4})$/u.exec(typed) ?? [];
  const month = MONTHS.findIndex((own) => own.toLowerCase() === name?.slice(0, 3).toLowerCase()) + 1;
  if (month === 0 || (before !== undefined && after !== undefined)) return undefined;
  const day = before ?? after;
  const date = [year!, String(month).padStart(2, "0"), ...(day === undefined ? [] : [day.padStart(2, "0")])].join("-");
  return day === undefined || !Number.isNaN(Date.parse(date)) ? date : undefined;
}

/** None of those: a new one, by its rules. */
const makeOne = (words: string, csrf: () => string): Choice => ({
  words: "A new figure, by its rules",
  take(view, from, to) {
    view.dispatch(view.state.tr.delete(from, to).setMeta(key, null));
    void newFigure(words, csrf).then((id) => {
      if (id !== undefined) putInline(view, view.state.selection.from, view.state.selection.from, schema.nodes.figure!.create({ id }));
      view.focus();
    });
  },
});

/** How the figure under the cursor is said: each form as it would print. */
function formChoices(state: EditorState, at: number): Choice[] {
  const node = state.doc.nodeAt(at);
  const figure = node && knownFigure(node.attrs.id as string);
  return (figure ? FORMS : []).map((form) => ({
    words: figure!.forms[form]!,
    about: FORM_WORDS[form],
    aside: () => figureCard(figure!),
    take: (view) => view.dispatch(view.state.tr.setNodeMarkup(at, undefined, { ...node!.attrs, form }).setMeta(key, null)),
  }));
}

export const menuIsOpen = (state: EditorState): boolean => key.getState(state) != null;
export const openForms = (from: number) => (state: EditorState, dispatch?: (transaction: Transaction) => void): boolean => (dispatch?.(state.tr.setMeta(key, { mode: "form", from })), true);

class Menu {
  readonly #view: EditorView;
  readonly #csrf: () => string;
  readonly #list = make("ul", { id: "editor-menu-list", aria: { role: "listbox", label: "What is put in" } });
  readonly #aside = make("div", { className: "menu-aside" });
  readonly #hint = make("p", { className: "hint" });
  readonly #said = make("p", { className: "said", aria: { live: "polite" } });
  readonly #box = make("div", { className: "editor-menu", hidden: true }, this.#hint, this.#list, this.#aside);
  #choices: Choice[] = [];
  #at = 0;
  #asked = "";
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(view: EditorView, csrf: () => string) {
    this.#view = view;
    this.#csrf = csrf;
    // A press in the menu must not take the cursor out of the text.
    this.#box.addEventListener("mousedown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => {
      const at = [...this.#list.children].indexOf((event.target as HTMLElement).closest("li")!);
      if (at >= 0) this.take(at);
    });
    view.dom.parentElement!.append(this.#box, this.#said);
  }

  update(): void {
    const { state } = this.#view;
    const open = key.getState(state);
    if (!open) {
      this.#asked = "";
      clearTimeout(this.#timer);
      if (!this.#box.hidden) {
        this.#box.hidden = true;
        this.#view.dom.removeAttribute("aria-activedescendant");
        this.#view.dom.setAttribute("aria-expanded", "false");
      }
      return;
    }
    const words = wordsOf(state, open);
    const asked = `${open.mode} ${open.from} ${words}`;
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#hint.textContent = HINTS[open.mode];
    const turn = ++this.#turn;
    const look = async (): Promise<void> => {
      const choices = open.mode === "form" ? formChoices(state, open.from) : await choicesFor(open.mode, words, this.#csrf);
      if (turn !== this.#turn || !key.getState(this.#view.state)) return;
      this.#show(choices, open.from);
    };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void look(), ["=", "@", "pull", "chart"].includes(open.mode) ? TYPING_MS : 0);
  }

  #show(choices: Choice[] | undefined, from: number): void {
    this.#choices = choices ?? [];
    this.#at = 0;
    const itemOf = ({ words, about }: Choice, at: number): HTMLElement =>
      make("li", { id: `editor-menu-${at}`, aria: { role: "option" } }, make("span", { textContent: words }), about !== undefined && make("small", { textContent: about }));
    this.#list.replaceChildren(...this.#choices.map(itemOf));
    if (this.#choices.length === 0) this.#hint.textContent = choices ? `${this.#hint.textContent!}: nothing is found` : "The desk does not answer now";
    this.#said.textContent = this.#choices.length === 1 ? "1 choice" : `${this.#choices.length} choices`;
    this.#box.hidden = false;
    const [place, frame] = [this.#view.coordsAtPos(Math.min(from, this.#view.state.doc.content.size)), this.#box.parentElement!.getBoundingClientRect()];
    this.#box.style.top = `${place.bottom - frame.top + 4}px`;
    this.#box.style.left = `${Math.max(0, Math.min(place.left - frame.left, frame.width - this.#box.offsetWidth))}px`;
    this.#mark();
  }

  #mark(): void {
    for (const [at, item] of [...this.#list.children].entries()) item.setAttribute("aria-selected", String(at === this.#at));
    const chosen = this.#list.children[this.#at];
    chosen?.scrollIntoView({ block: "nearest" });
    this.#aside.replaceChildren(...(this.#choices[this.#at]?.aside ? [this.#choices[this.#at]!.aside!()] : []));
    this.#view.dom.setAttribute("aria-expanded", "true");
    this.#view.dom.setAttribute("aria-controls", "editor-menu-list");
    if (chosen) this.#view.dom.setAttribute("aria-activedescendant", chosen.id);
    else this.#view.dom.removeAttribute("aria-activedescendant");
  }

  move(by: number): void {
    if (this.#choices.length === 0) return;
    this.#at = (this.#at + by + this.#choices.length) % this.#choices.length;
    this.#mark();
  }

  /** False where there is nothing to take: Enter is Enter then. */
  take(at = this.#at): boolean {
    const open = key.getState(this.#view.state);
    const choice = this.#choices[at];
    if (!open || !choice || this.#box.hidden) return false;
    choice.take(this.#view, open.from, this.#view.state.selection.head);
    this.#view.focus();
    return true;
  }

  destroy(): void {
    this.#box.remove();
    this.#said.remove();
  }
}

const wordsOf = (state: EditorState, { mode, from }: Open): string => (mode === "form" ? "" : state.doc.textBetween(from, Math.max(from, state.selection.head), " ", " ").slice(SIGN[mode] ? 1 : 0));

export function menuPlugin(csrf: () => string): Plugin<Open | null> {
  let menu: Menu | undefined;
  return new Plugin<Open | null>({
    key,
    state: {
      init: () => null,
      apply(transaction, before, _, state) {
        const given = transaction.getMeta(key) as Open | null | undefined;
        if (given !== undefined) return given;
        if (!before) return null;
        if (before.mode === "form") return transaction.docChanged || transaction.selectionSet ? null : before;
        const from = transaction.mapping.map(before.from, -1);
        const { head, empty, $head } = state.selection;
        // The cursor left what it had opened, or its sign was deleted.
        if (!empty || head < from || head > state.doc.content.size || $head.start() > from) return null;
        const sign = SIGN[before.mode];
        const typed = state.doc.textBetween(from, head, " ", " ");
        // A sign with a space behind it is a sign: "a = b".
        return sign && (typed[0] !== sign || /^.\s/.test(typed)) ? null : { ...before, from };
      },
    },
    props: {
      handleTextInput(view, from, to, text) {
        const space = spaceBefore(view, from, to, text);
        const transaction = view.state.tr.setStoredMarks([]).insertText(space + text, from, to);
        const before = view.state.doc.textBetween(view.state.doc.resolve(from).start(), from, " ", "x") + space;
        if (text in SIGN && !key.getState(view.state) && (before === "" || /[\s(“]$/.test(before))) view.dispatch(transaction.setMeta(key, { mode: text as Mode, from: from + space.length }));
        else if (space === "") return false;
        else view.dispatch(transaction);
        return true;
      },
      handleKeyDown(view, event) {
        if (!key.getState(view.state) || !menu) return false;
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
          menu.move(event.key === "ArrowDown" ? 1 : -1);
          return true;
        }
        if (event.key === "Enter" || event.key === "Tab") return menu.take();
        if (event.key !== "Escape") return false;
        view.dispatch(view.state.tr.setMeta(key, null));
        return true;
      },
    },
    view: (view) => (menu = new Menu(view, csrf)),
  });
}
