// On the page of a story: the editor in the place of its text form. Where the story's text cannot be read, or this script does
// not run, the text form stays.
import { learn } from "./editor-figures.ts";
import { Lint, lintPlugin } from "./editor-lint.ts";
import { openPresence } from "./editor-presence.ts";
import { Saving, type Opened, type Saved, type SavingState, type StoryDocument } from "./editor-saving.ts";
import { openStoryText } from "./editor-text.ts";
import { make } from "./make.ts";
import { KEPT_UNDER } from "./unsaved.ts";

const root = document.querySelector<HTMLElement>("[data-editor]");
if (root) void open(root);

async function open(root: HTMLElement): Promise<void> {
  const base = `/desk/stories/${root.dataset.editor!}`;
  const response = await fetch(`${base}/document`, { headers: { accept: "application/json" } });
  const opened = (await response.json()) as Opened;
  const textForm = document.querySelector<HTMLElement>("[data-text-form]")!;
  if (!response.ok || !opened.document) {
    textForm.prepend(make("p", { className: "finding", textContent: `The editor opens it once the text can be read: ${opened.problem ?? "the desk does not answer"}` }));
    return;
  }
  learn(opened.figures);
  const part = (name: string): HTMLElement => document.querySelector<HTMLElement>(`[data-${name}]`)!;
  const [status, people, notes, place] = [part("status"), part("people"), part("notes"), part("place")];
  const [margin, way] = [part("margin"), part("way")];
  const fields = [...root.querySelectorAll<HTMLInputElement>("details.head input, details.head select")];
  textForm.hidden = true;
  root.hidden = false;

  let mayWrite = true;
  let isUnlocked = opened.state === "draft";
  const head = (): Record<string, string> => Object.fromEntries(fields.map(({ name, value }) => [name, value]));
  const read = (): StoryDocument => ({ head: head(), doc: text.view.state.doc.toJSON() });
  const setHead = (values: Record<string, string>): void => {
    for (const field of fields) field.value = values[field.name] ?? "";
  };
  const setEditable = (): void => {
    const can = mayWrite && isUnlocked;
    text.setEditable(can);
    for (const field of fields) field.toggleAttribute("disabled", !can);
  };
  const note = (name: string, words: string, ...acts: [label: string, act: () => void][]): void => {
    notes.querySelector(`[data-note="${name}"]`)?.remove();
    const box = make("div", { className: "done", data: { note: name } }, make("p", { textContent: words }));
    for (const [label, act] of acts) {
      const button = make("button", { type: "button", textContent: label });
      button.addEventListener("click", () => {
        box.remove();
        act();
      });
      box.append(button, " ");
    }
    notes.append(box);
  };

  setHead(opened.document.head);
  const text = openStoryText(place, opened.document.doc, {
    changed: () => {
      presence.begins();
      saving.changed();
    },
    told: (words) => note("paste", words, ["Good", () => text.view.focus()]),
    csrf: () => saving.csrf,
    plugins: [lintPlugin()],
  });
  const show = (state: SavingState, words: string): void => {
    status.dataset.state = state;
    const acts: HTMLElement[] = [];
    if (state === "signed out") acts.push(make("a", { href: `/desk/sign-in?next=${encodeURIComponent(location.pathname)}`, target: "_blank", textContent: "Sign in in another window" }));
    if (state === "conflict") {
      const again = make("button", { type: "button", textContent: "Settle it" });
      again.addEventListener("click", () => void saving.settle());
      acts.push(again);
    }
    status.replaceChildren(words, ...acts.flatMap((act) => [" ", act]));
  };
  const saved = (answer: Saved): void => {
    learn(answer.figures);
    lint.show(answer);
    countOpen(answer);
    follow(answer.version, answer.state);
  };
  /** The way to the reader counts what is open: a waiver or a save changes it. */
  const countOpen = ({ findings, waivers }: Pick<Saved, "findings" | "waivers">): void => {
    const open = findings.filter(({ rule }) => !waivers.some((waiver) => waiver.rule === rule)).length;
    for (const part of document.querySelectorAll<HTMLElement>("[data-open-findings]")) {
      part.hidden = open === 0;
      const count = part.querySelector(":scope > span");
      if (count && part.tagName === "P") count.textContent = String(open);
    }
  };
  /** Forms below speak of the version that was saved last. */
  const follow = (version: number, state: string): void => {
    for (const input of document.querySelectorAll<HTMLInputElement>("input[name=version]")) input.value = String(version);
    if (version > opened.version) part("newer").replaceChildren(make("a", { href: location.pathname, textContent: `Show those since: version ${version} is the newest` }));
    if (state === way.dataset.state) return;
    way.dataset.state = state;
    way.replaceChildren(make("p", {}, `It is ${state === "draft" ? "a draft" : state} now. `, make("a", { href: location.pathname, textContent: "Show its way again" })));
  };
  const saving: Saving = new Saving({
    base,
    name: `${KEPT_UNDER}${root.dataset.handle!} ${root.dataset.editor!}`,
    keeps: root.dataset.unsaved !== "never",
    opened,
    read,
    write(document) {
      setHead(document.head);
      text.replace(document.doc);
    },
    show,
    saved,
  });
  const lint = new Lint({
    view: text.view,
    margin,
    async waive(rule, why) {
      const answer = await fetch(`${base}/waive`, { method: "POST", headers: { "content-type": "application/json", accept: "application/json" }, body: JSON.stringify({ rule, why, csrf: saving.csrf }) }).catch(() => undefined);
      if (!answer?.ok) return answer ? ((await answer.json()) as { error?: { what?: string } }).error?.what : "The desk does not answer now";
      const seen = (await answer.json()) as Saved;
      lint.show(seen);
      countOpen(seen);
      return undefined;
    },
  });
  lint.show(opened);
  for (const field of fields) field.addEventListener("input", () => {
    presence.begins();
    saving.changed();
  });

  // A picture comes in on top of what is saved: what is typed goes first.
  for (const form of document.querySelectorAll<HTMLFormElement>("[data-pictures] form"))
    form.addEventListener("submit", (event) => {
      if (saving.state === "saved") return;
      event.preventDefault();
      void saving.settle().then(() => saving.state === "saved" && form.requestSubmit(event.submitter));
    });

  const kept = saving.kept();
  if (kept)
    note("kept", `Words of ${new Date(kept.at).toLocaleString()} are kept on this device and were not saved${kept.base < opened.version ? `; ${opened.by} has saved version ${opened.version} since` : ""}.`, ["Take them up", () => {
      isUnlocked = true;
      setEditable();
      saving.takeUp(kept);
      text.view.focus();
    }], ["Let them go", () => saving.letGo()]);
  if (opened.state === "scheduled") note("locked", "It waits for its time as it was approved. Take it back to change it.");
  else if (!isUnlocked)
    note("locked", `It is ${opened.state}. A change leads it back to draft.`, ["Change it", () => {
      isUnlocked = true;
      setEditable();
      text.view.focus();
    }]);
  setEditable();
  const presence = openPresence({
    base,
    place: people,
    csrf: () => saving.csrf,
    version: () => saving.version,
    mayWrite(writes) {
      mayWrite = writes;
      setEditable();
    },
    newer(version, by) {
      if (saving.state === "saved") note("newer", `${by} saved version ${version}.`, ["Show it", () => location.reload()]);
    },
  });

  const save = make("button", { type: "button", hidden: false, className: "plain-button", textContent: "Save now", data: { key: "s" } });
  save.addEventListener("click", () => void saving.settle());
  status.after(save);
  const into = make("button", { type: "button", className: "plain-button", textContent: "To the text", data: { key: "e", keyWords: "Into the text; Escape leaves it" } });
  into.addEventListener("click", () => text.view.focus());
  save.after(into);
  root.dataset.ready = "yes";
}
