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

const WHOLE = 1_000;
/** Less than this of the page is a slip of the hand. */
const FRAME_MIN = 4;

/** A part of the page, as the form has it: left, top, width and height in thousandths. */
export function showFrame(region: string, page: string): void {
  const parts = region.split(",").map((part) => Number(part) / WHOLE);
  sheet?.querySelectorAll("svg .mark").forEach((rect) => rect.remove());
  if (!sheet || parts.length !== 4 || !parts.every(Number.isFinite)) return;
  marked = { region, page: page || sheet.dataset.page! };
  sheet.querySelector("svg")!.append(boxOf(parts as Box, "mark"));
}

/** A frame that is drawn over the page by mouse or pen; a finger moves the page. */
export function onFrame(take: (region: string, page: string) => void): void {
  const image = sheet?.querySelector("img");
  if (!sheet || !image) return;
  let from: [x: number, y: number] | undefined;
  const at = (event: PointerEvent): [number, number] => {
    const { left, top, width, height } = image.getBoundingClientRect();
    const share = (value: number) => Math.round(Math.max(0, Math.min(1, value)) * WHOLE);
    return [share((event.clientX - left) / width), share((event.clientY - top) / height)];
  };
  const regionTo = (to: [number, number]): number[] => [Math.min(from![0], to[0]), Math.min(from![1], to[1]), Math.abs(from![0] - to[0]), Math.abs(from![1] - to[1])];
  image.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch" || event.button !== 0) return;
    event.preventDefault();
    from = at(event);
    image.setPointerCapture(event.pointerId);
  });
  image.addEventListener("pointermove", (event) => from && showFrame(regionTo(at(event)).join(","), ""));
  image.addEventListener("pointerup", (event) => {
    if (!from) return;
    const region = regionTo(at(event));
    from = undefined;
    if (region[2]! < FRAME_MIN || region[3]! < FRAME_MIN) return showFrame("", "");
    take(region.join(","), "paged" in sheet.dataset ? sheet.dataset.page! : "");
  });
}

if (sheet) {
  const base = location.pathname;
  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || !(event.target instanceof Element)) return;
    const way = event.target.closest<HTMLElement>("[data-original-page], [data-original-way]");
    if (!way) return;
    const page = way.dataset.originalPage ? Number(way.dataset.originalPage) : Number(sheet.dataset.page) + Number(way.dataset.originalWay);
    event.preventDefault();
    const { page: of, region: _, ...rest } = marked;
    void show(base, page, Number(of) === page ? marked : rest);
    const address = new URL(location.href);
    address.searchParams.set("original", String(page));
    history.replaceState(null, "", address);
  });
}
