// A trace as a picture: left to right, each step to the right one transfer further, widths by amount. Small places are
// folded together and named as such; what stays in a place is drawn solid, what goes on hollow. Floats place marks and
// decide nothing: every amount printed is exact or says that it is cut.
import { shortAmount, type AssetWords } from "../tracing/tracing.ts";
import { html, type Html } from "./html.ts";

export type FlowRow = { from: string; to: string; kind: string; amount: bigint };
export type PlaceName = { short: string; stop?: string };

const COLUMNS_MAX = 5;
const PLACES_MAX = 7;
const WIDTH = 960;
const BAR = 12;
/** Room for the labels of the last column. */
const LABEL = 230;
const NAME_LENGTH_MAX = 26;
const LINKS_LISTED_MAX = 14;
const GAP = 26;

type Node = { id: string; column: number; amount: bigint; sent: bigint; stop?: string; folded: number; y: number; height: number };
type Link = { from: Node; to: Node; amount: bigint };
export type FlowLayout = { nodes: Node[]; links: Link[]; hidden: bigint; columns: number };

/** Columns by the fewest transfers from a start; the largest places of a column stand alone, the others together. */
export function layOut(all: readonly FlowRow[], starts: readonly string[], nameOf: (place: string) => PlaceName): FlowLayout {
  // A trace that was kept before decision 21 may say that a place paid itself: no way leads anywhere by it.
  const flows = all.filter(({ from, to }) => from !== to);
  const leaving = Map.groupBy(flows, (flow) => flow.from);
  const column = new Map<string, number>(starts.map((start) => [start, 0]));
  for (let at = 0, edge = [...starts]; edge.length > 0; at++) {
    const next: string[] = [];
    for (const place of edge)
      for (const { to } of leaving.get(place) ?? [])
        if (!column.has(to)) {
          column.set(to, at + 1);
          next.push(to);
        }
    edge = next;
  }
  const arrived = new Map<string, bigint>();
  const sent = new Map<string, bigint>();
  for (const { from, to, amount } of flows) {
    arrived.set(to, (arrived.get(to) ?? 0n) + amount);
    sent.set(from, (sent.get(from) ?? 0n) + amount);
  }
  const sizeOf = (place: string): bigint => {
    const [a, b] = [arrived.get(place) ?? 0n, sent.get(place) ?? 0n];
    return a > b ? a : b;
  };
  const nodes: Node[] = [];
  const nodeOf = new Map<string, Node>();
  for (const [at, places] of Map.groupBy(column.keys(), (place) => column.get(place)!)) {
    if (at > COLUMNS_MAX) continue;
    const order = [...places].sort((a, b) => (sizeOf(b) > sizeOf(a) ? 1 : sizeOf(b) < sizeOf(a) ? -1 : a < b ? -1 : 1));
    const alone = order.length > PLACES_MAX ? order.slice(0, PLACES_MAX - 1) : order;
    const rest = order.slice(alone.length);
    for (const place of alone) {
      const node: Node = { id: place, column: at, amount: sizeOf(place), sent: sent.get(place) ?? 0n, stop: nameOf(place).stop, folded: 1, y: 0, height: 0 };
      nodes.push(node);
      nodeOf.set(place, node);
    }
    if (rest.length === 0) continue;
    const total = (map: Map<string, bigint>) => rest.reduce((sum, place) => sum + (map.get(place) ?? 0n), 0n);
    const node: Node = { id: `rest-${at}`, column: at, amount: rest.reduce((sum, place) => sum + sizeOf(place), 0n), sent: total(sent), folded: rest.length, y: 0, height: 0 };
    nodes.push(node);
    for (const place of rest) nodeOf.set(place, node);
  }
  const links = new Map<string, Link>();
  let hidden = 0n;
  for (const { from, to, amount } of flows) {
    const [a, b] = [nodeOf.get(from), nodeOf.get(to)];
    // Back to an earlier place, or beyond the last column: said in words below the picture.
    if (!a || !b || b.column <= a.column) {
      hidden += amount;
      continue;
    }
    const key = `${a.id} ${b.id}`;
    const known = links.get(key);
    if (known) known.amount += amount;
    else links.set(key, { from: a, to: b, amount });
  }
  const columns = Math.max(...nodes.map((node) => node.column), 0) + 1;
  place(nodes, columns);
  return { nodes, links: [...links.values()].sort((a, b) => a.to.y - b.to.y), hidden, columns };
}

function place(nodes: readonly Node[], columns: number): void {
  const byColumn = Array.from({ length: columns }, (_, at) => nodes.filter((node) => node.column === at));
  // Few places need no tall picture: width by amount is compared, not read off.
  const height = Math.min(420, 130 + 50 * Math.max(...byColumn.map((own) => own.length)));
  const room = Math.min(...byColumn.map((own) => height - GAP * own.length));
  const largest = Math.max(...byColumn.map((own) => own.reduce((sum, { amount }) => sum + Number(amount), 0)), 1);
  for (const own of byColumn) {
    let y = GAP / 2 + 8;
    for (const node of own) {
      node.y = y;
      node.height = Math.max(2, (Number(node.amount) / largest) * room);
      y += node.height + GAP;
    }
  }
}

const cut = (name: string): string => (name.length > NAME_LENGTH_MAX ? `${name.slice(0, NAME_LENGTH_MAX - 1)}…` : name);
const round = (value: number): number => Math.round(value * 10) / 10;

export function flowPicture(layout: FlowLayout, id: string, title: string, words: AssetWords | undefined, nameOf: (place: string) => PlaceName): Html {
  const { nodes, links, columns } = layout;
  const step = columns > 1 ? (WIDTH - LABEL) / (columns - 1) : 0;
  const x = (node: Node) => node.column * step;
  const out = new Map<Node, number>();
  const into = new Map<Node, number>();
  const thickness = (node: Node, amount: bigint) => (node.amount === 0n ? 0 : (Number(amount) / Number(node.amount)) * node.height);
  const bands = links.map(({ from, to, amount }) => {
    const [a, b] = [thickness(from, amount), thickness(to, amount)];
    const [y1, y2] = [from.y + (out.get(from) ?? 0), to.y + (into.get(to) ?? 0)];
    out.set(from, (out.get(from) ?? 0) + a);
    into.set(to, (into.get(to) ?? 0) + b);
    const [x1, x2] = [x(from) + BAR, x(to)];
    const middle = (x1 + x2) / 2;
    return html`<path class="band" d="M${round(x1)} ${round(y1)}C${round(middle)} ${round(y1)} ${round(middle)} ${round(y2)} ${round(x2)} ${round(y2)}v${round(b)}C${round(middle)} ${round(y2 + b)} ${round(middle)} ${round(y1 + a)} ${round(x1)} ${round(y1 + a)}Z"/>`;
  });
  const bottom = Math.max(...nodes.map((node) => node.y + node.height)) + 12;
  const bars = nodes.map((node) => {
    const kept = node.amount - node.sent > 0n ? thickness(node, node.amount - node.sent) : 0;
    const { short, stop } = node.folded > 1 ? { short: `${node.folded} other places`, stop: undefined } : nameOf(node.id);
    return html`<rect class="${stop ? "stop" : "bar"}" x="${round(x(node))}" y="${round(node.y)}" width="${BAR}" height="${round(node.height)}"/>${
      kept > 0 && !stop && html`<rect class="kept" x="${round(x(node))}" y="${round(node.y + node.height - kept)}" width="${BAR}" height="${round(kept)}"/>`
    }<text x="${round(x(node) + BAR + 5)}" y="${round(node.y - 4)}"><tspan class="year">${cut(stop ?? short)}</tspan> <tspan class="num">${shortAmount(node.amount, words, 2)}</tspan></text>
`;
  });
  return html`<svg class="flow" viewBox="0 0 ${WIDTH} ${round(bottom)}" role="img" aria-labelledby="${id}t ${id}d">
<title id="${id}t">${title}</title><desc id="${id}d">${describeFlows(layout, words, nameOf)}</desc>
${bands}
${bars}</svg>`;
}

/** The same for a narrow screen: the largest flows in their order, a bar for each. */
export function flowList({ links, hidden }: FlowLayout, words: AssetWords | undefined, nameOf: (place: string) => PlaceName): Html {
  const name = (node: Node) => (node.folded > 1 ? `${node.folded} other places` : (nameOf(node.id).stop ?? nameOf(node.id).short));
  const largest = [...links].sort((a, b) => (b.amount > a.amount ? 1 : b.amount < a.amount ? -1 : 0)).slice(0, LINKS_LISTED_MAX);
  const shown = largest.sort((a, b) => a.from.column - b.from.column || (b.amount > a.amount ? 1 : -1));
  const top = shown.reduce((most, { amount }) => (amount > most ? amount : most), 1n);
  return html`<ol class="flowlist">${shown.map(
    ({ from, to, amount }) => html`<li>${name(from)} → ${name(to)} <span class="num">${shortAmount(amount, words, 2)}</span><svg width="100%" height="8" aria-hidden="true"><rect class="band" width="${round((Number(amount) / Number(top)) * 100)}%" height="8"/></svg></li>
`,
  )}${links.length > shown.length && html`<li>and ${links.length - shown.length} smaller flows</li>`}${hidden > 0n && html`<li>not shown, going back or further on: ${shortAmount(hidden, words, 2)}</li>`}</ol>`;
}

/** The picture in sentences, for those who hear the page. */
export function describeFlows({ links, hidden }: FlowLayout, words: AssetWords | undefined, nameOf: (place: string) => PlaceName): string {
  const name = (node: Node) => (node.folded > 1 ? `${node.folded} other places` : (nameOf(node.id).stop ?? nameOf(node.id).short));
  const largest = [...links].sort((a, b) => (b.amount > a.amount ? 1 : -1)).slice(0, 12);
  const sentences = largest.map(({ from, to, amount }) => `${shortAmount(amount, words, 2)} from ${name(from)} to ${name(to)}.`);
  if (links.length > largest.length) sentences.push(`And ${links.length - largest.length} smaller flows.`);
  if (hidden > 0n) sentences.push(`Not drawn, going back or further on: ${shortAmount(hidden, words, 2)}.`);
  return sentences.join(" ");
}

/** "0x098b…2f96"; short names stay whole. */
export function shortPlace(place: string): string {
  const [, head, tail] = /^(.+?)((?::\d+)?)$/.exec(place)!;
  return (head!.length > 16 ? `${head!.slice(0, 6)}…${head!.slice(-4)}` : head!) + tail!;
}
