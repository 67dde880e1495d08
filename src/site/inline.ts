// The inline nodes of a story as markup; a figure opens in place, or as a link, or is only printed.
import type { Inline } from "../press/press.ts";
import { figureLink, printedForm, type NotedFigure, type NoteSheet } from "./figure-note.ts";
import { html, type Html } from "./html.ts";
import { formatDay } from "./words.ts";

export type FigureLookup = (id: string) => NotedFigure | undefined;

/** `sheet`: figures open in place; "links": they lead to their page; "plain": they are text, for use inside a link. */
export function inlineHtml(content: Inline, figures: FigureLookup, sheet: NoteSheet | "links" | "plain"): Html {
  const isOpened = sheet !== "links" && sheet !== "plain";
  return html`${content.map((node, at) => {
    switch (node.type) {
      case "text":
        return html`${isOpened && content[at - 1]?.type === "figure" ? node.text.slice(closingMarks(node.text).length) : node.text}`;
      case "name":
        return html`${node.text}`;
      case "emphasis":
        return html`<em>${node.text}</em>`;
      case "date":
        return html`<time datetime="${node.date}">${formatDay(node.date)}</time>`;
      case "link":
        return sheet === "plain" ? html`${node.text}` : html`<a href="${node.href}">${node.text}</a>`;
      case "figure": {
        const noted = figures(node.id);
        if (!noted)
          return html`[${node.id} is not held]${isOpened && content[at + 1]?.type === "text" && closingMarks((content[at + 1] as { text: string }).text)}`;
        const printed = printedForm(noted.figure, noted.spec, node.form);
        if (sheet === "plain") return html`${printed}`;
        if (sheet === "links") return figureLink(noted, printed);
        // A browser may break the line behind a button: the comma behind a number has to stay with it.
        const after = content[at + 1];
        const marks = after?.type === "text" ? closingMarks(after.text) : "";
        return marks ? html`<span class="whole">${sheet.note(noted, printed)}${marks}</span>` : sheet.note(noted, printed);
      }
    }
  })}`;
}

function closingMarks(text: string): string {
  return /^[.,;:!?)’”]*/.exec(text)![0];
}

/** The same as text, for titles and descriptions. */
export function inlineText(content: Inline, figures: FigureLookup): string {
  return content
    .map((node) => {
      if (node.type === "date") return formatDay(node.date);
      if (node.type !== "figure") return node.text;
      const noted = figures(node.id);
      return noted ? printedForm(noted.figure, noted.spec, node.form) : "";
    })
    .join("");
}
