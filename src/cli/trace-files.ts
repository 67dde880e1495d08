// An answer as files for other programs: the places as CSV or Parquet, the flows as GraphML.
import { formatCsv } from "../csv.ts";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { TracewireError } from "../errors.ts";
import { escapeHtml } from "../escape-html.ts";
import { lazily } from "../lazy.ts";
import { totalsTable, type Answer } from "../tracing/tracing.ts";
import { text, type CommandContext, type Options } from "./command.ts";

// Only who asks for Parquet waits for it.
const parquet = lazily<typeof import("hyparquet-writer")>(import.meta.url, "hyparquet-writer");

const FORMS = { csv: csvOf, graphml: graphmlOf, parquet: parquetOf } as const;
export type FileForm = { form: keyof typeof FORMS; out: string | undefined };

/** What the options ask for: by name, else by the ending of --out. Throws BAD_ARGUMENT for two forms, and Parquet without a file. */
export function readForm(options: Options): FileForm | undefined {
  const names = Object.keys(FORMS) as (keyof typeof FORMS)[];
  const named = names.filter((name) => options[name]);
  const out = text(options, "out");
  if (named.length > 1) throw new TracewireError("BAD_ARGUMENT", { what: `One form at a time, not ${named.map((name) => `--${name}`).join(" and ")}` });
  const form = named[0] ?? names.find((name) => out?.toLowerCase().endsWith(`.${name}`));
  if (form === undefined && out !== undefined)
    throw new TracewireError("BAD_ARGUMENT", { what: `--out: "${out}" ends in none of .csv, .graphml, .parquet`, hint: "Say which form: --csv, --graphml or --parquet. Every step: tracewire trace audit." });
  if (form === "parquet" && out === undefined) throw new TracewireError("BAD_ARGUMENT", { what: "Parquet is no text for a terminal", hint: "Name a file: --parquet --out FILE" });
  return form && { form, out };
}

export const textOf = (found: Answer, form: "csv" | "graphml"): string => FORMS[form](found).trimEnd();

export function writeForm({ output, dryRun }: CommandContext, found: Answer, form: FileForm["form"], out: string, saved?: unknown): void {
  const bytes = FORMS[form](found);
  if (!dryRun) {
    mkdirSync(dirname(out), { recursive: true });
    writeFileSync(out, bytes);
  }
  output.json({ out, form, result_sha256: found.result_sha256, ...(saved ? { saved } : {}) });
  output.line(`Wrote ${output.bold(out)}.`);
}

function csvOf({ result }: Answer): string {
  const { columns, rows } = totalsTable(result.methods);
  return formatCsv(columns, rows.map((row) => columns.map((column) => row[column])));
}

/** The same table, all columns as text: amounts go beyond every number type of the format's readers. */
function parquetOf({ result, result_sha256 }: Answer): Uint8Array {
  const { columns, rows } = totalsTable(result.methods);
  return new Uint8Array(
    parquet().parquetWriteBuffer({
      columnData: columns.map((name) => ({ name, type: "STRING", nullable: false, data: rows.map((row) => row[name] ?? "") })),
      kvMetadata: [{ key: "result_sha256", value: result_sha256 }],
    }),
  );
}

const KEYS = ["method", "asset", "kind", "amount", "transfers"] as const;

function graphmlOf({ flows }: Answer): string {
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
