// Elements from values. Words are text always: there is no way here by which they could become markup.
type Child = Node | string | false | undefined;
type Given<K extends keyof HTMLElementTagNameMap> = { [P in keyof HTMLElementTagNameMap[K]]?: HTMLElementTagNameMap[K][P] } & { data?: Record<string, string>; aria?: Record<string, string> };

export function make<K extends keyof HTMLElementTagNameMap>(tag: K, given: Given<K> = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  const { data = {}, aria = {}, ...properties } = given as Record<string, unknown> & { data?: Record<string, string>; aria?: Record<string, string> };
  Object.assign(element, properties);
  Object.assign(element.dataset, data);
  for (const [name, value] of Object.entries(aria)) element.setAttribute(name === "role" ? "role" : `aria-${name}`, value);
  element.append(...children.filter((child) => child !== false && child !== undefined));
  return element;
}

/** A question in a window of its own; undefined where it was left. */
export function ask(title: string, parts: HTMLElement[], answers: readonly (readonly [value: string, words: string])[], read?: () => string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const dialog = make("dialog", { className: "ask" });
    const buttons = answers.map(([value, words], at) => make("button", { value, textContent: words, formNoValidate: value === "", ...(at === 0 ? { className: "main-act" } : {}) }));
    const form = make("form", { method: "dialog" }, make("h2", { textContent: title }), ...parts, make("p", { className: "ask-answers" }, ...buttons));
    dialog.append(form);
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "" ? undefined : read ? read() : dialog.returnValue);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
