// tracewire trace audit: every step of a kept trace, or of a question, as CSV, XLSX or HTML with the method statement.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { TracewireError } from "../errors.ts";
import { auditHtml, auditOf, auditOfKept, auditWorkbook, csvOfLots, csvOfSteps, findTrace, methodStatement, type AuditInput } from "../tracing/tracing.ts";
import type { NewsroomReader } from "../newsroom.ts";
import { openReader, text, type CommandContext, type Options } from "./command.ts";
import { askWith, readAsk } from "./trace-ask.ts";

export async function auditTrace(context: CommandContext, [name]: string[], options: Options): Promise<void> {
  const newsroom = openReader(context);
  try {
    const input = await (name === undefined ? auditAsked(context, newsroom, options) : auditOfSaved(newsroom, name, options));
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
      if (form === "csv" && input.lots) writeFileSync(lotsBeside(out), csvOfLots(input));
    }
    context.output.json({ out, steps: input.steps.length, result_sha256: input.result_sha256 });
    context.output.line(`Wrote ${context.output.bold(out)}: ${input.steps.length} steps${input.lots ? `, ${input.lots.length} lots${form === "csv" ? ` (in ${lotsBeside(out)})` : ""}` : ""}.`);
    if (form === "csv") for (const line of methodStatement(input)) context.output.note(line);
  } finally {
    newsroom.close();
  }
}

const lotsBeside = (out: string): string => out.replace(/\.csv$/i, "-lots.csv");

const auditAsked = async (context: CommandContext, newsroom: NewsroomReader, options: Options): Promise<AuditInput> =>
  auditOf(await askWith(context, newsroom, readAsk(options), options, { keepSteps: true }));

async function auditOfSaved(newsroom: NewsroomReader, name: string, options: Options): Promise<AuditInput> {
  const saved = findTrace(newsroom.log, name, undefined, "all");
  if (!saved) throw new TracewireError("NOT_FOUND", { what: `No trace is kept as "${name}"`, hint: "Keep one: tracewire trace --from SEED --save NAME" });
  return auditOfKept(newsroom, saved, { keep_lots: options.lots === true });
}
