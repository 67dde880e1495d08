// The story's schema (press/story-schema.ts) as the editor holds it: a figure, a name and a date are single things in the
// line, which can be taken, moved and deleted whole, and cannot be typed into. Nothing of it is stored: ../story-document.ts
// makes the story's own tree of it.
import { Schema, type DOMOutputSpec, type Node } from "prosemirror-model";

const text = (node: Node): string => String(node.attrs.text ?? node.attrs.date);
const caption = (kind: "pull" | "chart") => (node: Node): DOMOutputSpec => [`story-${kind}`, { "data-figure": node.attrs.figure as string, "data-form": (node.attrs.form as string | undefined) ?? "short" }, 0];
const attr = (element: HTMLElement | string, name: string): string => (typeof element === "string" ? "" : (element.getAttribute(name) ?? ""));

export const storySchema = new Schema({
  nodes: {
    doc: { content: "headline standfirst block+" },
    headline: { content: "inline*", defining: true, isolating: true, parseDOM: [{ tag: "h1" }], toDOM: () => ["h1", 0] },
    standfirst: { content: "inline*", defining: true, isolating: true, parseDOM: [{ tag: "p.standfirst" }], toDOM: () => ["p", { class: "standfirst" }, 0] },
    paragraph: { content: "inline*", group: "block", parseDOM: [{ tag: "p" }], toDOM: () => ["p", 0] },
    heading: { content: "inline*", group: "block", defining: true, parseDOM: [{ tag: "h2" }], toDOM: () => ["h2", 0] },
    pull: {
      content: "inline*", group: "block", defining: true, attrs: { figure: {}, form: { default: "short" } },
      parseDOM: [{ tag: "story-pull", getAttrs: (element) => ({ figure: attr(element, "data-figure"), form: attr(element, "data-form") || "short" }) }],
      toDOM: caption("pull"),
    },
    chart: {
      content: "inline*", group: "block", defining: true, attrs: { figure: {} },
      parseDOM: [{ tag: "story-chart", getAttrs: (element) => ({ figure: attr(element, "data-figure") }) }],
      toDOM: caption("chart"),
    },
    text: { group: "inline" },
    figure: {
      inline: true, group: "inline", atom: true, attrs: { id: {}, form: { default: "short" } },
      parseDOM: [{ tag: "span[data-figure]", getAttrs: (element) => ({ id: attr(element, "data-figure"), form: attr(element, "data-form") || "short" }) }],
      toDOM: ({ attrs }) => ["span", { "data-figure": attrs.id as string, "data-form": attrs.form as string }, `{{${String(attrs.id)}}}`],
    },
    name: {
      inline: true, group: "inline", atom: true, attrs: { text: {} },
      parseDOM: [{ tag: "span[data-name]", getAttrs: (element) => ({ text: attr(element, "data-name") }) }],
      toDOM: (node) => ["span", { "data-name": text(node), class: "story-name" }, text(node)],
    },
    date: {
      inline: true, group: "inline", atom: true, attrs: { date: {} },
      parseDOM: [{ tag: "time[data-date]", getAttrs: (element) => ({ date: attr(element, "data-date") }) }],
      toDOM: (node) => ["time", { "data-date": text(node), class: "story-date" }, dateWords(text(node))],
    },
  },
  // A link's words are not emphasised besides: the story's tree has one or the other.
  marks: {
    emphasis: { excludes: "_", parseDOM: [{ tag: "em" }], toDOM: () => ["em", 0] },
    link: { excludes: "_", inclusive: false, attrs: { href: {} }, parseDOM: [{ tag: "a[href]", getAttrs: (element) => ({ href: attr(element, "href") }) }], toDOM: ({ attrs }) => ["a", { href: attrs.href as string }, 0] },
  },
});

export const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/** As the story prints it. */
export function dateWords(date: string): string {
  const [year, month, day] = date.split("-");
  const name = MONTHS[Number(month) - 1];
  return name === undefined ? year! : day ? `${name} ${Number(day)}, ${year!}` : `${name} ${year!}`;
}
