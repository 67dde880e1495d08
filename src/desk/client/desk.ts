// Keys on top of pages that work without: an element with data-key is pressed, or focused where it is a field, by that key or
// by two after one another ("g i"). The sheet that `?` opens is made of the same elements, so it cannot say something else.
import "./unsaved.ts";

const PAIR_MS = 1_200;
let first = "";
let firstAt = 0;

const labelOf = (element: HTMLElement): string => element.dataset.keyWords ?? element.getAttribute("aria-label") ?? element.closest("label")?.querySelector("span")?.textContent ?? element.textContent ?? "";
const keyed = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("[data-key]")].filter((element) => !element.hidden);
const isTyping = (target: EventTarget | null): boolean => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

document.addEventListener("keydown", (event) => {
  // A key that something nearer has taken, as Escape in the editor's menu, is not the page's as well.
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    if (document.activeElement instanceof HTMLElement && isTyping(document.activeElement)) document.activeElement.blur();
    return;
  }
  if (isTyping(event.target)) return;
  if (event.key === "?") {
    event.preventDefault();
    return showKeys();
  }
  const pair = event.timeStamp - firstAt < PAIR_MS ? `${first} ${event.key}` : "";
  const found = keyed().find(({ dataset }) => dataset.key === pair || dataset.key === event.key);
  [first, firstAt] = [event.key, event.timeStamp];
  if (!found) return;
  event.preventDefault();
  first = "";
  if (isTyping(found)) found.focus();
  else found.click();
});

// On a narrow screen the rooms stand in one line: the one that is open is pushed into sight.
for (const here of document.querySelectorAll<HTMLElement>(".desk-head nav [aria-current]")) {
  const rooms = here.closest("ul")!;
  if (rooms.scrollWidth > rooms.clientWidth) rooms.scrollLeft = here.offsetLeft - rooms.offsetLeft - rooms.clientWidth / 3;
}

function showKeys(): void {
  document.querySelector("dialog.keys")?.remove();
  const sheet = document.createElement("dialog");
  sheet.className = "keys";
  const title = document.createElement("h2");
  title.textContent = "Keys of this page";
  const list = document.createElement("dl");
  for (const element of keyed()) {
    const [term, words] = [document.createElement("dt"), document.createElement("dd")];
    for (const key of element.dataset.key!.split(" ")) {
      const cap = document.createElement("kbd");
      cap.textContent = key;
      term.append(cap, " ");
    }
    words.textContent = labelOf(element).trim();
    list.append(term, words);
  }
  sheet.append(title, list);
  sheet.addEventListener("close", () => sheet.remove());
  document.body.append(sheet);
  sheet.showModal();
}

export {};
