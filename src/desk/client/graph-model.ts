// What of a trace is shown, and where: out of each open place its largest flows, a stretch at a time. Pure, so that it is tested
// without a browser; the drawing is graph.ts.

/** Flow: from, to (places by number), share of the largest flow (0 to 1), amount in words, how, transfers. The largest first. */
export type Flow = [from: number, to: number, share: number, amount: string, how: string, transfers: number];
/** A place: its address, what is known of it (its name, or why the trace ends there), its kind. */
export type Place = [address: string, name: string, kind: "start" | "held" | "stop"];
export type GraphData = { places: Place[]; flows: Flow[]; flow_count: number; notes: { place: string; text: string; by: string }[] };

export const STRETCH = 25;
export const NODES_MAX = 10_000;

/** Of each open place, how many of its flows are shown. */
export type Shown = ReadonlyMap<number, number>;
export type Index = { out: Map<number, number[]>; starts: number[] };
export type Visible = { nodes: Set<number>; flows: number[]; /** The flow by which a node was reached first. */ by: Map<number, number>; cut: boolean };

export function indexOf({ places, flows }: GraphData): Index {
  const out = new Map<number, number[]>();
  const reached = new Set<number>();
  for (const [at, [from, to]] of flows.entries()) {
    const own = out.get(from);
    if (own) own.push(at);
    else out.set(from, [at]);
    if (to !== from) reached.add(to);
  }
  const starts = places.flatMap((place, at) => (place[2] === "start" || (out.has(at) && !reached.has(at)) ? [at] : []));
  return { out, starts: starts.length > 0 ? starts : [...out.keys()].slice(0, 1) };
}

export const begin = ({ starts }: Index): Shown => new Map(starts.slice(0, STRETCH).map((place) => [place, STRETCH]));

/** Breadth first from the beginnings, so that what is cut at the limit is what lies furthest. */
export function visibleOf({ flows }: GraphData, { out, starts }: Index, shown: Shown): Visible {
  const nodes = new Set<number>(starts.slice(0, Math.max(STRETCH, 1)));
  const visible: Visible = { nodes, flows: [], by: new Map(), cut: false };
  for (const place of nodes) {
    const count = shown.get(place) ?? 0;
    for (const at of (out.get(place) ?? []).slice(0, count)) {
      const to = flows[at]![1];
      if (!nodes.has(to)) {
        if (nodes.size >= NODES_MAX) {
          visible.cut = true;
          continue;
        }
        nodes.add(to);
        visible.by.set(to, at);
      }
      visible.flows.push(at);
    }
  }
  return visible;
}

/** Everything, as far as the limit goes. */
export const all = ({ out }: Index): Shown => new Map([...out].map(([place, own]) => [place, own.length]));

export const expanded = (shown: Shown, place: number, by = STRETCH): Shown => new Map(shown).set(place, (shown.get(place) ?? 0) + by);
export function folded(shown: Shown, place: number): Shown {
  const rest = new Map(shown);
  rest.delete(place);
  return rest;
}

/** "all", or "place-count" of each, in an address: "0-25.17-50". */
export const encode = (shown: Shown): string => [...shown].map(([place, count]) => (count === STRETCH ? `${place}` : `${place}-${count}`)).join(".");
export function decode(text: string, { out }: Index): Shown {
  return new Map(
    text.split(".").flatMap((part) => {
      const [, place, count] = /^(\d{1,7})(?:-(\d{1,7}))?$/.exec(part) ?? [];
      return place !== undefined && out.has(Number(place)) ? [[Number(place), count === undefined ? STRETCH : Number(count)] as const] : [];
    }),
  );
}

/** Left to right by how many flows away; a node stands at the middle of what it was the first to reach. */
export function layOut({ flows }: GraphData, { nodes, by }: Visible): Map<number, { x: number; y: number }> {
  const children = new Map<number, number[]>();
  const depth = new Map<number, number>();
  const roots: number[] = [];
  // A node comes after the one that reached it.
  for (const node of nodes) {
    const flow = by.get(node);
    if (flow === undefined) {
      roots.push(node);
      depth.set(node, 0);
      continue;
    }
    const from = flows[flow]![0];
    depth.set(node, depth.get(from)! + 1);
    const own = children.get(from);
    if (own) own.push(node);
    else children.set(from, [node]);
  }
  const y = new Map<number, number>();
  let leaves = 0;
  const stack = roots.toReversed();
  const opened = new Set<number>();
  while (stack.length > 0) {
    const node = stack.at(-1)!;
    const own = children.get(node);
    if (own && !opened.has(node)) {
      opened.add(node);
      for (let at = own.length - 1; at >= 0; at -= 1) stack.push(own[at]!);
      continue;
    }
    stack.pop();
    if (own) y.set(node, (y.get(own[0]!)! + y.get(own.at(-1)!)!) / 2);
    else y.set(node, leaves++);
  }
  const deepest = Math.max(1, ...new Set(depth.values()));
  const width = Math.max(leaves, 8) * 1.6;
  return new Map([...nodes].map((node) => [node, { x: (depth.get(node)! / deepest) * width, y: -y.get(node)! }]));
}
