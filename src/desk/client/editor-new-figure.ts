// A new figure while writing: the rules in a small form, and beside it what they give now.
import { figureCard, learn, type FilledFigure } from "./editor-figures.ts";
import { ask, make } from "./make.ts";

const TYPING_MS = 350;
type Kinds = { kinds: { kind: string; many: string; fields: string[] }[] };

/** Resolves with the figure's name where it was defined. */
export async function newFigure(title: string, csrf: () => string): Promise<string | undefined> {
  const response = await fetch("/desk/find/kinds", { headers: { accept: "application/json" } }).catch(() => undefined);
  if (!response?.ok) return undefined;
  const { kinds } = (await response.json()) as Kinds;
  const control = <E extends HTMLInputElement | HTMLSelectElement>(element: E, name: string, label: string): [HTMLElement, E] => {
    element.name = name;
    return [make("label", { className: "field" }, make("span", { textContent: label }), element), element];
  };
  const options = (values: readonly (readonly [string, string])[]) => values.map(([value, textContent]) => make("option", { value, textContent }));
  const fields = [
    control(make("input", { value: title, required: true, minLength: 3 }), "title", "What it says, for readers"),
    control(make("select", {}, ...options([["quote", "one published value"], ["count", "a count"], ["sum", "a sum"]])), "measure", "How it is measured"),
    control(make("select", {}, ...options(kinds.map(({ kind, many }) => [kind, many]))), "of", "Of"),
    control(make("input", { placeholder: "theft/2022-03-23-…" }), "subject", "Of which one (for a published value)"),
    control(make("input", { value: "amount" }), "field", "Which field"),
    control(make("input", { placeholder: "USD" }), "currency", "In which currency"),
    control(make("input", {}), "claimant", "As said by"),
    control(make("input", { placeholder: "2017-01-01" }), "from", "From"),
    control(make("input", { placeholder: "2023-12-31" }), "to", "To"),
  ] as const;
  const answer = make("div", { className: "menu-aside", aria: { live: "polite" } });
  const of = fields[2][1] as HTMLSelectElement;
  of.value = kinds.some(({ kind }) => kind === "theft") ? "theft" : kinds[0]!.kind;
  const send = async (act: "try" | "define"): Promise<FilledFigure | string> => {
    const given = Object.fromEntries(fields.flatMap(([, { name, value }]) => (value.trim() === "" ? [] : [[name, value.trim()]])));
    const sent = await fetch("/desk/find/new-figure", { method: "POST", headers: { "content-type": "application/json", accept: "application/json" }, body: JSON.stringify({ ...given, act, csrf: csrf() }) }).catch(() => undefined);
    if (!sent) return "The desk does not answer now";
    const told = (await sent.json()) as { figure?: FilledFigure; error?: { what: string; hint: string } };
    return told.figure ?? `${told.error!.what}. ${told.error!.hint}`;
  };
  let turn = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const show = async (): Promise<void> => {
    const mine = ++turn;
    const found = await send("try");
    if (mine === turn) answer.replaceChildren(typeof found === "string" ? make("p", { className: "finding", textContent: found }) : figureCard(found));
  };
  const form = make("div", { className: "row" }, ...fields.map(([part]) => part));
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => void show(), TYPING_MS);
  });
  void show();
  for (;;) {
    if ((await ask("A new figure", [form, answer], [["define", "Define it and put it in"], ["", "Leave"]])) === undefined) return undefined;
    const made = await send("define");
    if (typeof made !== "string") {
      learn([made]);
      return made.id;
    }
    answer.replaceChildren(make("p", { className: "finding", textContent: made }));
  }
}
