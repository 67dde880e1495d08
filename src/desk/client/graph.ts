// The picture of a kept trace: sigma draws it by WebGL, the table below it is its twin for the keyboard and for readers of screens.
// Both are made of the same flows; what is open stands in the address; every act can be undone. Labels are words, never markup.
import { all, begin, decode, encode, expanded, folded, indexOf, layOut, NODES_MAX, STRETCH, visibleOf, type GraphData, type Shown, type Visible } from "./graph-model.ts";
import { make } from "./make.ts";

// Both are scripts of their packages as they are, loaded before this one (decisions/0018).
declare const graphology: { MultiDirectedGraph: new () => Graph };
declare const Sigma: new (graph: Graph, container: HTMLElement, options: object) => Drawing;
type Graph = {
  addNode(key: string, attributes: object): void;
  addEdge(from: string, to: string, attributes: object): void;
  setNodeAttribute(key: string, name: string, value: unknown): void;
  hasNode(key: string): boolean;
};
type Camera = { getState(): { x: number; y: number; ratio: number }; setState(state: object): void; animate(state: object, how?: object): void };
type Drawing = { on(event: string, act: (what: { node: string }) => void): void; kill(): void; getCamera(): Camera };

const ROWS_SHOWN = 100;
const LABEL_CHARS_MAX = 18;

const root = document.querySelector<HTMLElement>("[data-graph]");
if (root) void start(root);

async function start(page: HTMLElement): Promise<void> {
  const [picture, twin, detail, says] = ["picture", "twin", "detail", "says"].map((name) => page.querySelector<HTMLElement>(`[data-${name}]`)!) as [HTMLElement, HTMLElement, HTMLElement, HTMLElement];
  const answer = await fetch(page.dataset.graph!, { headers: { accept: "application/json" } });
  if (!answer.ok) return void (says.textContent = "The flows could not be read. Open the page again.");
  const data = (await answer.json()) as GraphData;
  const index = indexOf(data);
  const notes = new Map(data.notes.map((note) => [note.place, note]));
  const inks = inksOf(page);

  let shown: Shown = stateFromAddress();
  let selected: number | undefined = selectedInAddress();
  let first = 0;
  let visible: Visible = visibleOf(data, index, shown);
  let drawing: Drawing | undefined;
  let graph: Graph | undefined;
  type Act = { undo(): void | Promise<void>; redo(): void | Promise<void>; words: string };
  const done: Act[] = [];
  const undone: Act[] = [];

  function stateFromAddress(): Shown {
    const open = new URLSearchParams(location.hash.slice(1)).get("open");
    return open === "all" ? all(index) : open === null ? begin(index) : decode(open, index);
  }
  function selectedInAddress(): number | undefined {
    const place = new URLSearchParams(location.hash.slice(1)).get("at");
    return place !== null && /^\d{1,7}$/.test(place) && Number(place) < data.places.length ? Number(place) : undefined;
  }
  function writeAddress(): void {
    const isAll = encode(shown) === encode(all(index));
    const state = new URLSearchParams({ open: isAll ? "all" : encode(shown), ...(selected === undefined ? {} : { at: String(selected) }) });
    history.replaceState(null, "", `#${state}`);
  }

  const nameOf = (place: number): string => data.places[place]![1] || data.places[place]![0];
  /** An address is known by both its ends, a name by its beginning. */
  const short = (words: string): string => (words.length <= LABEL_CHARS_MAX ? words : words.includes(" ") ? `${words.slice(0, LABEL_CHARS_MAX - 1).trimEnd()}…` : `${words.slice(0, LABEL_CHARS_MAX - 7)}…${words.slice(-6)}`);
  const starts = new Set(index.starts);
  const outOf = (place: number): number[] => index.out.get(place) ?? [];
  const { format: count } = new Intl.NumberFormat("en-US");
  /** “25 of 3,112 shown”. */
  const shownWords = (place: number): string => `${count(Math.min(shown.get(place) ?? 0, outOf(place).length))} of ${count(outOf(place).length)} shown`;
  const colourOf = (place: number): string => {
    const [address, , kind] = data.places[place]!;
    if (place === selected || starts.has(place)) return inks.accent;
    if (notes.has(address)) return inks.note;
    return kind === "stop" ? inks.ink : inks.grey;
  };

  function draw(): void {
    visible = visibleOf(data, index, shown);
    const positions = layOut(data, visible);
    // Where thousands lie side by side, thin lines and small dots tell more than one grey sheet, and cost less.
    const scale = visible.flows.length > 1_000 ? 0.35 : visible.flows.length > 15 ? 0.6 : 1;
    const camera = drawing?.getCamera().getState();
    drawing?.kill();
    graph = new graphology.MultiDirectedGraph();
    const weight = new Map<number, number>();
    for (const at of visible.flows) weight.set(data.flows[at]![1], Math.max(weight.get(data.flows[at]![1]) ?? 0, data.flows[at]![2]));
    // Behind the last column is the frame: its labels stand over their places and are not cut off.
    const right = Math.max(...[...positions.values()].map(({ x }) => x));
    for (const [place, { x, y }] of positions)
      graph.addNode(String(place), { x, y, labelPosition: x === right ? "above" : "right", size: scale * (3 + 9 * Math.sqrt(weight.get(place) ?? 1)), color: colourOf(place), label: short(nameOf(place)) });
    for (const at of visible.flows) {
      const [from, to, share] = data.flows[at]!;
      graph.addEdge(String(from), String(to), { size: scale * (0.6 + 5 * Math.sqrt(share)), color: inks.line });
    }
    try {
      drawing = new Sigma(graph, picture, {
        settings: {
          itemSizesReference: "screen",
          labelRenderedSizeThreshold: visible.nodes.size > 400 ? 9 : 3,
          hideEdgesOnMove: visible.flows.length > 4_000,
          stagePadding: 90,
          minEdgeThickness: 0.3,
          enableEdgeEvents: false,
          antialiasEdges: visible.flows.length <= 1_000,
        },
        styles: {
          nodes: {
            ...Object.fromEntries(["x", "y", "size", "color", "label", "labelPosition"].map((attribute) => [attribute, { attribute }])),
            labelColor: inks.ink,
            labelBackgroundColor: inks.paper,
            labelSize: 12,
            labelFont: inks.font,
          },
          edges: { size: { attribute: "size" }, color: { attribute: "color" } },
        },
      });
    } catch (error) {
      // Without WebGL the table is all there is, and it has everything.
      says.textContent = `This browser draws no picture (${error instanceof Error ? error.message.slice(0, 120) : "no WebGL"}). The table below has the same flows.`;
      picture.hidden = true;
      return;
    }
    if (camera) drawing.getCamera().setState(camera);
    drawing.on("clickNode", ({ node }) => select(Number(node)));
    drawing.on("doubleClickNode", ({ node }) => open(Number(node)));
  }

  function select(place: number): void {
    const before = selected;
    selected = place;
    for (const one of [before, place]) if (one !== undefined && graph?.hasNode(String(one))) graph.setNodeAttribute(String(one), "color", colourOf(one));
    writeAddress();
    showDetail();
    showTwin();
  }

  function apply(next: Shown): void {
    shown = next;
    first = 0;
    draw();
    writeAddress();
    showDetail();
    showTwin();
  }
  function act(next: Shown, words: string): void {
    const before = shown;
    done.push({ undo: () => apply(before), redo: () => apply(next), words });
    undone.length = 0;
    apply(next);
  }
  const open = (place: number, by = STRETCH): void => {
    selected = place;
    if ((shown.get(place) ?? 0) < outOf(place).length) act(expanded(shown, place, by), `open ${short(nameOf(place))}`);
    else select(place);
  };
  const fold = (place: number): void => act(folded(shown, place), `fold ${short(nameOf(place))}`);

  async function undo(): Promise<void> {
    const last = done.pop();
    if (!last) return void (says.textContent = "There is nothing to undo.");
    undone.push(last);
    await last.undo();
    says.textContent = `Undone: ${last.words}`;
  }
  async function redo(): Promise<void> {
    const next = undone.pop();
    if (!next) return void (says.textContent = "There is nothing to redo.");
    done.push(next);
    await next.redo();
    says.textContent = `Done again: ${next.words}`;
  }

  async function putNote(place: number, text: string): Promise<boolean> {
    const address = data.places[place]![0];
    const saved = await fetch(page.dataset.notes!, { method: "POST", headers: { "content-type": "application/json", accept: "application/json" }, body: JSON.stringify({ csrf: page.dataset.csrf, place: address, text }) });
    if (!saved.ok) {
      says.textContent = "The note was not saved; its words are still here. Sign in again in another window, then save.";
      return false;
    }
    if (text.trim() === "") notes.delete(address);
    else notes.set(address, { place: address, text, by: page.dataset.who! });
    if (graph?.hasNode(String(place))) graph.setNodeAttribute(String(place), "color", colourOf(place));
    showTwin();
    return true;
  }
  async function note(place: number, text: string): Promise<void> {
    const before = notes.get(data.places[place]![0])?.text ?? "";
    if (before === text || !(await putNote(place, text))) return;
    const again = async (words: string) => void ((await putNote(place, words)) && showDetail());
    done.push({ undo: () => again(before), redo: () => again(text), words: `note on ${short(nameOf(place))}` });
    undone.length = 0;
    says.textContent = "The note is kept, for the newsroom alone.";
    showDetail();
  }

  const button = (words: string, run: () => void, key?: string): HTMLButtonElement => {
    const element = make("button", { type: "button", textContent: words, ...(key ? { data: { key } } : {}) });
    element.addEventListener("click", run);
    return element;
  };

  function showDetail(): void {
    if (selected === undefined) return detail.replaceChildren(make("p", { className: "hint", textContent: "Press a place in the picture, or “Look” in the table." }));
    const place = selected;
    const [address, name, kind] = data.places[place]!;
    const total = outOf(place).length;
    const rest = total - (shown.get(place) ?? 0);
    const area = make("textarea", { name: "note", rows: 3, value: notes.get(address)?.text ?? "", maxLength: 2_000, data: { key: "n", keyWords: "Note on this place" } });
    const by = notes.get(address)?.by;
    detail.replaceChildren(
      make("h2", { textContent: name || "An address" }),
      make("p", {}, make("code", { textContent: address })),
      make("p", { className: "hint", textContent: (starts.has(place) ? "Here the trace begins." : kind === "stop" ? "Here the trace ends." : "Funds came here.") + (total > 0 ? ` Out of it: ${shownWords(place)}.` : " Nothing left it.") }),
      make("p", {}, rest > 0 && button(`Open ${count(Math.min(STRETCH, rest))}${shown.has(place) ? " more" : ""}`, () => open(place), "o"), rest > STRETCH && button(`All ${count(total)}`, () => open(place, total), "a"), shown.has(place) && button("Fold", () => fold(place), "f")),
      make("label", { className: "field" }, make("span", { textContent: "Note" }), area, make("small", { textContent: by ? `By ${by}; for the newsroom alone.` : "For the newsroom alone; never public, never in the log." })),
      make("p", {}, button("Keep the note", () => void note(place, area.value), "s")),
    );
  }

  function showTwin(): void {
    const rows = visible.flows;
    const page_rows = rows.slice(first, first + ROWS_SHOWN);
    const table = make("table", {}, make("caption", { textContent: `${count(rows.length)} ${rows.length === 1 ? "flow" : "flows"} between ${count(visible.nodes.size)} places shown, of ${count(data.flow_count)} in all${visible.cut ? `; the picture holds ${count(NODES_MAX)} places` : ""}` }));
    const head = make("thead", {}, make("tr", {}, ...["From", "To", "Amount", "How", "Transfers", "Out of it", "Note"].map((words) => make("th", { textContent: words, scope: "col", ...(["Amount", "Transfers"].includes(words) ? { className: "num" } : {}) }))));
    const body = make("tbody");
    for (const at of page_rows) {
      const [from, to, , amount, how, transfers] = data.flows[at]!;
      const rest = outOf(to).length - (shown.get(to) ?? 0);
      const look = button("Look", () => select(to));
      look.setAttribute("aria-label", `Look at ${short(nameOf(to))}`);
      const onward = make("td");
      if (outOf(to).length > 0) {
        const more = rest > 0 ? button(shown.has(to) ? "More" : "Open", () => open(to)) : button("Fold", () => fold(to));
        more.setAttribute("aria-label", `${more.textContent!} ${short(nameOf(to))}`);
        onward.append(`${shownWords(to)} `, more);
      }
      const cells = [
        make("td", { textContent: short(nameOf(from)) }),
        make("td", {}, make("code", { textContent: short(data.places[to]![0]) }), ` ${data.places[to]![1]} `, look),
        make("td", { className: "num", textContent: amount }),
        make("td", { textContent: how }),
        make("td", { className: "num", textContent: count(transfers) }),
        onward,
        make("td", { textContent: notes.get(data.places[to]![0])?.text ?? "" }),
      ];
      body.append(make("tr", to === selected ? { className: "mark" } : {}, ...cells));
    }
    table.append(head, body);
    const scroll = make("div", { className: "scroll", tabIndex: 0 }, table);
    const step = (to: number) => () => {
      first = to;
      showTwin();
    };
    twin.replaceChildren(scroll, make("p", { className: "ways" }, first > 0 && button("Rows before", step(Math.max(0, first - ROWS_SHOWN))), rows.length > first + ROWS_SHOWN && button(`Rows after (${count(rows.length - first - ROWS_SHOWN)} more)`, step(first + ROWS_SHOWN))));
  }

  const bar = page.querySelector<HTMLElement>("[data-bar]")!;
  bar.append(
    button("Undo", () => void undo(), "z"),
    button("Redo", () => void redo(), "Z"),
    button("Show all", () => act(all(index), "show all"), "w"),
    button("As it began", () => act(begin(index), "as it began"), "0"),
    button("Whole picture", () => drawing?.getCamera().animate({ x: 0.5, y: 0.5, ratio: 1 }), "h"),
  );
  window.addEventListener("hashchange", () => {
    selected = selectedInAddress();
    apply(stateFromAddress());
  });
  draw();
  showDetail();
  showTwin();
  page.dataset.ready = String(visible.nodes.size);
}

/** The page's own colours, as the drawing takes them, light or dark. */
function inksOf(page: HTMLElement): { ink: string; paper: string; grey: string; line: string; accent: string; note: string; font: string } {
  const probe = make("span");
  page.append(probe);
  const read = (name: string): string => {
    probe.className = `ink-${name}`;
    const [r = 0, g = 0, b = 0] = getComputedStyle(probe).color.match(/\d+/g)!.map(Number);
    return `#${[r, g, b].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
  };
  const inks = { ink: read("ink"), paper: read("paper"), grey: read("grey"), line: read("line"), accent: read("accent"), note: read("note"), font: "sans-serif" };
  probe.remove();
  return inks;
}
