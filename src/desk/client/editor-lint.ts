// The lint in the margin: each finding beside the block it is about, with its reason, its fix, and a way to let it stand with a
// reason that readers see. The same findings as `tracewire story check`: they come from the desk with every save.
import type { Node } from "prosemirror-model";
import { Plugin, PluginKey, TextSelection } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import type { Finding, Seen } from "./editor-saving.ts";
import { make } from "./make.ts";

const key = new PluginKey<DecorationSet>("lint");
const GAP = 8;
/** What to do about a finding in this editor, where the lint's own words are of the text form or the command line. */
const FIXES_HERE: Record<string, string> = {
  "unbound-number": "Put a figure in its place: take it out and press =. A date or a name with digits: press /",
  "unknown-figure": "Choose another with =; the last of its choices makes one by its rules",
  "no-reply-box": "Name the request above the text, under “Asked for a reply”; or ask them at Replies",
  "photo-without-rights": "Say it above the text, in the head",
  "picture-draws-nothing": "Name a figure that is a series of values in the head, or leave “Picture” empty",
};

export const lintPlugin = (): Plugin<DecorationSet> =>
  new Plugin<DecorationSet>({
    key,
    state: {
      init: () => DecorationSet.empty,
      apply: (transaction, marks) => (transaction.getMeta(key) as DecorationSet | undefined) ?? marks.map(transaction.mapping, transaction.doc),
    },
    props: { decorations: (state) => key.getState(state) },
  });

/** Where each place of the lint begins in the document: it counts sections and blocks as the story's tree does, where a paragraph without words is none. */
function placesOf(doc: Node): Map<string, { at: number; node: Node }> {
  const places = new Map<string, { at: number; node: Node }>();
  let [section, index] = [0, 0];
  doc.forEach((node, at) => {
    const { name } = node.type;
    if (name === "headline" || name === "standfirst") places.set(name, { at, node });
    else if (name === "heading") {
      section += 1;
      index = 0;
      places.set(`section ${section}, title`, { at, node });
    } else if (name !== "paragraph" || node.textContent.trim() !== "" || !node.children.every(({ isText }) => isText)) {
      section ||= 1;
      index += 1;
      places.set(`section ${section}, ${name} ${index}`, { at, node });
    }
  });
  return places;
}

/** The words that a finding quotes, where they stand in the block. */
function wordsAt(node: Node, { what }: Finding): { from: number; to: number } | undefined {
  const quoted = /“([^”]+)”/.exec(what)?.[1];
  let found: { from: number; to: number } | undefined;
  if (quoted !== undefined)
    node.forEach((child, offset) => {
      const at = child.isText ? child.text!.indexOf(quoted) : [child.attrs.id, child.attrs.text, child.attrs.date].includes(quoted) ? 0 : -1;
      if (at >= 0 && !found) found = { from: offset + at, to: offset + at + (child.isText ? quoted.length : child.nodeSize) };
    });
  return found;
}

export type LintOptions = { view: EditorView; margin: HTMLElement; waive(rule: string, why: string): Promise<string | undefined> };

export class Lint {
  readonly #options: LintOptions;
  #cards: { card: HTMLElement; at: number | undefined }[] = [];

  constructor(options: LintOptions) {
    this.#options = options;
    new ResizeObserver(() => this.place()).observe(options.view.dom);
    addEventListener("resize", () => this.place());
  }

  show({ findings, waivers }: Seen): void {
    const { view, margin } = this.#options;
    const places = placesOf(view.state.doc);
    const marks: Decoration[] = [];
    const waived = new Map(waivers.map((waiver) => [waiver.rule, waiver]));
    this.#cards = findings.map((finding) => {
      const place = places.get(finding.place);
      const words = place && wordsAt(place.node, finding);
      const at = place && place.at + 1 + (words?.from ?? 0);
      const waiver = waived.get(finding.rule);
      if (place && !waiver) marks.push(words ? Decoration.inline(at!, place.at + 1 + words.to, { class: "lint-words" }) : Decoration.node(place.at, place.at + place.node.nodeSize, { class: "lint-block" }));
      return { at, card: this.#card(finding, at, waiver) };
    });
    this.#cards.sort((a, b) => (a.at ?? -1) - (b.at ?? -1));
    const open = findings.filter(({ rule }) => !waived.has(rule)).length;
    margin.replaceChildren(make("h2", { textContent: open === 0 ? "Lint: nothing is open" : `Lint: ${open} open` }), ...this.#cards.map(({ card }) => card));
    view.dispatch(view.state.tr.setMeta(key, DecorationSet.create(view.state.doc, marks)).setMeta("addToHistory", false));
    this.place();
  }

  #card({ rule, place, what, fix, can_stand }: Finding, at: number | undefined, waiver: { why: string; by: string } | undefined): HTMLElement {
    const { view, waive } = this.#options;
    const go = make("button", { type: "button", className: "plain-button", textContent: place, title: "Go there" });
    go.addEventListener("click", () => {
      if (at === undefined) return document.querySelector<HTMLElement>("details.head summary")?.focus();
      view.dispatch(view.state.tr.setSelection(TextSelection.near(view.state.doc.resolve(Math.min(at, view.state.doc.content.size)))).scrollIntoView());
      view.focus();
    });
    const card = make("div", { className: waiver ? "finding waived" : "finding" }, make("p", {}, make("strong", { textContent: rule }), " ", go, `: ${what}`), make("p", { className: "hint", textContent: FIXES_HERE[rule] ?? fix }));
    const told = make("p", { className: "hint", aria: { live: "polite" } });
    const send = async (why: string): Promise<void> => void (told.textContent = (await waive(rule, why)) ?? "");
    if (waiver) {
      const back = make("button", { type: "button", className: "plain-button", textContent: "Take the waiver back" });
      back.addEventListener("click", () => void send(""));
      card.append(make("p", {}, `Stands, because: ${waiver.why} (${waiver.by}) `, back));
    } else if (can_stand) {
      const input = make("input", { required: true, minLength: 3, maxLength: 400 });
      const form = make("form", {}, make("label", { className: "field" }, make("span", { textContent: "Why it stands; readers see it" }), input), make("button", { textContent: "Let it stand" }));
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        void send(input.value.trim());
      });
      const details = make("details", {}, make("summary", { textContent: "Let it stand…" }), form);
      details.addEventListener("toggle", () => {
        this.place();
        if (details.open) input.focus();
      });
      card.append(details);
    }
    card.append(told);
    return card;
  }

  /** Beside their blocks where the margin is beside the text, one below the other where they would meet. */
  place(): void {
    const { view, margin } = this.#options;
    const isBeside = getComputedStyle(margin).position === "relative";
    margin.classList.toggle("beside", isBeside);
    if (!isBeside) {
      for (const { card } of this.#cards) card.style.top = "";
      margin.style.minHeight = "";
      return;
    }
    const frame = margin.getBoundingClientRect();
    let free = (margin.querySelector("h2")?.offsetHeight ?? 0) + GAP;
    for (const { card, at } of this.#cards) {
      const wanted = at === undefined ? 0 : view.coordsAtPos(Math.min(at, view.state.doc.content.size)).top - frame.top;
      card.style.top = `${Math.max(free, wanted)}px`;
      free = Math.max(free, wanted) + card.offsetHeight + GAP;
    }
    margin.style.minHeight = `${free}px`;
  }
}
