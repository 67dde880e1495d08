// A button beside something to be handed on: it copies it. Without script, or where the browser lets nobody copy, it is not there.
const SAID_MS = 2_000;
for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
  if (!("clipboard" in navigator)) break;
  const words = button.textContent;
  button.hidden = false;
  button.addEventListener("click", () => {
    void navigator.clipboard.writeText(button.dataset.copy!).then(
      () => (button.textContent = "Copied"),
      () => (button.textContent = "The browser copies nothing: mark it and copy it by hand"),
    ).then(() => setTimeout(() => (button.textContent = words), SAID_MS));
  });
}

export {};
