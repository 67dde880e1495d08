// An answer as files for other programs: the places as CSV or Parquet, the flows as GraphML.
import { formatCsv } from "../csv.ts";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { TracewireError } from "../errors.ts";
import { writeGraphml } from "../graphml.ts";
import { writeParquet } from "../parquet.ts";
import { totalsTable, type Answer } from "../tracing/tracing.ts";
import { text, type CommandContext, type Options } from "./command.ts";

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

function parquetOf({ result, result_sha256 }: Answer): Uint8Array {
  const { columns, rows } = totalsTable(result.methods);
  return writeParquet(columns, rows, { result_sha256 });
}

const KEYS = ["method", "asset", "kind", "amount", "transfers"] as const;

function graphmlOf({ flows }: Answer): string {
  return writeGraphml({
    keys: KEYS.map((key) => ({ id: key, name: key })),
    nodes: [...new Set(flows.flatMap(({ from, to }) => [from, to]))].sort(),
    edges: flows.map(({ from, to, method, asset, kind, amount, transfer_count }) => ({
      source: from,
      target: to,
      values: [method, asset, kind, String(amount), String(transfer_count)],
    })),
  });
}
