// A form that was filled in wrongly is not to be filled in twice: the page that it was sent from is shown again with what was
// typed, and what is wrong stands above the form. Passwords and files are the two things that nobody can put back.
import type { DefaultTreeAdapterTypes as Tree } from "parse5";
import { TracewireError, type ErrorCode } from "../errors.ts";
import { lazily } from "../lazy.ts";
import { html, trustedMarkup, type Html } from "../site/site.ts";
import { deskHint } from "./rooms/error.ts";

const parse5 = lazily<typeof import("parse5")>(import.meta.url, "parse5");

/** What whoever filled in a form can mend; the rest is about who asks, or about the desk. */
const MENDABLE = new Set<ErrorCode>(["BAD_ARGUMENT", "BAD_INPUT", "BAD_CLAIM", "BAD_STORY", "BAD_PICTURE", "BAD_PASSWORD", "NOT_FOUND", "CONFLICT", "LOCATOR_NOT_FOUND", "CAPTURE_TOO_LARGE", "EGRESS_REFUSED", "WRONG_CREDENTIALS"]);
export const isToBeMended = (error: unknown): error is TracewireError => error instanceof TracewireError && MENDABLE.has(error.code);

type Sent = { /** Path that the form was sent to. */ action: string; fields: readonly (readonly [string, string])[]; hasFile: boolean; error: TracewireError };

/** Undefined where the page has no such form any more. */
export function showAgain(page: Html, { action, fields, hasFile, error }: Sent): Html | undefined {
  const { parseFragment, serialize } = parse5();
  const tree = parseFragment(page.markup);
  const names = new Set(fields.map(([name]) => name));
  const forms = [...elementsOf(tree)].filter((element) => element.tagName === "form" && attributeOf(element, "method") === "post" && attributeOf(element, "action")?.split("?")[0] === action);
  const form = forms.find((one) => [...controlsOf(one)].some((control) => attributeOf(control, "type") !== "hidden" && names.has(attributeOf(control, "name") ?? "")));
  if (!form) return undefined;
  for (const control of controlsOf(form)) fillIn(control, fields);
  const wrong = error.where === undefined ? undefined : [...controlsOf(form)].find((control) => attributeOf(control, "name") === error.where && attributeOf(control, "type") !== "hidden");
  if (wrong) setAttribute(wrong, "aria-invalid", "true");
  for (const element of [form, ...(wrong ? [wrong] : [])]) for (let up: Tree.ParentNode | null = element; up && "parentNode" in up; up = up.parentNode) if ("tagName" in up && up.tagName === "details") setAttribute(up, "open", "");
  const said = parseFragment(saidOf(error, wrong && labelOf(wrong), hasFile).markup);
  const parent = form.parentNode!;
  for (const node of said.childNodes) node.parentNode = parent;
  parent.childNodes.splice(parent.childNodes.indexOf(form), 0, ...said.childNodes);
  // Our own page, written out by parse5, which escapes every text and attribute.
  return trustedMarkup(serialize(tree));
}

/** The field by the name that stands beside it: what it is called inside says nothing to who typed it. */
function saidOf(error: TracewireError, label: string | undefined, hasFile: boolean): Html {
  const { message, where } = error;
  const words = label !== undefined && message.startsWith(`${where}: `) ? `${label}: ${message.slice(where!.length + 2)}` : message;
  const isStop = /[.!?]$/.test(words);
  return html`<div class="finding" role="alert"><p><strong>${words}${!isStop && "."}</strong> ${deskHint(error)}${hasFile && " The file has to be chosen again."}</p>${where !== undefined && label === undefined && html`<p class="hint">Where: ${where}</p>`}</div>
`;
}

function fillIn(control: Tree.Element, fields: readonly (readonly [string, string])[]): void {
  const name = attributeOf(control, "name") ?? "";
  const given = fields.filter(([own]) => own === name).map(([, value]) => value);
  const type = attributeOf(control, "type") ?? "text";
  if (control.tagName === "textarea") {
    // One line break at its beginning is dropped by who reads it (HTML, §13.2.6.4.7).
    if (given.length > 0) control.childNodes = [{ nodeName: "#text", value: `\n${given[0]!}`, parentNode: control } as Tree.TextNode];
  } else if (control.tagName === "select") {
    if (given.length === 0) return;
    for (const option of elementsOf(control)) if (option.tagName === "option") setAttribute(option, "selected", given.includes(attributeOf(option, "value") ?? "") ? "" : undefined);
  } else if (type === "checkbox" || type === "radio") setAttribute(control, "checked", given.includes(attributeOf(control, "value") ?? "on") ? "" : undefined);
  else if (!["hidden", "password", "file", "submit", "button"].includes(type) && given.length > 0) setAttribute(control, "value", given[0]!);
}

function labelOf(control: Tree.Element): string | undefined {
  for (let up: Tree.ParentNode | null = control; up && "parentNode" in up; up = up.parentNode)
    if ("tagName" in up && (up.tagName === "label" || up.tagName === "fieldset")) {
      const words = [...elementsOf(up)].find(({ tagName }) => tagName === (("tagName" in up! && up!.tagName === "fieldset") ? "legend" : "span"));
      const text = words?.childNodes.map((node) => ("value" in node ? node.value : "")).join("").trim();
      if (text) return text;
    }
  return attributeOf(control, "aria-label");
}

function* elementsOf(parent: Tree.ParentNode): Generator<Tree.Element> {
  for (const node of parent.childNodes) if ("tagName" in node) yield* [node, ...elementsOf(node)];
}
function* controlsOf(form: Tree.Element): Generator<Tree.Element> {
  for (const element of elementsOf(form)) if (["input", "select", "textarea"].includes(element.tagName)) yield element;
}
const attributeOf = ({ attrs }: Tree.Element, name: string): string | undefined => attrs.find((attribute) => attribute.name === name)?.value;
function setAttribute(element: Tree.Element, name: string, value: string | undefined): void {
  element.attrs = element.attrs.filter((attribute) => attribute.name !== name);
  if (value !== undefined) element.attrs.push({ name, value });
}
