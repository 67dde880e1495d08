// Signing out takes what this browser keeps of the desk along (Clear-Site-Data), words that were not saved too: it asks first.
import { ask, make } from "./make.ts";

/** Names under which the editor keeps words of a story until the desk has them (editor-saving.ts). */
export const KEPT_UNDER = "tracewire-desk ";

/** Stories of which this device has words that the desk has not got. */
function storiesKept(): string[] {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(KEPT_UNDER)).map((name) => name.split(" ").at(-1)!);
  } catch {
    // A browser that keeps nothing has nothing to lose.
    return [];
  }
}

document.querySelector<HTMLFormElement>("form[action='/desk/sign-out']")?.addEventListener("submit", (event) => {
  const kept = storiesKept();
  if (kept.length === 0) return;
  event.preventDefault();
  const form = event.currentTarget as HTMLFormElement;
  const parts = [
    make("p", { textContent: "These stories have words on this device that are not saved. Signing out removes them from it." }),
    make("ul", {}, ...kept.map((id) => make("li", {}, make("a", { href: `/desk/stories/${encodeURIComponent(id)}`, textContent: `Open story ${id}` })))),
  ];
  // Past the question: submit() does not ask again.
  void ask("Words are not saved", parts, [["stay", "Stay"], ["leave", "Sign out, and lose them"]]).then((answer) => answer === "leave" && form.submit());
});
