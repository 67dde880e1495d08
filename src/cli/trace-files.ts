// An answer as files for other programs: the places as CSV, the flows as GraphML.
import { escapeHtml } from "../escape-html.ts";
import { totalsTable, type Answer } from "../tracing/tracing.ts";

/** RFC 4180; a cell that a spreadsheet would take for a formula is not possible here: names, digits and our own words. */
export const csvLine = (cells: readonly string[]): string => cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",");

export function csvOf({ result }: Answer): string {
  const { columns, rows } = totalsTable(result.methods);
  return `${[csvLine(columns), ...rows.map((row) => csvLine(columns.map((column) => row[column] ?? "")))].join("\r\n")}\r\n`;
}

const KEYS = ["method", "asset", "kind", "amount", "transfers"] as const;

export function graphmlOf({ flows }: Answer): string {
  const nodes = [...new Set(flows.flatMap(({ from, to }) => [from, to]))].sort();
  const edges = flows.map((flow, at) => {
    const data = { method: flow.method, asset: flow.asset, kind: flow.kind, amount: String(flow.amount), transfers: String(flow.transfer_count) };
    const cells = KEYS.map((key) => `<data key="${key}">${escapeHtml(data[key])}</data>`).join("");
    return `    <edge id="e${at}" source="${escapeHtml(flow.from)}" target="${escapeHtml(flow.to)}">${cells}</edge>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
${KEYS.map((key) => `  <key id="${key}" for="edge" attr.name="${key}" attr.type="string"/>`).join("\n")}
  <graph edgedefault="directed">
${nodes.map((node) => `    <node id="${escapeHtml(node)}"/>`).join("\n")}
${edges.join("\n")}
  </graph>
</graphml>
`;
}
