// The original beside the text: its pages are turned without leaving the page, and the words that were marked are framed on it.
// Without this the links of the page do the same.
const pane = document.querySelector<HTMLElement>("[data-original]");
const sheet = pane?.querySelector<HTMLElement>(".sheet");
const SVG = "http://www.w3.org/2000/svg";

type Box = [x: number, y: number, width: number, height: number];
type Regions = { page: number; read: Box[]; marks: Box[] };

let marked: Record<string, string> = {};
let asked = 0;

async function show(base: string, page: number | undefined, mark: Record<string, string>): Promise<void> {
  if (!sheet) return;
  const mine = ++asked;
  const csrf = document.querySelector<HTMLInputElement>("form.claim [name=csrf]")?.value ?? "";
  const answer = await fetch(`${base}/regions`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ csrf, ...mark, ...(page === undefined ? {} : { page: String(page) }) }),
  });
  if (!answer.ok || mine !== asked) return;
  const regions = (await answer.json()) as Regions;
  const shown = page ?? regions.page;
  if (shown !== Number(sheet.dataset.page)) turnTo(base, shown);
  sheet.querySelector("svg")!.replaceChildren(...regions.read.map((box) => boxOf(box, "read")), ...(regions.page === shown ? regions.marks : []).map((box) => boxOf(box, "mark")));
  sheet.querySelector(".mark")?.scrollIntoView({ block: "nearest" });
}

function boxOf([x, y, width, height]: Box, className: string): SVGRectElement {
  const rect = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ class: className, x, y, width, height })) rect.setAttribute(name, String(value));
  return rect;
}

function turnTo(base: string, page: number): void {
  const title = pane!.querySelector<HTMLElement>("[data-original-title]")!;
  const pages = Number(title.dataset.pages) || undefined;
  sheet!.dataset.page = String(page);
  title.textContent = `Page ${page}${pages ? ` of ${pages}` : ""}`;
  const image = sheet!.querySelector("img")!;
  image.src = `${base}/pages/${page}`;
  image.alt = `${title.textContent} as it looks; its words stand beside it`;
  for (const way of pane!.querySelectorAll<HTMLAnchorElement>("[data-original-way]")) {
    const to = page + Number(way.dataset.originalWay);
    way.hidden = to < 1 || (pages !== undefined && to > pages);
    way.href = `?original=${to}`;
  }
}

/** Frames the marked words, on the page that they stand on. */
export async function showMarked(base: string, { quote = "", page = "", paragraph = "" }: Record<string, string>): Promise<void> {
  marked = Object.fromEntries(Object.entries({ quote, page, paragraph }).filter(([, part]) => part !== ""));
  await show(base, undefined, marked);
}

if (sheet) {
  const base = location.pathname;
  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || !(event.target instanceof Element)) return;
    const way = event.target.closest<HTMLElement>("[data-original-page], [data-original-way]");
    if (!way) return;
    const page = way.dataset.originalPage ? Number(way.dataset.originalPage) : Number(sheet.dataset.page) + Number(way.dataset.originalWay);
    event.preventDefault();
    const { page: of, ...rest } = marked;
    void show(base, page, Number(of) === page ? marked : rest);
    const address = new URL(location.href);
    address.searchParams.set("original", String(page));
    history.replaceState(null, "", address);
  });
}
