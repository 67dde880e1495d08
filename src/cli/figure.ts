import { readFileSync } from "node:fs";
import { readClaim } from "../casefile/casefile.ts";
import { TracewireError } from "../errors.ts";
import { findCapture, locatorText, knownSize, type Locator } from "../evidence/evidence.ts";
import {
  appendFigureSpec,
  computeFigure,
  computeOrFault,
  describeFigure,
  findNotReleased,
  formatValue,
  listFigureSpecs,
  notReleasedWords,
  readRestatements,
  releaseCommand,
  requireFigureSpec,
  type Figure,
  type NotReleased,
} from "../figures/figures.ts";
import type { NewsroomReader } from "../newsroom.ts";
import { change, openReader, openWriter, text, type Command, type CommandContext } from "./command.ts";
import { counted, table, wrap } from "./output.ts";

const EXCLUDED_SHOWN_MAX = 12;

export const figure: Command = {
  name: "figure",
  summary: "Compute a figure: its value, its rows, what was left out, and the way to the evidence",
  arguments: "[id]",
  options: [
    { flags: "--define <path>", about: "define a figure by its rules (a JSON file, see docs/figures.md)" },
    { flags: "--known <when>", about: "as known at a log size or a time" },
    { flags: "--as-of <date>", about: "only what had been claimed by this date" },
    { flags: "--excluded", about: "list every row that was left out" },
  ],
  examples: [
    ["tracewire figure panel-2024-table-usd", "the sum of the monitors' table, row by row"],
    ["tracewire figure thefts-2017-2023-official-usd --as-of 2024", "the same rules over what had been claimed by 2024"],
    ["tracewire figure", "every figure of this newsroom"],
  ],
  writes: true,
  run(context, [id], options) {
    const define = text(options, "define");
    if (define) return defineFigure(context, define);
    const newsroom = openReader(context);
    try {
      newsroom.log.snapshot(() => {
        if (!id) return listFigures(context, newsroom);
        const log_size = knownSize(newsroom.log, text(options, "known"));
        const as_of = text(options, "asOf");
        if (as_of && !/^\d{4}(-\d{2}(-\d{2})?)?$/.test(as_of))
          throw new TracewireError("BAD_ARGUMENT", { what: `--as-of: "${as_of}" is not a date` });
        const named = requireFigureSpec(newsroom.log, id, log_size);
        const spec = as_of ? { ...named.spec, as_of } : named.spec;
        const computed = computeFigure(newsroom.log, spec, log_size);
        const waiting = findNotReleased(newsroom.log, spec, log_size);
        context.output.json(waiting ? { ...computed, not_released: waiting } : computed);
        printFigure(context, newsroom, computed, spec, { allExcluded: Boolean(options.excluded), waiting });
      });
    } finally {
      newsroom.close();
    }
  },
};

/** Short enough for the end of a line: a cell by its row and column, anything else in words. */
function placeText(locator: Locator): string {
  return locator.row !== undefined && locator.column !== undefined ? `row ${locator.row} ${locator.column}` : locatorText(locator);
}

function defineFigure(context: CommandContext, path: string): void {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new TracewireError("BAD_FIGURE_SPEC", { what: `It cannot be read as JSON: ${(error as Error).message}`, where: path });
  }
  const newsroom = openWriter(context);
  try {
    const { seq, changed } = change(context, newsroom, (transaction) => appendFigureSpec(transaction, value, context.by, path));
    const { id } = value as { id: string };
    context.output.json({ seq, changed, id });
    context.output.line(
      changed
        ? `Defined ${context.output.bold(id)} (entry ${seq}). Next: tracewire figure ${id}`
        : `${id} is defined so already (entry ${seq}).`,
    );
  } finally {
    newsroom.close();
  }
}

function listFigures(context: CommandContext, newsroom: NewsroomReader): void {
  const size = newsroom.log.size();
  const rows = listFigureSpecs(newsroom.log).map(({ id, spec }) => {
    const computed = computeOrFault(newsroom.log, spec, size);
    if (computed instanceof TracewireError) {
      context.output.json({ id, title: spec.title, value: null, why: computed.message });
      return [id, "cannot be computed", `${spec.title}: ${computed.message}`];
    }
    context.output.json({ id, title: spec.title, value: computed.value, unit: computed.unit, low: computed.low, high: computed.high });
    return [id, describeFigure(computed, spec).exact, spec.title];
  });
  if (rows.length === 0) context.output.line("There are no figures yet. Define one: tracewire figure --define FILE");
  for (const line of table(rows, context.output.width, [1])) context.output.line(line);
}

function printFigure(
  context: CommandContext,
  newsroom: NewsroomReader,
  computed: Figure,
  spec: Parameters<typeof describeFigure>[1],
  { allExcluded, waiting }: { allExcluded: boolean; waiting: NotReleased | undefined },
): void {
  const { line, bold, dim, width } = context.output;
  const first = computed.rows.find((row) => row.claim !== null)?.claim;
  const words = describeFigure(computed, spec, first === null || first === undefined ? undefined : readClaim(newsroom.log, first));
  line(bold(words.exact) + (words.range ? `  (${words.range})` : ""));
  for (const part of wrap(`${spec.title}.`, width)) line(part);
  line(dim(`as known at log size ${computed.log_size}`));
  if (waiting)
    for (const part of wrap(`${notReleasedWords(waiting, words.exact)}${waiting.value === null ? "" : `, with them it is ${formatValue(waiting.value, computed.unit, "exact", spec)}`}. Release them: ${releaseCommand(waiting)}`, width)) line(part);
  line();
  line("Who says");
  for (const part of wrap(words.who, width, "  ")) line(part);
  line("How we counted");
  for (const rule of words.how) for (const part of wrap(rule, width, "  ")) line(part);
  line();
  line(counted(computed.row_count, "row"));
  const rows = computed.rows.map((row) => {
    const claim = row.claim === null ? undefined : readClaim(newsroom.log, row.claim);
    const source = claim && findCapture(newsroom.log, claim.source.capture);
    return [
      `  ${row.when ?? ""}`,
      row.value === null ? "not known" : formatValue(row.value, row.unit ?? "", "exact", spec),
      row.label,
      claim && source ? `claim ${claim.seq} ← ${source.sha256.slice(0, 12)}, ${placeText(claim.source.locator)}` : "",
    ];
  });
  for (const text of table(rows, width, [1])) line(text);
  if (computed.excluded.length > 0) {
    line();
    line(`${computed.excluded.length} left out`);
    const shown = allExcluded ? computed.excluded : computed.excluded.slice(0, EXCLUDED_SHOWN_MAX);
    for (const text of table(
      shown.map((row) => [`  ${row.label}`, row.why]),
      width,
    ))
      line(text);
    if (shown.length < computed.excluded.length) line(`  … and ${computed.excluded.length - shown.length} more (--excluded)`);
  }
  for (const restatement of readRestatements(newsroom.log, computed.id))
    line(
      `Restated ${restatement.at}: ${restatement.from.value ?? "no value"} → ${restatement.to.value ?? restatement.to.why ?? "no value"} (${restatement.cause.map((cause) => `${cause.what}${cause.subject ? ` ${cause.subject}` : ""}`).join(", ")})`,
    );
  line();
  line(dim(`To the evidence: tracewire show CLAIM  ·  check it: tracewire reproduce ${computed.id}`));
}
