// HTML as typed, auto-escaping templates: a string put into `html` is text, whatever it says; only another `Html`
// is markup. There is no way to make markup from a string but the template's own literal parts.
import assert from "node:assert/strict";
import { escapeHtml } from "../escape-html.ts";

declare const brand: unique symbol;
export type Html = { readonly [brand]: true; readonly markup: string };
type Part = Html | string | number | null | undefined | false | readonly Part[];

export function html(literals: TemplateStringsArray, ...parts: Part[]): Html {
  let markup = literals[0]!;
  for (let at = 0; at < parts.length; at++) markup += render(parts[at]!) + literals[at + 1]!;
  return { markup } as Html;
}

/** Joins parts with a separator, as Array.join does for text. */
export function joinHtml(parts: readonly Part[], separator: Part): Html {
  return { markup: parts.map(render).join(render(separator)) } as Html;
}

export const nothing = html``;

/** A part in two halves, cut where `make` puts what it is given: what is put in between later is put there unread. */
export function splitAt(make: (middle: Html) => Html): [Html, Html] {
  // A sign that no template and no escaped text holds: escaping turns it into text (escape-html.ts).
  const mark = "\u0001";
  const halves = make({ markup: mark } as Html).markup.split(mark);
  assert(halves.length === 2, "a part is cut in one place");
  return halves.map((markup) => ({ markup }) as Html) as [Html, Html];
}

function render(part: Part): string {
  if (part === null || part === undefined || part === false) return "";
  if (typeof part === "string") return escapeHtml(part);
  if (typeof part === "number") return String(part);
  if (Array.isArray(part)) return part.map(render).join("");
  return (part as Html).markup;
}

/** Markup that another writer made and escaped: markdown-it with raw HTML off, over files of this program. Nothing else. */
export const trustedMarkup = (markup: string): Html => ({ markup }) as Html;

/** A block of data in a page (JSON-LD). Signs that could end the element, and those that reorder what is read, are written as JSON escapes: no text gets out of it. */
export function dataBlock(value: unknown): Html {
  const json = JSON.stringify(value).replace(
    /[<>&\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return { markup: `<script type="application/ld+json">${json}</script>` } as Html;
}
