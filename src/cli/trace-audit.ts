// tracewire trace audit: every step of a kept trace, or of a question, as CSV, XLSX or HTML with the method statement.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { formatCsv } from "../csv.ts";
import { datasetOfEntry, readRows, type Row } from "../datasets/datasets.ts";
import { TracewireError } from "../errors.ts";
import { askKept, auditHtml, auditWorkbook, findTrace, LOT_COLUMNS, LOTS_MAX, methodStatement, stepsTable, STEP_COLUMNS, type Answer, type AuditInput } from "../tracing/tracing.ts";
import type { NewsroomReader } from "../newsroom.ts";
import { openReader, text, type CommandContext, type Options } from "./command.ts";
import { askWith, readAsk } from "./trace-ask.ts";

export async function auditTrace(context: CommandContext, [name]: string[], options: Options): Promise<void> {
  const newsroom = openReader(context);
  try {
    const input = await (name === undefined ? auditOf(context, newsroom, options) : auditOfSaved(newsroom, name, options));
    const out = text(options, "out");
    if (options.lots && out === undefined) throw new TracewireError("BAD_ARGUMENT", { what: "--lots is a second table", hint: "Name a file: --lots --out FILE.xlsx (or .csv, .html)." });
    if (out === undefined) {
      for (const step of input.steps) context.output.json(step);
      if (context.json) return;
      context.output.line(csvOfSteps(input).trimEnd());
      return;
    }
    const form = /\.(csv|xlsx|html?)$/i.exec(out)?.[1]?.toLowerCase();
    if (form === undefined) throw new TracewireError("BAD_ARGUMENT", { what: `--out: "${out}" ends in none of .csv, .xlsx, .html` });
    const bytes = form === "csv" ? csvOfSteps(input) : form === "xlsx" ? auditWorkbook(input) : auditHtml(input);
    if (!context.dryRun) {
      mkdirSync(dirname(out), { recursive: true });
      writeFileSync(out, bytes);
      if (form === "csv" && input.lots) writeFileSync(lotsBeside(out), csvOf(LOT_COLUMNS, input.lots));
    }
    context.output.json({ out, steps: input.steps.length, result_sha256: input.result_sha256 });
    context.output.line(`Wrote ${context.output.bold(out)}: ${input.steps.length} steps${input.lots ? `, ${input.lots.length} lots${form === "csv" ? ` (in ${lotsBeside(out)})` : ""}` : ""}.`);
    if (form === "csv") for (const line of methodStatement(input)) context.output.note(line);
  } finally {
    newsroom.close();
  }
}

const csvOfSteps = ({ columns, steps }: AuditInput): string => csvOf(columns, steps);
const csvOf = (columns: readonly string[], rows: readonly Row[]): string => formatCsv(columns, rows.map((row) => columns.map((column) => row[column])));
const lotsBeside = (out: string): string => out.replace(/\.csv$/i, "-lots.csv");

async function auditOf(context: CommandContext, newsroom: NewsroomReader, options: Options): Promise<AuditInput> {
  const found = await askWith(context, newsroom, readAsk(options), options, { keepSteps: true });
  if (found.steps_cut) throw new TracewireError("BAD_ARGUMENT", { what: "There are more steps than one table can hold", hint: "Ask for one method, a floor, or a depth." });
  const { ask, sets, log_size, notes, methods } = found.result;
  return { ask, sets, log_size, notes, methods, result_sha256: found.result_sha256, columns: STEP_COLUMNS, steps: stepsTable(found).rows, ...lotsOf(found) };
}

function lotsOf({ lots }: Pick<Answer, "lots">): Pick<AuditInput, "lots"> {
  if (!lots) return {};
  if (lots.cut) throw new TracewireError("BAD_ARGUMENT", { what: `More than ${LOTS_MAX} credits and debits went through the accounts it reached`, hint: "Ask for a floor or a depth, or end at busy services with --stop or --known." });
  return { lots: lots.rows };
}

async function auditOfSaved(newsroom: NewsroomReader, name: string, options: Options): Promise<AuditInput> {
  const saved = findTrace(newsroom.log, name, undefined, "all");
  if (!saved) throw new TracewireError("NOT_FOUND", { what: `No trace is kept as "${name}"`, hint: "Keep one: tracewire trace --from SEED --save NAME" });
  const { ask, sets, log_size, notes, methods, result_sha256 } = saved;
  const keep_lots = options.lots === true;
  const kept = saved.steps === null ? undefined : readRows(newsroom.log, datasetOfEntry(newsroom.log, saved.steps));
  // Lots are not kept: they are the transfers themselves, and are read again.
  const again = kept && !keep_lots ? undefined : await askKept(newsroom, saved, { keepSteps: true, keep_lots });
  return { ask, sets, log_size, notes, methods, result_sha256, columns: STEP_COLUMNS, steps: kept ?? stepsTable(again!).rows, ...(again ? lotsOf(again) : {}) };
}
