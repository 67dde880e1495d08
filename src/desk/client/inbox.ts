// On the inbox: a file dropped on the page goes into the form; states are asked for again while something is on its way.
const LOOK_MS = 1_500;

const drop = document.querySelector<HTMLElement>("[data-drop]");
const input = drop?.querySelector<HTMLInputElement>("input[type=file]");
if (drop && input) {
  for (const name of ["dragenter", "dragover"])
    document.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  document.addEventListener("dragleave", () => drop.classList.remove("over"));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const files = (event as DragEvent).dataTransfer?.files;
    if (files && files.length > 0) input.files = files;
  });
  document.addEventListener("paste", (event) => {
    const { clipboardData } = event as ClipboardEvent;
    if (clipboardData && clipboardData.files.length > 0) input.files = clipboardData.files;
  });
}

const moving = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(".state")].filter(({ dataset }) => ["waiting", "fetching", "reading"].includes(dataset.state!));

async function look(): Promise<void> {
  if (moving().length === 0) return;
  const response = await fetch("/desk/inbox.json", { headers: { accept: "application/json" } });
  if (!response.ok) return;
  const items = (await response.json()) as { id: number; state: string; words: string; reason: string | null }[];
  for (const element of moving()) {
    const item = items.find(({ id }) => String(id) === element.dataset.item);
    if (!item || item.state === element.dataset.state) continue;
    element.dataset.state = item.state;
    element.textContent = item.state === "failed" ? `${item.words}: ${item.reason ?? ""}` : item.words;
    // Its page has a form now that was not there.
    if (location.pathname === `/desk/inbox/${item.id}`) location.reload();
  }
  setTimeout(() => void look(), LOOK_MS);
}
setTimeout(() => void look(), LOOK_MS);

export {};
