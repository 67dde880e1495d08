// On a capture's page: mark words and press `c`, and the form beside them is half filled in; while it is typed the checks
// answer. Everything here only saves presses: the form's own buttons do the same without it.
import { onFrame, showFrame, showMarked } from "./original.ts";

const CHECK_AFTER_MS = 350;

const form = document.querySelector<HTMLFormElement>("form.claim");
/** The text, and the original where it has words of its own: a table. A picture has none. */
const texts = [...document.querySelectorAll<HTMLElement>("[data-captured]")];
const answers = document.querySelector<HTMLElement>("[data-answers]");
if (form && answers) {
  const base = form.action.replace(/\/claims$/, "");
  const fieldsOf = (): Record<string, string> =>
    Object.fromEntries([...new FormData(form)].flatMap(([name, value]) => (typeof value === "string" && value !== "" && !["act", "seen"].includes(name) ? [[name, value]] : [])));

  const ask = async (path: string): Promise<Record<string, unknown>> => {
    const response = await fetch(`${base}/${path}`, { method: "POST", headers: { "content-type": "application/json", accept: "application/json" }, body: JSON.stringify(fieldsOf()) });
    if (response.headers.get("content-type")?.startsWith("application/json")) return (await response.json()) as Record<string, unknown>;
    return { error: { what: "The desk gave no answer", hint: "What is typed stands here; try again." } };
  };
  const say = (lines: string[]): void => {
    answers.replaceChildren(
      ...lines.map((line) => {
        const part = document.createElement("p");
        part.className = "finding";
        part.textContent = line;
        return part;
      }),
    );
  };

  const take = async (): Promise<void> => {
    const selection = getSelection();
    const words = selection?.toString().trim() ?? "";
    const paragraph = selection?.anchorNode?.parentElement?.closest<HTMLElement>("[data-paragraph]");
    if (words === "" || !texts.some((text) => text.contains(selection!.anchorNode))) return say(["Mark some words of the text first."]);
    // What a former mark had filled in goes; what a person chose for the whole page (about whom, who says it) stays.
    for (const name of ["page", "paragraph", "table", "row", "column", "region", "value", "unit", "bound", "hedge", "period", "field", "basis"]) set(name, "");
    set("quote", words);
    set("page", paragraph?.dataset.page ?? "");
    set("paragraph", paragraph?.dataset.paragraph ?? "");
    const row = selection?.anchorNode?.parentElement?.closest("tr");
    const table = row?.closest<HTMLElement>("[data-table]");
    if (table) {
      set("table", table.dataset.table!);
      set("row", row!.querySelector("th")!.textContent!.trim());
    }
    for (const [name, value] of Object.entries(await ask("fill"))) if (typeof value === "string") set(name, value);
    sayPlace();
    form.querySelector<HTMLInputElement>("[name=subject]")!.focus();
    void showMarked(base, fieldsOf());
    void check();
  };

  // Out of a picture nothing is filled in: what it says, a person types.
  onFrame((region, page) => {
    for (const name of ["quote", "paragraph", "table", "row", "column"]) set(name, "");
    set("region", region);
    set("page", page);
    sayPlace();
    showFrame(region, page);
    form.querySelector<HTMLInputElement>("[name=subject]")!.focus();
    void check();
  });

  const sayPlace = (): void => {
    const place = ["page", "paragraph", "table", "row", "column", "region"].flatMap((name) => (fieldsOf()[name] ? [`${name} ${fieldsOf()[name]!}`] : []));
    form.querySelector("details summary")!.textContent = `Place: ${place.join(", ") || "by its words"}`;
  };
  const set = (name: string, value: string): void => {
    const control = form.elements.namedItem(name);
    if (control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement || control instanceof HTMLSelectElement) control.value = value === "" && name === "hedge" ? "unstated" : value;
  };

  /** What the claim cannot do without, by the words that stand over the fields. */
  const missing = (): string[] =>
    ["subject", "field", "value", "claimant"]
      .map((name) => form.elements.namedItem(name) as HTMLInputElement | HTMLSelectElement)
      .filter((control) => control.value.trim() === "" || (control.name === "subject" && !/^[a-z-]+\/[a-z0-9]/.test(control.value)))
      .map((control) => control.closest("label")?.querySelector("span")?.textContent ?? control.name);
  const grouped = (value: string): string => (/^\d+$/.test(value) ? value.replaceAll(/\B(?=(\d{3})+$)/g, ",") : value);

  const accept = (seen: string, isRaised: boolean): void => {
    let shown = form.querySelector<HTMLInputElement>("input[name=seen]");
    if (!shown) {
      shown = document.createElement("input");
      shown.type = "hidden";
      shown.name = "seen";
      form.append(shown);
    }
    shown.value = seen;
    form.querySelector<HTMLButtonElement>("button[value=save]")!.textContent = isRaised ? "Save all the same" : "Save";
  };

  let asked = 0;
  const check = async (): Promise<void> => {
    const mine = ++asked;
    const open = missing();
    const about = (form.elements.namedItem("subject") as HTMLInputElement).value.trim();
    const isOdd = about !== "" && !/^[a-z-]+\/[a-z0-9]/.test(about);
    if (open.length > 0) return say([`Still to fill in: ${open.join(", ")}.${isOdd ? ` “${about}” is not kind/name, such as theft/2023-09-04-stake.` : ""}`]);
    const found = await ask("check");
    // An answer to what was typed before is no answer to what stands there now.
    if (mine !== asked) return;
    const { problem, error, findings = [], rivals = [], held, slips = [], seen } = found as {
      problem?: string;
      error?: { what: string; hint: string };
      findings?: { check: string; what: string }[];
      rivals?: { claimant: string; value: string; unit?: string; hedge: string }[];
      held?: number | null;
      slips?: string[];
      seen?: string;
    };
    if (problem !== undefined) return say([problem]);
    if (error) return say([`${error.what}. ${error.hint}`]);
    say([
      ...(held === null || held === undefined ? [] : [`This very claim is held already: entry ${held}.`]),
      ...slips.map((slip) => `${slip}.`),
      ...findings.map(({ check: name, what }) => `${name}: ${what}`),
      ...(rivals.length > 0 ? [`Others say: ${rivals.slice(0, 6).map(({ claimant, value, unit = "", hedge }) => `${claimant}: ${grouped(value)}${unit && ` ${unit}`} (${hedge})`).join("; ")}`] : []),
      ...(findings.length === 0 ? ["No check raises anything."] : []),
    ]);
    // What is shown here was seen: saving does not ask for it once more.
    if (seen !== undefined) accept(seen, findings.length > 0);
  };

  // A key on the page like any other, so that `?` lists it.
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Claim from the marked words";
  button.dataset.key = "c";
  button.addEventListener("click", () => void take());
  // Pressing a button would take the mark away.
  button.addEventListener("mousedown", (event) => event.preventDefault());
  form.prepend(button);

  /** Fields of other kinds than the subject's are of no use; before there is one, all of them stand there. */
  const narrow = (): void => {
    const kind = /^([a-z-]+)\//.exec((form.elements.namedItem("subject") as HTMLInputElement).value)?.[1];
    const groups = [...form.querySelectorAll<HTMLOptGroupElement>("optgroup[data-kind]")];
    const isKnown = groups.some((group) => group.dataset.kind === kind);
    for (const group of groups) group.hidden = isKnown && group.dataset.kind !== kind;
    const chosen = (form.elements.namedItem("field") as HTMLSelectElement).selectedOptions[0];
    const own = isKnown && chosen?.parentElement instanceof HTMLOptGroupElement && chosen.parentElement.hidden ? groups.find((group) => !group.hidden) : undefined;
    // The same name under the subject's own kind, where it has one.
    const same = own && [...own.querySelectorAll("option")].find((option) => option.value === chosen!.value);
    if (own) (same ?? form.querySelector<HTMLOptionElement>("[name=field] > option"))!.selected = true;
  };
  narrow();

  let timer: ReturnType<typeof setTimeout> | undefined;
  form.addEventListener("input", (event) => {
    clearTimeout(timer);
    const { name, value: typed } = event.target as HTMLInputElement;
    if (name === "subject") narrow();
    if (name === "region") showFrame(typed, fieldsOf().page ?? "");
    const { subject, field, value } = fieldsOf();
    if (subject && field && value) timer = setTimeout(() => void check(), CHECK_AFTER_MS);
  });
}
