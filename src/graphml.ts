// A graph as GraphML (graphml.graphdrawing.org). All values are text: amounts go beyond every number type of its readers.
import { escapeHtml } from "./escape-html.ts";

export type Graph = {
  id?: string;
  keys: readonly { id: string; name: string }[];
  nodes: readonly string[];
  /** `values` in the order of the keys; one that is empty or undefined is left out. */
  edges: readonly { source: string; target: string; values: readonly (string | undefined)[] }[];
};

export function writeGraphml({ id, keys, nodes, edges }: Graph): string {
  const name = id === undefined ? "" : ` id="${escapeHtml(id)}"`;
  const data = (values: readonly (string | undefined)[]) => keys.map((key, at) => (values[at] ? `<data key="${key.id}">${escapeHtml(values[at])}</data>` : "")).join("");
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
    ...keys.map((key) => `  <key id="${key.id}" for="edge" attr.name="${escapeHtml(key.name)}" attr.type="string"/>`),
    `  <graph${name} edgedefault="directed">`,
    ...nodes.map((node) => `    <node id="${escapeHtml(node)}"/>`),
    ...edges.map(({ source, target, values }, at) => `    <edge id="e${at}" source="${escapeHtml(source)}" target="${escapeHtml(target)}">${data(values)}</edge>`),
    "  </graph>",
    "</graphml>",
    "",
  ].join("\n");
}
